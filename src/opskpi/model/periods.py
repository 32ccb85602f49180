"""Periods as people write them: 2016, 2016-H1, 2016-Q3, 2016-07, 2016-01-15..2016-02-14."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from opskpi.errors import SettingsError
from opskpi.wording import message

#: How many months each frequency spans.
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}

_WRITTEN = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(\d{2})))?")
_RELATIVE = {"last-month": 1, "last-quarter": 3}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from `start` to `end`, both inside."""

    label: str
    start: date
    end: date

    @property
    def after(self) -> date:
        """The first day that no longer belongs to it; its 00:00 is the period's end."""
        return self.end + timedelta(days=1)

    @property
    def months(self) -> int:
        """How many whole months it spans, 0 where it does not begin and end with months."""
        if self.start.day != 1 or self.after.day != 1:
            return 0
        return (self.after.year - self.start.year) * 12 + self.after.month - self.start.month

    def holds(self, other: "Period") -> bool:
        """Tell whether another period lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


def parse_period(text: str, *, today: date | None = None) -> Period:
    """Read a period; `last-month` and `last-quarter` count back from `today`.

    Raises SettingsError for anything else.
    """
    written = text.strip()
    if written in _RELATIVE and today is not None:
        return _last(_RELATIVE[written], today)
    if ".." in written:
        return _between(written)
    found = _WRITTEN.fullmatch(written.upper())
    if not found or not 1 <= int(found[1]) < 9999:  # noqa: PLR2004 - date knows no year 10000
        raise _unreadable(text)
    year, half, quarter, month = (int(part) if part else 0 for part in found.groups())
    if month > 12 or (found[4] and month == 0):  # noqa: PLR2004 - months of a year
        raise _unreadable(text)
    if half:
        return _whole_months(found[0], year, half * 6 - 5, 6)
    if quarter:
        return _whole_months(found[0], year, quarter * 3 - 2, 3)
    return _whole_months(found[0], year, month or 1, 1 if month else 12)


def year_to_date(period: Period, year: Period) -> Period:
    """Stretch a period back to the start of the year it lies in (for `accumulate: year`)."""
    start = year.start if year.holds(period) else date(period.end.year, 1, 1)
    return Period(period.label, min(start, period.start), period.end)


def _whole_months(label: str, year: int, month: int, count: int) -> Period:
    following = month + count - 1
    after = date(year + following // 12, following % 12 + 1, 1)
    return Period(label, date(year, month, 1), after - timedelta(days=1))


def _between(text: str) -> Period:
    first, _, last = text.partition("..")
    try:
        start, end = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
    except ValueError:
        raise _unreadable(text) from None
    if end < start or end == date.max:
        raise _unreadable(text)
    return Period(text, start, end)


def _last(months: int, today: date) -> Period:
    """Find the last whole month or quarter before today."""
    first = (today.month - 1) // months * months + 1
    before = date(today.year, first, 1) - timedelta(days=1)
    label = f"{before:%Y-%m}" if months == 1 else f"{before.year}-Q{(before.month + 2) // 3}"
    return _whole_months(label, before.year, before.month - months + 1, months)


def _unreadable(text: str) -> SettingsError:
    return SettingsError(message("period_unreadable", text=text))
