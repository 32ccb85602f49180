"""Explanations: where a figure comes from, or where a row went, as values that any renderer can draw."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from opskpi.model.cards import PlanRecord, Reading, Result
from opskpi.model.diaries import Diary
from opskpi.model.periods import Period
from opskpi.model.places import Place
from opskpi.model.rules import Clause
from opskpi.wording import Message


@dataclass(frozen=True, slots=True)
class Step:
    """A step from the accepted rows to those that count: how many rows it takes away, and why.

    `part` is where, period, exclude, pending or counted.
    """

    part: str
    rows: int
    said: Message


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that decided about a row: its column, the export's heading, what it says, and where."""

    column: str
    heading: str
    said: Message
    place: Place


@dataclass(frozen=True, slots=True)
class Pause:
    """Time taken off a clock, in service time; nobody knows from when to when where only a total was recorded."""

    length: timedelta
    begin: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A row's clock worked out: the rule that fits, the days, what was paused, the moment it was due.

    The diary leads from the start to the due moment, or to the stop where that came first. `used` is the service from
    the start to the stop, or to `as_of` while the row is open; `over` is that past the due moment, `left` up to it.
    """

    leg: str
    rule: Message
    fits: Message
    calendar: str
    limit: str
    workdays: int | None
    start: datetime
    stop: datetime | None
    due: datetime
    pauses: tuple[Pause, ...]
    diary: Diary
    used: timedelta
    over: timedelta
    left: timedelta
    estimated: bool = False

    @property
    def paused(self) -> timedelta:
        """All pauses together."""
        return sum((each.length for each in self.pauses), timedelta())


@dataclass(frozen=True, slots=True)
class Ground:
    """What judged a row: the column (`what` in words), the basis of its judgement, what came of it, its cells.

    The outcome is empty where nothing was judged and the cells alone speak.
    `turns` is the moment after which a pending row is missed, where one is known.
    """

    judged: str
    what: Message
    basis: str | None
    outcome: str
    said: Message
    cells: tuple[Cell, ...]
    turns: datetime | None = None
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A row's part in an indicator: the bucket it is in (rule 2), why, and what judged it."""

    place: Place
    row_id: str
    bucket: str
    said: Message
    grounds: tuple[Ground, ...] = ()


@dataclass(frozen=True, slots=True)
class Portion:
    """What a term adds to a figure, or all of it where there are no terms.

    `term` is how the formula writes it, `rows` are listed by bucket, `differing` are rows another judgement would
    have judged the other way. What is measured of the period itself has no table and no rows.
    """

    term: str
    table: str
    rule: tuple[Clause, ...]
    reading: Reading
    unit: str
    steps: tuple[Step, ...] = ()
    rows: Mapping[str, tuple[Account, ...]] = field(default_factory=dict)
    differing: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True)
class FigureExplanation:
    """Where one project's figure comes from."""

    plan: PlanRecord
    period: Period
    as_of: datetime
    result: Result
    rule: tuple[Clause, ...]
    portions: tuple[Portion, ...]
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An indicator that a row was looked at for, and which of its terms where it has some."""

    indicator: str
    name: str
    verdict: str
    account: Account
    term: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """A row an auditor drew: what it says, what became of it, and its part in every indicator of its table.

    `called` is what its table is called. `fate` is accepted, rejected, duplicate or superseded; `faults` say why it was
    rejected, `others` are the rows with the same id.
    """

    place: Place
    row_id: str
    table: str
    called: Message
    project: str | None
    cells: tuple[Cell, ...]
    fate: str
    faults: tuple[Message, ...]
    others: tuple[Place, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class RowExplanation:
    """Where the rows of an id, or the row of a cell, went."""

    plan: PlanRecord
    period: Period
    as_of: datetime
    asked: str
    samples: tuple[Sample, ...]
    notes: tuple[Message, ...] = ()
