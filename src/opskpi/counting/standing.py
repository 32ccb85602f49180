"""Where each project of a run stands in the plan: which targets hold for it, and what is waived."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opskpi.counting.waivers import waivers_by_project
from opskpi.errors import SettingsError
from opskpi.intake.names import Projects
from opskpi.model.approvals import Waiver
from opskpi.model.goals import Goal
from opskpi.targets.plan import Plan
from opskpi.wording import message


@dataclass(frozen=True, slots=True)
class Standing:
    """What the plan says of one project: by indicator its goals, nearest first, and its waivers."""

    goals: Mapping[str, tuple[Goal, ...]]
    waivers: tuple[Waiver, ...] = ()


def standings(plan: Plan, projects: Projects) -> Mapping[str, Standing]:
    """Find what the plan says of every project, however it spells their names."""
    spelled = {projects.code(name): name for name in plan.projects}
    listed: dict[int, list[str]] = {}
    for group, settings in plan.groups.items():
        for name in settings.projects or ():
            listed.setdefault(projects.code(name), []).append(group)
    waivers = waivers_by_project(plan, projects)
    found: dict[str, Standing] = {}
    for code, project in enumerate(projects.names):
        known = projects.known.get(project)
        about = spelled.get(code, project), tuple(listed.get(code, ())), known.group if known else None
        _one_group_each(plan, project, about[1])
        goals = {name: plan.goals(name, *about) for name in plan.indicators}
        found[project] = Standing(goals, waivers.get(code, ()))
    return found


def _one_group_each(plan: Plan, project: str, groups: Sequence[str]) -> None:
    """Refuse two groups that list a project under different names and both give it a target; raises SettingsError."""
    given: dict[str, str] = {}
    for group in groups:
        for indicator in plan.groups[group].targets:
            first = given.setdefault(indicator, group)
            if first != group:
                raise SettingsError(message("project_of_two_groups", project=project, first=first, indicator=indicator))
