"""A look at a binary workbook's own records (MS-XLSB): error cells, formulas, and cells far from the table.

A sheet is a run of records, each a number, a length and its bytes. Rows and cells are a few
kinds of them; all others are stepped over.
"""

import struct
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from xml.etree import ElementTree as ET

from opskpi.errors import ExportError
from opskpi.exports import Bytes
from opskpi.exports.archives import is_bomb
from opskpi.exports.sheetxml import ERROR_CODES, Address, BookLook, Look, Merge, refuse_far
from opskpi.wording import message

_ROW = 0
#: Kinds of cells: blank, number, error, yes/no, number, text, shared text; then formulas giving the last four.
_BLANK, _ERROR, _LAST_CELL = 1, 3, 11
_FORMULAS = range(8, 12)
_FORMULA_ERROR = 11
_SHEET, _MERGE = 156, 176


def look_into_xlsb(data: Bytes, file: str) -> BookLook | None:
    """Look into an xlsb; None where the book is something else. Raises ExportError for cells far from the table."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as book:
            if "xl/workbook.bin" not in book.namelist():
                return None
            if any(is_bomb(part.file_size, part.compress_size) for part in book.infolist()):
                raise ExportError(message("zip_bomb", file=file))
            parts = _parts(book)
            return BookLook(data, {name: _look(book.read(part), file, name) for name, part in parts.items()})
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError, IndexError, ET.ParseError, struct.error):
        return None


def _parts(book: zipfile.ZipFile) -> Mapping[str, str]:
    """Name the part of each sheet; hidden ones, too, since reading one is a wish."""
    root = ET.fromstring(book.read("xl/_rels/workbook.bin.rels"))  # noqa: S314 - expat expands no external entities
    links = {link.get("Id"): str(link.get("Target")) for link in root}
    named: dict[str, str] = {}
    for kind, body in _records(book.read("xl/workbook.bin")):
        if kind == _SHEET:
            link, rest = _text(body, 8)
            name, _ = _text(body, rest)
            target = links[link]
            named[name] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return {name: part for name, part in named.items() if "worksheets/" in part}


def _look(records: bytes, file: str, sheet: str) -> Look:
    errors: dict[Address, str] = {}
    formulas: dict[Address, bool] = {}
    merges: list[Merge] = []
    row = 0
    for kind, body in _records(records):
        if kind == _ROW:
            row = int.from_bytes(body[:4], "little")
        elif _BLANK < kind <= _LAST_CELL:
            column = int.from_bytes(body[:4], "little")
            refuse_far((row, column), file, sheet)
            if kind in (_ERROR, _FORMULA_ERROR):
                errors[row, column] = ERROR_CODES.get(body[8], "#N/A")
            if kind in _FORMULAS:
                formulas[row, column] = False
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            merges.append(((top, left), (bottom, right)))
    return Look(errors, formulas, merges=tuple(merges))


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(data)
    while at < end:
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | data[at] << 7
            at += 1
        size = shift = 0
        while True:
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, data[at : at + size]
        at += size


def _text(body: bytes, at: int) -> tuple[str, int]:
    """Read a text with its length before it; gives where it ends, too."""
    length = int.from_bytes(body[at : at + 4], "little")
    end = at + 4 + length * 2
    return body[at + 4 : end].decode("utf-16-le"), end
