"""What a verification found: which files are the same, and which rules and figures differ."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from opskpi.wording import Message


class State(StrEnum):
    """What became of a file: renamed is another name and the same hash, changed the same name and another hash."""

    SAME = "same"
    CHANGED = "changed"
    RENAMED = "renamed"
    MISSING = "missing"
    ADDITIONAL = "additional"


@dataclass(frozen=True, slots=True)
class FileCheck:
    """A file then and now; `other` is its name now where it was renamed. Hashes are None where it is not there."""

    file: str
    state: State
    was: str | None = None
    now: str | None = None
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A value then and now, in the notation of JSON; None where it is not there at all.

    `where` leads to it (project, indicator, period), `count` is how many results it is the same change of.
    """

    where: tuple[str, ...]
    field: str
    old: str | None
    new: str | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Versions:
    """Which opskpi wrote a card or counts now, and by which rules of counting."""

    opskpi: str
    counting: int


@dataclass(frozen=True, slots=True)
class Archived:
    """A card that is verified: its file, plan, period, moment, and what wrote it; `sha256` is of the file."""

    file: str
    sha256: str
    plan: str
    period: str
    as_of: datetime
    versions: Versions
    bundle: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """How many values were compared, and those that differ."""

    results: int = 0
    company: int = 0
    scores: int = 0
    sheets: int = 0
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """What is known of a card: whether it is whole, and inputs, plan and figures are the same.

    `titles` are what people call the indicators. `members` are a bundle's files against its manifest, `remade` those
    that the run makes again (None: not compared).
    `stopped` says why the run could not be done again; then nothing but the members is known.
    """

    card: Archived
    now: Versions
    members: tuple[FileCheck, ...] | None = None
    inputs: tuple[FileCheck, ...] = ()
    plan: tuple[FileCheck, ...] = ()
    rules: tuple[Change, ...] = ()
    figures: Figures = Figures()
    remade: tuple[FileCheck, ...] | None = None
    stopped: tuple[Message, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def same_inputs(self) -> bool:
        """Whether the rows read are the same, whatever their files are called."""
        return not self.stopped and _alike(self.inputs)

    @property
    def same_plan(self) -> bool:
        """Whether files, rules, calendars and targets are the same."""
        return not self.stopped and not self.rules and _alike(self.plan)

    @property
    def same_figures(self) -> bool:
        """Whether every figure is the same."""
        return not self.stopped and not self.figures.changes

    @property
    def whole(self) -> bool:
        """Whether a bundle is as its manifest says, and its lists as the run makes them."""
        return _unchanged(self.members or ()) and _unchanged(self.remade or ())

    @property
    def same(self) -> bool:
        """Whether nothing at all differs."""
        return self.whole and self.same_inputs and self.same_plan and self.same_figures

    @property
    def edited(self) -> bool:
        """Whether the card itself must have been changed: the same inputs, plan and counting gave other figures."""
        counting = self.card.versions.counting == self.now.counting
        return counting and self.same_inputs and self.same_plan and not (self.stopped or self.same_figures)


def _alike(files: Iterable[FileCheck]) -> bool:
    return all(each.state in (State.SAME, State.RENAMED) for each in files)


def _unchanged(files: Iterable[FileCheck]) -> bool:
    return all(each.state is State.SAME for each in files)
