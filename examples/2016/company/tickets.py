"""Tickets: a fate is decided for each, and its times are drawn to bring it about."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from company.kinds import (
    CHANGE,
    COMPLAINT,
    ENQUIRY,
    INCIDENT,
    PROBLEM,
    REQUEST,
    Fate,
    Kind,
)
from company.outcomes import Outcome
from company.projects import PETROCHEMICAL, PROJECTS, RAILWAY, TAX, Load, Project
from company.workdays import (
    AS_OF,
    DAY,
    EXPORTED,
    MINUTE,
    YEAR_START,
    draw_daytime,
    draw_moment,
)

RESOLVE_LIMITS: Final = {
    "P1": timedelta(hours=4),
    "P2": timedelta(hours=8),
    "P3": timedelta(hours=24),
    "P4": timedelta(hours=72),
}
RESPONSE_LIMITS: Final = {
    "P1": timedelta(minutes=15),
    "P2": timedelta(minutes=30),
    "P3": timedelta(hours=1),
    "P4": timedelta(hours=4),
}
LATENESS: Final = timedelta(hours=48)
# Shares of tickets that end on the minute they are due, are still open when the
# export is made, are closed without having been resolved, or are never closed.
ON_THE_MINUTE: Final = 0.02
STILL_OPEN: Final = 0.5
UNRESOLVED: Final = 0.03
UNCLOSED: Final = 0.03
# The numbering of 2015 had come this far when the export begins.
SERIALS_OF_2015: Final = {4: 1800, 3: 18}


@dataclass(frozen=True)
class Opening:
    """What fixes a ticket's limits: its priority and the moment it was created."""

    priority: str
    created: datetime


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One row of the ticket table, with what it is to count as."""

    project: Project
    kind: Kind
    priority: str
    state: str
    created: datetime
    responded: datetime | None
    resolved: datetime | None
    closed: datetime | None
    handler: str
    title: str
    outcome: Outcome
    number: str = ""
    spelling: str = ""
    created_text: str = ""

    @property
    def indicator(self) -> str:
        """Name the indicator that judges the ticket, if any."""
        return self.kind.indicator

    @property
    def stopped(self) -> datetime | None:
        """Give the moment the work ended."""
        return self.resolved or self.closed

    @property
    def response_due(self) -> datetime:
        """Give the moment a response was due by."""
        return self.created + RESPONSE_LIMITS[self.priority]

    @property
    def resolve_due(self) -> datetime:
        """Give the moment the end of the work was due by."""
        return self.created + RESOLVE_LIMITS[self.priority]


def make_tickets(rng: Random) -> tuple[Ticket, ...]:
    """Make the company's tickets, numbered in order of creation, flaws included."""
    drafts = [draw_ticket(rng, project, kind, fate) for project in PROJECTS for kind, fate in list_fates(project)]
    drafts += plant_tickets(rng)
    order = sorted(drafts, key=lambda ticket: ticket.created)
    numbered = tuple(number_tickets(order))
    return (*numbered, repeat_ticket(numbered))


def list_fates(project: Project) -> Iterator[tuple[Kind, Fate]]:
    """List the type and fate of each ticket a project is to have."""
    loads: tuple[tuple[Kind, Load], ...] = (
        (INCIDENT, project.incidents),
        (REQUEST, project.requests),
        (COMPLAINT, project.complaints),
        (CHANGE, project.changes),
        (PROBLEM, project.problems),
    )
    for kind, load in loads:
        for fate in Fate:
            for _ in range(getattr(load, fate)):
                yield kind, fate


def plant_tickets(rng: Random) -> Iterator[Ticket]:
    """Make the edge at the year's last moment and the two rows to be rejected."""
    last = Opening("P2", AS_OF - RESOLVE_LIMITS["P2"])
    yield draw_ticket(rng, PETROCHEMICAL, INCIDENT, Fate.RUNNING, last)
    yield draw_ticket(rng, TAX, ENQUIRY, Fate.IN_TIME)
    leap_day = Opening("P3", datetime(2016, 2, 29, 10, 15))
    misdated = draw_ticket(rng, TAX, INCIDENT, Fate.IN_TIME, leap_day)
    yield replace(misdated, created_text="2016-02-30 10:15", outcome="rejected")


def draw_ticket(
    rng: Random,
    project: Project,
    kind: Kind,
    fate: Fate,
    opening: Opening | None = None,
) -> Ticket:
    """Draw the times and words of one ticket so that it meets its fate."""
    opening = opening or draw_opening(rng, kind, fate)
    stopped = draw_stop(rng, fate, opening)
    state, resolved, closed = settle_state(rng, fate, stopped)
    ticket = Ticket(
        project=project,
        kind=kind,
        priority=opening.priority,
        state=state,
        created=opening.created,
        responded=None,
        resolved=resolved,
        closed=closed,
        handler=rng.choice(project.team),
        title=rng.choice(project.systems) + rng.choice(kind.subjects),
        outcome=kind.outcomes[fate],
    )
    return replace(ticket, responded=draw_response(rng, ticket))


def draw_opening(rng: Random, kind: Kind, fate: Fate) -> Opening:
    """Draw a priority, and a creation time that leaves room for the fate."""
    weights = kind.priorities
    priority = rng.choices(tuple(weights), tuple(weights.values()))[0]
    limit = RESOLVE_LIMITS[priority]
    first, last = {
        Fate.IN_TIME: (YEAR_START, AS_OF - limit),
        Fate.LATE: (YEAR_START, AS_OF - limit - LATENESS),
        Fate.OVERDUE: (AS_OF - DAY * 9, AS_OF - limit - MINUTE),
        Fate.RUNNING: (AS_OF - limit, AS_OF - MINUTE),
        Fate.CANCELLED: (YEAR_START, AS_OF - DAY * 5),
        Fate.BEFORE: (YEAR_START - DAY * 10, YEAR_START - MINUTE),
        Fate.AFTER: (AS_OF, EXPORTED - DAY),
    }[fate]
    return Opening(priority, draw_moment(rng, first=first, last=last))


def draw_stop(rng: Random, fate: Fate, opening: Opening) -> datetime | None:
    """Draw the moment the work ended, or none where it goes on."""
    created, limit = opening.created, RESOLVE_LIMITS[opening.priority]
    match fate:
        case Fate.IN_TIME if rng.random() < ON_THE_MINUTE:
            return created + limit
        case Fate.IN_TIME | Fate.CANCELLED:
            return draw_daytime(rng, start=created, span=limit)
        case Fate.LATE | Fate.BEFORE:
            return draw_daytime(rng, start=created + limit, span=LATENESS)
        case Fate.AFTER if rng.random() > STILL_OPEN:
            return draw_daytime(rng, start=created, span=DAY)
        case Fate.OVERDUE | Fate.RUNNING if rng.random() > STILL_OPEN:
            return draw_moment(rng, first=AS_OF + DAY / 4, last=EXPORTED - DAY / 4)
        case _:
            return None


def settle_state(rng: Random, fate: Fate, stopped: datetime | None) -> tuple[str, datetime | None, datetime | None]:
    """Give the state at the export, the time resolved and the time closed."""
    if fate is Fate.CANCELLED:
        return "已取消", None, stopped
    if stopped is None:
        return rng.choice(("新建", "处理中", "处理中", "挂起")), None, None
    if rng.random() < UNRESOLVED:
        return "已关闭", None, stopped
    closed = draw_daytime(rng, start=stopped, span=DAY * 3)
    if closed > EXPORTED or rng.random() < UNCLOSED:
        return "已解决", stopped, None
    return "已关闭", stopped, closed


def draw_response(rng: Random, ticket: Ticket) -> datetime | None:
    """Draw the moment of the first response, seldom after its limit."""
    if ticket.state == "新建":
        return None
    span = RESPONSE_LIMITS[ticket.priority] * 1.5
    responded = draw_daytime(rng, start=ticket.created, span=span)
    return min(responded, ticket.stopped or EXPORTED)


def number_tickets(tickets: list[Ticket]) -> Iterator[Ticket]:
    """Give numbers for each type and year, and write their projects' names."""
    serials: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for ticket in tickets:
        kind, project = ticket.kind, ticket.project
        series = f"{kind.prefix}{ticket.created.year}"
        serials[series] += 1
        serial = serials[series]
        if ticket.created < YEAR_START:
            serial += SERIALS_OF_2015[kind.width]
        spelling = project.spell(rows[project.name])
        rows[project.name] += 1
        number = f"{series}{serial:0{kind.width}}"
        yield replace(ticket, number=number, spelling=spelling)


def repeat_ticket(tickets: tuple[Ticket, ...]) -> Ticket:
    """Repeat one missed incident of the project that stands at exactly 90 %."""
    first = next(ticket for ticket in tickets if ticket.project is RAILWAY and ticket.outcome == "missed")
    return replace(first, outcome="duplicate")
