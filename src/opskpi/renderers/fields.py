"""The fields of a result as the contract names them, for JSON and CSV alike."""

from fractions import Fraction

from opskpi.model.cards import InputRecord, Reading, Result
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
        "basis": "reported" if result.claim else "computed",
        "reported_source": "; ".join(result.claim.sources) if result.claim else None,
        "reported_by": "; ".join(result.claim.people) if result.claim else None,
        **({} if reading.groups is None else {"groups": reading.groups}),
        **breakdown_fields(result.breakdown),
        **({"terms": {name: _term(each) for name, each in reading.terms.items()}} if reading.terms else {}),
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
