"""Rules in words: what people read of how a figure is counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from opskpi.wording import Message


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a rule in words; `part` says which, `text` is its own notation where it has one."""

    part: str
    said: Message
    text: str = ""


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """An indicator's rule, part by part, and those of its terms where it is made of some."""

    clauses: tuple[Clause, ...]
    terms: Mapping[str, tuple[Clause, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """What decides an indicator's figure, as a later run compares it: its settings as the plan writes them, by name.

    `limits_sha256` is a hash of the service limits that judge it; None where none do.
    """

    settings: Mapping[str, object]
    limits_sha256: str | None = None
