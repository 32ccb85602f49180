"""A look at an OpenDocument sheet's own XML: error cells, formulas and merged cells, which calamine does not tell."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from xml.etree import ElementTree as ET

from opskpi.errors import ExportError
from opskpi.exports import Bytes
from opskpi.exports.archives import is_bomb
from opskpi.exports.sheetxml import Address, BookLook, Look, Merge, refuse_far
from opskpi.wording import message

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
#: What is worth the walk; a sheet without any of these is left to calamine.
_WORTH = (b'value-type="error"', b"table:formula=", b"-spanned=")
#: Repeated cells or rows, so many that what follows them would stand far from the table.
_GAP = re.compile(rb'number-(?:columns|rows)-repeated="[0-9]{3,}"')


def look_into_ods(data: Bytes, file: str) -> BookLook | None:
    """Look into an ods; None where the book is something else. Raises ExportError for a bomb."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as book:
            if "content.xml" not in book.namelist():
                return None
            part = book.getinfo("content.xml")
            if is_bomb(part.file_size, part.compress_size):
                raise ExportError(message("zip_bomb", file=file))
            xml = book.read(part)
            if not any(mark in xml for mark in _WORTH) and not _GAP.search(xml):
                return BookLook(data)
            return BookLook(data, dict(_tables(xml, file)))
    except (zipfile.BadZipFile, ET.ParseError, EOFError, NotImplementedError):
        return None


def _tables(xml: bytes, file: str) -> Iterator[tuple[str, Look]]:
    for table in ET.fromstring(xml).iter(f"{_TABLE}table"):  # noqa: S314 - expat expands no external entities
        name = str(table.get(f"{_TABLE}name"))
        yield name, _look(table, file, name)


def _look(table: ET.Element, file: str, name: str) -> Look:
    errors: dict[Address, str] = {}
    formulas: dict[Address, bool] = {}
    merges: list[Merge] = []
    for row, at, cell in _cells(table):
        refuse_far((row, at), file, name)
        if cell.get(f"{_CALC}value-type") == "error":
            errors[row, at] = _text(cell)
        if cell.get(f"{_TABLE}formula") is not None:
            formulas[row, at] = cell.get(f"{_OFFICE}value-type") is None
        down, right = (int(cell.get(f"{_TABLE}number-{way}-spanned", "1")) for way in ("rows", "columns"))
        if down > 1 or right > 1:
            merges.append(((row, at), (row + down - 1, at + right - 1)))
    return Look(errors, formulas, merges=tuple(merges))


def _cells(table: ET.Element) -> Iterator[tuple[int, int, ET.Element]]:
    """Go through the cells that hold something, each at its place; repeated rows and cells are counted, not walked."""
    row = 0
    for line in table.iter(f"{_TABLE}table-row"):
        at = 0
        for cell in line:
            if len(cell) or cell.get(f"{_TABLE}formula") is not None:
                yield row, at, cell
            at += int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        row += int(line.get(f"{_TABLE}number-rows-repeated", "1"))


def _text(cell: ET.Element) -> str:
    return "".join(part for line in cell.iter(f"{_TEXT}p") for part in line.itertext())
