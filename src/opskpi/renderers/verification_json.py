"""The JSON of `verify`: all that was compared and all that differs, for machines.

History of format_version: 1, 2026-11: first.
"""

import json
from collections.abc import Sequence

from opskpi.model.verification import Change, FileCheck, Verification, Versions

FORMAT_VERSION = 1


def render(found: Verification) -> bytes:
    """Write a verification as JSON; the same bytes for the same one, sentences in English."""
    card, figures = found.card, found.figures
    document = {
        "format": "opskpi.verification",
        "format_version": FORMAT_VERSION,
        **_versions(found.now),
        "card": {
            "file": card.file,
            "sha256": card.sha256,
            "bundle": card.bundle,
            "plan": card.plan,
            "period": card.period,
            "as_of": card.as_of.isoformat(),
            **_versions(card.versions),
        },
        "same": found.same,
        "same_inputs": found.same_inputs,
        "same_plan": found.same_plan,
        "same_figures": found.same_figures,
        "whole": found.whole,
        "edited": found.edited,
        "stopped": [each.text("en") for each in found.stopped],
        "members": None if found.members is None else _files(found.members),
        "inputs": _files(found.inputs),
        "plan": _files(found.plan),
        "rules": _changes(found.rules),
        "compared": {
            "results": figures.results,
            "company": figures.company,
            "scores": figures.scores,
            "sheets": figures.sheets,
        },
        "figures": _changes(figures.changes),
        "remade": None if found.remade is None else _files(found.remade),
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _versions(versions: Versions) -> dict[str, object]:
    return {"opskpi": versions.opskpi, "counting": versions.counting}


def _files(files: Sequence[FileCheck]) -> list[dict[str, object]]:
    return [
        {"file": each.file, "state": str(each.state), "was": each.was, "now": each.now, "renamed_to": each.other}
        for each in files
    ]


def _changes(changes: Sequence[Change]) -> list[dict[str, object]]:
    return [
        {"where": list(each.where), "field": each.field, "old": each.old, "new": each.new, "results": each.count}
        for each in changes
    ]
