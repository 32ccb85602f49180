"""Rows of two cards matched with one another: by project and id, and rows without ids by their cells."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from opskpi.archive.rows import RolesFields, RowListFields, RowsFields
from opskpi.model.places import Place

#: A row's project and id.
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of the old card and the same of the new one, by their places in the register; None where there is none.

    `edited` says that its cells are others. `elsewhere` says what else is known of a row that only one card has:
    `rejected` where the other card rejected it.
    """

    old: int | None
    new: int | None
    edited: bool = False
    elsewhere: str = ""


class Book:
    """The rows of one card, and what is looked up in them."""

    def __init__(self, rows: RowsFields) -> None:
        """Keep the rows; indexes are made when they are asked for."""
        self.rows = rows

    def project(self, table: str, row: int) -> str:
        """Name a row's project."""
        return _name(self.rows, self.rows.tables[table].project[row])

    def row_id(self, table: str, row: int) -> str:
        """Get a row's id, empty where it has none."""
        ids = self.rows.tables[table].id
        return ids[row] if ids else ""

    def marks(self, table: str) -> tuple[str, ...]:
        """Get what tells each row's cells from others."""
        return self.rows.tables[table].mark if table in self.rows.tables else ()

    def place(self, table: str, row: int) -> Place:
        """Say where a row stands."""
        fields = self.rows.tables[table]
        file, sheet = self.rows.sheets[fields.sheet[row]]
        return Place(file, sheet or "", fields.row[row])

    @cached_property
    def roles(self) -> dict[tuple[str, str], RolesFields]:
        """What rows were, by indicator and term."""
        return {(each.indicator, each.term): each for each in self.rows.roles}

    def keyed(self, table: str) -> dict[_Key, list[int]]:
        """Gather a table's rows by project and id."""
        found: dict[_Key, list[int]] = defaultdict(list)
        if table in self.rows.tables:
            fields, names = self.rows.tables[table], self.rows.projects
            ids = fields.id or ("",) * len(fields.mark)
            for row, (project, row_id) in enumerate(zip(fields.project, ids, strict=True)):
                found[names[project] if project >= 0 else "", row_id].append(row)
        return found

    def rejected(self, table: str) -> frozenset[_Key]:
        """List the ids that were rejected, each with its project, "" where that is no known one."""
        if table not in self.rows.tables:
            return frozenset()
        gone: RowListFields = self.rows.tables[table].rejected
        return frozenset(
            (_name(self.rows, project), row_id)
            for project, row_id in zip(gone.project, gone.id or (), strict=False)
            if row_id
        )


def matched(old: Book, new: Book, table: str) -> tuple[Pair, ...]:
    """Match all rows of a table: those that are left over on both sides and share an id went to another project."""
    before, after = old.keyed(table), new.keyed(table)
    pairs: list[Pair] = []
    first, second = (book.marks(table) for book in (old, new))
    for key in dict.fromkeys((*before, *after)):
        mine, others = before.get(key, []), after.get(key, [])
        if len(mine) == len(others) == 1 and first[mine[0]] == second[others[0]]:
            pairs.append(Pair(mine[0], others[0]))  # as nearly all are
        else:
            pairs += _of_one_key(old, new, table, (mine, others))
    return tuple(_with_moved(old, new, table, pairs))


def _of_one_key(old: Book, new: Book, table: str, rows: tuple[Sequence[int], Sequence[int]]) -> Iterator[Pair]:
    """Match the rows of one key: first those with the same cells, then, where they have an id, the rest in order."""
    alike: dict[str, list[int]] = defaultdict(list)
    marks = old.marks(table), new.marks(table)
    for row in reversed(rows[1]):
        alike[marks[1][row]].append(row)
    left: list[int] = []
    for row in rows[0]:
        same = alike[marks[0][row]]
        if same:
            yield Pair(row, same.pop())
        else:
            left.append(row)
    others = sorted(row for each in alike.values() for row in each)
    has_id = any(old.row_id(table, row) for row in left[:1]) or any(new.row_id(table, row) for row in others[:1])
    if has_id:
        yield from (
            Pair(first, second, edited=first is not None and second is not None)
            for first, second in zip_longest(left, others)
        )
    else:
        yield from (Pair(row, None) for row in left)
        yield from (Pair(None, row) for row in others)


def _with_moved(old: Book, new: Book, table: str, pairs: Sequence[Pair]) -> Iterator[Pair]:
    """Join what left one project and came to another, and note what the other card rejected."""
    came: dict[str, list[int]] = defaultdict(list)
    for pair in pairs:
        if pair.old is None and pair.new is not None and (row_id := new.row_id(table, pair.new)):
            came[row_id].append(pair.new)
    gone, refused = old.rejected(table), new.rejected(table)
    joined: set[int] = set()
    for pair in pairs:
        if pair.new is None and pair.old is not None and (there := came.get(old.row_id(table, pair.old))):
            joined.add(there[0])
            yield Pair(pair.old, there.pop(0), edited=True)
        elif pair.new is None and pair.old is not None:
            yield Pair(pair.old, None, elsewhere=_where(refused, old, table, pair.old))
        elif pair.old is not None:
            yield pair
    for pair in pairs:
        if pair.old is None and pair.new is not None and pair.new not in joined:
            yield Pair(None, pair.new, elsewhere=_where(gone, new, table, pair.new))


def _where(rejected: frozenset[_Key], book: Book, table: str, row: int) -> str:
    row_id = book.row_id(table, row)
    return "rejected" if {(book.project(table, row), row_id), ("", row_id)} & rejected else ""


def _name(rows: RowsFields, project: int) -> str:
    return rows.projects[project] if project >= 0 else ""
