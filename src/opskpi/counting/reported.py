"""Reported figures (填报): what the register of figures says of a project, an indicator and a period.

A figure reported for the period stands as it is. Where only its parts are reported, they are
added up: counts and sums by their values, all else by numerators and denominators, never by an average
of percentages. What is counted from rows and reported as well is a contradiction that stops the run.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from opskpi.counting.spans import Served
from opskpi.errors import ExportError
from opskpi.intake.ledgers import Checked, Intake
from opskpi.model.cards import Claim, Reading
from opskpi.model.periods import Period, parse_period
from opskpi.tables.columns import Column, Numbers, Texts, cell_texts
from opskpi.targets.indicator import Indicator
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message

TABLE = "figures"
#: Whose parts add up by themselves.
_ADDED = frozenset({"count", "sum"})
#: A share this large without a percent sign is a percentage that lost it.
_MOST_SHARE = 2
_MOST_DECIMALS = 15
#: How many contradictions are told at once.
_TOLD = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the register; `value` is what it comes to, None where its denominator is zero."""

    period: Period
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    claim: Claim


@dataclass(frozen=True, slots=True)
class Account:
    """What the register comes to for a period: a reading with who says so, or why there is none."""

    reading: Reading | None = None
    claim: Claim | None = None
    lacking: Message | None = None


#: The register: its figures by indicator and project.
Reported = Mapping[tuple[str, int], Sequence[Figure]]


def indicator_words(plan: Plan) -> Mapping[str, str]:
    """List what the register may call each indicator: its id, name or short name."""
    words: dict[str, str] = {}
    for name, indicator in plan.indicators.items():
        for word in (name, indicator.name, indicator.short):
            if word:
                words.setdefault(word, name)
    return words


def reported_figures(plan: Plan, intake: Intake) -> Reported:
    """Collect the register's figures; raises ExportError for what cannot be, and what is reported twice."""
    words, said = indicator_words(plan), list[Message]()
    found: dict[tuple[str, int], dict[tuple[date, date], Figure]] = {}
    for block in intake.tables.get(TABLE, ()):
        for row in np.flatnonzero(block.accepted).tolist():
            name = words[_text(block, "indicator", row)]
            figure = _figure(block, row, plan.indicators[name], said)
            if figure is None:
                continue
            others = found.setdefault((name, int(block.projects[row])), {})
            days = figure.period.start, figure.period.end
            if (old := others.setdefault(days, figure)) is not figure:
                said.append(_twice(plan.indicators[name], figure, old))
    if said:
        raise ExportError(*said[:_TOLD])
    return {
        key: tuple(sorted(others.values(), key=lambda each: (each.period.start, each.period.end)))
        for key, others in found.items()
    }


def account(figures: Sequence[Figure], indicator: Indicator, days: Served, counted: Reading) -> Account:
    """Find what the register comes to for the days of a project, given what was counted from rows."""
    told = _told(figures, days, indicator.definition.value.function)
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
    if function not in _ADDED and any(each.numerator is None or each.denominator is None for each in parts):
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
    if function in _ADDED:
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
    """Name all sources and people of several figures, each once."""
    sources, people = (
        tuple(dict.fromkeys(word for each in claims for word in getattr(each, part))) for part in ("sources", "people")
    )
    return Claim(sources, people, tuple(place for each in claims for place in each.places))


def _figure(block: Checked, row: int, indicator: Indicator, said: list[Message]) -> Figure | None:
    """Read a line of the register, keeping what cannot be; None where nothing is filled in yet."""
    value, numerator, denominator = (
        _number(block.columns.get(name), row) for name in ("value", "numerator", "denominator")
    )
    function = indicator.definition.value.function
    if value is None and function in _ADDED:
        value = numerator
    both = numerator is not None and denominator is not None and function not in _ADDED
    if not both:
        numerator = denominator = None
    if value is None and not both:
        return None
    parts = _quotient(numerator, denominator)
    shown = "value" if value is not None or "numerator" not in block.columns else "numerator"
    place = block.place(row, shown)
    claim = Claim(_words(block, "source", row), _words(block, "reported_by", row), (place,))
    said += [message(key, place=str(place), indicator=indicator.name) for key in _wrong(value, parts, indicator)]
    period = parse_period(_text(block, "period", row))
    return Figure(period, parts if both else value, numerator, denominator, claim)


def _wrong(value: Fraction | None, parts: Fraction | None, indicator: Indicator) -> Iterator[str]:
    """Name what is wrong with a figure by itself."""
    definition = indicator.definition.value
    if value is not None and parts is not None and not _agree(value, parts):
        yield "figure_contradicts"
    figure = value if parts is None else parts
    if figure is None:
        return
    scale = indicator.score_scale
    if definition.unit == "ratio" and figure > _MOST_SHARE:
        yield "figure_not_ratio"
    elif definition.unit == "count" and figure.denominator != 1:
        yield "figure_not_whole"
    elif scale and not scale[0] <= figure <= scale[1]:
        yield "figure_off_scale"


def _agree(value: Fraction, parts: Fraction) -> bool:
    """Tell whether a value is its parts, rounded or cut to the decimals it is written with."""
    decimals = next((at for at in range(_MOST_DECIMALS) if (value * 10**at).denominator == 1), _MOST_DECIMALS)
    return abs(value - parts) < Fraction(1, 10**decimals)


def _quotient(numerator: Fraction | None, denominator: Fraction | None) -> Fraction | None:
    return numerator / denominator if numerator is not None and denominator else None


def _twice(indicator: Indicator, figure: Figure, old: Figure) -> Message:
    return message(
        "figure_twice",
        indicator=indicator.name,
        period=figure.period.label,
        first=str(old.claim.places[0]),
        second=str(figure.claim.places[0]),
    )


def _number(column: Column | None, row: int) -> Fraction | None:
    if not isinstance(column, Numbers) or column.blank[row]:
        return None
    return Fraction(int(column.units[row]), column.scale)


def _text(block: Checked, name: str, row: int) -> str:
    return "".join(_words(block, name, row))


def _words(block: Checked, name: str, row: int) -> tuple[str, ...]:
    column = block.columns.get(name)
    text = cell_texts(column, np.array([row]))[0] if isinstance(column, Texts) else None
    return (text,) if text else ()
