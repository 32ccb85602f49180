"""The summary: projects down, indicators across, each with its figure and its verdict, both taken from the results."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from opskpi.model.cards import Result
from opskpi.renderers import approvals
from opskpi.renderers.book.formulas import text
from opskpi.renderers.book.looks import number_format, printed, printed_apart, room_at, scale_of
from opskpi.renderers.book.making import FIGURE, VERDICT, Book
from opskpi.renderers.book.results import tint
from opskpi.renderers.book.texts import head, height_of, sign, write_across
from opskpi.renderers.lines import UNAIMED, abreast, heads, ledger_line, passed, rows, title, verdict_word, word
from opskpi.wording import Message, message

#: The first heads, under the title and the plan's header.
_TOP = 2
#: So many indicators side by side are readable on paper; where there are more, so many projects have heads above them.
_ABREAST, _DOWN = 6, 20
#: The title and the notes have at least the width of so many.
_LEAST = 4
_PROJECT, _FIGURE, _VERDICT, _CLAIMED = 26, 10, 10, 14
_TITLE, _NAMES, _ROW = 24, 44, 18


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of the matrix: its first row, its indicators and projects by number, and whether no more come below."""

    row: int
    across: range
    down: range
    whole: bool

    @property
    def first(self) -> int:
        """The row of its first project."""
        return self.row + 2

    @property
    def after(self) -> int:
        """The row after its last project, that of the passes where it has one."""
        return self.first + len(self.down)

    @property
    def columns(self) -> Iterator[tuple[int, int]]:
        """Each indicator's number with the column of its figure."""
        return zip(self.across, count(1, 2), strict=False)


def write_summary(sheet: Worksheet, book: Book) -> None:
    """Write the matrix, how many projects passed, and what a reader must know."""
    card, looks, language = book.card, book.looks, book.language
    parts = abreast(len(card.indicators), _ABREAST)
    worded = _CLAIMED if any(result.claim for result in card.results) else _VERDICT
    widths = [_PROJECT, *[_FIGURE, worded] * max([_LEAST, *map(len, parts)])]
    sheet.set_row(0, _TITLE)
    sheet.write_string(0, 0, title(card, language), looks("title"))
    if line := approvals.head_line(card.plan.header, language):
        sheet.write_string(1, 0, line, looks("number"))
    blocks = list(_blocks(parts, len(card.projects)))
    matrix = list(rows(card))
    top = _TOP
    for block in blocks:
        top = block.row if block.down.start == 0 else top
        _write_heads(sheet, block, book)
        for at, (project, results) in enumerate(matrix[block.down.start : block.down.stop], start=block.first):
            said = [(verdict_word(each, language), worded) for each in map(results.__getitem__, block.across) if each]
            sheet.set_row(at, height_of((project, _PROJECT), *said))
            sheet.write_string(at, 0, project, looks("wrapped"))
            for number, column in block.columns:
                _write_result(sheet, (at, column), results[number], book)
        if block.whole and card.company:
            _write_passed(sheet, top, block, book)
    below = _write_notes(sheet, (blocks[-1].after if blocks else _TOP) + 2, widths, book)
    sign(sheet, below, widths, book)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    last = below + 1, len(widths) - 1
    if len(blocks) > 1:
        sheet.freeze_panes(0, 1)
        scale = scale_of(widths)
        printed_apart(sheet, list(_breaks(blocks, room_at(scale))), last, scale)
    else:
        sheet.freeze_panes(_TOP + 2, 1)
        printed(sheet, heads=(_TOP, _TOP + 1), last=last)


def _blocks(parts: Sequence[range], projects: int) -> Iterator[_Block]:
    """Part the matrix: all projects under one row of heads where all indicators fit, else a page of them at a time."""
    row = _TOP
    step = max(projects, 1) if len(parts) <= 1 else _DOWN
    for across in parts:
        for first in range(0, max(projects, 1), step):
            down = range(first, min(first + step, projects))
            block = _Block(row, across, down, whole=down.stop == projects)
            yield block
            row = block.after + (2 if block.whole else 1)


def _breaks(blocks: Sequence[_Block], room: float) -> Iterator[int]:
    """Find the rows before which a page ends, so that no block is torn."""
    used = float(_TITLE + _ROW)
    for block in blocks:
        height = _NAMES + _ROW * (len(block.down) + 3)
        if block is not blocks[0] and used + height > room:
            yield block.row
            used = 0.0
        used += height


def _write_heads(sheet: Worksheet, block: _Block, book: Book) -> None:
    looks, language = book.looks, book.language
    names = heads(book.card, short=False)
    sheet.set_row(block.row, _NAMES)
    sheet.set_row(block.row + 1, _ROW)
    sheet.write_blank(block.row, 0, None, looks("head"))
    for number, column in block.columns:
        sheet.merge_range(block.row, column, block.row, column + 1, "", looks("head"))
        sheet.write_string(block.row, column, names[number], looks("head"))
    sheet.write_string(block.row + 1, 0, head("head_project", language), looks("head"))
    for _, column in block.columns:
        sheet.write_string(block.row + 1, column, head("head_value", language), looks("head"))
        sheet.write_string(block.row + 1, column + 1, head("head_verdict", language), looks("head"))
        if block.down:
            cell = xl_rowcol_to_cell(block.first, column + 1, col_abs=True)
            tint(sheet, book, (block.first, column, block.after - 1, column + 1), cell)


def _write_result(sheet: Worksheet, at: tuple[int, int], result: Result | None, book: Book) -> None:
    (row, column), looks = at, book.looks
    if result is None:
        sheet.write_blank(row, column, None, looks("body"))
        sheet.write_blank(row, column + 1, None, looks("body"))
        return
    write_linked(sheet, at, result, book)
    formula = f"={book.layout.result(result.project, result.indicator, VERDICT)}"
    sheet.write_formula(row, column + 1, formula, looks("centred"), verdict_word(result, book.language))


def write_linked(sheet: Worksheet, at: tuple[int, int], result: Result, book: Book) -> None:
    """Write a result's figure as a reference to it."""
    formula = f"={book.layout.result(result.project, result.indicator, FIGURE)}"
    figure = "-" if result.value is None else float(result.value)
    sheet.write_formula(*at, formula, book.looks("figure", number_format(result)), figure)


def _write_passed(sheet: Worksheet, top: int, block: _Block, book: Book) -> None:
    """Count the passes among the verdicts that stand above, heads of pages among them; a pass on the way counts."""
    looks, language, row = book.looks, book.language, block.after
    said, lines = passed(book.card), book.card.company
    sheet.set_row(row, _ROW)
    sheet.write_string(row, 0, head("head_passed", language), looks("head"))
    for number, column in block.columns:
        above = xl_range_abs(top + 2, column + 1, row - 1, column + 1)
        counts = [f"COUNTIF({above},{text(word(key, language) + '*')})" for key in ("verdict_pass", "in_progress")]
        formula = f'={"+".join(counts)}&"/{lines[number].projects}"'
        sheet.merge_range(row, column, row, column + 1, "", looks("head"))
        if block.down and said[number] != UNAIMED:
            sheet.write_formula(row, column, formula, looks("head"), said[number])
        else:
            sheet.write_string(row, column, said[number], looks("head"))


def _write_notes(sheet: Worksheet, row: int, widths: Sequence[int], book: Book) -> int:
    """Write the ledger, how the figures are made, what is left out, and the notes; give the next row."""
    card, language = book.card, book.language
    lines: list[str] = [ledger_line(card, language), *(each.text(language) for each in _about(book))]
    lines += [note.text(language) for note in card.notes]
    for at, line in enumerate(lines, start=row):
        write_across(sheet, at, line, widths, book)
    return row + len(lines)


def _about(book: Book) -> Sequence[Message]:
    names = {result.indicator: result.name for result in book.card.results}
    said = [message("book_live")] if book.evidence else []
    said += [
        message(
            "book_too_many",
            indicator=names.get(each.indicator, each.indicator),
            count=each.left_out,
            file=book.beside[each.indicator].name,
        )
        for each in book.card.evidence
        if each.left_out
    ]
    return said
