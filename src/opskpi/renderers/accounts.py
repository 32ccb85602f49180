"""Accounts of rows, line by line: the row, the cells, what judged it, its clock."""

from collections.abc import Iterator, Sequence

from opskpi.model.explanations import Account, Cell, Ground
from opskpi.renderers.clocks import clock_lines
from opskpi.renderers.sections import Columns, Line
from opskpi.targets.wordings import column_word
from opskpi.wording import Message, message


def headline(account: Account, language: str) -> str:
    """Say a row's id, what became of it, and its place, as the scorecard does."""
    return f"{account.row_id or '-'}  {account.said.text(language)}  {account.place}"


def account_lines(account: Account, language: str) -> Iterator[Line | Columns]:
    """Tell all of a row."""
    yield Line(headline(account, language))
    if account.bucket == "counted":
        return  # its cell is in the headline
    yield from ground_lines(account.grounds, language, 1)


def ground_lines(grounds: Sequence[Ground], language: str, level: int) -> Iterator[Line | Columns]:
    """Tell what judged a row, the cells that say so, and the clock."""
    for ground in grounds:
        if ground.outcome:
            yield Line(_judged(ground).text(language), level)
        if ground.cells:
            yield Line(cells_text(ground.cells, language), level)
        if ground.clock:
            yield from clock_lines(ground.clock, language, level)


def cells_text(cells: Sequence[Cell], language: str) -> str:
    """List cells by the export's own headings, each with its address."""
    return message("cells", cells=tuple(_cell(each) for each in cells)).text(language)


def _cell(cell: Cell) -> Message:
    if not cell.place.row:
        return message("cell_of_plan", column=column_word(cell.column), value=cell.said)
    if not cell.place.cell:
        return message("cell_of_source", column=column_word(cell.column), value=cell.said)
    return message("cell", heading=cell.heading, value=cell.said, place=cell.place.cell)


def _judged(ground: Ground) -> Message:
    return message("judged", what=ground.what, said=ground.said, outcome=message(f"outcome_{ground.outcome}"))
