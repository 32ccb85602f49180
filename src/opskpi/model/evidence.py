"""Evidence: every row behind an indicator's figures, as an auditor goes through them."""

from dataclasses import dataclass
from fractions import Fraction

from opskpi.model.places import Place
from opskpi.model.rules import Clause
from opskpi.wording import Message


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A row that was judged or counted: its bucket (rule 2), why, and where it stands.

    `value` is what it adds to a sum or a mean, `weight` how often; `kind` is what is told apart: the value that is
    counted once, or the group it belongs to.
    """

    project: str
    row_id: str
    bucket: str
    reason: Message
    place: Place
    value: Fraction | None = None
    weight: Fraction | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """The rows behind one value: an indicator's own, or that of a term as its formula writes it.

    They stand by project and, within one, by bucket. `function` is the aggregate, `level` a quantile's share;
    `measured` is what has no rows at all, `rule` says in words which rows a term counts.
    """

    term: str
    function: str
    rows: tuple[EvidenceRow, ...]
    level: Fraction | None = None
    weighted: bool = False
    measured: bool = False
    rule: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one indicator's figures stand on: its rows, and how many of them were left out.

    `formula` is the arithmetic over terms, where there is some. `hidden` says that nobody is to read the kinds.
    """

    indicator: str
    stacks: tuple[Stack, ...]
    formula: str = ""
    left_out: int = 0
    hidden: bool = False

    @property
    def rows(self) -> int:
        """Count the rows that are listed."""
        return sum(len(stack.rows) for stack in self.stacks)
