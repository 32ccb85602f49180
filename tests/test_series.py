"""A series: every part counted from the rows, in time order, beside the whole period's own figures."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from opskpi.commands import group
from opskpi.errors import SettingsError
from opskpi.model.cards import Scorecard
from opskpi.model.periods import Period, parse_period, split
from opskpi.renderers import Style, load
from rulebook import PLAN_2016, PROJECT, TODAY, Desk, Outcome, Row, complaint, incident, incidents, plan

SLA, DONE = "incident_sla_rate", "request_completion_rate"
COUNT, SURVEYS = "complaint_count", "customer_satisfaction"
MONTHS = [f"2016-{month:02}" for month in range(1, 13)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def line(outcome: Outcome, indicator: str, *fields: str, project: str = PROJECT) -> dict[str, Any]:
    """Give each period's field, or fields, of one project and indicator by the period's label, in the card's order."""
    mine = [each for each in outcome.card["results"] if (each["project"], each["indicator"]) == (project, indicator)]
    found = {each["period"]: tuple(each[field] for field in fields) for each in mine}
    assert len(found) == len(mine)
    return {label: values[0] if len(fields) == 1 else values for label, values in found.items()}


def of_month(month: int, met: int, missed: int, **more: str) -> list[Row]:
    """Make incidents created on the 5th of a month, resolved a day later in time or a day late."""
    day = f"2016-{month:02}-"
    made = {"创建时间": f"{day}05", **more}
    return [incident(f"{day}06 08:00", f"{day}06 08:00", **made)] * met + [
        incident(f"{day}06 08:00", f"{day}07 08:00", **made)
    ] * missed


def days(period: Period) -> tuple[str, str, str]:
    return period.label, str(period.start), str(period.end)


class TestFigures:
    """Each part from its rows, the whole from all rows."""

    def test_the_year_is_no_mean_of_its_months(self, desk: Desk) -> None:
        """January 1 of 2, February 9 of 10: 50 % and 90 %, whose mean is 70 %; the year is 10 of 12."""
        desk.tickets(*of_month(1, 1, 1), *of_month(2, 9, 1))

        outcome = desk.score("--by", "month")

        found = line(outcome, SLA, "numerator", "denominator", "verdict")
        assert list(found) == ["2016", *MONTHS]
        assert found["2016"] == (10, 12, "fail")
        assert found["2016-01"] == (1, 2, "fail")
        assert found["2016-02"] == (9, 10, "pass")
        assert found["2016-03"] == (None, 0, "no_data")

    @pytest.mark.parametrize(
        ("by", "wanted"),
        [
            ("quarter", {"2016": (9, 13), "2016-Q1": (4, 6), "2016-Q2": (0, 1), "2016-Q3": (0, 0), "2016-Q4": (5, 6)}),
            ("half", {"2016": (9, 13), "2016-H1": (4, 7), "2016-H2": (5, 6)}),
        ],
    )
    def test_quarters_and_halves(self, desk: Desk, by: str, wanted: dict[str, tuple[int, int]]) -> None:
        """January 1 of 2, March 3 of 4, April 0 of 1, December 5 of 6."""
        desk.tickets(*of_month(1, 1, 1), *of_month(3, 3, 1), *of_month(4, 0, 1), *of_month(12, 5, 1))

        found = line(desk.score("--by", by), SLA, "met", "missed")

        assert found == {label: (met, counted - met) for label, (met, counted) in wanted.items()}
        assert list(found) == list(wanted)

    def test_parts_are_in_time_order_after_the_whole_and_named(self, desk: Desk) -> None:
        """Two projects, six indicators: the whole period's twelve lines come first."""
        desk.tickets(*of_month(1, 1, 0), *of_month(1, 1, 0, 项目名称="旁家"))

        card = desk.score("--by", "half").card

        assert card["series"] == {
            "by": "half",
            "periods": [
                {"label": "2016-H1", "start": "2016-01-01", "end": "2016-06-30"},
                {"label": "2016-H2", "start": "2016-07-01", "end": "2016-12-31"},
            ],
        }
        assert [each["period"] for each in card["results"]] == ["2016"] * 12 + ["2016-H1"] * 12 + ["2016-H2"] * 12
        assert [each["period"] for each in card["company"]] == ["2016"] * 6 + ["2016-H1"] * 6 + ["2016-H2"] * 6
        assert len({(each["project"], each["indicator"], each["period"]) for each in card["results"]}) == 36

    def test_the_whole_periods_lines_are_those_of_a_run_without_a_series(self, desk: Desk) -> None:
        """All but the series itself is the same, byte for byte."""
        desk.tickets(*of_month(2, 3, 1), *of_month(7, 1, 1, 项目名称="旁家"), complaint())
        desk.surveys("5", "4")

        plain, more = desk.score(), desk.score("--by", "month").card

        del more["series"]
        for kind in ("results", "company"):
            more[kind] = [each for each in more[kind] if each["period"] == "2016"]
        assert more == plain.card
        assert plain.printed == load("json").render(_without_parts(desk), Style("zh")).decode()

    def test_each_part_is_what_its_own_run_says(self, desk: Desk) -> None:
        """At the same moment, `--period LABEL` gives the very lines of the series, company and all."""
        desk.tickets(*of_month(1, 2, 1), *of_month(5, 1, 1), *of_month(6, 0, 2, 项目名称="旁家"), complaint())
        desk.surveys("5", "3", day="2016-05-31")
        desk.reports(("2016-01-31", "2016-02-01"), ("2016-06-30", ""))
        moment = ("--as-of", "2016-06-20T12:00")

        for by in ("month", "quarter", "half"):
            card = desk.score("--by", by, *moment).card
            for part in card["series"]["periods"]:
                alone = desk.score("--period", part["label"], *moment).card
                assert alone["period"] == part
                for kind in ("results", "company"):
                    assert [each for each in card[kind] if each["period"] == part["label"]] == alone[kind]

    def test_one_company_line_for_each_part(self, desk: Desk) -> None:
        """March: ours 9 of 10, theirs 1 of 2; pooled 10 of 12."""
        desk.tickets(*of_month(3, 9, 1), *of_month(3, 1, 1, 项目名称="旁家"))

        company = desk.score("--by", "month").card["company"]

        (march,) = (each for each in company if (each["indicator"], each["period"]) == (SLA, "2016-03"))
        assert (march["passed"], march["projects"], march["worst"]) == (1, 2, "旁家")
        assert (march["numerator"], march["denominator"]) == (10, 12)

    def test_the_exit_code_is_the_whole_periods(self, desk: Desk) -> None:
        """January misses, the year is met: 0, as without the series."""
        desk.tickets(*of_month(1, 1, 1), *of_month(2, 18, 0))

        outcome = desk.score("--by", "month", "--indicator", SLA)

        assert line(outcome, SLA, "verdict")["2016-01"] == "fail"
        assert outcome.exit_code == desk.score("--indicator", SLA).exit_code == 0

    def test_one_project_and_indicator_only(self, desk: Desk) -> None:
        desk.tickets(*of_month(1, 1, 0), *of_month(1, 1, 0, 项目名称="旁家"))

        card = desk.score("--by", "quarter", "--project", "旁家", "--indicator", SLA).card

        assert [(each["project"], each["period"]) for each in card["results"]] == [
            ("旁家", label) for label in ("2016", "2016-Q1", "2016-Q2", "2016-Q3", "2016-Q4")
        ]
        assert card["company"] == []


def _without_parts(desk: Desk) -> Scorecard:
    """Score with a series and drop it again."""
    from dataclasses import replace

    from opskpi.model.rows import MOST_IN_CARD
    from opskpi.pipeline import Request, score
    from opskpi.targets.finding import read_plan

    own, document = read_plan(str(PLAN_2016), desk.folder)
    request = Request((str(desk.exports),), date(2017, 6, 1), by="month", rows=MOST_IN_CARD)
    card, _ = score(request, own, document)
    assert len(card.parts) == 12
    return replace(card, by=None, parts=())


class TestMoment:
    """One moment for the run; what has not begun has no data, what has not ended may turn."""

    def test_a_ceiling_month_by_month(self, desk: Desk) -> None:
        """Complaints in January, March, March, June, judged in mid-June: the year to date, not over in any month."""
        months = ("2016-01-10", "2016-03-01", "2016-03-31", "2016-06-10", "2016-06-15 00:00:01")
        desk.tickets(*(complaint("", "", 创建时间=day) for day in months))

        found = line(desk.score("--by", "month", "--as-of", "2016-06-15"), COUNT, "value", "verdict", "in_progress")

        so_far = ("pass", True)
        assert found == {
            "2016": (4, *so_far),
            **dict.fromkeys(MONTHS[:2], (1, *so_far)),
            **dict.fromkeys(MONTHS[2:5], (3, *so_far)),
            "2016-06": (4, *so_far),
            **dict.fromkeys(MONTHS[6:], (None, "no_data", False)),
        }

    def test_a_ceiling_is_missed_from_the_month_it_was_broken_in(self, desk: Desk) -> None:
        """Two complaints in each of three months: five is too many from the third on, also once the year is over."""
        days_of = [f"2016-{month:02}-{day}" for month in (2, 4, 9) for day in (10, 20)]
        desk.tickets(*(complaint("", "", 创建时间=day) for day in days_of))

        found = line(desk.score("--by", "month"), COUNT, "verdict", "value")

        assert [found[label] for label in MONTHS[1:]] == ([("pass", 2)] * 2 + [("pass", 4)] * 5 + [("fail", 6)] * 4)
        assert found["2016"] == ("fail", 6)
        assert not any(line(desk.score("--by", "month"), COUNT, "in_progress").values())

    def test_what_has_not_begun_has_no_data(self, desk: Desk) -> None:
        """Judged at the first moment of April: April has not begun, March is over."""
        desk.tickets(*of_month(3, 1, 0), *of_month(4, 1, 0))

        found = line(desk.score("--by", "month", "--as-of", "2016-04-01"), SLA, "verdict", "why", "provisional")

        assert found["2016-03"] == ("pass", None, False)
        assert {found[label] for label in MONTHS[3:]} == {("no_data", "not_begun", True)}

    def test_an_open_ticket_stays_with_the_month_it_came_in(self, desk: Desk) -> None:
        """January's is judged at the run's moment, not at January's end: past its limit in March."""
        desk.tickets(incident("2016-03-01", "", 创建时间="2016-01-31"), *of_month(2, 1, 0))

        found = line(desk.score("--by", "month", "--as-of", "2016-03-02"), SLA, "missed", "pending")

        assert found["2016-01"] == (1, 0)
        assert line(desk.score("--by", "month", "--as-of", "2016-02-20"), SLA, "missed", "pending")["2016-01"] == (0, 1)

    def test_a_half_yearly_survey_is_not_due_in_its_months(self, desk: Desk) -> None:
        """Answers in June and November: halves have figures, months and quarters are not counted."""
        own = desk.write("plan.yaml", plan(SURVEY))
        days_of = (("2016-06-01", "5"), ("2016-11-01", "3"))
        desk.put("满意度.csv", [{"项目名称": PROJECT, "提交时间": day, "满意度": score} for day, score in days_of])

        for by in ("month", "quarter"):
            found = line(desk.score("--by", by, plan=own), "survey", "verdict", "value", "why")
            assert found.pop("2016") == ("fail", 4, None)
            assert set(found.values()) == {("not_due", None, "not_counted_now")}
        found = line(desk.score("--by", "half", plan=own), "survey", "verdict", "value")
        assert found == {"2016": ("fail", 4), "2016-H1": ("pass", 5), "2016-H2": ("fail", 3)}

    def test_a_month_cut_short_is_still_a_month(self, desk: Desk) -> None:
        """The half-yearly survey is not due in it; what has no frequency is counted."""
        desk.surveys("5", day="2016-01-20")
        span = "2016-01-15..2016-02-14"

        half = line(
            desk.score("--period", span, "--by", "month", plan=desk.write("a.yaml", plan(SURVEY))), "survey", "verdict"
        )
        free = line(desk.score("--period", span, "--by", "month"), SURVEYS, "verdict")

        assert half == {span: "pass", "2016-01-15..2016-01-31": "not_due", "2016-02-01..2016-02-14": "not_due"}
        assert free == {span: "pass", "2016-01-15..2016-01-31": "pass", "2016-02-01..2016-02-14": "no_data"}


SURVEY = """\
  survey:
    name: 半年满意度
    table: surveys
    period_by: submitted_at
    frequency: half
    value: mean(score)
    target: ">= 4.5"
"""


class TestServiceDates:
    """A part wholly outside a project's service is not applicable; one partly inside counts the rows inside."""

    def test_a_project_that_begins_and_ends_inside_the_year(self, desk: Desk) -> None:
        """Served 10 March to 20 May: of the 5ths those of April and May count, and what more there is."""
        more = f"\nprojects:\n  {PROJECT}: {{from: 2016-03-10, to: 2016-05-20}}\n"
        own = desk.write("plan.yaml", PLAN_2016.read_text(encoding="utf-8") + more)
        rows = [row for month in range(1, 13) for row in of_month(month, 1, 0)]
        desk.tickets(
            *rows, *of_month(3, 1, 0, 创建时间="2016-03-10"), *of_month(5, 1, 0, 创建时间="2016-05-20 23:59:59")
        )

        found = line(desk.score("--by", "month", plan=own), SLA, "verdict", "counted")

        assert found.pop("2016") == ("pass", 4)
        assert [found.pop(label) for label in MONTHS[2:5]] == [("pass", 1), ("pass", 1), ("pass", 2)]
        assert set(found.values()) == {("not_applicable", 0)}

    def test_its_year_to_date_begins_with_its_service(self, desk: Desk) -> None:
        more = f"\nprojects:\n  {PROJECT}: {{from: 2016-03-10}}\n"
        own = desk.write("plan.yaml", PLAN_2016.read_text(encoding="utf-8") + more)
        desk.tickets(*(complaint("", "", 创建时间=day) for day in ("2016-03-09", "2016-03-10", "2016-04-01")))

        found = line(desk.score("--by", "month", plan=own), COUNT, "verdict", "value")

        assert [found[label] for label in MONTHS[:4]] == [("not_applicable", None)] * 2 + [("pass", 1), ("pass", 2)]


class TestParts:
    """How a period is parted and what its parts are called."""

    @pytest.mark.parametrize(
        ("period", "by", "first_month", "wanted"),
        [
            (
                "2016-01-15..2016-02-14",
                "month",
                1,
                [
                    ("2016-01-15..2016-01-31", "2016-01-15", "2016-01-31"),
                    ("2016-02-01..2016-02-14", "2016-02-01", "2016-02-14"),
                ],
            ),
            (
                "2016-04..2017-03",
                "quarter",
                4,
                [
                    ("2016-04..2016-06", "2016-04-01", "2016-06-30"),
                    ("2016-07..2016-09", "2016-07-01", "2016-09-30"),
                    ("2016-10..2016-12", "2016-10-01", "2016-12-31"),
                    ("2017-01..2017-03", "2017-01-01", "2017-03-31"),
                ],
            ),
            (
                "2016-05..2017-04",
                "half",
                5,
                [
                    ("2016-05..2016-10", "2016-05-01", "2016-10-31"),
                    ("2016-11..2017-04", "2016-11-01", "2017-04-30"),
                ],
            ),
            (
                "2016-02-01..2016-12-31",
                "half",
                1,
                [("2016-02..2016-06", "2016-02-01", "2016-06-30"), ("2016-H2", "2016-07-01", "2016-12-31")],
            ),
            (
                "2016-03..2016-04",
                "quarter",
                1,
                [("2016-03", "2016-03-01", "2016-03-31"), ("2016-04", "2016-04-01", "2016-04-30")],
            ),
            (
                "2015-12-31..2017-01-01",
                "year",
                1,
                [
                    ("2015-12-31..2015-12-31", "2015-12-31", "2015-12-31"),
                    ("2016", "2016-01-01", "2016-12-31"),
                    ("2017-01-01..2017-01-01", "2017-01-01", "2017-01-01"),
                ],
            ),
        ],
    )
    def test_by_hand(self, period: str, by: str, first_month: int, wanted: Sequence[tuple[str, str, str]]) -> None:
        assert [days(each) for each in split(parse_period(period), by, first_month)] == list(wanted)

    @given(
        st.dates(date(2000, 1, 1), date(2030, 1, 1)),
        st.integers(0, 800),
        st.sampled_from([("month", 1), ("quarter", 3), ("half", 6), ("year", 12)]),
        st.integers(1, 12),
    )
    def test_day_by_day(self, start: date, length: int, by: tuple[str, int], first_month: int) -> None:
        """Every day is in one part; a part begins where the period does, or with a month that may begin one."""
        name, unit = by
        whole = Period("all", start, start + timedelta(days=length))
        beginnings = {(first_month + unit * step - 1) % 12 + 1 for step in range(12)}
        wanted = [
            day
            for day in (start + timedelta(days=at) for at in range(length + 1))
            if day == start or (day.day == 1 and day.month in beginnings)
        ]

        parts = split(whole, name, first_month)

        assert [each.start for each in parts] == wanted
        assert [each.end for each in parts] == [*(day - timedelta(days=1) for day in wanted[1:]), whole.end]
        assert len({each.label for each in parts}) == len(parts)
        assert all(each.months == unit for each in parts)
        read = [parse_period(each.label) for each in parts]
        assert [(each.start, each.end) for each in read] == [(each.start, each.end) for each in parts]

    @pytest.mark.parametrize(("period", "by"), [("0001..0002", "year"), ("9998-01-01..9999-12-30", "quarter")])
    def test_at_the_ends_of_the_calendar(self, period: str, by: str) -> None:
        whole = parse_period(period)
        for first_month in (1, 2, 12):
            parts = split(whole, by, first_month)
            assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)

    def test_a_fiscal_plans_quarters_begin_with_its_first_month(self, desk: Desk) -> None:
        """February to January: the complaints of 31 April's quarter are counted from the plan's start."""
        text = PLAN_2016.read_text(encoding="utf-8").replace("period: 2016\n", "period: 2016-02..2017-01\n")
        own = desk.write("plan.yaml", text)
        desk.tickets(*of_month(1, 0, 1), *of_month(2, 1, 0), *of_month(4, 1, 1), *of_month(5, 3, 0))

        outcome = desk.score("--by", "quarter", plan=own)

        assert line(outcome, SLA, "met", "missed") == {
            "2016-02..2017-01": (5, 1),
            "2016-02..2016-04": (2, 1),
            "2016-05..2016-07": (3, 0),
            "2016-08..2016-10": (0, 0),
            "2016-11..2017-01": (0, 0),
        }
        assert desk.score("--period", "last-quarter", "--as-of", "2016-05-01", plan=own).card["period"] == {
            "label": "2016-02..2016-04",
            "start": "2016-02-01",
            "end": "2016-04-30",
        }

    @pytest.mark.parametrize(("period", "by"), [("2016-03", "month"), ("2016-02", "quarter"), ("2016", "year")])
    def test_a_single_part_is_no_series_and_that_is_said(self, desk: Desk, period: str, by: str) -> None:
        desk.tickets(*of_month(3, 1, 0))

        outcome = desk.score("--period", period, "--by", by)

        assert "series" not in outcome.card
        assert set(line(outcome, SLA, "verdict")) == {period}
        assert "there is no series" in outcome.notes
        assert "没有序列可列" in outcome.said

    def test_too_many_parts_are_a_slip(self, desk: Desk) -> None:
        """A year of three digits: more than twenty years of months."""
        desk.tickets(*of_month(3, 1, 0))

        outcome = desk.score("--period", "0216-01-01..2016-12-31", "--by", "month")

        assert outcome.exit_code == 2
        assert str(1801 * 12) in outcome.said
        with pytest.raises(SettingsError):
            split(parse_period("1996..2016"), "month")
        assert len(split(parse_period("1997..2016"), "month")) == 240


class TestWritten:
    """What people write."""

    @pytest.mark.parametrize(
        ("written", "label"),
        [
            ("2016年", "2016"),
            ("2016年度", "2016"),
            ("2016年全年", "2016"),
            ("2016上半年", "2016-H1"),
            ("2016年下半年", "2016-H2"),
            ("2016年度下半年", "2016-H2"),
            ("2016H1", "2016-H1"),
            ("2016-h2", "2016-H2"),
            ("2016年7月", "2016-07"),
            ("2016年07月份", "2016-07"),
            ("2016年12月", "2016-12"),
            ("2016-7", "2016-07"),
            ("２０１６年７月", "2016-07"),
            ("2016 年 7 月", "2016-07"),
            ("2016年第3季度", "2016-Q3"),
            ("2016年第三季度", "2016-Q3"),
            ("2016年三季度", "2016-Q3"),
            ("2016三季度", "2016-Q3"),
            ("2016年4季度", "2016-Q4"),
            ("2016年Q1", "2016-Q1"),
            ("2016Q3", "2016-Q3"),
            ("2016q3", "2016-Q3"),
        ],
    )
    def test_means_the_period_of_that_label(self, written: str, label: str) -> None:
        assert parse_period(written) == parse_period(label)
        assert parse_period(written).label == label

    @pytest.mark.parametrize(
        ("written", "label", "start", "end"),
        [
            ("2016-04..2017-03", "2016-04..2017-03", "2016-04-01", "2017-03-31"),
            ("2016年4月至2017年3月", "2016-04..2017-03", "2016-04-01", "2017-03-31"),
            ("2016年1月15日至2016年2月14日", "2016-01-15..2016-02-14", "2016-01-15", "2016-02-14"),
            ("2016-1-5 .. 2016-2-4", "2016-01-05..2016-02-04", "2016-01-05", "2016-02-04"),
            ("2016-Q1..2016-Q3", "2016-Q1..2016-Q3", "2016-01-01", "2016-09-30"),
            ("2016-01-15..2016-02", "2016-01-15..2016-02", "2016-01-15", "2016-02-29"),
        ],
    )
    def test_ranges(self, written: str, label: str, start: str, end: str) -> None:
        assert days(parse_period(written)) == (label, start, end)

    @pytest.mark.parametrize(
        "written",
        [
            *("2016-", "201607", "20167", "2016-00", "2016-0", "2016-13", "2016年13月", "2016年0月", "2016年五季度"),
            *("2016-Q5", "2016-H3", "2016-007", "上半年", "2016半年", "0000", "9999", "", "..", "2016..", "..2016"),
            *("2016-02-30..2016-03-01", "2016-03..2016-01", "2016-01..2016-02..2016-03", "last-week", "FY2016"),
        ],
    )
    def test_what_is_none_is_refused(self, written: str) -> None:
        with pytest.raises(SettingsError):
            parse_period(written, today=date(2016, 7, 1))

    @pytest.mark.parametrize(
        ("today", "month", "quarter", "half", "year"),
        [
            ("2016-01-01", "2015-12", "2015-Q4", "2015-H2", "2015"),
            ("2015-12-31", "2015-11", "2015-Q3", "2015-H1", "2014"),
            ("2016-02-29", "2016-01", "2015-Q4", "2015-H2", "2015"),
            ("2016-03-01", "2016-02", "2015-Q4", "2015-H2", "2015"),
            ("2016-06-30", "2016-05", "2016-Q1", "2015-H2", "2015"),
            ("2016-07-01", "2016-06", "2016-Q2", "2016-H1", "2015"),
            ("2017-01-01", "2016-12", "2016-Q4", "2016-H2", "2016"),
        ],
    )
    def test_the_last_ones(self, today: str, month: str, quarter: str, half: str, year: str) -> None:
        day = date.fromisoformat(today)
        for name, label in (("month", month), ("quarter", quarter), ("half", half), ("year", year)):
            assert parse_period(f"last-{name}", today=day) == parse_period(label)

    def test_the_last_month_of_a_leap_years_march_has_29_days(self) -> None:
        found = [parse_period("last-month", today=date(year, 3, 31)) for year in (2015, 2016, 1900, 2000)]

        assert [each.end.day for each in found] == [28, 29, 28, 29]

    @pytest.mark.parametrize(
        ("today", "quarter", "half", "year"),
        [
            ("2016-04-01", "2016-01..2016-03", "2015-10..2016-03", "2015-04..2016-03"),
            ("2016-03-31", "2015-10..2015-12", "2015-04..2015-09", "2014-04..2015-03"),
            ("2016-10-01", "2016-07..2016-09", "2016-04..2016-09", "2015-04..2016-03"),
        ],
    )
    def test_the_last_ones_of_a_year_from_april(self, today: str, quarter: str, half: str, year: str) -> None:
        """Named by their months, so that nobody takes them for the calendar's quarters."""
        day = date.fromisoformat(today)
        for name, label in (("quarter", quarter), ("half", half), ("year", year)):
            found = parse_period(f"last-{name}", today=day, first_month=4)
            assert found.label == label
            assert found == parse_period(label)

    def test_there_is_none_before_the_first(self) -> None:
        with pytest.raises(SettingsError):
            parse_period("last-month", today=date(1, 1, 5))

    @pytest.mark.parametrize(("wanted", "label"), [("last-half", "2016-H2"), ("last-year", "2016")])
    def test_the_clock_is_said_where_it_decides(self, desk: Desk, wanted: str, label: str) -> None:
        """Today is 1 June 2017; `--as-of end` is no moment to count back from, a date is."""
        desk.tickets(*of_month(3, 1, 0))

        for options in ((), ("--as-of", "end")):
            outcome = desk.score("--period", wanted, *options)
            assert outcome.card["period"]["label"] == label
            assert "2017-06-01" in outcome.said
        outcome = desk.score("--period", wanted, "--as-of", "2017-01-01")
        assert outcome.card["period"]["label"] == label
        assert "2017-06-01" not in outcome.said


class TestShown:
    """The series in the formats made for people."""

    @pytest.fixture
    def year(self, desk: Desk) -> Desk:
        """March 8 of 10 and April all met, three complaints, a project of a long name beside ours."""
        desk.tickets(*of_month(3, 8, 2), *of_month(4, 3, 0), *(complaint(项目名称="甲" * 30) for _ in range(3)))
        return desk

    def printed(self, desk: Desk, *options: str) -> str:
        return desk.run("score", *options, "--by", "month", "--lang", "en").printed

    def test_uncut_in_a_pipe(self, year: Desk) -> None:
        """All twelve months on one line, a miss marked by more than colour."""
        text = self.printed(year)

        assert sum(all(label in each for label in MONTHS) for each in text.splitlines()) == 6
        assert "80.0% ×" in text
        assert "甲" * 30 in text
        assert "× missed" in text

    @pytest.mark.parametrize("width", [80, 100, 200])
    def test_as_wide_as_the_terminal(self, year: Desk, width: int) -> None:
        """At 80 columns the months come in two tables of six; no figure is broken over two lines."""
        from opskpi.renderers.terminal import render

        text = render(self.card(year), Style("en", width=width)).decode()
        series = text[text.index("Series by month") : text.index("Missed")].splitlines()

        assert max(sum(2 if letter > "⺀" else 1 for letter in each) for each in series) <= width
        assert any("80.0% ×" in each for each in series)
        heads = [sum(label in each for label in MONTHS) for each in series if "project" in each]
        assert sum(heads) == 12 * 6
        assert set(heads) == {80: {6}, 100: {6}, 200: {12}}[width]

    def card(self, desk: Desk, *, as_of: str | None = None, own: Path = PLAN_2016) -> Scorecard:
        from opskpi.pipeline import Request, score
        from opskpi.targets.finding import read_plan

        read, document = read_plan(str(own), desk.folder)
        card, _ = score(Request((str(desk.exports),), date(2017, 6, 1), by="month", as_of=as_of), read, document)
        return card

    def test_what_has_not_begun_and_what_is_not_over(self, year: Desk) -> None:
        from opskpi.renderers.terminal import render

        text = render(self.card(year, as_of="2016-04-10"), Style("zh")).decode()
        (head,) = (at for at, each in enumerate(text.splitlines()) if "投诉数量，目标" in each)
        block = text.splitlines()[head : head + 7]

        assert block[0].endswith("（本年累计，进行中）")
        assert next(each.split() for each in block if PROJECT in each)[-8:] == ["-"] * 8
        assert next(each.split() for each in block if "甲" in each)[1:] == ["未提供", "未提供", *"3*3*--------"]
        assert next(each.split() for each in block if "达标项目" in each)[-8:] == ["-"] * 8

    def test_what_is_never_counted_by_months_is_one_line(self, year: Desk) -> None:
        from opskpi.renderers.terminal import render

        year.surveys("5")
        own = year.write("plan.yaml", plan(SURVEY))
        text = render(self.card(year, own=own), Style("zh")).decode()

        assert "  半年满意度：按月不统计" in text.splitlines()
        assert "2016-03" not in text

    def test_markdown_has_a_table_for_each_indicator(self, year: Desk) -> None:
        text = self.printed(year, "--full", "-f", "md")
        (head,) = {each for each in text.splitlines() if "2016-01" in each}

        assert head == f"| project | {' | '.join(MONTHS)} |"
        assert text.count(head) == 6
        assert f"| {PROJECT} | no data | no data | 80.0% × | 100.0% |" in text

    def test_csv_is_every_result_of_the_json(self, year: Desk) -> None:
        rows = list(csv.DictReader(io.StringIO(self.printed(year, "-f", "csv"))))
        results = year.score("--by", "month").card["results"]

        assert [(row["project"], row["indicator"], row["period"], row["verdict"]) for row in rows] == [
            (each["project"], each["indicator"], each["period"], each["verdict"]) for each in results
        ]

    @pytest.mark.filterwarnings("ignore:Sparkline Group extension")  # which openpyxl does not read
    def test_the_workbook_has_a_sheet_of_it(self, year: Desk) -> None:
        path = year.folder / "card.xlsx"
        year.run("score", "--by", "month", "-q", "-o", str(path))
        plain = year.folder / "plain.xlsx"
        year.run("score", "-q", "-o", str(plain))

        sheet = openpyxl.load_workbook(path)["序列"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]

        assert rows[0] == ["项目", "指标", "目标", *MONTHS, "2016"]
        assert len(rows) == 1 + 2 * 6
        (ours,) = (row for row in rows if row[:2] == [PROJECT, "事件处理按照服务级别协议完成率"])
        assert ours[2:7] == [">= 90%", "未提供", "未提供", "80.0%\n未达标", "100.0%\n达标"]
        assert ours[-1] == "84.6%\n未达标"
        assert "序列" not in openpyxl.load_workbook(plain).sheetnames

    def test_a_settings_file_may_ask_for_it(self, year: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        year.write("opskpi.toml", f'exports = ["exports"]\ntargets = "{PLAN_2016}"\nby = "half"\n')
        monkeypatch.chdir(year.folder)

        done = CliRunner(env=TODAY).invoke(group, ["score", "-f", "csv"], standalone_mode=False)

        assert "2016-H2" in done.stdout

    def test_the_same_bytes_whatever_the_order(self, desk: Desk) -> None:
        one = desk.tickets(*incidents(3, 1), file="a.csv")
        two = desk.tickets(*incidents(2, 2, 项目名称="旁家"), complaint(项目名称="旁家"), file="b.csv")

        outcomes = [desk.score("--by", "month", exports=pair) for pair in ((one, two), (two, one))]

        assert outcomes[0].printed == outcomes[1].printed
