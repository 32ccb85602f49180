"""Spreadsheet exports through calamine: xlsx, xls, xlsb and ods, told apart by content.

Cells become text as a reader of the sheet would write them down: a number is its decimal
at 15 significant digits, a date column shows times only where one of its cells has one. Cells
merged down a group hold their value in each row. What the sheet's XML shows of errors and
formulas goes with the cells.
"""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from operator import itemgetter
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from opskpi.arrow import dictionary, moments, strings
from opskpi.errors import ExportError
from opskpi.exports import HEAD_ROWS, Block
from opskpi.exports.formulas import judge_formulas
from opskpi.exports.sheetxml import BookLook, Look, Merge
from opskpi.wording import Message, message

_Cell: TypeAlias = str | float | int | bool | date | datetime | time | timedelta

#: Rows a piece holds: enough to keep the cost of a piece small.
_PIECE_ROWS = 65_536
#: Numbers this large have lost digits; Excel shows them so: 1.23456789012346E+17.
_LOST_DIGITS = 1e15
#: Numbers this small are what a formula's sum of doubles leaves of nothing.
_NOTHING = 5e-16


@dataclass(frozen=True, slots=True)
class BookSheet:
    """One sheet of a workbook; `formulas` tell by column and row which lack a stored value."""

    file: str
    name: str
    cells: Sequence[Sequence[_Cell]]
    head: Sequence[Sequence[str]]
    formulas: Mapping[int, Mapping[int, bool]]
    accept_formulas: bool = False
    across: Sequence[tuple[int, int, int]] = ()
    notes: list[Message] = field(default_factory=list)
    serials: bool = True
    encoding: str | None = None
    reason: Message | None = None

    def pieces(self, heading_row: int, wanted: Mapping[int, bool], width: int) -> Sequence[Callable[[], Block]]:
        """Give the rows below the heading; dates and formulas are told over the whole column."""
        del width  # all rows of a sheet are equally wide
        self._say_merged(heading_row, wanted)
        rows = self.cells[heading_row:]
        chosen = {at: list(map(itemgetter(at), rows)) for at in wanted}
        timed = frozenset(at for at, cells in chosen.items() if datetime in set(map(type, cells)))
        marks = {at: self._marks(at, heading_row, cells) for at, cells in chosen.items() if at in self.formulas}
        return [
            partial(
                _read,
                chosen,
                range(start, min(start + _PIECE_ROWS, len(self.cells) - heading_row)),
                wanted,
                timed,
                marks,
            )
            for start in range(0, len(self.cells) - heading_row, _PIECE_ROWS)
        ]

    @property
    def spans(self) -> Sequence[tuple[int, int, int]]:
        """The cells of the first rows that are merged across columns."""
        return [span for span in self.across if span[0] < HEAD_ROWS]

    def _say_merged(self, heading_row: int, wanted: Mapping[int, bool]) -> None:
        """Say where cells of the table are merged across columns that are read: the first of them holds the value."""
        found = [
            top for top, left, right in self.across if top >= heading_row and any(left < at <= right for at in wanted)
        ]
        note = message("merged_across", sheet=self.name, count=len(found), row=min(found, default=0) + 1)
        if found and note not in self.notes:
            self.notes.append(note)

    def _marks(self, position: int, heading_row: int, cells: Sequence[_Cell]) -> Mapping[str, NDArray[np.bool_]]:
        judged = judge_formulas(self.formulas[position], cells, heading_row, accept=self.accept_formulas)
        if judged.throughout:
            heading = self.head[heading_row - 1][position].strip()
            note = message("formula_column", sheet=self.name, heading=heading)
            if note not in self.notes:
                self.notes.append(note)
        return judged.marks


def open_workbook(look: BookLook, file: str, wanted: str | None, *, accept_formulas: bool) -> tuple[BookSheet, ...]:
    """Open the visible sheets of a book that was looked into, or the one that is wanted by name, hidden or not."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(look.data))
        names = _names(book, file, wanted)
        return tuple(_sheet(book, file, name, look, accept_formulas=accept_formulas) for name in names)
    except PasswordError:
        raise ExportError(message("password_protected", file=file)) from None
    except CalamineError as error:
        raise ExportError(message("book_unreadable", file=file, reason=str(error))) from error


def _names(book: CalamineWorkbook, file: str, wanted: str | None) -> Sequence[str]:
    sheets = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    if wanted is None:
        return [each.name for each in sheets if each.visible == SheetVisibleEnum.Visible]
    if wanted not in {each.name for each in sheets}:
        names = tuple(each.name for each in sheets)
        raise ExportError(message("no_such_sheet", file=file, sheet=wanted, sheets=names))
    return [wanted]


def _sheet(book: CalamineWorkbook, file: str, name: str, look: BookLook, *, accept_formulas: bool) -> BookSheet:
    sheet = book.get_sheet_by_name(name)
    if look.whole and name not in look.sheets:
        raise ExportError(message("cells_unplaced", file=file, sheet=name))
    seen = look.sheets.get(name, Look())
    cells = sheet.to_python(skip_empty_area=False)
    for (row, column), text in seen.errors.items():
        # an error stays visible as its text, which no date, number or known word is
        if row < len(cells) and column < len(cells[row]):
            cells[row][column] = text
    merges = (sheet.merged_cell_ranges or ()) if seen.merges is None else seen.merges
    filled = _fill_down(cells, merges)
    notes = [message("merged_filled", sheet=name, count=filled)] if filled else []
    if seen.strays:
        notes.append(message("stray_cells", sheet=name, cells=seen.strays))
    formulas: dict[int, dict[int, bool]] = {}
    for (row, column), empty in seen.formulas.items():
        formulas.setdefault(column, {})[row] = empty
    return BookSheet(
        file=file,
        name=name,
        cells=cells,
        head=tuple(tuple(_written(cell) for cell in row) for row in cells[:HEAD_ROWS]),
        formulas=formulas,
        accept_formulas=accept_formulas,
        across=[(top, left, right) for (top, left), (_, right) in merges if right > left],
        notes=notes,
        serials=not look.date1904,
    )


def _fill_down(cells: list[list[_Cell]], merges: Iterable[Merge]) -> int:
    """Give every row of cells merged down a group the group's value; tells how many were filled."""
    filled = 0
    for (top, left), (bottom, _) in merges:
        if bottom == top or top >= len(cells) or left >= len(cells[top]) or cells[top][left] == "":
            continue
        for row in cells[top + 1 : bottom + 1]:
            row[left] = cells[top][left]
            filled += 1
    return filled


def _read(
    columns: Mapping[int, Sequence[_Cell]],
    rows: range,
    wanted: Mapping[int, bool],
    timed: frozenset[int],
    marks: Mapping[int, Mapping[str, NDArray[np.bool_]]],
) -> Block:
    part = slice(rows.start, rows.stop)
    return Block(
        np.arange(1, len(rows) + 1, dtype=np.int32),
        {at: _column(columns[at][part], often, timed=at in timed) for at, often in wanted.items()},
        len(rows),
        marked={at: {rule: mask[part] for rule, mask in rules.items()} for at, rules in marks.items() if rules},
    )


def _column(cells: Sequence[_Cell], often: bool, *, timed: bool) -> pa.Array:  # noqa: FBT001
    """Write a column down as text; cells that recur are written once."""
    kinds = set(map(type, cells))
    if often and bool not in kinds:  # True and 1 are the same key
        distinct = dict.fromkeys(cells)
        texts = [_written(cell, timed=timed) for cell in distinct]
        for code, cell in enumerate(distinct):
            distinct[cell] = code
        codes = np.fromiter(map(distinct.__getitem__, cells), dtype=np.int32, count=len(cells))
        return dictionary(codes, texts)
    if kinds <= {str}:
        return strings(cells)  # type: ignore[arg-type]  # just seen
    if kinds <= {datetime, date, str} and timed and not often and (str not in kinds or _only_blank(cells)):
        return moments(cells)
    texts = [cell if type(cell) is str else _written(cell, timed=timed) for cell in cells]
    return strings(texts).dictionary_encode() if often else strings(texts)


def _only_blank(cells: Sequence[_Cell]) -> bool:
    return not any(type(cell) is str and cell for cell in cells)


def _written(cell: _Cell, *, timed: bool = False) -> str:
    """Write a cell down as text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _decimal(cell)
    if isinstance(cell, timedelta):
        return _clock(cell)
    if isinstance(cell, date) and not isinstance(cell, datetime) and timed:
        return f"{cell} 00:00:00"
    return str(cell)


def _clock(duration: timedelta) -> str:
    """Write a duration as a spreadsheet's [h]:mm:ss shows it."""
    seconds = abs(round(duration.total_seconds()))
    sign = "-" if duration < timedelta() else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _decimal(number: float) -> str:
    """Write a spreadsheet's number as its decimal at 15 significant digits."""
    if abs(number) >= _LOST_DIGITS:
        return f"{number:.15g}".upper()
    if abs(number) < _NOTHING:
        return "0"
    text = f"{number:.15g}"
    return text if "e" not in text else f"{Decimal(text):f}"
