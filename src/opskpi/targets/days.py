"""Days as people write them: weekdays (`mon-fri`, 周一至周五, daily), and dates one by one or from..to."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from opskpi.documents import Mistake, with_nearest
from opskpi.tables.words import normal
from opskpi.targets.dayfiles import FILE, days_off_in, days_on_in
from opskpi.targets.fields import Mistakes, every_day, items, parse_text
from opskpi.targets.hours import Windows, check_nights, parse_windows
from opskpi.targets.shelf import Shelf
from opskpi.wording import message

Week = tuple[Windows, ...]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ALL = frozenset({"daily", "每天", "每日"})
_CHINESE = re.compile(r"(?:周|星期|礼拜)?([一二三四五六日天])")
_PLACES = {character: at for at, character in enumerate("一二三四五六日")} | {"天": 6}
_RANGE = re.compile(r"[-–—−~至到]")
_PART = re.compile(r"[^,，、;；]+")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")


def parse_weekdays(value: object) -> tuple[int, ...]:
    """Read weekdays as places in the week, Monday 0; raises Mistake."""
    text, mistakes, days = parse_text(value), Mistakes(), list[int]()
    for part in _PART.finditer(text):
        try:
            days += _weekdays(part[0])
        except Mistake as mistake:
            blanks = len(part[0]) - len(part[0].lstrip())
            mistakes.add(Mistake(mistake.sentence, part.start() + blanks))
    mistakes.stop()
    if not days:
        raise Mistake(with_nearest("unknown_day", text, (*WEEKDAYS, "daily")))
    return tuple(dict.fromkeys(days))


def parse_week(value: object) -> Week:
    """Read windows by weekday, from Monday on; raises Mistake."""
    if not isinstance(value, Mapping) or not value:
        raise Mistake(message("hours_wanted"))
    mistakes, owners = Mistakes(), dict[int, str]()
    week: list[Windows] = [()] * 7
    for key, each in value.items():
        windows = tuple(
            replace(window, path=(key, *window.path)) for window in mistakes.take(parse_windows, each, (key,), ())
        )
        for day in mistakes.take(parse_weekdays, key, (key, ""), ()):
            if (owner := owners.setdefault(day, key)) != key:
                mistakes.add(Mistake(message("day_twice", day=WEEKDAYS[day], other=owner)), (key, ""))
                break
            week[day] = windows
    mistakes.take(check_nights, week, (), None)
    mistakes.stop()
    return tuple(week)


def _weekdays(text: str) -> list[int]:
    """Read one weekday or a range of them, which may go over the week's end."""
    if normal(text) in _ALL:
        return list(range(7))
    ends = [_weekday(end) for end in _RANGE.split(text, maxsplit=1)]
    first, last = ends[0], ends[-1]
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _weekday(text: str) -> int:
    word = normal(text)
    for names in (WEEKDAYS, _FULL):
        if word in names:
            return names.index(word)
    if found := _CHINESE.fullmatch(word):
        return _PLACES[found[1]]
    raise Mistake(with_nearest("unknown_day", text.strip(), (*WEEKDAYS, "daily")))


def parse_days_off(value: object, shelf: Shelf) -> frozenset[date]:
    """Read the days a company is closed: a date, a stretch of them, a file, or a list of these; raises Mistake."""

    def read(each: object) -> Iterable[date]:
        return days_off_in(each, shelf) if isinstance(each, Mapping) else parse_dates(each)

    mistakes, days = Mistakes(), set[date]()
    for path, each in items(value):
        days.update(mistakes.take(read, each, path, ()))
    mistakes.stop()
    return frozenset(days)


def parse_days_on(value: object, shelf: Shelf) -> Mapping[date, Windows | None]:
    """Read the days a company works beyond its week, with windows of their own or None; raises Mistake.

    They are written like days off, or each as a key with its windows.
    """
    mistakes, days = Mistakes(), dict[date, Windows | None]()

    def read(each: object) -> Mapping[date, Windows | None]:
        if not isinstance(each, Mapping):
            return dict.fromkeys(parse_dates(each))
        return days_on_in(each, shelf) if FILE in each else _days_by_key(each)

    for path, each in items(value):
        for day, windows in mistakes.take(read, each, path, {}).items():
            if days.get(day, windows) != windows:
                mistakes.add(Mistake(message("date_twice", day=day.isoformat())), path)
            days[day] = windows
    mistakes.stop()
    return dict(sorted(days.items()))


def _days_by_key(value: Mapping[str, object]) -> Mapping[date, Windows | None]:
    """Read days that are keys of their windows; raises Mistake."""
    mistakes, days = Mistakes(), dict[date, Windows | None]()
    for key, each in value.items():
        windows = None if each is None else mistakes.take(parse_windows, each, (key,), None)
        for day in mistakes.take(parse_dates, key, (key, ""), ()):
            if day in days:
                mistakes.add(Mistake(message("date_twice", day=day.isoformat())), (key, ""))
            days[day] = windows
    mistakes.stop()
    return days


def parse_dates(value: object) -> tuple[date, ...]:
    """Read a date, or every date of first..last; raises Mistake."""
    text = parse_text(value)
    ends = [_date(end, text) for end in text.split("..", maxsplit=1)]
    return every_day(ends[0], ends[-1], text)


def _date(text: str, whole: str) -> date:
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        return date(*(int(part) for part in found.groups())) if found else date(0, 0, 0)
    except ValueError:
        raise Mistake(message("no_date", text=whole)) from None
