"""Aggregates: from the figures of counted rows to numerator and denominator of each project.

What a block adds is found alone: sums by project, or the values themselves where their order or
their difference counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from opskpi.arrow import take
from opskpi.indicators import exact, intervals, ranks, sums
from opskpi.indicators.coding import coded, different, encoded
from opskpi.indicators.columns import Rows
from opskpi.indicators.conditions import conditions
from opskpi.indicators.exact import Quotients
from opskpi.indicators.intervals import Bounds, Stretches
from opskpi.indicators.moments import calendar_of, unseen
from opskpi.indicators.nodes import IsNull, Literal, Name, Node
from opskpi.indicators.numbers import numbers
from opskpi.indicators.typing import Aggregate
from opskpi.tables.columns import NAT, YES, Numbers
from opskpi.worktime import Service

_SUMMED, _RANKED = frozenset({"sum", "mean", "wmean"}), frozenset({"min", "max", "median", "quantile"})

#: A project's numerator and denominator.
Ratio = tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True, slots=True)
class Part:
    """What a block adds to an aggregate: sums of values and weights, or its values, each with its project."""

    totals: Sequence[Fraction] = ()
    weights: Sequence[Fraction] = ()
    owners: NDArray[Any] | None = None
    values: Quotients | None = None
    texts: pa.StringArray | None = None
    stretches: Stretches | None = None
    service: Service | None = None


@dataclass(frozen=True, slots=True)
class Owned:
    """Whom each row of a block belongs to, a project or a group, by number, and how many there are."""

    owners: NDArray[Any]
    count: int


def blanks(value: Aggregate, rows: Rows) -> NDArray[np.bool_]:
    """Tell which rows say nothing to an aggregate."""
    if value.function == "distinct":
        return np.equal(conditions(IsNull(value.arguments[0]), rows), YES)
    blank = np.zeros(len(rows), dtype=bool)
    if value.function == "downtime":
        return unseen(value.arguments[1], rows)
    for node in _columns(value):
        blank |= numbers(node, rows).blank
    return blank


def part_of(value: Aggregate, rows: Rows, counted: NDArray[np.bool_], owned: Owned, bounds: Bounds) -> Part | None:
    """Find what a block's counted rows add to their owners; None where counting them is enough."""
    owners, projects = owned.owners[counted], owned.count
    if value.function == "downtime":
        return _stretches(value, rows, counted, owners, bounds)
    if value.function == "distinct":
        return _different(value.arguments[0], rows, counted, owners)
    if value.function not in _SUMMED | _RANKED:
        return None
    figures = numbers(value.arguments[0], rows).picked(counted)
    if value.function in _RANKED:
        return Part(owners=owners, values=figures)
    weighed = weights(value, rows)
    if weighed is None:
        return Part(sums.totals(figures, owners, projects), _rows_of(owners, projects))
    weight = weighed.picked(counted)
    return Part(sums.totals(exact.multiplied(figures, weight), owners, projects), sums.totals(weight, owners, projects))


def ratios(value: Aggregate, parts: Sequence[Part], met: Sequence[int], counted: Sequence[int]) -> list[Ratio]:
    """Put the blocks together: numerator and denominator of each project."""
    match value.function:
        case "share":
            return [(Fraction(hit), Fraction(rows)) for hit, rows in zip(met, counted, strict=True)]
        case "count":
            return [(Fraction(rows), None) for rows in counted]
        case "distinct":
            return [(Fraction(kinds), None) for kinds in _counted_once(parts, len(counted))]
        case "downtime":
            stretches = [part.stretches for part in parts if part.stretches]
            services = [part.service for part in parts if part.service]
            totals = intervals.down(stretches, len(counted), services[0]) if services else [Fraction(0)] * len(counted)
            return [(total, None) for total in totals]
        case "sum":
            return [(total, None) for total in sums.added([part.totals for part in parts], len(counted))]
        case "mean" | "wmean":
            above = sums.added([part.totals for part in parts], len(counted))
            below = sums.added([part.weights for part in parts], len(counted))
            return list(zip(above, below, strict=True))
    return [(each, None) for each in _ranked(value, parts, len(counted))]


def _columns(value: Aggregate) -> Sequence[Node]:
    """List the columns of numbers an aggregate takes."""
    return value.arguments[:1] if value.function == "quantile" else value.arguments


def weights(value: Aggregate, rows: Rows) -> Quotients | None:
    """Find the weights: those asked for, or of summed-up rows, where the value's column has such and the export too."""
    if value.function == "wmean":
        return numbers(value.arguments[1], rows)
    argument = value.arguments[0]
    name = rows.table.weight.get(argument.name) if isinstance(argument, Name) and value.function == "mean" else None
    column = rows.columns.get(name) if name else None
    if not isinstance(column, Numbers):
        return None
    units = np.where(column.blank, column.scale, column.units)
    return Quotients(units, column.scale, np.zeros(len(rows), dtype=bool))


def _rows_of(owners: NDArray[Any], projects: int) -> list[Fraction]:
    return [Fraction(rows) for rows in np.bincount(owners, minlength=projects).tolist()]


def _ranked(value: Aggregate, parts: Sequence[Part], projects: int) -> list[Fraction | None]:
    owners = [part.owners for part in parts if part.owners is not None]
    values = [part.values for part in parts if part.values is not None]
    if not values:
        return [None] * projects
    level = value.arguments[-1]
    share = level.value if isinstance(level, Literal) and isinstance(level.value, Fraction) else Fraction(0)
    return ranks.ranked(exact.stacked(values), np.concatenate(owners), projects, value.function, share)


def _stretches(value: Aggregate, rows: Rows, counted: NDArray[np.bool_], owners: NDArray[Any], bounds: Bounds) -> Part:
    starts, ends = (each[counted] for each in intervals.clipped(value.arguments, rows, bounds))
    there = starts != NAT
    found = Stretches(owners[there], starts[there], ends[there])
    return Part(stretches=found, service=rows.services[calendar_of(value.call)])


def _different(node: Node, rows: Rows, counted: NDArray[np.bool_], owners: NDArray[Any]) -> Part:
    """Find the different values of each project, as texts."""
    codes, texts = coded(node, rows, counted)
    pairs = different(owners.astype(np.int64) * max(len(texts), 1) + codes)
    chosen = take(texts, (pairs % max(len(texts), 1)).astype(np.intp))
    return Part(owners=pairs // max(len(texts), 1), texts=chosen)


def _counted_once(parts: Sequence[Part], projects: int) -> list[int]:
    """Count each project's different values over all blocks."""
    texts = [part.texts for part in parts if part.texts is not None]
    owners = [part.owners for part in parts if part.owners is not None]
    if not texts:
        return [0] * projects
    codes, kinds = encoded(pa.concat_arrays(texts))
    pairs = different(np.concatenate(owners).astype(np.int64) * max(len(kinds), 1) + codes)
    return [int(each) for each in np.bincount(pairs // max(len(kinds), 1), minlength=projects)]
