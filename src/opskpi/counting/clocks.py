"""Clocks worked out: for one row judged by the plan's limits, the way from its start to its due moment and its stop."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from opskpi.counting.dues import Ruled, paused_minutes
from opskpi.counting.legs import Leg, stopped
from opskpi.counting.pauses import NEVER
from opskpi.indicators.columns import Rows
from opskpi.model.explanations import Clock, Pause
from opskpi.model.service import Limit, LimitRule
from opskpi.tables.columns import NAT, YES
from opskpi.tables.instants import moment_of
from opskpi.targets.wordings import fits
from opskpi.worktime import Service


@dataclass(frozen=True, slots=True)
class Timing:
    """What a row's clock is worked out from: moments in microseconds of the wall clock, `stop` NAT while it is open.

    `stretches` are its pauses, `paused` their sum where nobody knows from when to when.
    """

    leg: Leg
    rule: LimitRule
    limit: Limit
    start: int
    stop: int
    due: int
    stretches: tuple[tuple[int, int], ...]
    paused: int


def timing(leg: Leg, ruled: Ruled, rows: Rows, row: int, rules: Sequence[LimitRule]) -> Timing | None:
    """Read a row's clock; None where no limit judges it, or its clock stands still."""
    dues = rows.columns.get(f"{leg.name}_limit_at")
    if not isinstance(dues, np.ndarray) or dues[row] in (NAT, NEVER):
        return None
    rule = rules[int(ruled.rule[row])]
    limit = leg.limit(rule)
    if limit is None:
        return None
    stop, mine = int(stopped(leg, rows)[row]), ruled.stretches.rows == row
    spans = zip(ruled.stretches.begins[mine].tolist(), ruled.stretches.ends[mine].tolist(), strict=True)
    total = int(paused_minutes(leg, ruled)[row])
    return Timing(leg, rule, limit, int(ruled.starts[row]), stop, int(dues[row]), tuple(spans), total)


def worked_out(its: Timing, service: Service, rows: Rows, row: int) -> Clock:
    """Work a row's clock out on its calendar."""
    is_open = its.stop == NAT
    until = rows.clock.as_of if is_open else its.stop
    marked = rows.columns.get(f"{its.leg.name}_estimated")
    return Clock(
        leg=its.leg.name,
        rule=its.rule.origin,
        fits=fits(its.rule),
        calendar=its.rule.calendar,
        limit=its.limit.text,
        workdays=its.limit.workdays,
        start=moment_of(its.start),
        stop=None if is_open else moment_of(its.stop),
        due=moment_of(its.due),
        pauses=tuple(_pauses(its, service, until)),
        diary=service.diary(its.start, its.due if is_open else min(its.stop, its.due)),
        used=_elapsed(service, its.start, until),
        over=_elapsed(service, its.due, until),
        left=_elapsed(service, until, its.due),
        estimated=isinstance(marked, np.ndarray) and bool(marked[row] == YES),
    )


def _elapsed(service: Service, start: int, end: int) -> timedelta:
    return timedelta(microseconds=int(service.elapsed(start, end)[0]))


def _pauses(its: Timing, service: Service, until: int) -> Iterator[Pause]:
    """Give the pauses that moved the due moment or came before the stop, each in the service time it took off."""
    if its.paused:
        yield Pause(timedelta(microseconds=its.paused))
    covered = its.start
    for begin, end in its.stretches:
        since, to = max(begin, covered), min(end, max(until, its.due))
        if since < its.due and to > since:
            yield Pause(_elapsed(service, since, to), moment_of(begin), None if end == NEVER else moment_of(end))
        covered = max(covered, to)
