"""Wall clocks: the offsets of a zone, and whole columns taken to real time and back.

A wall clock that goes back shows an hour twice: the first is meant. One that goes forward leaves times out: they are
the moment it went forward. So the real moment of a time shown is the first at which the clock shows it *or later*;
that never runs backwards, and what is added up over it adds up.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

#: A blank moment, as in the tables.
NAT = int(np.iinfo(np.int64).min)

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 1440 * MINUTE
_DAY_SECONDS = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONG_AGO = -(2**60)


@dataclass(frozen=True, slots=True)
class Clock:
    """A zone's offsets in microseconds east, and the moments (UTC) from which each holds, all time before the first."""

    since: NDArray[np.int64]
    offsets: NDArray[np.int64]

    @property
    def is_constant(self) -> bool:
        """Whether the clock is never moved."""
        return len(self.offsets) == 1

    def to_utc(self, wall: NDArray[np.int64]) -> NDArray[np.int64]:
        """Find the first real moment at which the clock shows this or later."""
        if self.is_constant:
            return np.subtract(wall, int(self.offsets[0]))
        left_off = np.maximum.accumulate(self.since[1:] + self.offsets[:-1])
        spell = np.searchsorted(left_off, wall, side="right")
        return np.asarray(np.maximum(wall - self.offsets[spell], self.since[spell]))

    def to_wall(self, utc: NDArray[np.int64]) -> NDArray[np.int64]:
        """Read the clock at real moments."""
        if self.is_constant:
            return np.add(utc, int(self.offsets[0]))
        return np.asarray(utc + self.offsets[np.searchsorted(self.since, utc, side="right") - 1])


@lru_cache(maxsize=64)
def clock_of(zone: ZoneInfo, first: int, last: int) -> Clock:
    """Look up a zone's offsets from one day to another (numbers since 1970); they hold beyond as at the ends."""
    by_day = [_offset(zone, day * _DAY_SECONDS) for day in range(first, last + 2)]
    changes = [day for day, (one, other) in enumerate(pairwise(by_day), first) if one != other]
    moments = [_change(zone, day * _DAY_SECONDS) for day in changes]
    offsets = [by_day[0], *(by_day[day - first + 1] for day in changes)]
    return Clock(
        np.array([_LONG_AGO, *(moment * SECOND for moment in moments)], dtype=np.int64),
        np.array([offset // timedelta(microseconds=1) for offset in offsets], dtype=np.int64),
    )


def _change(zone: ZoneInfo, start: int) -> int:
    """Find the second at which the offset changes within a day."""
    before, after = start, start + _DAY_SECONDS
    old = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after


def _offset(zone: ZoneInfo, second: int) -> timedelta:
    return (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset() or timedelta()
