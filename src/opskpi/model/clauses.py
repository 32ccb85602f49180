"""A rule in words, part by part."""

from dataclasses import dataclass

from opskpi.wording import Message


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a rule in words; `part` says which, `text` is its own notation where it has one."""

    part: str
    said: Message
    text: str = ""
