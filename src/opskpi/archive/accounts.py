"""Accounts: how rows that were added, removed, edited or judged otherwise make the difference of a figure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from opskpi.archive.document import ResultFields
from opskpi.archive.matching import Book, Pair, matched
from opskpi.archive.rows import RolesFields, RowsFields
from opskpi.model.differences import Account, RowChange, RowGroup, RowSide

#: The order in which changes are told.
_KINDS = (
    "added",
    "removed",
    "edited",
    "moved_in",
    "moved_out",
    "rejected",
    "accepted",
    "as_of",
    "rule",
    "rejudged",
)
#: Rows in these are not behind a figure.
_OUTSIDE = frozenset({"filtered", "out_of_period"})
_MEANS = frozenset({"mean", "wmean"})
#: A card's figures are the nearest doubles of the exact ones.
_CLOSE = Fraction(1, 10**9)

_Amount = tuple[Fraction, Fraction]
_Figure = tuple[Fraction | None, Fraction | None]
_NOTHING: _Amount = (Fraction(0), Fraction(0))


@dataclass(frozen=True, slots=True)
class _Role:
    """What a row was to a value: its bucket, the reason of an exclusion, its value and weight."""

    bucket: str
    reason: str = ""
    value: Fraction | None = None
    weight: Fraction | None = None


class _Side:
    """One card's rows as one value sees them."""

    def __init__(self, book: Book, roles: RolesFields) -> None:
        self.book, self.table, self.function = book, roles.table, roles.function
        self._roles = roles
        counted = (row for row, letter in enumerate(roles.roles) if letter == "c")
        self.said = [*map(roles.legend.__getitem__, roles.roles)]
        self._order = {row: at for at, row in enumerate(counted)} if roles.values else {}

    def role(self, row: int) -> _Role:
        said, _, reason = self.said[row].partition(": ")
        at = self._order.get(row)
        if at is None:
            return _Role(said, reason)
        values, weights = self._roles.values, self._roles.weights
        return _Role(said, reason, values[at] if values else None, weights[at] if weights else None)

    def shown(self, row: int) -> RowSide:
        role = self.role(row)
        return RowSide(role.bucket, role.reason, self.book.place(self.table, row), role.value)


class Accounts:
    """Two cards' rows, from which the difference of any two results is explained."""

    def __init__(self, old: RowsFields, new: RowsFields, *, as_of_moved: bool) -> None:
        """Keep both; tables are matched when they are asked for."""
        self._old, self._new, self._as_of_moved = Book(old), Book(new), as_of_moved
        self._pairs: dict[str, Mapping[str, Sequence[Pair]]] = {}
        self._seen: dict[tuple[str, str], tuple[_Side, _Side] | None] = {}

    def of(self, before: ResultFields, after: ResultFields, *, unlike: bool) -> tuple[Account, ...]:
        """Explain the difference of a project's figure, term by term; nothing where its rows are not known."""
        found = []
        for indicator, term in self._new.roles:
            sides = self._sides(indicator, term) if indicator == after.indicator else None
            if sides is not None:
                figures = _figures(before, term), _figures(after, term)
                found.append(self._account(after.project, term, sides, figures, unlike=unlike))
        return tuple(each for each in found if each.groups or each.above_rest or each.below_rest)

    def _sides(self, indicator: str, term: str) -> tuple[_Side, _Side] | None:
        """Get both cards' rows as one value sees them, made once; nothing where only one card has it."""
        if (indicator, term) not in self._seen:
            self._seen[indicator, term] = self._sides_of(indicator, term)
        return self._seen[indicator, term]

    def _sides_of(self, indicator: str, term: str) -> tuple[_Side, _Side] | None:
        old, new = self._old.roles.get((indicator, term)), self._new.roles[indicator, term]
        if old is None or old.table != new.table:
            return None
        return _Side(self._old, old), _Side(self._new, new)

    def _account(
        self,
        project: str,
        term: str,
        sides: tuple[_Side, _Side],
        figures: tuple[_Figure, _Figure],
        *,
        unlike: bool,
    ) -> Account:
        groups: dict[str, list[RowChange]] = {}
        sums: dict[str, _Amount] = {}
        for pair in _differing(self._of_project(sides[1].table).get(project, ()), sides, unlike=unlike):
            kind, change, amount = self._change(project, pair, sides, unlike=unlike)
            if change is not None:
                groups.setdefault(kind, []).append(change)
                above, below = sums.get(kind, _NOTHING)
                sums[kind] = above + amount[0], below + amount[1]
        additive = _adds(sides[0].function) and _adds(sides[1].function)
        with_below = figures[0][1] is not None and figures[1][1] is not None
        made = tuple(
            RowGroup(
                kind,
                tuple(groups[kind]),
                sums[kind][0] if additive else None,
                sums[kind][1] if additive and with_below else None,
            )
            for kind in _KINDS
            if kind in groups
        )
        return _summed(term, made, figures) if additive else Account(term, made)

    def _of_project(self, table: str) -> Mapping[str, Sequence[Pair]]:
        """Match a table's rows once, and give each project those that are its own on either card."""
        if table not in self._pairs:
            found: dict[str, list[Pair]] = {}
            for pair in matched(self._old, self._new, table):
                owners = [
                    book.project(table, row)
                    for book, row in ((self._old, pair.old), (self._new, pair.new))
                    if row is not None
                ]
                for owner in dict.fromkeys(owners):
                    found.setdefault(owner, []).append(pair)
            self._pairs[table] = found
        return self._pairs[table]

    def _change(
        self, project: str, pair: Pair, sides: tuple[_Side, _Side], *, unlike: bool
    ) -> tuple[str, RowChange | None, _Amount]:
        """Say how a row changed for a project's figure; nothing where it is to it what it was."""
        table = sides[1].table
        rows = [
            row if row is not None and book.project(table, row) == project else None
            for book, row in ((self._old, pair.old), (self._new, pair.new))
        ]
        roles = [None if row is None else side.role(row) for side, row in zip(sides, rows, strict=True)]
        inside = [role for role in roles if role is not None and role.bucket not in _OUTSIDE]
        if not inside or roles[0] == roles[1]:
            return "", None, _NOTHING
        amounts = [_amount(side.function, role) for side, role in zip(sides, roles, strict=True)]
        before, after = (None if row is None else side.shown(row) for side, row in zip(sides, rows, strict=True))
        here = next(
            book.row_id(table, row) for book, row in zip((self._old, self._new), rows, strict=True) if row is not None
        )
        change = RowChange(here, before, after, self._other(project, pair, table))
        kind = self._kind(pair, rows, unlike=unlike)
        return kind, change, (amounts[1][0] - amounts[0][0], amounts[1][1] - amounts[0][1])

    def _other(self, project: str, pair: Pair, table: str) -> str:
        """Name the project that a moved row came from or went to."""
        if pair.old is None or pair.new is None:
            return ""
        names = self._old.project(table, pair.old), self._new.project(table, pair.new)
        return next((name for name in names if name != project), "")

    def _kind(self, pair: Pair, rows: Sequence[int | None], *, unlike: bool) -> str:
        if rows[0] is None:
            return "moved_in" if pair.old is not None else "accepted" if pair.elsewhere else "added"
        if rows[1] is None:
            return "moved_out" if pair.new is not None else "rejected" if pair.elsewhere else "removed"
        if pair.edited:
            return "edited"
        return "rule" if unlike else "as_of" if self._as_of_moved else "rejudged"


def _differing(pairs: Sequence[Pair], sides: tuple[_Side, _Side], *, unlike: bool) -> Iterator[Pair]:
    """Pass over the rows that are what they were: the same cells in the same bucket, as most are."""
    first, second = (side.said for side in sides)
    for pair in pairs:
        if pair.old is not None and pair.new is not None and not pair.edited:
            counts_unlike = unlike and first[pair.old] == "counted"
            if first[pair.old] == second[pair.new] and not counts_unlike:
                continue
        yield pair


def _summed(term: str, groups: tuple[RowGroup, ...], figures: tuple[_Figure, _Figure]) -> Account:
    """Hold what rows add up to against the difference of the figures."""
    above, below = (
        None if first is None or second is None else second - first
        for first, second in zip(figures[0], figures[1], strict=True)
    )
    return Account(
        term,
        groups,
        above,
        below,
        _rest(above, [each.above for each in groups]),
        _rest(below, [each.below for each in groups]),
    )


def _rest(whole: Fraction | None, parts: Sequence[Fraction | None]) -> Fraction | None:
    """Find what is left to explain; what a double cannot hold is nothing."""
    if whole is None:
        return None
    rest = whole - sum((each for each in parts if each is not None), Fraction(0))
    return Fraction(0) if abs(rest) <= _CLOSE * max(Fraction(1), abs(whole)) else rest


def _adds(function: str) -> bool:
    return function in _MEANS | {"share", "count", "sum"}


def _amount(function: str, role: _Role | None) -> _Amount:
    """Find what a row adds to numerator and denominator."""
    if role is None:
        return _NOTHING
    if function == "share":
        return Fraction(role.bucket == "met"), Fraction(role.bucket in ("met", "missed"))
    if role.bucket != "counted":
        return _NOTHING
    if function == "count":
        return Fraction(1), Fraction(0)
    weight = Fraction(1) if role.weight is None else role.weight
    return (role.value or Fraction(0)) * (weight if function in _MEANS else 1), weight


def _figures(result: ResultFields, term: str) -> _Figure:
    """Get numerator and denominator of a result, or of one of its terms."""
    of = result.terms.get(term) if term else result
    if of is None or (not term and result.basis == "reported"):
        return None, None
    return of.numerator, of.denominator
