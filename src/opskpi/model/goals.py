"""A target as an interval of exact numbers, and the honest rounding that goes with it."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

#: Digits a display may add before it gives up and shows the fraction itself.
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Target:
    """All values from `low` to `high`; an open end does not belong (`< 5` is strict).

    `unit` is what its text says: `ratio` for percent, `minutes` for lengths of time, "" for a bare number.
    """

    text: str
    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False
    unit: str = ""

    def holds(self, value: Fraction) -> bool:
        """Tell whether an exact, unrounded value meets the target."""
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.high_open and value == self.high)))

    @property
    def is_ceiling(self) -> bool:
        """Whether less is better: bounded above only."""
        return self.low is None and self.high is not None

    def distance(self, value: Fraction) -> Fraction:
        """Order values from worst (smallest) to best, as the company line names the worst."""
        if self.is_ceiling:
            return -value
        if self.low is not None and self.high is not None and self.low != self.high:
            return min(value - self.low, self.high - value)
        return value


def shown(value: Fraction, unit: str, target: Target | None) -> str:
    """Write a value half up, with more digits where rounding would tell another verdict.

    A ratio becomes a percentage with one decimal, a count a whole number, everything else two decimals, of minutes
    no more than they have. 89.95 % against `>= 90%` is never shown as 90.0 %, and 100 % and 0 % are shown only where
    they are true (design rule 10).
    """
    percent = unit == "ratio"
    digits = 1 if percent else 0 if value.denominator == 1 and unit == "count" else 2
    scaled = value * 100 if percent else value
    for places in range(digits, _MOST_DIGITS + 1):
        rounded = half_up(scaled, places)
        if _honest(Fraction(rounded) / (100 if percent else 1), value, target, percent=percent):
            return _with_unit(rounded, unit)
    return f"{value.numerator}/{value.denominator}"


def _with_unit(rounded: Decimal, unit: str) -> str:
    if unit == "minutes":
        return f"{rounded:f}".rstrip("0").rstrip(".") + " min"
    return f"{rounded}%" if unit == "ratio" else str(rounded)


def half_up(value: Fraction, places: int) -> Decimal:
    """Round an exact value half up (away from zero) to so many decimals."""
    with localcontext() as context:
        context.prec = 60
        scaled = abs(value) * 10**places
        whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
        number = Decimal(whole).scaleb(-places).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        return -number if value < 0 and whole else number


def _honest(rounded: Fraction, value: Fraction, target: Target | None, *, percent: bool) -> bool:
    if percent and rounded in (0, 1) and rounded != value:
        return False
    return target is None or target.holds(rounded) == target.holds(value)
