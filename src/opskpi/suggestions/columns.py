"""What a sheet's columns hold: distinct texts, how many of them are dates, numbers and the like."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from opskpi.exports import Block, Sheet
from opskpi.sources.headings import Headings, heading_form
from opskpi.tables.columns import Texts, strings_of, texts_of
from opskpi.tables.dates import read_date
from opskpi.tables.numbers import read_duration, read_number
from opskpi.tables.words import BLANKS, FLAGS, normal

#: So many rows are looked at, so many distinct texts of a column kept, so many of those judged.
MOST_ROWS, MOST_TEXTS, _JUDGED = 200_000, 20_000, 2_000
#: So many rows are kept side by side, to compare columns by.
_ALIGNED = 2_000
#: `Heading [2]` counts no further.
_MOST_TWINS = 99
#: What people and tools write where nothing is to be said.
_NULLS = frozenset(
    map(normal, ("?", "-", "--", "—", "/", "N/A", "NA", "NULL", "None", "nil", "(空)", "(null)", "(blank)"))
)
_TOTAL = re.compile(r"^(?:合计|总计|小计|累计|共计|(?:grand |sub)?totals?)\s*[:：]?\s*[0-9]*$", re.IGNORECASE)
_SPACES = re.compile(f"[{BLANKS}]+")
#: A comma before digits that no thousands follow.
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+(?:\.[0-9]{3})*,(?:[0-9]{1,2}|[0-9]{4,})")
_FEW = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the texts that name it, how a mapping names it, what it holds.

    `texts` counts the rows of each text that is no null word, in order of appearance, `nulls` those of null
    words; `shares` tells how much of the texts are `moment`, `number`, `comma`, `duration`, `flag`.
    """

    position: int
    names: tuple[str, ...]
    heading: str
    texts: Mapping[str, int]
    nulls: Mapping[str, int]
    cells: tuple[str, ...]
    shares: Mapping[str, float]

    @property
    def filled(self) -> int:
        """How many rows say something."""
        return sum(self.texts.values())

    @property
    def samples(self) -> tuple[str, ...]:
        """Its first three distinct texts."""
        return tuple(list(self.texts)[:3])

    @property
    def is_plain_text(self) -> bool:
        """Whether it names things: short texts that are no figures and no dates."""
        length = sum(map(len, self.texts)) / max(1, len(self.texts))
        return bool(self.texts) and length <= 40 and all(share < 0.5 for share in self.shares.values())  # noqa: PLR2004


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet under its headings; `whole` tells whether all of its rows were looked at."""

    columns: tuple[Column, ...]
    rows: int
    whole: bool


def grid_of(sheet: Sheet, headings: Headings) -> Grid:
    """Read the rows below the headings."""
    width = _width(headings, sheet.head)
    counts: list[Counter[str]] = [Counter() for _ in range(width)]
    aligned: list[list[str]] = [[] for _ in range(width)]
    rows, whole = 0, True
    for piece in sheet.pieces(headings.row, dict.fromkeys(range(width), True), width):
        if rows >= MOST_ROWS:
            whole = False
            break
        rows += _tally(piece(), counts, aligned)
    named = list(_named(headings))
    columns = (_column(at, *each, counts[at], aligned[at]) for at, each in enumerate(named))
    return Grid(tuple(columns), rows, whole)


def shown(text: str) -> str:
    """Write a heading or cell in one line."""
    return _SPACES.sub(" ", text).strip()


def _width(headings: Headings, head: Sequence[Sequence[str]]) -> int:
    """Count a row's cells; rows may all end in delimiters that the heading lacks."""
    width = len(headings.names)
    lengths = Counter(len(cells) for cells in head[headings.row :] if any(cells))
    most = lengths.most_common(1)[0][0] if lengths else width
    return max(width, most)


def _tally(block: Block, counts: Sequence[Counter[str]], aligned: Sequence[list[str]]) -> int:
    """Count a block's texts; rows of one cell and totals are left out. Gives how many rows remain."""
    columns = {at: texts_of(_plain(cells)) for at, cells in block.columns.items()}
    keep = np.flatnonzero(_rows_kept(list(columns.values()), len(block.rows)))
    for at, texts in columns.items():
        codes = texts.codes[keep]
        tally = np.bincount(codes[codes >= 0], minlength=len(texts.words))
        first = dict.fromkeys(codes[codes >= 0].tolist())
        for code in first:
            word = texts.words[code]
            if word in counts[at] or len(counts[at]) < MOST_TEXTS:
                counts[at][word] += int(tally[code])
        if len(aligned[at]) < _ALIGNED:
            aligned[at] += [texts.words[code] if code >= 0 else "" for code in codes[:_ALIGNED].tolist()]
    return len(keep)


def _plain(cells: pa.Array) -> pa.Array:
    return strings_of(cells) if pa.types.is_timestamp(cells.type) else cells


def _rows_kept(columns: Sequence[Texts], size: int) -> NDArray[np.bool_]:
    filled = np.zeros(size, dtype=np.int32)
    totals = np.zeros(size, dtype=bool)
    for at, texts in enumerate(columns):
        filled += texts.codes >= 0
        if at < _FEW:
            totals |= np.array([*(_TOTAL.match(word) is not None for word in texts.words), False])[texts.codes]
    return (filled >= min(_FEW, len(columns))) & ~totals


def _named(headings: Headings) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give each column's names, and how a mapping names it: `Heading [2]` where it is the second of that name."""
    positions = headings.positions(numbered=False)
    for at, names in enumerate(headings.names):
        text = shown(names[0])
        twins = positions.get(heading_form(text, numbered=False), ())
        if not text or at not in twins:
            yield names, ""
        elif len(twins) == 1:
            yield names, text
        else:
            number = twins.index(at) + 1
            yield names, f"{text} [{number}]" if number <= _MOST_TWINS else ""


def _column(at: int, names: tuple[str, ...], heading: str, counts: Counter[str], cells: Sequence[str]) -> Column:
    texts = {text: count for text, count in counts.items() if normal(text) not in _NULLS}
    nulls = {text: count for text, count in counts.items() if normal(text) in _NULLS}
    return Column(at, names, heading, texts, nulls, tuple(cells[:_ALIGNED]), _shares(list(texts)[:_JUDGED]))


def _shares(texts: Sequence[str]) -> Mapping[str, float]:
    """Tell how much of the texts each of our own readers can read."""
    found = Counter(kind for text in texts for kind in _kinds(text))
    return {
        kind: found[kind] / len(texts) if texts else 0.0 for kind in ("moment", "number", "comma", "duration", "flag")
    }


def _kinds(text: str) -> Iterator[str]:
    if read_date(text, UTC) is not None:
        yield "moment"
    elif read_number(text) is not None:
        yield "number"
    elif _DECIMAL_COMMA.fullmatch(text):
        yield "comma"
    elif not isinstance(read_duration(text), str):
        yield "duration"
    if normal(text) in FLAGS:
        yield "flag"
