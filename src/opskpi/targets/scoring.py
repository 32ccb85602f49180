"""How an indicator scores in the plan: `score:` with its form, checked against the value it scores."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from opskpi.documents import Mistake, Path
from opskpi.model.goals import Target
from opskpi.model.scoring import (
    AwardKind,
    Form,
    Ladder,
    Occurrences,
    PassFail,
    Rate,
    Steps,
)
from opskpi.targets.amounts import Amount, Points, parse_amount, parse_award
from opskpi.targets.fields import Mistakes, raise_all
from opskpi.targets.phrases import check_unit, parse_target
from opskpi.wording import Message, message

#: The keys that say which form a score has, and the keys that go with each.
_WITH = {
    "form": (),
    "table": (),
    "bands": (),
    "deduct": ("per", "step", "from", "at_once", "each", "free", "most"),
    "bonus": ("per", "step", "from", "each", "free", "most"),
}
_PARTS = tuple(dict.fromkeys(key for keys in _WITH.values() for key in keys))
_OF_STEPS, _OF_EACH = ("per", "step", "from", "at_once"), ("each", "free")


def _ladder(value: object) -> Ladder:
    """Read awards by lower bounds; raises Mistake."""
    if not isinstance(value, Mapping) or not value:
        raise Mistake(message("ladder_wanted"))
    mistakes, rungs = Mistakes(), []
    for key, text in value.items():
        bound = mistakes.take(_bound, key, (str(key), ""), Fraction(0))
        rungs.append((bound, mistakes.take(parse_award, text, (str(key),), None)))
        if [each for each, _ in rungs].count(bound) > 1 and not mistakes.found:
            mistakes.add(Mistake(message("bound_twice", text=str(key))), (str(key), ""))
    mistakes.stop()
    return Ladder(tuple(sorted(((b, award) for b, award in rungs if award), key=lambda rung: rung[0])))


def _bound(key: object) -> Fraction:
    try:
        return parse_amount(key)
    except Mistake:
        raise Mistake(message("no_lower_bound", text=str(key))) from None


_Ladder = Annotated[
    Ladder | None,
    PlainValidator(_ladder),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": ["number", "string"]}}),
]
_Target = Annotated[
    Target | None, PlainValidator(lambda value: parse_target(str(value))), WithJsonSchema({"type": "string"})
]


class ScoreSettings(BaseModel):
    """How an indicator scores: one form, and perhaps a veto; a single word is `form`."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    form: Literal["pass_fail", "rate"] | None = None
    deduct: Points | None = None
    bonus: Points | None = None
    per: Amount | None = None
    step: Literal["full", "started", "prorata"] | None = None
    start: _Target = Field(default=None, alias="from")
    at_once: Points | None = None
    each: Literal["missed", "met", "value"] | None = None
    free: Points | None = None
    most: Points | None = None
    table: _Ladder = None
    bands: _Ladder = None
    veto: Points | None = None

    @model_validator(mode="before")
    @classmethod
    def _word(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            raise Mistake(message("score_wanted"))
        return value

    @model_validator(mode="after")
    def _one_form(self) -> "ScoreSettings":
        stated = {self._key(name) for name in self.model_fields_set}
        forms = [key for key in _WITH if key in stated]
        if len(forms) > 1:
            raise Mistake(message("score_two_forms", first=forms[0], second=forms[1]), path=(forms[1],))
        if not forms and "veto" not in stated:
            raise Mistake(message("score_wanted"))
        fitting = _WITH[forms[0]] if forms else ()
        stray = [key for key in _PARTS if key in stated and key not in fitting]
        raise_all([Mistake(message("score_stray", key=key, forms=_forms_with(key)), path=(key,)) for key in stray])
        if {"deduct", "bonus"} & stated:
            self._counts(stated)
        return self

    def _counts(self, stated: set[str]) -> None:
        """Refuse points that are neither by the step nor by occurrence, or both; raises Mistake."""
        form = "deduct" if "deduct" in stated else "bonus"
        if ("per" in stated) == ("each" in stated):
            raise Mistake(message("score_by_what", form=form), path=(form,))
        stray = [key for key in (_OF_EACH if "per" in stated else _OF_STEPS) if key in stated]
        raise_all([Mistake(message("score_by_other", key=key), path=(key,)) for key in stray])
        if "per" in stated and self.step is None:
            raise Mistake(message("step_unstated"), path=("per",))
        if self.per is not None and self.per <= 0:
            raise Mistake(message("per_nothing"), path=("per",))

    def _key(self, name: str) -> str:
        return "from" if name == "start" else name

    @property
    def rule_form(self) -> Form | None:
        """The form as the frozen value that counts; None where there is only a veto."""
        if self.form:
            return PassFail() if self.form == "pass_fail" else Rate()
        if self.table or self.bands:
            return self.table or self.bands
        bonus = self.bonus is not None
        points = self.bonus if self.bonus is not None else self.deduct
        if points is None:
            return None
        if self.each:
            return Occurrences(points, self.each, self.free or Fraction(0), self.most, bonus)
        step, per = self.step or "full", self.per or Fraction(1)
        return Steps(points, per, step, self.start, self.at_once or Fraction(0), self.most, bonus)


def _forms_with(key: str) -> tuple[str, ...]:
    return tuple(form for form, keys in _WITH.items() if key in keys)


def _word_or_map(value: object) -> object:
    return {"form": value} if isinstance(value, str) else value


Score = Annotated[ScoreSettings, BeforeValidator(_word_or_map)]


def check_score(score: ScoreSettings | None, weight: Fraction | None, unit: str, function: str) -> None:
    """Refuse a score that cannot be counted from such a value; raises Mistake."""
    if score is None:
        if weight is not None:
            raise Mistake(message("weight_without_score"), path=("weight",))
        return
    raise_all([Mistake(what, path=("score", *path)) for path, what in _unfit(score, weight, unit, function)])


def _unfit(score: ScoreSettings, weight: Fraction | None, unit: str, function: str) -> Iterator[tuple[Path, Message]]:
    form = score.rule_form
    if weight is not None and form is None:
        yield ("veto",), message("weight_without_score")
    if weight is None and isinstance(form, PassFail | Rate):
        yield ("form",), message("score_needs_weight")
    if isinstance(form, Rate) and unit != "ratio":
        yield ("form",), message("score_no_rate")
    if isinstance(form, Occurrences) and (form.each == "value") == (function == "share"):
        yield ("each",), message("score_each_of" if function == "share" else "score_each_value")
    if isinstance(form, Steps):
        if unit == "ratio" and form.per >= 1:
            yield ("per",), message("per_not_ratio", text=f"{form.per}")
        yield from _unfit_start(form.start, unit, share=function == "share")
    if isinstance(form, Ladder):
        yield from _unfit_rungs(form, weight, unit, "table" if score.table else "bands")


def _unfit_start(start: Target | None, unit: str, *, share: bool) -> Iterator[tuple[Path, Message]]:
    try:
        check_unit(start, unit, ("from",), share=share)
    except Mistake as mistake:
        yield mistake.path, mistake.sentence


def _unfit_rungs(ladder: Ladder, weight: Fraction | None, unit: str, key: str) -> Iterator[tuple[Path, Message]]:
    for bound, award in ladder.rungs:
        if unit == "ratio" and bound > 1:
            yield (key,), message("bound_not_ratio", text=f"{bound}")
        if weight is None and award.kind in (AwardKind.SHARE, AwardKind.POINTS):
            yield (key,), message("award_needs_weight", text=award.text)
        if weight is not None and award.kind is AwardKind.POINTS and award.amount > weight:
            yield (key,), message("award_over_weight", text=award.text, weight=f"{weight}")
