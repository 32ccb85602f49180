"""Text exports: CSV and its cousins, split into blocks of whole records for `pyarrow.csv`.

A block ends at a line break that no quote encloses. That is certain where all quotes are
well-formed, which one look over the quotes tells; from a stray quote on, a file is read as
one block, so that Arrow alone decides.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from mmap import mmap

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from opskpi.errors import ExportError
from opskpi.exports import HEAD_ROWS, Block, Bytes, Ragged
from opskpi.exports.encodings import to_utf8
from opskpi.exports.quotes import refuse_open_quotes
from opskpi.wording import Message, message

#: Two blocks in flight keep memory low, and each is long enough to be worth a task.
BLOCK_BYTES = 8 << 20

_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_DELIMITERS = (",", "\t", ";", "|")
_VISIBLE = ",;|"
_QUOTE, _NEWLINE, _RETURN = b'"\n\r'
#: A file with more NUL bytes than this is no text.
_MOST_ZEROS = 0.3
#: How much of a file is looked at to find delimiter and headings.
_HEAD_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class TextSheet:
    """A text file as a sheet of rows; `data` is UTF-8 without a BOM."""

    file: str
    data: memoryview
    encoding: str
    delimiter: str
    head: Sequence[Sequence[str]]
    reason: Message | None = None
    notes: Sequence[Message] = ()
    name: str | None = None
    spans: Sequence[tuple[int, int, int]] = ()
    serials: bool = True

    def pieces(self, heading_row: int, wanted: Mapping[int, bool], width: int) -> Sequence[Callable[[], Block]]:
        """Split the records below the heading into blocks, each read when it is called."""
        start = _offset_after(self.data, heading_row, self.delimiter)
        return [
            partial(_read, self.data[first:last], self.delimiter, width, wanted)
            for first, last in _split(self.data, start, ord(self.delimiter), self.file)
        ]


def open_text(data: Bytes, file: str, encoding: str | None = None) -> TextSheet:
    """Open a text export; raises ExportError where it cannot be text."""
    encoded = to_utf8(data, file, encoding)
    plain, notes = _made_plain(encoded.data, file)
    text = str(plain[:_HEAD_BYTES], "utf-8", errors="ignore")
    delimiter = max(_DELIMITERS, key=lambda mark: _regularity(text, mark))
    head = tuple(_records(text, delimiter))
    return TextSheet(file, plain, encoded.encoding, delimiter, head, encoded.reason, notes)


def _made_plain(data: memoryview, file: str) -> tuple[memoryview, tuple[Message, ...]]:
    """Take NUL bytes out, and end lines with LF where CR alone ends them."""
    notes: list[Message] = []
    if _holds(data, b"\0"):
        zeros = _count(data, b"\0")
        text = bytes(data).rstrip(b"\0")  # a file whose end was reserved and never written
        if text.count(b"\0") > len(text) * _MOST_ZEROS:
            raise ExportError(message("not_text", file=file))
        notes.append(message("nul_bytes", file=file, count=zeros))
        data = memoryview(text.replace(b"\0", b""))
    if b"\r" in (head := bytes(data[:_HEAD_BYTES])) and b"\n" not in head and not _holds(data, b"\n"):
        data = memoryview(bytes(data).replace(b"\r", b"\n"))
    return data, tuple(notes)


def _holds(data: memoryview, byte: bytes) -> bool:
    """Tell whether a byte occurs; the whole that is viewed is searched, which is as fast as memory."""
    whole = data.obj
    return whole.find(byte) >= 0 if isinstance(whole, bytes | mmap) else _count(data, byte) > 0


def _count(data: memoryview, byte: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == byte[0]))


def _regularity(text: str, delimiter: str) -> float:
    """Weigh the breaks a delimiter makes outside quotes, in as many lines as most lines have alike.

    Cells that begin or end with a mark that parts cells tell that this one was padding.
    """
    lines = [line for line in _QUOTED.sub("Q", text).splitlines()[:HEAD_ROWS] if line.strip()]
    breaks = Counter(line.count(delimiter) for line in lines)
    most, lines_alike = max(breaks.items(), key=lambda each: (each[1], each[0]), default=(0, 0))
    cells = [cell.strip() for line in lines for cell in line.split(delimiter) if cell.strip()]
    marked = sum(cell[0] in _VISIBLE or cell[-1] in _VISIBLE for cell in cells)
    return most * lines_alike * (1 - marked / max(1, len(cells))) ** 2


def _records(text: str, delimiter: str) -> list[list[str]]:
    lines = io.StringIO(text, newline="")
    try:
        return list(islice(csv.reader(lines, delimiter=delimiter), HEAD_ROWS))
    except csv.Error:
        return []


def _offset_after(data: memoryview, record: int, delimiter: str) -> int:
    """Find the byte after the record of that number."""
    text = str(data[:_HEAD_BYTES], "utf-8", errors="ignore")
    consumed = 0

    def lines() -> Iterator[str]:
        nonlocal consumed
        for line in io.StringIO(text, newline=""):
            consumed += len(line.encode("utf-8"))
            yield line

    for _ in islice(csv.reader(lines(), delimiter=delimiter), record):
        pass
    return consumed


def _split(data: memoryview, start: int, delimiter: int, file: str) -> Iterator[tuple[int, int]]:
    """Cut the file into spans of whole records."""
    first, size = start, BLOCK_BYTES
    while first < len(data):
        last = min(first + size, len(data))
        cut = _cut(bytes(data[first:last]), delimiter, at_end=last == len(data))
        if cut == 0 and last < len(data):
            size *= 2
            continue
        if cut == 0:
            raise ExportError(message("quote_unclosed", file=file, line=_open_line(data, first)))
        if cut < 0:
            refuse_open_quotes(data, first, chr(delimiter), file)
            yield first, len(data)
            return
        yield first, first + cut
        first, size = first + cut, BLOCK_BYTES


def _cut(text: bytes, delimiter: int, *, at_end: bool) -> int:
    """Find how many bytes of a block are whole records.

    0: none, the block is too small or a quote never closes. -1: a stray quote makes it
    impossible to tell.
    """
    if b'"' not in text:
        return len(text) if at_end else text.rfind(b"\n") + 1
    block = np.frombuffer(text, dtype=np.uint8)
    quotes = np.flatnonzero(block == _QUOTE)
    if at_end:
        if not _well_formed(block, quotes, delimiter):
            return -1
        return 0 if len(quotes) % 2 else len(block)
    breaks = np.flatnonzero(block == _NEWLINE)
    outside = breaks[np.searchsorted(quotes, breaks) % 2 == 0]
    if not len(outside):
        return 0
    cut = int(outside[-1])
    return cut + 1 if _well_formed(block, quotes[quotes < cut], delimiter) else -1


def _well_formed(block: NDArray[np.uint8], quotes: NDArray[np.intp], delimiter: int) -> bool:
    """Tell whether quotes open after a delimiter and close before one, or stand doubled."""
    if not len(quotes):
        return True
    edges = (delimiter, _NEWLINE, _RETURN)
    before = np.where(quotes > 0, block[quotes - 1], _NEWLINE)
    after = np.where(quotes < len(block) - 1, block[np.minimum(quotes + 1, len(block) - 1)], _NEWLINE)
    beside = np.diff(quotes) == 1
    doubled_before, doubled_after = np.append(False, beside), np.append(beside, False)
    opens = np.isin(before, edges) | doubled_before
    closes = np.isin(after, edges) | doubled_after
    return bool(opens[0::2].all() and closes[1::2].all())


def _open_line(data: memoryview, start: int) -> int:
    """Find the line on which the quote that never closes opens."""
    text = bytes(data[start:])
    return bytes(data[:start]).count(b"\n") + text.count(b"\n", 0, text.rfind(b'"')) + 1


def _read(data: memoryview, delimiter: str, width: int, wanted: Mapping[int, bool]) -> Block:
    ragged: list[pacsv.InvalidRow] = []

    def keep(row: pacsv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    recurring = pa.dictionary(pa.int32(), pa.string())
    table = pacsv.read_csv(
        pa.BufferReader(pa.py_buffer(data)),
        read_options=pacsv.ReadOptions(
            use_threads=False,
            block_size=len(data) + 1,
            column_names=[str(position) for position in range(width)],
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        convert_options=pacsv.ConvertOptions(
            include_columns=[str(position) for position in wanted],
            column_types={str(p): recurring if often else pa.string() for p, often in wanted.items()},
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    size = table.num_rows + len(ragged)
    kept = np.ones(size, dtype=bool)
    kept[[row.number - 1 for row in ragged]] = False
    return Block(
        rows=np.flatnonzero(kept).astype(np.int32) + np.int32(1),
        columns={position: _joined(table.column(str(position))) for position in wanted},
        size=size,
        ragged=tuple(Ragged(row.number, row.text, row.actual_columns, delimiter) for row in ragged),
    )


def _joined(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
