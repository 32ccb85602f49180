"""The fields of a result as the contract names them, for JSON and CSV alike."""

from fractions import Fraction

from opskpi.model.approvals import Change, Header, Waiver
from opskpi.model.cards import Asked, InputRecord, PlanRecord, Reading, Result
from opskpi.model.comparisons import Compared
from opskpi.model.rules import RuleRecord
from opskpi.model.scoring import Score, Total
from opskpi.renderers.breakdowns import fields as breakdown_fields


def result_fields(result: Result) -> dict[str, object]:
    """Lay one result out in the contract's fields; our own additions follow them."""
    reading = result.reading
    return {
        "project": result.project,
        "indicator": result.indicator,
        "period": result.period,
        "verdict": str(result.verdict),
        "raw_verdict": str(result.raw_verdict),
        "provisional": result.provisional,
        "value": None if result.value is None else float(result.value),
        "numerator": number(reading.numerator),
        "denominator": number(reading.denominator),
        "unit": result.unit,
        "target": result.target.text if result.target else None,
        "met": reading.met,
        "missed": reading.missed,
        "counted": reading.counted,
        "pending": reading.pending,
        "excluded": sum(reading.excluded.values()),
        "filtered": reading.filtered,
        "out_of_period": reading.out_of_period,
        "rejected": reading.rejected,
        "judged_by": reading.judged_by,
        "headroom": result.headroom,
        "rule_sha256": result.rule_sha256,
        "owner": result.owner,
        "name": result.name,
        "in_progress": result.in_progress,
        "deciding": result.deciding,
        "disagreeing": reading.disagreeing,
        "disagreeing_by": dict(result.causes),
        "excluded_by": dict(reading.excluded),
        "why": result.why.key.removeprefix("why_") if result.why else None,
        "target_changes": [
            {"from": day.isoformat(), "target": target.text if target else None} for day, target in result.turns
        ],
        "waiver": waiver_fields(result.waiver),
        "process_owner": result.process_owner,
        "score": score_fields(result.score),
        "basis": "reported" if result.claim else "computed",
        "reported_source": "; ".join(result.claim.sources) if result.claim else None,
        "reported_by": "; ".join(result.claim.people) if result.claim else None,
        "reported_evidence": "; ".join(result.claim.evidence) if result.claim else None,
        "assessed_on": "; ".join(day.isoformat() for day in result.claim.assessed) if result.claim else None,
        **({} if reading.groups is None else {"groups": reading.groups}),
        **breakdown_fields(result.breakdown),
        **({"terms": {name: _term(each) for name, each in reading.terms.items()}} if reading.terms else {}),
        **({"compared": [_compared(each, result) for each in result.compared]} if result.compared else {}),
    }


def _compared(other: Compared, result: Result) -> dict[str, object]:
    """Lay out what a result is held against."""
    return {
        "to": other.to,
        "period": other.period,
        "verdict": other.verdict,
        "value": None if other.value is None else float(other.value),
        "numerator": number(other.numerator),
        "denominator": number(other.denominator),
        "change": number(other.change(result.value)),
        "unlike": [" ".join(part for part in (each.what, each.name) if part) for each in other.unlike],
        "file": other.file,
        "restated": other.restated,
    }


def _term(reading: Reading) -> dict[str, object]:
    """Lay out a term's figure and its own ledger."""
    return {
        "value": None if reading.value is None else float(reading.value),
        "numerator": number(reading.numerator),
        "denominator": number(reading.denominator),
        "counted": reading.counted,
        "pending": reading.pending,
        "excluded": sum(reading.excluded.values()),
        "filtered": reading.filtered,
        "out_of_period": reading.out_of_period,
    }


def waiver_fields(waiver: Waiver | None) -> dict[str, object] | None:
    """Lay out why a result is waived, by whom and until when."""
    if waiver is None:
        return None
    return {"reason": waiver.reason, "approved_by": waiver.approved_by, "until": waiver.until.isoformat()}


def score_fields(score: Score | None) -> dict[str, object] | None:
    """Lay out a result's points, what it weighs, and how the points came about."""
    if score is None:
        return None
    return {
        "points": number(score.points),
        "weight": number(score.weight),
        "stated_weight": number(score.stated),
        "how": score.how.text("en"),
    }


def total_fields(total: Total, period: str) -> dict[str, object]:
    """Lay out a total of a project or, where that is null, the company."""
    return {
        "project": total.project,
        "owner": total.owner,
        "period": period,
        "points": number(total.points),
        "full": number(total.full),
        "grade": total.grade,
        "provisional": total.provisional,
        "vetoed_by": list(total.vetoed),
    }


def plan_fields(plan: PlanRecord) -> dict[str, object]:
    """Lay out which plan judged; files it extends, header and changes only where there are any."""
    said: dict[str, object] = {"name": plan.name, "file": plan.file, "sha256": plan.sha256}
    if plan.extended:
        said["extends"] = [{"file": file, "sha256": sha256} for file, sha256 in plan.extended]
    if plan.header:
        said["header"] = header_fields(plan.header)
    if plan.changes:
        said["changes"] = [_change(each) for each in plan.changes]
    return said


def header_fields(header: Header) -> dict[str, object]:
    """Lay out a document's head."""
    said: dict[str, object] = {"number": header.number, "version": header.version}
    for name, each in (("prepared", header.prepared), ("reviewed", header.reviewed), ("approved", header.approved)):
        said |= {f"{name}_by": each.by, f"{name}_on": each.on.isoformat() if each.on else None}
    return said


def _change(change: Change) -> dict[str, object]:
    return {
        "date": change.day.isoformat(),
        "indicator": change.indicator,
        "project": change.project,
        "group": change.group,
        "from": change.before.text if change.before else None,
        "to": change.after.text if change.after else None,
        "by": change.by,
        "approved_by": change.approved_by,
        "why": change.why,
    }


def number(value: Fraction | None) -> int | float | None:
    """Write an exact number: whole ones as such, decimals as the nearest double."""
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else float(value)


def input_fields(record: InputRecord) -> dict[str, object]:
    """Lay out what a sheet was taken for, and its ledger."""
    ledger = record.ledger
    return {
        "file": record.file,
        "sheet": record.sheet,
        "table": record.table,
        "source": record.source,
        "encoding": record.encoding,
        "sha256": record.sha256,
        "rows": ledger.rows,
        "skipped": ledger.skipped,
        "accepted": ledger.accepted,
        "rejected": ledger.rejected,
        "duplicate": ledger.duplicate,
        "superseded": ledger.superseded,
        "form": record.form,
        "heading_row": record.heading_row,
    }


def asked_fields(asked: Asked) -> dict[str, object]:
    """Lay out what the run was asked for beside plan, period and exports."""
    return {
        "projects": list(asked.projects),
        "indicators": list(asked.indicators),
        "owners": list(asked.owners),
        "sources": [{"name": name, "sha256": sha256} for name, sha256 in asked.sources],
        "encoding": asked.encoding,
        "accept_formulas": asked.accept_formulas,
        "max_rejected": number(asked.max_rejected),
        "nil": list(asked.nil),
        "hide": list(asked.hide),
    }


def rule_fields(record: RuleRecord) -> dict[str, object]:
    """Lay out what decides an indicator's figure."""
    return {"settings": record.settings, "limits_sha256": record.limits_sha256}
