"""Traps: what makes an export awkward, each a small function from one clothing to another.

A family of traps is a module here. A trap says in which formats it can live, when it is applied
(`Stage`), what it changes (two that change the same thing make no pair), and what it must lead to.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from corpus.clothing import Clothing

Change: TypeAlias = Callable[[Clothing], Clothing]


class Stage(IntEnum):
    """The order in which traps are applied, from what is told to how it is packed."""

    FACTS = 0
    CELLS = 1
    COLUMNS = 2
    ROWS = 3
    MERGES = 4
    TOPS = 5
    FILES = 6
    BYTES = 7


@dataclass(frozen=True, slots=True)
class Same:
    """The scorecard must be the plain clothing's, byte for byte but for provenance; a note may be due."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Rejects:
    """The marked rows must be rejected, each at its cell by its rule, and the others judged without them."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The run must end with one sentence that names the file and matches a pattern."""

    sentence: str
    exit_code: int = 3


Expectation: TypeAlias = Same | Rejects | Refused


@dataclass(frozen=True, slots=True)
class Trap:
    """One trap; `apart` says that it may cost a reader its life, so that it is run in a process of its own."""

    name: str
    family: str
    formats: tuple[str, ...]
    stage: Stage
    changes: frozenset[str]
    change: Change
    expects: Expectation
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """A module's traps, in the order they are defined, under a title for the page."""

    title: str
    traps: list[Trap] = field(default_factory=list)

    def __call__(
        self,
        name: str,
        formats: tuple[str, ...],
        stage: Stage,
        *changes: str,
        expects: Expectation | None = None,
        apart: bool = False,
    ) -> Callable[[Change], Change]:
        """Declare the function below as a trap."""

        def declare(change: Change) -> Change:
            kinds = frozenset(changes)
            self.traps.append(Trap(name, self.title, formats, stage, kinds, change, expects or Same(), apart))
            return change

        return declare
