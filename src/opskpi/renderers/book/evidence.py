"""Evidence sheets: for each indicator its rule, then every row that was judged or counted, with its place."""

from collections.abc import Iterator, Sequence

from xlsxwriter.worksheet import Worksheet

from opskpi.model.cards import Result
from opskpi.model.evidence import Evidence, EvidenceRow, Stack
from opskpi.model.rules import Clause, RuleInWords
from opskpi.renderers.book.columns import COLUMNS, is_used, row_cells
from opskpi.renderers.book.formulas import NUMBER, PRODUCT, VALUE, WEIGHT
from opskpi.renderers.book.layout import EVIDENCE_ROW
from opskpi.renderers.book.looks import printed
from opskpi.renderers.book.making import Book
from opskpi.renderers.book.texts import head, write_across
from opskpi.renderers.lines import target_text
from opskpi.wording import Message, message

_NUMBER, _PRODUCT = ord(NUMBER) - ord("A"), ord(PRODUCT) - ord("A")


def write(sheet: Worksheet, each: Evidence, book: Book) -> None:
    """Write an indicator's sheet: what it shows, then a table of rows."""
    used = [is_used(key, each) for key, _ in COLUMNS]
    _write_head(sheet, each, [width * there for (_, width), there in zip(COLUMNS, used, strict=True)], book)
    for column, ((key, width), there) in enumerate(zip(COLUMNS, used, strict=True)):
        sheet.write_string(EVIDENCE_ROW - 2, column, head(key, book.language), book.looks("head"))
        sheet.set_column(column, column, width, None, {"hidden": not there})
    row = EVIDENCE_ROW - 1
    for stack in each.stacks:
        for evidence in stack.rows:
            _write_row(sheet, row, stack, evidence, (each.indicator, book))
            row += 1
    last = max(row - 1, EVIDENCE_ROW - 1)
    sheet.freeze_panes(EVIDENCE_ROW - 1, 2)
    sheet.autofilter(EVIDENCE_ROW - 2, 0, last, len(COLUMNS) - 1)
    printed(sheet, heads=(EVIDENCE_ROW - 2, EVIDENCE_ROW - 2), last=(last, len(COLUMNS) - 1))


def _write_head(sheet: Worksheet, each: Evidence, widths: Sequence[int], book: Book) -> None:
    """Say what the sheet shows, across its columns."""
    card, language = book.card, book.language
    results = [result for result in card.results if result.indicator == each.indicator]
    name = results[0].name if results else each.indicator
    sheet.write_string(0, 0, name, book.looks("title"))
    lines = [
        message("book_rule", rule=_rule(each, card.rules[each.indicator], language)),
        message("book_target", targets=tuple(dict.fromkeys(target_text(result) for result in results))),
        message("book_judged_by", basis=tuple(_bases(results)) or ("-",)),
        _unlisted(results),
        _listed(each, book),
    ]
    for row, line in enumerate(lines, start=1):
        write_across(sheet, row, line.text(language), widths, book)


def _listed(each: Evidence, book: Book) -> Message:
    """Say that all rows are listed, or how many are, and where all of them stand."""
    if not each.left_out:
        return message("book_all_rows")
    its = book.beside[each.indicator]
    return message("book_left_out", count=each.left_out, rows=each.rows, file=its.name, all=its.rows)


def _rule(each: Evidence, rule: RuleInWords, language: str) -> str:
    """Write the rule in one line, each term's after the whole."""
    parts = [_clauses(rule.clauses, language)]
    parts += [f"{stack.term} = {_clauses(stack.rule, language)}" for stack in each.stacks if stack.rule]
    return " | ".join(parts)


def _clauses(rule: Sequence[Clause], language: str) -> str:
    said = (
        message("words_part", part=message(f"rule_part_{each.part}"), said=each.said).text(language) for each in rule
    )
    return ("；" if language == "zh" else "; ").join(said)


def _bases(results: Sequence[Result]) -> Iterator[Message]:
    """Name what judged the projects, each once."""
    named = dict.fromkeys(
        basis for result in results if result.reading.judged_by for basis in result.reading.judged_by.split("/")
    )
    for basis in named:
        yield message(f"basis_{basis}")


def _unlisted(results: Sequence[Result]) -> Message:
    filtered = sum(result.reading.filtered for result in results)
    return message("book_unlisted", filtered=filtered, outside=sum(each.reading.out_of_period for each in results))


def _write_row(sheet: Worksheet, row: int, stack: Stack, each: EvidenceRow, about: tuple[str, Book]) -> None:
    """Write one row of evidence."""
    indicator, book = about
    plain, number = book.looks("plain"), book.looks("number")
    for column, cell in enumerate(row_cells(stack, each, (book.yes_or_no[indicator], book.language))):
        if column == _PRODUCT and cell is not None:
            sheet.write_formula(row, column, f"={VALUE}{row + 1}*{WEIGHT}{row + 1}", number, float(cell))
        elif isinstance(cell, str):
            if cell:
                sheet.write_string(row, column, cell, plain)
        elif cell is not None:
            sheet.write_number(row, column, float(cell), number)
        elif column == _NUMBER:
            sheet.write_number(row, column, book.layout.projects[each.project], number)
