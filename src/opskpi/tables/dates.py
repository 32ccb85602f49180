"""Forms of dates: the text of one cell read as a moment, whatever dress it wears.

Known are ISO, Chinese offices' and Excel's forms, months by their English names, 上午 and PM,
compact digits, and Excel's serial numbers. Two-digit years and years that come last leave the
order of the numbers open: every order that gives a date of the calendar is returned, and the
whole column decides. A time zone that is written moves the moment onto the plan's clock.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from opskpi.model.periods import month_named
from opskpi.tables.words import BLANKS

#: A year-first date and an optional time: 2016-03-05 09:05:00, 2016/3/5 9:05, 2016年3月5日 9时5分, …T09:05:00.5+08:00.
YEAR_FIRST = (
    r"^(?P<y>[0-9]{4})[-/.年](?P<m>[0-9]{1,2})[-/.月](?P<d>[0-9]{1,2})日?"
    r"(?P<t>[ T]*(?P<H>[0-9]{1,2})[:时](?P<M>[0-9]{1,2})"
    r"(?:[:分](?P<S>[0-9]{1,2})(?:\.(?P<f>[0-9]{1,6})[0-9]*)?秒?|分)?"
    r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)
#: Two numbers, then the year: 29/2/2016 01:16 or 02-29-2016. Which is the day, the column tells.
YEAR_LAST = (
    r"^(?P<a>[0-9]{1,2})[-/.](?P<b>[0-9]{1,2})[-/.](?P<y>[0-9]{4})"
    r"(?P<t>[ T]+(?P<H>[0-9]{1,2}):(?P<M>[0-9]{1,2})(?::(?P<S>[0-9]{1,2})(?:\.(?P<f>[0-9]{1,6})[0-9]*)?)?)?$"
)
#: No zone lies further from Greenwich, in minutes; years beyond these are somebody's blank.
FURTHEST_ZONE = 14 * 60
FIRST_YEAR, LAST_YEAR = 1, 9999
#: How the numbers of a date may be ordered where no name of a month and no four-digit year tells.
ORDERS = ("dmy", "mdy", "ymd")

_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
_DAYS = (
    r"(?P<y>[0-9]{4})[-/.年] ?(?P<m>[0-9]{1,2})[-/.月] ?(?P<d>[0-9]{1,2})日?",
    r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
    rf"(?P<d>[0-9]{{1,2}})[-/. ]{_MONTH}[-/, ]+(?P<y>[0-9]{{4}}|[0-9]{{2}})",
    rf"{_MONTH} (?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<y>[0-9]{{4}})",
    rf"(?P<y>[0-9]{{4}})[-/ ]{_MONTH}[-/ ](?P<d>[0-9]{{1,2}})",
)
_OPEN_DAY = r"(?P<a>[0-9]{1,2})[-/.](?P<b>[0-9]{1,2})[-/.](?P<c>[0-9]{4}|[0-9]{1,2})"
_HALF = r"(?:上午|下午|[AaPp]\.?[Mm]\.?)"
_TIME = (
    rf"(?:(?:,? ?T?)(?P<h1>{_HALF})? ?(?P<H>[0-9]{{1,2}})(?:[时点]|[:时点](?P<M>[0-9]{{1,2}})"
    rf"(?:[:分](?P<S>[0-9]{{1,2}})(?:[.,](?P<f>[0-9]{{1,6}})[0-9]*)?秒?|分)?) ?(?P<h2>{_HALF})?"
    r"(?: ?(?P<z>Z|(?:UTC|GMT)?[+-][0-9]{1,2}(?::?[0-9]{2})?|UTC|GMT))?)?"
)
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*[,.]? )?"
_FORMS = tuple(re.compile(_WEEKDAY + day + _TIME) for day in (*_DAYS, _OPEN_DAY))
_COMPACT = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2}) ?(?P<H>[0-9]{2})(?P<M>[0-9]{2})(?P<S>[0-9]{2})?")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
#: Excel counts days from here, its 29 February 1900 included; serials below and above are no dates of ours.
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - wall clock
_SERIALS = (20_000, 80_000)
_SPACES = re.compile(f"[{BLANKS}]+")
_NOON = 12


@dataclass(frozen=True, slots=True)
class Written:
    """A moment as text gives it: by order of its numbers, "" where no order matters.

    `serial` says that it is a spreadsheet's number of days, which shows no time at midnight.
    """

    by_order: Mapping[str, datetime]
    timed: bool
    serial: bool = False

    def moment(self, order: str | None) -> datetime | None:
        """Pick the moment by the order that holds for the column."""
        return self.by_order.get("", self.by_order.get(order or ""))


def read_date(text: str, zone: tzinfo, *, serials: bool = True) -> Written | None:
    """Read one cell; None where it is no date and time in any form known here."""
    plain = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    if serials and _SERIAL.fullmatch(plain):
        return _of_serial(plain)
    for form in (*_FORMS, _COMPACT):
        if found := form.fullmatch(plain):
            parts = found.groupdict()
            clock = _clock(parts)
            if clock is None:
                return None
            try:
                by_order = {order: _combined(day, clock, parts.get("z"), zone) for order, day in _days(parts)}
            except (ValueError, OverflowError):
                return None
            return Written(by_order, parts["H"] is not None) if by_order else None
    return None


def localised(moment: datetime, minutes_east: int, home: tzinfo) -> datetime:
    """Move a moment of another zone onto the plan's wall clock; raises ValueError for zones and years that are none."""
    if abs(minutes_east) > FURTHEST_ZONE or not FIRST_YEAR < moment.year < LAST_YEAR:
        raise ValueError(minutes_east)
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes_east)))
    return there.astimezone(home).replace(tzinfo=None)


def zone_minutes(zone: str) -> int:
    """Read Z, UTC, +8, GMT+8, +08:00 or -0330 as minutes east."""
    digits = zone.removeprefix("UTC").removeprefix("GMT")
    if digits in ("", "Z"):
        return 0
    hours, colon, minutes = digits[1:].partition(":")
    if not colon:
        hours, minutes = hours[:2], hours[2:]
    east = int(hours) * 60 + int(minutes or 0)
    return -east if digits[0] == "-" else east


def _of_serial(text: str) -> Written | None:
    days = float(text)
    if not _SERIALS[0] <= days < _SERIALS[1]:
        return None
    # fifteen digits hold a day of this century to the microsecond; what was meant is a second
    moment = _SERIAL_ZERO + timedelta(days=int(days), seconds=round((days - int(days)) * 86_400))
    return Written({"": moment}, timed="." in text, serial=True)


def _days(parts: Mapping[str, str | None]) -> Iterator[tuple[str, date]]:
    """Give every day that the numbers can mean, by their order."""
    if parts.get("a") is None:
        if day := _day(parts["y"], _month(parts), parts["d"]):
            yield "", day
        return
    first, second, third = parts["a"], parts["b"], parts["c"]
    orders = {"dmy": (third, second, first), "mdy": (third, first, second), "ymd": (first, second, third)}
    for order, (year, month, number) in orders.items():
        short = len(str(third)) < 4  # noqa: PLR2004 - the digits of a year
        if (short or order != "ymd") and (day := _day(year, int(month or 0), number)):
            yield order, day


def _month(parts: Mapping[str, str | None]) -> int:
    """Find the month by its name or its number."""
    name = parts.get("name")
    return month_named(name) if name else int(parts["m"] or 0)


def _day(year: str | None, month: int, day: str | None) -> date | None:
    century = {2: 2000, 4: 0}.get(len(year or ""))
    try:
        return None if century is None else date(century + int(year or 0), month, int(day or 0))
    except ValueError:
        return None


def _clock(parts: Mapping[str, str | None]) -> time | None:
    """Read the time of day; None where it is none. 12 AM is midnight and 12 PM noon."""
    half = parts.get("h1") or parts.get("h2")
    if parts.get("h1") and parts.get("h2"):
        return None
    hour = int(parts.get("H") or 0)
    if half:
        after_noon = half == "下午" or half[0] in "Pp"
        if hour > _NOON and not after_noon:
            return None
        hour = hour % _NOON + _NOON * after_noon if hour <= _NOON else hour
    try:
        return time(hour, int(parts.get("M") or 0), int(parts.get("S") or 0), int((parts.get("f") or "").ljust(6, "0")))
    except ValueError:
        return None


def _combined(day: date, clock: time, zone: str | None, home: tzinfo) -> datetime:
    moment = datetime.combine(day, clock)
    return moment if zone is None else localised(moment, zone_minutes(zone), home)
