"""Exact order among figures by project: the least, the greatest, medians and quantiles.

A quantile is the inverse of the empirical distribution (nearest rank): the least value that at least
that share of the rows does not exceed. A median is the mean of the two middle values, which are one
where the rows are odd in number.
"""

from collections import Counter
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.exact import Quotients

#: Doubles that differ by more than this part of them differ in truth, too.
_DOUBT = 1e-12


def ranked(
    values: Quotients, owners: NDArray[Any], projects: int, function: str, level: Fraction
) -> list[Fraction | None]:
    """Take what an aggregate wants of each project's ordered rows; None where it has no rows."""
    grouped = np.argsort(owners, kind="stable")
    ends = np.searchsorted(owners[grouped], np.arange(projects + 1))
    found: list[Fraction | None] = []
    for begin, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        mine = values.picked(grouped[begin:end])
        taken = [_taken(mine, at) for at in _places(function, level, len(mine))] if len(mine) else []
        found.append(sum(taken, Fraction(0)) / len(taken) if taken else None)
    return found


def _places(function: str, level: Fraction, rows: int) -> tuple[int, ...]:
    """Find which of the ordered rows, counted from 0, an aggregate takes the mean of."""
    match function:
        case "min":
            return (0,)
        case "max":
            return (rows - 1,)
        case "median":
            return (rows - 1) // 2, rows // 2
    return (ceil(level * rows) - 1,)


def _taken(values: Quotients, at: int) -> Fraction:
    """Take the value at a place of the order: by whole numbers, or among those that doubles cannot tell apart."""
    if isinstance(values.bottom, int) and values.top.dtype != object:
        return Fraction(int(np.partition(values.top, at)[at]), values.bottom)
    rough = np.asarray(values.top.astype(np.float64) / np.asarray(values.bottom).astype(np.float64))
    near = float(np.partition(rough, at)[at])
    margin = abs(near) * _DOUBT
    rest = at - int((rough < near - margin).sum())
    doubtful = Counter(values.picked(abs(rough - near) <= margin).fractions())
    for value in sorted(doubtful):
        rest -= doubtful[value]
        if rest < 0:
            return value
    raise AssertionError(at)
