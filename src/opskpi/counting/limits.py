"""Limits: by the plan's `sla:` rules each row gets the moments by which its legs must stop (design rules 7 and 8).

The rule that fits a row (`fitting.py`) counts from its creation on the rule's calendar, and paused
time extends it. What comes of it are columns beside the export's own (`Table.computed`), which the
judgements `limit` and `duration` read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from itertools import groupby
from math import lcm
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.dues import Limits, Ruled, Way, dated, due_moments, paused_minutes, ways
from opskpi.counting.idle import idle_words
from opskpi.counting.legs import ASSIGNED, CREATED, Leg, dates_only, durations, judged_until, legs, recorded, timed
from opskpi.counting.pauses import NEVER, PauseLog, pause_log, stretches_of
from opskpi.counting.remarks import remarks
from opskpi.errors import ExportError
from opskpi.indicators.columns import Rows
from opskpi.indicators.spreading import Spread
from opskpi.intake.fitting import Fitting, fitting
from opskpi.intake.ledgers import Checked, Intake
from opskpi.intake.sheets import SheetRead
from opskpi.model.service import LimitRule
from opskpi.tables.columns import NAT, NO, YES, Column, Numbers
from opskpi.tables.instants import moment_of
from opskpi.tables.wholes import wholes
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message
from opskpi.worktime import Service, compile_calendar

#: How far past the last creation a calendar is compiled at once; a due that lies further is found all the same.
_AHEAD = timedelta(days=31)
#: A rule without a limit for a leg: no way, no minutes, no need for times of day.
_UNLIMITED: tuple[int, Fraction | None, bool] = (-1, None, False)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Limited:
    """A table's blocks with what the limits say of each row, how that was found, and what a reader must know."""

    rows: tuple[Rows, ...]
    limits: tuple[Limits, ...] = ()
    ruled: tuple[Ruled, ...] = ()
    notes: tuple[Message, ...] = ()


def with_limits(
    plan: Plan, chosen: Sequence[str], blocks: Sequence[Rows], table: str, intake: Intake, spread: Spread
) -> Limited:
    """Add to a table's blocks what the plan's limits say of each row.

    Raises ExportError where a limit that needs times of day meets a column of dates.
    """
    used = legs([plan.indicators[name] for name in chosen], table) if blocks and plan.limit_rules else ()
    if not used:
        return Limited(tuple(blocks))
    checked, projects = intake.tables[table], intake.projects
    fit = fitting(plan.limit_rules, projects, tuple(blocks[0].table.kinds["type"].words))
    log = pause_log(intake.tables.get("pauses", ()), blocks[0].clock.as_of, len(projects.names))
    paired = list(zip(checked, blocks, strict=True))
    sheets = [_ruled(used, fit, log, sheet) for sheet in _by_sheet(checked, paired)]
    ruled = tuple(each for sheet in sheets for each in sheet)
    services = _services(plan, ruled)
    limits = tuple(_limits(leg, plan.limit_rules, services) for leg in used)
    for sheet, (first, *_) in zip(sheets, _by_sheet(checked, checked), strict=True):
        for each in limits:
            _refuse_dates(plan.limit_rules, each, sheet, first.sheet)
    of_rows = {id(each.rows): each for each in ruled}
    limited = tuple(spread(lambda rows: _limited(limits, of_rows[id(rows)]), blocks))
    said = remarks(used, limited, tuple(services.values()), plan)
    idle = idle_words(plan.limit_rules, blocks, projects)
    return Limited(limited, limits, ruled, (*idle, *said, *_log_remarks(log, blocks)))


def said_of(plan: Plan, limited: Limited, narrowed: Intake, shown: NDArray[np.bool_]) -> tuple[Message, ...]:
    """Tell what a reader must know of the limits of some projects' rows; `narrowed` holds theirs alone."""
    blocks = limited.rows
    if not limited.limits or not blocks:
        return ()
    own = [replace(each, accepted=each.accepted & _of(each, shown), kept={}) for each in blocks]
    log = pause_log(narrowed.tables.get("pauses", ()), blocks[0].clock.as_of, len(shown))
    services = [way.service for each in limited.limits for way in each.ways]
    said = remarks([each.leg for each in limited.limits], own, services, plan)
    return (*said, *_log_remarks(log, own))


def _of(rows: Rows, shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which rows belong to some projects."""
    return np.asarray(np.append(shown, values=False)[rows.projects], dtype=bool)


def _by_sheet(checked: Sequence[Checked], values: Sequence[_Value]) -> Iterator[list[_Value]]:
    """Part what goes with blocks into that of each sheet."""
    for _, group in groupby(zip(checked, values, strict=True), lambda pair: id(pair[0].sheet)):
        yield [value for _, value in group]


def _ruled(
    used: Sequence[Leg], fit: Fitting, log: PauseLog | None, sheet: Sequence[tuple[Checked, Rows]]
) -> list[Ruled]:
    shown = frozenset(leg.name for leg in used if timed(leg, [rows for _, rows in sheet]))
    by_assignment = np.array([*(rule.from_assignment for rule in fit.rules), False])
    found = []
    for block, rows in sheet:
        rule = fit.rule_of(rows)
        assigned = by_assignment[rule]
        starts, stretches = _starts(rows, assigned), stretches_of(rows, log)
        found.append(Ruled(rows, rule, starts, assigned, stretches, shown, block.chunk.dates))
    return found


def _starts(rows: Rows, assigned: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Find when each row's clock starts: with its creation or, where its rule says so, with its assignment."""
    created = recorded(rows, CREATED)
    if not assigned.any():
        return created
    begun = rows.moments(ASSIGNED)
    begun = np.where((begun == NAT) & ~rows.finished(), NEVER, begun)
    return np.where(assigned, begun, created)


def _log_remarks(log: PauseLog | None, blocks: Sequence[Rows]) -> Iterator[Message]:
    if log is not None and (strangers := log.strangers(blocks)):
        yield message("pauses_of_no_ticket", count=strangers)
    if log is not None and log.unended:
        yield message("pauses_unended", count=log.unended)


def _services(plan: Plan, ruled: Sequence[Ruled]) -> Mapping[str, Service]:
    """Compile the calendars of the rules that hold for any row, for the years of those rows."""
    created = [values for each in ruled if (values := recorded(each.rows, CREATED)[each.rule >= 0]).size]
    if not created:
        return {}
    first, last = (moment_of(int(each)).date() for each in (min(map(np.min, created)), max(map(np.max, created))))
    held = {at for each in ruled for at in np.unique(each.rule).tolist() if at >= 0}
    names = sorted({plan.limit_rules[at].calendar for at in held})
    return {name: compile_calendar(plan.service_calendars[name], plan.zone, first, last + _AHEAD) for name in names}


def _limits(leg: Leg, rules: Sequence[LimitRule], services: Mapping[str, Service]) -> Limits:
    """Lay a leg's limits out by rule."""
    ways: dict[tuple[str, int | None, bool], int] = {}
    laid: list[tuple[int, Fraction | None, bool]] = []
    for rule in rules:
        limit = leg.limit(rule)
        if limit is None or rule.calendar not in services:
            laid.append(_UNLIMITED)
            continue
        in_days = limit.workdays is not None
        way = ways.setdefault((rule.calendar, limit.workdays, limit.at_end or not in_days), len(ways))
        laid.append((way, None if in_days else limit.minutes, not in_days or not limit.at_end))
    way_of, minutes, clocked = zip(*laid, _UNLIMITED, strict=True)
    return Limits(
        leg,
        tuple(Way(services[calendar], workdays, at_end) for calendar, workdays, at_end in ways),
        np.array(way_of, dtype=np.int64),
        _numbers(minutes),
        np.array(clocked, dtype=bool),
    )


def _numbers(values: Sequence[Fraction | None]) -> Numbers:
    """Put fractions into one exact column."""
    scale = lcm(*(each.denominator for each in values if each is not None))
    units = [0 if each is None else int(each * scale) for each in values]
    return Numbers(wholes(units, scale), scale, np.array([each is None for each in values], dtype=bool))


def _refuse_dates(rules: Sequence[LimitRule], limits: Limits, ruled: Sequence[Ruled], sheet: SheetRead) -> None:
    """Refuse columns of dates under limits that need times of day; raises ExportError."""
    leg = limits.leg
    if not leg.strict or leg.name not in ruled[0].timed:
        return
    for start in (CREATED, ASSIGNED):
        here = [limits.clocked[each.rule] & (each.assigned == (start == ASSIGNED)) for each in ruled]
        name = dates_only(leg, start, [(each.rows, marked) for each, marked in zip(ruled, here, strict=True)])
        if name is not None:
            first = min(int(each.rule[marked].min()) for each, marked in zip(ruled, here, strict=True) if marked.any())
            limit, heading = leg.limit(rules[first]), sheet.layout.heading_of.get(name, name)
            text, rule = limit.text if limit else "", rules[first].origin
            raise ExportError(message("limit_needs_times", sheet=sheet.label, heading=heading, limit=text, rule=rule))


def _limited(limits: Sequence[Limits], ruled: Ruled) -> Rows:
    """Add the computed columns to a block."""
    columns: dict[str, Column] = {"limit_rule": ruled.rule}
    for each in limits:
        leg = each.leg
        if leg.name in ruled.timed:
            due = due_moments(each, ruled)
            columns[f"{leg.name}_limit_at"] = due
            columns[f"{leg.name}_estimated"] = _doubtful(each, ruled, due)
            columns[f"{leg.name}_dated"] = _marked(each.clocked[ruled.rule] & dated(ruled, leg))
            columns[f"{leg.name}_rested"] = _marked((paused_minutes(leg, ruled) > 0) & _rests(each, ruled))
            columns[f"{leg.name}_unassigned"] = _marked(ruled.assigned & (ruled.starts == NAT))
        if leg.duration in ruled.rows.columns:
            minutes = each.minutes
            blank = minutes.blank[ruled.rule] | ~durations(leg, ruled.rows)
            columns[f"{leg.name}_limit_minutes"] = Numbers(minutes.units[ruled.rule], minutes.scale, blank)
    return replace(ruled.rows, columns={**ruled.rows.columns, **columns})


def _marked(rows: NDArray[np.bool_]) -> NDArray[np.int8]:
    return np.where(rows, np.int8(YES), np.int8(NO))


def _rests(limits: Limits, ruled: Ruled) -> NDArray[np.bool_]:
    """Tell which rows are judged on a calendar that does not always run."""
    found = np.zeros(len(ruled.rows), dtype=bool)
    for way, here in ways(limits, ruled):
        found[here] = not way.service.calendar.always
    return found


def _doubtful(limits: Limits, ruled: Ruled, due: NDArray[np.int64]) -> NDArray[np.int8]:
    """Tell which rows are judged by a year whose official calendar is not known."""
    end = np.maximum(ruled.starts, judged_until(limits.leg, ruled.rows, due))
    begin = np.where((due == NAT) | (ruled.starts == NEVER), NAT, ruled.starts)
    doubtful = np.zeros(len(due), dtype=bool)
    for way, here in ways(limits, ruled):
        doubtful[here] = way.service.unofficial(begin[here], end[here])
    return _marked(doubtful)
