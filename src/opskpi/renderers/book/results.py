"""Results and terms: one row each, their figures formulas over the evidence, their verdicts over the figures."""

from collections.abc import Callable, Sequence

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from opskpi.indicators.syntax import parse
from opskpi.model.cards import Reading, Result
from opskpi.renderers.book import formulas
from opskpi.renderers.book.formulas import Cells
from opskpi.renderers.book.looks import number_format, printed
from opskpi.renderers.book.making import TERM_FIGURE, VERDICT, Book
from opskpi.renderers.book.remarks import remark
from opskpi.renderers.book.verdicts import JUDGED, verdict
from opskpi.renderers.lines import target_text, verdict_word, word
from opskpi.renderers.margins import headroom

_COLUMNS = (
    ("head_sequence", 6),
    ("head_project", 26),
    ("head_indicator", 34),
    ("head_owner", 14),
    ("head_period", 10),
    ("book_above", 11),
    ("book_below", 11),
    ("head_value", 11),
    ("head_target", 14),
    ("head_verdict", 11),
    ("book_counted", 8),
    ("book_pending", 8),
    ("book_excluded", 8),
    ("book_how", 12),
    ("head_note", 48),
    ("head_headroom", 30),
)
_TERM_COLUMNS = (
    ("head_sequence", 6),
    ("head_project", 26),
    ("head_indicator", 34),
    ("book_term", 24),
    ("book_above", 12),
    ("book_below", 12),
    ("book_value", 12),
    ("book_how", 12),
)


def write_results(sheet: Worksheet, book: Book) -> None:
    """Write one row for each result."""
    _heads(sheet, book, _COLUMNS)
    for row, result in enumerate(book.card.results, start=1):
        _write_result(sheet, row, result, book)
    _finish(sheet, book, _COLUMNS, len(book.card.results))


def write_terms(sheet: Worksheet, book: Book) -> None:
    """Write one row for each term of each result that is made of some."""
    _heads(sheet, book, _TERM_COLUMNS)
    results = {(each.project, each.indicator): each for each in book.card.results}
    for (project, indicator, term), at in book.layout.terms.items():
        result = results[project, indicator]
        reading = result.reading.terms[term]
        texts = project, result.name, term
        sheet.write_number(at - 1, 0, book.layout.projects[project], book.looks("body"))
        for column, text in enumerate(texts, start=1):
            sheet.write_string(at - 1, column, text, book.looks("body"))
        found = book.stack_cells(result, term, at)
        _write_figure(sheet, (at - 1, 4), found, reading, (book, "General"))
        how = "book_formula" if found.live else "book_fixed"
        sheet.write_string(at - 1, 7, word(how, book.language), book.looks("centred"))
    _finish(sheet, book, _TERM_COLUMNS, len(book.layout.terms))


def _write_result(sheet: Worksheet, row: int, result: Result, book: Book) -> None:
    language, looks = book.language, book.looks
    sheet.write_number(row, 0, book.layout.projects[result.project], looks("body"))
    for column, text in enumerate((result.project, result.name, result.owner or ""), start=1):
        sheet.write_string(row, column, text, looks("body"))
    for column, text in ((4, result.period), (8, target_text(result))):
        sheet.write_string(row, column, text, looks("centred"))
    found = _cells_of(result, row + 1, book)
    _write_figure(sheet, (row, 5), found, result.reading, (book, number_format(result)))
    judged = verdict(result, row + 1, found, book)
    said = verdict_word(result, language)
    if judged:
        sheet.write_formula(row, 9, f"={judged}", looks("centred"), said)
    else:
        sheet.write_string(row, 9, said, looks("centred"))
    reading = result.reading
    for column, count in ((10, reading.counted), (11, reading.pending), (12, sum(reading.excluded.values()))):
        sheet.write_number(row, column, count, looks("body"))
    how = "book_formula" if found.live and result.value is not None else "book_fixed"
    if how == "book_formula" and not judged and result.verdict in JUDGED:
        how = "book_fixed_verdict"
    sheet.write_string(row, 13, word(how, language), looks("centred"))
    note = remark(result, language).replace("\n", "；" if language == "zh" else "; ")
    sheet.write_string(row, 14, note, looks("body"))
    left = headroom(result)
    sheet.write_string(row, 15, left.text(language) if left else "", looks("body"))


def _cells_of(result: Result, row: int, book: Book) -> Cells:
    """Find the formulas of a result: over its evidence, or over the rows of its terms."""
    its = book.evidence.get(result.indicator)
    if its is None or its.left_out or result.claim:
        return Cells()
    if not its.formula:
        return book.stack_cells(result, "", row)
    node = parse(its.formula)
    return Cells(value=f'IFERROR({formulas.arithmetic(node, _term_cell(result, TERM_FIGURE, book))},"-")')


def _term_cell(result: Result, letter: str, book: Book) -> Callable[[str], str]:
    return lambda term: book.layout.term(result.project, result.indicator, term, letter)


def _write_figure(
    sheet: Worksheet, at: tuple[int, int], found: Cells, reading: Reading, about: tuple[Book, str]
) -> None:
    """Write numerator, denominator and value side by side: as formulas, as far as there are such, with our values."""
    (row, column), (book, shown) = at, about
    live, fixed = book.looks("figure"), book.looks("fixed")
    for place, (formula, figure) in enumerate(((found.above, reading.numerator), (found.below, reading.denominator))):
        if formula and reading.value is not None and figure is not None:
            sheet.write_formula(row, column + place, f"={formula}", live, float(figure))
        elif figure is not None:
            sheet.write_number(row, column + place, float(figure), fixed)
        else:
            sheet.write_blank(row, column + place, None, live)
    if reading.value is None:
        sheet.write_string(row, column + 2, "-", live)
    else:
        _write_value(sheet, (row, column), found, float(reading.value), _number_looks(book, shown, found))


def _number_looks(book: Book, shown: str, found: Cells) -> Format:
    return book.looks("figure" if found.live else "fixed", shown)


def _write_value(sheet: Worksheet, at: tuple[int, int], found: Cells, value: float, look: Format) -> None:
    row, column = at
    if found.above:
        above, below = (f"{chr(ord('A') + column + place)}{row + 1}" for place in (0, 1))
        formula = formulas.quotient(above, below if found.below else "")
        sheet.write_formula(row, column + 2, f"={formula}", look, value)
    elif found.value.startswith("IFERROR"):
        sheet.write_formula(row, column + 2, f"={found.value}", look, value)
    elif found.value:
        sheet.write_array_formula(row, column + 2, row, column + 2, f"{{={found.value}}}", look, value)
    else:
        sheet.write_number(row, column + 2, value, look)


def _heads(sheet: Worksheet, book: Book, columns: Sequence[tuple[str, int]]) -> None:
    for column, (key, width) in enumerate(columns):
        sheet.write_string(0, column, word(key, book.language), book.looks("head"))
        sheet.set_column(column, column, width)


def _finish(sheet: Worksheet, book: Book, columns: Sequence[tuple[str, int]], rows: int) -> None:
    """Keep the heads in view, and let verdicts be seen."""
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(rows, 1), len(columns) - 1)
    if columns is _COLUMNS and rows:
        tint(sheet, book, (1, 9, rows, 9), f"${VERDICT}2")
    printed(sheet, heads=(0, 0), last=(rows, len(columns) - 1))


def tint(sheet: Worksheet, book: Book, area: tuple[int, int, int, int], cell: str) -> None:
    """Colour cells by the verdict's word that stands in one of them; a pass on the way is a pass."""
    words = (
        ("fail", word("verdict_fail", book.language)),
        ("pass", word("verdict_pass", book.language)),
        ("pass", word("in_progress", book.language)),
    )
    for name, said in words:
        formula = f"=LEFT({cell},{len(said)})={formulas.text(said)}"
        sheet.conditional_format(*area, {"type": "formula", "criteria": formula, "format": book.looks.tints[name]})
