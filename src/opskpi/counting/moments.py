"""The moment the state is judged at (design rule 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

import numpy as np

from opskpi.errors import SettingsError
from opskpi.intake.ledgers import Checked, Intake
from opskpi.model.periods import Period
from opskpi.tables.columns import NAT
from opskpi.tables.instants import microseconds, moment_of
from opskpi.wording import Message, message

#: The newest row may lie so many days before the period's end without a word.
_QUIET_DAYS = 7


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment itself, on the plan's wall clock, and what is worth saying about it."""

    as_of: datetime
    notes: tuple[Message, ...] = ()


def resolve_as_of(wanted: str | None, period: Period, today: date, zone: tzinfo, intake: Intake) -> Moment:
    """Find the moment: as wanted, else the period's end once that is past, else the newest event."""
    end = datetime.combine(period.after, time())
    if wanted is not None:
        return Moment(end if wanted.strip() == "end" else written_moment(wanted, zone))
    newest = _newest(intake, datetime.combine(today, time()) + timedelta(days=1))
    if period.end < today:
        return Moment(end, _stale(newest, end, intake))
    if newest is None:
        return Moment(min(end, datetime.combine(today, time())))
    return Moment(newest, (message("as_of_newest", moment=newest.isoformat(" ", "minutes")),))


def written_moment(text: str, zone: tzinfo) -> datetime:
    """Read a moment onto the plan's wall clock; raises SettingsError."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise SettingsError(message("as_of_unreadable", text=text)) from None


def _newest(intake: Intake, before: datetime) -> datetime | None:
    """Find the newest event in the accepted rows; what lies in the future is a slip."""
    limit = microseconds(before)
    found = [
        int(values[inside].max())
        for each, values in _columns(intake, "event")
        if (inside := each.accepted & (values != NAT) & (values < limit)).any()
    ]
    return moment_of(max(found)) if found else None


def _stale(newest: datetime | None, end: datetime, intake: Intake) -> tuple[Message, ...]:
    """Say how long before the period's end the newest event lies, and what fell due since."""
    if newest is None or end - newest <= timedelta(days=_QUIET_DAYS):
        return ()
    first, last = microseconds(newest), microseconds(end)
    due = sum(
        int((each.accepted & (values > first) & (values < last)).sum())
        for kind in ("due", "due_day")
        for each, values in _columns(intake, kind)
    )
    days = (end - newest).days
    return (message("newest_event", day=newest.date().isoformat(), days=days, due=due),)


def _columns(intake: Intake, kind: str) -> Sequence[tuple[Checked, np.ndarray]]:
    return [
        (each, values)
        for name, blocks in intake.tables.items()
        if name != "projects"
        for each in blocks
        for column, values in each.columns.items()
        if each.sheet.table.kinds[column].name == kind and isinstance(values, np.ndarray)
    ]
