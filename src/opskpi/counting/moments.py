"""The moment the state is judged at (design rule 5)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from opskpi.errors import SettingsError
from opskpi.intake.ledgers import Intake
from opskpi.intake.signals import fell_silent, newest_event
from opskpi.model.periods import Period
from opskpi.wording import Message, message


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment itself, on the plan's wall clock, and what is worth saying about it.

    `newest` is the newest event where it lies well before the moment.
    """

    as_of: datetime
    notes: tuple[Message, ...] = ()
    newest: datetime | None = None


def resolve_as_of(wanted: str | None, period: Period, today: date, zone: tzinfo, intake: Intake) -> Moment:
    """Find the moment: as wanted, else the period's end once that is past, else the newest event.

    The period reaches to the end of the last contract year where projects are judged over their own.
    """
    end = datetime.combine(period.after, time())
    if wanted is not None:
        return Moment(end if wanted.strip() == "end" else written_moment(wanted, zone))
    newest = newest_event(intake, datetime.combine(today, time()) + timedelta(days=1))
    if period.end < today:
        silent = fell_silent(intake, newest[0], end) if newest else None
        return Moment(end, (silent[0],), newest[0]) if silent and newest else Moment(end)
    if newest is None:
        return Moment(min(end, datetime.combine(today, time())))
    return Moment(newest[0], (message("as_of_newest", moment=newest[0].isoformat(" ", "minutes")),))


def written_moment(text: str, zone: tzinfo) -> datetime:
    """Read a moment onto the plan's wall clock; raises SettingsError."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise SettingsError(message("as_of_unreadable", text=text)) from None
