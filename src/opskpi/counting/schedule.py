"""Due rows from the plan's schedule: what every project owes for each period, so that what never came counts.

Rows of the exports answer what is owed by project, by what they say and by the period they name, and are due
when the schedule says. What nobody answered becomes a row of its own, whose place is the plan.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from opskpi.intake.ledgers import Checked, Intake
from opskpi.intake.sheets import SheetRead
from opskpi.model.periods import MONTHS, Period, parse_period, split
from opskpi.tables import Table
from opskpi.tables.check import Chunk
from opskpi.tables.columns import NAT, Column, Texts, Words, texts_of
from opskpi.tables.declared import PROJECT
from opskpi.tables.instants import DAY, microseconds, moment_of
from opskpi.tables.periods import read_period
from opskpi.targets.plan import Plan
from opskpi.targets.schedule import DueDay, ScheduleSettings, canonical
from opskpi.wording import Message, language_of, message
from opskpi.worktime import Service, compile_calendar

#: How many rows that answer nothing are named.
_FEW_PLACES = 5
_LAST_MONTH = 12


@dataclass(slots=True)
class _Owed:
    """A line of the schedule by project and period: the due moment (NAT: nothing is owed) and how many rows answer."""

    line: ScheduleSettings
    periods: tuple[Period, ...]
    due: NDArray[np.int64]
    counted: NDArray[np.bool_]
    answers: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no answers."""
        self.answers = np.zeros(self.due.shape, dtype=np.int64)


def with_due_rows(plan: Plan, intake: Intake, period: Period) -> tuple[Intake, tuple[Message, ...]]:
    """Add what is owed and was never delivered, to tables that were handed in, and tell what answers nothing."""
    notes: list[Message] = []
    for name in dict.fromkeys(line.table for line in plan.schedule):
        if any(sheet.table.name == name for sheet in intake.sheets):
            owed = [_owed(plan, line, intake, period, notes) for line in plan.schedule if line.table == name]
            intake = _scheduled(plan, intake, plan.registry[name], owed, notes)
    return intake, tuple(note for at, note in enumerate(notes) if note not in notes[:at])


def _owed(plan: Plan, line: ScheduleSettings, intake: Intake, period: Period, notes: list[Message]) -> _Owed:
    """Lay out what a line asks of every project for every period; what falls due in the plan's time is counted."""
    first, last = min(plan.span.start, period.start), max(plan.span.end, period.end)
    periods = _periods(line, first, last, plan.whole_period.first_month)
    ends = np.array([_start(each.end) for each in periods], dtype=np.int64)
    due = _due_days(plan, line, ends, notes)
    asked = _asked(plan, line, intake)
    served = [_served(intake, code, periods) for code in range(len(intake.projects.names))]
    owed = np.stack(served) & asked[:, None] if served else np.zeros((0, len(periods)), dtype=bool)
    counted = owed & (due >= _start(first)) & (due < _start(last + timedelta(days=1)))
    return _Owed(line, periods, np.where(owed, due, NAT), counted)


def _periods(line: ScheduleSettings, first: date, last: date, first_month: int) -> tuple[Period, ...]:
    """List the whole periods around some days, from the first that is owed on."""
    start, end = date(first.year - 1, first_month, 1), date(last.year + 1, _LAST_MONTH, 31)
    periods = split(Period("", start, end), line.every, first_month)
    since = parse_period(line.since).start if line.since else date.min
    whole = MONTHS[line.every]
    return tuple(each for each in periods if each.start >= since and _months(each) == whole)


def _months(period: Period) -> int:
    """Count a period's own months, whatever it was cut from."""
    return replace(period, cut_from=0).months


def _due_days(plan: Plan, line: ScheduleSettings, ends: NDArray[np.int64], notes: list[Message]) -> NDArray[np.int64]:
    """Find the last moment of each period's due day, grace included."""
    workdays = (line.due.workdays or 0) + line.grace
    start = ends if line.due.day is None else np.array([_day_after(end, line.due) for end in ends.tolist()])
    if not workdays or not len(start):
        return np.asarray(start + DAY - 1, dtype=np.int64)
    service = _service(plan, str(line.calendar), start)
    closes = service.due_workdays(start, workdays, at_end=True)
    if (doubted := service.unofficial(start, closes)).any():
        years = sorted({moment_of(int(each)).year for each in closes[doubted]})
        notes.append(message("schedule_estimated", years=tuple(map(str, years))))
    return np.asarray((closes - 1) // DAY * DAY + DAY - 1, dtype=np.int64)


def _service(plan: Plan, calendar: str, start: NDArray[np.int64]) -> Service:
    first, last = (moment_of(int(each)).date() for each in (start.min(), start.max()))
    return compile_calendar(plan.service_calendars[calendar], plan.zone, first, last)


def _day_after(end: int, due: DueDay) -> int:
    """Find the day of the month after a period's end; the 31st of a shorter month is its last."""
    month = moment_of(end).date() + timedelta(days=1)
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return _start(min(month + timedelta(days=(due.day or 1) - 1), following - timedelta(days=1)))


def _start(day: date) -> int:
    return microseconds(datetime.combine(day, time()))


def _asked(plan: Plan, line: ScheduleSettings, intake: Intake) -> NDArray[np.bool_]:
    """Tell which projects a line is for: those it names, else all on the card that are no table's own."""
    projects = intake.projects
    own = plan.tables[line.table].constants.get(PROJECT) if line.table in plan.tables else None
    named = line.project or ((own,) if own else ())
    if named:
        wanted = {projects.code(name) for name in named}
    else:
        aside = {projects.code(each.constants[PROJECT]) for each in plan.tables.values() if PROJECT in each.constants}
        aside -= {projects.code(name) for name in plan.projects}
        wanted = {projects.code(name) for name in intake.on_card} - aside
    return np.array([code in wanted for code in range(len(projects.names))], dtype=bool)


def _served(intake: Intake, project: int, periods: Sequence[Period]) -> NDArray[np.bool_]:
    """Tell in which periods a project is served, if only for a day."""
    known = intake.projects.known.get(intake.projects.names[project])
    starts, ends = (known.starts, known.ends) if known else (None, None)
    return np.array(
        [
            (starts is None or starts < _start(each.after)) and (ends is None or ends > _start(each.start))
            for each in periods
        ],
        dtype=bool,
    )


def _scheduled(plan: Plan, intake: Intake, table: Table, owed: Sequence[_Owed], notes: list[Message]) -> Intake:
    """Give the rows of a table the due moments they answer, and add those that nobody answered."""
    year = plan.whole_period.label if plan.whole_period.label.isdecimal() else ""
    blocks = [_answering(block, table, owed, year) for block in intake.tables.get(table.name, ())]
    notes += _strangers(table, blocks)
    if several := sum(int((each.answers > 1).sum()) for each in owed):
        notes.append(message("schedule_several", table=table.said, count=several))
    if moved := sum(each.moved for each in blocks):
        notes.append(message("schedule_moved", table=table.said, count=moved))
    sheet = next(sheet for sheet in intake.sheets if sheet.table.name == table.name)
    language = plan.language or language_of(plan.plan)
    added = [_missing(each, table, sheet, language) for each in owed]
    counts = sum((np.bincount(each.projects, minlength=len(intake.projects.names)) for each in added), 0)
    accepted = intake.accepted.get(table.name, np.zeros(len(intake.projects.names), dtype=np.int64))
    return replace(
        intake,
        tables={**intake.tables, table.name: (*(each.block for each in blocks), *added)},
        accepted={**intake.accepted, table.name: accepted + counts},
        owed={**intake.owed, table.name: np.asarray(counts, dtype=np.int64)},
    )


@dataclass(frozen=True, slots=True)
class _Answered:
    """A block whose rows have the schedule's due moments; how many had others, and which rows answer nothing."""

    block: Checked
    moved: int
    strange: NDArray[np.intp]


def _answering(block: Checked, table: Table, owed: Sequence[_Owed], year: str) -> _Answered:
    """Match the rows of a block to what is owed; each answers the first line that it fits."""
    count = len(block.projects)
    due, open_rows = np.full(count, NAT), block.accepted & (block.projects >= 0)
    for each in owed:
        place = _places(block.columns.get(str(table.period)), each.periods, year, count)
        fits = open_rows & (place >= 0)
        for column, words in each.line.match.items():
            fits &= _says(block.columns.get(column), canonical(table, column, words), count)
        rows = np.flatnonzero(fits)
        moments = each.due[block.projects[rows], place[rows]]
        rows, moments = rows[moments != NAT], moments[moments != NAT]
        due[rows] = moments
        np.add.at(each.answers, (block.projects[rows], place[rows]), 1)
        open_rows[rows] = False
    answered = due != NAT
    own = block.columns.get(str(table.due))
    before = own if isinstance(own, np.ndarray) else np.full(count, NAT)
    moved = answered & (before != NAT) & (before != due)
    columns = {**block.columns, str(table.due): np.where(answered, due, before)}
    scheduled = replace(block, chunk=replace(block.chunk, columns=columns), scheduled=answered)
    return _Answered(scheduled, int(moved.sum()), np.flatnonzero(block.accepted & ~answered))


def _places(column: Column | None, periods: Sequence[Period], year: str, count: int) -> NDArray[np.intp]:
    """Find the place of each row's period among some; -1 is none of them."""
    if column is None:
        return np.full(count, -1, dtype=np.intp)
    texts = column if isinstance(column, Texts) else texts_of(column)
    at = {(each.start, each.end): place for place, each in enumerate(periods)}
    found = [read_period(word) or (read_period(f"{year}年{word}") if year else None) for word in texts.words]
    places = [-1 if each is None else at.get((each.start, each.end), -1) for each in found]
    return np.array([*places, -1], dtype=np.intp)[texts.codes]


def _says(column: Column | None, words: Iterable[str], count: int) -> NDArray[np.bool_]:
    if column is None:
        return np.zeros(count, dtype=bool)
    texts = column if isinstance(column, Texts | Words) else texts_of(column)
    wanted = frozenset(words)
    return np.array([*(word in wanted for word in texts.words), False])[texts.codes]


def _strangers(table: Table, blocks: Sequence[_Answered]) -> Iterator[Message]:
    """Say which rows of the exports answer nothing that is owed; they count as the rows they are."""
    count = sum(len(each.strange) for each in blocks)
    if count:
        places = [str(each.block.place(row)) for each in blocks for row in each.strange[:_FEW_PLACES].tolist()]
        yield message("schedule_unmatched", table=table.said, count=count, places=tuple(places[:_FEW_PLACES]))


def _missing(owed: _Owed, table: Table, sheet: SheetRead, language: str) -> Checked:
    """Make the rows that nobody answered, in the order of projects and periods."""
    projects, periods = np.nonzero(owed.counted & (owed.answers == 0))
    count, said = len(projects), owed.line.said(table)
    what = message("schedule_what", words=tuple(said.values())) if said else table.said
    labels = [each.label for each in owed.periods]
    columns: dict[str, Column] = {
        str(table.due): owed.due[projects, periods],
        str(table.period): Texts(periods.astype(np.int32), labels),
        **{column: _all(word, table, column, count) for column, word in said.items()},
    }
    places = tuple(message("schedule_place", period=labels[at], what=what).text(language) for at in periods.tolist())
    chunk = Chunk(np.zeros(count, dtype=np.int32), columns, (), np.zeros(0, dtype=np.intp), {})
    standing = np.zeros(count, dtype=np.int8)
    every = np.ones(count, dtype=bool)
    return Checked(sheet, chunk, projects.astype(np.int32), every, standing, places, scheduled=every)


def _all(word: str, table: Table, column: str, count: int) -> Column:
    """Make a column that says the same in every row."""
    kind: Mapping[str, str] = table.kinds[column].words
    if kind:
        return Words(np.full(count, list(kind).index(word), dtype=np.int8), tuple(kind))
    return Texts(np.zeros(count, dtype=np.int32), [word])
