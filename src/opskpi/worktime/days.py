"""Which windows each day has: by its weekday, by the country's decree, and first of all by the company's own word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from opskpi.model.service import Calendar, Window
from opskpi.worktime.official import Official
from opskpi.worktime.zones import DAY, MINUTE

_EPOCH = date(1970, 1, 1)
_THURSDAY = 3  # 1970-01-01
_SATURDAY = 5
_WHOLE_DAY: tuple[Window, ...] = ((0, 1440),)
_OFF, _MAKE_UP = 7, 8  # after the seven weekdays


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows in the order they open: the day each belongs to, and the wall clock when it opens and closes."""

    days: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]


def day_number(day: date) -> int:
    """Count the days since 1970."""
    return (day - _EPOCH).days


def weekly(calendar: Calendar) -> tuple[tuple[Window, ...], ...]:
    """Get the windows by weekday."""
    return (_WHOLE_DAY,) * 7 if calendar.always else calendar.windows


def is_plain(calendar: Calendar) -> bool:
    """Tell whether a service never rests."""
    return calendar.always and not (calendar.country or calendar.days_off or calendar.days_on)


def overhang(calendar: Calendar) -> int:
    """Measure how long the windows of a day reach into the next, in microseconds."""
    every = (*weekly(calendar), calendar.makeup_windows, *calendar.days_on.values())
    latest = max((end for windows in every for _, end in windows), default=0)
    return max(latest * MINUTE - DAY, 0)


def kind_of(calendar: Calendar, day: date, official: Official) -> str:
    """Tell what a day is, as `windows_of` takes it: the company's own word first, the weekday last."""
    if is_plain(calendar):
        return "always"
    makes_up = calendar.makeup_work and calendar.makeup_windows and day in official.on
    kinds = (
        ("day_on", day in calendar.days_on),
        ("day_off", day in calendar.days_off),
        ("make_up", makes_up),
        ("holiday", day in official.off),
        ("workday", weekly(calendar)[day.weekday()]),
        ("weekend", day.weekday() >= _SATURDAY),
    )
    return next((kind for kind, is_so in kinds if is_so), "rest")


def windows_of(calendar: Calendar, first: int, last: int, official: Official) -> Windows:
    """List the windows of all days from one to another (numbers since 1970)."""
    days = np.arange(first, last + 1, dtype=np.int64)
    kinds = (days + _THURSDAY) % 7
    kinds[_inside(official.off, first, last)] = _OFF
    patterns = [*weekly(calendar), (), calendar.makeup_windows]
    if calendar.makeup_work and calendar.makeup_windows:
        kinds[_inside(official.on, first, last)] = _MAKE_UP
    kinds[_inside(calendar.days_off, first, last)] = _OFF
    for windows in dict.fromkeys(calendar.days_on.values()):
        kinds[_inside([day for day, its in calendar.days_on.items() if its == windows], first, last)] = len(patterns)
        patterns.append(windows)
    pieces = [(days[kinds == kind], window) for kind, windows in enumerate(patterns) for window in windows]
    return _in_order(pieces)


def _inside(days: Iterable[date], first: int, last: int) -> NDArray[np.int64]:
    """Get the places of days among those from `first` to `last`."""
    numbers = np.array([day_number(day) for day in days], dtype=np.int64)
    return numbers[(numbers >= first) & (numbers <= last)] - first


def _in_order(pieces: list[tuple[NDArray[np.int64], Window]]) -> Windows:
    none = np.zeros(0, dtype=np.int64)
    days = np.concatenate([none, *(of for of, _ in pieces)])
    opens = np.concatenate([none, *(of * DAY + opening * MINUTE for of, (opening, _) in pieces)])
    closes = np.concatenate([none, *(of * DAY + closing * MINUTE for of, (_, closing) in pieces)])
    order = np.lexsort((opens, days))
    return Windows(days[order], opens[order], closes[order])
