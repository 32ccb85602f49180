"""Indicators made of terms, of groups, of what is open and of stretches of time; figures are worked out by hand."""

from pathlib import Path

import pytest

from opskpi.documents import read_document, validate
from opskpi.errors import SettingsError
from opskpi.targets.plan import Plan
from rulebook import PROJECT, Desk, Outcome, complaint, incident, incidents, plan, request

RATE = """
  rate:
    name: 投诉率
    terms:
      complaints: {table: tickets, where: type == "投诉", period_by: created_at, value: count()}
      handled: {table: tickets, where: type != "complaint", period_by: created_at, value: count()}
    value: complaints / handled
    target: "<= 50%"
""".strip("\n")
CALENDAR = 'calendars:\n  5x8:\n    hours: {mon-fri: ["09:00-18:00"]}\n'
OPEN = "  x: {name: 积压, table: tickets, at: AT, open: [created_at, stopped_at], value: count()}"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def score(desk: Desk, indicators: str, *options: str, more: str = "") -> Outcome:
    return desk.score(*options, plan=desk.write("plan.yaml", plan(indicators, more=more)))


def read(indicators: str, more: str = "") -> Plan:
    return validate(read_document(plan(indicators, more=more).encode(), "plan.yaml"), Plan)


def mistakes(indicators: str, more: str = "") -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(indicators, more)
    return [each.text("en") for each in caught.value.messages]


class TestTerms:
    """A value over several tables: numerator, denominator, ledger, emptiness, what it could still be."""

    def test_a_quotient_is_its_two_terms(self, desk: Desk) -> None:
        desk.tickets(complaint(), *incidents(3, 1))

        found = score(desk, RATE).pick("rate", "value", "numerator", "denominator", "unit", "verdict")

        assert found == (0.25, 1, 4, "ratio", "pass")

    def test_each_term_has_a_ledger_of_its_own(self, desk: Desk) -> None:
        """5 tickets: each term filters the other's; the result adds both up to twice 5."""
        desk.tickets(complaint(), *incidents(3, 1))

        outcome = score(desk, RATE)

        assert outcome.pick("rate", "counted", "filtered", "excluded", "out_of_period") == (5, 5, 0, 0)
        terms = outcome.result("rate")["terms"]
        buckets = {name: (each["counted"], each["filtered"]) for name, each in terms.items()}
        assert buckets == {"complaints": (1, 4), "handled": (4, 1)}

    def test_terms_may_be_of_several_tables(self, desk: Desk) -> None:
        """7 points of two answers, over 4 incidents."""
        desk.tickets(*incidents(4, 0))
        desk.surveys("4", "3")
        text = """
  x:
    name: 例
    terms:
      points: {table: surveys, period_by: submitted_at, value: sum(score)}
      rows: {table: tickets, period_by: created_at, value: count()}
    value: points / rows
"""
        assert score(desk, text).pick("x", "value", "unit", "verdict") == (1.75, "score", "no_target")

    def test_the_company_divides_the_pooled_terms(self, desk: Desk) -> None:
        """1/4 and 1/1 are 2/5 together, never the mean of both."""
        other = [{**row, "项目名称": "乙"} for row in (complaint(), incident("2016-03-05", "2016-03-02"))]
        desk.tickets(complaint(), *incidents(3, 1), *other)

        company = score(desk, RATE).company("rate")

        assert (company["numerator"], company["denominator"], company["value"]) == (2, 5, 0.4)

    @pytest.mark.parametrize(
        ("empty", "verdict", "code"),
        [("", "not_applicable", 0), ("    empty: pass", "pass", 0), ("    empty: fail", "fail", 1)],
    )
    def test_nothing_to_divide_by_has_no_value(self, desk: Desk, empty: str, verdict: str, code: int) -> None:
        """Project 乙 has a complaint and nothing else."""
        desk.tickets(*incidents(3, 1), {**complaint(), "项目名称": "乙"})

        outcome = score(desk, f"{RATE}\n{empty}")

        assert outcome.pick("rate", "value", "verdict", project="乙") == (None, verdict)
        assert outcome.exit_code == code

    def test_a_term_of_nothing_handed_in_is_no_data(self, desk: Desk) -> None:
        """No complaint in any project: the register may not have been exported; a nil return settles it."""
        desk.tickets(*incidents(3, 1))

        outcome, nil = score(desk, RATE), score(desk, RATE, "--nil", "rate")

        assert outcome.pick("rate", "verdict", "value", "why") == ("no_data", None, "nothing_found")
        assert nil.pick("rate", "verdict", "value", "numerator") == ("pass", 0, 0)

    def test_a_nil_return_covers_the_terms_of_its_population(self, desk: Desk) -> None:
        count = """
  n:
    name: 投诉数量
    table: tickets
    where: type == "complaint"
    period_by: created_at
    value: count()
"""
        desk.tickets(*incidents(3, 1))

        outcome = score(desk, RATE + count, "--nil", "n")

        assert outcome.pick("rate", "verdict", "value") == ("pass", 0)
        assert outcome.card["nil"] == ["n", "rate.complaints"]

    @pytest.mark.parametrize(("complaints", "provisional"), [(1, False), (2, True)])
    def test_rejected_rows_make_it_provisional_where_they_could_turn_it(
        self,
        desk: Desk,
        complaints: int,
        provisional: bool,  # noqa: FBT001
    ) -> None:
        """4 incidents, one row of an unknown type: 1/4 is 2/4 at most and passes 50 %, 2/4 could be 3/4."""
        unknown = {**incident("2016-03-05"), "工单类型": "未知"}
        desk.tickets(*[complaint()] * complaints, *incidents(3, 1), unknown)

        outcome = score(desk, RATE, "--max-rejected", "50")

        assert outcome.pick("rate", "verdict", "provisional") == ("pass", provisional)

    def test_pending_rows_of_a_share_bound_it(self, desk: Desk) -> None:
        """9 met, 1 pending: 1 - share lies between 0 and 1/10, inside the target either way."""
        text = """
  x:
    name: 例
    terms:
      met: {table: tickets, period_by: created_at, value: share(sla_met)}
    value: 1 - met
    target: "<= 20%"
"""
        desk.tickets(*incidents(9, 0), incident("2016-12-31 08:00"))

        outcome = score(desk, text, "--as-of", "2016-12-30")

        assert outcome.pick("x", "value", "pending", "deciding") == (0, 1, 0)

    def test_min_rows_asks_of_what_is_divided_by(self, desk: Desk) -> None:
        desk.tickets(complaint(), *incidents(3, 1))

        few, enough = (score(desk, f"{RATE}\n    min_rows: {least}") for least in (5, 4))

        assert (few.result("rate")["verdict"], enough.result("rate")["verdict"]) == ("too_few", "pass")

    @pytest.mark.parametrize(
        ("value", "parts", "terms"),
        [("(n - prev(n)) / prev(n)", (-1, 3), ["n", "prev(n)"]), ("n / ytd(n)", (2, 5), ["n", "ytd(n)"])],
    )
    def test_other_periods_are_counted_from_the_rows(
        self, desk: Desk, value: str, parts: tuple[int, int], terms: list[str]
    ) -> None:
        """March has 3 rows, April 2, the year so far 5."""
        text = f"""
  x:
    name: 环比
    terms:
      n: {{table: tickets, period_by: created_at, value: count()}}
    value: {value}
"""
        april = [{**request("2016-04-30", "2016-04-02"), "创建时间": "2016-04-01"}] * 2
        desk.tickets(*incidents(3, 0), *april)

        outcome = score(desk, text, "--period", "2016-04")

        assert outcome.pick("x", "numerator", "denominator") == parts
        assert sorted(outcome.result("x")["terms"]) == terms

    def test_every_term_is_part_of_the_rule(self) -> None:
        changed = (RATE.replace('"投诉"', '"事件"'), RATE.replace("complaints / handled", "handled / complaints"))
        rules = [read(text).indicators["rate"].rule_sha256 for text in (RATE, *changed)]
        assert len(set(rules)) == 3
        assert read(RATE.replace("投诉率", "别名")).indicators["rate"].rule_sha256 == rules[0]

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("complaints / handled", "complaints / handeld", "did you mean handled?"),
            ("complaints / handled", "complaints", "does not use handled"),
            ("complaints / handled", "complaints / handled > 1", "a number is wanted"),
            ("complaints / handled", "complaints / sum(handled)", "sum is no function of terms"),
            ("complaints / handled", "complaints / handled + 4h", "cannot be added"),
            ("      handled:", "      2016:", "cannot be the name of a term"),
            ("    terms:", "    table: tickets\n    terms:", "stands in each term"),
            ("    terms:", "    period_by: created_at\n    terms:", "stands in each term"),
            ("period_by: created_at, value: count()}\n    value", "value: count()}\n    value", "period_by"),
            ("<= 50%", "<= 120", "write percent"),
        ],
    )
    def test_mistakes_in_terms_are_named(self, old: str, new: str, words: str) -> None:
        assert words in " ".join(mistakes(RATE.replace(old, new)))

    def test_a_quotient_may_be_over_one(self) -> None:
        assert read(RATE.replace("<= 50%", ">= 150%")).indicators["rate"].unit == "ratio"


class TestGroups:
    """`by` and `reduce`."""

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("by: priority, value: count(), reduce: most", "most makes no figure of the groups"),
            ("by: priority, value: count(), reduce: share(value)", "a condition is wanted"),
            ("by: priority, value: count(), reduce: count(value > 8h)", "cannot be added or compared"),
            ("by: priority, value: count(), reduce: share(valu > 1)", "did you mean value?"),
            ("by: created_at, value: count(), reduce: max", "is no column of words"),
            ("by: prority, value: count(), reduce: max", "did you mean priority?"),
            ("value: count(), reduce: max", "reduce says nothing without by"),
            ("by: priority, value: count()", "by says nothing without reduce"),
        ],
    )
    def test_mistakes_in_groups_are_named(self, line: str, words: str) -> None:
        said = mistakes(f"  x: {{name: 例, table: tickets, period_by: created_at, {line}}}")
        assert words in " ".join(said)

    def test_groups_are_one_over_all_files(self, desk: Desk) -> None:
        """P1 stands in both files: 3 together, P2 has 1; 2 rows have no level."""
        for file, levels in (("a.csv", ("P1", "P1", "")), ("b.csv", ("P1", "P2", ""))):
            rows = [{**incident("2016-03-05", "2016-03-02"), "优先级": level} for level in levels]
            desk.tickets(*({**row, "工单编号": f"{file}{at}"} for at, row in enumerate(rows)), file=file)
        text = "  x: {name: 例, table: tickets, period_by: created_at, by: priority, value: count(), reduce: max}"

        outcome = score(desk, text)

        assert outcome.pick("x", "value", "groups", "counted", "excluded_by") == (3, 2, 4, {"blank": 2})


class TestOpenAndDown:
    """What is open at a moment, and stretches of time."""

    def test_the_end_of_one_month_is_the_start_of_the_next(self, desk: Desk) -> None:
        """Open over the turn of March: only those created before and stopped at midnight or later."""
        times = [
            ("2016-03-01 08:00", "2016-03-31 23:59"),
            ("2016-03-01 08:00", "2016-04-01 00:00"),
            ("2016-03-31 23:59", "2016-04-05 00:00"),
            ("2016-04-01 00:00", "2016-04-05 00:00"),
            ("2016-03-02 08:00", ""),
        ]
        desk.tickets(*({**incident("", stop), "创建时间": start} for start, stop in times))

        end = score(desk, OPEN.replace("AT", "period_end"), "--period", "2016-03", "--as-of", "2016-06-01")
        start = score(desk, OPEN.replace("AT", "period_start"), "--period", "2016-04", "--as-of", "2016-06-01")

        assert end.pick("x", "value", "out_of_period") == start.pick("x", "value", "out_of_period") == (3, 2)

    def test_a_project_with_nothing_open_has_a_backlog_of_none(self, desk: Desk) -> None:
        desk.tickets(incident("", "2016-03-02"), {**incident("", ""), "项目名称": "乙"})

        assert score(desk, OPEN.replace("AT", "period_end")).pick("x", "value", "verdict") == (0, "no_target")

    def test_outages_overlap_are_clipped_and_stay_within_service_dates(self, desk: Desk) -> None:
        """10 h and 2 h of them again, 1 h of March only, and what lies before the contract began does not count."""
        times = [
            ("2016-03-10 00:00", "2016-03-10 10:00"),
            ("2016-03-10 04:00", "2016-03-10 06:00"),
            ("2016-03-31 23:00", "2016-04-02 00:00"),
            ("2016-02-20 00:00", "2016-03-03 00:00"),
        ]
        desk.tickets(*({**incident("", stop), "创建时间": start} for start, stop in times))
        text = """
  x:
    name: 可用率
    terms: {down: {table: tickets, value: "downtime(created_at, stopped_at)"}}
    value: 1 - down / agreed()
"""
        since = f"projects: {{{PROJECT}: {{from: 2016-03-05}}}}"

        outcome = score(desk, text, "--period", "2016-03", "--as-of", "2016-06-01", more=since)

        # 27 days from 5 March on are 38,880 minutes; 660 of them were down
        assert outcome.pick("x", "numerator", "denominator") == (38880 - 660, 38880)
        assert outcome.pick("x", "counted", "out_of_period") == (3, 1)

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            (
                "at: period_end, period_by: created_at, open: [created_at, stopped_at], value: count()",
                "leave period_by",
            ),
            ("at: period_end, value: count()", "at says nothing without open"),
            ("at: period_end, open: [created_at, status], value: count()", "status"),
            ("value: 'downtime(created_at, stopped_at)', period_by: created_at", "leave period_by out"),
            ("value: count()", "period_by"),
            ("period_by: created_at, value: 'mean(elapsed(created_at, stopped_at, \"5x9\"))'", "did you mean 5x8?"),
            ("period_by: created_at, value: 'mean(resolve_minutes)', target: '<= 240'", "minutes or hours"),
            ("period_by: created_at, value: 'mean(resolve_minutes)', target: '<= 90%'", "is a percentage"),
            ("period_by: created_at, value: count(), target: '<= 4h'", "is a length of time"),
            ("period_by: created_at, value: 'mean(resolve_minutes)', target: '<= 3天'", "24 hours a day"),
        ],
    )
    def test_mistakes_are_named(self, line: str, words: str) -> None:
        assert words in " ".join(mistakes(f"  x: {{name: 例, table: tickets, {line}}}", CALENDAR))


def test_a_mistake_is_shown_in_its_place_under_the_expression() -> None:
    """Chinese letters take two cells, so the caret stands further right."""
    (said,) = mistakes("""
  x:
    name: 例
    table: tickets
    where: title == "投诉" and tpye == 1
    period_by: created_at
    value: count()
""")
    first, expression, caret = said.splitlines()
    assert first.startswith("plan.yaml:8:30: table tickets has no column tpye; did you mean type?")
    assert expression == '    title == "投诉" and tpye == 1'
    assert caret == "    " + " " * 20 + "^"


@pytest.mark.parametrize(
    ("target", "holds"),
    [("<= 4h", True), ("不超过4小时", True), ("<= 30 分钟", False), ("2小时以内", True), ("< 119m", False)],
)
def test_targets_have_units_of_time(desk: Desk, target: str, holds: bool) -> None:  # noqa: FBT001
    """Two hours from creation to resolution."""
    desk.tickets({**incident("", "2016-03-01 10:00"), "创建时间": "2016-03-01 08:00"})
    text = f"""
  x:
    name: 时长
    table: tickets
    period_by: created_at
    value: mean(elapsed(created_at, stopped_at))
    target: "{target}"
"""
    assert score(desk, text).pick("x", "value", "verdict") == (120, "pass" if holds else "fail")


def test_a_year_of_no_known_calendar_makes_figures_provisional(desk: Desk) -> None:
    """China's calendar of 2030 is not decreed yet: what is measured by it may change."""
    desk.tickets({**incident("", "2030-03-05 10:00"), "创建时间": "2030-03-04 10:00"})
    text = """
  x:
    name: 时长
    table: tickets
    period_by: created_at
    value: mean(elapsed(created_at, stopped_at, "5x8"))
    target: "<= 24h"
"""
    more = CALENDAR.replace("    hours", "    country: CN\n    hours")

    outcome = desk.score("--as-of", "end", plan=desk.write("plan.yaml", plan(text, period="2030", more=more)))

    assert outcome.pick("x", "value", "verdict", "provisional") == (540, "pass", True)


def test_a_row_missed_by_a_due_moment_of_the_plan_is_told_with_it(desk: Desk) -> None:
    """Created at 08:00, due two hours later; the export's own due time says otherwise and has no part in it."""
    desk.tickets({**incident("2016-03-09 08:00", "2016-03-01 10:30"), "创建时间": "2016-03-01 08:00"})
    text = """
  x:
    name: 两小时到场率
    table: tickets
    period_by: created_at
    value: share(in_time(stopped_at, due(created_at, 2h)))
    target: ">= 90%"
"""
    printed = desk.run("score", plan=desk.write("plan.yaml", plan(text))).printed

    assert "2016-03-01 10:00" in printed
    assert "2016-03-09" not in printed


SPENT = "  x: {name: 例, table: tickets, period_by: created_at, value: 'mean(elapsed(created_at, stopped_at))'}"
ON_SITE = (
    "  x: {name: 例, table: tickets, period_by: created_at, value: 'share(in_time(stopped_at, due(created_at, 4h)))'}"
)


def test_a_day_beside_times_starts_and_stops_no_clock(desk: Desk) -> None:
    """The second row's day could be any hour of it: it is blank, and without a limit."""
    desk.tickets(
        {**incident("", "2016-03-01 10:00"), "创建时间": "2016-03-01 08:00"},
        {**incident("", "2016-03-02 10:00"), "创建时间": "2016-03-02"},
        {**incident("", "2016-03-03"), "创建时间": "2016-03-02 08:00"},
    )

    spent, on_site = score(desk, SPENT), score(desk, ON_SITE)

    assert spent.pick("x", "value", "excluded_by") == (120, {"blank": 2})
    assert on_site.pick("x", "met", "missed", "excluded_by") == (1, 1, {"no_limit": 1})


def test_columns_of_days_alone_are_told_and_refused_under_limits_in_hours(desk: Desk) -> None:
    """Two days from midnight to midnight; four hours of a day nobody knows the hour of judge nothing."""
    desk.tickets({**incident("", "2016-03-03"), "创建时间": "2016-03-01"})

    outcome = score(desk, SPENT)

    assert outcome.pick("x", "value") == (2880,)
    assert "创建时间 shows no time of day in any row; lengths of time" in outcome.notes
    refused = score(desk, ON_SITE)
    assert refused.exit_code == 3
    assert "创建时间 各行都没有时刻；due(created_at, 4h) 需要时刻" in refused.said


def test_incidents_after_changes_are_found_in_a_table_of_the_plans_own(desk: Desk) -> None:
    """Of three changes, A was followed by an incident in its group within 72 hours, B later, C in another group."""
    changes = [
        {"项目": PROJECT, "处理组": group, "实施时间": at}
        for group, at in (("A", "2016-03-01 08:00"), ("B", "2016-03-01 08:00"), ("C", "2016-03-01 08:00"))
    ]
    desk.put("变更.csv", changes)
    times = {"A": "2016-03-04 08:00", "B": "2016-03-04 08:01", "D": "2016-03-01 09:00"}
    desk.tickets(*({**incident(), "处理组": group, "创建时间": at} for group, at in times.items()))
    tables = """
tables:
  changes:
    columns:
      group: {type: text, heading: 处理组}
      done_at: {type: datetime, heading: 实施时间}
"""
    text = """
  x:
    name: 变更致事件率
    table: changes
    period_by: done_at
    value: share(exists(tickets, same(group), type == "事件", 72h after done_at))
    target: "<= 5%"
"""
    assert score(desk, text, more=tables).pick("x", "numerator", "denominator", "verdict") == (1, 3, "fail")
