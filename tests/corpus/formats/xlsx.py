"""Writes xlsx books with XlsxWriter, then puts into their XML what no library writes.

That is: formulas without a stored value, error cells that were typed, and extents a sheet only claims.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter

from corpus.formats import Dress, Parcel
from corpus.formats.zipped import pack, unpacked
from corpus.grids import Cell, Fault, Formula, Grid, Marked

_NOTHING = "NO STORED VALUE"
_TYPED = "TYPED()"
_STYLES: Mapping[type, str] = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd", timedelta: "[h]:mm"}
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


def write(parcel: Parcel, dress: Dress) -> bytes:
    """Write a book."""
    out = BytesIO()
    made = xlsxwriter.Workbook(out, {**_OPTIONS, "date_1904": dress.date_1904})
    made.set_properties({"created": datetime.fromisoformat("2017-01-03")})
    styles = {kind: made.add_format({"num_format": code}) for kind, code in _STYLES.items()}
    for grid in parcel.grids:
        _write_sheet(made.add_worksheet(grid.name), grid, styles)
    made.close()
    return _finished(out.getvalue(), parcel.grids)


def _write_sheet(sheet: Any, grid: Grid, styles: Mapping[type, Any]) -> None:  # noqa: ANN401 - the library has no types
    for top, left, bottom, right in grid.merges:
        sheet.merge_range(top, left, bottom, right, "")
    for at, row in enumerate(grid.rows):
        for column, cell in enumerate(row):
            _write_cell(sheet, (at, column), cell, styles)
    for at, column, far in grid.far:
        if far is None:
            sheet.write_blank(at, column, None, styles[date])
        _write_cell(sheet, (at, column), far, styles)


def _write_cell(sheet: Any, at: tuple[int, int], cell: Cell, styles: Mapping[type, Any]) -> None:  # noqa: ANN401
    plain = cell.cell if isinstance(cell, Marked) else cell
    if isinstance(plain, Formula):
        _write_formula(sheet, at, plain, styles)
    elif isinstance(plain, Fault):
        sheet.write_formula(*at, _TYPED, None, plain.text)
    elif plain is not None and plain != "":
        sheet.write(*at, plain, styles.get(type(plain)))


def _write_formula(sheet: Any, at: tuple[int, int], cell: Formula, styles: Mapping[type, Any]) -> None:  # noqa: ANN401
    value: object = serial(cell.cached) if isinstance(cell.cached, datetime) else cell.cached
    sheet.write_formula(*at, cell.text, styles.get(type(cell.cached)), _NOTHING if value is None else value)


def serial(moment: datetime) -> float:
    """Count days as Excel does."""
    return round((moment - datetime.fromisoformat("1899-12-30")) / timedelta(days=1), 10)


def _hiding(xml: str, grids: tuple[Grid, ...]) -> str:
    """Hide sheets, the last visible one too, which libraries refuse."""
    for number, grid in enumerate(grids, 1):
        if grid.hidden:
            xml = xml.replace(f' sheetId="{number}" ', f' sheetId="{number}" state="hidden" ')
    return xml


def _finished(data: bytes, grids: tuple[Grid, ...]) -> bytes:
    members = unpacked(data)
    members["xl/workbook.xml"] = _hiding(members["xl/workbook.xml"].decode(), grids).encode()
    for number, grid in enumerate(grids, 1):
        part = f"xl/worksheets/sheet{number}.xml"
        xml = members[part].decode()
        xml = re.sub(rf' t="str">(<f>[^<]*</f>)<v>{_NOTHING}</v>', r">\1", xml)
        xml = xml.replace(f"<f>{_TYPED}</f>", "")
        if grid.claims:
            xml = re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{grid.claims}"', xml)
        members[part] = xml.encode()
    return pack(members)
