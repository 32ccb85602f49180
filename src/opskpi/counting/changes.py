"""Changes of targets inside the period: what a reader must know beside the verdicts they did not touch."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from opskpi.model.cards import Result
from opskpi.wording import Message, message

#: So many projects are named.
_NAMED = 3


def turned(results: Sequence[Result]) -> Iterator[Message]:
    """Say which targets change inside the period, each once with the projects it changes for."""
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
            who=message("all_projects") if everybody else _named([each.project for each in mine]),
        )


def _named(projects: Sequence[str]) -> Message:
    key = "some_projects" if len(projects) > _NAMED else "these_projects"
    return message(key, projects=tuple(projects[:_NAMED]), count=len(projects))
