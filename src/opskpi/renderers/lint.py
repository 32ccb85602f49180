"""What looks wrong in a plan, a line each, or as JSON."""

import json
from collections.abc import Sequence

from opskpi.wording import Message, message

#: A finding with its place before it, and bare.
Said = tuple[Message, Message]


def as_text(found: Sequence[Said], file: str, language: str) -> str:
    """Say each finding, or that there is none."""
    lines = [said.text(language) for said, _ in found] or [message("plan_good", file=file).text(language)]
    return "\n".join(lines) + "\n"


def as_json(found: Sequence[Said]) -> bytes:
    """Write the findings with their places and rules."""
    places = ("file", "line", "column")
    findings = [
        {**{key: said.values[key] for key in places}, "rule": what.key, "message": what.text("en")}
        for said, what in found
    ]
    document = {"format": "opskpi.targets_check", "format_version": 1, "findings": findings}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
