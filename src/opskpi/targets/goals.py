"""Goals in the plan: a target as people write it, or targets that each hold from a day."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from opskpi.documents import Mistake, Path
from opskpi.model.goals import DatedTarget, Goal, Target
from opskpi.targets.fields import Mistakes
from opskpi.targets.phrases import parse_target
from opskpi.wording import message

_TEXT_SCHEMA = {"type": ["string", "null"], "examples": [">= 90%", "< 5", "between 80% and 120%"]}
#: What a goal looks like, for editors.
GOAL_SCHEMA = {
    "oneOf": [
        _TEXT_SCHEMA,
        {"type": "object", "minProperties": 1, "additionalProperties": _TEXT_SCHEMA},
    ]
}


def parse_goal(value: object) -> Goal:
    """Read a target, or a map from days to targets; raises Mistake."""
    if isinstance(value, Mapping):
        return _dated(value)
    if isinstance(value, list):
        raise Mistake(message("goal_unreadable"))
    return None if value is None else parse_target(str(value))


GoalText = Annotated[Any, BeforeValidator(parse_goal), WithJsonSchema(GOAL_SCHEMA)]


def stated(goal: object) -> Iterator[tuple[Path, Target]]:
    """List the targets of a goal with where each stands in it."""
    if isinstance(goal, Target):
        yield (), goal
    if isinstance(goal, DatedTarget):
        yield from (((day.isoformat(),), target) for day, target in goal.steps if target is not None)


def parse_day(text: object) -> date:
    """Read a day such as 2016-07-01; raises Mistake."""
    try:
        day = date.fromisoformat(str(text))
    except ValueError:
        raise Mistake(message("no_day", text=str(text))) from None
    if day.isoformat() != text:
        raise Mistake(message("no_day", text=str(text)))
    return day


Day = Annotated[date, BeforeValidator(parse_day)]


def _dated(value: Mapping[str, object]) -> DatedTarget:
    if not value:
        raise Mistake(message("goal_unreadable"))
    mistakes = Mistakes()
    steps: list[tuple[date, Target | None]] = []
    for key, text in value.items():
        day = mistakes.take(parse_day, key, (str(key), ""), date.min)
        target = mistakes.take(_one, text, (str(key),), None)
        steps.append((day, target))
    mistakes.stop()
    return DatedTarget(tuple(sorted(steps, key=lambda step: step[0])))


def _one(value: object) -> Target | None:
    if isinstance(value, Mapping | list):
        raise Mistake(message("goal_unreadable"))
    return None if value is None else parse_target(str(value))
