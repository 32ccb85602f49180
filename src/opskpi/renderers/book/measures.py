"""The list of improvements: every miss with room for what is done about it, or with what a kept list says."""

from xlsxwriter.worksheet import Worksheet

from opskpi.model.cards import Result, Verdict
from opskpi.model.improvements import Improvement
from opskpi.renderers import improvements
from opskpi.renderers.book.looks import printed
from opskpi.renderers.book.making import Book
from opskpi.renderers.book.summary import write_linked
from opskpi.renderers.book.texts import head, height_of
from opskpi.renderers.lines import misses, target_text

_IMPROVED = (
    ("head_project", 18),
    ("head_indicator", 22),
    ("head_target", 10),
    ("head_value", 9),
    ("book_missed", 9),
    ("book_first_missed", 50),
    ("book_cause", 22),
    ("book_measure", 22),
    ("book_person", 9),
    ("book_deadline", 11),
    ("book_check", 11),
)
#: What a list that is kept knows beside it.
_KEPT = (("notes_period", 10), ("notes_latest", 20), ("notes_status", 9))
#: The columns of the figure, and of the first text that people write.
_VALUE, _WRITTEN = 3, 6
_HEADS = 32


def write_improvements(sheet: Worksheet, book: Book) -> None:
    """List what was missed with the cause, the measure, who does it, by when, and the check, or room for them.

    Where a list is kept, what is still open of earlier periods follows.
    """
    columns = (*_IMPROVED, *_KEPT) if book.card.improvements else _IMPROVED
    sheet.set_row(0, _HEADS)
    for column, (key, width) in enumerate(columns):
        sheet.write_string(0, column, head(key, book.language), book.looks("head"))
        sheet.set_column(column, column, width)
    known = improvements.written(book.card)
    failed = [result for result in book.card.results if result.verdict is Verdict.FAIL]
    for row, result in enumerate(failed, start=1):
        _write_miss(sheet, row, result, known.get((result.project, result.indicator)), book)
    earlier = improvements.earlier(book.card)
    for row, line in enumerate(earlier, start=len(failed) + 1):
        _write_earlier(sheet, row, line, book)
    last = len(failed) + len(earlier)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    printed(sheet, heads=(0, 0), last=(last, len(columns) - 1))


def _write_miss(sheet: Worksheet, row: int, result: Result, line: Improvement | None, book: Book) -> None:
    """Write a miss of the card's own period, with live figures."""
    looks, language = book.looks, book.language
    for column, text in ((0, result.project), (1, result.name), (2, target_text(result))):
        sheet.write_string(row, column, text, looks("wrapped"))
    write_linked(sheet, (row, 3), result, book)
    if result.reading.missed is None:
        sheet.write_blank(row, 4, None, looks("body"))
    else:
        sheet.write_number(row, 4, result.against, looks("body"))
    missed = "\n".join(misses(result, language))
    sheet.write_string(row, 5, missed, looks("wrapped"))
    _write_written(sheet, row, line, book.card.period.label, (result.project, result.name, missed), book)


def _write_earlier(sheet: Worksheet, row: int, line: Improvement, book: Book) -> None:
    """Write a line of an earlier period as it was kept."""
    for column, text in enumerate((line.project, line.name, line.target, line.value, "", "")):
        sheet.write_string(row, column, text, book.looks("figure" if column == _VALUE else "wrapped"))
    _write_written(sheet, row, line, line.period, (line.project, line.name, ""), book)


def _write_written(
    sheet: Worksheet, row: int, line: Improvement | None, period: str, before: tuple[str, str, str], book: Book
) -> None:
    """Write what people wrote behind `before`, or leave room for it; then what a kept list knows beside it."""
    *texts, status = improvements.texts(line)
    kept = (period, improvements.latest(line, book.language), status) if book.card.improvements else ()
    for column, text in enumerate((*texts, *kept), start=_WRITTEN):
        if text:
            sheet.write_string(row, column, text, book.looks("wrapped"))
        else:
            sheet.write_blank(row, column, None, book.looks("wrapped"))
    wide = (*zip(before, (0, 1, _WRITTEN - 1), strict=True), (texts[0], _WRITTEN), (texts[1], _WRITTEN + 1))
    sheet.set_row(row, height_of(*((text, _IMPROVED[column][1]) for text, column in wide)))
