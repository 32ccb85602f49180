"""Limits from contracts: the rows of the `sla` register become rules that stand before the plan's own.

A rule that were skipped would silently judge by another one, so that a single bad cell stops the run.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import ValidationError

from opskpi.documents import Mistake
from opskpi.intake.names import Projects
from opskpi.intake.sheets import SheetRead
from opskpi.model.places import Place
from opskpi.model.service import LimitRule
from opskpi.tables.columns import Column, Texts, Words, texts_of
from opskpi.tables.words import clean, normal
from opskpi.targets.fields import no_calendar
from opskpi.targets.service import LimitSettings, unreachable
from opskpi.wording import Message, message

_SEVERAL = re.compile(r"[、,，;；/|\n]")
_MARKED = re.compile(rf"({_SEVERAL.pattern})")
#: Cells that may name several things.
_LISTS = ("type", "priority")
_LIMITS = ("respond", "resolve")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong with a cell or row of a table of limits, and where it stands."""

    place: Place
    what: Message


@dataclass(frozen=True, slots=True)
class Contracts:
    """The rules of all tables of limits in row order, what is wrong with them, and what a reader must know."""

    rules: tuple[LimitRule, ...] = ()
    refused: tuple[Refusal, ...] = ()
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a table of limits: its filled cells, by column."""

    sheet: SheetRead
    row: int
    cells: Mapping[str, str]

    def refuse(self, column: str, what: Message) -> Refusal:
        """Say what is wrong with one of its cells; with the whole row where it has no such column."""
        at = self.sheet.layout.columns.get(column)
        place = Place(self.sheet.file, self.sheet.name or "", self.row, at)
        if at is not None:
            what = message("under_heading", heading=self.heading(column), what=what)
        return Refusal(place, what)

    def heading(self, column: str) -> str:
        """Call a column what its sheet calls it, else what the template does."""
        spelled = self.sheet.layout.form.columns.get(column) or (column,)
        return self.sheet.layout.heading_of.get(column, spelled[0])


def contracts(
    sheets: Sequence[SheetRead],
    projects: Projects,
    calendars: Collection[str] | None,
    own: Sequence[LimitRule] = (),
) -> Contracts:
    """Read the tables of limits; `calendars` are the plan's (None: there is no plan), `own` its rules, which follow."""
    tables = [sheet for sheet in sheets if sheet.table.name == "sla"]
    rules, refused = list[LimitRule](), list[Refusal]()
    if tables and calendars is not None and not calendars:
        refused += [
            Refusal(Place(each.file, each.name or "", each.layout.heading_row), message("contract_without_calendars"))
            for each in tables
        ]
        calendars = None
    lines = [line for sheet in tables for line in _lines(sheet)]
    kept: list[_Line] = []
    for line in lines:
        rule, wrong = _rule(line, projects, calendars)
        refused += wrong
        if rule:
            rules.append(rule)
            kept.append(line)
    for at, first in unreachable(rules):
        refused.append(kept[at].refuse("", message("limit_never_fits", rule=rules[first].origin)))
    return Contracts(tuple(rules), tuple(refused), tuple(_notes(tables, rules, own)))


def _notes(tables: Sequence[SheetRead], rules: Sequence[LimitRule], own: Sequence[LimitRule]) -> Iterator[Message]:
    """Say how many rules each table gives, and which of the plan's own have nothing left to judge."""
    for sheet in tables:
        count = sum(rule.sheet == sheet.label for rule in rules)
        yield message("contract_rules", sheet=sheet.label, count=count)
    hidden = [at - len(rules) for at, first in unreachable((*rules, *own)) if first < len(rules) <= at]
    if hidden:
        yield message("contract_covers", rules=tuple(own[at].origin for at in hidden))


def _lines(sheet: SheetRead) -> Iterator[_Line]:
    """Go through a sheet's rows; those with a bad cell are told by the ledger's own sentences."""
    for part in sheet.parts:
        chunk = part.chunk
        faulty = {int(row) for fault in chunk.faults for row in fault.rows}
        texts = {name: _texts(column, len(chunk)) for name, column in chunk.columns.items()}
        for at, row in enumerate(chunk.rows.tolist()):
            if at not in faulty:
                cells = {name: text for name, column in texts.items() if (text := column[at]) is not None}
                yield _Line(sheet, row, cells)


def _texts(column: Column, count: int) -> list[str | None]:
    texts = column if isinstance(column, Texts | Words) else texts_of(column)
    codes: list[int] = np.asarray(texts.codes).tolist()
    return [texts.words[code] if code >= 0 else None for code in codes[:count]]


def _rule(line: _Line, projects: Projects, calendars: Collection[str] | None) -> tuple[LimitRule | None, list[Refusal]]:
    """Read one row; every bad cell of it is told."""
    wrong = list[Refusal]()
    cells: dict[str, object] = dict(line.cells)
    if not any(name in cells for name in _LIMITS):
        wrong.append(line.refuse("", message("contract_no_limit", headings=tuple(map(line.heading, _LIMITS)))))
    for name in _LISTS:
        if name in cells:
            cells[name] = _several(line, name)
    if "project" in cells:
        cells["project"] = names = _projects(line, projects)
        unknown = [name for name in names if projects.closed and projects.code(name) < 0]
        wrong += [line.refuse("project", _unknown(name, projects)) for name in unknown]
    if calendars is not None:
        cells["calendar"] = found = _calendar(line.cells["calendar"], calendars)
        if found not in calendars:
            wrong.append(line.refuse("calendar", no_calendar(found, tuple(calendars))))
    try:
        settings = LimitSettings.model_validate(cells)
    except ValidationError as error:
        return None, [*wrong, *(line.refuse(name, said) for name, said in _mistakes(error) if name)]
    return (None if wrong else settings.rule(line.row, line.sheet.label)), wrong


def _several(line: _Line, name: str) -> list[str]:
    """Part a cell that names several things; each word means what the source says it means."""
    means = {normal(word): meaning for word, meaning in line.sheet.layout.form.words.get(name, {}).items()}
    return [means.get(normal(part), part) for part in _parts(line.cells[name])]


def _projects(line: _Line, projects: Projects) -> list[str]:
    """Give the projects of a cell by the names they have on the card; a name may hold a mark that parts others."""
    pieces, names = _MARKED.split(line.cells["project"]), list[str]()  # words and marks in turn
    while pieces:
        spans = (clean("".join(pieces[:end])) for end in range(len(pieces), 0, -2))
        known = next(((name, at) for at, name in enumerate(spans) if projects.code(name) >= 0), None)
        name, left = known or (clean(pieces[0]), len(pieces) // 2)
        names.append(projects.names[projects.code(name)] if known else name)
        pieces = pieces[len(pieces) - 2 * left + 1 :] if left else []
    return [name for name in names if name]


def _parts(cell: str) -> list[str]:
    return [part for part in map(clean, _SEVERAL.split(cell)) if part]


def _unknown(name: str, projects: Projects) -> Message:
    near = projects.nearest(name)
    hint = message("did_you_mean", word=near) if near else message("not_in_register")
    return message("rule_unknown_project", heading="", value=name, hint=hint)


def _calendar(word: str, calendars: Collection[str]) -> str:
    """Find a calendar however its name is dressed; the word itself where there is none."""
    return next((name for name in calendars if normal(name) == normal(word)), word)


def _mistakes(error: ValidationError) -> Iterator[tuple[str, Message]]:
    """Go through what the rule's model refuses, by column; of the row as a whole under no name."""
    for each in error.errors(include_url=False):
        cause = (each.get("ctx") or {}).get("error")
        column = str(each["loc"][0]) if each["loc"] else ""
        for one in (cause, *cause.more) if isinstance(cause, Mistake) else ():
            yield column, one.sentence
