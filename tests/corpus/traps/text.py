"""Traps of text files: encodings, delimiters, line ends, quotes, zeros."""

from dataclasses import replace

from corpus.clothing import Clothing, recast
from corpus.formats import TEXTS
from corpus.grids import HEADINGS, KINDS, STATES, TICKETS, Cell, Grid
from corpus.traps import Family, Stage

trap = Family("Text")


def in_english(clothing: Clothing) -> Clothing:
    """Head every column with its own name, and use the tables' own words."""
    names = {heading: name for name, heading in HEADINGS.items()}
    words = {word: name for name, word in (*KINDS.items(), *STATES.items())}

    def translated(cell: Cell) -> Cell:
        return words.get(cell, cell) if isinstance(cell, str) else cell

    def change(grid: Grid) -> Grid:
        headed = grid.headed(lambda heading: names.get(heading, heading))
        return headed.mapped("type", translated).mapped("status", translated)

    return clothing.each_grid(change)


#: What other traps write in simplified Chinese, which narrower encodings do not hold.
_IN_CHINESE = (
    "bottom",
    "dates",
    "headings",
    "numbers",
    "order",
    "project",
    "right end",
    "scores",
    "status",
    "top",
    "type",
    "unwanted",
)


def _encodings() -> None:
    """Declare an encoding a trap: its name, Python's name, byte-order mark, whose facts, and what is said of it."""
    for name, encoding, bom, variant, options in (
        ("UTF-8 with BOM", "utf-8", b"\xef\xbb\xbf", "usual", ()),
        ("UTF-16 LE with BOM (Excel's “Unicode text”)", "utf-16-le", b"\xff\xfe", "usual", ()),
        ("UTF-16 BE with BOM", "utf-16-be", b"\xfe\xff", "usual", ()),
        ("UTF-16 LE without BOM", "utf-16-le", b"", "usual", ()),
        ("UTF-16 BE without BOM", "utf-16-be", b"", "usual", ()),
        ("GB18030 with letters GBK lacks", "gb18030", b"", "usual", ()),
        ("GBK", "gbk", b"", "usual", ()),
        ("GBK, declared", "gbk", b"", "usual", ("--encoding", "gbk")),
        ("Big5", "big5", b"", "traditional", ()),
        ("Big5, declared", "big5", b"", "traditional", ("--encoding", "big5")),
        ("Windows-1252", "cp1252", b"", "accented", ()),
        ("Windows-1252, declared", "cp1252", b"", "accented", ("--encoding", "cp1252")),
        ("Mac Roman", "mac_roman", b"", "accented", ()),
        ("Mac Roman, declared", "mac_roman", b"", "accented", ("--encoding", "mac_roman")),
    ):

        @trap(name, TEXTS, Stage.FACTS, "encoding", "facts", "titles", *(() if variant == "usual" else _IN_CHINESE))
        def _(
            clothing: Clothing,
            encoding: str = encoding,
            bom: bytes = bom,
            variant: str = variant,
            options: tuple[str, ...] = options,
        ) -> Clothing:
            told = clothing if variant == "usual" else in_english(recast(clothing, variant))
            if encoding == "gb18030":
                told = told.only(TICKETS, lambda grid: grid.mapped("title", lambda cell: f"{cell}（𠮷田㐂 €）"))
            return replace(told.dressed(encoding=encoding, bom=bom), options=(*told.options, *options))


def _delimiters() -> None:
    for name, mark in (("semicolons", ";"), ("tabs", "\t"), ("pipes", "|")):

        @trap(name, TEXTS, Stage.BYTES, "delimiter")
        def _(clothing: Clothing, mark: str = mark) -> Clothing:
            return clothing.dressed(delimiter=mark)


def _line_ends() -> None:
    for name, mark in (("CRLF", "\r\n"), ("CR alone", "\r")):

        @trap(name, TEXTS, Stage.BYTES, "newline")
        def _(clothing: Clothing, mark: str = mark) -> Clothing:
            return clothing.dressed(newline=mark)


_encodings()
_delimiters()
_line_ends()


@trap("`sep=;` in the first line", TEXTS, Stage.BYTES, "delimiter", "top")
def sep_line(clothing: Clothing) -> Clothing:
    """Tell Excel the delimiter, as European tools do."""
    return clothing.dressed(delimiter=";", first_line="sep=;")


@trap("every cell in quotes", TEXTS, Stage.BYTES, "quotes")
def quote_all(clothing: Clothing) -> Clothing:
    """Quote whether or not it is needed."""
    return clothing.dressed(quote_all=True)


@trap("quotes and delimiters inside cells", TEXTS, Stage.CELLS, "titles")
def punctuated(clothing: Clothing) -> Clothing:
    """Let titles hold what parts cells."""
    return clothing.only(TICKETS, lambda grid: grid.mapped("title", lambda cell: f'{cell}, "急"; 见 a|b\t"'))


@trap("zero bytes at the end", TEXTS, Stage.BYTES, "encoding", "tail")
def zero_tail(clothing: Clothing) -> Clothing:
    """End as files do whose disk was full."""
    return clothing.dressed(tail=bytes(512))


@trap("zero bytes after every cell", TEXTS, Stage.BYTES, "encoding", "quotes", "blanks")
def zero_padding(clothing: Clothing) -> Clothing:
    """Fill cells up as programs with fixed widths do."""
    return clothing.dressed(padding="\0\0")


@trap("delimiters at the end of data rows only", TEXTS, Stage.COLUMNS, "right end")
def overhang(clothing: Clothing) -> Clothing:
    """Give every row one more cell than the heading has."""
    return clothing.each_grid(lambda grid: replace(grid, rows=(*grid.head, *((*row, "") for row in grid.data))))


@trap("delimiters at the end of every row", TEXTS, Stage.COLUMNS, "right end")
def hanging(clothing: Clothing) -> Clothing:
    """Give every row one more cell, the heading too."""
    return clothing.each_grid(lambda grid: grid.with_column("", "", [""] * len(grid.data)))


@trap("title and note lines of one cell", TEXTS, Stage.TOPS, "top", "bottom", "heading rows")
def short_lines(clothing: Clothing) -> Clothing:
    """Put lines above and below that have fewer cells than the table."""

    def change(grid: Grid) -> Grid:
        rows = (("2016年度台账",), ("导出时间：2017-01-03 08:00",), *grid.rows, ("注：以上数据来自服务台",))
        return replace(grid, rows=rows, top=grid.top + 2)

    return clothing.each_grid(change)


@trap("empty lines", TEXTS, Stage.ROWS, "blank rows")
def empty_lines(clothing: Clothing) -> Clothing:
    """Leave lines without anything, not even delimiters, every few rows."""

    def change(grid: Grid) -> Grid:
        rows = [each for at, row in enumerate(grid.data) for each in ((row,) if at % 6 else ((), row))]
        return grid.with_data([*rows, (), ()])

    return clothing.each_grid(change)
