"""Intervals: how long something was down, overlapping stretches counted once, and how long it was to be up."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.columns import Rows
from opskpi.indicators.moments import moments
from opskpi.indicators.nodes import Node
from opskpi.tables.columns import NAT
from opskpi.worktime import Service

_MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches of time, each with its owner, a project or a group."""

    owners: NDArray[Any]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bounds:
    """From when until when time counts for each project: the period, its service dates, and no later than `as_of`."""

    begins: NDArray[np.int64]
    ends: NDArray[np.int64]

    def of(self, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Spread the bounds over the rows of the projects; rows of no project have none."""
        return np.append(self.begins, 0)[rows.projects], np.append(self.ends, 0)[rows.projects]

    def agreed(self, service: Service) -> list[Fraction]:
        """Measure the service of each project between its bounds, in minutes."""
        passed = service.elapsed(self.begins, np.maximum(self.begins, self.ends))
        return [Fraction(micros, _MINUTE) for micros in passed.tolist()]

    def doubtful(self, service: Service) -> NDArray[np.bool_]:
        """Tell for which projects a calendar is only estimated."""
        return service.unofficial(self.begins, np.maximum(self.begins, self.ends))


def clipped(arguments: Sequence[Node], rows: Rows, bounds: Bounds) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Clip each row's stretch to its project's bounds; one without an end lasts. Both are NAT where nothing is left."""
    start, stop = moments(arguments[0], rows), moments(arguments[1], rows)
    begins, ends = bounds.of(rows)
    first = np.maximum(start, begins)
    last = np.where(stop == NAT, ends, np.minimum(stop, ends))
    there = (start != NAT) & (first < last)
    return np.where(there, first, NAT), np.where(there, last, NAT)


def down(parts: Sequence[Stretches], owners: int, service: Service) -> list[Fraction]:
    """Measure each owner's stretches in minutes of service, what overlaps only once."""
    totals = [Fraction(0)] * owners
    if not parts:
        return totals
    owner, starts, ends = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("owners", "starts", "ends")
    )
    order = np.lexsort((starts, owner))
    owner, starts, ends = owner[order], starts[order], ends[order]
    edges = np.searchsorted(owner, np.arange(owners + 1))
    for at, (begin, end) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
        if begin == end:
            continue
        mine = slice(begin, end)
        busy = np.concatenate([starts[mine][:1], np.maximum.accumulate(ends[mine])[:-1]])
        fresh = np.minimum(np.maximum(starts[mine], busy), ends[mine])
        totals[at] = Fraction(int(service.elapsed(fresh, ends[mine]).sum()), _MINUTE)
    return totals
