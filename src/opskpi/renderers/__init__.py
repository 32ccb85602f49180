"""One file for each output format: a scorecard in, text or bytes out, and nothing else.

A member is named as the user types it (`-f csv`, `-o csv=FILE`) and defines `render`. Machine
formats are bytes (UTF-8, LF) and the same everywhere. `DETAILS` says how many missed rows
of each result the format shows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path, PurePath
from typing import Protocol

from opskpi.model.cards import Result, Scorecard
from opskpi.model.rows import MOST_IN_CARD

#: The formats that files are written in, by name; listing them imports none.
FORMATS = ("json", "csv", "md", "html", "xlsx", "wecom", "junit", "openmetrics")
#: What a file's suffix says; any format goes into any file as FORMAT=FILE.
SUFFIXES = {
    ".json": "json",
    ".csv": "csv",
    ".md": "md",
    ".html": "html",
    ".xlsx": "xlsx",
    ".xml": "junit",
    ".prom": "openmetrics",
}
#: Those that list the rows behind each indicator.
EVIDENCE = frozenset({"xlsx"})
#: Those that machines read, which have all of a card whatever people are shown.
MACHINE = frozenset({"json", "csv", "junit", "openmetrics"})
#: Those that keep the rows for later runs, and of how many rows at most.
ROWS = {"json": MOST_IN_CARD}


@dataclass(frozen=True, slots=True)
class Style:
    """How a format is to look: language, width, colour, whether it becomes a file, whether all is told at length.

    `stem` is that file's name without its suffix: files that belong beside it are named after it.
    """

    language: str
    width: int | None = None
    colour: bool = False
    to_file: bool = False
    full: bool = False
    stem: str = "card"


class Renderer(Protocol):
    """What each member of the family offers; one whose file cannot hold everything has `beside(card, style)`, too."""

    DETAILS: int

    def render(self, card: Scorecard, style: Style) -> bytes:
        """Draw the scorecard."""


def destination(output: str) -> tuple[str, str]:
    """Tell an output's format, by FORMAT= before it or its suffix, and its file; no format where neither says one."""
    name, _, file = output.partition("=")
    if name in FORMATS and file:
        return name, file
    return SUFFIXES.get(PurePath(output).suffix.lower(), ""), output


def draw(name: str, card: Scorecard, style: Style) -> bytes:
    """Draw a scorecard in one format, whatever more rows the card holds for others of the same run."""
    member = load(name)
    return member.render(_cut(card, member.DETAILS), style)


def _cut(card: Scorecard, most: int) -> Scorecard:
    """Leave of each result's missed rows the first few."""
    if all(len(result.misses) <= most for result in card.every_result):
        return card
    parts = tuple(replace(part, results=_shortened(part.results, most)) for part in card.parts)
    return replace(card, results=_shortened(card.results, most), parts=parts)


def _shortened(results: tuple[Result, ...], most: int) -> tuple[Result, ...]:
    return tuple(replace(each, misses=each.misses[:most]) for each in results)


def files(path: Path, name: str, card: Scorecard, style: Style) -> Mapping[Path, bytes]:
    """Draw a card for a file, with the files that belong beside it first, so that it never names what is not there."""
    style = replace(style, to_file=True, stem=path.stem)
    beside: Callable[[Scorecard, Style], Mapping[str, bytes]] | None = getattr(load(name), "beside", None)
    others = beside(card, style) if beside else {}
    return {**{path.with_name(each): data for each, data in others.items()}, path: draw(name, card, style)}


def load(name: str) -> Renderer:
    """Import one format by its name."""
    member: Renderer = import_module(f"opskpi.renderers.{name}")
    return member
