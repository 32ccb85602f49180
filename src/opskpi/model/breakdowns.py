"""Breakdowns: how many of a figure's rows carry each word of a column, beside the figure itself."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from opskpi.wording import Message

#: How many rows carry each word, and how many of them are missed; None is a blank.
Shares = Mapping[str | None, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Slice:
    """The counted rows that carry one word: None is a blank, `said` what people read."""

    word: str | None
    said: Message
    rows: int
    missed: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A figure's counted rows by the words of a column; `judged` rows are each met or missed.

    `column` is what people call it, `vocabulary` its words in their order where it is closed to some. `hidden` says
    that nobody is to read the words.
    """

    column: Message
    vocabulary: tuple[str, ...]
    judged: bool
    slices: tuple[Slice, ...]
    hidden: bool = False

    @property
    def rows(self) -> int:
        """Add the slices up."""
        return sum(each.rows for each in self.slices)

    def share(self, of: Slice) -> Fraction:
        """Find a slice's part of all rows."""
        return Fraction(of.rows, self.rows)


def in_order(vocabulary: Sequence[str], shares: Shares) -> list[str | None]:
    """Order words as their vocabulary does, without one by their rows and then by themselves; blanks come last."""
    places = {word: at for at, word in enumerate(vocabulary)}
    return sorted(shares, key=lambda word: (word is None, places.get(word or "", -shares[word][0]), word or ""))


def added(several: Iterable[Shares]) -> Shares:
    """Add shares up, of blocks or of projects."""
    rows, missed = Counter[str | None](), Counter[str | None]()
    for shares in several:
        for word, (there, bad) in shares.items():
            rows[word] += there
            missed[word] += bad
    return {word: (there, missed[word]) for word, there in rows.items()}


def pooled(several: Iterable[Breakdown | None]) -> Breakdown | None:
    """Add the breakdowns of several projects up; None of none."""
    found = [each for each in several if each]
    if not found:
        return None
    first, said = found[0], {part.word: part.said for each in found for part in each.slices}
    shares = added({part.word: (part.rows, part.missed) for part in each.slices} for each in found)
    slices = tuple(Slice(word, said[word], *shares[word]) for word in in_order(first.vocabulary, shares))
    return Breakdown(first.column, first.vocabulary, first.judged, slices, first.hidden)
