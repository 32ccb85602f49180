"""Rules 14 and 15 in every format: what is in hand or lacking, which rows could turn a verdict, what is waived."""

import csv
import io
import json
import re
from collections.abc import Mapping
from fractions import Fraction
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from click.testing import CliRunner

from opskpi.commands import group
from opskpi.model.cards import Reading, Result, Verdict
from opskpi.model.goals import Target
from opskpi.model.periods import Period, parse_period, split
from opskpi.renderers.margins import headroom, is_near, sensitivity
from rulebook import TODAY, Desk, Row

PLAN = """plan: 季度指标
period: 2016-Q3
timezone: Asia/Shanghai
indicators:
  rate: {name: 完成率, table: tickets, where: type == "incident", period_by: created_at,
         value: share(sla_met), target: ">= 75%"}
  count: {name: 投诉数, table: tickets, where: type == "complaint", period_by: created_at, accumulate: year,
          value: count(), target: "< 5"}
waivers:
  - {project: 丁, indicator: rate, reason: 机房搬迁, approved_by: 王总, until: 2016-12-31}
"""
#: Judged inside the quarter, which is not over: what is said is of this quarter and this year.
NOW = "2016-09-01"

#: Worked out by hand. 75 % of 10 are 8: of 甲's 8 none may be missed; with its 4 rejected ones missed, 8/14 is too few.
#: 75 % of 48 are 36: 乙 has 39, so 3 more may be missed, of 12 in all a quarter. 丙 and 丁 have 5 of 10 and lack 3.
#: 戊 has 3 of 3; were its 2 pending ones missed, 3/5 would be too few. 甲 complained 3 times of 4, 丙 6 times.
SAID = {
    "zh": {
        "near": ("本季度不可再有未达成", "本季度还可有 3 次未达成", "本年度还可增加 1 次"),
        "lacking": ("本季度未达成比允许多 3 次", "本年度比允许多 2 次"),
        "turning": ("被拒收的 4 行可能改变结论", "未到期的 2 行可能改变结论"),
        "waived": ("已豁免，原结论：未达标；原因：机房搬迁（批准人 王总，有效期至 2016-12-31）",),
    },
    "en": {
        "near": ("no more misses allowed this quarter", "3 more misses allowed this quarter", "1 more may come"),
        "lacking": ("3 misses too many this quarter", "2 too many this year"),
        "turning": ("the 4 rejected rows could turn it", "the 2 pending rows could turn it"),
        "waived": ("waived, otherwise: MISSED; 机房搬迁 (approved by 王总, until 2016-12-31)",),
    },
}  # fmt: skip


def row(
    project: str, kind: str, resolved: str, due: str = "2016-07-02 08:00", created: str = "2016-07-01 08:00"
) -> Row:
    return {"项目名称": project, "工单类型": kind, "创建时间": created, "解决时间": resolved, "解决时限": due}


def incidents(project: str, met: int, missed: int) -> list[Row]:
    return [row(project, "事件", "2016-07-01 12:00")] * met + [row(project, "事件", "2016-07-03 12:00")] * missed


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("margins"))
    rejected = [row("甲", "事件", "2016-07-01 12:00", created="2016-02-30")] * 4
    pending = [row("戊", "事件", "", due="2016-12-01 08:00")] * 2
    complaints = [row(name, "投诉", "2016-07-01 12:00") for name, count in (("甲", 3), ("丙", 6)) for _ in range(count)]
    made.tickets(
        *incidents("甲", 8, 2), *rejected, *incidents("乙", 39, 9), *incidents("丙", 5, 5), *incidents("丁", 5, 5),
        *incidents("戊", 3, 0), *pending, *complaints,
    )  # fmt: skip
    made.write("plan.yaml", PLAN)
    return made


@pytest.fixture(scope="module", params=["zh", "en"])
def written(desk: Desk, request: pytest.FixtureRequest) -> tuple[str, Mapping[str, bytes]]:
    """Write the card in every format, the report of Markdown beside the message, and print it on a terminal."""
    files = {
        "json": "c.json", "csv": "c.csv", "md": "c.md", "html": "c.html", "xlsx": "c.xlsx", "wecom": "wecom=c.txt",
        "junit": "c.xml", "openmetrics": "c.prom",
    }  # fmt: skip
    outputs = [word for file in files.values() for word in ("-o", file.replace("c.", f"{desk.folder}/c."))]
    words = ["score", str(desk.exports), "-t", str(desk.folder / "plan.yaml"), "--as-of", NOW, "--lang", request.param]
    words += ["--max-rejected", "100"]
    done = CliRunner(env=TODAY).invoke(group, [*words, *outputs], standalone_mode=False, catch_exceptions=False)
    report = CliRunner(env=TODAY).invoke(group, [*words, "-q", "--full", "-f", "md"], standalone_mode=False)
    found = {name: (desk.folder / file.rpartition("=")[2]).read_bytes() for name, file in files.items()}
    return request.param, {**found, "terminal": done.stdout_bytes, "report": report.stdout_bytes}


@pytest.mark.parametrize("name", ["terminal", "md", "report", "wecom", "html", "xlsx", "junit"])
def test_people_read_what_is_in_hand_what_is_lacking_and_what_could_turn_it(
    written: tuple[str, Mapping[str, bytes]], name: str
) -> None:
    language, formats = written
    text = book(formats[name]) if name == "xlsx" else formats[name].decode()
    for sentences in SAID[language].values():
        assert [each for each in sentences if each not in text.replace("\\", "")] == []


def book(data: bytes) -> str:
    """Join the texts of a workbook, a waiver's columns as its sentence has them."""
    sheets = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return "\n".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell)


def test_machines_read_the_same(written: tuple[str, Mapping[str, bytes]]) -> None:
    fields = ("verdict", "raw_verdict", "provisional", "headroom", "rejected", "pending", "deciding")
    wanted = {
        ("甲", "rate"): ("pass", "pass", True, 0, 4, 0, 4),
        ("乙", "rate"): ("pass", "pass", True, 3, 0, 0, 0),
        ("丙", "rate"): ("fail", "fail", True, -3, 0, 0, 0),
        ("丁", "rate"): ("waived", "fail", True, -3, 0, 0, 0),
        ("戊", "rate"): ("pass", "pass", True, 0, 0, 2, 2),
        ("丙", "count"): ("fail", "fail", False, -2, 0, 0, 0),
    }
    _, formats = written
    results = {(each["project"], each["indicator"]): each for each in json.loads(formats["json"])["results"]}
    table = csv.DictReader(io.StringIO(formats["csv"].decode("utf-8-sig")))
    rows = {(each["project"], each["indicator"]): each for each in table}
    gauges = formats["openmetrics"].decode()
    properties = {each.attrib["name"]: each.attrib["value"] for each in suite(formats["junit"], "丁").iter("property")}
    for key, values in wanted.items():
        assert tuple(results[key][field] for field in fields) == values
        assert [rows[key][field] for field in fields] == [str(each).lower() for each in values]
        labels = f'project="{key[0]}",indicator="{key[1]}",period="2016-Q3"'
        assert f'opskpi_headroom{{plan="季度指标",{labels}}} {values[3]}\n' in gauges
        assert f'opskpi_deciding_rows{{plan="季度指标",{labels}}} {values[6]}\n' in gauges
    assert (properties["rate.verdict"], properties["rate.raw_verdict"], properties["rate.headroom"]) == (
        "waived",
        "fail",
        "-3",
    )
    for said in (results["丁", "rate"]["waiver"], waiver_of(rows["丁", "rate"]), waiver_of(properties, "rate.")):
        assert said == {"reason": "机房搬迁", "approved_by": "王总", "until": "2016-12-31"}
    assert re.search(
        r'^opskpi_waiver_info\{.*project="丁".*reason="机房搬迁".*until="2016-12-31",raw_verdict="fail"\} 1$',
        gauges,
        re.MULTILINE,
    )


def suite(data: bytes, project: str) -> ET.Element:
    (found,) = (each for each in ET.fromstring(data) if each.attrib["name"] == project)  # noqa: S314 - our own
    return found


def waiver_of(fields: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    return {name: fields[f"{prefix}waiver_{name}"] for name in ("reason", "approved_by", "until")}


def result(  # noqa: PLR0913 - as many as a result has
    target: str, *, met: int | None = None, missed: int | None = None, count: int = 0, rows: int = 0,
    verdict: Verdict = Verdict.PASS, over: bool = True, kind: str = "quarter",
) -> Result:  # fmt: skip
    """Make a result of so many rows, with the headroom given."""
    goals = {
        ">= 75%": Target(">= 75%", low=Fraction(3, 4)),
        "== 100%": Target("== 100%", low=Fraction(1), high=Fraction(1)),
        "<= 10%": Target("<= 10%", high=Fraction(1, 10)),
        "< 5": Target("< 5", high=Fraction(5), high_open=True),
        ">= 3": Target(">= 3", low=Fraction(3)),
    }
    numerator = Fraction(count if met is None else met)
    denominator = None if met is None or missed is None else Fraction(met + missed)
    reading = Reading(
        numerator, denominator, numerator / (denominator or 1), met, missed, 10, 0, {}, 0, 0, 0,
    )  # fmt: skip
    return Result(
        "甲", "x", "x", "x", None, "2016-Q3", verdict, verdict, provisional=False, in_progress=False, reading=reading,
        unit="", target=goals[target], headroom=rows, deciding=0, rule_sha256="", over=over, kind=kind,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (result(">= 75%", met=8, missed=1, rows=1, over=False), "1 more miss allowed this quarter"),
        (result(">= 75%", met=8, missed=1, rows=2), "2 more misses allowed in that quarter"),
        (result("== 100%", met=8, missed=1, rows=-1, kind="half"), "1 miss too many in that half-year"),
        (result("<= 10%", met=1, missed=99, rows=9, kind="month"), "9 more may come in that month"),
        (result("<= 10%", met=11, missed=89, rows=-1, over=False, kind="period"), "1 too many this period"),
        (result("< 5", count=4, rows=0, over=False, kind="year"), "no more may come this year"),
        (result(">= 3", count=5, rows=2, over=False, kind="year"), "2 more than needed this year"),
        (result(">= 3", count=3, rows=0, kind="year"), "just as many as needed in that year"),
        (result(">= 3", count=1, rows=-2, kind="year"), "2 too few in that year"),
    ],
)
def test_headroom_says_what_it_counts_and_in_which_period(made: Result, said: str) -> None:
    found = headroom(made)
    assert found is not None
    assert found.text("en") == said
    assert found.text("zh")


@pytest.mark.parametrize(
    ("made", "near"),
    [
        (result(">= 75%", met=39, missed=9, rows=3), True),  # 3 of 12 left: a quarter
        (result(">= 75%", met=31, missed=6, rows=3), False),  # 3 of 9
        (result("== 100%", met=9, missed=0, rows=0), False),  # nothing may ever be missed
        (result(">= 75%", met=2, missed=2, rows=-1, verdict=Verdict.FAIL), False),
        (result("<= 10%", met=9, missed=91, rows=1), True),  # 1 of 10
        (result("< 5", count=3, rows=1), True),  # 1 of 4
        (result("< 5", count=2, rows=2), False),
        (result("< 5", count=0, rows=4), False),
        (result(">= 3", count=3, rows=0), False),  # what is enough cannot be lost
    ],
)
def test_near_is_a_pass_with_a_quarter_left_of_what_may_go_wrong(made: Result, near: bool) -> None:  # noqa: FBT001
    assert is_near(made) is near


def test_nothing_undecided_turns_nothing() -> None:
    assert sensitivity(result(">= 75%", met=8, missed=1)) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2016", "year"), ("2016-04..2017-03", "year"), ("2016-H2", "half"), ("2016-Q3", "quarter"),
        ("2016-07", "month"), ("2016-02..2016-04", "period"), ("2016-01-15..2016-02-14", "period"),
    ],
)  # fmt: skip
def test_a_period_is_called_what_the_calendar_calls_it(text: str, kind: str) -> None:
    assert parse_period(text).kind == kind


def test_a_part_that_was_cut_is_still_called_so() -> None:
    parts: tuple[Period, ...] = split(parse_period("2016-02..2016-09"), "quarter")
    assert [part.kind for part in parts] == ["quarter"] * 3
