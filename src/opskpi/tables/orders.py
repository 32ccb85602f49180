"""The order of a date's numbers: proved by the whole column, or refused with the readings shown.

A year of two digits, or one that comes last, leaves open which number is the day. An order is
possible where every such date of the column is a day of the calendar by it, and at least one lies
near the period; one possible order is a proof.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from opskpi.errors import ExportError
from opskpi.tables.columns import NAT, cell_texts
from opskpi.tables.dates import ORDERS
from opskpi.tables.drafts import Draft
from opskpi.tables.instants import DAY, Moments, microseconds, moment_of
from opskpi.wording import Message, message

#: A day of the month that could also be a month.
_MONTHS = 12
#: So many different days, none after the twelfth, are no chance.
_FEW_DAYS = 5


@dataclass(frozen=True, slots=True)
class OpenColumn:
    """A column of a sheet whose dates are to be ordered, over all of its blocks."""

    name: str
    drafts: Sequence[Draft]
    sheet: str
    heading: str

    def each(self) -> Iterator[tuple[Draft, Moments]]:
        """Go through the blocks that have the column."""
        for draft in self.drafts:
            if self.name in draft.moments:
                yield draft, draft.moments[self.name]

    def example(self, mask: Callable[[Moments], NDArray[np.bool_]]) -> tuple[str, int, Moments, int] | None:
        """Find the first row of a kind: its text, its number, and where it stands in its block."""
        for draft, moments in self.each():
            rows = np.flatnonzero(mask(moments))[:1]
            if len(rows):
                text = cell_texts(draft.texts[self.name], rows)[0] or ""
                return text, int(draft.rows[rows[0]]), moments, int(rows[0])
        return None


def proved(column: OpenColumn, window: tuple[datetime, datetime] | None) -> str:
    """Find the one order the whole column allows; raises ExportError where there is none, or more."""
    open_blocks = [moments for _, moments in column.each() if moments.is_open]
    known = [order for order in ORDERS if any(order in moments.by_order for moments in open_blocks)]
    possible = [order for order in known if not any(moments.failing(order).any() for moments in open_blocks)]
    near = [order for order in possible if _near(order, open_blocks, window)] or possible
    if not near:
        raise ExportError(_mixed(column, known))
    for other in near[1:]:
        if any(moments.differing(near[0], other).any() for moments in open_blocks):
            raise ExportError(_ambiguous(column, near[0], other))
    return near[0]


def swapped(column: OpenColumn) -> tuple[Message, ...]:
    """Warn where dates that needed no proof all lie in the first twelve days, beside texts that go further.

    So a file looks whose texts a spreadsheet of another country has read: what could be a
    month became one, the rest stayed text.
    """
    settled = [moments.by_order[next(iter(moments.by_order))][moments.settled] for _, moments in column.each()]
    values = np.unique(np.concatenate(settled) // DAY) if settled else np.zeros(0, dtype=np.int64)
    if len(values) < _FEW_DAYS or any(moment_of(int(value) * DAY).day > _MONTHS for value in values):
        return ()
    return (message("days_swapped", sheet=column.sheet, heading=column.heading, count=len(values)),)


def _near(order: str, blocks: Sequence[Moments], window: tuple[datetime, datetime] | None) -> bool:
    if window is None:
        return True
    first, last = (microseconds(bound) for bound in window)
    return any(((m.values(order) >= first) & (m.values(order) < last) & ~m.settled).any() for m in blocks)


def _mixed(column: OpenColumn, known: Sequence[str]) -> Message:
    one, other = known[0], known[1]
    first, second = column.example(lambda m: m.failing(other)), column.example(lambda m: m.failing(one))
    assert first is not None  # noqa: S101 - each order has failed on a row
    assert second is not None  # noqa: S101
    return message(
        "dates_mixed",
        sheet=column.sheet,
        heading=column.heading,
        first=first[0],
        row=first[1],
        second=second[0],
        other=second[1],
    )


def _ambiguous(column: OpenColumn, one: str, other: str) -> Message:
    found = column.example(lambda m: m.differing(one, other))
    assert found  # noqa: S101 - asked only where a row differs
    text, row, moments, at = found
    return message(
        "dates_ambiguous",
        sheet=column.sheet,
        heading=column.heading,
        text=text,
        row=row,
        first=_day(moments.values(one)[at]),
        second=_day(moments.values(other)[at]),
        one=one,
        other=other,
    )


def _day(value: np.int64) -> str:
    return "-" if value == NAT else str(moment_of(int(value)).date())
