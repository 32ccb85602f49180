"""The screen of `check`: what each file was taken for, its ledger, what was rejected and why."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from opskpi.model.cards import InputRecord, Unused
from opskpi.model.places import ProblemGroup
from opskpi.renderers.lines import problem_lines, word
from opskpi.wording import Message, message


def render(
    inputs: Sequence[InputRecord],
    unused: Sequence[Unused],
    problems: Sequence[ProblemGroup],
    notes: Sequence[Message],
    language: str,
) -> str:
    """Draw the screen as plain lines."""
    lines: list[str] = []
    for record in inputs:
        lines += _input(record, language)
    lines += _section("section_unused", _unused(unused, language), language)
    lines += _section("section_problems", list(problem_lines(problems, language)), language)
    lines += _section("section_notes", [note.text(language) for note in notes], language)
    if not problems:
        lines += ["", word("check_good", language)]
    return "\n".join(lines) + "\n"


def unused_line(each: Unused, language: str) -> str:
    """Say why one file or sheet was not read."""
    name = f"{each.file}#{each.sheet}" if each.sheet else each.file
    return f"{name}: {each.reason.text(language)}"


def _input(record: InputRecord, language: str) -> Iterator[str]:
    yield message(
        "input_line",
        file=f"{record.file}#{record.sheet}" if record.sheet else record.file,
        table=record.table,
        source=f"{record.source}/{record.form}" if record.form else record.source,
        encoding=f", {record.encoding}" if record.encoding else "",
        heading_row=record.heading_row,
    ).text(language)
    yield message("input_ledger", **asdict(record.ledger)).text(language)
    if record.unused_headings:
        yield message("input_unused_headings", headings=record.unused_headings).text(language)


def _unused(unused: Sequence[Unused], language: str) -> list[str]:
    return [unused_line(each, language) for each in unused]


def _section(key: str, lines: Sequence[str], language: str) -> list[str]:
    return ["", word(key, language), *(f"  {line}" for line in lines)] if lines else []
