"""The age of what is open: `moment` beside `at`, worked out by hand from the tickets' creation."""

from pathlib import Path

import pytest

from opskpi.documents import read_document, validate
from opskpi.errors import SettingsError
from opskpi.targets.plan import Plan
from rulebook import PROJECT, Desk, Outcome, Row, plan

DAY = 24 * 60


def aged(value: str, at: str = "period_end", more: str = "") -> str:
    """Write an indicator over what is open."""
    keys = f"at: {at}, open: [created_at, stopped_at], value: '{value}'"
    return f"  age: {{name: 积压时长, table: tickets, {keys}{more}}}"


def ticket(created: str, resolved: str = "", **more: str) -> Row:
    return {"工单类型": "事件", "创建时间": created, "解决时间": resolved, **more}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give three tickets: open from 1 March on, from 21 March to 10 April, and from 5 to 6 March."""
    found = Desk(tmp_path)
    found.tickets(
        ticket("2016-03-01 00:00"),
        ticket("2016-03-21 00:00", "2016-04-10 00:00"),
        ticket("2016-03-05 00:00", "2016-03-06 00:00"),
    )
    return found


def score(desk: Desk, indicators: str, *options: str, more: str = "") -> Outcome:
    return desk.score(*options, plan=desk.write("plan.yaml", plan(indicators, more=more)))


def test_the_age_is_that_at_the_end_of_the_period(desk: Desk) -> None:
    """31 days and 11 days are 21 in the mean; at the end of April one of 61 days is left."""
    text = aged("mean(elapsed(created_at, moment))")

    march, april = (
        score(desk, text, "--period", period, "--as-of", "2016-06-01").pick("age", "value", "counted")
        for period in ("2016-03", "2016-04")
    )

    assert (march, april) == ((21 * DAY, 2), (61 * DAY, 1))


def test_the_parts_of_a_series_have_moments_of_their_own(desk: Desk) -> None:
    text = aged("max(elapsed(created_at, moment))")

    results = score(desk, text, "--period", "2016-H1", "--by", "month", "--as-of", "2016-07-01").card["results"]

    ages = {each["period"]: each["value"] for each in results}
    assert (ages["2016-03"], ages["2016-04"], ages["2016-05"]) == (31 * DAY, 61 * DAY, 92 * DAY)
    assert ages["2016-H1"] == ages["2016-06"] == 122 * DAY


def test_at_the_start_of_a_period_it_is_that_start(desk: Desk) -> None:
    text = aged("mean(elapsed(created_at, moment))", "period_start")

    assert score(desk, text, "--period", "2016-04", "--as-of", "2016-06-01").pick("age", "value") == (21 * DAY,)


def test_it_is_never_later_than_the_state_is_known(desk: Desk) -> None:
    """On 26 March the two that are open are 25 and 5 days old; nobody knows of the end of the month yet."""
    text = aged("mean(elapsed(created_at, moment))")

    assert score(desk, text, "--period", "2016-03", "--as-of", "2016-03-26").pick("age", "value") == (15 * DAY,)


def test_it_ends_with_a_projects_service(desk: Desk) -> None:
    """Its service ended with 25 March: the moment is the midnight after, 25 and 5 days on."""
    served = f"projects:\n  {PROJECT}: {{to: 2016-03-25}}\n"
    text = aged("mean(elapsed(created_at, moment))")

    outcome = score(desk, text, "--period", "2016-03", "--as-of", "2016-06-01", more=served)

    assert outcome.pick("age", "value") == (15 * DAY,)


def test_conditions_may_ask_for_it(desk: Desk) -> None:
    """How much of the backlog is older than 30 days, as a share, a number, and without what is young."""
    old = "elapsed(created_at, moment) > 720h"
    share, count, excluded = (
        score(desk, text, "--period", "2016-03", "--as-of", "2016-06-01")
        for text in (
            aged(f"share({old})"),
            aged("count()", more=f", where: '{old}'"),
            aged("count()", more=f", exclude: {{young: 'not {old}'}}"),
        )
    )

    assert share.pick("age", "numerator", "denominator") == (1, 2)
    assert count.pick("age", "value", "filtered") == (1, 2)
    assert excluded.pick("age", "value", "excluded_by") == (1, {"young": 1})


def test_terms_have_each_their_own(desk: Desk) -> None:
    """What all open tickets have waited: 61 days at the end of April, 31 and 11 at its start."""
    term = "{table: tickets, at: AT, open: [created_at, stopped_at], value: 'sum(elapsed(created_at, moment))'}"
    terms = f"now: {term.replace('AT', 'period_end')}, then: {term.replace('AT', 'period_start')}"
    text = f"  growth: {{name: 积压时长变化, terms: {{{terms}}}, value: now - then}}"
    found = score(desk, text, "--period", "2016-04", "--as-of", "2016-06-01").pick("growth", "value")

    assert found == ((61 - 31 - 11) * DAY,)


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "创建时间至统计时点的时长的平均值"), ("en", "the moment of counting")]
)
def test_explain_says_what_it_is(desk: Desk, language: str, words: str) -> None:
    path = desk.write("plan.yaml", plan(aged("mean(elapsed(created_at, moment))")))
    asked = (Path(PROJECT), Path("age"), desk.exports)
    options = ("--period", "2016-03", "--as-of", "2016-06-01", "--lang", language)

    printed = desk.run("explain", *options, plan=path, exports=asked).printed

    assert words in printed
    assert "T1" in printed
    assert "T3" not in printed


def test_a_column_called_so_is_that_column(desk: Desk) -> None:
    desk.put("巡检.csv", [{"项目名称": PROJECT, "时刻": "2016-03-02 10:00", "结束": "2016-03-02 11:30"}])
    tables = """
tables:
  rounds:
    name: 巡检
    columns: {moment: {type: datetime, heading: 时刻}, until: {type: datetime, heading: 结束}}
"""
    text = "  x: {name: 例, table: rounds, period_by: moment, value: 'mean(elapsed(moment, until))'}"

    assert score(desk, text, more=tables).pick("x", "value") == (90,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "  x: {name: 例, table: tickets, period_by: created_at, value: 'mean(elapsed(created_at, moment))'}",
            "goes with at",
        ),
        (aged("count()", more=", where: 'exists(tickets, created_at < moment, 24h before created_at)'"), "belongs to"),
        (aged("mean(moment)"), "moment"),
    ],
)
def test_where_it_means_nothing_it_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        validate(read_document(plan(text).encode(), "plan.yaml"), Plan)

    (only,) = [each.text("en") for each in caught.value.messages]
    assert sentence in only
    assert only.startswith("plan.yaml:")
