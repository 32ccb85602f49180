"""A sheet's rows in canonical columns: words mapped, nulls blanked, constants added."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

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
from opskpi.tables.words import FLAGS, normal

_TOTALS = frozenset(
    normal(word) for word in ("合计", "总计", "小计", "累计", "total", "totals", "grand total", "subtotal", "sum")
)
_OPPOSITE = {True: "no", False: "yes"}


@dataclass(frozen=True, slots=True)
class Nil:
    """A nil return found in a register: its row, its words, the project it speaks for."""

    row: int
    text: str
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
    positions.setdefault(0, True)
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
        strings = strings_of(cells)
        if nulls:
            strings = pc.if_else(pc.is_in(strings, pa.array(form.nulls)), pa.scalar(None, pa.string()), strings)
        return strings
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


def _totals(layout: Layout, block: Block, texts: Mapping[str, TextColumn]) -> NDArray[np.bool_]:
    """Find rows whose first cell, id or project says 合计 or the like."""
    names = (layout.form.model_table.row_id, "project")
    columns = [texts_of(block.columns[0]), *(texts[name] for name in names if name in texts)]
    found = np.zeros(len(block.rows), dtype=bool)
    for column in columns:
        if isinstance(column, Texts):
            found |= np.array([*(normal(w) in _TOTALS for w in column.words), False])[column.codes]
        else:
            lower = pc.utf8_lower(column)
            is_total = pc.is_in(lower, pa.array(sorted(_TOTALS)))
            found |= is_total.to_numpy(zero_copy_only=False)
    return found


def _nil(layout: Layout, texts: Mapping[str, TextColumn], rows: NDArray[np.int32]) -> list[tuple[int, Nil]]:
    """Find rows that say nothing but 无: at most a project stands beside it."""
    words = frozenset(normal(word) for word in layout.form.nil)
    if not words:
        return []
    said = np.zeros(len(rows), dtype=bool)
    others = np.zeros(len(rows), dtype=bool)
    for name, column in texts.items():
        is_nil = _is_any(column, words, layout.form.nil)
        said |= is_nil
        if name != "project" and not layout.form.model_table.kinds[name].is_instant:
            others |= ~blank_rows(column) & ~is_nil
    return [
        (int(at), Nil(int(rows[at]), layout.form.nil[0], _project_at(texts.get("project"), int(at), words)))
        for at in np.flatnonzero(said & ~others)
    ]


def _is_any(column: TextColumn, words: frozenset[str], written: tuple[str, ...]) -> NDArray[np.bool_]:
    if isinstance(column, Texts):
        return np.array([*(normal(word) in words for word in column.words), False])[column.codes]
    return np.asarray(pc.is_in(column, pa.array(written)).to_numpy(zero_copy_only=False))


def _project_at(column: TextColumn | None, at: int, words: frozenset[str]) -> str | None:
    if not isinstance(column, Texts) or column.codes[at] < 0:
        return None
    name = column.words[column.codes[at]]
    return None if normal(name) in words else name


def _take(column: TextColumn, rows: NDArray[np.intp]) -> TextColumn:
    if isinstance(column, Texts):
        return Texts(column.codes[rows], column.words)
    return column.take(pa.array(rows))
