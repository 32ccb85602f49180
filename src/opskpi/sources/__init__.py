"""Sources as data: one YAML file per exporting system, told by its headings.

The files beside this one are the shipped sources; a user's own mapping has the same form.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from opskpi.documents import Mistake, parse_scale, read_document, validate, with_nearest
from opskpi.tables import Table, load
from opskpi.tables.words import FLAGS, normal
from opskpi.wording import message

SHIPPED = ("standard", "servicenow")


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _scale(text: object) -> object:
    parse_scale(text)
    return str(text).replace(" ", "")


Words = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Scale = Annotated[str, BeforeValidator(_scale)]


def _check_words(table: Table, column: str, words: Iterable[str], path: tuple[str, ...]) -> None:
    """Refuse a translation into a word the table does not know; raises Mistake."""
    kind = table.kinds[column]
    if kind.name not in ("word", "flag"):
        return
    known = tuple(FLAGS) if kind.name == "flag" else (*kind.words, *kind.words.values())
    for word in words:
        if normal(word) not in {normal(each) for each in known}:
            raise Mistake(with_nearest("unknown_source_word", word, known, column=column), path=path)


class Form(BaseModel):
    """One kind of sheet a system exports, and the table its rows belong to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: Literal["tickets", "surveys", "reports", "projects"]
    name: str = ""
    columns: dict[str, Words] = Field(default_factory=dict)
    opposite: dict[str, Words] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    nulls: Words = ()
    nil: Words = ()
    dates: Words = ()
    scale: Scale | None = None
    key: Words | None = None
    latest_by: str | None = None
    any_of: Words = ()

    @model_validator(mode="after")
    def _names_are_known(self) -> "Form":
        known = tuple(load(self.table).kinds)
        for part in (self.columns, self.opposite, self.constants, self.words):
            for name in part:
                if name not in known:
                    raise Mistake(with_nearest("unknown_column", name, known, table=self.table))
        for name, words in self.words.items():
            _check_words(load(self.table), name, words.values(), ("words", name))
        for name, word in self.constants.items():
            _check_words(load(self.table), name, (word,), ("constants", name))
        for each in self.dates:
            if each not in ("dmy", "mdy") and "%" not in each:
                raise Mistake(message("dates_unreadable", word=each), path=("dates",))
        for name in (*(self.key or ()), *self.any_of):
            if name not in known:
                raise Mistake(with_nearest("unknown_column", name, known, table=self.table))
        return self

    @property
    def model_table(self) -> Table:
        """The table its rows belong to."""
        return load(self.table)

    @property
    def order(self) -> str | None:
        """Day-first or month-first, where the source declares it."""
        return self.dates[0] if self.dates and self.dates[0] in ("dmy", "mdy") else None

    @property
    def patterns(self) -> tuple[str, ...]:
        """The strptime patterns the source declares."""
        return tuple(pattern for pattern in self.dates if "%" in pattern)

    @property
    def null_words(self) -> frozenset[str]:
        """What stands for an empty cell."""
        return frozenset(normal(word) for word in self.nulls)


class Source(BaseModel):
    """An exporting system: how its sheets are called and what its words mean."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    title: str = ""
    verified: bool = False
    headings_in_english: bool = False
    forms: tuple[Form, ...]

    def headings(self, form: Form) -> Mapping[str, tuple[str, ...]]:
        """Every heading of a form by column; the standard source also knows our own names."""
        if not self.headings_in_english:
            return form.columns
        return {name: (*spellings, name, name.replace("_", " ")) for name, spellings in form.columns.items()}


def read_source(data: bytes, file: str) -> Source:
    """Read a mapping; raises SettingsError with all its mistakes."""
    return validate(read_document(data, file), Source)


@cache
def shipped(name: str) -> Source:
    """Read a source that comes with opskpi."""
    file = f"{name}.yaml"
    return read_source((files(__name__) / file).read_bytes(), file)
