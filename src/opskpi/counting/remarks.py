"""Remarks: what a reader must know of the limits beside the figures they gave."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.legs import STARTED, Leg, judged_until, recorded
from opskpi.indicators.columns import Rows
from opskpi.tables.columns import NAT, YES
from opskpi.tables.instants import DAY, microseconds, moment_of
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message
from opskpi.worktime import Service


def remarks(legs: Sequence[Leg], blocks: Sequence[Rows], services: Sequence[Service], plan: Plan) -> Iterator[Message]:
    """Tell what judged by limits rests on more than the export says, of the rows of the plan's period."""
    legs = [leg for leg in legs if leg.strict]
    inside = [_inside(rows, plan) for rows in blocks]

    def count(name: str) -> int:
        return sum(
            int((_marks(leg, name, rows) & here).sum())
            for leg in legs
            for rows, here in zip(blocks, inside, strict=True)
        )

    if doubtful := count("estimated"):
        years = sorted({year for leg in legs for rows in blocks for year in _years(leg, rows, services)})
        yield message("limit_estimated", years=tuple(map(str, years)), count=doubtful)
    if dated := count("dated"):
        yield message("limit_dated", count=dated)
    if rested := count("rested"):
        yield message("limit_pauses", count=rested)
    silent = sum(
        int((_silent(leg, rows) & here).sum()) for leg in legs for rows, here in zip(blocks, inside, strict=True)
    )
    if silent and plan.missing_response is None:
        yield message("missing_response_unstated", count=silent)


def _inside(rows: Rows, plan: Plan) -> NDArray[np.bool_]:
    """Tell which rows were created in the plan's period, or in a project's own."""
    period, created = plan.span, recorded(rows, STARTED)
    start, after = (microseconds(datetime.combine(day, time())) for day in (period.start, period.after))
    return np.asarray((created >= start) & (created < after), dtype=bool)


def _marks(leg: Leg, name: str, rows: Rows) -> NDArray[np.bool_]:
    marked = rows.columns.get(f"{leg.name}_{name}")
    if not isinstance(marked, np.ndarray):
        return np.zeros(len(rows), dtype=bool)
    return np.asarray((marked == YES) & rows.accepted, dtype=bool)


def _years(leg: Leg, rows: Rows, services: Sequence[Service]) -> Iterator[int]:
    """Find the unknown years that estimated rows touch."""
    here = _marks(leg, "estimated", rows)
    if not here.any():
        return
    begin, end = recorded(rows, STARTED), judged_until(leg, rows, rows.moments(f"{leg.name}_limit_at"))
    for year in range(moment_of(int(begin[here].min())).year, moment_of(int(end[here].max())).year + 1):
        summer = microseconds(datetime(year, 7, 1))  # noqa: DTZ001 - wall clock
        if any(service.unofficial(summer, summer + DAY).any() for service in services):
            yield year


def _silent(leg: Leg, rows: Rows) -> NDArray[np.bool_]:
    """Tell which finished rows have a limit for their response and show none."""
    response = rows.table.response
    if response is None or leg.stops != (response,):
        return np.zeros(len(rows), dtype=bool)
    limited = rows.moments(f"{leg.name}_limit_at") != NAT
    return np.asarray(rows.accepted & limited & rows.finished() & ~rows.filled(response), dtype=bool)
