"""Periods as people write them: 2016, 2016-H1, 2016-Q3, 2016-07, 2016-04..2017-03, 2016年7月; and the parts of one."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from opskpi.errors import SettingsError
from opskpi.wording import message

#: How many months each frequency spans.
MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}

#: Without blanks and in upper case: 2016, 2016-H1, 2016Q3, 2016-7, 2016年度, 2016上半年, 2016年第三季度, 2016年7月份.
_WRITTEN = re.compile(
    r"(?P<year>[0-9]{4})(?:年度?|-(?!$))?"
    r"(?:全年|H(?P<half>[12])|(?P<half_word>[上下])半年"
    r"|Q(?P<quarter>[1-4])|第?(?P<quarter_word>[1-4一二三四])季度"
    r"|(?<=[年度-])(?P<month>[0-9]{1,2})(?:月份?)?)?"
)
_DAY = re.compile(r"([0-9]{4})[-年]([0-9]{1,2})[-月]([0-9]{1,2})日?")
_NUMBERS = {"上": 1, "下": 2, "一": 1, "二": 2, "三": 3, "四": 4}
_RELATIVE = {f"last-{name}": months for name, months in MONTHS.items()}
_YEAR = 12
#: A series of more parts is a slip in the period's years.
_MOST_PARTS = 240


_ENGLISH_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_SHORTEST, _SEPT = 3, "sept"


def month_named(word: str) -> int:
    """Find the month of an English name, whole or shortened to three letters; 0 where there is none."""
    name = word.lower()
    name = name if name != _SEPT else name[:_SHORTEST]
    return next((at for at, month in enumerate(_ENGLISH_MONTHS, 1) if name in (month, month[:_SHORTEST])), 0)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from `start` to `end`, both inside; `cut_from` is how many months a part had before it was cut."""

    label: str
    start: date
    end: date
    cut_from: int = 0

    @property
    def after(self) -> date:
        """The first day that no longer belongs to it; its 00:00 is the period's end."""
        return self.end + timedelta(days=1)

    @property
    def months(self) -> int:
        """How many months it stands for, 0 where it is no part and does not begin and end with months."""
        if self.cut_from:
            return self.cut_from
        return _months_between(self.start, self.after)

    @property
    def kind(self) -> str:
        """What people call it: a month, quarter, half or year, or, where it is none of the calendar's, a period."""
        for name, months in MONTHS.items():
            if self.months == months and (self.cut_from or months == _YEAR or (self.start.month - 1) % months == 0):
                return name
        return "period"

    @property
    def first_month(self) -> int:
        """The month its years begin with: its own first where it is whole years, else January."""
        months = _months_between(self.start, self.after)
        return self.start.month if months and months % _YEAR == 0 else 1

    def holds(self, other: "Period") -> bool:
        """Tell whether another period lies wholly inside."""
        return self.start <= other.start and other.end <= self.end


def parse_period(text: str, *, today: date | None = None, first_month: int = 1) -> Period:
    """Read a period; `last-month` and the like count back from `today`, in years that begin with `first_month`.

    Raises SettingsError for anything else.
    """
    written = "".join(unicodedata.normalize("NFKC", text).split())
    if written in _RELATIVE and today is not None:
        return _last(_RELATIVE[written], today, first_month, text)
    first, between, last = written.replace("至", "..").partition("..")
    if not between:
        return _whole(written, text)
    start, end = _side(first, text), _side(last, text)
    if end.end < start.start or end.end == date.max:
        raise _unreadable(text)
    return Period(f"{start.label}..{end.label}", start.start, end.end)


def split(period: Period, by: str, first_month: int = 1) -> tuple[Period, ...]:
    """Part a period into months, quarters, half-years or years, the first and last cut to it.

    Raises SettingsError where there would be too many.
    """
    unit, first = MONTHS[by], _number(period.start)
    first -= (first - first_month + 1) % unit
    numbers = range(first, _number(period.end) + 1, unit)
    if len(numbers) > _MOST_PARTS:
        raise SettingsError(message("series_too_long", period=period.label, count=len(numbers), most=_MOST_PARTS))
    return tuple(_part(period, at, unit, first_month) for at in numbers)


def year_to_date(period: Period, year: Period) -> Period:
    """Stretch a period back to the start of the year it lies in (for `accumulate: year`)."""
    start = year.start if year.holds(period) else date(period.end.year, 1, 1)
    return Period(period.label, min(start, period.start), period.end)


def before(period: Period) -> Period:
    """Find the period before of equal length: as many months where it is whole months, else as many days."""
    if months := _months_between(period.start, period.after):
        return _months(_number(period.start) - months, months)
    days = period.after - period.start
    return Period(f"{period.start - days}..{period.end - days}", period.start - days, period.end - days)


def _whole(written: str, text: str) -> Period:
    """Read a year, half-year, quarter or month."""
    found = _WRITTEN.fullmatch(written.upper())
    if not found or not 1 <= int(found["year"]) < 9999:  # noqa: PLR2004 - date knows no year 10000
        raise _unreadable(text)
    year, month = int(found["year"]), found["month"]
    if month and not 1 <= int(month) <= _YEAR:
        raise _unreadable(text)
    if half := found["half"] or found["half_word"]:
        return _months(year * _YEAR + _order(half) * 6 - 6, 6)
    if quarter := found["quarter"] or found["quarter_word"]:
        return _months(year * _YEAR + _order(quarter) * 3 - 3, 3)
    return _months(year * _YEAR + int(month or 1) - 1, 1 if month else _YEAR)


def _order(written: str) -> int:
    return _NUMBERS.get(written) or int(written)


def _side(written: str, text: str) -> Period:
    """Read one side of a range: a day, or what a period may be."""
    found = _DAY.fullmatch(written)
    if not found:
        return _whole(written, text)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise _unreadable(text) from None
    return Period(day.isoformat(), day, day)


def _last(months: int, today: date, first_month: int, text: str) -> Period:
    """Find the last whole month, quarter, half-year or year before today."""
    number = _number(today)
    first = number - (number - first_month + 1) % months - months
    if first < _YEAR:
        raise _unreadable(text)
    return _months(first, months, first_month)


def _part(period: Period, number: int, unit: int, first_month: int) -> Period:
    start = max(_first_day(number), period.start)
    end = min(_first_day(number + unit) - timedelta(days=1), period.end)
    return Period(_label(start, end, first_month), start, end, cut_from=unit)


def _months(number: int, count: int, first_month: int = 1) -> Period:
    start, end = _first_day(number), _first_day(number + count) - timedelta(days=1)
    return Period(_label(start, end, first_month), start, end)


def _label(start: date, end: date, first_month: int) -> str:
    """Name a period so that nobody can take it for another: Q3 and H1 are the calendar's, never a fiscal year's."""
    months = _months_between(start, end + timedelta(days=1))
    if not months:
        return f"{start}..{end}"
    first, last = start.isoformat()[:7], end.isoformat()[:7]
    year, before = first[:4], start.month - 1
    named = {_YEAR: year, 6: f"{year}-H{before // 6 + 1}", 3: f"{year}-Q{before // 3 + 1}"}
    if months == 1:
        return first
    if first_month == 1 and months in named and before % months == 0:
        return named[months]
    return f"{first}..{last}"


def _months_between(start: date, after: date) -> int:
    """Count whole months, 0 where one of the days is not the first of its month."""
    return 0 if start.day != 1 or after.day != 1 else _number(after) - _number(start)


def _number(day: date) -> int:
    """Give the number of a day's month, so that months can be counted with."""
    return day.year * _YEAR + day.month - 1


def _first_day(number: int) -> date:
    """Find a month's first day, as far as the calendar of `date` reaches."""
    if number < _YEAR:
        return date.min
    return date.max if number >= (date.max.year + 1) * _YEAR else date(number // _YEAR, number % _YEAR + 1, 1)


def _unreadable(text: str) -> SettingsError:
    return SettingsError(message("period_unreadable", text=text))
