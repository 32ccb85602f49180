"""Exact sums of figures by project: totals, weights, least and greatest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from opskpi.tables.columns import Numbers

#: Sums of whole numbers below this are exact in a double.
_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Sums:
    """Exact sums by project: of values and of weights, least and greatest."""

    total: Sequence[Fraction]
    weight: Sequence[int]
    least: Sequence[Fraction | None]
    greatest: Sequence[Fraction | None]


def sums_of(
    figures: Numbers,
    weights: Numbers | None,
    owners: NDArray[np.int32],
    counted: NDArray[np.bool_],
    projects: int,
) -> Sums:
    """Add a block's figures up by project, exactly."""
    units, owner = figures.units[counted], owners[counted]
    weight = np.ones(len(units), dtype=np.int64)
    if weights is not None:
        weight = np.where(weights.blank, 1, weights.units)[counted]
    total = _exact_sums(units, weight, owner, projects)
    number = _exact_sums(np.ones_like(units), weight, owner, projects)
    least, greatest = _extremes(units, owner, projects)
    return Sums(
        [Fraction(value, figures.scale) for value in total],
        number,
        [None if value is None else Fraction(value, figures.scale) for value in least],
        [None if value is None else Fraction(value, figures.scale) for value in greatest],
    )


def _exact_sums(
    units: NDArray[np.int64], weights: NDArray[np.int64], owner: NDArray[np.int32], projects: int
) -> list[int]:
    """Sum whole numbers by project: in doubles while they are exact there, else one by one."""
    most = int(np.abs(units).max(initial=0)) * int(weights.max(initial=0)) * len(units)
    if most < _EXACT:
        sums = np.bincount(owner, weights=units * weights, minlength=projects)
        return [int(value) for value in sums[:projects]]
    totals = [0] * projects
    for project, unit, weight in zip(owner.tolist(), units.tolist(), weights.tolist(), strict=True):
        totals[project] += unit * weight
    return totals


def _extremes(
    units: NDArray[np.int64], owner: NDArray[np.int32], projects: int
) -> tuple[list[int | None], list[int | None]]:
    bounds = np.iinfo(np.int64)
    least, greatest = np.full(projects, bounds.max), np.full(projects, bounds.min)
    np.minimum.at(least, owner, units)
    np.maximum.at(greatest, owner, units)
    empty = np.bincount(owner, minlength=projects)[:projects] == 0
    return (
        [None if none else int(value) for value, none in zip(least, empty, strict=True)],
        [None if none else int(value) for value, none in zip(greatest, empty, strict=True)],
    )


def added(parts: Sequence[Sums], projects: int) -> Sums:
    """Add the blocks' sums up."""
    return Sums(
        [sum((part.total[at] for part in parts), Fraction(0)) for at in range(projects)],
        [sum(part.weight[at] for part in parts) for at in range(projects)],
        [_known(min, [part.least[at] for part in parts]) for at in range(projects)],
        [_known(max, [part.greatest[at] for part in parts]) for at in range(projects)],
    )


def _known(pick: Callable[[list[Fraction]], Fraction], values: Sequence[Fraction | None]) -> Fraction | None:
    known = [value for value in values if value is not None]
    return pick(known) if known else None
