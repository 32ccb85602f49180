"""Conditions by column, in Kleene's logic: no < unknown < yes, so that `and` is the least and `or` the greatest."""

from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from opskpi.arrow import booleans, strings
from opskpi.indicators.columns import Rows
from opskpi.indicators.elsewhere import found
from opskpi.indicators.exact import Quotients, sides
from opskpi.indicators.moments import moments, unseen
from opskpi.indicators.nodes import Both, Call, Compare, IsNull, Literal, Name, Node, Not
from opskpi.indicators.numbers import numbers
from opskpi.indicators.types import sort_of
from opskpi.tables.columns import NAT, NO, UNKNOWN, YES, Column, Texts, Words, is_blank

_COMPARED = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_TEXTS = frozenset({"text", "word"})


def conditions(node: Node, rows: Rows) -> NDArray[np.int8]:
    """Evaluate a condition: NO, UNKNOWN or YES for each row."""
    return rows.keep(node, partial(_condition, node, rows))


def compared(sign: str, one: Quotients, two: Quotients) -> NDArray[np.bool_]:
    """Compare two columns of numbers, blank ones as 0."""
    return _signed(sign, *sides(one, two))


def _condition(node: Node, rows: Rows) -> NDArray[np.int8]:
    match node:
        case Literal(value):
            return np.full(len(rows), YES if value else NO, dtype=np.int8)
        case Name(name):
            flags = rows.columns.get(name, np.full(len(rows), UNKNOWN, dtype=np.int8))
            return np.asarray(flags, dtype=np.int8)
        case Not(inner):
            return np.int8(YES) - conditions(inner, rows)
        case Both(word, left, right):
            join = np.minimum if word == "and" else np.maximum
            return join(conditions(left, rows), conditions(right, rows))
        case IsNull(inner):
            return _yes(_blank(inner, rows))
        case Compare():
            return _compare(node, rows)
        case Call():
            return found(node, rows, conditions)
    raise AssertionError(node)


def _compare(node: Compare, rows: Rows) -> NDArray[np.int8]:
    """Compare two operands; unknown where either is blank."""
    sorts = {sort_of(node.left, rows.table), sort_of(node.right, rows.table)}
    if sorts & _TEXTS:
        return _compare_texts(node, rows)
    if "instant" in sorts:
        begin, end = moments(node.left, rows), moments(node.right, rows)
        return _with_blanks(_signed(node.sign, begin, end), (begin == NAT) | (end == NAT))
    if "condition" in sorts:
        one, two = conditions(node.left, rows), conditions(node.right, rows)
        return _with_blanks(_signed(node.sign, one, two), (one == UNKNOWN) | (two == UNKNOWN))
    first, second = numbers(node.left, rows), numbers(node.right, rows)
    return _with_blanks(compared(node.sign, first, second), first.blank | second.blank)


def _compare_texts(node: Compare, rows: Rows) -> NDArray[np.int8]:
    left, right = node.left, node.right
    if isinstance(left, Literal):
        left, right = right, left
    if isinstance(left, Literal):
        equal = left.value == right.value  # type: ignore[union-attr]  # two texts
        return _yes(np.full(len(rows), equal == (node.sign == "=="), dtype=bool))
    column = _column(left, rows)
    if column is None:
        return np.full(len(rows), UNKNOWN, dtype=np.int8)
    if isinstance(right, Literal):
        equal, blank = _equals(column, str(right.value)), is_blank(column)
    else:
        other = _column(right, rows)
        if other is None:
            return np.full(len(rows), UNKNOWN, dtype=np.int8)
        equal, blank = _strings(column) == _strings(other), is_blank(column) | is_blank(other)
    return _with_blanks(equal if node.sign == "==" else ~equal, blank)


def _column(node: Node, rows: Rows) -> Column | None:
    return rows.columns.get(node.name) if isinstance(node, Name) else None


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


def _blank(node: Node, rows: Rows) -> NDArray[np.bool_]:
    match sort_of(node, rows.table):
        case "instant":
            return np.asarray((moments(node, rows) == NAT) & ~unseen(node, rows), dtype=bool)
        case "number":
            return numbers(node, rows).blank
        case "condition":
            return np.equal(conditions(node, rows), UNKNOWN)
    column = _column(node, rows)
    return np.full(len(rows), isinstance(node, Name), dtype=bool) if column is None else is_blank(column)


def _signed(sign: str, left: NDArray[np.generic], right: NDArray[np.generic]) -> NDArray[np.bool_]:
    return np.asarray(_COMPARED[sign](left, right), dtype=bool)


def _with_blanks(told: NDArray[np.bool_], blank: NDArray[np.bool_]) -> NDArray[np.int8]:
    return np.where(blank, np.int8(UNKNOWN), _yes(told))


def _yes(told: NDArray[np.bool_]) -> NDArray[np.int8]:
    return told.astype(np.int8) * np.int8(YES)
