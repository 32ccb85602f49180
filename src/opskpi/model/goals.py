"""A target as an interval of exact numbers, from which day it holds, and the honest rounding that goes with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from opskpi.model.periods import Period

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

    def same(self, other: "Target | None") -> bool:
        """Tell whether another target asks the same, however it is written."""
        if other is None:
            return False
        mine = self.low, self.high, self.low_open, self.high_open
        return mine == (other.low, other.high, other.low_open, other.high_open)

    @property
    def is_ceiling(self) -> bool:
        """Whether less is better: bounded above only."""
        return self.low is None and self.high is not None

    def is_too_high(self, value: Fraction) -> bool:
        """Tell whether it is what raises a value that speaks against the target: `<= 10%`, or 5 % of `== 0`."""
        return self.is_ceiling or (self.high is not None and value > self.high)

    def distance(self, value: Fraction) -> Fraction:
        """Order values from worst (smallest) to best, as the company line names the worst."""
        if self.is_ceiling:
            return -value
        if self.low is not None and self.high is not None and self.low != self.high:
            return min(value - self.low, self.high - value)
        return value


@dataclass(frozen=True, slots=True)
class DatedTarget:
    """A target that changes: from each day on another one, or none; nothing is said of the time before the first."""

    steps: tuple[tuple[date, Target | None], ...]

    def at(self, day: date) -> tuple[Target | None, ...]:
        """Find what holds on a day, if anything was said by then."""
        return tuple(target for since, target in self.steps if since <= day)[-1:]


#: What a plan may say of one indicator in one place; None is "no target".
Goal = Target | DatedTarget | None


def held(goals: Sequence[Goal], day: date) -> Target | None:
    """Find the target of a day: the first of the goals, nearest first, that says one for it."""
    for goal in goals:
        if not isinstance(goal, DatedTarget):
            return goal
        for target in goal.at(day):
            return target
    return None


def turns(goals: Sequence[Goal], period: Period) -> tuple[tuple[date, Target | None], ...]:
    """List the days inside a period, its first one aside, on which another target begins to hold."""
    dated = [since for goal in goals if isinstance(goal, DatedTarget) for since, _ in goal.steps]
    found: list[tuple[date, Target | None]] = []
    now = held(goals, period.start)
    for day in sorted({day for day in dated if period.start < day <= period.end}):
        then = held(goals, day)
        if not (then is now or (then is not None and then.same(now))):
            found.append((day, then))
            now = then
    return tuple(found)


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
