"""The type check: every expression is checked against its table before any file is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from opskpi.documents import with_nearest
from opskpi.indicators.syntax import (
    Both,
    Call,
    Compare,
    ExpressionError,
    IsNull,
    Literal,
    Name,
    Node,
    Not,
    parse,
)
from opskpi.tables import Table
from opskpi.tables.kinds import Kind
from opskpi.tables.words import normal
from opskpi.wording import message

#: Functions of columns: the types of their arguments and of what they give.
FUNCTIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "in_time": (("instant", "instant"), "outcome"),
    "done": (("instant", "instant"), "outcome"),
    "flagged": (("condition",), "outcome"),
}
#: Aggregates, rows to a figure: the types each one takes, and its unit where it has its own.
AGGREGATES: Mapping[str, tuple[frozenset[str], str | None]] = {
    "count": (frozenset(), "count"),
    "share": (frozenset({"outcome", "condition"}), "ratio"),
    "mean": (frozenset({"number"}), None),
    "sum": (frozenset({"number"}), None),
    "min": (frozenset({"number"}), None),
    "max": (frozenset({"number"}), None),
}
_ORDERED = frozenset({"number", "instant"})


@dataclass(frozen=True, slots=True)
class Type:
    """What a part of an expression gives: outcome, condition, number, instant, text, word, null."""

    name: str
    unit: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The value of an indicator: one aggregate of one column, with its unit."""

    function: str
    argument: Node | None
    unit: str


def condition(text: str, table: Table) -> Node:
    """Read a `where` or `exclude`; raises ExpressionError."""
    node = parse(text)
    typed, found = check(node, table)
    if found.name != "condition":
        raise ExpressionError(message("not_a_condition", found=_type(found)), 0)
    return typed


def aggregate(text: str, table: Table) -> Aggregate:
    """Read a `value`; raises ExpressionError."""
    node = parse(text)
    if not isinstance(node, Call) or node.function not in AGGREGATES:
        name = node.function if isinstance(node, Call) else text
        raise ExpressionError(with_nearest("not_an_aggregate", name, tuple(AGGREGATES)), node.at)
    takes, unit = AGGREGATES[node.function]
    if len(node.arguments) != (1 if takes else 0):
        raise ExpressionError(message("argument_count", function=node.function, wanted=int(bool(takes))), node.at)
    if not takes:
        return Aggregate(node.function, None, str(unit))
    typed, found = check(node.arguments[0], table)
    if found.name not in takes:
        raise ExpressionError(
            message("argument_type", function=node.function, wanted=_types(takes), found=_type(found)),
            node.arguments[0].at,
        )
    return Aggregate(node.function, typed, unit or found.unit)


def check(node: Node, table: Table) -> tuple[Node, Type]:
    """Find an expression's type, with the words of vocabularies put into canonical form."""
    match node:
        case Name(name, at):
            return node, _column(name, at, table)
        case Literal(value):
            return node, _literal(value)
        case Call():
            return _call(node, table)
        case Not(inner, at):
            typed, found = check(inner, table)
            _want(found, {"condition", "outcome"}, at)
            return Not(typed, at), found
        case Both(word, left, right, at):
            return _both(word, left, right, at, table)
        case Compare():
            return _compare(node, table)
        case IsNull(inner, at):
            typed, _ = check(inner, table)
            return IsNull(typed, at), Type("condition")


def column_type(name: str, table: Table) -> Type | None:
    """Find the type of a column, stored or derived; None where there is none of that name."""
    if name in table.kinds:
        return _of_kind(table.kinds[name])
    if name in table.judged or name in table.derived:
        return Type("outcome")
    if name == "stopped_at" and table.stop:
        return Type("instant")
    return None


def known_columns(table: Table) -> tuple[str, ...]:
    """List every column an expression may name."""
    derived = ("stopped_at",) if table.stop else ()
    return (*table.kinds, *derived, *table.judged, *table.derived)


def _column(name: str, at: int, table: Table) -> Type:
    found = column_type(name, table)
    if found is None:
        raise ExpressionError(with_nearest("unknown_column", name, known_columns(table), table=table.name), at)
    return found


def _of_kind(kind: Kind) -> Type:
    if kind.is_instant:
        return Type("instant")
    if kind.is_number:
        return Type("number", unit=kind.unit)
    if kind.name == "word":
        return Type("word", words=tuple(kind.words))
    return Type("condition" if kind.name == "flag" else "text")


def _literal(value: Fraction | str | bool | None) -> Type:  # noqa: FBT001 - a literal's value
    if value is None:
        return Type("null")
    if isinstance(value, bool):
        return Type("condition")
    return Type("text" if isinstance(value, str) else "number")


def _call(node: Call, table: Table) -> tuple[Node, Type]:
    if node.function not in FUNCTIONS:
        key = "aggregate_inside" if node.function in AGGREGATES else "unknown_function"
        raise ExpressionError(with_nearest(key, node.function, tuple(FUNCTIONS)), node.at)
    wanted, gives = FUNCTIONS[node.function]
    if len(node.arguments) != len(wanted):
        raise ExpressionError(message("argument_count", function=node.function, wanted=len(wanted)), node.at)
    typed = []
    for argument, want in zip(node.arguments, wanted, strict=True):
        inner, found = check(argument, table)
        _want(found, {want}, argument.at)
        typed.append(inner)
    return Call(node.function, tuple(typed), node.at), Type(gives)


def _both(word: str, left: Node, right: Node, at: int, table: Table) -> tuple[Node, Type]:
    first, one = check(left, table)
    second, two = check(right, table)
    for found in (one, two):
        _want(found, {"condition", "outcome"}, at)
    if one.name != two.name:
        raise ExpressionError(message("mixed_types", first=_type(one), second=_type(two)), at)
    return Both(word, first, second, at), one


def _compare(node: Compare, table: Table) -> tuple[Node, Type]:
    left, one = check(node.left, table)
    right, two = check(node.right, table)
    if "null" in (one.name, two.name):
        raise ExpressionError(message("compare_null"), node.at)
    if one.name == "word" and isinstance(right, Literal) and two.name == "text":
        right, two = _canonical(right, one, node.left, table), one
    elif two.name == "word" and isinstance(left, Literal) and one.name == "text":
        left, one = _canonical(left, two, node.right, table), two
    if one.name != two.name:
        raise ExpressionError(message("mixed_types", first=_type(one), second=_type(two)), node.at)
    if node.sign not in ("==", "!=") and one.name not in _ORDERED:
        raise ExpressionError(message("not_ordered", found=_type(one)), node.at)
    return Compare(node.sign, left, right, node.at), Type("condition")


def _canonical(literal: Literal, vocabulary: Type, column: Node, table: Table) -> Literal:
    """Turn a word of a vocabulary, English or Chinese, into the model's word."""
    known = table.kinds[column.name].words if isinstance(column, Name) else {}
    for word, chinese in known.items():
        if normal(str(literal.value)) in (normal(word), normal(chinese)):
            return Literal(word, literal.at)
    choices = tuple(known.values()) + vocabulary.words
    raise ExpressionError(with_nearest("not_in_vocabulary", str(literal.value), choices), literal.at)


def _want(found: Type, wanted: set[str], at: int) -> None:
    if found.name not in wanted:
        raise ExpressionError(message("wrong_type", wanted=_types(wanted), found=_type(found)), at)


def _type(found: Type) -> object:
    return message(f"type_{found.name}")


def _types(names: set[str] | frozenset[str]) -> tuple[object, ...]:
    return tuple(message(f"type_{name}") for name in sorted(names))
