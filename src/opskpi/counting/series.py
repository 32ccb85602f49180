"""A period judged for all that was asked, and a series of its parts over the same settled rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from opskpi.counting.figures import Case, figures
from opskpi.counting.nil import find_indicator
from opskpi.errors import SettingsError
from opskpi.intake.ledgers import Intake
from opskpi.model.cards import Part
from opskpi.model.periods import Period
from opskpi.scorecard import company_line
from opskpi.targets.plan import Plan
from opskpi.wording import message


@dataclass(frozen=True, slots=True)
class Choice:
    """Which lines are shown: the indicators and projects asked for, and whether the company's belong."""

    indicators: tuple[str, ...]
    projects: frozenset[str]
    company: bool = False


def part(period: Period, case: Case, choice: Choice) -> Part:
    """Judge one period; every figure is counted from the rows, never from other parts (rule 6)."""
    # `kept` travels along: the rows of a table are evaluated once for all parts
    here = replace(case, occasion=replace(case.occasion, period=period))
    judged = [figures(name, here) for name in choice.indicators]
    places = {name: at for at, name in enumerate(case.intake.projects.names)}
    shown = [result for _, results in judged for result in results if result.project in choice.projects]
    company = (
        tuple(company_line(standard, results, period.label) for standard, results in judged) if choice.company else ()
    )
    return Part(period, tuple(sorted(shown, key=lambda result: places[result.project])), company)


def series(periods: Sequence[Period], case: Case, choice: Choice) -> tuple[Part, ...]:
    """Judge each part of a period in time order, all at the run's own moment; parts are the calendar's."""
    bare = replace(case, details=0, occasion=replace(case.occasion, own={}))
    return tuple(part(each, bare, choice) for each in periods)


def chosen_indicators(plan: Plan, words: Sequence[str], owners: Sequence[str]) -> tuple[str, ...]:
    """Apply --indicator and --owner; raises SettingsError for what the plan does not know."""
    named = {find_indicator(plan, word) for word in words}
    known = {indicator.owner for indicator in plan.indicators.values() if indicator.owner}
    for owner in owners:
        if owner not in known:
            raise SettingsError(message("unknown_owner", owner=owner, owners=tuple(sorted(known))))
    return tuple(
        name
        for name, indicator in plan.indicators.items()
        if (not named or name in named) and (not owners or indicator.owner in owners)
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
