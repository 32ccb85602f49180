"""A plan to start from: a shipped plan's text with another year, and comments that say what to change."""

import re
from collections.abc import Mapping

from opskpi.starters.texts import PlanTexts

#: A key of the plan (no indent), an indicator (two blanks) or a key of an indicator (four).
_KEY = re.compile(r"(?P<indent>(?:  ){0,2})(?P<key>\w+):")
_INDICATOR, _OF_INDICATOR = 2, 4


def plan_text(shipped: str, year: int, texts: PlanTexts) -> str:
    """Write the plan; what no text replaces stays as it was shipped."""
    top = {"plan": texts.name.format(year=year), "period": str(year)}
    lines = [*_comments(texts.before.format(year=year), "")]
    said: Mapping[str, str] = {}
    for line in shipped.splitlines():
        found = _KEY.match(line)
        indent = len(found["indent"]) if found else -1
        if found and indent == _INDICATOR:
            said = texts.indicators.get(found["key"], {})
            lines += ["", *_comments(said.get("note", ""), "  ")]
        values = {0: top, _OF_INDICATOR: said}.get(indent, {})
        lines.append(f"{found[0]} {values[found['key']]}" if found and found["key"] in values else line)
    return "\n".join([*lines, "", *_comments(texts.after.format(year=year), ""), ""])


def whole_plan_text(shipped: str, year: int, texts: PlanTexts) -> str:
    """Write the plan with all else that one can hold, commented out."""
    sections = "\n".join(_comments(texts.sections.format(year=year), ""))
    return f"{plan_text(shipped, year, texts)}\n{sections}\n"


def _comments(text: str, indent: str) -> list[str]:
    return [f"{indent}# {line}".rstrip() for line in text.splitlines()]
