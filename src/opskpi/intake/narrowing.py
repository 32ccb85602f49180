"""Narrowing: what reading the exports found, as if they held the rows of some projects only.

Each row that stays keeps what became of it, so that the ledger balances over them. Rows of other projects, and of
nobody, are elsewhere: in no ledger and no list of problems. Rows of limits that hold for everybody stay.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from opskpi.intake.keys import Alike, Fate
from opskpi.intake.ledgers import Checked, Intake, problem_groups, records
from opskpi.intake.names import Projects
from opskpi.intake.repairs import short_hash
from opskpi.intake.screening import Screen, alike_rows
from opskpi.intake.sheets import SheetRead
from opskpi.model.cards import RepairRecord
from opskpi.model.service import LimitRule


def narrowed_screen(screen: Screen, shown: Collection[str]) -> Screen:
    """Keep of a screen what belongs to some projects; files without any of their rows are not in it."""
    intake = narrowed(screen.intake, shown, screen.contracts)
    repairs = (_own_repairs(each, intake) for each in screen.repairs)
    return Screen(
        intake=intake,
        inputs=tuple(
            record
            for sheet, record in zip(intake.sheets, records(intake), strict=True)
            if record.ledger.rows or sheet.nil
        ),
        unused=(),
        problems=problem_groups(intake),
        notes=alike_rows(intake),
        repairs=tuple(each for each in repairs if each.rows),
        contracts=screen.contracts,
        sources=screen.sources,
    )


def narrowed(intake: Intake, shown: Collection[str], limits: Sequence[LimitRule] = ()) -> Intake:
    """Keep the rows of some projects; `limits` say which rows of tables of limits hold for them."""
    wanted = np.array([name in shown for name in intake.projects.names], dtype=bool)
    lines = _lines(limits, shown)
    kept = {
        name: [(each, mine) for each in blocks if (mine := _mine(each, wanted, lines)).any()]
        for name, blocks in intake.tables.items()
    }
    sizes = {id(sheet): 0 for sheet in intake.sheets}
    for each, mine in (pair for pairs in kept.values() for pair in pairs):
        sizes[id(each.sheet)] += int(mine.sum())
    sheets = {id(each): _own_sheet(each, sizes[id(each)], intake.projects, shown) for each in intake.sheets}
    return replace(
        intake,
        sheets=tuple(sheets.values()),
        tables={
            name: tuple(_own_block(each, mine, sheets[id(each.sheet)]) for each, mine in pairs)
            for name, pairs in kept.items()
        },
        alike=_own_alike(intake.alike, wanted),
        accepted={name: np.where(wanted, rows, 0) for name, rows in intake.accepted.items()},
        rejected={name: np.where(wanted, rows, 0) for name, rows in intake.rejected.items()},
    )


def _lines(limits: Sequence[LimitRule], shown: Collection[str]) -> Mapping[str, frozenset[int]]:
    """Find the rows of limits that hold for some projects, by sheet."""
    found: dict[str, set[int]] = {}
    for rule in limits:
        if rule.sheet and (rule.projects is None or not rule.projects.isdisjoint(shown)):
            found.setdefault(rule.sheet, set()).add(rule.line)
    return {sheet: frozenset(rows) for sheet, rows in found.items()}


def _mine(block: Checked, wanted: NDArray[np.bool_], lines: Mapping[str, frozenset[int]]) -> NDArray[np.bool_]:
    """Tell which rows of a block belong to the projects that are wanted."""
    if block.sheet.table.name == "sla":
        return np.isin(block.chunk.rows, list(lines.get(block.sheet.label, ())))
    return np.asarray(np.append(wanted, values=False)[block.projects], dtype=bool)  # -1 is nobody's


def _own_block(block: Checked, mine: NDArray[np.bool_], sheet: SheetRead) -> Checked:
    fates = np.where(mine, block.fates, np.int8(Fate.ELSEWHERE))
    return replace(block, sheet=sheet, accepted=block.accepted & mine, fates=fates)


def _own_sheet(sheet: SheetRead, size: int, projects: Projects, shown: Collection[str]) -> SheetRead:
    """Cut a sheet's own account; what is said of all of its rows goes with the others."""
    nil = tuple(
        each
        for each in sheet.nil
        if each.project is not None and (code := projects.code(each.project)) >= 0 and projects.names[code] in shown
    )
    return replace(sheet, size=size, skipped=0, ragged=(), nil=nil, notes=())


def _own_alike(alike: Sequence[Alike], wanted: NDArray[np.bool_]) -> tuple[Alike, ...]:
    mine = (
        Alike(each.keyed, each.rows[np.append(wanted, values=False)[each.keyed.projects[each.rows]]]) for each in alike
    )
    return tuple(each for each in mine if len(each.rows))


def _own_repairs(repair: RepairRecord, intake: Intake) -> RepairRecord:
    """Count the repaired rows that are still there."""
    places = (
        {
            (short_hash(each.sheet.sha256), each.sheet.name or "", row)
            for blocks in intake.tables.values()
            for each in blocks
            for row in each.chunk.rows[each.fates != Fate.ELSEWHERE].tolist()
        }
        if repair.places
        else set()
    )
    mine = repair.places & places
    return replace(repair, rows=len(mine), places=frozenset(mine))
