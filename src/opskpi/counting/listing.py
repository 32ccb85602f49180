"""Listing: every row behind an indicator's figures, found by column; only what is written becomes an object.

Rows are listed by term, project and bucket: missed ones first, then pending, excluded, and those that count. Rows
outside the indicator or its period are counted in the ledger, and not listed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.accounts import bucket_of
from opskpi.counting.evidence import Behind, due_text, why_missed
from opskpi.counting.figures import Case, counted
from opskpi.counting.grounds import stored
from opskpi.counting.terms import Counted
from opskpi.counting.turning import turning
from opskpi.indicators.aggregates import weights
from opskpi.indicators.coding import coded
from opskpi.indicators.columns import MISSED_END, State
from opskpi.indicators.definitions import Definition, reasons
from opskpi.indicators.formulas import Leaf
from opskpi.indicators.nodes import Literal, Node, names_in
from opskpi.indicators.notation import notation
from opskpi.indicators.numbers import numbers
from opskpi.intake.ledgers import Checked
from opskpi.model.evidence import Evidence, EvidenceRow, Stack
from opskpi.model.masking import MARK
from opskpi.tables.columns import NAT, cell_texts
from opskpi.tables.instants import microseconds
from opskpi.targets.indicator import Indicator
from opskpi.targets.reported import FIGURES
from opskpi.targets.wordings import term_in_words, worded
from opskpi.wording import Message, message

#: What a row matters, by its state: missed, pending, excluded, counted; others are not listed.
_UNLISTED = 9
_VALUED = frozenset({"sum", "mean", "wmean", "min", "max", "median", "quantile"})
#: The columns of a plan of rows.
_TERM, _PROJECT, _RANK, _BLOCK, _ROW = range(5)


@dataclass(frozen=True, slots=True)
class _Told:
    """What some rows of one block say: by row, in the same order."""

    ids: Sequence[str]
    reasons: Sequence[Message]
    values: Sequence[Fraction | None]
    weights: Sequence[Fraction | None]
    kinds: Sequence[str]


def listed(name: str, case: Case, projects: frozenset[str]) -> Evidence:
    """List the rows behind an indicator's figures of some projects."""
    indicator, terms = case.plan.indicators[name], counted(name, case).counted
    shown = np.array([project in projects for project in case.intake.projects.names], dtype=bool)
    chosen = _found([] if FIGURES in indicator.tables else list(terms.values()), shown)
    rows: dict[int, EvidenceRow] = {}
    for term, each in enumerate(terms.values()):
        rows.update(_rows(each, term, chosen, case.intake.projects.names))
    hidden = any(_hides(each.definition, each.behind) for each in terms.values() if each.definition)
    at = 0
    stacks = []
    for term, (leaf, each) in enumerate(terms.items()):
        size = int(np.count_nonzero(chosen[_TERM] == term))
        mine = tuple(rows[place] for place in range(at, at + size))
        stacks.append(_stack(indicator, leaf, each, mine))
        at += size
    return Evidence(
        name,
        tuple(stacks),
        notation(indicator.formula.node) if indicator.formula else "",
        hidden=hidden,
    )


def _stack(indicator: Indicator, leaf: Leaf, counted: Counted, rows: tuple[EvidenceRow, ...]) -> Stack:
    """Put a term's rows together with what is made of them."""
    if counted.definition is None:
        return Stack(str(leaf), "agreed", rows, measured=True)
    value = counted.definition.value
    level = value.arguments[-1] if value.function == "quantile" else None
    return Stack(
        str(leaf),
        counted.definition.function,
        rows,
        level.value if isinstance(level, Literal) and isinstance(level.value, Fraction) else None,
        weighted=any(row.weight is not None for row in rows),
        rule=term_in_words(indicator, leaf.term) if leaf.term else (),
    )


def _found(terms: Sequence[Counted], shown: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Find what is to be listed, in its order: a column for each row, with its term, project, rank, block, place."""
    parts = [np.zeros((5, 0), dtype=np.int64)]
    for term, each in enumerate(terms):
        for at, (states, block) in enumerate(zip(each.behind.readings.states, each.behind.blocks, strict=True)):
            ranks = _RANKS[states]
            rows = np.flatnonzero((ranks < _UNLISTED) & shown[block.projects])
            here = np.full((2, len(rows)), [[term], [at]])
            parts.append(np.stack([here[0], block.projects[rows], ranks[rows], here[1], rows]))
    found = np.concatenate(parts, axis=1)
    term, project, rank, block, row = found
    return found[:, np.lexsort((row, block, rank, project, term))]


def _rank_of_states() -> NDArray[np.int8]:
    ranks = np.full(State.IGNORED + 1, _UNLISTED, dtype=np.int8)
    ranks[:MISSED_END], ranks[MISSED_END : State.PENDING], ranks[State.REASON : State.IGNORED] = 0, 2, 2
    ranks[State.PENDING], ranks[State.MET], ranks[State.COUNTED] = 1, 3, 3
    return ranks


_RANKS = _rank_of_states()


def _rows(
    counted: Counted, term: int, chosen: NDArray[np.int64], names: Sequence[str]
) -> Iterator[tuple[int, EvidenceRow]]:
    """Make the chosen rows of a term, each with its place in the list, block by block."""
    definition, behind = counted.definition, counted.behind
    if definition is None:
        return
    for at, block in enumerate(behind.blocks):
        places = np.flatnonzero((chosen[_TERM] == term) & (chosen[_BLOCK] == at))
        places = places[np.argsort(chosen[_ROW, places])]
        rows, owners = chosen[_ROW, places], chosen[_PROJECT, places].tolist()
        told, states = _told(counted, definition, at, rows), behind.readings.states[at][rows].tolist()
        column = _pointed(definition, block)
        parts = zip(told.ids, told.reasons, told.values, told.weights, told.kinds, strict=True)
        for place, row, owner, state, (row_id, reason, value, weight, kind) in zip(
            places.tolist(), rows.tolist(), owners, states, parts, strict=True
        ):
            where = block.place(row, column)
            yield place, EvidenceRow(names[owner], row_id, bucket_of(state), reason, where, value, weight, kind)


def _told(counted: Counted, definition: Definition, at: int, rows: NDArray[np.int64]) -> _Told:
    """Find what the rows of a block say, column by column."""
    behind = counted.behind
    states, owners = behind.readings.states[at][rows], behind.blocks[at].projects[rows]
    known = {int(state): _known(definition, int(state)) for state in np.unique(states[states >= MISSED_END])}
    turns = _turns(counted, definition, at, rows) if State.PENDING in known else {}
    why = [
        why_missed(behind, at, owner, row) if state < MISSED_END else turns.get(row, known[state])
        for row, owner, state in zip(rows.tolist(), owners.tolist(), states.tolist(), strict=True)
    ]
    values, weighed = amounts(definition, behind, at, rows)
    return _Told(_ids(behind.blocks[at], rows), why, values, weighed, _kinds(definition, behind, at, rows))


def _turns(counted: Counted, definition: Definition, at: int, chosen: NDArray[np.int64]) -> dict[int, Message]:
    """Say of the pending rows among some when each turns, as far as something tells."""
    if definition.value.argument is None:
        return {}
    readings, rows = counted.behind.readings, counted.behind.rows[at]
    over = np.array([microseconds(span.over) for span in counted.spans], dtype=np.int64)
    moments = turning(definition.value.argument, rows, readings.choices, over[rows.projects])
    pending = chosen[(readings.states[at][chosen] == State.PENDING) & (moments[chosen] != NAT)]
    dues = moments[pending].tolist()
    return {row: message("row_pending", due=due_text(due)) for row, due in zip(pending.tolist(), dues, strict=True)}


def _known(definition: Definition, state: int) -> Message:
    """Say why rows are in a state that needs no more words."""
    if state >= State.REASON:
        reason, node = definition.exclude[state - State.REASON]
        return message("row_excluded", reason=reason, condition=worded(node))
    if state == State.PENDING:
        return message("row_running")
    return message(f"row_{reasons(definition).get(state, State(state).name.lower())}")


def _ids(block: Checked, rows: NDArray[np.int64]) -> list[str]:
    column = block.columns.get(block.sheet.table.row_id)
    if column is None:
        return [""] * len(rows)
    texts = [text or "" for text in cell_texts(column, rows.astype(np.intp))]
    return [text and MARK for text in texts] if block.sheet.table.row_id in block.sheet.hidden else texts


def amounts(
    definition: Definition, behind: Behind, at: int, rows: NDArray[np.int64]
) -> tuple[list[Fraction | None], list[Fraction | None]]:
    """Find the number that each row adds, and its weight where it has one; none of rows that do not count."""
    value, source = definition.value, behind.rows[at]
    if value.function not in _VALUED or not len(rows):
        return [None] * len(rows), [None] * len(rows)
    counts = (behind.readings.states[at][rows] == State.COUNTED).tolist()
    weighed = weights(value, source) if value.function in ("mean", "wmean") else None
    columns = (numbers(value.arguments[0], source), weighed)
    first, second = (
        [None] * len(rows) if each is None else each.picked(rows.astype(np.intp)).fractions() for each in columns
    )
    return (
        [figure if counted else None for figure, counted in zip(first, counts, strict=True)],
        [figure if counted else None for figure, counted in zip(second, counts, strict=True)],
    )


def _kinds(definition: Definition, behind: Behind, at: int, rows: NDArray[np.int64]) -> list[str]:
    """Tell rows apart by their group, or by the value that is counted once."""
    node = _told_by(definition)
    if node is None or not len(rows):
        return [""] * len(rows)
    mask = np.zeros(len(behind.rows[at]), dtype=bool)
    mask[rows] = True  # rows stand in their order, as the codes will
    codes, texts = coded(node, behind.rows[at], mask)
    words = texts.to_pylist()
    return [words[code] if code >= 0 else "" for code in codes.tolist()]


def _told_by(definition: Definition) -> Node | None:
    """Find what tells rows apart: their group, or the value that is counted once."""
    return definition.by or (definition.value.arguments[0] if definition.value.function == "distinct" else None)


def _hides(definition: Definition, behind: Behind) -> bool:
    node = _told_by(definition)
    return node is not None and any(names_in(node) & block.sheet.hidden for block in behind.blocks)


def _pointed(definition: Definition, block: Checked) -> str | None:
    """Choose the cell to be shown: that of the value, else of the moment it stopped, its id, its project."""
    table = block.sheet.table
    named = sorted(frozenset[str]().union(*map(names_in, definition.value.arguments)))
    names = (*stored(named, table), *table.stop, "delivered_at", table.row_id, "project")
    return next((name for name in names if name in block.sheet.layout.columns and name != table.due), None)
