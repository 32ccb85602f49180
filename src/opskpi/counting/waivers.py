"""Waivers found for a run's projects, and those that did not apply (design rule 15)."""

from collections.abc import Iterator, Mapping, Sequence

from opskpi.counting.spans import contract_years
from opskpi.intake.names import Projects
from opskpi.model.approvals import Waiver
from opskpi.model.cards import Result
from opskpi.model.periods import Period
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message


def waivers_by_project(plan: Plan, projects: Projects) -> Mapping[int, tuple[Waiver, ...]]:
    """Give each project, by its code, what is waived for it; -1 are those of projects nobody knows."""
    found: dict[int, tuple[Waiver, ...]] = {}
    for each in plan.waivers:
        code = projects.code(each.project)
        found[code] = (*found.get(code, ()), each.waiver())
    return found


def covering(waivers: Sequence[Waiver], indicator: str, period: Period) -> Waiver | None:
    """Find the waiver that covers an indicator and a period: the first that does not end before it."""
    return next((each for each in waivers if each.indicator == indicator and period.end <= each.until), None)


def unapplied(plan: Plan, projects: Projects, period: Period, results: Sequence[Result]) -> Iterator[Message]:
    """Say which waivers of what is on the card were not applied, and why."""
    own = contract_years(plan, period, projects)
    shown = {(each.project, each.indicator): each.waiver is not None for each in results}
    for code, waivers in waivers_by_project(plan, projects).items():
        for each in waivers:
            name = plan.indicators[each.indicator].name
            if code < 0:
                near = projects.nearest(each.project)
                hint = message("did_you_mean", word=near) if near else message("no_name_near")
                yield message("waiver_of_nobody", project=each.project, indicator=name, hint=hint)
                continue
            mine = own.get(projects.names[code], period)
            if shown.get((projects.names[code], each.indicator)) is False and each.until < mine.end:
                until = each.until.isoformat()
                yield message("waiver_over", project=each.project, indicator=name, until=until, period=mine.label)
