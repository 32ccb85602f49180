"""A period judged for all that was asked, and a series of its parts over the same settled rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from opskpi.counting.figures import Case
from opskpi.counting.nil import find_indicator
from opskpi.counting.overall import every_judged, needed
from opskpi.errors import SettingsError
from opskpi.intake.ledgers import Intake
from opskpi.model.cards import CompanyLine, Part, Result
from opskpi.model.periods import Period
from opskpi.model.scoring import Scheme, Total
from opskpi.scorecard import Standard, company_line
from opskpi.scoring.totals import company_totals, scored, unhanded
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message


@dataclass(frozen=True, slots=True)
class Choice:
    """Which lines are shown: of which indicators, projects and owners, and whether the company's belong."""

    indicators: tuple[str, ...]
    projects: frozenset[str]
    company: bool = False
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scored:
    """Results with their points, totals, and what must be said of them."""

    results: tuple[Result, ...]
    totals: tuple[Total, ...] = ()
    notes: tuple[Message, ...] = ()


def counted_for(plan: Plan, shown: Sequence[str]) -> tuple[str, ...]:
    """List what is counted: what is shown, all that scores, since it shares the weights, and what those stand over."""
    rules = plan.scheme.rules if plan.scheme else {}
    return needed(plan, [name for name in plan.indicators if name in shown or name in rules])


@dataclass(frozen=True, slots=True)
class Judged:
    """A period judged for every project, indicator by indicator: what parts are made of, whichever are chosen."""

    period: Period
    standards: tuple[Standard, ...]
    by_project: Mapping[str, tuple[Result, ...]]
    scheme: Scheme | None


def judged(period: Period, case: Case, indicators: Sequence[str]) -> Judged:
    """Judge one period; every figure is counted from the rows, never from other parts (rule 6)."""
    # `kept` travels along: the rows of a table are evaluated once for all parts
    here = replace(case, occasion=replace(case.occasion, period=period))
    found = every_judged(counted_for(case.plan, indicators), here)
    by_project: dict[str, list[Result]] = {name: [] for name in case.intake.projects.names}
    for result in (result for _, results in found for result in results):
        by_project[result.project].append(result)
    results = {name: tuple(each) for name, each in by_project.items()}
    return Judged(period, tuple(standard for standard, _ in found), results, case.plan.scheme)


def part(of: Judged, choice: Choice) -> Part:
    """Show of a period what is chosen."""
    counted = [each for name, results in of.by_project.items() if name in choice.projects for each in results]
    made = _with_scores(counted, of.scheme, choice)
    shown = tuple(result for result in made.results if result.indicator in choice.indicators)
    company = tuple(_company(of, choice)) if choice.company else ()
    return Part(of.period, shown, company, made.totals, made.notes)


def _company(of: Judged, choice: Choice) -> Iterator[CompanyLine]:
    """Sum each indicator that is shown up over all projects."""
    by_indicator: dict[str, list[Result]] = {}
    for result in (result for results in of.by_project.values() for result in results):
        by_indicator.setdefault(result.indicator, []).append(result)
    for standard in of.standards:
        if standard.indicator in choice.indicators:
            yield company_line(standard, by_indicator.get(standard.indicator, []), of.period.label)


def _with_scores(results: Sequence[Result], scheme: Scheme | None, choice: Choice) -> _Scored:
    """Score all that was counted, and add up the totals that are asked for."""
    if scheme is None:
        return _Scored(tuple(results))
    told, totals = scored(results, scheme)
    if choice.company:
        totals = (*totals, *company_totals(totals, scheme))
    kept = tuple(each for each in totals if not (choice.owners and each.owner) or each.owner in choice.owners)
    return _Scored(told, kept, tuple(unhanded(told, scheme)))


def series(periods: Sequence[Period], case: Case, indicators: Sequence[str]) -> tuple[Judged, ...]:
    """Judge each part of a period in time order, all at the run's own moment; parts are the calendar's."""
    bare = replace(case, details=0, occasion=replace(case.occasion, own={}))
    return tuple(judged(each, bare, indicators) for each in periods)


def chosen_indicators(plan: Plan, words: Sequence[str], owners: Sequence[str]) -> tuple[str, ...]:
    """Apply --indicator and --owner, a department or process owner; raises SettingsError for what nobody knows."""
    named = {find_indicator(plan, word) for word in words}
    said = [each for indicator in plan.indicators.values() for each in (indicator.owner, indicator.process_owner)]
    known = {owner for owner in said if owner}
    for owner in owners:
        if owner not in known:
            raise SettingsError(message("unknown_owner", owner=owner, owners=tuple(sorted(known))))
    return tuple(
        name
        for name, indicator in plan.indicators.items()
        if (not named or name in named) and (not owners or {indicator.owner, indicator.process_owner} & {*owners})
    )


def chosen_projects(intake: Intake, words: Sequence[str]) -> frozenset[str]:
    """Apply --project; raises SettingsError with the nearest name."""
    projects = intake.projects
    if not words:
        return frozenset(projects.names)
    chosen = []
    for word in words:
        code = projects.code(word)
        if code < 0:
            near = projects.nearest(word)
            hint = message("did_you_mean", word=near) if near else message("no_name_near")
            raise SettingsError(message("unknown_project", project=word, hint=hint))
        chosen.append(projects.names[code])
    return frozenset(chosen)
