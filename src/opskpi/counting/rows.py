"""The book of rows: who stands behind a run's figures, kept so that a later run can say what changed.

It is made by column, from what the indicators' readings keep anyway; runs that write no JSON do not make it.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.figures import Case, counted
from opskpi.counting.listing import amounts
from opskpi.counting.terms import Counted
from opskpi.indicators.columns import MISSED_END, State
from opskpi.indicators.definitions import Definition, reasons
from opskpi.intake.hashes import MIX, hashes
from opskpi.intake.ledgers import Checked
from opskpi.model.masking import MARK
from opskpi.model.rows import COUNTED, Roles, RowBook, RowList, TableRows
from opskpi.tables.columns import cell_texts, is_blank
from opskpi.targets.reported import FIGURES

_LETTERS = {
    State.MET: ("m", "met"),
    State.PENDING: ("p", "pending"),
    State.COUNTED: (COUNTED, "counted"),
    State.FILTERED: ("f", "filtered"),
    State.OUT_OF_PERIOD: ("o", "out_of_period"),
}
_MISSED = ("x", "missed")
#: Letters of the reasons for which rows are excluded; there may be more of them than of these.
_REASONS, _MORE_REASONS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0x100

_Rows = NDArray[np.intp]


def row_book(case: Case, indicators: Sequence[str], projects: frozenset[str], most: int) -> RowBook | None:
    """Keep the accepted rows of the tables that some indicators count; None where there are more than `most`."""
    with_rows = [name for name in indicators if FIGURES not in case.plan.indicators[name].tables]
    tables = dict.fromkeys(
        each.table.name for name in with_rows for each in case.plan.indicators[name].definitions.values()
    )
    names = case.intake.projects.names
    shown = np.array([*(name in projects for name in names), len(projects) == len(names)], dtype=bool)
    blocks = {name: case.intake.tables.get(name, ()) for name in tables}
    kept = {name: [_kept(each, each.accepted, shown) for each in found] for name, found in blocks.items()}
    if sum(len(rows) for found in kept.values() for rows in found) > most:
        return None  # before anything is read again
    sheets = _Sheets()
    listed = {name: _table(found, kept[name], shown, sheets) for name, found in blocks.items()}
    roles = [
        _roles(name, str(leaf), each, kept[each.definition.table.name])
        for name in with_rows
        for leaf, each in counted(name, case).counted.items()
        if each.definition
    ]
    book = RowBook(tuple(names), tuple(sheets.places), listed, tuple(roles))
    return book if projects.issuperset(names) else book.of(projects)


class _Sheets:
    """Files with their sheets, each once, by the place it came in."""

    def __init__(self) -> None:
        self.places: dict[tuple[str, str], int] = {}

    def place(self, file: str, sheet: str) -> int:
        return self.places.setdefault((file, sheet), len(self.places))


def _kept(block: Checked, marked: NDArray[np.bool_], shown: NDArray[np.bool_]) -> _Rows:
    """Find the marked rows of projects that are shown; rows of none are, where all projects are."""
    return np.flatnonzero(marked & shown[block.projects])


def _table(blocks: Sequence[Checked], kept: Sequence[_Rows], shown: NDArray[np.bool_], sheets: _Sheets) -> TableRows:
    gone = [_kept(each, each.rejected, shown) for each in blocks]
    marks = [mark for block, rows in zip(blocks, kept, strict=True) for mark in _marks(block, rows)]
    return TableRows(_listed(blocks, kept, sheets), tuple(marks), _listed(blocks, gone, sheets))


def _listed(blocks: Sequence[Checked], chosen: Sequence[_Rows], sheets: _Sheets) -> RowList:
    """List some rows of each block."""
    projects: list[int] = []
    ids: list[str] = []
    places: list[int] = []
    numbers: list[int] = []
    for block, rows in zip(blocks, chosen, strict=True):
        projects += block.projects[rows].tolist()
        column = block.columns.get(block.sheet.table.row_id)
        texts = [""] * len(rows) if column is None else [text or "" for text in cell_texts(column, rows)]
        ids += [text and MARK for text in texts] if block.sheet.table.row_id in block.sheet.hidden else texts
        places += _places(block, rows, sheets)
        numbers += [0] * len(rows) if block.places else block.chunk.rows[rows].tolist()
    return RowList(tuple(projects), tuple(ids), tuple(places), tuple(numbers))


def _places(block: Checked, rows: _Rows, sheets: _Sheets) -> list[int]:
    if block.places:
        return [sheets.place(block.places[row], "") for row in rows.tolist()]
    return [sheets.place(block.sheet.file, block.sheet.name or "")] * len(rows) if len(rows) else []


def _marks(block: Checked, rows: _Rows) -> Iterable[str]:
    """Mark each row by its cells, in whatever order its columns stand; a blank cell is as good as no column."""
    mark = np.zeros(len(block.chunk), dtype=np.uint64)
    for name, column in block.columns.items():
        if name != "project":
            cell = (hashes(column) ^ _seed(name)) * MIX
            mark += np.where(is_blank(column), np.uint64(0), cell ^ (cell >> np.uint64(29)))
    return (f"{each:016x}" for each in mark[rows].tolist())


def _seed(name: str) -> np.uint64:
    """Tell the cells of one column from the same in another."""
    from hashlib import blake2b

    return np.uint64(int.from_bytes(blake2b(name.encode("utf-8"), digest_size=8).digest(), "little"))


def _roles(indicator: str, term: str, counted: Counted, kept: Sequence[_Rows]) -> Roles:
    """Say what the rows of a table were to one value."""
    definition, behind = counted.definition, counted.behind
    if definition is None:
        raise AssertionError(indicator)  # what is measured of the period has no rows
    states = [each[rows] for each, rows in zip(behind.readings.states, kept, strict=True)]
    together = np.concatenate(states) if states else np.zeros(0, dtype=np.int8)
    letters, legend = _legend(definition, np.unique(together).tolist())
    values, weights = _amounts(counted, kept)
    return Roles(
        indicator,
        term,
        definition.table.name,
        definition.function,
        "".join(map(letters.__getitem__, together.tolist())),
        legend,
        values,
        weights,
    )


def _legend(definition: Definition, states: Sequence[int]) -> tuple[Mapping[int, str], tuple[tuple[str, str], ...]]:
    """Give each state that occurs its letter, and say what the letters mean."""
    said = reasons(definition)
    excluded = [state for state in states if state in said]
    letters = {
        state: (_REASONS[at] if at < len(_REASONS) else chr(_MORE_REASONS + at), f"excluded: {said[state]}")
        for at, state in enumerate(excluded)
    }
    found = {
        state: letters.get(state) or (_MISSED if state < MISSED_END else _LETTERS[State(state)]) for state in states
    }
    return {state: letter for state, (letter, _) in found.items()}, tuple(dict.fromkeys(found.values()))


def _amounts(
    counted: Counted, kept: Sequence[_Rows]
) -> tuple[tuple[Fraction | None, ...] | None, tuple[Fraction | None, ...] | None]:
    """Find what each counted row adds, and how often; None where rows add nothing of their own."""
    values: list[Fraction | None] = []
    weights: list[Fraction | None] = []
    for at, rows in enumerate(kept):
        if counted.definition is not None:
            mine = rows[counted.behind.readings.states[at][rows] == State.COUNTED]
            value, weight = amounts(counted.definition, counted.behind, at, mine)
            values += value
            weights += weight
    return (
        tuple(values) if any(each is not None for each in values) else None,
        tuple(weights) if any(each is not None for each in weights) else None,
    )
