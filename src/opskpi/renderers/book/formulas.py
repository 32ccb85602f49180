"""Formulas: how a spreadsheet finds a figure from its evidence, and compares it without rounding.

Figures are counted with COUNTIFS and SUMIFS over the evidence rows of a project. Verdicts compare products of whole
numbers (10 × met >= 9 × judged), since 0.9 is no number a spreadsheet has.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from opskpi.indicators.formulas import leaf_of
from opskpi.indicators.nodes import Calculate, Literal, Minus, Node
from opskpi.model.evidence import Stack
from opskpi.model.goals import Target
from opskpi.renderers.book.layout import Span

#: Whole numbers up to this are exact in a spreadsheet.
_EXACT = 2**53
#: Values of more different fractions than these are not made whole.
_FINEST = 10**9
#: The columns of an evidence sheet.
RESULT, VALUE, WEIGHT, NUMBER, PRODUCT = "C", "E", "F", "K", "L"
_RANKED = {"min": "MIN({values})", "max": "MAX({values})", "median": "MEDIAN({values})"}


@dataclass(frozen=True, slots=True)
class Cells:
    """The formulas of a figure: numerator and denominator, or the value alone where it is no quotient of such."""

    above: str = ""
    below: str = ""
    value: str = ""

    @property
    def live(self) -> bool:
        """Whether the figure is found by formulas at all."""
        return bool(self.above or self.value)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure as whole numbers: two formulas, what each is a multiple of, and their sizes."""

    above: str
    below: str
    above_scale: int
    below_scale: int
    sizes: tuple[Fraction, Fraction]


def text(said: str) -> str:
    """Write a text as a formula does."""
    return '"' + said.replace('"', '""') + '"'


def cells(stack: Stack, span: Span, number: str, said: Mapping[str, str]) -> Cells:
    """Write how a project's figure is found in its evidence; `number` is the cell with the project's own."""
    mine = f"{span.column(NUMBER)},{number}"

    def rows(bucket: str) -> str:
        return f"COUNTIFS({mine},{span.column(RESULT)},{text(said[bucket])})"

    def total(letter: str) -> str:
        return f"SUMIFS({span.column(letter)},{mine},{span.column(RESULT)},{text(said['counted'])})"

    match stack.function:
        case "share":
            return Cells(rows("met"), f"{rows('met')}+{rows('missed')}")
        case "count":
            return Cells(rows("counted"))
        case "sum":
            return Cells(total(VALUE))
        case "mean" | "wmean":
            return Cells(total(PRODUCT), total(WEIGHT)) if stack.weighted else Cells(total(VALUE), rows("counted"))
    return Cells(value=_ranked(stack, span, number, said, rows("counted")))


def _ranked(stack: Stack, span: Span, number: str, said: Mapping[str, str], count: str) -> str:
    """Write a figure that depends on the order of values: an array formula; nothing for what no formula finds."""
    here = f"({span.column(NUMBER)}={number})*({span.column(RESULT)}={text(said['counted'])})"
    values = f"IF({here},{span.column(VALUE)})"
    if stack.function == "quantile" and stack.level is not None:
        share = stack.level
        rank = f"MAX(1,INT(({count}*{share.numerator}+{share.denominator - 1})/{share.denominator}))"
        return f'IF({count}=0,"-",SMALL({values},{rank}))'
    if stack.function in _RANKED:
        return f'IF({count}=0,"-",{_RANKED[stack.function].format(values=values)})'
    return ""


def quotient(above: str, below: str) -> str:
    """Divide two cells; nothing to divide by gives a dash."""
    return f'IF({below}=0,"-",{above}/{below})' if below else above


def arithmetic(node: Node, cell: Callable[[str], str]) -> str:
    """Write arithmetic over terms with the cells of their values."""
    match node:
        case Literal(value) if isinstance(value, Fraction):
            return _number(value)
        case Minus(inner):
            return f"-({arithmetic(inner, cell)})"
        case Calculate(sign, left, right):
            return f"({arithmetic(left, cell)}{sign}{arithmetic(right, cell)})"
    return cell(str(leaf_of(node)))


def parts(node: Node, cell: Callable[[str], tuple[str, str]]) -> tuple[str, str]:
    """Write arithmetic over terms as numerator and denominator; what is not divided has none."""
    match node:
        case Literal(value) if isinstance(value, Fraction):
            return str(value.numerator), "" if value.denominator == 1 else str(value.denominator)
        case Minus(inner):
            above, below = parts(inner, cell)
            return f"-({above})", below
        case Calculate(sign, left, right):
            return _joined(sign, parts(left, cell), parts(right, cell))
    return cell(str(leaf_of(node)))


def _joined(sign: str, one: tuple[str, str], two: tuple[str, str]) -> tuple[str, str]:
    (above, below), (top, bottom) = one, two
    if sign == "*":
        return _product(above, top), _product(below, bottom)
    if sign == "/":
        return _product(above, bottom), _product(below, top)
    return f"({_product(above, bottom)}{sign}{_product(top, below)})", _product(below, bottom)


def _product(one: str, two: str) -> str:
    return f"{one}*{two}" if one and two else one or two


def scale_of(stack: Stack) -> tuple[int, int] | None:
    """Find what makes sums whole, of values (times weights) and of weights; None beyond reason."""
    values, weights = 1, 1
    for row in stack.rows:
        if row.value is not None:
            added = row.value if row.weight is None else row.value * row.weight
            values = lcm(values, added.denominator)
            weights = lcm(weights, 1 if row.weight is None else row.weight.denominator)
        if max(values, weights) > _FINEST:
            return None
    return values, weights


def holds(target: Target, ratio: Ratio) -> str:
    """Write the comparison of a figure with its target in whole numbers; nothing where they would grow too large."""
    found = []
    low, high = "<" if target.low_open else "<=", ">" if target.high_open else ">="
    for bound, sign in ((target.low, low), (target.high, high)):
        if bound is None:
            continue
        # above/A ÷ below/B against p/q is above × B × q against p × A × below
        left, right = ratio.below_scale * bound.denominator, ratio.above_scale * bound.numerator
        shared = max(gcd(left, right), 1)
        left, right = left // shared, right // shared
        above, below = ratio.sizes
        if max(abs(above) * left, abs(below * right)) >= _EXACT:
            return ""
        found.append(f"{_times(right, ratio.below)}{sign}{_times(left, ratio.above)}")
    return f"AND({','.join(found)})" if len(found) > 1 else "".join(found)


def whole(cell: str, scale: int) -> str:
    """Write a cell as the whole number that it is a multiple of."""
    return cell if scale == 1 else f"ROUND({cell}*{scale},0)"


def _times(factor: int, cell: str) -> str:
    if not cell:
        return str(factor)
    return cell if factor == 1 else f"{factor}*{cell}"


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"({value.numerator}/{value.denominator})"
