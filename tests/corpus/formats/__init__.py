"""The formats a corpus file can have; each module here writes one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TypeAlias

from corpus.grids import Grid


@dataclass(frozen=True, slots=True)
class Dress:
    """How a file is written, beyond its cells.

    Texts: `first_line` stands above everything, `padding` ends every cell, `tail` the file, and a quote opens
    on the line `opens_on` and never closes. Books may count their days from 1904.
    """

    encoding: str = "utf-8"
    bom: bytes = b""
    delimiter: str = ","
    newline: str = "\n"
    quote_all: bool = False
    first_line: str = ""
    padding: str = ""
    tail: bytes = b""
    opens_on: int = 0
    date_1904: bool = False


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes into one file: its name without suffix, and its sheets."""

    stem: str
    grids: tuple[Grid, ...]


Write: TypeAlias = Callable[[Parcel, Dress], bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its name; the writer is a module here, imported when something is written."""

    suffix: str
    module: str
    is_book: bool

    @property
    def write(self) -> Write:
        """The function that writes a parcel."""
        found: Write = import_module(f"corpus.formats.{self.module}").write
        return found


FORMATS: Mapping[str, Format] = {
    "csv": Format(".csv", "text", is_book=False),
    "csv.gz": Format(".csv.gz", "gz", is_book=False),
    "zip": Format(".zip", "zipped", is_book=False),
    "xlsx": Format(".xlsx", "xlsx", is_book=True),
    "xls": Format(".xls", "xls", is_book=True),
    "xlsb": Format(".xlsb", "xlsb", is_book=True),
    "ods": Format(".ods", "ods", is_book=True),
}
TEXTS = ("csv", "csv.gz", "zip")
BOOKS = ("xlsx", "xls", "xlsb", "ods")
#: One format of each kind of bytes: what a trap of cells or sheets has to be seen in.
SHEETS = ("csv", *BOOKS)
