"""The register of indicators in four dresses: blocks for a terminal, a Markdown or CSV table, JSON."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from opskpi.model.approvals import Header
from opskpi.model.safety import plain_text
from opskpi.renderers.approvals import head_line
from opskpi.renderers.fields import header_fields
from opskpi.renderers.lines import word
from opskpi.renderers.plain import padded, width_of, wrapped
from opskpi.targets.register import Entry, Source
from opskpi.wording import message

#: What Markdown would take for its own inside a table.
_SPECIAL = str.maketrans({letter: f"\\{letter}" for letter in "\\`*_[]<>|~"})
_COLUMNS = (
    "head_id",
    "head_indicator",
    "head_words",
    "head_formula",
    "head_sources",
    "head_owner",
    "head_process_owner",
    "head_frequency",
    "head_target",
    "head_differing",
    "head_stated",
    "head_scoring",
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plan's name, period and header, with its register."""

    plan: str
    period: str
    header: Header | None
    entries: tuple[Entry, ...]


def render(sheet: Sheet, style: str, language: str, width: int | None) -> bytes:
    """Draw the register as `terminal`, `md`, `csv` or `json`."""
    drawn: Mapping[str, Callable[[], str]] = {
        "terminal": lambda: _terminal(sheet, language, width),
        "md": lambda: _markdown(sheet, language),
        "csv": lambda: _csv(sheet, language),
        "json": lambda: _json(sheet),
    }
    return drawn[style]().encode("utf-8", errors="replace")


def _cells(entry: Entry, language: str) -> Sequence[str]:
    """Write an entry's fields in the order of the columns; what is not said is empty."""
    return (
        entry.indicator,
        entry.name,
        _words(entry, language),
        entry.formula,
        "; ".join(_source(each, language) for each in entry.sources),
        entry.owner or "",
        entry.process_owner or "",
        _frequency(entry, language),
        entry.target or word("no_target", language),
        "; ".join(f"{_whose(kind, name, language)} {target}" for kind, name, target in entry.differing),
        entry.weight or "",
        entry.score or "",
    )


def _words(entry: Entry, language: str) -> str:
    parts = ((message(f"rule_part_{each.part}"), each.said) for each in entry.words)
    said = (message("words_part", part=part, said=said).text(language) for part, said in parts)
    return ("；" if language == "zh" else "; ").join(said)


def _source(source: Source, language: str) -> str:
    named = [f"{column} ({heading})" if heading else column for column, heading in source.columns]
    return f"{source.title.text(language)}: {', '.join(named)}"


def _frequency(entry: Entry, language: str) -> str:
    said = word(f"by_{entry.frequency}", language) if entry.frequency else word("any_period", language)
    return message("to_date", frequency=said).text(language) if entry.cumulative else said


def _whose(kind: str, name: str, language: str) -> str:
    return message("of_group" if kind == "groups" else "of_project", name=name).text(language)


def _title(sheet: Sheet, language: str) -> str:
    return message("card_title", plan=sheet.plan, period=sheet.period).text(language)


def _terminal(sheet: Sheet, language: str, width: int | None) -> str:
    lines = [_title(sheet, language), *(line for line in (head_line(sheet.header, language),) if line)]
    heads = [word(key, language) for key in _COLUMNS]
    room = max(map(width_of, heads[2:])) + 2
    for entry in sheet.entries:
        identity, name, *rest = _cells(entry, language)
        lines += ["", f"{name}  [{identity}]"]
        for head, text in zip(heads[2:], rest, strict=True):
            if text:
                lines += wrapped(text, width, f"  {padded(head, room)}", " " * (room + 2))
    return "\n".join(lines) + "\n"


def _markdown(sheet: Sheet, language: str) -> str:
    lines = [f"# {_title(sheet, language).translate(_SPECIAL)}", ""]
    if head := head_line(sheet.header, language):
        lines += [head.translate(_SPECIAL), ""]
    rows = [_cells(entry, language) for entry in sheet.entries]
    lines += [_row([word(key, language) for key in _COLUMNS]), "|" + "---|" * len(_COLUMNS), *map(_row, rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.translate(_SPECIAL) for cell in cells) + " |"


def _csv(sheet: Sheet, language: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([word(key, language) for key in _COLUMNS])
    for entry in sheet.entries:
        writer.writerow([plain_text(cell) for cell in _cells(entry, language)])
    return out.getvalue()


def _json(sheet: Sheet) -> str:
    document = {
        "format": "opskpi.register",
        "format_version": 1,
        "plan": sheet.plan,
        "period": sheet.period,
        **({"header": header_fields(sheet.header)} if sheet.header else {}),
        "indicators": [_fields(entry) for entry in sheet.entries],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _fields(entry: Entry) -> Mapping[str, object]:
    return {
        "indicator": entry.indicator,
        "name": entry.name,
        "words": [{"part": each.part, "said": each.said.text("en")} for each in entry.words],
        "formula": entry.formula,
        "sources": [
            {"table": each.table, "columns": [{"name": n, "heading": heading} for n, heading in each.columns]}
            for each in entry.sources
        ],
        "owner": entry.owner,
        "process_owner": entry.process_owner,
        "frequency": entry.frequency,
        "cumulative": entry.cumulative,
        "target": entry.target,
        "differing": [{kind.removesuffix("s"): name, "target": target} for kind, name, target in entry.differing],
        "weight": entry.weight,
        "score": entry.score,
    }
