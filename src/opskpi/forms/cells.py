"""Cells as a sheet's XML has them: what one says, and how a text, a number or a day is written into one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from opskpi.forms.spans import Span, escaped
from opskpi.model.places import column_letters, column_position

#: What is written into a cell: a text, a number or nothing.
Content: TypeAlias = str | int | float | date | None
#: Row and column, both counted from 1 and 0 as spreadsheets show the one and we count the other.
Address: TypeAlias = tuple[int, int]

_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)")
#: Letters that XML cannot hold, and texts that look like what is written for them.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_WRITTEN = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: Kinds of cells whose value is a text as it stands.
_TEXTS = ("str", "inlineStr", "e", "b", "d")
#: No cell holds more letters.
_MOST = 32767
_FIRST_DAY, _FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a sheet: where its element stands, its style, and what it shows; a number is one that is no text."""

    start: int
    end: int
    style: int | None
    content: str | float | None
    formula: bool = False

    @property
    def text(self) -> str:
        """What it says, without blanks around it; whole numbers without a point."""
        if isinstance(self.content, float):
            return f"{self.content:.0f}" if self.content.is_integer() else repr(self.content)
        return (self.content or "").strip()

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not self.formula and not self.text


def address_of(text: str) -> Address | None:
    """Read B5 or $B$5."""
    found = _ADDRESS.fullmatch(text)
    return (int(found[2]), column_position(found[1])) if found else None


def values_of(spans: Sequence[Span]) -> Mapping[int, list[Span]]:
    """Gather what stands in each cell: formulas, values and texts, without the readings of Chinese letters."""
    found: dict[int, list[Span]] = {}
    for span in spans:
        above = span.above
        if span.name not in ("f", "v", "t") or above is None or above.name == "rPh":
            continue
        cell = above.above if above.name == "is" else above
        if cell is not None and cell.name == "c":
            found.setdefault(id(cell), []).append(span)
    return found


def read_cell(span: Span, inside: Sequence[Span], texts: Sequence[str]) -> Cell:
    """Read a cell: a number, a text, or a text of the book's list."""
    said = "".join(each.text for each in inside if each.name != "f")
    style = int(span.attributes.get("s", "0")) or None
    formula = any(each.name == "f" for each in inside)
    kind = span.attributes.get("t", "n")
    content: str | float | None = None
    if kind == "s":
        content = texts[int(said)] if said.isdigit() and int(said) < len(texts) else None
    elif kind in _TEXTS:
        content = spelled_back(said)
    elif said:
        content = _number(said)
    return Cell(span.start, span.end, style, content, formula)


def written(at: Address, style: int | None, content: Content, *, prefix: str = "", date1904: bool = False) -> bytes:
    """Write a cell; texts are kept in the cell itself, so that the book's list of texts need not be touched."""
    row, column = at
    styled = f' s="{style}"' if style else ""
    head = f'<{prefix}c r="{column_letters(column)}{row}"{styled}'
    if content is None or content == "":
        return f"{head}/>".encode()
    if isinstance(content, str):
        said = escaped(_UNWRITABLE.sub(_spelled, content[:_MOST]))
        inside = f'<{prefix}is><{prefix}t xml:space="preserve">{said}</{prefix}t></{prefix}is>'
        return f'{head} t="inlineStr">{inside}</{prefix}c>'.encode()
    number = serial(content, date1904=date1904) if isinstance(content, date) else content
    return f"{head}><{prefix}v>{number!r}</{prefix}v></{prefix}c>".encode()


def spelled_back(text: str) -> str:
    """Read letters that XML cannot hold."""
    return _WRITTEN.sub(lambda found: chr(int(found[1], 16)), text)


def serial(day: date, *, date1904: bool) -> int:
    """Count a day as spreadsheets do."""
    return (day - (_FIRST_DAY_1904 if date1904 else _FIRST_DAY)).days


def day_of(number: float, *, date1904: bool) -> date | None:
    """Find the day of a spreadsheet's number."""
    first = _FIRST_DAY_1904 if date1904 else _FIRST_DAY
    try:
        return (datetime.combine(first, datetime.min.time()) + timedelta(days=number)).date()
    except OverflowError:
        return None


def _spelled(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def _number(said: str) -> float | str:
    try:
        return float(said)
    except ValueError:
        return said
