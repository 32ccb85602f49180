"""One indicator of a plan: which rows, from when, what is counted, against which target."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from opskpi import COUNTING
from opskpi.documents import Mistake, Path, hash_of, parse_scale
from opskpi.indicators.definitions import Definition
from opskpi.indicators.formulas import Formula, Leaf, formula
from opskpi.indicators.moments import REAL_TIME, calendar_of, clocked
from opskpi.indicators.nodes import Name, Node
from opskpi.indicators.syntax import parse
from opskpi.indicators.tokens import ExpressionError
from opskpi.indicators.typing import aggregate
from opskpi.model.rules import RuleRecord
from opskpi.tables import Registry, known
from opskpi.tables.declared import declaration
from opskpi.targets.amounts import Points
from opskpi.targets.counted import (
    At,
    Basis,
    Breakdown,
    By,
    Exclude,
    Open,
    PeriodBy,
    Reduce,
    TableName,
    Term,
    Where,
    added,
    define,
    expressions,
    places_itself,
    read,
    table_of,
)
from opskpi.targets.expressions import compiled, mistaken
from opskpi.targets.fields import Mistakes, Text, no_calendar
from opskpi.targets.goals import GoalText, stated
from opskpi.targets.overall import Over, check_asked, members, over_others
from opskpi.targets.phrases import check_unit
from opskpi.targets.reported import FIGURES, only_reported, reported_value
from opskpi.targets.rescaling import RescaleSettings, check_rescale
from opskpi.targets.scoring import Score, check_score
from opskpi.wording import message

#: What each term says for itself.
_OF_TERMS = ("table", "where", "exclude", "at", "open", "period_by", "by", "reduce", "judged_by", "scale")
_RULE = ("table", "where", "exclude", "period_by", "accumulate", "value", "judged_by", "scale")

Empty = Literal["not_applicable", "pass", "fail", "no_data"]


def _needed(value: str | None, info: ValidationInfo) -> str | None:
    """Ask for what only an indicator with terms may leave out, or one that counts what is open at a moment."""
    has_rows = not info.data.get("terms", True) and not info.data.get("over", True)
    if value is None and has_rows and not _placed(info):
        raise Mistake(message("missing_key", key=str(info.field_name)))
    return value


def _placed(info: ValidationInfo) -> bool:
    return info.field_name == "period_by" and places_itself(info.data)


class Indicator(BaseModel):
    """One indicator: which rows, from when, what is counted, against which target.

    With `terms`, its value is arithmetic over figures that each have rows of their own; with `over`, it is of what
    other indicators come to.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text
    short: str | None = None
    owner: str | None = None
    process_owner: str | None = None
    over: Over | None = None
    terms: dict[str, Term] = Field(default_factory=dict)
    table: Annotated[TableName | None, AfterValidator(_needed)] = Field(default=None, validate_default=True)
    where: Where | None = None
    exclude: Exclude = Field(default_factory=dict)
    value: Text
    at: At | None = None
    open: Open | None = None
    period_by: Annotated[PeriodBy | None, AfterValidator(_needed)] = Field(default=None, validate_default=True)
    accumulate: Literal["year"] | None = None
    frequency: Literal["month", "quarter", "half", "year"] | None = None
    by: By | None = None
    reduce: Reduce | None = None
    breakdown: Breakdown | None = None
    judged_by: Basis | None = None
    scale: str | None = None
    rescale: RescaleSettings | None = None
    stated_unit: str | None = Field(default=None, alias="unit")
    empty: Empty | None = None
    min_rows: int = Field(default=0, ge=0)
    target: GoalText = None
    weight: Points | None = None
    score: Score | None = None

    _definitions: Mapping[str, Definition] = PrivateAttr()
    _formula: Formula | None = PrivateAttr(default=None)
    _service: object = PrivateAttr(default=None)
    _limits: str | None = PrivateAttr(default=None)
    _measured: object = PrivateAttr(default=None)
    _completion: str = PrivateAttr(default="last")
    _owed: object = PrivateAttr(default=None)
    _members: Mapping[str, "Indicator"] = PrivateAttr(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _of_no_rows(cls, values: object) -> object:
        return only_reported(over_others(values))

    @field_validator("terms")
    @classmethod
    def _terms(cls, terms: dict[str, Term]) -> dict[str, Term]:
        mistakes = Mistakes()
        for name in terms:
            if not _is_name(name):
                mistakes.add(Mistake(message("term_name", word=name)), (name, ""))
        mistakes.stop()
        return terms

    @field_validator(*_OF_TERMS)
    @classmethod
    def _not_beside_terms(cls, value: object, info: ValidationInfo) -> object:
        if value and info.data.get("terms"):
            raise Mistake(message("belongs_to_terms", key=str(info.field_name)))
        return value

    @field_validator("value")
    @classmethod
    def _value(cls, text: str, info: ValidationInfo) -> str:
        if info.data.get("over"):
            return check_asked(text)
        if terms := info.data.get("terms"):
            units = {name: term.definition.unit for name, term in terms.items()}
            compiled(partial(formula, text, units), text)
        elif table := table_of(info):
            read(partial(aggregate, others=known(info.context)), text, table)
        return text

    @field_validator("scale")
    @classmethod
    def _scale(cls, text: str | None) -> str | None:
        if text is not None:
            parse_scale(text)
        return text

    @model_validator(mode="after")
    def _fits_together(self, info: ValidationInfo) -> "Indicator":
        if self.terms:
            self._definitions = {name: term.definition for name, term in self.terms.items()}
            self._formula = formula(self.value, {name: each.unit for name, each in self._definitions.items()})
        else:
            self._definitions = {} if self.over else {"": self._only(known(info.context))}
        check_rescale(self.rescale, self.scale, self._definitions.values())
        self.check_goal(self.target, ("target",))
        check_score(self.score, self.weight, self.unit, self.function)
        return self

    def _only(self, tables: Registry) -> Definition:
        """Parse what is counted where there are no terms; reported figures have no rows."""
        table = tables[str(self.table)]
        if self.table == FIGURES:
            return Definition(table, None, (), "period", reported_value(self.stated_unit))
        return define(dict(self), table, tables)

    def check_goal(self, goal: object, path: Path = ()) -> None:
        """Refuse targets that its value cannot mean, or off the stated scale; raises Mistake."""
        scale, share = self.score_scale, self._is_share
        for inner, target in stated(goal):
            check_unit(target, self.unit, (*path, *inner), share=share)
            bounds = [bound for bound in (target.low, target.high) if bound is not None]
            if scale and self.unit != "ratio" and any(not scale[0] <= bound <= scale[1] for bound in bounds):
                said = message(
                    "target_off_scale", text=target.text, scale=str(self.rescale.to if self.rescale else self.scale)
                )
                raise Mistake(said, path=(*path, *inner))

    @property
    def _is_share(self) -> bool:
        """Whether its value is never over 1."""
        return self.over is not None or (self._formula is None and self._definitions[""].is_share)

    @property
    def definitions(self) -> Mapping[str, Definition]:
        """The parsed form of what is counted, by term; of an indicator without terms under ""."""
        return self._definitions

    @property
    def tables(self) -> frozenset[str]:
        """The tables whose rows it counts."""
        return frozenset(definition.table.name for definition in self._definitions.values())

    @property
    def formula(self) -> Formula | None:
        """How the figure is made of its terms, where it has some."""
        return self._formula

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """What is read over the rows: the terms of its formula, each for its span, or the one value there is."""
        if self.over:
            return ()
        return self._formula.leaves if self._formula else (Leaf(""),)

    @property
    def function(self) -> str:
        """The aggregate that its value is, or `formula`."""
        if self.over:
            return "share"
        return "formula" if self._formula else self._definitions[""].function

    @property
    def unit(self) -> str:
        """The unit of its value."""
        if self.over:
            return "ratio"
        return self._formula.unit if self._formula else self._definitions[""].unit

    @property
    def display(self) -> str:
        """The short name, or the whole one."""
        return self.short or self.name

    @property
    def score_scale(self) -> tuple[Fraction, Fraction] | None:
        """The scale a mean of scores moves on, where it is stated."""
        if self.rescale:
            return self.rescale.after
        return None if self.scale is None else parse_scale(self.scale)

    def stand_over(self, indicators: Mapping[str, "Indicator"]) -> None:
        """Let those that it stands over be known to it, and their rules be part of its own."""
        named = members(self.over, indicators) if self.over else ()
        self._members = {name: indicators[name] for name in named}

    @property
    def members(self) -> Mapping[str, "Indicator"]:
        """The indicators that it stands over, in the plan's order."""
        return self._members

    def judge_by(self, service: object, limits: str | None, completion: str) -> None:
        """Let the plan's service times be part of the rule where they judge the value; `limits` is a hash of them."""
        judged = any(each.judged and each.judged_by != "flag" for each in self._definitions.values())
        self._service, self._limits = (service, limits) if judged else (None, None)
        stopping = any(each.table.first_stop for each in self._definitions.values())
        self._completion = completion if stopping else "last"

    def measure_by(self, calendars: object) -> None:
        """Let the calendars that its expressions name be part of the rule."""
        self._measured = calendars

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every expression over rows, as it was read."""
        return tuple(node for definition in self._definitions.values() for node in definition.nodes)

    @property
    def calendars(self) -> frozenset[str]:
        """The calendars that its expressions name, real time under ""."""
        return frozenset(calendar_of(call) for _, text in self._expressions() for call in clocked(parse(text)))

    def check_calendars(self, known: tuple[str, ...]) -> None:
        """Refuse calendars that nobody defined; raises Mistake."""
        mistakes = Mistakes()
        for path, text in self._expressions():
            for call in clocked(parse(text)):
                name = calendar_of(call)
                if name != REAL_TIME and name not in known:
                    error = ExpressionError(no_calendar(name, known), call.arguments[-1].at)
                    mistakes.add(mistaken(error, text, path))
        mistakes.stop()

    def _expressions(self) -> Iterator[tuple[Path, str]]:
        """Go through its expressions, each with where it stands."""
        if self.terms:
            yield ("value",), self.value
        elif not self.over:
            yield from expressions(dict(self))
        for name, term in self.terms.items():
            yield from ((("terms", name, *path), text) for path, text in term.expressions())

    def owed_by(self, schedule: list[object]) -> None:
        """Let what the plan's schedule says of its table be part of the rule."""
        self._owed = schedule or None

    @property
    def rule_sha256(self) -> str:
        """A hash of everything that decides the figure, and of nothing else."""
        rule = self._rule
        if self._service is not None:
            rule["service"] = self._service
        if self._measured is not None:
            rule["calendars"] = self._measured
        return hash_of(rule)

    @property
    def rule_record(self) -> RuleRecord:
        """What decides the figure as a scorecard keeps it, where calendars stand by themselves."""
        rule = {key: each for key, each in self._rule.items() if each}
        if "columns" in rule:
            rule["columns"] = hash_of(rule["columns"])
        return RuleRecord(rule, self._limits)

    @property
    def _rule(self) -> dict[str, object]:
        """Lay out what decides the figure beside calendars and limits."""
        rule: dict[str, object] = {key: getattr(self, key) for key in _RULE} | {"counting": COUNTING}
        rule |= added(dict(self))
        if self.terms:
            rule["terms"] = {name: term.rule for name, term in self.terms.items()}
        if self._completion != "last":
            rule["completion"] = self._completion
        if self._owed is not None:
            rule["schedule"] = self._owed
        if self.rescale:
            rule["rescale"] = self.rescale.model_dump()
        if self.over:
            rule["over"] = {name: each.rule_sha256 for name, each in self._members.items()}
        if self.table == FIGURES:
            rule["unit"] = self.unit
        if declared := {each.table.name: each.table for each in self._definitions.values() if each.table.title}:
            rule["columns"] = {name: declaration(table) for name, table in sorted(declared.items())}
        return rule


def _is_name(text: str) -> bool:
    """Tell whether an expression can name a term so."""
    try:
        return parse(text) == Name(text)
    except ExpressionError:
        return False


def collected(check: Callable[..., None], *values: object) -> list[Mistake]:
    """Run a check and give its mistake, if any, instead of raising it."""
    try:
        check(*values)
    except Mistake as mistake:
        return [mistake]
    return []
