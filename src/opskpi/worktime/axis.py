"""Service on the axis of real time (UTC): disjoint intervals, and how much service has passed before each."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from opskpi.model.service import Calendar
from opskpi.worktime.days import Windows, day_number, is_plain, overhang, windows_of
from opskpi.worktime.official import official_days
from opskpi.worktime.places import Places, places_of
from opskpi.worktime.zones import DAY, NAT, Clock, clock_of

#: Nothing is compiled outside these years: time there is no service time, and a due that would lie later is their end.
EARLIEST, LATEST = 1900, 2199

_MARGIN = 3  # days: a night window, and zones up to 26 hours apart
_EVER = 2**60


@dataclass(frozen=True, slots=True)
class Axis:
    """A calendar compiled for some years.

    `starts`, `ends`: the intervals; `unserved`: time that was no service before each; `owners`: the day of each;
    `begun`, `served`: lookups by their starts, and by the service passed before each; `total`: all service.
    `days`: the working days, with the moments they open and close, and `ranks`, how many there are up to each day from
    the one before the first. `unknown`: years of no known calendar.
    """

    years: tuple[int, int]
    home: Clock
    local: Clock
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    unserved: NDArray[np.int64]
    begun: Places
    served: Places
    total: int
    owners: NDArray[np.int64]
    days: NDArray[np.int64]
    ranks: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    unknown: frozenset[int]
    has_nights: bool

    def passed(self, moments: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tell how much service has passed at each moment."""
        place = self.begun.last(moments)
        served = np.minimum(np.maximum(moments, self.starts[0]), self.ends.take(place))
        return np.asarray(served - self.unserved.take(place))

    def reach(self, service: NDArray[np.int64]) -> NDArray[np.int64]:
        """Find the first moment when so much service, more than none, has passed; NAT beyond the years compiled."""
        place = self.served.last(service - 1)
        return np.asarray(np.where(service > self.total, NAT, self.unserved.take(place) + service), dtype=np.int64)

    def serving(self, moments: NDArray[np.int64]) -> NDArray[np.int64]:
        """Move moments outside service to where it next begins; NAT beyond the years compiled."""
        place = self.begun.last(moments)
        place += moments >= self.ends.take(place)
        return np.where(place == len(self.ends), NAT, np.maximum(moments, self.starts.take(place, mode="clip")))

    def day_of(self, moments: NDArray[np.int64]) -> NDArray[np.int64]:
        """Find the day of each moment: the one whose window it falls into, else its date."""
        dates = self.local.to_wall(moments) // DAY
        if not self.has_nights:
            return dates
        place = self.begun.last(moments)
        within = (moments >= self.starts[place]) & (moments < self.ends[place])
        return np.where(within, self.owners[place], dates)

    def workday_after(self, days: NDArray[np.int64], count: int) -> NDArray[np.int64]:
        """Find the place of the n-th working day after each day; for 0 the day itself, or the next that is one."""
        since = int(self.days[0]) - 1 if len(self.days) else 0
        return self.ranks.take(days - since - (count == 0), mode="clip") + (count - (count > 0))

    def clipped(self, moments: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.int64]:
        """Move moments into the windows of working days: to the next that opens, else to where the last closes."""
        moments = np.clip(moments, self.opens[place], self.closes[place])
        following = self.begun.last(moments)
        following += moments > self.ends.take(following)
        return np.maximum(moments, self.starts.take(following, mode="clip"))


def axis_of(calendar: Calendar, home: ZoneInfo, first: int, last: int) -> Axis:
    """Compile a calendar for some years."""
    begin = day_number(date(first, 1, 1)) - _MARGIN * (first > EARLIEST)
    end = day_number(date(last, 12, 31)) + _MARGIN * (last < LATEST)
    local = clock_of(ZoneInfo(calendar.zone) if calendar.zone else home, begin, end)
    official = official_days(calendar.country, calendar.region, first - 1, last + 1)
    windows = _on_utc(windows_of(calendar, begin, end, official), local)
    starts, ends, owners = _endless() if is_plain(calendar) else _disjoint(windows)
    before = np.cumsum(ends - starts) - (ends - starts)
    days, firsts = np.unique(windows.days, return_index=True)
    return Axis(
        years=(first, last),
        home=clock_of(home, begin, end),
        local=local,
        starts=starts,
        ends=ends,
        unserved=starts - before,
        begun=places_of(starts),
        served=places_of(before),
        total=int(before[-1] + ends[-1] - starts[-1]),
        owners=owners,
        days=days,
        ranks=_ranks(days),
        opens=windows.opens[firsts],
        closes=np.maximum.reduceat(windows.closes, firsts) if len(days) else windows.closes,
        unknown=official.unknown,
        has_nights=overhang(calendar) > 0,
    )


def _on_utc(windows: Windows, local: Clock) -> Windows:
    """Place windows on the axis; those that a clock moved forward leaves out are none."""
    opens, closes = local.to_utc(windows.opens), local.to_utc(windows.closes)
    real = closes > opens
    return Windows(windows.days[real], opens[real], closes[real])


def _disjoint(windows: Windows) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Let every window wait for those before it: a night may reach into a day that a decree has opened."""
    busy = np.maximum.accumulate(np.concatenate([np.array([-_EVER]), windows.closes]))[:-1]
    starts = np.maximum(windows.opens, busy)
    left = windows.closes > starts
    if not left.any():
        nothing = np.zeros(1, dtype=np.int64)
        return nothing, nothing, nothing
    return starts[left], windows.closes[left], windows.days[left]


def _endless() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    return np.array([-_EVER]), np.array([_EVER]), np.zeros(1, dtype=np.int64)


def _ranks(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the working days up to each day, from none on the day before the first."""
    if not len(days):
        return np.zeros(1, dtype=np.int64)
    every = np.zeros(int(days[-1] - days[0]) + 2, dtype=np.int64)
    every[days - days[0] + 1] = 1
    return np.cumsum(every)
