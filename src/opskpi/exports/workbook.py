"""Spreadsheet exports through calamine: xlsx, xls, xlsb and ods, told apart by content.

Cells become text as a reader of the sheet would write them down: a number is its decimal
at 15 significant digits, a date column shows times only where one of its cells has one.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from opskpi.arrow import strings
from opskpi.errors import ExportError
from opskpi.exports import HEAD_ROWS, Block, Bytes
from opskpi.exports.sheetxml import Errors, error_cells
from opskpi.wording import message

_Cell: TypeAlias = str | float | int | bool | date | datetime | time | timedelta

#: Rows a piece holds: enough to keep the cost of a piece small.
_PIECE_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class BookSheet:
    """One sheet of a workbook."""

    file: str
    name: str
    cells: Sequence[Sequence[_Cell]]
    head: Sequence[Sequence[str]]
    encoding: str | None = None

    def pieces(self, heading_row: int, wanted: Mapping[int, bool]) -> Sequence[Callable[[], Block]]:
        """Give the rows below the heading; dates are told apart over the whole column."""
        timed = frozenset(position for position in wanted if _has_time(self.cells[heading_row:], position))
        bounds = range(heading_row, len(self.cells), _PIECE_ROWS)
        return [partial(_read, self.cells[start : start + _PIECE_ROWS], wanted, timed) for start in bounds]


def open_workbook(data: Bytes, file: str, wanted: str | None) -> tuple[BookSheet, ...]:
    """Open the visible sheets of a book, or the one that is wanted by name, hidden or not."""
    errors = error_cells(data, file)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = _names(book, file, wanted)
        return tuple(_sheet(book, file, name, errors.get(name, {})) for name in names)
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


def _sheet(book: CalamineWorkbook, file: str, name: str, errors: Errors) -> BookSheet:
    cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    for (row, column), text in errors.items():
        # an error stays visible as its text, which no date, number or known word is
        if row < len(cells) and column < len(cells[row]):
            cells[row][column] = text
    head = tuple(tuple(_written(cell) for cell in row) for row in cells[:HEAD_ROWS])
    return BookSheet(file, name, cells, head)


def _has_time(rows: Sequence[Sequence[_Cell]], position: int) -> bool:
    return any(isinstance(row[position], datetime) and row[position].time() != time() for row in rows)  # type: ignore[union-attr]


def _read(rows: Sequence[Sequence[_Cell]], wanted: Mapping[int, bool], timed: frozenset[int]) -> Block:
    columns = {
        position: _column([row[position] for row in rows], often, position in timed)
        for position, often in wanted.items()
    }
    return Block(np.arange(1, len(rows) + 1, dtype=np.int32), columns, len(rows))


def _column(cells: Sequence[_Cell], often: bool, timed: bool) -> pa.Array:  # noqa: FBT001
    texts = strings([cell if type(cell) is str else _written(cell, timed=timed) for cell in cells])
    return texts.dictionary_encode() if often else texts


def _written(cell: _Cell, *, timed: bool = False) -> str:
    """Write a cell down as text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _decimal(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date):
        return f"{cell.isoformat()} 00:00:00" if timed else cell.isoformat()
    return str(cell)


def _decimal(number: float) -> str:
    """Write a spreadsheet's number as its decimal at 15 significant digits."""
    text = f"{number:.15g}"
    return text if "e" not in text else f"{number:.15f}".rstrip("0").rstrip(".")
