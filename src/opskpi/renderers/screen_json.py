"""The JSON of `check`: what the screen says, whole and for machines.

History of format_version: 1, 2026-11: first.
"""

import json
from collections.abc import Mapping

from opskpi import __version__
from opskpi.model.cards import InputRecord
from opskpi.model.places import Place, Problem, ProblemGroup, Signal, column_letters
from opskpi.renderers.fields import input_fields
from opskpi.renderers.findings import Findings

FORMAT_VERSION = 1


def render(findings: Findings) -> bytes:
    """Write the findings as JSON; the same bytes for the same findings, messages in English."""
    document = {
        "format": "opskpi.check",
        "format_version": FORMAT_VERSION,
        "opskpi": __version__,
        "usable": findings.usable,
        "refused": [each.text("en") for each in findings.refused],
        "inputs": [_input(each) for each in findings.inputs],
        "unused": [
            {"file": each.file, "sheet": each.sheet, "reason": each.reason.text("en")} for each in findings.unused
        ],
        "problems": [_group(each) for each in findings.problems],
        "signals": [_signal(each) for each in findings.signals],
        "notes": [each.text("en") for each in findings.notes],
        "next": [each.text("en") for each in findings.steps],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", errors="replace")


def _input(record: InputRecord) -> Mapping[str, object]:
    """Lay out a sheet: the fields of the scorecard's inputs, then what only `check` tells."""
    return {
        **input_fields(record),
        "encoding_reason": record.encoding_reason.text("en") if record.encoding_reason else None,
        "columns": dict(record.columns),
        "unused_headings": list(record.unused_headings),
        "notes": [each.text("en") for each in record.notes],
    }


def _group(group: ProblemGroup) -> Mapping[str, object]:
    return {
        "table": group.table,
        "column": group.column,
        "rule": group.rule,
        "count": group.count,
        "first": [_problem(each) for each in group.first],
    }


def _problem(problem: Problem) -> Mapping[str, object]:
    return {
        **_place(problem.place),
        "heading": problem.heading,
        "value": problem.value,
        "message": problem.message.text("en"),
    }


def _signal(signal: Signal) -> Mapping[str, object]:
    return {
        "rule": signal.rule,
        "count": signal.count,
        "message": signal.message.text("en"),
        "first": [_place(each) for each in signal.places],
    }


def _place(place: Place) -> Mapping[str, object]:
    """Say where, as a spreadsheet names rows, columns and cells."""
    return {
        "file": place.file,
        "sheet": place.sheet or None,
        "row": place.row,
        "column": None if place.column is None else column_letters(place.column),
        "cell": place.cell or None,
    }
