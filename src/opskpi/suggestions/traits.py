"""How the cells of the proposed columns are written: order of dates, decimal mark, null words, scale, repeated ids."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from opskpi.suggestions.candidates import Candidate
from opskpi.suggestions.columns import Grid
from opskpi.suggestions.fits import kind_of, meaning
from opskpi.suggestions.phrases import orders_rows
from opskpi.suggestions.proposals import Proposal
from opskpi.tables import load
from opskpi.tables.dates import ORDERS, Written, read_date
from opskpi.tables.numbers import read_number
from opskpi.tables.words import normal

#: The scales that numbers are usually on, the narrowest first.
_SCALES = ((1, 5), (0, 5), (1, 10), (0, 10), (0, 100))
_POINT = re.compile(r"[0-9]\.[0-9]")


@dataclass(frozen=True, slots=True)
class Order:
    """What one column's dates say of the order of their numbers: all orders that are possible, and a witness."""

    heading: str
    possible: tuple[str, ...]
    witness: str


@dataclass(frozen=True, slots=True)
class Scale:
    """The narrowest usual scale that holds all scores; `certain` where words tell it."""

    text: str
    least: str
    most: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Repeats:
    """Ids that stand in several rows, and the headings that may order those."""

    heading: str
    rows: int
    ids: int
    ordering: tuple[str, ...]


def orders(proposal: Proposal) -> tuple[Order, ...]:
    """Look at each column of dates whose numbers could be ordered in several ways."""
    found = [_order(each) for each in _of_kind(proposal, ("event", "due", "due_day"))]
    return tuple(each for each in found if each is not None)


def decimal_comma(proposal: Proposal) -> tuple[str, bool] | None:
    """Find a number with a decimal comma, and tell whether no other number contradicts it."""
    columns = [each.values for each in _of_kind(proposal, ("number", "whole", "duration", "score"))]
    with_comma = [text for each in columns if each.shares["comma"] for text in each.texts if "," in text]
    if not with_comma:
        return None
    points = any(_POINT.search(text) and "," not in text for each in columns for text in each.texts)
    return with_comma[0], not points


def nulls(proposal: Proposal) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List null words: those in columns where they can be nothing else, and those that could be texts."""
    typed: dict[str, None] = {}
    plain: dict[str, None] = {}
    for some in proposal.columns.values():
        for each in some:
            is_text = kind_of(proposal.table, each.column).name in ("text", "id")
            (plain if is_text else typed).update(dict.fromkeys(each.values.nulls))
    known = proposal.form.null_words if proposal.form else frozenset[str]()
    return tuple(each for each in typed if normal(each) not in known), tuple(
        each for each in plain if each not in typed
    )


def scale(proposal: Proposal) -> Scale | None:
    """Find the scale the scores seem to be on."""
    for each in _of_kind(proposal, ("score",)):
        texts = each.values.texts
        words = [said for text in texts if (said := meaning(proposal.table, each.column, text)) is not None]
        numbers = [number for text in (*texts, *words) if (number := read_number(text, "score")) is not None]
        if numbers:
            least, most = min(numbers), max(numbers)
            low, high = next((s for s in _SCALES if s[0] <= least and most <= s[1]), (int(least), int(most) + 1))
            certain = len(words) == len(texts) and each.column in proposal.applied
            return Scale(f"{low}-{high}", f"{float(least):g}", f"{float(most):g}", certain)
    return None


def repeats(proposal: Proposal, grid: Grid) -> Repeats | None:
    """Count the rows whose id another row has, too."""
    some = proposal.columns.get(load(proposal.table).row_id, ())
    if len(some) != 1 or proposal.table == "projects":
        return None
    values = some[0].values
    surplus = values.filled - len(values.texts)
    if surplus <= 0 or not grid.whole:
        return None
    ordering = tuple(each.heading for each in grid.columns if each.heading and orders_rows(each.heading))
    return Repeats(values.heading, surplus, len(values.texts), ordering)


def _of_kind(proposal: Proposal, kinds: tuple[str, ...]) -> Iterator[Candidate]:
    for column, some in proposal.columns.items():
        if kind_of(proposal.table, column).name in kinds:
            yield from some


def _order(candidate: Candidate) -> Order | None:
    written = [(text, found) for text in candidate.values.texts if (found := read_date(text, UTC)) is not None]
    open_ones = [(text, found.by_order) for text, found in written if _is_open(found)]
    if not open_ones:
        return None
    possible = [order for order in ORDERS if all(order in by_order for _, by_order in open_ones)]
    differing = [text for text, by_order in open_ones if len({by_order.get(order) for order in possible}) > 1]
    proof = next((text for text, by_order in open_ones if len(by_order) == 1), None)
    shown = (differing or [proof or open_ones[0][0]])[0]
    return Order(candidate.values.heading, tuple(possible), shown)


def _is_open(found: Written) -> bool:
    return "" not in found.by_order
