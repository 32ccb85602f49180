"""When the outcome of each row was known: `period_by: decided` puts it where it stopped, or where its limit ran out.

A row in time is decided by its stop, a row that is late when its due moment passed, whether it was
stopped since or not. What is pending is not decided yet. Of outcomes joined by `and` the first
miss decides, or the last leg to be met; `or` is the reverse, and a condition beside them is known when they are. What
nothing limits and nobody stopped stays where it was recorded: it must not vanish from every period.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.columns import MISSED_END, Rows, State
from opskpi.indicators.moments import moments
from opskpi.indicators.nodes import Both, Call, Name, Node, Not
from opskpi.indicators.outcomes import Choices, outcomes
from opskpi.indicators.syntax import parse
from opskpi.indicators.types import sort_of
from opskpi.tables.columns import NAT

#: The name by which a plan asks for it.
DECIDED = "decided"
_Moments: TypeAlias = NDArray[np.int64]
_LAST = np.iinfo(np.int64).max


def decided(node: Node, rows: Rows, choices: Choices) -> _Moments:
    """Find when each row's outcome was known; NAT where it is not yet."""
    found = _known(node, rows, choices)
    states = outcomes(node, rows, choices)
    undated = (found == NAT) & (_is_excluded(states) | rows.unseen_stops())
    for recorded in [name for name in rows.table.required if rows.table.kinds[name].is_instant][:1]:
        found = np.where(undated, rows.moments(recorded), found)
    return np.where(states == State.PENDING, NAT, found)


def _is_excluded(states: NDArray[np.int8]) -> NDArray[np.bool_]:
    return np.asarray((states >= State.NO_LIMIT) & (states < State.PENDING), dtype=bool)


def _known(node: Node, rows: Rows, choices: Choices) -> _Moments:
    """Find when each row's outcome was known, as far as its times tell."""
    match node:
        case Name(name) if name in rows.table.judged:
            return _of_choice(name, rows, choices)
        case Name(name) if name in rows.table.derived:
            return _known(parse(rows.table.derived[name]), rows, choices)
        case Not(inner):
            return _known(inner, rows, choices)
        case Both(word, left, right):
            return _joined(word, (left, right), rows, choices)
        case Call(_, (stop, *due)):
            return _called(outcomes(node, rows, choices), stop, due, rows)
    raise AssertionError(node)


def _of_choice(name: str, rows: Rows, choices: Choices) -> _Moments:
    """Take what the judgement that was chosen for each project says; without one, what shows a stop."""
    basis_of = np.append(choices[name], np.int8(-1))[rows.projects]
    found = _stops(rows)
    for basis, rule in enumerate(rows.table.judged[name]):
        if (basis_of == basis).any():
            found = np.where(basis_of == basis, _known(parse(rule.rule), rows, {}), found)
    return found


def _joined(word: str, parts: tuple[Node, Node], rows: Rows, choices: Choices) -> _Moments:
    """Let the first miss decide an `and`, the first success an `or`; else the last of both."""
    timed = [part for part in parts if sort_of(part, rows.table) == "outcome"]
    known = [_known(part if part in timed else timed[0], rows, choices) for part in parts]
    states = [outcomes(part, rows, choices) for part in parts]
    turning = [state < MISSED_END if word == "and" else state == State.MET for state in states]
    early = [np.where(turns & (at != NAT), at, _LAST) for turns, at in zip(turning, known, strict=True)]
    first = np.minimum(*early)
    return np.where(first != _LAST, first, np.maximum(*known))


def _called(states: NDArray[np.int8], stop: Node, due: list[Node], rows: Rows) -> _Moments:
    """Find when one comparison was decided: by the stop or, of a miss, by the due moment that it passed."""
    found = moments(stop, rows) if _is_moment(stop, rows) else _stops(rows)
    for limit in due[:1]:
        if _is_moment(limit, rows):
            passed = moments(limit, rows)
            found = np.where((states < MISSED_END) & (passed != NAT), passed, found)
    return found


def _is_moment(node: Node, rows: Rows) -> bool:
    computed = isinstance(node, Name) and rows.table.computed.get(node.name) == "due"
    return computed or sort_of(node, rows.table) == "instant"


def _stops(rows: Rows) -> _Moments:
    return rows.stops() if rows.table.stop else np.full(len(rows), NAT)
