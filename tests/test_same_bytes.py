"""The same bytes in every format: on another day, in another zone, locale, folder, order of inputs and of hashes."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import xlsxwriter

from opskpi.renderers import FORMATS
from rulebook import Desk, complaint, incidents

PLAN = """plan: 年度指标
period: 2016
timezone: Asia/Shanghai
indicators:
  rate: {name: 完成率, owner: 运维部, table: tickets, where: type == "incident", period_by: created_at,
         value: share(sla_met), target: ">= 80%", breakdown: priority, exclude: {cancelled: status == "cancelled"}}
  count: {name: 投诉数, owner: 质量部, table: tickets, where: type == "complaint", period_by: created_at,
          accumulate: year, value: count(), target: "< 5"}
  score: {name: 满意度, table: surveys, period_by: submitted_at, value: mean(score), target: ">= 4.5"}
  report: {name: 报告, table: reports, period_by: due_at, value: share(on_time), target: "== 100%"}
waivers:
  - {project: 乙, indicator: rate, reason: 搬迁, approved_by: 王总, until: 2016-12-31}
"""
FILES = {
    "json": "card.json", "csv": "card.csv", "md": "card.md", "html": "card.html", "xlsx": "card.xlsx",
    "wecom": "wecom=消息.txt", "junit": "card.xml", "openmetrics": "card.prom",
}  # fmt: skip


@dataclass(frozen=True)
class Circumstances:
    """What must make no difference."""

    environment: Mapping[str, str] = field(default_factory=dict)
    folder: str = "."
    reverse: bool = False
    relative: bool = False


ELSEWHERE = {
    "again": Circumstances({"PYTHONHASHSEED": "1"}),
    "zone and day": Circumstances({"TZ": "Pacific/Kiritimati", "SOURCE_DATE_EPOCH": "1600000000"}),
    "locale": Circumstances({"LC_ALL": "C", "LANG": "tr_TR.UTF-8", "PYTHONUTF8": "0", "PYTHONHASHSEED": "7"}),
    "order and folder": Circumstances({"COLUMNS": "40"}, folder="exports", reverse=True, relative=True),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Three projects with a waiver, a complaint, a bad row, a repeated one and rows in two files and two sheets."""
    made = Desk(tmp_path_factory.mktemp("bytes"))
    named = [{**row, "项目名称": name} for name in ("甲", "乙", "Zeta") for row in incidents(7, 3, 优先级="P1")]
    made.tickets(
        *named, {**complaint(), "项目名称": "甲"}, {**complaint(), "创建时间": "2016-02-30"}, file="工单 1.csv"
    )
    more = [{**row, "工单编号": f"U{at}"} for at, row in enumerate(incidents(4, 1, 项目名称="甲", 优先级="P2"))]
    made.tickets(*more, file="工单 10.csv")
    made.reports(("2016-01-31", "2016-02-03"), ("2016-02-29", "2016-01-15"), project="甲")
    with xlsxwriter.Workbook(made.exports / "满意度.xlsx") as book:
        for number, sheet in enumerate(map(book.add_worksheet, ("上半年", "下半年"))):
            sheet.write_row(0, 0, ("问卷编号", "项目名称", "提交时间", "满意度"))
            sheet.write_row(1, 0, (f"S{number}", "甲", f"2016-0{5 + number}-01", 4 + number))
    made.write("plan.yaml", PLAN)
    return made


def written(desk: Desk, out: Path, given: Circumstances) -> dict[str, bytes]:
    """Score in a process of its own, into every format."""
    out.mkdir()
    folder = desk.folder / given.folder
    shown = (lambda path: os.path.relpath(path, folder)) if given.relative else str
    exports = sorted(desk.exports.iterdir(), reverse=given.reverse)
    outputs = [word for file in FILES.values() for word in ("-o", _beside(file, shown(out)))]
    words = [*map(shown, exports), "-t", shown(desk.folder / "plan.yaml"), "--by", "quarter", "--full"]
    words += ["--as-of", "2016-12-01", "--max-rejected", "50", *outputs]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1496275200", "TZ": "UTC", "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "opskpi", "score", *words],
        cwd=folder, env={**environment, **given.environment}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr.decode()
    return {name: (out / file.rpartition("=")[2]).read_bytes() for name, file in FILES.items()}


def _beside(file: str, out: str) -> str:
    name, mark, bare = file.rpartition("=")
    return f"{name}{mark}{out}/{bare}"


@pytest.fixture(scope="module")
def first(desk: Desk) -> dict[str, bytes]:
    found = written(desk, desk.folder / "first", Circumstances())
    assert set(found) == set(FORMATS)
    return found


@pytest.mark.parametrize("name", ELSEWHERE)
def test_nothing_around_a_run_is_in_its_outputs(desk: Desk, first: dict[str, bytes], name: str) -> None:
    found = written(desk, desk.folder / name, ELSEWHERE[name])
    assert [format_ for format_ in FORMATS if found[format_] != first[format_]] == []
