"""The screen of `check`: what each file was taken for, its ledger, what wants an eye, what to do next."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from opskpi.model.cards import InputRecord, Unused
from opskpi.model.places import Place, ProblemGroup
from opskpi.renderers import Style
from opskpi.renderers.findings import Findings
from opskpi.renderers.lines import problem_said, word
from opskpi.renderers.plain import aligned, wrapped
from opskpi.wording import Message, message

#: On a terminal, so that all stays in sight: sheets of one kind, lines of one section, places of one line.
_SHEETS, _LINES, _PLACES = 12, 8, 3
#: The parts of a ledger; the last three are shown where any sheet has some.
_COUNTS = ("rows", "accepted", "rejected", "duplicate", "superseded", "skipped")
_ALWAYS = 3


def render(findings: Findings, style: Style) -> str:
    """Draw the screen as plain lines: folded to one screen on a terminal, whole elsewhere."""
    language = style.language
    lines = _table(findings, style)
    lines += wrapped(message("input_ledger", **asdict(findings.ledger)).text(language).strip(), style.width, "", "  ")
    for key, said in (
        ("section_reading", _reading(findings.inputs, language)),
        ("section_unused", [unused_line(each, language) for each in findings.unused]),
        ("section_problems", _problems(findings.problems, style)),
        ("section_signals", [_located(each.message, each.places, style) for each in findings.signals]),
        ("section_notes", [note.text(language) for note in findings.notes]),
    ):
        lines += _section(key, said, style)
    lines += ["", word("check_usable" if findings.usable else "check_unusable", language)]
    if not findings.problems:
        lines[-1] = f"{word('check_good', language)} {lines[-1]}"
    lines += _steps([each.text(language) for each in findings.steps], style)
    return "\n".join(lines) + "\n"


def unused_line(each: Unused, language: str) -> str:
    """Say why one file or sheet was not read."""
    return f"{_label(each)}: {each.reason.text(language)}"


def _label(each: InputRecord | Unused) -> str:
    return f"{each.file}#{each.sheet}" if each.sheet else each.file


def _table(findings: Findings, style: Style) -> list[str]:
    """Line the sheets up, those of one kind under what they were taken for."""
    counts = [
        name
        for at, name in enumerate(_COUNTS)
        if at < _ALWAYS or any(getattr(each.ledger, name) for each in findings.inputs)
    ]
    heads = ("file", "encoding", "heading_row", *counts)
    rows = [[word(f"head_{name}", style.language) for name in heads]]
    above: dict[int, str] = {}
    for kind, records in _kinds(findings.inputs, style.language).items():
        above[len(rows)] = kind
        shown = _foremost(records) if style.width else records
        rows += [[f"  {_label(each)}", *_cells(each, counts)] for each in shown]
        if rest := [each for each in records if each not in shown]:
            total = [str(sum(getattr(each.ledger, name) for each in rest)) for name in counts]
            rows.append(["  " + message("more_sheets", count=len(rest)).text(style.language), "", "", *total])
    lines = aligned(rows, range(2, len(heads)))
    return [each for at, line in enumerate(lines) for each in ([above[at], line] if at in above else [line])]


def _kinds(inputs: Sequence[InputRecord], language: str) -> dict[str, list[InputRecord]]:
    """Group sheets by what they were taken for, in the order they come."""
    kinds: dict[str, list[InputRecord]] = {}
    for each in inputs:
        source = f"{each.source}/{each.form}" if each.form else each.source
        kinds.setdefault(f"{each.title.text(language)} ({source})", []).append(each)
    return kinds


def _foremost(records: Sequence[InputRecord]) -> list[InputRecord]:
    """Pick the sheets to show where they are many: those with rejected rows before others."""
    if len(records) <= _SHEETS:
        return list(records)
    chosen = sorted(range(len(records)), key=lambda at: not records[at].ledger.rejected)[: _SHEETS - 1]
    return [records[at] for at in sorted(chosen)]


def _cells(record: InputRecord, counts: Sequence[str]) -> Iterator[str]:
    yield record.encoding or "-"
    yield str(record.heading_row)
    yield from (str(getattr(record.ledger, name)) for name in counts)


def _reading(inputs: Sequence[InputRecord], language: str) -> list[str]:
    """Say how sheets were read, and what in them was not, once for all sheets that share it."""
    shared: dict[str, list[str]] = {}
    for record in inputs:
        for said in _remarks(record):
            shared.setdefault(said.text(language).strip(), []).append(_label(record))
    return [f"{_some(labels, language)}: {said}" for said, labels in shared.items()]


def _remarks(record: InputRecord) -> Iterator[Message]:
    if record.encoding_reason:
        yield message("input_encoding", encoding=record.encoding, reason=record.encoding_reason)
    yield from record.notes
    if record.unused_headings:
        yield message("input_unused_headings", headings=record.unused_headings)


def _problems(groups: Sequence[ProblemGroup], style: Style) -> list[str]:
    """Say what was rejected, the most frequent first."""
    return [
        _located(problem_said(group), [each.place for each in group.first], style, group.count)
        for group in sorted(groups, key=lambda each: -each.count)
    ]


def _located(said: Message, places: Sequence[Place], style: Style, count: int = 0) -> str:
    """Say a sentence with its first places; a file is named once for all its cells that follow."""
    shown = places[:_PLACES] if style.width else places
    if not shown:
        return said.text(style.language)
    cells, before = [], ""
    for place in shown:
        label, _, cell = str(place).rpartition("!")
        cells.append(cell if label == before else str(place))
        before = label
    more = ", …" if count > len(shown) else ""
    return f"{said.text(style.language)}  [{', '.join(cells)}{more}]"


def _section(key: str, lines: Sequence[str], style: Style) -> list[str]:
    """Write a heading and its lines; a terminal gets the first of them."""
    if not lines:
        return []
    shown = lines[:_LINES] if style.width and len(lines) > _LINES + 1 else lines
    drawn = ["", word(key, style.language)]
    for line in shown:
        drawn += wrapped(line, style.width, "  ", "    ")
    if len(shown) < len(lines):
        drawn.append("  " + message("more_lines", count=len(lines) - len(shown)).text(style.language))
    return drawn


def _steps(steps: Sequence[str], style: Style) -> list[str]:
    """List the steps by number; what is to be copied follows two blanks, and gets a line of its own, never broken."""
    drawn = ["", word("section_next", style.language)]
    for at, step in enumerate(steps, 1):
        said, _, copied = step.partition("  ")
        drawn += wrapped(said, style.width, f"  {at}. ", " " * 5)
        drawn += [" " * 5 + copied] if copied else []
    return drawn


def _some(names: Sequence[str], language: str, most: int = 3) -> str:
    """List a few names and how many there are."""
    listed = ("、" if language == "zh" else ", ").join(names[:most])
    return listed if len(names) <= most else f"{listed} … ({len(names)})"
