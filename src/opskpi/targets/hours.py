"""Windows of a day as people write them: `09:00-18:00`, several, and across midnight."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opskpi.documents import Mistake, Path
from opskpi.model.service import Window
from opskpi.tables.words import normal
from opskpi.targets.fields import Mistakes, items, parse_text, raise_all
from opskpi.wording import message

_DAY = 24 * 60
_HOUR = 60
_PART = re.compile(r"[^,，、;；]+")
#: Two times, as `normal` leaves them: 09:00-18:00, 9:00~18:00, 22:00至次日6:00.
_WINDOW = re.compile(r"([0-9]{1,2}):([0-9]{2})[-–—−~至到](?:次日)?([0-9]{1,2}):([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Written:
    """A window with its text and where it stands in the file."""

    window: Window
    text: str
    path: Path = ()
    offset: int = 0


Windows = tuple[Written, ...]


def parse_windows(value: object) -> Windows:
    """Read the windows of one day in the order of time: one text or a list; raises Mistake."""
    if value is None or value == []:
        raise Mistake(message("windows_wanted"))
    mistakes, windows = Mistakes(), list[Written]()
    for path, each in items(value):
        text = mistakes.take(parse_text, each, path, "")
        for part in _PART.finditer(text):
            offset = part.start() + len(part[0]) - len(part[0].lstrip())
            try:
                windows.append(Written(_window(part[0].strip()), part[0].strip(), path, offset))
            except Mistake as mistake:
                mistakes.add(Mistake(mistake.sentence, offset), path)
    if not windows and not mistakes.found:
        raise Mistake(message("windows_wanted"))
    windows.sort(key=lambda each: each.window)
    for overlap in _overlaps(windows):
        mistakes.add(overlap)
    mistakes.stop()
    return tuple(windows)


def _overlaps(windows: Sequence[Written]) -> Iterator[Mistake]:
    """Find windows, in the order of time, that begin before an earlier one has ended."""
    longest = windows[0] if windows else None
    for each in windows[1:]:
        if longest and each.window[0] < longest.window[1]:
            yield Mistake(message("windows_overlap", first=longest.text, second=each.text), each.offset, each.path)
        if longest and each.window[1] > longest.window[1]:
            longest = each


def bare(windows: Windows) -> tuple[Window, ...]:
    """Leave away what only messages need."""
    return tuple(each.window for each in windows)


def check_nights(week: Sequence[Windows]) -> None:
    """Refuse a window that runs past midnight into one of the next day; raises Mistake."""
    found: dict[tuple[Path, int], Mistake] = {}  # the same two texts may meet on every night
    for day, windows in enumerate(week):
        for late in windows:
            for early in week[(day + 1) % 7]:
                if early.window[0] < late.window[1] - _DAY:
                    sentence = message("windows_overlap_night", first=late.text, second=early.text)
                    found.setdefault((early.path, early.offset), Mistake(sentence, early.offset, early.path))
    raise_all(tuple(found.values()))


def _window(text: str) -> Window:
    found = _WINDOW.fullmatch(normal(text))
    if not found:
        raise Mistake(message("window_unreadable", text=text))
    start, end = _minute(found[1], found[2]), _minute(found[3], found[4])
    if start == _DAY:
        raise Mistake(message("window_unreadable", text=text))
    if start == end:
        raise Mistake(message("window_empty", text=text))
    return start, end if end > start else end + _DAY


def _minute(hour: str, minute: str) -> int:
    found = int(hour) * _HOUR + int(minute)
    if int(minute) >= _HOUR or found > _DAY:
        raise Mistake(message("no_time_of_day", text=f"{hour}:{minute}"))
    return found
