"""What an indicator, or a term of one, counts: which rows, from when, and the aggregate of which columns."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

from opskpi.documents import Mistake, Path, with_nearest
from opskpi.indicators.decided import DECIDED
from opskpi.indicators.readings import Definition, is_outcome
from opskpi.indicators.typing import aggregate, condition
from opskpi.tables import NAMES, load
from opskpi.targets.expressions import compiled
from opskpi.targets.fields import Mistakes, Text
from opskpi.wording import message

#: What rows are judged by, where the plan fixes it.
Basis = Literal["limit", "due", "duration", "flag"]


def _table(value: object) -> str:
    tables = tuple(name for name in NAMES if name != "projects")
    if value not in tables:
        raise Mistake(with_nearest("unknown_table", str(value), tables))
    return str(value)


def _condition(text: str, info: ValidationInfo) -> str:
    if info.data.get("table"):
        read(condition, text, info.data["table"])
    return text


def _exclude(reasons: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    mistakes = Mistakes()
    for reason, text in reasons.items() if info.data.get("table") else ():
        mistakes.take(partial(_condition, info=info), text, (reason,), None)
    mistakes.stop()
    return reasons


def _period_by(name: str, info: ValidationInfo) -> str:
    if not info.data.get("table"):
        return name
    table = load(info.data["table"])
    moments = (*(each for each, kind in table.kinds.items() if kind.is_instant), DECIDED)
    if name not in moments:
        raise Mistake(with_nearest("period_by_no_moment", name, moments, table=table.name))
    return name


def _value(text: str, info: ValidationInfo) -> str:
    if info.data.get("table"):
        read(aggregate, text, info.data["table"])
    return text


TableName = Annotated[str, BeforeValidator(_table)]
Where = Annotated[str, AfterValidator(_condition)]
Exclude = Annotated[dict[str, str], AfterValidator(_exclude)]
PeriodBy = Annotated[Text, AfterValidator(_period_by)]
Value = Annotated[Text, AfterValidator(_value)]


class Term(BaseModel):
    """A term of an indicator: one figure of one table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: TableName
    where: Where | None = None
    exclude: Exclude = Field(default_factory=dict)
    period_by: PeriodBy
    value: Value
    judged_by: Basis | None = None

    _definition: Definition = PrivateAttr()

    @model_validator(mode="after")
    def _fits_together(self) -> "Term":
        self._definition = define(self.model_dump())
        return self

    @property
    def definition(self) -> Definition:
        """The parsed form of what is counted."""
        return self._definition

    @property
    def rule(self) -> Mapping[str, object]:
        """Everything that decides its figure."""
        return self.model_dump()

    def expressions(self) -> Iterator[tuple[Path, str]]:
        """Go through its expressions, each with where it stands."""
        return expressions(self.rule)


def read(reader: Callable[..., Any], text: str, table: str) -> None:
    """Read an expression over a table; raises Mistake, with the place shown."""
    compiled(partial(reader, text, load(table)), text)


def define(said: Mapping[str, Any]) -> Definition:
    """Parse what is counted, from keys that were checked each; raises Mistake where they do not fit together."""
    table = load(said["table"])
    value = aggregate(said["value"], table)
    where = None if said["where"] is None else condition(said["where"], table)
    exclude = tuple((name, condition(text, table)) for name, text in said["exclude"].items())
    if said["period_by"] == DECIDED and not is_outcome(value.argument, table):
        raise Mistake(message("decided_without_outcome", value=said["value"]), path=("period_by",))
    return Definition(table, where, exclude, said["period_by"], value, said["judged_by"])


def expressions(said: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Go through the expressions over rows among some keys, each with where it stands."""
    if said["where"] is not None:
        yield ("where",), said["where"]
    yield from ((("exclude", reason), text) for reason, text in said["exclude"].items())
    yield ("value",), said["value"]
