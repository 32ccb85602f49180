"""The register of indicators an auditor asks for: of each one its rule, its source, who answers for it, its targets."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from opskpi.indicators.types import known_columns
from opskpi.model.goals import DatedTarget, Goal, Target
from opskpi.model.rules import Clause
from opskpi.model.scoring import Ladder
from opskpi.sources import shipped
from opskpi.targets.indicator import Indicator
from opskpi.targets.plan import Plan
from opskpi.targets.scoring import ScoreSettings
from opskpi.targets.wordings import rule_in_words
from opskpi.wording import Message

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”")
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Source:
    """What an indicator is counted from: a table's columns, each with the heading of our own register."""

    table: str
    title: Message
    columns: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register; `words` is the rule in words, part by part."""

    indicator: str
    name: str
    words: tuple[Clause, ...]
    formula: str
    sources: tuple[Source, ...]
    owner: str | None
    process_owner: str | None
    frequency: str | None
    cumulative: bool
    target: str | None
    differing: tuple[tuple[str, str, str], ...]
    weight: str | None
    score: str | None


def register(plan: Plan) -> tuple[Entry, ...]:
    """Draw the register up, in the plan's order."""
    return tuple(_entry(name, indicator, plan) for name, indicator in plan.indicators.items())


def goals_of(plan: Plan, indicator: str) -> Iterator[tuple[tuple[str, ...], Goal]]:
    """Give all that the plan says of an indicator's target, with where: for all, for groups, for projects."""
    if (common := plan.indicators[indicator].target) is not None:
        yield ("indicators", indicator, "target"), common
    for kind, many in (("groups", plan.groups), ("projects", plan.projects)):
        for name, settings in many.items():
            if indicator in settings.targets:
                yield (kind, name, "targets", indicator), settings.targets[indicator]


def goal_text(goal: Goal) -> str:
    """Write a goal in one line; days before what holds from them."""
    if isinstance(goal, DatedTarget):
        return "; ".join(f"{day.isoformat()}: {target.text if target else '-'}" for day, target in goal.steps)
    return goal.text if goal else "-"


def formula(indicator: Indicator) -> str:
    """Write what is counted as the plan has it: the value, and which rows."""
    parts = [*_parts(indicator)]
    for name, term in (getattr(indicator, "terms", None) or {}).items():
        parts.append(f"{name} = {', '.join(_parts(term))}")
    return "; ".join(parts)


def expressions(indicator: object) -> Iterator[tuple[str, Sequence[str]]]:
    """Give the expressions of an indicator and its terms, with the table each is of."""
    for each in (indicator, *(getattr(indicator, "terms", None) or {}).values()):
        if table := getattr(each, "table", None):
            exclude: Mapping[str, str] = getattr(each, "exclude", None) or {}
            texts = (getattr(each, "value", None), getattr(each, "where", None), *exclude.values())
            yield table, tuple(text for text in texts if text)


def _entry(name: str, indicator: Indicator, plan: Plan) -> Entry:
    goals = [(where, goal_text(goal)) for where, goal in goals_of(plan, name)]
    return Entry(
        name,
        indicator.name,
        rule_in_words(indicator),
        formula(indicator),
        tuple(_sources(indicator, plan)),
        indicator.owner,
        indicator.process_owner,
        indicator.frequency,
        indicator.accumulate is not None,
        next((text for where, text in goals if where[0] == "indicators"), None),
        tuple((where[0], where[1], text) for where, text in goals if where[0] != "indicators"),
        None if indicator.weight is None else f"{float(indicator.weight):g}",
        None if indicator.score is None else score_text(indicator.score),
    )


def score_text(score: ScoreSettings) -> str:
    """Write how an indicator scores, in the plan's own words."""
    return ", ".join(
        _said(name, getattr(score, name)) for name in score.__class__.model_fields if _is_said(score, name)
    )


def _is_said(score: ScoreSettings, name: str) -> bool:
    return name in score.model_fields_set and getattr(score, name) is not None


def _said(name: str, value: object) -> str:
    match value:
        case Ladder(rungs):
            return f"{name} {{{', '.join(f'{float(bound):g}: {award.text}' for bound, award in rungs)}}}"
        case Target(text):
            return f"from {text}"
        case Fraction():
            return f"{name} {float(value):g}"
    return str(value) if name == "form" else f"{name} {value}"


def _parts(part: object) -> Iterator[str]:
    yield str(getattr(part, "value", ""))
    if where := getattr(part, "where", None):
        yield f"where {where}"
    exclude: Mapping[str, str] = getattr(part, "exclude", None) or {}
    yield from (f"exclude {reason}: {text}" for reason, text in exclude.items())
    for key in ("over", "at", "open", "period_by", "by", "reduce"):
        if said := getattr(part, key, None):
            yield f"{key} {said if isinstance(said, str) else ', '.join(said)}"


def _sources(indicator: Indicator, plan: Plan) -> Iterator[Source]:
    found: dict[str, list[str]] = {}
    for table, texts in expressions(indicator):
        known = known_columns(plan.registry[table])
        words = [word for text in texts for word in _WORD.findall(_QUOTED.sub(" ", text))]
        found.setdefault(table, []).extend(word for word in words if word in known)
    for each in (indicator, *(getattr(indicator, "terms", None) or {}).values()):
        named, moment = getattr(each, "table", None), getattr(each, "period_by", None)
        if named and moment in known_columns(plan.registry[named]):
            found.setdefault(named, []).append(moment)
    for table, columns in found.items():
        named = _headings(table, plan)
        yield Source(
            table, plan.registry[table].said, tuple((column, named.get(column)) for column in dict.fromkeys(columns))
        )


def _headings(table: str, plan: Plan) -> Mapping[str, str]:
    """Find what our own registers, or the plan's own tables, call a table's columns."""
    found: dict[str, str] = {}
    for form in (*shipped("standard").forms, *plan.source.forms):
        if form.table == table:
            for column, spellings in form.columns.items():
                found.setdefault(column, next(iter(spellings)))
    return found
