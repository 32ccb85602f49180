"""`tables:` in the plan: a company's other spreadsheets, each a table with typed columns and its headings."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    field_validator,
    model_validator,
)

from opskpi.documents import Mistake, with_nearest
from opskpi.sources import PLAN, Source
from opskpi.sources.forms import Manner, Scale, Unit, Words
from opskpi.sources.headings import heading_form
from opskpi.tables import Registry, Table, core
from opskpi.tables.declared import DUES, EVENTS, PROJECT, TYPES, Column, declared, is_column_name
from opskpi.tables.words import FLAGS, normal
from opskpi.targets.fields import Mistakes, Text, items, parse_text, raise_all
from opskpi.wording import message

#: What the project is called in the templates of all tables.
_PROJECT_HEADINGS = ("项目名称", "所属项目", "项目", "服务项目")
_NIL = ("无", "本月无", "本期无", "本季度无", "本年度无")
#: Types of columns whose texts can say which row is meant.
_TEXTS = frozenset({"id", "text", "period"})
#: Options of a column that only some types take.
_OPTIONS = {
    "words": ("word",),
    "unit": ("duration",),
    "scale": ("score",),
    "least": ("integer", "number"),
}


def _type(value: object) -> str:
    text = parse_text(value)
    if text not in TYPES:
        raise Mistake(with_nearest("unknown_type", text, TYPES))
    return text


def _words(value: object) -> Mapping[str, tuple[str, ...]]:
    """Read a vocabulary: a list of words, or each word with its Chinese spelling and further ones."""
    mistakes = Mistakes()
    said = value.items() if isinstance(value, Mapping) else [(parse_text(each), each) for _, each in items(value)]
    words = {
        str(word): tuple(mistakes.take(parse_text, each, (str(word), *path), "") for path, each in items(spellings))
        for word, spellings in said
    }
    seen: dict[str, str] = {}
    for word, spellings in words.items():
        for spelling in (word, *spellings):
            if seen.setdefault(normal(spelling), word) != word:
                other = seen[normal(spelling)]
                mistakes.add(Mistake(message("word_of_two", word=spelling, first=other, second=word)), (word,))
    if not words:
        raise Mistake(message("wants_something"))
    mistakes.stop()
    return words


def _least(value: object) -> Fraction:
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise Mistake(message("least_unreadable", text=str(value))) from None


class ColumnSettings(BaseModel):
    """One column: `date`, `date?` where it may be blank, or its type with headings, words and bounds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Annotated[str, BeforeValidator(_type)]
    required: bool | None = None
    heading: Words = ()
    words: Annotated[Mapping[str, tuple[str, ...]], PlainValidator(_words)] = Field(default_factory=dict)
    unit: Unit | None = None
    scale: Scale | None = None
    least: Annotated[Fraction | None, PlainValidator(_least)] = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        if isinstance(value, Mapping):
            return value
        text = parse_text(value).strip()
        return {"type": text.removesuffix("?"), **({"required": "false"} if text.endswith("?") else {})}

    @model_validator(mode="after")
    def _options_fit(self) -> "ColumnSettings":
        for option, types in _OPTIONS.items():
            if option in self.model_fields_set and self.type not in types:
                raise Mistake(message("option_of_type", key=option, types=types), path=(option,))
        if self.type == "word" and not self.words:
            raise Mistake(message("words_missing"))
        return self

    def column(self) -> Column:
        """Freeze it; ids may be blank unless the plan says otherwise, all else may not."""
        required = self.type != "id" if self.required is None else self.required
        words = {word: spellings[0] for word, spellings in self.words.items()}
        return Column(self.type, required, words, self.least)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The words it is closed to, none where it is open."""
        if self.type == "flag":
            return tuple(FLAGS)
        return tuple(dict.fromkeys(each for word, spellings in self.words.items() for each in (word, spellings[0])))

    @property
    def spellings(self) -> Mapping[str, str]:
        """Further spellings of its words, beyond the word and its Chinese."""
        return {spelling: word for word, spellings in self.words.items() for spelling in spellings[1:]}


def _shared_headings(columns: Mapping[str, ColumnSettings]) -> Iterator[Mistake]:
    """Find headings that two columns lay claim to; a column's name is a heading of its own."""
    owners: dict[str, str] = {}
    for name, column in columns.items():
        for heading in (*column.heading, name):
            owner = owners.setdefault(heading_form(heading, numbered=False), name)
            if owner != name:
                said = message("heading_of_two", heading=heading, first=owner, second=name)
                yield Mistake(said, path=(name, "heading"))


class TableSettings(Manner):
    """One table: what its columns are, which row counts, and how its sheets are told."""

    name: Text | None = None
    columns: dict[str, ColumnSettings] = Field(min_length=1)
    constants: dict[str, Text] = Field(default_factory=dict)
    stop: Words = ()
    due: str | None = None
    nil: Words = _NIL

    @field_validator("columns")
    @classmethod
    def _columns(cls, columns: dict[str, ColumnSettings]) -> dict[str, ColumnSettings]:
        found = [
            Mistake(message("column_name", name=name), path=(name, "")) for name in columns if not is_column_name(name)
        ]
        found += [
            Mistake(message("project_is_text"), path=(name, "type"))
            for name, column in columns.items()
            if name == PROJECT and column.type != "text"
        ]
        scales = {column.scale for column in columns.values() if column.type == "score"}
        found += [Mistake(message("scales_of_one_table"))] if len(scales) > 1 else []
        raise_all([*found, *_shared_headings(columns)])
        return columns

    @model_validator(mode="after")
    def _names_are_known(self) -> "TableSettings":
        raise_all(list(self._strange()))
        return self

    def _strange(self) -> Iterator[Mistake]:
        """Find what names columns that are not there, or of another type."""
        types = {PROJECT: "text", **{name: column.type for name, column in self.columns.items()}}
        events = tuple(name for name, each in types.items() if each in EVENTS)
        dues = tuple(name for name, each in types.items() if each in DUES)
        every = tuple(types)
        latest = () if self.latest_by in (None, "file") else (str(self.latest_by),)
        for part, names, fit in (
            ("stop", self.stop, events),
            ("due", () if self.due is None else (self.due,), dues),
            ("key", self.key or (), every),
            ("constants", self.constants, every),
            ("latest_by", latest, every),
        ):
            for name in names:
                if name not in fit:
                    yield Mistake(with_nearest("no_such_column", name, fit, part=part), path=(part, name))
        for name, said in self.constants.items():
            known = self.columns[name].vocabulary if name in self.columns else ()
            if known and normal(said) not in map(normal, known):
                yield Mistake(with_nearest("not_in_vocabulary", said, known), path=("constants", name))

    def table(self, name: str) -> Table:
        """Build the table that rows are read into."""
        columns = {each: settings.column() for each, settings in self.columns.items()}
        dues = [each for each, column in columns.items() if column.type in DUES]
        own = [each for each in self.key or () if each != PROJECT and columns[each].type in _TEXTS] or [
            each for each, column in columns.items() if column.type == "id"
        ]
        due = self.due or (dues[0] if len(dues) == 1 else None)
        return declared(name, self.name or name, columns, row_id=own[0] if own else "", stop=self.stop, due=due)

    def form(self, name: str) -> Mapping[str, object]:
        """Lay out how its sheets are called, in the form of a source."""
        manner = {key: getattr(self, key) for key in Manner.model_fields if getattr(self, key)}
        project = self.columns.get(PROJECT)
        named = {each: settings.heading or (each,) for each, settings in self.columns.items()}
        if PROJECT not in self.constants:
            taken = {heading for each, texts in named.items() if each != PROJECT for heading in texts}
            usual = (each for each in _PROJECT_HEADINGS if each not in taken)
            named[PROJECT] = (*(project.heading if project else ()), *usual)
        others = tuple(each for each in self.columns if each != PROJECT and each not in self.constants)
        scales = [settings.scale for settings in self.columns.values() if settings.scale]
        return {
            **manner,
            **({"scale": scales[0]} if scales else {}),
            "table": name,
            "name": self.name or name,
            "columns": {
                each: tuple(dict.fromkeys(texts)) for each, texts in named.items() if each not in self.constants
            },
            "constants": self.constants,
            "words": {each: dict(found) for each, one in self.columns.items() if (found := one.spellings)},
            "units": {each: settings.unit for each, settings in self.columns.items() if settings.unit},
            "any_of": others,
            "nil": self.nil,
        }


def registry(tables: Mapping[str, TableSettings]) -> Registry:
    """Put the plan's tables beside the core ones; raises Mistake for names that cannot be."""
    found = [
        Mistake(message("table_name_taken", name=name), path=(name, ""))
        for name in tables
        if name in core() or not name.isidentifier()
    ]
    raise_all(found)
    return {**core(), **{name: settings.table(name) for name, settings in tables.items()}}


def source(tables: Mapping[str, TableSettings], known: Registry) -> Source:
    """Make the source by which the sheets of declared tables are told."""
    forms = [settings.form(name) for name, settings in tables.items()]
    settings = {"source": PLAN, "headings_in_english": True, "one_spelling": True, "forms": forms}
    return Source.model_validate(settings, context={"tables": known})
