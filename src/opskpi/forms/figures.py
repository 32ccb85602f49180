"""What a form's cells are filled with: a card's figures, looked up by what a name means."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import TypeAlias

from opskpi.forms.names import Meaning
from opskpi.model.approvals import Header, Signature
from opskpi.model.cards import CompanyLine, Part, Result, Scorecard, Verdict
from opskpi.model.periods import Period
from opskpi.renderers.book.remarks import remark
from opskpi.renderers.lines import target_text, value_text, verdict_word

#: What is written: a text, a number, a day or moment, or nothing.
Figure: TypeAlias = str | int | float | date | datetime | None
_QUARTER, _HALF = 3, 6


class Figures:
    """A card's figures by project, indicator and part of the period."""

    def __init__(self, card: Scorecard, language: str) -> None:
        """Take the card, whose single project names without a list are of."""
        self._card = card
        self._language = language
        whole = Part(card.period, card.results, card.company)
        kinds = Counter(_kind(part.period) for part in card.parts)
        # a series of more than a year has two of each month: neither is meant
        parts = {_kind(part.period): part for part in card.parts if kinds[_kind(part.period)] == 1}
        self._results: dict[tuple[str, str, str], Result] = {}
        self._company: dict[tuple[str, str], CompanyLine] = {}
        for kind, part in {"": whole, **parts}.items():
            self._results |= {(kind, each.project, each.indicator): each for each in part.results}
            self._company |= {(kind, each.indicator): each for each in part.company}
        self._single = card.projects[0] if len(card.projects) == 1 else None

    def column(self, meaning: Meaning) -> list[Figure]:
        """Give what a name is filled with: one figure, or one for each row of a list."""
        if meaning.listed == "rows":
            of_projects = [self._figure(meaning, project) for project in self._card.projects]
            return of_projects if meaning.indicator else list(self._card.projects)
        if meaning.listed == "results":
            return [self._of_row(each, meaning.field) for each in self._card.results]
        return [self._figure(meaning, self._single) if meaning.indicator else self._general(meaning.field)]

    def judged(self, meaning: Meaning) -> list[Result | None]:
        """Give the results whose values a name shows, for a look at how they are rounded."""
        if meaning.listed == "results":
            return list(self._card.results)
        projects = self._card.projects if meaning.listed else (self._single,)
        return [self._results.get(("", project or "", meaning.indicator or "")) for project in projects]

    def _figure(self, meaning: Meaning, project: str | None) -> Figure:
        """Find a figure of a project; where there are several and none is meant, the company's."""
        indicator, field = meaning.indicator or "", meaning.field
        kind = field if (field[:1] in "mqh" and field[1:].isdigit()) else ""
        field = "value" if kind else field
        if project is None:
            line = self._company.get((kind, indicator))
            return _of_company(line, field) if line else None
        result = self._results.get((kind, project, indicator))
        return self._of_result(result, field) if result else None

    def _of_row(self, result: Result, field: str) -> Figure:
        named = {"project": result.project, "indicator": result.name}
        return named[field] if field in named else self._figure(Meaning(field, None, result.indicator), result.project)

    def _of_result(self, result: Result, field: str) -> Figure:
        reading, score = result.reading, result.score
        known: Mapping[str, Figure] = {
            "value": _number(result.value),
            "shown": value_text(result),
            "verdict": verdict_word(result, self._language),
            "target": target_text(result),
            "numerator": _number(reading.numerator),
            "denominator": _number(reading.denominator),
            "met": reading.met,
            "missed": reading.missed,
            "pending": reading.pending,
            "excluded": sum(reading.excluded.values()),
            "headroom": result.headroom,
            "reason": remark(result, self._language) or None,
            "name": result.name,
            "owner": result.owner,
            "points": _number(score.points) if score else None,
            "weight": _number(score.weight) if score else None,
        }
        return known.get(field)

    def _general(self, field: str) -> Figure:
        card, header = self._card, self._card.plan.header or Header()
        verdicts = Counter(result.verdict for result in card.results)
        judged = verdicts[Verdict.PASS], verdicts[Verdict.FAIL], verdicts[Verdict.WAIVED]
        total = next((each for each in card.totals if (each.project, each.owner) == (self._single, None)), None)
        return {
            "plan": card.plan.name,
            "period": card.period.label,
            "period_start": card.period.start,
            "period_end": card.period.end,
            "as_of": card.as_of.replace(tzinfo=None),
            "project": self._single,
            "projects": len(card.projects),
            "passed": judged[0],
            "failed": judged[1],
            "waived": judged[2],
            "without": len(card.results) - sum(judged),
            "total": _number(total.points) if total else None,
            "grade": total.grade if total else None,
            "number": header.number,
            "version": header.version,
            **_signed("prepared", header.prepared),
            **_signed("reviewed", header.reviewed),
            **_signed("approved", header.approved),
        }[field]


def _of_company(line: CompanyLine, field: str) -> Figure:
    """Give a company line's figure; it has no verdict of its own."""
    known: Mapping[str, Figure] = {
        "value": _number(line.value),
        "shown": value_text(line),
        "target": target_text(line),
        "numerator": _number(line.numerator),
        "denominator": _number(line.denominator),
        "name": line.name,
        "passed": line.passed,
        "failed": line.failed,
        "projects": line.projects,
        "worst": line.worst,
    }
    return known.get(field)


def _signed(role: str, signature: Signature) -> Mapping[str, Figure]:
    return {f"{role}_by": signature.by, f"{role}_on": signature.on}


def _number(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else float(value)


def _kind(period: Period) -> str:
    """Name a part of a year as a form does: m01, q1, h1; anything else has no name."""
    month, months = period.start.month, period.months
    if months == 1:
        return f"m{month:02}"
    if months in (_QUARTER, _HALF) and month % months == 1:
        return f"{'q' if months == _QUARTER else 'h'}{month // months + 1}"
    return f"{period.start}"
