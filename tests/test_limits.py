"""Service levels judged by the plan's limits; every due moment is worked out by hand or by walking minutes."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from holidays import country_holidays

from limit_desk import (
    ANSWERED,
    BOTH,
    FOUR_HOURS,
    MET,
    MISSED,
    NONE,
    OFFICE,
    PENDING,
    SOLVED,
    buckets,
    due_of,
    plan_of,
    ticket,
)
from rulebook import PROJECT, Desk, Row


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class TestDue:
    """2016-03-04 is a Friday; 02-06 and 02-14 of 2016 were worked, 02-07 to 02-13 was the Spring Festival."""

    @pytest.mark.parametrize(
        ("rule", "created", "due"),
        [
            ("{calendar: 7x24, resolve: 4h}", "03-04 17:00", "03-04 21:00"),
            ("{calendar: 5x8, resolve: 4h}", "03-01 09:00", "03-01 14:00"),  # 3 h to noon, 1 h from 13:00
            ("{calendar: 5x8, resolve: 3h}", "03-01 09:00", "03-01 12:00"),
            ("{calendar: 5x8, resolve: 4h}", "03-04 17:00", "03-07 12:00"),  # 1 h on Friday, 3 h on Monday
            ("{calendar: 5x8, resolve: 1h}", "03-01 11:30", "03-01 13:30"),
            ("{calendar: 5x8, resolve: 30m}", "03-05 11:00", "03-07 09:30"),  # a Saturday
            ("{calendar: 5x8, resolve: 8h}", "03-01 12:15", "03-02 12:00"),  # 5 h to 18:00, 3 h the next day
            ("{calendar: 5x8, resolve: 4h}", "02-05 17:00", "02-06 12:00"),  # the Saturday is worked
            ("{calendar: 5x8, resolve: 2h}", "02-06 17:00", "02-14 10:00"),  # the Sunday after the festival, too
            ("{calendar: 5x8, resolve: 2wd}", "03-03 10:00", "03-07 18:00"),
            ("{calendar: 5x8, resolve: 2wd, workdays: same_time}", "03-03 10:00", "03-07 10:00"),
            ("{calendar: 5x8, resolve: 1wd}", "03-05 11:00", "03-07 18:00"),  # Monday is the first after a Saturday
            ("{calendar: 5x8, resolve: 1wd}", "02-05 10:00", "02-06 18:00"),
        ],
    )
    def test_the_clock_runs_in_service_hours_only(self, desk: Desk, rule: str, created: str, due: str) -> None:
        due_of(desk, rule, created, due)

    def test_make_up_days_can_be_off(self, desk: Desk) -> None:
        """1 h on Friday the 5th, then nothing until Monday the 15th."""
        office = OFFICE.replace("CN,", "CN, makeup_days: off,").replace("off,", '"off",')
        due_of(desk, FOUR_HOURS, "02-05 17:00", "02-15 12:00", office)

    @pytest.mark.parametrize(
        ("rule", "paused", "due"),
        [
            ("{calendar: 5x8, resolve: 4h}", "0", "03-03 15:00"),  # 2 h to noon, 2 h from 13:00
            ("{calendar: 5x8, resolve: 4h}", "", "03-03 15:00"),
            ("{calendar: 5x8, resolve: 4h}", "60", "03-03 16:00"),
            ("{calendar: 5x8, resolve: 4h}", "1.5", "03-03 15:01:30"),
            ("{calendar: 5x8, resolve: 4h}", "240", "03-04 10:00"),  # 3 h more to 18:00, 1 h on Friday
            ("{calendar: 7x24, resolve: 4h}", "240", "03-03 18:00"),
            ("{calendar: 5x8, resolve: 2wd}", "60", "03-08 10:00"),  # from Monday 18:00, 1 h of Tuesday
        ],
    )
    def test_paused_time_extends_the_limit(self, desk: Desk, rule: str, paused: str, due: str) -> None:
        due_of(desk, rule, "03-03 10:00", due, 挂起分钟=paused)

    def test_a_pause_of_centuries_is_never_over(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "12-31 09:00", 挂起分钟="999999999"))

        assert buckets(desk.score(plan=plan_of(desk, FOUR_HOURS))) == MET

    def test_the_closing_time_stops_where_the_resolution_time_is_blank(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "", 关闭时间="2016-03-01 14:00"))

        assert buckets(desk.score(plan=plan_of(desk, FOUR_HOURS))) == MET

    def test_finished_without_a_time_is_missed(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", 状态="已解决"))

        assert buckets(desk.score(plan=plan_of(desk, FOUR_HOURS))) == MISSED

    def test_what_is_resolved_after_as_of_is_open(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "03-01 13:30"))
        plan = plan_of(desk, FOUR_HOURS)

        assert buckets(desk.score("--as-of", "2016-03-01T13:00", plan=plan)) == PENDING

    def test_cumulative_indicators_share_the_limits_of_the_others(self, desk: Desk) -> None:
        """A month is over, the year it is part of is not: two clocks over the same rows."""
        desk.tickets(ticket("03-01 09:00", "03-01 14:00"), ticket("03-02 09:00", "03-02 14:01"))
        plan = plan_of(desk, FOUR_HOURS)
        text = plan.read_text(encoding="utf-8").replace("answered, table", "answered, accumulate: year, table", 1)
        text = text.replace("share(response_met)", "share(sla_met)", 1)

        outcome = desk.score("--period", "2016-03", "--as-of", "2016-04-01", plan=desk.write("two.yaml", text))

        assert buckets(outcome, SOLVED) == buckets(outcome, ANSWERED) == (1, 1, 0)


class TestRules:
    """The first rule that fits type, priority and project holds."""

    def test_one_plan_has_rules_around_the_clock_and_in_office_hours(self, desk: Desk) -> None:
        """From Friday 17:00, 4 h are over at 21:00 for P1, on Monday at 12:00 for P3."""
        desk.tickets(
            *(ticket("03-04 17:00", done, 优先级="P1", 项目名称="一") for done in ("03-04 21:00", "03-04 21:01")),
            *(ticket("03-04 17:00", done, 优先级="P3", 项目名称="三") for done in ("03-07 12:00", "03-07 12:01")),
        )
        rules = ("{priority: P1, calendar: 7x24, resolve: 4h}", "{priority: P3, calendar: 5x8, resolve: 4h}")

        outcome = desk.score(plan=plan_of(desk, *rules))

        assert buckets(outcome, project="一") == buckets(outcome, project="三") == (1, 1, 0)

    @pytest.mark.parametrize("written", ["p1", "ｐ１", " P 1 "])
    def test_priorities_are_compared_without_their_dress(self, desk: Desk, written: str) -> None:
        desk.tickets(ticket("03-04 17:00", "03-04 21:00", 优先级=written))
        outcome = desk.score(plan=plan_of(desk, "{priority: [P0, P1], calendar: 7x24, resolve: 4h}"))

        assert (buckets(outcome), outcome.pick(SOLVED, "judged_by")) == (MET, ("limit",))

    def test_a_row_no_rule_fits_has_no_limit_and_makes_the_figure_provisional(self, desk: Desk) -> None:
        rows = [ticket("03-04 17:00", "03-04 21:00", 优先级=priority) for priority in ("P1", "P9", "")]
        desk.tickets(*rows, {**rows[0], "工单类型": "变更"})
        outcome = desk.score(plan=plan_of(desk, "{type: 事件, priority: P1, calendar: 7x24, resolve: 4h}"))

        assert buckets(outcome) == MET
        assert outcome.pick(SOLVED, "excluded_by", "provisional", "deciding") == ({"no_limit": 3}, True, 3)

    def test_the_first_rule_that_fits_holds_even_without_the_leg(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "03-01 10:00", 优先级="P1"), ticket("03-01 09:00", "03-01 10:01"))
        rules = ("{priority: P1, calendar: 7x24, respond: 15m}", "{calendar: 7x24, resolve: 1h}")
        outcome = desk.score(plan=plan_of(desk, *rules))

        assert buckets(outcome) == MISSED
        assert outcome.pick(SOLVED, "excluded_by") == ({"no_limit": 1},)

    def test_a_project_has_its_own_rule_under_any_of_its_names(self, desk: Desk) -> None:
        """Two hours for the bank, eight for the others."""
        times = ("03-01 09:00", "03-01 11:30")
        desk.tickets(
            ticket(*times, 项目名称="某行"), ticket(*times, 项目名称="某银行"), ticket(*times, 项目名称="他家")
        )
        rules = ("{project: HT-1, calendar: 5x8, resolve: 2h}", "{calendar: 5x8, resolve: 8h}")
        plan = plan_of(desk, *rules, more="projects:\n  某银行: {aliases: [某行, HT-1]}")
        outcome = desk.score(plan=plan)

        assert buckets(outcome, project="某银行") == (0, 2, 0)
        assert buckets(outcome, project="他家") == MET

    def test_rules_that_ask_for_what_no_row_has_are_named(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "03-01 09:30", 优先级="P1"))
        rules = (
            "{type: problem, calendar: 7x24, resolve: 1h}",
            "{priority: P7, calendar: 7x24, resolve: 1h}",
            "{project: 无此项目, calendar: 7x24, resolve: 1h}",
            "{priority: [P1, P8], calendar: 7x24, resolve: 1h}",
        )
        notes = desk.score(plan=plan_of(desk, *rules)).notes

        assert [line for line in notes.splitlines() if "no accepted row" in line] == [
            "no accepted row is of type problem (sla rule plan.yaml:11); there are incident",
            "no accepted row has priority P7 (sla rule plan.yaml:12); there are P1",
            "no accepted row has priority P8 (sla rule plan.yaml:14); there are P1",
            "no accepted row belongs to project 无此项目 (sla rule plan.yaml:13); no known name is like it",
        ]

    def test_a_word_that_many_rules_ask_for_is_named_once_with_all_of_them(self, desk: Desk) -> None:
        """The priorities P5 and p5 are one word; seven rules ask for it, five of which are named."""
        desk.tickets(ticket("03-01 09:00", "03-01 09:30", 优先级="紧急"))
        kinds = ("incident", "request", "complaint", "change", "problem", "other")
        rules = [f"{{type: {kind}, priority: [P5, 紧急], calendar: 7x24, resolve: 1h}}" for kind in kinds]
        outcome = desk.score("--lang", "zh", plan=plan_of(desk, *rules, "{priority: p5, calendar: 7x24, resolve: 2h}"))

        said = [line for line in outcome.said.splitlines() if "优先级" in line]
        places = "、".join(f"plan.yaml:{line}" for line in range(11, 16))
        assert said == [f"优先级 P5（{places} 的 sla 规则、等 7 条）在导出中不存在；导出中有 紧急"]


class TestBasis:
    """Rule 7: limits before due times, durations and flags; what else is there is compared."""

    def test_limits_come_first_and_other_words_are_counted_where_they_differ(self, desk: Desk) -> None:
        """Due at 14:00 by the plan. The desk's own due time and flag each contradict one of two rows."""
        good, late = ticket("03-01 09:00", "03-01 14:00"), ticket("03-01 09:00", "03-01 14:01")
        desk.tickets(
            {**good, "解决时限": "2016-03-01 13:00", "是否达标": "是"},
            {**late, "解决时限": "2016-03-01 15:00", "是否达标": "否"},
            {**good, "解决时限": "2016-03-01 15:00", "是否达标": "否"},
            {**late, "解决时限": "2016-03-01 14:00", "是否达标": "否"},
        )
        plan = plan_of(desk, FOUR_HOURS)

        outcome = desk.score(plan=plan)

        assert outcome.pick(SOLVED, "judged_by", "met", "missed", "disagreeing") == ("limit", 2, 2, 3)
        assert "工单.csv!2, 工单.csv!3, 工单.csv!4" in outcome.notes

    def test_a_plan_can_fix_another_basis(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "03-01 14:30", 解决时限="2016-03-01 15:00"))
        outcome = desk.score(plan=plan_of(desk, FOUR_HOURS, judged_by="due"))

        assert outcome.pick(SOLVED, "judged_by", "met", "disagreeing") == ("due", 1, 1)

    def test_a_project_no_rule_fits_is_judged_by_what_it_carries(self, desk: Desk) -> None:
        row = ticket("03-01 09:00", "03-01 14:30", 解决时限="2016-03-01 15:00")
        desk.tickets(row, {**row, "项目名称": "他家"})
        outcome = desk.score(plan=plan_of(desk, "{project: 他家, calendar: 5x8, resolve: 4h}"))

        assert outcome.pick(SOLVED, "judged_by", "met") == ("due", 1)
        assert outcome.pick(SOLVED, "judged_by", "met", project="他家") == ("limit", 0)

    def test_the_legs_may_have_different_bases(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", "03-01 14:00", 响应是否达标="是"))
        outcome = desk.score(plan=plan_of(desk, FOUR_HOURS))

        assert outcome.pick(BOTH, "judged_by", "met") == ("flag/limit", 1)

    def test_durations_are_judged_where_no_time_of_the_response_is_shown(self, desk: Desk) -> None:
        """15 minutes are in time, a second more is not; a row without a duration cannot be judged."""
        row = ticket("03-01 09:00", "03-01 14:00")
        desk.tickets(*({**row, "响应分钟": minutes} for minutes in ("15", "14.5", "00:15:01", "")))
        outcome = desk.score(plan=plan_of(desk, "{calendar: 7x24, respond: 15m}"))

        assert outcome.pick(ANSWERED, "judged_by", "met", "missed", "excluded_by") == (
            "duration",
            2,
            1,
            {"no_limit": 1},
        )

    def test_durations_of_days_cannot_be_judged(self, desk: Desk) -> None:
        desk.tickets({**ticket("03-01 09:00"), "响应分钟": "15"})
        outcome = desk.score(plan=plan_of(desk, "{calendar: 5x8, respond: 1wd}"))

        assert outcome.pick(ANSWERED, "judged_by", "excluded_by") == (None, {"no_limit": 1})

    def test_a_duration_that_still_runs_is_pending_until_it_is_over(self, desk: Desk) -> None:
        rows = [
            {"工单类型": "事件", "创建时间": "2016-03-01 09:00", "状态": state, "解决分钟": minutes}
            for state, minutes in (("已解决", "60"), ("处理中", "60"), ("处理中", "61"), ("", "60"))
        ]
        desk.tickets(*rows)
        outcome = desk.score(plan=plan_of(desk, "{calendar: 7x24, resolve: 1h}"))

        assert outcome.pick(SOLVED, "judged_by") == ("duration",)
        assert buckets(outcome) == (2, 1, 1)

    def test_a_finished_row_with_a_duration_but_no_time_has_no_limit(self, desk: Desk) -> None:
        """The other row shows times, so limits judge; this one's duration says it was not forgotten."""
        desk.tickets(
            ticket("03-01 09:00", "03-01 14:00", 响应时间="2016-03-01 09:10", 响应分钟="10"),
            ticket("03-01 09:00", "03-01 14:00", 响应分钟="10"),
        )
        outcome = desk.score(plan=plan_of(desk, "{calendar: 7x24, respond: 15m}"))

        assert outcome.pick(ANSWERED, "judged_by", "met", "excluded_by") == ("limit", 1, {"no_limit": 1})

    def test_an_export_that_shows_no_stop_is_not_judged_by_limits(self, desk: Desk) -> None:
        desk.tickets({"工单类型": "事件", "创建时间": "2016-03-01 09:00", "响应是否达标": "是"})
        outcome = desk.score(plan=plan_of(desk, "{calendar: 7x24, respond: 15m, resolve: 1h}"))

        assert outcome.pick(ANSWERED, "judged_by", "met") == ("flag", 1)
        assert outcome.pick(SOLVED, "judged_by", "excluded_by") == (None, {"no_limit": 1})

    def test_rules_for_no_row_leave_every_figure_as_it_was(self, desk: Desk) -> None:
        desk.tickets(*(ticket("03-01 09:00", "03-01 14:00", 解决时限=due) for due in ("2016-03-01", "2016-02-29")))
        with_rules = desk.score(plan=plan_of(desk, "{type: problem, calendar: 7x24, resolve: 1h}")).card
        without = desk.score(plan=plan_of(desk)).card

        for card in (with_rules, without):
            for result in card["results"]:
                del result["rule_sha256"]
        assert with_rules["results"] == without["results"]
        assert with_rules["company"] == without["company"]


class TestResponse:
    """The response stops its own clock, and a pause does not stretch it."""

    @pytest.mark.parametrize(("responded", "expected"), [("03-01 09:15", MET), ("03-01 09:16", MISSED)])
    def test_the_response_has_its_own_limit(self, desk: Desk, responded: str, expected: tuple[int, int, int]) -> None:
        desk.tickets(ticket("03-01 09:00", "03-01 14:00", 响应时间=f"2016-{responded}", 挂起分钟="600"))
        outcome = desk.score(plan=plan_of(desk, "{calendar: 7x24, respond: 15m, resolve: 5h}"))

        assert buckets(outcome, ANSWERED) == buckets(outcome, BOTH) == expected
        assert buckets(outcome, SOLVED) == MET

    @pytest.mark.parametrize(
        ("stated", "as_of", "expected", "excluded"),
        [
            ("", "2016-03-01T09:15", PENDING, {}),
            ("", "2016-03-01T09:16", MISSED, {}),
            ("missing_response: miss", "2016-03-01T09:15", MISSED, {}),
            ("missing_response: exclude", "2016-03-01T09:16", NONE, {"no_response": 1}),
        ],
    )
    def test_finished_without_a_response_is_what_the_plan_states(
        self, desk: Desk, stated: str, as_of: str, expected: tuple[int, int, int], excluded: dict[str, int]
    ) -> None:
        desk.tickets(
            ticket("03-01 09:00", "03-01 09:10", 响应时间=""),
            ticket("03-01 09:00", "", 响应时间="2016-03-01 09:05", 项目名称="他家"),
        )
        plan = plan_of(desk, "{calendar: 7x24, respond: 15m}", more=stated)
        outcome = desk.score("--as-of", as_of, plan=plan)

        assert buckets(outcome, ANSWERED) == expected
        assert outcome.pick(ANSWERED, "excluded_by", "provisional") == (
            excluded,
            outcome.pick(ANSWERED, "provisional")[0],
        )
        assert ("1 finished ticket(s)" in outcome.notes) is (not stated)

    def test_an_open_ticket_without_a_response_is_open_whatever_is_stated(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 09:00", 响应时间=""))
        plan = plan_of(desk, "{calendar: 7x24, respond: 15m}", more="missing_response: exclude")

        assert buckets(desk.score("--as-of", "2016-03-01T09:15", plan=plan), ANSWERED) == PENDING
        assert buckets(desk.score("--as-of", "2016-03-01T09:16", plan=plan), ANSWERED) == MISSED


class TestDates:
    """Columns of dates are refused for limits in minutes or hours, and enough for working days."""

    @pytest.mark.parametrize(
        ("created", "resolved", "named"),
        [("03-01", "03-01 14:00", "创建时间"), ("03-01 09:00", "03-02", "解决时间"), ("03-01", "03-02", "创建时间")],
    )
    def test_dates_do_not_go_with_hours(self, desk: Desk, created: str, resolved: str, named: str) -> None:
        desk.tickets(ticket(created, resolved), ticket(created))
        outcome = desk.score(plan=plan_of(desk, FOUR_HOURS))

        assert outcome.exit_code == 3
        assert all(word in outcome.said for word in ("工单.csv", named, "4h", "1"))

    @pytest.mark.parametrize(("resolved", "expected"), [("03-03", MET), ("03-04", MISSED)])
    def test_dates_go_with_working_days(self, desk: Desk, resolved: str, expected: tuple[int, int, int]) -> None:
        desk.tickets(ticket("03-01", resolved))

        assert buckets(desk.score(plan=plan_of(desk, "{calendar: 5x8, resolve: 2wd}"))) == expected

    def test_dates_do_not_go_with_the_same_time_of_day(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01", "03-03"))
        rule = "{calendar: 5x8, resolve: 2wd, workdays: same_time}"

        assert desk.score(plan=plan_of(desk, rule)).exit_code == 3

    def test_a_midnight_among_times_is_a_time(self, desk: Desk) -> None:
        desk.tickets(ticket("03-01 00:00", "03-01 14:00"), ticket("03-01 09:00", "03-02 00:00"))

        assert buckets(desk.score(plan=plan_of(desk, FOUR_HOURS))) == (1, 1, 0)

    def test_dates_matter_only_where_such_a_limit_holds(self, desk: Desk) -> None:
        """The register of complaints has dates and working days; closing days stand in for no resolution time."""
        desk.tickets(ticket("03-01 09:00", "03-01 14:00", 关闭时间="2016-03-05"))
        desk.put(
            "投诉.csv",
            [{"投诉编号": "C1", "项目名称": PROJECT, "投诉时间": "2016-03-01", "处理完成时间": "2016-03-03"}],
        )
        outcome = desk.score(plan=plan_of(desk, FOUR_HOURS, "{type: complaint, calendar: 5x8, resolve: 2wd}"))

        assert buckets(outcome) == (2, 0, 0)

    @pytest.mark.parametrize("basis", ["due", "flag"])
    def test_dates_may_stand_where_other_words_judge(self, desk: Desk, basis: str) -> None:
        desk.tickets(ticket("03-01", "03-02", 解决时限="2016-03-03", 是否达标="是"))

        assert buckets(desk.score(plan=plan_of(desk, FOUR_HOURS, judged_by=basis))) == MET


class TestUnknownYears:
    """A year whose official calendar nobody knows makes what it decides provisional, and is named."""

    LAST = max(
        year
        for year, entries in country_holidays("CN").special_public_holidays.items()
        for entry in (entries if isinstance(entries[0], tuple) else (entries,))
        if len(entry) > 3
    )

    @pytest.mark.parametrize(
        ("limit", "resolved", "met", "unknown"),
        [
            ("4wd", f"{LAST}-12-21 10:00", 1, False),
            ("20wd", f"{LAST}-12-21 10:00", 1, False),  # stopped before the unknown year begins
            ("4wd", f"{LAST + 1}-01-20 10:00", 0, False),  # late before it begins
            ("20wd", f"{LAST + 1}-01-05 10:00", 1, True),
        ],
    )
    def test_only_what_an_unknown_year_decides_is_provisional(
        self, desk: Desk, limit: str, resolved: str, met: int, *, unknown: bool
    ) -> None:
        row = {"工单类型": "事件", "创建时间": f"{self.LAST}-12-20 10:00", "解决时间": resolved}
        desk.tickets(row)
        plan = plan_of(
            desk,
            f"{{calendar: 5x8, resolve: {limit}}}",
            office='{country: CN, hours: {mon-sun: ["00:00-24:00"]}}',
            period=str(self.LAST),
        )
        outcome = desk.score("--as-of", f"{self.LAST + 1}-06-01", plan=plan)

        assert outcome.pick(SOLVED, "met", "provisional", "deciding") == (met, unknown, int(unknown))
        assert (f"The official calendar of {self.LAST + 1} is not known: 1 row(s)" in outcome.notes) is unknown

    def test_a_calendar_without_a_country_knows_every_year(self, desk: Desk) -> None:
        desk.tickets({"工单类型": "事件", "创建时间": "2090-03-01 09:00", "解决时间": "2090-03-01 10:00"})
        plan = plan_of(desk, "{calendar: 7x24, resolve: 4h}", period="2090")
        outcome = desk.score("--as-of", "2091-01-01", plan=plan)

        assert outcome.pick(SOLVED, "met", "provisional") == (1, False)
        assert "official" not in outcome.notes


class TestEvidence:
    """A miss says the moment it had to stop by and the rule that gave it."""

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (
                ticket("03-01 09:00", "03-01 14:01"),
                "2016-03-01 14:01 完成，时限 2016-03-01 14:00（4h，5x8，第 1 条 sla 规则）",
            ),
            (ticket("03-01 09:00"), "仍未完成，时限 2016-03-01 14:00（4h，5x8，第 1 条 sla 规则）"),
            (ticket("03-01 09:00", 状态="已关闭"), "已完成但没有完成时间"),
        ],
    )
    def test_a_miss_names_its_limit(self, desk: Desk, row: Row, said: str) -> None:
        desk.tickets(row)

        assert said in desk.run("score", plan=plan_of(desk, FOUR_HOURS)).printed

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            (
                {"响应时间": "2016-03-01 10:30"},
                "2016-03-01 10:30 完成，时限 2016-03-01 10:00（1h，7x24，第 1 条 sla 规则）",
            ),
            ({"响应时间": ""}, "已完成但没有响应时间，时限 2016-03-01 10:00（1h，7x24，第 1 条 sla 规则）"),
            ({"响应分钟": "60.5"}, "用时 60.5 分钟，时限 1h，7x24，第 1 条 sla 规则"),
        ],
    )
    def test_a_missed_response_names_its_own(self, desk: Desk, more: dict[str, str], said: str) -> None:
        """Of both legs the resolution is in time, so that only the response can be meant."""
        desk.tickets(ticket("03-01 09:00", "03-01 14:00", **more))
        plan = plan_of(desk, "{calendar: 7x24, respond: 1h, resolve: 5h}", more="missing_response: miss")

        printed = desk.run("score", "--indicator", BOTH, plan=plan).printed
        assert said in printed


def walked(created: datetime, minutes: int, *, office: bool) -> datetime:
    """Walk minute by minute until so many of service have passed."""
    moment = created
    while minutes:
        in_office = moment.weekday() < 5 and (9 <= moment.hour < 12 or 13 <= moment.hour < 18)
        minutes -= not office or in_office
        moment += timedelta(minutes=1)
    return moment


def drawn(count: int) -> Sequence[dict[str, str]]:
    """Draw tickets of June and July 2016 in many projects."""
    draw = random.Random(20160601)  # noqa: S311 - test data
    rows = []
    for _ in range(count):
        created = datetime(2016, 6, 1) + timedelta(minutes=draw.randrange(40 * 1440))  # noqa: DTZ001 - wall clock
        stopped = created + timedelta(minutes=draw.randrange(4000)) if draw.random() < 0.9 else None
        rows.append(
            {
                "工单类型": draw.choice(["事件", "服务请求", "投诉"]),
                "优先级": draw.choice(["P1", "p2", "P3", ""]),
                "项目名称": f"项目{draw.choice('甲乙丙丁戊己')}",
                "创建时间": created.isoformat(" "),
                "解决时间": stopped.isoformat(" ") if stopped else "",
                "挂起分钟": draw.choice(["", "0", "30", "90"]),
            }
        )
    return rows


#: Type, priority, project (None is any), whether in office hours, minutes.
WALKED_RULES = (
    ("事件", "p1", None, False, 240),
    (None, None, "项目甲", True, 600),
    ("事件", None, None, True, 480),
    ("服务请求", "p2", "项目乙", False, 60),
    ("服务请求", None, None, True, 960),
)


def rule_text(kind: str | None, priority: str | None, project: str | None, office: object, minutes: int) -> str:
    """Write a rule as the plan has it."""
    fits = (("type", kind), ("priority", priority), ("project", project))
    parts = [f"{key}: {word}" for key, word in fits if word]
    rest = f"calendar: {'5x8' if office else '7x24'}", f"resolve: {minutes}m"
    return f"{{{', '.join([*parts, *rest])}}}"


def judged(row: Row, as_of: datetime) -> str:
    """Judge a row by the first rule that fits, one minute after the other."""
    for kind, priority, project, office, minutes in WALKED_RULES:
        wanted = ((kind, row["工单类型"]), (priority, row["优先级"].lower()), (project, row["项目名称"]))
        if all(want in (None, have) for want, have in wanted):
            created = datetime.fromisoformat(row["创建时间"])
            due = walked(created, minutes + int(row["挂起分钟"] or 0), office=office)
            stop = datetime.fromisoformat(row["解决时间"]) if row["解决时间"] else None
            if stop is None or stop > as_of:
                return "missed" if as_of > due else "pending"
            return "met" if stop <= due else "missed"
    return "no_limit"


def test_a_thousand_tickets_are_judged_as_by_walking_every_minute(desk: Desk) -> None:
    rows, as_of = drawn(1000), datetime(2016, 7, 10)  # noqa: DTZ001 - wall clock
    desk.tickets(*rows)
    rules = [rule_text(*rule) for rule in WALKED_RULES]
    office = '{hours: {mon-fri: ["09:00-12:00", "13:00-18:00"]}}'
    outcome = desk.score("--as-of", as_of.isoformat(), plan=plan_of(desk, *rules, office=office))

    for project in sorted({row["项目名称"] for row in rows}):
        mine = [row for row in rows if row["项目名称"] == project and datetime.fromisoformat(row["创建时间"]) <= as_of]
        states = [judged(row, as_of) for row in mine]
        expected = tuple(states.count(state) for state in ("met", "missed", "pending"))
        assert buckets(outcome, project=project) == expected
        assert outcome.pick(SOLVED, "excluded_by", project=project)[0].get("no_limit", 0) == states.count("no_limit")


def test_the_page_on_service_levels_works_its_ticket_out_right(desk: Desk) -> None:
    """The plan is the page's own; its ticket was due on the make-up Saturday at 17:00, to the minute."""
    page = (Path(__file__).parents[1] / "docs" / "service-levels.md").read_text(encoding="utf-8")
    rules = page.split("```yaml\n")[1].split("```")[0]
    indicator = "{name: x, table: tickets, period_by: created_at, value: share(sla_met), target: '>= 90%'}"
    plan = desk.write("page.yaml", f"plan: p\nperiod: 2016\n{rules}indicators:\n  {SOLVED}: {indicator}\n")
    paused = {"优先级": "P3", "挂起分钟": "30"}
    assert "**2016-02-06 17:00**" in page
    for stop, expected in (("02-06 17:00", MET), ("02-06 17:01", MISSED), ("02-15 09:20", MISSED)):
        desk.tickets(ticket("02-05 16:30", stop, **paused))
        assert buckets(desk.score(plan=plan)) == expected, stop
    no_make_up = rules.replace("    country: CN ", "    makeup_days: off\n    country: CN ")
    other = desk.write("other.yaml", f"plan: p\nperiod: 2016\n{no_make_up}indicators:\n  {SOLVED}: {indicator}\n")
    assert buckets(desk.score(plan=other)) == MET


def test_a_running_duration_takes_no_open_ticket_off_the_clock(desk: Desk) -> None:
    open_ones = [{**ticket("03-01 09:00"), "状态": "处理中", "解决时长(分钟)": minutes} for minutes in ("10", "", "")]
    desk.tickets(*open_ones)
    assert buckets(desk.score(plan=plan_of(desk, FOUR_HOURS))) == (0, 3, 0)


def test_rows_of_dates_beside_rows_with_times_are_judged_by_no_minutes(desk: Desk) -> None:
    dated = ticket("03-01", "03-01")
    desk.tickets(ticket("03-01 09:00", "03-01 10:00"), dated, dated)
    outcome = desk.score(plan=plan_of(desk, FOUR_HOURS))
    assert outcome.pick(SOLVED, "met", "missed", "excluded", "provisional") == (1, 0, 2, True)
    assert "2 row(s) say the day only" in outcome.notes


def test_a_stop_before_the_start_is_in_time_and_said(desk: Desk) -> None:
    desk.tickets(ticket("03-02 09:00", "03-01 09:00"), ticket("03-02 09:00", "03-02 09:00"))
    outcome = desk.score(plan=plan_of(desk, FOUR_HOURS))
    assert buckets(outcome) == (2, 0, 0)
    assert "1 judged time(s) stop before the ticket was created" in outcome.notes


def test_pauses_on_a_calendar_that_rests_are_said(desk: Desk) -> None:
    desk.tickets(ticket("03-04 17:00", "03-08 09:00", 挂起分钟="3600"))
    assert (
        "1 row(s) have paused minutes under a calendar that rests" in desk.score(plan=plan_of(desk, FOUR_HOURS)).notes
    )


@pytest.mark.parametrize(("stated", "expected"), [("miss", (1, 1, 0)), ("exclude", (1, 0, 0))])
def test_a_missing_response_is_what_the_plan_says_also_among_durations(
    desk: Desk, stated: str, expected: tuple[int, int, int]
) -> None:
    rows = [{**ticket("03-01 09:00", "03-01 10:00"), "响应时长(分钟)": minutes} for minutes in ("5", "")]
    desk.tickets(*rows)
    rule = "{type: incident, calendar: 5x8, respond: 15m}"
    outcome = desk.score(plan=plan_of(desk, rule, more=f"missing_response: {stated}"))
    assert buckets(outcome, ANSWERED) == expected


def test_a_count_needs_no_times_of_day(desk: Desk) -> None:
    desk.tickets(ticket("03-01", "03-02"))
    plan = plan_of(desk, FOUR_HOURS)
    text = plan.read_text(encoding="utf-8").replace(
        "indicators:\n", "indicators:\n  n: {name: n, table: tickets, period_by: created_at, value: count()}\n"
    )
    plan.write_text(text, encoding="utf-8")
    assert desk.score("--indicator", "n", plan=plan).pick("n", "value") == (1,)
    assert desk.run("score", plan=plan).exit_code == 3


def test_limits_that_judge_nothing_are_no_part_of_the_rule(desk: Desk) -> None:
    desk.tickets({**ticket("03-01 09:00", "03-01 10:00"), "是否达标": "是"})

    def rule_hash(limit: str, judged_by: str) -> str:
        plan = plan_of(desk, f"{{type: incident, calendar: 5x8, resolve: {limit}}}", judged_by=judged_by)
        return str(desk.score(plan=plan).result(SOLVED)["rule_sha256"])

    assert rule_hash("4h", "flag") == rule_hash("5h", "flag")
    assert rule_hash("4h", "limit") != rule_hash("5h", "limit")


def test_hours_of_nothing_but_a_comma_are_refused(desk: Desk) -> None:
    desk.tickets(ticket("03-01 09:00", "03-01 10:00"))
    outcome = desk.run("score", plan=plan_of(desk, FOUR_HOURS, office="{hours: {mon-fri: ','}}"))
    assert (outcome.exit_code, "plan.yaml:" in outcome.said) == (2, True)
