"""A look at an old binary workbook's records (BIFF8, xls): error cells and formulas.

The book is one stream of records, each two bytes of kind and two of length. Each sheet begins
where the book's directory says and ends with a record of its own.
"""

import struct
from collections.abc import Iterator
from io import BytesIO

from opskpi.exports import Bytes
from opskpi.exports.sheetxml import ERROR_CODES, Address, BookLook, Look

_SHEET, _END, _FORMULA, _ERROR = 0x85, 0x0A, 0x06, 0x205
#: A sheet's name in UTF-16, or in one byte a letter.
_IS_WIDE = 1
#: A formula whose result is no number says of which kind it is; 2 is an error, 3 an empty text.
_NO_NUMBER, _IS_ERROR = 0xFFFF, 2


def look_into_xls(data: Bytes) -> BookLook:
    """Look into an xls; what is no BIFF8 is left to calamine."""
    from olefile import OleFileIO  # 15 ms, for xls alone

    try:
        with OleFileIO(BytesIO(data)) as container:
            if not container.exists("Workbook"):
                return BookLook(data)
            stream = container.openstream("Workbook").read()
            return BookLook(data, {name: _look(stream, start) for name, start in _sheets(stream)})
    except (OSError, struct.error, IndexError):
        return BookLook(data)


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """Name the sheets and where each begins."""
    for kind, body in _records(stream, 0):
        if kind == _SHEET:
            start, length, wide = struct.unpack_from("<I", body)[0], body[6], body[7] & _IS_WIDE
            text = body[8 : 8 + length * (1 + wide)]
            yield text.decode("utf-16-le" if wide else "latin-1"), start


def _look(stream: bytes, start: int) -> Look:
    errors: dict[Address, str] = {}
    formulas: dict[Address, bool] = {}
    for kind, body in _records(stream, start):
        if kind == _ERROR and body[7]:
            errors[struct.unpack_from("<HH", body)] = ERROR_CODES.get(body[6], "#N/A")
        elif kind == _FORMULA:
            place = struct.unpack_from("<HH", body)
            formulas[place] = False
            if struct.unpack_from("<H", body, 12)[0] == _NO_NUMBER and body[6] == _IS_ERROR:
                errors[place] = ERROR_CODES.get(body[8], "#N/A")
    return Look(errors, formulas)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Go through the records of the book's directory, or of one sheet, up to its end."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _END:
            return
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
