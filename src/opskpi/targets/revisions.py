"""Two versions of a plan: which targets changed, and whether anybody wrote that down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from opskpi.documents import Path
from opskpi.model.goals import DatedTarget, Goal, Target, held
from opskpi.targets.plan import Plan
from opskpi.targets.register import goals_of
from opskpi.wording import Message, message

#: Where a target stands: for all, or a group's or a project's, and of which indicator.
_Scope = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """A target that is another one now; `written` says that the newer plan's `changes:` account for it."""

    path: Path
    said: Message
    written: bool


def revisions(old: Plan, new: Plan) -> Iterator[Revision]:
    """Compare two plans' targets, in the order of the newer one; what it no longer has comes last."""
    before, after = _goals(old), _goals(new)
    for scope in dict.fromkeys((*after, *before)):
        was, now = before.get(scope), after.get(scope)
        said: tuple[Target | None, Target | None] = None, None
        for since in (None, *_days(was, now, new)):
            pair = _held(was, since, old), _held(now, since, new)
            if not _same(*pair) and pair != said:
                yield Revision(
                    _path(scope, since) if scope in after else (scope[0], ""),
                    message(
                        "revision" if since is None else "revision_from",
                        what=_what(new if scope in after else old, scope),
                        before=_text(pair[0]),
                        after=_text(pair[1]),
                        day=since.isoformat() if since else "",
                    ),
                    _is_written(new, scope, since, pair[1]),
                )
            said = pair


def _goals(plan: Plan) -> Mapping[_Scope, Goal]:
    return {scope: goal for indicator in plan.indicators for scope, goal in goals_of(plan, indicator)}


def _days(was: Goal, now: Goal, plan: Plan) -> list[date]:
    """List the days inside the newer plan's period on which either goal takes a step."""
    steps = [step for goal in (was, now) if isinstance(goal, DatedTarget) for step in goal.steps]
    return sorted({day for day, _ in steps if day > plan.whole_period.start})


def _held(goal: Goal, since: date | None, plan: Plan) -> Target | None:
    return held((goal,), since or plan.whole_period.start)


def _same(one: Target | None, other: Target | None) -> bool:
    return one is other or (one is not None and one.same(other))


def _path(scope: _Scope, since: date | None) -> Path:
    return scope if since is None else (*scope, since.isoformat())


def _what(plan: Plan, scope: _Scope) -> Message | str:
    indicator = scope[1] if scope[0] == "indicators" else scope[3]
    name = plan.indicators[indicator].name
    return name if scope[0] == "indicators" else message("change_for", indicator=name, whose=scope[1])


def _text(target: Target | None) -> Message | str:
    return target.text if target else message("no_target")


def _is_written(plan: Plan, scope: _Scope, since: date | None, now: Target | None) -> bool:
    kind, name, *_ = scope
    indicator = name if kind == "indicators" else scope[3]
    group, project = (name if kind == "groups" else None), (name if kind == "projects" else None)
    return any(
        (each.indicator, each.group, each.project) == (indicator, group, project)
        and (since is None or each.date == since)
        and _same(now, each.after)
        for each in plan.changes
    )
