"""Rejected rows, repaired by hand and fed in again: each takes the place of the row it was.

A rejects file says of every row from which file (by its hash), sheet and row it came. Given
to a run together with those exports, its cells replace the ones that were refused, before anything
is read of them: the run is then the one that the right export would have given.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from opskpi.arrow import strings
from opskpi.errors import ExportError
from opskpi.exports import MARK_REJECTS, Block
from opskpi.exports.opening import Opened
from opskpi.model.cards import RepairRecord
from opskpi.model.safety import unguarded
from opskpi.sources.recognition import Layout
from opskpi.wording import message

#: What stands before the cells of a row that was rejected.
PLACE = (MARK_REJECTS, "opskpi_sha256", "opskpi_sheet", "opskpi_row", "opskpi_cell", "opskpi_rule", "opskpi_message")
#: So much of a hash tells files apart, and survives a spreadsheet.
SHORT_HASH = 12


@dataclass(frozen=True, slots=True)
class Repair:
    """A row as it should have been, by heading."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RepairsRead:
    """One rejects file: its repairs by the file's short hash and the sheet, and what to call each file."""

    label: str
    sha256: str
    rows: Mapping[tuple[str, str], Sequence[Repair]]
    files: Mapping[tuple[str, str], str]


@dataclass(slots=True)
class SheetRepairs:
    """The repairs of one sheet."""

    repairs: Sequence[Repair]

    def within(self, before: int, size: int) -> dict[int, Mapping[str, str]]:
        """Get the repairs of a piece, by row of the piece."""
        return {each.row - before: each.cells for each in self.repairs if before < each.row <= before + size}


@dataclass(slots=True)
class Repairs:
    """All repairs of a run; those that no sheet asked for are said."""

    files: Sequence[RepairsRead]
    used: set[tuple[str, str]] = field(default_factory=set)

    def of(self, sha256: str, sheet: str | None) -> SheetRepairs:
        """Get the repairs of a sheet, the later file's after the earlier one's."""
        key = (sha256[:SHORT_HASH], sheet or "")
        self.used.add(key)
        return SheetRepairs([repair for file in self.files for repair in file.rows.get(key, ())])

    def records(self) -> tuple[RepairRecord, ...]:
        """Write down the repairs; raises ExportError for those whose export is not in this run."""
        for file in self.files:
            for key in file.rows:
                if key not in self.used:
                    raise ExportError(message("repair_without_export", file=file.label, export=file.files[key]))
        return tuple(RepairRecord(file.label, file.sha256, sum(map(len, file.rows.values()))) for file in self.files)


def read_repairs(opened: Opened) -> RepairsRead:
    """Read a rejects file that was named; raises ExportError where its places are spoilt."""
    rows: dict[tuple[str, str], list[Repair]] = {}
    files: dict[tuple[str, str], str] = {}
    for cells in _rows(opened):
        file, sha256, sheet, number = (cells.pop(name, "") for name in PLACE[:4])
        if not number.isdigit() or not sha256:
            raise ExportError(message("repair_place_spoilt", file=opened.found.label, row=number or "?"))
        key = (sha256[:SHORT_HASH], sheet)
        kept = {name: text for name, text in cells.items() if name not in PLACE}
        rows.setdefault(key, []).append(Repair(int(number), kept))
        files[key] = file
    return RepairsRead(opened.found.label, opened.digest(), rows, files)


def repaired(piece: Callable[[], Block], mended: Mapping[int, Mapping[str, str]], layout: Layout) -> Block:
    """Read a piece again with some rows replaced; a row that was ragged becomes one of the others.

    A cell that its sheet marks as bad stays so until its text changes.
    """
    block = piece()
    kept = np.flatnonzero(~np.isin(block.rows, list(mended)))
    order = np.argsort(np.concatenate([block.rows[kept], list(mended)]), kind="stable")
    old = {number: at for at, number in enumerate(block.rows.tolist()) if number in mended}
    columns: dict[int, pa.Array] = {}
    marked: dict[int, dict[str, NDArray[np.bool_]]] = {}
    for position, cells in block.columns.items():
        before = _texts(cells)
        texts = [_cell(layout, position, row) for row in mended.values()]
        columns[position] = _array([*(before[at] for at in kept.tolist()), *texts], order, cells.type)
        same = [n in old and (before[old[n]] or "") == text for n, text in zip(mended, texts, strict=True)]
        for rule, bad in block.marked.get(position, {}).items():
            still = [keeps and bool(bad[old[number]]) for number, keeps in zip(mended, same, strict=True)]
            marked.setdefault(position, {})[rule] = np.concatenate([bad[kept], np.array(still, dtype=bool)])[order]
    rows = np.concatenate([block.rows[kept], np.array(list(mended), dtype=np.int32)])[order]
    ragged = tuple(row for row in block.ragged if row.row not in mended)
    return replace(block, rows=rows, columns=columns, ragged=ragged, marked=marked)


def _cell(layout: Layout, position: int, row: Mapping[str, str]) -> str:
    return row.get(layout.headings[position].strip(), "") if position < len(layout.headings) else ""


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
