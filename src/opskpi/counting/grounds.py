"""Grounds: for one row of one indicator what judged it, by which cells, and, where a limit did, its clock."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from opskpi.counting.cells import cells
from opskpi.counting.clocks import timing, worked_out
from opskpi.counting.evidence import Behind
from opskpi.counting.legs import ASSIGNED, CREATED, PAUSED_MINUTES, Leg, leg_of
from opskpi.counting.limits import Limited
from opskpi.counting.pauses import NEVER
from opskpi.counting.spans import Span
from opskpi.indicators.columns import MISSED_END, Rows, State
from opskpi.indicators.definitions import Definition, Window
from opskpi.indicators.nodes import Call, Name, Node, names_in
from opskpi.indicators.outcomes import judgement, outcomes
from opskpi.indicators.syntax import parse
from opskpi.model.explanations import Cell, Clock, Ground
from opskpi.model.service import LimitRule
from opskpi.tables import Table
from opskpi.tables.columns import NAT
from opskpi.tables.instants import moment_of
from opskpi.targets.plan import Plan
from opskpi.targets.wordings import column_word
from opskpi.wording import Message, message
from opskpi.worktime import Service, compile_calendar

#: What a clock is started and stretched by, beside what stops it.
_CLOCKED = ("type", "priority", CREATED, ASSIGNED, PAUSED_MINUTES, "paused_at", "resumed_at")


@dataclass(frozen=True, slots=True)
class Bench:
    """What rows of an indicator are explained with: its definition, what stands behind it, each project's days.

    `limited` is what the plan's limits say of its table, `services` keeps the calendars that were compiled.
    """

    plan: Plan
    definition: Definition
    behind: Behind
    limited: Limited | None
    window: Window
    spans: tuple[Span, ...]
    services: dict[str, Service] = field(default_factory=dict)

    def service(self, calendar: str, start: int, end: int) -> Service:
        """Get a calendar as a clock; it reaches further where a row does."""
        if calendar not in self.services:
            first, last = moment_of(start).date(), moment_of(max(start, end)).date()
            self.services[calendar] = compile_calendar(
                self.plan.service_calendars[calendar], self.plan.zone, first, last
            )
        return self.services[calendar]


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its block, its place there, its project."""

    at: int
    row: int
    project: int


def grounds(bench: Bench, row: Row) -> tuple[Ground, ...]:
    """Tell what judged a row, one ground for each judged or derived column of the value."""
    definition = bench.definition
    grouped = () if definition.by is None else (definition.by,)
    named = (*definition.value.arguments, *(definition.open or ()), *grouped)
    names = sorted(frozenset[str]().union(*map(names_in, named)))
    table = bench.definition.table
    judged = [name for name in names if name in table.judged or name in table.derived]
    plain = [name for name in names if name not in judged]
    found = [_judged(bench, row, name) for name in judged]
    return (*found, *_plain(bench, row, plain))


def contrary(bench: Bench, row: Row) -> tuple[Ground, ...]:
    """Tell the judgements not used that would have judged a row the other way, each after the one used (rule 7)."""
    rows, table = bench.behind.rows[row.at], bench.definition.table
    found: list[Ground] = []
    for name, choice in bench.behind.readings.choices.items():
        used = int(choice[row.project])
        if used < 0:
            continue
        verdict = _verdict(judgement(name, used, rows)[row.row])
        others = [
            basis
            for basis in range(len(table.judged[name]))
            if _verdict(judgement(name, basis, rows)[row.row]) * verdict < 0
        ]
        found += [_by(bench, row, name, basis) for basis in (used, *others) if others]
    return tuple(replace(each, clock=None) for each in found)


def _verdict(state: np.int8) -> int:
    return int(state == State.MET) - int(state < MISSED_END)


def _plain(bench: Bench, row: Row, names: list[str]) -> Iterator[Ground]:
    """Tell the cells of columns that need no judgement."""
    block, rows = bench.behind.blocks[row.at], bench.behind.rows[row.at]
    if shown := cells(block, row.row, stored(names, bench.definition.table), rows.clock.as_of):
        yield cells_alone(shown)


def cells_alone(shown: tuple[Cell, ...]) -> Ground:
    """Make a ground of cells that need no judgement."""
    return Ground("", message("ground_cells"), None, "", message("ground_cells"), shown)


def _judged(bench: Bench, row: Row, name: str) -> Ground:
    """Tell by what a judged or derived column was decided for a row."""
    if name in bench.definition.table.judged:
        return _by(bench, row, name, int(bench.behind.readings.choices[name][row.project]))
    rule = parse(bench.definition.table.derived[name])
    state = outcomes(rule, bench.behind.rows[row.at], bench.behind.readings.choices)[row.row]
    return _ground(bench, row, name, rule, State(int(state)))


def _by(bench: Bench, row: Row, name: str, choice: int) -> Ground:
    """Tell how one of a judged column's judgements decides about a row."""
    if choice < 0:
        return Ground(name, column_word(name), None, "no_limit", message("ground_nothing"), ())
    judged, rows = bench.definition.table.judged[name][choice], bench.behind.rows[row.at]
    state = State(int(judgement(name, choice, rows)[row.row]))
    leg = leg_of(name)
    ground = _ground(bench, row, name, parse(judged.rule), state, judged.basis)
    if state == State.NO_LIMIT:
        return replace(ground, said=_unjudged(bench, row, judged.basis, leg))
    if leg is None or judged.basis != "limit":
        return ground
    if int(rows.moments(f"{leg.name}_limit_at")[row.row]) == NEVER:
        return replace(ground, said=_still(bench, row), turns=None)
    return replace(ground, clock=_clock(bench, row, leg))


def _ground(bench: Bench, row: Row, name: str, rule: Node, state: State, basis: str | None = None) -> Ground:
    """Put the cells of a judgement beside what came of it."""
    rows, table = bench.behind.rows[row.at], bench.definition.table
    shown = cells(bench.behind.blocks[row.at], row.row, _names(rule, rows.table, basis), rows.clock.as_of)
    return Ground(
        judged=name,
        what=column_word(name),
        basis=basis,
        outcome=state.name.lower(),
        said=message(f"ground_{basis or 'rule'}"),
        cells=tuple(_used(shown, table)),
        turns=_turns(rule, rows, row.row, bench.spans[row.project].over) if state == State.PENDING else None,
    )


def _used(shown: Sequence[Cell], table: Table) -> Iterator[Cell]:
    """Leave out the stops that an earlier one comes before."""
    stopped = False
    for cell in shown:
        if cell.column not in table.stop:
            yield cell
        elif not stopped:
            yield cell
            stopped = cell.said.key == "said_notation"


def _unjudged(bench: Bench, row: Row, basis: str, leg: Leg | None) -> Message:
    """Say why nothing judged a row."""
    if basis != "limit" or leg is None:
        return message("ground_nothing")
    rule = _rule(bench, row)
    if rule is None:
        return message("ground_no_rule")
    if leg.limit(rule) is None:
        return message("ground_rule_without", rule=rule.origin)
    return message("ground_no_time", rule=rule.origin)


def _still(bench: Bench, row: Row) -> Message:
    """Say why a row's clock stands still: it is paused, or has not been assigned."""
    waiting = bench.limited is not None and int(bench.limited.ruled[row.at].starts[row.row]) == NEVER
    return message("ground_unassigned" if waiting else "ground_paused")


def _rule(bench: Bench, row: Row) -> LimitRule | None:
    places = bench.behind.rows[row.at].columns.get("limit_rule")
    place = -1 if places is None else int(places[row.row])  # type: ignore[index]
    return bench.behind.rules[place] if place >= 0 else None


def _clock(bench: Bench, row: Row, leg: Leg) -> Clock | None:
    rows = bench.behind.rows[row.at]
    ruled = bench.limited.ruled[row.at] if bench.limited else None
    its = timing(leg, ruled, rows, row.row, bench.behind.rules) if ruled else None
    if its is None:
        return None
    end = max(its.due, rows.clock.as_of if its.stop == NAT else its.stop)
    return worked_out(its, bench.service(its.rule.calendar, its.start, end), rows, row.row)


def _names(rule: Node, table: Table, basis: str | None) -> list[str]:
    """List the stored columns that a judgement rests on."""
    clocked = _CLOCKED if basis == "limit" else ()
    stops = (*table.stop, "stopped_at")
    return stored([*clocked, *sorted(sorted(names_in(rule)), key=lambda name: name not in stops)], table)


def stored(names: Iterable[str], table: Table) -> list[str]:
    """Put the columns of an export for those derived of them."""
    several = [table.stop if name == "stopped_at" else (name,) for name in names]
    return list(dict.fromkeys(name for some in several for name in some if name in table.kinds))


def _turns(rule: Node, rows: Rows, row: int, ends: datetime) -> datetime | None:
    """Find the moment after which a pending row is missed; a running duration tells none."""
    match rule:
        case Call("in_time" | "done", (_, Name(due))):
            moment = int(rows.moments(due)[row])
            return ends if moment == NAT else moment_of(moment)
    return None
