"""Codes of values: each row's value by a number, each number a text, so that blocks and tables can be compared."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from opskpi.arrow import integers, strings, take
from opskpi.indicators.columns import Rows
from opskpi.indicators.nodes import Name, Node
from opskpi.indicators.numbers import numbers
from opskpi.indicators.types import sort_of
from opskpi.tables.columns import Texts, Words


def coded(node: Node, rows: Rows, counted: NDArray[Any]) -> tuple[NDArray[np.int64], pa.StringArray]:
    """Code the values of counted rows, each different one a text; blank ones are -1."""
    if sort_of(node, rows.table) == "number":
        return encoded(strings([str(each) for each in numbers(node, rows).picked(counted).fractions()]))
    column = rows.columns.get(node.name) if isinstance(node, Name) else None
    if isinstance(column, Texts | Words):
        return column.codes[counted].astype(np.int64), strings(list(column.words))
    if column is None:
        return np.full(int(counted.sum()), -1), strings([])
    return encoded(take(column, np.flatnonzero(counted)))


def encoded(texts: pa.StringArray) -> tuple[NDArray[np.int64], pa.StringArray]:
    """Code texts by their place among the different ones."""
    found = texts.dictionary_encode()
    return integers(found.indices, -1), found.dictionary
