"""Results held against earlier ones, as people read them: changes by project and indicator, and what was restated."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from opskpi.model.cards import Result, Scorecard
from opskpi.model.comparisons import Compared
from opskpi.renderers.changes import change_text, figure_said, parts_text
from opskpi.renderers.lines import heads, rows, value_text, verdict_word, word
from opskpi.wording import Message, message

_KINDS = ("before", "year_ago")


@dataclass(frozen=True, slots=True)
class Changes:
    """One comparison of all results: what they are held against, and a row for each project."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(card: Scorecard, language: str) -> Iterator[Changes]:
    """Lay out the changes of the whole period's results, a table for each period they are held against."""
    for to in _KINDS:
        found = [other for result in card.results for other in result.compared if other.to == to]
        if found:
            title = message(f"compared_{to}", period=found[0].period).text(language)
            lines = tuple(
                (project, *("" if each is None else _cell(each, to, language) for each in results))
                for project, results in rows(card)
            )
            yield Changes(title, (word("head_project", language), *heads(card)), lines)


def notes(card: Scorecard, language: str) -> Iterator[str]:
    """Say which indicators cannot be compared with what, and why."""
    said: dict[str, None] = {}
    for result in card.every_result:
        for other in result.compared:
            if other.unlike and other.to in _KINDS:
                what = message(f"compared_{other.to}", period=other.period)
                said[f"{result.name} · {what.text(language)}{_colon(language)}{unlike(other).text(language)}"] = None
    yield from said


def restated(card: Scorecard, language: str) -> Iterator[str]:
    """Say each figure that an earlier card told otherwise, of the whole period and its parts."""
    for result in card.every_result:
        for other in result.compared:
            if other.restated:
                now = message("compared_of", **_now(result, language)).text(language)
                yield f"{now}  {restatement(result, other, language).text(language)}"


def restatement(result: Result, other: Compared, language: str) -> Message:
    """Say what a figure was in an earlier card."""
    figure = parts_text(other.numerator, other.denominator)
    said = message("restated_line", file=other.file, figure=figure, **_then(result, other, language))
    return message("turned_unlike", line=said) if other.unlike else said


def sentences(result: Result, language: str) -> Iterator[Message]:
    """Say what one result is held against, with the figure there and the change."""
    for other in result.compared:
        if other.restated:
            yield restatement(result, other, language)
        if other.to in _KINDS:
            yield _sentence(result, other, language)


def turned_line(result: Result, other: Compared, language: str) -> Message:
    """Say from what to what a verdict turned."""
    then = {f"earlier_{key}": text for key, text in _then(result, other, language).items()}
    key = "turned_same" if other.to == "same" else "turned_line"
    said = message(key, earlier=other.period, **_now(result, language), **then)
    return message("turned_unlike", line=said) if other.unlike else said


def turned(card: Scorecard, language: str) -> Iterator[str]:
    """Say each verdict that turned, where only those are asked for."""
    for result, other in card.turned or ():
        yield turned_line(result, other, language).text(language)


def nothing_turned(card: Scorecard, language: str) -> str:
    """Say that no verdict turned; the card's first note says against what."""
    return card.notes[0].text(language)


def mark(result: Result, language: str) -> str:
    """Sign a figure that was restated."""
    signed = any(other.restated for other in result.compared)
    return word("restated_mark", language) if signed else ""


def unlike(other: Compared) -> Message:
    """Say what makes a figure incomparable."""
    return message(
        "not_comparable", what=tuple(message(f"diff_what_{each.what}", name=each.name) for each in other.unlike)
    )


def _sentence(result: Result, other: Compared, language: str) -> Message:
    what = message(f"compared_{other.to}", period=other.period)
    if other.value is None:
        return message("compared_none", what=what, verdict=word(f"verdict_{other.verdict}", language))
    return message("compared_line", what=what, change=_change(result, other), **_then(result, other, language))


def _cell(result: Result, to: str, language: str) -> str:
    other = next((each for each in result.compared if each.to == to), None)
    if other is None:
        return "-"
    if other.unlike:
        return word("not_comparable_short", language)
    if other.value is None or result.value is None:
        return "-"
    return change_text(other.value, result.value, result.unit, short=True).text(language)


def _change(result: Result, other: Compared) -> Message:
    if other.unlike:
        return unlike(other)
    if result.value is None or other.value is None:
        return message("change_unknown")
    return change_text(other.value, result.value, result.unit)


def _now(result: Result, language: str) -> Mapping[str, str]:
    return {
        "project": result.project,
        "indicator": result.name,
        "period": result.period,
        "value": value_text(result),
        "figure": parts_text(result.reading.numerator, result.reading.denominator),
        "verdict": verdict_word(result, language),
    }


def _then(result: Result, other: Compared, language: str) -> Mapping[str, str]:
    return {
        "value": figure_said(other.value, result.unit, result.target),
        "verdict": word(f"verdict_{other.verdict}", language),
    }


def _colon(language: str) -> str:
    return "：" if language == "zh" else ": "
