"""`opskpi explain`: figures from rule to cells, rows with all they entered; every figure is worked out by hand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner

from opskpi.commands import group
from opskpi.errors import SettingsError
from opskpi.indicators.notation import notation
from opskpi.indicators.syntax import parse
from opskpi.model.service import Calendar
from opskpi.targets.wordings import worded
from opskpi.wording import catalogue
from opskpi.worktime import compile_calendar
from opskpi.worktime.days import day_number, kind_of, windows_of
from opskpi.worktime.official import official_days
from rulebook import PROJECT, TODAY, Desk, complaint, incident, request, run_outside

ROOT = Path(__file__).parents[1]
PLAN = """plan: 试验计划
period: 2016
indicators:
  solved:
    name: 解决率
    table: tickets
    where: type == "incident" and priority in ("P1", "P2")
    exclude:
      cancelled: status == "cancelled"
    period_by: created_at
    value: share(sla_met)
    target: ">= 60%"
  done:
    name: 完成率
    table: tickets
    where: type == "request"
    period_by: created_at
    value: share(completed)
    target: "== 100%"
  complaints:
    name: 投诉数量
    table: tickets
    where: type == "complaint"
    period_by: created_at
    value: count()
    target: "< 5"
  score:
    name: 满意度
    table: surveys
    period_by: submitted_at
    value: mean(score)
    target: ">= 4.5"
"""
OFFICE = 'calendars:\n  5x8: {country: CN, hours: {mon-fri: ["09:00-12:00", "13:00-18:00"]}}\n  7x24: always\n'
MINUTES = 60_000_000


@dataclass(frozen=True)
class Told:
    """What a run printed, and what it said beside it."""

    exit_code: int
    printed: str
    said: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON."""
        loaded: dict[str, Any] = json.loads(self.printed)
        return loaded


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def explain(desk: Desk, *words: str, plan: str = PLAN, options: Sequence[str] = ()) -> Told:
    """Explain from the desk's exports."""
    path = desk.write("plan.yaml", plan)
    arguments = ["explain", *words, str(desk.exports), "-t", str(path), *options]
    done = CliRunner(env=TODAY).invoke(group, arguments, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return Told(int(done.return_value), done.stdout, done.stderr)


def figure(desk: Desk, indicator: str, *options: str, plan: str = PLAN) -> dict[str, Any]:
    return explain(desk, PROJECT, indicator, plan=plan, options=(*options, "-f", "json")).document


def sample(desk: Desk, row: str, *options: str, plan: str = PLAN) -> dict[str, Any]:
    """Explain a row of which there is one."""
    (only,) = explain(desk, "--row", row, plan=plan, options=(*options, "-f", "json")).document["samples"]
    return dict(only)


def buckets(told: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {each["indicator"]: (each["bucket"], each["said"]) for each in told["indicators"]}


def _explained(*words: str) -> str:
    """Explain something of the example year."""
    return CliRunner(env=TODAY).invoke(group, ["explain", *words, "-t", "2016"], standalone_mode=False).stdout


@pytest.fixture
def march(desk: Desk) -> Desk:
    """Nine tickets, one of them of 2015: T1 is met, T2 late, T3 pending, T4 cancelled, T5 of no priority asked for.

    T6 is a request open until July, T7 a complaint, T8 an incident of the year before; T9 is rejected.
    """
    in_time, late = incident("2016-03-02 08:00", "2016-03-01 09:00"), incident("2016-03-02 08:00", "2016-03-03 08:00")
    waiting = incident("2016-06-01 08:00")
    desk.tickets(
        {**in_time, "优先级": "P1", "状态": "已关闭"},
        {**late, "优先级": "P2", "状态": "已关闭"},
        {**waiting, "优先级": "P2", "状态": "处理中"},
        {**waiting, "优先级": "P2", "状态": "已取消"},
        {**in_time, "优先级": "P4", "状态": "已关闭"},
        {**request("2016-07-01 08:00"), "状态": "处理中"},
        {**complaint(), "状态": "已关闭"},
        {**in_time, "优先级": "P1", "创建时间": "2015-12-31 23:59"},
        {**in_time, "优先级": "P1", "创建时间": "2016-02-30 08:00"},
    )
    return desk


MAY = ("--as-of", "2016-05-01")


class TestFigure:
    def test_the_steps_lead_from_accepted_to_counted(self, march: Desk) -> None:
        """9 tickets, 1 rejected: 8 accepted, 2 no incidents, 1 of P4, 1 of 2015, 1 cancelled, 1 pending: 2 count."""
        told = figure(march, "solved", *MAY)

        steps = [(each["part"], each["rows"]) for each in told["steps"]]
        assert told["accepted"] == 8
        assert steps == [("where", 2), ("where", 1), ("period", 1), ("exclude", 1), ("pending", 1)]
        assert told["accepted"] - sum(rows for _, rows in steps) == told["result"]["counted"] == 2
        assert (told["result"]["met"], told["result"]["missed"], told["exact"]) == (1, 1, "1/2")

    def test_each_row_stands_with_its_reason_and_cells(self, march: Desk) -> None:
        """Columns: 工单编号 A, 项目名称 B, 工单类型 C, 创建时间 D, 解决时限 E, 解决时间 F, 优先级 G, 状态 H."""
        told = figure(march, "solved", *MAY)["rows"]

        (missed,), (pending,), (left_out,), (rejected,) = (
            told[bucket] for bucket in ("missed", "pending", "excluded", "rejected")
        )
        assert (missed["id"], missed["place"], missed["grounds"][0]["basis"]) == ("T2", "工单.csv!3", "due")
        cells = {each["column"]: (each["cell"], each["value"]) for each in missed["grounds"][0]["cells"]}
        assert cells == {"resolved_at": ("F3", "2016-03-03 08:00"), "resolve_due_at": ("E3", "2016-03-02 08:00")}
        assert (pending["id"], pending["grounds"][0]["turns"]) == ("T3", "2016-06-01T08:00:00")
        assert (left_out["id"], left_out["said"]) == ("T4", "cancelled: status is cancelled")
        assert (rejected["id"], rejected["said"]) == ("T9", "2016-02-30 08:00 is not a date")

    def test_what_is_pending_turns_at_the_moment_said(self, march: Desk) -> None:
        """Told on 1 May: a miss past 1 June 08:00. At that minute it is pending, a second later it is missed."""
        for moment, bucket in (("2016-06-01T08:00", "pending"), ("2016-06-01T08:00:01", "missed")):
            told = figure(march, "solved", "--as-of", moment)["rows"]
            assert "T3" in [each["id"] for each in told[bucket]]

    def test_an_open_request_without_a_due_time_turns_when_the_period_ends(self, desk: Desk) -> None:
        desk.tickets({**request(), "状态": "处理中"})
        (pending,) = figure(desk, "done", *MAY)["rows"]["pending"]
        assert pending["grounds"][0]["turns"] == "2017-01-01T00:00:00"

    def test_the_arithmetic_says_which_rows_decide(self, march: Desk) -> None:
        """1 of 2 is 50 %; with T3 and the rejected T9 both met it would be 3 of 4, which is 75 %."""
        printed = explain(march, PROJECT, "解决率", options=(*MAY, "--lang", "en")).printed
        assert "met 1 ÷ (met 1 + missed 1) = 1/2 = 50%, shown as 50.0%" in printed
        assert "provisional: the 1 rejected row, the 1 pending row could turn it" in printed
        assert "1 miss too many this year" in printed

    def test_a_mean_and_a_count_list_the_rows_that_they_are_made_of(self, march: Desk) -> None:
        """(5 + 4 + 4) / 3 is 4.333…"""
        march.surveys("5", "4", "4")
        printed = explain(march, PROJECT, "score", options=("--lang", "en")).printed
        assert "13 ÷ 3 = 13/3 ≈ 4.333333, shown as 4.33" in printed
        assert "S2  score 4  满意度.csv!3" in printed
        assert [each["id"] for each in figure(march, "complaints")["rows"]["counted"]] == ["T7"]

    def test_another_column_that_says_the_contrary_is_shown_beside_the_one_that_judged(self, desk: Desk) -> None:
        late = incident("2016-03-02 08:00", "2016-03-03 08:00")
        desk.tickets({**late, "优先级": "P1", "是否达标": "是"})
        (row,) = figure(desk, "solved")["differing"]
        assert [(each["basis"], each["outcome"]) for each in row["grounds"]] == [("due", "late"), ("flag", "met")]

    def test_both_languages_tell_the_rule_in_words(self, march: Desk) -> None:
        chinese = explain(march, PROJECT, "solved", options=MAY).printed
        english = explain(march, PROJECT, "solved", options=(*MAY, "--lang", "en")).printed
        assert "工单类型为事件，且优先级为P1、P2之一" in chinese
        assert "cancelled：状态为已取消" in chinese
        assert "type is incident and priority is one of P1, P2" in english
        assert "尚未完成，时限 2016-06-01 08:00：此后仍未完成即为未达成" in chinese

    def test_a_figure_without_rows_says_why(self, march: Desk) -> None:
        printed = explain(march, PROJECT, "score", options=("--lang", "en")).printed
        assert catalogue("en")["why_no_rows"] in printed

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (("某银航", "solved"), "unknown project 某银航; did you mean 某银行?"),
            ((PROJECT, "slved"), "unknown indicator slved; did you mean solved?"),
            ((PROJECT,), "name a project and an indicator"),
        ],
    )
    def test_names_nobody_knows_get_the_nearest(
        self, march: Desk, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], sentence: str
    ) -> None:
        """Exports come from the environment, so that a single word is the project."""
        monkeypatch.setenv("OPSKPI_EXPORTS", str(march.exports))
        path = march.write("plan.yaml", PLAN)
        done = CliRunner(env=TODAY).invoke(
            group, ["explain", *words, "-t", str(path), "--lang", "en"], standalone_mode=False
        )
        assert (done.return_value, done.stdout) == (2, "")
        assert done.stderr.startswith(f"opskpi: {sentence}")


class TestRow:
    def test_a_row_tells_every_indicator_of_its_table(self, march: Desk) -> None:
        told = sample(march, "T2", *MAY)

        assert (told["place"], told["project"], told["fate"]) == ("工单.csv!3", PROJECT, "accepted")
        found = buckets(told)
        assert found["solved"][0] == "missed"
        assert found["done"] == ("filtered", "not “type is request”")
        assert found["complaints"] == ("filtered", "not “type is complaint”")

    def test_a_row_in_two_indicators_has_both_accounts(self, march: Desk) -> None:
        twice = PLAN + "  all: {name: 全部, table: tickets, period_by: created_at, value: count()}\n"
        found = buckets(sample(march, "T2", *MAY, plan=twice))
        assert (found["solved"][0], found["all"][0]) == ("missed", "counted")

    @pytest.mark.parametrize(
        ("row", "bucket", "said"),
        [
            ("T1", "met", "met"),
            ("T3", "pending", "still open, due 2016-06-01 08:00: past that it is a miss"),
            ("T4", "excluded", "cancelled: status is cancelled"),
            ("T5", "filtered", "not “priority is one of P1, P2”"),
            ("T8", "out_of_period", "creation time 2015-12-31 23:59 is not within 2016-01-01 to 2016-12-31"),
        ],
    )
    def test_a_row_is_in_the_bucket_of_the_ledger(self, march: Desk, row: str, bucket: str, said: str) -> None:
        assert buckets(sample(march, row, *MAY))["solved"] == (bucket, said)

    def test_a_cell_names_a_row(self, march: Desk) -> None:
        for asked in ("工单.csv!4", "工单.csv!H4", "T3"):
            assert sample(march, asked, *MAY)["id"] == "T3"

    def test_a_cell_of_a_workbook_names_its_sheet(self) -> None:
        book = ROOT / "examples" / "2016" / "workbook" / "运维台账2016.xlsx"
        identity = openpyxl.load_workbook(book)["工单"]["A12"].value
        done = _explained("--row", "运维台账2016.xlsx#工单!B12", str(book))
        assert f"{identity}（工单）  运维台账2016.xlsx#工单!12" in done

    def test_what_a_source_gives_has_no_cell(self) -> None:
        """The register of complaints has no column of types."""
        assert "工单类型 投诉（由数据源给出）" in _explained(
            "--row", "TS2016014", str(ROOT / "examples" / "2016" / "csv")
        )

    def test_a_rejected_row_shows_what_the_export_says(self, march: Desk) -> None:
        told = sample(march, "工单.csv!10")
        assert (told["fate"], told["faults"]) == ("rejected", ["2016-02-30 08:00 is not a date"])
        assert "2016-02-30 08:00" in [each["value"] for each in told["cells"]]
        assert told["indicators"] == []

    def test_a_repeat_names_the_row_that_stands(self, desk: Desk) -> None:
        same = {**incident("2016-03-02 08:00", "2016-03-01 09:00"), "工单编号": "A1"}
        desk.tickets(same, same)
        first, second = explain(desk, "--row", "A1", options=("-f", "json")).document["samples"]
        assert (first["fate"], second["fate"]) == ("accepted", "duplicate")
        assert second["others"] == ["工单.csv!2"]

    @pytest.mark.parametrize(
        ("row", "sentence"),
        [
            ("T22", "no row has the id T22; did you mean T2?"),
            ("工单.csv!1", "工单.csv!1 is no row of data: the heading is row 1"),
            ("工旦.csv!2", "工旦.csv was not read; did you mean 工单.csv?"),
        ],
    )
    def test_a_row_that_is_not_there_gets_one_sentence(self, march: Desk, row: str, sentence: str) -> None:
        with pytest.raises(SettingsError) as caught:
            explain(march, "--row", row, options=("--debug",))
        assert sentence in str(caught.value)


class TestClock:
    def test_the_worked_ticket_of_the_page_is_told_with_the_same_days_and_figures(self, desk: Desk) -> None:
        page = (ROOT / "docs" / "service-levels.md").read_text(encoding="utf-8")
        rules = page.split("```yaml\n")[1].split("```")[0]
        row = {"工单类型": "事件", "优先级": "P3", "挂起分钟": "30"}
        desk.tickets({**row, "创建时间": "2016-02-05 16:30", "解决时间": "2016-02-15 09:20"})
        told = explain(desk, PROJECT, "solved", plan=_solved("sla_met") + rules, options=("--lang", "en"))
        shown = page.split("```text\n")[1].split("```")[0]
        assert shown in told.printed

    def test_the_figures_of_the_worked_ticket(self, desk: Desk) -> None:
        """Friday 1.5 h and Saturday 7 h make 8 h and 30 min of pause; 9 h 20 min of service follow until the stop:

        1 h to 18:00 on Saturday, 8 h on the worked Sunday the 14th, 20 min on Monday.
        """
        row = {"工单类型": "事件", "挂起分钟": "30", "创建时间": "2016-02-05 16:30", "解决时间": "2016-02-15 09:20"}
        clock = _clock(desk, row, "{calendar: 5x8, resolve: 8h}")
        assert [(each["date"], each["kind"], each["minutes"]) for each in clock["days"]] == [
            ("2016-02-05", "workday", 90),
            ("2016-02-06", "make_up", 420),
        ]
        assert clock["due"] == "2016-02-06T17:00:00"
        assert clock["pauses"] == [{"minutes": 30, "begin": None, "end": None}]
        assert (clock["minutes"], clock["used_minutes"], clock["over_minutes"]) == (510, 1070, 560)

    def test_a_stop_in_time_ends_the_days(self, desk: Desk) -> None:
        """From 11:00 to 14:00 there is 1 h before noon and 1 h after 13:00; 4 h would last until 16:00."""
        row = {"工单类型": "事件", "创建时间": "2016-03-01 11:00", "解决时间": "2016-03-01 14:00"}
        clock = _clock(desk, row, "{calendar: 5x8, resolve: 4h}")
        assert (clock["minutes"], clock["left_minutes"], clock["over_minutes"]) == (120, 120, 0)
        assert clock["due"] == "2016-03-01T16:00:00"

    def test_a_long_clock_is_summed_up_between_its_first_and_last_days(self, desk: Desk) -> None:
        """200 h are 25 days of 8 h. March 2016 has 23 workdays from the 1st; April's are the 1st and, after the holiday

        of Monday the 4th, the 5th. Days from 03-01 to 04-05: 36, ten of them shown, of which the weekends 03-05 (first
        five: 1, 2, 3, 4, 5) and 04-02, 04-03 and the holiday 04-04 (last five: 1 to 5) do not serve: 32 h and 16 h.
        """
        row = {"工单类型": "事件", "创建时间": "2016-03-01 09:00"}
        clock = _clock(desk, row, "{calendar: 5x8, resolve: 200h}")
        assert clock["due"] == "2016-04-05T18:00:00"
        assert [each["date"] for each in clock["days"]] == [f"2016-03-0{day}" for day in range(1, 6)]
        assert [each["kind"] for each in clock["last_days"]] == ["workday", "weekend", "weekend", "holiday", "workday"]
        assert (clock["left_out"]["days"], clock["left_out"]["serving"]) == (26, 19)
        assert clock["left_out"]["minutes"] == (200 - 32 - 16) * 60
        assert clock["minutes"] == 200 * 60

    def test_each_leg_has_its_own_clock_and_an_open_one_says_so(self, desk: Desk) -> None:
        """Answered after 20 of 30 minutes; not resolved by noon, 3 h into a limit of 2 h."""
        row = {"工单类型": "事件", "创建时间": "2016-03-01 09:00", "响应时间": "2016-03-01 09:20", "解决时间": ""}
        desk.tickets(row)
        plan = _solved("response_met and sla_met") + OFFICE + "sla:\n  - {calendar: 5x8, respond: 30m, resolve: 2h}\n"
        options = ("--lang", "en", "--as-of", "2016-03-01T12:00")
        printed = explain(desk, PROJECT, "solved", plan=plan, options=options).printed
        assert "answered 2016-03-01 09:20: 0 h 20 min used, 0 h 10 min left" in printed
        assert "not stopped by the moment of judgement: 3 h 00 min used, 1 h 00 min over" in printed

    def test_pauses_known_by_their_moments_are_listed(self, desk: Desk) -> None:
        """Paused from 11:30 to 13:30: half an hour before noon and half an hour after one o'clock are service.

        The log has a second pause from 13:15 to 14:00, half an hour of it new: two hours from 11:00 are over at 15:30.
        """
        row = {"工单编号": "T1", "挂起开始时间": "2016-03-01 11:30", "挂起结束时间": "2016-03-01 13:30"}
        desk.tickets({**incident(), **row, "创建时间": "2016-03-01 11:00", "解决时间": "2016-03-01 16:00"})
        desk.put(
            "挂起记录.csv", [{"工单编号": "T1", "挂起开始时间": "2016-03-01 13:15", "挂起结束时间": "2016-03-01 14:00"}]
        )
        plan = _solved("sla_met") + OFFICE + "sla:\n  - {calendar: 5x8, resolve: 2h}\n"
        printed = explain(desk, PROJECT, "solved", plan=plan, options=("--lang", "en")).printed
        wanted = (
            "paused 2016-03-01 11:30 to 2016-03-01 13:30, 1 h 00 min of it service time",
            "paused 2016-03-01 13:15 to 2016-03-01 14:00, 0 h 30 min of it service time",
            "= the limit of 2h + 1 h 30 min paused: due 2016-03-01 15:30",
            "stopped 2016-03-01 16:00: 4 h 00 min − 1 h 30 min paused = 2 h 30 min used, 0 h 30 min over",
        )
        places = [printed.index(line) for line in wanted]
        assert places == sorted(places)

    def test_a_clock_that_stands_still_says_why(self, desk: Desk) -> None:
        paused = {**incident(), "创建时间": "2016-03-01 11:00", "挂起开始时间": "2016-03-01 11:30"}
        desk.tickets(paused, {**paused, "挂起开始时间": "", "优先级": "P1"})
        rules = (
            "sla:\n  - {calendar: 5x8, priority: P1, resolve: 2h, start: assigned}\n  - {calendar: 5x8, resolve: 2h}\n"
        )
        plan, options = _solved("sla_met") + OFFICE + rules, ("--lang", "en", "--as-of", "2016-05-01")
        printed = explain(desk, PROJECT, "solved", plan=plan, options=options).printed
        assert printed.index("paused now: its clock stands still") < printed.index(
            "not assigned yet: its clock has not begun"
        )

    def test_what_is_decided_elsewhere_is_out_of_the_period(self, desk: Desk) -> None:
        """Four hours of 1 March 16:00 are over on the 2nd at 11:00 in office hours: no part of the day before."""
        desk.tickets({**incident(), "创建时间": "2016-03-01 16:00", "解决时间": ""})
        plan = _solved("sla_met").replace("created_at", "decided") + OFFICE + "sla:\n  - {calendar: 5x8, resolve: 4h}\n"
        options = ("--lang", "en", "--period", "2016-03-01..2016-03-01", "--row", "T1", "--as-of", "2016-03-05")
        said = explain(desk, plan=plan, options=options).printed
        assert "moment of the outcome 2016-03-02 11:00 is not within 2016-03-01 to 2016-03-01" in said
        early = ("--lang", "en", "--row", "T1", "--as-of", "2016-03-01T17:00")
        assert "its outcome is not known yet" in explain(desk, plan=plan, options=early).printed

    def test_working_days_and_a_calendar_without_rest(self, desk: Desk) -> None:
        """1wd from Saturday the 5th ends on Monday at 18:00; 4 h from 22:00 end at 02:00 of the next day."""
        weekend = {"工单类型": "事件", "创建时间": "2016-03-05 11:00"}
        assert _clock(desk, weekend, "{calendar: 5x8, resolve: 1wd}")["due"] == "2016-03-07T18:00:00"
        always = _clock(desk, {"工单类型": "事件", "创建时间": "2016-03-05 22:00"}, "{calendar: 7x24, resolve: 4h}")
        assert [(each["kind"], each["minutes"]) for each in always["days"]] == [("always", 120), ("always", 120)]

    def test_a_row_that_no_rule_limits_says_why(self, desk: Desk) -> None:
        """T1 is judged; no rule is for P4, and the one for P2 has no limit of the resolution."""
        times = {"工单类型": "事件", "创建时间": "2016-03-01 09:00", "解决时间": "2016-03-01 10:00"}
        desk.tickets(*({**times, "优先级": priority} for priority in ("P1", "P4", "P2")))
        rules = "  - {priority: P1, calendar: 5x8, resolve: 4h}\n  - {priority: P2, calendar: 5x8, respond: 1h}\n"
        told = figure(desk, "solved", plan=_solved("sla_met") + OFFICE + "sla:\n" + rules)
        said = {each["id"]: each["grounds"][0]["said"] for each in told["rows"]["excluded"]}
        assert said == {"T2": "no sla rule fits", "T3": "sla rule 2 fits, which has no such limit"}

    def test_a_stop_after_the_due_moment_in_hours_without_service_is_late(self, desk: Desk) -> None:
        """8 h end on the 1st at 18:00; at 19:00 no service has passed since."""
        row = {"工单类型": "事件", "创建时间": "2016-03-01 08:00", "解决时间": "2016-03-01 19:00"}
        clock = _clock(desk, row, "{calendar: 5x8, resolve: 8h}")
        assert (clock["due"], clock["over_minutes"]) == ("2016-03-01T18:00:00", 0)
        plan = _solved("sla_met") + OFFICE + "sla:\n  - {calendar: 5x8, resolve: 8h}\n"
        printed = explain(desk, PROJECT, "solved", plan=plan, options=("--lang", "en")).printed
        assert "stopped 2016-03-01 19:00: 8 h 00 min used, after its due, in hours without service" in printed

    def test_without_any_limit_a_row_says_that_nothing_judges_it(self, desk: Desk) -> None:
        desk.tickets(
            {"工单类型": "事件", "优先级": "P4", "创建时间": "2016-03-01 09:00", "解决时间": "2016-03-01 10:00"}
        )
        plan = _solved("sla_met") + OFFICE + "sla:\n  - {priority: P1, calendar: 5x8, resolve: 4h}\n"
        told = sample(desk, "T1", plan=plan)["indicators"][0]
        assert (told["bucket"], told["grounds"][0]["said"]) == (
            "excluded",
            "there is no limit, due time, duration or flag to judge by",
        )


def _solved(value: str) -> str:
    return (
        "plan: p\nperiod: 2016\nindicators:\n"
        f"  solved: {{name: s, table: tickets, period_by: created_at, value: share({value}), target: '>= 90%'}}\n"
    )


def _clock(desk: Desk, row: Mapping[str, str], rule: str) -> dict[str, Any]:
    """Get the clock of one ticket under one rule; the state is that of the year's end."""
    desk.tickets({"解决时间": "", **row})
    told = sample(desk, "T1", plan=_solved("sla_met") + OFFICE + f"sla:\n  - {rule}\n")
    return dict(told["indicators"][0]["grounds"][0]["clock"])


class TestWords:
    @pytest.mark.parametrize(
        ("text", "chinese", "english"),
        [
            ('type == "incident"', "工单类型为事件", "type is incident"),
            ('not type == "incident"', "工单类型不为事件", "type is not incident"),
            ("resolved_at is not null", "解决时间不为空", "resolution time is not blank"),
            ('status not in ("new", "closed")', "状态不为新建、已关闭中任何一个", "status is none of new, closed"),
            (
                'type == "change" and (reopened > 0 or title is null)',
                "工单类型为变更，且（重开次数大于0，或标题为空）",
                "type is change and (times reopened is more than 0 or title is blank)",
            ),
            ("in_time(delivered_at, due_at)", "实际交付日期不晚于应交付日期", "delivery date no later than due date"),
            ("surprise(created_at, 2) > 1", "surprise(created_at, 2)大于1", "surprise(created_at, 2) is more than 1"),
        ],
    )
    def test_an_expression_is_said_and_an_unknown_function_keeps_its_notation(
        self, text: str, chinese: str, english: str
    ) -> None:
        said = worded(parse(text))
        assert (said.text("zh"), said.text("en")) == (chinese, english)

    @pytest.mark.parametrize(
        "text",
        [
            'a == "x" and (b < 1.5 or not c)',
            "not (a and b) or f(a, 0.5) is null",
            "a is null and true != b",
        ],
    )
    def test_notation_reads_back_as_the_same_tree(self, text: str) -> None:
        assert parse(notation(parse(text))) == parse(text)

    def test_every_column_and_word_of_the_tables_has_its_words(self) -> None:
        from opskpi.tables import NAMES, load

        for table in map(load, NAMES):
            names = (*table.kinds, *table.judged, *table.derived)
            assert [name for name in names if f"column_{name}" not in catalogue("en")] == []
            words = {word: chinese for kind in table.kinds.values() for word, chinese in kind.words.items()}
            assert {word: catalogue("zh")[f"value_{word}"] for word in words} == words


class TestOutput:
    def test_the_json_has_the_keys_promised(self, march: Desk) -> None:
        told = figure(march, "solved")
        assert (told["format"], told["format_version"]) == ("opskpi.explanation", 1)
        assert {
            "plan",
            "period",
            "as_of",
            "table",
            "result",
            "exact",
            "rule",
            "accepted",
            "steps",
            "rows",
        } <= told.keys()
        assert list(told["rows"]) == ["missed", "pending", "excluded", "rejected"]

    def test_a_pipe_is_not_cut_and_the_same_bytes_come_again(self, march: Desk) -> None:
        path = march.write("plan.yaml", PLAN)
        words = ["explain", PROJECT, "solved", str(march.exports), "-t", str(path)]
        first, second = (run_outside(words, march.folder, {"COLUMNS": "40", "PYTHONHASHSEED": seed}) for seed in "12")
        assert first.printed == second.printed
        assert first.exit_code == 0
        assert "    单元格：解决时间 2016-03-03 08:00（F3）、解决时限 2016-03-02 08:00（E3）\n" in first.printed

    def test_markdown_lets_no_cell_speak_markdown(self, desk: Desk) -> None:
        late = incident("2016-03-02 08:00", "2016-03-03 08:00")
        desk.tickets({**late, "工单编号": "*A1*", "优先级": "P1"})
        printed = explain(desk, PROJECT, "solved", options=("-f", "md")).printed
        assert "\\*A1\\*" in printed
        assert "*A1*" not in printed

    def test_a_file_is_written_by_its_suffix(self, march: Desk) -> None:
        for name, begins in (("out.json", "{"), ("out.md", "# "), ("out.txt", PROJECT)):
            told = explain(march, PROJECT, "solved", options=("-o", str(march.folder / name)))
            assert (told.printed, told.exit_code) == ("", 0)
            assert (march.folder / name).read_text(encoding="utf-8").startswith(begins)
        with pytest.raises(SettingsError, match="cannot tell"):
            explain(march, PROJECT, "solved", options=("--debug", "-o", "out.xlsx"))

    def test_settings_name_plan_and_exports_and_leave_their_outputs_to_score(
        self, march: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        march.write("plan.yaml", PLAN)
        march.write(
            "opskpi.toml", 'targets = "plan.yaml"\nexports = ["exports"]\noutput = ["card.json"]\nformat = "csv"\n'
        )
        monkeypatch.chdir(march.folder)
        for words in ((PROJECT, "solved"), ("--row", "T2"), ("--row", "T2", "exports")):
            done = CliRunner(env=TODAY).invoke(group, ["explain", *words], standalone_mode=False)
            assert done.return_value == 0, done.output
            assert "T2" in done.stdout
        assert not (march.folder / "card.json").exists()


class TestDiary:
    """The diary of a calendar holds to the clock it tells of."""

    def test_its_windows_add_up_to_the_service_elapsed(self) -> None:
        """Nights across midnight, a spring day of 23 hours in Berlin, and days of one's own."""
        night = ((1320, 1800),)
        own = Calendar(
            "own",
            windows=(((540, 1020),),) * 5 + ((), ()),
            days_off=frozenset({date(2016, 3, 30)}),
            days_on={date(2016, 3, 26): ((0, 600),)},
        )
        for calendar in (
            Calendar("night", windows=(night,) * 7),
            own,
            Calendar("always", always=True),
        ):
            service = compile_calendar(calendar, ZoneInfo("Europe/Berlin"), date(2016, 1, 1), date(2016, 12, 31))
            for start, end in (("2016-03-25 23:30", "2016-04-02 02:15"), ("2016-03-27 01:00", "2016-03-27 05:00")):
                begin, finish = map(_micros, (start, end))
                diary = service.diary(begin, finish, most=100)
                assert diary.served == timedelta(microseconds=int(service.elapsed(begin, finish)[0]))
                assert sum((day.served for day in diary.first), timedelta()) == diary.served

    def test_a_days_kind_is_the_one_its_windows_come_from(self) -> None:
        """A day has hours exactly where its kind is one that works."""
        hours = ((540, 1080),)
        calendar = Calendar(
            "5x8",
            windows=(hours,) * 5 + ((), ()),
            country="CN",
            makeup_windows=hours,
            days_off=frozenset({date(2016, 12, 30), date(2016, 2, 14)}),
            days_on={date(2016, 10, 8): hours},
        )
        official = official_days("CN", None, 2015, 2017)
        first, last = day_number(date(2016, 1, 1)), day_number(date(2016, 12, 31))
        served = set(np.unique(windows_of(calendar, first, last, official).days).tolist())
        days = [date(2016, 1, 1) + timedelta(days=at) for at in range(366)]
        kinds = {day: kind_of(calendar, day, official) for day in days}
        working = {"workday", "make_up", "day_on"}
        assert {day_number(day) for day, kind in kinds.items() if kind in working} == served
        assert set(kinds.values()) == {"workday", "weekend", "holiday", "make_up", "day_off", "day_on"}


def _micros(text: str) -> int:
    return int((datetime.fromisoformat(text) - datetime(1970, 1, 1)) / timedelta(microseconds=1))  # noqa: DTZ001
