"""Nil returns: nothing happened, and somebody says so (design rule 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from opskpi.documents import with_nearest
from opskpi.errors import SettingsError
from opskpi.indicators.columns import Clock, Rows
from opskpi.indicators.conditions import conditions
from opskpi.indicators.definitions import Definition
from opskpi.intake.ledgers import Intake
from opskpi.intake.sheets import SheetRead
from opskpi.model.places import Place
from opskpi.sources.asides import Nil
from opskpi.tables.columns import YES, Words
from opskpi.targets.plan import Plan
from opskpi.targets.reported import FIGURES
from opskpi.wording import Message, message


@dataclass(frozen=True, slots=True)
class NilReturns:
    """Which indicators are declared empty: for all projects, or for some by code; a term is `indicator.term`."""

    everywhere: frozenset[str]
    projects: Mapping[str, frozenset[int]]
    notes: tuple[Message, ...]

    def covers(self, indicator: str, term: str, project: int) -> bool:
        """Tell whether a nil return speaks for this indicator, or a term of it, and project."""
        key = _key(indicator, term)
        return key in self.everywhere or project in self.projects.get(key, frozenset())


def nil_returns(plan: Plan, declared: Sequence[str], intake: Intake) -> NilReturns:
    """Collect what `--nil` and the registers' own rows declare; raises SettingsError."""
    named = [find_indicator(plan, word) for word in declared]
    counted = {
        _key(name, term): (name, definition)
        for name, indicator in plan.indicators.items()
        for term, definition in indicator.definitions.items()
    }
    empty = {_population(name, each) for name in named for each in plan.indicators[name].definitions.values()}
    everywhere = {key for key, (name, definition) in counted.items() if _population(name, definition) in empty}
    notes = declared_notes(plan, declared)
    projects: dict[str, set[int]] = {}
    for sheet in intake.sheets:
        for row in sheet.nil:
            code = -1 if row.project is None else intake.projects.code(row.project)
            covered = [key for key, (_, each) in counted.items() if _speaks_for(sheet, each)]
            notes.append(_row_note(sheet, row))
            if row.project is None:
                everywhere.update(covered)
            for name in covered if code >= 0 else ():
                projects.setdefault(name, set()).add(code)
    some = {name: frozenset(codes) for name, codes in projects.items()}
    return NilReturns(frozenset(everywhere), some, tuple(notes))


def declared_notes(plan: Plan, declared: Sequence[str]) -> list[Message]:
    """Say which indicators `--nil` declares empty."""
    named = (find_indicator(plan, word) for word in declared)
    return [message("nil_declared", indicator=plan.indicators[name].display) for name in named]


def own_notes(plan: Plan, declared: Sequence[str], intake: Intake, narrowed: Intake) -> tuple[Message, ...]:
    """Say which nil returns speak for some projects: those of their own rows with their places, others without."""
    own = [_row_note(sheet, row) for sheet in narrowed.sheets for row in sheet.nil]
    common = dict.fromkeys(sheet.table.name for sheet in intake.sheets for row in sheet.nil if row.project is None)
    said = {sheet.table.name: sheet.table.said for sheet in intake.sheets}
    return (*declared_notes(plan, declared), *own, *(message("nil_common", table=said[name]) for name in common))


def _row_note(sheet: SheetRead, row: Nil) -> Message:
    place = Place(sheet.file, sheet.name or "", row.row)
    return message("nil_row", place=str(place), project=row.project or "-")


def find_indicator(plan: Plan, word: str) -> str:
    """Find an indicator by id, name or short name; raises SettingsError."""
    for name, indicator in plan.indicators.items():
        if word in (name, indicator.name, indicator.short):
            return name
    known = (*plan.indicators, *(each.name for each in plan.indicators.values()))
    raise SettingsError(with_nearest("unknown_indicator", word, known))


def _key(indicator: str, term: str) -> str:
    return f"{indicator}.{term}" if term else indicator


def _population(name: str, definition: Definition) -> tuple[object, ...]:
    """Tell whose rows are meant; a reported figure is a population of its own."""
    return (
        name if definition.table.name == FIGURES else None,
        definition.table.name,
        definition.where,
        definition.exclude,
        definition.period_by,
        definition.at,
        definition.open,
    )


def _speaks_for(sheet: SheetRead, definition: Definition) -> bool:
    """Tell whether a sheet's nil return covers an indicator: its constants decide `where`."""
    table = sheet.table
    if definition.table.name != table.name:
        return False
    constants = {name: word for name, word in sheet.layout.form.constants.items() if name != "project"}
    if definition.where is None or not constants:
        return not constants or definition.where is None
    columns = {
        name: Words(np.array([list(table.kinds[name].words).index(word)], np.int8), tuple(table.kinds[name].words))
        for name, word in constants.items()
        if word in table.kinds[name].words
    }
    one = np.zeros(1, dtype=np.int32)
    rows = Rows(table, columns, one, np.ones(1, dtype=bool), Clock(0, period_ended=True))
    return bool(conditions(definition.where, rows)[0] == YES)
