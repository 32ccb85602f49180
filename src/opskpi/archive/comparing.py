"""A run held against earlier ones: the period before, the same a year before, and what was said of its own before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from opskpi.archive.differing import every_period, figure_of, results_of
from opskpi.archive.document import CardDocument, PeriodFields, ResultFields
from opskpi.archive.likeness import grounds_now, grounds_of, unlike
from opskpi.archive.reading import PastCard
from opskpi.model.cards import Result, Scorecard
from opskpi.model.comparisons import Compared
from opskpi.model.periods import Period, before
from opskpi.wording import Message, message

_Days = tuple[date, date]
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Told:
    """What a past card tells of one period."""

    card: PastCard
    period: PeriodFields
    results: Mapping[_Key, ResultFields]


def compared(card: Scorecard, past: Sequence[PastCard]) -> Scorecard:
    """Hold each result against earlier ones, of past cards and of the run's own series; what is of no use is said.

    Of several past cards that tell of a period, the one judged last is taken.
    """
    memory = _Memory(card, sorted(past, key=lambda each: (each.document.as_of, each.file), reverse=True))
    results = tuple(memory.with_compared(each, card.period) for each in card.results)
    parts = tuple(
        replace(part, results=tuple(memory.with_compared(each, part.period) for each in part.results))
        for part in card.parts
    )
    made = replace(card, results=results, parts=parts)
    return replace(made, notes=(*card.notes, *(note for each in past for note in _notes(made, each))))


class _Memory:
    """What is known of earlier periods: the run's own series first, since it was counted alike, then past cards."""

    def __init__(self, card: Scorecard, past: Sequence[PastCard]) -> None:
        self._card = card
        whole = (card.period, card.results)
        self._own: dict[_Days, Mapping[_Key, Result]] = {
            (period.start, period.end): {(each.project, each.indicator): each for each in results}
            for period, results in (whole, *((part.period, part.results) for part in card.parts))
        }
        self._told: dict[_Days, list[_Told]] = {}
        for each in past:
            for period in every_period(each.document):
                told = _Told(each, period, results_of(each.document, period))
                self._told.setdefault((period.start, period.end), []).append(told)

    def with_compared(self, result: Result, period: Period) -> Result:
        """Find what a result can be held against; one of a contract year of its own has no like."""
        if result.period != period.label:
            return result
        found = [self._same(result, period)]
        found += [self._earlier(to, result, days) for to, days in earlier(period).items()]
        return replace(result, compared=tuple(each for each in found if each))

    def _same(self, result: Result, period: Period) -> Compared | None:
        """Find what was said of the same period before, and whether its figure is restated."""
        for told in self._told.get((period.start, period.end), ()):
            if other := _of(told, result):
                made = _past("same", result, other, told, self._card)
                judged = told.card.document.as_of
                ended = judged.replace(tzinfo=None) >= datetime.combine(period.after, time())
                said_before = ended and judged <= self._card.as_of
                return replace(made, restated=said_before and _figure(made) != _figure_now(result))
        return None

    def _earlier(self, to: str, result: Result, days: _Days) -> Compared | None:
        own = self._own.get(days, {}).get((result.project, result.indicator))
        if own is not None:
            reading = own.reading
            return Compared(to, own.period, str(own.verdict), own.value, reading.numerator, reading.denominator)
        for told in self._told.get(days, ()):
            if other := _of(told, result):
                return _past(to, result, other, told, self._card)
        return None


def earlier(period: Period) -> Mapping[str, _Days]:
    """Find the days of the period before of the same length, and of the same period a year before.

    A part that was cut to its series is as long as no other; where both are the same days, they are a year before.
    """
    if period.cut_from and period.cut_from != replace(period, cut_from=0).months:
        return {}
    year_ago = _year_before(period.start), _year_before(period.after) - timedelta(days=1)
    last = before(period)
    if (last.start, last.end) == year_ago:
        return {"year_ago": year_ago}
    return {"before": (last.start, last.end), "year_ago": year_ago}


def _year_before(day: date) -> date:
    """Go back a year; 29 February becomes the 28th, and the calendar's first year stays."""
    year = max(day.year - 1, date.min.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _of(told: _Told, result: Result) -> ResultFields | None:
    """Find the same project's same indicator, unless it was judged over a contract year of its own."""
    other = told.results.get((result.project, result.indicator))
    return other if other is not None and other.period == told.period.label and other.unit == result.unit else None


def _past(to: str, result: Result, other: ResultFields, told: _Told, card: Scorecard) -> Compared:
    document: CardDocument = told.card.document
    return Compared(
        to,
        other.period,
        str(other.verdict),
        figure_of(other),
        other.numerator,
        other.denominator,
        unlike(grounds_of(document, other), grounds_now(card, result)),
        told.card.file,
    )


def _figure(other: Compared) -> tuple[float | None, ...]:
    """Give a figure as a card can hold it."""
    return tuple(None if each is None else float(each) for each in (other.value, other.numerator, other.denominator))


def _figure_now(result: Result) -> tuple[float | None, ...]:
    figures = result.value, result.reading.numerator, result.reading.denominator
    return tuple(None if each is None else float(each) for each in figures)


def _notes(card: Scorecard, past: PastCard) -> Iterator[Message]:
    """Say of a past card that it is of another plan, or of no use here."""
    document = past.document
    if document.plan.name != card.plan.name:
        yield message("with_other_plan", file=past.file, plan=document.plan.name)
    mine = {(each.project, each.indicator) for each in card.results}
    if not mine & {(each.project, each.indicator) for each in document.results}:
        yield message("with_nothing_common", file=past.file)
        return
    if not any(other.file == past.file for each in card.every_result for other in each.compared) and not _told_of(
        card, document
    ):
        periods = tuple(each.label for each in every_period(document))
        yield message("with_no_period", file=past.file, periods=periods)


def _told_of(card: Scorecard, document: CardDocument) -> bool:
    """Tell whether a card has a period that this run asks for, be it found elsewhere first."""
    known = {(each.start, each.end) for each in every_period(document)}
    periods = (card.period, *(part.period for part in card.parts))
    return any(days in known for each in periods for days in ((each.start, each.end), *earlier(each).values()))
