"""The JSON scorecard, the one machine format; everything else is drawn from the same results.

History of format_version: 1, 2026-11: first. Added since: with `--by` a `series` that names its
sub-periods, whose lines follow the whole period's in `results` and `company`; `terms` of a result that is made of some;
`target_changes`, `waiver`, `process_owner` and `score` of a result, `scores` (totals) where the plan scores;
`extends`, `header` and `changes` of the plan, where it has them; `basis` of a result, with `reported_source`,
`reported_by`, `reported_evidence` and `assessed_on` where it was not counted from rows; `breakdown` of a result and a
company line, its rows by word; `asked`, `rules` and `calendars`, by which a later run tells whether it counts
the same; `rows`, by which it names what changed (null above a number of rows); `compared` of a result.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from opskpi import COUNTING, __version__
from opskpi.renderers.breakdowns import fields as breakdown_fields
from opskpi.renderers.fields import (
    asked_fields,
    input_fields,
    number,
    plan_fields,
    result_fields,
    rule_fields,
    total_fields,
)
from opskpi.renderers.rows import card_rows_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opskpi.model.cards import CompanyLine, Scorecard
    from opskpi.model.periods import Period
    from opskpi.renderers import Style

FORMAT_VERSION = 1
DETAILS = 0


def render(card: Scorecard, style: Style) -> bytes:
    """Write the scorecard as JSON; the same bytes for the same card, whatever the language."""
    del style
    document = {
        "format": "opskpi.scorecard",
        "format_version": FORMAT_VERSION,
        "opskpi": __version__,
        "counting": COUNTING,
        "plan": plan_fields(card.plan),
        "period": _period(card.period),
        **({"series": _series(card)} if card.parts else {}),
        "as_of": card.as_of.isoformat(),
        "inputs": [input_fields(each) for each in card.inputs],
        "results": [result_fields(each) for each in card.every_result],
        "company": [_company(each) for each in card.every_company_line],
        **({"scores": _scores(card)} if card.scheme else {}),
        "nil": list(card.nil),
        "unassigned": card.unassigned,
        "repairs": [{"file": each.file, "sha256": each.sha256, "rows": each.rows} for each in card.repairs],
        "unused": [{"file": each.file, "sheet": each.sheet, "reason": each.reason.text("en")} for each in card.unused],
        "notes": [each.text("en") for each in card.notes],
        "asked": asked_fields(card.asked),
        "rules": {name: rule_fields(each) for name, each in card.records.items()},
        "calendars": dict(card.calendars),
    }
    text = json.dumps(document, ensure_ascii=False, indent=1).removesuffix("\n}")
    return f'{text},\n "rows": {card_rows_text(card.rows)}\n}}\n'.encode()


def _period(period: Period) -> Mapping[str, object]:
    return {"label": period.label, "start": period.start.isoformat(), "end": period.end.isoformat()}


def _series(card: Scorecard) -> Mapping[str, object]:
    return {"by": card.by, "periods": [_period(part.period) for part in card.parts]}


def _scores(card: Scorecard) -> Sequence[Mapping[str, object]]:
    periods = ((card.period, card.totals), *((part.period, part.totals) for part in card.parts))
    return [total_fields(total, period.label) for period, totals in periods for total in totals]


def _company(line: CompanyLine) -> Mapping[str, object]:
    return {
        "indicator": line.indicator,
        "period": line.period,
        "projects": line.projects,
        "passed": line.passed,
        "failed": line.failed,
        "no_verdict": line.no_verdict,
        "waived": line.waived,
        "worst": line.worst,
        "value": None if line.value is None else float(line.value),
        "numerator": number(line.numerator),
        "denominator": number(line.denominator),
        **breakdown_fields(line.breakdown),
    }
