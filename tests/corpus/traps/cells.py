"""Traps of cells: ids, words for yes and no, scores, numbers, durations, and blanks that nobody sees."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

from corpus.clothing import Clothing, recast
from corpus.formats import BOOKS, SHEETS, TEXTS
from corpus.formats.text import shown
from corpus.grids import IDS, SURVEYS, TICKETS, Cell, Grid
from corpus.traps import Family, Stage

trap = Family("Cells")

Write: TypeAlias = Callable[[str], Cell]
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _ids() -> None:
    forms: tuple[tuple[str, tuple[str, ...], Write], ...] = (
        ("ids with leading zeros", SHEETS, lambda text: _digits(text).zfill(10)),
        ("ids with blanks inside", SHEETS, lambda text: f"{text[:2]} 2016 {text[6:]}"),
        ("ids of 12 digits, as numbers", BOOKS, lambda text: int(f"98765{_digits(text)}")),
        ("ids of 19 digits, as text", SHEETS, lambda text: f"123456789012{_digits(text)}"),
        ("ids in full width", SHEETS, lambda text: text.translate(_WIDE)),
        ("ids that look like formulas", SHEETS, lambda text: f"=-{text}"),
    )
    for name, formats, write in forms:

        @trap(name, formats, Stage.CELLS, "ids")
        def _(clothing: Clothing, write: Write = write) -> Clothing:
            return _over(clothing, IDS, lambda cell: write(str(cell)))


def _over(clothing: Clothing, columns: frozenset[str], write: Callable[[Cell], Cell]) -> Clothing:
    """Change the cells of some columns, in whichever grid they are."""

    def change(grid: Grid) -> Grid:
        for column in sorted(columns):
            grid = grid.mapped(column, write)
        return grid

    return clothing.each_grid(change)


_ids()


@trap("a tab after every id", TEXTS, Stage.CELLS, "ids")
def tabbed_ids(clothing: Clothing) -> Clothing:
    """Keep Excel from reading ids as numbers, as shops' exports do."""
    return _over(clothing, IDS, lambda cell: f"{cell}\t")


@trap("no ids at all", SHEETS, Stage.CELLS, "ids", "repeats", "order", "groups")
def no_ids(clothing: Clothing) -> Clothing:
    """Export without any number of a ticket."""
    return clothing.each_grid(lambda grid: grid.without_column(grid.columns[0]))


def _flags() -> None:
    forms: tuple[tuple[str, tuple[str, ...], Cell, Cell], ...] = (
        ("flags 是 否", SHEETS, "是", "否"),
        ("flags √ ×", SHEETS, "√", "×"),
        ("flags Y N", SHEETS, "Y", "N"),
        ("flags yes no", SHEETS, "yes", "no"),
        ("flags TRUE FALSE, as text", SHEETS, "TRUE", "FALSE"),
        ("flags TRUE FALSE, as such", BOOKS, True, False),
        ("flags 1 0", SHEETS, 1, 0),
    )
    for name, formats, yes, no in forms:

        @trap(name, formats, Stage.FACTS, "facts", "flags")
        def _(clothing: Clothing, yes: Cell = yes, no: Cell = no) -> Clothing:
            told = recast(clothing, "flagged")
            return _over(told, frozenset({"sla_flag"}), lambda cell: cell if cell is None else yes if cell else no)


_flags()


@trap("the opposite flag 是否超时", SHEETS, Stage.FACTS, "facts", "flags", "headings")
def opposite_flag(clothing: Clothing) -> Clothing:
    """Ask whether the limit was missed."""
    told = recast(clothing, "flagged").each_grid(
        lambda grid: grid.headed(lambda heading: "是否超时" if heading == "是否达标" else heading)
    )
    return _over(told, frozenset({"sla_flag"}), lambda cell: cell if cell is None else "否" if cell else "是")


def _scores() -> None:
    words = {"5": "非常满意", "4": "满意", "3": "一般", "2": "不满意", "1": "非常不满意"}
    forms: tuple[tuple[str, Write], ...] = (
        ("scores 5.0", lambda text: f"{text}.0"),
        ("scores 5分", lambda text: f"{text}分"),
        ("scores in words", lambda text: words[text]),
        ("scores ★★★★★", lambda text: "★" * int(text)),
        ("scores ★★★★☆", lambda text: "★" * int(text) + "☆" * (5 - int(text))),
        ("scores in full width", lambda text: text.translate(_WIDE)),
        ("scores as text", lambda text: text),
    )
    for name, write in forms:

        @trap(name, BOOKS if name == "scores as text" else SHEETS, Stage.CELLS, "scores")
        def _(clothing: Clothing, write: Write = write) -> Clothing:
            return clothing.only(SURVEYS, lambda grid: grid.mapped("score", lambda cell: write(str(cell))))


_scores()


def _blanks() -> None:
    for name, before, after in (
        ("trailing blanks", "", "   "),
        ("blanks and tabs around cells", "  ", " \t"),
        ("non-breaking blanks", "\u00a0", "\u00a0\u00a0"),
        ("zero-width blanks", "\u200b", "\ufeff"),
        ("full-width blanks", "\u3000", "\u3000"),
        ("line breaks around cells", "\n", "\n"),
    ):

        @trap(name, SHEETS, Stage.CELLS, "blanks", "titles", "dates", "ids", "scores", "numbers")
        def _(clothing: Clothing, before: str = before, after: str = after) -> Clothing:
            def around(cell: Cell) -> Cell:
                text = cell if clothing.is_book else shown(cell)
                return f"{before}{text}{after}" if isinstance(text, str) and text else cell

            def change(grid: Grid) -> Grid:
                for column in grid.columns:
                    grid = grid.mapped(column, around)
                return grid

            return clothing.each_grid(change)


_blanks()


@trap("line breaks inside titles", (*SHEETS, "csv.gz", "zip"), Stage.CELLS, "titles", "newline")
def broken_titles(clothing: Clothing) -> Clothing:
    """Tell a whole story in the title, quotes and blank lines included."""
    story = '\n第二行，“引号”，"双引号"\n\n  第四行'
    return clothing.only(TICKETS, lambda grid: grid.mapped("title", lambda cell: f"{cell}{story}"))


@trap("words `NA`, `-` and `null` in free text", SHEETS, Stage.CELLS, "titles")
def null_like(clothing: Clothing) -> Clothing:
    """Title tickets with what other readers take for nothing."""
    turn = iter(("NA", "-", "null", "None", "N/A") * 20)
    return clothing.only(TICKETS, lambda grid: grid.mapped("title", lambda _: next(turn)))


def _durations() -> None:
    long = timedelta(hours=26, minutes=5)
    forms: tuple[tuple[str, tuple[str, ...], tuple[Cell, ...]], ...] = (
        ("minutes with thousands separators", SHEETS, ("1,234", "12", "1,000.5", "１，２３４")),
        ("durations 2h 30m", SHEETS, ("2h 30m", "45m", "1h", "90s")),
        ("durations 02:30:00", SHEETS, ("02:30:00", "00:05:00", "26:05:00", "0:30")),
        ("durations 2小时30分", SHEETS, ("2小时30分", "45分钟", "1小时", "30秒")),
        ("durations [h]:mm, as such", BOOKS, (timedelta(hours=2, minutes=30), timedelta(minutes=5), long)),
    )
    for name, formats, cells in forms:

        @trap(name, formats, Stage.CELLS, "numbers")
        def _(clothing: Clothing, cells: tuple[Cell, ...] = cells) -> Clothing:
            def change(grid: Grid) -> Grid:
                column = [cells[at % len(cells)] for at in range(len(grid.data))]
                return grid.with_column("response_minutes", "响应分钟", column).with_column(
                    "resolve_minutes", "解决分钟", column
                )

            return clothing.only(TICKETS, change)


_durations()


@trap("counts with units and thousands: 3次, 1,024", SHEETS, Stage.CELLS, "numbers")
def counts(clothing: Clothing) -> Clothing:
    """Count reopenings in words."""
    cells: tuple[Cell, ...] = ("0", "3次", "1,024", "２", "1.0", None)

    def change(grid: Grid) -> Grid:
        return grid.with_column("reopened", "重开次数", [cells[at % len(cells)] for at in range(len(grid.data))])

    return clothing.only(TICKETS, change)


@trap("projects in other brackets and widths, blanks inside", SHEETS, Stage.CELLS, "project")
def alike_names(clothing: Clothing) -> Clothing:
    """Write a project with blanks inside after its first row; names are alike all the same."""
    names: dict[str, int] = {}

    def blanked(cell: Cell) -> Cell:
        seen = names[str(cell)] = names.get(str(cell), 0) + 1
        text = str(cell)
        return text if seen % 2 else f"{text[:2]}\u3000{text[2:]}"

    changed = clothing.only(TICKETS, lambda grid: grid.mapped("project", blanked))
    return replace(changed)
