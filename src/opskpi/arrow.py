"""The bridge between Arrow, NumPy and Python lists.

pyarrow's own conversions import pandas wherever it is installed, for half a second that
nothing here needs; these work on the buffers.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clock
#: A distance no date has.
_BLANK = timedelta.min
#: A text that is not there.
NULL = pa.nulls(1, pa.string())[0]
#: A text of no letters (made from buffers, see above).
EMPTY = pa.StringArray.from_buffers(1, pa.py_buffer(bytes(8)), pa.py_buffer(b""))[0]


def strings(texts: Sequence[str | None]) -> pa.StringArray:
    """Make a column of texts; None and empty texts are null."""
    try:
        joined = "\0".join(texts).encode("utf-8", "replace")  # type: ignore[arg-type]  # tried, see below
    except TypeError:
        return strings(["" if text is None else text for text in texts])
    data = np.frombuffer(joined, dtype=np.uint8)
    ends = np.flatnonzero(data == 0)
    if len(ends) + 1 != len(texts):  # a text holds the separator, or there is none
        return _encoded([text.encode("utf-8", "replace") if text else b"" for text in texts])
    offsets = np.zeros(len(texts) + 1, dtype=np.int32)
    offsets[1:-1] = ends - np.arange(len(ends))
    offsets[-1] = len(data) - len(ends)
    return _from_offsets(offsets, data[data != 0].tobytes())


def dictionary(codes: NDArray[np.int32], words: Sequence[str]) -> pa.DictionaryArray:
    """Make a column of texts that recur, by the code of each row."""
    indices = pa.Array.from_buffers(pa.int32(), len(codes), [None, pa.py_buffer(codes)])
    return pa.DictionaryArray.from_arrays(indices, strings(words))


def moments(cells: Sequence[object]) -> pa.TimestampArray:
    """Make a column of moments from datetimes, dates (their midnights) and blanks."""
    found = [cell - _EPOCH if type(cell) is datetime else _midnight(cell) for cell in cells]
    seconds = np.fromiter(map(timedelta.total_seconds, found), dtype=np.float64, count=len(found))
    known = seconds != _BLANK.total_seconds()
    values = np.rint(np.where(known, seconds, 0) * 1_000_000).astype(np.int64)  # a double is exact for centuries
    there = np.packbits(known, bitorder="little")
    return pa.Array.from_buffers(pa.timestamp("us"), len(values), [pa.py_buffer(there), pa.py_buffer(values)])


def _midnight(cell: object) -> timedelta:
    return datetime(cell.year, cell.month, cell.day) - _EPOCH if isinstance(cell, date) else _BLANK  # noqa: DTZ001


def _encoded(texts: Sequence[bytes]) -> pa.StringArray:
    offsets = np.zeros(len(texts) + 1, dtype=np.int32)
    np.cumsum([len(each) for each in texts], out=offsets[1:])
    return _from_offsets(offsets, b"".join(texts))


def _from_offsets(offsets: NDArray[np.int32], data: bytes) -> pa.StringArray:
    valid = np.packbits(np.diff(offsets) > 0, bitorder="little")
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data), pa.py_buffer(valid))


def integers(column: pa.Array, blank: int) -> NDArray[np.int64]:
    """Get a column of whole numbers or moments; nulls become `blank`."""
    width = np.dtype(f"i{column.type.bit_width // 8}")
    values = np.frombuffer(column.buffers()[1], dtype=width)[column.offset : column.offset + len(column)]
    if not column.null_count:
        return values.astype(np.int64, copy=False)
    return np.where(valid_rows(column), values, blank).astype(np.int64, copy=False)


def booleans(column: pa.BooleanArray) -> NDArray[np.bool_]:
    """Get a column of conditions; nulls become False."""
    values = _bits(column.buffers()[1], column.offset, len(column))
    return values & valid_rows(column) if column.null_count else values


def valid_rows(column: pa.Array) -> NDArray[np.bool_]:
    """Tell which rows are not null."""
    mask = column.buffers()[0]
    if mask is None or not column.null_count:
        return np.full(len(column), column.null_count == 0, dtype=bool)
    return _bits(mask, column.offset, len(column))


def take(column: pa.Array, rows: NDArray[np.intp]) -> pa.Array:
    """Get some rows of a column; a row -1 is null."""
    chosen = rows.astype(np.int64)
    there = chosen >= 0
    mask = None if there.all() else pa.py_buffer(np.packbits(there, bitorder="little"))
    return column.take(pa.Array.from_buffers(pa.int64(), len(chosen), [mask, pa.py_buffer(chosen)]))


def text_buffers(column: pa.StringArray) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Get a text column's offsets, one more than rows, and the bytes they point into."""
    _, offsets, data = column.buffers()
    points = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    empty = np.zeros(0, dtype=np.uint8)
    return points, empty if data is None else np.frombuffer(data, dtype=np.uint8)


def _bits(buffer: pa.Buffer, offset: int, count: int) -> NDArray[np.bool_]:
    packed = np.frombuffer(buffer, dtype=np.uint8)
    return np.unpackbits(packed, count=offset + count, bitorder="little")[offset:].view(bool)
