"""A calendar as a clock: working time between two columns of moments, and the moments when so much has passed.

Columns hold microseconds of the wall clock of `home` since 1970, NAT where blank. Real time counts, whatever the clocks
did in between. A calendar is compiled for the years asked for, and further where a row reaches further.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from opskpi.errors import SettingsError
from opskpi.model.diaries import Diary
from opskpi.model.service import Calendar
from opskpi.wording import message
from opskpi.worktime.axis import EARLIEST, LATEST, Axis, axis_of
from opskpi.worktime.days import is_plain, overhang, weekly
from opskpi.worktime.diary import diary_of
from opskpi.worktime.zones import DAY, NAT

Moments: TypeAlias = NDArray[np.int64]
_BLOCK = 1 << 15


@dataclass(frozen=True, slots=True)
class Service:
    """A compiled calendar; `unofficial_years` are those it was asked for whose official calendar is not known."""

    calendar: Calendar
    home: ZoneInfo
    years: tuple[int, int]
    unofficial_years: frozenset[int]
    _compiled: dict[tuple[int, int], Axis] = field(repr=False, compare=False)

    def elapsed(self, start: Moments | int, stop: Moments | int) -> Moments:
        """Measure the service between two moments of each row; none where it stopped before it started."""
        begin, end = _columns(start, stop)
        blank = (begin == NAT) | (end == NAT)
        if blank.any():
            begin, end = (np.where(blank, self._somewhere(), each) for each in (begin, end))
        axis = self._axis_for(begin, end)

        def measure(begin: Moments, end: Moments) -> Moments:
            service = axis.passed(axis.home.to_utc(end)) - axis.passed(axis.home.to_utc(begin))
            return np.asarray(np.maximum(service, 0))

        service = _by_block(measure, begin, end)
        service[blank] = NAT
        return service

    def due(self, start: Moments | int, amount: Moments | int) -> Moments:
        """Find when so much service has passed since the start; after none it is the start itself."""
        begin, wanted = _columns(start, amount)
        there = (begin != NAT) & (wanted != NAT)

        def find(axis: Axis, begin: Moments, wanted: Moments) -> Moments:
            return axis.reach(axis.passed(axis.home.to_utc(begin)) + wanted)

        return np.where(there, self._found(begin, wanted, there & (wanted > 0), find), NAT)

    def due_workdays(self, start: Moments | int, days: int, *, at_end: bool) -> Moments:
        """Find the end of the n-th working day after the start's own, or the same time of day on it.

        The start's own day never counts, working or not: 1 from a Saturday is the end of Monday. Its own day is the one
        whose window it falls into (02:00 of a night from 22:00 to 06:00 is the day before), else its date. For
        the same time of day, a start outside service is first moved to where service next begins.
        A time the day does not serve becomes its next opening, or its end.
        """
        begin, wanted = _columns(start, days)
        find = _end_of_workday if at_end else _time_on_workday
        return self._found(begin, wanted, begin != NAT, find)

    def unofficial(self, start: Moments | int, end: Moments | int) -> NDArray[np.bool_]:
        """Tell which rows touch a year whose official calendar is not known."""
        begin, finish = _columns(start, end)
        blank = (begin == NAT) | (finish == NAT)
        begin, finish = (np.where(blank, self._somewhere(), each) for each in (begin, finish))
        axis = self._axis_for(begin, finish)
        unknown = axis.unknown | {EARLIEST - 1, LATEST + 1}
        if is_plain(self.calendar) or unknown.isdisjoint(range(axis.years[0] - 1, axis.years[1] + 2)):
            return np.zeros(begin.shape, dtype=bool)
        first, last = np.minimum(begin, finish), np.maximum(begin, finish)
        counted = np.cumsum([0, *(year in unknown for year in range(axis.years[0] - 1, axis.years[1] + 2))])
        before = counted[_year_place(axis, first, overhang(self.calendar))]
        return np.asarray((counted[_year_place(axis, np.maximum(last - 1, first), 0) + 1] > before) & ~blank)

    def diary(self, start: int, end: int, most: int = 10) -> Diary:
        """Tell the days between two moments; of more than `most`, the first and the last, the others summed up."""
        return diary_of(self._axis_for(*_columns(start, end)), self.calendar, start, end, most)

    def _found(
        self,
        begin: Moments,
        wanted: Moments,
        rows: NDArray[np.bool_],
        find: Callable[[Axis, Moments, Moments], Moments],
    ) -> Moments:
        """Find moments for some rows, looking further ahead until all are found; the other rows stay as they are."""
        if not rows.any():
            return begin
        starts, amounts = (begin, wanted) if rows.all() else (begin[rows], wanted[rows])
        axis = self._axis_for(starts)
        found = _by_block(partial(find, axis), starts, amounts)
        ahead = 1
        while (found == NAT).any() and axis.years[1] < LATEST:
            axis = self._axis(axis.years[0], min(axis.years[1] + ahead, LATEST))
            found, ahead = _by_block(partial(find, axis), starts, amounts), 4 * ahead
        moments = self._shown(axis, starts, found)
        if len(moments) == len(begin):
            return moments
        every = begin.copy()
        every[rows] = moments
        return every

    def _shown(self, axis: Axis, starts: Moments, found: Moments) -> Moments:
        """Show moments found on the home clock; what lies past all years compiled is their end."""
        never = found == NAT
        if not never.any():
            return axis.home.to_wall(found)
        if not any(weekly(self.calendar)):
            raise SettingsError(message("calendar_never_runs", calendar=self.calendar.name))
        shown = axis.home.to_wall(np.where(never, 0, found))
        return np.where(never, np.maximum(starts, _year_begins(LATEST + 1)), shown)

    def _axis_for(self, *columns: Moments) -> Axis:
        """Get the calendar compiled for all years of some columns without blanks."""
        filled = [column for column in columns if column.size]
        first, last = self.years
        if filled:
            least, most = min(int(column.min()) for column in filled), max(int(column.max()) for column in filled)
            first = min(first, _year_of(least)) if least < _year_begins(first) else first
            last = max(last, _year_of(most)) if most >= _year_begins(last + 1) else last
        return self._axis(max(first, EARLIEST), min(last, LATEST))

    def _axis(self, first: int, last: int) -> Axis:
        for (since, until), axis in self._compiled.items():
            if since <= first and last <= until:
                return axis
        axis = axis_of(self.calendar, self.home, first, last)
        self._compiled[first, last] = axis
        return axis

    def _somewhere(self) -> int:
        """Give a moment that needs no further years, to stand in for blanks."""
        return _year_begins(self.years[0])


def compile_calendar(calendar: Calendar, home: ZoneInfo, first: date, last: date) -> Service:
    """Compile a calendar for the years from one day to another; columns show the wall clock of `home`."""
    years = (min(max(first.year, EARLIEST), LATEST), min(max(last.year, EARLIEST), LATEST))
    axis = axis_of(calendar, home, *years)
    unknown = frozenset(year for year in axis.unknown if years[0] <= year <= years[1])
    return Service(calendar, home, years, unknown, {years: axis})


def _columns(*values: Moments | int) -> tuple[Moments, ...]:
    return np.broadcast_arrays(*(np.atleast_1d(np.asarray(value, dtype=np.int64)) for value in values))


def _by_block(measure: Callable[..., Moments], *columns: Moments) -> Moments:
    """Measure a few thousand rows at a time, so that what lies between stays near the processor."""
    measured = np.empty(len(columns[0]), dtype=np.int64)
    for begin in range(0, len(measured), _BLOCK):
        rows = slice(begin, begin + _BLOCK)
        measured[rows] = measure(*(column[rows] for column in columns))
    return measured


def _end_of_workday(axis: Axis, begin: Moments, days: Moments) -> Moments:
    place, beyond = _workday(axis, axis.day_of(axis.home.to_utc(begin)), days)
    return np.where(beyond, NAT, axis.closes[place]) if len(axis.days) else np.full_like(begin, NAT)


def _time_on_workday(axis: Axis, begin: Moments, days: Moments) -> Moments:
    serving = axis.serving(axis.home.to_utc(begin))
    never = serving == NAT
    if never.all() or not len(axis.days):
        return np.full_like(begin, NAT)
    serving = np.where(never, axis.starts[0], serving)
    own = axis.day_of(serving)
    place, beyond = _workday(axis, own, days)
    time_of_day = axis.local.to_wall(serving) - own * DAY
    wanted = axis.local.to_utc(axis.days[place] * DAY + time_of_day)
    return np.where(beyond | never, NAT, axis.clipped(wanted, place))


def _workday(axis: Axis, own: Moments, days: Moments) -> tuple[Moments, NDArray[np.bool_]]:
    """Find the place of each row's working day, and the rows for which it lies beyond the years compiled."""
    place = axis.workday_after(own, int(days[0]))
    beyond = place >= len(axis.days)
    return np.where(beyond, 0, place), beyond


def _year_place(axis: Axis, moments: Moments, earlier: int) -> NDArray[np.intp]:
    """Count the years of moments on the calendar's clock, from the one before those compiled."""
    first, last = axis.years
    edges = np.array([_year_begins(year) for year in range(first, last + 2)], dtype=np.int64)
    wall = axis.local.to_wall(axis.home.to_utc(moments)) - earlier
    return np.searchsorted(edges, wall, side="right")


def _year_begins(year: int) -> int:
    return int(np.datetime64(f"{year:04d}-01-01", "us").astype(np.int64))


def _year_of(moment: int) -> int:
    return int(np.datetime64(moment, "us").astype("datetime64[Y]").astype(np.int64)) + 1970
