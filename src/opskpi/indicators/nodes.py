"""The tree an expression is read into; each part knows where it stands in the text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Name:
    """A column, stored or derived."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true, false or null.

    `unit` is that of a percentage (ratio), a duration (minutes) or working days (workdays).
    """

    value: Fraction | str | bool | None
    at: int = field(default=0, compare=False)
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A function of columns."""

    function: str
    arguments: tuple["Node", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    inner: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Both:
    """Two conditions or outcomes joined by `and` or `or`."""

    word: str
    left: "Node"
    right: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """Two operands compared."""

    sign: str
    left: "Node"
    right: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Calculate:
    """Two numbers added, subtracted, multiplied or divided."""

    sign: str
    left: "Node"
    right: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Minus:
    """A number with its sign turned."""

    inner: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether a column is blank."""

    inner: "Node"
    at: int = field(default=0, compare=False)


Node: TypeAlias = Name | Literal | Call | Not | Both | Compare | Calculate | Minus | IsNull


def inner_nodes(node: Node) -> tuple[Node, ...]:
    """List the parts that a part is made of."""
    match node:
        case Name() | Literal():
            return ()
        case Call(_, arguments):
            return arguments
        case Not(inner) | IsNull(inner) | Minus(inner):
            return (inner,)
        case Both(_, left, right) | Compare(_, left, right) | Calculate(_, left, right):
            return left, right


def every_node(node: Node) -> Iterator[Node]:
    """Walk through a part and all that it is made of."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += reversed(inner_nodes(each))


def names_in(node: Node) -> frozenset[str]:
    """Collect the columns an expression names."""
    return frozenset(each.name for each in every_node(node) if isinstance(each, Name))
