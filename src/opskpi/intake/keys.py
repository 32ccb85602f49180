"""Which row counts (design rule 3): repeats kept once, event logs by their last row, conflicts refused.

Keys become 64-bit hashes; only rows whose hash repeats are looked at again, exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from itertools import groupby

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from opskpi.arrow import take, text_buffers
from opskpi.errors import ExportError
from opskpi.exports.finding import natural
from opskpi.intake.hashes import MIX, hashes
from opskpi.intake.sheets import SheetRead
from opskpi.tables.check import Chunk
from opskpi.tables.columns import NAT, UNKNOWN, Column, Numbers, Texts, Words, cell_texts, is_blank
from opskpi.tables.dates import read_date
from opskpi.tables.instants import microseconds
from opskpi.tables.numbers import read_number
from opskpi.tables.words import WORDLESS
from opskpi.wording import message

#: What stands for no id is hardly longer than this, in bytes.
_SHORT_ID = 6


class Fate(IntEnum):
    """What the keys make of a row; those of projects that are not asked for are elsewhere."""

    STANDS = 0
    DUPLICATE = 1
    SUPERSEDED = 2
    CONFLICT = 3
    ELSEWHERE = 4


@dataclass(frozen=True, slots=True)
class Keyed:
    """A chunk of one table with the project of each row, and where it came from.

    `owners` are the projects as keys compare them, where unknown names differ, too.
    """

    sheet: SheetRead
    order: int
    part: int
    chunk: Chunk
    projects: NDArray[np.int32]
    owners: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Alike:
    """Rows without ids that are alike in everything (疑似重复); listed, never dropped."""

    keyed: Keyed
    rows: NDArray[np.intp]


#: A row: which keyed chunk, and its position there.
_Row = tuple[int, int]


def settle_keys(table: Sequence[Keyed]) -> tuple[list[NDArray[np.int8]], list[Alike]]:
    """Decide the fate of each row of a table, chunk by chunk, and list look-alikes."""
    fates = [np.zeros(len(each.projects), dtype=np.int8) for each in table]
    mixed, has_id = zip(*(_key_hashes(each) for each in table), strict=True) if table else ((), ())
    for group in _groups(table, _repeated(mixed, has_id)):
        for (chunk, row), fate in _resolve(table, group).items():
            fates[chunk][row] = fate
    return fates, _look_alikes(table, has_id)


def _key(each: Keyed) -> tuple[str, ...]:
    form = each.sheet.layout.form
    return form.key or ("project", each.sheet.table.row_id)


def _key_hashes(each: Keyed) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """Hash each row's key, and tell which rows have one."""
    mixed = np.zeros(len(each.projects), dtype=np.uint64)
    has_id = np.zeros(len(each.projects), dtype=bool)
    names = _key(each)
    present = [name for name in names if name == "project" or name in each.chunk.columns]
    if len(present) == len(names):
        has_id[:] = True
    for name in present:
        if name == "project":
            part = each.owners.astype(np.uint64)
        else:
            column = each.chunk.columns[name]
            part = hashes(column)
            has_id &= ~_is_no_id(column, each.sheet.layout.form.nil)
        mixed = (mixed ^ part) * MIX
    return mixed ^ (mixed >> np.uint64(31)), has_id


def _is_no_id(column: Column, nil: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which ids are none: blank, a dash or another mark that stands for nothing, or a word of a nil return."""
    none = is_blank(column)
    if isinstance(column, Texts):
        said = np.array([*(_says_nothing(word, nil) for word in column.words), True])
        return np.asarray(said[column.codes], dtype=bool)
    if isinstance(column, pa.StringArray):
        short = np.flatnonzero(~none & (np.diff(text_buffers(column)[0]) <= _SHORT_ID))
        none = none.copy()
        none[short] = [_says_nothing(text or "", nil) for text in cell_texts(column, short)]
    return none


def _says_nothing(text: str, nil: Sequence[str]) -> bool:
    return not WORDLESS.sub("", text) or text in nil


def _repeated(mixed: Sequence[NDArray[np.uint64]], has_id: Sequence[NDArray[np.bool_]]) -> list[NDArray[np.intp]]:
    """Find the rows of each chunk whose hash occurs again somewhere."""
    if not mixed:
        return []
    known = np.sort(np.concatenate([h[i] for h, i in zip(mixed, has_id, strict=True)]))
    again = np.unique(known[1:][known[1:] == known[:-1]])
    if not len(again):
        return [np.zeros(0, dtype=np.intp) for _ in mixed]
    return [
        np.flatnonzero(i & (again[np.minimum(np.searchsorted(again, h), len(again) - 1)] == h))
        for h, i in zip(mixed, has_id, strict=True)
    ]


def _groups(table: Sequence[Keyed], rows: Sequence[NDArray[np.intp]]) -> list[list[_Row]]:
    """Group candidate rows by their exact key, in file and row order."""
    groups: dict[tuple[object, ...], list[_Row]] = {}
    for at, (each, chosen) in enumerate(zip(table, rows, strict=True)):
        columns = [
            each.owners[chosen].tolist() if name == "project" else _values(each.chunk, name, chosen)
            for name in _key(each)
        ]
        for row, key in zip(chosen.tolist(), zip(*columns, strict=True), strict=True):
            groups.setdefault(key, []).append((at, row))
    return [group for group in groups.values() if len(group) > 1]


def _resolve(table: Sequence[Keyed], group: Sequence[_Row]) -> Mapping[_Row, Fate]:
    """Decide what becomes of rows that share a key."""
    values = _rows_values(table, group)
    different = dict.fromkeys(values[row] for row in group)
    latest_by = {table[chunk].sheet.layout.form.latest_by for chunk, _ in group}
    if len(different) == 1:
        return _once(group, values, Fate.STANDS)
    if latest_by == {None} or len(latest_by) > 1:
        return _once(group, values, Fate.CONFLICT)
    last = max(enumerate(group), key=lambda each: (_order(table, each[1]), each[0]))[1]
    others = [row for row in group if values[row] != values[last]]
    repeats = [row for row in group if values[row] == values[last] and row != last]
    return {
        last: Fate.STANDS,
        **dict.fromkeys(repeats, Fate.DUPLICATE),
        **_once(others, values, Fate.SUPERSEDED),
    }


def _once(rows: Sequence[_Row], values: Mapping[_Row, tuple[object, ...]], fate: Fate) -> dict[_Row, Fate]:
    """Give the first of rows that are alike a fate; the others are its duplicates."""
    seen: set[tuple[object, ...]] = set()
    fates: dict[_Row, Fate] = {}
    for row in rows:
        fates[row] = Fate.DUPLICATE if values[row] in seen else fate
        seen.add(values[row])
    return fates


def _rows_values(table: Sequence[Keyed], group: Sequence[_Row]) -> dict[_Row, tuple[object, ...]]:
    """Get everything the rows of a group say after mapping, unreadable cells as their text.

    What orders the rows of a key is part of that: an event log's rows differ, if only in their number.
    """
    found: dict[_Row, tuple[object, ...]] = {}
    for at, rows in groupby(group, key=lambda row: row[0]):
        chosen = np.array([row for _, row in rows])
        chunk, model = table[at].chunk, table[at].sheet.table
        columns = [
            table[at].owners[chosen].tolist() if name == "project" else _values(chunk, name, chosen)
            for name in model.kinds
        ]
        latest = table[at].sheet.parts[table[at].part].latest
        if latest is not None:
            columns.append(list(cell_texts(latest, chosen)))
        for row, cells in zip(chosen.tolist(), zip(*columns, strict=True), strict=True):
            found[at, row] = cells
    return found


def _values(chunk: Chunk, name: str, rows: NDArray[np.intp]) -> list[object]:
    """Get a column's values for some rows; a bad row's cells as their texts."""
    column = chunk.columns.get(name)
    values: list[object] = [None] * len(rows) if column is None else _plain(column, rows)
    if not len(chunk.bad) or name not in chunk.texts:
        return values
    places = np.searchsorted(chunk.bad, rows)
    inside = (places < len(chunk.bad)) & (chunk.bad[np.minimum(places, len(chunk.bad) - 1)] == rows)
    texts = cell_texts(chunk.texts[name], places[inside])
    for at, text in zip(np.flatnonzero(inside).tolist(), texts, strict=True):
        values[at] = values[at] if values[at] is not None else text
    return values


def _plain(column: Column, rows: NDArray[np.intp]) -> list[object]:
    if isinstance(column, Texts | Words):
        return [column.words[code] if code >= 0 else None for code in column.codes[rows].tolist()]
    if isinstance(column, Numbers):
        return [
            None if blank else Fraction(unit, column.scale)
            for unit, blank in zip(column.units[rows].tolist(), column.blank[rows].tolist(), strict=True)
        ]
    if isinstance(column, np.ndarray):
        empty = UNKNOWN if column.dtype == np.int8 else NAT
        return [None if value == empty else value for value in column[rows].tolist()]
    return list(take(column, rows).to_pylist())


def _order(table: Sequence[Keyed], row: _Row) -> tuple[int, object]:
    """Place a row among those of its key: by its `latest_by` column or its file."""
    each, at = table[row[0]], row[1]
    if each.sheet.layout.form.latest_by == "file":
        return (1, (natural(each.sheet.file), each.order))
    name = str(each.sheet.layout.form.latest_by)
    column = each.chunk.columns.get(name)
    if isinstance(column, np.ndarray):
        return (1, int(column[at]))
    latest = each.sheet.parts[each.part].latest
    text = None if latest is None else cell_texts(latest, np.array([at]))[0]
    if text is None:
        return (0, 0)
    if (number := read_number(text, decimal=each.sheet.layout.form.decimal)) is not None:
        return (1, number)
    if (written := read_date(text, each.sheet.rules.zone)) is not None:
        only = next(iter(written.by_order.values())) if len(written.by_order) == 1 else None
        moment = only or written.moment(each.sheet.layout.form.order)
        if moment is None:
            raise ExportError(message("latest_unordered", sheet=each.sheet.label, heading=name, text=text))
        return (1, microseconds(moment))
    return (2, natural(text))


def _look_alikes(table: Sequence[Keyed], has_id: Sequence[NDArray[np.bool_]]) -> list[Alike]:
    """Find rows without ids that are alike in every column; the first of each is not listed."""
    signatures: list[NDArray[np.uint64]] = []
    chosen = [np.flatnonzero(~mask) for mask in has_id]
    for each, rows in zip(table, chosen, strict=True):
        signature = each.owners[rows].astype(np.uint64)
        for name in each.sheet.table.kinds:
            column = each.chunk.columns.get(name) if name != "project" else None
            part = np.uint64(0) if column is None or not len(rows) else hashes(column)[rows]
            signature = (signature ^ part) * MIX
        signatures.append(signature)
    if not signatures:
        return []
    _, first, inverse = np.unique(np.concatenate(signatures), return_index=True, return_inverse=True)
    repeats = first[inverse] != np.arange(len(inverse))
    bounds = np.cumsum([0, *map(len, chosen)])
    return [
        Alike(each, rows[again])
        for each, rows, start, end in zip(table, chosen, bounds[:-1], bounds[1:], strict=True)
        if (again := repeats[start:end]).any()
    ]
