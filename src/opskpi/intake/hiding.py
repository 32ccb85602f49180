"""Hiding: columns whose texts nobody is to read, found by the name of a column or by its heading."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from opskpi.documents import nearest
from opskpi.errors import SettingsError
from opskpi.intake.sheets import Settings, SheetRead
from opskpi.tables.declared import PROJECT
from opskpi.tables.words import normal
from opskpi.wording import message

#: So many headings are named where none is near.
_FEW = 20
#: What can be hidden; moments and numbers are what figures stand on.
_TEXTS = frozenset({"text", "id", "word"})


def with_hidden(sheets: Sequence[SheetRead], settings: Settings) -> tuple[SheetRead, ...]:
    """Mark in each sheet the columns that are hidden; raises SettingsError for what is no column, or no text."""
    if not settings.hide:
        return tuple(sheets)
    known = {normal(word): word for word in _known(sheets, settings)}
    for word in settings.hide:
        if normal(word) not in known:
            there = tuple(dict.fromkeys(text.strip() for sheet in sheets for text in sheet.layout.headings))
            near = nearest(word, there) or nearest(word, tuple(dict.fromkeys(known.values())))
            hint = message("did_you_mean", word=near) if near else message("known_words", words=there[:_FEW])
            raise SettingsError(message("hide_unknown", word=word, hint=hint))
    hidden = frozenset(map(normal, settings.hide))
    _refuse(hidden, sheets, settings)
    return tuple(
        replace(sheet, hidden=frozenset(_columns(sheet, hidden)), veiled=_places(sheet, hidden)) for sheet in sheets
    )


def _known(sheets: Iterable[SheetRead], settings: Settings) -> Iterator[str]:
    """List the columns of all tables, and the headings that sheets have or sources know."""
    for table in settings.tables.values():
        yield from table.kinds
    for source in (*settings.own_sources, *settings.sources):
        yield from (heading for form in source.forms for heading in form.headings)
    yield from (heading.strip() for sheet in sheets for heading in sheet.layout.headings if heading.strip())


def _refuse(hidden: frozenset[str], sheets: Iterable[SheetRead], settings: Settings) -> None:
    """Refuse columns that the figures stand on; raises SettingsError."""
    named = ((name, table) for table in settings.tables.values() for name in table.kinds if normal(name) in hidden)
    read = ((name, sheet.table) for sheet in sheets for name in _columns(sheet, hidden))
    for name, table in (*named, *read):
        if name == PROJECT:
            raise SettingsError(message("hide_project"))
        if table.kinds[name].name not in _TEXTS:
            raise SettingsError(message("hide_no_text", column=name, table=table.said))


def _columns(sheet: SheetRead, hidden: frozenset[str]) -> Iterator[str]:
    """Name the columns of a sheet that are hidden, by themselves or by their headings."""
    headings = sheet.layout.heading_of
    for name in sheet.table.kinds:
        if normal(name) in hidden or (name in headings and normal(headings[name]) in hidden):
            yield name


def _places(sheet: SheetRead, hidden: frozenset[str]) -> frozenset[int]:
    """Find the positions of hidden columns, those that are not read among them."""
    named = {sheet.layout.columns[name] for name in _columns(sheet, hidden) if name in sheet.layout.columns}
    return frozenset(named | {at for at, text in enumerate(sheet.layout.headings) if normal(text) in hidden})
