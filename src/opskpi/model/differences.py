"""What differs between two scorecards, and why, ready for any renderer."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from opskpi.model.cards import Verdict
from opskpi.model.comparisons import Cause
from opskpi.model.goals import Target
from opskpi.model.places import Place
from opskpi.wording import Message


@dataclass(frozen=True, slots=True)
class Side:
    """A result as one of the cards has it; `starred` says that it is provisional or on its way."""

    period: str
    verdict: Verdict
    starred: bool
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    unit: str
    target: Target | None


#: What can become of a result, in the order it is told.
KINDS = ("turned", "settled", "moved", "behind", "gone", "come")


@dataclass(frozen=True, slots=True)
class RowSide:
    """A row as one of the cards has it: its bucket (with the reason of an exclusion), its place, what it adds."""

    bucket: str
    reason: str
    place: Place
    value: Fraction | None = None


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that is not to a figure what it was; `other` is the project it came from or went to."""

    row_id: str
    before: RowSide | None
    after: RowSide | None
    other: str = ""


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows that changed in one way, and what they add to numerator and denominator together.

    `kind` is added, removed, edited, moved_in, moved_out, rejected (now), accepted (rejected before), as_of (only the
    moment of judgement moved), rule (the rules are others) or rejudged (for another reason).
    """

    kind: str
    rows: tuple[RowChange, ...]
    above: Fraction | None = None
    below: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """How rows make the difference of one value, and what of it they do not explain.

    `above` and `below` are None where rows add nothing of their own to the value (a median); so are the rests.
    """

    term: str
    groups: tuple[RowGroup, ...]
    above: Fraction | None = None
    below: Fraction | None = None
    above_rest: Fraction | None = None
    below_rest: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A result that differs, or that only one of the cards has.

    `unlike` says that the two are counted by unlike rules, which the difference's `rules` tell.
    """

    project: str
    indicator: str
    name: str
    before: Side | None
    after: Side | None
    unlike: bool = False
    causes: tuple[Cause, ...] = ()
    accounts: tuple[Account, ...] = ()

    @property
    def kind(self) -> str:
        """What became of the result: it turned, settled (or is open again), moved without that, is gone or has come.

        Where it is as it was and other rows are behind it, it is `behind`.
        """
        if self.before is None or self.after is None:
            return "come" if self.before is None else "gone"
        if self.before.verdict != self.after.verdict:
            return "turned"
        if self.before.starred != self.after.starred:
            return "settled"
        return "behind" if self.before == self.after and not self.causes else "moved"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """An indicator that is counted otherwise: what of its rule, its limits or its calendars is not as it was."""

    indicator: str
    name: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class CardHead:
    """Which card: its file, plan, period, moment and the versions that made it."""

    file: str
    plan: str
    period: str
    as_of: datetime
    opskpi: str
    counting: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two cards; `in_time` says that they are of different periods.

    `circumstances` may have made a difference, and make none by themselves.
    """

    old: CardHead
    new: CardHead
    in_time: bool
    changes: tuple[Change, ...] = ()
    rules: tuple[RuleChange, ...] = ()
    totals: tuple[Cause, ...] = ()
    circumstances: tuple[Cause, ...] = ()
    notes: tuple[Message, ...] = ()
    compared: int = 0
    periods: tuple[str, ...] = field(default=())

    @property
    def same(self) -> bool:
        """Whether both say the same, by the same rules."""
        return not (self.changes or self.rules or self.totals)

    def of(self, kind: str) -> tuple[Change, ...]:
        """Give the results that something became of."""
        return tuple(change for change in self.changes if change.kind == kind)
