"""Service times as the plan says them: when the clock runs, and how long it may."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from opskpi.wording import Message, message

#: A window of a day in minutes from its midnight; the end may lie beyond the next midnight (22:00-06:00 is 1320, 1800).
Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a service runs: windows by weekday (Monday first), or always.

    With a `country` its public holidays are off, and its make-up workdays are on with the
    windows of `makeup_windows` unless `makeup_work` is False. `days_off` and `days_on` are a company's own
    and come before all others. `zone` is where the windows hang (the plan's zone where None).
    """

    name: str
    always: bool = False
    windows: tuple[tuple[Window, ...], ...] = ((),) * 7
    country: str | None = None
    region: str | None = None
    zone: str | None = None
    makeup_work: bool = True
    makeup_windows: tuple[Window, ...] = ()
    days_off: frozenset[date] = frozenset()
    days_on: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take: minutes of service time, or working days.

    `workdays` is None for minutes. A number of working days ends with the last window of the n-th working
    day after the start's own (`at_end`), or at the same time of day on it.
    """

    minutes: Fraction = Fraction(0)
    workdays: int | None = None
    at_end: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class LimitRule:
    """One limit rule: the rows it fits (None fits all), when their clock starts, and the limits of its legs.

    `line` is its place in the plan's `sla:`, from 1; or, with a `sheet`, its row in that table of limits. `at` is the
    plan's file and line where it stands.
    """

    calendar: str
    types: frozenset[str] | None = None
    priorities: frozenset[str] | None = None
    projects: frozenset[str] | None = None
    respond: Limit | None = None
    resolve: Limit | None = None
    from_assignment: bool = False
    line: int = 0
    sheet: str = ""
    at: str = ""

    @property
    def origin(self) -> Message:
        """Say where it stands."""
        return (
            message("rule_in_table", sheet=self.sheet, row=self.line)
            if self.sheet
            else message("rule_in_plan", number=self.line)
        )
