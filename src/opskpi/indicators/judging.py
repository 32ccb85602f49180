"""Judging rows: what each eligible row is to an indicator, and which of its judgements are in doubt."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.aggregates import blanks
from opskpi.indicators.columns import MISSED_END, Rows, State
from opskpi.indicators.conditions import conditions
from opskpi.indicators.definitions import Definition
from opskpi.indicators.intervals import Bounds
from opskpi.indicators.moments import calendar_of, clocked, spans, unseen
from opskpi.indicators.nodes import IsNull, Name, Node
from opskpi.indicators.outcomes import Choices, carried, judgement, outcomes
from opskpi.indicators.types import sort_of
from opskpi.tables import Table
from opskpi.tables.columns import YES


def judged(definition: Definition, rows: Rows, choices: Choices) -> NDArray[np.int8]:
    """Tell what each row is, were it eligible: an outcome, counted, or blank."""
    if definition.value.function == "share":
        assert definition.value.argument is not None  # noqa: S101 - share has an argument
        states = outcomes(definition.value.argument, rows, choices)
    else:
        states = np.where(blanks(definition.value, rows), np.int8(State.BLANK), np.int8(State.COUNTED))
    for blank in _unplaced(definition, rows):
        states = np.where(blank, np.int8(State.BLANK), states)
    return states


def _unplaced(definition: Definition, rows: Rows) -> Iterator[NDArray[np.bool_]]:
    """Find rows that belong to no group, and those that stopped nobody knows when."""
    if definition.by is not None:
        yield np.equal(conditions(IsNull(definition.by), rows), YES)
    if definition.open is not None:
        yield unseen(definition.open[1], rows)


def is_outcome(node: Node | None, table: Table) -> bool:
    """Tell whether an aggregate's argument is an outcome."""
    return node is not None and sort_of(node, table) == "outcome"


def disagreements(
    definition: Definition,
    rows: Rows,
    choices: Choices,
    eligible: NDArray[np.bool_],
) -> NDArray[np.bool_] | None:
    """Find rows that a judgement not used would have judged the other way (rule 7)."""
    found = None
    for name, choice in choices.items():
        others = [
            basis
            for basis in range(len(definition.table.judged[name]))
            if (choice >= 0).any() and carried(name, basis, rows).any() and (choice != basis).any()
        ]
        if not others:
            continue
        used = outcomes(Name(name), rows, choices)
        for basis in others:
            other = judgement(name, basis, rows)
            differ = eligible & (verdicts(used) * verdicts(other) < 0)
            found = differ if found is None else found | differ
    return found


def _doubtful(definition: Definition, rows: Rows, bounds: Bounds, states: NDArray[np.int8]) -> NDArray[np.bool_] | None:
    """Find rows that count and whose figure rests on a calendar that is only estimated."""
    found = None
    if definition.value.function == "downtime" and (name := calendar_of(definition.value.call)):
        found = np.append(bounds.doubtful(rows.services[name]), values=False)[rows.projects]
    for call in (call for node in definition.nodes for call in clocked(node)):
        if name := calendar_of(call):
            marked = rows.services[name].unofficial(*spans(call, rows))
            found = marked if found is None else found | marked
    return None if found is None else found & ((states == State.COUNTED) | (verdicts(states) != 0))


def estimated(
    definition: Definition,
    rows: Rows,
    choices: Choices,
    bounds: Bounds,
    states: NDArray[np.int8],
) -> NDArray[np.bool_] | None:
    """Find rows that count and were judged by a calendar that is only estimated."""
    found = _doubtful(definition, rows, bounds, states)
    for name, choice in choices.items():
        for basis, rule in enumerate(definition.table.judged[name]):
            doubted = rows.columns.get(rule.doubted_by or "")
            if isinstance(doubted, np.ndarray) and (choice == basis).any():
                by_row = np.append(choice, np.int8(-1))[rows.projects]
                marked = (doubted == YES) & (by_row == basis) & (verdicts(states) != 0)
                found = marked if found is None else found | marked
    return found


def verdicts(states: NDArray[np.int8]) -> NDArray[np.int8]:
    """Reduce outcomes to met (1), missed (-1) and neither (0)."""
    met, missed = states == State.MET, states < MISSED_END
    return np.asarray(met.astype(np.int8) - missed.astype(np.int8), dtype=np.int8)
