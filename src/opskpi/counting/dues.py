"""Due moments: by which moment each row must stop, by the rule that fits it, its calendar and its pauses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.legs import ASSIGNED, CREATED, PAUSED_MINUTES, Leg, durations, stops_of
from opskpi.counting.pauses import NEVER, Stretches
from opskpi.indicators.columns import Rows
from opskpi.tables.columns import NAT, Numbers
from opskpi.tables.wholes import most
from opskpi.worktime import Service

_MINUTE = 60_000_000
#: More microseconds than these are no time anybody waits; a pause of a century is a slip.
_MOST, _LONGEST_PAUSE = 2**62, 100 * 366 * 1440 * _MINUTE


@dataclass(frozen=True, slots=True)
class Way:
    """One way to find a due moment: a calendar, and a number of working days or, where None, the limit in minutes."""

    service: Service
    workdays: int | None
    at_end: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """A leg's limits by rule, the last place standing for rows without a rule.

    `way` points into `ways` (-1: no limit), `minutes` are those in minutes, `clocked` tells which need times of day.
    """

    leg: Leg
    ways: tuple[Way, ...]
    way: NDArray[np.int64]
    minutes: Numbers
    clocked: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Ruled:
    """A block with each row's rule, when its clock starts, its pauses, and what its sheet shows of times.

    `starts` is NAT where a finished row does not show when its clock began, and `NEVER` where it has not begun yet;
    `assigned` tells which rows' begins with their assignment. `timed` names the legs that the sheet shows the stops of,
    `dates` marks cells without a time of day.
    """

    rows: Rows
    rule: NDArray[np.int64]
    starts: NDArray[np.int64]
    assigned: NDArray[np.bool_]
    stretches: Stretches
    timed: frozenset[str]
    dates: Mapping[str, NDArray[np.bool_]]


def due_moments(limits: Limits, ruled: Ruled) -> NDArray[np.int64]:
    """Find the moment by which each row must stop.

    NAT where no rule limits it, or a duration stands for its stop; `NEVER` while a pause, or the wait for its start,
    keeps the clock still.
    """
    rows, leg = ruled.rows, limits.leg
    due = np.full(len(rows), NAT)
    for way, here in ways(limits, ruled):
        due[here] = reached(way, limits, ruled, here)
    otherwise = rows.finished() & ~rows.filled(*stops_of(leg, rows.table)) & durations(leg, rows)
    return np.where(otherwise | (limits.clocked[ruled.rule] & dated(ruled, leg)), NAT, due)


def ways(limits: Limits, ruled: Ruled) -> Iterator[tuple[Way, NDArray[np.intp]]]:
    """Go through the ways to find a due moment, each with the rows it is for."""
    way_of_row = limits.way[ruled.rule]
    for at, way in enumerate(limits.ways):
        here = np.flatnonzero(way_of_row == at)
        if len(here):
            yield way, here


def dated(ruled: Ruled, leg: Leg) -> NDArray[np.bool_]:
    """Tell which rows say only the day of their start or of their stop, beside others that say the time."""
    rows, stops = ruled.rows, stops_of(leg, ruled.rows.table)
    found = np.zeros(len(rows), dtype=bool)
    for name, marked in ruled.dates.items():
        if name in stops:
            found |= marked & ~rows.filled(*stops[: stops.index(name)])
        elif name in (CREATED, ASSIGNED):
            found |= marked & (ruled.assigned == (name == ASSIGNED))
    return found


def paused_minutes(leg: Leg, ruled: Ruled) -> NDArray[np.int64]:
    """Get a row's pauses where only their sum is known; nobody knows of a sum that it came before the response."""
    column = ruled.rows.columns.get(PAUSED_MINUTES)
    if not leg.pauses or not isinstance(column, Numbers):
        return np.zeros(len(ruled.rows), dtype=np.int64)
    paused = np.where(column.blank, 0, np.clip(micros(column), 0, _LONGEST_PAUSE))
    paused[ruled.stretches.rows] = 0
    return paused


def micros(minutes: Numbers) -> NDArray[np.int64]:
    """Turn minutes into whole microseconds, what is left of one cut off."""
    common = gcd(_MINUTE, minutes.scale)
    factor, divisor = _MINUTE // common, minutes.scale // common
    if minutes.units.dtype != object and most(minutes.units) * factor < _MOST:
        return minutes.units * factor // divisor
    exact = [min(units * factor // divisor, _MOST) for units in minutes.units.tolist()]
    return np.array(exact, dtype=np.int64)


def reached(
    way: Way, limits: Limits, ruled: Ruled, here: NDArray[np.intp], *, pausing: bool = True
) -> NDArray[np.int64]:
    """Find when the limit of some rows is reached on a way; without `pausing` as if no clock had ever stood still."""
    starts = ruled.starts[here]
    waiting = starts == NEVER
    starts = np.where(waiting, NAT, starts)
    paused = paused_minutes(limits.leg, ruled)[here] if pausing else np.zeros(len(here), dtype=np.int64)
    if way.workdays is None:
        begins, wanted = starts, micros(limits.minutes)[ruled.rule[here]] + paused
    else:
        begins, wanted = way.service.due_workdays(starts, way.workdays, at_end=way.at_end), paused
    due = way.service.due(begins, wanted)
    if pausing and ruled.stretches.most:
        due = _moved(way.service, ruled, here, (begins, wanted), due)
    return np.where(waiting, NEVER, due)


def _moved(
    service: Service,
    ruled: Ruled,
    here: NDArray[np.intp],
    wanted: tuple[NDArray[np.int64], NDArray[np.int64]],
    due: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Move due moments on by every pause that begins before them; what two pauses cover counts once."""
    stretches, place = ruled.stretches, np.full(len(ruled.rows), -1, dtype=np.intp)
    place[here] = np.arange(len(here))
    begins, amounts = (each.copy() for each in wanted)
    covered, due = ruled.starts[here], due.copy()
    for rank in range(stretches.most):
        at = np.flatnonzero((stretches.rank == rank) & (place[stretches.rows] >= 0))
        rows = place[stretches.rows[at]]
        begin = np.maximum(stretches.begins[at], covered[rows])
        counts = (due[rows] != NAT) & (begin < due[rows]) & (stretches.ends[at] > begin)
        at, rows, begin = at[counts], rows[counts], begin[counts]
        end = stretches.ends[at]
        ended = end != NEVER
        amounts[rows[ended]] += service.elapsed(begin[ended], end[ended])
        covered[rows] = end
        due[rows] = np.where(ended, service.due(begins[rows], amounts[rows]), NEVER)
    return due
