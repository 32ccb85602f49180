"""A company's own days from a file beside the plan: the date or first..last, windows, remarks."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, time
from pathlib import Path
from typing import TYPE_CHECKING

from opskpi.documents import Mistake, with_nearest
from opskpi.errors import OpskpiError
from opskpi.model.places import Place
from opskpi.tables.dates import read_date
from opskpi.tables.words import clean
from opskpi.targets.fields import Mistakes, every_day, parse_text
from opskpi.targets.hours import Windows, parse_windows
from opskpi.targets.shelf import Shelf
from opskpi.wording import Message, message

if TYPE_CHECKING:
    # heavy, and wanted only where a plan names a file
    from opskpi.exports import Block, Sheet

#: The key that names the file: `days_off: {file: x.csv}`.
FILE = "file"
_BETWEEN = re.compile(r"\.\.|至|~|～")
_HOURS = re.compile(r"[0-9]{1,2}[:：][0-9]{2}")
_DIGIT = re.compile("[0-9]")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the file that says something: its cells from the left, and what its sheet says against one."""

    place: Place
    cells: tuple[str, ...]
    bad: Message | None = None

    def refuse(self, what: Message, column: int = 0) -> Mistake:
        """Say what is wrong with one of its cells, and where that stands in the file."""
        place = Place(self.place.file, self.place.sheet, self.place.row, column)
        return Mistake(message("day_of_file", place=str(place), what=what), path=(FILE,))


def days_off_in(value: Mapping[str, object], shelf: Shelf) -> frozenset[date]:
    """Read the days off that a file lists; raises Mistake with all that is wrong in it."""
    mistakes, days = Mistakes(), set[date]()
    for row in _rows(value, shelf):
        days.update(mistakes.take(_dates, row, (), ()))
        if any(map(_HOURS.search, row.cells[1:])):
            mistakes.add(row.refuse(message("day_off_windows"), 1))
    mistakes.stop()
    return frozenset(days)


def days_on_in(value: Mapping[str, object], shelf: Shelf) -> Mapping[date, Windows | None]:
    """Read the days on that a file lists, with windows of their own or None; raises Mistake."""
    mistakes, days = Mistakes(), dict[date, Windows | None]()
    for row in _rows(value, shelf):
        windows = mistakes.take(_windows, row, (), None)
        for day in mistakes.take(_dates, row, (), ()):
            if day in days:
                mistakes.add(row.refuse(message("day_twice_in_file", day=day.isoformat())))
            days[day] = windows
    mistakes.stop()
    return days


def _dates(row: _Row) -> tuple[date, ...]:
    """Read a row's day or stretch of days."""
    if row.bad:
        raise row.refuse(row.bad)
    text = row.cells[0]
    ends = [_date(part) for part in _BETWEEN.split(text, maxsplit=1)]
    first, last = ends[0], ends[-1]
    if first is None or last is None:
        raise row.refuse(message("no_date", text=text))
    try:
        return every_day(first, last, text)
    except Mistake as mistake:
        raise row.refuse(mistake.sentence) from None


def _date(text: str) -> date | None:
    """Read a day in any dress that leaves no doubt; None where it is none, or a time of day."""
    written = read_date(text, UTC)
    moment = written.moment(None) if written else None
    return moment.date() if moment and moment.time() == time() else None


def _windows(row: _Row) -> Windows | None:
    """Read the windows beside a day: a second cell with digits, and those after it that hold hours, too."""
    said = [
        (at, cell) for at, cell in enumerate(row.cells[1:], 1) if _DIGIT.search(cell) if at == 1 or _HOURS.search(cell)
    ]
    if not said:
        return None
    try:
        return parse_windows(",".join(cell for _, cell in said))
    except Mistake as mistake:
        raise row.refuse(mistake.sentence, said[0][0]) from None


def _rows(value: Mapping[str, object], shelf: Shelf) -> Sequence[_Row]:
    """Read the file's rows without a heading; raises Mistake where it cannot be read."""
    for key in value:
        if key != FILE:
            raise Mistake(with_nearest("unknown_key", str(key), (FILE,)), path=(str(key), ""))
    if FILE not in value:
        raise Mistake(message("missing_key", key=FILE))
    try:
        rows = list(_read(parse_text(value[FILE]), shelf))
    except OpskpiError as error:
        raise Mistake(error.messages[0], path=(FILE,)) from None
    except Mistake as mistake:
        raise Mistake(mistake.sentence, path=(FILE,)) from None
    if rows and not rows[0].bad and not any(map(_DIGIT.search, rows[0].cells)):
        return rows[1:]  # its heading
    return rows


def _read(name: str, shelf: Shelf) -> Iterator[_Row]:
    """Go through the rows of the file's one sheet that say something; raises OpskpiError or Mistake."""
    sheet = _sheet(name, shelf)
    width, before = max(len(cells) for cells in sheet.head), 0
    for piece in sheet.pieces(0, dict.fromkeys(range(width), True), width):
        block = piece()
        bad = _bad(block)
        columns = [block.columns[at].to_pylist() for at in range(width)]
        found = {int(row): tuple(clean(str(cells[at] or "")) for cells in columns) for at, row in enumerate(block.rows)}
        found |= {each.row: _cells(each.text, each.delimiter) for each in block.ragged}
        for row, cells in sorted(found.items()):
            if any(cells) or row in bad:
                yield _Row(Place(sheet.file, sheet.name or "", row + before), cells, bad.get(row))
        before += block.size


def _sheet(name: str, shelf: Shelf) -> "Sheet":
    """Open the one sheet that a file, or FILE#Sheet, means."""
    from opskpi.exports.finding import Found
    from opskpi.exports.opening import Manner, open_bytes

    path, _, sheet = (name, "", "") if "#" not in name or shelf.has(name) else name.rpartition("#")
    if not shelf.has(path):
        raise Mistake(message("no_such_file", file=name))
    found = Found(Path(path), path, named=True, sheet=sheet or None)
    opened = open_bytes(found, _bytes(path, shelf), Manner(accept_formulas=True))
    sheets = [each for file in opened for each in file.sheets if any(map(any, each.head))]
    if len(sheets) == 1:
        return sheets[0]
    reason = next((file.reason for file in opened if file.reason), None)
    names = tuple(each.name or each.file for each in sheets)
    raise Mistake(reason or message("days_in_one_sheet", file=name, sheets=names))


def _bytes(path: str, shelf: Shelf) -> bytes:
    try:
        return shelf.take(path)
    except OSError as error:
        raise Mistake(message("file_unreadable", file=path, reason=error.strerror or str(error))) from None


def _bad(block: "Block") -> Mapping[int, Message]:
    """Say what the sheet itself shows to be wrong in a row, such as a formula without a stored value."""
    return {
        int(block.rows[at]): message(f"rule_{rule}", heading="", value="", scale="", words=())
        for rules in block.marked.values()
        for rule, marked in rules.items()
        for at in marked.nonzero()[0]
    }


def _cells(text: str, delimiter: str) -> tuple[str, ...]:
    """Take a text line of another length than most apart."""
    return tuple(map(clean, next(csv.reader([text], delimiter=delimiter), [""])))
