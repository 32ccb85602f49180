"""The JSON of `explain`: all of a figure, or of a row, for machines.

History of format_version: 1, 2026-11: first.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction

from opskpi import COUNTING, __version__
from opskpi.model.diaries import ServiceDay
from opskpi.model.explanations import (
    Account,
    Cell,
    Clock,
    Entry,
    FigureExplanation,
    Ground,
    Portion,
    RowExplanation,
    Sample,
)
from opskpi.model.places import Place
from opskpi.model.rules import Clause
from opskpi.renderers.fields import number, plan_fields, result_fields

FORMAT_VERSION = 1


def render(explanation: FigureExplanation | RowExplanation) -> bytes:
    """Write an explanation as JSON; the same bytes for the same explanation, sentences in English."""
    period = explanation.period
    document: dict[str, object] = {
        "format": "opskpi.explanation",
        "format_version": FORMAT_VERSION,
        "opskpi": __version__,
        "counting": COUNTING,
        "plan": plan_fields(explanation.plan),
        "period": {"label": period.label, "start": period.start.isoformat(), "end": period.end.isoformat()},
        "as_of": explanation.as_of.isoformat(),
    }
    document |= _figure(explanation) if isinstance(explanation, FigureExplanation) else _row(explanation)
    document["notes"] = [each.text("en") for each in explanation.notes]
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", errors="replace")


def _figure(explanation: FigureExplanation) -> Mapping[str, object]:
    value = explanation.result.value
    return {
        "result": result_fields(explanation.result),
        "exact": None if value is None else str(value),
        "rule": [_clause(each) for each in explanation.rule],
        **_portions(explanation.portions),
    }


def _portions(portions: Sequence[Portion]) -> Mapping[str, object]:
    """Lay out where a figure comes from: the one portion there is, or a formula's terms."""
    if len(portions) == 1 and not portions[0].term:
        return _portion(portions[0])
    return {
        "terms": [
            {
                "term": each.term,
                "value": number(each.reading.value),
                "unit": each.unit,
                "rule": [_clause(clause) for clause in each.rule],
                **_portion(each),
            }
            for each in portions
        ]
    }


def _portion(portion: Portion) -> Mapping[str, object]:
    return {
        "table": portion.table or None,
        "accepted": portion.reading.accepted,
        "steps": [{"part": each.part, "rows": each.rows, "said": each.said.text("en")} for each in portion.steps],
        "rows": {bucket: [_account(each) for each in rows] for bucket, rows in portion.rows.items()},
        "differing": [_account(each) for each in portion.differing],
    }


def _clause(clause: Clause) -> Mapping[str, object]:
    return {"part": clause.part, "said": clause.said.text("en"), "text": clause.text}


def _row(explanation: RowExplanation) -> Mapping[str, object]:
    return {"asked": explanation.asked, "samples": [_sample(each) for each in explanation.samples]}


def _sample(sample: Sample) -> Mapping[str, object]:
    return {
        "id": sample.row_id,
        **_place(sample.place),
        "table": sample.table,
        "project": sample.project,
        "fate": sample.fate,
        "faults": [each.text("en") for each in sample.faults],
        "others": [str(each) for each in sample.others],
        "cells": [_cell(each) for each in sample.cells],
        "indicators": [_entry(each) for each in sample.entries],
    }


def _entry(entry: Entry) -> Mapping[str, object]:
    account = _account(entry.account)
    told = {key: account[key] for key in ("bucket", "said", "grounds")}
    term = {"term": entry.term} if entry.term else {}
    return {"indicator": entry.indicator, "name": entry.name, **term, "verdict": entry.verdict, **told}


def _account(account: Account) -> Mapping[str, object]:
    return {
        "id": account.row_id,
        **_place(account.place),
        "bucket": account.bucket,
        "said": account.said.text("en"),
        "grounds": [_ground(each) for each in account.grounds],
    }


def _place(place: Place) -> Mapping[str, object]:
    return {"file": place.file, "sheet": place.sheet or None, "row": place.row, "place": str(place)}


def _ground(ground: Ground) -> Mapping[str, object]:
    return {
        "judged": ground.judged,
        "basis": ground.basis,
        "outcome": ground.outcome or None,
        "said": ground.said.text("en"),
        "turns": ground.turns.isoformat() if ground.turns else None,
        "cells": [_cell(each) for each in ground.cells],
        "clock": _clock(ground.clock) if ground.clock else None,
    }


def _cell(cell: Cell) -> Mapping[str, object]:
    return {
        "column": cell.column,
        "heading": cell.heading,
        "cell": cell.place.cell,
        "value": cell.said.text("en"),
    }


def _clock(clock: Clock) -> Mapping[str, object]:
    left = clock.diary.left_out
    return {
        "leg": clock.leg,
        "rule": clock.rule.text("en"),
        "fits": clock.fits.text("en"),
        "calendar": clock.calendar,
        "limit": clock.limit,
        "start": clock.start.isoformat(),
        "stop": clock.stop.isoformat() if clock.stop else None,
        "due": clock.due.isoformat(),
        "pauses": [
            {
                "minutes": _minutes(each.length),
                "begin": each.begin.isoformat() if each.begin else None,
                "end": each.end.isoformat() if each.end else None,
            }
            for each in clock.pauses
        ],
        "days": [_day(each) for each in clock.diary.first],
        "left_out": left
        and {
            "days": left.days,
            "serving": left.serving,
            "minutes": _minutes(left.served),
            "unusual": [_day(each) for each in left.unusual],
        },
        "last_days": [_day(each) for each in clock.diary.last],
        "minutes": _minutes(clock.diary.served),
        "used_minutes": _minutes(clock.used),
        "over_minutes": _minutes(clock.over),
        "left_minutes": _minutes(clock.left),
        "estimated": clock.estimated,
    }


def _day(day: ServiceDay) -> Mapping[str, object]:
    return {
        "date": day.day.isoformat(),
        "kind": day.kind,
        "name": day.name,
        "windows": [[opens.isoformat(), closes.isoformat()] for opens, closes in day.windows],
        "minutes": _minutes(day.served),
    }


def _minutes(length: timedelta) -> int | float | None:
    return number(Fraction(length // timedelta(microseconds=1), 60_000_000))
