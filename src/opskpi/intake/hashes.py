"""Hashes of cells: 64 bits for each row of a column, the same however a block came by its cells."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from opskpi.arrow import strings, text_buffers
from opskpi.tables.columns import Column, Numbers, Texts, Words
from opskpi.tables.wholes import most

MIX = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0xFF51AFD7ED558CCD)
#: Whole numbers up to this are exact in a double.
_EXACT = 2**53
#: Longer texts are hashed one by one.
_LONGEST = 64


def hashes(column: Column) -> NDArray[np.uint64]:
    """Hash each row of a column."""
    if isinstance(column, Texts | Words):
        return _text_hashes(strings([*column.words, ""]))[column.codes]
    if isinstance(column, Numbers):
        return np.where(column.blank, np.nan, _doubles(column)).view(np.uint64) * _STEP
    if isinstance(column, np.ndarray):
        return column.astype(np.int64).astype(np.uint64) * _STEP
    return _text_hashes(column)


def _doubles(numbers: Numbers) -> NDArray[np.float64]:
    """Get the nearest doubles: the same for a number on any block's scale, even where its units are none."""
    if max(most(numbers.units), numbers.scale) <= _EXACT:
        return np.asarray(numbers.units / numbers.scale, dtype=np.float64)
    return np.array([units / numbers.scale for units in numbers.units.tolist()], dtype=np.float64)


def _text_hashes(texts: pa.StringArray) -> NDArray[np.uint64]:
    """Hash texts eight bytes at a time, all rows at once."""
    offsets, data = text_buffers(texts)
    lengths = np.diff(offsets)
    found = lengths.astype(np.uint64) * _STEP
    for start, packed in enumerate(_packed(data, offsets, lengths)):
        mixed = (found ^ packed) * MIX
        found = np.where(lengths > start * 8, mixed ^ (mixed >> np.uint64(29)), found)
    for row in np.flatnonzero(lengths > _LONGEST).tolist():
        found[row] = _one_hash(texts[row].as_py())
    return found


def _packed(
    data: NDArray[np.uint8], offsets: NDArray[np.int32], lengths: NDArray[np.int32]
) -> Iterator[NDArray[np.uint64]]:
    """Give the texts as columns of eight bytes each, with zeros past their ends."""
    longest = min(int(lengths.max(initial=0)), _LONGEST)
    width = -(-longest // 8) * 8
    square = np.zeros((len(lengths), width), dtype=np.uint8)
    if longest and (lengths == longest).all():
        square[:, :longest] = data[offsets[0] : offsets[-1]].reshape(-1, longest)
    else:
        for at in range(longest):
            inside = lengths > at
            square[inside, at] = data[offsets[:-1][inside] + at]
    yield from square.view("<u8").T


def _one_hash(text: str) -> int:
    from hashlib import blake2b

    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "little")
