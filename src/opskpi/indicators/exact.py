"""Exact numbers by column: quotients of whole numbers, added, multiplied, divided and compared without rounding.

Whole numbers are 64 bits wide while they fit, and Python's own where they would not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from opskpi.errors import SettingsError
from opskpi.tables.columns import Numbers
from opskpi.tables.wholes import FITS, most, widened
from opskpi.wording import message

#: No figure of ours has more digits than this.
_LARGEST = 2**600

#: One whole number for all rows, or one for each.
Whole: TypeAlias = NDArray[Any] | int


@dataclass(frozen=True, slots=True)
class Quotients:
    """A number a row: `top` over `bottom`, which is positive; `blank` where there is none (and `top` is 0)."""

    top: NDArray[Any]
    bottom: Whole
    blank: NDArray[np.bool_]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.top)

    def picked(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "Quotients":
        """Get some rows."""
        return Quotients(self.top[rows], _at(self.bottom, rows), self.blank[rows])

    def fractions(self) -> list[Fraction]:
        """Get each row's number as a fraction, 0 where it is blank; for a few rows."""
        bottoms = [self.bottom] * len(self) if isinstance(self.bottom, int) else self.bottom.tolist()
        return [Fraction(top, bottom) for top, bottom in zip(self.top.tolist(), bottoms, strict=True)]


def of_column(numbers: Numbers) -> Quotients:
    """Take a column of numbers."""
    top = np.where(numbers.blank, 0, numbers.units) if numbers.blank.any() else numbers.units
    return Quotients(top, numbers.scale, numbers.blank)


def constant(value: Fraction, rows: int) -> Quotients:
    """Spread one number over all rows."""
    return Quotients(_sized(value.numerator, rows), value.denominator, np.zeros(rows, dtype=bool))


def absent(rows: int) -> Quotients:
    """Make a column without any number."""
    return Quotients(np.zeros(rows, dtype=np.int64), 1, np.ones(rows, dtype=bool))


def added(one: Quotients, two: Quotients) -> Quotients:
    """Add two columns; blank where either is."""
    left, right, bottom = _alike(one, two)
    bound = _most(left) + _most(right)
    return reduced(_wide(left, bound) + _wide(right, bound), bottom, one.blank | two.blank)


def turned(numbers: Quotients) -> Quotients:
    """Turn the signs."""
    return Quotients(-numbers.top, numbers.bottom, numbers.blank)


def multiplied(one: Quotients, two: Quotients) -> Quotients:
    """Multiply two columns; blank where either is."""
    return reduced(_rows(_times(one.top, two.top)), _times(one.bottom, two.bottom), one.blank | two.blank)


def divided(one: Quotients, two: Quotients) -> Quotients:
    """Divide two columns; blank where either is, and where there is nothing to divide by."""
    if isinstance(two.bottom, int) and _is_constant(two):
        turned_over = Quotients(_sized(two.bottom, len(two)) * np.sign(two.top), abs(int(two.top[0])), two.blank)
        return multiplied(one, turned_over)
    nothing = two.top == 0
    by = np.where(nothing, 1, two.top)
    top = _rows(_times(_times(one.top, two.bottom), np.sign(by)))
    return reduced(top, _times(one.bottom, abs(by)), one.blank | two.blank | nothing.astype(bool))


def stacked(parts: Sequence[Quotients]) -> Quotients:
    """Put the blocks of a column one under another."""
    blank = np.concatenate([part.blank for part in parts])
    single = [part.bottom for part in parts if isinstance(part.bottom, int)]
    if len(single) == len(parts):
        common = lcm(*single)
        top = [_rows(_times(part.top, common // bottom)) for part, bottom in zip(parts, single, strict=True)]
        return Quotients(np.concatenate(top), common, blank)
    bottoms = [_sized(part.bottom, len(part)) if isinstance(part.bottom, int) else part.bottom for part in parts]
    return Quotients(np.concatenate([part.top for part in parts]), np.concatenate(bottoms), blank)


def _is_constant(numbers: Quotients) -> bool:
    """Tell a column that holds one number throughout, other than 0."""
    if not len(numbers) or not numbers.top[0]:
        return False
    return bool((numbers.top == numbers.top[0]).all())


def _sized(number: int, rows: int) -> NDArray[Any]:
    """Spread a whole number over rows."""
    return np.full(rows, number, dtype=np.int64 if abs(number) < FITS else object)


def sides(one: Quotients, two: Quotients) -> tuple[NDArray[Any], NDArray[Any]]:
    """Bring two columns onto one scale, so that their whole numbers compare as they do."""
    left, right, _ = _alike(one, two)
    return left, right


def _alike(one: Quotients, two: Quotients) -> tuple[NDArray[Any], NDArray[Any], Whole]:
    """Bring two columns onto common bottoms."""
    if isinstance(one.bottom, int) and isinstance(two.bottom, int):
        bottom = lcm(one.bottom, two.bottom)
        left, right = _times(one.top, bottom // one.bottom), _times(two.top, bottom // two.bottom)
        return _rows(left), _rows(right), bottom
    left, right = _times(one.top, two.bottom), _times(two.top, one.bottom)
    return _rows(left), _rows(right), _times(one.bottom, two.bottom)


def reduced(top: NDArray[Any], bottom: Whole, blank: NDArray[np.bool_]) -> Quotients:
    """Make quotients of whole numbers, reduced to the smallest that say the same."""
    top = np.where(blank, 0, top) if blank.any() else top
    if not isinstance(bottom, int):
        rows = np.where(blank, 1, bottom) if blank.any() else bottom
        common = np.gcd(top, rows)
        top, rows = top // common, rows // common
        if len(rows) and not (rows == rows[0]).all():
            return Quotients(_narrow(top), _narrow(rows), blank)
        return Quotients(_narrow(top), int(rows[0]) if len(rows) else 1, blank)
    if not top.any():
        return Quotients(_narrow(top), 1, blank)
    shared = gcd(int(np.gcd.reduce(top)), bottom)
    return Quotients(_narrow(top // shared if shared > 1 else top), bottom // shared, blank)


def _times(one: Whole, two: Whole) -> Whole:
    # nothing but zeros is as wide as what it is multiplied by, too
    bound = max(_most(one), 1) * max(_most(two), 1)
    if isinstance(one, int) and isinstance(two, int):
        return one * two
    if isinstance(one, int) and one == 1:
        return two
    if isinstance(two, int) and two == 1:
        return one
    found: NDArray[Any] = _wide(one, bound) * _wide(two, bound)
    return found


def _wide(numbers: Whole, bound: int) -> Any:  # noqa: ANN401 - whole numbers of either width
    """Let numbers be as wide as what will be made of them; raises SettingsError beyond all reason."""
    if bound >= _LARGEST:
        raise SettingsError(message("numbers_too_large"))
    return numbers if isinstance(numbers, int) else widened(numbers, bound)


def _narrow(numbers: NDArray[Any]) -> NDArray[Any]:
    """Go back to 64 bits where all of a column fits them."""
    if numbers.dtype != object or most(numbers) >= FITS:
        return numbers
    return numbers.astype(np.int64)


def _most(numbers: Whole) -> int:
    """Find the largest size of whole numbers."""
    return abs(numbers) if isinstance(numbers, int) else most(numbers)


def _rows(numbers: Whole) -> NDArray[Any]:
    assert isinstance(numbers, np.ndarray)  # noqa: S101 - a column times anything is a column
    return numbers


def _at(bottom: Whole, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Whole:
    return bottom if isinstance(bottom, int) else bottom[rows]
