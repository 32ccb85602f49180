"""Moments by column: those of the table, when a row stopped, and those that are due so long after another."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.columns import Rows
from opskpi.indicators.nodes import Call, Literal, Name, Node, every_node
from opskpi.tables import Table
from opskpi.tables.columns import NAT

_MINUTE = 60_000_000
#: The name under which real time runs: that of no calendar.
REAL_TIME = ""
#: The functions of the clock, each with how many arguments stand before its calendar.
_CLOCKED = {"elapsed": 2, "due": 2, "downtime": 2, "agreed": 0}


def moments(node: Node, rows: Rows) -> NDArray[np.int64]:
    """Evaluate a moment: a column, when a row stopped, or when something is due."""
    if isinstance(node, Call):
        return rows.keep(node, lambda: _due(node, rows))
    assert isinstance(node, Name)  # noqa: S101 - the type check allows nothing else
    return rows.stops() if node.name == "stopped_at" else rows.moments(node.name)


def unseen(node: Node, rows: Rows) -> NDArray[np.bool_]:
    """Tell which moments happened at a time that nobody wrote down."""
    if node == Name("stopped_at"):
        return rows.unseen_stops()
    return np.zeros(len(rows), dtype=bool)


def is_dated(node: Node, rows: Rows) -> NDArray[np.bool_]:
    """Tell of which moments only the day is written down, so that no clock can start or stop with them."""
    found, earlier = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    for name in columns_of(node, rows.table):
        found |= rows.dated.get(name, False) & ~earlier
        earlier |= rows.filled(name)
    return found


def columns_of(node: Node, table: Table) -> tuple[str, ...]:
    """Name the columns that a moment is read from, the first filled one first; none of a due moment."""
    if not isinstance(node, Name):
        return ()
    return table.stop if node.name == "stopped_at" else (node.name,)


def clocked(node: Node) -> Iterator[Call]:
    """Find the functions of the clock in an expression."""
    return (each for each in every_node(node) if isinstance(each, Call) and each.function in _CLOCKED)


def calendar_of(call: Call) -> str:
    """Find the calendar that a function of the clock names as its last argument, else real time."""
    named = call.arguments[_CLOCKED[call.function] :]
    return str(named[0].value) if named and isinstance(named[0], Literal) else REAL_TIME


def spans(call: Call, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Get between which moments a calendar decides on a function of the clock."""
    start = moments(call.arguments[0], rows)
    return start, moments(call.arguments[1] if call.function == "elapsed" else call, rows)


def _due(call: Call, rows: Rows) -> NDArray[np.int64]:
    """Find the moment so much service, or so many working days, after another."""
    start, length = moments(call.arguments[0], rows), call.arguments[1]
    assert isinstance(length, Literal)  # noqa: S101 - the type check allows nothing else
    if not (start != NAT).any():
        return np.full(len(rows), NAT)
    service = rows.services[calendar_of(call)]
    amount = Fraction(length.value or 0)
    if length.unit == "workdays":
        return service.due_workdays(start, int(amount), at_end=True)
    return service.due(np.where(is_dated(call.arguments[0], rows), NAT, start), int(amount * _MINUTE))
