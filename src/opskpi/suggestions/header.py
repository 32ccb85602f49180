"""What stands at the top of a proposed mapping: what it is, how to use it, how the file was read."""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from opskpi.exports import Sheet
from opskpi.exports.text import TextSheet
from opskpi.sources import SHIPPED
from opskpi.suggestions.proposals import Draft
from opskpi.suggestions.yaml import Line, lines_of, one_line, said, scalar
from opskpi.wording import Message, message


def header(
    file: str, sheets: Sequence[Sheet], drafts: Sequence[Draft], read: Sequence[Draft], language: str
) -> list[str]:
    """Write the comments at the top, and the keys above the forms."""
    label = one_line(file)
    about = [
        message("suggest_made", file=label),
        message("suggest_how"),
        *_files(sheets),
        *(sentence for each in drafts for sentence in _about(each)),
        *(message("suggest_read_already", sheet=one_line(each.label), form=_form(each)) for each in read),
    ]
    extends = drafts[0].layout.source.source if drafts[0].layout else None
    keys = [Line("source", scalar(_name(file, extends)))]
    if extends:
        keys.append(Line("extends", scalar(extends)))
    return [*said((each.text(language) for each in about), 0), *lines_of(keys, 0), "forms:"]


def _files(sheets: Sequence[Sheet]) -> Iterator[Message]:
    """Say how text files were read."""
    for sheet in sheets:
        if isinstance(sheet, TextSheet):
            yield message(
                "suggest_encoding",
                encoding=sheet.encoding,
                reason=sheet.reason or message("encoding_asked"),
                delimiter=_delimiter(sheet.delimiter),
            )


def _delimiter(mark: str) -> Message:
    if mark == ";":
        return message("suggest_semicolon")
    if mark == "|":
        return message("suggest_bar")
    return message("suggest_tab") if mark == "\t" else message("suggest_comma")


def _about(draft: Draft) -> Iterator[Message]:
    """Say what one sheet was taken for, and why no source reads it, or which does."""
    table = draft.proposal.table
    yield message(
        "suggest_sheet", sheet=one_line(draft.label), row=draft.headings_row, rows=draft.grid.rows, table=table
    )
    if not draft.grid.whole:
        yield message("suggest_not_whole", rows=draft.grid.rows)
    if draft.layout:
        yield message("suggest_extends", form=_form(draft), source=draft.layout.source.source)
    if draft.others:
        yield message("suggest_other_tables", tables=tuple(each.table for each in draft.others))
    yield from draft.notes


def _form(draft: Draft) -> str:
    return one_line(draft.layout.label) if draft.layout else draft.name


def _name(file: str, extends: str | None) -> str:
    """Name the mapping after the source it extends, else after the file."""
    stem = PurePosixPath(file).name.split(".")[0].strip("- ")
    if extends or stem in (*SHIPPED, ""):
        return f"my-{extends or stem or 'export'}"
    return stem
