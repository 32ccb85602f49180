"""What a message says of a scorecard: what failed and why, what is not settled, close, waived or without a verdict."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from opskpi.model.cards import Scorecard
from opskpi.renderers import approvals, compared, lines, scores
from opskpi.wording import message


@dataclass(frozen=True, slots=True)
class Item:
    """A line, and what may stand below it: the first of its `rows` rows that speak against the target."""

    said: str
    below: tuple[str, ...] = ()
    rows: int = 0

    def first(self, most: int, language: str) -> tuple[str, ...]:
        """Give so many rows at most, and how many more there are; nothing where none are wanted."""
        shown = self.below[:most]
        more = self.rows - len(shown)
        return (*shown, message("more", count=more).text(language)) if shown and more > 0 else shown


@dataclass(frozen=True, slots=True)
class Block:
    """Items under a heading of the catalogue."""

    key: str
    items: tuple[Item, ...]


def blocks(card: Scorecard, language: str) -> Iterator[Block]:
    """Give what there is to say, the worst first."""
    for key, items in _told(card, language) if card.turned is None else _turned(card, language):
        if found := tuple(items):
            yield Block(key, found)


def _turned(card: Scorecard, language: str) -> Iterator[tuple[str, Iterable[Item]]]:
    """Say what turned and, of that, what failed, where nothing else is to be shown."""
    yield "section_turned", map(Item, compared.turned(card, language))
    yield "section_failed", _failed(card, language)


def _told(card: Scorecard, language: str) -> Iterator[tuple[str, Iterable[Item]]]:
    yield from (
        ("section_failed", _failed(card, language)),
        ("section_restated", map(Item, compared.restated(card, language))),
        ("section_provisional", map(Item, lines.provisional(card, language))),
        ("section_near", map(Item, lines.near(card, language))),
        ("section_waived", map(Item, approvals.waived(card, language))),
        ("section_without", map(Item, lines.without(card, language))),
        ("section_scores", _scores(card, language)),
        ("section_problems", _rejected(card, language)),
    )


def _failed(card: Scorecard, language: str) -> Iterator[Item]:
    for result in lines.failures(card):
        below = tuple(lines.miss_line(miss, language) for miss in result.misses)
        yield Item(lines.failed_line(result).text(language), below, result.against)


def _scores(card: Scorecard, language: str) -> Iterator[Item]:
    """Say each total with its grade, without its parts."""
    if card.totals:
        heads = scores.headings(card, language)
        first = heads.index(lines.word("head_total", language))
        for row in scores.table(card, language):
            yield Item(message("gist_score", project=row[0], points=" ".join(row[first:])).text(language))


def _rejected(card: Scorecard, language: str) -> Iterator[Item]:
    count = card.ledger.rejected
    if count:
        yield Item(message("gist_rejected_one" if count == 1 else "gist_rejected", count=count).text(language))
