"""The scorecard as a workbook: the matrix, every result, the missed rows, ledger and provenance."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from opskpi import __version__
from opskpi.model.cards import Result, Scorecard, Verdict
from opskpi.model.safety import WORKBOOK_OPTIONS
from opskpi.renderers import Style, approvals, breakdowns, scores, series
from opskpi.renderers.lines import (
    claim_fields,
    figure_text,
    heads,
    ledger_line,
    passed,
    rows,
    target_text,
    title,
    value_text,
    verdict_word,
    word,
)
from opskpi.wording import message

DETAILS = 1000
#: How our own workbooks are told from exports (`exports.MARK_WORKBOOK`).
MARK = "opskpi.scorecard"

_HEADING = {"bold": True, "bg_color": "#D9E2EC", "border": 1, "text_wrap": True, "valign": "vcenter"}
_BODY = {"border": 1, "valign": "vcenter"}
#: Who signs the card, by hand.
_SIGNED = ("head_prepared", "head_reviewed", "head_approved")
_TINTS = {Verdict.PASS: "#E3F4E4", Verdict.FAIL: "#FBD9D3"}


def render(card: Scorecard, style: Style) -> bytes:
    """Write the workbook; texts stay texts, whatever they begin with."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, WORKBOOK_OPTIONS)
    book.set_properties(
        {"title": card.plan.name, "comments": MARK, "created": datetime(card.as_of.year, 1, 1)}  # noqa: DTZ001
    )
    sheets = _Sheets(book, style.language)
    sheets.matrix(card)
    if card.parts:
        sheets.series(card)
    if card.totals:
        sheets.rows("section_scores", scores.headings(card, style.language), scores.table(card, style.language))
        sheets.table("section_points", scores.detail_headings(), scores.details(card, style.language))
    sheets.table("section_results", _result_headings(), _results(card, style.language))
    if broken := list(breakdowns.table_rows(card, style.language)):
        sheets.table("section_breakdown", breakdowns.HEADINGS, iter(broken))
    sheets.table("section_misses", _miss_headings(), _misses(card, style.language))
    if signed := list(_approvals(card, style.language)):
        sheets.table("section_approvals", _approval_headings(), iter(signed))
    sheets.table("section_problems", _problem_headings(), _problems(card, style.language))
    sheets.table("section_inputs", _input_headings(), _inputs(card))
    book.close()
    return out.getvalue()


class _Sheets:
    """Writes sheets in one look: bold heads that stay in view, filters, fitting columns."""

    def __init__(self, book: xlsxwriter.Workbook, language: str) -> None:
        self._book = book
        self._language = language
        self._heading = book.add_format(_HEADING)
        self._body = book.add_format(_BODY)
        self._plain = book.add_format({"valign": "vcenter"})
        self._points = book.add_format({"valign": "vcenter", "num_format": "0.00"})
        self._bold = book.add_format({"bold": True, "font_size": 14})
        self._tints = {v: book.add_format(_BODY | {"bg_color": tint}) for v, tint in _TINTS.items()}

    def matrix(self, card: Scorecard) -> None:
        """Write projects down and indicators across."""
        sheet = self._book.add_worksheet(word("section_summary", self._language))
        sheet.write_string(0, 0, title(card, self._language), self._bold)
        if head := approvals.head_line(card.plan.header, self._language):
            sheet.write_string(1, 0, head, self._plain)
        self._row(sheet, 2, [word("head_project", self._language), *heads(card, short=False)], self._heading)
        for row, (project, results) in enumerate(rows(card), start=3):
            sheet.write_string(row, 0, project, self._body)
            for column, result in enumerate(results, start=1):
                self._verdict(sheet, row, column, result)
        last = 3 + len(card.projects)
        if card.company:
            self._row(sheet, last, [word("head_passed", self._language), *passed(card)], self._heading)
        sheet.write_string(last + 2, 0, ledger_line(card, self._language), self._plain)
        for row, note in enumerate(card.notes, start=last + 3):
            sheet.write_string(row, 0, note.text(self._language), self._plain)
        for column, key in enumerate(_SIGNED):
            sheet.write_string(last + 4 + len(card.notes), column, f"{word(key, self._language)}:", self._plain)
        sheet.set_row(2, 48)
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, max(1, len(card.indicators)), 18)
        sheet.freeze_panes(3, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def series(self, card: Scorecard) -> None:
        """Write project and indicator down, the parts of the period across, the whole of it last."""
        sheet = self._book.add_worksheet(word("section_series", self._language))
        names = [word(each, self._language) for each in ("head_project", "head_indicator", "head_target")]
        self._row(sheet, 0, [*names, *series.labels(card), card.period.label], self._heading)
        last = 0
        for last, (whole, across) in enumerate(series.lines(card), start=1):
            self._row(sheet, last, [whole.project, whole.name, target_text(whole)], self._body)
            for column, result in enumerate((*across, whole), start=3):
                look = self._body if result is None else self._tints.get(result.verdict, self._body)
                text = "" if result is None else series.full_text(result, self._language)
                sheet.write_string(last, column, text, look)
        sheet.set_column(0, 1, 28)
        sheet.set_column(2, len(card.parts) + 3, 14)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, last, 2)

    def table(self, key: str, headings: Sequence[str], rows: Iterator[Sequence[object]]) -> None:
        """Write a plain table under headings named by their keys."""
        self.rows(key, [word(each, self._language) for each in headings], rows)

    def rows(self, key: str, headings: Sequence[str], rows: Iterator[Sequence[object]]) -> None:
        """Write a plain table under its headings."""
        sheet = self._book.add_worksheet(word(key, self._language))
        self._row(sheet, 0, headings, self._heading)
        widths = [12] * len(headings)
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._value(sheet, last, column, value)
                widths[column] = max(widths[column], min(60, _width(str(value)) + 2))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(headings) - 1)

    def _verdict(self, sheet: Worksheet, row: int, column: int, result: Result | None) -> None:
        if result is None:
            sheet.write_blank(row, column, None, self._body)
            return
        value = "" if result.value is None else f"{value_text(result)} "
        text = value + verdict_word(result, self._language)
        sheet.write_string(row, column, text, self._tints.get(result.verdict, self._body))

    def _value(self, sheet: Worksheet, row: int, column: int, value: object) -> None:
        if isinstance(value, int | float):
            sheet.write_number(row, column, value, self._points if isinstance(value, float) else self._plain)
        else:
            sheet.write_string(row, column, str(value), self._plain)

    def _row(self, sheet: Worksheet, row: int, texts: Sequence[str], look: Format) -> None:
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, look)


def _result_headings() -> Sequence[str]:
    return (
        "head_project",
        "head_indicator",
        "head_owner",
        "head_value",
        "head_figure",
        "head_target",
        "head_verdict",
        "head_note",
    )


def _results(card: Scorecard, language: str) -> Iterator[Sequence[object]]:
    for result in card.results:
        yield (
            result.project,
            result.name,
            result.owner or "",
            value_text(result),
            figure_text(result),
            target_text(result),
            verdict_word(result, language),
            _note(result, language),
        )


def _note(result: Result, language: str) -> str:
    """Say what is waived, who reported the figure, or why there is none."""
    if result.claim and not result.waiver:
        return message("reported_note", **claim_fields(result.claim)).text(language)
    said = approvals.waiver_said(result) or result.why
    return said.text(language) if said else ""


def _approval_headings() -> Sequence[str]:
    return ("head_kind", "head_project", "head_indicator", "head_what", "head_reason", "head_approver", "head_day")


def _approvals(card: Scorecard, language: str) -> Iterator[Sequence[object]]:
    """Give the waivers that were applied, and the targets that were changed."""
    for result in card.results:
        if waiver := result.waiver:
            what = f"{value_text(result)} {approvals.raw_word(result).text(language)}"
            about = result.project, result.name, what, waiver.reason, waiver.approved_by, waiver.until.isoformat()
            yield word("kind_waiver", language), *about
    for change in card.plan.changes:
        name, what = approvals.change_of(card, change, language), approvals.change_text(change, language)
        about = change.project or change.group or "", name, what, change.why, change.approved_by, change.day.isoformat()
        yield word("kind_change", language), *about


def _miss_headings() -> Sequence[str]:
    return ("head_project", "head_indicator", "head_id", "head_reason", "head_file", "head_row")


def _misses(card: Scorecard, language: str) -> Iterator[Sequence[object]]:
    for result in card.results:
        for miss in result.misses:
            where = f"{miss.place.file}#{miss.place.sheet}" if miss.place.sheet else miss.place.file
            reason = miss.reason.text(language)
            yield result.project, result.name, miss.row_id, reason, where, miss.place.row or ""


def _problem_headings() -> Sequence[str]:
    return ("head_table", "head_heading", "head_rule", "head_count", "head_first", "head_reason")


def _problems(card: Scorecard, language: str) -> Iterator[Sequence[object]]:
    for group in card.problems:
        first = group.first[0]
        reason = first.message.text(language)
        yield group.table, first.heading, group.rule, group.count, str(first.place), reason


def _input_headings() -> Sequence[str]:
    return ("head_file", "head_table", "section_ledger", "head_note")


def _inputs(card: Scorecard) -> Iterator[Sequence[object]]:
    for record in card.inputs:
        name = f"{record.file}#{record.sheet}" if record.sheet else record.file
        ledger = record.ledger
        counts = (
            f"{ledger.rows} = {ledger.accepted} + {ledger.rejected}"
            f" + {ledger.duplicate} + {ledger.superseded} (+ {ledger.skipped})"
        )
        yield name, f"{record.table} ({record.source})", counts, f"sha256 {record.sha256}"
    for file, sha256 in ((card.plan.file, card.plan.sha256), *card.plan.extended):
        yield file, card.plan.name, f"opskpi {__version__}", f"sha256 {sha256}"


def _width(text: str) -> int:
    return sum(1 if letter < "\u2e80" else 2 for letter in text)
