"""Due rows from the plan's schedule: what was never delivered counts, and what answers nothing is said.

The due days are counted on the calendar of the State Council for 2016: after September come the holiday to
7 October and the make-up days 8 and 9; after April the holiday to 2 May; after January none before 7 February.
"""

from pathlib import Path

import openpyxl
import pytest

from opskpi.documents import Mistake, read_document, validate
from opskpi.errors import SettingsError
from opskpi.targets.plan import Plan
from opskpi.targets.schedule import DueDay, parse_due, parse_grace
from rulebook import PROJECT, Desk, Row

RATE = "report_on_time_rate"
HEAD = f"""plan: 报告计划
period: 2016
projects:
  {PROJECT}: {{from: 2016-01-01}}
calendars:
  5x8: {{country: CN, hours: {{mon-fri: ["09:00-18:00"]}}}}
indicators:
  {RATE}: {{name: 报告交付及时率, table: reports, period_by: due_at, value: share(on_time), target: "== 100%"}}
schedule:
"""
DUE = "every: month, due: 5wd after period_end, calendar: 5x8"
MONTHLY = f"  - {{table: reports, {DUE}, match: {{report_type: [月报, 服务月报]}}}}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def plan_of(desk: Desk, text: str) -> Path:
    return desk.write("plan.yaml", text)


def report(period: str, due: str, delivered: str = "", kind: str = "月报", project: str = PROJECT) -> Row:
    return {"项目名称": project, "报告类型": kind, "报告周期": period, "应交付日期": due, "实际交付日期": delivered}


THREE = (
    report("2016-01", "2016-02-05", "2016-02-05"),  # 1, 2, 3, 4, 5 February: in time
    report("2016年4月", "2016-05-09", "2016-05-10"),  # 3, 4, 5, 6, 9 May: a day late
    report("9月", "2016-10-12", "2016-10-12", "服务月报"),  # 8, 9, 10, 11, 12 October: in time
)


class TestReports:
    """A report a month, due on the fifth working day."""

    def test_what_never_came_counts(self, desk: Desk) -> None:
        """January to November fall due in 2016: two in time, one late, and eight that nobody delivered."""
        desk.put("报告.csv", list(THREE))

        outcome = desk.score(plan=plan_of(desk, HEAD + MONTHLY))

        assert outcome.pick(RATE, "met", "missed", "pending", "verdict") == (2, 9, 0, "fail")
        assert outcome.ledger()["rows"] == 3  # the files' rows are what they were
        assert "answer" not in outcome.notes

    def test_what_is_not_due_yet_is_pending(self, desk: Desk) -> None:
        """November's falls due on 7 December (1, 2, 5, 6, 7)."""
        desk.put("报告.csv", list(THREE))
        path = plan_of(desk, HEAD + MONTHLY)

        assert desk.score("--as-of", "2016-12-05", plan=path).pick(RATE, "met", "missed", "pending") == (2, 8, 1)
        assert desk.score("--as-of", "2016-12-08", plan=path).pick(RATE, "met", "missed", "pending") == (2, 9, 0)

    def test_each_month_holds_what_falls_due_in_it(self, desk: Desk) -> None:
        desk.put("报告.csv", list(THREE))

        outcome = desk.score("--by", "month", plan=plan_of(desk, HEAD + MONTHLY))

        found = {each["period"]: (each["met"], each["missed"]) for each in outcome.card["results"][1:]}
        assert found["2016-01"] == (0, 0)
        assert found["2016-02"] == (1, 0)
        assert found["2016-03"] == (0, 1)
        assert found["2016-05"] == (0, 1)
        assert found["2016-10"] == (1, 0)

    def test_the_evidence_names_the_plan_as_its_place(self, desk: Desk, tmp_path: Path) -> None:
        desk.put("报告.csv", [THREE[0]])
        out = tmp_path / "card.xlsx"

        printed = desk.run("score", "-o", str(out), plan=plan_of(desk, HEAD + MONTHLY)).printed

        assert "2016-03-07" in printed  # 1, 2, 3, 4, 7 March
        assert "计划生成：2016-02 月报、服务月报" not in printed
        assert "计划生成：2016-02 月报" in printed
        rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(out)["未达成明细"].rows]
        assert next(row[4] for row in rows if row[0] == PROJECT) == "计划生成：2016-02 月报"

    def test_every_project_owes_it(self, desk: Desk) -> None:
        """The other one is known by a ticket alone: December 2015 is owed, too, since nothing says when it began."""
        desk.put("报告.csv", list(THREE))
        desk.tickets({"工单类型": "事件", "创建时间": "2016-03-01 08:00", "项目名称": "旁家"})
        path = plan_of(desk, HEAD + MONTHLY)

        assert desk.score(plan=path).pick(RATE, "met", "missed", project="旁家") == (0, 12)
        since = HEAD + MONTHLY.replace("every:", "since: 2016-10, every:")
        assert desk.score(plan=plan_of(desk, since)).pick(RATE, "missed", project="旁家") == (2,)

    def test_projects_that_are_named(self, desk: Desk) -> None:
        desk.put("报告.csv", [*THREE, report("2016-01", "2016-02-10", "2016-02-10", project="旁家")])
        named = HEAD + MONTHLY.replace("every:", f"project: {PROJECT}, every:")

        outcome = desk.score(plan=plan_of(desk, named))

        assert outcome.pick(RATE, "met", "missed") == (2, 9)
        assert outcome.pick(RATE, "met", "missed", project="旁家") == (1, 0)

    def test_the_schedule_judges_not_the_day_a_row_claims(self, desk: Desk) -> None:
        """Delivered on the 10th, by a due day moved to the 15th; the grace of one working day makes it the 10th."""
        desk.put("报告.csv", [report("2016-04", "2016-05-15", "2016-05-10")])
        since = MONTHLY.replace("every:", "since: 2016-04, every:")

        outcome = desk.score("--period", "2016-05", plan=plan_of(desk, HEAD + since))

        assert outcome.pick(RATE, "met", "missed") == (0, 1)
        assert "1 rows say another due day" in outcome.notes
        asked = (Path(PROJECT), Path(RATE), desk.exports)
        told = desk.run("explain", "--period", "2016-05", plan=desk.folder / "plan.yaml", exports=asked).printed
        assert "2016-05-09（由计划给出）" in told  # the cell itself says the 15th
        graced = HEAD + since.replace("calendar:", "grace: 1wd, calendar:")
        assert desk.score("--period", "2016-05", plan=plan_of(desk, graced)).pick(RATE, "met") == (1,)

    def test_rows_that_answer_nothing_are_said(self, desk: Desk) -> None:
        """A report of another kind, one of no period and one of a month before the project began still count."""
        strange = [
            report("2016", "2016-06-30", "2016-06-30", "年报"),
            report("试运行", "2016-06-30", ""),
            report("2015-11", "2016-01-05", "2016-01-05"),
        ]
        desk.put("报告.csv", [*THREE, *strange])

        outcome = desk.score(plan=plan_of(desk, HEAD + MONTHLY))

        assert outcome.pick(RATE, "met", "missed") == (4, 10)
        assert "3 rows answer no period" in outcome.notes
        assert "报告.csv!5, 报告.csv!6, 报告.csv!7" in outcome.notes

    def test_a_register_that_was_not_handed_in_is_no_data(self, desk: Desk) -> None:
        """Otherwise a forgotten file would fail every project."""
        desk.surveys("5")

        assert desk.score(plan=plan_of(desk, HEAD + MONTHLY)).pick(RATE, "verdict") == ("no_data",)

    def test_months_and_quarters_side_by_side(self, desk: Desk) -> None:
        """The quarterly reports are due on the tenth of the next month: 10 April, July and October."""
        desk.put("报告.csv", [*THREE, report("2016第一季度", "2016-04-10", "2016-04-10", "季报")])
        quarterly = "  - {table: reports, every: quarter, due: 次月10日前, match: {report_type: 季报}}\n"

        outcome = desk.score(plan=plan_of(desk, HEAD + MONTHLY + quarterly))

        assert outcome.pick(RATE, "met", "missed") == (3, 11)

    def test_two_rows_for_one_month_are_said(self, desk: Desk) -> None:
        desk.put("报告.csv", [*THREE, {**THREE[0], "报告编号": "again"}])

        outcome = desk.score(plan=plan_of(desk, HEAD + MONTHLY))

        assert outcome.pick(RATE, "met", "missed") == (3, 9)
        assert "answered by more than one row" in outcome.notes


INSPECTIONS = f"""plan: 巡检计划
period: 2016
projects:
  {PROJECT}: {{from: 2016-04-15, to: 2016-12-31}}
tables:
  inspections:
    name: 巡检记录
    columns:
      quarter: {{type: period, heading: 巡检周期}}
      kind: {{type: word, heading: 类别, words: {{room: 机房, host: 主机}}}}
      done_on: {{type: date, heading: 完成日期, required: false}}
      due_on: due_day?
indicators:
  done:
    name: 巡检完成率
    table: inspections
    where: kind == "机房"
    period_by: due_on
    value: share(in_time(done_on, due_on))
schedule:
  - {{table: inspections, every: quarter, due: period_end, match: {{kind: 机房}}}}
"""


def test_a_declared_table_is_due_by_the_schedule_alone(desk: Desk) -> None:
    """Served from April: three quarters are owed; one done on its last day, one late, one never; hosts are not owed."""
    rows = [
        {"项目名称": PROJECT, "巡检周期": "2016年第二季度", "类别": "机房", "完成日期": "2016-06-30"},
        {"项目名称": PROJECT, "巡检周期": "2016年三季度", "类别": "机房", "完成日期": "2016-10-08"},
        {"项目名称": PROJECT, "巡检周期": "2016Q4", "类别": "主机", "完成日期": "2016-11-08"},
    ]
    desk.put("巡检.csv", rows)

    outcome = desk.score(plan=plan_of(desk, INSPECTIONS))

    assert outcome.pick("done", "met", "missed", "filtered") == (1, 2, 1)
    assert "巡检.csv!4" in outcome.notes


def test_without_its_period_column_a_declared_table_answers_nothing(desk: Desk) -> None:
    """The export lacks it: the sheet is not taken for the table, and nothing is generated."""
    desk.put("巡检.csv", [{"项目名称": PROJECT, "类别": "机房", "完成日期": "2016-06-30"}])
    desk.surveys("5")

    assert desk.score(plan=plan_of(desk, INSPECTIONS)).pick("done", "verdict") == ("no_data",)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("5wd", DueDay(workdays=5)),
        ("5 wd after period_end", DueDay(workdays=5)),
        ("期末后第5个工作日", DueDay(workdays=5)),
        ("次月前3个工作日内", DueDay(workdays=3)),
        ("day 10", DueDay(day=10)),
        ("次月10日前", DueDay(day=10)),
        ("period_end", DueDay()),
        ("期末", DueDay()),
    ],
)
def test_due_days_as_people_write_them(text: str, due: DueDay) -> None:
    assert parse_due(text) == due


@pytest.mark.parametrize("text", ["5", "5d", "0wd", "day 32", "day 0", "soon"])
def test_what_is_no_due_day(text: str) -> None:
    with pytest.raises(Mistake):
        parse_due(text)


def test_grace_is_in_working_days() -> None:
    assert parse_grace("2wd") == 2
    with pytest.raises(Mistake):
        parse_grace("2d")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{table: reports, every: month, due: 5wd}", "needs a calendar"),
        ("{table: reports, every: month, due: 5wd, calendar: 7x24}", "7x24"),
        ("{table: tickets, every: month, due: period_end}", "no column of periods"),
        ("{table: report, every: month, due: period_end}", "did you mean reports?"),
        ("{table: reports, every: week, due: period_end}", "every cannot be week"),
        ("{table: reports, every: month, due: period_end, match: {reporttype: 月报}}", "did you mean report_type?"),
        ("{table: reports, every: month, due: period_end, since: soon}", "soon"),
    ],
)
def test_a_slip_in_a_schedule(line: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        validate(read_document(f"{HEAD}  - {line}\n".encode(), "plan.yaml"), Plan)
    (said,) = (each.text("en") for each in caught.value.messages)
    assert said.startswith("plan.yaml:10:")
    assert words in said


def test_the_schedule_is_part_of_the_rule() -> None:
    hashes = {
        validate(read_document(text.encode(), "plan.yaml"), Plan).indicators[RATE].rule_sha256
        for text in (HEAD + "  []", HEAD + MONTHLY, HEAD + MONTHLY.replace("5wd", "6wd"))
    }
    assert len(hashes) == 3


def test_the_last_report_of_a_project_is_owed_though_it_falls_due_when_its_service_is_over(desk: Desk) -> None:
    """Served to the end of June, a quarter's report due on the tenth: April's came, July's did not; no more is owed."""
    lines = HEAD.replace("from: 2016-01-01", "to: 2016-06-30")
    quarterly = "  - {table: reports, every: quarter, due: day 10, match: {report_type: 季报}, since: 2016-01}\n"
    path = plan_of(desk, lines + quarterly)
    desk.put("报告.csv", [report("2016-Q1", "2016-04-10", "2016-04-05", "季报")])
    assert desk.score(plan=path).pick(RATE, "met", "missed", "out_of_period", "verdict") == (1, 1, 0, "fail")
    late = report("2016-Q2", "2016-07-10", "2016-08-30", "季报")
    desk.put("报告.csv", [report("2016-Q1", "2016-04-10", "2016-04-05", "季报"), late])
    assert desk.score(plan=path).pick(RATE, "met", "missed", "out_of_period") == (1, 1, 0)
