"""The results as CSV, one line each, for the next tool; files carry a BOM, so that Excel reads them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from opskpi.model.safety import plain_text
from opskpi.renderers.fields import result_fields

if TYPE_CHECKING:
    from opskpi.model.cards import Scorecard
    from opskpi.renderers import Style

DETAILS = 0


def render(card: Scorecard, style: Style) -> bytes:
    """Write the results as CSV."""
    rows = [_flat(result_fields(result)) for result in card.every_result]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow([_cell(row[name], safe=name in _OWN) for name in HEADINGS])
    text = out.getvalue()
    return text.encode("utf-8-sig" if style.to_file else "utf-8")


def _flat(fields: dict[str, object]) -> dict[str, object]:
    """Give the waiver and the score columns of their own."""
    waiver, score = ((each if isinstance(each, dict) else {}) for each in (fields.pop("waiver"), fields.pop("score")))
    said = {f"waiver_{key}": waiver.get(key) for key in ("reason", "approved_by", "until")}
    return fields | said | {key: score.get(key) for key in ("points", "weight")} | _compared(fields)


def _compared(fields: dict[str, object]) -> dict[str, object]:
    """Give what a result is held against columns of its own; what cannot be compared has no change."""
    found = fields.get("compared")
    others = {each["to"]: each for each in found} if isinstance(found, list) else {}
    said = {f"{to}_{key}": others.get(to, {}).get(key) for to in _EARLIER for key in ("period", "value", "change")}
    same = others.get("same", {})
    return {**said, "restated_from": same.get("value") if same.get("restated") else None}


def _cell(value: object, *, safe: bool) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain_text(value) if isinstance(value, str) and not safe else value


#: What results are held against, as JSON names it.
_EARLIER = ("before", "year_ago")
#: Texts of our own grammar, which no spreadsheet can run; scripts compare them with the JSON.
_OWN = frozenset({"target"})
HEADINGS = (
    "project",
    "indicator",
    "period",
    "verdict",
    "raw_verdict",
    "provisional",
    "value",
    "numerator",
    "denominator",
    "unit",
    "target",
    "met",
    "missed",
    "counted",
    "pending",
    "excluded",
    "filtered",
    "out_of_period",
    "rejected",
    "judged_by",
    "headroom",
    "rule_sha256",
    "owner",
    "name",
    "in_progress",
    "deciding",
    "disagreeing",
    "why",
    "waiver_reason",
    "waiver_approved_by",
    "waiver_until",
    "process_owner",
    "points",
    "weight",
    "basis",
    "reported_source",
    "reported_by",
    "reported_evidence",
    "assessed_on",
    "before_period",
    "before_value",
    "before_change",
    "year_ago_period",
    "year_ago_value",
    "year_ago_change",
    "restated_from",
)
