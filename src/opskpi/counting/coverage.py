"""A plan held against exports: projects without targets, and what the plan names and nobody has."""

from collections.abc import Iterator

from opskpi.counting.standing import standings
from opskpi.documents import Path, nearest
from opskpi.intake.ledgers import Intake
from opskpi.model.goals import held, turns
from opskpi.tables.words import normal_name
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message

#: So many projects are named.
_NAMED = 5


def uncovered(plan: Plan, intake: Intake) -> Iterator[tuple[Path, Message]]:
    """Say which projects of the data have no target where others have one, and which names of the plan fit nothing."""
    yield from _untargeted(plan, intake)
    yield from _unseen(plan, intake)
    groups = {normal_name(each.group) for each in intake.projects.known.values() if each.group}
    for name, settings in plan.groups.items():
        if settings.projects is None and normal_name(name) not in groups:
            yield ("groups", name, ""), message("group_unseen", group=name)


def _untargeted(plan: Plan, intake: Intake) -> Iterator[tuple[Path, Message]]:
    found = standings(plan, intake.projects)
    period = plan.whole_period
    seen = [name for code, name in enumerate(intake.projects.names) if intake.seen[code]]
    for indicator in plan.indicators:
        goals = {name: found[name].goals[indicator] for name in seen}
        bare = [name for name, mine in goals.items() if held(mine, period.start) is None and not turns(mine, period)]
        if bare and len(bare) < len(seen):
            named = tuple(bare[:_NAMED])
            key = "some_projects" if len(bare) > _NAMED else "these_projects"
            projects = message(key, projects=named, count=len(bare))
            yield ("indicators", indicator, ""), message("project_untargeted", projects=projects)


def _unseen(plan: Plan, intake: Intake) -> Iterator[tuple[Path, Message]]:
    named: dict[str, Path] = {name: ("projects", name, "") for name in plan.projects}
    for group, settings in plan.groups.items():
        for at, name in enumerate(settings.projects or ()):
            named.setdefault(name, ("groups", group, "projects", at))
    for at, waiver in enumerate(plan.waivers):
        named.setdefault(waiver.project, ("waivers", at, "project"))
    for name, path in named.items():
        code = intake.projects.code(name)
        if code < 0 or not intake.seen[code]:
            others = [each for at, each in enumerate(intake.projects.names) if intake.seen[at]]
            near = nearest(name, others)
            hint = message("did_you_mean", word=near) if near else message("no_name_near")
            yield path, message("plan_project_unseen", project=name, hint=hint)
