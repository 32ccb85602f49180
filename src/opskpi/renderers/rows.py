"""The book of rows as JSON: a line for each column, since an indent would make a line of every cell."""

import json
from collections.abc import Mapping

from opskpi.model.rows import MOST_IN_CARD, Roles, RowBook, RowList, TableRows
from opskpi.renderers.fields import number


def rows_text(book: RowBook | None, *, most: int | None = None) -> str:
    """Write the book as JSON; null where there is none, or one of more than `most` rows."""
    if book is None or (most is not None and len(book) > most):
        return "null"
    return _pretty(_laid_out(book), "  ")


def card_rows_text(book: RowBook | None) -> str:
    """Write the book as a scorecard holds it, which is not for any number of rows."""
    return rows_text(book, most=MOST_IN_CARD)


def _laid_out(book: RowBook) -> Mapping[str, object]:
    return {
        "projects": list(book.projects),
        "sheets": [[file, sheet or None] for file, sheet in book.sheets],
        "tables": {name: _table(table) for name, table in book.tables.items()},
        "roles": [_roles(each) for each in book.roles],
    }


def _table(table: TableRows) -> Mapping[str, object]:
    return {**_list(table.accepted), "mark": list(table.marks), "rejected": _list(table.rejected)}


def _list(rows: RowList) -> Mapping[str, object]:
    return {
        "project": list(rows.projects),
        "id": list(rows.ids) if any(rows.ids) else None,
        "sheet": list(rows.sheets),
        "row": list(rows.numbers),
    }


def _roles(roles: Roles) -> Mapping[str, object]:
    values, weights = (
        None if each is None else [number(amount) for amount in each] for each in (roles.values, roles.weights)
    )
    return {
        "indicator": roles.indicator,
        "term": roles.term,
        "table": roles.table,
        "function": roles.function,
        "legend": dict(roles.legend),
        "roles": roles.roles,
        "values": values,
        "weights": weights,
    }


def _pretty(value: object, indent: str) -> str:
    """Write JSON with its objects' members on lines of their own, and lists of plain things on one."""
    if isinstance(value, Mapping):
        lines = [f"{indent}{_plain(key)}: {_pretty(each, indent + ' ')}" for key, each in value.items()]
        return "{" + (f"\n{_joined(lines)}\n{indent[1:]}" if lines else "") + "}"
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "[\n" + _joined([f"{indent}{_pretty(each, indent + ' ')}" for each in value]) + f"\n{indent[1:]}]"
    return _plain(value)


def _joined(lines: list[str]) -> str:
    return ",\n".join(lines)


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
