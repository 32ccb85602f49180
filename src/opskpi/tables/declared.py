"""Tables that a plan declares: a row model built from a list of columns, by the same road as the core tables."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any

from pydantic import create_model

from opskpi.tables import Table
from opskpi.tables.kinds import (
    Due,
    DueDay,
    Event,
    Flag,
    Id,
    Kind,
    Minutes,
    PeriodName,
    ProjectName,
    Row,
    Score,
    Text,
    figure,
    word,
)

PROJECT = "project"
#: What a column may hold; numbers and words are made to measure.
_PLAIN: Mapping[str, Any] = {
    "text": Text,
    "id": Id,
    "duration": Minutes,
    "datetime": Event,
    "date": Event,
    "due": Due,
    "due_day": DueDay,
    "period": PeriodName,
    "flag": Flag,
    "score": Score,
}
_NUMBERS = {
    "integer": Kind("whole", unit="number"),
    "number": Kind("number", unit="number"),
    "percent": Kind("percent", unit="ratio"),
}
TYPES = (*_PLAIN, *_NUMBERS, "word")
#: Types that hold moments that happen, and moments that something is due at.
EVENTS, DUES = frozenset({"datetime", "date"}), frozenset({"due", "due_day"})
#: What an expression can name, and what it takes for its own.
_NAME = re.compile(r"[^\W\d_]\w*")
_WORDS_OF_OURS = frozenset({"and", "or", "not", "in", "is", "null", "true", "false", "stopped_at"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column as a plan declares it: its type, whether every row must fill it, and what bounds it."""

    type: str
    required: bool
    words: Mapping[str, str] = field(default_factory=dict)
    least: Fraction | None = None


def is_column_name(name: str) -> bool:
    """Tell whether a name can be a column's: expressions can say it, and row models do not have it already."""
    return _NAME.fullmatch(name) is not None and name not in _WORDS_OF_OURS and not hasattr(Row, name)


def declared(
    name: str,
    title: str,
    columns: Mapping[str, Column],
    *,
    row_id: str,
    stop: Sequence[str] = (),
    due: str | None = None,
) -> Table:
    """Build a table; every one has a project, whose column may be left to its headings."""
    every = {PROJECT: Column("text", required=True), **columns}
    fields: dict[str, Any] = {
        each: (_annotation(each, column), ...) if column.required else (_annotation(each, column) | None, None)
        for each, column in every.items()
    }
    model = create_model(name, __base__=Row, **fields)
    period = next((each for each, column in every.items() if column.type == "period"), None)
    return Table(name, model, row_id, stop=tuple(stop), due=due, period=period, title=title or name)


def declaration(table: Table) -> Mapping[str, object]:
    """Lay out what decides figures of a declared table, in a form that JSON writes the same way."""
    kinds = {name: [kind.name, sorted(kind.words.items()), str(kind.least)] for name, kind in table.kinds.items()}
    return {"kinds": kinds, "required": list(table.required), "stop": list(table.stop)}


def _annotation(name: str, column: Column) -> Any:  # noqa: ANN401 - an annotation may be anything
    if name == PROJECT:
        return ProjectName
    if column.type == "word":
        return Annotated[str, *word(column.words)]
    if column.type in _NUMBERS:
        kind = _NUMBERS[column.type]
        return Annotated[Fraction, *figure(Kind(kind.name, unit=kind.unit, least=column.least))]
    return _PLAIN[column.type]
