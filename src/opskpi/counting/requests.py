"""What a run is asked for, and the period that it means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, tzinfo
from fractions import Fraction
from typing import TypeGuard

from opskpi.counting.moments import written_moment
from opskpi.exports.finding import Found
from opskpi.exports.opening import Contents
from opskpi.model.evidence import Evidence
from opskpi.model.periods import Period, parse_period
from opskpi.targets.plan import Plan


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for; `today` stands for the wall clock.

    `details` is how many missed rows of each result are told, `evidence` asks for all rows of each indicator, `rows` is
    the most rows that are kept for later runs to compare, none where it is 0.
    `listing` is given all rows of one indicator after the other. `mappings` are sources at hand, by name.
    """

    exports: Sequence[str | Found]
    today: date
    sources: Sequence[str] = ()
    period: str | None = None
    by: str | None = None
    as_of: str | None = None
    nil: Sequence[str] = ()
    projects: Sequence[str] = ()
    indicators: Sequence[str] = ()
    owners: Sequence[str] = ()
    max_rejected: Fraction = Fraction(5)
    details: int = 0
    evidence: bool = False
    rows: int = 0
    encoding: str | None = None
    accept_formulas: bool = False
    hide: Sequence[str] = ()
    contents: Contents | None = None
    mappings: Mapping[str, bytes] = field(default_factory=dict)
    listing: Callable[[Evidence], None] | None = None


def known_period(request: Request, plan: Plan | None) -> Period | None:
    """Find the period, where a plan or the command line names one."""
    if plan is None:
        return parse_period(request.period, today=_today(request, UTC)) if request.period else None
    return period_of(request, plan)


def period_of(request: Request, plan: Plan) -> Period:
    """Find the period that is asked for, the plan's where none is."""
    today, whole = _today(request, plan.zone), plan.whole_period
    return parse_period(request.period, today=today, first_month=whole.first_month) if request.period else whole


def _today(request: Request, zone: tzinfo) -> date:
    """Find the day that `last-month` and the like count back from: of `as_of` where it is given, else the clock's."""
    return written_moment(request.as_of, zone).date() if is_moment(request.as_of) else request.today


def is_moment(as_of: str | None) -> TypeGuard[str]:
    """Tell whether a moment is written down, not the end of the period."""
    return as_of is not None and as_of.strip() != "end"
