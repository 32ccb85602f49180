"""Reported figures (填报): what the register comes to for a project, an indicator and a period.

A figure reported for the period stands as it is. Where only its parts are reported, they are
added up: counts and sums by their values, all else by numerators and denominators, never by an average
of percentages. What is counted from rows and reported as well is a contradiction that stops the run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeVar

from opskpi.counting.register import ADDED, TABLE, Figure
from opskpi.counting.spans import Served
from opskpi.model.cards import Claim, Reading
from opskpi.targets.indicator import Indicator
from opskpi.wording import Message, message

_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True)
class Account:
    """What the register comes to for a period: a reading with who says so, or why there is none."""

    reading: Reading | None = None
    claim: Claim | None = None
    lacking: Message | None = None


def account(figures: Sequence[Figure], indicator: Indicator, days: Served, counted: Reading) -> Account:
    """Find what the register comes to for the days of a project, given what was counted from rows."""
    told = _told(figures, days, indicator.function)
    if told is None:
        return Account(lacking=message("why_not_reported") if indicator.table == TABLE else None)
    return Account(lacking=message("why_reported_partly")) if counts(counted) else told


def counts(reading: Reading) -> bool:
    """Tell whether there are rows behind a reading."""
    return reading.counted + reading.pending + reading.unjudged > 0


def _told(figures: Sequence[Figure], days: Served, function: str) -> Account | None:
    """Find what the register says of a period, inside the days served; None where it says nothing of it."""
    period, first, last = days.period, days.first, days.last
    for each in figures:
        if (each.period.start, each.period.end) in ((period.start, period.end), (first, last)):
            return Account(_reading([each], function), each.claim)
    inside = [each for each in figures if period.holds(each.period)]
    if not inside or first > last:
        return None
    parts, day = _tiled(inside, first, last)
    if day <= last:
        return Account(lacking=message("why_reported_incomplete", month=day.isoformat()[:7]))
    if function not in ADDED and any(each.numerator is None or each.denominator is None for each in parts):
        return Account(lacking=message("why_reported_rates"))
    return Account(_reading(parts, function), _joined([each.claim for each in parts]))


def _tiled(inside: Sequence[Figure], first: date, last: date) -> tuple[list[Figure], date]:
    """Lay figures end to end from the first day on, the longest first; gives the first day not covered."""
    parts: list[Figure] = []
    day = first
    while day <= last:
        fit = [
            each.period
            for each in inside
            if each.period.end >= day and (each.period.start == day or (not parts and each.period.start < day))
        ]
        if not fit:
            break
        longest = max(fit, key=lambda period: period.end)
        parts.append(next(each for each in inside if each.period is longest))
        day = longest.end + timedelta(days=1)
    return parts, day


def _reading(parts: Sequence[Figure], function: str) -> Reading:
    """Add figures up into a reading; it counts the lines it was made of."""
    numerator, denominator = _total(each.numerator for each in parts), _total(each.denominator for each in parts)
    value = parts[0].value
    if function in ADDED:
        value = numerator = _total(each.value for each in parts)
        denominator = None
    elif numerator is not None and denominator is not None:
        value = numerator / denominator if denominator else None
    counted = 0 if value is None else len(parts)
    return Reading(numerator, denominator, value, None, None, counted, 0, {}, 0, 0, 0)


def _total(values: Iterable[Fraction | None]) -> Fraction | None:
    every = list(values)
    return None if None in every else sum((each for each in every if each is not None), Fraction(0))


def _joined(claims: Sequence[Claim]) -> Claim:
    """Name all sources, people and evidence of several figures, each once."""
    return Claim(
        _each_once(each.sources for each in claims),
        _each_once(each.people for each in claims),
        tuple(place for each in claims for place in each.places),
        _each_once(each.evidence for each in claims),
        _each_once(each.assessed for each in claims),
    )


def _each_once(several: Iterable[tuple[_Told, ...]]) -> tuple[_Told, ...]:
    return tuple(dict.fromkeys(told for each in several for told in each))
