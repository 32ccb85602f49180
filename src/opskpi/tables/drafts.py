"""Drafts: blocks of rows that are checked but for the order of their numeric dates."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opskpi.tables.columns import Column, TextColumn
from opskpi.tables.instants import Moments


@dataclass(frozen=True, slots=True)
class Fault:
    """Some rows of a chunk that break one rule in one column."""

    column: str
    rule: str
    rows: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Draft:
    """A block of rows whose numeric dates may still wait for the rest of the sheet."""

    rows: NDArray[np.int32]
    texts: Mapping[str, TextColumn]
    columns: Mapping[str, Column]
    moments: Mapping[str, Moments]
    faults: tuple[Fault, ...]

    @property
    def is_open(self) -> bool:
        """Whether a column's day and month are still to be told apart."""
        return any(moments.waits for moments in self.moments.values())
