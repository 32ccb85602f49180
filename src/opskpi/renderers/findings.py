"""What reading the exports found, ready for the screen of `check` and for its JSON."""

from dataclasses import dataclass

from opskpi.model.cards import InputRecord, Unused
from opskpi.model.places import Ledger, ProblemGroup, Signal
from opskpi.wording import Message


@dataclass(frozen=True, slots=True)
class Findings:
    """Inputs with their ledgers, what is wrong with them, why they cannot be used if so, and what to do next."""

    inputs: tuple[InputRecord, ...]
    unused: tuple[Unused, ...] = ()
    problems: tuple[ProblemGroup, ...] = ()
    signals: tuple[Signal, ...] = ()
    notes: tuple[Message, ...] = ()
    refused: tuple[Message, ...] = ()
    steps: tuple[Message, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether a run could judge by these exports."""
        return not self.refused

    @property
    def ledger(self) -> Ledger:
        """The ledgers of all sheets together."""
        return sum((record.ledger for record in self.inputs), Ledger())
