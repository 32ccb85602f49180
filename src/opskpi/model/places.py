"""Where a row stands in the files people have, and what was wrong with it."""

from dataclasses import dataclass

from opskpi.wording import Message


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A row or a cell, numbered as a spreadsheet shows it: rows from 1, columns from 0."""

    file: str
    sheet: str
    row: int
    column: int | None = None

    @property
    def cell(self) -> str:
        """The A1 address, or the row alone where no column is meant."""
        return "" if self.column is None else f"{column_letters(self.column)}{self.row}"

    def __str__(self) -> str:
        """Write file, sheet and cell the way spreadsheets do: book.xlsx#Sheet!B12; no row is no place in a file."""
        if not self.row:
            return self.file
        sheet = f"#{self.sheet}" if self.sheet else ""
        return f"{self.file}{sheet}!{self.cell or self.row}"


@dataclass(frozen=True, slots=True)
class Problem:
    """A bad row as data: where, in which table and heading, which rule, and the sentence."""

    place: Place
    table: str
    heading: str
    rule: str
    value: str
    message: Message


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """All problems of one rule in one column of one table, with the first few in full; `title` is the table's."""

    table: str
    column: str
    rule: str
    count: int
    first: tuple[Problem, ...]
    title: Message


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of every row of a sheet; nothing is lost silently (design rule 2)."""

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicate: int = 0
    superseded: int = 0
    skipped: int = 0

    def __add__(self, other: "Ledger") -> "Ledger":
        """Add two sheets' ledgers."""
        return Ledger(
            self.rows + other.rows,
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.duplicate + other.duplicate,
            self.superseded + other.superseded,
            self.skipped + other.skipped,
        )

    @property
    def balanced(self) -> bool:
        """Whether each row is in exactly one of the four places."""
        return self.rows == self.accepted + self.rejected + self.duplicate + self.superseded


def column_position(letters: str) -> int:
    """Count a spreadsheet's column from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(position: int) -> str:
    """Name a column, counted from 0, as spreadsheets do: 0 is A, 26 is AA."""
    letters = ""
    number = position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Signal:
    """Something that wants an eye though it is no error: the rule, the sentence, how many rows or sheets, the first."""

    rule: str
    message: Message
    count: int
    places: tuple[Place, ...]
