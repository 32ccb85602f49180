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
from math import gcd, lcm
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.idle import idle_words
from opskpi.counting.legs import PAUSED, STARTED, Leg, dates_only, durations, judged_until, legs, recorded, timed
from opskpi.counting.remarks import remarks
from opskpi.errors import ExportError
from opskpi.indicators.columns import Rows
from opskpi.indicators.readings import Spread
from opskpi.intake.fitting import Fitting, fitting
from opskpi.intake.ledgers import Checked
from opskpi.intake.names import Projects
from opskpi.intake.sheets import SheetRead
from opskpi.model.service import LimitRule
from opskpi.tables.columns import NAT, NO, YES, Column, Numbers
from opskpi.tables.instants import moment_of
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message
from opskpi.worktime import Service, compile_calendar

_MINUTE = 60_000_000
#: More microseconds than these are no time anybody waits; a pause of a century is a slip.
_MOST, _LONGEST_PAUSE = 2**62, 100 * 366 * 1440 * _MINUTE
#: How far past the last creation a calendar is compiled at once; a due that lies further is found all the same.
_AHEAD = timedelta(days=31)
#: A rule without a limit for a leg: no way, no minutes, no need for times of day.
_UNLIMITED: tuple[int, Fraction | None, bool] = (-1, None, False)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to find a due moment: a calendar, and a number of working days or, where None, the limit in minutes."""

    service: Service
    workdays: int | None
    at_end: bool


@dataclass(frozen=True, slots=True)
class _Limits:
    """A leg's limits by rule, the last place standing for rows without a rule.

    `way` points into `ways` (-1: no limit), `minutes` are those in minutes, `clocked` tells which need times of day.
    """

    leg: Leg
    ways: tuple[_Way, ...]
    way: NDArray[np.int64]
    minutes: Numbers
    clocked: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A block with each row's rule, the legs that its sheet shows the times of, and cells without a time of day."""

    rows: Rows
    rule: NDArray[np.int64]
    timed: frozenset[str]
    dates: Mapping[str, NDArray[np.bool_]]


def with_limits(
    plan: Plan,
    chosen: Sequence[str],
    checked: Sequence[Checked],
    blocks: Sequence[Rows],
    projects: Projects,
    spread: Spread,
) -> tuple[list[Rows], tuple[Message, ...]]:
    """Add to a table's blocks what the plan's limits say of each row, and tell what a reader must know.

    Raises ExportError where a limit that needs times of day meets a column of dates.
    """
    indicators = [plan.indicators[name] for name in chosen]
    used = legs(indicators, blocks[0].table.name) if blocks and plan.limit_rules else ()
    if not used:
        return list(blocks), ()
    fit = fitting(plan.limit_rules, projects, tuple(blocks[0].table.kinds["type"].words))
    paired = list(zip(checked, blocks, strict=True))
    sheets = [_ruled(used, fit, sheet) for sheet in _by_sheet(checked, paired)]
    services = _services(plan, [each for sheet in sheets for each in sheet])
    limits = [_limits(leg, plan.limit_rules, services) for leg in used]
    for sheet, (first, *_) in zip(sheets, _by_sheet(checked, checked), strict=True):
        for each in limits:
            _refuse_dates(plan.limit_rules, each, sheet, first.sheet)
    of_rows = {id(each.rows): each for sheet in sheets for each in sheet}
    limited = list(spread(lambda rows: _limited(limits, of_rows[id(rows)]), blocks))
    said = remarks(used, limited, tuple(services.values()), plan)
    return limited, (*idle_words(plan.limit_rules, blocks, projects), *said)


def _by_sheet(checked: Sequence[Checked], values: Sequence[_Value]) -> Iterator[list[_Value]]:
    """Part what goes with blocks into that of each sheet."""
    for _, group in groupby(zip(checked, values, strict=True), lambda pair: id(pair[0].sheet)):
        yield [value for _, value in group]


def _ruled(used: Sequence[Leg], fit: Fitting, sheet: Sequence[tuple[Checked, Rows]]) -> list[_Ruled]:
    shown = frozenset(leg.name for leg in used if timed(leg, [rows for _, rows in sheet]))
    return [_Ruled(rows, fit.rule_of(rows), shown, block.chunk.dates) for block, rows in sheet]


def _services(plan: Plan, ruled: Sequence[_Ruled]) -> Mapping[str, Service]:
    """Compile the calendars of the rules that hold for any row, for the years of those rows."""
    created = [values for each in ruled if (values := recorded(each.rows, STARTED)[each.rule >= 0]).size]
    if not created:
        return {}
    first, last = (moment_of(int(each)).date() for each in (min(map(np.min, created)), max(map(np.max, created))))
    held = {at for each in ruled for at in np.unique(each.rule).tolist() if at >= 0}
    names = sorted({plan.limit_rules[at].calendar for at in held})
    return {name: compile_calendar(plan.service_calendars[name], plan.zone, first, last + _AHEAD) for name in names}


def _limits(leg: Leg, rules: Sequence[LimitRule], services: Mapping[str, Service]) -> _Limits:
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
    return _Limits(
        leg,
        tuple(_Way(services[calendar], workdays, at_end) for calendar, workdays, at_end in ways),
        np.array(way_of, dtype=np.int64),
        _numbers(minutes),
        np.array(clocked, dtype=bool),
    )


def _numbers(values: Sequence[Fraction | None]) -> Numbers:
    """Put fractions into one exact column."""
    scale = lcm(*(each.denominator for each in values if each is not None))
    units = [0 if each is None else int(each * scale) for each in values]
    return Numbers(np.array(units, dtype=np.int64), scale, np.array([each is None for each in values], dtype=bool))


def _refuse_dates(rules: Sequence[LimitRule], limits: _Limits, ruled: Sequence[_Ruled], sheet: SheetRead) -> None:
    """Refuse columns of dates under limits that need times of day; raises ExportError."""
    leg = limits.leg
    if not leg.strict or leg.name not in ruled[0].timed:
        return
    name = dates_only(leg, [(each.rows, limits.clocked[each.rule]) for each in ruled])
    if name is None:
        return
    first = min(int(at) for each in ruled for at in np.unique(each.rule) if limits.clocked[at])
    limit = leg.limit(rules[first])
    heading = sheet.layout.heading_of.get(name, name)
    text, rule = limit.text if limit else "", rules[first].origin
    raise ExportError(message("limit_needs_times", sheet=sheet.label, heading=heading, limit=text, rule=rule))


def _limited(limits: Sequence[_Limits], ruled: _Ruled) -> Rows:
    """Add the computed columns to a block."""
    columns: dict[str, Column] = {"limit_rule": ruled.rule}
    for each in limits:
        leg = each.leg
        if leg.name in ruled.timed:
            due = _due(each, ruled)
            columns[f"{leg.name}_limit_at"] = due
            columns[f"{leg.name}_estimated"] = _doubtful(each, ruled, due)
            columns[f"{leg.name}_dated"] = _marked(each.clocked[ruled.rule] & _dated(ruled, leg))
            columns[f"{leg.name}_rested"] = _marked((_paused(leg, ruled.rows) > 0) & _rests(each, ruled))
        if leg.duration in ruled.rows.columns:
            minutes = each.minutes
            blank = minutes.blank[ruled.rule] | ~durations(leg, ruled.rows)
            columns[f"{leg.name}_limit_minutes"] = Numbers(minutes.units[ruled.rule], minutes.scale, blank)
    return replace(ruled.rows, columns={**ruled.rows.columns, **columns})


def _marked(rows: NDArray[np.bool_]) -> NDArray[np.int8]:
    return np.where(rows, np.int8(YES), np.int8(NO))


def _rests(limits: _Limits, ruled: _Ruled) -> NDArray[np.bool_]:
    """Tell which rows are judged on a calendar that does not always run."""
    found = np.zeros(len(ruled.rows), dtype=bool)
    for way, here in _ways(limits, ruled):
        found[here] = not way.service.calendar.always
    return found


def _due(limits: _Limits, ruled: _Ruled) -> NDArray[np.int64]:
    """Find the moment by which each row must stop; NAT where no rule limits it, or a duration stands for its stop."""
    rows, leg = ruled.rows, limits.leg
    created, paused, minutes = recorded(rows, STARTED), _paused(leg, rows), _micros(limits.minutes)[ruled.rule]
    due = np.full(len(rows), NAT)
    for way, here in _ways(limits, ruled):
        if way.workdays is None:
            due[here] = way.service.due(created[here], minutes[here] + paused[here])
        else:
            ends = way.service.due_workdays(created[here], way.workdays, at_end=way.at_end)
            due[here] = way.service.due(ends, paused[here])
    otherwise = rows.finished() & ~rows.filled(*leg.stops) & durations(leg, rows)
    return np.where(otherwise | (limits.clocked[ruled.rule] & _dated(ruled, leg)), NAT, due)


def _dated(ruled: _Ruled, leg: Leg) -> NDArray[np.bool_]:
    """Tell which rows say only the day of their creation or of their stop, beside others that say the time."""
    found = np.zeros(len(ruled.rows), dtype=bool)
    for name in (STARTED, *leg.stops):
        earlier = leg.stops[: leg.stops.index(name)] if name in leg.stops else ()
        if name in ruled.dates:
            found |= ruled.dates[name] & ~ruled.rows.filled(*earlier)
    return found


def _ways(limits: _Limits, ruled: _Ruled) -> Iterator[tuple[_Way, NDArray[np.intp]]]:
    """Go through the ways to find a due moment, each with the rows it is for."""
    way_of_row = limits.way[ruled.rule]
    for at, way in enumerate(limits.ways):
        here = np.flatnonzero(way_of_row == at)
        if len(here):
            yield way, here


def _paused(leg: Leg, rows: Rows) -> NDArray[np.int64]:
    """Get how long each row was paused; nobody knows of a pause that it came before the response."""
    column = rows.columns.get(PAUSED)
    if not leg.pauses or not isinstance(column, Numbers):
        return np.zeros(len(rows), dtype=np.int64)
    return np.where(column.blank, 0, np.clip(_micros(column), 0, _LONGEST_PAUSE))


def _micros(minutes: Numbers) -> NDArray[np.int64]:
    """Turn minutes into whole microseconds, what is left of one cut off."""
    common = gcd(_MINUTE, minutes.scale)
    factor, divisor = _MINUTE // common, minutes.scale // common
    if int(abs(minutes.units).max(initial=0)) * factor < _MOST:
        return minutes.units * factor // divisor
    exact = [min(units * factor // divisor, _MOST) for units in minutes.units.tolist()]
    return np.array(exact, dtype=np.int64)


def _doubtful(limits: _Limits, ruled: _Ruled, due: NDArray[np.int64]) -> NDArray[np.int8]:
    """Tell which rows are judged by a year whose official calendar is not known."""
    begin, end = recorded(ruled.rows, STARTED), judged_until(limits.leg, ruled.rows, due)
    doubtful = np.full(len(due), NO, dtype=np.int8)
    for way, here in _ways(limits, ruled):
        unknown = way.service.unofficial(begin[here], np.where(due[here] == NAT, NAT, np.maximum(begin, end)[here]))
        doubtful[here] = np.where(unknown, np.int8(YES), np.int8(NO))
    return doubtful
