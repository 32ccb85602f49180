"""Exact sums of figures by project."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opskpi.errors import SettingsError
from opskpi.indicators.exact import Quotients
from opskpi.wording import message

#: Sums of whole numbers below the first are exact in a double, below the second in 64 bits.
_EXACT, _FITS = 2**53, 2**62
#: A sum over more divisors has more digits than anybody can wait for.
_MOST_DIVISORS = 20_000


def totals(values: Quotients, owners: NDArray[Any], projects: int) -> list[Fraction]:
    """Add a column up by project; raises SettingsError where its divisors are too many."""
    if isinstance(values.bottom, int):
        return [Fraction(total, values.bottom) for total in _whole(values.top, owners, projects)]
    divisors, place = np.unique(values.bottom, return_inverse=True)
    groups, group = np.unique(owners.astype(np.int64) * len(divisors) + place, return_inverse=True)
    found: list[list[Fraction]] = [[] for _ in range(projects)]
    for at, total in zip(groups.tolist(), _whole(values.top, group, len(groups)), strict=True):
        found[at // len(divisors)].append(Fraction(total, int(divisors[at % len(divisors)])))
    if max(map(len, found), default=0) > _MOST_DIVISORS:
        raise SettingsError(message("too_many_divisors", most=_MOST_DIVISORS))
    return [_sum(parts) for parts in found]


def added(parts: Sequence[Sequence[Fraction]], projects: int) -> list[Fraction]:
    """Add the blocks' sums up."""
    return [sum((part[at] for part in parts), Fraction(0)) for at in range(projects)]


def _whole(tops: NDArray[Any], owner: NDArray[Any], owners: int) -> list[int]:
    """Sum whole numbers by owner: in doubles or 64 bits while they are exact there, else one by one."""
    if tops.dtype != object and len(tops):
        most = max(int(tops.max()), -int(tops.min())) * len(tops)
        if most < _EXACT:
            return [int(total) for total in np.bincount(owner, weights=tops, minlength=owners)]
        if most < _FITS:
            sums = np.zeros(owners, dtype=np.int64)
            np.add.at(sums, owner, tops)
            return [int(total) for total in sums]
    found = [0] * owners
    for at, top in zip(owner.tolist(), tops.tolist(), strict=True):
        found[at] += top
    return found


def _sum(parts: list[Fraction]) -> Fraction:
    """Add fractions up by halves, so that only the last few sums are long ones."""
    if len(parts) <= 1:
        return parts[0] if parts else Fraction(0)
    middle = len(parts) // 2
    return _sum(parts[:middle]) + _sum(parts[middle:])
