"""Calendars: those that the expressions of a run name, compiled once for all of its rows."""

from collections.abc import Mapping, Sequence

from opskpi.documents import hash_of
from opskpi.indicators.moments import REAL_TIME
from opskpi.model.service import Calendar, Window
from opskpi.targets.plan import Plan
from opskpi.targets.service import fingerprint
from opskpi.worktime import Service, compile_calendar, official_days
from opskpi.worktime.official import Official

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
    found = {}
    for name, calendar in plan.service_calendars.items():
        decreed, zone = _decreed(plan, calendar), calendar.zone or plan.timezone
        found[name] = hash_of(fingerprint((calendar, zone, decreed.off, decreed.on, sorted(decreed.unknown))))
    return found


def calendar_records(plan: Plan) -> Mapping[str, Mapping[str, object]]:
    """Tell what each calendar comes to in the plan's years, as people read it: windows, and days that stand out."""
    return {name: _record(plan, calendar) for name, calendar in plan.service_calendars.items()}


def _record(plan: Plan, calendar: Calendar) -> Mapping[str, object]:
    decreed, zone = _decreed(plan, calendar), calendar.zone or plan.timezone
    if calendar.always:
        return {"zone": zone, "always": True}
    return {
        "zone": zone,
        "always": False,
        "country": calendar.country,
        "region": calendar.region,
        "hours": dict(zip(_WEEKDAYS, map(_clock_times, calendar.windows), strict=True)),
        "makeup_days": "work" if calendar.makeup_work else "off",
        "makeup_hours": _clock_times(calendar.makeup_windows),
        "days_off": [day.isoformat() for day in sorted(calendar.days_off)],
        "days_on": {day.isoformat(): _clock_times(each) for day, each in sorted(calendar.days_on.items())},
        "official_days_off": {day.isoformat(): decreed.names.get(day, "") for day in sorted(decreed.off)},
        "official_make_up_days": [day.isoformat() for day in sorted(decreed.on)],
        "years_not_official_yet": sorted(decreed.unknown),
    }


def _decreed(plan: Plan, calendar: Calendar) -> Official:
    return official_days(calendar.country, calendar.region, plan.span.start.year, plan.span.end.year)


def _clock_times(windows: Sequence[Window]) -> list[str]:
    """Write windows as plans do; an end past midnight is of the next day."""
    return [f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}" for begin, end in windows]
