"""Projects judged over contract years of their own; the run's `as_of` is 2017-04-01 unless said otherwise.

甲 has the calendar's year 2016, 乙 a contract from April 2016 to March 2017.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from opskpi.documents import read_document, validate
from opskpi.errors import SettingsError
from opskpi.targets.plan import Plan
from rulebook import Desk, Outcome, Row, plan

OWN = "2016-04..2017-03"
CONTRACT = f"projects: {{乙: {{period: {OWN}}}}}"
INDICATORS = """  number: {name: 数量, table: tickets, period_by: created_at, value: count(), target: "< 5"}
  year: {name: 累计, table: tickets, period_by: created_at, accumulate: year, value: count(), target: "< 5"}
  half: {name: 半年, table: tickets, period_by: created_at, frequency: half, value: count(), target: "< 5"}
  done: {name: 完成, table: tickets, period_by: created_at, value: share(completed), target: ">= 50%"}"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Put the same seven tickets of each project, all but the last of them resolved at once."""
    desk = Desk(tmp_path)
    days = ("2016-02-10", "2016-03-31", "2016-04-01", "2016-05-10", "2016-12-31", "2017-01-01", "2017-03-31")
    rows = [row(project, day, f"{day} 10:00") for project in "甲乙" for day in days]
    desk.tickets(*rows)
    return desk


def row(project: str, day: str, resolved: str) -> Row:
    return {"项目名称": project, "工单类型": "服务请求", "创建时间": f"{day} 09:00", "解决时间": resolved}


def score(desk: Desk, *options: str, more: str = CONTRACT, period: str = "2016") -> Outcome:
    return desk.score(*options, plan=desk.write("plan.yaml", plan(INDICATORS, period=period, more=more)))


def figures(outcome: Outcome, indicator: str = "number") -> dict[str, tuple[str, int, int]]:
    """Give each project's period, count and rows out of it."""
    return {name: outcome.pick(indicator, "period", "numerator", "out_of_period", project=name) for name in "甲乙"}


@pytest.mark.parametrize("indicator", ["number", "year", "half"])
@pytest.mark.parametrize("options", [(), ("--period", "2016"), ("--period", "2016-01..2016-12")])
def test_each_project_counts_its_own_year(desk: Desk, indicator: str, options: Sequence[str]) -> None:
    """甲: five tickets up to December; 乙: five from April on, up to March."""
    outcome = score(desk, *options)

    label = options[1] if options else "2016"
    assert figures(outcome, indicator) == {"甲": (label, 5, 2), "乙": (OWN, 5, 2)}
    assert outcome.card["as_of"] == "2017-04-01T00:00:00+08:00"
    company = outcome.company(indicator)
    assert [company[key] for key in ("period", "numerator", "projects")] == [label, 10, 2]


def test_the_card_says_which_projects_have_years_of_their_own(desk: Desk) -> None:
    assert "judged over a contract year of their own, 2016-04..2017-03: 乙" in score(desk).notes
    shown = desk.run("score", "--lang", "zh", "-f", "md", plan=desk.folder / "plan.yaml")
    assert "按自己的合同年度 2016-04..2017-03 统计的项目：乙" in shown.printed + shown.said


def test_a_stated_part_is_the_calendars(desk: Desk) -> None:
    """February has one ticket of each project, though the contract began in April."""
    outcome = score(desk, "--period", "2016-02")

    assert figures(outcome) == {"甲": ("2016-02", 1, 6), "乙": ("2016-02", 1, 6)}
    assert "contract year" not in outcome.notes
    assert outcome.card["as_of"] == "2016-03-01T00:00:00+08:00"


def test_a_series_is_the_calendars_beside_the_years(desk: Desk) -> None:
    """By quarters: 2, 2, none handed in, and 1 ticket of each project; the whole is that without a series."""
    outcome, alone = score(desk, "--by", "quarter"), score(desk)

    whole = [each for each in outcome.card["results"] if each["period"] in ("2016", OWN)]
    assert whole == alone.card["results"]
    for project in "甲乙":
        parts = [
            each["numerator"]
            for each in outcome.card["results"]
            if (each["project"], each["indicator"]) == (project, "number") and "Q" in each["period"]
        ]
        assert parts == [2, 2, None, 1]


def test_a_year_that_still_runs_is_in_progress_for_its_project_alone(desk: Desk) -> None:
    """On 15 January 2017 甲's year is over, while 乙 has had 4 of the 4 tickets that `< 5` allows."""
    outcome = score(desk, "--as-of", "2017-01-15")

    fields = "numerator", "verdict", "provisional", "headroom"
    assert outcome.pick("year", *fields, project="甲") == (5, "fail", False, -1)
    assert outcome.pick("year", *fields, project="乙") == (4, "pass", True, 0)


def test_open_requests_are_missed_once_their_own_year_is_over(desk: Desk) -> None:
    """Open without a due time: missed for 甲, whose year has ended, pending for 乙 until April."""
    desk.tickets(*({**row(project, "2016-06-01", ""), "工单编号": "开放"} for project in "甲乙"), file="开放.csv")
    for as_of, second in (("2017-01-15", (4, 0, 1)), ("2017-03-31", (4, 0, 1)), ("2017-04-01", (5, 1, 0))):
        outcome = score(desk, "--as-of", as_of)
        fields = "met", "missed", "pending"
        assert outcome.pick("done", *fields, project="甲") == (5, 1, 0)
        assert outcome.pick("done", *fields, project="乙") == second


def test_rows_of_both_projects_in_one_file_have_periods_of_their_own(tmp_path: Path) -> None:
    """The open ticket of an unknown moment belongs to neither; each project's own row decides."""
    desk = Desk(tmp_path)
    desk.tickets(row("乙", "2016-06-01", ""), row("甲", "2016-06-01", ""), row("乙", "2017-02-01", ""))
    outcome = score(desk, "--as-of", "2017-02-15")

    assert outcome.pick("done", "missed", "pending", project="甲") == (1, 0)
    assert outcome.pick("done", "missed", "pending", project="乙") == (0, 2)


def test_service_dates_still_clip(desk: Desk) -> None:
    """From 10 May 2016 to 1 January 2017: 乙 has three tickets left."""
    more = f"projects: {{乙: {{period: {OWN}, from: 2016-05-10, to: 2017-01-01}}}}"

    assert figures(score(desk, more=more))["乙"] == (OWN, 3, 4)


def test_a_service_that_never_was_in_the_contract_year_does_not_apply(desk: Desk) -> None:
    more = f"projects: {{乙: {{period: {OWN}, to: 2016-03-31}}}}"

    assert score(desk, more=more).pick("number", "verdict", project="乙") == ("not_applicable",)


def test_days_may_bound_a_contract_and_an_alias_name_its_project(desk: Desk) -> None:
    """From 31 March 2016 to the day before it in 2017: six tickets less the last."""
    more = "projects: {乙方银行: {aliases: [乙], period: 2016-03-31..2017-03-30}}"
    outcome = score(desk, more=more)

    assert outcome.pick("number", "period", "numerator", project="乙方银行") == ("2016-03-31..2017-03-30", 5)
    assert outcome.card["as_of"] == "2017-03-31T00:00:00+08:00"


def test_a_contract_year_may_begin_before_the_plans(desk: Desk) -> None:
    """From July 2015 to June 2016 乙 has the four tickets up to May; `as_of` is the plan's end."""
    outcome = score(desk, more="projects: {乙: {period: 2015-07..2016-06}}")

    assert figures(outcome) == {"甲": ("2016", 5, 2), "乙": ("2015-07..2016-06", 4, 3)}
    assert outcome.card["as_of"] == "2017-01-01T00:00:00+08:00"


def test_before_the_last_year_is_over_the_newest_event_decides(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """On 1 March 2017 the newest event is that of 1 January, 10:00."""
    today = str(int(datetime(2017, 3, 1, tzinfo=UTC).timestamp()))
    monkeypatch.setattr("rulebook.TODAY", {"SOURCE_DATE_EPOCH": today})

    assert score(desk).card["as_of"] == "2017-01-01T10:00:00+08:00"
    assert score(desk, more="").card["as_of"] == "2017-01-01T00:00:00+08:00"
    assert score(desk, "--as-of", "end").card["as_of"] == "2017-04-01T00:00:00+08:00"


def test_nothing_changes_for_projects_without_a_contract_year(desk: Desk) -> None:
    with_contract, without = (score(desk, "--as-of", "2017-04-01", more=more) for more in (CONTRACT, ""))
    first, second = (
        [each for each in outcome.card["results"] if each["project"] == "甲"] for outcome in (with_contract, without)
    )

    assert first == second


def test_no_rows_and_no_projects_are_no_trouble(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put("工单.csv", [], ("工单编号", "项目名称", "工单类型", "创建时间", "解决时间"))

    assert score(desk, more="").projects == []
    assert score(desk).pick("number", "period", "verdict", project="乙") == (OWN, "no_data")


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2018", "the contract year 2018 has no day in the plan's period 2016"),
        ("2017-01..2017-12", "the contract year 2017-01..2017-12 has no day"),
        ("2016年度起", "2016年度起"),
        ("", "text"),
    ],
)
def test_contract_years_that_cannot_be_meant_are_mistakes_of_the_plan(period: str, said: str) -> None:
    text = plan(INDICATORS, more=f'projects:\n  乙:\n    period: "{period}"')
    with pytest.raises(SettingsError) as caught:
        validate(read_document(text.encode(), "plan.yaml"), Plan)
    (found,) = (each.text("en") for each in caught.value.messages)
    assert (found.startswith("plan.yaml:10:14"), said in found) == (True, True)
