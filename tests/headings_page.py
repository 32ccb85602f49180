"""Fill docs/headings.md with the headings of the standard source: `python tests/headings_page.py`."""

import re
from pathlib import Path

from opskpi.sources import shipped
from opskpi.sources.forms import Form

PAGE = Path(__file__).parents[1] / "docs" / "headings.md"
_LISTED = re.compile(r"(?<=<!-- headings -->\n).*(?=<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """Replace the tables by what the source says now."""
    tables = "\n".join(_table(form) for form in shipped("standard").forms)
    return _LISTED.sub(lambda _: f"\n{tables}\n", page)


def _table(form: Form) -> str:
    required = form.model_table.required
    lines = [f"### {form.name} ({form.table})", "", "| column | headings, the template's first |", "|---|---|"]
    for name, headings in form.columns.items():
        shown = f"**{name}**" if name in required else name
        lines.append(f"| {shown} | {' '.join(headings)} |")
    for name, headings in form.opposite.items():
        lines.append(f"| {name}, turned | {' '.join(headings)} |")
    for heading, columns in form.ambiguous.items():
        lines.append(f"| *a question:* {heading} | {' or '.join(columns)}? |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
