"""Traps of a table's shape: what stands above, below, beside and between its rows."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from corpus.clothing import Clothing
from corpus.formats import BOOKS, SHEETS
from corpus.grids import SURVEYS, TICKETS, Cell, Grid, Row, padded
from corpus.traps import Family, Stage
from corpus.traps.text import in_english

trap = Family("Sheets")


@trap("headings in English", (*SHEETS, "zip"), Stage.FACTS, "headings", "facts")
def english(clothing: Clothing) -> Clothing:
    """Use the columns' own names and the tables' own words."""
    return in_english(clothing)


@trap("columns in another order, others between", SHEETS, Stage.COLUMNS, "order")
def turned(clothing: Clothing) -> Clothing:
    """Turn the columns round and put unknown ones between."""

    def change(grid: Grid) -> Grid:
        back = replace(grid, columns=grid.columns[::-1], rows=tuple(row[::-1] for row in grid.rows))
        count = len(grid.data)
        return back.with_column("", "序号", list(range(1, count + 1)), 0).with_column(
            "", "联系电话", ["010-12345678"] * count, 2
        )

    return clothing.each_grid(change)


@trap("blank columns", SHEETS, Stage.COLUMNS, "blank columns")
def blank_columns(clothing: Clothing) -> Clothing:
    """Leave the first column blank, one between and two at the end."""

    def change(grid: Grid) -> Grid:
        blank: list[Cell] = [None] * len(grid.data)
        for at in (grid.width, grid.width, 2, 0):
            grid = grid.with_column("", "", blank, at)
        return grid

    return clothing.each_grid(change)


@trap("notes beside the data", SHEETS, Stage.COLUMNS, "right end")
def notes_beside(clothing: Clothing) -> Clothing:
    """Type notes right of the table, under no heading."""

    def change(grid: Grid) -> Grid:
        notes: list[Cell] = [None] * len(grid.data)
        notes[1], notes[4] = "← 请核对", "已与客户确认"
        return grid.with_column("", "", [None] * len(grid.data)).with_column("", "", notes)

    return clothing.each_grid(change)


@trap("an unwanted heading twice", (*SHEETS, "zip"), Stage.COLUMNS, "unwanted")
def unwanted_twice(clothing: Clothing) -> Clothing:
    """Have two columns 备注 that nobody asks for."""

    def change(grid: Grid) -> Grid:
        count = len(grid.data)
        return grid.with_column("", "备注", ["甲"] * count, 1).with_column("", "备注", ["乙"] * count)

    return clothing.each_grid(change)


@trap("blank rows", (*SHEETS, "csv.gz"), Stage.ROWS, "blank rows")
def blank_rows(clothing: Clothing) -> Clothing:
    """Leave a row blank before each sixth one and three at the end."""

    def change(grid: Grid) -> Grid:
        blank = padded((), grid.width)
        rows = [each for at, row in enumerate(grid.data) for each in ((row,) if at % 6 else (blank, row))]
        return grid.with_data([*rows, blank, blank, blank])

    return clothing.each_grid(change)


def _totals() -> None:
    """Declare a trap for each way to write a total at the bottom: the word, its column, and figures beside it."""
    for name, word, under, figures in (
        ("合计 at the bottom", "合计", "", False),
        ("总计 with figures beside it", "总计", "", True),
        ("合计： under the projects, with figures", "合计：", "project", True),
        ("Total with figures beside it", "Total", "", True),
    ):

        @trap(name, SHEETS, Stage.ROWS, "bottom", *([under] if under else []))
        def _(clothing: Clothing, word: str = word, under: str = under, *, figures: bool = figures) -> Clothing:
            def change(grid: Grid) -> Grid:
                row: list[Cell] = [None] * grid.width
                row[grid.at(under) if under else 0] = word
                if figures:
                    row[-1] = _total(grid)
                return grid.with_data([*grid.data, tuple(row)])

            return clothing.each_grid(change)


def _total(grid: Grid) -> Cell:
    """Give the figure people put under the last column: a mean of scores, else a count."""
    return 4.25 if grid.kind == SURVEYS else len(grid.data)


_totals()


@trap("小计 after each project", SHEETS, Stage.ROWS, "bottom", "groups")
def subtotals(clothing: Clothing) -> Clothing:
    """Sum each project up in a row of its own, and everything at the end."""

    def summed(grid: Grid) -> Iterator[Row]:
        at = grid.at("project")
        for _, rows in groupby(grid.data, key=lambda row: row[at]):
            kept = list(rows)
            yield from kept
            yield padded(("小计", None, len(kept)), grid.width)
        yield padded(("合计", None, len(grid.data)), grid.width)

    return clothing.each_grid(lambda grid: grid.with_data(list(summed(grid))))


@trap("notes under the data", SHEETS, Stage.ROWS, "bottom")
def notes_below(clothing: Clothing) -> Clothing:
    """Type where the figures come from, below a blank row."""
    notes = ("注：数据来源为服务台系统，不含测试工单", "制表人：张三")

    def change(grid: Grid) -> Grid:
        below = [padded((), grid.width), *(padded((note,), grid.width) for note in notes)]
        return grid.with_data([*grid.data, *below])

    return clothing.each_grid(change)


@trap("rows repeated word for word", (*SHEETS, "zip"), Stage.ROWS, "repeats")
def repeated(clothing: Clothing) -> Clothing:
    """Give every third row twice, as a page that was exported twice does."""
    return clothing.each_grid(lambda grid: grid.with_data([*grid.data, *grid.data[::3]]))


@trap("project merged over its rows", ("xlsx", "xls", "xlsb", "ods"), Stage.MERGES, "groups", "project", "merges")
def merged_groups(clothing: Clothing) -> Clothing:
    """Merge the project down its group, so that only the first row has it."""

    def change(grid: Grid) -> Grid:
        at, first = grid.at("project"), grid.top
        data, merges = [], []
        for _, rows in groupby(grid.data, key=lambda row: row[at]):
            kept = list(rows)
            data += [kept[0], *((*row[:at], None, *row[at + 1 :]) for row in kept[1:])]
            if len(kept) > 1 and kept[0][at]:
                merges.append((first, at, first + len(kept) - 1, at))
            first += len(kept)
        return replace(grid.with_data(data), merges=(*grid.merges, *merges))

    return clothing.each_grid(change)


def _on_two_rows(grid: Grid, *, merged: bool) -> Grid:
    """Put 解决 over 时限 and 时间, and 服务时间 over 开始 and 结束 that nobody asks for."""
    if grid.kind != TICKETS:
        return grid
    count = len(grid.data)
    wide = grid.with_column("", "开始", ["08:00"] * count).with_column("", "结束", ["18:00"] * count)
    lower: dict[int, str] = {wide.at("resolve_due_at"): "时限", wide.at("resolved_at"): "时间"}
    lower |= {wide.width - 2: "开始", wide.width - 1: "结束"}
    upper = {min(lower): "解决", min(lower) + 1: "", wide.width - 2: "服务时间", wide.width - 1: ""}
    (shown,) = wide.head
    above = tuple(upper.get(at, cell) for at, cell in enumerate(shown))
    below = tuple(lower.get(at) for at in range(wide.width))
    across = [(0, min(lower), 0, min(lower) + 1), (0, wide.width - 2, 0, wide.width - 1)]
    down = [(0, at, 1, at) for at in range(wide.width) if at not in lower]
    merges = (*across, *down) if merged else ()
    return replace(wide, rows=(above, below, *wide.data), top=2, merges=merges)


@trap("headings on two rows, merged", BOOKS, Stage.TOPS, "heading rows", "headings", "order", "merges", "right end")
def two_rows_merged(clothing: Clothing) -> Clothing:
    """Merge headings over two columns, and the others down two rows."""
    return clothing.each_grid(lambda grid: _on_two_rows(grid, merged=True))


@trap("headings on two rows, not merged", SHEETS, Stage.TOPS, "heading rows", "headings", "order", "right end")
def two_rows(clothing: Clothing) -> Clothing:
    """Type the upper heading over the first of its columns only."""
    return clothing.each_grid(lambda grid: _on_two_rows(grid, merged=False))


@trap("headings with marks, blanks and colons", SHEETS, Stage.TOPS, "headings")
def dressed_headings(clothing: Clothing) -> Clothing:
    """Dress headings as templates do: required, padded, with a full-width blank inside."""
    dresses = ("{}*", " {}：", "＊{}", "{}:", "\u3000{}\u3000", "{} *", "\u00a0{}", "{}\u200b")

    def change(grid: Grid) -> Grid:
        turn = iter(dresses * 3)
        return grid.headed(lambda heading: next(turn).format(heading) if heading else "")

    return clothing.each_grid(change)


@trap("headings with line breaks and blanks inside", SHEETS, Stage.TOPS, "headings")
def broken_headings(clothing: Clothing) -> Clothing:
    """Break headings in the middle, as narrow columns make people do."""
    breaks = ("\n", "\u3000", " ", " \n")

    def change(grid: Grid) -> Grid:
        turn = iter(breaks * 6)
        return grid.headed(lambda heading: heading[:2] + next(turn) + heading[2:] if len(heading) > 2 else heading)

    return clothing.each_grid(change)


@trap("title rows above the heading", SHEETS, Stage.TOPS, "top")
def title_rows(clothing: Clothing) -> Clothing:
    """Put a title, the department and a blank row above."""

    def change(grid: Grid) -> Grid:
        return grid.lifted((("2016年度运维服务台账",), ("填报部门：运行维护部", None, "填报日期：2017-01-03"), ()))

    return clothing.each_grid(change)


@trap("a merged title over the whole table", BOOKS, Stage.TOPS, "top", "merges")
def merged_title(clothing: Clothing) -> Clothing:
    """Merge the title across all columns."""

    def change(grid: Grid) -> Grid:
        titled = grid.lifted((("2016年度运维服务台账",),))
        return replace(titled, merges=((0, 0, 0, grid.width - 1), *titled.merges))

    return clothing.each_grid(change)


@trap("the table begins at C5", SHEETS, Stage.TOPS, "top", "blank columns", "merges")
def far_start(clothing: Clothing) -> Clothing:
    """Leave four rows and two columns blank before the table."""

    def change(grid: Grid) -> Grid:
        blank: list[Cell] = [None] * len(grid.data)
        return grid.with_column("", "", blank, 0).with_column("", "", blank, 0).lifted(((), (), (), ()))

    return clothing.each_grid(change)
