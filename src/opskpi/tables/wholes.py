"""Whole numbers by column: 64 bits wide while they fit, Python's own where they would not."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Whole numbers below this are safe in 64 bits, and so is the sum of any two of them.
FITS = 2**62


def wholes(numbers: Sequence[int], *beside: int) -> NDArray[Any]:
    """Lay whole numbers out, as wide as they and those they will be used beside need."""
    fit = max(map(abs, (*numbers, *beside)), default=0) < FITS
    return np.array(numbers, dtype=np.int64 if fit else object)


def widened(numbers: NDArray[Any], *bounds: int) -> NDArray[Any]:
    """Let whole numbers be as wide as what will be made of them, of which `bounds` are the largest sizes."""
    return numbers if max(bounds) < FITS or numbers.dtype == object else numbers.astype(object)


def most(numbers: NDArray[Any]) -> int:
    """Find the largest size of whole numbers; 0 where there are none."""
    return max(int(numbers.max()), -int(numbers.min())) if len(numbers) else 0
