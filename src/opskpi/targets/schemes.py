"""The plan's scoring as a whole: weights that add up, `grades:`, and `scoring:`."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema

from opskpi.documents import Mistake, Path
from opskpi.model.scoring import FULL, Rule, Scheme
from opskpi.targets.amounts import Points, parse_amount
from opskpi.targets.fields import Mistakes
from opskpi.targets.scoring import ScoreSettings
from opskpi.wording import message


class SchemeSettings(BaseModel):
    """The plan's scoring as a whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    owners: dict[str, Points] = Field(default_factory=dict)
    not_applicable: Literal["redistribute", "full", "drop"] = "redistribute"
    no_data: Literal["zero", "full", "not_applicable"] = "zero"
    most: Points | None = None


class Scoring(Protocol):
    """What scoring asks of an indicator."""

    owner: str | None
    weight: Fraction | None
    score: ScoreSettings | None


def check_weights(indicators: Mapping[str, Scoring], scheme: SchemeSettings | None) -> list[Mistake]:
    """Find weights that do not add up to 100: all of them, or each owner's where owners have weights."""
    weighted = {name: each.weight for name, each in indicators.items() if each.weight is not None}
    owners = scheme.owners if scheme else {}
    if not owners:
        return _not_full(weighted, ("indicators",), "weights_sum")
    found = _not_full(owners, ("scoring", "owners"), "owners_sum")
    for name in weighted:
        if indicators[name].owner not in owners:
            found.append(Mistake(message("owner_without_weight"), path=("indicators", name, "weight")))
    for owner in owners:
        mine = {name: weight for name, weight in weighted.items() if indicators[name].owner == owner}
        if not mine:
            found.append(Mistake(message("owner_weighs_nothing", owner=owner), path=("scoring", "owners", owner)))
        found += _not_full(mine, ("indicators",), "weights_sum")
    return found


def _not_full(weights: Mapping[str, Fraction | None], path: Path, key: str) -> list[Mistake]:
    total = sum((weight or Fraction(0) for weight in weights.values()), Fraction(0))
    if not weights or total == FULL:
        return []
    last = (*path, list(weights)[-1])
    parts = tuple(f"{name} {_said(weight or Fraction(0))}" for name, weight in weights.items())
    at = (*last, "weight") if path == ("indicators",) else last
    return [Mistake(message(key, sum=_said(total), parts=parts), path=at)]


def _said(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):g}"


def parse_grades(value: object) -> tuple[tuple[str, Fraction], ...]:
    """Read grades by their lower bounds, best first; raises Mistake."""
    if not isinstance(value, Mapping):
        raise Mistake(message("grades_wanted"))
    mistakes = Mistakes()
    grades = [
        (str(name), mistakes.take(parse_amount, bound, (str(name),), Fraction(-1))) for name, bound in value.items()
    ]
    bounds = [bound for _, bound in grades]
    for name, bound in grades:
        if bounds.count(bound) > 1 and bound >= 0:
            mistakes.add(Mistake(message("bound_twice", text=name)), (name,))
            break
    mistakes.stop()
    return tuple(sorted(grades, key=lambda grade: -grade[1]))


Grades = Annotated[
    tuple[tuple[str, Fraction], ...],
    PlainValidator(parse_grades),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["number", "string"]}}),
]


def frozen_scheme(
    indicators: Mapping[str, Scoring], grades: tuple[tuple[str, Fraction], ...], settings: SchemeSettings | None
) -> Scheme | None:
    """Freeze a plan's scoring; None where no indicator scores."""
    rules = {
        name: Rule(each.score.rule_form, each.weight, each.score.veto)
        for name, each in indicators.items()
        if each.score is not None
    }
    if not rules:
        return None
    said = settings or SchemeSettings()
    return Scheme(rules, grades, said.owners, said.not_applicable, said.no_data, said.most)
