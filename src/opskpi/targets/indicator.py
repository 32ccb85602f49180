"""One indicator of a plan: which rows, from when, what is counted, against which target."""

import hashlib
import json
import unicodedata
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from opskpi import COUNTING
from opskpi.documents import Mistake, Path, parse_scale, with_nearest
from opskpi.indicators.decided import DECIDED
from opskpi.indicators.readings import Definition, is_outcome
from opskpi.indicators.syntax import ExpressionError
from opskpi.indicators.typing import aggregate, condition
from opskpi.model import REGISTERS
from opskpi.model.goals import Target
from opskpi.tables import NAMES, load
from opskpi.targets.amounts import Points
from opskpi.targets.fields import Text, raise_all
from opskpi.targets.goals import GoalText, stated
from opskpi.targets.scoring import Score, check_score
from opskpi.wording import message

#: Promised by the design, not built yet: named as such rather than as unknown.
_PLANNED = frozenset({"terms", "rescale", "breakdown", "by", "manual"})

#: What an indicator's rows are judged by, where the plan fixes it.
Basis = Literal["limit", "due", "duration", "flag"]
Empty = Literal["not_applicable", "pass", "fail", "no_data"]


def _known_table(value: object) -> str:
    tables = tuple(name for name in NAMES if name not in REGISTERS)
    if value not in tables:
        raise Mistake(with_nearest("unknown_table", str(value), tables))
    return str(value)


def not_planned(values: object, planned: frozenset[str]) -> object:
    """Refuse keys that are promised and not built yet; raises Mistake."""
    if isinstance(values, Mapping):
        for key in values:
            if key in planned:
                raise Mistake(message("not_yet", key=key), path=(str(key), ""))
    return values


class Indicator(BaseModel):
    """One indicator: which rows, from when, what is counted, against which target."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text
    short: str | None = None
    owner: str | None = None
    process_owner: str | None = None
    table: Annotated[str, BeforeValidator(_known_table)]
    where: str | None = None
    exclude: dict[str, str] = Field(default_factory=dict)
    period_by: Text
    accumulate: Literal["year"] | None = None
    frequency: Literal["month", "quarter", "half", "year"] | None = None
    value: Text
    judged_by: Basis | None = None
    scale: str | None = None
    empty: Empty | None = None
    min_rows: int = Field(default=0, ge=0)
    target: GoalText = None
    weight: Points | None = None
    score: Score | None = None

    _definition: Definition = PrivateAttr()
    _service: object = PrivateAttr(default=None)
    _completion: str = PrivateAttr(default="last")

    @model_validator(mode="before")
    @classmethod
    def _planned_keys(cls, values: object) -> object:
        return not_planned(values, _PLANNED)

    @field_validator("where")
    @classmethod
    def _where(cls, text: str | None, info: ValidationInfo) -> str | None:
        if text is not None and "table" in info.data:
            _compiled(condition, text, info.data["table"])
        return text

    @field_validator("exclude")
    @classmethod
    def _exclude(cls, reasons: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        found = [
            mistake
            for reason, text in reasons.items()
            if "table" in info.data
            for mistake in collected(_compiled, condition, text, info.data["table"], (reason,))
        ]
        raise_all(found)
        return reasons

    @field_validator("period_by")
    @classmethod
    def _period_by(cls, name: str, info: ValidationInfo) -> str:
        if "table" not in info.data:
            return name
        table = load(info.data["table"])
        moments = (*(each for each, kind in table.kinds.items() if kind.is_instant), DECIDED)
        if name not in moments:
            raise Mistake(with_nearest("period_by_no_moment", name, moments, table=table.name))
        return name

    @field_validator("value")
    @classmethod
    def _value(cls, text: str, info: ValidationInfo) -> str:
        if "table" in info.data:
            _compiled(aggregate, text, info.data["table"])
        return text

    @field_validator("scale")
    @classmethod
    def _scale(cls, text: str | None) -> str | None:
        if text is not None:
            parse_scale(text)
        return text

    @model_validator(mode="after")
    def _fits_together(self) -> "Indicator":
        table = load(self.table)
        value = aggregate(self.value, table)
        where = None if self.where is None else condition(self.where, table)
        exclude = tuple((name, condition(text, table)) for name, text in self.exclude.items())
        self._definition = Definition(table, where, exclude, self.period_by, value, self.judged_by)
        if self.period_by == DECIDED and not is_outcome(value.argument, table):
            raise Mistake(message("decided_without_outcome", value=self.value), path=("period_by",))
        self.check_goal(self.target, ("target",))
        check_score(self.score, self.weight, value.unit, value.function)
        return self

    def check_goal(self, goal: object, path: Path = ()) -> None:
        """Refuse targets of another unit than the value's, or off the stated scale; raises Mistake."""
        scale = self.score_scale
        for inner, target in stated(goal):
            check_unit(target, self._definition.value.unit, (*path, *inner))
            bounds = [bound for bound in (target.low, target.high) if bound is not None]
            if scale and any(not scale[0] <= bound <= scale[1] for bound in bounds):
                said = message("target_off_scale", text=target.text, scale=str(self.scale))
                raise Mistake(said, path=(*path, *inner))

    @property
    def definition(self) -> Definition:
        """The parsed form of what is counted."""
        return self._definition

    @property
    def display(self) -> str:
        """The short name, or the whole one."""
        return self.short or self.name

    @property
    def score_scale(self) -> tuple[Fraction, Fraction] | None:
        """The scale a mean of scores moves on, where it is stated."""
        return None if self.scale is None else parse_scale(self.scale)

    def judge_by(self, service: object, completion: str) -> None:
        """Let the plan's service times be part of the rule where the value is judged by them."""
        self._service = service if self._definition.judged and self.judged_by != "flag" else None
        self._completion = completion if self._definition.table.first_stop else "last"

    @property
    def rule_sha256(self) -> str:
        """A hash of everything that decides the figure, and of nothing else."""
        keys = ("table", "where", "exclude", "period_by", "accumulate", "value", "judged_by", "scale")
        rule = {key: getattr(self, key) for key in keys} | {"counting": COUNTING}
        if self._service is not None:
            rule["service"] = self._service
        if self._completion != "last":
            rule["completion"] = self._completion
        text = json.dumps(rule, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


def check_unit(target: Target | None, unit: str, path: Path) -> None:
    """Refuse a ratio's target beyond 1: `>= 95` is a slip for `>= 95%`; raises Mistake."""
    bounds = [bound for bound in (target.low, target.high) if bound is not None] if target else []
    if target and unit == "ratio" and any(bound > 1 for bound in bounds):
        raise Mistake(message("target_not_ratio", text=target.text), path=path)
    if target and unit != "ratio" and "%" in unicodedata.normalize("NFKC", target.text):
        raise Mistake(message("target_percent", text=target.text), path=path)


def _compiled(reader: Any, text: str, table: str, path: tuple[str, ...] = ()) -> None:  # noqa: ANN401 - condition or aggregate
    try:
        reader(text, load(table))
    except ExpressionError as error:
        raise Mistake(error.sentence, error.at, path) from None


def collected(check: Callable[..., None], *values: object) -> list[Mistake]:
    """Run a check and give its mistake, if any, instead of raising it."""
    try:
        check(*values)
    except Mistake as mistake:
        return [mistake]
    return []
