"""The series as people read it: for each indicator, projects down and the period's parts across."""

from collections.abc import Iterator
from dataclasses import dataclass

from opskpi.model.cards import Result, Scorecard, Verdict
from opskpi.renderers import compared
from opskpi.renderers.lines import (
    PROVISIONAL,
    claim_mark,
    is_uncounted,
    passes,
    target_text,
    value_text,
    verdict_word,
    word,
)
from opskpi.wording import message

#: Marks a miss beside its value, so that colour is not alone in saying it; every Chinese code page has it.
MISSED = "×"
#: Stands where a part has not begun.
FUTURE = "-"


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator's figures: a row for each project, a cell for each part, and how many projects passed."""

    indicator: str
    head: str
    rows: tuple[tuple[str, tuple[Result | None, ...]], ...]
    passed: tuple[str, ...]


def heading(card: Scorecard, language: str) -> str:
    """Say what the series is by, and what its marks mean."""
    marks = {"missed": MISSED, "provisional": PROVISIONAL, "future": FUTURE}
    return message("series_by", by=message(f"by_{card.by}"), **marks).text(language)


def labels(card: Scorecard) -> list[str]:
    """Name the parts across."""
    return [part.period.label for part in card.parts]


def series(card: Scorecard, language: str) -> Iterator[Series]:
    """Give each indicator's series in the plan's order; one never counted by such parts has a head only."""
    for indicator in card.indicators:
        rows = tuple((whole.project, across) for whole, across in lines(card) if whole.indicator == indicator)
        results = [result for _, row in rows for result in row if result]
        if results and all(is_uncounted(result) for result in results):
            said = message("series_not_counted", indicator=results[0].name, by=message(f"by_{card.by}"))
            yield Series(indicator, said.text(language), (), ())
        elif results:
            yield Series(indicator, _head(results, language), rows, _passed(card, indicator))


def lines(card: Scorecard) -> Iterator[tuple[Result, tuple[Result | None, ...]]]:
    """Give each result of the whole period with those of its parts."""
    cells = {(at, each.project, each.indicator): each for at, part in enumerate(card.parts) for each in part.results}
    for whole in card.results:
        yield whole, tuple(cells.get((at, whole.project, whole.indicator)) for at in range(len(card.parts)))


def cell_text(result: Result, language: str) -> str:
    """Write a cell as short as it may be: the value where it is met or missed, else also the verdict's word."""
    return _unsigned(result, language) + compared.mark(result, language)


def _unsigned(result: Result, language: str) -> str:
    if _reason(result) == "why_not_begun":
        return FUTURE
    if result.value is None:
        return verdict_word(result, language)
    star, claimed = PROVISIONAL if result.provisional else "", claim_mark(result, language)
    if result.verdict is Verdict.FAIL:
        return f"{value_text(result)} {MISSED}{star}{claimed}"
    if result.verdict is Verdict.NO_TARGET:
        return f"{value_text(result)}{claimed}"
    if result.verdict is Verdict.PASS:
        return f"{value_text(result)}{star and ' ' + star}{claimed}"
    return f"{value_text(result)} {verdict_word(result, language)}"


def full_text(result: Result, language: str) -> str:
    """Write a cell with its verdict's word, where there is room."""
    if is_uncounted(result):
        return word("why_not_counted_now", language)
    if result.value is None:
        return cell_text(result, language)
    return f"{value_text(result)} {verdict_word(result, language)}{compared.mark(result, language)}"


def _reason(result: Result) -> str | None:
    return result.why.key if result.why else None


def _head(results: list[Result], language: str) -> str:
    """Name the indicator, with its target where all projects share one, and whether it still runs."""
    said, targets = results[0].name, {target_text(result) for result in results}
    if len(targets) == 1 and results[0].target is not None:
        said = message("series_of", indicator=said, target=targets.pop()).text(language)
    if any(result.in_progress for result in results):
        said = message("series_so_far", indicator=said).text(language)
    return said


def _passed(card: Scorecard, indicator: str) -> tuple[str, ...]:
    """Say for each part how many projects passed, nothing of what has not begun or has no target."""
    found = []
    for part in card.parts:
        reasons = {_reason(result) for result in part.results if result.indicator == indicator}
        lines = [line for line in part.company if line.indicator == indicator]
        found += [FUTURE if reasons == {"why_not_begun"} else passes(line, part.results) for line in lines]
    return tuple(found) if set(found) != {FUTURE} else ()
