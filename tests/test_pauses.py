"""Pauses as stretches of time, starts by assignment, first and last completions; worked out by hand or by walking."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from limit_desk import ANSWERED, BOTH, FOUR_HOURS, MET, MISSED, NONE, OFFICE, PENDING, SOLVED, buckets, due_of, plan_of
from limit_desk import ticket as ticket_of
from rulebook import Desk, Row

ALWAYS_FOUR = "{type: incident, calendar: 7x24, resolve: 4h}"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def log(desk: Desk, *pauses: tuple[str, str, str], project: str = "") -> None:
    """Write a log of pauses: ticket, begin and end, the times without the year."""
    rows = [
        {"工单编号": each, "挂起开始时间": f"2016-{begin}", "挂起结束时间": f"2016-{end}" if end else ""}
        for each, begin, end in pauses
    ]
    desk.put("挂起记录.csv", [{**row, "项目名称": project} for row in rows] if project else rows)


class TestOneStretch:
    """2016-03-04 is a Friday; office hours are 9-12 and 13-18."""

    @pytest.mark.parametrize(
        ("paused", "resumed", "due"),
        [
            ("03-03 10:30", "03-03 11:30", "03-03 16:00"),  # without the pause 15:00; all of it in service hours
            ("03-03 11:30", "03-03 13:30", "03-03 16:00"),  # two hours, one of them lunch
            ("03-03 12:00", "03-03 13:00", "03-03 15:00"),  # lunch alone changes nothing
            ("03-02 08:00", "03-03 11:00", "03-03 16:00"),  # from before the ticket was there
            ("03-03 15:00", "03-03 16:00", "03-03 15:00"),  # begins when the limit is reached: too late
            ("03-03 14:59", "03-03 15:59", "03-03 16:00"),  # begins a minute before, for an hour
            ("03-03 17:00", "03-03 17:30", "03-03 15:00"),  # after the limit
            ("03-03 14:00", "03-07 10:00", "03-07 11:00"),  # 3 h of the 4 are used; Mon 10:00 goes on
            ("03-03 11:00", "03-03 10:00", "03-03 15:00"),  # ends before it begins: none
        ],
    )
    def test_only_service_time_before_the_limit_stands_still(
        self, desk: Desk, paused: str, resumed: str, due: str
    ) -> None:
        due_of(desk, FOUR_HOURS, "03-03 10:00", due, 挂起开始时间=f"2016-{paused}", 挂起结束时间=f"2016-{resumed}")

    def test_working_days_go_on_after_the_pause(self, desk: Desk) -> None:
        """2wd from Thursday is the end of Monday; an hour's pause before it is an hour of Tuesday."""
        stretch = {"挂起开始时间": "2016-03-04 10:00", "挂起结束时间": "2016-03-04 11:00"}
        due_of(desk, "{type: incident, calendar: 5x8, resolve: 2wd}", "03-03 10:00", "03-08 10:00", **stretch)

    def test_a_stretch_comes_before_a_sum_of_minutes(self, desk: Desk) -> None:
        """The sum would make it 17:00."""
        stretch = {"挂起开始时间": "2016-03-03 10:30", "挂起结束时间": "2016-03-03 11:30", "挂起分钟": "120"}
        due_of(desk, FOUR_HOURS, "03-03 10:00", "03-03 16:00", **stretch)

    def test_paused_when_judged_is_pending_however_long_it_takes(self, desk: Desk) -> None:
        desk.tickets(
            ticket_of("03-03 10:00", 挂起开始时间="2016-03-03 14:00"),
            ticket_of("03-03 10:00", 挂起开始时间="2016-03-03 15:00"),  # the four hours were over
            ticket_of("03-03 10:00", "03-09 09:00", 挂起开始时间="2016-03-03 14:00"),  # stopped while paused
            ticket_of("03-03 10:00", 挂起开始时间="2016-03-03 14:00", 挂起结束时间="2016-06-01 10:00"),
        )
        outcome = desk.score("--as-of", "2016-05-01", plan=plan_of(desk, FOUR_HOURS))
        assert buckets(outcome) == (1, 1, 2)

    def test_the_response_waits_for_a_stretch_but_not_for_a_sum(self, desk: Desk) -> None:
        """15 minutes from 10:00; a pause from 10:10 to 10:30 makes it 10:35."""
        answered = {"响应时间": "2016-03-03 10:35"}
        desk.tickets(
            ticket_of("03-03 10:00", **answered, 挂起开始时间="2016-03-03 10:10", 挂起结束时间="2016-03-03 10:30"),
            ticket_of("03-03 10:00", **answered, 挂起分钟="20"),
        )
        rule = "{type: incident, calendar: 5x8, respond: 15m}"
        assert buckets(desk.score(plan=plan_of(desk, rule)), ANSWERED) == (1, 1, 0)


class TestLog:
    def test_every_stretch_counts_and_what_two_cover_counts_once(self, desk: Desk) -> None:
        """10:30-11:00 and 10:45-11:30 are one hour, 14:00-14:20 is in time only because of it: due at 16:20."""
        for stop, expected in (("16:20", MET), ("16:21", MISSED)):
            desk.tickets(ticket_of("03-03 10:00", f"03-03 {stop}"))
            log(
                desk,
                ("T1", "03-03 10:45", "03-03 11:30"),
                ("T1", "03-03 15:40", "03-03 16:00"),
                ("T1", "03-03 10:30", "03-03 11:00"),
                ("T2", "03-03 10:00", "03-03 18:00"),
            )
            outcome = desk.score(plan=plan_of(desk, FOUR_HOURS))
            assert buckets(outcome) == expected, stop
        assert outcome.ledger("挂起记录.csv")["rejected"] == 1  # T2: no such ticket, and no project either

    def test_a_ticket_number_of_two_projects_is_told_apart_by_the_project(self, desk: Desk) -> None:
        row = {**ticket_of("03-03 10:00", "03-03 15:30"), "工单编号": "T1"}
        desk.tickets({**row, "项目名称": "甲"}, {**row, "项目名称": "乙"})
        log(desk, ("T1", "03-03 10:30", "03-03 11:30"), project="乙")
        outcome = desk.score(plan=plan_of(desk, FOUR_HOURS))
        assert (buckets(outcome, project="甲"), buckets(outcome, project="乙")) == (MISSED, MET)

    def test_pauses_of_tickets_nobody_exported_are_counted_in_a_note(self, desk: Desk) -> None:
        desk.tickets(ticket_of("03-03 10:00", "03-03 11:00"))
        log(desk, ("T9", "03-03 10:30", "03-03 11:30"), project="某银行")
        assert "1 pause(s) in the log belong to tickets" in desk.score(plan=plan_of(desk, FOUR_HOURS)).notes

    def test_an_unended_pause_gives_way_to_the_next(self, desk: Desk) -> None:
        """10:30 to 11:00, where the next begins, and on to 11:30: one hour."""
        for stop, expected in (("16:00", MET), ("16:01", MISSED)):
            desk.tickets(ticket_of("03-03 10:00", f"03-03 {stop}"))
            log(desk, ("T1", "03-03 10:30", ""), ("T1", "03-03 11:00", "03-03 11:30"))
            outcome = desk.score(plan=plan_of(desk, FOUR_HOURS))
            assert buckets(outcome) == expected
        assert "1 pause(s) in the log have no end" in outcome.notes

    def test_the_log_is_read_as_it_stood_at_the_moment(self, desk: Desk) -> None:
        """At 14:00 the pause of 13:30 goes on and the one of 15:00 has not begun: not over, wherever they lead."""
        desk.tickets(ticket_of("03-03 08:00"))
        log(desk, ("T1", "03-03 13:30", "03-03 13:50"), ("T1", "03-03 15:00", "03-03 16:00"))
        plan = plan_of(desk, FOUR_HOURS)
        moments = {"13:00": PENDING, "13:45": PENDING, "14:20": PENDING, "14:21": MISSED}
        for moment, expected in moments.items():
            assert buckets(desk.score("--as-of", f"2016-03-03T{moment}", plan=plan)) == expected, moment

    def test_a_log_alone_says_nothing_of_a_plan_without_limits(self, desk: Desk) -> None:
        desk.tickets(ticket_of("03-03 10:00", "03-03 11:00", 解决时限="2016-03-03 10:30"))
        log(desk, ("T1", "03-03 10:10", "03-03 10:50"))
        assert buckets(desk.score(plan=plan_of(desk))) == MISSED


def drawn(count: int) -> tuple[list[Row], list[tuple[str, str, str]]]:
    """Draw tickets of a week of March 2016 and a log of their pauses, to the minute."""
    lot = random.Random(31)  # noqa: S311 - test data
    first = datetime(2016, 3, 3, 7)  # noqa: DTZ001 - wall clock
    rows: list[Row] = []
    pauses: list[tuple[str, str, str]] = []
    for at in range(1, count + 1):
        created = first + lot.randrange(3000) * MINUTE
        stop = created + lot.randrange(4000) * MINUTE
        open_still = lot.random() < 0.25
        rows.append(
            {
                "工单编号": f"T{at}",
                "项目名称": f"项目{lot.randrange(3)}",
                "工单类型": "事件",
                "创建时间": created.isoformat(" ", "minutes"),
                "解决时间": "" if open_still else stop.isoformat(" ", "minutes"),
            }
        )
        for _ in range(lot.randrange(4)):
            begin = created + lot.randrange(-300, 3000) * MINUTE
            end = begin + lot.randrange(1200) * MINUTE
            never = lot.random() < 0.1
            shown = "" if never else end.isoformat(" ", "minutes")
            pauses.append((f"T{at}", begin.isoformat(" ", "minutes"), shown))
    return rows, pauses


def walked(row: Row, pauses: Sequence[tuple[str, str, str]], as_of: datetime, limit: int) -> str:
    """Judge a ticket one minute after the other: a minute counts in office hours outside every pause."""
    mine = sorted(
        (datetime.fromisoformat(b), datetime.fromisoformat(e) if e else None)
        for t, b, e in pauses
        if t == row["工单编号"]
    )
    mine = [(begin, None if end is None or end > as_of else end) for begin, end in mine if begin <= as_of]
    begins = [begin for begin, _ in mine]
    closed = [
        (begin, end if end is not None else begins[at + 1] if at + 1 < len(mine) else as_of)
        for at, (begin, end) in enumerate(mine)
    ]
    stop = datetime.fromisoformat(row["解决时间"]) if row["解决时间"] else None
    stop = None if stop is not None and stop > as_of else stop
    moment, spent = datetime.fromisoformat(row["创建时间"]), 0
    until = stop or as_of
    while moment < until:
        office = moment.weekday() < 5 and (9 <= moment.hour < 12 or 13 <= moment.hour < 18)
        spent += office and not any(begin <= moment < end for begin, end in closed)
        moment += MINUTE
    if stop is None:
        return "missed" if spent > limit else "pending"
    return "met" if spent <= limit else "missed"


def test_tickets_with_logged_pauses_are_judged_as_by_walking_every_minute(desk: Desk) -> None:
    """An open ticket is over its limit from the minute after; the moment judged at is no end of an office window."""
    (rows, pauses), as_of = drawn(600), datetime(2016, 3, 7, 10, 30)  # noqa: DTZ001 - wall clock
    desk.tickets(*rows)
    desk.put(
        "挂起记录.csv", [dict(zip(("工单编号", "挂起开始时间", "挂起结束时间"), each, strict=True)) for each in pauses]
    )
    office = OFFICE.replace("country: CN, ", "")
    outcome = desk.score("--as-of", as_of.isoformat(), plan=plan_of(desk, FOUR_HOURS, office=office))
    for project in sorted({row["项目名称"] for row in rows}):
        mine = [row for row in rows if row["项目名称"] == project and datetime.fromisoformat(row["创建时间"]) <= as_of]
        states = [walked(row, pauses, as_of, 240) for row in mine]
        assert buckets(outcome, project=project) == tuple(states.count(each) for each in ("met", "missed", "pending"))
        assert min(buckets(outcome, project=project)) > 0


class TestStart:
    ASSIGNED = "{type: incident, calendar: 5x8, resolve: 4h, start: assigned}"

    def test_the_clock_starts_with_the_assignment_where_the_rule_says_so(self, desk: Desk) -> None:
        due_of(desk, self.ASSIGNED, "03-03 09:00", "03-03 15:00", 派单时间="2016-03-03 10:00")
        due_of(desk, FOUR_HOURS, "03-03 09:00", "03-03 14:00", 派单时间="2016-03-03 10:00")

    def test_not_assigned_yet_is_pending_and_never_known_is_no_limit(self, desk: Desk) -> None:
        desk.tickets(
            ticket_of("03-03 09:00", 派单时间=""),
            ticket_of("03-03 09:00", 派单时间="2016-07-01 10:00"),
            ticket_of("03-03 09:00", "03-03 10:00", 派单时间=""),
        )
        outcome = desk.score("--as-of", "2016-06-01", plan=plan_of(desk, self.ASSIGNED))
        assert buckets(outcome) == (0, 0, 2)
        assert outcome.pick(SOLVED, "excluded_by")[0] == {"no_limit": 1}
        assert "1 finished row(s) do not show when they were assigned" in outcome.notes

    def test_an_unknown_start_is_refused_with_its_place(self, desk: Desk) -> None:
        desk.tickets(ticket_of("03-03 09:00"))
        outcome = desk.run("score", plan=plan_of(desk, FOUR_HOURS.replace("4h", "4h, start: asigned")))
        assert (outcome.exit_code, "assigned" in outcome.said, "plan.yaml:" in outcome.said) == (2, True, True)


#: Resolved first at 11:00, and opened again.
REOPENED = {"首次解决时间": "2016-03-03 11:00", "重开次数": "1"}


class TestReopened:
    """Resolved again at 16:00; four hours from 09:00 end at 14:00."""

    @pytest.mark.parametrize(
        ("stated", "expected"), [("", MISSED), ("completion: last", MISSED), ("completion: first", MET)]
    )
    def test_the_last_completion_stops_it_unless_the_plan_says_first(
        self, desk: Desk, stated: str, expected: tuple[int, int, int]
    ) -> None:
        desk.tickets(ticket_of("03-03 09:00", "03-03 16:00", **REOPENED))
        assert buckets(desk.score(plan=plan_of(desk, FOUR_HOURS, more=stated))) == expected

    def test_the_first_completion_also_meets_the_tools_own_due_times(self, desk: Desk) -> None:
        desk.tickets(ticket_of("03-03 09:00", "03-03 16:00", **REOPENED, 解决时限="2016-03-03 12:00"))
        assert buckets(desk.score(plan=plan_of(desk, more="completion: first"))) == MET
        assert buckets(desk.score(plan=plan_of(desk))) == MISSED

    def test_open_again_it_runs_on_whatever_the_older_stop_says(self, desk: Desk) -> None:
        again = {"重开次数": "1", "状态": "处理中"}
        desk.tickets(
            ticket_of("03-03 09:00", "03-03 11:00", **again), ticket_of("03-03 09:00", "03-03 11:00", 状态="处理中")
        )
        plan = plan_of(desk, FOUR_HOURS)
        assert buckets(desk.score("--as-of", "2016-03-03T13:30", plan=plan)) == (1, 0, 1)
        assert buckets(desk.score("--as-of", "2016-03-03T14:30", plan=plan)) == (1, 1, 0)

    def test_a_first_completion_nobody_wrote_down_is_counted_in_a_note(self, desk: Desk) -> None:
        desk.tickets(ticket_of("03-03 09:00", "03-03 16:00", 重开次数="2"))
        outcome = desk.score(plan=plan_of(desk, FOUR_HOURS, more="completion: first"))
        assert (buckets(outcome), "1 reopened row(s)" in outcome.notes) == (MISSED, True)

    def test_the_setting_is_part_of_the_rule(self, desk: Desk) -> None:
        desk.tickets(ticket_of("03-03 09:00", "03-03 16:00"))
        hashes = [
            desk.score(plan=plan_of(desk, ALWAYS_FOUR, more=more)).result(BOTH)["rule_sha256"]
            for more in ("", "completion: last", "completion: first")
        ]
        assert (hashes[0] == hashes[1], hashes[1] == hashes[2]) == (True, False)


def test_a_ticket_without_any_rule_has_pauses_for_nothing(desk: Desk) -> None:
    desk.tickets({**ticket_of("03-03 09:00", "03-03 10:00", 挂起开始时间="2016-03-03 09:10"), "工单类型": "变更"})
    assert buckets(desk.score(plan=plan_of(desk, FOUR_HOURS))) == NONE


class TestTurned:
    """A pause that ends before it begins takes no time off, and is never passed over in silence."""

    def test_in_a_log_it_is_a_bad_row(self, desk: Desk) -> None:
        desk.tickets(ticket_of("03-03 10:00", "03-03 15:30"))
        log(desk, ("T1", "03-03 11:30", "03-03 10:30"), ("T1", "03-03 10:30", "03-03 10:30"))
        outcome = desk.score(plan=plan_of(desk, FOUR_HOURS))
        assert outcome.ledger("挂起记录.csv") == {
            "rows": 2,
            "accepted": 1,
            "rejected": 1,
            "duplicate": 0,
            "superseded": 0,
        }
        assert buckets(outcome) == MISSED

    def test_on_a_ticket_it_is_said(self, desk: Desk) -> None:
        turned = {"挂起开始时间": "2016-03-03 11:30", "挂起结束时间": "2016-03-03 10:30"}
        desk.tickets(ticket_of("03-03 10:00", "03-03 15:30", **turned))
        outcome = desk.score(plan=plan_of(desk, FOUR_HOURS))
        assert (buckets(outcome), "1 ticket(s) have a pause that ends before" in outcome.notes) == (MISSED, True)


@pytest.mark.parametrize("where", ["plan", "register"])
def test_service_dates_that_end_before_they_begin_are_refused(desk: Desk, where: str) -> None:
    desk.tickets(ticket_of("03-03 10:00", "03-03 11:00"))
    plan = plan_of(
        desk, FOUR_HOURS, more="projects: {某银行: {from: 2016-05-01, to: 2016-04-01}}" if where == "plan" else ""
    )
    if where == "register":
        desk.put("项目.csv", [{"项目名称": "某银行", "服务开始日期": "2016-05-01", "服务结束日期": "2016-04-01"}])
    outcome = desk.run("score", plan=plan)
    assert (outcome.exit_code, "2016-04-01" in outcome.said) == ({"plan": 2, "register": 3}[where], True)


def test_a_backlog_is_provisional_until_its_moment_has_come(desk: Desk) -> None:
    desk.tickets(ticket_of("03-05 09:00"))
    plan = desk.write(
        "open.yaml",
        "plan: p\nperiod: 2016\nindicators:\n  o: {name: o, table: tickets, at: period_end, "
        'open: [created_at, stopped_at], value: count(), target: "< 1次"}\n',
    )
    assert desk.score("--as-of", "2016-04-01", plan=plan).pick("o", "verdict", "provisional") == ("fail", True)
    assert desk.score("--as-of", "2017-01-01", plan=plan).pick("o", "verdict", "provisional") == ("fail", False)
