"""The shipped sources at a glance: name, title, tables, and whether a real export has verified them."""

import json
from collections.abc import Sequence

from opskpi.sources import SHIPPED, Source, shipped
from opskpi.wording import message


def as_rows(language: str) -> Sequence[Sequence[str]]:
    """Give one row of cells for each source."""
    return [_row(name, shipped(name), language) for name in SHIPPED]


def as_json() -> bytes:
    """Write all sources as one JSON object."""
    found = [_described(name, shipped(name)) for name in SHIPPED]
    text = json.dumps({"format": "opskpi.sources", "format_version": 1, "sources": found}, ensure_ascii=False, indent=1)
    return f"{text}\n".encode()


def _row(name: str, source: Source, language: str) -> tuple[str, ...]:
    tables = tuple(dict.fromkeys(form.table for form in source.forms))
    verified = message("source_verified") if source.verified else message("source_unverified")
    return name, source.title or name, ", ".join(tables), verified.text(language)


def _described(name: str, source: Source) -> dict[str, object]:
    forms = [{"name": form.name, "table": form.table} for form in source.forms]
    return {"name": name, "title": source.title or name, "verified": source.verified, "forms": forms}
