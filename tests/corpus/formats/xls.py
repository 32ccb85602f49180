"""Writes the old binary books with xlwt."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import xlwt

from corpus.formats import Dress, Parcel
from corpus.grids import Cell, Fault, Formula, Grid, Marked

_MOMENT = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm")
_DAY = xlwt.easyxf(num_format_str="yyyy-mm-dd")
_DURATION = xlwt.easyxf(num_format_str="[h]:mm")
_HIDDEN = 1

_ERRORS = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}


def write(parcel: Parcel, dress: Dress) -> bytes:
    """Write a book."""
    made = xlwt.Workbook(encoding="utf-8")
    made.dates_1904 = dress.date_1904
    for grid in parcel.grids:
        sheet = made.add_sheet(grid.name, cell_overwrite_ok=True)
        sheet.visibility = _HIDDEN * grid.hidden
        _write_sheet(sheet, grid)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _write_sheet(sheet: Any, grid: Grid) -> None:  # noqa: ANN401 - the library has no types
    for top, left, bottom, right in grid.merges:
        sheet.merge(top, bottom, left, right)
    for at, row in enumerate(grid.rows):
        for column, cell in enumerate(row):
            _write_cell(sheet, at, column, cell)
    for at, column, far in grid.far:
        if far is None:
            sheet.write(at, column, None, _DAY)
        _write_cell(sheet, at, column, far)


def _write_cell(sheet: Any, row: int, column: int, cell: Cell) -> None:  # noqa: ANN401
    match cell:
        case Marked():
            _write_cell(sheet, row, column, cell.cell)
        case Fault():
            sheet.row(row).set_cell_error(column, _ERRORS[cell.text])
        case Formula():
            reason = "xlwt stores no formula with a value"
            raise TypeError(reason)
        case datetime():
            sheet.write(row, column, cell, _MOMENT)
        case date():
            sheet.write(row, column, cell, _DAY)
        case timedelta():
            sheet.write(row, column, cell / timedelta(days=1), _DURATION)
        case None | "":
            pass
        case _:
            sheet.write(row, column, cell)
