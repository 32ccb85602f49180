"""The fields of a result as the contract names them, for JSON and CSV alike."""

from fractions import Fraction

from opskpi.model.cards import InputRecord, Result


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
        "excluded_by": dict(reading.excluded),
        "why": result.why.key.removeprefix("why_") if result.why else None,
        "target_changes": [
            {"from": day.isoformat(), "target": target.text if target else None} for day, target in result.turns
        ],
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
