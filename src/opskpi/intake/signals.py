"""Signals: what is wrong with no row by itself, yet wants an eye before the figures are believed.

Here are those about whole exports and the period; `suspects.py` has those about rows. They
are computed by column over the settled rows and change no figure.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from opskpi.intake.ledgers import Checked, Intake
from opskpi.intake.sheets import SheetRead
from opskpi.intake.suspects import SHOWN, moments, month_names, suspects
from opskpi.model import REGISTERS
from opskpi.model.periods import Period
from opskpi.model.places import Place, Signal
from opskpi.tables import Table
from opskpi.tables.columns import NAT
from opskpi.tables.instants import microseconds, moment_of
from opskpi.wording import Message, message

#: The newest event may lie so many days before the period's end without a word.
_QUIET_DAYS = 7
#: Where exporting tools are used to stop, and, heading row included, where a sheet of xls or xlsx ends.
_TOOLS_STOP_AT = frozenset({1_000, 5_000, 10_000, 50_000, 65_536, 100_000, 1_048_576})
_SHEETS_END_AT = frozenset({65_536, 1_048_576})


def signals(intake: Intake, period: Period | None, today: date) -> tuple[Signal, ...]:
    """Collect all signals in a fixed order; without a period, those about periods are left out."""
    found = list(_cut_off(intake.sheets))
    if period is not None:
        found += _early_end(intake, period, today)
    for blocks in filter(None, intake.tables.values()):
        if period is not None:
            found += _silent_months(blocks, period)
        found += suspects(blocks)
    return tuple(found)


def newest_event(intake: Intake, before: datetime) -> tuple[datetime, Place] | None:
    """Find the newest event in the accepted rows and its place; what lies at `before` or later is a slip."""
    limit = microseconds(before)
    newest, place = NAT, None
    for each, column, values in _columns(intake, "event"):
        inside = np.where(each.accepted & (values < limit), values, NAT)
        row = int(inside.argmax()) if len(inside) else 0
        if len(inside) and inside[row] > newest:
            newest, place = int(inside[row]), each.place(row, column)
    return None if place is None else (moment_of(newest), place)


def fell_silent(intake: Intake, newest: datetime, end: datetime) -> tuple[Message, int] | None:
    """Say that the newest event lies well before the period's end, and count the items that fell due since."""
    if end - newest <= timedelta(days=_QUIET_DAYS):
        return None
    first, last = microseconds(newest), microseconds(end)
    due = sum(
        int((each.accepted & (values > first) & (values < last)).sum())
        for kind in ("due", "due_day")
        for each, _, values in _columns(intake, kind)
    )
    return message("newest_event", day=newest.date().isoformat(), days=(end - newest).days, due=due), due


def _columns(intake: Intake, kind: str) -> Iterator[tuple[Checked, str, NDArray[np.int64]]]:
    """Go through all moment columns of a kind, the registers' left out."""
    for name, blocks in intake.tables.items():
        for each in blocks if name not in REGISTERS else ():
            for column in each.columns:
                if each.sheet.table.kinds[column].name == kind:
                    yield each, column, moments(each, column)


def _cut_off(sheets: Iterable[SheetRead]) -> Iterator[Signal]:
    """Find sheets that end exactly where exports are cut off."""
    by_rows: dict[int, list[SheetRead]] = {}
    for sheet in sheets:
        rows = sheet.size - sheet.skipped
        if rows in _TOOLS_STOP_AT or sheet.layout.heading_row + sheet.size in _SHEETS_END_AT:
            by_rows.setdefault(rows, []).append(sheet)
    for rows, cut in sorted(by_rows.items()):
        places = tuple(Place(each.file, each.name or "", each.layout.heading_row + each.size) for each in cut[:SHOWN])
        said = message("signal_cut_off", files=tuple(each.label for each in cut), rows=rows)
        yield Signal("cut_off", said, len(cut), places)


def _early_end(intake: Intake, period: Period, today: date) -> Iterator[Signal]:
    """Find out whether the newest event lies long before the end of a period that is over."""
    newest = newest_event(intake, datetime.combine(today, time()) + timedelta(days=1))
    if newest is None or period.end >= today:
        return
    if said := fell_silent(intake, newest[0], datetime.combine(period.after, time())):
        yield Signal("newest_event", *said, (newest[1],))


def _silent_months(blocks: tuple[Checked, ...], period: Period) -> Iterator[Signal]:
    """Find months of the period without a row, in a table that has rows month after month around them.

    A gap has rows before and after it, and two months in a row on one of these sides: the
    reports of quarters leave gaps by their nature.
    """
    table = blocks[0].sheet.table
    filled = _filled_months(blocks, _dated_by(table))
    wanted = range(_month(period.start), _month(period.end) + 1)
    silent = [
        month
        for before, after in pairwise(filled)
        if before - 1 in filled or after + 1 in filled
        for month in range(before + 1, after)
        if month in wanted
    ]
    if silent:
        months = month_names(np.array(silent, dtype="datetime64[M]"))
        yield Signal(
            "silent_month",
            message("signal_silent_month", table=table.said, months=months),
            len(silent),
            (),
        )


def _dated_by(table: Table) -> str | None:
    """Name the column that dates a row: the first moment every row must have."""
    return next((name for name in table.required if table.kinds[name].is_instant), None)


def _filled_months(blocks: tuple[Checked, ...], column: str | None) -> list[int]:
    """List the months of any rows, rejected ones included, counted from 1970-01."""
    months: set[int] = set()
    for each in blocks if column else ():
        values = moments(each, str(column))
        found = np.unique(values[values != NAT].astype("datetime64[us]").astype("datetime64[M]"))
        months.update(found.astype(np.int64).tolist())
    return sorted(months)


def _month(day: date) -> int:
    return (day.year - 1970) * 12 + day.month - 1
