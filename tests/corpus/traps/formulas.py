"""Traps of formula cells that must be read: columns of formulas throughout, or formulas that are accepted."""

from collections.abc import Callable
from dataclasses import replace

from corpus.clothing import Clothing
from corpus.grids import TICKETS, Cell, Fault, Formula, Grid, Marked
from corpus.traps import Family, Rejects, Same, Stage

trap = Family("Formulas")

#: xlwt stores no value with a formula, so that no xls is here.
SEEN = ("xlsx", "ods", "xlsb")
_NOTED = Same(note=r"(?i)formula")


def _formula(text: str) -> Callable[[Cell], Cell]:
    def change(cell: Cell) -> Cell:
        return cell if cell is None or isinstance(cell, Formula | Fault | Marked) else Formula(text, cell)

    return change


def _throughout(clothing: Clothing, column: str, text: str) -> Clothing:
    return clothing.only(TICKETS, lambda grid: grid.mapped(column, _formula(text)))


@trap("due times by formula throughout", SEEN, Stage.CELLS, "dates", "formulas", expects=_NOTED)
def due_by_formula(clothing: Clothing) -> Clothing:
    """Compute when a ticket is due."""
    return _throughout(clothing, "resolve_due_at", "=E2+4/24")


@trap("types by formula throughout", SEEN, Stage.CELLS, "type", "formulas", expects=_NOTED)
def type_by_formula(clothing: Clothing) -> Clothing:
    """Look the type of a ticket up."""
    return _throughout(clothing, "type", '=IF(LEFT(A2,2)="SJ","事件","服务请求")')


def _some(grid: Grid, column: str, mark: Callable[[Formula], Cell]) -> Grid:
    at = grid.at(column)
    rows = (2, 11, 25)
    cells = {(row, column): mark(_stored(grid.data[row][at])) for row in rows}
    return grid.edited(cells)


def _stored(cell: Cell) -> Formula:
    assert not isinstance(cell, Formula | Fault | Marked)
    return Formula("=E4+4/24", cell)


@trap("formulas among typed times, accepted", SEEN, Stage.CELLS, "dates", "formulas")
def accepted(clothing: Clothing) -> Clothing:
    """Accept what the spreadsheet stored."""
    told = clothing.only(TICKETS, lambda grid: _some(grid, "resolved_at", lambda formula: formula))
    return replace(told, options=(*told.options, "--accept-formulas"))


@trap("formulas among typed times", SEEN, Stage.CELLS, "dates", "formulas", "rows", expects=Rejects())
def mixed(clothing: Clothing) -> Clothing:
    """Mix typed times with formulas: those are suspicious."""
    told = clothing.only(
        TICKETS, lambda grid: _some(grid, "resolved_at", lambda formula: Marked(formula, "formula_cell"))
    )
    return replace(told, lost=told.lost | {told.facts.tickets[row].id for row in (2, 11, 25)})


@trap("formulas among typed projects", SEEN, Stage.CELLS, "project", "formulas", "rows", expects=Rejects())
def mixed_projects(clothing: Clothing) -> Clothing:
    """Mix typed names with formulas."""
    told = clothing.only(TICKETS, lambda grid: _some(grid, "project", lambda formula: Marked(formula, "formula_cell")))
    return replace(told, lost=told.lost | {told.facts.tickets[row].id for row in (2, 11, 25)})


@trap("a formula without stored value", ("xlsx", "ods"), Stage.CELLS, "dates", "formulas", "rows", expects=Rejects())
def without_value(clothing: Clothing) -> Clothing:
    """Compute all due times, but let one formula never have been calculated."""
    told = _throughout(clothing, "resolve_due_at", "=E2+4/24")
    missing = Marked(Formula("=E9+4/24", None), "formula_empty")
    told = told.only(TICKETS, lambda grid: grid.edited({(7, "resolve_due_at"): missing}))
    return replace(told, lost=told.lost | {told.facts.tickets[7].id})
