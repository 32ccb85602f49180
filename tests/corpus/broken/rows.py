"""Cells that cost their row: errors, nonsense, wrong numbers of cells. The others are judged all the same."""

from collections.abc import Mapping
from dataclasses import replace

from corpus.clothing import Clothing
from corpus.formats import SHEETS, TEXTS
from corpus.grids import IDS, REPORTS, SURVEYS, TICKETS, Cell, Fault, Grid, Marked
from corpus.traps import Family, Rejects, Stage

trap = Family("Rejected rows")


def _damaged(clothing: Clothing, kind: str, cells: Mapping[tuple[int, str], Cell], rule: str) -> Clothing:
    """Replace some cells and mark them: their rows are lost."""
    marked = {place: Marked(cell, rule) for place, cell in cells.items()}
    facts = clothing.facts
    ids = {
        TICKETS: [each.id for each in facts.tickets],
        SURVEYS: [each.id for each in facts.answers],
        REPORTS: [each.id for each in facts.reports],
    }
    lost = {ids[kind][row] for row, _ in cells}
    return replace(clothing.only(kind, lambda grid: grid.edited(marked)), lost=clothing.lost | lost)


#: Where an error cell can be told from a blank one.
_SEEN = ("xlsx", "ods", "xlsb", "xls")
_ERROR = "error_cell"
#: Each kind of bad cell: its name, formats, table, the cells, and the rule they break.
_FORMS: tuple[tuple[str, tuple[str, ...], str, Mapping[tuple[int, str], Cell], str], ...] = (
    (
        "#N/A in a date",
        _SEEN,
        TICKETS,
        {(4, "resolved_at"): Fault("#N/A"), (9, "created_at"): Fault("#VALUE!")},
        _ERROR,
    ),
    ("#REF! in a project", _SEEN, TICKETS, {(3, "project"): Fault("#REF!")}, _ERROR),
    ("#VALUE! in a type", _SEEN, TICKETS, {(15, "type"): Fault("#VALUE!")}, _ERROR),
    ("#DIV/0! in a score", _SEEN, SURVEYS, {(4, "score"): Fault("#DIV/0!")}, _ERROR),
    (
        "#N/A as text",
        SHEETS,
        TICKETS,
        {(4, "resolved_at"): "#N/A", (3, "project"): "#REF!", (9, "type"): "#VALUE!"},
        _ERROR,
    ),
    ("a column too narrow: ########", SHEETS, TICKETS, {(6, "resolved_at"): "########"}, _ERROR),
    ("35 in a date", SHEETS, TICKETS, {(10, "resolved_at"): 35}, "not_a_date"),
    ("30 February", (*SHEETS, "zip"), TICKETS, {(8, "created_at"): "2016-02-30 10:15"}, "not_a_date"),
    ("a date of 1916", SHEETS, TICKETS, {(8, "created_at"): "1916-03-05 10:15"}, "outside_window"),
    ("an unknown type", (*SHEETS, "csv.gz"), TICKETS, {(0, "type"): "咨询", (20, "type"): "告警"}, "unknown_word"),
    ("an unknown state", SHEETS, TICKETS, {(12, "status"): "待观察"}, "unknown_word"),
    ("a score outside the scale", SHEETS, SURVEYS, {(2, "score"): 6, (7, "score"): 0}, "outside_scale"),
    ("a score that is no number", SHEETS, SURVEYS, {(2, "score"): "很好"}, "not_a_number"),
    ("a report without a due day", SHEETS, REPORTS, {(5, "due_at"): None}, "missing"),
    ("a ticket without a project", SHEETS, TICKETS, {(30, "project"): "  "}, "missing"),
    ("a project of dashes", SHEETS, TICKETS, {(30, "project"): "—"}, "no_project"),
)


def _cells() -> None:
    for name, formats, kind, cells, rule in _FORMS:

        @trap(name, formats, Stage.CELLS, *{column for _, column in cells}, "rows", "dates", expects=Rejects())
        def _(
            clothing: Clothing,
            kind: str = kind,
            cells: Mapping[tuple[int, str], Cell] = cells,
            rule: str = rule,
        ) -> Clothing:
            return _damaged(clothing, kind, cells, rule)


_cells()


def _rounded() -> None:
    for name, formats, cell in (("an id as 1.01004E+11", SHEETS, "1.01004E+11"),):

        @trap(name, formats, Stage.CELLS, "ids", "rows", expects=Rejects())
        def _(clothing: Clothing, cell: str = cell) -> Clothing:
            return _damaged(clothing, TICKETS, {(17, "ticket_id"): cell}, "rounded_number")


_rounded()


@trap(
    "rows with too many or too few cells", TEXTS, Stage.ROWS, "rows", "right end", "bottom", "titles", expects=Rejects()
)
def ragged(clothing: Clothing) -> Clothing:
    """Let a comma slip into one row, and cut another."""

    def change(grid: Grid) -> Grid:
        data = list(grid.data)
        first, *rest = data[5]
        data[5] = (Marked(first, "ragged_row", whole=True), "多", *rest)
        first, *rest = data[13]
        data[13] = (Marked(first, "ragged_row", whole=True), *rest[:3])
        return grid.with_data(data)

    lost = {clothing.facts.tickets[row].id for row in (5, 13)}
    return replace(clothing.only(TICKETS, change), lost=clothing.lost | lost)


@trap(
    "two rows of one id that differ", SHEETS, Stage.ROWS, "rows", "repeats", "ids", "groups", "dates", expects=Rejects()
)
def conflict(clothing: Clothing) -> Clothing:
    """Have a ticket twice, with two times of resolution, and nothing that says which row stands."""

    def change(grid: Grid) -> Grid:
        place = grid.at(next(column for column in grid.columns if column in IDS))
        other = list(grid.data[12])
        other[grid.at("title")] = "另一个标题"
        data = [*grid.data, tuple(other)]
        for row in (12, len(data) - 1):
            cells = list(data[row])
            cells[place] = Marked(cells[place], "conflict")
            data[row] = tuple(cells)
        return grid.with_data(data)

    return replace(clothing.only(TICKETS, change), lost=clothing.lost | {clothing.facts.tickets[12].id})
