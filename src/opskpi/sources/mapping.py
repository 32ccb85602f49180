"""A sheet's rows in canonical columns: words mapped, nulls blanked, constants added."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from opskpi.arrow import NULL, booleans, strings, take
from opskpi.exports import Block, Ragged
from opskpi.sources.recognition import Layout
from opskpi.tables.columns import (
    TextColumn,
    Texts,
    blank_rows,
    mapped,
    strings_of,
    texts_of,
)
from opskpi.tables.instants import looks_iso
from opskpi.tables.words import FLAGS, normal

#: What the first cell, id or project of a total row says.
_TOTALS = ("合计", "总计", "小计", "累计", "total", "Total", "TOTAL", "Grand total", "Grand Total", "Subtotal")
#: A nil return fills no more columns than this beside project and dates.
_MOST_IN_NIL = 2
_OPPOSITE = {True: "no", False: "yes"}


@dataclass(frozen=True, slots=True)
class Nil:
    """A nil return found in a register: its row and the project it speaks for."""

    row: int
    project: str | None


@dataclass(frozen=True, slots=True)
class Mapped:
    """A block in canonical columns; `skipped` are blank lines, totals and nil returns.

    `latest` orders the rows of one key where the form asks for it.
    """

    rows: NDArray[np.int32]
    texts: Mapping[str, TextColumn]
    size: int
    skipped: int
    ragged: tuple[Ragged, ...]
    nil: tuple[Nil, ...]
    latest: TextColumn | None


def wanted(layout: Layout) -> dict[int, bool]:
    """Name the columns to read by position; True where their texts recur."""
    kinds = layout.form.model_table.kinds
    positions = {at: not kinds[name].many for name, at in layout.columns.items()}
    if layout.latest is not None:
        positions.setdefault(layout.latest, True)
    positions.setdefault(0, False)
    return positions


def apply(layout: Layout, block: Block) -> Mapped:
    """Map one block of raw rows."""
    texts = {name: _column(layout, name, block.columns[at]) for name, at in layout.columns.items()}
    blank = np.ones(len(block.rows), dtype=bool)
    for column in texts.values():
        blank &= blank_rows(column)
    totals = ~blank & _totals(layout, block, texts)
    nil = _nil(layout, texts, block.rows)
    keep = ~blank & ~totals
    keep[[at for at, _ in nil]] = False
    latest = None if layout.latest is None else texts_of(block.columns[layout.latest])
    if keep.all():
        kept, rows = texts, block.rows
    else:
        chosen = np.flatnonzero(keep)
        kept, rows = {name: _take(each, chosen) for name, each in texts.items()}, block.rows[chosen]
        latest = None if latest is None else _take(latest, chosen)
    for name, word in layout.form.constants.items():
        kept[name] = Texts(np.zeros(len(rows), dtype=np.int32), [word])
    skipped = len(block.rows) - len(rows)
    return Mapped(rows, kept, block.size, skipped, block.ragged, tuple(n for _, n in nil), latest)


def _column(layout: Layout, name: str, cells: pa.Array) -> TextColumn:
    """Clean one column and give its words their canonical meaning."""
    form = layout.form
    kind = form.model_table.kinds[name]
    nulls, words = form.null_words, {normal(k): v for k, v in form.words.get(name, {}).items()}
    if kind.many:
        cleaned = cells if kind.is_instant and _undressed(cells) else strings_of(cells)
        if nulls:
            cleaned = pc.if_else(pc.is_in(cleaned, strings(form.nulls)), NULL, cleaned)
        return cleaned
    texts = texts_of(cells)
    turned = name in layout.opposite
    if not (nulls or words or turned):
        return texts

    def translate(text: str) -> str | None:
        plain = normal(text)
        if plain in nulls and plain not in words:
            return None
        text = words.get(plain, text)
        flag = FLAGS.get(normal(text)) if turned else None
        return text if flag is None else _OPPOSITE[flag]

    return mapped(texts, translate)


def _undressed(cells: pa.Array) -> bool:
    """Tell whether moments may be read as they are; the reader trims where it must."""
    return bool(pa.types.is_string(cells.type)) and looks_iso(cells)


def _totals(layout: Layout, block: Block, texts: Mapping[str, TextColumn]) -> NDArray[np.bool_]:
    """Find rows whose first cell, id or project says 合计 or the like; they never fill every required column."""
    table = layout.form.model_table
    found = np.zeros(len(block.rows), dtype=bool)
    for name in table.required:
        if name in texts:
            found |= blank_rows(texts[name])
    if not found.any():
        return found
    columns = [texts[name] for name in (table.row_id, "project") if name in texts]
    if 0 not in layout.columns.values():
        columns.append(strings_of(block.columns[0]))
    says = [_says(column, _TOTALS) for column in columns]
    return np.asarray(found & np.logical_or.reduce(says), dtype=bool)


def _nil(layout: Layout, texts: Mapping[str, TextColumn], rows: NDArray[np.int32]) -> list[tuple[int, Nil]]:
    """Find rows that say nothing but 无: at most a project and dates stand beside it."""
    words, kinds = layout.form.nil, layout.form.model_table.kinds
    others = [texts[name] for name in texts if name != "project" and not kinds[name].is_instant]
    filled = np.zeros(len(rows), dtype=np.int16)
    for column in others:
        filled += ~blank_rows(column)
    few = np.flatnonzero(filled <= _MOST_IN_NIL)
    if not words or not len(few):
        return []
    said = np.zeros(len(few), dtype=np.int16)
    for column in others:
        said += _says(_take(column, few), words)
    project = texts.get("project")
    named = np.zeros(len(few), dtype=bool) if project is None else _says(_take(project, few), words)
    nil = few[(said == filled[few]) & ((said > 0) | named)]
    return [(at, Nil(int(rows[at]), _project_at(project, at, words))) for at in nil.tolist()]


def _says(column: TextColumn, words: tuple[str, ...]) -> NDArray[np.bool_]:
    """Tell which rows say one of some words."""
    if isinstance(column, Texts):
        return np.array([*(word in words for word in column.words), False])[column.codes]
    return booleans(pc.is_in(column, strings(words)))


def _project_at(column: TextColumn | None, at: int, words: tuple[str, ...]) -> str | None:
    if not isinstance(column, Texts) or column.codes[at] < 0:
        return None
    name = column.words[column.codes[at]]
    return None if name in words else name


def _take(column: TextColumn, rows: NDArray[np.intp]) -> TextColumn:
    if isinstance(column, Texts):
        return Texts(column.codes[rows], column.words)
    return take(column, rows)
