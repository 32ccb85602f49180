"""From one figure to another, as people read it: in points of a percentage, or with a sign and a share of the old."""

from fractions import Fraction

from opskpi.model.goals import Target, half_up, shown
from opskpi.renderers.lines import word
from opskpi.wording import Message, message

#: Digits that are added before a difference that is there is shown as nothing.
_MOST_DIGITS = 9
#: Decimals of an exact number.
_FRACTION_DIGITS = 6


def change_text(before: Fraction, after: Fraction, unit: str, *, short: bool = False) -> Message:
    """Say by how much a figure changed: a ratio in percentage points, others with their share of the old one."""
    difference = after - before
    if not difference:
        return message("change_none")
    if unit == "ratio":
        return message("change_points", points=signed(difference * 100, 1))
    amount = signed(difference, 0 if difference.denominator == 1 else 2)
    if unit == "minutes":
        amount = f"{amount} min"
    if not before or short:
        return message("change_amount", amount=amount)
    return message("change_share", amount=amount, share=signed(difference / abs(before) * 100, 1))


def signed(value: Fraction, digits: int) -> str:
    """Write a number with its sign, with more digits where rounding would leave nothing."""
    for places in range(digits, _MOST_DIGITS):
        rounded = half_up(value, places)
        if rounded or not value:
            break
    return f"{'+' if value > 0 else ''}{rounded:f}"


def figure_said(value: Fraction | None, unit: str, target: Target | None) -> str:
    """Write a figure honestly rounded, or a dash where there is none."""
    return "-" if value is None else shown(value, unit, target)


def parts_text(numerator: Fraction | None, denominator: Fraction | None) -> str:
    """Write what a figure is the quotient of, in brackets behind it; nothing of one that is none."""
    if numerator is None or denominator is None:
        return ""
    return f" ({number_text(numerator)}/{number_text(denominator)})"


def number_text(value: Fraction) -> str:
    """Write an exact number, with at most six decimals."""
    if value.denominator == 1:
        return str(value.numerator)
    return f"{half_up(value, _FRACTION_DIGITS).normalize():f}"


def verdict_said(verdict: str, language: str, *, starred: bool) -> str:
    """Say a verdict, with the mark of a provisional one."""
    return word(f"verdict_{verdict}", language) + ("*" if starred else "")
