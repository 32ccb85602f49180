"""Accounts: a row's part in an indicator, the bucket it is in and why, with what judged it."""

from collections.abc import Callable
from datetime import datetime

import numpy as np

from opskpi.counting.cells import cells, moment_text
from opskpi.counting.evidence import due_text, row_id, why_missed
from opskpi.counting.grounds import Bench, Row, cells_alone, grounds, stored
from opskpi.indicators.columns import MISSED_END, State
from opskpi.indicators.conditions import conditions
from opskpi.indicators.decided import DECIDED, decided
from opskpi.indicators.definitions import reasons
from opskpi.indicators.nodes import Both, Node, names_in
from opskpi.model.explanations import Account, Ground
from opskpi.tables.columns import NAT, YES
from opskpi.tables.instants import microseconds, moment_of
from opskpi.targets.wordings import column_word, conjuncts, placing_in_words, worded
from opskpi.wording import Message, message

_BUCKETS = {
    State.FILTERED: "filtered",
    State.OUT_OF_PERIOD: "out_of_period",
    State.PENDING: "pending",
    State.MET: "met",
    State.COUNTED: "counted",
}


def bucket_of(state: int) -> str:
    """Name the bucket of a state (rule 2)."""
    if state < MISSED_END:
        return "missed"
    return _BUCKETS.get(State(state), "excluded") if state < State.REASON else "excluded"


def account(bench: Bench, row: Row, told: Callable[[Bench, Row], tuple[Ground, ...]] = grounds) -> Account:
    """Tell what part a row has in an indicator; `told` finds the grounds of one that was judged."""
    block, state = bench.behind.blocks[row.at], int(bench.behind.readings.states[row.at][row.row])
    bucket = bucket_of(state)
    found: tuple[Ground, ...] = ()
    if bucket == "filtered":
        said, found = _filtered(bench, row)
    elif bucket == "out_of_period":
        said, found = _out_of_period(bench, row)
    elif state >= State.REASON:
        said, found = _excluded(bench, row, state - State.REASON)
    else:
        found = told(bench, row)
        said = _said(bench, row, state, found)
    return Account(block.place(row.row), row_id(block, row.row), bucket, said, found)


def _said(bench: Bench, row: Row, state: int, found: tuple[Ground, ...]) -> Message:
    """Say why a row that was judged is in its bucket."""
    if state < MISSED_END:
        return why_missed(bench.behind, row.at, row.project, row.row)
    if state == State.COUNTED and found:
        return message("row_counted_value", column=column_word(found[0].cells[0].column), value=found[0].cells[0].said)
    if state != State.PENDING:
        name = reasons(bench.definition).get(state, State(state).name.lower())
        return message(f"row_{name}")
    turns = _turns(bench.definition.value.argument, found)
    return message("row_running") if turns is None else message("row_pending", due=due_text(microseconds(turns)))


def _turns(node: Node | None, found: tuple[Ground, ...]) -> datetime | None:
    """Find when a pending row would turn: what is joined by `or` at the last moment, all else at the first."""
    moments = [each.turns for each in found if each.turns is not None]
    if not moments:
        return None
    return max(moments) if isinstance(node, Both) and node.word == "or" else min(moments)


def _filtered(bench: Bench, row: Row) -> tuple[Message, tuple[Ground, ...]]:
    """Find the first part of `where` that does not hold."""
    rows = bench.behind.rows[row.at]
    for node in conjuncts(bench.definition.where):
        if conditions(node, rows)[row.row] != YES:
            return message("row_filtered", condition=worded(node)), _shown(bench, row, node)
    raise AssertionError(row)


def _excluded(bench: Bench, row: Row, place: int) -> tuple[Message, tuple[Ground, ...]]:
    reason, node = bench.definition.exclude[place]
    return message("row_excluded", reason=reason, condition=worded(node)), _shown(bench, row, node)


def _shown(bench: Bench, row: Row, node: Node) -> tuple[Ground, ...]:
    """Show the cells that a condition looks at."""
    block, rows = bench.behind.blocks[row.at], bench.behind.rows[row.at]
    found = cells(block, row.row, stored(sorted(names_in(node)), bench.definition.table), rows.clock.as_of)
    return (cells_alone(found),) if found else ()


def _out_of_period(bench: Bench, row: Row) -> tuple[Message, tuple[Ground, ...]]:
    """Say whether a row lies outside the period, outside its project's service, or has no date at all."""
    name, window, rows = bench.definition.period_by, bench.window, bench.behind.rows[row.at]
    if bench.definition.placing != "dated":
        return message("row_not_then", placing=placing_in_words(bench.definition)), grounds(bench, row)
    if name == DECIDED:
        return _undecided(bench, row)
    moment = int(rows.moments(name)[row.row])
    column = column_word(name)
    block = bench.behind.blocks[row.at]
    shown = cells(block, row.row, (name,), rows.clock.as_of)
    found = (cells_alone(shown),) if shown else ()
    if moment == NAT:
        return message("row_without_date", column=column), found
    bounds = window.start, window.end
    key = "row_out_of_period"
    if bounds[0] <= moment < bounds[1] and window.service_start is not None and window.service_end is not None:
        bounds, key = (
            (int(window.service_start[row.project]), int(window.service_end[row.project])),
            "row_out_of_service",
        )
    values = {"column": column, "value": moment_text(moment)}
    return message(key, **values, start=_day(bounds[0]), end=_day(bounds[1], before=1)), found


def _undecided(bench: Bench, row: Row) -> tuple[Message, tuple[Ground, ...]]:
    """Say when the outcome of a row was known, or that it is not yet, which puts it outside the period."""
    argument, rows = bench.definition.value.argument, bench.behind.rows[row.at]
    found = grounds(bench, row)
    moment = NAT if argument is None else int(decided(argument, rows, bench.behind.readings.choices)[row.row])
    if moment == NAT:
        return message("row_undecided"), found
    days = bench.spans[row.project].days
    said = {"start": days.start.isoformat(), "end": days.end.isoformat(), "column": column_word(DECIDED)}
    return message("row_out_of_period", value=moment_text(moment), **said), found


def _day(moment: int, before: int = 0) -> str:
    """Write the day of a bound, the one before where the bound is past the end; an open bound is a dash."""
    limits = np.iinfo(np.int64)
    if moment <= limits.min + 1 or moment == limits.max:
        return "…"
    return moment_of(moment - before).date().isoformat()
