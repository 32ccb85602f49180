"""From a tree back to text: an expression in the plan's own notation."""

from fractions import Fraction

from opskpi.indicators.nodes import Both, Calculate, Call, Compare, IsNull, Literal, Minus, Name, Node, Not

#: No number of a cell has more decimals.
_DECIMALS = 30
_HOUR = 60
_SECONDS = 60
_WORDS = {True: "true", False: "false", None: "null"}


def notation(node: Node) -> str:
    """Write an expression as the plan would."""
    match node:
        case Name(name):
            return name
        case Literal():
            return literal(node)
        case Call():
            return _called(node)
        case Not() | IsNull() | Both():
            return _condition(node)
        case Minus() | Calculate():
            return _calculation(node)
        case Compare(sign, left, right):
            return f"{notation(left)} {sign} {notation(right)}"


def _called(node: Call) -> str:
    match node:
        case Call("after" | "before" as word, (length, moment)):
            return f"{notation(length)} {word} {notation(moment)}"
        case Call("exists", (table, same, asked, within)):
            kept = [each for each in (same, asked) if each not in (Call("same", ()), Literal(value=True))]
            return f"exists({', '.join(map(notation, (table, *kept, within)))})"
    return f"{node.function}({', '.join(map(notation, node.arguments))})"


def _condition(node: Not | IsNull | Both) -> str:
    match node:
        case Not(inner):
            return f"not {_part(inner)}"
        case IsNull(inner):
            return f"{notation(inner)} is null"
        case Both(word, left, right):
            return f"{_part(left, word)} {word} {_part(right, word)}"


def _calculation(node: Minus | Calculate) -> str:
    match node:
        case Minus(inner):
            return f"-{_factor(inner)}"
        case Calculate(sign, left, right):
            return f"{_factor(left, sign)} {sign} {_factor(right, sign, last=True)}"


def figure(value: Fraction) -> str:
    """Write an exact number as a decimal, or as a fraction where it has none."""
    places = next((each for each in range(_DECIMALS + 1) if 10**each % value.denominator == 0), None)
    if not places:
        return str(value)
    whole, rest = divmod(abs(value.numerator) * (10**places // value.denominator), 10**places)
    return f"{'-' if value < 0 else ''}{whole}.{rest:0{places}}"


def _part(node: Node, word: str = "") -> str:
    """Write a part, in brackets where it would be read otherwise."""
    text = notation(node)
    return f"({text})" if isinstance(node, Both) and node.word != word else text


def literal(node: Literal) -> str:
    """Write a constant, with its unit where it has one."""
    value = node.value
    if not isinstance(value, Fraction):
        return f'"{value}"' if isinstance(value, str) else _WORDS[value]
    if node.unit == "ratio":
        return f"{figure(value * 100)}%"
    if node.unit == "minutes":
        return _length(value)
    return f"{figure(value)}wd" if node.unit == "workdays" else figure(value)


def _length(minutes: Fraction) -> str:
    """Write a length of time in the largest unit that takes it whole, or else in minutes."""
    if minutes % _HOUR == 0:
        return f"{figure(minutes / _HOUR)}h"
    seconds = minutes * _SECONDS
    return f"{figure(seconds)}s" if minutes < 1 and seconds.denominator == 1 else f"{figure(minutes)}m"


def _factor(node: Node, sign: str = "*", *, last: bool = False) -> str:
    """Write a side of a calculation, in brackets where it would be read otherwise."""
    text = notation(node)
    if not isinstance(node, Calculate):
        return text
    weaker = node.sign in "+-" and sign in "*/"
    turned = last and sign in "-/" and (node.sign in "+-") == (sign == "-")
    return f"({text})" if weaker or turned else text
