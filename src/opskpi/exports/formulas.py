"""Formula cells among typed ones: which cells of a column a sheet shows to be doubtful.

A column that is formulas throughout is read by the values the spreadsheet stored. One that
mixes the two is suspicious (a `-7:26` typed into Excel becomes a formula worth 0): its formula
cells are bad, unless they are accepted. A formula without a stored value is always bad.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FormulaColumn:
    """What the formulas of one column below the heading mean: bad rows by rule, and whether all is formulas."""

    marks: Mapping[str, NDArray[np.bool_]]
    throughout: bool = False


def judge_formulas(
    formulas: Mapping[int, bool], cells: Sequence[object], first_row: int, *, accept: bool
) -> FormulaColumn:
    """Judge one column, whose `cells` begin at `first_row`; `formulas` tells by row which lack a stored value."""
    rows = np.array([row - first_row for row in formulas if first_row <= row < first_row + len(cells)], dtype=np.intp)
    if not len(rows):
        return FormulaColumn({})
    is_formula, is_empty = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    is_formula[rows] = True
    is_empty[rows] = [formulas[int(row) + first_row] for row in rows]
    typed = any(cell != "" and not formula for cell, formula in zip(cells, is_formula.tolist(), strict=True))
    marks = {"formula_empty": is_empty} if is_empty.any() else {}
    if typed and not accept and (is_formula & ~is_empty).any():
        marks["formula_cell"] = is_formula & ~is_empty
    return FormulaColumn(marks, throughout=not typed)
