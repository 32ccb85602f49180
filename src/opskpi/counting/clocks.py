"""Clocks: the calendars that the expressions of a run name, compiled once for all of its rows."""

from collections.abc import Mapping, Sequence

from opskpi.indicators.moments import REAL_TIME, calendar_of, clocked
from opskpi.model.service import Calendar
from opskpi.targets.plan import Plan
from opskpi.worktime import Service, compile_calendar


def services(plan: Plan, chosen: Sequence[str]) -> Mapping[str, Service]:
    """Compile the calendars that some indicators measure time by, for the plan's years; none where none is named."""
    named = {calendar_of(call) for name in chosen for node in plan.indicators[name].nodes for call in clocked(node)}
    period = plan.whole_period
    real_time = Calendar(REAL_TIME, always=True)
    return {
        name: compile_calendar(plan.service_calendars.get(name, real_time), plan.zone, period.start, period.end)
        for name in sorted(named)
    }
