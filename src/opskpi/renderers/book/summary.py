"""The summary: projects down, indicators across, each with its figure and its verdict, both taken from the results."""

from collections.abc import Sequence

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from opskpi.model.cards import Result
from opskpi.renderers import approvals
from opskpi.renderers.book.formulas import text
from opskpi.renderers.book.looks import number_format, printed
from opskpi.renderers.book.making import FIGURE, VERDICT, Book
from opskpi.renderers.book.results import tint
from opskpi.renderers.lines import heads, ledger_line, passed, rows, title, verdict_word, word
from opskpi.wording import Message, message

#: The first project, under the title, the plan's header and two rows of heads.
_FIRST = 4
#: Who signs the card, by hand.
SIGNED = ("head_prepared", "head_reviewed", "head_approved")


def write_summary(sheet: Worksheet, book: Book) -> None:
    """Write the matrix, how many projects passed, and what a reader must know."""
    card, looks, language = book.card, book.looks, book.language
    sheet.write_string(0, 0, title(card, language), looks("title"))
    if head := approvals.head_line(card.plan.header, language):
        sheet.write_string(1, 0, head, looks("plain"))
    _write_heads(sheet, book)
    for at, (project, results) in enumerate(rows(card), start=_FIRST):
        sheet.write_string(at, 0, project, looks("body"))
        for place, result in enumerate(results):
            _write_result(sheet, (at, 1 + 2 * place), result, book)
    last = _FIRST + len(card.projects)
    if card.company:
        _write_passed(sheet, last, book)
    below = _write_notes(sheet, last + 2, book)
    for column, key in enumerate(SIGNED):
        sheet.write_string(below + 1, column, f"{word(key, language)}:", looks("signed"))
    width = max(2 * len(card.indicators), 2)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, width, 11)
    sheet.freeze_panes(_FIRST, 1)
    printed(sheet, heads=(2, 3), last=(below + 1, width))


def _write_heads(sheet: Worksheet, book: Book) -> None:
    looks, language = book.looks, book.language
    sheet.set_row(2, 48)
    sheet.write_blank(2, 0, None, looks("head"))
    columns = [1 + 2 * place for place in range(len(book.card.indicators))]
    for column, name in zip(columns, heads(book.card, short=False), strict=True):
        sheet.merge_range(2, column, 2, column + 1, "", looks("head"))
        sheet.write_string(2, column, name, looks("head"))
    sheet.write_string(3, 0, word("head_project", language), looks("head"))
    for column in columns:
        sheet.write_string(3, column, word("head_value", language), looks("head"))
        sheet.write_string(3, column + 1, word("head_verdict", language), looks("head"))
        if book.card.projects:
            last = _FIRST + len(book.card.projects) - 1
            cell = xl_rowcol_to_cell(_FIRST, column + 1, col_abs=True)
            tint(sheet, book, (_FIRST, column, last, column + 1), cell)


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


def _write_passed(sheet: Worksheet, row: int, book: Book) -> None:
    """Count the passes among the verdicts that stand above; a pass on the way counts."""
    looks, language = book.looks, book.language
    sheet.write_string(row, 0, word("head_passed", language), looks("head"))
    for place, (said, line) in enumerate(zip(passed(book.card), book.card.company, strict=True)):
        column = 1 + 2 * place
        above = xl_range_abs(_FIRST, column + 1, row - 1, column + 1)
        counts = [f"COUNTIF({above},{text(word(key, language) + '*')})" for key in ("verdict_pass", "in_progress")]
        formula = f'={"+".join(counts)}&"/{line.projects}"'
        sheet.merge_range(row, column, row, column + 1, "", looks("head"))
        if row > _FIRST:
            sheet.write_formula(row, column, formula, looks("head"), said)
        else:
            sheet.write_string(row, column, said, looks("head"))


def _write_notes(sheet: Worksheet, row: int, book: Book) -> int:
    """Write the ledger, how the figures are made, what is left out, and the notes; give the next row."""
    card, language = book.card, book.language
    lines: list[str] = [ledger_line(card, language), *(each.text(language) for each in _about(book))]
    lines += [note.text(language) for note in card.notes]
    for at, line in enumerate(lines, start=row):
        sheet.write_string(at, 0, line, book.looks("line"))
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
