"""The forms people file: each project's year, what its customer gets, and what is to be done about each miss."""

from collections.abc import Sequence
from itertools import groupby

from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from opskpi.model.cards import Result, Scorecard, Verdict
from opskpi.model.rules import Clause
from opskpi.renderers import series
from opskpi.renderers.book import pages
from opskpi.renderers.book.layout import quoted
from opskpi.renderers.book.looks import number_format
from opskpi.renderers.book.making import VERDICT, Book
from opskpi.renderers.book.pages import Form
from opskpi.renderers.book.remarks import remark, restated_parts
from opskpi.renderers.book.summary import write_linked
from opskpi.renderers.book.texts import height_of
from opskpi.renderers.lines import target_text, verdict_word, word
from opskpi.wording import message

#: The columns of a form, each with its width beside the months of a year, and beside fewer parts.
_BEFORE = (
    ("head_indicator", 20, 24),
    ("book_method", 30, 48),
    ("head_target", 9, 11),
    ("head_owner", 11, 12),
    ("head_frequency", 8, 12),
)
_AFTER = (("head_verdict", 9, 14), ("head_note", 18, 26))
_CUSTOMER = (
    ("book_customer_indicator", 40),
    ("book_customer_standard", 18),
    ("head_value", 14),
    ("book_customer_verdict", 14),
    ("head_note", 56),
)
_MONTH, _WHOLE, _TREND = 8, 10, 14
#: So few parts leave room for the other columns.
_FEW = 4


def write_forms(sheet: Worksheet, book: Book) -> None:
    """Write each project's form: its indicators down, the parts of the period across, then the whole."""
    columns = _columns(book)
    filled = [
        (message("book_form", project=project, period=book.card.period.label), list(lines))
        for project, lines in groupby(series.lines(book.card), key=lambda each: each[0].project)
    ]
    form: Form[tuple[Result, tuple[Result | None, ...]]] = Form(
        columns,
        len(_BEFORE) + len(book.card.parts) + 1,
        lambda line: _height(line, columns, book),
        lambda sheet, row, line: _write_line(sheet, row, line, book),
    )
    pages.write_forms(sheet, form, filled, book)


def write_customers(sheet: Worksheet, book: Book) -> None:
    """Write what each project's customer gets."""
    filled = [
        (message("book_customer", project=project, period=book.card.period.label), list(results))
        for project, results in groupby(book.card.results, key=lambda each: each.project)
    ]
    columns = [(word(key, book.language), width) for key, width in _CUSTOMER]
    form: Form[Result] = Form(
        columns,
        3,
        lambda result: height_of(
            (result.name, columns[0][1]),
            (verdict_word(result, book.language), columns[3][1]),
            (remark(result, book.language), columns[4][1]),
        ),
        lambda sheet, row, result: _write_customer(sheet, row, result, book),
    )
    pages.write_forms(sheet, form, filled, book)


def _write_customer(sheet: Worksheet, row: int, result: Result, book: Book) -> None:
    sheet.write_string(row, 0, result.name, book.looks("wrapped"))
    sheet.write_string(row, 1, target_text(result), book.looks("centred"))
    write_linked(sheet, (row, 2), result, book)
    _write_verdict(sheet, (row, 3), result, book)
    sheet.write_string(row, 4, remark(result, book.language), book.looks("wrapped"))


def _columns(book: Book) -> list[tuple[str, int]]:
    """Name the columns of a form, with their widths."""
    card, language = book.card, book.language
    parts = [(label, _MONTH) for label in _part_labels(card, language)]
    trend = [(word("book_trend", language), _TREND)] if parts else []
    before, after = (
        [(word(key, language), narrow if len(parts) > _FEW else wide) for key, narrow, wide in some]
        for some in (_BEFORE, _AFTER)
    )
    return [*before, *parts, (_whole_label(card, language), _WHOLE), *after, *trend]


def _part_labels(card: Scorecard, language: str) -> list[str]:
    """Name the parts: 1月 … 12月 where they are the months of one year; a bare number says nothing in English."""
    starts = [part.period.start for part in card.parts]
    if language == "zh" and card.by == "month" and len({each.year for each in starts}) == 1:
        return [message("book_month", month=each.month).text(language) for each in starts]
    return series.labels(card)


def _whole_label(card: Scorecard, language: str) -> str:
    whole_year = (card.period.start.month, card.period.start.day, card.period.months) == (1, 1, 12)
    return word("book_year", language) if whole_year else card.period.label


def _height(line: tuple[Result, tuple[Result | None, ...]], columns: Sequence[tuple[str, int]], book: Book) -> float:
    """Find how high an indicator's line is: what is asked of it is wrapped, and so is its note."""
    whole, across = line
    widths = [width for _, width in columns]
    end = len(_BEFORE) + len(book.card.parts) + 1
    after = verdict_word(whole, book.language), _note(whole, across, book.language)
    return height_of(*zip(_texts(whole, book), widths, strict=False), *zip(after, widths[end:], strict=False))


def _note(whole: Result, across: Sequence[Result | None], language: str) -> str:
    """Say what stands beside the whole, and which of its parts were told otherwise before."""
    return "\n".join(each for each in (remark(whole, language), restated_parts(across, language)) if each)


def _texts(whole: Result, book: Book) -> tuple[str, ...]:
    """Say what is asked of an indicator: its name, method, target, owner and frequency."""
    rule = book.card.rules[whole.indicator].clauses
    method = _method(rule, book.language)
    return whole.name, method, target_text(whole), whole.owner or "", _frequency(rule, book)


def _write_line(sheet: Worksheet, row: int, line: tuple[Result, tuple[Result | None, ...]], book: Book) -> None:
    """Write an indicator of a project: its rule, its parts, the whole, and the trend."""
    (whole, across), language, looks = line, book.language, book.looks
    texts = _texts(whole, book)
    for column, text in enumerate(texts):
        sheet.write_string(row, column, text, looks("centred" if column > 1 else "wrapped"))
    column = len(texts)
    for place, result in enumerate(across):
        _write_part(sheet, (row, column + place), result, book)
    end = column + len(across)
    write_linked(sheet, (row, end), whole, book)
    _write_verdict(sheet, (row, end + 1), whole, book)
    sheet.write_string(row, end + 2, _note(whole, across, language), looks("wrapped"))
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
