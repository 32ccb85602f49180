"""The moments of the year: working days, holidays and believable times of day."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

YEAR: Final = 2016
YEAR_START: Final = datetime(2016, 1, 1)
AS_OF: Final = datetime(2017, 1, 1)
EXPORTED: Final = datetime(2017, 1, 6, 9, 0)
MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)

HOLIDAYS: Final = (
    (date(2016, 1, 1), date(2016, 1, 3)),
    (date(2016, 2, 7), date(2016, 2, 13)),
    (date(2016, 4, 2), date(2016, 4, 4)),
    (date(2016, 4, 30), date(2016, 5, 2)),
    (date(2016, 6, 9), date(2016, 6, 11)),
    (date(2016, 9, 15), date(2016, 9, 17)),
    (date(2016, 10, 1), date(2016, 10, 7)),
    (date(2016, 12, 31), date(2017, 1, 2)),
)
MAKE_UP_DAYS: Final = frozenset(
    {
        date(2016, 2, 6),
        date(2016, 2, 14),
        date(2016, 6, 12),
        date(2016, 9, 18),
        date(2016, 10, 8),
        date(2016, 10, 9),
    }
)
SATURDAY: Final = 5

BUSY, QUIET = 12, 2
HOUR_WEIGHTS: Final = (
    *(1, 1, 1, 1, 1, 1, 1, 3, 10, 22, 20, 14),
    *(6, 9, 18, 18, 16, 10, 5, 3, 3, 2, 2, 1),
)
DAYTIME: Final = range(8, 20)


def is_workday(day: date) -> bool:
    """Tell whether people in China went to work on that day."""
    if day in MAKE_UP_DAYS:
        return True
    on_holiday = any(first <= day <= last for first, last in HOLIDAYS)
    return day.weekday() < SATURDAY and not on_holiday


def find_workday(day: date, *, step: timedelta) -> date:
    """Find the nearest working day from that day on, walking by the step."""
    while not is_workday(day):
        day += step
    return day


def draw_moment(rng: Random, *, first: datetime, last: datetime) -> datetime:
    """Draw a minute between two moments, most of them in working hours."""
    days = [first.date() + DAY * n for n in range((last.date() - first.date()).days + 1)]
    weights = [BUSY if is_workday(day) else QUIET for day in days]
    while True:
        day = rng.choices(days, weights)[0]
        hour = rng.choices(range(24), HOUR_WEIGHTS)[0]
        moment = datetime.combine(day, time(hour, rng.randrange(60)))
        if first <= moment <= last:
            return moment


def draw_daytime(rng: Random, *, start: datetime, span: timedelta) -> datetime:
    """Draw a moment within the span after the start, early and by day if it can be."""
    minutes = span // MINUTE
    for _ in range(8):
        fraction = rng.random() * rng.random()
        moment = start + MINUTE * (1 + int(fraction * (minutes - 1)))
        if moment.hour in DAYTIME:
            break
    return moment
