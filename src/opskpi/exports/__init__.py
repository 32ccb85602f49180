"""The only place that opens the files people export: a path becomes sheets of raw rows.

A reader (`text`, `workbook`) gives `Sheet`s; a sheet shows its first rows for recognition
and is then read in pieces, each alone and in any order. Every row keeps the number a
spreadsheet shows for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from mmap import mmap
from typing import TYPE_CHECKING, Protocol, TypeAlias

from opskpi.wording import Message

if TYPE_CHECKING:
    # finding files and hashing them begins before Arrow is imported
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

#: A file's content, in memory or mapped.
Bytes: TypeAlias = bytes | memoryview | mmap

#: How many rows are shown for recognition, title rows included.
HEAD_ROWS = 30

#: The headings of our own CSV outputs begin so; a folder's listing passes them by.
MARK_SCORECARD = ("project", "indicator", "period", "verdict")
MARK_REJECTS = "opskpi_file"
MARK_EVIDENCE = "opskpi_evidence"
#: The headings of the lists in a bundle, which somebody may unpack.
MARK_LISTS = ("indicator,term,project,id,bucket,", "file,sheet,table,source,encoding,sha256,")
#: How our other texts begin, and what stands near their beginning, whatever somebody calls the file.
MARK_TEXTS = (
    ("{", '"format": "opskpi.'),
    ("<!DOCTYPE html>", '<meta name="generator" content="opskpi '),
    ("<?xml ", '<property name="plan_sha256" '),
    ("# HELP opskpi_", ""),
)
#: What our own workbooks carry in their properties.
MARK_WORKBOOK = "opskpi.scorecard"
#: How our messages begin: a heading, then the verdicts in a colour.
MARK_MESSAGE = ("### ", "<font color=")
#: A hidden name of the books that are written into for people, which survives whatever saves them again.
MARK_NAME = "_opskpi.output"
#: Members that every bundle for the archive has.
MARK_BUNDLE = frozenset({"MANIFEST.sha256", "run.json", "scorecard.json"})


@dataclass(frozen=True, slots=True)
class Ragged:
    """A row with more or fewer cells than the headings; never shifted, always rejected."""

    row: int
    text: str
    cells: int
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a sheet: text columns by position, and each row's number in the piece.

    Numbers count from 1 within the piece, `size` is how many rows it spans; whoever puts
    pieces together adds the rows before. `marked` are cells that the sheet itself shows to be
    bad, by column and rule.
    """

    rows: NDArray[np.int32]
    columns: Mapping[int, pa.Array]
    size: int
    ragged: tuple[Ragged, ...] = ()
    marked: Mapping[int, Mapping[str, NDArray[np.bool_]]] = field(default_factory=dict)


class Sheet(Protocol):
    """One table of raw rows."""

    @property
    def file(self) -> str:
        """The file as the user knows it, relative to the argument it was found under."""

    @property
    def name(self) -> str | None:
        """The sheet's name; None for text files."""

    @property
    def encoding(self) -> str | None:
        """The encoding of a text file."""

    @property
    def reason(self) -> Message | None:
        """Why a text file was taken for that encoding."""

    @property
    def head(self) -> Sequence[Sequence[str]]:
        """The first rows as text; the first has number 1."""

    @property
    def spans(self) -> Sequence[tuple[int, int, int]]:
        """Cells of the first rows that are merged across columns: row, first and last column, from 0."""

    @property
    def serials(self) -> bool:
        """Whether Excel's numbers of days, as they are usually counted, may stand for dates."""

    @property
    def notes(self) -> Sequence[Message]:
        """What was done to the file to read it, and what a reader should know of it."""

    def pieces(self, heading_row: int, wanted: Mapping[int, bool], width: int) -> Sequence[Callable[[], Block]]:
        """Give readers for the rows below the heading, each of `width` cells.

        `wanted` names the columns by position; True where texts recur, so that a
        dictionary pays.
        """
