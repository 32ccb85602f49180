"""Write the exports the benchmarks read: a year of tickets, surveys and reports, the same on every machine.

Run as `python benchmarks/data.py [ROWS]`; the folder that holds the files is printed.
"""

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

VERSION = 1  # rises whenever the rows change, so that an old cache is not taken for a new one
SEED = 2016
CACHE = Path(__file__).parent / ".cache"
BLOCK = 1_000_000
LEAST_ROWS = 10_000
ROWS_A_SURVEY = 20

PROJECTS = tuple(f"项目{number:03d}" for number in range(1, 121))
FIRST, END = (
    np.datetime64("2015-12-29T00:00:00"),
    np.datetime64("2017-01-04T00:00:00"),
)  # 2016 and a little more
MONTHS = np.arange("2016-01", "2017-01", dtype="datetime64[M]")
TICKET_HEADINGS = "工单编号,项目名称,工单类型,优先级,状态,创建时间,响应时间,解决时间,关闭时间,解决时限,处理人,标题"
SURVEY_HEADINGS = "问卷编号,项目名称,提交时间,满意度"
REPORT_HEADINGS = "报告编号,项目名称,报告类型,报告周期,应交付日期,实际交付日期"

TYPES = ("事件", "服务请求", "变更", "投诉")
TYPE_SHARES = (0.55, 0.35, 0.10, 0.0)  # complaints are so rare that they are placed one by one
INCIDENT, COMPLAINT = 0, 3
MOST_COMPLAINTS = 8
PRIORITIES = ("P1", "P2", "P3", "P4")
PRIORITY_SHARES = (0.05, 0.15, 0.50, 0.30)
LIMITS = np.array([4, 8, 24, 72]) * 3600
STATES = ("已解决", "已关闭", "处理中", "新建", "已取消")
STATE_SHARES = (0.495, 0.490, 0.004, 0.001, 0.010)
RESOLVED, CLOSED, NEW, CANCELLED = 0, 1, 3, 4
ASSIGNEES = ("张伟", "王芳", "李娜", "刘洋", "陈静", "杨帆", "赵磊", "黄敏", "周杰", "吴刚", "孙丽", "马超")
TITLES = (
    "断网",
    "告警",
    "蓝屏",
    "卡顿",
    "扩容",
    "重启",
    "补丁",
    "断电",
    "开户",
    "无法登录",
    "加装内存",
    "慢查询",
)
SCORE_SHARES = (0.01, 0.02, 0.07, 0.25, 0.65)
LATE_SHARES = np.linspace(0.03, 0.11, len(PROJECTS))  # 7 % over all, so that some projects miss 90 % and most do not

Integers = npt.NDArray[np.int64]
Fractions = npt.NDArray[np.float64]
Moments = npt.NDArray[np.datetime64]
Flags = npt.NDArray[np.bool_]


def prepare(rows: int) -> Path:
    """Return the folder of exports with this many tickets, writing it unless it is there."""
    folder = CACHE / f"v{VERSION}-{rows}"
    if not folder.exists():
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        write(unfinished / "tickets.csv", TICKET_HEADINGS, ticket_blocks(rows))
        write(unfinished / "surveys.csv", SURVEY_HEADINGS, [surveys(rows // ROWS_A_SURVEY)])
        write(unfinished / "reports.csv", REPORT_HEADINGS, [reports()])
        unfinished.rename(folder)
    return folder


def write(path: Path, headings: str, blocks: Iterable[pa.Table]) -> None:
    """Write the blocks as one UTF-8 CSV without quotes, as ticket systems do."""
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as file:
        file.write(f"{headings}\n".encode())
        for block in blocks:
            csv.write_csv(block, file, options)


def ticket_blocks(rows: int) -> Iterator[pa.Table]:
    """Yield the tickets in order of creation, a block at a time so that any number of rows fits in memory."""
    rng = np.random.default_rng(SEED)
    complaints = np.repeat(np.arange(len(PROJECTS)), rng.integers(0, MOST_COMPLAINTS + 1, len(PROJECTS)))
    places = rng.choice(rows, len(complaints), replace=False)
    for start in range(0, rows, BLOCK):
        numbers = np.arange(start, min(start + BLOCK, rows))
        here = (places >= start) & (places < start + BLOCK)
        yield tickets(numbers, numbers / rows, (places[here] - start, complaints[here]))


def tickets(numbers: Integers, part_gone: Fractions, complaints: tuple[Integers, Integers]) -> pa.Table:
    """Return the tickets so numbered, created when that part of the time is gone; complaints are (rows, projects)."""
    rng, size = np.random.default_rng([SEED, int(numbers[0])]), len(numbers)
    project = rng.integers(0, len(PROJECTS), size)
    kind = rng.choice(len(TYPES), size, p=TYPE_SHARES)
    project[complaints[0]], kind[complaints[0]] = complaints[1], COMPLAINT
    priority = rng.choice(len(PRIORITIES), size, p=PRIORITY_SHARES)
    state = rng.choice(len(STATES), size, p=STATE_SHARES)
    created = moments(part_gone)
    limit = LIMITS[priority]
    spent = seconds_spent(limit, rng.random(size) < LATE_SHARES[project], rng)
    resolved = created + spent
    return columns(
        [f"INC{number:08d}" for number in (numbers + 1).tolist()],
        words(PROJECTS, project),
        words(TYPES, kind),
        words(PRIORITIES, priority),
        words(STATES, state),
        times(created),
        times(created + spent // 8, (kind == INCIDENT) & (state != NEW)),
        times(resolved, (state == RESOLVED) | (state == CLOSED)),
        times(resolved + rng.integers(0, 86_400, size), (state == CLOSED) | (state == CANCELLED)),
        times(created + limit),
        words(ASSIGNEES, rng.integers(0, len(ASSIGNEES), size)),
        words(TITLES, rng.integers(0, len(TITLES), size)),
    )


def seconds_spent(limit: Integers, late: Flags, rng: np.random.Generator) -> Integers:
    """Return how long each ticket took: up to its limit or up to three times that, now and then just its limit."""
    part = rng.random(len(limit))
    spent = np.where(late, limit + 1 + limit * 2 * part, limit * part).astype(np.int64)
    return np.where(rng.random(len(limit)) < 0.001, limit, spent)


def moments(part_gone: Fractions) -> Moments:
    """Return the moments, to the second, at which these parts of the time covered are gone."""
    return FIRST + ((END - FIRST).astype(np.int64) * part_gone).astype("timedelta64[s]")


def surveys(rows: int) -> pa.Table:
    """Return surveys spread evenly over the time of the tickets."""
    rng, numbers = np.random.default_rng([SEED, rows, 1]), np.arange(rows)
    return columns(
        [f"S{number:07d}" for number in (numbers + 1).tolist()],
        words(PROJECTS, rng.integers(0, len(PROJECTS), rows)),
        times(moments(numbers / rows)),
        rng.choice(len(SCORE_SHARES), rows, p=SCORE_SHARES) + 1,
    )


def reports() -> pa.Table:
    """Return a monthly report for every project, due on the fifth of the next month; a few are late or missing."""
    rng, size = np.random.default_rng([SEED, 2]), len(PROJECTS) * len(MONTHS)
    project, month = np.divmod(np.arange(size), len(MONTHS))
    due = (MONTHS[month] + 1).astype("datetime64[D]") + 4
    delivered = due + np.where(rng.random(size) < 0.02, 1, -1) * rng.integers(0, 4, size)
    return columns(
        [f"R{number:05d}" for number in range(1, size + 1)],
        words(PROJECTS, project),
        words(("月报",), np.zeros(size, np.int64)),
        np.datetime_as_string(MONTHS[month]).tolist(),
        due,
        pa.array(delivered, mask=rng.random(size) < 0.005),
    )


def columns(*arrays: pa.Array | npt.NDArray[np.generic] | Sequence[str]) -> pa.Table:
    """Return the arrays as a table; its headings are written by `write`."""
    return pa.table(list(arrays), names=[str(place) for place in range(len(arrays))])


def words(vocabulary: Sequence[str], codes: Integers) -> pa.Array:
    """Return the words the codes stand for."""
    return pa.array(vocabulary).take(pa.array(codes))


def times(values: Moments, present: Flags | None = None) -> pa.Array:
    """Return the moments, blank where they are not present."""
    return pa.array(values, mask=None if present is None else ~present)


def main() -> None:
    """Write the exports of the size asked for."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if rows < LEAST_ROWS:
        sys.exit(f"at least {LEAST_ROWS} rows are needed for every project to have some of each kind")
    print(prepare(rows))


if __name__ == "__main__":
    main()
