"""Sampling: an auditor names a row by its id or cell, and is told every indicator it entered, as what, and why."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from opskpi.counting.accounts import account
from opskpi.counting.cells import cells
from opskpi.counting.evidence import row_id
from opskpi.counting.explaining import bench_of
from opskpi.counting.figures import Case, Tally, counted, judged
from opskpi.counting.grounds import Row
from opskpi.documents import with_nearest
from opskpi.errors import SettingsError
from opskpi.intake.keys import Fate
from opskpi.intake.ledgers import Checked, Intake, ragged_problem, row_problems
from opskpi.intake.sheets import SheetRead
from opskpi.model.cards import PlanRecord
from opskpi.model.explanations import Cell, Entry, RowExplanation, Sample
from opskpi.model.places import Place, Problem
from opskpi.tables.columns import Texts, among, cell_texts
from opskpi.tables.instants import microseconds
from opskpi.wording import Message, message

#: A cell as spreadsheets and our own outputs write it: book.xlsx#Sheet!B12, tickets.csv!12.
_CELL = re.compile(r"(?P<file>[^#]+)(?:#(?P<sheet>.+))?!\$?[A-Za-z]{0,3}\$?(?P<row>[0-9]{1,7})")
_FATES = {Fate.DUPLICATE: "duplicate", Fate.SUPERSEDED: "superseded"}


@dataclass(frozen=True, slots=True)
class _Found:
    """A row that was asked for."""

    block: Checked
    row: int

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.block.place(self.row)


def sampled(case: Case, plan: PlanRecord, asked: str, notes: Sequence[Message]) -> RowExplanation:
    """Tell where the rows of an id, or the row of a cell, went; raises SettingsError for one that is not there."""
    found = _CELL.fullmatch(asked.strip())
    sheets = _sheets(case.intake, found["file"], found["sheet"]) if found else []
    if found and sheets:
        samples = _at(case, sheets, int(found["row"]))
        if not samples:
            raise SettingsError(message("row_of_no_data", place=asked, heading=sheets[0].layout.heading_row))
    else:
        samples = _samples(case, _with_id(case.intake, asked.strip()))
    if not samples:
        raise SettingsError(_unknown(case.intake, asked, is_cell=bool(found)))
    as_of = case.occasion.as_of.replace(tzinfo=case.plan.zone)
    return RowExplanation(plan, case.occasion.period, as_of, asked, samples, (*notes, *case.notes))


def _at(case: Case, sheets: Sequence[SheetRead], number: int) -> tuple[Sample, ...]:
    """Find what stands in a row of some sheets: a row of a table, or one that could not be read as such."""
    rows = [
        _Found(block, int(row))
        for block in _blocks(case.intake)
        if any(block.sheet is sheet for sheet in sheets)
        for row in np.flatnonzero(block.chunk.rows == number)
    ]
    ragged = [
        Sample(problem.place, "", sheet.table.name, sheet.table.said, None, (), "rejected", (problem.message,), (), ())
        for sheet in sheets
        if (problem := ragged_problem(sheet, number))
    ]
    return (*_samples(case, rows), *ragged)


def _samples(case: Case, rows: Sequence[_Found]) -> tuple[Sample, ...]:
    """Give an account of each row in each indicator of its table."""
    tables = dict.fromkeys(each.block.sheet.table.name for each in rows)
    tallies = {name: counted(name, case) for name in case.chosen if not tables.keys().isdisjoint(_tables(case, name))}
    return tuple(_sample(case, each, tallies) for each in rows)


def _sample(case: Case, its: _Found, tallies: dict[str, Tally]) -> Sample:
    block, row = its.block, its.row
    code, table = int(block.projects[row]), block.sheet.table
    accepted = bool(block.accepted[row])
    identity = row_id(block, row)
    faults = row_problems(block, row, case.intake.projects)
    alike = _with_id(case.intake, identity) if identity else []
    return Sample(
        place=its.place,
        row_id=identity,
        table=table.name,
        called=table.said,
        project=case.intake.projects.names[code] if code >= 0 else None,
        cells=tuple(_as_written(each, faults) for each in cells(block, row, block.sheet.layout.columns, _as_of(case))),
        fate="accepted" if accepted else _FATES.get(Fate(int(block.fates[row])), "rejected"),
        faults=tuple(each.message for each in faults),
        others=tuple(each.place for each in alike if each.place != its.place and each.block.sheet.table is table),
        entries=tuple(_entries(case, its, tallies)) if accepted else (),
    )


def _as_written(cell: Cell, faults: Sequence[Problem]) -> Cell:
    """Show a cell that could not be read as the export has it."""
    written = next((each.value for each in faults if each.place == cell.place and each.value), None)
    return cell if written is None else replace(cell, said=message("said_notation", text=written))


def _as_of(case: Case) -> int:
    return microseconds(case.occasion.as_of)


def _entries(case: Case, its: _Found, tallies: dict[str, Tally]) -> Iterator[Entry]:
    project = int(its.block.projects[its.row])
    for name, tally in tallies.items():
        verdicts = {each.project: each.verdict for each in judged(name, case, tally)[1]}
        verdict = str(verdicts[case.intake.projects.names[project]])
        for leaf, term in tally.counted.items():
            at = next((at for at, block in enumerate(term.behind.blocks) if block is its.block), None)
            bench = bench_of(case, term)
            if at is not None and bench is not None:
                told = account(bench, Row(at, its.row, project))
                yield Entry(name, case.plan.indicators[name].name, verdict, told, str(leaf))


def _tables(case: Case, indicator: str) -> frozenset[str]:
    return frozenset(each.table.name for each in case.plan.indicators[indicator].definitions.values())


def _blocks(intake: Intake) -> Iterator[Checked]:
    for blocks in intake.tables.values():
        yield from blocks


def _with_id(intake: Intake, identity: str) -> list[_Found]:
    """Find the rows of every table whose id it is, in file and row order."""
    found = []
    for block in _blocks(intake):
        column = block.columns.get(block.sheet.table.row_id)
        if column is not None and block.sheet.table.name != "projects":
            found += [_Found(block, int(row)) for row in np.flatnonzero(among(column, {identity}))]
    return found


def _sheets(intake: Intake, file: str, name: str | None) -> list[SheetRead]:
    """Find the sheets a cell's file and sheet mean; a file may be named by its last part, a sheet left out."""
    named = [each for each in intake.sheets if name in (None, each.name)]
    whole = [each for each in named if each.file == file]
    return whole or [each for each in named if each.file.rpartition("/")[2] == file]


def _unknown(intake: Intake, asked: str, *, is_cell: bool) -> Message:
    """Say that there is no such row, with the nearest id or file."""
    if is_cell:
        return with_nearest("unknown_sheet", asked.rpartition("!")[0], tuple(each.label for each in intake.sheets))
    from rapidfuzz import process

    near = [
        found
        for block in _blocks(intake)
        if (found := process.extractOne(asked, _ids(block), score_cutoff=60)) is not None
    ]
    best = max(near, key=lambda each: each[1])[0] if near else None
    hint = message("did_you_mean", word=best) if best else message("no_id_near")
    return message("unknown_row", row=asked, hint=hint)


def _ids(block: Checked) -> list[str]:
    column = block.columns.get(block.sheet.table.row_id)
    if column is None:
        return []
    if isinstance(column, Texts):
        return list(column.words)
    return [each for each in cell_texts(column, np.arange(len(block.projects))) if each]
