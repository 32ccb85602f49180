"""The difference of two scorecards as JSON: `opskpi.difference`, version 1; every row, texts in English.

Values are decimals as nearest doubles, as in a scorecard.
"""

import json
from collections.abc import Mapping

from opskpi.model.comparisons import Cause
from opskpi.model.differences import Account, CardHead, Change, Difference, RowChange, RowSide, Side
from opskpi.renderers.fields import number
from opskpi.wording import Message

FORMAT, VERSION = "opskpi.difference", 1


def render(difference: Difference) -> bytes:
    """Write the difference; the same bytes whatever the language."""
    document = {
        "format": FORMAT,
        "format_version": VERSION,
        "same": difference.same,
        "old": _head(difference.old),
        "new": _head(difference.new),
        "in_time": difference.in_time,
        "periods": list(difference.periods),
        "compared": difference.compared,
        "results": [_change(each) for each in difference.changes],
        "rules": [
            {"indicator": each.indicator, "name": each.name, "causes": [_cause(cause) for cause in each.causes]}
            for each in difference.rules
        ],
        "scores": [_cause(each) for each in difference.totals],
        "circumstances": [_cause(each) for each in difference.circumstances],
        "notes": [each.text("en") for each in difference.notes],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _head(head: CardHead) -> Mapping[str, object]:
    return {
        "file": head.file,
        "plan": head.plan,
        "period": head.period,
        "as_of": head.as_of.isoformat(),
        "opskpi": head.opskpi,
        "counting": head.counting,
    }


def _change(change: Change) -> Mapping[str, object]:
    return {
        "project": change.project,
        "indicator": change.indicator,
        "name": change.name,
        "change": change.kind,
        "comparable": not change.unlike,
        "old": _side(change.before),
        "new": _side(change.after),
        "causes": [_cause(each) for each in change.causes],
        "rows": [_account(each) for each in change.accounts],
    }


def _side(side: Side | None) -> Mapping[str, object] | None:
    if side is None:
        return None
    return {
        "period": side.period,
        "verdict": str(side.verdict),
        "provisional": side.starred,
        "value": None if side.value is None else float(side.value),
        "numerator": number(side.numerator),
        "denominator": number(side.denominator),
        "unit": side.unit,
        "target": side.target.text if side.target else None,
    }


def _account(account: Account) -> Mapping[str, object]:
    return {
        "term": account.term,
        "numerator": number(account.above),
        "denominator": number(account.below),
        "unexplained": {"numerator": number(account.above_rest), "denominator": number(account.below_rest)},
        "groups": [
            {
                "change": group.kind,
                "count": len(group.rows),
                "numerator": number(group.above),
                "denominator": number(group.below),
                "rows": [_row(each) for each in group.rows],
            }
            for group in account.groups
        ],
    }


def _row(row: RowChange) -> Mapping[str, object]:
    made = {"id": row.row_id or None, "old": _row_side(row.before), "new": _row_side(row.after)}
    return {**made, "other_project": row.other} if row.other else made


def _row_side(side: RowSide | None) -> Mapping[str, object] | None:
    if side is None:
        return None
    return {
        "state": side.bucket,
        "reason": side.reason or None,
        "value": number(side.value),
        "file": side.place.file,
        "sheet": side.place.sheet or None,
        "row": side.place.row or None,
    }


def _cause(cause: Cause) -> Mapping[str, object]:
    return {"what": cause.what, "name": cause.name or None, "old": _text(cause.before), "new": _text(cause.after)}


def _text(value: str | Message | None) -> str | None:
    return value.text("en") if isinstance(value, Message) else value
