"""From a tree back to text: an expression in the plan's own notation."""

from fractions import Fraction

from opskpi.indicators.syntax import Both, Call, Compare, IsNull, Literal, Name, Node, Not
from opskpi.model.goals import half_up

_DIGITS = 9


def notation(node: Node) -> str:
    """Write an expression as the plan would."""
    match node:
        case Name(name):
            return name
        case Literal(value):
            return _literal(value)
        case Call(function, arguments):
            return f"{function}({', '.join(map(notation, arguments))})"
        case Not(inner):
            return f"not {_part(inner)}"
        case IsNull(inner):
            return f"{notation(inner)} is null"
        case Both(word, left, right):
            return f"{_part(left, word)} {word} {_part(right, word)}"
        case Compare(sign, left, right):
            return f"{notation(left)} {sign} {notation(right)}"


def figure(value: Fraction) -> str:
    """Write an exact number as a decimal, or as a fraction where it has none."""
    rounded = half_up(value, _DIGITS)
    if Fraction(rounded) != value:
        return f"{value.numerator}/{value.denominator}"
    return f"{rounded.normalize():f}"


def _part(node: Node, word: str = "") -> str:
    """Write a part, in brackets where it would be read otherwise."""
    text = notation(node)
    return f"({text})" if isinstance(node, Both) and node.word != word else text


def _literal(value: Fraction | str | bool | None) -> str:  # noqa: FBT001 - a literal's value
    if isinstance(value, Fraction):
        return figure(value)
    return f'"{value}"' if isinstance(value, str) else {True: "true", False: "false", None: "null"}[value]
