"""The type check: every expression is checked against its table before any file is read."""

from dataclasses import dataclass
from fractions import Fraction

from opskpi.documents import with_nearest
from opskpi.indicators.functions import AGGREGATES, FUNCTIONS, Signature
from opskpi.indicators.nodes import Both, Calculate, Call, Compare, IsNull, Literal, Minus, Name, Node, Not, names_in
from opskpi.indicators.notation import notation
from opskpi.indicators.syntax import parse
from opskpi.indicators.tokens import ExpressionError
from opskpi.indicators.types import (
    Type,
    asks_moment,
    column_type,
    known_columns,
    literal_type,
    own_moment,
    type_name,
    type_names,
)
from opskpi.indicators.units import UNITS_OF, common, fitting_unit
from opskpi.model import REGISTERS
from opskpi.tables import Registry, Table, core
from opskpi.tables.words import normal
from opskpi.wording import message

_ORDERED = frozenset({"number", "instant"})
_JOINED = frozenset({"condition", "outcome"})
_PLAIN = frozenset({"condition", "instant", "number", "text", "word"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression may name: the columns of its table, and other tables."""

    table: Table
    others: Registry


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The value of an indicator: one aggregate of its columns, with its unit."""

    function: str
    arguments: tuple[Node, ...]
    unit: str

    @property
    def call(self) -> Call:
        """The expression it was read from."""
        return Call(self.function, self.arguments)

    @property
    def argument(self) -> Node | None:
        """The column that is counted, where there is one."""
        return self.arguments[0] if self.arguments else None


def condition(text: str, table: Table, others: Registry | None = None) -> Node:
    """Read a `where` or `exclude`; raises ExpressionError."""
    typed, found = check(parse(text), table, others)
    if found.name != "condition":
        raise ExpressionError(message("not_a_condition", found=type_name(found)), 0)
    return typed


def aggregate(text: str, table: Table, others: Registry | None = None) -> Aggregate:
    """Read a `value`; raises ExpressionError."""
    node = parse(text)
    if not isinstance(node, Call) or node.function not in AGGREGATES:
        name = node.function if isinstance(node, Call) else text
        raise ExpressionError(with_nearest("not_an_aggregate", name, tuple(AGGREGATES)), node.at)
    if node.function == "count" and node.arguments:
        raise ExpressionError(message("count_takes_none"), node.arguments[0].at)
    signature = AGGREGATES[node.function]
    arguments, types = _arguments(node, signature, Scope(table, core() if others is None else others))
    unit = signature.unit or (types[0].unit if types else "")
    return Aggregate(node.function, arguments, unit or "number")


def check(node: Node, table: Table, others: Registry | None = None) -> tuple[Node, Type]:
    """Find an expression's type; `others` are the tables that it may ask for rows, by default the core ones."""
    return _check(node, Scope(table, core() if others is None else others))


def _check(node: Node, scope: Scope) -> tuple[Node, Type]:
    """Find an expression's type, with the words of vocabularies put into canonical form."""
    match node:
        case Name(name, at):
            return node, _column(name, at, scope)
        case Literal():
            return node, literal_type(node)
        case Call():
            return _call(node, scope)
        case Both(word, left, right, at):
            return _both(word, left, right, at, scope)
        case Compare():
            return _compare(node, scope)
        case Calculate():
            return _calculate(node, scope)
        case _:
            return _single(node, scope)


def _column(name: str, at: int, scope: Scope) -> Type:
    found = column_type(name, scope.table)
    if found is None:
        raise ExpressionError(
            with_nearest("unknown_column", name, known_columns(scope.table), table=scope.table.name), at
        )
    return found


def _call(node: Call, scope: Scope) -> tuple[Node, Type]:
    if node.function not in FUNCTIONS:
        key = "aggregate_inside" if node.function in AGGREGATES else "unknown_function"
        raise ExpressionError(with_nearest(key, node.function, tuple(FUNCTIONS)), node.at)
    if node.function == "exists":
        return _exists(node, scope), Type("condition")
    signature = FUNCTIONS[node.function]
    arguments, types = _arguments(node, signature, scope)
    if node.function == "due" and types[1].name == "workdays" and len(arguments) < len(signature.takes):
        raise ExpressionError(message("workdays_need_calendar"), arguments[1].at)
    return Call(node.function, arguments, node.at), Type(signature.gives, signature.unit)


def _exists(node: Call, scope: Scope) -> Call:
    """Check what `exists` asks of another table: its name, shared keys, conditions on its row, and one time window."""
    asked_for = tuple(name for name in scope.others if name not in REGISTERS)
    first, *others = node.arguments or (Name("", node.at),)
    if not isinstance(first, Name) or first.name not in asked_for:
        name = first.name if isinstance(first, Name) else notation(first)
        raise ExpressionError(with_nearest("unknown_table", name, asked_for), first.at)
    other = Scope(scope.others[first.name], scope.others)
    keys = [each for each in others if isinstance(each, Call) and each.function == "same"]
    windows = [each for each in others if isinstance(each, Call) and each.function in ("after", "before")]
    if len(windows) != 1 or len(keys) > 1 or own_moment(other.table) is None:
        raise ExpressionError(message("exists_wants"), node.at)
    same = keys[0] if keys else Call("same", (), node.at)
    for key in same.arguments:
        _check_key(key, scope, other)
    asked: Node = Literal(value=True)
    for each in others:
        if each not in (same, windows[0]):
            if asks_moment(names_in(each), other.table):
                raise ExpressionError(message("moment_elsewhere"), each.at)
            typed, told = _check(each, other)
            _want(told, {"condition"}, each.at)
            asked = typed if asked == Literal(value=True) else Both("and", asked, typed, each.at)
    length, moment = windows[0].arguments
    if not _is_length(length) or length.unit != "minutes":  # type: ignore[union-attr]  # a literal, as told
        raise ExpressionError(message("exists_wants"), length.at)
    typed, told = _check(moment, scope)
    _want(told, {"instant"}, moment.at)
    return Call("exists", (first, same, asked, Call(windows[0].function, (length, typed), windows[0].at)), node.at)


def _check_key(key: Node, scope: Scope, other: Scope) -> None:
    """Check that both tables have a column of words."""
    for each in (scope, other):
        _, told = _check(key, each)
        _want(told, {"text", "word"}, key.at)
        if not isinstance(key, Name):
            raise ExpressionError(message("exists_wants"), key.at)


def _arguments(node: Call, signature: Signature, scope: Scope) -> tuple[tuple[Node, ...], tuple[Type, ...]]:
    """Check a call's arguments against what the function takes."""
    most = len(signature.takes)
    if not most - signature.optional <= len(node.arguments) <= most:
        raise ExpressionError(message("argument_count", function=node.function, wanted=_number(signature)), node.at)
    checked = [
        _argument(argument, takes, node.function, scope)
        for argument, takes in zip(node.arguments, signature.takes, strict=False)
    ]
    return tuple(typed for typed, _ in checked), tuple(found for _, found in checked)


def _number(signature: Signature) -> str:
    most = len(signature.takes)
    return f"{most - signature.optional}–{most}" if signature.optional else str(most)


def _argument(node: Node, takes: frozenset[str], function: str, scope: Scope) -> tuple[Node, Type]:
    typed, found = _check(node, scope)
    (first, *_) = takes
    fits = _FITS[first](typed) if first in _FITS else found.name in takes
    if not fits:
        raise ExpressionError(
            message("argument_type", function=function, wanted=type_names(takes), found=type_name(found)), node.at
        )
    return typed, found


def _is_calendar(node: Node) -> bool:
    return isinstance(node, Literal) and isinstance(node.value, str)


def _is_length(node: Node) -> bool:
    return isinstance(node, Literal) and node.unit in ("minutes", "workdays")


def _is_level(node: Node) -> bool:
    is_number = isinstance(node, Literal) and isinstance(node.value, Fraction) and node.unit in ("", "ratio")
    return is_number and 0 < node.value <= 1  # type: ignore[union-attr, operator]


#: What must be written out, and how it is told.
_FITS = {"calendar": _is_calendar, "length": _is_length, "level": _is_level}


def _both(word: str, left: Node, right: Node, at: int, scope: Scope) -> tuple[Node, Type]:
    first, one = _check(left, scope)
    second, two = _check(right, scope)
    for found in (one, two):
        _want(found, _JOINED, at)
    return Both(word, first, second, at), two if two.name == "outcome" else one


def _compare(node: Compare, scope: Scope) -> tuple[Node, Type]:
    left, one = _check(node.left, scope)
    right, two = _check(node.right, scope)
    if "null" in (one.name, two.name):
        raise ExpressionError(message("compare_null"), node.at)
    if one.name == "word" and isinstance(right, Literal) and two.name == "text":
        right, two = _canonical(right, one, node.left, scope), one
    elif two.name == "word" and isinstance(left, Literal) and one.name == "text":
        left, one = _canonical(left, two, node.right, scope), two
    if one.name != two.name:
        raise ExpressionError(message("mixed_types", first=type_name(one), second=type_name(two)), node.at)
    if node.sign not in ("==", "!="):
        if one.name not in _ORDERED:
            raise ExpressionError(message("not_ordered", found=type_name(one)), node.at)
    elif one.name == "outcome":
        raise ExpressionError(message("wrong_type", wanted=type_names(_PLAIN), found=type_name(one)), node.at)
    if one.name == "number":
        fitting_unit(common, (left, one.unit), (right, two.unit), node.at)
    return Compare(node.sign, left, right, node.at), Type("condition")


def _calculate(node: Calculate, scope: Scope) -> tuple[Node, Type]:
    left, one = _check(node.left, scope)
    right, two = _check(node.right, scope)
    if "instant" in (one.name, two.name):
        both = one.name == two.name
        raise ExpressionError(message("use_elapsed" if both else "use_due"), node.at)
    for inner, found in ((left, one), (right, two)):
        if found.name != "number":
            raise ExpressionError(
                message("wrong_type", wanted=type_names({"number"}), found=type_name(found)), inner.at
            )
    unit = fitting_unit(UNITS_OF[node.sign], (left, one.unit), (right, two.unit), node.at)
    return Calculate(node.sign, left, right, node.at), Type("number", unit)


def _single(node: Node, scope: Scope) -> tuple[Node, Type]:
    """Check what has one part: the contrary, a number with its sign turned, or whether something is blank."""
    if isinstance(node, Not):
        typed, found = _check(node.inner, scope)
        _want(found, _JOINED, node.at)
        return Not(typed, node.at), found
    if isinstance(node, Minus):
        typed, found = _check(node.inner, scope)
        _want(found, {"number"}, node.at)
        return Minus(typed, node.at), found
    assert isinstance(node, IsNull)  # noqa: S101 - all others have their own branch
    typed, found = _check(node.inner, scope)
    _want(found, _PLAIN, node.at)
    return IsNull(typed, node.at), Type("condition")


def _canonical(literal: Literal, vocabulary: Type, column: Node, scope: Scope) -> Literal:
    """Turn a word of a vocabulary, English or Chinese, into the model's word."""
    known = scope.table.kinds[column.name].words if isinstance(column, Name) else {}
    for word, chinese in known.items():
        if normal(str(literal.value)) in (normal(word), normal(chinese)):
            return Literal(word, literal.at)
    choices = tuple(known.values()) + vocabulary.words
    raise ExpressionError(with_nearest("not_in_vocabulary", str(literal.value), choices), literal.at)


def _want(found: Type, wanted: frozenset[str] | set[str], at: int) -> None:
    if found.name not in wanted:
        raise ExpressionError(message("wrong_type", wanted=type_names(wanted), found=type_name(found)), at)
