"""Outcomes by column, ordered missed < excluded < pending < met, so that `and` is the least and `or` the greatest.

Each is a code with its reason (`State`). A condition is an outcome, too: yes is met, no missed, unknown excluded.
"""

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.columns import MISSED_END, Clock, Rows, State
from opskpi.indicators.conditions import compared, conditions
from opskpi.indicators.exact import Quotients
from opskpi.indicators.moments import moments, unseen
from opskpi.indicators.nodes import Both, Call, Name, Node, Not
from opskpi.indicators.numbers import numbers
from opskpi.indicators.syntax import parse
from opskpi.tables.columns import NAT, Words, is_blank

#: Which judgement of each judged column is used for each project; -1 where none is carried.
Choices = Mapping[str, NDArray[np.int8]]
_STOPPED = Name("stopped_at")
#: What the codes of a condition are as outcomes.
_OF_CONDITION = np.array([State.FALSE, State.BLANK, State.MET], np.int8)


def outcomes(node: Node, rows: Rows, choices: Choices) -> NDArray[np.int8]:
    """Evaluate an outcome: a `State` below COUNTED for each row."""
    match node:
        case Name(name) if name in rows.table.judged:
            return _chosen(name, rows, choices[name])
        case Name(name) if name in rows.table.derived:
            return outcomes(parse(rows.table.derived[name]), rows, choices)
        case Both(word, left, right):
            join = np.minimum if word == "and" else np.maximum
            return join(outcomes(left, rows, choices), outcomes(right, rows, choices))
        case Not(inner):
            return _turned(outcomes(inner, rows, choices))
        case Call("in_time" | "done" | "within" | "flagged"):
            return rows.keep(node, partial(_called, node, rows))
    return np.asarray(_OF_CONDITION[conditions(node, rows)])


def judgement(name: str, basis: int, rows: Rows) -> NDArray[np.int8]:
    """Evaluate one of a judged column's rules."""
    return outcomes(parse(rows.table.judged[name][basis].rule), rows, {})


def carried(name: str, basis: int, rows: Rows) -> NDArray[np.bool_]:
    """Tell which rows carry what a judgement needs."""
    column = rows.columns.get(rows.table.judged[name][basis].carried_by)
    if column is None:
        return np.zeros(len(rows), dtype=bool)
    return ~is_blank(column)


def _called(node: Call, rows: Rows) -> NDArray[np.int8]:
    """Evaluate a function of columns that gives an outcome."""
    match node:
        case Call("in_time", (stop, due)):
            states = in_time(moments(stop, rows), unseen(stop, rows), moments(due, rows), rows.clock)
            shown = isinstance(stop, Name) and stop.name in rows.columns
            return _answered(states, stop, rows, states != State.NO_LIMIT) if shown else states
        case Call("done", (stop, due)):
            return done(moments(stop, rows), unseen(stop, rows), moments(due, rows), rows.clock)
        case Call("within", (stop, spent, limit)):
            spent_minutes = numbers(spent, rows)
            states = within(spent_minutes, numbers(limit, rows), *_still_open(stop, rows))
            return _answered(states, stop, rows, spent_minutes.blank)
        case Call("flagged", (flag,)):
            return np.array([State.FLAGGED_NO, State.NO_LIMIT, State.MET], np.int8)[conditions(flag, rows)]
    raise AssertionError(node)


def in_time(
    stop: NDArray[np.int64], unseen: NDArray[np.bool_], due: NDArray[np.int64], clock: Clock
) -> NDArray[np.int8]:
    """Judge stop against due (rule 4): `<=` is met, still open past the limit is missed."""
    states = np.where(stop <= due, np.int8(State.MET), np.int8(State.LATE))
    is_open = stop == NAT
    states[is_open] = np.where(clock.as_of > due[is_open], np.int8(State.OPEN_PAST_DUE), np.int8(State.PENDING))
    states[unseen] = State.NO_STOP_TIME
    states[due == NAT] = State.NO_LIMIT
    return states


def done(stop: NDArray[np.int64], unseen: NDArray[np.bool_], due: NDArray[np.int64], clock: Clock) -> NDArray[np.int8]:
    """Judge completion, however late; open is missed past due, or without due once the period is over."""
    over = np.where(due == NAT, clock.period_ended, clock.as_of > due)
    states = np.where(over, np.int8(State.OPEN_PAST_DUE), np.int8(State.PENDING))
    states[(stop != NAT) | unseen] = State.MET
    return states


def within(
    spent: Quotients, limit: Quotients, running: NDArray[np.bool_], unseen: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """Judge a duration against a limit: `<=` is met; `running` may yet go over, `unseen` are not over by `as_of`."""
    met = compared("<=", spent, limit)
    states = np.where(met, np.int8(State.MET), np.int8(State.OVER_LIMIT))
    states[(running & met) | unseen] = State.PENDING
    states[spent.blank | limit.blank] = State.NO_LIMIT
    return states


def _still_open(stop: Node, rows: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which rows with a duration are open by their state, and which stop only after `as_of`."""
    stops = moments(stop, rows)
    if stop != _STOPPED:
        return np.zeros(len(rows), dtype=bool), (stops == NAT) & rows.filled(_name(stop))
    status = rows.columns.get("status")
    running = np.zeros(len(rows), dtype=bool)
    if isinstance(status, Words):
        running = np.array([*(word not in rows.table.stopped_states for word in status.words), False])[status.codes]
    there = rows.filled(*rows.table.stop)
    return running & ~there, (stops == NAT) & there


def _answered(states: NDArray[np.int8], stop: Node, rows: Rows, open_to_it: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Give finished rows that show no response the outcome that the plan states for them."""
    response = rows.table.response
    if rows.unanswered is None or response is None or stop != Name(response):
        return states
    silent = open_to_it & rows.finished() & ~rows.filled(response)
    return np.where(silent, np.int8(rows.unanswered), states)


def _chosen(name: str, rows: Rows, choice: NDArray[np.int8]) -> NDArray[np.int8]:
    """Judge each project's rows by the judgement that was chosen for the project."""
    by_row = np.append(choice, np.int8(-1))[rows.projects]
    states = np.full(len(rows), State.NO_LIMIT, dtype=np.int8)
    for basis in range(len(rows.table.judged[name])):
        if not (choice == basis).any():
            continue
        chosen = by_row == basis
        judged = judgement(name, basis, rows)
        states = judged if chosen.all() else np.where(chosen, judged, states)
    return states


def _turned(states: NDArray[np.int8]) -> NDArray[np.int8]:
    """Swap met and missed."""
    turned = np.where(states == State.MET, np.int8(State.FALSE), states)
    return np.where(states < MISSED_END, np.int8(State.MET), turned)


def _name(node: Node) -> str:
    assert isinstance(node, Name)  # noqa: S101 - the type check allows nothing else
    return node.name
