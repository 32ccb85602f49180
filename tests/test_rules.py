"""The rules of counting, each boundary from both sides; every figure is worked out by hand."""

from pathlib import Path

import pytest

from rulebook import PLAN_2016, PROJECT, Desk, Outcome, complaint, incident, incidents, plan, request, ticket

SLA, DONE = "incident_sla_rate", "request_completion_rate"
COUNT, HANDLED = "complaint_count", "complaint_on_time_rate"
REPORTS, SURVEYS = "report_on_time_rate", "customer_satisfaction"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def buckets(outcome: Outcome, indicator: str, project: str = PROJECT) -> tuple[int, int, int]:
    """Give the rows met, missed and pending."""
    met, missed, pending = outcome.pick(indicator, "met", "missed", "pending", project=project)
    return met, missed, pending


MET, MISSED, PENDING = (1, 0, 0), (0, 1, 0), (0, 0, 1)


class TestInTime:
    """Rule 4: stopped in time is met, late or open past the limit missed, open inside it pending."""

    @pytest.mark.parametrize(
        ("resolved", "expected"),
        [
            ("2016-03-02 08:59:59", MET),
            ("2016-03-02 09:00:00", MET),
            ("2016-03-02 09:00:01", MISSED),
        ],
    )
    def test_stopped_exactly_at_due_is_in_time(self, desk: Desk, resolved: str, expected: tuple[int, int, int]) -> None:
        desk.tickets(incident("2016-03-02 09:00:00", resolved))

        assert buckets(desk.score(), SLA) == expected

    @pytest.mark.parametrize(
        ("due", "expected"),
        [("2016-05-31 23:59:59", MISSED), ("2016-06-01 00:00:00", PENDING), ("2016-06-02 00:00:00", PENDING)],
    )
    def test_an_open_ticket_is_missed_only_past_its_due_time(
        self, desk: Desk, due: str, expected: tuple[int, int, int]
    ) -> None:
        """At as_of itself the due time is not past yet."""
        desk.tickets(incident(due, 状态="处理中"))

        assert buckets(desk.score("--as-of", "2016-06-01"), SLA) == expected

    @pytest.mark.parametrize(
        ("due", "resolved", "expected"),
        [
            ("2016-06-02 00:00", "2016-06-01 12:00", PENDING),
            ("2016-05-31 20:00", "2016-06-01 12:00", MISSED),
            ("2016-06-01 00:00:00", "2016-06-01 00:00:00", MET),
            ("2016-06-01 00:00:00", "2016-06-01 00:00:01", PENDING),
        ],
    )
    def test_what_is_resolved_after_as_of_counts_as_open(
        self, desk: Desk, due: str, resolved: str, expected: tuple[int, int, int]
    ) -> None:
        desk.tickets(incident(due, resolved, 状态="已解决"))

        assert buckets(desk.score("--as-of", "2016-06-01"), SLA) == expected

    @pytest.mark.parametrize(
        ("resolved", "closed", "expected"),
        [
            ("", "2016-03-02 09:00", MET),
            ("", "2016-03-02 09:01", MISSED),
            ("2016-03-02 09:00", "2016-03-09 09:00", MET),
            ("2016-03-02 09:01", "2016-03-02 09:00", MISSED),
        ],
    )
    def test_the_closing_time_stands_in_for_a_blank_resolution_time_only(
        self, desk: Desk, resolved: str, closed: str, expected: tuple[int, int, int]
    ) -> None:
        desk.tickets(incident("2016-03-02 09:00", resolved, 关闭时间=closed))

        assert buckets(desk.score(), SLA) == expected

    @pytest.mark.parametrize("state", ["已解决", "已关闭"])
    def test_finished_without_a_stop_time_is_missed_where_time_judges(self, desk: Desk, state: str) -> None:
        """Even where the due time lies after as_of: nothing shows that it was in time."""
        desk.tickets(incident("2016-06-30 09:00", 状态=state))

        assert buckets(desk.score("--as-of", "2016-06-01"), SLA) == MISSED

    @pytest.mark.parametrize("state", ["已解决", "已关闭"])
    def test_finished_without_a_stop_time_is_completed(self, desk: Desk, state: str) -> None:
        desk.tickets(request("2016-03-02 09:00", 状态=state))

        assert buckets(desk.score(), DONE) == MET

    @pytest.mark.parametrize("state", ["新建", "处理中", "挂起", ""])
    def test_other_states_without_a_stop_time_are_open(self, desk: Desk, state: str) -> None:
        desk.tickets(incident("2016-06-01 09:00", 状态=state), request("2016-06-01 09:00", 状态=state))

        outcome = desk.score("--as-of", "2016-06-01")

        assert buckets(outcome, SLA) == PENDING
        assert buckets(outcome, DONE) == PENDING

    def test_cancelled_is_excluded_whatever_its_times(self, desk: Desk) -> None:
        late, open_, good = ("2016-03-02", "2016-03-09"), ("2016-03-02", ""), ("2016-03-02", "2016-03-02")
        desk.tickets(
            *(incident(*times, 状态="已取消") for times in (late, open_)),
            incident(*good, 状态="已关闭"),
            request("2016-03-02", "", 状态="已取消"),
        )

        outcome = desk.score()

        assert buckets(outcome, SLA) == MET
        assert outcome.pick(SLA, "excluded", "excluded_by", "filtered") == (2, {"cancelled": 2}, 1)
        assert outcome.pick(DONE, "excluded", "excluded_by", "counted") == (1, {"cancelled": 1}, 0)

    def test_nothing_to_judge_by_is_no_limit_and_makes_the_figure_provisional(self, desk: Desk) -> None:
        """9 of 10 pass at 90 %; the eleventh, without a due time, could make it 9 of 11."""
        desk.tickets(*incidents(9, 1), incident("", "2016-03-05"))

        outcome = desk.score()

        assert buckets(outcome, SLA) == (9, 1, 0)
        assert outcome.pick(SLA, "verdict", "excluded_by", "provisional", "deciding") == (
            "pass",
            {"no_limit": 1},
            True,
            1,
        )

    def test_only_pending_rows_are_not_due(self, desk: Desk) -> None:
        desk.tickets(incident("2016-07-01"))

        outcome = desk.score("--as-of", "2016-06-01")

        assert outcome.pick(SLA, "verdict", "value", "pending", "denominator") == ("not_due", None, 1, 0)


class TestDays:
    """Rule 12: a due value without a time of day is past from the next midnight on."""

    @pytest.mark.parametrize(
        ("due", "resolved", "expected"),
        [
            ("2016-03-05", "2016-03-05 23:59:59", MET),
            ("2016-03-05", "2016-03-06 00:00:00", MISSED),
            ("2016-03-05 00:00", "2016-03-05 00:00:00", MET),
            ("2016-03-05 00:00", "2016-03-05 00:00:01", MISSED),
        ],
    )
    def test_a_day_lasts_until_midnight_and_a_written_midnight_is_meant(
        self, desk: Desk, due: str, resolved: str, expected: tuple[int, int, int]
    ) -> None:
        """Another row of each form stands beside it: the text of each cell decides for itself."""
        desk.tickets(
            incident(due, resolved),
            incident("2016-03-07", "2016-03-07 12:00", 项目名称="旁证"),
            incident("2016-03-07 00:00", "2016-03-07 12:00", 项目名称="旁证"),
        )

        outcome = desk.score()

        assert buckets(outcome, SLA) == expected
        assert buckets(outcome, SLA, "旁证") == (1, 1, 0)

    @pytest.mark.parametrize(("as_of", "expected"), [("2016-03-05T23:59:59", PENDING), ("2016-03-06T00:00:00", MISSED)])
    def test_an_open_day_is_past_from_the_next_midnight(
        self, desk: Desk, as_of: str, expected: tuple[int, int, int]
    ) -> None:
        desk.tickets(incident("2016-03-05"), request("2016-03-05"))

        outcome = desk.score("--as-of", as_of)

        assert buckets(outcome, SLA) == expected
        assert buckets(outcome, DONE) == expected

    @pytest.mark.parametrize(
        ("delivered", "expected"),
        [
            ("2016-06-29", MET),
            ("2016-06-30", MET),
            ("2016-06-30 23:59:59", MET),
            ("2016-07-01", MISSED),
            ("2016-07-01 00:00", MISSED),
            ("", MISSED),
        ],
    )
    def test_a_report_is_in_time_on_its_due_day(
        self, desk: Desk, delivered: str, expected: tuple[int, int, int]
    ) -> None:
        desk.reports(("2016-06-30", delivered))

        assert buckets(desk.score(), REPORTS) == expected

    def test_a_report_due_at_a_time_is_due_that_day(self, desk: Desk) -> None:
        """`due_at` of a report is a day, whatever a system writes behind it."""
        desk.reports(("2016-06-30 00:00", "2016-06-30 18:00"))

        assert buckets(desk.score(), REPORTS) == MET

    @pytest.mark.parametrize(
        ("as_of", "expected"),
        [
            ("2016-12-31", PENDING),
            ("2016-12-31T23:59:59", PENDING),
            ("2017-01-01", MISSED),
            ("end", MISSED),
        ],
    )
    def test_a_report_due_on_the_last_day_is_missed_from_the_new_year_on(
        self, desk: Desk, as_of: str, expected: tuple[int, int, int]
    ) -> None:
        desk.reports(("2016-12-31", ""))

        assert buckets(desk.score("--as-of", as_of), REPORTS) == expected

    def test_the_year_is_judged_at_its_end_by_default(self, desk: Desk) -> None:
        desk.reports(("2016-12-31", ""))

        outcome = desk.score()

        assert outcome.card["as_of"] == "2017-01-01T00:00:00+08:00"
        assert buckets(outcome, REPORTS) == MISSED
        assert outcome.exit_code == 1


class TestDone:
    """`done`: however late is met; open past due is missed; open without due waits for the period's end."""

    @pytest.mark.parametrize(
        ("due", "resolved", "expected"),
        [
            ("2016-03-02 09:00", "2016-11-30 09:00", MET),
            ("", "2016-11-30 09:00", MET),
            ("2016-03-02 09:00", "", MISSED),
            ("2016-12-31 23:59:59", "", MISSED),
            ("2017-01-01 00:00:00", "", PENDING),
            ("2017-01-02 09:00", "2017-01-01 00:00:00", MET),
            ("2017-01-02 09:00", "2017-01-01 00:00:01", PENDING),
            ("2016-12-01 09:00", "2017-01-01 00:00:01", MISSED),
        ],
    )
    def test_at_the_years_end(self, desk: Desk, due: str, resolved: str, expected: tuple[int, int, int]) -> None:
        desk.tickets(request(due, resolved))

        assert buckets(desk.score(), DONE) == expected

    @pytest.mark.parametrize(
        ("as_of", "expected"),
        [("2016-06-01", PENDING), ("2016-12-31T23:59:59", PENDING), ("2017-01-01", MISSED)],
    )
    def test_open_without_due_is_missed_once_the_period_has_ended(
        self, desk: Desk, as_of: str, expected: tuple[int, int, int]
    ) -> None:
        desk.tickets(request("", "", 状态="处理中"))

        assert buckets(desk.score("--as-of", as_of), DONE) == expected

    def test_a_state_that_goes_with_a_later_stop_is_open(self, desk: Desk) -> None:
        desk.tickets(request("2016-07-01", "2016-06-15 09:00", 状态="已关闭"))

        assert buckets(desk.score("--as-of", "2016-06-01"), DONE) == PENDING
        assert buckets(desk.score("--as-of", "2016-06-16"), DONE) == MET


class TestFlags:
    """Rule 7: due times judge where any row has one, the tool's flag otherwise."""

    def test_a_flag_judges_where_no_row_has_a_due_time(self, desk: Desk) -> None:
        """It has no clock: an open ticket marked 是 is met."""
        desk.tickets(
            incident("", "2016-03-02", 是否达标="是"),
            incident("", "", 是否达标="是", 状态="处理中"),
            incident("", "2016-03-02", 是否达标="否"),
            incident("", "2016-03-02"),
        )

        outcome = desk.score()

        assert outcome.pick(SLA, "judged_by", "met", "missed", "excluded_by") == ("flag", 2, 1, {"no_limit": 1})

    def test_whether_overdue_is_the_opposite_of_the_flag(self, desk: Desk) -> None:
        desk.tickets(incident("", "", 是否超时="否"), incident("", "", 是否超时="否"), incident("", "", 是否超时="是"))

        assert buckets(desk.score(), SLA) == (2, 1, 0)

    def test_due_times_win_over_the_flag_and_disagreements_are_counted(self, desk: Desk) -> None:
        """Late but marked 是, in time but marked 否: two disagree. A row with a flag only is not judged."""
        desk.tickets(
            incident("2016-03-02", "2016-03-09", 是否达标="是"),
            incident("2016-03-02", "2016-03-01", 是否达标="否"),
            incident("2016-03-02", "2016-03-01", 是否达标="是"),
            incident("2016-03-02", "2016-03-09", 是否达标="否"),
            incident("", "2016-03-09", 是否达标="否"),
        )

        outcome = desk.score()

        assert outcome.pick(SLA, "judged_by", "met", "missed", "disagreeing", "excluded_by") == (
            "due",
            2,
            2,
            2,
            {"no_limit": 1},
        )

    def test_each_project_and_indicator_finds_its_own_judge(self, desk: Desk) -> None:
        """Due times of another project, or of another type of ticket, do not silence the flag."""
        desk.tickets(
            incident("", "2016-03-02", 是否达标="否"),
            complaint("2016-03-02", "2016-03-01", 是否达标="是"),
            incident("2016-03-02", "2016-03-01", 项目名称="另一家"),
        )

        outcome = desk.score()

        assert outcome.pick(SLA, "judged_by", "met", "missed") == ("flag", 0, 1)
        assert outcome.pick(HANDLED, "judged_by", "met", "missed") == ("due", 1, 0)
        assert outcome.pick(SLA, "judged_by", "met", "missed", project="另一家") == ("due", 1, 0)

    def test_the_plan_may_fix_the_judge(self, desk: Desk) -> None:
        text = PLAN_2016.read_text(encoding="utf-8")
        fixed = text.replace("value: share(sla_met)", "value: share(sla_met)\n    judged_by: flag", 1)
        desk.tickets(
            incident("2016-03-02", "2016-03-09", 是否达标="是"),
            incident("2016-03-02", "2016-03-01", 是否达标="是"),
            incident("2016-03-02", "2016-03-01"),
        )

        assert desk.score().pick(SLA, "judged_by", "met", "missed") == ("due", 2, 1)
        by_flag = desk.score(plan=desk.write("flag.yaml", fixed))
        assert by_flag.pick(SLA, "judged_by", "met", "missed", "disagreeing", "excluded_by") == (
            "flag",
            2,
            0,
            1,
            {"no_limit": 1},
        )


#: The outcomes from least to greatest, as `and` and `or` take them.
ORDER = ("missed", "excluded", "pending", "met")
#: Due and stop times that come to each outcome on 1 June 2016.
TIMES = {
    "missed": ("2016-03-02", "2016-03-09"),
    "excluded": ("", ""),
    "pending": ("2016-06-02", ""),
    "met": ("2016-03-02", "2016-03-02"),
}


class TestOutcomes:
    """`and` takes the least of two outcomes, `or` the greatest, `not` swaps met and missed."""

    def score(self, desk: Desk, value: str, *rows: dict[str, str]) -> Outcome:
        text = f"""  figure:
    name: 试验
    table: tickets
    period_by: created_at
    value: {value}
"""
        desk.tickets(*rows)
        return desk.score("--as-of", "2016-06-01", plan=desk.write("plan.yaml", plan(text)))

    @pytest.mark.parametrize("response", ORDER)
    @pytest.mark.parametrize("resolution", ORDER)
    def test_both_or_either(self, desk: Desk, resolution: str, response: str) -> None:
        due, resolved = TIMES[resolution]
        response_due, responded = TIMES[response]
        row = {**incident(due, resolved), "响应时限": response_due, "响应时间": responded}
        both, either = sorted((resolution, response), key=ORDER.index)

        for value, expected in (("sla_met and response_met", both), ("sla_met or response_met", either)):
            result = self.score(desk, f"share({value})", row).result("figure")
            assert {name: result[name] for name in ORDER} == {name: int(name == expected) for name in ORDER}

    @pytest.mark.parametrize(
        ("outcome", "expected"),
        [("met", "missed"), ("missed", "met"), ("pending", "pending"), ("excluded", "excluded")],
    )
    def test_not(self, desk: Desk, outcome: str, expected: str) -> None:
        result = self.score(desk, "share(not sla_met)", dict(incident(*TIMES[outcome]))).result("figure")

        assert {name: result[name] for name in ORDER} == {name: int(name == expected) for name in ORDER}

    def test_a_condition_is_met_missed_or_blank(self, desk: Desk) -> None:
        rows = [{**incident(), "重开次数": times} for times in ("0", "0", "0", "2", "")]

        outcome = self.score(desk, "share(reopened == 0)", *rows)

        assert outcome.pick("figure", "met", "missed", "excluded_by", "value") == (3, 1, {"blank": 1}, 0.75)

    @pytest.mark.parametrize(
        ("value", "figure"), [("mean(reopened)", 2), ("sum(reopened)", 6), ("min(reopened)", 1), ("max(reopened)", 3)]
    )
    def test_figures_leave_blanks_out(self, desk: Desk, value: str, figure: float) -> None:
        rows = [{**incident(), "重开次数": times} for times in ("1", "2", "3", "")]

        outcome = self.score(desk, value, *rows)

        assert outcome.pick("figure", "value", "counted", "excluded_by") == (figure, 3, {"blank": 1})

    def test_count_counts_rows_blank_or_not(self, desk: Desk) -> None:
        assert self.score(desk, "count()", dict(incident()), dict(request())).pick("figure", "value") == (2,)


class TestTargetsMet:
    """Rule 10: exact values are compared, and shown honestly."""

    @pytest.mark.parametrize(
        ("met", "missed", "verdict", "headroom", "exit_code"),
        [(45, 5, "pass", 0, 0), (44, 6, "fail", -1, 1), (47, 3, "pass", 2, 0), (43, 7, "fail", -2, 1)],
    )
    def test_ninety_percent(
        self, desk: Desk, met: int, missed: int, verdict: str, headroom: int, exit_code: int
    ) -> None:
        desk.tickets(*incidents(met, missed))

        outcome = desk.score("--indicator", SLA)

        assert outcome.pick(SLA, "verdict", "numerator", "denominator", "headroom") == (verdict, met, 50, headroom)
        assert outcome.result(SLA)["value"] == met / 50
        assert outcome.exit_code == exit_code

    def test_a_miss_is_never_shown_as_the_target(self, desk: Desk) -> None:
        """1799 of 2000 is 89.95 %, which one decimal would round to 90.0 %."""
        desk.tickets(*incidents(1799, 201))

        printed = desk.run("score", "--indicator", SLA).printed

        assert "89.95%" in printed
        assert "90.0%" not in printed
        assert desk.score().pick(SLA, "verdict", "value", "headroom") == ("fail", 0.8995, -1)

    @pytest.mark.parametrize(
        ("complaints", "verdict", "headroom"), [(3, "pass", 1), (4, "pass", 0), (5, "fail", -1), (6, "fail", -2)]
    )
    def test_fewer_than_five_complaints(self, desk: Desk, complaints: int, verdict: str, headroom: int) -> None:
        desk.tickets(*[complaint()] * complaints, complaint(状态="已取消"))

        outcome = desk.score("--indicator", COUNT)

        assert outcome.pick(COUNT, "verdict", "value", "numerator", "denominator", "headroom", "excluded") == (
            verdict,
            complaints,
            complaints,
            None,
            headroom,
            1,
        )
        assert outcome.exit_code == (1 if verdict == "fail" else 0)

    @pytest.mark.parametrize(
        ("last", "total", "verdict"), [("4.7", 31.5, "pass"), ("4.63", 31.43, "fail"), ("4.699999", 31.499999, "fail")]
    )
    def test_a_mean_of_tenths_is_exact(self, desk: Desk, last: str, total: float, verdict: str) -> None:
        """31.5 / 7 is 4.5; binary doubles make it 4.499999999999999."""
        desk.surveys("4.4", "4.3", "3.6", "4.8", "5.0", "4.7", last)

        outcome = desk.score("--indicator", SURVEYS)

        assert outcome.pick(SURVEYS, "verdict", "numerator", "denominator", "headroom") == (verdict, total, 7, None)
        assert (outcome.result(SURVEYS)["value"] == 4.5) is (verdict == "pass")

    def test_a_summed_up_row_weighs_as_many_answers(self, desk: Desk) -> None:
        """(9 × 4.6 + 1 × 3.6) / 10 = 4.5; a blank weight is one answer."""
        desk.put(
            "满意度.csv",
            [
                {"项目名称": PROJECT, "提交时间": "2016-05-01", "满意度": "4.6", "份数": "9"},
                {"项目名称": PROJECT, "提交时间": "2016-05-01", "满意度": "3.6", "份数": ""},
            ],
        )

        assert desk.score().pick(SURVEYS, "verdict", "value", "numerator", "denominator", "counted") == (
            "pass",
            4.5,
            45,
            10,
            2,
        )


class TestNothingHandedIn:
    """Rule 9: nothing handed in is not nothing happened."""

    def test_no_complaint_anywhere_is_no_data(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 1))

        outcome = desk.score("--indicator", SLA, "--indicator", COUNT, "--indicator", HANDLED)

        assert outcome.pick(COUNT, "verdict", "value", "why") == ("no_data", None, "nothing_found")
        assert outcome.pick(HANDLED, "verdict", "value") == ("no_data", None)
        assert outcome.exit_code == 4

    def test_a_miss_comes_before_missing_data_in_the_exit_code(self, desk: Desk) -> None:
        desk.tickets(*incidents(8, 2))

        assert desk.score("--indicator", SLA, "--indicator", COUNT).exit_code == 1

    @pytest.mark.parametrize("name", ["complaint_count", "投诉数量"])
    def test_a_declared_nil_return_settles_it(self, desk: Desk, name: str) -> None:
        """One declaration covers what counts the same rows: no complaint was late either."""
        desk.tickets(*incidents(9, 1))

        outcome = desk.score("--indicator", SLA, "--indicator", COUNT, "--indicator", HANDLED, "--nil", name)

        assert outcome.pick(COUNT, "verdict", "value") == ("pass", 0)
        assert outcome.pick(HANDLED, "verdict", "value") == ("pass", None)
        assert outcome.exit_code == 0
        assert COUNT in outcome.card["nil"]
        assert "nil" in outcome.notes
        assert "零申报" in outcome.said

    def test_a_declared_nil_return_does_not_hide_complaints(self, desk: Desk) -> None:
        desk.tickets(*[complaint()] * 5)

        assert desk.score("--nil", COUNT).pick(COUNT, "verdict", "value") == ("fail", 5)

    def test_an_unknown_nil_return_is_a_slip(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 1))

        outcome = desk.score("--nil", "complaint_counts")

        assert outcome.exit_code == 2
        assert "complaint_count" in outcome.said

    @pytest.mark.parametrize("row", [{"投诉编号": "无"}, {"项目名称": "本月无投诉"}, {"投诉编号": "本月无投诉"}])
    def test_a_register_that_says_none_settles_it(self, desk: Desk, row: dict[str, str]) -> None:
        desk.tickets(*incidents(9, 1))
        desk.put("投诉登记表.csv", [row], ("投诉编号", "项目名称", "投诉时间", "处理时限", "处理完成时间"))

        outcome = desk.score("--indicator", COUNT, "--indicator", HANDLED)

        assert outcome.pick(COUNT, "verdict", "value") == ("pass", 0)
        assert outcome.pick(HANDLED, "verdict", "value") == ("pass", None)
        assert outcome.exit_code == 0
        assert outcome.ledger("投诉登记表.csv")["rows"] == 0

    def test_a_nil_row_with_a_project_speaks_for_that_project(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 1), *incidents(9, 1, 项目名称="另一家"))
        desk.put(
            "投诉登记表.csv",
            [{"投诉编号": "无", "项目名称": PROJECT}],
            ("投诉编号", "项目名称", "投诉时间", "处理时限", "处理完成时间"),
        )

        outcome = desk.score("--indicator", COUNT)

        assert outcome.pick(COUNT, "verdict", "value") == ("pass", 0)
        assert outcome.pick(COUNT, "verdict", "value", project="另一家") == ("no_data", None)
        assert outcome.exit_code == 4

    def test_a_project_without_complaints_passes_where_others_have_some(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 1), complaint(项目名称="另一家"))

        outcome = desk.score("--indicator", COUNT, "--indicator", HANDLED)

        assert outcome.pick(COUNT, "verdict", "value") == ("pass", 0)
        assert outcome.pick(HANDLED, "verdict", "value", "numerator", "denominator") == ("pass", None, 0, 0)
        assert outcome.exit_code == 0

    def test_complaints_of_another_period_do_not_show_that_the_register_was_handed_in(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 1), complaint(项目名称="另一家", 创建时间="2015-12-31 23:59"))

        assert desk.score().pick(COUNT, "verdict", "value") == ("no_data", None)

    def test_no_incident_in_a_project_is_not_applicable(self, desk: Desk) -> None:
        desk.tickets(complaint(), *incidents(9, 1, 项目名称="另一家"))

        outcome = desk.score("--indicator", SLA)

        assert outcome.pick(SLA, "verdict", "value") == ("not_applicable", None)
        assert outcome.exit_code == 0

    @pytest.mark.parametrize(
        ("empty", "verdict", "exit_code"),
        [("not_applicable", "not_applicable", 0), ("pass", "pass", 0), ("fail", "fail", 1), ("no_data", "no_data", 4)],
    )
    def test_the_plan_says_what_empty_means(self, desk: Desk, empty: str, verdict: str, exit_code: int) -> None:
        text = plan(
            f"""  late:
    name: 变更及时率
    table: tickets
    where: type == "change"
    period_by: created_at
    value: share(sla_met)
    empty: {empty}
    target: ">= 90%"
"""
        )
        change = ticket("变更", "2016-03-02", "2016-03-02", 项目名称="另一家")
        desk.tickets(incident("2016-03-02", "2016-03-02"), change)

        outcome = desk.score(plan=desk.write("plan.yaml", text))

        assert outcome.pick("late", "verdict", "value") == (verdict, None)
        assert outcome.pick("late", "verdict", "value", project="另一家") == ("pass", 1)
        assert outcome.exit_code == exit_code

    @pytest.mark.parametrize("period", ["2017-H2", "2018"])
    def test_a_period_that_has_not_begun_is_no_data_throughout(self, desk: Desk, period: str) -> None:
        desk.tickets(*incidents(9, 1), complaint(), request("", "2016-03-02"))
        desk.surveys("5")
        desk.reports(("2016-06-30", "2016-06-30"))

        outcome = desk.score("--period", period)

        assert {each["verdict"] for each in outcome.card["results"]} == {"no_data"}
        assert {each["value"] for each in outcome.card["results"]} == {None}
        assert len(outcome.card["results"]) == 6
        assert outcome.exit_code == 4

    def test_a_table_of_last_years_rows_is_no_data(self, desk: Desk) -> None:
        desk.tickets(*(incident("2015-03-02", "2015-03-02", 创建时间="2015-03-01") for _ in range(3)))
        desk.surveys("5", "5", day="2015-06-30")
        desk.reports(("2016-06-30", "2016-06-30"))

        outcome = desk.score()

        assert outcome.pick(SLA, "verdict", "value", "out_of_period", "why") == ("no_data", None, 3, "no_rows")
        assert outcome.pick(COUNT, "verdict", "value") == ("no_data", None)
        assert outcome.pick(SURVEYS, "verdict", "value", "out_of_period") == ("no_data", None, 2)
        assert outcome.pick(REPORTS, "verdict", "value") == ("pass", 1)
        assert outcome.exit_code == 4

    def test_a_registered_project_without_any_row_is_no_data(self, desk: Desk) -> None:
        """Even where `empty: pass` would have it met, and others' complaints were handed in."""
        desk.put("台账.csv", [{"项目名称": PROJECT, "别名": ""}, {"项目名称": "空项目", "别名": "空"}])
        desk.tickets(*incidents(9, 1), complaint(), request("", "2016-03-02"))
        desk.surveys("5")
        desk.reports(("2016-06-30", "2016-06-30"))

        outcome = desk.score()

        verdicts = {
            each["indicator"]: each["verdict"] for each in outcome.card["results"] if each["project"] == "空项目"
        }
        assert verdicts == dict.fromkeys((SLA, DONE, COUNT, HANDLED, REPORTS, SURVEYS), "no_data")
        assert {each["verdict"] for each in outcome.card["results"] if each["project"] == PROJECT} == {"pass"}
        assert outcome.exit_code == 4

    def test_rows_in_one_table_show_that_a_project_is_alive(self, desk: Desk) -> None:
        """A survey is enough: its complaints are none, its missing reports are not handed in."""
        desk.tickets(complaint(项目名称="另一家"))
        desk.surveys("5")
        desk.reports(("2016-06-30", "2016-06-30"), project="另一家")

        outcome = desk.score()

        assert outcome.pick(COUNT, "verdict", "value") == ("pass", 0)
        assert outcome.pick(REPORTS, "verdict", "value") == ("no_data", None)


class TestProvisional:
    """Rule 14: provisional where undecided rows could turn the verdict, and only there."""

    @pytest.mark.parametrize(
        ("met", "missed", "pending", "provisional"),
        [(9, 0, 1, False), (9, 1, 1, True), (18, 1, 1, False), (18, 1, 2, True), (8, 2, 1, False), (8, 1, 1, True)],
    )
    def test_pending_rows(self, desk: Desk, met: int, missed: int, pending: int, *, provisional: bool) -> None:
        """9/10 passes if the last is missed too; 18/20 stands, 18/21 falls; 9/11 stays a miss, 9/10 would pass."""
        desk.tickets(*incidents(met, missed), *[incident("2017-01-02 09:00")] * pending)

        outcome = desk.score()

        assert outcome.pick(SLA, "pending", "provisional") == (pending, provisional)
        assert outcome.result(SLA)["deciding"] == (pending if provisional else 0)

    @pytest.mark.parametrize(("met", "missed", "provisional"), [(9, 1, True), (10, 0, False)])
    def test_rejected_rows(self, desk: Desk, met: int, missed: int, *, provisional: bool) -> None:
        """A row with a bad date could be a missed incident: 9 of 11 fail, 10 of 11 pass."""
        desk.tickets(*incidents(met, missed), incident("2016-03-02", "2016-03-02", 创建时间="某日"))

        outcome = desk.score()

        assert outcome.pick(SLA, "verdict", "rejected", "provisional") == ("pass", 1, provisional)

    @pytest.mark.parametrize(("complaints", "provisional"), [(3, False), (4, True), (5, False)])
    def test_a_rejected_row_may_be_one_complaint_more(self, desk: Desk, complaints: int, *, provisional: bool) -> None:
        desk.tickets(*[complaint()] * complaints, complaint(创建时间="某日"))

        assert desk.score().pick(COUNT, "value", "provisional") == (complaints, provisional)

    @pytest.mark.parametrize(("answers", "provisional"), [(6, True), (7, False)])
    def test_a_mean_swings_to_the_ends_of_its_scale(self, desk: Desk, answers: int, *, provisional: bool) -> None:
        """A 1 beside six 5 makes 31/7, a miss; beside seven 36/8, which is 4.5 and met."""
        desk.surveys(*["5"] * answers, "很好")

        assert desk.score().pick(SURVEYS, "rejected", "provisional") == (1, provisional)

    def test_another_projects_rejected_rows_do_not_matter(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 1), incident("2016-03-02", "2016-03-02", 创建时间="某日", 项目名称="另一家"))

        outcome = desk.score()

        assert outcome.pick(SLA, "rejected", "provisional") == (0, False)
        assert outcome.pick(SLA, "rejected", project="另一家") == (1,)

    def test_a_running_period_is_provisional_where_later_rows_could_turn_it(self, desk: Desk) -> None:
        desk.tickets(*incidents(10, 0))

        assert desk.score("--as-of", "2016-12-31").pick(SLA, "verdict", "provisional") == ("pass", True)
        assert desk.score("--as-of", "2017-01-01").pick(SLA, "verdict", "provisional") == ("pass", False)

    def test_a_running_period_cannot_undo_a_miss_of_everything(self, desk: Desk) -> None:
        """Of `== 100%` one missed report is the end, with half a year to go."""
        desk.reports(("2016-03-31", "2016-04-01"))

        assert desk.score("--as-of", "2016-06-01").pick(REPORTS, "verdict", "provisional") == ("fail", False)

    def test_provisional_never_changes_the_exit_code(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 1), incident("2017-01-02 09:00"))

        outcome = desk.score("--indicator", SLA)

        assert outcome.result(SLA)["provisional"] is True
        assert outcome.exit_code == 0


class TestCumulative:
    """Rule 6: `accumulate: year` counts the year to date, 进行中 until the year has ended."""

    def complaints(self, desk: Desk, *months: int) -> None:
        desk.tickets(*(complaint("", "", 创建时间=f"2016-{month:02}-15 09:00") for month in months))

    def test_march_counts_from_january(self, desk: Desk) -> None:
        self.complaints(desk, 1, 2, 3, 4)

        outcome = desk.score("--period", "2016-03")

        assert outcome.pick(COUNT, "value", "out_of_period", "verdict") == (3, 1, "pass")
        assert outcome.pick(COUNT, "in_progress", "provisional") == (True, True)
        assert outcome.card["as_of"] == "2016-04-01T00:00:00+08:00"

    def test_a_rate_of_the_same_rows_counts_the_month_only(self, desk: Desk) -> None:
        desk.tickets(complaint(创建时间="2016-01-15 09:00"), complaint(创建时间="2016-03-15 09:00"))

        assert desk.score("--period", "2016-03").pick(HANDLED, "counted", "out_of_period") == (1, 1)

    @pytest.mark.parametrize(("as_of", "running"), [("2016-12-31T23:59:59", True), ("2017-01-01", False)])
    def test_it_runs_until_the_year_has_ended(self, desk: Desk, as_of: str, *, running: bool) -> None:
        self.complaints(desk, 1, 2)

        for period in ("2016-03", "2016"):
            outcome = desk.score("--period", period, "--as-of", as_of)
            assert outcome.pick(COUNT, "verdict", "in_progress", "provisional") == ("pass", running, running)

    def test_a_miss_is_final_in_march(self, desk: Desk) -> None:
        self.complaints(desk, 1, 1, 2, 3, 3)

        outcome = desk.score("--period", "2016-03")

        assert outcome.pick(COUNT, "value", "verdict", "in_progress", "provisional") == (5, "fail", False, False)


class TestSmall:
    """`min_rows` and `frequency`."""

    @pytest.mark.parametrize(("rows", "verdict", "exit_code"), [(4, "too_few", 4), (5, "pass", 0), (6, "pass", 0)])
    def test_fewer_rows_than_asked_are_too_few(self, desk: Desk, rows: int, verdict: str, exit_code: int) -> None:
        text = PLAN_2016.read_text(encoding="utf-8").replace('target: ">= 90%"', 'target: ">= 90%"\n    min_rows: 5')
        desk.tickets(*incidents(rows, 0))

        outcome = desk.score("--indicator", SLA, plan=desk.write("few.yaml", text))

        assert outcome.pick(SLA, "verdict", "value", "denominator") == (verdict, 1, rows)
        assert outcome.exit_code == exit_code

    @pytest.mark.parametrize(
        ("period", "verdict"),
        [("2016-05", "not_due"), ("2016-Q2", "not_due"), ("2016-H1", "pass"), ("2016", "pass")],
    )
    def test_a_half_yearly_survey_is_not_counted_in_shorter_periods(
        self, desk: Desk, period: str, verdict: str
    ) -> None:
        text = PLAN_2016.read_text(encoding="utf-8").replace("empty: no_data", "empty: no_data\n    frequency: half", 1)
        desk.surveys("5")

        outcome = desk.score("--indicator", SURVEYS, "--period", period, plan=desk.write("half.yaml", text))

        assert outcome.result(SURVEYS)["verdict"] == verdict
        assert outcome.exit_code == 0


class TestTargets:
    """Targets in symbols and in Chinese, for all projects or for one."""

    @pytest.mark.parametrize(
        ("target", "passing", "failing"),
        [
            ("不低于90%", (9, 1), (89, 11)),
            ("≥ 90%", (9, 1), (89, 11)),
            ("90%以上", (9, 1), (89, 11)),
            ("＞90%", (91, 9), (9, 1)),
            ("超过90%", (91, 9), (9, 1)),
            ("<= 0.5", (5, 5), (6, 5)),
            ("不超过50%", (5, 5), (6, 5)),
            ("小于50%", (4, 5), (5, 5)),
            ("between 80% and 90%", (8, 2), (79, 21)),
            ("between 80% and 90%", (9, 1), (91, 9)),
            ("== 100%", (3, 0), (99, 1)),
        ],
    )
    def test_a_rate(self, desk: Desk, target: str, passing: tuple[int, int], failing: tuple[int, int]) -> None:
        text = PLAN_2016.read_text(encoding="utf-8").replace('">= 90%"', f'"{target}"')
        desk.tickets(*incidents(*passing), *incidents(*failing, 项目名称="另一家"))

        outcome = desk.score("--indicator", SLA, plan=desk.write("plan.yaml", text))

        assert outcome.pick(SLA, "verdict", "target") == ("pass", target)
        assert outcome.pick(SLA, "verdict", project="另一家") == ("fail",)

    @pytest.mark.parametrize(
        ("target", "most"), [("< 5", 4), ("小于5", 4), ("小于5次", 4), ("少于 5 件", 4), ("不超过5", 5), ("5次以内", 5)]
    )
    def test_a_ceiling(self, desk: Desk, target: str, most: int) -> None:
        text = PLAN_2016.read_text(encoding="utf-8").replace('"< 5"', f'"{target}"')
        desk.tickets(*[complaint()] * most, *[complaint(项目名称="另一家")] * (most + 1))

        outcome = desk.score(plan=desk.write("plan.yaml", text))

        assert outcome.pick(COUNT, "verdict", "headroom") == ("pass", 0)
        assert outcome.pick(COUNT, "verdict", "headroom", project="另一家") == ("fail", -1)

    def test_a_project_may_have_its_own(self, desk: Desk) -> None:
        more = f'\nprojects:\n  {PROJECT}:\n    targets:\n      incident_sla_rate: ">= 95%"\n'
        own = desk.write("plan.yaml", PLAN_2016.read_text(encoding="utf-8") + more)
        desk.tickets(*incidents(9, 1), *incidents(9, 1, 项目名称="另一家"), *[complaint()] * 5)

        outcome = desk.score(plan=own)

        assert outcome.pick(SLA, "verdict", "target", "headroom") == ("fail", ">= 95%", -1)
        assert outcome.pick(SLA, "verdict", "target", project="另一家") == ("pass", ">= 90%")
        assert outcome.pick(COUNT, "target") == ("< 5",)

    def test_none_is_only_counted(self, desk: Desk) -> None:
        text = PLAN_2016.read_text(encoding="utf-8").replace('\n    target: ">= 90%"', "")
        desk.tickets(*incidents(1, 9))

        outcome = desk.score("--indicator", SLA, plan=desk.write("plan.yaml", text))

        assert outcome.pick(SLA, "verdict", "value", "target", "headroom") == ("no_target", 0.1, None, None)
        assert outcome.exit_code == 0

    @pytest.mark.parametrize("target", ["90%", "5", ">= 95", "between 90% and 80%", "about 90%"])
    def test_what_cannot_be_meant_is_refused(self, desk: Desk, target: str) -> None:
        text = PLAN_2016.read_text(encoding="utf-8").replace('">= 90%"', f'"{target}"')
        desk.tickets(*incidents(9, 1))

        outcome = desk.score(plan=desk.write("plan.yaml", text))

        assert outcome.exit_code == 2
        assert "plan.yaml:24:" in outcome.said


class TestCompany:
    """Rule 1: how many projects passed, the worst, and a pooled figure from sums."""

    def test_rates_are_pooled_from_sums(self, desk: Desk) -> None:
        """9/10 and 1/2 and nothing: 10/12, not the 70 % that the mean of percentages gives."""
        desk.tickets(
            *incidents(9, 1),
            *incidents(1, 1, 项目名称="另一家"),
            complaint(项目名称="第三家"),
        )

        line = desk.score().company(SLA)

        assert (line["projects"], line["passed"], line["failed"], line["no_verdict"], line["waived"]) == (3, 1, 1, 1, 0)
        assert (line["numerator"], line["denominator"], line["value"]) == (10, 12, 10 / 12)
        assert line["worst"] == "另一家"

    def test_counts_and_means_are_pooled_too(self, desk: Desk) -> None:
        """5 + 1 complaints; answers 5 5 4 and 3: 17/4 = 4.25, not the mean of 4.67 and 3."""
        desk.tickets(*[complaint()] * 5, complaint(项目名称="另一家"))
        desk.surveys("5", "5", "4", file="a.csv")
        desk.surveys("3", project="另一家", file="b.csv")

        outcome = desk.score()

        line = outcome.company(COUNT)
        assert (line["numerator"], line["denominator"], line["value"], line["worst"]) == (6, None, 6, PROJECT)
        assert (line["passed"], line["failed"]) == (1, 1)
        line = outcome.company(SURVEYS)
        assert (line["numerator"], line["denominator"], line["value"], line["worst"]) == (17, 4, 4.25, "另一家")

    def test_every_indicator_has_a_line(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 1))

        lines = desk.score().card["company"]

        assert [line["indicator"] for line in lines] == [SURVEYS, SLA, REPORTS, COUNT, HANDLED, DONE]
        assert [(line["passed"], line["no_verdict"]) for line in lines] == [
            (0, 1),
            (1, 0),
            (0, 1),
            (0, 1),
            (0, 1),
            (0, 1),
        ]
