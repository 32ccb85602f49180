"""Diaries: a calendar between two moments, told day by day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class ServiceDay:
    """A day of a calendar between two moments: what it is, the windows in between, and how long they served.

    `kind` is always, workday, weekend, rest (a weekday without hours), holiday, make_up, day_off or day_on; `name`
    is the holiday's. Windows show the wall clock, the service is real time.
    """

    day: date
    kind: str
    name: str = ""
    windows: tuple[tuple[datetime, datetime], ...] = ()
    served: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The days of a diary that are not listed one by one: how many, how many served, how long, and the unusual ones."""

    days: int
    serving: int
    served: timedelta
    unusual: tuple[ServiceDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Diary:
    """Service day by day between two moments: the first days, what is left out between, and the last days."""

    first: tuple[ServiceDay, ...]
    left_out: LeftOut | None
    last: tuple[ServiceDay, ...]
    served: timedelta
