"""A calendar told day by day: what each day between two moments is, its windows, and how long they served."""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta

import numpy as np

from opskpi.model.diaries import Diary, LeftOut, ServiceDay
from opskpi.model.service import Calendar
from opskpi.worktime.axis import Axis
from opskpi.worktime.days import is_plain, kind_of
from opskpi.worktime.official import Official, official_days
from opskpi.worktime.zones import DAY

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clock
_FIRST_DAY = date(1970, 1, 1).toordinal()


def diary_of(axis: Axis, calendar: Calendar, start: int, end: int, most: int) -> Diary:
    """Tell the days from one moment of the home clock to another, at most so many one by one."""
    begin, finish = (int(axis.home.to_utc(np.array([moment]))[0]) for moment in (start, max(start, end)))
    official = official_days(calendar.country, calendar.region, axis.years[0] - 1, axis.years[1] + 1)

    def told(numbers: range) -> tuple[ServiceDay, ...]:
        return tuple(_day(axis, calendar, official, number, (begin, finish)) for number in numbers)

    passed = axis.passed(np.array([begin, finish]))
    served = timedelta(microseconds=int(passed[1] - passed[0]))
    days, half = _days(axis, begin, finish), most // 2
    if len(days) <= most + 1:  # to leave out a single day saves nothing
        return Diary(told(days), None, (), served)
    first, last, middle = told(days[:half]), told(days[-half:]), days[half:-half]
    rest = served - sum((each.served for each in (*first, *last)), timedelta())
    unusual = _unusual(calendar, official)
    of_middle = unusual[bisect_left(unusual, middle[0]) : bisect_right(unusual, middle[-1])]
    named = tuple(each for number in of_middle for each in told(range(number, number + 1)))
    return Diary(first, LeftOut(len(middle), _serving(axis, calendar, middle), rest, named), last, served)


def _days(axis: Axis, begin: int, finish: int) -> range:
    """Get the days, as numbers since 1970, that two moments lie on; an end at midnight belongs to the day before."""
    first, last = axis.day_of(np.array([begin, max(begin, finish - 1)])).tolist()
    return range(first, max(first, last) + 1)


def _day(axis: Axis, calendar: Calendar, official: Official, number: int, bounds: tuple[int, int]) -> ServiceDay:
    day = date.fromordinal(_FIRST_DAY + number)
    windows = [
        (max(opens, bounds[0]), min(closes, bounds[1]))
        for opens, closes in _windows(axis, calendar, number)
        if opens < bounds[1] and closes > bounds[0]
    ]
    shown = tuple((_shown(axis, opens), _shown(axis, closes)) for opens, closes in windows)
    served = timedelta(microseconds=sum(closes - opens for opens, closes in windows))
    return ServiceDay(day, kind_of(calendar, day, official), official.names.get(day, ""), shown, served)


def _windows(axis: Axis, calendar: Calendar, number: int) -> list[tuple[int, int]]:
    """Get the windows of a day on the axis of real time."""
    if is_plain(calendar):
        midnight, following = axis.local.to_utc(np.array([number, number + 1]) * DAY).tolist()
        return [(midnight, following)]
    rows = slice(*np.searchsorted(axis.owners, [number, number + 1]).tolist())
    return list(zip(axis.starts[rows].tolist(), axis.ends[rows].tolist(), strict=True))


def _shown(axis: Axis, moment: int) -> datetime:
    return _EPOCH + timedelta(microseconds=int(axis.home.to_wall(np.array([moment]))[0]))


def _serving(axis: Axis, calendar: Calendar, days: range) -> int:
    """Count the days of a range that have service."""
    if is_plain(calendar):
        return len(days)
    first, last = np.searchsorted(axis.days, [days[0], days[-1] + 1])
    return int(last - first)


def _unusual(calendar: Calendar, official: Official) -> list[int]:
    """Get the days that are not what their weekday says: holidays on workdays, make-up days, a company's own."""
    decreed = {day for day in official.off if calendar.always or calendar.windows[day.weekday()]}
    made_up = official.on if calendar.makeup_work else frozenset()
    return sorted(day.toordinal() - _FIRST_DAY for day in decreed | made_up | calendar.days_off | {*calendar.days_on})
