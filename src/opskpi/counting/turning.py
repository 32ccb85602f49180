"""When pending rows turn: the moment after which each is missed, by column."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.pauses import NEVER
from opskpi.indicators.columns import Rows, State
from opskpi.indicators.moments import moments
from opskpi.indicators.nodes import Both, Call, Name, Node
from opskpi.indicators.outcomes import Choices, outcomes
from opskpi.indicators.syntax import parse
from opskpi.tables.columns import NAT

_Moments: TypeAlias = NDArray[np.int64]
_LAST = np.iinfo(np.int64).max


def turning(node: Node, rows: Rows, choices: Choices, ends: _Moments) -> _Moments:
    """Find when each pending row is missed, NAT where nothing tells: a running duration, a clock that stands still.

    What a `not` makes of a miss is none, and has no such moment.
    `ends` are when each row's period is over, which is when what has no due moment is missed.
    """
    match node:
        case Name(name) if name in rows.table.judged:
            return _of_choice(name, rows, choices, ends)
        case Name(name) if name in rows.table.derived:
            return turning(parse(rows.table.derived[name]), rows, choices, ends)
        case Both(word, left, right):
            return _joined(word, *(turning(each, rows, choices, ends) for each in (left, right)))
        case Call("in_time" | "done", (_, due)):
            found = moments(due, rows)
            found = np.where(found == NAT, ends, np.where(found >= NEVER, NAT, found))
            return np.where(outcomes(node, rows, choices) == State.PENDING, found, NAT)
    return _never(rows)


def _of_choice(name: str, rows: Rows, choices: Choices, ends: _Moments) -> _Moments:
    """Take what the judgement that was chosen for each project says."""
    basis_of = np.append(choices[name], np.int8(-1))[rows.projects]
    found = _never(rows)
    for basis, rule in enumerate(rows.table.judged[name]):
        if (basis_of == basis).any():
            found = np.where(basis_of == basis, turning(parse(rule.rule), rows, {}, ends), found)
    return found


def _joined(word: str, one: _Moments, other: _Moments) -> _Moments:
    """Let an `and` turn with the first of its parts, an `or` with the last; NAT is no moment."""
    if word == "or":
        return np.maximum(one, other)
    first = np.minimum(*(np.where(each == NAT, _LAST, each) for each in (one, other)))
    return np.where(first == _LAST, NAT, first)


def _never(rows: Rows) -> _Moments:
    return np.full(len(rows), NAT, dtype=np.int64)
