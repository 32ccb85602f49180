"""A look at a workbook's own XML, for what calamine cannot tell: error cells and absurd extents.

calamine turns error cells into blanks, and one stray cell in the last column makes it ask for
more memory than any machine has. Only xlsx and xlsm have such XML; xls, xlsb and ods are read
without this look.
"""

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from xml.etree import ElementTree as ET

from opskpi.errors import ExportError
from opskpi.exports import Bytes
from opskpi.wording import message

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: A cell beyond column ZZ: three letters.
_FAR = re.compile(rb'<c r="([A-Z]{3})[0-9]')
#: An error cell with its address and what it shows, as <c r="F3" t="e"><v>#N/A</v></c>.
_ERROR = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]*\bt="e"[^>]*>(?:<f[^>]*(?:/>|>[^<]*</f>))?<v>([^<]*)</v>')

#: Error texts by row and column, both counted from 0.
Errors = Mapping[tuple[int, int], str]


def error_cells(data: Bytes, file: str) -> Mapping[str, Errors]:
    """Find the error cells of each sheet by its name; raises ExportError for absurd extents."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as book:
            return {name: _errors(book.read(part), file, name) for name, part in _parts(book).items()}
    except (KeyError, ET.ParseError, zipfile.BadZipFile, NotImplementedError):
        return {}  # not an xlsx after all: calamine says what is wrong with it


def _parts(book: zipfile.ZipFile) -> Mapping[str, str]:
    """Name the XML part of each sheet."""
    links = {
        link.get("Id"): str(link.get("Target"))
        for link in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    }
    root = ET.fromstring(book.read("xl/workbook.xml"))  # noqa: S314 - expat expands no external entities
    named = {str(sheet.get("name")): links.get(sheet.get(_LINK)) for sheet in root.iter(f"{_MAIN}sheet")}
    return {
        name: target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        for name, target in named.items()
        if target and "worksheets/" in target
    }


def _errors(xml: bytes, file: str, sheet: str) -> Errors:
    if far := _FAR.search(xml):
        raise ExportError(message("sheet_too_wide", file=file, sheet=sheet, column=far[1].decode()))
    if b't="e"' not in xml:
        return {}
    return {
        (int(row) - 1, _position(letters)): text.decode("utf-8", "replace")
        for letters, row, text in _ERROR.findall(xml)
    }


def _position(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
