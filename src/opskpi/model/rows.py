"""The rows behind a run's figures as a later run compares them: a register of each table, and what each row was.

All of it stands by column, in the order of the register, so that a long list stays small.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TypeVar

#: A run of more accepted rows keeps its rows in a bundle only.
MOST_IN_CARD = 20_000

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class RowList:
    """Some rows of a table: whose each is, its id ("" where it has none), and where it stands.

    `projects` and `sheets` are places in the book's lists, -1 is no project that is known; `numbers` are as a
    spreadsheet shows them, 0 where no row of a file is meant.
    """

    projects: tuple[int, ...] = ()
    ids: tuple[str, ...] = ()
    sheets: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.projects)

    def taken(self, rows: list[int], projects: Mapping[int, int]) -> "RowList":
        """Take some rows, and give their projects other places."""
        return RowList(
            tuple(projects[self.projects[row]] for row in rows),
            taken(self.ids, rows),
            taken(self.sheets, rows),
            taken(self.numbers, rows),
        )


@dataclass(frozen=True, slots=True)
class TableRows:
    """A table's accepted rows, each with a mark that tells its cells from others, and those that were rejected."""

    accepted: RowList
    marks: tuple[str, ...]
    rejected: RowList


@dataclass(frozen=True, slots=True)
class Roles:
    """What each accepted row of a table was to one value of an indicator, in the whole period of the run.

    `roles` is a letter for each row of the register, `legend` says what a letter means: a bucket (rule 2), or an
    exclusion's reason. `values` and `weights` are those of the rows that were counted, in their order, where the
    value adds such up.
    """

    indicator: str
    term: str
    table: str
    function: str
    roles: str
    legend: tuple[tuple[str, str], ...]
    values: tuple[Fraction | None, ...] | None = None
    weights: tuple[Fraction | None, ...] | None = None


#: The letter of rows that were counted, and have no outcome.
COUNTED = "c"


@dataclass(frozen=True, slots=True)
class RowBook:
    """Every accepted row of the tables that were counted, and what it was to each indicator.

    `sheets` are files with their sheets ("" where a file has none).
    """

    projects: tuple[str, ...]
    sheets: tuple[tuple[str, str], ...]
    tables: Mapping[str, TableRows] = field(default_factory=dict)
    roles: tuple[Roles, ...] = ()

    def __len__(self) -> int:
        """Count the accepted rows."""
        return sum(len(each.accepted) for each in self.tables.values())

    def of(self, projects: frozenset[str]) -> "RowBook":
        """Keep the rows of some projects, and nothing that tells of others: neither names nor files."""
        kept = [name for name in self.projects if name in projects]
        places = {self.projects.index(name): at for at, name in enumerate(kept)}
        rows = {name: _rows_of(table.accepted, places) for name, table in self.tables.items()}
        tables = {
            name: TableRows(
                table.accepted.taken(rows[name], places),
                taken(table.marks, rows[name]),
                table.rejected.taken(_rows_of(table.rejected, places), places),
            )
            for name, table in self.tables.items()
        }
        roles = tuple(_cut(each, rows[each.table]) for each in self.roles)
        return _with_own_sheets(RowBook(tuple(kept), self.sheets, tables, roles))


def taken(items: tuple[_Item, ...], rows: list[int]) -> tuple[_Item, ...]:
    """Take some of a column."""
    return tuple(items[row] for row in rows)


def _rows_of(rows: RowList, places: Mapping[int, int]) -> list[int]:
    return [row for row, project in enumerate(rows.projects) if project in places]


def _cut(roles: Roles, rows: list[int]) -> Roles:
    """Keep what some rows were."""
    counted = [row for row, letter in enumerate(roles.roles) if letter == COUNTED]
    order = {row: at for at, row in enumerate(counted)}
    mine = [order[row] for row in rows if row in order]
    return replace(
        roles,
        roles="".join(roles.roles[row] for row in rows),
        values=None if roles.values is None else taken(roles.values, mine),
        weights=None if roles.weights is None else taken(roles.weights, mine),
    )


def _with_own_sheets(book: RowBook) -> RowBook:
    """Leave out the sheets that no row stands in."""
    lists = [each for table in book.tables.values() for each in (table.accepted, table.rejected)]
    used = sorted({sheet for each in lists for sheet in each.sheets})
    places = {old: new for new, old in enumerate(used)}

    def moved(rows: RowList) -> RowList:
        return replace(rows, sheets=tuple(places[sheet] for sheet in rows.sheets))

    tables = {
        name: replace(table, accepted=moved(table.accepted), rejected=moved(table.rejected))
        for name, table in book.tables.items()
    }
    return replace(book, sheets=taken(book.sheets, used), tables=tables)
