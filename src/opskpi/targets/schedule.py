"""`schedule:` in the plan: what every project owes each month, quarter, half-year or year, and by which day."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, field_validator, model_validator

from opskpi.documents import Mistake, with_nearest
from opskpi.errors import SettingsError
from opskpi.model.periods import parse_period
from opskpi.sources.forms import Words
from opskpi.tables import Registry, Table
from opskpi.tables.words import normal
from opskpi.targets.fields import Text, parse_text
from opskpi.wording import message

#: 5wd, 5wd after period_end, 期末后第5个工作日, 次月前5个工作日内; made alike and without blanks.
_WORKDAYS = re.compile(
    r"(?:期末后|次月|下月|月后)?(?:第|前)?([0-9]{1,3})(?:wd|个?工作日)(?:内|前)?(?:afterperiod_?end)?"
)
#: day 10, 10日, 次月10日前: a day of the month after the period.
_DAY = re.compile(r"(?:次月|下月|每月|day)([0-9]{1,2})[日号]?前?|([0-9]{1,2})[日号]前?")
_PERIOD_END = frozenset({"period_end", "periodend", "期末", "周期末"})
_GRACE = re.compile(r"([0-9]{1,3})(?:wd|个?工作日)")
_MOST_DAYS = 31
#: Kinds of columns that can say what a row answers.
_SAYING = frozenset({"text", "id", "word"})


@dataclass(frozen=True, slots=True)
class DueDay:
    """When a period's row is due: so many working days after its end, a day of the month after it, or its last day."""

    workdays: int | None = None
    day: int | None = None


def parse_due(value: object) -> DueDay:
    """Read a due day; raises Mistake, for a bare number of days with what it could mean."""
    text = parse_text(value)
    written = normal(text)
    if written in _PERIOD_END:
        return DueDay()
    if found := _WORKDAYS.fullmatch(written):
        if int(found[1]):
            return DueDay(workdays=int(found[1]))
    elif (found := _DAY.fullmatch(written)) and 1 <= int(found[1] or found[2]) <= _MOST_DAYS:
        return DueDay(day=int(found[1] or found[2]))
    raise Mistake(message("due_unreadable", text=text))


def parse_grace(value: object) -> int:
    """Read how many working days later still counts as in time; raises Mistake."""
    found = _GRACE.fullmatch(normal(parse_text(value)))
    if not found:
        raise Mistake(message("grace_unreadable", text=str(value)))
    return int(found[1])


class ScheduleSettings(BaseModel):
    """One line of the schedule: a row of a table that is owed for every period, told from others by what it says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: Text
    every: Literal["month", "quarter", "half", "year"]
    due: Annotated[DueDay, PlainValidator(parse_due)]
    grace: Annotated[int, PlainValidator(parse_grace)] = 0
    calendar: Text | None = None
    project: Words = ()
    match: dict[str, Words] = Field(default_factory=dict)
    since: Text | None = None

    @field_validator("since")
    @classmethod
    def _since(cls, text: str | None) -> str | None:
        try:
            return None if text is None else parse_period(text).label
        except SettingsError as error:
            raise Mistake(error.messages[0]) from None

    @model_validator(mode="after")
    def _working_days(self) -> "ScheduleSettings":
        if self.calendar is None and (self.due.workdays is not None or self.grace):
            raise Mistake(message("schedule_needs_calendar"))
        return self

    def said(self, table: Table) -> Mapping[str, str]:
        """Give what a row of it says, a word for each column."""
        return {column: canonical(table, column, words)[0] for column, words in self.match.items()}


def canonical(table: Table, column: str, words: Sequence[str]) -> tuple[str, ...]:
    """Turn words, of a vocabulary in either language, into those of the table."""
    known = table.kinds[column].words
    found = {normal(spelling): word for word, chinese in known.items() for spelling in (word, chinese)}
    return tuple(found.get(normal(word), word) for word in words)


def check_schedule(
    lines: Sequence[ScheduleSettings], tables: Registry, calendars: Mapping[str, object] | None
) -> Iterator[Mistake]:
    """Find lines for tables that cannot be scheduled, and words nobody knows (calendars None: unknown)."""
    able = tuple(name for name, table in tables.items() if table.period and table.due)
    for at, line in enumerate(lines):
        if line.calendar is not None and calendars is not None and line.calendar not in calendars:
            yield Mistake(with_nearest("unknown_calendar", line.calendar, tuple(calendars)), path=(at, "calendar"))
        if line.table not in able:
            key = "not_scheduled" if line.table in tables else "unknown_table"
            yield Mistake(with_nearest(key, line.table, able), path=(at, "table"))
            continue
        for mistake in _strange(line, tables[line.table]):
            yield Mistake(mistake.sentence, path=(at, "match", *mistake.path))


def _strange(line: ScheduleSettings, table: Table) -> Iterator[Mistake]:
    columns = tuple(name for name, kind in table.kinds.items() if kind.name in _SAYING)
    for column, words in line.match.items():
        if column not in columns:
            yield Mistake(with_nearest("no_such_column", column, columns, part="match"), path=(column, ""))
            continue
        kind = table.kinds[column]
        for word in canonical(table, column, words) if kind.name == "word" else ():
            if word not in kind.words:
                yield Mistake(with_nearest("not_in_vocabulary", word, tuple(kind.words.values())), path=(column,))
