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
from opskpi.indicators.definitions import Definition
from opskpi.indicators.groups import reduction
from opskpi.indicators.judging import is_outcome
from opskpi.indicators.nodes import Name, names_in
from opskpi.indicators.syntax import parse
from opskpi.indicators.types import asks_moment, known_columns, sort_of
from opskpi.indicators.typing import aggregate, condition
from opskpi.model import REGISTERS
from opskpi.tables import Registry, Table, known
from opskpi.targets.expressions import compiled
from opskpi.targets.fields import Mistakes, Text
from opskpi.targets.reported import FIGURES
from opskpi.wording import message

#: What rows are judged by, where the plan fixes it.
Basis = Literal["limit", "due", "duration", "flag"]


#: Keys that a rule always says, and those that it may say, two by two.
_ALWAYS = ("table", "where", "exclude", "period_by", "value", "judged_by")
_PAIRS = (("by", "reduce"), ("at", "open"))


def _known_table(value: object, info: ValidationInfo) -> str:
    if info.context and value in info.context.get("unread", ()):
        raise Mistake(message("table_unread", table=str(value)))
    tables = tuple(name for name in known(info.context) if name not in REGISTERS)
    if value not in tables:
        raise Mistake(with_nearest("unknown_table", str(value), tables))
    return str(value)


def table_of(info: ValidationInfo) -> Table | None:
    """Get the table whose rows are counted; None where it is not known, or has none to count."""
    name = info.data.get("table")
    return None if name in (None, FIGURES) else known(info.context)[name]


def _condition(text: str, info: ValidationInfo) -> str:
    if table := table_of(info):
        read(partial(condition, others=known(info.context)), text, table)
    return text


def _exclude(reasons: dict[str, str], info: ValidationInfo) -> dict[str, str]:
    mistakes = Mistakes()
    for reason, text in reasons.items() if table_of(info) else ():
        mistakes.take(partial(_condition, info=info), text, (reason,), None)
    mistakes.stop()
    return reasons


def _period_by(name: str, info: ValidationInfo) -> str:
    table = table_of(info)
    if table is None:
        return name
    moments = (*(each for each, kind in table.kinds.items() if kind.is_instant), DECIDED)
    if name not in moments:
        raise Mistake(with_nearest("period_by_no_moment", name, moments, table=table.name))
    return name


def _value(text: str, info: ValidationInfo) -> str:
    if table := table_of(info):
        read(partial(aggregate, others=known(info.context)), text, table)
    return text


def _by(name: str, info: ValidationInfo) -> str:
    """Check the column that groups: it holds words."""
    table = table_of(info)
    if table is None:
        return name
    words = tuple(each for each, kind in table.kinds.items() if kind.name in ("text", "id", "word"))
    if name not in words:
        raise Mistake(with_nearest("by_no_words", name, words, table=table.name))
    return name


def _breakdown(name: str, info: ValidationInfo) -> str:
    """Check the column that a figure is broken down by: one figure of rows, and a column of words."""
    beside = next((key for key in ("terms", "by") if info.data.get(key)), None)
    if beside:
        raise Mistake(message("breakdown_beside", key=beside))
    return _by(name, info)


def _reduce(text: str, info: ValidationInfo) -> str:
    """Check what is made of the groups' figures."""
    table = table_of(info)
    if table and info.data.get("value"):
        unit = aggregate(info.data["value"], table, known(info.context)).unit
        compiled(partial(reduction, text, unit), text)
    return text


def _open(moments: tuple[str, str], info: ValidationInfo) -> tuple[str, str]:
    """Check the moments from which and until which a row is open."""
    mistakes, table = Mistakes(), table_of(info)
    if table is None:
        return moments
    columns = tuple(each for each in known_columns(table) if sort_of(Name(each), table) == "instant")
    for at, name in enumerate(moments):
        if name not in columns:
            mistakes.add(Mistake(with_nearest("period_by_no_moment", name, columns, table=table.name)), (at,))
    mistakes.stop()
    return moments


def _dated(value: str | None, info: ValidationInfo) -> str | None:
    """Ask for the column that puts rows in a period, where they are not put there otherwise."""
    if value is None and not places_itself(info.data):
        raise Mistake(message("missing_key", key="period_by"))
    return value


def places_itself(said: Mapping[str, Any]) -> bool:
    """Tell whether rows are put in a period by their stretch of time, or whether nobody can say yet."""
    return "value" not in said or said.get("at") is not None or str(said["value"]).lstrip().startswith("downtime")


At = Literal["period_start", "period_end"]
Open = Annotated[tuple[str, str], AfterValidator(_open)]
By = Annotated[Text, AfterValidator(_by)]
Breakdown = Annotated[Text, AfterValidator(_breakdown)]
Reduce = Annotated[Text, AfterValidator(_reduce)]
TableName = Annotated[str, BeforeValidator(_known_table)]
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
    value: Value
    at: At | None = None
    open: Open | None = None
    period_by: Annotated[PeriodBy | None, AfterValidator(_dated)] = Field(default=None, validate_default=True)
    by: By | None = None
    reduce: Reduce | None = None
    judged_by: Basis | None = None

    _definition: Definition = PrivateAttr()

    @model_validator(mode="after")
    def _fits_together(self, info: ValidationInfo) -> "Term":
        if self.table == FIGURES:
            raise Mistake(message("figures_no_term"), path=("table",))
        tables = known(info.context)
        self._definition = define(self.model_dump(), tables[self.table], tables)
        return self

    @property
    def definition(self) -> Definition:
        """The parsed form of what is counted."""
        return self._definition

    @property
    def rule(self) -> Mapping[str, object]:
        """Everything that decides its figure."""
        said = self.model_dump()
        return {key: said[key] for key in _ALWAYS} | added(said)

    def expressions(self) -> Iterator[tuple[Path, str]]:
        """Go through its expressions, each with where it stands."""
        return expressions(self.model_dump())


def read(reader: Callable[..., Any], text: str, table: Table) -> None:
    """Read an expression over a table; raises Mistake, with the place shown."""
    compiled(partial(reader, text, table), text)


def define(said: Mapping[str, Any], table: Table, tables: Registry) -> Definition:
    """Parse what is counted, from keys that were checked each; raises Mistake where they do not fit together."""
    value = aggregate(said["value"], table, tables)
    where = None if said["where"] is None else condition(said["where"], table, tables)
    exclude = tuple((name, condition(text, table, tables)) for name, text in said["exclude"].items())
    if said["period_by"] == DECIDED and not is_outcome(value.argument, table):
        raise Mistake(message("decided_without_outcome", value=said["value"]), path=("period_by",))
    for one, other in _PAIRS:
        if (said[one] is None) != (said[other] is None):
            key, missing = (one, other) if said[other] is None else (other, one)
            raise Mistake(message("needs_key", key=key, missing=missing), path=(key, ""))
    if places_itself(said) and said["period_by"]:
        raise Mistake(message("at_and_period_by"), path=("period_by", ""))
    _check_moment(said, table)
    by, moments, breakdown = said["by"], said["open"], said.get("breakdown")
    return Definition(
        table,
        where,
        exclude,
        said["period_by"] or "",
        value,
        said["judged_by"],
        by=by and Name(by),
        reduce=by and reduction(said["reduce"], value.unit),
        at=said["at"],
        open=moments and (Name(moments[0]), Name(moments[1])),
        breakdown=breakdown and Name(breakdown),
    )


def _check_moment(said: Mapping[str, Any], table: Table) -> None:
    """Refuse the moment of a snapshot where nothing is counted at one; raises Mistake."""
    for path, text in () if said["at"] else expressions(said):
        if asks_moment(names_in(parse(text)), table):
            raise Mistake(message("moment_without_at"), path=path)


def added(said: Mapping[str, Any]) -> dict[str, object]:
    """List what a rule says of groups and of moments, where it says anything."""
    return {key: said[key] for pair in _PAIRS for key in pair if said[key] is not None}


def expressions(said: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Go through the expressions over rows among some keys, each with where it stands."""
    if said["where"] is not None:
        yield ("where",), said["where"]
    yield from ((("exclude", reason), text) for reason, text in said["exclude"].items())
    yield ("value",), said["value"]
