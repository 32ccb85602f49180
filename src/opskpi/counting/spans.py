"""Spans: which days count for each project, those of the run's period or of a contract year of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.definitions import Window
from opskpi.intake.names import Projects
from opskpi.model.cards import Result
from opskpi.model.periods import Period, year_to_date
from opskpi.tables.instants import microseconds, moment_of
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message

_OPEN_START, _OPEN_END = np.iinfo(np.int64).min + 1, np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a run counts: its period, the plan's, and the moment it is judged at.

    `own` are contract years, by project; there are none where a part of the plan's period is asked for.
    """

    period: Period
    plan_period: Period
    as_of: datetime
    own: Mapping[str, Period] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """One project's period as the card names it, the days that count in it, when it is over, and whether it is."""

    period: Period
    days: Period
    over: datetime
    begun: bool
    ended: bool


def contract_years(plan: Plan, period: Period, projects: Projects) -> Mapping[str, Period]:
    """Find the projects that are judged over years of their own: only where all of the plan's period is."""
    whole = plan.whole_period
    if (period.start, period.end) != (whole.start, whole.end):
        return {}
    own = {projects.code(name): settings.own_period for name, settings in plan.projects.items()}
    return {projects.names[code]: year for code, year in own.items() if code >= 0 and year is not None}


def years_said(results: Sequence[Result], period: Period) -> list[Message]:
    """Say which projects are judged over years of their own, one line a year."""
    years: dict[str, dict[str, None]] = {}
    for result in results:
        if result.period != period.label:
            years.setdefault(result.period, {})[result.project] = None
    return [message("contract_years", period=year, projects=tuple(names)) for year, names in sorted(years.items())]


def spans(accumulate: str | None, projects: Sequence[str], occasion: Occasion) -> tuple[Span, ...]:
    """Find each project's span; a cumulative indicator counts from its year's start on."""
    common = _common(accumulate, occasion)
    as_of = occasion.as_of
    own = {name: _span(year, year, _end(year), as_of) for name, year in occasion.own.items()}
    return tuple(own.get(name, common) for name in projects)


def window(found: Sequence[Span], projects: Projects) -> Window:
    """Bound the moments that count: by the spans, and by each project's service dates inside its own."""
    if not found:
        return Window(0, 0)
    starts, ends = (np.array([microseconds(at(each.days)) for each in found]) for at in (_start, _end))
    known = [projects.known.get(name) for name in projects.names]
    if not any(each and (each.starts is not None or each.ends is not None) for each in known) and _one(found):
        return Window(int(starts[0]), int(ends[0]))
    opens = np.array([each.starts if each and each.starts is not None else _OPEN_START for each in known])
    closes = np.array([each.ends if each and each.ends is not None else _OPEN_END for each in known])
    served = np.maximum(starts, opens), np.minimum(ends, closes)
    return Window(int(starts.min()), int(ends.max()), *served, span_start=starts, span_end=ends)


def in_service(bounds: Window, project: int) -> bool:
    """Tell whether any moment of a project can count."""
    if bounds.service_start is None or bounds.service_end is None:
        return True
    return bool(bounds.service_start[project] < bounds.service_end[project])


@dataclass(frozen=True, slots=True)
class Served:
    """A period and the days of it that a project is served, the last before the first where there are none."""

    period: Period
    first: date
    last: date


def served(days: Period, bounds: Window, project: int) -> Served:
    """Find the days of a period that can count for a project."""
    if bounds.service_start is None or bounds.service_end is None:
        return Served(days, days.start, days.end)
    first, after = int(bounds.service_start[project]), int(bounds.service_end[project])
    return Served(days, max(days.start, moment_of(first).date()), min(days.end, moment_of(after - 1).date()))


def ended_of_rows(found: Sequence[bool], projects: NDArray[np.int32]) -> bool | NDArray[np.bool_]:
    """Tell of each row whether its project's period is over, by one word where all are alike."""
    if len(set(found)) == 1:
        return found[0]
    return np.array([*found, False])[projects]


def _one(found: Sequence[Span]) -> bool:
    return all(each.days == found[0].days for each in found)


def _common(accumulate: str | None, occasion: Occasion) -> Span:
    """Find the span of all projects without a year of their own."""
    period, whole = occasion.period, occasion.plan_period
    days, last = period, period.after
    if accumulate == "year":
        days = year_to_date(period, whole)
        last = whole.after if whole.holds(period) else date(period.end.year + 1, 1, 1)
    return _span(period, days, datetime.combine(last, time()), occasion.as_of)


def _span(period: Period, days: Period, over: datetime, as_of: datetime) -> Span:
    return Span(period, days, over, begun=as_of > _start(period), ended=as_of >= over)


def _start(period: Period) -> datetime:
    return datetime.combine(period.start, time())


def _end(period: Period) -> datetime:
    return datetime.combine(period.after, time())
