"""The indicator language: its grammar, its type check, and its columns against a row-by-row interpreter."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opskpi.arrow import strings
from opskpi.errors import SettingsError
from opskpi.indicators.columns import Clock, Rows, State
from opskpi.indicators.conditions import conditions
from opskpi.indicators.nodes import Both, Call, Compare, Literal, Name, Not
from opskpi.indicators.numbers import numbers
from opskpi.indicators.outcomes import outcomes
from opskpi.indicators.syntax import parse
from opskpi.indicators.tokens import ExpressionError
from opskpi.indicators.typing import aggregate, condition
from opskpi.tables import load
from opskpi.tables.columns import NAT, NO, UNKNOWN, YES, Numbers, Texts, Words

TICKETS = load("tickets")


def test_and_binds_closer_than_or_and_not_closest() -> None:
    assert parse("a or b and not c") == Both("or", Name("a"), Both("and", Name("b"), Not(Name("c"))))


def test_membership_is_a_chain_of_equalities() -> None:
    assert parse('x in ("a", "b")') == Both(
        "or", Compare("==", Name("x"), Literal("a")), Compare("==", Name("x"), Literal("b"))
    )
    assert parse("f(x, 1)").__class__ is Call


@pytest.mark.parametrize(
    ("text", "key", "at"),
    [
        ("type = 1", "strange_letter", 5),
        ('type == "incident" and', "unexpected", 22),
        ("(type", "expected", 5),
        ("type == ", "unexpected", 8),
        ("__import__('os')", "unknown_function", 0),
        ("type.__class__", "strange_letter", 4),
        ("tpye == 'incident'", "unknown_column", 0),
        ('type == "incidnt"', "not_in_vocabulary", 8),
        ("created_at", "not_a_condition", 0),
        ("type > 'incident'", "not_ordered", 5),
        ("priority == null", "compare_null", 9),
        ("reopened == 'x'", "mixed_types", 9),
        ("count() == 1", "aggregate_inside", 0),
        ("in_time(created_at)", "argument_count", 0),
        ("not created_at", "wrong_type", 0),
    ],
)
def test_mistakes_are_named_with_their_place(text: str, key: str, at: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        condition(text, TICKETS)
    assert (caught.value.sentence.key, caught.value.at) == (key, at)


@pytest.mark.parametrize(
    "text",
    ["(" * 200 + "type" + ")" * 200, "not " * 5000 + "sla_flag", "9" * 3000, 'priority == "' + "x" * 3000 + '"'],
)
def test_huge_or_deep_expressions_are_refused_at_once(text: str) -> None:
    with pytest.raises(ExpressionError):
        condition(text, TICKETS)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("count()", "count"),
        ("share(sla_met and response_met)", "ratio"),
        ("share(not sla_met)", "ratio"),
        ("share(reopened == 0 and sla_met)", "ratio"),
        ('share(type == "投诉")', "ratio"),
        ("mean(satisfaction)", "score"),
        ("max(paused_minutes)", "minutes"),
    ],
)
def test_a_value_is_one_aggregate_with_its_unit(text: str, unit: str) -> None:
    assert aggregate(text, TICKETS).unit == unit


@pytest.mark.parametrize("text", ["sla_met", "share(created_at)", "count(type)", "mean()", "median(type)"])
def test_what_is_no_aggregate_of_its_type_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        aggregate(text, TICKETS)


def rows(clock: Clock, **columns: object) -> Rows:
    """Make a block of ticket rows from typed columns."""
    count = max(len(column) for column in columns.values())  # type: ignore[arg-type]
    owners = np.zeros(count, dtype=np.int32)
    return Rows(TICKETS, columns, owners, np.ones(count, dtype=bool), clock)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sla_flag and response_flag", min),
        ("sla_flag or response_flag", max),
    ],
)
def test_conditions_follow_kleene(text: str, expected: object) -> None:
    pairs = [(a, b) for a in (NO, UNKNOWN, YES) for b in (NO, UNKNOWN, YES)]
    block = rows(
        Clock(0, period_ended=True),
        sla_flag=np.array([a for a, _ in pairs], dtype=np.int8),
        response_flag=np.array([b for _, b in pairs], dtype=np.int8),
    )
    assert conditions(parse(text), block).tolist() == [expected(pair) for pair in pairs]  # type: ignore[operator]
    assert conditions(parse("not sla_flag"), block).tolist() == [2 - a for a, _ in pairs]


def test_text_and_vocabulary_compare_in_either_spelling() -> None:
    block = rows(
        Clock(0, period_ended=True),
        type=Words(np.array([0, 2, -1], dtype=np.int8), tuple(TICKETS.kinds["type"].words)),
        priority=Texts(np.array([0, 1, -1], dtype=np.int32), ["P1", "P2"]),
        ticket_id=strings(["A", "B", None]),
    )
    both = condition('type == "投诉" or priority == "P1"', TICKETS)
    assert conditions(both, block).tolist() == [YES, YES, UNKNOWN]
    assert conditions(condition('ticket_id != "A"', TICKETS), block).tolist() == [NO, YES, UNKNOWN]
    assert conditions(condition("priority is null", TICKETS), block).tolist() == [NO, NO, YES]


_MOMENT = st.one_of(st.none(), st.integers(0, 6))


def judged(stop: int | None, closed: int | None, due: int | None, state: str | None, as_of: int) -> str:
    """Judge one row as design rule 4 has it, in plain Python."""
    happened = [moment for moment in (stop, closed) if moment is not None and moment <= as_of]
    if due is None:
        return "NO_LIMIT"
    if stop is None and closed is None and state in ("resolved", "closed"):
        return "NO_STOP_TIME"
    if happened:
        return "MET" if happened[0] <= due else "LATE"
    return "OPEN_PAST_DUE" if as_of > due else "PENDING"


def completed(
    stop: int | None, closed: int | None, due: int | None, state: str | None, as_of: int, *, over: bool
) -> str:
    """Judge completion as design section 3 has it, in plain Python."""
    if any(moment is not None and moment <= as_of for moment in (stop, closed)):
        return "MET"
    if stop is None and closed is None and state in ("resolved", "closed"):
        return "MET"
    late = over if due is None else as_of > due
    return "OPEN_PAST_DUE" if late else "PENDING"


@given(
    facts=st.lists(
        st.tuples(_MOMENT, _MOMENT, _MOMENT, st.sampled_from([None, "new", "resolved", "closed", "cancelled"])),
        min_size=1,
        max_size=30,
    ),
    as_of=st.integers(0, 7),
    over=st.booleans(),
)
@settings(deadline=None)
def test_outcomes_are_those_of_a_row_by_row_judge(
    facts: list[tuple[int | None, int | None, int | None, str | None]],
    as_of: int,
    over: bool,  # noqa: FBT001
) -> None:
    words = tuple(TICKETS.kinds["status"].words)

    def moments(values: list[int | None]) -> np.ndarray:
        return np.array([NAT if value is None else value for value in values], dtype=np.int64)

    block = rows(
        Clock(as_of, period_ended=over),
        resolved_at=moments([fact[0] for fact in facts]),
        closed_at=moments([fact[1] for fact in facts]),
        resolve_due_at=moments([fact[2] for fact in facts]),
        status=Words(np.array([words.index(f[3]) if f[3] else -1 for f in facts], dtype=np.int8), words),
    )
    in_time = outcomes(parse("in_time(stopped_at, resolve_due_at)"), block, {})
    assert [State(code).name for code in in_time] == [judged(*fact, as_of) for fact in facts]
    done = outcomes(Name("completed"), block, {})
    assert [State(code).name for code in done] == [completed(*fact, as_of, over=over) for fact in facts]


def test_outcomes_join_by_their_order_missed_excluded_pending_met() -> None:
    order = ["LATE", "NO_LIMIT", "PENDING", "MET"]
    assert sorted(order, key=lambda name: State[name]) == order


HARMFUL = [
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "created_at.__class__",
    "open('/etc/passwd')",
    "eval('1')",
    "exec('import os')",
    "lambda: 1",
    "[x for x in type]",
    "type; import os",
    "f'{type}'",
    "9**9**9",
    "9**9**9 > 1",
    "9" * 19 + " > 1",
    "9" * 1999,
    "1e999999999 > 1",
    "0x10 > 1",
    "(" * 999 + "type" + ")" * 999,
    "not " * 499 + "sla_flag",
    "-" * 1990 + "reopened",
    "reopened" + "+reopened" * 200 + " > 1",
    "sla_flag" + " and sla_flag" * 150,
    "elapsed(" * 240 + "created_at",
    'title == "' + "x" * 100_000 + '"',
    'title == "' + "a" * 1900,
    "created_at" * 300,
    "4" + "h4m" * 600 + " > 1h",
    "9" + "9h" * 900 + " > 1h",
    "1" + ".1" * 900,
    "type == 'incident' -- drop table",
    "type == 'incident' or 1=1",
    "\x00",
    "type\u202e == 'x'",
    "${type}",
    "{{ 7 * 7 }}",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("text", HARMFUL)
def test_harmful_expressions_are_refused_at_once_and_in_words(text: str) -> None:
    """No Python, no powers, no depth that a walk would drown in, no text that a pattern would chew on."""
    for read in (condition, aggregate):
        begun = time.perf_counter()
        with pytest.raises(ExpressionError) as caught:
            read(text, TICKETS)
        assert time.perf_counter() - begun < 1  # some milliseconds; a bomb takes minutes
        assert caught.value.sentence.text("en")
        assert caught.value.sentence.text("zh")
        assert 0 <= caught.value.at <= len(text)


def test_products_beyond_all_reason_stop_the_run_in_words() -> None:
    """A product of many long numbers has thousands of digits a row; it is refused, not awaited."""
    text = "reopened" + " * 999999999999999999" * 40
    ones = Numbers(np.ones(3, np.int64), 1, np.zeros(3, bool))
    block = replace(rows(Clock(0, period_ended=True), title=strings(["a", "b", "c"])), columns={"reopened": ones})
    with pytest.raises(SettingsError, match="beyond all reason"):
        numbers(parse(text), block)


@pytest.mark.parametrize(
    ("text", "key", "at"),
    [
        ("resolve_minutes > 90%", "mixed_units", 16),
        ("resolve_minutes > 30", "limit_bare", 18),
        ("resolve_minutes + 30 > 1h", "limit_bare", 18),
        ("resolve_minutes > satisfaction", "mixed_units", 16),
        ("resolve_minutes * resolve_minutes > 1h", "units_multiplied", 16),
        ("reopened / resolve_minutes > 1", "units_divided", 9),
        ("resolve_minutes > 4d", "limit_bare_days", 18),
        ("resolve_minutes > 4 d", "unexpected", 20),
        ("resolve_minutes > 4apples", "limit_unreadable", 18),
        ("resolve_minutes > 2wd", "mixed_types", 16),
        ("stopped_at - created_at > 4h", "use_elapsed", 11),
        ("created_at + 4h > closed_at", "use_due", 11),
        ("elapsed(created_at) > 4h", "argument_count", 0),
        ("elapsed(created_at, 4h) > 4h", "argument_type", 20),
        ("elapsed(created_at, closed_at, priority) > 4h", "argument_type", 31),
        ("due(created_at, resolve_minutes) > closed_at", "argument_type", 16),
        ("due(created_at, 2wd) > closed_at", "workdays_need_calendar", 16),
        ("type + 1 > 2", "wrong_type", 0),
        ("-type == 1", "wrong_type", 0),
        ("sla_met is null", "wrong_type", 8),
        ("reopened ** 2 > 1", "no_powers", 10),
        ("exists()", "unknown_table", 0),
        ("exists(ticket, 72h after closed_at)", "unknown_table", 7),
        ("exists(tickets)", "exists_wants", 0),
        ("exists(tickets, 2wd after closed_at)", "exists_wants", 16),
        ("exists(tickets, 72h after type)", "wrong_type", 26),
        ("exists(tickets, same(created_at), 72h after closed_at)", "wrong_type", 21),
        ("exists(surveys, same(ticket_id), score, 72h after closed_at)", "wrong_type", 33),
        ("exists(surveys, same(title), 72h after closed_at)", "unknown_column", 21),
        ("72h after closed_at", "unknown_function", 4),
    ],
)
def test_units_and_arguments_are_checked_with_their_place(text: str, key: str, at: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        condition(text, TICKETS)
    assert (caught.value.sentence.key, caught.value.at) == (key, at)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("mean(elapsed(created_at, closed_at))", "minutes"),
        ("mean(resolve_minutes / 4h)", "ratio"),
        ("mean(resolve_minutes / 2)", "minutes"),
        ("sum(resolve_minutes * reopened)", "minutes"),
        ("mean(satisfaction / 5)", "score"),
        ("sum(reopened * 2)", "number"),
        ("mean(reopened / reopened)", "ratio"),
        ("wmean(satisfaction, reopened)", "score"),
        ("quantile(resolve_minutes, 90%)", "minutes"),
        ("distinct(title)", "count"),
        ("downtime(created_at, closed_at)", "minutes"),
        ("mean(1)", "number"),
    ],
)
def test_units_follow_from_the_columns(text: str, unit: str) -> None:
    assert aggregate(text, TICKETS).unit == unit


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('count(type == "incident")', "count_takes_none"),
        ("quantile(satisfaction, 90)", "argument_type"),
        ("quantile(satisfaction, 0%)", "argument_type"),
        ("quantile(satisfaction, reopened)", "argument_type"),
        ("quantile(satisfaction)", "argument_count"),
        ("distinct(created_at)", "argument_type"),
        ("percentile(satisfaction, 90%)", "not_an_aggregate"),
        ("mean(satisfaction) / 2", "not_an_aggregate"),
    ],
)
def test_aggregates_take_what_they_take(text: str, key: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        aggregate(text, TICKETS)
    assert caught.value.sentence.key == key


def test_full_width_signs_mean_what_they_look_like() -> None:
    assert parse("in_time（created_at，closed_at）") == parse("in_time(created_at, closed_at)")
    assert parse("reopened ＞ 1 × 2 ÷ 3 − 4") == parse("reopened > 1 * 2 / 3 - 4")
