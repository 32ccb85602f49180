"""Groups: an aggregate for each device, line or level of a project (`by`), and one figure of those (`reduce`)."""

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from opskpi.documents import with_nearest
from opskpi.indicators.aggregates import Owned, Ratio, part_of, ratios
from opskpi.indicators.coding import coded
from opskpi.indicators.columns import MISSED_END, Rows, State
from opskpi.indicators.formulas import Leaf, figure, unit_of
from opskpi.indicators.intervals import Bounds
from opskpi.indicators.nodes import Both, Call, Compare, Name, Node, Not
from opskpi.indicators.syntax import parse
from opskpi.indicators.tokens import ExpressionError
from opskpi.indicators.types import type_names
from opskpi.indicators.typing import Aggregate
from opskpi.indicators.units import common, fitting_unit
from opskpi.wording import message

#: The figure of a group, as `reduce` names it.
VALUE = "value"
_OVER_ALL = ("max", "min", "mean", "median", "sum")
_OVER_SOME = ("share", "count")
_COMPARED = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Reduction:
    """What is made of the groups' figures: one of them, their mean, or how many a condition holds for."""

    function: str
    condition: Node | None
    unit: str


def reduction(text: str, unit: str) -> Reduction:
    """Read a `reduce`: max, share(value >= 99.5%), count(value > 8h); raises ExpressionError."""
    node = parse(text)
    if isinstance(node, Name) and node.name in _OVER_ALL:
        return Reduction(node.name, None, unit)
    if not isinstance(node, Call) or node.function not in _OVER_ALL + _OVER_SOME:
        name = node.function if isinstance(node, Call) else text
        raise ExpressionError(with_nearest("not_a_reduction", name, _OVER_ALL + _OVER_SOME), node.at)
    if len(node.arguments) != 1:
        raise ExpressionError(message("argument_count", function=node.function, wanted=1), node.at)
    (argument,) = node.arguments
    if node.function in _OVER_ALL:
        if argument != Name(VALUE):
            raise ExpressionError(message("expected", what=VALUE, found=text[argument.at :]), argument.at)
        return Reduction(node.function, None, unit)
    _check(argument, unit)
    return Reduction(node.function, argument, "ratio" if node.function == "share" else "count")


def grouped(
    value: Aggregate, by: Name, blocks: Sequence[Rows], states: Sequence[NDArray[np.int8]], bounds: Bounds
) -> list[list[Fraction]]:
    """Find the figures of each project's groups, in the order of their keys; a group without a figure is left out."""
    keys = [coded(by, rows, np.ones(len(rows), dtype=bool)) for rows in blocks]
    places, kinds = _places([texts for _, texts in keys])
    counted = [_counts(state) for state in states]
    owners = [
        np.where(here, rows.projects.astype(np.int64) * kinds + np.append(place, 0)[codes], -1)
        for rows, (codes, _), place, here in zip(blocks, keys, places, counted, strict=True)
    ]
    groups = np.unique(np.concatenate(owners)) if owners else np.zeros(0, dtype=np.int64)
    groups = groups[groups >= 0]
    numbered = [np.searchsorted(groups, mine) for mine in owners]
    figures = _figures(value, list(zip(blocks, states, counted, numbered, strict=True)), len(groups), bounds)
    found: list[list[Fraction]] = [[] for _ in range(len(bounds.begins))]
    for group, (above, below) in zip(groups.tolist(), figures, strict=True):
        known = above if above is None or below is None else above / below if below else None
        if known is not None:
            found[group // kinds].append(known)
    return found


def reduced(reduction: Reduction, values: Sequence[Fraction]) -> Ratio:
    """Make one figure of the groups' figures; nothing of none, but how many there are."""
    if reduction.condition is not None:
        hits = Fraction(sum(_holds(reduction.condition, each) for each in values))
        return hits, Fraction(len(values)) if reduction.function == "share" else None
    ordered = sorted(values)
    total = sum(ordered, Fraction(0))
    if reduction.function == "sum":
        return total, None
    if reduction.function == "mean":
        return total, Fraction(len(ordered))
    if not ordered:
        return None, None
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    return {"min": ordered[0], "max": ordered[-1], "median": middle}[reduction.function], None


def _figures(
    value: Aggregate,
    blocks: Sequence[tuple[Rows, NDArray[np.int8], NDArray[np.bool_], NDArray[np.int64]]],
    groups: int,
    bounds: Bounds,
) -> list[Ratio]:
    """Find each group's numerator and denominator, as those of projects are found."""
    met, counted = np.zeros(groups, dtype=np.int64), np.zeros(groups, dtype=np.int64)
    parts = []
    for rows, states, here, owners in blocks:
        met += np.bincount(owners[states == State.MET], minlength=groups)
        counted += np.bincount(owners[here], minlength=groups)
        parts.append(part_of(value, rows, here, Owned(owners, groups), bounds))
    return ratios(value, [part for part in parts if part], met.tolist(), counted.tolist())


def _counts(states: NDArray[np.int8]) -> NDArray[np.bool_]:
    return np.asarray((states == State.COUNTED) | (states == State.MET) | (states < MISSED_END), dtype=bool)


def _places(texts: Sequence[pa.StringArray]) -> tuple[list[NDArray[np.int64]], int]:
    """Give equal keys of all blocks one place, in the order of their texts."""
    known = sorted({text for each in texts for text in each.to_pylist() if text})
    at = {text: place for place, text in enumerate(known)}
    return [np.array([at.get(text, 0) for text in each.to_pylist()], dtype=np.int64) for each in texts], max(
        len(known), 1
    )


def _check(node: Node, unit: str) -> None:
    """Check a condition on a group's figure; raises ExpressionError."""
    match node:
        case Both(_, left, right):
            _check(left, unit)
            _check(right, unit)
        case Not(inner):
            _check(inner, unit)
        case Compare(_, left, right, at):
            sides = (left, unit_of(left, {VALUE: unit})), (right, unit_of(right, {VALUE: unit}))
            fitting_unit(common, *sides, at)
        case _:
            raise ExpressionError(message("not_a_condition", found=type_names({"number"})[0]), node.at)


def _holds(node: Node, value: Fraction) -> bool:
    match node:
        case Both(word, left, right):
            join = all if word == "and" else any
            return join(_holds(each, value) for each in (left, right))
        case Not(inner):
            return not _holds(inner, value)
        case Compare(sign, left, right):
            one, two = (figure(each, {Leaf(VALUE): value}) for each in (left, right))
            return one is not None and two is not None and _COMPARED[sign](one, two)
    raise AssertionError(node)
