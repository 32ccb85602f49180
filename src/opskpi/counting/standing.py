"""Where each project of a run stands in the plan: which targets hold for it, and what is waived."""

from collections.abc import Mapping
from dataclasses import dataclass

from opskpi.counting.waivers import waivers_by_project
from opskpi.intake.names import Projects
from opskpi.model.approvals import Waiver
from opskpi.model.goals import Goal
from opskpi.targets.plan import Plan


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
        goals = {name: plan.goals(name, *about) for name in plan.indicators}
        found[project] = Standing(goals, waivers.get(code, ()))
    return found
