"""The forms people file: each project's year, what its customer gets, and what is to be done about each miss."""

from collections.abc import Sequence
from itertools import groupby

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from opskpi.model.cards import Result, Scorecard, Verdict
from opskpi.model.improvements import Improvement
from opskpi.model.rules import Clause
from opskpi.renderers import approvals, improvements, series
from opskpi.renderers.book.layout import quoted
from opskpi.renderers.book.looks import height_of, number_format, printed, printed_apart
from opskpi.renderers.book.making import VERDICT, Book
from opskpi.renderers.book.remarks import remark, restated_parts
from opskpi.renderers.book.results import tint
from opskpi.renderers.book.summary import SIGNED, write_linked
from opskpi.renderers.lines import misses, target_text, verdict_word, word
from opskpi.wording import message

_BEFORE = (("head_indicator", 20), ("book_method", 30), ("head_target", 9), ("head_owner", 11), ("head_frequency", 9))
_AFTER = (("head_verdict", 9), ("head_note", 18))
_CUSTOMER = (
    ("book_customer_indicator", 40),
    ("book_customer_standard", 18),
    ("head_value", 14),
    ("book_customer_verdict", 14),
    ("head_note", 56),
)
_IMPROVED = (
    ("head_project", 22),
    ("head_indicator", 26),
    ("head_target", 11),
    ("head_value", 10),
    ("book_missed", 9),
    ("book_first_missed", 60),
    ("book_cause", 26),
    ("book_measure", 26),
    ("book_person", 11),
    ("book_deadline", 12),
    ("book_check", 14),
)
#: What a list that is kept knows beside it.
_KEPT = (("notes_period", 10), ("notes_latest", 20), ("notes_status", 9))
#: The columns of the figure, and of the first text that people write.
_VALUE, _WRITTEN = 3, 6
#: Between blocks of projects, so that each has a page of its own.
_GAP = 2
_MONTH, _WHOLE, _TREND = 7, 9, 12


def write_forms(sheet: Worksheet, book: Book) -> None:
    """Write each project's form: its indicators down, the parts of the period across, then the whole."""
    columns = _columns(book)
    row, breaks = 0, []
    for project, lines in groupby(series.lines(book.card), key=lambda each: each[0].project):
        row = _write_title(sheet, row, message("book_form", project=project, period=book.card.period.label), book)
        _write_heads(sheet, row, [said for said, _ in columns], book)
        first = row + 1
        for row, (whole, across) in enumerate(lines, start=first):
            _write_line(sheet, row, (whole, across), book)
        verdict = len(_BEFORE) + len(book.card.parts) + 1
        tint(sheet, book, (first, verdict, row, verdict), xl_rowcol_to_cell(first, verdict, col_abs=True))
        row = _write_signatures(sheet, row + 1, book)
        breaks.append(row)
    for column, (_, width) in enumerate(columns):
        sheet.set_column(column, column, width)
    _finish(sheet, breaks, [width for _, width in columns])


def write_customers(sheet: Worksheet, book: Book) -> None:
    """Write what each project's customer gets."""
    row, breaks = 0, []
    for project, results in groupby(book.card.results, key=lambda each: each.project):
        row = _write_title(sheet, row, message("book_customer", project=project, period=book.card.period.label), book)
        _write_heads(sheet, row, [word(key, book.language) for key, _ in _CUSTOMER], book)
        first = row + 1
        for row, result in enumerate(results, start=first):
            sheet.write_string(row, 0, result.name, book.looks("wrapped"))
            sheet.write_string(row, 1, target_text(result), book.looks("centred"))
            write_linked(sheet, (row, 2), result, book)
            _write_verdict(sheet, (row, 3), result, book)
            note = remark(result, book.language)
            sheet.write_string(row, 4, note, book.looks("wrapped"))
            sheet.set_row(row, height_of((result.name, _CUSTOMER[0][1]), (note, _CUSTOMER[4][1])))
        tint(sheet, book, (first, 3, row, 3), f"$D{first + 1}")
        row = _write_signatures(sheet, row + 1, book)
        breaks.append(row)
    for column, (_, width) in enumerate(_CUSTOMER):
        sheet.set_column(column, column, width)
    _finish(sheet, breaks, [width for _, width in _CUSTOMER])


def write_improvements(sheet: Worksheet, book: Book) -> None:
    """List what was missed with the cause, the measure, who does it, by when, and the check, or room for them.

    Where a list is kept, what is still open of earlier periods follows.
    """
    columns = (*_IMPROVED, *_KEPT) if book.card.improvements else _IMPROVED
    _write_heads(sheet, 0, [word(key, book.language) for key, _ in columns], book)
    known = improvements.written(book.card)
    failed = [result for result in book.card.results if result.verdict is Verdict.FAIL]
    for row, result in enumerate(failed, start=1):
        _write_miss(sheet, row, result, known.get((result.project, result.indicator)), book)
    earlier = improvements.earlier(book.card)
    for row, line in enumerate(earlier, start=len(failed) + 1):
        _write_earlier(sheet, row, line, book)
    for column, (_, width) in enumerate(columns):
        sheet.set_column(column, column, width)
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
        sheet.write_number(row, 4, result.reading.missed, looks("body"))
    missed = "\n".join(misses(result, language))
    sheet.write_string(row, 5, missed, looks("wrapped"))
    _write_written(sheet, row, line, book.card.period.label, (result.project, missed), book)


def _write_earlier(sheet: Worksheet, row: int, line: Improvement, book: Book) -> None:
    """Write a line of an earlier period as it was kept."""
    for column, text in enumerate((line.project, line.name, line.target, line.value, "", "")):
        sheet.write_string(row, column, text, book.looks("figure" if column == _VALUE else "wrapped"))
    _write_written(sheet, row, line, line.period, (line.project, ""), book)


def _write_written(
    sheet: Worksheet, row: int, line: Improvement | None, period: str, before: tuple[str, str], book: Book
) -> None:
    """Write what people wrote behind `before`, or leave room for it; then what a kept list knows beside it."""
    *texts, status = improvements.texts(line)
    kept = (period, improvements.latest(line, book.language), status) if book.card.improvements else ()
    for column, text in enumerate((*texts, *kept), start=_WRITTEN):
        if text:
            sheet.write_string(row, column, text, book.looks("wrapped"))
        else:
            sheet.write_blank(row, column, None, book.looks("wrapped"))
    wide = ((before[0], 0), (before[1], _WRITTEN - 1), (texts[0], _WRITTEN), (texts[1], _WRITTEN + 1))
    sheet.set_row(row, height_of(*((text, _IMPROVED[column][1]) for text, column in wide)))


def _columns(book: Book) -> list[tuple[str, int]]:
    """Name the columns of a form, with their widths."""
    card, language = book.card, book.language
    parts = [(label, _MONTH) for label in _part_labels(card, language)]
    trend = [(word("book_trend", language), _TREND)] if parts else []
    before, after = ([(word(key, language), width) for key, width in some] for some in (_BEFORE, _AFTER))
    return [*before, *parts, (_whole_label(card, language), _WHOLE), *after, *trend]


def _part_labels(card: Scorecard, language: str) -> list[str]:
    """Name the parts: 1月 … 12月 where they are the months of one year."""
    starts = [part.period.start for part in card.parts]
    if card.by == "month" and len({each.year for each in starts}) == 1:
        return [message("book_month", month=each.month).text(language) for each in starts]
    return series.labels(card)


def _whole_label(card: Scorecard, language: str) -> str:
    whole_year = (card.period.start.month, card.period.start.day, card.period.months) == (1, 1, 12)
    return word("book_year", language) if whole_year else card.period.label


def _write_title(sheet: Worksheet, row: int, said: object, book: Book) -> int:
    """Write what a form is of, and the plan's header; give the row of its heads."""
    card, language = book.card, book.language
    sheet.write_string(row, 0, said.text(language), book.looks("title"))  # type: ignore[attr-defined]
    at = message("card_judged_at", as_of=card.as_of.isoformat(" ", "minutes")).text(language)
    head = approvals.head_line(card.plan.header, language)
    sheet.write_string(row + 1, 0, "  ".join(part for part in (card.plan.name, at, head) if part), book.looks("line"))
    return row + 2


def _write_heads(sheet: Worksheet, row: int, heads: Sequence[str], book: Book) -> None:
    for column, said in enumerate(heads):
        sheet.write_string(row, column, said, book.looks("head"))


def _write_line(sheet: Worksheet, row: int, line: tuple[Result, tuple[Result | None, ...]], book: Book) -> None:
    """Write an indicator of a project: its rule, its parts, the whole, and the trend."""
    (whole, across), language, looks = line, book.language, book.looks
    rule = book.card.rules[whole.indicator].clauses
    texts = whole.name, _method(rule, language), target_text(whole), whole.owner or "", _frequency(rule, book)
    for column, text in enumerate(texts):
        sheet.write_string(row, column, text, looks("centred" if column > 1 else "wrapped"))
    note = "\n".join(each for each in (remark(whole, language), restated_parts(across, language)) if each)
    sheet.set_row(row, height_of((texts[0], _BEFORE[0][1]), (texts[1], _BEFORE[1][1]), (note, _AFTER[1][1])))
    column = len(texts)
    for place, result in enumerate(across):
        _write_part(sheet, (row, column + place), result, book)
    end = column + len(across)
    write_linked(sheet, (row, end), whole, book)
    _write_verdict(sheet, (row, end + 1), whole, book)
    sheet.write_string(row, end + 2, note, looks("wrapped"))
    if across:
        sheet.write_blank(row, end + 3, None, looks("body"))
        area = f"{quoted(book.layout.sheets['section_forms'])}!{xl_range(row, column, row, end - 1)}"
        sheet.add_sparkline(row, end + 3, {"range": area, "markers": True, "show_hidden": True})


def _write_part(sheet: Worksheet, at: tuple[int, int], result: Result | None, book: Book) -> None:
    """Write the figure of a part as a number, a miss with its mark; a word where there is none."""
    looks = book.looks
    if result is None:
        sheet.write_blank(*at, None, looks("body"))
    elif result.value is None:
        sheet.write_string(*at, series.cell_text(result, book.language), looks("centred"))
    else:
        mark = f'" {series.MISSED}"' if result.verdict is Verdict.FAIL else ""
        shown = number_format(result)
        number = shown + mark if shown != "General" else shown
        look = looks("missed" if mark else "figure", number)
        sheet.write_number(*at, float(result.value), look)


def _write_verdict(sheet: Worksheet, at: tuple[int, int], result: Result, book: Book) -> None:
    formula = f"={book.layout.result(result.project, result.indicator, VERDICT)}"
    sheet.write_formula(*at, formula, book.looks("centred"), verdict_word(result, book.language))


def _write_signatures(sheet: Worksheet, row: int, book: Book) -> int:
    """Leave room for who prepares, reviews and approves; give the row of the next block."""
    for column, key in enumerate(SIGNED):
        sheet.write_string(row + 1, column, f"{word(key, book.language)}:", book.looks("signed"))
    return row + 1 + _GAP


def _method(rule: Sequence[Clause], language: str) -> str:
    """Say how a figure is counted, and of which rows."""
    said = [each.said.text(language) for each in rule if each.part in ("value", "where", "by", "reduce")]
    return ("；" if language == "zh" else "; ").join(said)


def _frequency(rule: Sequence[Clause], book: Book) -> str:
    """Say how often it is counted: as the plan asks, else as the series does."""
    for each in rule:
        if each.part == "frequency":
            return each.said.text(book.language)
    return word(f"by_{book.card.by}", book.language) if book.card.by else _whole_label(book.card, book.language)


def _finish(sheet: Worksheet, breaks: Sequence[int], widths: Sequence[int]) -> None:
    """Give each project a page of its own."""
    last = breaks[-1] - _GAP if breaks else 0
    printed_apart(sheet, breaks[:-1], (last, len(widths) - 1), widths)
