"""Probable causes: why a tool's due time or flag judges a row the other way than what judged it here (design rule 7).

A cause is named where one change to our own clock would give the tool's answer: minutes
without their seconds, pauses counted through, another calendar of the plan or none, another of its
rules, the first completion of a reopened row, or UTC. The first that explains the row is taken, in this order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.dues import Limits, Ruled, reached
from opskpi.counting.legs import PAUSED_MINUTES, leg_of, stopped
from opskpi.counting.limits import Limited
from opskpi.counting.pauses import NEVER
from opskpi.indicators.columns import Rows
from opskpi.indicators.judging import verdicts
from opskpi.indicators.outcomes import carried, judgement
from opskpi.indicators.readings import Readings
from opskpi.indicators.spreading import Spread
from opskpi.model.service import Calendar
from opskpi.tables.columns import NAT, Numbers
from opskpi.tables.instants import moment_of
from opskpi.targets.plan import Plan
from opskpi.worktime import Service, compile_calendar

#: What a row's tool may have counted otherwise, by number; 0 is no disagreement.
CAUSES = ("", "rounding", "pause", "calendar", "rule", "reopened", "time_zone", "unexplained")
ROUNDING, PAUSE, CALENDAR, RULE, REOPENED, TIME_ZONE, UNEXPLAINED = range(1, len(CAUSES))

_MINUTE = 60_000_000

_Marked = NDArray[np.bool_]
_Moments = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Case:
    """Some disagreeing rows of a block, on one leg: our due moments, their stops, and what the tool says of each.

    `tool_due` is NAT where the tool shows none, `tool_met` whether it judges the row met.
    """

    rows: Rows
    here: NDArray[np.intp]
    due: _Moments
    stop: _Moments
    tool_due: _Moments
    tool_met: _Marked

    def is_theirs(self, due: _Moments) -> _Marked:
        """Tell which rows the tool has this due moment for or, where it shows none, judges as by it."""
        told = self.tool_due != NAT
        near = abs(np.where(told, self.tool_due, 0) - due) < _MINUTE
        return np.asarray(np.where(told, near, self.judges(self.stop, due)) & (due != NAT), dtype=bool)

    def judges(self, stop: _Moments, due: _Moments) -> _Marked:
        """Tell which rows a stop and a due moment judge as the tool does."""
        now = self.rows.clock.as_of
        return np.asarray((np.where(stop == NAT, now, stop) <= due) == self.tool_met, dtype=bool)


def causes(
    plan: Plan,
    limited: Limited | None,
    blocks: Sequence[Rows],
    readings: Readings,
    spread: Spread,
) -> tuple[tuple[tuple[str, int], ...], ...]:
    """Count each project's disagreeing rows by probable cause, in the order of `CAUSES`."""
    projects = len(readings.by_project)
    marked = {id(rows): here for rows, here in zip(blocks, readings.disagreements, strict=True) if here is not None}
    if not any(here.any() for here in marked.values()):
        return ((),) * projects
    others = _others(plan, limited)
    ruled = {id(rows): each for rows, each in zip(blocks, limited.ruled if limited else (), strict=False)}

    def count(rows: Rows) -> NDArray[np.int64]:
        here = marked.get(id(rows), np.zeros(len(rows), dtype=bool))
        cause = np.where(here, UNEXPLAINED, 0)
        for name, choice in readings.choices.items():
            for case, basis in _cases(name, choice, rows, here) if here.any() else ():
                limits = _limits_of(limited, name) if basis == "limit" else None
                told = _explained(case, (limits, ruled.get(id(rows))), others, plan.zone)
                cause[case.here] = np.where(cause[case.here] == UNEXPLAINED, told, cause[case.here])
        return np.bincount(rows.projects[here] * len(CAUSES) + cause[here], minlength=projects * len(CAUSES))

    totals = sum(spread(count, blocks), np.zeros(projects * len(CAUSES), dtype=np.int64)).reshape(projects, -1)
    return tuple(tuple((CAUSES[at], int(of[at])) for at in np.flatnonzero(of).tolist()) for of in totals)


def _limits_of(limited: Limited | None, judged: str) -> Limits | None:
    return next((each for each in (limited.limits if limited else ()) if each.leg.judged == judged), None)


def _cases(name: str, choice: NDArray[np.int8], rows: Rows, marked: _Marked) -> Iterator[tuple[_Case, str]]:
    """Part the marked rows by what judged them and by the tool's word that contradicts it."""
    leg, judgements = leg_of(name), rows.table.judged[name]
    basis_of = np.append(choice, np.int8(-1))[rows.projects]
    for basis, rule in enumerate(judgements):
        due = _DUE_OF.get(rule.basis, {}).get(name)
        mine = marked & (basis_of == basis)
        if leg is None or due is None or not mine.any():
            continue
        ours = verdicts(judgement(name, basis, rows))
        for other in (each for each in range(len(judgements)) if each != basis):
            theirs = verdicts(judgement(name, other, rows))
            here = np.flatnonzero(mine & carried(name, other, rows) & (ours * theirs < 0))
            if len(here):
                tool_due = _DUE_OF.get(judgements[other].basis, {}).get(name)
                shown = rows.moments(tool_due)[here] if tool_due else np.full(len(here), NAT)
                at = rows.moments(due)[here], stopped(leg, rows)[here], shown, theirs[here] > 0
                yield _Case(rows, here, *at), rule.basis


#: The columns that hold the due moment of a judgement, by what it judges.
_DUE_OF: Mapping[str, Mapping[str, str]] = {
    "limit": {"sla_met": "resolve_limit_at", "response_met": "respond_limit_at"},
    "due": {"sla_met": "resolve_due_at", "response_met": "response_due_at"},
}


def _others(plan: Plan, limited: Limited | None) -> tuple[Service, ...]:
    """Compile all calendars of the plan, and real time, for the years that its limits needed."""
    compiled = [way.service for limits in (limited.limits if limited else ()) for way in limits.ways]
    if not compiled:
        return ()
    first, last = (datetime(year, 1, 1).date() for year in compiled[0].years)  # noqa: DTZ001 - days
    calendars = (*plan.service_calendars.values(), Calendar("", always=True))
    return tuple(compile_calendar(each, plan.zone, first, last) for each in calendars)


def _explained(
    case: _Case, by_limit: tuple[Limits | None, Ruled | None], others: Sequence[Service], zone: ZoneInfo
) -> NDArray[np.int8]:
    """Try each change to our clock in turn; what nothing explains stays so."""
    limits, ruled = by_limit
    cause = np.full(len(case.here), UNEXPLAINED, dtype=np.int8)

    def explain(number: int, rows: _Marked) -> None:
        cause[(cause == UNEXPLAINED) & rows] = number

    explain(ROUNDING, _rounded(case))
    if limits is not None and ruled is not None:
        if _may_be_paused(limits, ruled):
            unpaused = _otherwise(case, limits, ruled, None)
            explain(PAUSE, (unpaused != case.due) & case.is_theirs(unpaused))
        for service in others:
            explain(CALENDAR, case.is_theirs(_otherwise(case, limits, ruled, service)))
        for due in _by_other_rules(case, limits, ruled):
            explain(RULE, (case.tool_due != NAT) & case.is_theirs(due))
    explain(REOPENED, _reopened(case))
    explain(TIME_ZONE, _zoned(case, zone))
    return cause


def _may_be_paused(limits: Limits, ruled: Ruled) -> bool:
    return ruled.stretches.most > 0 or (limits.leg.pauses and PAUSED_MINUTES in ruled.rows.columns)


def _otherwise(case: _Case, limits: Limits, ruled: Ruled, service: Service | None) -> _Moments:
    """Find the due moments on another calendar or, without one, as if there had been no pauses."""
    due, way_of_row = case.due.copy(), limits.way[ruled.rule[case.here]]
    for at, way in enumerate(limits.ways):
        rows = np.flatnonzero(way_of_row == at)
        if not len(rows):
            continue
        if service is None:
            due[rows] = reached(way, limits, ruled, case.here[rows], pausing=False)
        elif service.calendar != way.service.calendar:
            due[rows] = reached(replace(way, service=service), limits, ruled, case.here[rows])
    return due


def _by_other_rules(case: _Case, limits: Limits, ruled: Ruled) -> Iterator[_Moments]:
    """Find the due moments by each rule of the plan that holds for any row."""
    if not (case.tool_due != NAT).any():
        return
    for rule, way in enumerate(limits.way[:-1].tolist()):
        if way >= 0:
            by_rule = replace(ruled, rule=np.full(len(ruled.rule), rule))
            yield reached(limits.ways[way], limits, by_rule, case.here)


def _rounded(case: _Case) -> _Marked:
    """Tell which rows differ by less than a minute."""
    by_stop = (case.stop != NAT) & (abs(np.where(case.stop == NAT, 0, case.stop) - case.due) < _MINUTE)
    told = case.tool_due != NAT
    by_due = told & (abs(np.where(told, case.tool_due, 0) - case.due) < _MINUTE)
    return np.asarray(by_due | (by_stop & ~told), dtype=bool)


def _zoned(case: _Case, zone: ZoneInfo) -> _Marked:
    """Tell which due moments lie as far from ours as the plan's zone lies from UTC."""
    told = np.flatnonzero((case.tool_due != NAT) & (case.due != NEVER))
    apart = np.zeros(len(case.here), dtype=np.int64)
    apart[told] = abs(case.tool_due[told] - case.due[told])
    offset = moment_of(int(case.due[told[0]])).replace(tzinfo=zone).utcoffset() if len(told) else None
    return np.asarray((apart > 0) & (apart == abs(offset or timedelta()) // timedelta(microseconds=1)), dtype=bool)


def _reopened(case: _Case) -> _Marked:
    """Tell which rows were opened again and judged met by their first completion."""
    reopened = case.rows.columns.get(case.rows.table.reopened or "")
    if not isinstance(reopened, Numbers):
        return np.zeros(len(case.here), dtype=bool)
    again = (~reopened.blank & (reopened.units > 0))[case.here] & case.tool_met
    first = case.rows.moments(case.rows.table.first_stop or "")[case.here] if case.rows.table.first_stop else case.stop
    return np.asarray(again & ((first == NAT) | (first <= case.due)), dtype=bool)
