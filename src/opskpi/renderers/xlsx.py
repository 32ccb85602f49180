"""The scorecard as a workbook: forms to be filed, and figures as live formulas over the rows behind them."""

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from tempfile import TemporaryDirectory

import xlsxwriter

from opskpi.model.cards import Scorecard
from opskpi.model.safety import WORKBOOK_OPTIONS
from opskpi.renderers import Style, breakdowns
from opskpi.renderers.book import beside as overflow
from opskpi.renderers.book import charts, evidence, forms, measures, records, results, summary
from opskpi.renderers.book.columns import is_yes_or_no
from opskpi.renderers.book.formulas import scale_of
from opskpi.renderers.book.layout import lay_out
from opskpi.renderers.book.looks import FONT, Looks
from opskpi.renderers.book.making import Book

#: Of each miss the list of improvements names so many rows; all of them are in the evidence.
DETAILS = 3
#: How our own workbooks are told from exports (`exports.MARK_WORKBOOK`).
MARK = "opskpi.scorecard"

#: So many rows of an indicator stand on its sheet at most; a sheet has 1,048,576 rows.
SHEET_ROWS = 1_048_000
#: More rows of evidence than these are written as they come, through a folder for temporary files, not held in memory.
MANY_ROWS = 20_000

_WRITERS = {
    "section_summary": summary.write_summary,
    "section_forms": forms.write_forms,
    "section_customers": forms.write_customers,
    "section_improvements": measures.write_improvements,
    "section_series": records.write_series,
    "section_charts": charts.write_charts,
    "section_scores": records.write_scores,
    "section_points": records.write_points,
    "section_results": results.write_results,
    "section_breakdown": records.write_breakdown,
    "section_terms": results.write_terms,
    "section_approvals": records.write_approvals,
    "section_problems": records.write_problems,
    "section_ledger": records.write_ledger,
    "section_provenance": records.write_provenance,
}
#: What stands before the evidence, and what after it.
_LAST = ("section_approvals", "section_problems", "section_ledger", "section_provenance")


def render(card: Scorecard, style: Style) -> bytes:
    """Write the workbook; texts stay texts, whatever they begin with."""
    files = beside(card, style)
    described = overflow.described(card, SHEET_ROWS, style.stem, files)
    fitted = overflow.fitted(card, SHEET_ROWS)
    if sum(each.rows for each in fitted.evidence) <= MANY_ROWS:
        return _made(fitted, style, described, {})
    with TemporaryDirectory() as folder:
        # every sheet is written from top to bottom, so that none need be held in memory
        options = {"in_memory": False, "constant_memory": True, "tmpdir": folder}
        return _made(fitted, style, described, options)


def beside(card: Scorecard, style: Style) -> Mapping[str, bytes]:
    """Write the rows of indicators that have more than a sheet holds, by file name."""
    return overflow.files(card, SHEET_ROWS, style.stem, style.language)


def _made(card: Scorecard, style: Style, files: Mapping[str, overflow.Beside], options: Mapping[str, object]) -> bytes:
    """Write all sheets."""
    out = io.BytesIO()
    # XlsxWriter adds to the properties it is given, and the next workbook would begin with them
    made = xlsxwriter.Workbook(out, {**WORKBOOK_OPTIONS, "default_format_properties": {**FONT}, **options})
    made.set_properties(
        {"title": card.plan.name, "comments": MARK, "created": datetime(card.as_of.year, 1, 1)}  # noqa: DTZ001
    )
    book = _book(card, Looks(made), style.language, files)
    before = [key for key in book.layout.sheets if key not in _LAST]
    for key in before:
        _write(made, key, book)
    for each in card.evidence:
        sheet = made.add_worksheet(book.layout.evidence[each.indicator])
        evidence.write(sheet, each, book)
    for key in _LAST:
        if key in book.layout.sheets:
            _write(made, key, book)
    made.close()
    return out.getvalue()


def _book(card: Scorecard, looks: Looks, language: str, files: Mapping[str, overflow.Beside]) -> Book:
    layout = lay_out(card, _sections(card, language), language)
    scales = {key: scale_of(stack) for key, (stack, _) in layout.stacks.items()}
    return Book(
        card,
        layout,
        looks,
        language,
        {each.indicator: each for each in card.evidence},
        scales,
        files,
        {each.indicator: is_yes_or_no(each, card) for each in card.evidence},
    )


def _sections(card: Scorecard, language: str) -> Iterator[str]:
    """Name the sheets in their order; those without anything to show are left out."""
    yield from ("section_summary", "section_forms", "section_customers", "section_improvements")
    if card.parts:
        yield "section_series"
        if any(charts.charted(card)):
            yield "section_charts"
    if card.totals:
        yield from ("section_scores", "section_points")
    yield "section_results"
    if any(breakdowns.table_rows(card, language)):
        yield "section_breakdown"
    if any(result.reading.terms and not result.claim for result in card.results):
        yield "section_terms"
    if any(records.approved(card, language)):
        yield "section_approvals"
    yield from ("section_problems", "section_ledger", "section_provenance")


def _write(made: xlsxwriter.Workbook, key: str, book: Book) -> None:
    _WRITERS[key](made.add_worksheet(book.layout.sheets[key]), book)
