"""Rejected rows, repaired by hand and fed in again: each takes the place of the row it was.

A rejects file says of every row from which file (by its hash), sheet and row it came. Given
to a run together with those exports, its cells replace the ones that were refused, before anything
is read of them: the run is then the one that the right export would have given.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from opskpi.arrow import strings
from opskpi.errors import ExportError
from opskpi.exports import MARK_REJECTS, Block, Sheet
from opskpi.exports.opening import Opened
from opskpi.model.cards import RepairRecord
from opskpi.model.masking import MARK
from opskpi.model.safety import unguarded
from opskpi.sources.recognition import Layout
from opskpi.wording import message

#: What stands before the cells of a row that was rejected: `was` tells whether a row is still the one that was meant.
PLACE = (
    MARK_REJECTS,
    "opskpi_sha256",
    "opskpi_sheet",
    "opskpi_row",
    "opskpi_was",
    "opskpi_cell",
    "opskpi_rule",
    "opskpi_message",
)
_PLACES = 5
_SHORT_HASH = 12


@dataclass(frozen=True, slots=True)
class Repair:
    """A row as it should have been, by heading; `was` is the fingerprint of what it was."""

    row: int
    was: str
    cells: Mapping[str, str]
    file: str


@dataclass(frozen=True, slots=True)
class RepairsRead:
    """One rejects file: its repairs by the file's short hash and the sheet, and what to call each file."""

    label: str
    sha256: str
    rows: Mapping[tuple[str, str], Sequence[Repair]]
    files: Mapping[tuple[str, str], str]


@dataclass(slots=True)
class Repairs:
    """All repairs of a run; those that no sheet asked for are said."""

    files: Sequence[RepairsRead]
    used: set[tuple[str, str]] = field(default_factory=set)

    def of(self, sha256: str, sheet: str | None) -> tuple[Repair, ...]:
        """Get the repairs of a sheet from all files."""
        key = (short_hash(sha256), sheet or "")
        self.used.add(key)
        return tuple(repair for file in self.files for repair in file.rows.get(key, ()))

    def records(self) -> tuple[RepairRecord, ...]:
        """Write down the repairs; raises ExportError for those whose export is not in this run."""
        for file in self.files:
            for key in file.rows:
                if key not in self.used:
                    raise ExportError(message("repair_without_export", file=file.label, export=file.files[key]))
        return tuple(_record(file) for file in self.files)


def _record(file: RepairsRead) -> RepairRecord:
    """Write one rejects file down, with the rows that it replaced."""
    rows = [(*key, repair.row) for key, repairs in file.rows.items() for repair in repairs]
    return RepairRecord(file.label, file.sha256, len(rows), frozenset(rows))


def short_hash(sha256: str) -> str:
    """Shorten a file's hash so that it tells files apart, and no spreadsheet takes it for a number."""
    return f"sha256:{sha256[:_SHORT_HASH]}"


def fingerprint(cells: Iterable[str]) -> str:
    """Tell whether a row is the one that was rejected."""
    text = "\x1f".join(cells)
    return f"row:{hashlib.blake2b(text.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"


def cell_names(headings: Sequence[str]) -> tuple[str, ...]:
    """Name each column of a sheet once: of headings that are alike, the second is `Heading [2]`."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for heading in (text.strip() for text in headings):
        seen[heading] += 1
        names.append(heading if seen[heading] == 1 else f"{heading} [{seen[heading]}]")
    return tuple(names)


def every_column(sheet: Sheet, layout: Layout, wanted: Mapping[int, bool]) -> Sequence[Callable[[], Block]]:
    """Get the pieces of a sheet with every column, those that are wanted as they are wanted."""
    every = {position: wanted.get(position, False) for position in range(len(layout.headings))}
    return sheet.pieces(layout.heading_row, every, layout.width)


def read_repairs(opened: Opened) -> RepairsRead:
    """Read a rejects file that was named; raises ExportError where its places are spoilt."""
    label = opened.found.label
    rows: dict[tuple[str, str], list[Repair]] = {}
    files: dict[tuple[str, str], str] = {}
    for cells in _rows(opened):
        file, sha256, sheet, number, was = (cells.get(name, "") for name in PLACE[:_PLACES])
        if not number.isdecimal() or not sha256 or not was:
            raise ExportError(message("repair_place_spoilt", file=label, row=number or "?"))
        kept = {name: text for name, text in cells.items() if name not in PLACE}
        rows.setdefault((sha256, sheet), []).append(Repair(int(number), was, kept, label))
        files[sha256, sheet] = file
    return RepairsRead(label, opened.digest(), rows, files)


def within(repairs: Iterable[Repair], before: int, size: int) -> dict[int, list[Repair]]:
    """Get the repairs of a piece, by row of the piece."""
    found: dict[int, list[Repair]] = {}
    for each in repairs:
        if before < each.row <= before + size:
            found.setdefault(each.row - before, []).append(each)
    return found


def refuse_beyond(repairs: Iterable[Repair], last: int) -> None:
    """Raise ExportError for repairs of rows that a sheet does not have."""
    for each in repairs:
        if each.row > last:
            raise ExportError(message("repair_of_another", file=each.file, row=each.row))


def repaired(piece: Callable[[], Block], wanted: Mapping[int, Sequence[Repair]], layout: Layout) -> Block:
    """Read a piece again with some rows replaced; a row that was ragged becomes one of the others.

    A cell that its sheet marks as bad stays so until its text changes. Raises ExportError for
    repairs of a row that was never rejected, or that contradict one another.
    """
    block = piece()
    old = _old_rows(block, wanted, layout)
    mended = {number: row for number, each in wanted.items() if (row := _mended(old[number], each, layout)) is not None}
    kept = np.flatnonzero(~np.isin(block.rows, list(mended)))
    order = np.argsort(np.concatenate([block.rows[kept], list(mended)]), kind="stable")
    at = {number: place for place, number in enumerate(block.rows.tolist()) if number in mended}
    columns: dict[int, pa.Array] = {}
    marked: dict[int, dict[str, NDArray[np.bool_]]] = {}
    for position, cells in block.columns.items():
        before = _texts(cells)
        texts = [row.get(position, "") for row in mended.values()]  # of a column that nobody reads nothing is asked
        columns[position] = _array([*(before[place] for place in kept.tolist()), *texts], order, cells.type)
        same = [n in at and (before[at[n]] or "") == text for n, text in zip(mended, texts, strict=True)]
        for rule, bad in block.marked.get(position, {}).items():
            still = [keeps and bool(bad[at[number]]) for number, keeps in zip(mended, same, strict=True)]
            marked.setdefault(position, {})[rule] = np.concatenate([bad[kept], np.array(still, dtype=bool)])[order]
    rows = np.concatenate([block.rows[kept], np.array(list(mended), dtype=np.int32)])[order]
    ragged = tuple(row for row in block.ragged if row.row not in mended)
    return replace(block, rows=rows, columns=columns, ragged=ragged, marked=marked)


#: A row's cells by position, as far as they are read.
_Cells = Mapping[int, str]


def _old_rows(block: Block, wanted: Mapping[int, Sequence[Repair]], layout: Layout) -> dict[int, tuple[str, _Cells]]:
    """Get the rows that are to be replaced, with their fingerprints."""
    places = {number: at for at, number in enumerate(block.rows.tolist()) if number in wanted}
    texts = {position: _texts(cells) for position, cells in block.columns.items()}
    found: dict[int, tuple[str, _Cells]] = {}
    for number, at in places.items():
        cells = {position: column[at] or "" for position, column in texts.items()}
        found[number] = fingerprint(cells[position] for position in range(len(layout.headings))), cells
    for row in block.ragged:
        if row.row in wanted:
            found[row.row] = fingerprint([row.text]), {layout.first: row.text}
    for number, repairs in wanted.items():
        if number not in found or any(each.was != found[number][0] for each in repairs):
            raise ExportError(message("repair_of_another", file=repairs[0].file, row=repairs[0].row))
    return found


def _mended(old: tuple[str, _Cells], repairs: Sequence[Repair], layout: Layout) -> _Cells | None:
    """Find what a row is to be; None where nobody changed it."""
    names = cell_names(layout.headings)
    places = {position: names[position] for position in {*layout.used, layout.first} if position < len(names)}
    for name in places.values():
        if name and any(name not in each.cells for each in repairs):
            raise ExportError(message("repair_without_column", file=repairs[0].file, heading=name))
    rows = [
        {at: _cell(each.cells.get(name, ""), old[1].get(at, "")) for at, name in places.items()} for each in repairs
    ]
    changed = [row for row in rows if any(row[position] != old[1].get(position, "") for position in row)]
    if any(row != changed[0] for row in changed):
        raise ExportError(message("repair_twice", file=repairs[0].file, row=repairs[0].row))
    return changed[0] if changed else None


def _cell(text: str, was: str) -> str:
    """Get what a cell is to hold: what it held, where that was hidden from whoever repaired the row."""
    return was if text == MARK else text


def _texts(cells: pa.Array) -> list[str | None]:
    plain = cells.dictionary_decode() if pa.types.is_dictionary(cells.type) else cells
    return [None if text is None else str(text) for text in plain.to_pylist()]


def _array(texts: Sequence[str | None], order: NDArray[np.intp], kind: pa.DataType) -> pa.Array:
    again = strings([texts[at] for at in order.tolist()])
    return again.dictionary_encode() if pa.types.is_dictionary(kind) else again


def _rows(opened: Opened) -> Iterator[dict[str, str]]:
    """Go through the rows of a rejects file, CSV or saved as a workbook, by heading."""
    for sheet in opened.sheets:
        if not sheet.head or sheet.head[0][0] != MARK_REJECTS:
            continue
        headings = [cell.strip() for cell in sheet.head[0]]
        for piece in sheet.pieces(1, dict.fromkeys(range(len(headings)), False), len(headings)):
            block = piece()
            if block.ragged:
                raise ExportError(message("repair_place_spoilt", file=opened.found.label, row=block.ragged[0].row + 1))
            columns = [block.columns[at].to_pylist() for at in range(len(headings))]
            for cells in zip(*columns, strict=True):
                yield {
                    name: unguarded("" if text is None else str(text))
                    for name, text in zip(headings, cells, strict=True)
                }
