"""Changes of targets inside the period: what a reader must know beside the verdicts they did not touch."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from opskpi.model.approvals import Change
from opskpi.model.cards import Result
from opskpi.model.periods import Period
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message

#: So many projects are named.
_NAMED = 3


def told(plan: Plan, period: Period, indicators: Sequence[str]) -> tuple[Change, ...]:
    """List the changes a card must tell: those of its indicators since the plan's period began, in order of days."""
    whole, span = plan.whole_period, plan.span
    last = span.end if (period.start, period.end) == (whole.start, whole.end) else period.end
    changes = [each.change() for each in plan.changes if each.indicator in indicators]
    return tuple(sorted((each for each in changes if span.start <= each.day <= last), key=lambda each: each.day))


def turned(results: Sequence[Result], changes: Sequence[Change]) -> Iterator[Message]:
    """Say which targets change inside the period, each once with the projects it changes for.

    A turn that none of the changes accounts for is said to be one.
    """
    recorded = {(each.indicator, each.day) for each in changes}
    lines = [
        ((result.indicator, day, then.text if then else "", result.target.text if result.target else ""), result)
        for result in results
        for day, then in result.turns
    ]
    ordered = sorted(lines, key=lambda line: line[0])
    for (_, day, then, now), group in groupby(ordered, key=lambda line: line[0]):
        mine = [result for _, result in group]
        everybody = len(mine) == sum(each.indicator == mine[0].indicator for each in results)
        yield message(
            "target_turns",
            indicator=mine[0].name,
            day=day.isoformat(),
            now=now or message("no_target"),
            then=then or message("no_target"),
            why=message("turn_recorded" if (mine[0].indicator, day) in recorded else "turn_unrecorded"),
            who=message("all_projects") if everybody else _named([each.project for each in mine]),
        )


def _named(projects: Sequence[str]) -> Message:
    key = "some_projects" if len(projects) > _NAMED else "these_projects"
    return message(key, projects=tuple(projects[:_NAMED]), count=len(projects))
