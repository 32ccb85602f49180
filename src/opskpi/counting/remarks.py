"""Remarks: what a reader must know of the limits beside the figures they gave."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.legs import STARTED, Leg, judged_until, recorded
from opskpi.indicators.columns import Rows
from opskpi.tables.columns import NAT, YES
from opskpi.tables.instants import DAY, microseconds, moment_of
from opskpi.wording import Message, message
from opskpi.worktime import Service


def remarks(
    legs: Sequence[Leg], blocks: Sequence[Rows], services: Sequence[Service], *, stated: bool
) -> Iterator[Message]:
    """Tell which years nobody knows the calendar of, and how many rows without a response nothing is `stated` for."""
    doubtful = [np.logical_or.reduce([_estimated(leg, rows) for leg in legs]) for rows in blocks]
    if count := sum(int(marked.sum()) for marked in doubtful):
        years = sorted({year for leg in legs for rows in blocks for year in _years(leg, rows, services)})
        yield message("limit_estimated", years=tuple(map(str, years)), count=count)
    silent = sum(int(_silent(leg, rows).sum()) for leg in legs for rows in blocks)
    if silent and not stated:
        yield message("missing_response_unstated", count=silent)


def _estimated(leg: Leg, rows: Rows) -> NDArray[np.bool_]:
    """Tell which accepted rows a leg judges by a calendar that is only estimated."""
    marked = rows.columns.get(f"{leg.name}_estimated")
    if not isinstance(marked, np.ndarray):
        return np.zeros(len(rows), dtype=bool)
    return np.asarray((marked == YES) & rows.accepted, dtype=bool)


def _years(leg: Leg, rows: Rows, services: Sequence[Service]) -> Iterator[int]:
    """Find the unknown years that estimated rows touch."""
    here = _estimated(leg, rows)
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
