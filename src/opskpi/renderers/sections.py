"""Sections: titled lines and columns that a terminal and Markdown draw each in its way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opskpi.renderers.marks import escaped
from opskpi.renderers.plain import aligned, wrapped


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, indented by its level."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows of cells in columns; those in `right` are numbers."""

    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    level: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A title and what stands below it."""

    title: str
    parts: tuple[Line | Columns, ...]


def as_text(title: str, sections: Sequence[Section], width: int | None) -> str:
    """Draw sections for a terminal of that width, or uncut where there is none."""
    lines = wrapped(title, width, "", "  ")
    for section in sections:
        lines += ["", section.title]
        for part in section.parts:
            indent = "  " * (part.level + 1)
            for text in [part.text] if isinstance(part, Line) else aligned(part.rows, part.right):
                lines += wrapped(text, width, indent, indent + "  ")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def as_markdown(title: str, sections: Sequence[Section]) -> str:
    """Draw sections as Markdown: lines as nested points, columns as points of their cells."""
    lines = [f"# {escaped(title)}"]
    for section in sections:
        lines += ["", f"## {escaped(section.title)}", ""]
        for part in section.parts:
            lines += [f"{'  ' * part.level}- {escaped(text)}" for text in _texts(part)]
    return "\n".join(lines) + "\n"


def _texts(part: Line | Columns) -> Iterator[str]:
    if isinstance(part, Line):
        yield part.text
    else:
        yield from ("  ".join(cell for cell in row if cell) for row in part.rows)
