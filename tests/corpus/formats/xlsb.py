"""Writes binary xlsx books (MS-XLSB) by hand: records of a number, a length and their bytes."""

import struct
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from corpus.formats import Dress, Parcel
from corpus.formats.xlsx import serial
from corpus.formats.zipped import pack
from corpus.grids import Cell, Fault, Formula, Grid, Marked, Plain

_ROW, _BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT = 0, 1, 2, 3, 4, 5, 6
_FORMULA_TEXT, _FORMULA_REAL = 8, 9
_BEGIN_SHEET, _END_SHEET, _BEGIN_BOOK, _END_BOOK = 129, 130, 131, 132
_BEGIN_DATA, _END_DATA, _EXTENT = 145, 146, 148
_BEGIN_SHEETS, _END_SHEETS, _SHEET = 143, 144, 156
_BEGIN_STYLES, _END_STYLES, _BEGIN_FORMATS, _END_FORMATS, _FORMAT = 278, 279, 615, 616, 44
_BEGIN_XFS, _END_XFS, _XF = 617, 618, 47
_MERGE, _BEGIN_MERGES, _END_MERGES = 176, 177, 178
_ERRORS = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}
_FORMATS = ("General", "yyyy-mm-dd hh:mm", "yyyy-mm-dd", "[h]:mm")
_GENERAL, _MOMENT, _DAY, _DURATION = range(4)
_FIRST_OWN_FORMAT = 164
_RK_LIMIT = 1 << 29
#: A cell that holds nothing but its style.
_FAR_BLANK = ""
_NAMES = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write(parcel: Parcel, dress: Dress) -> bytes:
    """Write a book."""
    del dress
    count = len(parcel.grids)
    parts = {
        "[Content_Types].xml": _types(count),
        "_rels/.rels": _links({"rId1": ("officeDocument", "xl/workbook.bin")}),
        "xl/workbook.bin": _book(parcel.grids),
        "xl/_rels/workbook.bin.rels": _links(
            {f"rId{number}": ("worksheet", f"worksheets/sheet{number}.bin") for number in range(1, count + 1)}
            | {f"rId{count + 1}": ("styles", "styles.bin")}
        ),
        "xl/styles.bin": _styles(),
    }
    return pack(parts | {f"xl/worksheets/sheet{n}.bin": _sheet(grid) for n, grid in enumerate(parcel.grids, 1)})


def _record(kind: int, body: bytes = b"") -> bytes:
    """Frame a record: its number and its length in groups of seven bits."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = len(body), b""
    while True:
        size, low = size >> 7, size & 0x7F
        length += bytes([low | (0x80 if size else 0)])
        if not size:
            return head + length + body


def _wide(text: str) -> bytes:
    """Write a text with its length before it, in UTF-16."""
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def _book(grids: tuple[Grid, ...]) -> bytes:
    sheets = b"".join(
        _record(_SHEET, struct.pack("<II", int(grid.hidden), number) + _wide(f"rId{number}") + _wide(grid.name))
        for number, grid in enumerate(grids, 1)
    )
    return _record(_BEGIN_BOOK) + _record(_BEGIN_SHEETS) + sheets + _record(_END_SHEETS) + _record(_END_BOOK)


def _styles() -> bytes:
    own = [(number, code) for number, code in enumerate(_FORMATS) if number]
    formats = b"".join(_record(_FORMAT, struct.pack("<H", _FIRST_OWN_FORMAT + n) + _wide(code)) for n, code in own)
    numbers = [0, *(_FIRST_OWN_FORMAT + number for number, _ in own)]
    cells = b"".join(_record(_XF, struct.pack("<HHHHHHHH", 0, number, 0, 0, 0, 0, 0x1000, 0)) for number in numbers)
    return b"".join(
        (
            _record(_BEGIN_STYLES),
            _record(_BEGIN_FORMATS, struct.pack("<I", len(own))) + formats + _record(_END_FORMATS),
            _record(_BEGIN_XFS, struct.pack("<I", len(numbers))) + cells + _record(_END_XFS),
            _record(_END_STYLES),
        )
    )


def _sheet(grid: Grid) -> bytes:
    rows = dict(enumerate(grid.rows))
    cells = {at: [(column, cell) for column, cell in enumerate(row)] for at, row in rows.items()}
    for at, column, cell in grid.far:
        cells.setdefault(at, []).append((column, _FAR_BLANK if cell is None else cell))
    last = (0xFFFFF, 0x3FFF) if grid.claims else (max(cells, default=0), max(grid.width - 1, 0))
    extent = struct.pack("<IIII", 0, last[0], 0, last[1])
    data = b"".join(_row(at) + b"".join(_cells(row)) for at, row in sorted(cells.items()))
    return b"".join(
        (
            _record(_BEGIN_SHEET),
            _record(_EXTENT, extent),
            _record(_BEGIN_DATA) + data + _record(_END_DATA),
            _merges(grid),
            _record(_END_SHEET),
        )
    )


def _row(at: int) -> bytes:
    return _record(_ROW, struct.pack("<IIHBBBI", at, 0, 300, 0, 0, 0, 0))


def _merges(grid: Grid) -> bytes:
    if not grid.merges:
        return b""
    ranges = b"".join(
        _record(_MERGE, struct.pack("<IIII", row, last_row, first, last)) for row, first, last_row, last in grid.merges
    )
    return _record(_BEGIN_MERGES, struct.pack("<I", len(grid.merges))) + ranges + _record(_END_MERGES)


def _cells(row: list[tuple[int, Cell]]) -> Iterator[bytes]:
    for column, cell in row:
        plain = cell.cell if isinstance(cell, Marked) else cell
        if plain is not None:
            kind, style, body = _value(plain)
            yield _record(kind, struct.pack("<II", column, style) + body)


def _value(cell: Cell) -> tuple[int, int, bytes]:
    """Give a cell's record, style and value."""
    match cell:
        case Formula():
            return _formula(cell)
        case Fault():
            return _ERROR, _GENERAL, bytes([_ERRORS[cell.text]])
        case bool():
            return _BOOL, _GENERAL, bytes([cell])
        case datetime() | date() | timedelta():
            style, number = _dated(cell)
            return _REAL, style, struct.pack("<d", number)
        case int() | float():
            return _number(cell)
        case _:
            return (_TEXT, _GENERAL, _wide(str(cell))) if cell else (_BLANK, _DAY, b"")


def _number(cell: float) -> tuple[int, int, bytes]:
    """Write a whole number in the short form where it fits."""
    if isinstance(cell, int) and -_RK_LIMIT <= cell < _RK_LIMIT:
        return _RK, _GENERAL, struct.pack("<i", cell << 2 | 2)
    return _REAL, _GENERAL, struct.pack("<d", cell)


def _dated(cell: datetime | date | timedelta) -> tuple[int, float]:
    if isinstance(cell, timedelta):
        return _DURATION, cell / timedelta(days=1)
    if isinstance(cell, datetime):
        return _MOMENT, serial(cell)
    return _DAY, serial(datetime.combine(cell, datetime.min.time()))


def _formula(cell: Formula) -> tuple[int, int, bytes]:
    """Write a formula that only repeats its value: the parsed expression is a constant."""
    value: Plain = cell.cached
    if isinstance(value, str):
        expression = bytes([0x17]) + struct.pack("<H", len(value)) + value.encode("utf-16-le")
        return _FORMULA_TEXT, _GENERAL, _wide(value) + struct.pack("<HI", 0, len(expression)) + expression + bytes(4)
    style, number = _dated(value) if isinstance(value, date | timedelta) else (_GENERAL, float(value or 0))
    expression = bytes([0x1F]) + struct.pack("<d", number)
    body = struct.pack("<d", number) + struct.pack("<HI", 0, len(expression)) + expression + bytes(4)
    return _FORMULA_REAL, style, body


def _types(count: int) -> bytes:
    kind = "application/vnd.ms-excel"
    parts = {"/xl/workbook.bin": f"{kind}.sheet.binary.macroEnabled.main", "/xl/styles.bin": f"{kind}.styles"}
    parts |= {f"/xl/worksheets/sheet{number}.bin": f"{kind}.worksheet" for number in range(1, count + 1)}
    named = "".join(f'<Override PartName="{part}" ContentType="{name}"/>' for part, name in parts.items())
    rels = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{_NAMES}/content-types">{rels}{named}</Types>'.encode()


def _links(links: dict[str, tuple[str, str]]) -> bytes:
    entries = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in links.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}<Relationships xmlns="{_NAMES}/relationships">{entries}</Relationships>'.encode()
