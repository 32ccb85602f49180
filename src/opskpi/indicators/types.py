"""Types: what a part of an expression gives, and what the columns of a table are to an expression."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from opskpi.indicators.functions import FUNCTIONS
from opskpi.indicators.nodes import Both, Calculate, Call, Literal, Minus, Name, Node, Not
from opskpi.tables import Table
from opskpi.tables.kinds import Kind
from opskpi.wording import Message, message

#: The name of the moment at which open rows are counted, where a table has no column called so.
MOMENT = "moment"
#: Units that have words of their own; others are named as they are.
_NAMED = frozenset({"", "ratio", "count", "number", "minutes", "score"})


@dataclass(frozen=True, slots=True)
class Type:
    """What a part of an expression gives: outcome, condition, number, instant, text, word, null.

    Written out there are also lengths of working days, which only `due` takes.
    """

    name: str
    unit: str = ""
    words: tuple[str, ...] = ()


def sort_of(node: Node, table: Table) -> str:
    """Tell what an operand that was checked gives."""
    match node:
        case Name(name):
            found = column_type(name, table)
            return found.name if found else ""
        case Literal():
            return literal_type(node).name
        case Call(function):
            return FUNCTIONS[function].gives
        case Calculate() | Minus():
            return "number"
        case Not(inner):
            return sort_of(inner, table)
        case Both(_, left, right):
            return "outcome" if "outcome" in (sort_of(left, table), sort_of(right, table)) else "condition"
    return "condition"


def own_moment(table: Table) -> str | None:
    """Find the column that says when a row of a table is: its first moment, a required one before all others."""
    moments = [name for name, kind in table.kinds.items() if kind.is_instant]
    return next((name for name in moments if name in table.required), next(iter(moments), None))


def column_type(name: str, table: Table) -> Type | None:
    """Find the type of a column, stored or derived; None where there is none of that name."""
    if name in table.kinds:
        return _of_kind(table.kinds[name])
    if name in table.judged or name in table.derived:
        return Type("outcome")
    if (name == "stopped_at" and table.stop) or name == MOMENT:
        return Type("instant")
    return None


def asks_moment(names: Collection[str], table: Table) -> bool:
    """Tell whether any of some names is the moment of a snapshot."""
    return MOMENT in names and MOMENT not in table.kinds


def known_columns(table: Table) -> tuple[str, ...]:
    """List every column an expression may name."""
    derived = ("stopped_at",) if table.stop else ()
    return (*table.kinds, *derived, *table.judged, *table.derived)


def _of_kind(kind: Kind) -> Type:
    if kind.is_instant:
        return Type("instant")
    if kind.is_number:
        return Type("number", unit=kind.unit)
    if kind.name == "word":
        return Type("word", words=tuple(kind.words))
    return Type("condition" if kind.name == "flag" else "text")


def literal_type(literal: Literal) -> Type:
    """Find the type of what is written out."""
    if literal.value is None:
        return Type("null")
    if isinstance(literal.value, bool):
        return Type("condition")
    if isinstance(literal.value, str):
        return Type("text")
    return Type("workdays") if literal.unit == "workdays" else Type("number", literal.unit)


def unit_name(unit: str) -> Message | str:
    """Name a unit for people."""
    return message(f"unit_{unit or 'bare'}") if unit in _NAMED else unit


def type_name(found: Type) -> Message:
    """Name a type for people."""
    return message(f"type_{found.name}")


def type_names(names: Iterable[str]) -> tuple[Message, ...]:
    """Name several types for people."""
    return tuple(message(f"type_{name}") for name in sorted(names))
