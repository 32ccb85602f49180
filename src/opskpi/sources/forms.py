"""Forms: how one kind of sheet of a system is called, and what its words mean.

A form is data; every key of it is a decision somebody can read. `examples/sources/` shows
each key in use, and `docs/sources.md` explains them.
"""

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationInfo, model_validator

from opskpi.documents import Mistake, parse_scale, with_nearest
from opskpi.tables import Table, known
from opskpi.tables.dates import ORDERS
from opskpi.tables.words import FLAGS, normal
from opskpi.wording import message


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _scale(text: object) -> object:
    parse_scale(text)
    return str(text).replace(" ", "")


def _table(name: object, info: ValidationInfo) -> object:
    """Refuse a table that nobody declared; raises Mistake."""
    tables = tuple(known(info.context))
    if name is not None and name not in tables:
        raise Mistake(with_nearest("unknown_choice", str(name), tables, key="table"))
    return name


def _pattern(text: object) -> object:
    try:
        groups = re.compile(str(text)).groups
    except re.error as error:
        raise Mistake(message("pattern_unreadable", text=str(text), reason=str(error))) from None
    if groups != 1:
        raise Mistake(message("pattern_one_group", text=str(text)))
    return text


Words = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Scale = Annotated[str, BeforeValidator(_scale)]
Pattern = Annotated[str, BeforeValidator(_pattern)]
TableName = Annotated[str, BeforeValidator(_table)]
#: What a bare number of a column of durations counts.
Unit = Literal["seconds", "minutes", "hours"]


class ProjectFrom(BaseModel):
    """Where the project's name stands when no column has it; `pattern` cuts it out by one group."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    origin: Literal["sheet", "file", "folder"] = Field(alias="from")
    pattern: Pattern | None = None


class Manner(BaseModel):
    """How cells are to be read: what a source may say once for all of its forms."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    project: ProjectFrom | None = None
    dates: Words = ()
    decimal: Literal[".", ","] = "."
    scale: Scale | None = None
    nulls: Words = ()
    latest_by: str | None = None
    key: Words | None = None

    @model_validator(mode="after")
    def _dates_are_readable(self) -> "Manner":
        for each in self.dates:
            if each not in ORDERS and "%" not in each:
                raise Mistake(message("dates_unreadable", word=each), path=("dates",))
        return self


class Sketch(Manner):
    """What a form may say; a mapping that `extends` another gives only what differs.

    `opposite` columns answer the opposite question (是否超时), `remaining` ones hold the time
    left of a limit, a negative one being a breach; `mean` takes the mean of several headings.
    `marks` are headings that must stand in the row for the form to be meant. A heading that
    stands twice is told apart as `Heading [2]`. Rows that say nothing but `skip` words are none.
    `words` are keyed by column, or by one heading of it where headings ask different questions.
    """

    table: TableName | None = None
    name: str = ""
    columns: dict[str, Words] = Field(default_factory=dict)
    opposite: dict[str, Words] = Field(default_factory=dict)
    remaining: dict[str, Words] = Field(default_factory=dict)
    mean: dict[str, Words] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    units: dict[str, Unit] = Field(default_factory=dict)
    ambiguous: dict[str, Words] = Field(default_factory=dict)
    marks: Words = ()
    any_of: Words = ()
    nil: Words = ()
    skip: Words = ()
    numbered: bool = False


class Form(Sketch):
    """One kind of sheet a system exports, and the table its rows belong to."""

    table: TableName

    _table: Table = PrivateAttr()

    @model_validator(mode="after")
    def _names_are_known(self, info: ValidationInfo) -> "Form":
        self._table = known(info.context)[self.table]
        columns = tuple(self._table.kinds)
        named = {part: tuple(getattr(self, part)) for part in _BY_COLUMN}
        for part, names in (*named.items(), ("key", self.key or ()), ("any_of", self.any_of)):
            for name in names:
                if name not in columns:
                    raise Mistake(with_nearest("unknown_column", name, columns, table=self.table), path=(part,))
        self._check_words()
        self._check_kinds()
        return self

    def _check_words(self) -> None:
        """Words are mapped by column, or by one heading of it where headings differ in meaning."""
        table = self.model_table
        columns = self._column_by_heading
        for name, words in self.words.items():
            column = name if name in table.kinds else columns.get(normal(name))
            if column is None:
                names = (*table.kinds, *(heading for heading in self.headings))
                raise Mistake(with_nearest("unknown_column", name, names, table=self.table), path=("words", name))
            _check_vocabulary(table, column, words.values(), ("words", name))
        for name, word in self.constants.items():
            _check_vocabulary(table, name, (word,), ("constants", name))

    def _check_kinds(self) -> None:
        kinds = self.model_table.kinds
        for part, fits, wanted in (
            ("opposite", {"flag"}, "yes/no"),
            ("remaining", {"flag"}, "yes/no"),
            ("mean", {"score", "number"}, "number"),
            ("units", {"duration"}, "duration"),
        ):
            for name in getattr(self, part):
                if kinds[name].name not in fits:
                    raise Mistake(
                        message("column_of_other_kind", word=name, part=part, wanted=wanted), path=(part, name)
                    )

    @property
    def model_table(self) -> Table:
        """The table its rows belong to."""
        return self._table

    @property
    def order(self) -> str | None:
        """Which number of a date is the day, where the source declares it."""
        return next((each for each in self.dates if each in ORDERS), None)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The strptime patterns the source declares."""
        return tuple(pattern for pattern in self.dates if "%" in pattern)

    @property
    def null_words(self) -> frozenset[str]:
        """What stands for an empty cell."""
        return frozenset(normal(word) for word in self.nulls)

    @property
    def limits(self) -> tuple[Fraction, Fraction] | None:
        """The least and the greatest score, where the source declares a scale."""
        return None if self.scale is None else parse_scale(self.scale)

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading the form knows."""
        parts = (self.columns, self.opposite, self.remaining, self.mean)
        return tuple(heading for part in parts for spellings in part.values() for heading in spellings)

    @property
    def _column_by_heading(self) -> Mapping[str, str]:
        parts = (self.columns, self.opposite)
        return {normal(text): name for part in parts for name, spellings in part.items() for text in spellings}


#: The parts of a form that are keyed by column.
_BY_COLUMN = ("columns", "opposite", "remaining", "mean", "constants", "units")


def _check_vocabulary(table: Table, column: str, words: Iterable[str], path: tuple[str, ...]) -> None:
    """Refuse a translation into a word the table does not know; raises Mistake."""
    kind = table.kinds[column]
    if kind.name not in ("word", "flag"):
        return
    allowed = tuple(FLAGS) if kind.name == "flag" else (*kind.words, *kind.words.values())
    for word in words:
        if normal(word) not in {normal(each) for each in allowed}:
            raise Mistake(with_nearest("unknown_source_word", word, allowed, column=column), path=path)
