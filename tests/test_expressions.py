"""Random expressions over random rows, against an interpreter that shares nothing with the engine."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import lcm
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interpreter import EXCLUDED, MET, MISSED, PENDING, Expression, figure, text, value
from opskpi.arrow import strings
from opskpi.indicators.columns import MISSED_END, Clock, Elsewhere, Rows, State
from opskpi.indicators.conditions import conditions
from opskpi.indicators.definitions import Definition, Window
from opskpi.indicators.moments import moments
from opskpi.indicators.numbers import numbers
from opskpi.indicators.outcomes import outcomes
from opskpi.indicators.readings import read
from opskpi.indicators.syntax import parse
from opskpi.indicators.typing import aggregate, check
from opskpi.model.service import Calendar
from opskpi.tables import load
from opskpi.tables.columns import NAT, NO, UNKNOWN, YES, Column, Numbers, Texts, Words
from opskpi.tables.instants import microseconds
from opskpi.tables.wholes import wholes
from opskpi.worktime import compile_calendar

TICKETS = load("tickets")
UTC = ZoneInfo("UTC")
SLOW = [HealthCheck.filter_too_much, HealthCheck.too_slow]
#: Monday; nine hours a day from there on, but for the week-end.
MONDAY = datetime(2016, 3, 7)  # noqa: DTZ001 - wall clock
AS_OF = MONDAY + timedelta(days=8)
FIVE_BY_EIGHT = Calendar("5x8", windows=(((540, 1080),),) * 5 + ((), ()))
SERVICES = {
    name: compile_calendar(calendar, UTC, date(2016, 1, 1), date(2016, 12, 31))
    for name, calendar in (("", Calendar("", always=True)), ("5x8", FIVE_BY_EIGHT))
}

INSTANTS = ("created_at", "resolved_at", "closed_at", "resolve_due_at")
MINUTES = ("paused_minutes", "resolve_minutes")
MOMENT = st.none() | st.integers(0, 14 * 24 * 6).map(lambda steps: MONDAY + timedelta(minutes=10 * steps, seconds=7))
#: Minutes, and now and then such as need more than 64 bits beside each other: tiny and large ones at 15 digits.
AMOUNT = st.one_of(
    st.none(),
    st.integers(-40, 400).map(lambda sixths: Fraction(sixths, 6)),
    st.integers(-40, 400).map(lambda sixths: Fraction(sixths, 6)),
    st.sampled_from(
        ["0.0333333333333333", "0.1234567890123", "0.0000123456789012345", "510100", "99999.999999999"]
    ).map(Fraction),
)
ROW = st.fixed_dictionaries(
    {
        **dict.fromkeys(INSTANTS, MOMENT),
        **dict.fromkeys(MINUTES, AMOUNT),
        "reopened": st.none() | st.integers(0, 5).map(Fraction),
        "satisfaction": st.none() | st.integers(2, 10).map(lambda half: Fraction(half, 2)),
        "sla_flag": st.none() | st.booleans(),
        "status": st.sampled_from([None, "new", "in_progress", "resolved", "closed", "cancelled"]),
        "priority": st.sampled_from([None, "P1", "P2", "紧急"]),
        "ticket_id": st.sampled_from([None, "A", "B", "C"]),
        "project": st.integers(0, 2),
    }
)
ROWS = st.lists(ROW, min_size=1, max_size=25)


def column(name: str) -> st.SearchStrategy[Expression]:
    return st.just(("column", name))


def literal(constant: object, written: str) -> Expression:
    return ("literal", constant, written)


INSTANT = st.one_of(
    *map(column, (*INSTANTS, "stopped_at")),
    st.tuples(
        st.just("call"),
        st.just("due"),
        st.one_of(*map(column, INSTANTS)),
        st.sampled_from([literal(Fraction(90), "90m"), literal(Fraction(240), "4h"), literal(Fraction(630), "10.5h")]),
    ),
    st.tuples(
        st.just("call"),
        st.just("due"),
        st.one_of(*map(column, INSTANTS)),
        st.sampled_from([literal(Fraction(240), "4h"), literal(Fraction(2), "2wd"), literal(Fraction(1700), "1700m")]),
        st.just(literal("5x8", '"5x8"')),
    ),
)
BARE = st.sampled_from([literal(Fraction(0), "0"), literal(Fraction(3), "3"), literal(Fraction(7, 2), "3.5")])


def calculated(
    signs: str, left: st.SearchStrategy[Expression], right: st.SearchStrategy[Expression]
) -> st.SearchStrategy[Expression]:
    return st.tuples(st.sampled_from(list(signs)), left, right)


MINUTE: st.SearchStrategy[Expression] = st.deferred(
    lambda: st.one_of(
        *map(column, MINUTES),
        st.sampled_from([literal(Fraction(30), "30m"), literal(Fraction(90), "1.5h"), literal(Fraction(270), "4h30m")]),
        st.tuples(st.just("call"), st.just("elapsed"), INSTANT, INSTANT),
        st.tuples(st.just("call"), st.just("elapsed"), INSTANT, INSTANT, st.just(literal("5x8", '"5x8"'))),
        calculated("+-", MINUTE, MINUTE),
        calculated("*/", MINUTE, PLAIN),
        st.tuples(st.just("-"), MINUTE),
    )
)
RATIO: st.SearchStrategy[Expression] = st.deferred(
    lambda: st.one_of(
        st.just(literal(Fraction(9, 10), "90%")),
        calculated("/", MINUTE, MINUTE),
        calculated("+-*", RATIO, RATIO),
        st.tuples(st.just("-"), RATIO),
    )
)
PLAIN: st.SearchStrategy[Expression] = st.deferred(
    lambda: st.one_of(
        column("reopened"),
        calculated("+-*", PLAIN, BARE),
        calculated("+-*", PLAIN, PLAIN),
        calculated("*", PLAIN, RATIO),
    )
)
NUMBER = st.one_of(MINUTE, RATIO, PLAIN, column("satisfaction"))
SIGN = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
EQUAL = st.sampled_from(["==", "!="])
WORD = st.sampled_from([literal("new", '"new"'), literal("closed", '"已关闭"'), literal("resolved", '"resolved"')])
PRIORITY = st.sampled_from([literal("P1", '"P1"'), literal("紧急", '"紧急"')])
CONDITION: st.SearchStrategy[Expression] = st.deferred(
    lambda: st.one_of(
        column("sla_flag"),
        st.tuples(SIGN, MINUTE, MINUTE),
        st.tuples(SIGN, RATIO, RATIO),
        st.tuples(SIGN, PLAIN, BARE),
        st.tuples(SIGN, column("satisfaction"), BARE),
        st.tuples(SIGN, INSTANT, INSTANT),
        st.tuples(EQUAL, column("status"), WORD),
        st.tuples(EQUAL, column("priority"), column("ticket_id")),
        st.tuples(st.just("in"), column("priority"), st.lists(PRIORITY, min_size=1, max_size=3)),
        st.tuples(st.just("null"), st.one_of(NUMBER, INSTANT, column("priority"), column("sla_flag"))),
        st.tuples(st.sampled_from(["and", "or"]), CONDITION, CONDITION),
        st.tuples(st.just("not"), CONDITION),
    )
)
OUTCOME: st.SearchStrategy[Expression] = st.deferred(
    lambda: st.one_of(
        st.tuples(st.just("call"), st.sampled_from(["in_time", "done"]), INSTANT, INSTANT),
        st.tuples(st.sampled_from(["and", "or"]), OUTCOME, OUTCOME),
        st.tuples(st.just("not"), OUTCOME),
    )
)


def short(expressions: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Keep what a hand might write; longer ones are refused anyway."""
    return expressions.filter(lambda node: len(text(node)) <= 400)


def block(facts: Sequence[dict[str, Any]], *, over: bool = False) -> Rows:
    """Make typed columns of rows, as the exports' reader would."""

    def words(name: str, known: Sequence[str]) -> np.ndarray:
        return np.array([known.index(fact[name]) if fact[name] else -1 for fact in facts], dtype=np.int32)

    states, priorities = tuple(TICKETS.kinds["status"].words), ["P1", "P2", "紧急"]
    columns: dict[str, Column] = {
        name: np.array([NAT if fact[name] is None else microseconds(fact[name]) for fact in facts]) for name in INSTANTS
    }
    for name in (*MINUTES, "reopened", "satisfaction"):
        blank = np.array([fact[name] is None for fact in facts])
        scale = lcm(6, *(fact[name].denominator for fact in facts if fact[name] is not None))
        columns[name] = Numbers(wholes([int((fact[name] or 0) * scale) for fact in facts], scale), scale, blank)
    flags = {None: UNKNOWN, True: YES, False: NO}
    columns |= {
        "sla_flag": np.array([flags[fact["sla_flag"]] for fact in facts], dtype=np.int8),
        "status": Words(words("status", states).astype(np.int8), states),
        "priority": Texts(words("priority", priorities), priorities),
        "ticket_id": strings([fact["ticket_id"] for fact in facts]),
    }
    owners = np.array([fact["project"] for fact in facts], dtype=np.int32)
    clock = Clock(microseconds(AS_OF), period_ended=over)
    return Rows(TICKETS, columns, owners, np.ones(len(facts), dtype=bool), clock, services=SERVICES)


def expected(node: Expression, facts: Sequence[dict[str, Any]], *, over: bool = False) -> list[Any]:
    return [value(node, fact, AS_OF, over=over) for fact in facts]


@given(node=short(NUMBER), facts=ROWS)
@settings(deadline=None, suppress_health_check=SLOW, max_examples=150)
def test_numbers(node: Expression, facts: list[dict[str, Any]]) -> None:
    typed, found = check(parse(text(node)), TICKETS)
    assert found.name == "number"
    given_ = numbers(typed, block(facts))
    read_ = [None if blank else each for each, blank in zip(given_.fractions(), given_.blank.tolist(), strict=True)]
    assert read_ == expected(node, facts)


@given(node=short(INSTANT), facts=ROWS)
@settings(deadline=None, suppress_health_check=SLOW, max_examples=80)
def test_moments(node: Expression, facts: list[dict[str, Any]]) -> None:
    typed, _ = check(parse(text(node)), TICKETS)
    wanted = [NAT if each is None else microseconds(each) for each in expected(node, facts)]
    assert moments(typed, block(facts)).tolist() == wanted


@given(node=short(CONDITION), facts=ROWS)
@settings(deadline=None, suppress_health_check=SLOW, max_examples=150)
def test_conditions(node: Expression, facts: list[dict[str, Any]]) -> None:
    typed, found = check(parse(text(node)), TICKETS)
    assert found.name == "condition"
    codes = {None: UNKNOWN, True: YES, False: NO}
    assert conditions(typed, block(facts)).tolist() == [codes[each] for each in expected(node, facts)]


@given(node=short(OUTCOME), facts=ROWS, over=st.booleans())
@settings(deadline=None, suppress_health_check=SLOW, max_examples=80)
def test_outcomes(node: Expression, facts: list[dict[str, Any]], over: bool) -> None:  # noqa: FBT001
    typed, found = check(parse(text(node)), TICKETS)
    assert found.name == "outcome"
    read_ = [_class(State(code)) for code in outcomes(typed, block(facts, over=over), {}).tolist()]
    assert read_ == expected(node, facts, over=over)


def _class(state: State) -> int:
    if state < MISSED_END:
        return MISSED
    return {State.MET: MET, State.PENDING: PENDING}.get(state, EXCLUDED)


def readings(value_text: str, facts: Sequence[dict[str, Any]], cut: int) -> list[Any]:
    """Read an aggregate over the rows, parted into two blocks."""
    definition = Definition(TICKETS, None, (), "resolve_due_at", aggregate(value_text, TICKETS))
    ever = Window(microseconds(MONDAY), microseconds(MONDAY + timedelta(days=99)))
    dated = [{**fact, "resolve_due_at": fact["resolve_due_at"] or MONDAY} for fact in facts]
    blocks = [block(part) for part in (dated[:cut], dated[cut:]) if part]
    return list(read(definition, blocks, ever, [0, 0, 0]).by_project)


@given(
    node=short(NUMBER),
    facts=ROWS,
    cut=st.integers(0, 25),
    function=st.sampled_from(["sum", "mean", "min", "max", "median", "distinct"]),
)
@settings(deadline=None, suppress_health_check=SLOW, max_examples=120)
def test_aggregates(node: Expression, facts: list[dict[str, Any]], cut: int, function: str) -> None:
    """Whatever the blocks, each project's figure is the interpreter's, and each row is counted or blank."""
    facts = [{**fact, "resolve_due_at": fact["resolve_due_at"] or MONDAY} for fact in facts]
    found = readings(f"{function}({text(node)})", facts, cut)
    for project, reading in enumerate(found):
        mine = expected(node, [fact for fact in facts if fact["project"] == project])
        assert reading.value == figure(function, mine)
        assert reading.counted == sum(each is not None for each in mine)
        assert reading.excluded.get("blank", 0) == sum(each is None for each in mine)
        assert reading.accepted == len(mine)


@given(node=short(NUMBER), facts=ROWS, cut=st.integers(0, 25), percent=st.integers(1, 100))
@settings(deadline=None, suppress_health_check=SLOW, max_examples=80)
def test_quantiles(node: Expression, facts: list[dict[str, Any]], cut: int, percent: int) -> None:
    facts = [{**fact, "resolve_due_at": fact["resolve_due_at"] or MONDAY} for fact in facts]
    for project, reading in enumerate(readings(f"quantile({text(node)}, {percent}%)", facts, cut)):
        mine = expected(node, [fact for fact in facts if fact["project"] == project])
        assert reading.value == figure("quantile", mine, Fraction(percent, 100))


@given(node=short(NUMBER), weight=short(PLAIN), facts=ROWS, cut=st.integers(0, 25))
@settings(deadline=None, suppress_health_check=SLOW, max_examples=60)
def test_weighted_means(node: Expression, weight: Expression, facts: list[dict[str, Any]], cut: int) -> None:
    facts = [{**fact, "resolve_due_at": fact["resolve_due_at"] or MONDAY} for fact in facts]
    for project, reading in enumerate(readings(f"wmean({text(node)}, {text(weight)})", facts, cut)):
        mine = [fact for fact in facts if fact["project"] == project]
        pairs = zip(expected(node, mine), expected(weight, mine), strict=True)
        known = [(each, by) for each, by in pairs if each is not None and by is not None]
        below = sum((by for _, by in known), Fraction(0))
        assert reading.denominator == below
        assert reading.value == (sum((each * by for each, by in known), Fraction(0)) / below if below else None)


@given(name=st.sampled_from(["priority", "ticket_id", "status"]), facts=ROWS, cut=st.integers(0, 25))
@settings(deadline=None, suppress_health_check=SLOW, max_examples=50)
def test_different_words(name: str, facts: list[dict[str, Any]], cut: int) -> None:
    for project, reading in enumerate(readings(f"distinct({name})", facts, cut)):
        assert reading.value == figure("distinct", [fact[name] for fact in facts if fact["project"] == project])


@given(
    facts=ROWS,
    asked=short(CONDITION),
    keys=st.lists(st.sampled_from(["priority", "ticket_id"]), unique=True),
    moment=short(INSTANT),
    window=st.tuples(st.integers(1, 200), st.sampled_from(["after", "before"])),
    cut=st.integers(0, 25),
)
@settings(deadline=None, suppress_health_check=SLOW, max_examples=100)
def test_other_rows_are_found_as_by_looking_at_each(
    facts: list[dict[str, Any]],
    asked: Expression,
    keys: list[str],
    moment: Expression,
    window: tuple[int, str],
    cut: int,
) -> None:
    """Every row is held against every other one; rows of no creation time are nobody's match."""
    hours, word = window
    written = f"exists(tickets, same({', '.join(keys)}), {text(asked)}, {hours}h {word} {text(moment)})"
    typed, _ = check(parse(written), TICKETS)
    blocks = [block(part) for part in (facts[:cut], facts[cut:]) if part]
    elsewhere = Elsewhere({"tickets": blocks})
    found = [code for each in blocks for code in conditions(typed, replace(each, elsewhere=elsewhere)).tolist()]
    matching = [value(asked, fact, AS_OF, over=False) is True for fact in facts]

    def lies(ours: datetime, theirs: datetime) -> bool:
        gap = theirs - ours if word == "after" else ours - theirs
        return timedelta() < gap <= timedelta(hours=hours)

    for at, fact in enumerate(facts):
        ours = value(moment, fact, AS_OF, over=False)
        if ours is None or any(fact[key] is None for key in keys):
            assert found[at] == UNKNOWN
            continue
        others = [
            other["created_at"]
            for place, other in enumerate(facts)
            if place != at
            and matching[place]
            and other["project"] == fact["project"]
            and all(other[key] == fact[key] for key in keys)
        ]
        hit = any(theirs is not None and theirs <= AS_OF and lies(ours, theirs) for theirs in others)
        assert found[at] == (YES if hit else NO)
