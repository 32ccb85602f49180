"""Columns and headings nobody may guess about: the run stops with the question."""

from dataclasses import replace
from datetime import datetime

from corpus.clothing import FOLDER, Clothing
from corpus.formats import BOOKS, SHEETS, TEXTS
from corpus.grids import TICKETS, Cell, Grid
from corpus.traps import Family, Refused, Stage
from corpus.traps.moments import written

trap = Family("Refused: headings and columns")


def _tickets_alone(clothing: Clothing) -> Clothing:
    """Keep the first file only, which holds the tickets, and name it."""
    first = clothing.parcels[0]
    return replace(clothing, parcels=(first,), words=(f"{FOLDER}/{clothing.name_of(first)}",))


@trap(
    "dates that prove no order",
    (*SHEETS, "csv.gz", "zip"),
    Stage.CELLS,
    "dates",
    expects=Refused(r"2016-0?5-0?1.*2016-0?1-0?5|2016-0?1-0?5.*2016-0?5-0?1"),
)
def ambiguous_dates(clothing: Clothing) -> Clothing:
    """Write nothing but dates that can be read both ways; the first is 5 January or 1 May."""

    def moment(at: datetime) -> Cell:
        return f"{at:%m}/{at.day % 12 + 1:02}/{at:%Y %H:%M}"

    told = written(clothing, moment, lambda at: at.date())
    return _tickets_alone(told)


@trap("day first and month first in one column", SHEETS, Stage.CELLS, "dates", expects=Refused(r"创建时间|创 ?建"))
def both_orders(clothing: Clothing) -> Clothing:
    """Write the creation day first here, month first there."""
    turn = iter(range(1000))

    def either(cell: Cell) -> Cell:
        if not isinstance(cell, datetime):
            return cell
        return f"{cell:%d/%m/%Y %H:%M}" if next(turn) % 2 else f"{cell:%m/%d/%Y %H:%M}"

    return _tickets_alone(clothing.only(TICKETS, lambda grid: grid.mapped("created_at", either)))


@trap("a wanted heading twice", SHEETS, Stage.COLUMNS, "order", "headings", expects=Refused(r"解决时间"))
def wanted_twice(clothing: Clothing) -> Clothing:
    """Have two columns 解决时间."""

    def change(grid: Grid) -> Grid:
        return grid.with_column("", "解决时间", ["2016-12-31 10:00"] * len(grid.data))

    return _tickets_alone(clothing.only(TICKETS, change))


@trap("a heading that could be two: 处理时间", SHEETS, Stage.TOPS, "headings", "order", expects=Refused(r"处理时间"))
def ambiguous_heading(clothing: Clothing) -> Clothing:
    """Head the time of resolution with a word that also means a response, or a duration."""

    def change(grid: Grid) -> Grid:
        return grid.headed(lambda heading: "处理时间" if heading == "解决时间" else heading)

    return _tickets_alone(clothing.only(TICKETS, change))


@trap("no headings, data only", SHEETS, Stage.TOPS, "headings", "top", "heading rows", expects=Refused(r"."))
def headless(clothing: Clothing) -> Clothing:
    """Cut the heading row off."""
    return _tickets_alone(clothing.each_grid(lambda grid: replace(grid, rows=grid.data, top=0)))


@trap("headings of no source", SHEETS, Stage.TOPS, "headings", expects=Refused(r"."))
def unknown_headings(clothing: Clothing) -> Clothing:
    """Head every column with a number of the old system."""
    return _tickets_alone(
        clothing.each_grid(lambda grid: grid.headed(lambda heading: f"F{len(heading)}" if heading else ""))
    )


@trap("only hidden sheets", BOOKS, Stage.FILES, "sheets", expects=Refused(r"(?i)visible|hidden"))
def all_hidden(clothing: Clothing) -> Clothing:
    """Hide every sheet."""
    return _tickets_alone(clothing.each_grid(lambda grid: replace(grid, hidden=True)))


@trap("an empty sheet, and data in hidden ones", BOOKS, Stage.FILES, "sheets", expects=Refused(r"."))
def empty_before_hidden(clothing: Clothing) -> Clothing:
    """Show nothing but an empty sheet."""
    empty = Grid("empty", "Sheet1", (), ())
    hidden = clothing.each_grid(lambda grid: replace(grid, hidden=True))
    parcels = tuple(replace(each, grids=(empty, *each.grids)) for each in hidden.parcels)
    return _tickets_alone(replace(hidden, parcels=parcels))


@trap(
    "a quote that never closes",
    TEXTS,
    Stage.BYTES,
    "quotes",
    "titles",
    "delimiter",
    "encoding",
    "newline",
    "tail",
    expects=Refused(r"\b12\b"),
)
def unclosed_quote(clothing: Clothing) -> Clothing:
    """Open a quote in line 12 and never close it."""
    return _tickets_alone(clothing).dressed(opens_on=12)


@trap(
    "a million blank columns that are claimed",
    ("xlsx", "xlsb", "ods"),
    Stage.FILES,
    "extent",
    "sheets",
    expects=Refused(r"."),
    apart=True,
)
def nothing_claimed(clothing: Clothing) -> Clothing:
    """Claim every cell there is and hold none."""
    empty = Grid("empty", "Sheet1", (), (), claims="A1:XFD1048576")
    return _tickets_alone(replace(clothing, parcels=(replace(clothing.parcels[0], grids=(empty,)),)))


@trap(
    "a stray cell in XFD1048576 that cannot be left out",
    ("xlsb", "ods"),
    Stage.FILES,
    "extent",
    "sheets",
    expects=Refused(r"1048576"),
    apart=True,
)
def stray_corner(clothing: Clothing) -> Clothing:
    """Type one letter into the last cell there is."""
    return _tickets_alone(clothing.only(TICKETS, lambda grid: replace(grid, far=((1_048_575, 16_383, "x"),))))
