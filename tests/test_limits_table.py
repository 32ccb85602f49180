"""Limits from contracts as a table among the exports; every due moment is worked out by hand.

The office works Monday to Friday from 9 to 12 and from 13 to 18; 2016-03-01 was a Tuesday.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner

from limit_desk import ANSWERED, FOUR_HOURS, MET, MISSED, NONE, SOLVED, buckets, plan_of, ticket
from opskpi.commands import group
from rulebook import PROJECT, ROOT, Desk, Outcome, Row

HEADINGS = ("项目名称", "工单类型", "优先级", "服务日历", "响应时限", "解决时限", "工作日算法")
OFFICE = '{hours: {mon-fri: ["09:00-12:00", "13:00-18:00"]}}'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def limits(desk: Desk, *rows: Sequence[str], file: str = "服务级别.csv", headings: tuple[str, ...] = HEADINGS) -> Path:
    """Write a table of limits, each row as its cells from the left."""
    return desk.put(file, [dict(zip(headings, row, strict=False)) for row in rows], headings)


def book(desk: Desk, *rows: Sequence[str | float], sheet: str = "时限") -> Path:
    """Write a table of limits as a workbook, its headings in the second row under a title."""
    path = desk.exports / "服务级别.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        page = made.add_worksheet(sheet)
        page.write(0, 0, "各合同服务级别")
        for at, row in enumerate((HEADINGS, *rows), 1):
            for column, cell in enumerate(row):
                page.write(at, column, cell)
    return path


def score(desk: Desk, *rules: str, more: str = "", options: Sequence[str] = ()) -> Outcome:
    return desk.score(*options, plan=plan_of(desk, *rules, office=OFFICE, more=more))


def refused(desk: Desk, *rules: str, language: str = "zh", more: str = "") -> list[str]:
    """Score what cannot be used, and give the sentences of the run's end."""
    plan = plan_of(desk, *(rules or (FOUR_HOURS,)), office=OFFICE, more=more)
    outcome = desk.run("score", "--lang", language, plan=plan)
    assert outcome.exit_code == 3
    return [line.removeprefix("opskpi: ") for line in outcome.said.splitlines() if line.startswith("opskpi: ")]


class TestRules:
    """The table's rows stand before the plan's rules, in their order; the first that fits holds."""

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_a_contract_judges_its_project_and_the_plan_the_others(self, desk: Desk, kind: str) -> None:
        """Three hours at noon of the office are over at 15:00; four of them by the plan at 16:00."""
        row = ("乙行", "", "", "5x8", "", "3h")
        (limits if kind == "csv" else book)(desk, row)
        desk.tickets(
            *({**ticket("03-01 11:00", stop), "项目名称": "乙行"} for stop in ("03-01 15:00", "03-01 15:01")),
            *(ticket("03-01 11:00", stop) for stop in ("03-01 16:00", "03-01 16:01")),
        )
        outcome = score(desk, FOUR_HOURS)

        assert (buckets(outcome, project="乙行"), buckets(outcome)) == ((1, 1, 0), (1, 1, 0))
        assert outcome.pick(SOLVED, "judged_by") == ("limit",)
        file = {"csv": "服务级别.csv", "xlsx": "服务级别.xlsx#时限"}[kind]
        assert f"{file}: 1 limit rule(s), which come before the plan's sla rules" in outcome.notes

    def test_the_first_row_that_fits_holds(self, desk: Desk) -> None:
        """P1 has an hour by the first row; all others of the project two by the second."""
        limits(desk, (PROJECT, "", "P1", "7x24", "", "1h"), (PROJECT, "", "", "7x24", "", "2h"))
        desk.tickets(*(ticket("03-01 09:00", "03-01 10:30", 优先级=priority) for priority in ("P1", "P2")))
        outcome = score(desk, FOUR_HOURS)

        assert buckets(outcome) == (1, 1, 0)

    def test_blank_cells_fit_all_and_a_cell_may_hold_several(self, desk: Desk) -> None:
        """One hour for P1 and P2 of incidents and complaints; what no row fits has no limit."""
        limits(desk, ("-", "故障、投诉", "P1/ P2", "7x24", "", "1小时"))
        desk.tickets(
            *(
                {**ticket("03-01 09:00", "03-01 09:30", 优先级=priority), "工单类型": kind}
                for kind in ("事件", "投诉", "服务请求")
                for priority in ("p1", "P2", "P3")
            )
        )
        outcome = score(desk, "{project: 无人, calendar: 7x24, resolve: 1h}")

        met, excluded = outcome.pick(SOLVED, "met", "excluded_by")
        assert (met, excluded) == (4, {"no_limit": 5})

    def test_a_project_may_be_named_by_an_alias_and_hold_the_marks_that_part_names(self, desk: Desk) -> None:
        limits(desk, ("甲行、乙行（总部/分部）", "", "", "7x24", "", "1h"), ("丙/丁", "", "", "7x24", "", "1h"))
        names = ("甲银行", "乙行(总部/分部)", "丙/丁")
        desk.tickets(*({**ticket("03-01 09:00", "03-01 09:30"), "项目名称": name} for name in names))
        outcome = score(desk, more="projects: {甲银行: {aliases: [甲行]}}\ncalendars: {7x24: always}")

        assert [buckets(outcome, project=name) for name in names] == [MET] * 3

    def test_working_days_end_with_the_day_unless_the_row_says_otherwise(self, desk: Desk) -> None:
        """Two working days from Tuesday 10:00 are over on Thursday at 18:00, or at 10:00."""
        limits(desk, ("甲", "", "", "5x8", "", "2个工作日"), ("乙", "", "", "5x8", "", "2wd", "同一时刻"))
        stops = ("03-03 18:00", "03-03 18:01"), ("03-03 10:00", "03-03 10:01")
        for name, (good, late) in zip(("甲", "乙"), stops, strict=True):
            rows = [{**ticket("03-01 10:00", stop), "项目名称": name} for stop in (good, late)]
            desk.tickets(*rows, file=f"{name}.csv")
        outcome = score(desk, FOUR_HOURS)

        assert (buckets(outcome, project="甲"), buckets(outcome, project="乙")) == ((1, 1, 0), (1, 1, 0))

    @pytest.mark.parametrize(("start", "expected"), [("派单", MET), ("派单时间", MET), ("创建", MISSED), ("", MISSED)])
    def test_the_clock_may_start_with_the_assignment(
        self, desk: Desk, start: str, expected: tuple[int, int, int]
    ) -> None:
        """Three hours from 10:00 are over at 14:00, from 09:00 at 12:00."""
        limits(desk, ("", "", "", "5x8", "", "3h", "", start), headings=(*HEADINGS, "计时起点"))
        desk.tickets(ticket("03-01 09:00", "03-01 14:00", 派单时间="2016-03-01 10:00"))
        assert buckets(score(desk, FOUR_HOURS)) == expected

    def test_a_row_without_one_leg_limits_the_other_only(self, desk: Desk) -> None:
        """The contract's row fits and says nothing of the resolution, so the plan's rule does not come to it."""
        limits(desk, ("", "事件", "", "7x24", "15分钟", "/"))
        desk.tickets(ticket("03-01 09:00", "03-01 09:30", 响应时间="2016-03-01 09:15"))
        outcome = score(desk, FOUR_HOURS)

        assert (buckets(outcome, ANSWERED), buckets(outcome, SOLVED)) == (MET, NONE)
        assert "sla rule 1 of the plan judge nothing any more" in outcome.notes


class TestRecognition:
    """Tickets and limits share headings; a table of limits has a calendar, tickets have a creation time."""

    def test_tickets_with_a_calendar_are_tickets(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "03-01 10:00", 解决时限="2016-03-01 11:00", 服务日历="5x8"))

        assert [each["table"] for each in score(desk).card["inputs"]] == ["tickets"]

    def test_tickets_with_a_customer_are_no_project_register(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "03-01 10:00", 客户名称="乙"))

        assert [each["table"] for each in score(desk).card["inputs"]] == ["tickets"]

    def test_limits_are_in_the_ledger_and_no_indicator_counts_them(self, desk: Desk) -> None:
        limits(desk, (PROJECT, "", "", "7x24", "", "1h"), ("", "", "", "7x24", "", "2h"), ("", "", "", "", "", ""))
        desk.tickets(ticket("03-01 09:00", "03-01 10:00"))
        outcome = score(desk, FOUR_HOURS)

        (table,) = (each for each in outcome.card["inputs"] if each["table"] == "sla")
        assert [table[key] for key in ("rows", "accepted", "rejected", "skipped")] == [2, 2, 0, 1]
        assert outcome.projects == [PROJECT]

    def test_check_shows_the_table_with_and_without_a_plan(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(desk.folder)
        limits(desk, (PROJECT, "", "", "没有", "", "1h"))
        desk.tickets(ticket("03-01 09:00", "03-01 10:00"))
        alone = CliRunner().invoke(group, ["check", str(desk.exports), "-f", "json"], standalone_mode=False)
        assert alone.return_value == 0
        found = json.loads(alone.stdout)
        assert {each["table"]: each["accepted"] for each in found["inputs"]} == {"sla": 1, "tickets": 1}
        with_plan = desk.run("check", "--lang", "zh", plan=plan_of(desk, FOUR_HOURS))
        assert (with_plan.exit_code, "服务级别 (standard/服务级别)" in with_plan.printed) == (3, True)

    @pytest.mark.parametrize("more", ["", "projects: {甲: {}, 乙: {}}"])
    def test_limits_alone_give_no_figures_and_no_trouble(self, desk: Desk, more: str) -> None:
        limits(desk, ("甲", "", "", "7x24", "", "1h"), ("乙", "", "", "7x24", "", "1h"))
        outcome = score(desk, FOUR_HOURS, more=more)

        assert (outcome.exit_code, outcome.projects) == (4, ["乙", "甲"] if more else [])

    def test_the_table_of_the_page_is_read_as_the_page_says(self, desk: Desk) -> None:
        """Incidents of P2 have 4 h round the clock; 2wd from Tuesday 10:00 are over on Thursday at the same time."""
        page = (ROOT / "docs" / "service-levels.md").read_text(encoding="utf-8")
        _, *rows = (line for line in page.splitlines() if line.startswith("| ") and line.count("|") == 8)
        limits(desk, *(tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows))
        bank = "某银行数据中心"
        for kind, created, stops in (
            ("事件", "03-05 22:00", ("03-06 02:00", "03-06 02:01")),
            ("服务请求", "03-01 10:00", ("03-03 10:00", "03-03 10:01")),
        ):
            more = {"项目名称": bank, "工单类型": kind, "优先级": "P2"}
            made = ({**ticket(created, stop), **more, "工单编号": f"{kind} {stop}"} for stop in stops)
            desk.tickets(*made, file=f"{kind}.csv")
        outcome = score(desk, FOUR_HOURS)

        assert buckets(outcome, project=bank) == (2, 2, 0)

    def test_a_file_can_be_called_limits(self, desk: Desk) -> None:
        path = limits(desk, (PROJECT, "", "", "7x24", "", "1h"))
        tickets = desk.tickets(ticket("03-01 09:00", "03-01 10:00"))
        outcome = desk.score(plan=plan_of(desk, FOUR_HOURS), exports=(Path(f"sla={path}"), tickets))

        assert buckets(outcome) == MET


class TestRefusals:
    """A rule that is left out would let another judge in silence, so that each bad cell stops the run."""

    def test_every_bad_cell_is_told_with_its_place(self, desk: Desk) -> None:
        book(
            desk,
            (PROJECT, "事故", "", "5x8", "15m", ""),
            (PROJECT, "", "P1", "5x9", "", "2d"),
            (PROJECT, "", "P2", "5x8", 30, "4h"),
            (PROJECT, "", "P3", "5x8", "", ""),
            (PROJECT, "", "P4", "", "", "4h"),
            (PROJECT, "", "P5", "5x8", "", "4h", "次日"),
            (PROJECT, "", "P6", "5x8", "", "4h"),
            (PROJECT, "事件", "P6", "5x8", "", "8h"),
        )
        desk.tickets(ticket("03-01 09:00", "03-01 10:00"))

        at = "服务级别.xlsx#时限!"
        known = "incident、request、complaint、change、problem、other、事件、服务请求、投诉、变更、问题、其他"
        assert refused(desk) == [
            f"{at}B3：工单类型，事故 不是工单类型；可用的有：{known}",
            f"{at}D4：服务日历，没有名为 5x9 的日历；是否应为 5x8？",
            f"{at}F4：解决时限，2d 可指每天 24 小时，也可指工作日；请写 48h 或 2wd",
            f"{at}E5：响应时限，单写 30 可指分钟，也可指小时；请写 30m 或 30h",
            f"{at}6：此行没有时限；请填写响应时限、解决时限中的至少一项",
            f"{at}D7：服务日历 为空，必须填写",
            f"{at}G8：次日 不是工作日算法的已知用词：工作日结束、同一时刻",
            f"{at}10：没有任何行会用到此规则：它的行都已先符合服务级别.xlsx#时限 第 9 行；请把范围较小的规则写在前面",
        ]

    def test_a_project_that_the_register_does_not_know_is_refused(self, desk: Desk) -> None:
        desk.put("台账.csv", [{"项目名称": "某银行数据中心", "客户名称": "某行"}])
        limits(desk, ("某银行数据中心、某银行数剧中心", "", "", "7x24", "", "1h"))
        desk.tickets({**ticket("03-01 09:00", "03-01 10:00"), "项目名称": "某银行数据中心"})

        assert refused(desk, language="en") == [
            "服务级别.csv!A2: 项目名称: 某银行数剧中心 is not in the project register; did you mean 某银行数据中心?"
        ]

    def test_a_plan_without_calendars_is_told_what_to_define(self, desk: Desk) -> None:
        limits(desk, (PROJECT, "", "P1", "7x24", "", "1h"), (PROJECT, "", "P2", "5x8", "", "1h"))
        desk.tickets(ticket("03-01 09:00", "03-01 10:00"))
        outcome = desk.run("score", plan=plan_of(desk))

        assert (outcome.exit_code, outcome.said.count("calendars: {7x24: always}")) == (3, 1)


class TestEvidence:
    """Where a rule came from is said wherever it is named, and its limits are part of the indicator's hash."""

    def test_missed_rows_name_the_row_of_the_table(self, desk: Desk) -> None:
        book(desk, ("旁家", "", "", "7x24", "", "1h"), (PROJECT, "", "", "7x24", "", "1h"))
        desk.tickets(ticket("03-01 09:00", "03-01 10:30"))
        plan = plan_of(desk, FOUR_HOURS, office=OFFICE)
        shown = desk.run("score", "--lang", "zh", "-f", "terminal", plan=plan).printed

        assert "2016-03-01 10:00（1h，7x24，服务级别.xlsx#时限 第 4 行）" in shown

    def test_words_that_no_row_has_name_the_rows_that_ask_for_them(self, desk: Desk) -> None:
        limits(desk, (PROJECT, "", "P1", "7x24", "", "1h"), ("甲银行", "", "P3、P1", "7x24", "", "1h"))
        desk.tickets(ticket("03-01 09:00", "03-01 09:30", 优先级="P2"))
        outcome = score(desk, "{priority: P1, calendar: 7x24, resolve: 1h}")

        assert [line for line in outcome.notes.splitlines() if line.startswith("no accepted")] == [
            "no accepted row has priority P1 (服务级别.csv row 2, 3, sla rule plan.yaml:11); there are P2",
            "no accepted row has priority P3 (服务级别.csv row 3); there are P2",
            "no accepted row belongs to project 甲银行 (服务级别.csv row 3); did you mean 某银行?",
        ]

    def test_the_hash_of_the_rule_covers_the_limits_and_not_where_they_stand(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "03-01 10:00"))
        plan = plan_of(desk, FOUR_HOURS, office=OFFICE)

        def digest(*row: str, file: str = "服务级别.csv") -> str:
            path = limits(desk, row, file=file) if row else None
            found = desk.score(plan=plan).result(SOLVED)["rule_sha256"]
            if path:
                path.unlink()
            return str(found)

        hour = (PROJECT, "", "", "7x24", "", "1h")
        first = digest(*hour)
        assert first == digest(*hour[:5], "60m", file="合同.csv")
        others = {digest(), digest(*hour[:5], "2h"), digest(PROJECT, "", "", "5x8", "", "1h"), digest("", *hour[1:])}
        assert len(others | {first}) == 5

    def test_a_plan_and_a_table_that_say_the_same_have_one_hash(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "03-01 10:00"))
        rule = f"{{project: {PROJECT}, calendar: 7x24, resolve: 1h}}"
        by_plan = score(desk, rule, FOUR_HOURS).result(SOLVED)["rule_sha256"]
        limits(desk, (PROJECT, "", "", "7x24", "", "1h"))

        assert score(desk, FOUR_HOURS).result(SOLVED)["rule_sha256"] == by_plan


class TestRejected:
    """`missing_response: reject`: finished rows with a limit for their response show one, or are bad rows."""

    RULES = ("{type: incident, priority: P1, calendar: 7x24, respond: 15m, resolve: 4h}", FOUR_HOURS)

    def rows(self, *more: Row) -> list[Row]:
        """Make one row that is finished without a response, and one of each kind that is not refused."""
        return [
            ticket("03-01 09:00", "03-01 10:00", 优先级="P1", 响应时间="", 状态=""),
            ticket("03-01 09:00", "03-01 10:00", 优先级="P1", 响应时间="2016-03-01 09:05", 状态=""),
            ticket("03-01 09:00", "03-01 10:00", 优先级="P2", 响应时间="", 状态=""),
            ticket("03-01 09:00", "", 优先级="P1", 响应时间="", 状态="处理中"),
            *more,
        ]

    def test_they_are_rejected_with_place_and_sentence(self, desk: Desk) -> None:
        desk.tickets(*self.rows())
        rejects = desk.folder / "rejects.csv"
        outcome = score(desk, *self.RULES, more="missing_response: reject", options=("--rejects", str(rejects)))

        assert outcome.ledger() == {"rows": 4, "accepted": 3, "rejected": 1, "duplicate": 0, "superseded": 0}
        line = rejects.read_text(encoding="utf-8-sig").splitlines()[1]
        assert ("missing_response" in line, "工单.csv" in line, ",G2," in line) == (True, True, True)
        assert outcome.pick(ANSWERED, "met", "missed", "rejected") == (1, 1, 1)

    @pytest.mark.parametrize(("state", "refused"), [("已关闭", 2), ("已解决", 2), ("处理中", 1), ("已取消", 1)])
    def test_a_state_that_is_finished_counts_without_a_stop_time(self, desk: Desk, state: str, refused: int) -> None:
        desk.tickets(*self.rows(ticket("03-01 09:00", "", 优先级="P1", 响应时间="", 状态=state)))

        assert score(desk, *self.RULES, more="missing_response: reject").ledger()["rejected"] == refused

    def test_too_many_of_them_stop_the_run(self, desk: Desk) -> None:
        bad = [ticket("03-01 09:00", f"03-01 10:{at:02}", 优先级="P1", 响应时间="") for at in range(6)]
        desk.tickets(*self.rows(*bad))
        plan = plan_of(desk, *self.RULES, more="missing_response: reject")
        outcome = desk.run("score", "--lang", "zh", plan=plan)

        assert (outcome.exit_code, "7/10" in outcome.said or "7" in outcome.said) == (3, True)
        check = desk.run("check", "--lang", "zh", plan=plan)
        assert (check.exit_code, "missing_response: reject" in check.printed) == (3, True)
        assert "已完成但没有响应时间，而计划有响应时限并要求填写" in check.printed

    def test_a_duration_answers_too(self, desk: Desk) -> None:
        timed = ticket("03-01 09:00", "03-01 10:00", 优先级="P1", 响应分钟="5")
        desk.tickets(timed, {**timed, "响应分钟": ""})
        outcome = score(desk, *self.RULES, more="missing_response: reject")

        assert outcome.ledger()["rejected"] == 1
        said = desk.run("check", plan=plan_of(desk, *self.RULES, more="missing_response: reject")).printed
        assert "已完成但没有响应分钟，而计划有响应时限" in said

    def test_a_sheet_that_shows_no_responses_is_not_refused(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "03-01 10:00", 优先级="P1"))

        assert score(desk, *self.RULES, more="missing_response: reject").ledger()["rejected"] == 0

    def test_limits_of_a_table_count_as_well(self, desk: Desk) -> None:
        """By the plan only P1 has a limit for its response; by the contract P2 has one, too."""
        limits(desk, (PROJECT, "", "P2", "7x24", "30m", "4h"))
        desk.tickets(*self.rows())

        assert score(desk, *self.RULES, more="missing_response: reject").ledger("工单.csv")["rejected"] == 2

    def test_missed_and_excluded_rows_stay_accepted(self, desk: Desk) -> None:
        desk.tickets(*self.rows())

        for stated, missed in (("miss", 2), ("exclude", 1)):
            outcome = score(desk, *self.RULES, more=f"missing_response: {stated}")
            assert (outcome.ledger()["rejected"], outcome.pick(ANSWERED, "missed")) == (0, (missed,))
