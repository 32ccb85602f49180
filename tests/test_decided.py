"""`period_by: decided`: each row counts once, when its outcome was known; the tables of three policies, by hand.

The limit is eight hours on 7x24. A 31 Jan 20:00 to 1 Feb 02:00; B 31 Jan 20:00 to 1 Feb 09:00; C 20 Jan 10:00, still
open; D 29 Feb 20:00, still open; E 10 Feb 10:00 to 10 Feb 11:00.
"""

from pathlib import Path

import pytest

from limit_desk import SOLVED, buckets, plan_of
from limit_desk import ticket as ticket_of
from rulebook import Desk, Outcome

EIGHT = "{type: incident, calendar: 7x24, respond: 1h, resolve: 8h}"
END = ("--as-of", "2016-03-01")
FIVE = (
    ticket_of("01-31 20:00", "02-01 02:00"),
    ticket_of("01-31 20:00", "02-01 09:00"),
    ticket_of("01-20 10:00"),
    ticket_of("02-29 20:00"),
    ticket_of("02-10 10:00", "02-10 11:00"),
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def plan_by(desk: Desk, period_by: str, *rules: str, value: str = "sla_met", more: str = "") -> Path:
    plan = plan_of(desk, *(rules or (EIGHT,)), more=more)
    text = plan.read_text(encoding="utf-8").replace("period_by: created_at", f"period_by: {period_by}")
    plan.write_text(text.replace("share(sla_met)", f'"share({value})"'), encoding="utf-8")
    return plan


def of(outcome: Outcome) -> tuple[int, int, int]:
    """Met, judged and pending."""
    met, missed, pending = buckets(outcome)
    return met, met + missed, pending


class TestThreePolicies:
    @pytest.mark.parametrize(
        ("policy", "january", "february", "both"),
        [
            ("created_at", (1, 3, 0), (1, 1, 1), (2, 4, 1)),
            ("resolved_at", (0, 0, 0), (2, 3, 0), (2, 3, 0)),  # C and D are in no month
            ("decided", (0, 1, 0), (2, 3, 0), (2, 4, 0)),  # C in January, when its eight hours were over
        ],
    )
    def test_the_published_table(
        self,
        desk: Desk,
        policy: str,
        january: tuple[int, int, int],
        february: tuple[int, int, int],
        both: tuple[int, int, int],
    ) -> None:
        desk.tickets(*FIVE)
        plan = plan_by(desk, policy)
        for period, expected in (("2016-01", january), ("2016-02", february), ("2016-01..2016-02", both)):
            assert of(desk.score("--period", period, *END, plan=plan)) == expected, period

    def test_created_is_restated_later_and_decided_is_not(self, desk: Desk) -> None:
        """At the end of January A and B were pending; only C, late since the 20th at 18:00, was decided."""
        desk.tickets(*FIVE)
        then = ("--period", "2016-01", "--as-of", "2016-02-01")
        assert of(desk.score(*then, plan=plan_by(desk, "created_at"))) == (0, 1, 2)
        assert of(desk.score(*then, plan=plan_by(desk, "decided"))) == (0, 1, 0)


class TestMoments:
    def month_of(self, desk: Desk, plan: Path, *more: str) -> str:
        """Tell in which month of the first three the only ticket counts."""
        found = [m for m in ("01", "02", "03") if of(desk.score("--period", f"2016-{m}", *more, plan=plan))[1]]
        return ",".join(found)

    def test_due_times_of_the_export_decide_as_limits_do(self, desk: Desk) -> None:
        desk.tickets(ticket_of("01-01 08:00", "03-02 08:00", 解决时限="2016-02-29"))
        plan = plan_by(desk, "decided")
        text = plan.read_text(encoding="utf-8").replace("sla:\n", "sla: []\n").replace(f"  - {EIGHT}\n", "")
        plan.write_text(text, encoding="utf-8")
        assert self.month_of(desk, plan) == "02"  # over when the 29th was

    def test_a_flag_has_no_clock_and_counts_where_the_ticket_stopped(self, desk: Desk) -> None:
        desk.tickets(ticket_of("01-01 08:00", "03-02 08:00", 是否达标="否"))
        plan = plan_of(desk)
        text = plan.read_text(encoding="utf-8").replace("period_by: created_at", "period_by: decided")
        plan.write_text(text, encoding="utf-8")
        assert self.month_of(desk, plan) == "03"

    @pytest.mark.parametrize(
        ("value", "responded", "resolved", "month"),
        [
            ("sla_met and response_met", "01-31 23:30", "02-01 06:00", "02"),  # both met: the last to be
            ("sla_met and response_met", "02-01 00:30", "03-09 06:00", "02"),  # late to respond: over at 00:00
            ("sla_met and response_met", "", "", "02"),  # the response ran out first
            ("sla_met or response_met", "01-31 23:30", "", "01"),  # the first success
            ("sla_met or response_met", "02-01 09:30", "03-09 06:00", "02"),  # both late: the last limit, 07:00
            ("not sla_met", "01-31 23:30", "03-09 06:00", "02"),
            ("response_met", "01-31 23:30", "02-01 06:00", "01"),
            ("done(stopped_at, resolve_due_at)", "01-31 23:30", "02-01 06:00", "02"),
            ("completed", "01-31 23:30", "03-01 06:00", "03"),
            ("sla_met and priority is null", "01-31 23:30", "02-01 06:00", "02"),  # a condition has no moment
            ("priority is not null and sla_met", "01-31 23:30", "02-01 06:00", "02"),  # missed, once that is known
            ("sla_met and reopened == 0", "01-31 23:30", "03-09 06:00", "02"),  # late, whatever else
        ],
    )
    def test_the_leg_that_turns_the_outcome_decides(
        self, desk: Desk, value: str, responded: str, resolved: str, month: str
    ) -> None:
        desk.tickets(ticket_of("01-31 23:00", resolved, 响应时间=responded and f"2016-{responded}"))
        assert self.month_of(desk, plan_by(desk, "decided", value=value)) == month

    def test_finished_without_a_response_is_missed_where_its_limit_was(self, desk: Desk) -> None:
        desk.tickets(ticket_of("01-31 23:00", "03-01 06:00", 响应时间=""))
        plan = plan_by(desk, "decided", value="response_met", more="missing_response: miss")
        assert self.month_of(desk, plan) == "02"

    def test_paused_is_not_decided(self, desk: Desk) -> None:
        desk.tickets(ticket_of("01-01 08:00", 挂起开始时间="2016-01-01 09:00"))
        assert self.month_of(desk, plan_by(desk, "decided"), *END) == ""

    def test_reports_are_decided_by_delivery_or_the_end_of_their_day(self, desk: Desk) -> None:
        desk.reports(("2016-01-31", "2016-02-03"), ("2016-02-29", "2016-01-15"), ("2016-03-31", ""))
        plan = desk.write(
            "r.yaml",
            f"plan: p\nperiod: 2016\nindicators:\n  {SOLVED}: "
            '{name: r, table: reports, period_by: decided, value: share(on_time), target: ">= 50%"}\n',
        )
        found = [of(desk.score("--period", f"2016-{month}", plan=plan)) for month in ("01", "02", "03")]
        assert found == [(1, 2, 0), (0, 0, 0), (0, 1, 0)]


def test_a_value_without_an_outcome_has_no_such_moment(desk: Desk) -> None:
    desk.tickets(*FIVE)
    plan = plan_by(desk, "decided", value="status == '已解决'")
    outcome = desk.run("score", plan=plan)
    assert (outcome.exit_code, "plan.yaml:4:" in outcome.said, "decided" in outcome.said) == (2, True, True)


def test_open_rows_that_nothing_limits_are_excluded_where_they_were_created(desk: Desk) -> None:
    """Nine P1 in time, ten P3 that no rule fits: 9/19 would miss 50 %, and five of another project are not nothing."""
    timed = [ticket_of("01-28 17:00", "01-28 18:00", 优先级="P1") for _ in range(9)]
    unlimited = [ticket_of("01-28 17:00", 优先级="P3") for _ in range(10)]
    others = [{**ticket_of("01-28 17:00", 优先级="P3"), "项目名称": "乙"} for _ in range(5)]
    desk.tickets(*timed, *unlimited, *others)
    outcome = desk.score(plan=plan_by(desk, "decided", "{priority: P1, calendar: 7x24, resolve: 9h}"))
    fields = ("verdict", "provisional", "met", "excluded_by", "out_of_period")
    assert outcome.pick(SOLVED, *fields) == ("pass", True, 9, {"no_limit": 10}, 0)
    assert outcome.pick(SOLVED, *fields, project="乙") == ("no_data", True, 0, {"no_limit": 5}, 0)


def test_completed_at_no_time_written_down_counts_where_it_was_created(desk: Desk) -> None:
    desk.tickets(ticket_of("01-28 17:00", 状态="已关闭"))
    outcome = desk.score("--period", "2016-01", plan=plan_by(desk, "decided", value="completed"))
    assert of(outcome) == (1, 1, 0)
