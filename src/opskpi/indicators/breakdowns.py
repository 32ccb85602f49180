"""Breaking down: each project's counted rows by the words of a column."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.coding import coded
from opskpi.indicators.columns import MISSED_END, Rows, State
from opskpi.indicators.nodes import Name
from opskpi.model.breakdowns import Shares, added


def broken_down(
    by: Name, blocks: Sequence[Rows], states: Sequence[NDArray[np.int8]], projects: int
) -> tuple[Shares, ...]:
    """Count each project's rows by word: those that make the figure, and the missed ones among them."""
    found: list[list[Shares]] = [[] for _ in range(projects)]
    for rows, its in zip(blocks, states, strict=True):
        for project, shares in _of_block(by, rows, its):
            found[project].append(shares)
    return tuple(added(each) for each in found)


def _of_block(by: Name, rows: Rows, states: NDArray[np.int8]) -> list[tuple[int, Shares]]:
    """Count the rows of a block by project and word, each pair of them once."""
    missed = states < MISSED_END
    here = missed | (states == State.MET) | (states == State.COUNTED)
    codes, texts = coded(by, rows, here)
    kinds = len(texts) + 1
    pairs, at = np.unique(rows.projects[here].astype(np.int64) * kinds + codes + 1, return_inverse=True)
    counts = zip(
        pairs.tolist(),
        np.bincount(at, minlength=len(pairs)).tolist(),
        np.bincount(at[missed[here]], minlength=len(pairs)).tolist(),
        strict=True,
    )
    words = [None, *(text or None for text in texts.to_pylist())]
    return [(pair // kinds, {words[pair % kinds]: (there, bad)}) for pair, there, bad in counts]
