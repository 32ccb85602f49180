"""Suspect rows: accepted rows that, together or with their other cells, look wrong.

What counts as suspect is written down in the constants here.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from opskpi.intake.ledgers import Checked
from opskpi.model.places import Signal
from opskpi.tables.columns import NAT, UNKNOWN, YES
from opskpi.tables.instants import DAY
from opskpi.wording import message

#: How many places of one signal are shown.
SHOWN = 3
#: What no later event may come before.
_FIRST_EVENT = "created_at"
_LATER_EVENTS = ("responded_at", "resolved_at", "closed_at")
#: The tool's own flags; what stops the clock they judge (nothing: the table's stop columns), and when it was due.
_FLAGS = {"response_flag": (("responded_at",), "response_due_at"), "sla_flag": ((), "resolve_due_at")}
#: Finished in bulk: so many rows on a month's last day, such a share of that month's, so many usual days' worth.
_BULK_ROWS, _BULK_PERCENT, _BULK_TIMES = 20, 30, 3
#: Event columns every row has; where Excel took days for months, none of their days is past the 12th.
_ALWAYS_FILLED = ("created_at", "submitted_at")
_MONTHS_OF_YEAR = 12
#: So many different dates, months and days of the month tell a swap from a short export or a monthly routine.
_SWAP_DATES, _SWAP_MONTHS, _SWAP_DAYS = 12, 3, 3

_Moments = NDArray[np.int64]
_Mask = NDArray[np.bool_]
_Days = NDArray[np.datetime64]


def suspects(blocks: tuple[Checked, ...]) -> Iterator[Signal]:
    """Find the suspect rows of one table."""
    for column in _LATER_EVENTS:
        marks = [_before_created(each, column) for each in blocks]
        yield from _signal("signal_before_created", blocks, marks, {"heading": column, "first": _FIRST_EVENT})
    yield from _finished_in_bulk(blocks)
    for flag, (stops, due) in _FLAGS.items():
        marks = [_differing(each, flag, stops, due) for each in blocks]
        yield from _signal("signal_flag_differs", blocks, marks, {"heading": flag, "due": due})
    for sheet in dict.fromkeys(id(each.sheet) for each in blocks):
        yield from _swapped([each for each in blocks if id(each.sheet) == sheet])
    marks = [_flags(each, "system_default") == YES for each in blocks]
    yield from _signal("signal_system_default", blocks, marks, {"heading": "system_default"})


def moments(each: Checked, column: str) -> _Moments:
    """Get a column of moments; one that is not there is blank."""
    values = each.columns.get(column)
    if isinstance(values, np.ndarray):
        return np.asarray(values, dtype=np.int64)
    return np.full(len(each.chunk), NAT)


def month_names(months: _Days) -> tuple[str, ...]:
    """Write months as 2016-12."""
    return tuple(str(month) for month in np.datetime_as_string(months, unit="M"))


def _before_created(each: Checked, column: str) -> _Mask:
    """Tell which rows ended before they began; a midnight may stand for its whole day."""
    first, later = moments(each, _FIRST_EVENT), moments(each, column)
    begun = np.where(later % DAY == 0, first - first % DAY, first)
    return np.asarray((first != NAT) & (later != NAT) & (later < begun), dtype=bool)


def _differing(each: Checked, flag: str, stops: tuple[str, ...], due: str) -> _Mask:
    """Tell which rows were stopped, and in time only by their flag or only by their times."""
    said, stop, limit = _flags(each, flag), _stopped(each, stops or each.sheet.table.stop), moments(each, due)
    judged = (said != UNKNOWN) & (stop != NAT) & (limit != NAT)
    return np.asarray(judged & ((said == YES) != (stop <= limit)), dtype=bool)


def _finished_in_bulk(blocks: Sequence[Checked]) -> Iterator[Signal]:
    """Find months many of whose rows were finished on their last day."""
    stops = [np.where(each.accepted, _stopped(each, each.sheet.table.stop), NAT) for each in blocks]
    every = np.concatenate(stops)
    days, counts = np.unique(every[every != NAT] // DAY, return_counts=True)
    suspect = _bulk_days(days.astype("datetime64[D]"), counts)
    marks = [np.isin(stop // DAY, suspect.astype(np.int64)) for stop in stops]
    yield from _signal(
        "signal_bulk", blocks, marks, months=month_names(suspect), percent=_BULK_PERCENT, times=_BULK_TIMES
    )


def _bulk_days(days: _Days, counts: NDArray[np.int64]) -> _Days:
    """Pick the last days that stand out; a usual day is the mean of the month's other days with any row."""
    of_month = days.astype("datetime64[M]")
    is_last = days == (of_month + 1).astype("datetime64[D]") - 1
    months, at = np.unique(of_month, return_inverse=True)
    last, others, other_days = np.zeros((3, len(months)), dtype=np.int64)
    np.add.at(last, at[is_last], counts[is_last])
    np.add.at(others, at[~is_last], counts[~is_last])
    np.add.at(other_days, at[~is_last], 1)
    stands_out = (
        (last >= _BULK_ROWS)
        & (last * 100 >= (last + others) * _BULK_PERCENT)
        & (last * other_days >= others * _BULK_TIMES)
    )
    return np.asarray(days[is_last & stands_out[at]], dtype=days.dtype)


def _swapped(sheet: Sequence[Checked]) -> Iterator[Signal]:
    """Find a column of dates none of which is past the 12th, though they are many."""
    for column in _ALWAYS_FILLED:
        values = [np.where(each.accepted, moments(each, column), NAT) for each in sheet]
        every = np.concatenate(values)
        dates = np.unique(every[every != NAT] // DAY).astype("datetime64[D]")
        months = dates.astype("datetime64[M]")
        days = np.unique((dates - months.astype("datetime64[D]")).astype(np.int64) + 1)
        spread = len(np.unique(months)) >= _SWAP_MONTHS and len(days) >= _SWAP_DAYS
        if len(dates) >= _SWAP_DATES and spread and days.max() <= _MONTHS_OF_YEAR:
            marks = [value != NAT for value in values]
            label = sheet[0].sheet.label
            yield from _signal("signal_swapped", sheet, marks, {"heading": column}, sheet=label, dates=len(dates))


def _signal(
    key: str,
    blocks: Sequence[Checked],
    marks: Sequence[_Mask],
    columns: Mapping[str, str] | None = None,
    **values: object,
) -> Iterator[Signal]:
    """Make a signal of the accepted rows that are marked, if any; `columns` are said by their headings."""
    rows = [np.flatnonzero(mask & each.accepted) for each, mask in zip(blocks, marks, strict=True)]
    hits = [(each, found) for each, found in zip(blocks, rows, strict=True) if len(found)]
    if not hits:
        return
    named = columns or {}
    heading_of = hits[0][0].sheet.layout.heading_of
    count = sum(len(found) for _, found in hits)
    said = message(
        key,
        count=count,
        table=hits[0][0].sheet.table.said,
        **{name: heading_of.get(column, column) for name, column in named.items()},
        **values,
    )
    places = (each.place(row, named.get("heading")) for each, found in hits for row in found[:SHOWN].tolist())
    yield Signal(key.removeprefix("signal_"), said, count, tuple(islice(places, SHOWN)))


def _stopped(each: Checked, columns: Sequence[str]) -> _Moments:
    """Find when each row stopped: the first of these columns that is filled."""
    stop = np.full(len(each.chunk), NAT)
    for column in columns:
        stop = np.where(stop == NAT, moments(each, column), stop)
    return stop


def _flags(each: Checked, column: str) -> NDArray[np.int8]:
    """Get a column of flags; one that is not there is unknown throughout."""
    values = each.columns.get(column)
    if isinstance(values, np.ndarray):
        return np.asarray(values, dtype=np.int8)
    return np.full(len(each.chunk), UNKNOWN, dtype=np.int8)
