"""Which of the first rows is the heading: texts, distinct, known, and the rows below of other kinds."""

from collections.abc import Sequence
from datetime import UTC
from itertools import islice

from opskpi.exports import Sheet
from opskpi.model import EXPORTED
from opskpi.sources.headings import Headings, heading_rows
from opskpi.suggestions.known import is_known
from opskpi.suggestions.phrases import said_by
from opskpi.tables.dates import read_date
from opskpi.tables.numbers import read_number
from opskpi.tables.words import clean

#: So many rows below a heading are compared with it.
_BELOW = 8
#: More letters than this are no heading but a note, or a question of a survey at the most.
_LONG = 80
#: So much of a heading must be texts, and so much of them distinct.
_TEXTS, _DISTINCT = 0.7, 0.5
_FEWEST = 2
#: What each sign is worth; a later row gives a little away, so that of rows alike the first wins.
_WORTH_KNOWN, _WORTH_SAID, _WORTH_KINDS, _WORTH_FILLED, _COST_OF_ROW = 3.0, 1.0, 4.0, 3.0, 0.05


def best_headings(sheet: Sheet) -> Headings | None:
    """Find the row, or the two, most like headings; None where no row is like them."""
    width = max((sum(1 for cell in cells if clean(cell)) for cells in sheet.head), default=0)
    rated = [(_rating(each, sheet.head, width), each) for each in heading_rows(sheet.head, sheet.spans)]
    fit = [(rating, each) for rating, each in rated if rating is not None]
    return max(fit, key=lambda each: each[0])[1] if fit else None


def _rating(headings: Headings, head: Sequence[Sequence[str]], width: int) -> float | None:
    cells = [text for text in map(clean, headings.shown) if text]
    texts = [text for text in cells if not _is_figure(text) and len(text) <= _LONG]
    if len(cells) < _FEWEST or len(texts) < _TEXTS * len(cells) or len(set(texts)) < _DISTINCT * len(texts):
        return None
    known = sum(map(is_known, texts))
    said = sum(any(any(said_by(text, table)) for table in EXPORTED) for text in texts) - known
    kinds = _contrast(headings, head) / len(cells)
    filled = len(cells) / max(1, width)
    worth = known * _WORTH_KNOWN + max(0, said) * _WORTH_SAID + kinds * _WORTH_KINDS + filled * _WORTH_FILLED
    return worth + len(texts) / len(cells) - headings.row * _COST_OF_ROW


def _contrast(headings: Headings, head: Sequence[Sequence[str]]) -> int:
    """Count the columns whose heading is a text and whose cells below are dates or numbers."""
    below = [cells for cells in islice(head, headings.row, headings.row + _BELOW) if any(map(clean, cells))]
    found = 0
    for at, text in enumerate(headings.shown):
        under = [clean(cells[at]) for cells in below if at < len(cells) and clean(cells[at])]
        found += bool(clean(text)) and not _is_figure(clean(text)) and bool(under) and all(map(_is_figure, under))
    return found


def _is_figure(text: str) -> bool:
    return read_number(text) is not None or read_date(text, UTC) is not None
