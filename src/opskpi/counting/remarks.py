"""Remarks: what a reader must know of the limits beside the figures they gave."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time
from functools import partial

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.legs import CREATED, Leg, judged_until, recorded, stopped, stops_of
from opskpi.indicators.columns import Rows
from opskpi.tables.columns import NAT, YES, Numbers
from opskpi.tables.instants import DAY, microseconds, moment_of
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message
from opskpi.worktime import Service

#: What is marked on rows, and what is said of it.
_MARKS = {"dated": "limit_dated", "rested": "limit_pauses", "unassigned": "limit_unassigned"}


def remarks(legs: Sequence[Leg], blocks: Sequence[Rows], services: Sequence[Service], plan: Plan) -> Iterator[Message]:
    """Tell what judged by limits rests on more than the export says, of the rows of the plan's period."""
    legs = [leg for leg in legs if leg.strict]
    inside = [_inside(rows, plan) for rows in blocks]

    def count(found: Callable[[Leg, Rows], NDArray[np.bool_]]) -> int:
        pairs = list(zip(blocks, inside, strict=True))
        return sum(int((found(leg, rows) & here).sum()) for leg in legs for rows, here in pairs)

    if doubtful := count(partial(_marked, "estimated")):
        years = sorted({year for leg in legs for rows in blocks for year in _years(leg, rows, services)})
        yield message("limit_estimated", years=tuple(map(str, years)), count=doubtful)
    for name, key in _MARKS.items():
        if marked := count(partial(_marked, name)):
            yield message(key, count=marked)
    if plan.completion == "first" and (unshown := count(_without_first)):
        yield message("first_completion_unshown", count=unshown)
    if turned := sum(int((_pause_turned(rows) & here).sum()) for rows, here in zip(blocks, inside, strict=True)):
        yield message("pause_turned", count=turned)
    if early := count(_before_start):
        yield message("stopped_before_start", count=early)
    if plan.missing_response is None and (silent := count(_silent)):
        yield message("missing_response_unstated", count=silent)


def _inside(rows: Rows, plan: Plan) -> NDArray[np.bool_]:
    """Tell which rows were created in the plan's period, or in a project's own."""
    period, created = plan.span, recorded(rows, CREATED)
    start, after = (microseconds(datetime.combine(day, time())) for day in (period.start, period.after))
    return np.asarray((created >= start) & (created < after), dtype=bool)


def _marked(name: str, leg: Leg, rows: Rows) -> NDArray[np.bool_]:
    marked = rows.columns.get(f"{leg.name}_{name}")
    if not isinstance(marked, np.ndarray):
        return np.zeros(len(rows), dtype=bool)
    return np.asarray((marked == YES) & rows.accepted, dtype=bool)


def _years(leg: Leg, rows: Rows, services: Sequence[Service]) -> Iterator[int]:
    """Find the unknown years that estimated rows touch."""
    here = _marked("estimated", leg, rows)
    if not here.any():
        return
    begin, end = recorded(rows, CREATED), judged_until(leg, rows, rows.moments(f"{leg.name}_limit_at"))
    for year in range(moment_of(int(begin[here].min())).year, moment_of(int(end[here].max())).year + 1):
        summer = microseconds(datetime(year, 7, 1))  # noqa: DTZ001 - wall clock
        if any(service.unofficial(summer, summer + DAY).any() for service in services):
            yield year


def _pause_turned(rows: Rows) -> NDArray[np.bool_]:
    """Tell which rows have a pause that ends before it begins."""
    begin, end = recorded(rows, "paused_at"), recorded(rows, "resumed_at")
    return np.asarray(rows.accepted & (begin != NAT) & (end != NAT) & (end < begin), dtype=bool)


def _before_start(leg: Leg, rows: Rows) -> NDArray[np.bool_]:
    """Tell which judged rows stopped before they were created; a midnight may stand for its whole day."""
    stop, created = stopped(leg, rows), recorded(rows, CREATED)
    begun = np.where(stop % DAY == 0, created - created % DAY, created)
    limited = rows.moments(f"{leg.name}_limit_at") != NAT
    return np.asarray(rows.accepted & limited & (stop != NAT) & (created != NAT) & (stop < begun), dtype=bool)


def _silent(leg: Leg, rows: Rows) -> NDArray[np.bool_]:
    """Tell which finished rows have a limit for their response and show none."""
    response = rows.table.response
    if response is None or stops_of(leg, rows.table) != (response,):
        return np.zeros(len(rows), dtype=bool)
    limited = rows.moments(f"{leg.name}_limit_at") != NAT
    return np.asarray(rows.accepted & limited & rows.finished() & ~rows.filled(response), dtype=bool)


def _without_first(leg: Leg, rows: Rows) -> NDArray[np.bool_]:
    """Tell which rows were opened again and do not show when they were completed first."""
    reopened = rows.columns.get("reopened")
    if leg.name != "resolve" or not isinstance(reopened, Numbers):
        return np.zeros(len(rows), dtype=bool)
    again = rows.accepted & ~reopened.blank & (reopened.units > 0)
    return np.asarray(again & ~rows.filled(rows.table.stop[0]), dtype=bool)
