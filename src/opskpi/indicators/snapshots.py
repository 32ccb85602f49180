"""The moment of a snapshot: `moment` in the expressions of what counts the rows open `at` it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.columns import Rows
from opskpi.indicators.definitions import Definition, Window
from opskpi.indicators.nodes import names_in
from opskpi.indicators.types import MOMENT, asks_moment


def with_moment(definition: Definition, blocks: list[Rows], window: Window) -> list[Rows]:
    """Give each row the moment that its project's rows are counted at, but no later than the state is known."""
    named = frozenset[str]().union(*map(names_in, definition.nodes))
    if definition.at is None or not asks_moment(named, definition.table):
        return blocks
    return [
        replace(rows, columns={**rows.columns, MOMENT: _moment(definition.at, rows, window)}, kept={})
        for rows in blocks
    ]


def _moment(at: str, rows: Rows, window: Window) -> NDArray[np.int64]:
    begins, ends = window.bounds(int(rows.projects.max(initial=-1)) + 1).of(rows)
    return np.minimum(begins if at == "period_start" else ends, rows.clock.as_of)
