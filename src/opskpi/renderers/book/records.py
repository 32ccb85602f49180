"""Plain tables of the workbook: the series, points, approvals, rejected rows, the ledger, and where all comes from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from opskpi import COUNTING, __version__
from opskpi.model.cards import Result, Scorecard
from opskpi.renderers import approvals, breakdowns, scores, series
from opskpi.renderers.book.formulas import text
from opskpi.renderers.book.looks import printed
from opskpi.renderers.book.making import Book
from opskpi.renderers.book.texts import fitted, headed, height_of
from opskpi.renderers.lines import target_text, value_text, word
from opskpi.wording import message

_LEDGER = (
    "head_file",
    "book_sheet",
    "head_table",
    "book_source",
    "head_rows",
    "head_accepted",
    "head_rejected",
    "head_duplicate",
    "head_superseded",
    "head_skipped",
    "book_balanced",
)
#: The width of a part of a series.
_PART = 9


@dataclass(frozen=True, slots=True)
class Check:
    """A formula that says a word, and the word it says."""

    formula: str
    said: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a series: its figure, and its verdict in a line of its own."""

    said: str


def write_table(
    sheet: Worksheet,
    heads: Sequence[str],
    rows: Sequence[Sequence[object]],
    book: Book,
    widths: Sequence[int] = (),
) -> None:
    """Write a table under its heads, with a filter and fitting columns, in which long texts are wrapped."""
    wide = widths or [fitted([head, *(_shown(row[at]) for row in rows)]) for at, head in enumerate(heads)]
    for column, said in enumerate(heads):
        sheet.write_string(0, column, headed(said), book.looks("head"))
        sheet.set_column(column, column, wide[column])
    for at, row in enumerate(rows, start=1):
        sheet.set_row(at, height_of(*zip(map(_shown, row), wide, strict=True)))
        for column, value in enumerate(row):
            _write(sheet, (at, column), value, book)
    if not rows:
        sheet.write_string(1, 0, word("book_none", book.language), book.looks("plain"))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)
    printed(sheet, heads=(0, 0), last=(max(len(rows), 1), len(heads) - 1))


def write_series(sheet: Worksheet, book: Book) -> None:
    """Write project and indicator down, the parts of the period across, the whole of it last."""
    card, language = book.card, book.language
    names = [word(each, language) for each in ("head_project", "head_indicator", "head_target")]
    rows = [
        (
            whole.project,
            whole.name,
            target_text(whole),
            *(Part(_in_two_lines(each, language)) for each in (*across, whole)),
        )
        for whole, across in series.lines(card)
    ]
    heads = [*names, *series.labels(card), card.period.label]
    widths = [
        *(fitted([_shown(row[at]) for row in rows]) for at in range(len(names))),
        *[_PART] * (len(heads) - len(names)),
    ]
    write_table(sheet, heads, rows, book, widths)
    missed = {"type": "text", "criteria": "containing", "value": word("verdict_fail", language)}
    area = 1, len(names), max(len(rows), 1), len(heads) - 1
    sheet.conditional_format(*area, {**missed, "format": book.looks.tints["fail"]})
    sheet.freeze_panes(1, len(names))


def _in_two_lines(result: Result | None, language: str) -> str:
    """Write a cell of a series with its verdict below its figure."""
    if result is None or result.value is None:
        return series.cell_text(result, language) if result else ""
    figure = value_text(result)
    return series.full_text(result, language).replace(f"{figure} ", f"{figure}\n", 1)


def write_scores(sheet: Worksheet, book: Book) -> None:
    """Write the totals: projects down, owners across."""
    card, language = book.card, book.language
    write_table(sheet, scores.headings(card, language), list(scores.table(card, language)), book)


def write_points(sheet: Worksheet, book: Book) -> None:
    """Write how each score came about."""
    write_table(sheet, _words(scores.detail_headings(), book), list(scores.details(book.card, book.language)), book)


def write_breakdown(sheet: Worksheet, book: Book) -> None:
    """Write the rows of each figure by word."""
    write_table(sheet, _words(breakdowns.HEADINGS, book), list(breakdowns.table_rows(book.card, book.language)), book)


def write_approvals(sheet: Worksheet, book: Book) -> None:
    """Write the waivers that were applied, and the targets that were changed."""
    heads = ("head_kind", "head_project", "head_indicator", "head_what", "head_reason", "head_approver", "head_day")
    write_table(sheet, _words(heads, book), list(approved(book.card, book.language)), book)


def approved(card: Scorecard, language: str) -> Iterator[Sequence[object]]:
    """Give the waivers that were applied, then the changes of targets."""
    for result in card.results:
        if waiver := result.waiver:
            what = f"{value_text(result)} {approvals.raw_word(result).text(language)}"
            about = result.project, result.name, what, waiver.reason, waiver.approved_by, waiver.until.isoformat()
            yield word("kind_waiver", language), *about
    for change in card.plan.changes:
        name, what = approvals.change_of(card, change, language), approvals.change_text(change, language)
        about = change.project or change.group or "", name, what, change.why, change.approved_by, change.day.isoformat()
        yield word("kind_change", language), *about


def write_problems(sheet: Worksheet, book: Book) -> None:
    """Write which rules rows broke, how often, and where first."""
    heads = ("head_table", "head_heading", "head_rule", "head_count", "head_first", "head_reason")
    rows = [
        (
            group.title.text(book.language),
            group.first[0].heading,
            group.rule,
            group.count,
            str(group.first[0].place),
            group.first[0].message.text(book.language),
        )
        for group in book.card.problems
    ]
    write_table(sheet, _words(heads, book), rows, book)


def write_ledger(sheet: Worksheet, book: Book) -> None:
    """Write what became of every row of every sheet that was read, with the sum checked by a formula."""
    rows: list[Sequence[object]] = []
    yes, no = (word(key, book.language) for key in ("book_yes", "book_no"))
    for row, each in enumerate(book.card.inputs, start=2):
        its = each.ledger
        counts = its.rows, its.accepted, its.rejected, its.duplicate, its.superseded, its.skipped
        balance = Check(f"=IF(E{row}=SUM(F{row}:I{row}),{text(yes)},{text(no)})", yes if its.balanced else no)
        rows.append((each.file, each.sheet or "", each.title.text(book.language), each.source, *counts, balance))
    write_table(sheet, _words(_LEDGER, book), rows, book)


def write_provenance(sheet: Worksheet, book: Book) -> None:
    """Write what the figures were made of and by: plan, exports and repairs with their hashes, version and moment."""
    heads = ("head_kind", "book_what", "head_what", "book_hash")
    rows = [(word(key, book.language), *about) for key, *about in _sources(book)]
    write_table(sheet, _words(heads, book), rows, book)


def _sources(book: Book) -> Iterator[tuple[str, str, str, str]]:
    card = book.card
    yield "book_program", "opskpi", f"{__version__} (counting {COUNTING})", ""
    yield "book_period", card.period.label, f"{card.period.start.isoformat()} – {card.period.end.isoformat()}", ""
    yield "book_as_of", card.as_of.isoformat(), "", ""
    for file, sha256 in ((card.plan.file, card.plan.sha256), *card.plan.extended):
        yield "book_plan", file, card.plan.name, f"sha256 {sha256}"
    for each in card.inputs:
        name = f"{each.file}#{each.sheet}" if each.sheet else each.file
        about = f"{each.title.text(book.language)} ({each.source}{f', {each.encoding}' if each.encoding else ''})"
        yield "book_export", name, about, f"sha256 {each.sha256}"
    for repair in card.repairs:
        yield "book_repair", repair.file, str(repair.rows), f"sha256 {repair.sha256}"
    for unused in card.unused:
        name = f"{unused.file}#{unused.sheet}" if unused.sheet else unused.file
        yield "section_unused", name, unused.reason.text(book.language), ""
    for beside in book.beside.values():
        said = message("book_beside_rows", rows=beside.rows).text(book.language)
        yield "book_beside", beside.name, said, f"sha256 {beside.sha256}"
    for nil in card.nil:
        yield "book_nil", nil, "", ""
    for note in card.notes:
        yield "section_notes", note.text(book.language), "", ""


def _words(heads: Sequence[str], book: Book) -> list[str]:
    return [word(key, book.language) for key in heads]


def _shown(value: object) -> str:
    if isinstance(value, Check | Part):
        return value.said
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _write(sheet: Worksheet, at: tuple[int, int], value: object, book: Book) -> None:
    if isinstance(value, Check):
        sheet.write_formula(*at, value.formula, book.looks("plain"), value.said)
    elif isinstance(value, int | float):
        sheet.write_number(*at, value, book.looks("number", "0.00" if isinstance(value, float) else ""))
    elif isinstance(value, Part):
        sheet.write_string(*at, value.said, book.looks("part"))
    else:
        sheet.write_string(*at, str(value), book.looks("long"))
