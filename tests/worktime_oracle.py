"""Service time by hand: one minute of real time after another, and one second after another at both ends.

Nothing of `opskpi.worktime` is used here. A moment is a `datetime` in UTC; what a wall clock shows is naive.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from opskpi.model.service import Calendar, Window

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


class Oracle:
    """A calendar that is asked about each moment by itself."""

    def __init__(self, calendar: Calendar, home: ZoneInfo, *, works: Callable[[date], bool] | None = None) -> None:
        """Keep the calendar; `works` decides about days instead of the country's decree."""
        self.calendar, self.home = calendar, home
        self.zone = ZoneInfo(calendar.zone) if calendar.zone else home
        self.works = works
        self.spans = cache(self._spans)

    def windows(self, day: date) -> list[Window]:
        """List the windows of a day."""
        if day in self.calendar.days_on:
            return sorted(self.calendar.days_on[day])
        if day in self.calendar.days_off:
            return []
        if self.calendar.always:
            return [(0, 1440)]
        usual = self.calendar.windows[day.weekday()]
        if self.works is None:
            return sorted(usual)
        if not self.works(day):
            return []
        return sorted(usual or self.calendar.makeup_windows)

    def _spans(self, day: date) -> list[tuple[datetime, datetime, date]]:
        """List the windows of a day as moments."""
        midnight = datetime.combine(day, time())
        edges = [
            (first_shown(midnight + start * _MINUTE, self.zone), first_shown(midnight + end * _MINUTE, self.zone))
            for start, end in self.windows(day)
        ]
        return [(start, end, day) for start, end in edges if start < end]

    def serving(self, moment: datetime) -> date | None:
        """Tell whether service runs at a moment, by the day whose window it is: the earliest of several."""
        shown = moment.astimezone(self.zone).date()
        for day in (shown - 2 * _DAY, shown - _DAY, shown, shown + _DAY):
            for start, end, owner in self.spans(day):
                if start <= moment < end:
                    return owner
        return None

    def elapsed(self, start: datetime, stop: datetime) -> timedelta:
        """Count the service between two times of the home clock."""
        begin, end = first_shown(start, self.home), first_shown(stop, self.home)
        served = timedelta(0)
        for moment, step in _steps(begin, end):
            if self.serving(moment) is not None:
                served += step
        return served

    def due(self, start: datetime, amount: timedelta) -> datetime:
        """Walk on until so much service has passed; the time the home clock then shows."""
        if amount <= timedelta(0):
            return start
        moment = first_shown(start, self.home)
        while amount > timedelta(0):
            whole = moment.second == 0 and amount >= _MINUTE
            step = _MINUTE if whole or (moment.second == 0 and self.serving(moment) is None) else _SECOND
            if self.serving(moment) is not None:
                amount -= step
            moment += step
        return _shown(moment, self.home)

    def due_workdays(self, start: datetime, days: int, *, at_end: bool) -> datetime:
        """Walk on day by day."""
        moment = first_shown(start, self.home)
        while not at_end and self.serving(moment) is None:
            moment += _SECOND if moment.second else _MINUTE
        own = self.serving(moment) or moment.astimezone(self.zone).date()
        day, left = own, days
        while left or not self.spans(day):
            day += _DAY
            left -= bool(left and self.spans(day))
        last = max(end for _, end, _ in self.spans(day))
        if at_end:
            return _shown(last, self.home)
        since = _shown(moment, self.zone) - datetime.combine(own, time())
        due = first_shown(datetime.combine(day, time()) + since, self.zone)
        opening = min(begin for begin, _, _ in self.spans(day))
        due = min(max(due, opening), last)
        if not self._closes(due):
            while self.serving(due) is None:
                due += _SECOND if due.second else _MINUTE
        return _shown(due, self.home)

    def _closes(self, moment: datetime) -> bool:
        """Tell whether service runs just before a moment."""
        return self.serving(moment - _SECOND) is not None


def first_shown(wall: datetime, zone: ZoneInfo) -> datetime:
    """Find the first moment at which a clock shows a time, or a later one where it leaves that out."""
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _shown(moment, zone) == wall:
        return moment
    moment = (wall.replace(second=0, microsecond=0, tzinfo=UTC)) - 15 * 60 * _MINUTE
    while _shown(moment, zone) < wall:
        moment += _MINUTE
    return moment


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _steps(begin: datetime, end: datetime) -> Iterator[tuple[datetime, timedelta]]:
    """Step through time by minutes, by seconds where no whole minute is left."""
    while begin < end:
        step = _MINUTE if begin.second == 0 and begin + _MINUTE <= end else _SECOND
        yield begin, step
        begin += step
