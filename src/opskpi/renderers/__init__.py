"""One file for each output format: a scorecard in, text or bytes out, and nothing else.

A member is named as the user types it (`-f csv`, `-o card.csv`) and defines `render`. Machine
formats are bytes (UTF-8, LF) and the same everywhere. `DETAILS` says how many missed rows
of each result the format shows.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from opskpi.model.cards import Scorecard

#: The formats by the suffix of a file; listing them imports none.
FORMATS = ("json", "csv", "md", "html", "xlsx")


@dataclass(frozen=True, slots=True)
class Style:
    """How a format is to look: language, width, colour, and whether it becomes a file."""

    language: str
    width: int | None = None
    colour: bool = False
    to_file: bool = False


class Renderer(Protocol):
    """What each member of the family offers."""

    DETAILS: int

    def render(self, card: Scorecard, style: Style) -> bytes:
        """Draw the scorecard."""


def load(name: str) -> Renderer:
    """Import one format by its name."""
    member: Renderer = import_module(f"opskpi.renderers.{name}")
    return member
