"""Where moments stand among sorted ones: a grid of half an hour leaves next to nothing to search."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BITS = (
    31  # a bucket of the grid is 2**31 microseconds, 36 minutes: for rows in no order four times as fast as bisecting
)
_AFTER_ALL = 2**62


@dataclass(frozen=True, slots=True)
class Places:
    """Sorted moments; `grid` holds the last of them by the begin of each bucket, at most `steps` more lie in one."""

    first: int
    following: NDArray[np.int64]
    grid: NDArray[np.int32]
    steps: int

    def last(self, moments: NDArray[np.int64]) -> NDArray[np.int32]:
        """Find the last of them that is not later than each moment, the first where all are."""
        buckets = (np.maximum(moments, self.first) - self.first) >> _BITS
        place = self.grid.take(buckets, mode="clip")
        for _ in range(self.steps):
            place += self.following.take(place) <= moments
        return place


def places_of(moments: NDArray[np.int64]) -> Places:
    """Lay a grid over sorted moments, of which there is at least one."""
    first = int(moments[0])
    buckets = ((int(moments[-1]) - first) >> _BITS) + 1
    begins = first + (np.arange(buckets, dtype=np.int64) << _BITS)
    grid = (np.searchsorted(moments, begins, side="right") - 1).astype(np.int32)
    steps = int(np.diff(grid, append=len(moments) - 1).max())
    return Places(first, np.append(moments[1:], _AFTER_ALL), grid, steps)
