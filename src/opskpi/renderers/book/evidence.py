"""Evidence sheets: for each indicator its rule, then every row that was judged or counted, with its place."""

from collections.abc import Iterator, Mapping, Sequence

from xlsxwriter.worksheet import Worksheet

from opskpi.model.cards import Result, Scorecard
from opskpi.model.evidence import Evidence, EvidenceRow, Stack
from opskpi.model.rules import Clause, RuleInWords
from opskpi.renderers.book.formulas import PRODUCT, VALUE, WEIGHT
from opskpi.renderers.book.layout import EVIDENCE_ROW, Layout
from opskpi.renderers.book.looks import Looks, printed
from opskpi.renderers.lines import target_text, word
from opskpi.wording import Message, message

#: The columns, with their widths; those at the end are there for what needs them.
_COLUMNS = (
    ("head_project", 24),
    ("head_id", 16),
    ("book_result", 9),
    ("head_reason", 46),
    ("book_value", 10),
    ("book_row_weight", 8),
    ("head_file", 24),
    ("book_sheet", 12),
    ("head_row", 8),
    ("book_cell", 9),
    ("head_sequence", 6),
)
_PRODUCT, _TERM, _KIND = ("book_product", 11), ("book_term", 18), ("book_kind", 18)
#: What only repeats the bucket's name.
_SAID_BY_BUCKET = frozenset({"row_met", "row_counted"})
_BUCKETS = ("missed", "pending", "excluded", "met", "counted")


def buckets(language: str) -> Mapping[str, str]:
    """Say the buckets as the sheets do, and formulas with them."""
    return {bucket: word(f"bucket_{bucket}", language) for bucket in _BUCKETS}


def write(sheet: Worksheet, each: Evidence, card: Scorecard, layout: Layout, looks: Looks, language: str) -> None:
    """Write an indicator's sheet: what it shows, then a table of rows."""
    _write_head(sheet, each, card, looks, language)
    columns = [*_COLUMNS, _PRODUCT, _TERM, _KIND]
    for column, (key, width) in enumerate(columns):
        sheet.write_string(EVIDENCE_ROW - 2, column, word(key, language), looks("head"))
        sheet.set_column(column, column, width, None, {"hidden": not _is_used(key, each)})
    said, row = buckets(language), EVIDENCE_ROW - 1
    for stack in each.stacks:
        for evidence in stack.rows:
            _write_row(sheet, row, stack, evidence, (layout.projects[evidence.project], said, looks, language))
            row += 1
    last = max(row - 1, EVIDENCE_ROW - 1)
    sheet.freeze_panes(EVIDENCE_ROW - 1, 2)
    sheet.autofilter(EVIDENCE_ROW - 2, 0, last, len(columns) - 1)
    printed(sheet, heads=(EVIDENCE_ROW - 2, EVIDENCE_ROW - 2), last=(last, len(columns) - 1))


def _is_used(key: str, each: Evidence) -> bool:
    """Tell which columns an indicator needs."""
    rows = (row for stack in each.stacks for row in stack.rows)
    match key:
        case "book_value":
            return any(row.value is not None for row in rows)
        case "book_row_weight" | "book_product":
            return any(stack.weighted for stack in each.stacks)
        case "book_term":
            return any(stack.term for stack in each.stacks)
        case "book_kind":
            return any(row.kind for row in rows)
        case "book_sheet":
            return any(row.place.sheet for row in rows)
        case "head_sequence":
            return False
    return True


def _write_head(sheet: Worksheet, each: Evidence, card: Scorecard, looks: Looks, language: str) -> None:
    results = [result for result in card.results if result.indicator == each.indicator]
    name = results[0].name if results else each.indicator
    sheet.write_string(0, 0, name, looks("title"))
    lines = [
        message("book_rule", rule=_rule(each, card.rules[each.indicator], language)),
        message("book_target", targets=tuple(dict.fromkeys(target_text(result) for result in results))),
        message("book_judged_by", basis=tuple(_bases(results)) or ("-",)),
        _unlisted(results),
        message("book_left_out", count=each.left_out, rows=each.rows) if each.left_out else message("book_all_rows"),
    ]
    for row, line in enumerate(lines, start=1):
        sheet.write_string(row, 0, line.text(language), looks("line"))


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


def _write_row(
    sheet: Worksheet,
    row: int,
    stack: Stack,
    each: EvidenceRow,
    about: tuple[int, Mapping[str, str], Looks, str],
) -> None:
    """Write one row of evidence."""
    number, said, looks, language = about
    plain = looks("plain")
    reason = "" if each.reason.key in _SAID_BY_BUCKET else each.reason.text(language)
    place = each.place
    texts = (each.project, each.row_id, said[each.bucket], reason, None, None, place.file, place.sheet)
    for column, text in enumerate(texts):
        if text:
            sheet.write_string(row, column, text, plain)
    for column, figure in ((4, each.value), (5, each.weight)):
        if figure is not None:
            sheet.write_number(row, column, float(figure), plain)
    if place.row:
        sheet.write_number(row, 8, place.row, plain)
        sheet.write_string(row, 9, place.cell, looks("address"))
    sheet.write_number(row, 10, number, plain)
    if each.value is not None and each.weight is not None:
        formula = f"={VALUE}{row + 1}*{WEIGHT}{row + 1}"
        sheet.write_formula(row, ord(PRODUCT) - ord("A"), formula, plain, float(each.value * each.weight))
    if stack.term:
        sheet.write_string(row, 12, stack.term, plain)
    if each.kind:
        sheet.write_string(row, 13, each.kind, plain)
