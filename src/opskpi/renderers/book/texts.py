"""Long texts on sheets: how wide and high they are, lines across a table's columns, and room for signatures."""

from collections.abc import Sequence
from itertools import accumulate

from xlsxwriter.worksheet import Worksheet

from opskpi.renderers.book.making import Book
from opskpi.renderers.lines import word

#: Who signs, by hand.
SIGNED = ("head_prepared", "head_reviewed", "head_approved")
#: In points: a line of text, the least height of a row, and an empty row with the one to sign on.
_LINE, _LEAST, _SIGN = 14.5, 18, 26
SIGNED_HEIGHT = 18 + _SIGN
_WIDEST = 76


def width_of(text: str) -> int:
    """Measure a text: a Chinese character or quotation mark takes two columns."""
    return sum(1 if letter < "\u2010" else 2 for letter in text)


def fitted(texts: list[str], least: int = 10) -> int:
    """Find the width that a column's texts ask for."""
    return max([least, *(min(_WIDEST, width_of(text) + 3) for text in texts)])


def height_of(*cells: tuple[str, int]) -> float:
    """Find the height that wrapped texts ask for in columns of some width; no spreadsheet does so by itself."""
    lines = [sum(_lines(line, width) for line in text.split("\n")) for text, width in cells]
    return max(_LEAST, _LINE * max([1, *lines]) + 3)


def _lines(text: str, width: int) -> int:
    """Count the lines of a wrapped text; where there are several, words leave room at their ends."""
    wide = width_of(text)
    return 1 if wide < width else -(-wide // max(width - max(2, width // 8), 1))


def head(key: str, language: str) -> str:
    """Say the head of a column, as a heading begins."""
    return headed(word(key, language))


def headed(said: str) -> str:
    """Let a text begin as a heading does."""
    return said[:1].upper() + said[1:]


def write_across(sheet: Worksheet, row: int, text: str, widths: Sequence[int], book: Book) -> float:
    """Write a text across all columns, as high as it needs; give the height."""
    height = height_of((text, sum(widths)))
    sheet.set_row(row, height)
    if len(widths) > 1:
        sheet.merge_range(row, 0, row, len(widths) - 1, "", book.looks("said"))
    sheet.write_string(row, 0, text, book.looks("said"))
    return height


def sign(sheet: Worksheet, row: int, widths: Sequence[int], book: Book) -> None:
    """Leave room below an empty row for who prepares, reviews and approves, each on a third of the width."""
    sheet.set_row(row + 1, _SIGN)
    ends = list(accumulate(widths))
    begin = 0
    for at, key in enumerate(SIGNED, start=1):
        end = max(begin + 1, sum(each <= ends[-1] * at / len(SIGNED) for each in ends))
        for column in range(begin, max(end - 1, begin + 1)):
            sheet.write_blank(row + 1, column, None, book.looks("signed"))
        sheet.write_string(row + 1, begin, f"{word(key, book.language)}:", book.looks("signed"))
        begin = end
