"""Forms of which each project has one: on pages of their own, with heads again where one is not enough."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from opskpi.renderers import approvals
from opskpi.renderers.book.looks import printed_apart, room_at, scale_of
from opskpi.renderers.book.making import Book
from opskpi.renderers.book.results import tint
from opskpi.renderers.book.texts import SIGNED_HEIGHT, headed, height_of, sign, write_across
from opskpi.wording import Message, message

_Line = TypeVar("_Line")
_TITLE, _HEADS, _GAP = 24, 30, 12
#: How much smaller than the paper asks for forms may be.
_SHRUNK = (1, 0.92, 0.85)


@dataclass(frozen=True, slots=True)
class Form(Generic[_Line]):
    """A form: its heads with widths, the column of its verdicts, how high a line is, and what writes one."""

    columns: Sequence[tuple[str, int]]
    verdict: int
    height: Callable[[_Line], float]
    write: Callable[[Worksheet, int, _Line], None]


def write_forms(
    sheet: Worksheet, form: Form[_Line], filled: Sequence[tuple[Message, Sequence[_Line]]], book: Book
) -> None:
    """Write forms, each with its title and lines, one below another."""
    widths = [width for _, width in form.columns]
    scale, above = scale_of(widths), _above(book, widths)
    # a little smaller, where that saves pages that would hold a line or two
    tried = [[list(_parts(lines, form, room_at(scale * each) - above)) for _, lines in filled] for each in _SHRUNK]
    best = min(range(len(tried)), key=lambda at: (sum(map(len, tried[at])), at))
    row, breaks = 0, []
    for (title, _), parts in zip(filled, tried[best], strict=True):
        for part in parts:
            said = title if part is parts[0] else message("book_continued", title=title)
            row = _write_part(sheet, row, (said, part), (form, book))
            if part is parts[-1]:
                sign(sheet, row, widths, book)
                row += 2
            sheet.set_row(row, _GAP)
            row += 1
            breaks.append(row)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    printed_apart(sheet, breaks[:-1], (max(row - 2, 0), len(widths) - 1), scale * _SHRUNK[best])


def _parts(lines: Sequence[_Line], form: Form[_Line], room: float) -> Iterator[Sequence[_Line]]:
    """Part a form's lines into pages; the last has room for signatures."""
    part: list[_Line] = []
    used = 0.0
    for at, line in enumerate(lines):
        height = form.height(line) + (SIGNED_HEIGHT if at == len(lines) - 1 else 0)
        if part and used + height > room:
            yield part
            part, used = [], 0.0
        part.append(line)
        used += height
    yield part


def _above(book: Book, widths: Sequence[int]) -> float:
    """Measure what stands above the lines."""
    return _TITLE + height_of((_about(book), sum(widths))) + _HEADS


def _write_part(
    sheet: Worksheet, row: int, about: tuple[Message, Sequence[_Line]], how: tuple[Form[_Line], Book]
) -> int:
    """Write a page: the title, what it is of, the heads, the lines; give the next row."""
    (title, lines), (form, book) = about, how
    widths = [width for _, width in form.columns]
    sheet.set_row(row, _TITLE)
    sheet.write_string(row, 0, title.text(book.language), book.looks("title"))
    write_across(sheet, row + 1, _about(book), widths, book)
    sheet.set_row(row + 2, _HEADS)
    for column, (said, _) in enumerate(form.columns):
        sheet.write_string(row + 2, column, headed(said), book.looks("head"))
    first = row + 3
    for at, line in enumerate(lines, start=first):
        sheet.set_row(at, form.height(line))
        form.write(sheet, at, line)
    last = first + len(lines) - 1
    tint(sheet, book, (first, form.verdict, last, form.verdict), xl_rowcol_to_cell(first, form.verdict, col_abs=True))
    return last + 1


def _about(book: Book) -> str:
    """Say what forms are of: the plan, the moment, the plan's header."""
    card, language = book.card, book.language
    at = message("card_judged_at", as_of=card.as_of.isoformat(" ", "minutes")).text(language)
    head = approvals.head_line(card.plan.header, language)
    return "  ".join(part for part in (card.plan.name, at, head) if part)
