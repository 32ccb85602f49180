"""The columns of evidence, and what a row says in each: the same on a sheet and in a file beside the workbook."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from opskpi.model.cards import Scorecard
from opskpi.model.evidence import Evidence, EvidenceRow, Stack
from opskpi.renderers.lines import word

#: The columns, with their widths; those at the end are there for what needs them.
COLUMNS = (
    ("head_project", 24),
    ("head_id", 16),
    ("book_result", 11),
    ("head_reason", 52),
    ("book_value", 10),
    ("book_row_weight", 8),
    ("head_file", 28),
    ("book_sheet", 14),
    ("head_row", 8),
    ("book_cell", 9),
    ("head_sequence", 6),
    ("book_product", 11),
    ("book_term", 18),
    ("book_kind", 18),
)
#: What only repeats the bucket's name.
_SAID_BY_BUCKET = frozenset({"row_met", "row_counted"})
_BUCKETS = ("missed", "pending", "excluded", "met", "counted")
#: What rows are called where nothing is to be achieved: they are what is counted, or not.
_YES_OR_NO = {"met": "miss_met", "missed": "miss_false"}


@cache
def buckets(language: str, *, yes_or_no: bool) -> Mapping[str, str]:
    """Say the buckets as the sheets do, and formulas with them."""
    keys = {bucket: f"bucket_{bucket}" for bucket in _BUCKETS} | (_YES_OR_NO if yes_or_no else {})
    return {bucket: word(key, language) for bucket, key in keys.items()}


def is_yes_or_no(each: Evidence, card: Scorecard) -> bool:
    """Tell whether a row that is met achieves nothing: its share has a ceiling, no target, or is part of arithmetic."""
    targets = [result.target for result in card.results if result.indicator == each.indicator]
    return bool(each.formula) or not any(target and target.low is not None for target in targets)


def is_used(key: str, each: Evidence) -> bool:
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


def row_cells(stack: Stack, row: EvidenceRow, about: tuple[bool, str]) -> tuple[str | Fraction | int | None, ...]:
    """Say a row column by column; `about` is whether rows are called by what they achieve, and the language."""
    yes_or_no, language = about
    place, bucket = row.place, buckets(language, yes_or_no=yes_or_no)[row.bucket]
    reason = "" if row.reason.key in _SAID_BY_BUCKET else row.reason.text(language)
    return (
        row.project,
        row.row_id,
        bucket,
        "" if reason == bucket else reason,
        row.value,
        row.weight,
        place.file,
        place.sheet,
        place.row or None,
        place.cell,
        None,
        None if row.value is None or row.weight is None else row.value * row.weight,
        stack.term,
        row.kind,
    )
