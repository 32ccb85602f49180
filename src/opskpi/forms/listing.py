"""The list of improvements as a workbook has it: which sheet, which columns, which lines."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from opskpi.errors import SettingsError
from opskpi.forms.cells import Cell, day_of
from opskpi.forms.sheet import Sheet
from opskpi.forms.workbook import Workbook
from opskpi.model.periods import Period, parse_period
from opskpi.model.places import column_letters
from opskpi.tables.words import normal, normal_name
from opskpi.wording import Message, catalogue, message

#: The columns in their order, each with its heading's key and width; the last is hidden and bears our mark.
COLUMNS = {
    "project": ("head_project", 22),
    "indicator": ("head_indicator", 26),
    "period": ("notes_period", 10),
    "target": ("head_target", 11),
    "value": ("head_value", 10),
    "missed": ("notes_missed", 48),
    "cause": ("book_cause", 28),
    "measure": ("book_measure", 28),
    "person": ("book_person", 11),
    "deadline": ("book_deadline", 12),
    "check": ("book_check", 16),
    "status": ("notes_status", 10),
    "latest": ("notes_latest", 10),
    "latest_period": ("notes_latest_period", 10),
    "latest_verdict": ("notes_latest_verdict", 10),
    "mark": ("notes_mark", 10),
}
#: What tells a line; without these columns there is no list.
KEYS = ("project", "indicator", "period")
LATEST = ("latest", "latest_period", "latest_verdict")
#: Other headings that are understood, and words that close a line.
_OTHER_HEADS = {"周期": "period", "统计期": "period", "月份": "period"}
_CLOSED = frozenset(map(normal, ("已关闭", "关闭", "已完成", "完成", "closed", "close", "done", "completed")))
_LANGUAGES = "zh", "en"
#: So many rows are searched for headings.
_HEAD_ROWS = 30
#: A number in a column of periods that is no year but a day.
_FIRST_DAY = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: its row, cells by column's name, and whose miss it is; `indicator` is an id where known."""

    row: int
    cells: Mapping[str, Cell]
    project: str
    indicator: str
    period: Period

    @property
    def key(self) -> tuple[str, str, str]:
        """What must be there only once."""
        return self.project, self.indicator, self.period.label

    def text(self, column: str) -> str:
        """Get what stands in a column."""
        cell = self.cells.get(column)
        return cell.text if cell else ""

    @property
    def open(self) -> bool:
        """Whether nobody closed it: by its status, or where it has none by what was verified."""
        status = normal(self.text("status"))
        return status not in _CLOSED if status else not self.text("check")

    @property
    def ours(self) -> bool:
        """Whether the newest figure is as we wrote it, or not there yet."""
        if not any(self.text(column) for column in LATEST):
            return True
        _, _, mark = self.text("mark").partition(" ")
        return mark == fingerprint(*(self._content(column) for column in LATEST))

    def _content(self, column: str) -> object:
        cell = self.cells.get(column)
        return cell.content if cell else None


@dataclass(frozen=True, slots=True)
class Listing:
    """The list: its sheet, the row of its headings, its columns by name, its lines, and rows whose period is none."""

    sheet: Sheet
    heading_row: int
    columns: Mapping[str, int]
    lines: tuple[Line, ...]
    strange: tuple[int, ...]

    @property
    def absent(self) -> tuple[str, ...]:
        """The columns that somebody took away, mark aside."""
        return tuple(name for name in COLUMNS if name not in self.columns and name != "mark")


def read(book: Workbook, indicators: Mapping[str, str]) -> Listing:
    """Find the list and read its lines; `indicators` gives ids by name in normal form.

    Raises SettingsError where there is none, or two lines are of one key.
    """
    sheet, row, columns = _found(book)
    lines: dict[tuple[str, str, str], Line] = {}
    strange = []
    for number in sheet.rows():
        cells = {name: cell for name, at in columns.items() if number > row and (cell := sheet.cell((number, at)))}
        if not all(cells.get(name) and cells[name].text for name in KEYS):
            continue
        period = _period(cells["period"], date1904=book.date1904)
        if period is None:
            strange.append(number)
            continue
        line = Line(number, cells, normal_name(cells["project"].text), _indicator(cells, indicators), period)
        if line.key in lines:
            raise SettingsError(_twice(book, sheet, lines[line.key], line, columns))
        lines[line.key] = line
    return Listing(sheet, row, columns, tuple(lines.values()), tuple(strange))


def fingerprint(*contents: object) -> str:
    """Tell what we wrote from what somebody else did; numbers as every spreadsheet keeps them."""
    said = "|".join(f"{each:.12g}" if isinstance(each, int | float) else str(each or "").strip() for each in contents)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:8]


def _found(book: Workbook) -> tuple[Sheet, int, Mapping[str, int]]:
    """Find the first sheet with the headings, and their columns."""
    best: tuple[int, str, int, list[str]] | None = None
    for name in book.sheets:
        sheet = book.sheet(name)
        for row in range(1, _HEAD_ROWS + 1):
            columns = _headings(book, sheet, row)
            lacking = [key for key in KEYS if key not in columns]
            if not lacking:
                return sheet, row, columns
            if columns and (best is None or len(columns) > best[0]):
                best = len(columns), name, row, lacking
    if best is None:
        heads = tuple(message(COLUMNS[key][0]) for key in KEYS)
        raise SettingsError(message("notes_no_list", file=book.file, headings=heads))
    _, name, row, lacking = best
    heads = tuple(message(COLUMNS[key][0]) for key in lacking)
    raise SettingsError(message("notes_heading_missing", file=book.file, sheet=name, row=row, headings=heads))


def _headings(book: Workbook, sheet: Sheet, row: int) -> Mapping[str, int]:
    """Find the columns that a row names; raises SettingsError where it is one of the list and names one twice."""
    known = {normal(catalogue(language)[key]): name for name, (key, _) in COLUMNS.items() for language in _LANGUAGES}
    known |= {normal(word): name for word, name in _OTHER_HEADS.items()}
    columns: dict[str, int] = {}
    twice: list[tuple[str, int, int]] = []
    for at, cell in sorted(sheet.row(row).items()):
        name = known.get(normal(cell.text))
        if name in columns:
            twice.append((cell.text, columns[name], at))
        elif name:
            columns[name] = at
    if twice and all(key in columns for key in KEYS):
        text, one, two = twice[0]
        letters = tuple(column_letters(each) for each in (one, two))
        place = {"file": book.file, "sheet": sheet.name, "row": row, "columns": letters}
        raise SettingsError(message("notes_heading_twice", heading=text, **place))
    return columns


def _indicator(cells: Mapping[str, Cell], indicators: Mapping[str, str]) -> str:
    """Find whose line it is: by what stands there, else by our mark, which outlives a change of names in the plan."""
    said = normal(cells["indicator"].text)
    mark = cells["mark"].text.partition(" ")[0] if "mark" in cells else ""
    return indicators.get(said) or mark or said


def _period(cell: Cell, *, date1904: bool) -> Period | None:
    """Read a period, also one that a spreadsheet took for a number or a day."""
    text = cell.text
    if isinstance(cell.content, float) and cell.content >= _FIRST_DAY:
        day = day_of(cell.content, date1904=date1904)
        text = f"{day:%Y-%m}" if day else text
    try:
        return parse_period(text)
    except SettingsError:
        return None


def _twice(book: Workbook, sheet: Sheet, one: Line, two: Line, columns: Mapping[str, int]) -> Message:
    return message(
        "notes_line_twice",
        file=book.file,
        sheet=sheet.name,
        row=two.row,
        column=column_letters(columns["project"]),
        other=one.row,
        project=two.text("project"),
        indicator=two.text("indicator"),
        period=two.period.label,
    )
