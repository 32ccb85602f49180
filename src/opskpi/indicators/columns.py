"""Evaluation: an expression over the columns of a block of rows becomes one column.

Conditions are Kleene's: no < unknown < yes. Outcomes are ordered missed < excluded <
pending < met, each code with its reason, so that `and` is the least and `or` the greatest.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from opskpi.arrow import booleans, strings
from opskpi.indicators.syntax import Both, Call, Compare, IsNull, Literal, Name, Node, Not, parse
from opskpi.tables import Table
from opskpi.tables.columns import NAT, NO, UNKNOWN, YES, Column, Numbers, Texts, Words, is_blank


class State(IntEnum):
    """What a row is to an indicator; outcomes first, in their order."""

    LATE = 0
    OPEN_PAST_DUE = 1
    NO_STOP_TIME = 2
    FLAGGED_NO = 3
    FALSE = 4
    OVER_LIMIT = 5
    UNANSWERED = 6
    NO_LIMIT = 10
    BLANK = 11
    NO_RESPONSE = 12
    PENDING = 20
    MET = 30
    COUNTED = 40
    ELIGIBLE = 41
    FILTERED = 50
    OUT_OF_PERIOD = 51
    REASON = 60
    """The first of the plan's own exclusions; the next ones follow."""
    IGNORED = 127
    """A row that was not accepted."""


#: Outcomes below this are misses.
MISSED_END = State.NO_LIMIT


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment the state is judged at (microseconds of the wall clock), and whether the period is over.

    Where projects have periods of their own, that is told of each row.
    """

    as_of: int
    period_ended: bool | NDArray[np.bool_]


@dataclass(slots=True)
class Rows:
    """A block of rows of one table, with the project of each; evaluated parts are kept.

    `unanswered` is what finished rows without a response time are where time judges; None leaves them open.
    """

    table: Table
    columns: Mapping[str, Column]
    projects: NDArray[np.int32]
    accepted: NDArray[np.bool_]
    clock: Clock
    unanswered: State | None = None
    kept: dict[Node | str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.projects)

    def moments(self, name: str) -> NDArray[np.int64]:
        """Get a column of moments; events later than `as_of` read as blank (rule 5)."""
        return self._keep(f"moments {name}", lambda: self._moments(name))

    def stops(self) -> NDArray[np.int64]:
        """Get when each row stopped: the first of the table's stop columns that is filled."""
        return self._keep("stops", self._stops)

    def unseen_stops(self) -> NDArray[np.bool_]:
        """Tell which rows are resolved or closed by their state but have no stop time at all."""
        return self._keep("unseen stops", self._unseen_stops)

    def finished(self) -> NDArray[np.bool_]:
        """Tell which rows have stopped, at a time that is known or not."""
        return self._keep("finished", lambda: (self.stops() != NAT) | self.unseen_stops())

    def filled(self, *names: str) -> NDArray[np.bool_]:
        """Tell which rows hold a moment in any of some columns, be it later than `as_of`."""
        there = np.zeros(len(self), dtype=bool)
        for name in names:
            values = self.columns.get(name)
            if isinstance(values, np.ndarray):
                there |= values != NAT
        return there

    def _keep(self, name: str, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    def _stops(self) -> NDArray[np.int64]:
        first, *others = (self.moments(name) for name in self.table.stop)
        for other in others:
            first = np.where(first == NAT, other, first)
        return np.where(self._running_again(), NAT, first)

    def _running_again(self) -> NDArray[np.bool_]:
        """Tell which rows were opened again and are open by their state: what they show of a stop is an older one's."""
        status, reopened = self.columns.get("status"), self.columns.get(self.table.reopened or "")
        if not isinstance(status, Words) or not isinstance(reopened, Numbers):
            return np.zeros(len(self), dtype=bool)
        return np.asarray(~reopened.blank & (reopened.units > 0) & self._in_states(status, stopped=False), dtype=bool)

    def _in_states(self, status: Words, *, stopped: bool) -> NDArray[np.bool_]:
        """Tell which rows' state is one of the table's stopped ones, or another one; a blank state is neither."""
        return np.array([*((word in self.table.stopped_states) == stopped for word in status.words), False])[
            status.codes
        ]

    def _moments(self, name: str) -> NDArray[np.int64]:
        values = self.columns.get(name)
        if not isinstance(values, np.ndarray):
            return np.full(len(self), NAT)
        if name in self.table.computed or self.table.kinds[name].name != "event":
            return values.astype(np.int64, copy=False)
        return np.where(values > self.clock.as_of, NAT, values)

    def _unseen_stops(self) -> NDArray[np.bool_]:
        status = self.columns.get("status")
        if not isinstance(status, Words):
            return np.zeros(len(self), dtype=bool)
        return np.asarray(self._in_states(status, stopped=True) & ~self.filled(*self.table.stop), dtype=bool)


#: Which judgement of each judged column is used for each project; -1 where none is carried.
Choices = Mapping[str, NDArray[np.int8]]


def conditions(node: Node, rows: Rows) -> NDArray[np.int8]:
    """Evaluate a condition: NO, UNKNOWN or YES for each row."""
    if node not in rows.kept:
        rows.kept[node] = _condition(node, rows)
    return rows.kept[node]


def outcomes(node: Node, rows: Rows, choices: Choices) -> NDArray[np.int8]:
    """Evaluate an outcome: a `State` below COUNTED for each row."""
    match node:
        case Name(name) if name in rows.table.judged:
            return _chosen(name, rows, choices[name])
        case Name(name) if name in rows.table.derived:
            return outcomes(parse(rows.table.derived[name]), rows, choices)
        case Both(word, left, right):
            join = np.minimum if word == "and" else np.maximum
            return join(outcomes(left, rows, choices), outcomes(right, rows, choices))
        case Not(inner):
            return _turned(outcomes(inner, rows, choices))
        case Call():
            return _called(node, rows)
    raise AssertionError(node)


def _called(node: Call, rows: Rows) -> NDArray[np.int8]:
    """Evaluate a function of columns that gives an outcome."""
    match node:
        case Call("in_time", (stop, due)):
            states = in_time(*_stops(stop, rows), rows.moments(_name(due)), rows.clock)
            shown = _name(stop) in rows.columns
            return _answered(states, _name(stop), rows, states != State.NO_LIMIT) if shown else states
        case Call("done", (stop, due)):
            return done(*_stops(stop, rows), rows.moments(_name(due)), rows.clock)
        case Call("within", (stop, spent, limit)):
            spent_minutes = numbers(spent, rows)
            states = within(spent_minutes, numbers(limit, rows), *_still_open(stop, rows))
            return _answered(states, _name(stop), rows, spent_minutes.blank)
        case Call("flagged", (flag,)):
            return np.array([State.FLAGGED_NO, State.NO_LIMIT, State.MET], np.int8)[conditions(flag, rows)]
    raise AssertionError(node)


def judgement(name: str, basis: int, rows: Rows) -> NDArray[np.int8]:
    """Evaluate one of a judged column's rules."""
    key = f"judged {name} {basis}"
    if key not in rows.kept:
        rows.kept[key] = outcomes(parse(rows.table.judged[name][basis].rule), rows, {})
    return rows.kept[key]


def carried(name: str, basis: int, rows: Rows) -> NDArray[np.bool_]:
    """Tell which rows carry what a judgement needs."""
    column = rows.columns.get(rows.table.judged[name][basis].carried_by)
    if column is None:
        return np.zeros(len(rows), dtype=bool)
    return ~is_blank(column)


def in_time(
    stop: NDArray[np.int64], unseen: NDArray[np.bool_], due: NDArray[np.int64], clock: Clock
) -> NDArray[np.int8]:
    """Judge stop against due (rule 4): `<=` is met, still open past the limit is missed."""
    states = np.where(stop <= due, np.int8(State.MET), np.int8(State.LATE))
    is_open = stop == NAT
    states[is_open] = np.where(clock.as_of > due[is_open], np.int8(State.OPEN_PAST_DUE), np.int8(State.PENDING))
    states[unseen] = State.NO_STOP_TIME
    states[due == NAT] = State.NO_LIMIT
    return states


def done(stop: NDArray[np.int64], unseen: NDArray[np.bool_], due: NDArray[np.int64], clock: Clock) -> NDArray[np.int8]:
    """Judge completion, however late; open is missed past due, or without due once the period is over."""
    over = np.where(due == NAT, clock.period_ended, clock.as_of > due)
    states = np.where(over, np.int8(State.OPEN_PAST_DUE), np.int8(State.PENDING))
    states[(stop != NAT) | unseen] = State.MET
    return states


def within(spent: Numbers, limit: Numbers, running: NDArray[np.bool_], unseen: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Judge a duration against a limit: `<=` is met; `running` may yet go over, `unseen` are not over by `as_of`."""
    met = _signed("<=", *_common(spent, limit))
    states = np.where(met, np.int8(State.MET), np.int8(State.OVER_LIMIT))
    states[(running & met) | unseen] = State.PENDING
    states[spent.blank | limit.blank] = State.NO_LIMIT
    return states


def _still_open(node: Node, rows: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which rows with a duration are open by their state, and which stop only after `as_of`."""
    stop, _ = _stops(node, rows)
    if _name(node) != "stopped_at":
        return np.zeros(len(rows), dtype=bool), (stop == NAT) & rows.filled(_name(node))
    status = rows.columns.get("status")
    running = np.zeros(len(rows), dtype=bool)
    if isinstance(status, Words):
        running = np.array([*(word not in rows.table.stopped_states for word in status.words), False])[status.codes]
    there = rows.filled(*rows.table.stop)
    return running & ~there, (stop == NAT) & there


def _answered(states: NDArray[np.int8], stop: str, rows: Rows, open_to_it: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Give finished rows that show no response the outcome that the plan states for them."""
    if rows.unanswered is None or stop != rows.table.response:
        return states
    silent = open_to_it & rows.finished() & ~rows.filled(stop)
    return np.where(silent, np.int8(rows.unanswered), states)


def numbers(node: Node, rows: Rows) -> Numbers:
    """Evaluate a number: a column, or one constant for all rows."""
    if isinstance(node, Literal) and isinstance(node.value, Fraction):
        value = node.value
        units = np.full(len(rows), value.numerator, dtype=np.int64)
        return Numbers(units, value.denominator, np.zeros(len(rows), dtype=bool))
    column = rows.columns.get(_name(node))
    if isinstance(column, Numbers):
        return column
    return Numbers(np.zeros(len(rows), dtype=np.int64), 1, np.ones(len(rows), dtype=bool))


def _condition(node: Node, rows: Rows) -> NDArray[np.int8]:
    match node:
        case Literal(value):
            return np.full(len(rows), YES if value else NO, dtype=np.int8)
        case Name(name):
            flags = rows.columns.get(name)
            if isinstance(flags, np.ndarray):
                return flags.astype(np.int8, copy=False)
            return np.full(len(rows), UNKNOWN, dtype=np.int8)
        case Not(inner):
            return np.int8(YES) - conditions(inner, rows)
        case Both(word, left, right):
            join = np.minimum if word == "and" else np.maximum
            return join(conditions(left, rows), conditions(right, rows))
        case IsNull(inner):
            return _yes(_is_blank(inner, rows))
        case Compare():
            return _compare(node, rows)
    raise AssertionError(node)


def _compare(node: Compare, rows: Rows) -> NDArray[np.int8]:
    """Compare two operands; unknown where either is blank."""
    if _is_text(node.left, rows) or _is_text(node.right, rows):
        return _compare_texts(node, rows)
    if _is_moment(node.left, rows):
        left, right = _stops(node.left, rows)[0], _stops(node.right, rows)[0]
        return _with_blanks(_signed(node.sign, left, right), (left == NAT) | (right == NAT))
    if (isinstance(node.left, Literal) and isinstance(node.left.value, bool)) or _is_flag(node.left, rows):
        one, two = conditions(node.left, rows), conditions(node.right, rows)
        return _with_blanks(_signed(node.sign, one, two), (one == UNKNOWN) | (two == UNKNOWN))
    first, second = numbers(node.left, rows), numbers(node.right, rows)
    signed = _signed(node.sign, *_common(first, second))
    return _with_blanks(signed, first.blank | second.blank)


def _common(first: Numbers, second: Numbers) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    """Bring two number columns onto one scale, exactly."""
    biggest = max(abs(first.units).max(initial=0), abs(second.units).max(initial=0))
    exact = np.int64 if int(biggest) * max(first.scale, second.scale) < 2**62 else object
    return first.units.astype(exact) * second.scale, second.units.astype(exact) * first.scale


def _compare_texts(node: Compare, rows: Rows) -> NDArray[np.int8]:
    left, right = node.left, node.right
    if isinstance(left, Literal):
        left, right = right, left
    column = rows.columns.get(_name(left))
    if column is None:
        return np.full(len(rows), UNKNOWN, dtype=np.int8)
    if isinstance(right, Literal):
        equal, blank = _equals(column, str(right.value)), is_blank(column)
    else:
        other = rows.columns.get(_name(right))
        if other is None:
            return np.full(len(rows), UNKNOWN, dtype=np.int8)
        equal, blank = _strings(column) == _strings(other), is_blank(column) | is_blank(other)
    return _with_blanks(equal if node.sign == "==" else ~equal, blank)


def _equals(column: Column, text: str) -> NDArray[np.bool_]:
    if isinstance(column, Words):
        return np.equal(column.codes, column.words.index(text) if text in column.words else -2)
    if isinstance(column, Texts):
        return np.array([*(word == text for word in column.words), False])[column.codes]
    return booleans(pc.equal(column, strings([text])[0]))


def _strings(column: Column) -> NDArray[np.object_]:
    if isinstance(column, Texts | Words):
        return np.array([*column.words, ""], dtype=np.object_)[column.codes]
    assert isinstance(column, pa.StringArray)  # noqa: S101 - what else a text column can be
    return np.array([text or "" for text in column.to_pylist()], dtype=np.object_)


def _is_blank(node: Node, rows: Rows) -> NDArray[np.bool_]:
    if _is_moment(node, rows):
        stop, unseen = _stops(node, rows)
        return np.asarray((stop == NAT) & ~unseen, dtype=bool)
    column = rows.columns.get(_name(node))
    return np.ones(len(rows), dtype=bool) if column is None else is_blank(column)


def _is_moment(node: Node, rows: Rows) -> bool:
    if not isinstance(node, Name):
        return False
    return node.name == "stopped_at" or (node.name in rows.table.kinds and rows.table.kinds[node.name].is_instant)


def _is_text(node: Node, rows: Rows) -> bool:
    if isinstance(node, Literal):
        return isinstance(node.value, str)
    return (
        isinstance(node, Name)
        and node.name in rows.table.kinds
        and rows.table.kinds[node.name].name in ("text", "id", "word")
    )


def _is_flag(node: Node, rows: Rows) -> bool:
    return isinstance(node, Name) and node.name in rows.table.kinds and rows.table.kinds[node.name].name == "flag"


def _stops(node: Node, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Get moments, and which of them happened at a time nobody wrote down."""
    if _name(node) != "stopped_at":
        return rows.moments(_name(node)), np.zeros(len(rows), dtype=bool)
    return rows.stops(), rows.unseen_stops()


def _chosen(name: str, rows: Rows, choice: NDArray[np.int8]) -> NDArray[np.int8]:
    """Judge each project's rows by the judgement that was chosen for the project."""
    by_row = np.append(choice, np.int8(-1))[rows.projects]
    states = np.full(len(rows), State.NO_LIMIT, dtype=np.int8)
    for basis in range(len(rows.table.judged[name])):
        if not (choice == basis).any():
            continue
        chosen = by_row == basis
        judged = judgement(name, basis, rows)
        states = judged if chosen.all() else np.where(chosen, judged, states)
    return states


def _turned(states: NDArray[np.int8]) -> NDArray[np.int8]:
    """Swap met and missed."""
    turned = np.where(states == State.MET, np.int8(State.FALSE), states)
    return np.where(states < MISSED_END, np.int8(State.MET), turned)


def _signed(sign: str, left: NDArray[np.generic], right: NDArray[np.generic]) -> NDArray[np.bool_]:
    compare = {
        "==": np.equal,
        "!=": np.not_equal,
        "<": np.less,
        "<=": np.less_equal,
        ">": np.greater,
        ">=": np.greater_equal,
    }[sign]
    return np.asarray(compare(left, right), dtype=bool)


def _with_blanks(found: NDArray[np.bool_], blank: NDArray[np.bool_]) -> NDArray[np.int8]:
    return np.where(blank, np.int8(UNKNOWN), _yes(found))


def _yes(found: NDArray[np.bool_]) -> NDArray[np.int8]:
    return found.astype(np.int8) * np.int8(YES)


def _name(node: Node) -> str:
    assert isinstance(node, Name)  # noqa: S101 - the type check allows nothing else
    return node.name
