"""Figures: each indicator read over the settled rows, with the circumstances of each project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.causes import causes
from opskpi.counting.evidence import Behind, differing, misses
from opskpi.counting.limits import Limited, with_limits
from opskpi.counting.nil import NilReturns
from opskpi.counting.spans import Occasion, Span, ended_of_rows, in_service, spans, window
from opskpi.counting.standing import Standing
from opskpi.counting.waivers import covering
from opskpi.errors import ImbalanceError, SettingsError
from opskpi.indicators.columns import Clock, Rows, State
from opskpi.indicators.readings import Readings, Spread, Window, read
from opskpi.indicators.syntax import Name
from opskpi.intake.ledgers import Checked, Intake
from opskpi.model.cards import Result
from opskpi.model.goals import held, turns
from opskpi.model.periods import MONTHS, Period
from opskpi.scorecard import Circumstances, Standard, judge, waive
from opskpi.tables import Table
from opskpi.tables.instants import microseconds
from opskpi.targets.indicator import Indicator
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message

#: How many rows that two judgements differ on are named.
_FIRST = 5
#: What a finished row without a response time is, by what the plan states.
_UNANSWERED = {"miss": State.UNANSWERED, "exclude": State.NO_RESPONSE}


@dataclass(frozen=True, slots=True)
class Case:
    """All that a run's figures depend on; `kept` shares the rows of a table among its indicators.

    `standings` say what the plan has for each project, `chosen` are the indicators that are counted,
    `limited` is what the plan's limits say of the rows, by table.
    """

    plan: Plan
    intake: Intake
    occasion: Occasion
    nil: NilReturns
    details: int
    spread: Spread
    standings: Mapping[str, Standing]
    chosen: tuple[str, ...] = ()
    kept: dict[tuple[str, tuple[bool, ...]], list[Rows]] = field(default_factory=dict)
    limited: dict[str, Limited] = field(default_factory=dict)

    def rows(self, table: str, ended: tuple[bool, ...]) -> list[Rows]:
        """Get a table's rows as the indicator language sees them; `ended` tells of each project's period."""
        if (table, ended) in self.kept:
            return self.kept[table, ended]
        rows = next((rows for (name, _), rows in self.kept.items() if name == table), None)
        if rows is None:
            self.limited[table] = self._limited(table, ended)
            rows = list(self.limited[table].rows)
        else:
            rows = [replace(each, clock=self._clock(ended, each.projects), kept={}) for each in rows]
        self.kept[table, ended] = rows
        return rows

    def _clock(self, ended: tuple[bool, ...], projects: NDArray[np.int32]) -> Clock:
        return Clock(microseconds(self.occasion.as_of), ended_of_rows(ended, projects))

    def _limited(self, table: str, ended: tuple[bool, ...]) -> Limited:
        """Make the rows of a table's blocks, with what the plan's limits say of each."""
        blocks = self.intake.tables.get(table, ())
        unanswered = _UNANSWERED.get(self.plan.missing_response or "")
        rows = [
            Rows(
                self._stopping(each.sheet.table),
                each.columns,
                each.projects,
                each.accepted,
                self._clock(ended, each.projects),
                unanswered,
            )
            for each in blocks
        ]
        return with_limits(self.plan, self.chosen, rows, table, self.intake, self.spread)

    def _stopping(self, table: Table) -> Table:
        """Let reopened rows stop with their first completion where the plan says so."""
        if self.plan.completion == "last" or table.first_stop is None:
            return table
        return replace(table, stop=(table.first_stop, *table.stop), reopened=None)

    @property
    def notes(self) -> tuple[Message, ...]:
        """What a reader must know of the rows that were counted."""
        return tuple(note for limited in self.limited.values() for note in limited.notes)


@dataclass(frozen=True, slots=True)
class Counted:
    """An indicator read over all rows: its standard, each project's span and the days that count, what stands behind.

    `causes` counts, by project, the rows that another column would judge the other way.
    """

    standard: Standard
    spans: tuple[Span, ...]
    window: Window
    behind: Behind
    causes: tuple[tuple[tuple[str, int], ...], ...]


def counted(name: str, case: Case) -> Counted:
    """Read one indicator for every project."""
    indicator, intake = case.plan.indicators[name], case.intake
    blocks = intake.tables.get(indicator.table, ())
    standard = _standard(name, indicator, _scale(indicator, blocks))
    found = spans(indicator.accumulate, intake.projects.names, case.occasion)
    bounds = window(found, intake.projects)
    nobody = np.zeros(len(intake.projects.names), dtype=np.int64)
    rejected = intake.rejected.get(indicator.table, nobody).tolist()
    rows = case.rows(indicator.table, tuple(each.ended for each in found))
    readings = read(indicator.definition, rows, bounds, rejected, case.spread)
    behind = Behind(readings, blocks, rows, case.plan.limit_rules)
    _balanced(name, readings, intake.accepted.get(indicator.table, nobody), intake)
    told = causes(case.plan, case.limited.get(indicator.table), rows, readings, case.spread)
    return Counted(standard, found, bounds, behind, told)


def figures(name: str, case: Case) -> tuple[Standard, tuple[Result, ...]]:
    """Read and judge one indicator for every project."""
    return judged(name, case, counted(name, case))


def judged(name: str, case: Case, tally: Counted) -> tuple[Standard, tuple[Result, ...]]:
    """Judge one indicator's readings for every project."""
    indicator, intake, readings = case.plan.indicators[name], case.intake, tally.behind.readings
    on_card, seen = intake.on_card, intake.seen
    results: list[Result] = []
    for code, (project, reading) in enumerate(zip(intake.projects.names, readings.by_project, strict=True)):
        if project not in on_card:
            continue
        circumstances = Circumstances(
            period=tally.spans[code].period.label,
            begun=tally.spans[code].begun,
            ended=tally.spans[code].ended,
            counted_now=_counted_now(indicator, tally.spans[code].period),
            in_service=in_service(tally.window, code),
            handed_in=readings.in_period > 0,
            found=readings.found > 0,
            seen=bool(seen[code]),
            nil=case.nil.covers(name, code),
        )
        standing, period = case.standings[project], tally.spans[code].period
        target = held(standing.goals[name], period.start)
        result = _as_planned(judge(project, tally.standard, reading, target, circumstances), standing, period)
        results.append(_with_rows(replace(result, causes=tally.causes[code]), tally.behind, code, case.details))
    return tally.standard, tuple(results)


def _as_planned(result: Result, standing: Standing, period: Period) -> Result:
    """Let the project off what is waived, and note where its target changes."""
    waived = waive(result, covering(standing.waivers, result.indicator, period))
    return replace(waived, turns=turns(standing.goals[result.indicator], period))


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
