"""What the shipped sources know: headings by column, and what words mean, with who says so."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from opskpi.model import TABLES
from opskpi.sources import SHIPPED, shipped
from opskpi.sources.forms import Form
from opskpi.sources.headings import heading_form
from opskpi.suggestions.columns import Column
from opskpi.tables.words import normal

#: Words by which tools and people tell that a limit was kept, or was not.
KEPT = frozenset(
    map(normal, ("Within SLA", "met", "SLA met", "on time", "in time", "achieved", "compliant", "kept", "达标", "及时"))
) | frozenset(map(normal, ("按时", "准时", "未超时", "未逾期", "按时完成", "正常", "未超期")))
BROKEN = frozenset(
    map(
        normal,
        ("SLA violated", "violated", "missed", "not met", "overdue", "late", "breached", "breach", "SLA breached"),
    )
) | frozenset(map(normal, ("未达标", "不达标", "不及时", "超时", "已超时", "逾期", "已逾期", "超期", "未按时")))


@dataclass(frozen=True, slots=True)
class Known:
    """A heading some source knows: the column it names, in which part of which form, and its rank there."""

    source: str
    form: Form
    column: str
    part: str
    rank: int

    @property
    def label(self) -> str:
        """Name source and form."""
        return f"{self.source}/{self.form.name}"


def exact(table: str, column: Column) -> tuple[Known, ...]:
    """Find who knows a column's heading, as it is written."""
    index = _index(table)
    found: dict[tuple[str, str], Known] = {}
    for name in column.names:
        plain = index.get(heading_form(name, numbered=False), ())
        asked = (each for each in index.get(heading_form(name, numbered=True), ()) if each.form.numbered)
        for each in (*plain, *asked):
            found.setdefault((each.label, each.column), each)
    return tuple(found.values())


def is_known(name: str) -> bool:
    """Tell whether any source knows a heading."""
    form = heading_form(name, numbered=False)
    return any(form in _index(table) for table in TABLES)


@cache
def spellings(table: str) -> Mapping[str, str]:
    """Give every heading of a table and its column, for likeness; of those that name several, none."""
    columns: dict[str, set[str]] = {}
    for form, entries in _index(table).items():
        columns[form] = {each.column for each in entries if each.part == "columns"}
    return {form: names.pop() for form, names in columns.items() if len(names) == 1}


@cache
def doubtful(table: str) -> Mapping[str, tuple[str, ...]]:
    """Give the headings that could be several columns, by decision of the standard source."""
    forms = standard_forms(table)
    return {heading_form(text, numbered=False): could_be for form in forms for text, could_be in form.ambiguous.items()}


def standard_forms(table: str) -> tuple[Form, ...]:
    """Give the forms of our own closed list."""
    return tuple(form for form in shipped("standard").forms if form.table == table)


def meanings(table: str, column: str) -> Mapping[str, Mapping[str, None]]:
    """Give what each word of a column can mean, made alike, in the order of the sources."""
    found: dict[str, dict[str, None]] = {}
    for form in _forms(table):
        for word, meaning in form_words(form, column):
            found.setdefault(normal(word), {})[meaning] = None
    return found


def form_words(form: Form, column: str) -> Iterator[tuple[str, str]]:
    """Give the words of a column, also those said of one heading of it; not those of the opposite question."""
    asked = {column, *form.columns.get(column, ())}
    for key, words in form.words.items():
        if key in asked:
            yield from words.items()


def _forms(table: str) -> Iterable[Form]:
    return (form for name in SHIPPED for form in shipped(name).forms if form.table == table)


@cache
def _index(table: str) -> Mapping[str, tuple[Known, ...]]:
    """Index every known heading, made alike."""
    found: dict[str, list[Known]] = {}
    for name in SHIPPED:
        source = shipped(name)
        for form in source.forms:
            if form.table != table:
                continue
            parts = {"columns": source.headings(form), "opposite": form.opposite, "remaining": form.remaining}
            for part, columns in parts.items():
                for column, texts in columns.items():
                    for rank, text in enumerate(texts):
                        known = Known(name, form, column, part, 0 if source.one_spelling else rank)
                        found.setdefault(heading_form(text, numbered=form.numbered), []).append(known)
    return {form: tuple(entries) for form, entries in found.items()}
