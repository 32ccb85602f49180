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
