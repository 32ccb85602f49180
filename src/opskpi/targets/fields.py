"""What the plan's models share: filled texts, known zones, and mistakes gathered before they are raised."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator

from opskpi.documents import Mistake, Path, with_nearest
from opskpi.wording import Message, message

_In = TypeVar("_In")
_Out = TypeVar("_Out")
_Other = TypeVar("_Other")
#: Longer than this is a slip in a year, not a closure.
_MOST_DAYS = 3660


class Mistakes:
    """Mistakes found on the way through a value, raised together at its end."""

    def __init__(self) -> None:
        """Begin with none."""
        self.found: list[Mistake] = []

    def add(self, mistake: Mistake, path: Path = ()) -> None:
        """Keep a mistake and those it carries, told from further out by a path."""
        self.found += [Mistake(each.sentence, each.offset, (*path, *each.path)) for each in (mistake, *mistake.more)]

    def take(self, reader: Callable[[_In], _Out], value: _In, path: Path, otherwise: _Other) -> _Out | _Other:
        """Read a value, or keep its mistakes and go on with another."""
        try:
            return reader(value)
        except Mistake as mistake:
            self.add(mistake, path)
            return otherwise

    def stop(self) -> None:
        """Raise all of them, if there are any; raises Mistake."""
        raise_all(self.found)


def raise_all(found: Sequence[Mistake]) -> None:
    """Raise several mistakes as one that carries the others; raises Mistake."""
    if found:
        first, *others = found
        raise Mistake(first.sentence, first.offset, first.path, tuple(others))


def parse_text(value: object) -> str:
    """Read a text with something in it; raises Mistake."""
    if not isinstance(value, str) or not value.strip():
        raise Mistake(message("wants_text"))
    return value


def no_calendar(name: str, calendars: tuple[str, ...]) -> Message:
    """Say that nobody defined a calendar, with the nearest that somebody did."""
    if not calendars:
        return message("no_calendars", word=name)
    return with_nearest("unknown_calendar", name, calendars)


def items(value: object) -> list[tuple[Path, object]]:
    """List one value, or several, with where each stands."""
    if isinstance(value, list):
        return [((at,), each) for at, each in enumerate(value)]
    return [((), value)]


def every_day(first: date, last: date, text: str) -> tuple[date, ...]:
    """List the days from one to another; raises Mistake where that is no stretch of days."""
    length = (last - first).days
    if length < 0:
        raise Mistake(message("dates_turned", text=text))
    if length > _MOST_DAYS:
        raise Mistake(message("dates_many", text=text))
    return tuple(first + timedelta(days=step) for step in range(length + 1))


def _zone(value: object) -> str:
    name = parse_text(value)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Mistake(message("unknown_zone", zone=name)) from None
    return name


Text = Annotated[str, BeforeValidator(parse_text)]
Zone = Annotated[str, BeforeValidator(_zone)]
