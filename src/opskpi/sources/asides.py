"""Rows that are no rows: totals, notes, headings again, nil returns, and what a form says to skip."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from opskpi.arrow import take
from opskpi.exports import Ragged
from opskpi.sources.recognition import Layout
from opskpi.tables.columns import TextColumn, Texts, among, blank_rows, cell_texts, strings_of, taken
from opskpi.tables.words import clean

#: What the first cell, id or project of a total row says: 合计, 1月合计, 总计：12 条, 甲 汇总, Grand total.
_TOTAL = (
    r"^[^\s:：]{0,12}\s?(?:合计|总计|小计|累计|共计|汇总|平均(?:分|值|数)?)\s*[:：]?\s*[0-9]*\s*[条件行个份项次]?$"
    r"|^(?i:(?:grand |sub)?-?totals?|average)\s*[:：]?\s*[0-9]*$"
)
#: Words that are no id in any register, also in a row that is filled like the others.
_TOTAL_WORDS = (
    "合计",
    "总计",
    "小计",
    "累计",
    "共计",
    "Total",
    "TOTAL",
    "total",
    "Subtotal",
    "Grand total",
    "Grand Total",
)
#: How a note below the data begins: 注：, 制表人：张三, Exported on …
_NOTE = (
    r"^(?:备?注|说明|制表|填表|审核|编制|批准|统计时间|统计口径|导出|打印|数据来源|共 ?[0-9]+ ?[条行])"
    r"|^(?i:notes?|remarks?|generated|exported|printed|prepared|source)\b"
)
#: A nil return fills no more columns than this beside project and dates.
_MOST_IN_NIL = 2
_HEADINGS_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Nil:
    """A nil return found in a register: its row and the project it speaks for."""

    row: int
    project: str | None


def asides(layout: Layout, first: pa.Array, texts: Mapping[str, TextColumn]) -> NDArray[np.bool_]:
    """Find rows that repeat the headings, or lack what every row must have and are totals or notes by what they say.

    `first` is the first column of the table, read or not.
    """
    table, count = layout.form.model_table, len(first)
    found = _headings_again(layout, texts, count)
    if table.row_id in texts:
        found |= among(texts[table.row_id], _TOTAL_WORDS)
    # a register of names requires nothing that a total or a note would lack
    lacking = np.full(count, table.required == ("project",), dtype=bool)
    for name in table.required:
        if name in texts:
            lacking |= blank_rows(texts[name])
    rows = np.flatnonzero(lacking)
    if not len(rows):
        return found
    columns = {name: taken(text, rows) for name, text in texts.items()}
    start = strings_of(take(first, rows))
    found[rows] |= _totals(layout, start, columns) | _notes(layout, start, columns) | _skipped(layout, columns)
    return found


def _headings_again(layout: Layout, texts: Mapping[str, TextColumn], count: int) -> NDArray[np.bool_]:
    """Find rows that repeat the headings, as printed pages put one behind the other do."""
    read = [(name, heading) for name, heading in layout.heading_of.items() if name not in layout.means]
    again = np.full(count, bool(read))
    for name, heading in sorted(read, key=lambda each: not isinstance(texts[each[0]], Texts)):  # the cheap ones first
        again &= among(texts[name], {heading})
        if not again.any():
            break
    return again


def foreign_headings(layout: Layout, texts: Mapping[str, TextColumn], rows: NDArray[np.int32]) -> int | None:
    """Find a row that is a heading row of another table, or of this one in another order; None where there is none.

    One word of its repeats a heading by chance; three do not.
    """
    known = {heading for form in layout.source.forms for heading in form.headings} | {*layout.headings}
    recurring = [column for column in texts.values() if isinstance(column, Texts)]
    if not any(word in known for column in recurring for word in column.words):
        return None
    said = np.zeros(len(rows), dtype=np.int16)
    for column in texts.values():
        said += among(column, known)
    found = np.flatnonzero(said >= _HEADINGS_IN_A_ROW)
    return int(rows[found[0]]) if len(found) else None


def is_aside(row: Ragged) -> bool:
    """Tell whether a row of too few cells is blank, a total or a note."""
    cells = [clean(cell) for cell in _cells(row)]
    filled = [cell for cell in cells if cell]
    if not filled or re.match(_TOTAL, filled[0]):
        return True
    return len(filled) == 1 and re.match(_NOTE, filled[0]) is not None


def nil_returns(layout: Layout, texts: Mapping[str, TextColumn], rows: NDArray[np.int32]) -> list[tuple[int, Nil]]:
    """Find rows that say nothing but 无: at most a project and one date stand beside it."""
    words, kinds = layout.form.nil, layout.form.model_table.kinds
    others = [texts[name] for name in texts if name != "project" and not kinds[name].is_instant]
    filled = np.zeros(len(rows), dtype=np.int16)
    for column in others:
        filled += ~blank_rows(column)
    when = [texts[name] for name in texts if kinds[name].is_instant]
    dated = sum((~blank_rows(column)).astype(np.int16) for column in when) if when else 0
    few = np.flatnonzero((filled <= _MOST_IN_NIL) & (np.zeros(len(rows), dtype=np.int16) + dated <= 1))
    if not words or not len(few):
        return []
    said = np.zeros(len(few), dtype=np.int16)
    for column in others:
        said += among(taken(column, few), words)
    project = texts.get("project")
    named = np.zeros(len(few), dtype=bool) if project is None else among(taken(project, few), words)
    nil = few[(said == filled[few]) & ((said > 0) | named)]
    return [(at, Nil(int(rows[at]), _project_at(project, at, words) or layout.project)) for at in nil.tolist()]


def _totals(layout: Layout, first: TextColumn, columns: Mapping[str, TextColumn]) -> NDArray[np.bool_]:
    kinds = layout.form.model_table.kinds
    named = [column for name, column in columns.items() if kinds[name].name in ("text", "id", "word")]
    return np.asarray(np.logical_or.reduce([_matches(column, _TOTAL) for column in (first, *named)]), dtype=bool)


def _notes(layout: Layout, first: TextColumn, columns: Mapping[str, TextColumn]) -> NDArray[np.bool_]:
    """Find rows whose first cell begins as notes do, and that fill no other column that is read."""
    note = _matches(first, _NOTE)
    for name, column in columns.items():
        if layout.columns.get(name) != layout.first:
            note &= blank_rows(column)
    return note


def _skipped(layout: Layout, columns: Mapping[str, TextColumn]) -> NDArray[np.bool_]:
    """Find rows that say nothing but what the form says to skip."""
    said = np.zeros(len(next(iter(columns.values()))), dtype=bool)
    if not layout.form.skip:
        return said
    other = said.copy()
    for column in columns.values():
        says = among(column, layout.form.skip)
        said |= says
        other |= ~says & ~blank_rows(column)
    return said & ~other


def _matches(column: TextColumn, pattern: str) -> NDArray[np.bool_]:
    if isinstance(column, Texts):
        return np.array([*(re.match(pattern, word) is not None for word in column.words), False])[column.codes]
    return np.array(
        [text is not None and re.match(pattern, text) is not None for text in column.to_pylist()], dtype=bool
    )


def _project_at(column: TextColumn | None, at: int, words: Sequence[str]) -> str | None:
    name = None if column is None else cell_texts(column, np.array([at]))[0]
    return None if name in words else name


def _cells(row: Ragged) -> list[str]:
    try:
        return next(csv.reader([row.text], delimiter=row.delimiter), [])
    except csv.Error:
        return [row.text]
