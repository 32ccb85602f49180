"""Plain text in columns and hanging lines, by the width its letters take on a terminal."""

import re
import unicodedata
from collections.abc import Collection, Sequence

#: What a line may be broken after: blanks, or a wide letter or a word, with the marks that open and close it.
_UNITS = re.compile(
    r"\s+|[（【「『《]*(?:[\u1100-\u115f\u2e80-\uffdc]|[^\s\u1100-\u115f\u2e80-\uffdc]+)[、。，；：！？）】」』》]*"
)


def width_of(text: str) -> int:
    """Count the cells a text takes: East Asian wide letters take two, combining marks none."""
    return sum(0 if unicodedata.combining(each) else 2 if _is_wide(each) else 1 for each in text)


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Fill a text up with blanks, behind it or before it."""
    blanks = " " * (width - width_of(text))
    return blanks + text if right else text + blanks


def aligned(rows: Sequence[Sequence[str]], right: Collection[int]) -> list[str]:
    """Lay rows out in columns; those in `right` are numbers."""
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(padded(cell, widths[at], right=at in right) for at, cell in enumerate(row)).rstrip() for row in rows
    ]


def wrapped(text: str, width: int | None, first: str, then: str) -> list[str]:
    """Break a text into lines led by `first` and `then`; without a width it stays in one line."""
    if width is None:
        return [first + text]
    lines, line = [], first
    for unit in _UNITS.findall(text):
        if width_of(line + unit.rstrip()) > width and line.strip() and line not in (first, then):
            lines.append(line.rstrip())
            line = then
        line += unit if line != then else unit.lstrip()
    return [*lines, line.rstrip()]


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"
