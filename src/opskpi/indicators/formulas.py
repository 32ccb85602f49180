"""Formulas: arithmetic over named terms, each one aggregate, and what they come to for a project.

A term stands for its figure of the period; `prev(term)` is that of the period before of equal length,
`ytd(term)` that of the year so far.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from opskpi.documents import with_nearest
from opskpi.indicators.functions import OF_PERIOD
from opskpi.indicators.moments import calendar_of
from opskpi.indicators.nodes import Calculate, Call, Literal, Minus, Name, Node, every_node, inner_nodes
from opskpi.indicators.syntax import parse
from opskpi.indicators.tokens import ExpressionError
from opskpi.indicators.types import literal_type, type_name, type_names
from opskpi.indicators.units import UNITS_OF, fitting_unit
from opskpi.wording import message

#: Other periods than the one that is judged.
SPANS = ("prev", "ytd")

#: A figure in two parts; without a denominator where nothing was divided.
Ratio: TypeAlias = tuple[Fraction, Fraction | None]
#: The least and the greatest that a figure could be.
Bounds: TypeAlias = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A term of a formula, of the period that is judged or of another one; of `agreed` the term is a calendar."""

    term: str
    span: str = ""

    @property
    def is_term(self) -> bool:
        """Whether it is read from rows, and not measured of the period itself."""
        return self.span != OF_PERIOD

    def __str__(self) -> str:
        """Write it as the formula does."""
        return f"{self.span}({self.term})" if self.span else self.term


@dataclass(frozen=True, slots=True)
class Formula:
    """A figure made of the figures of terms, with its unit."""

    node: Node
    unit: str

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """The terms it is made of, in the order of their names."""
        return _leaves(self.node)

    @property
    def divisors(self) -> tuple[Leaf, ...]:
        """The terms that something is divided by."""
        below = [
            leaf
            for part in every_node(self.node)
            if isinstance(part, Calculate) and part.sign == "/"
            for leaf in _leaves(part.right)
        ]
        return tuple(dict.fromkeys(below))


def formula(text: str, units: Mapping[str, str]) -> Formula:
    """Read a value over terms, whose units are known; raises ExpressionError."""
    node = parse(text)
    unit = unit_of(node, units)
    used = {leaf.term for leaf in _leaves(node)}
    unused = [name for name in units if name not in used]
    if unused:
        raise ExpressionError(message("term_unused", terms=tuple(unused)), 0)
    return Formula(node, unit or "number")


def parts(value: Formula, figures: Mapping[Leaf, Fraction | None]) -> tuple[Fraction | None, Fraction | None]:
    """Find numerator and denominator: of `a / b` those are the two terms, of `1 - a / b` they are b - a and b."""
    found = _parts(value.node, figures)
    return found or (None, None)


def figure(node: Node, figures: Mapping[Leaf, Fraction | None]) -> Fraction | None:
    """Calculate with named figures; None where there is nothing to divide by."""
    found = _parts(node, figures)
    if found is None or found[1] is None:
        return found and found[0]
    return found[0] / found[1] if found[1] else None


def bounds(value: Formula, figures: Mapping[Leaf, Bounds]) -> Bounds | None:
    """Bound a figure whose terms each lie between two values, as if they moved alone; None where it has no bounds."""
    return _bounds(value.node, figures)


def unit_of(node: Node, units: Mapping[str, str]) -> str:
    """Find the unit of arithmetic over named figures; raises ExpressionError for what is no term and no number."""
    match node:
        case Name(name, at):
            if name not in units:
                raise ExpressionError(with_nearest("unknown_term", name, tuple(units)), at)
            return units[name]
        case Call(function, (Name() as term,)) if function in SPANS:
            return unit_of(term, units)
        case Call(function, arguments) if function == OF_PERIOD and _names_calendar(arguments):
            return "minutes"
        case Call(function, _, at):
            raise ExpressionError(with_nearest("no_function_of_terms", function, (*SPANS, OF_PERIOD)), at)
        case Literal(value, at, unit) if isinstance(value, Fraction) and unit != "workdays":
            return unit
        case Minus(inner):
            return unit_of(inner, units)
        case Calculate(sign, left, right, at):
            sides = (left, unit_of(left, units)), (right, unit_of(right, units))
            return fitting_unit(UNITS_OF[sign], *sides, at)
    found = type_name(literal_type(node)) if isinstance(node, Literal) else type_names({"condition"})[0]
    raise ExpressionError(message("wrong_type", wanted=type_names({"number"}), found=found), node.at)


def _leaves(node: Node) -> tuple[Leaf, ...]:
    if isinstance(node, Name | Call):
        return (leaf_of(node),)
    found = {leaf for inner in inner_nodes(node) for leaf in _leaves(inner)}
    return tuple(sorted(found, key=str))


def _names_calendar(arguments: tuple[Node, ...]) -> bool:
    return not arguments or (len(arguments) == 1 and isinstance(arguments[0], Literal) and _is_text(arguments[0]))


def _is_text(literal: Literal) -> bool:
    return isinstance(literal.value, str)


def leaf_of(node: Node) -> Leaf:
    """Find which term a part of a formula stands for."""
    if isinstance(node, Call) and node.function == OF_PERIOD:
        return Leaf(calendar_of(node), OF_PERIOD)
    if isinstance(node, Call) and isinstance(node.arguments[0], Name):
        return Leaf(node.arguments[0].name, node.function)
    assert isinstance(node, Name)  # noqa: S101 - the check allows nothing else
    return Leaf(node.name)


def _parts(node: Node, figures: Mapping[Leaf, Fraction | None]) -> Ratio | None:
    """Find numerator and denominator of a part; None where one of its terms has no figure."""
    match node:
        case Literal(value):
            return Fraction(value or 0), None
        case Minus(inner):
            found = _parts(inner, figures)
            return found and (-found[0], found[1])
        case Calculate(sign, left, right):
            one, two = _parts(left, figures), _parts(right, figures)
            return None if one is None or two is None else _joined(sign, one, two)
    figure = figures[leaf_of(node)]
    return None if figure is None else (figure, None)


def _joined(sign: str, one: Ratio, two: Ratio) -> Ratio:
    (above, below), (top, bottom) = one, two
    if sign == "*":
        return above * top, _product(below, bottom)
    if sign == "/" and bottom == 0:
        return above, bottom
    if sign == "/":
        return above * (1 if bottom is None else bottom), _product(below, top)
    top = top if sign == "+" else -top
    if below == bottom:
        return above + top, below
    return above * (1 if bottom is None else bottom) + top * (1 if below is None else below), _product(below, bottom)


def _product(one: Fraction | None, two: Fraction | None) -> Fraction | None:
    return (one * two) if one is not None and two is not None else one if two is None else two


def _bounds(node: Node, figures: Mapping[Leaf, Bounds]) -> Bounds | None:
    match node:
        case Literal(value):
            return Fraction(value or 0), Fraction(value or 0)
        case Minus(inner):
            found = _bounds(inner, figures)
            return found and (-found[1], -found[0])
        case Calculate(sign, left, right):
            one, two = _bounds(left, figures), _bounds(right, figures)
            return None if one is None or two is None else _spanned(sign, one, two)
    return figures[leaf_of(node)]


def _spanned(sign: str, one: Bounds, two: Bounds) -> Bounds | None:
    """Span what two ranges give together."""
    if sign == "+":
        return one[0] + two[0], one[1] + two[1]
    if sign == "-":
        return one[0] - two[1], one[1] - two[0]
    if sign == "/" and two[0] <= 0 <= two[1]:
        return None
    ends = [first * second if sign == "*" else first / second for first in one for second in two]
    return min(ends), max(ends)
