"""What a bundle lists beside the scorecard: the ledger of every sheet, and the rows behind each indicator, as CSV."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction
from io import StringIO
from typing import TextIO

from opskpi.model.cards import InputRecord
from opskpi.model.evidence import Evidence, EvidenceRow
from opskpi.model.safety import plain_text

_LEDGER = ("file", "sheet", "table", "source", "encoding", "sha256")
_COUNTS = ("rows", "accepted", "rejected", "duplicate", "superseded", "skipped")
_EVIDENCE = (
    *("indicator", "term", "project", "id", "bucket", "reason", "value", "weight", "kind"),
    *("file", "sheet", "row", "cell"),
)


def ledger_csv(inputs: Sequence[InputRecord]) -> bytes:
    """Write what became of every row of each sheet."""
    out = StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_LEDGER, *_COUNTS])
    for each in inputs:
        counts = asdict(each.ledger)
        named = [plain_text(str(getattr(each, name) or "")) for name in _LEDGER]
        writer.writerow([*named, *(counts[name] for name in _COUNTS)])
    return out.getvalue().encode("utf-8")


def write_evidence(evidence: Evidence, language: str, out: TextIO) -> None:
    """Write every row that was judged, counted, pending or excluded, one line each."""
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_EVIDENCE)
    for stack in evidence.stacks:
        head = (evidence.indicator, plain_text(stack.term))
        writer.writerows([*head, *_cells(row, language)] for row in stack.rows)


def _cells(row: EvidenceRow, language: str) -> Iterator[object]:
    yield from map(plain_text, (row.project, row.row_id, row.bucket, row.reason.text(language)))
    yield from (_number(row.value), _number(row.weight), plain_text(row.kind))
    place = row.place
    yield from (plain_text(place.file), plain_text(place.sheet), place.row or "", place.cell)


def _number(value: Fraction | None) -> str:
    """Write a figure as people do where that is exact, else as a fraction."""
    if value is None:
        return ""
    near = f"{float(value):.15g}"
    return near if Fraction(near) == value else str(value)
