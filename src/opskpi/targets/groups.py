"""Groups of projects in the plan, and the targets that differ for a group or a project."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field, model_validator

from opskpi.documents import Mistake, Path, with_nearest
from opskpi.model.goals import Goal
from opskpi.tables.words import normal_name
from opskpi.targets.fields import Text
from opskpi.targets.goals import GoalText
from opskpi.targets.indicator import Indicator, collected
from opskpi.wording import message

Targets = dict[str, GoalText]


class GroupSettings(BaseModel):
    """Projects that share targets: those listed, else those whose group in the project register it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    projects: tuple[Text, ...] | None = None
    targets: Targets = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return {"projects": value} if isinstance(value, list) else value or {}


def check_targets(targets: Mapping[str, object], indicators: Mapping[str, Indicator], path: Path) -> list[Mistake]:
    """Find targets of unknown indicators, or of another unit than theirs."""
    found: list[Mistake] = []
    for name, goal in targets.items():
        here = (*path, "targets", name)
        if name not in indicators:
            what = with_nearest("unknown_indicator", name, tuple(indicators))
            found.append(Mistake(what, path=(*here, "")))
        else:
            found += collected(indicators[name].check_goal, goal, here)
    return found


def check_groups(groups: Mapping[str, GroupSettings], indicators: Mapping[str, Indicator]) -> list[Mistake]:
    """Find what is wrong with the targets of groups, also two groups that both give a project one."""
    found: list[Mistake] = []
    given: dict[tuple[str, str], str] = {}
    for group, settings in groups.items():
        found += check_targets(settings.targets, indicators, (group,)) if indicators else []
        for at, project in enumerate(settings.projects or ()):
            for indicator in settings.targets:
                first = given.setdefault((normal_name(project), indicator), group)
                if first != group:
                    said = message("project_of_two_groups", project=project, first=first, indicator=indicator)
                    found.append(Mistake(said, path=(group, "projects", at)))
    return found


def group_goals(
    indicator: str, groups: Mapping[str, GroupSettings], listed: Sequence[str], registered: str | None
) -> list[Goal]:
    """List what a project's groups say of an indicator: the groups that list it before the register's."""
    named = [group for group in listed if group in groups]
    if registered is not None:
        alike = [group for group, settings in groups.items() if settings.projects is None]
        named += [group for group in alike if normal_name(group) == normal_name(registered)]
    return [groups[group].targets[indicator] for group in named if indicator in groups[group].targets]
