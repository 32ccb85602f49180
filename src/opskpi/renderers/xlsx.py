"""The scorecard as a workbook: forms to be filed, and figures as live formulas over the rows behind them."""

import io
from collections.abc import Iterator
from datetime import datetime

import xlsxwriter

from opskpi.model.cards import Scorecard
from opskpi.model.safety import WORKBOOK_OPTIONS
from opskpi.renderers import Style, breakdowns
from opskpi.renderers.book import evidence, forms, records, results, summary
from opskpi.renderers.book.formulas import scale_of
from opskpi.renderers.book.layout import lay_out
from opskpi.renderers.book.looks import Looks
from opskpi.renderers.book.making import Book

#: Of each miss the list of improvements names so many rows; all of them are in the evidence.
DETAILS = 3
#: How our own workbooks are told from exports (`exports.MARK_WORKBOOK`).
MARK = "opskpi.scorecard"

#: More rows of evidence than these are written as they come, which makes a larger file.
_MANY = 250_000

_WRITERS = {
    "section_summary": summary.write_summary,
    "section_forms": forms.write_forms,
    "section_customers": forms.write_customers,
    "section_improvements": forms.write_improvements,
    "section_series": records.write_series,
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
    out = io.BytesIO()
    # every sheet is written from top to bottom, so that a large one need not be held in memory
    large = sum(each.rows for each in card.evidence) > _MANY
    made = xlsxwriter.Workbook(out, {**WORKBOOK_OPTIONS, "constant_memory": large})
    made.set_properties(
        {"title": card.plan.name, "comments": MARK, "created": datetime(card.as_of.year, 1, 1)}  # noqa: DTZ001
    )
    book = _book(card, Looks(made), style.language)
    before = [key for key in book.layout.sheets if key not in _LAST]
    for key in before:
        _write(made, key, book)
    for each in card.evidence:
        sheet = made.add_worksheet(book.layout.evidence[each.indicator])
        evidence.write(sheet, each, card, book.layout, book.looks, style.language)
    for key in _LAST:
        if key in book.layout.sheets:
            _write(made, key, book)
    made.close()
    return out.getvalue()


def _book(card: Scorecard, looks: Looks, language: str) -> Book:
    layout = lay_out(card, _sections(card, language), language)
    scales = {key: scale_of(stack) for key, (stack, _) in layout.stacks.items()}
    return Book(card, layout, looks, language, {each.indicator: each for each in card.evidence}, scales)


def _sections(card: Scorecard, language: str) -> Iterator[str]:
    """Name the sheets in their order; those without anything to show are left out."""
    yield from ("section_summary", "section_forms", "section_customers", "section_improvements")
    if card.parts:
        yield "section_series"
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
