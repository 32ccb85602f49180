"""Numbers by column: those of the table, constants, sums and quotients, and how much time has passed."""

from fractions import Fraction
from functools import partial

import numpy as np

from opskpi.indicators import exact
from opskpi.indicators.columns import Rows
from opskpi.indicators.exact import Quotients
from opskpi.indicators.moments import calendar_of, is_dated, spans
from opskpi.indicators.nodes import Calculate, Call, Literal, Minus, Name, Node
from opskpi.tables.columns import NAT, Numbers

_MINUTE = 60_000_000


def numbers(node: Node, rows: Rows) -> Quotients:
    """Evaluate a number; blank where a part of it is, or where there is nothing to divide by."""
    match node:
        case Name(name):
            column = rows.columns.get(name)
            return exact.of_column(column) if isinstance(column, Numbers) else exact.absent(len(rows))
        case Literal(value):
            return exact.constant(value if isinstance(value, Fraction) else Fraction(0), len(rows))
        case Call():
            return rows.keep(node, partial(_elapsed, node, rows))
        case Calculate():
            return rows.keep(node, partial(_calculated, node, rows))
        case Minus(inner):
            return exact.turned(numbers(inner, rows))
    raise AssertionError(node)


def _calculated(node: Calculate, rows: Rows) -> Quotients:
    left, right = numbers(node.left, rows), numbers(node.right, rows)
    match node.sign:
        case "+":
            return exact.added(left, right)
        case "-":
            return exact.added(left, exact.turned(right))
        case "*":
            return exact.multiplied(left, right)
    return exact.divided(left, right)


def _elapsed(call: Call, rows: Rows) -> Quotients:
    """Measure the minutes of service between two moments; none where it stopped before it started."""
    start, stop = spans(call, rows)
    there = (start != NAT) & (stop != NAT) & (start <= stop)
    for node in call.arguments[:2]:
        there &= ~is_dated(node, rows)
    if not there.any():
        return exact.absent(len(rows))
    passed = rows.services[calendar_of(call)].elapsed(start, stop)
    return exact.reduced(np.where(there, passed, 0), _MINUTE, ~there)
