"""Figures: each indicator read over the settled rows, with the circumstances of each project."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.breakdowns import breakdown
from opskpi.counting.calendars import services
from opskpi.counting.causes import causes
from opskpi.counting.concern import concerned
from opskpi.counting.daytimes import dated, day_notes
from opskpi.counting.evidence import Behind, differing, misses
from opskpi.counting.limits import Limited, with_limits
from opskpi.counting.nil import NilReturns
from opskpi.counting.register import Reported
from opskpi.counting.reported import account
from opskpi.counting.scales import rescaled, rescalings, scale_of
from opskpi.counting.spans import Occasion, Span, ended_of_rows, in_service, served, spans, window
from opskpi.counting.standing import Standing
from opskpi.counting.terms import Counted, of_period, together
from opskpi.counting.waivers import covering
from opskpi.errors import ImbalanceError
from opskpi.indicators.columns import Clock, Elsewhere, Rows, State
from opskpi.indicators.definitions import Window
from opskpi.indicators.formulas import Leaf
from opskpi.indicators.readings import Readings, read
from opskpi.indicators.snapshots import with_moment
from opskpi.indicators.spreading import Spread
from opskpi.intake.ledgers import Intake
from opskpi.model.cards import Reading, Result
from opskpi.model.goals import held, turns
from opskpi.model.periods import MONTHS, Period, before, year_to_date
from opskpi.scorecard import Circumstances, Standard, judge, reported_standard, waive
from opskpi.tables import Table
from opskpi.tables.instants import microseconds
from opskpi.targets.indicator import Indicator
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message
from opskpi.worktime import Service

#: How many rows that two judgements differ on are named.
_FIRST = 5
#: What a finished row without a response time is, by what the plan states.
_UNANSWERED = {"miss": State.UNANSWERED, "exclude": State.NO_RESPONSE}


@dataclass(frozen=True, slots=True)
class Case:
    """All that a run's figures depend on; `kept` shares the rows of a table among its indicators.

    `standings` say what the plan has for each project, `chosen` are the indicators that are counted, `reported`
    figures known only as totals, `owed` what the schedule had to say; `limited` is what the plan's limits say of
    the rows, by table.
    """

    plan: Plan
    intake: Intake
    occasion: Occasion
    nil: NilReturns
    details: int
    spread: Spread
    standings: Mapping[str, Standing]
    chosen: tuple[str, ...] = ()
    reported: Reported = field(default_factory=dict)
    owed: tuple[Message, ...] = ()
    kept: dict[tuple[str, tuple[bool, ...]], list[Rows]] = field(default_factory=dict)
    limited: dict[str, Limited] = field(default_factory=dict)
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    compiled: list[Mapping[str, Service]] = field(default_factory=list)

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
                self.services,
                self.elsewhere,
                days,
                each.scheduled,
            )
            for each, days in zip(blocks, dated(blocks), strict=True)
        ]
        limited = with_limits(self.plan, self.chosen, rows, table, self.intake, self.spread)
        return replace(limited, notes=(*limited.notes, *day_notes(self.plan, self.chosen, table, blocks)))

    def _stopping(self, table: Table) -> Table:
        """Let reopened rows stop with their first completion where the plan says so."""
        if self.plan.completion == "last" or table.first_stop is None:
            return table
        return replace(table, stop=(table.first_stop, *table.stop), reopened=None)

    @property
    def services(self) -> Mapping[str, Service]:
        """The calendars that expressions name, compiled when the first rows are made."""
        if not self.compiled:
            self.compiled.append(services(self.plan, self.chosen))
        return self.compiled[0]

    @property
    def notes(self) -> tuple[Message, ...]:
        """What a reader must know of the rows that were counted."""
        rescalings_said = rescalings(self.plan, self.chosen, self.intake)
        return (*self.owed, *rescalings_said, *(note for limited in self.limited.values() for note in limited.notes))


@dataclass(frozen=True, slots=True)
class Tally:
    """An indicator read over all rows: its standard, each project's span and days, its terms, and what they come to."""

    standard: Standard
    spans: tuple[Span, ...]
    window: Window
    counted: Mapping[Leaf, Counted]
    readings: Sequence[Reading]


def counted(name: str, case: Case) -> Tally:
    """Read one indicator for every project."""
    indicator, names = case.plan.indicators[name], case.intake.projects.names
    terms = {leaf: _counted(name, leaf, case) for leaf in indicator.leaves}
    found = spans(indicator.accumulate, names, case.occasion)
    bounds = window(found, case.intake.projects)
    return Tally(standard_of(name, indicator, terms), found, bounds, terms, together(indicator.formula, terms))


def figures(name: str, case: Case) -> tuple[Standard, tuple[Result, ...]]:
    """Read and judge one indicator for every project."""
    return judged(name, case, counted(name, case))


def judged(name: str, case: Case, tally: Tally) -> tuple[Standard, tuple[Result, ...]]:
    """Judge one indicator's readings for every project."""
    indicator, seen = case.plan.indicators[name], case.intake.seen
    concerns, missing = concerned(name, case.plan, case.intake, case.reported), _missing(tally, case)
    results: list[Result] = []
    for code, (project, reading) in enumerate(zip(case.intake.projects.names, tally.readings, strict=True)):
        if project not in concerns:
            continue
        nil = {leaf: not leaf.is_term or case.nil.covers(name, leaf.term, code) for leaf in tally.counted}
        span = tally.spans[code]
        told = account(case.reported.get((name, code), ()), indicator, served(span.days, tally.window, code), reading)
        circumstances = Circumstances(
            period=span.period.label,
            kind="year" if indicator.accumulate else span.period.kind,
            begun=span.begun,
            ended=span.ended,
            counted_now=counted_now(indicator, span.period),
            in_service=in_service(tally.window, code),
            handed_in=all(nil[leaf] or each.handed_in for leaf, each in tally.counted.items()),
            found=all(nil[leaf] or each.found for leaf, each in tally.counted.items()),
            seen=bool(seen[code]),
            nil=all(nil.values()) or told.claim is not None,
            lacking=told.lacking or missing,
        )
        standing = case.standings[project]
        target = held(standing.goals[name], span.period.start)
        standard = reported_standard(tally.standard) if told.reading else tally.standard
        result = replace(judge(project, standard, told.reading or reading, target, circumstances), claim=told.claim)
        result = as_planned(result, standing, span.period)
        results.append(_with_rows(result, tuple(tally.counted.values()), code, case.details))
    return tally.standard, tuple(results)


def as_planned(result: Result, standing: Standing, period: Period) -> Result:
    """Let the project off what is waived, and note where its target changes."""
    waived = waive(result, covering(standing.waivers, result.indicator, period))
    return replace(waived, turns=turns(standing.goals[result.indicator], period))


def _counted(name: str, leaf: Leaf, case: Case) -> Counted:
    """Read a term, or the one value of an indicator, over the rows of its table."""
    indicator, intake = case.plan.indicators[name], case.intake
    occasion = _spanned(case.occasion, leaf.span)
    found = spans(indicator.accumulate, intake.projects.names, occasion)
    bounds = window(found, intake.projects)
    if not leaf.is_term:
        return of_period(case.services[leaf.term], bounds.clipped(len(found), microseconds(occasion.as_of)))
    definition = indicator.definitions[leaf.term]
    table = definition.table.name
    nobody = np.zeros(len(intake.projects.names), dtype=np.int64)
    ended = tuple(each.ended for each in found)
    for other in definition.others:  # made here, since a block's own work cannot wait for that of others
        case.elsewhere.tables.setdefault(other, case.rows(other, ended))
    rows = rescaled(indicator, case.rows(table, ended), intake.tables.get(table, ()))
    rows = with_moment(definition, rows, bounds)
    readings = read(definition, rows, bounds, intake.rejected.get(table, nobody).tolist(), case.spread)
    _balanced(name, readings, intake.accepted.get(table, nobody), intake)
    told = causes(case.plan, case.limited.get(table), rows, readings, case.spread)
    behind = Behind(readings, intake.tables.get(table, ()), rows, case.plan.limit_rules, definition.compared)
    return Counted(definition, behind, told, found, bounds)


def _spanned(occasion: Occasion, span: str) -> Occasion:
    """Find the occasion that a term stands for: the period that is judged, the one before, or the year so far."""
    match span:
        case "prev":
            own = {project: before(year) for project, year in occasion.own.items()}
            return replace(occasion, period=before(occasion.period), own=own)
        case "ytd":
            return replace(occasion, period=year_to_date(occasion.period, occasion.plan_period))
    return occasion


def _missing(tally: Tally, case: Case) -> Message | None:
    """Say which other table the value asks for rows and was not handed in: no match there is not nothing (rule 9)."""
    asked = [other for each in tally.counted.values() if each.definition for other in each.definition.others]
    for other in asked:
        if not np.any(case.intake.accepted.get(other, 0)):
            return message("why_no_other_table", table=case.plan.registry[other].said)
    return None


def standard_of(name: str, indicator: Indicator, counted: Mapping[Leaf, Counted]) -> Standard:
    """Say what an indicator's verdicts depend on, given its terms as they were read."""
    whole = Standard(
        indicator=name,
        name=indicator.name,
        short=indicator.display,
        owner=indicator.owner,
        function=indicator.function,
        unit=indicator.unit,
        rule_sha256=indicator.rule_sha256,
        empty=indicator.empty,
        min_rows=indicator.min_rows,
        cumulative=indicator.accumulate is not None,
        passing=any(each.placing == "open" for each in indicator.definitions.values()),
        process_owner=indicator.process_owner,
    )
    scales = {leaf: scale_of(indicator, each) for leaf, each in counted.items()}
    if indicator.formula is None:
        return replace(whole, scale=next(iter(scales.values()), None))
    functions = {leaf: each.definition.function if each.definition else "sum" for leaf, each in counted.items()}
    terms = {leaf: replace(whole, function=functions[leaf], scale=scales[leaf]) for leaf in counted}
    return replace(whole, formula=indicator.formula, terms=terms)


def counted_now(indicator: Indicator, period: Period) -> bool:
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


def _with_rows(result: Result, counted: Sequence[Counted], project: int, details: int) -> Result:
    """Add the rows behind a result: those that speak against it, how they break down, where two judgements differ."""
    if details and result.against:
        found = misses(counted[0].behind, project, details, met=result.is_too_high)
        result = replace(result, misses=found)
    if result.value is not None and result.claim is None:
        result = replace(result, breakdown=breakdown(counted[0], project))
    if result.reading.disagreeing:
        places = [place for each in counted for place in differing(each.behind, project, _FIRST)]
        told = Counter[str]()
        for each in counted:
            told.update(dict(each.causes[project]) if each.causes else {})
        result = replace(result, differing=tuple(places[:_FIRST]), causes=tuple(told.items()))
    return result
