"""Clocks worked out: for one row judged by the plan's limits, the way from its start to its due moment and its stop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from opskpi.counting.legs import PAUSED, STARTED, Leg, recorded, stopped
from opskpi.indicators.columns import Rows
from opskpi.model.explanations import Clock, Pause
from opskpi.model.service import Limit, LimitRule
from opskpi.tables.columns import NAT, YES, Numbers
from opskpi.tables.instants import moment_of
from opskpi.targets.wordings import fits
from opskpi.worktime import Service

_MINUTE = 60_000_000
#: As `counting/limits.py` has it: a pause of a century is a slip.
_LONGEST = 100 * 366 * 1440 * _MINUTE


@dataclass(frozen=True, slots=True)
class Timing:
    """What a row's clock is worked out from: moments in microseconds of the wall clock, `stop` NAT while it is open."""

    leg: Leg
    rule: LimitRule
    limit: Limit
    start: int
    stop: int
    due: int
    pauses: tuple[Pause, ...]


def timing(leg: Leg, rows: Rows, row: int, rules: Sequence[LimitRule]) -> Timing | None:
    """Read a row's clock from its columns; None where no limit judges it."""
    places, dues = rows.columns.get("limit_rule"), rows.columns.get(f"{leg.name}_limit_at")
    if not isinstance(places, np.ndarray) or not isinstance(dues, np.ndarray) or dues[row] == NAT:
        return None
    rule = rules[int(places[row])]
    limit = leg.limit(rule)
    if limit is None:
        return None
    start, stop = int(recorded(rows, STARTED)[row]), int(stopped(leg, rows)[row])
    return Timing(leg, rule, limit, start, stop, int(dues[row]), _pauses(leg, rows, row))


def worked_out(its: Timing, service: Service, rows: Rows, row: int) -> Clock:
    """Work a row's clock out on its calendar."""
    is_open = its.stop == NAT
    until = rows.clock.as_of if is_open else its.stop
    marked = rows.columns.get(f"{its.leg.name}_estimated")
    return Clock(
        leg=its.leg.name,
        rule=its.rule.line,
        fits=fits(its.rule),
        calendar=its.rule.calendar,
        limit=its.limit.text,
        workdays=its.limit.workdays,
        start=moment_of(its.start),
        stop=None if is_open else moment_of(its.stop),
        due=moment_of(its.due),
        pauses=its.pauses,
        diary=service.diary(its.start, its.due if is_open else min(its.stop, its.due)),
        used=_elapsed(service, its.start, until),
        over=_elapsed(service, its.due, until),
        left=_elapsed(service, until, its.due),
        estimated=isinstance(marked, np.ndarray) and bool(marked[row] == YES),
    )


def _elapsed(service: Service, start: int, end: int) -> timedelta:
    return timedelta(microseconds=int(service.elapsed(start, end)[0]))


def _pauses(leg: Leg, rows: Rows, row: int) -> tuple[Pause, ...]:
    """Get a row's pauses: of a total nobody knows from when to when."""
    column = rows.columns.get(PAUSED)
    if not leg.pauses or not isinstance(column, Numbers) or column.blank[row] or column.units[row] <= 0:
        return ()
    length = int(column.units[row]) * _MINUTE // column.scale
    return (Pause(timedelta(microseconds=min(length, _LONGEST))),)
