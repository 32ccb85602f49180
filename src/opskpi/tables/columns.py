"""Columns: whole columns of text read into codes, exact numbers, flags and moments.

Each reader returns the typed column and its faults: which rows break which rule. They
accept exactly the cells that the row models of `kinds.py` accept, and never look at one
text twice: texts that recur come as a dictionary and are read once per distinct text.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from opskpi.arrow import EMPTY, NULL, booleans, integers, strings, take, text_buffers, valid_rows
from opskpi.tables.kinds import Kind, Rules, figure_of
from opskpi.tables.periods import read_period
from opskpi.tables.wholes import wholes
from opskpi.tables.words import BLANKS, FLAGS, ROUNDED, WORDLESS, clean, is_error, normal

#: Which rows of a column break which rule.
Faults: TypeAlias = Mapping[str, NDArray[np.bool_]]

#: Codes of a flag column and of every condition: no < unknown < yes (Kleene's order).
NO, UNKNOWN, YES = 0, 1, 2


def _bytes_in(marked: Iterable[int]) -> NDArray[np.bool_]:
    table = np.zeros(256, dtype=bool)
    table[list(marked)] = True
    return table


#: Bytes with which a blank begins, ends in one byte, or leads its last two or three.
_CODED = tuple(blank.encode("utf-8") for blank in BLANKS)
_STARTS = _bytes_in(code[0] for code in _CODED)
_ENDS = _bytes_in(code[0] for code in _CODED if len(code) == 1)
_LEADS_OF_TWO, _LEADS_OF_THREE = (_bytes_in(code[0] for code in _CODED if len(code) == length) for length in (2, 3))

#: The first bytes of what error cells show.
_ERROR_STARTS = (ord("#"), ord("E"))

#: A blank moment.
NAT = int(np.iinfo(np.int64).min)


@dataclass(frozen=True, slots=True)
class Texts:
    """Text that recurs: a code per row (-1 is blank) into distinct texts."""

    codes: NDArray[np.int32]
    words: Sequence[str]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Words:
    """A closed vocabulary: a code per row (-1 is blank) into the model's words."""

    codes: NDArray[np.int8]
    words: tuple[str, ...]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Exact numbers: whole `units`, each one `scale`-th; `blank` where there is none.

    Units are 64 bits wide where they and the scale fit, else Python's own whole numbers (`wholes.py`).
    """

    units: NDArray[Any]
    scale: int
    blank: NDArray[np.bool_]


#: A column as an export has it: text, blanks trimmed and empty cells null, or moments a workbook knew as such.
TextColumn: TypeAlias = Texts | pa.StringArray | pa.TimestampArray

#: A typed column: text, a vocabulary, exact numbers, flags (int8) or moments (int64).
Column: TypeAlias = Texts | pa.StringArray | Words | Numbers | NDArray[np.int8] | NDArray[np.int64]


def texts_of(cells: pa.Array) -> Texts:
    """Trim a column and keep each distinct text once; empty cells are blank."""
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    codes = integers(cells.indices, -1).astype(np.int32)
    return _merged(codes, [clean(word or "") for word in cells.dictionary.to_pylist()])


def strings_of(cells: pa.Array) -> pa.StringArray:
    """Trim a column whose texts hardly recur; empty cells are null."""
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    if pa.types.is_timestamp(cells.type):
        return strings([None if cell is None else str(cell) for cell in cells.to_pylist()])
    return trimmed(cells)


def trimmed(cells: pa.StringArray) -> pa.StringArray:
    """Trim where there is anything to trim; empty cells are null."""
    if not _maybe_padded(cells):
        return cells
    cells = pc.utf8_trim(cells, characters=BLANKS)
    return pc.if_else(pc.equal(cells, EMPTY), NULL, cells)


def _maybe_padded(cells: pa.StringArray) -> bool:
    """Tell whether trimming could change anything, from the first and last bytes of each text."""
    offsets, data = text_buffers(cells)
    filled = np.diff(offsets) > 0
    first, after = offsets[:-1][filled], offsets[1:][filled]
    suspects = (
        (_STARTS, data[first]),
        (_ENDS, data[after - 1]),
        (_LEADS_OF_TWO, data[np.maximum(after - 2, 0)]),
        (_LEADS_OF_THREE, data[np.maximum(after - 3, 0)]),
    )
    return any(suspicious[found].any() for suspicious, found in suspects)


def mapped(texts: Texts, translate: Callable[[str], str | None]) -> Texts:
    """Replace each distinct text; None makes it blank."""
    return _merged(texts.codes, [translate(word) or "" for word in texts.words])


def blank_rows(column: TextColumn) -> NDArray[np.bool_]:
    """Tell which rows hold nothing."""
    if isinstance(column, Texts):
        return column.codes < 0
    return ~valid_rows(column)


def is_blank(column: Column) -> NDArray[np.bool_]:
    """Tell which rows of a typed column hold nothing."""
    if isinstance(column, Texts | Words):
        return column.codes < 0
    if isinstance(column, Numbers):
        return column.blank
    if isinstance(column, np.ndarray):
        return np.equal(column, UNKNOWN if column.dtype == np.int8 else NAT)
    return ~valid_rows(column)


def cell_texts(column: TextColumn, rows: NDArray[np.intp]) -> list[str | None]:
    """Get the texts of a few rows."""
    if isinstance(column, Texts):
        return [column.words[code] if code >= 0 else None for code in column.codes[rows]]
    return [None if cell is None else str(cell) for cell in take(column, rows).to_pylist()]


def error_rows(column: TextColumn) -> NDArray[np.bool_] | None:
    """Tell which rows hold an error cell; None where none does."""
    if isinstance(column, Texts):
        errors = [is_error(word) for word in column.words]
        return _rows_with(column, errors) if any(errors) else None
    if not pa.types.is_string(column.type):
        return None
    offsets, data = text_buffers(column)
    filled = np.flatnonzero(np.diff(offsets) > 0)
    suspects = filled[np.isin(data[offsets[:-1][filled]], _ERROR_STARTS)]
    if not len(suspects):
        return None
    rows = np.zeros(len(column), dtype=bool)
    rows[suspects] = [is_error(text or "") for text in cell_texts(column, suspects)]
    return rows if rows.any() else None


def among(column: TextColumn, words: Collection[str]) -> NDArray[np.bool_]:
    """Tell which rows say one of some words."""
    if isinstance(column, Texts):
        return _rows_with(column, [word in words for word in column.words])
    if pa.types.is_timestamp(column.type):
        return np.zeros(len(column), dtype=bool)
    return booleans(pc.is_in(column, strings(list(words))))


def taken(column: TextColumn, rows: NDArray[np.intp]) -> TextColumn:
    """Get some rows of a column."""
    if isinstance(column, Texts):
        return Texts(column.codes[rows], column.words)
    return take(column, rows)


def without(column: TextColumn, rows: NDArray[np.bool_]) -> TextColumn:
    """Blank some rows of a column."""
    if isinstance(column, Texts):
        return Texts(np.where(rows, np.int32(-1), column.codes), column.words)
    return take(column, np.where(rows, -1, np.arange(len(column))))


def read_texts(column: TextColumn, kind: Kind, name: str, rules: Rules) -> tuple[object, Faults]:
    """Read free text; a source that maps a column closes its vocabulary."""
    del kind
    if not isinstance(column, Texts):
        return column, {}
    faults: dict[str, NDArray[np.bool_]] = {}
    if name == "project":
        wordless = [not WORDLESS.sub("", word) for word in column.words]
        faults["no_project"] = _rows_with(column, wordless)
    if (allowed := rules.allowed.get(name)) is not None:
        faults["unknown_word"] = _rows_with(column, [word not in allowed for word in column.words])
    return column, faults


def read_words(column: TextColumn, kind: Kind, name: str, rules: Rules) -> tuple[Words, Faults]:
    """Read a closed vocabulary, in English or Chinese."""
    del name, rules
    texts = _as_texts(column)
    canonical = tuple(kind.words)
    known = {
        normal(spelling): code
        for code, (word, chinese) in enumerate(kind.words.items())
        for spelling in (word, chinese)
    }
    found = [known.get(normal(word), -1) for word in texts.words]
    codes = _look_up(texts, found, blank=-1).astype(np.int8)
    return Words(codes, canonical), {"unknown_word": _rows_with(texts, [c < 0 for c in found])}


def read_flags(column: TextColumn, kind: Kind, name: str, rules: Rules) -> tuple[NDArray[np.int8], Faults]:
    """Read yes and no."""
    del kind, name, rules
    texts = _as_texts(column)
    found = [FLAGS.get(normal(word)) for word in texts.words]
    codes = [UNKNOWN if flag is None else YES if flag else NO for flag in found]
    flags = _look_up(texts, codes, blank=UNKNOWN).astype(np.int8)
    return flags, {"unknown_word": _rows_with(texts, [flag is None for flag in found])}


def read_ids(column: TextColumn, kind: Kind, name: str, rules: Rules) -> tuple[object, Faults]:
    """Read ids; one that a spreadsheet has rounded is none."""
    del kind, name, rules
    if isinstance(column, Texts):
        return column, {"rounded_number": _rows_with(column, [bool(ROUNDED.fullmatch(word)) for word in column.words])}
    if not any(mark in text_buffers(column)[1].tobytes() for mark in (b"e+", b"E+")):
        return column, {}
    return column, {"rounded_number": booleans(pc.match_substring_regex(column, f"^(?:{ROUNDED.pattern})$"))}


def read_periods(column: TextColumn, kind: Kind, name: str, rules: Rules) -> tuple[Texts, Faults]:
    """Read periods as people write them; each becomes its label."""
    del kind, name, rules
    texts = _as_texts(column)
    labels = {word: period.label for word in texts.words if (period := read_period(word))}
    unreadable = _rows_with(texts, [word not in labels for word in texts.words])
    return mapped(texts, labels.get), {"not_a_period": unreadable}


def read_numbers(column: TextColumn, kind: Kind, name: str, rules: Rules) -> tuple[Numbers, Faults]:
    """Read exact numbers, each distinct text once, onto one common scale."""
    texts = _as_texts(column)
    read = [figure_of(word, kind, name, rules) for word in texts.words]
    numbers = [Fraction(0) if isinstance(number, str) else number for number in read]
    scale = math.lcm(*(number.denominator for number in numbers))
    faults = {
        rule: _rows_with(texts, [fault == rule for fault in read])
        for rule in sorted({fault for fault in read if isinstance(fault, str)})
    }
    blank = np.logical_or.reduce([texts.codes < 0, *faults.values()])
    units = wholes([*(int(number * scale) for number in numbers), 0], scale)
    return Numbers(units[texts.codes], scale, blank), faults


def _as_texts(column: TextColumn) -> Texts:
    return column if isinstance(column, Texts) else texts_of(column)


def _look_up(texts: Texts, by_word: Sequence[int], *, blank: int) -> NDArray[np.int64]:
    """Spread a value per distinct text over the rows; code -1 picks the last, the blank."""
    return np.array([*by_word, blank], dtype=np.int64)[texts.codes]


def _rows_with(texts: Texts, marked: Sequence[bool]) -> NDArray[np.bool_]:
    return np.array([*marked, False])[texts.codes]


def _merged(codes: NDArray[np.int32], words: Sequence[str]) -> Texts:
    """Give equal texts one code and empty ones none."""
    position = {word: code for code, word in enumerate(dict.fromkeys(filter(None, words)))}
    if len(position) == len(words):
        return Texts(codes, words)
    places = np.array([*(position.get(word, -1) for word in words), -1], dtype=np.int32)
    return Texts(places[codes], tuple(position))
