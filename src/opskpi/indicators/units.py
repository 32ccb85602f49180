"""Units of numbers: what may be added or compared, and what a product or a quotient is.

A number written without a unit has "" and takes the unit of what it stands beside, but for minutes:
4 could be minutes or hours.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from opskpi.indicators.nodes import Literal, Node
from opskpi.indicators.tokens import ExpressionError
from opskpi.indicators.types import unit_name
from opskpi.wording import message

#: What becomes of two units; None where nothing does.
Join: TypeAlias = Callable[[str, str], str | None]

#: Plain numbers: what they multiply or divide keeps its unit.
_PLAIN = frozenset({"", "ratio", "count", "number"})
_COUNTED = frozenset({"count", "number"})


def common(one: str, two: str) -> str | None:
    """Find the unit of a sum or difference; None where the two cannot be added or compared."""
    if one == two:
        return one
    if {one, two} <= _COUNTED:
        return "number"
    if "" in (one, two):
        other = one or two
        return None if other == "minutes" else other
    return None


def product(one: str, two: str) -> str | None:
    """Find the unit of a product; None where it has none."""
    if one not in _PLAIN and two not in _PLAIN:
        return None
    for unit, other in ((one, two), (two, one)):
        if unit not in _PLAIN or other in ("", unit):
            return unit
    return "number"


def quotient(one: str, two: str) -> str | None:
    """Find the unit of a quotient: a ratio where both are alike; None where it has none."""
    if one and (one == two or {one, two} <= _COUNTED):
        return "ratio"
    if two not in _PLAIN:
        return None
    if one not in _PLAIN or (two == "" and one in ("", "ratio")):
        return one
    return "number"


#: What each sign makes of two
UNITS_OF = {"+": common, "-": common, "*": product, "/": quotient}


def fitting_unit(join: Join, one: tuple[Node, str], two: tuple[Node, str], at: int) -> str:
    """Join two units; raises ExpressionError where they do not fit, for a bare number with both its readings."""
    first, second = one[1], two[1]
    if join is common and "minutes" in (first, second):
        for node, unit in (one, two):
            if isinstance(node, Literal) and not unit and node.value == 0:
                return "minutes"
            if isinstance(node, Literal) and not unit:
                raise ExpressionError(message("limit_bare", text=str(node.value)), node.at)
    found = join(first, second)
    if found is None:
        raise ExpressionError(message(_KEYS[join], first=unit_name(first), second=unit_name(second)), at)
    return found


_KEYS: Mapping[Join, str] = {
    common: "mixed_units",
    product: "units_multiplied",
    quotient: "units_divided",
}
