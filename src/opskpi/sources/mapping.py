"""A sheet's rows in canonical columns: words mapped, nulls blanked, constants added."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from opskpi.arrow import text_buffers
from opskpi.exports import Block, Ragged
from opskpi.sources.asides import Nil, asides, foreign_headings, is_aside, nil_returns
from opskpi.sources.forms import Form
from opskpi.sources.headings import heading_form
from opskpi.sources.recognition import Layout
from opskpi.tables.columns import (
    TextColumn,
    Texts,
    blank_rows,
    cell_texts,
    mapped,
    strings_of,
    taken,
    texts_of,
    without,
)
from opskpi.tables.instants import looks_iso
from opskpi.tables.numbers import BAR, mean_text, read_duration, read_number
from opskpi.tables.words import FLAGS, normal

_OPPOSITE = {True: "no", False: "yes"}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A block in canonical columns; `skipped` are blank lines, totals, notes and nil returns.

    `latest` orders the rows of one key where the form asks for it; `marked` are cells the
    sheet says are bad, by column and rule. `foreign` is a row that is the heading of another table.
    """

    rows: NDArray[np.int32]
    texts: Mapping[str, TextColumn]
    size: int
    skipped: int
    ragged: tuple[Ragged, ...]
    nil: tuple[Nil, ...]
    latest: TextColumn | None
    marked: Mapping[str, Mapping[str, NDArray[np.bool_]]] = field(default_factory=dict)
    foreign: int | None = None


def wanted(layout: Layout) -> dict[int, bool]:
    """Name the columns to read by position; True where their texts recur."""
    kinds = layout.form.model_table.kinds
    positions = {at: not kinds[name].many for name, at in layout.columns.items()}
    for at in sorted(layout.used):
        positions.setdefault(at, True)
    positions.setdefault(layout.first, False)
    return positions


def apply(layout: Layout, block: Block) -> Mapped:
    """Map one block of raw rows."""
    texts = {name: _column(layout, name, block.columns[at]) for name, at in layout.columns.items()}
    texts |= {name: _mean(layout, name, [block.columns[at] for at in places]) for name, places in layout.means.items()}
    marked = {
        name: found for name, at in layout.columns.items() if (found := _marks(block, layout.means.get(name, (at,))))
    }
    blank = np.ones(len(block.rows), dtype=bool)
    for column in texts.values():
        blank &= blank_rows(column)
    for rules in marked.values():
        blank &= ~np.logical_or.reduce(list(rules.values()))
    aside = ~blank & asides(layout, block.columns[layout.first], texts)
    nil = nil_returns(layout, texts, block.rows)
    keep = ~blank & ~aside
    keep[[at for at, _ in nil]] = False
    latest = None if layout.latest is None else texts_of(block.columns[layout.latest])
    rows = block.rows
    if not keep.all():
        chosen = np.flatnonzero(keep)
        texts, rows = {name: taken(each, chosen) for name, each in texts.items()}, rows[chosen]
        latest = None if latest is None else taken(latest, chosen)
        marked = {name: {rule: cells[chosen] for rule, cells in rules.items()} for name, rules in marked.items()}
    ragged = tuple(row for row in block.ragged if not is_aside(row))
    skipped = len(block.rows) - len(rows) + len(block.ragged) - len(ragged)
    foreign = foreign_headings(layout, texts, rows)
    texts |= _constants(layout, len(rows))
    return Mapped(rows, texts, block.size, skipped, ragged, tuple(each for _, each in nil), latest, marked, foreign)


def _marks(block: Block, positions: Iterable[int]) -> Mapping[str, NDArray[np.bool_]]:
    """Join what the sheet says against the cells that one column is made of."""
    found: dict[str, NDArray[np.bool_]] = {}
    for position in positions:
        for rule, rows in block.marked.get(position, {}).items():
            found[rule] = found[rule] | rows if rule in found else rows
    return found


def _constants(layout: Layout, count: int) -> dict[str, Texts]:
    """Make the columns that say the same in every row."""
    words = dict(layout.form.constants)
    if layout.project is not None:
        words["project"] = layout.project
    return {name: Texts(np.zeros(count, dtype=np.int32), [word]) for name, word in words.items()}


def _column(layout: Layout, name: str, cells: pa.Array) -> TextColumn:
    """Clean one column and give its words their canonical meaning."""
    form = layout.form
    kind = form.model_table.kinds[name]
    if kind.many:
        if kind.is_instant and pa.types.is_timestamp(cells.type):
            return cells
        cleaned = cells if kind.is_instant and _undressed(cells) else strings_of(cells)
        return _without_nulls(cleaned, form) if form.nulls else cleaned
    return _meant(layout, name, strings_of(cells) if pa.types.is_timestamp(cells.type) else cells)


def _meant(layout: Layout, name: str, cells: pa.Array) -> Texts:
    """Give texts that recur the meaning they have in their column; no cell says a mean as mapping writes it."""
    texts, translate = texts_of(cells), _translation(layout, name)
    texts = mapped(texts, translate) if translate else texts
    if layout.form.model_table.kinds[name].is_number and any(BAR in word for word in texts.words):
        return mapped(texts, lambda text: text.replace(BAR, "\ufffd"))
    return texts


def _without_nulls(cells: pa.StringArray, form: Form) -> pa.StringArray:
    """Blank what stands for nothing, however it is dressed; only texts as short as such words are looked at."""
    longest = 3 * max(len(word) for word in form.nulls)
    short = np.flatnonzero(np.diff(text_buffers(cells)[0]) <= longest)
    nulls = form.null_words
    found = [
        row for row, text in zip(short.tolist(), cell_texts(cells, short), strict=True) if normal(text or "") in nulls
    ]
    rows = np.zeros(len(cells), dtype=bool)
    rows[found] = True
    return without(cells, rows) if found else cells


def _translation(layout: Layout, name: str) -> Callable[[str], str | None] | None:
    """Make the function that gives one column's words their meaning; None where they keep their own.

    Words answer the heading's own question; where that is the opposite one, the answer is turned.
    """
    form = layout.form
    nulls, words = form.null_words, _words(form, name, layout.heading_of.get(name, ""))
    turned, left = name in layout.opposite, name in layout.remaining
    if not (nulls or words or turned or left):
        return None

    def translate(text: str) -> str | None:
        plain = normal(text)
        if plain in nulls and plain not in words:
            return None
        text = words.get(plain, text)
        if left:
            return _time_left(text, form.decimal)
        flag = FLAGS.get(normal(text)) if turned else None
        return text if flag is None else _OPPOSITE[flag]

    return translate


def _words(form: Form, name: str, heading: str) -> Mapping[str, str]:
    """Find what a column's words mean: by the column, and by the heading it was read from."""
    headed = [
        words
        for key, words in form.words.items()
        if key not in form.model_table.kinds and _form_of(key, form) == _form_of(heading, form)
    ]
    return {normal(word): meaning for words in (form.words.get(name, {}), *headed) for word, meaning in words.items()}


def _form_of(heading: str, form: Form) -> str:
    return heading_form(heading, numbered=form.numbered)


def _time_left(text: str, decimal: str) -> str:
    """Tell from the time left of a limit whether it was kept: none left is kept, less than none is not."""
    left = read_duration(text, decimal=decimal)
    return text if isinstance(left, str) else "no" if left < 0 else "yes"


def _mean(layout: Layout, name: str, columns: list[pa.Array]) -> Texts:
    """Take the exact mean of several questions, of those that were answered, once per combination of answers."""
    answers = [_meant(layout, name, cells) for cells in columns]
    places, codes = np.unique(np.stack([each.codes for each in answers]), axis=1, return_inverse=True)
    combined = [
        _mean_text([each.words[code] for each, code in zip(answers, column, strict=True) if code >= 0], layout.form)
        for column in places.T.tolist()
    ]
    return mapped(Texts(codes.astype(np.int32).reshape(-1), combined), lambda text: text)


def _mean_text(answers: list[str], form: Form) -> str:
    """Write a mean so that reading it gives the exact fraction; an answer that is no number stands for all."""
    numbers = [read_number(answer, "score", form.decimal) for answer in answers]
    for answer, number in zip(answers, numbers, strict=True):
        low_high = form.limits
        if number is None or (low_high and not low_high[0] <= number <= low_high[1]):
            return answer
    known = [number for number in numbers if number is not None]
    if not known:
        return ""
    mean = Fraction(sum(known), len(known))
    return mean_text(mean)


def _undressed(cells: pa.Array) -> bool:
    """Tell whether moments may be read as they are; the reader trims where it must."""
    return bool(pa.types.is_string(cells.type)) and looks_iso(cells)
