"""What is allowed in a plan and probably not meant: slips of units and directions, rules nothing ever comes to."""

import re
from collections.abc import Iterator
from fractions import Fraction

from opskpi.documents import Path
from opskpi.model.approvals import Change
from opskpi.model.goals import DatedTarget, Goal, Target, held
from opskpi.model.periods import MONTHS
from opskpi.model.scoring import PassFail, Steps
from opskpi.targets.goals import stated
from opskpi.targets.indicator import Indicator
from opskpi.targets.plan import Plan
from opskpi.targets.register import expressions, goals_of
from opskpi.wording import Message, message

Finding = tuple[Path, Message]

#: What there should be little of, and what there should be much of, by words in names and expressions.
_BAD = re.compile(
    r"投诉|超时|逾期|失败|差错|错误|故障率|故障次数|重开|返工|缺陷|遗漏|回退"
    r"|\b(?:complaints?|overdue|failed|failures?|late|errors?|reopened|breach(?:ed|es)?|defects?|missed)\b",
    re.IGNORECASE,
)
_COMPLAINTS = re.compile(r"""type\s*==\s*["'“](?:complaint|投诉)""")
_GOOD = re.compile(
    r"及时|按时|关闭率|响应率|处理率|回访|完成|达标|达成|成功|满意|解决率|合格|一次性"
    r"|on.?time|complet|success|satisf|in time",
    re.IGNORECASE,
)
_GOOD_COLUMNS = re.compile(r"(?<!not )\b(sla_met|response_met|completed|on_time|in_time|done)\b")
_EQUAL = re.compile(r"(\w+)\s*==\s*[\"'“]([^\"'”]+)[\"'”]")
_NOT_PLAIN = re.compile(r"\b(or|not)\b")
#: A share that must reach no more than this is a slip of the percent sign: a hundred times as much is still a share.
_TINY = Fraction(1, 100)
#: Where no scale is stated, scores are taken to end here.
_USUAL_SCALE = 5


def lint(plan: Plan) -> Iterator[Finding]:
    """Name what looks wrong, in the order of the plan."""
    for name, indicator in plan.indicators.items():
        for where, goal in goals_of(plan, name):
            yield from _goal(where, goal, indicator, plan)
        yield from _never(name, indicator, plan)
    yield from _groups(plan)
    yield from _waivers(plan)
    yield from _changes(plan)
    if plan.scheme is None and (plan.grades or plan.scoring):
        yield ("grades" if plan.grades else "scoring",), message("lint_nothing_scores")


def _goal(where: Path, goal: Goal, indicator: Indicator, plan: Plan) -> Iterator[Finding]:
    unit = indicator.unit
    for inner, target in stated(goal):
        at = (*where, *inner)
        if said := _unit_slip(target, unit, indicator) or _direction(target, unit, indicator):
            yield at, said
        if _is_unreachable(target, unit):
            yield at, message("lint_unreachable", text=target.text)
    if isinstance(goal, DatedTarget):
        period = plan.span
        for number, (day, now) in enumerate(goal.steps):
            if day > period.end:
                yield (*where, day.isoformat(), ""), message("lint_day_after", day=day.isoformat(), period=period.label)
            before = goal.steps[number - 1][1] if number else None
            if number and (now is before or (now is not None and now.same(before))):
                yield (*where, day.isoformat(), ""), message("lint_no_change", day=day.isoformat())


def _unit_slip(target: Target, unit: str, indicator: Indicator) -> Message | None:
    low, high = target.low, target.high
    bounds = [bound for bound in (low, high) if bound is not None]
    if unit == "ratio" and low is not None and high is None and 0 < low <= _TINY:
        return message("lint_tiny", text=target.text)
    if unit == "count" and any(bound.denominator != 1 for bound in bounds):
        return message("lint_part_of_one", text=target.text)
    is_score = unit == "score" and indicator.scale is None
    return message("lint_no_scale", text=target.text) if is_score and max(bounds) > _USUAL_SCALE else None


def _direction(target: Target, unit: str, indicator: Indicator) -> Message | None:
    """Tell a floor of what should be little, and a ceiling of what should be much."""
    if (target.low is None) == (target.high is None):
        return None
    function = indicator.function
    good = bool(_GOOD.search(indicator.name) or _GOOD_COLUMNS.search(indicator.value))
    bad = bool(_BAD.search(indicator.name) or _COMPLAINTS.search(indicator.where or ""))
    bad = bad and not (function == "share" and good)
    much = unit == "score" or (function == "share" and good and not bad)
    little = unit == "minutes" or (function in ("count", "share") and bad)
    if little and target.low is not None and target.low > 0:
        return message("lint_more_is_worse", text=target.text)
    return message("lint_less_is_worse", text=target.text) if much and target.high is not None else None


def _is_unreachable(target: Target, unit: str) -> bool:
    if unit == "ratio" and target.low == 1 and target.low_open:
        return True
    never_negative = unit in ("ratio", "count", "minutes")
    below = target.high is not None and (target.high < 0 or (target.high == 0 and target.high_open))
    return never_negative and below


def _never(name: str, indicator: Indicator, plan: Plan) -> Iterator[Finding]:
    """Find what keeps an indicator from ever being judged or scored."""
    here: Path = ("indicators", name)
    months = plan.whole_period.months
    if indicator.frequency and 0 < months < MONTHS[indicator.frequency]:
        yield (*here, "frequency"), message("lint_too_rare", period=plan.whole_period.label)
    if indicator.judged_by == "limit" and not plan.limit_rules:
        yield (*here, "judged_by"), message("lint_no_limits")
    for _, texts in expressions(indicator):
        for text in texts:
            if clash := _contradiction(text):
                yield (*here, "where"), message("lint_contradiction", column=clash)
    form = indicator.score.rule_form if indicator.score else None
    needs = isinstance(form, PassFail) or (isinstance(form, Steps) and form.start is None)
    if needs and not any(list(stated(goal)) for _, goal in goals_of(plan, name)):
        yield (*here, "score"), message("lint_score_without_target")


def _contradiction(text: str) -> str | None:
    """Find a column that is asked to be two different words at once."""
    if _NOT_PLAIN.search(text):
        return None
    words: dict[str, str] = {}
    for column, word in _EQUAL.findall(text):
        if words.setdefault(column, word) != word:
            return str(column)
    return None


def _groups(plan: Plan) -> Iterator[Finding]:
    for name, settings in plan.groups.items():
        if not settings.targets:
            yield ("groups", name, ""), message("lint_idle_group", group=name)


def _waivers(plan: Plan) -> Iterator[Finding]:
    seen: dict[tuple[str, str], int] = {}
    for at, each in enumerate(plan.waivers):
        if each.until < plan.whole_period.start:
            yield ("waivers", at, "until"), message("lint_waiver_over", until=each.until.isoformat())
        first = seen.setdefault((each.project, each.indicator), at)
        if first != at:
            yield ("waivers", at, "until"), message("lint_waiver_twice", number=first + 1)


def _changes(plan: Plan) -> Iterator[Finding]:
    """Find changes that the plan's targets do not show."""
    by_scope: dict[tuple[str, str | None, str | None], list[tuple[int, Change]]] = {}
    for at, settings in enumerate(plan.changes):
        change = settings.change()
        by_scope.setdefault((change.indicator, change.group, change.project), []).append((at, change))
    for (indicator, group, project), entries in by_scope.items():
        goal = _goal_of(plan, indicator, group, project)
        ordered = sorted(entries, key=lambda entry: entry[1].day)
        for at, change in ordered if isinstance(goal, DatedTarget) else ordered[-1:]:
            now = held((goal,), change.day)
            if not (now is change.after or (now is not None and now.same(change.after))):
                text = now.text if now else message("no_target")
                yield ("changes", at, "to"), message("lint_change_unseen", day=change.day.isoformat(), text=text)


def _goal_of(plan: Plan, indicator: str, group: str | None, project: str | None) -> Goal:
    wanted: tuple[str, ...] = ("indicators", indicator, "target")
    if group is not None:
        wanted = ("groups", group, "targets", indicator)
    elif project is not None:
        wanted = ("projects", project, "targets", indicator)
    return dict(goals_of(plan, indicator)).get(wanted)
