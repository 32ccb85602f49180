"""A look at a workbook's own XML, for what calamine cannot tell.

calamine turns error cells into blanks, cannot tell formula cells, and one stray cell in the last
corner makes it ask for more memory than any machine has. So each sheet that will be read is
searched first: for books that have none of these, that is a few searches for bytes. Only xlsx
and xlsm have such XML; `odsxml`, `xlsbin` and `xlsbiff` look into ods, xlsb and xls.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import TypeAlias
from xml.etree import ElementTree as ET

import numpy as np

from opskpi.errors import ExportError
from opskpi.exports import Bytes
from opskpi.exports.archives import is_bomb
from opskpi.model.places import column_position
from opskpi.wording import message

#: A cell beyond column ZZ: three letters.
_FAR = re.compile(rb'r="[A-Z]{3}[0-9]')
_TWO_LETTERS = re.compile(rb'r="([A-Z]{2})[0-9]')
#: Writers are of one mind about quotes; a sheet with the other ones is put into ours. So much tells.
_BEGINNING = 1 << 16
_ADDRESS = re.compile(rb'<c r="([A-Z]+)([0-9]+)"')
#: An error cell with its address and what it shows, as <c r="F3" t="e"><v>#N/A</v></c>.
_ERROR = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*\bt="e"[^>]*>(?:<f[^>]*(?:/>|>[^<]*</f>))?<v>([^<]*)</v>')
#: A formula cell with its address, its other attributes, and its cached value if there is one.
_FORMULA = re.compile(
    rb'<c r="([A-Z]+)([0-9]+)"([^>]*)>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v(?:\s[^>]*)?>([^<]*)</v>|<v\s*/>)?'
)
_PREFIX = re.compile(rb"<(\w+):worksheet\b")
#: Cells at the end of a sheet, so few and so far below the others, belong to no table.
_MOST_STRAYS = 20
_FAR_BELOW = 1000
#: More cells than this between the first corner and the last are claimed, not filled.
_MOST_CELLS = 50_000_000
_OPEN, _F, _END, _SPACE = b"<f> "
#: So much is searched at a time, to stay in the processor's cache.
_WINDOW = 1 << 20
#: Merged ranges are listed behind the rows; a book with more of them than fit here has some that fit, too.
_MERGES_WITHIN = 1 << 20

#: What error cells show, by the code the binary formats keep.
ERROR_CODES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}

#: Where a cell stands: row and column, both counted from 0.
Address: TypeAlias = tuple[int, int]
#: The first and the last cell of a merged range.
Merge: TypeAlias = tuple[Address, Address]


@dataclass(frozen=True, slots=True)
class Look:
    """What a sheet's XML shows: error texts, formula cells (True: without a value), strays left out.

    `merges` is None where it only says that calamine should be asked for them.
    """

    errors: Mapping[Address, str] = field(default_factory=dict)
    formulas: Mapping[Address, bool] = field(default_factory=dict)
    strays: tuple[str, ...] = ()
    merges: tuple[Merge, ...] | None = None


@dataclass(frozen=True, slots=True)
class BookLook:
    """The looks at a book's sheets by name; `data` is what is to be read, strays taken out.

    `whole` says that every sheet that may be read has been looked at.
    """

    data: Bytes
    sheets: Mapping[str, Look] = field(default_factory=dict)
    date1904: bool = False
    whole: bool = False


def look_into_xlsx(data: Bytes, file: str, wanted: str | None) -> BookLook:
    """Look at the sheets that will be read; raises ExportError for bombs and broken archives."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as book:
            _refuse_bombs(book, file)
            looks: dict[str, Look] = {}
            cleaned: dict[str, bytes] = {}
            for name, part in _parts(book, wanted).items():
                xml = _plain(book.read(part))
                looks[name], kept = _look(xml, file, name)
                if kept is not xml:
                    cleaned[part] = kept
            date1904 = re.search(rb'date1904="(1|true)"', book.read("xl/workbook.xml")) is not None
            return BookLook(_rewritten(book, cleaned) if cleaned else data, looks, date1904, whole=True)
    except (KeyError, ET.ParseError):
        return BookLook(data)  # no xlsx after all: calamine says what is wrong with it
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise ExportError(message("zip_broken", file=file)) from error


def refuse_far(cell: Address, file: str, sheet: str) -> None:
    """Refuse a cell that stands so far out that reading the sheet would take all memory; raises ExportError."""
    row, column = cell
    if (row + 1) * (column + 1) > _MOST_CELLS:
        raise ExportError(message("sheet_too_far", file=file, sheet=sheet, row=row + 1, column=column + 1))


def _refuse_bombs(book: zipfile.ZipFile, file: str) -> None:
    if any(is_bomb(part.file_size, part.compress_size) for part in book.infolist()):
        raise ExportError(message("zip_bomb", file=file))


def _parts(book: zipfile.ZipFile, wanted: str | None) -> Mapping[str, str]:
    """Name the XML part of each sheet that will be read: the visible ones, or the one that is wanted."""
    links = {
        link.get("Id"): str(link.get("Target"))
        for link in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    }
    root = ET.fromstring(book.read("xl/workbook.xml"))  # noqa: S314 - expat expands no external entities
    spelled = {name.lower(): name for name in book.namelist()}
    named = {
        str(sheet.get("name")): links.get(
            next((value for key, value in sheet.attrib.items() if key.endswith("}id")), None)
        )
        for sheet in root.findall(".//{*}sheet")
        if (wanted is None and sheet.get("state", "visible") == "visible") or sheet.get("name") == wanted
    }
    return {
        name: spelled[part.lower()]
        for name, target in named.items()
        if target and "worksheets/" in (part := target.lstrip("/") if target.startswith("/") else f"xl/{target}")
    }


def _plain(xml: bytes) -> bytes:
    """Take off what only some writers do: a namespace's prefix before each element, and single quotes."""
    if b" r='" in xml[:_BEGINNING]:
        xml = re.sub(rb" (\w+)='([^'\"<>]*)'", rb' \1="\2"', xml)
    prefix = _PREFIX.search(xml[:4096])
    return xml.replace(b"<" + prefix[1] + b":", b"<").replace(b"</" + prefix[1] + b":", b"</") if prefix else xml


def _look(xml: bytes, file: str, sheet: str) -> tuple[Look, bytes]:
    """Look at one sheet; the XML comes back without stray cells."""
    strays = sorted({*_far_right(xml), *_far_below(xml)})
    names = tuple(_address(xml, start) for start, _ in strays)
    for start, end in reversed(strays):
        xml = xml[:start] + xml[end:]
    _refuse_absurd(xml, file, sheet)
    errors = _errors(xml) if (has_errors := b't="e"' in xml) else {}
    formulas = _formulas(xml) if (expected := _formula_count(xml)) else {}
    if len(formulas) < expected or (has_errors and len(errors) < xml.count(b't="e"')):
        # a cell without an address, or written in no way known here: better no figure than a wrong one
        raise ExportError(message("cells_unplaced", file=file, sheet=sheet))
    return Look(errors, formulas, names, None if b"<mergeCell " in xml[-_MERGES_WITHIN:] else ()), xml


def _formula_count(xml: bytes) -> int:
    """Count the formulas: <f> and <f …, not <formula>."""
    text, count = np.frombuffer(xml, dtype=np.uint8), 0
    for start in range(0, len(text), _WINDOW):
        part = text[start : start + _WINDOW + 2]
        at = np.flatnonzero((part[:-2] == _OPEN) & (part[1:-1] == _F))
        count += int(np.isin(part[at + 2], (_END, _SPACE)).sum())
    return count


def _errors(xml: bytes) -> dict[Address, str]:
    return {_place(letters, row): text.decode("utf-8", "replace") for letters, row, text in _ERROR.findall(xml)}


def _formulas(xml: bytes) -> dict[Address, bool]:
    """Find formula cells, and tell which have no stored value; an empty text is one."""
    return {
        _place(letters, row): not value and b't="str"' not in attributes
        for letters, row, attributes, value in _FORMULA.findall(xml)
    }


def _place(letters: bytes, row: bytes) -> Address:
    return int(row) - 1, column_position(letters.decode())


def _far_right(xml: bytes) -> Iterator[tuple[int, int]]:
    """Find cells with a value beyond column ZZ, as spans of the XML."""
    for cell in _FAR.finditer(xml):
        if span := _span(xml, xml.rfind(b"<", 0, cell.start())):
            yield span


def _far_below(xml: bytes) -> list[tuple[int, int]]:
    """Find the few last cells that stand far below all others."""
    tail: list[tuple[int, int]] = []
    end, last = len(xml), None
    while len(tail) <= _MOST_STRAYS and (close := xml.rfind(b"</c>", 0, end)) >= 0:
        start = xml.rfind(b"<c ", 0, close)
        found = _ADDRESS.match(xml, start)
        if found is None:
            return []
        row = int(found[2])
        if last is not None and last - row > _FAR_BELOW:
            return tail
        if span := _span(xml, start):
            tail.append(span)
            last = row
        end = start
    return []


def _refuse_absurd(xml: bytes, file: str, sheet: str) -> None:
    """Refuse a sheet whose last row and last column, taken together, claim more cells than memory holds."""
    last = xml.rfind(b"<row ")
    found = re.search(rb"""\sr=["']([0-9]+)""", xml[last : last + 200]) if last >= 0 else None
    row = int(found[1]) if found else 0
    if row * 26 * 27 > _MOST_CELLS:
        columns = {column_position(each.decode()) for each in _TWO_LETTERS.findall(xml)}
        refuse_far((row - 1, max(columns, default=0)), file, sheet)


def _span(xml: bytes, start: int) -> tuple[int, int] | None:
    """Find where a cell's XML ends; None where it holds nothing."""
    if xml[xml.index(b">", start) - 1 : xml.index(b">", start)] == b"/":
        return None
    end = xml.index(b"</c>", start) + len(b"</c>")
    return (start, end) if b"<v" in xml[start:end] or b"<is>" in xml[start:end] else None


def _address(xml: bytes, start: int) -> str:
    found = _ADDRESS.match(xml, start)
    return b"".join(found.groups()).decode() if found else "?"


def _rewritten(book: zipfile.ZipFile, cleaned: Mapping[str, bytes]) -> bytes:
    """Make the book again with some parts replaced."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as copy:
        for name in book.namelist():
            copy.writestr(name, cleaned.get(name) or book.read(name))
    return out.getvalue()
