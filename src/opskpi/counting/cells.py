"""Cells: what the typed columns say of one row, as an auditor finds it in the export."""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from opskpi.counting.evidence import clock_text, due_text
from opskpi.indicators.notation import figure
from opskpi.intake.ledgers import Checked
from opskpi.model.explanations import Cell
from opskpi.model.masking import MARK
from opskpi.tables.columns import NO, YES, Column, Numbers, Words, cell_texts, is_blank
from opskpi.tables.instants import DAY, moment_of
from opskpi.targets.wordings import value_word
from opskpi.wording import Message, message


def cells(block: Checked, row: int, names: Iterable[str], as_of: int) -> tuple[Cell, ...]:
    """Get the cells of some columns, those that the export has; events after `as_of` are said to be so."""
    found = []
    for name in names:
        if name in block.columns:
            said = _hidden(block, row, name) or _own_word(block, row, name) or _due(block, row, name)
            said = said or _said(block.columns[name], row)
            if _is_later(block, row, name, as_of):
                said = message("said_later", value=said)
            heading = block.sheet.layout.heading_of.get(name, "")
            found.append(Cell(name, heading, said, block.place(row, name)))
    return tuple(found)


def moment_text(value: int) -> str:
    """Write a moment, a midnight or the end of a day as the day."""
    return moment_of(value).date().isoformat() if value % DAY in (0, DAY - 1) else clock_text(value)


def _is_later(block: Checked, row: int, name: str, as_of: int) -> bool:
    values = block.columns[name]
    event = block.sheet.table.kinds[name].name == "event"
    return event and isinstance(values, np.ndarray) and bool(values[row] > as_of)


def _hidden(block: Checked, row: int, name: str) -> Message | None:
    """Say that there is something in a column that nobody is to read; None of other columns."""
    if name not in block.sheet.hidden or is_blank(block.columns[name])[row]:
        return None
    return message("said_notation", text=MARK)


def _own_word(block: Checked, row: int, name: str) -> Message | None:
    """Say a word of a vocabulary that a plan declares as the plan spells it; None where it is none."""
    column, table = block.columns[name], block.sheet.table
    if not table.title or not isinstance(column, Words) or column.codes[row] < 0:
        return None
    return message("said_notation", text=table.kinds[name].words[column.words[column.codes[row]]])


def _due(block: Checked, row: int, name: str) -> Message | None:
    """Say when a row is due; None of other columns."""
    values = block.columns[name]
    if block.sheet.table.kinds[name].name != "due" or not isinstance(values, np.ndarray) or is_blank(values)[row]:
        return None
    return message("said_notation", text=due_text(int(values[row])))


def _said(column: Column, row: int) -> Message:
    """Say what one row of a column holds."""
    if is_blank(column)[row]:
        return message("said_null")
    if isinstance(column, Words):
        return value_word(column.words[column.codes[row]])
    if isinstance(column, Numbers):
        return message("said_notation", text=figure(Fraction(int(column.units[row]), column.scale)))
    if isinstance(column, np.ndarray):
        if column.dtype == np.int8:
            return message({NO: "said_false", YES: "said_true"}[int(column[row])])
        return message("said_notation", text=moment_text(int(column[row])))
    return message("said_notation", text=cell_texts(column, np.array([row]))[0] or "")
