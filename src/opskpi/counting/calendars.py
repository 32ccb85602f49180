"""Calendars: those that the expressions of a run name, compiled once for all of its rows."""

from collections.abc import Mapping, Sequence

from opskpi.indicators.moments import REAL_TIME
from opskpi.model.service import Calendar
from opskpi.targets.plan import Plan
from opskpi.worktime import Service, compile_calendar


def services(plan: Plan, chosen: Sequence[str]) -> Mapping[str, Service]:
    """Compile the calendars that some indicators measure time by, for the plan's years; none where none is named."""
    named = {calendar for name in chosen for calendar in plan.indicators[name].calendars}
    period = plan.whole_period
    real_time = Calendar(REAL_TIME, always=True)
    return {
        name: compile_calendar(plan.service_calendars.get(name, real_time), plan.zone, period.start, period.end)
        for name in sorted(named)
    }
