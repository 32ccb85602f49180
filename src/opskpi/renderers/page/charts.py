"""Two small charts as figures for inline SVG: a bar against its target, and a line through a period's parts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from opskpi.model.goals import Target, half_up

#: The bar's width, and the box that a line is drawn in: left, top, right, bottom; all in units of the drawing.
BAR = Fraction(240)
_LEFT, _TOP, _RIGHT, _BOTTOM = (Fraction(each) for each in (54, 8, 312, 68))
#: An axis ends with one of these, or with ten, a hundred … times one.
_ROUND = tuple(Fraction(each) / 10 for each in (10, 15, 20, 30, 40, 50, 60, 80, 100))


@dataclass(frozen=True, slots=True)
class Bullet:
    """A bar from `start` over `length`, the stretch where the target is met, the target's ends, and the axis' own."""

    start: str
    length: str
    good_start: str
    good_length: str
    ends: tuple[str, ...]
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Spot:
    """What a line passes through: a part of the period, its figure, its verdict, and both in words."""

    label: str
    value: Fraction | None
    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Point:
    """A spot where it is drawn."""

    x: str
    y: str
    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A line with gaps where there is no figure, its points, the target's heights, and what stands at the axes."""

    lines: tuple[str, ...]
    points: tuple[Point, ...]
    targets: tuple[str, ...]
    low: str
    high: str
    first: str
    last: str


def bullet(value: Fraction, target: Target, unit: str, scale: tuple[Fraction, Fraction] | None = None) -> Bullet:
    """Draw a figure against its target, on the scale of a survey where there is one, else from zero."""
    bounds = _bounds(target)
    low, high = _axis((value, *bounds), unit, scale)
    foot = min(max(Fraction(0), low), high)
    good = target.low if target.low is not None else low, target.high if target.high is not None else high

    def at(place: Fraction) -> Fraction:
        return (place - low) / (high - low) * BAR

    return Bullet(
        _drawn(at(min(foot, value))),
        _drawn(at(max(foot, value)) - at(min(foot, value))),
        _drawn(at(good[0])),
        _drawn(at(good[1]) - at(good[0])),
        tuple(_drawn(at(bound)) for bound in bounds),
        _said(low, unit),
        _said(high, unit),
    )


def trend(spots: Sequence[Spot], target: Target | None, unit: str) -> Trend | None:
    """Draw the parts of a period in a line; nothing where fewer than two have a figure."""
    values = [spot.value for spot in spots if spot.value is not None]
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    bounds = _bounds(target) if target else ()
    low, high = min(*values, *bounds), max(*values, *bounds)
    if low == high:
        low -= Fraction(1, 10) if unit == "ratio" else 1

    def height(value: Fraction) -> str:
        return _drawn(_BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP))

    step = (_RIGHT - _LEFT) / (len(spots) - 1)
    placed = [(spot, _drawn(_LEFT + step * at)) for at, spot in enumerate(spots)]
    points = [
        None if spot.value is None else Point(x, height(spot.value), spot.kind, f"{spot.label} {spot.said}")
        for spot, x in placed
    ]
    return Trend(
        tuple(_lines(points)),
        tuple(point for point in points if point),
        tuple(height(bound) for bound in bounds),
        _said(low, unit),
        _said(high, unit),
        spots[0].label,
        spots[-1].label,
    )


def _lines(points: Sequence[Point | None]) -> Iterator[str]:
    """Join neighbours; a part without a figure breaks the line."""
    for there, group in groupby(points, key=lambda point: point is not None):
        run = [f"{point.x},{point.y}" for point in group if point]
        if there and len(run) > 1:
            yield " ".join(run)


def _bounds(target: Target) -> tuple[Fraction, ...]:
    return tuple(sorted({bound for bound in (target.low, target.high) if bound is not None}))


def _axis(numbers: Sequence[Fraction], unit: str, scale: tuple[Fraction, Fraction] | None) -> tuple[Fraction, Fraction]:
    """Find the ends of a bar's axis: they hold all the numbers, and whatever the unit or the scale can reach."""
    if scale is None:
        scale = Fraction(0), Fraction(1) if unit == "ratio" else _round_above(max(numbers))
    return min(scale[0], *numbers), max(scale[1], *numbers)


def _round_above(value: Fraction) -> Fraction:
    """Find a round number above a value."""
    size = Fraction(1)
    while size * 10 <= value:
        size *= 10
    while 0 < value < size:
        size /= 10
    return next(each * size for each in _ROUND if each * size > value)


def _drawn(length: Fraction) -> str:
    return f"{half_up(length, 1):f}"


def _said(value: Fraction, unit: str) -> str:
    """Write the end of an axis, without the noughts a figure would have."""
    percent = unit == "ratio"
    rounded = half_up(value * 100, 1).normalize() if percent else half_up(value, 2).normalize()
    return f"{rounded:f}{'%' if percent else ' min' if unit == 'minutes' else ''}"
