"""Figures: each indicator read over the settled rows, with the circumstances of each project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.evidence import Behind, differing, misses
from opskpi.counting.limits import with_limits
from opskpi.counting.nil import NilReturns
from opskpi.counting.standing import Standing
from opskpi.counting.waivers import covering
from opskpi.errors import ImbalanceError, SettingsError
from opskpi.indicators.columns import Clock, Rows, State
from opskpi.indicators.readings import Readings, Spread, Window, read
from opskpi.indicators.syntax import Name
from opskpi.intake.ledgers import Checked, Intake
from opskpi.model.cards import Result
from opskpi.model.goals import held, turns
from opskpi.model.periods import MONTHS, Period, year_to_date
from opskpi.scorecard import Circumstances, Standard, judge, waive
from opskpi.tables.instants import microseconds
from opskpi.targets.indicator import Indicator
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message

#: How many rows that two judgements differ on are named.
_FIRST = 5
#: What a finished row without a response time is, by what the plan states.
_UNANSWERED = {"miss": State.UNANSWERED, "exclude": State.NO_RESPONSE}
_OPEN_START, _OPEN_END = np.iinfo(np.int64).min + 1, np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a run counts: its period, the plan's, and the moment it is judged at."""

    period: Period
    plan_period: Period
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """All that a run's figures depend on; `kept` shares the rows of a table among its indicators.

    `standings` say what the plan has for each project, `chosen` are the indicators that are counted,
    `said` is what reading the rows had to say, by table.
    """

    plan: Plan
    intake: Intake
    occasion: Occasion
    nil: NilReturns
    details: int
    spread: Spread
    standings: Mapping[str, Standing]
    chosen: tuple[str, ...] = ()
    kept: dict[tuple[str, bool], list[Rows]] = field(default_factory=dict)
    said: dict[str, tuple[Message, ...]] = field(default_factory=dict)

    def rows(self, table: str, *, ended: bool) -> list[Rows]:
        """Get a table's rows as the indicator language sees them."""
        if (table, ended) in self.kept:
            return self.kept[table, ended]
        clock = Clock(microseconds(self.occasion.as_of), period_ended=ended)
        if (table, not ended) in self.kept:
            rows = [replace(each, clock=clock, kept={}) for each in self.kept[table, not ended]]
        else:
            rows, self.said[table] = self._limited(table, clock)
        self.kept[table, ended] = rows
        return rows

    def _limited(self, table: str, clock: Clock) -> tuple[list[Rows], tuple[Message, ...]]:
        """Make the rows of a table's blocks, with what the plan's limits say of each."""
        blocks = self.intake.tables.get(table, ())
        unanswered = _UNANSWERED.get(self.plan.missing_response or "")
        rows = [
            Rows(each.sheet.table, each.columns, each.projects, each.accepted, clock, unanswered) for each in blocks
        ]
        return with_limits(self.plan, self.chosen, blocks, rows, self.intake.projects, self.spread)

    @property
    def notes(self) -> tuple[Message, ...]:
        """What a reader must know of the rows that were counted."""
        return tuple(note for said in self.said.values() for note in said)


def figures(name: str, case: Case) -> tuple[Standard, tuple[Result, ...]]:
    """Read and judge one indicator for every project."""
    indicator, intake, period = case.plan.indicators[name], case.intake, case.occasion.period
    blocks = intake.tables.get(indicator.table, ())
    standard = _standard(name, indicator, _scale(indicator, blocks))
    window = _window(indicator, intake, case.occasion)
    ended = _ended(indicator, case.occasion)
    nobody = np.zeros(len(intake.projects.names), dtype=np.int64)
    rejected = intake.rejected.get(indicator.table, nobody).tolist()
    rows = case.rows(indicator.table, ended=ended)
    readings = read(indicator.definition, rows, window, rejected, case.spread)
    behind = Behind(readings, blocks, rows, case.plan.limit_rules)
    _balanced(name, readings, intake.accepted.get(indicator.table, nobody), intake)
    on_card, seen = intake.on_card, intake.seen
    results: list[Result] = []
    for code, (project, reading) in enumerate(zip(intake.projects.names, readings.by_project, strict=True)):
        if project not in on_card:
            continue
        circumstances = Circumstances(
            period=period.label,
            begun=case.occasion.as_of > datetime.combine(period.start, time()),
            ended=ended,
            counted_now=_counted_now(indicator, period),
            in_service=_in_service(window, code),
            handed_in=readings.in_period > 0,
            found=readings.found > 0,
            seen=bool(seen[code]),
            nil=case.nil.covers(name, code),
        )
        standing = case.standings[project]
        goals = standing.goals[name]
        result = judge(project, standard, reading, held(goals, period.start), circumstances)
        result = waive(result, covering(standing.waivers, name, period))
        result = replace(result, turns=turns(goals, period))
        results.append(_with_rows(result, behind, code, case.details))
    return standard, tuple(results)


def _standard(name: str, indicator: Indicator, scale: tuple[Fraction, Fraction] | None) -> Standard:
    value = indicator.definition.value
    return Standard(
        indicator=name,
        name=indicator.name,
        short=indicator.display,
        owner=indicator.owner,
        function=value.function,
        unit=value.unit,
        rule_sha256=indicator.rule_sha256,
        empty=indicator.empty,
        min_rows=indicator.min_rows,
        scale=scale,
        cumulative=indicator.accumulate is not None,
        process_owner=indicator.process_owner,
    )


def _scale(indicator: Indicator, blocks: Sequence[Checked]) -> tuple[Fraction, Fraction] | None:
    """Find the scale of a score; raises SettingsError where plan and source differ (rule 11)."""
    argument = indicator.definition.value.argument
    if not isinstance(argument, Name):
        return None
    kind = indicator.definition.table.kinds.get(argument.name)
    if kind is None or kind.name != "score":
        return indicator.score_scale
    for block in blocks:
        source = block.sheet.layout.form.scale
        if indicator.scale and argument.name in block.columns and block.sheet.rules.scale != indicator.score_scale:
            raise SettingsError(
                message(
                    "scales_differ",
                    indicator=indicator.name,
                    wanted=indicator.scale,
                    sheet=block.sheet.label,
                    found=source or message("no_scale"),
                )
            )
    scales = {block.sheet.rules.scale for block in blocks if argument.name in block.columns}
    return scales.pop() if len(scales) == 1 else indicator.score_scale


def _window(indicator: Indicator, intake: Intake, occasion: Occasion) -> Window:
    """Find the days that count, cumulative indicators from the year's start on."""
    period = occasion.period
    if indicator.accumulate == "year":
        period = year_to_date(period, occasion.plan_period)
    start = microseconds(datetime.combine(period.start, time()))
    end = microseconds(datetime.combine(period.after, time()))
    known = [intake.projects.known.get(name) for name in intake.projects.names]
    if not any(each and (each.starts is not None or each.ends is not None) for each in known):
        return Window(start, end)
    return Window(
        start,
        end,
        np.array([each.starts if each and each.starts is not None else _OPEN_START for each in known]),
        np.array([each.ends if each and each.ends is not None else _OPEN_END for each in known]),
    )


def _in_service(window: Window, project: int) -> bool:
    if window.service_start is None or window.service_end is None:
        return True
    return bool(window.service_start[project] < window.end and window.service_end[project] > window.start)


def _ended(indicator: Indicator, occasion: Occasion) -> bool:
    """Tell whether the period is over, or the year where the indicator accumulates."""
    last = occasion.period.after
    if indicator.accumulate == "year":
        whole = occasion.plan_period
        last = whole.after if whole.holds(occasion.period) else date(occasion.period.end.year + 1, 1, 1)
    return occasion.as_of >= datetime.combine(last, time())


def _counted_now(indicator: Indicator, period: Period) -> bool:
    """Tell whether the period is as long as the indicator's frequency asks."""
    if indicator.frequency is None:
        return True
    return period.months >= MONTHS[indicator.frequency] or period.months == 0


def _balanced(name: str, readings: Readings, accepted: NDArray[np.int64], intake: Intake) -> None:
    """Check the indicator's ledger for each project: every accepted row is in one bucket."""
    pairs = zip(intake.projects.names, readings.by_project, accepted.tolist(), strict=True)
    for project, reading, rows in pairs:
        if reading.accepted != rows:
            raise ImbalanceError(message("ledger_unbalanced", what=f"{project} × {name}"))


def _with_rows(result: Result, behind: Behind, project: int, details: int) -> Result:
    """Add the rows behind a result: what was missed, and where two judgements differ."""
    if details and result.reading.missed:
        result = replace(result, misses=misses(behind, project, details))
    if result.reading.disagreeing:
        result = replace(result, differing=differing(behind, project, _FIRST))
    return result
