"""Legs: what a service level limits, response and resolution, and what the sheets show of when each stopped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.columns import Rows
from opskpi.model.service import Limit, LimitRule
from opskpi.tables import Table
from opskpi.tables.columns import NAT, Numbers
from opskpi.tables.instants import DAY
from opskpi.targets.indicator import Indicator

CREATED, ASSIGNED, PAUSED_MINUTES = "created_at", "assigned_at", "paused_minutes"


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg: the judged column it decides, and the duration that may stand for its times.

    `pauses` says that a sum of paused minutes extends its limit: nobody knows of one that any came
    before the response. `strict` says that a limit may judge it, so that dates without times are refused.
    """

    name: str
    judged: str
    duration: str
    pauses: bool
    strict: bool = True

    def limit(self, rule: LimitRule) -> Limit | None:
        """Get a rule's limit for this leg."""
        return rule.respond if self.name == "respond" else rule.resolve


_LEGS = (
    Leg("respond", "response_met", "response_minutes", pauses=False),
    Leg("resolve", "sla_met", "resolve_minutes", pauses=True),
)


def legs(indicators: Sequence[Indicator], table: str) -> tuple[Leg, ...]:
    """Find the legs that any of some indicators judges in a table."""
    found = []
    for leg in _LEGS:
        by = [
            each.judged_by
            for indicator in indicators
            for each in indicator.definitions.values()
            if each.table.name == table and leg.judged in each.judged
        ]
        if by:
            found.append(replace(leg, strict=any(each in (None, "limit") for each in by)))
    return tuple(found)


def leg_of(judged: str) -> Leg | None:
    """Find the leg that a judged column decides."""
    return next((leg for leg in _LEGS if leg.judged == judged), None)


def stops_of(leg: Leg, table: Table) -> tuple[str, ...]:
    """Name the events that stop a leg, the first filled one first."""
    return (str(table.response),) if leg.name == "respond" else table.stop


def timed(leg: Leg, sheet: Sequence[Rows]) -> bool:
    """Tell whether a sheet shows when a leg stopped: it has columns for it, not all blank beside durations."""
    stops = stops_of(leg, sheet[0].table)
    if not any(name in rows.columns for rows in sheet for name in stops):
        return False
    if any((rows.filled(*stops) & rows.accepted).any() for rows in sheet):
        return True
    return not any((rows.finished() & durations(leg, rows) & rows.accepted).any() for rows in sheet)


def dates_only(leg: Leg, start: str, sheet: Sequence[tuple[Rows, NDArray[np.bool_]]]) -> str | None:
    """Find a column without any time of day among those that the marked rows of a sheet are timed by."""
    stops = stops_of(leg, sheet[0][0].table)
    for name in (start, *stops):
        earlier = stops[: stops.index(name)] if name in stops else ()
        used = any((marked & rows.filled(name) & ~rows.filled(*earlier)).any() for rows, marked in sheet)
        if used and not any(_shows_times(rows, name) for rows, _ in sheet):
            return name
    return None


def durations(leg: Leg, rows: Rows) -> NDArray[np.bool_]:
    """Tell which rows have a duration of the leg."""
    column = rows.columns.get(leg.duration)
    return ~column.blank if isinstance(column, Numbers) else np.zeros(len(rows), dtype=bool)


def stopped(leg: Leg, rows: Rows) -> NDArray[np.int64]:
    """Get when a leg stopped by `as_of`."""
    return rows.moments(str(rows.table.response)) if leg.name == "respond" else rows.stops()


def judged_until(leg: Leg, rows: Rows, due: NDArray[np.int64]) -> NDArray[np.int64]:
    """Find up to when a calendar decides on each row: its stop, or `as_of` while it is open, but not past its due."""
    stop = stopped(leg, rows)
    return np.minimum(np.where(stop == NAT, rows.clock.as_of, stop), due)


def recorded(rows: Rows, name: str) -> NDArray[np.int64]:
    """Get a column of moments as the export has it, be they later than `as_of`."""
    values = rows.columns.get(name)
    return values.astype(np.int64, copy=False) if isinstance(values, np.ndarray) else np.full(len(rows), NAT)


def _shows_times(rows: Rows, name: str) -> bool:
    values = recorded(rows, name)
    return bool((rows.accepted & (values != NAT) & (values % DAY != 0)).any())
