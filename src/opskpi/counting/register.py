"""The register of reported figures (填报): its lines read, and what cannot be refused with the cell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from opskpi.errors import ExportError
from opskpi.intake.ledgers import Checked, Intake
from opskpi.model.cards import Claim
from opskpi.model.masking import MARK
from opskpi.model.periods import Period, parse_period
from opskpi.model.places import Place
from opskpi.tables.columns import NAT, Numbers, Texts
from opskpi.tables.instants import moment_of
from opskpi.targets.indicator import Indicator
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message

TABLE = "figures"
#: Functions whose figures are added by themselves.
ADDED = frozenset({"count", "sum"})
#: A share this large without a percent sign is a percentage that lost it.
_MOST_SHARE = 2
_MOST_DECIMALS = 15
#: A percentage is written to its points at least.
_PERCENT_DECIMALS = 2
#: How many mistakes are told at once.
_TOLD = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the register; `value` is what it comes to, None where its denominator is zero."""

    period: Period
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    claim: Claim


#: The register: its figures by indicator and project, in time order.
Reported = Mapping[tuple[str, int], Sequence[Figure]]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as it was written."""

    indicator: str
    project: int
    period: str
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    claim: Claim

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.claim.places[0]


def indicator_words(plan: Plan) -> Mapping[str, str]:
    """List what the register may call each indicator but those over others: its id, and a name that no other has."""
    said: dict[str, set[str]] = {}
    counting = {name: each for name, each in plan.indicators.items() if each.over is None}
    for name, indicator in counting.items():
        for word in filter(None, (indicator.name, indicator.short)):
            said.setdefault(word, set()).add(name)
    alone = {word: next(iter(names)) for word, names in said.items() if len(names) == 1}
    return {**alone, **{name: name for name in counting}}


def reported_figures(plan: Plan, intake: Intake) -> Reported:
    """Collect the register's figures; raises ExportError for what cannot be, and what is reported twice."""
    words, said = indicator_words(plan), list[Message]()
    found: dict[tuple[str, int], dict[tuple[date, date], Figure]] = {}
    for line in (line for block in intake.tables.get(TABLE, ()) for line in _lines(block)):
        name = words[line.indicator]
        indicator = plan.indicators[name]
        figure = _figure(line, indicator.function)
        said += [
            message(key, place=str(line.place), indicator=indicator.name) for key in _wrong(line, figure, indicator)
        ]
        if figure is not None:
            others = found.setdefault((name, line.project), {})
            days = figure.period.start, figure.period.end
            if (old := others.setdefault(days, figure)) is not figure:
                said.append(_twice(indicator, figure, old))
    if said:
        raise ExportError(*said[:_TOLD])
    return {key: tuple(others[days] for days in sorted(others)) for key, others in found.items()}


def _lines(block: Checked) -> Iterator[_Line]:
    """Go through the accepted lines of a block."""
    rows = np.flatnonzero(block.accepted)
    texts = [_texts(block, name, rows) for name in ("indicator", "period")]
    numbers = [_numbers(block, name, rows) for name in ("value", "numerator", "denominator")]
    for row, project, said, figures, told in zip(
        rows.tolist(),
        block.projects[rows].tolist(),
        zip(*texts, strict=True),
        zip(*numbers, strict=True),
        _told(block, rows),
        strict=True,
    ):
        indicator, period = said
        value, numerator, denominator = figures
        shown = "numerator" if value is None and "numerator" in block.columns else "value"
        claim = replace(told, places=(block.place(row, shown),))
        yield _Line(indicator, project, period, value, numerator, denominator, claim)


def _told(block: Checked, rows: NDArray[np.intp]) -> Iterator[Claim]:
    """Tell who says so of each line, and by what; where it stands is still to be said."""
    words = [_shown(block, name, _texts(block, name, rows)) for name in ("source", "reported_by", "evidence")]
    for source, person, evidence, day in zip(*words, _days(block, "assessed_on", rows), strict=True):
        said = ((word,) if word else () for word in (source, person, evidence))
        sources, people, shown = said
        yield Claim(sources, people, (), shown, () if day is None else (day,))


def _shown(block: Checked, name: str, texts: Sequence[str]) -> Sequence[str]:
    return [text and MARK for text in texts] if name in block.sheet.hidden else texts


def _figure(line: _Line, function: str) -> Figure | None:
    """Make a figure of a line; None where it is not filled in, or not enough."""
    period, claim = parse_period(line.period), line.claim
    if function in ADDED:
        value = line.numerator if line.value is None else line.value
        return None if value is None else Figure(period, value, None, None, claim)
    if line.numerator is not None and line.denominator is not None:
        return Figure(period, _quotient(line), line.numerator, line.denominator, claim)
    return None if line.value is None else Figure(period, line.value, None, None, claim)


def _wrong(line: _Line, figure: Figure | None, indicator: Indicator) -> Iterator[str]:
    """Name what is wrong with a line by itself."""
    unit, scale = indicator.unit, indicator.score_scale
    if figure is None:
        if line.numerator is not None or line.denominator is not None:
            yield "figure_incomplete"
        return
    if figure.value is None:
        return
    if line.value is not None and figure.numerator is not None and not _agree(line.value, figure.value, unit):
        yield "figure_contradicts"
    if unit == "ratio" and figure.value > _MOST_SHARE:
        yield "figure_not_ratio"
    elif unit == "count" and figure.value.denominator != 1:
        yield "figure_not_whole"
    elif scale and not scale[0] <= figure.value <= scale[1]:
        yield "figure_off_scale"


def _agree(value: Fraction, parts: Fraction, unit: str) -> bool:
    """Tell whether a value is its parts, rounded or cut to the decimals it is written with."""
    least = _PERCENT_DECIMALS if unit == "ratio" else 0
    decimals = next((at for at in range(least, _MOST_DECIMALS) if (value * 10**at).denominator == 1), _MOST_DECIMALS)
    last = Fraction(1, 10**decimals)
    return abs(value - parts) <= last / 2 or 0 <= parts - value < last


def _quotient(line: _Line) -> Fraction | None:
    return line.numerator / line.denominator if line.numerator is not None and line.denominator else None


def _twice(indicator: Indicator, figure: Figure, old: Figure) -> Message:
    return message(
        "figure_twice",
        indicator=indicator.name,
        period=figure.period.label,
        first=str(old.claim.places[0]),
        second=str(figure.claim.places[0]),
    )


def _numbers(block: Checked, name: str, rows: NDArray[np.intp]) -> list[Fraction | None]:
    column = block.columns.get(name)
    if not isinstance(column, Numbers):
        return [None] * len(rows)
    pairs = zip(column.units[rows].tolist(), column.blank[rows].tolist(), strict=True)
    return [None if blank else Fraction(units, column.scale) for units, blank in pairs]


def _days(block: Checked, name: str, rows: NDArray[np.intp]) -> list[date | None]:
    column = block.columns.get(name)
    if not isinstance(column, np.ndarray):
        return [None] * len(rows)
    return [None if value == NAT else moment_of(value).date() for value in column[rows].tolist()]


def _texts(block: Checked, name: str, rows: NDArray[np.intp]) -> list[str]:
    column = block.columns.get(name)
    if not isinstance(column, Texts):
        return [""] * len(rows)
    words = [*column.words, ""]
    return [words[code] for code in column.codes[rows].tolist()]
