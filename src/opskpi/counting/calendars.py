"""Calendars: those that the expressions of a run name, compiled once for all of its rows."""

from collections.abc import Mapping, Sequence

from opskpi.documents import hash_of
from opskpi.indicators.moments import REAL_TIME
from opskpi.model.service import Calendar
from opskpi.targets.plan import Plan
from opskpi.targets.service import fingerprint
from opskpi.worktime import Service, compile_calendar, official_days


def services(plan: Plan, chosen: Sequence[str]) -> Mapping[str, Service]:
    """Compile the calendars that some indicators measure time by, for the plan's years; none where none is named."""
    named = {calendar for name in chosen for calendar in plan.indicators[name].calendars}
    period = plan.whole_period
    real_time = Calendar(REAL_TIME, always=True)
    return {
        name: compile_calendar(plan.service_calendars.get(name, real_time), plan.zone, period.start, period.end)
        for name in sorted(named)
    }


def calendar_hashes(plan: Plan) -> Mapping[str, str]:
    """Hash what each calendar comes to in the plan's years: windows, days of its own, and those a country decreed."""
    span = plan.span
    found = {}
    for name, calendar in plan.service_calendars.items():
        decreed = official_days(calendar.country, calendar.region, span.start.year, span.end.year)
        zone = calendar.zone or plan.timezone
        found[name] = hash_of(fingerprint((calendar, zone, decreed.off, decreed.on, sorted(decreed.unknown))))
    return found
