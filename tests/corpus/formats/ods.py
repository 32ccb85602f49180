"""Writes OpenDocument spreadsheets: a content.xml by hand, as LibreOffice lays it out."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from corpus.formats import Dress, Parcel
from corpus.formats.zipped import pack
from corpus.grids import Cell, Fault, Formula, Grid, Marked, Plain

_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = " ".join(
    f'xmlns:{short}="{name}"'
    for short, name in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
        "of": "urn:oasis:names:tc:opendocument:xmlns:of:1.2",
    }.items()
)
_STYLES = "".join(
    f'<style:style style:name="{name}" style:family="table">'
    f'<style:table-properties table:display="{shown}"/></style:style>'
    for name, shown in (("shown", "true"), ("hidden", "false"))
)
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_COLUMNS, _ROWS = 16_384, 1_048_576


def write(parcel: Parcel, dress: Dress) -> bytes:
    """Write a book."""
    del dress
    tables = "".join(_table(grid) for grid in parcel.grids)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES} office:version="1.2">'
        f"<office:automatic-styles>{_STYLES}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return pack(
        {"mimetype": _MIME.encode(), "content.xml": content.encode(), "META-INF/manifest.xml": _MANIFEST.encode()}
    )


def _table(grid: Grid) -> str:
    style = "hidden" if grid.hidden else "shown"
    columns = f'<table:table-column table:number-columns-repeated="{_COLUMNS if grid.claims else max(grid.width, 1)}"/>'
    return (
        f"<table:table table:name={quoteattr(grid.name)} table:style-name={quoteattr(style)}>"
        f"{columns}{''.join(_rows(grid))}</table:table>"
    )


def _rows(grid: Grid) -> Iterator[str]:
    """Write the rows; a claimed or far extent is blanks repeated up to it, as LibreOffice writes them."""
    spans = {(row, first): (last_row - row + 1, last - first + 1) for row, first, last_row, last in grid.merges}
    covered = {
        (row, column)
        for top, left, bottom, right in grid.merges
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    } - spans.keys()
    far = {row: (column, cell) for row, column, cell in grid.far}
    for at, row in enumerate(grid.rows):
        cells = [
            "<table:covered-table-cell/>" if (at, column) in covered else _cell(cell, spans.get((at, column)))
            for column, cell in enumerate(row)
        ]
        tail = _far(*far.pop(at), len(row)) if at in far else _blanks(_COLUMNS - len(row)) if grid.claims else ""
        yield f"<table:table-row>{''.join(cells)}{tail}</table:table-row>"
    done = len(grid.rows)
    for at, (column, cell) in sorted(far.items()):
        yield _blank_rows(at - done)
        yield f"<table:table-row>{_far(column, cell, 0)}</table:table-row>"
        done = at + 1
    if grid.claims:
        yield _blank_rows(_ROWS - done)


def _far(column: int, cell: Cell, width: int) -> str:
    return _blanks(column - width) + _cell(cell, None)


def _blanks(count: int) -> str:
    return f'<table:table-cell table:number-columns-repeated="{count}"/>' if count else ""


def _blank_rows(count: int) -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{count}">{_blanks(_COLUMNS)}</table:table-row>' if count else ""
    )


def _cell(cell: Cell, span: tuple[int, int] | None) -> str:
    formula, value, text = _parts(cell)
    spanned = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if not value and not formula:
        return f"<table:table-cell{spanned}/>"
    lines = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in text.split("\n"))
    return f"<table:table-cell{spanned}{formula}{value}>{lines if value else ''}</table:table-cell>"


def _spaced(line: str) -> str:
    """Write a line with its blanks kept: XML would take several for one."""
    inner = escape(line.strip(" ")).replace("  ", ' <text:s text:c="1"/>')
    before, after = len(line) - len(line.lstrip(" ")), len(line) - len(line.rstrip(" "))
    return _space(before) + inner + _space(after if inner else 0)


def _space(count: int) -> str:
    return f'<text:s text:c="{count}"/>' if count else ""


def _parts(cell: Cell) -> tuple[str, str, str]:
    """Give a cell's formula, value and shown text, the first two as attributes."""
    match cell:
        case Marked():
            return _parts(cell.cell)
        case Formula():
            return f" table:formula={quoteattr('of:' + cell.text)}", *_value(cell.cached)
        case Fault():
            return "", ' office:value-type="string" office:string-value="" calcext:value-type="error"', cell.text
        case _:
            return "", *_value(cell)


def _value(cell: Plain) -> tuple[str, str]:
    match cell:
        case None | "":
            return "", ""
        case bool():
            return f' office:value-type="boolean" office:boolean-value="{str(cell).lower()}"', str(cell).upper()
        case datetime():
            return f' office:value-type="date" office:date-value="{cell.isoformat()}"', cell.isoformat(" ", "minutes")
        case date():
            return f' office:value-type="date" office:date-value="{cell.isoformat()}"', cell.isoformat()
        case timedelta():
            minutes = cell // timedelta(minutes=1)
            value = f"PT{minutes // 60:02}H{minutes % 60:02}M00S"
            return f' office:value-type="time" office:time-value="{value}"', f"{minutes // 60}:{minutes % 60:02}"
        case int() | float():
            return f' office:value-type="float" office:value="{cell}"', str(cell)
        case _:
            return ' office:value-type="string"', cell
