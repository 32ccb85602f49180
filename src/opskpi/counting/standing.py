"""Where each project of a run stands in the plan: which targets hold for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from opskpi.intake.names import Projects
from opskpi.model.goals import Goal
from opskpi.targets.plan import Plan


@dataclass(frozen=True, slots=True)
class Standing:
    """What the plan says of one project, by indicator: its goals, nearest first."""

    goals: Mapping[str, tuple[Goal, ...]]


def standings(plan: Plan, projects: Projects) -> Mapping[str, Standing]:
    """Find what the plan says of every project, however it spells their names."""
    spelled = {projects.code(name): name for name in plan.projects}
    listed: dict[int, list[str]] = {}
    for group, settings in plan.groups.items():
        for name in settings.projects or ():
            listed.setdefault(projects.code(name), []).append(group)
    found: dict[str, Standing] = {}
    for code, project in enumerate(projects.names):
        known = projects.known.get(project)
        about = spelled.get(code, project), tuple(listed.get(code, ())), known.group if known else None
        found[project] = Standing({name: plan.goals(name, *about) for name in plan.indicators})
    return found
