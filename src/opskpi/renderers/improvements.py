"""The list of improvements as people read it: this period's misses with what was written, then what is still open."""

from collections.abc import Iterator, Mapping

from opskpi.model.cards import Scorecard, Verdict
from opskpi.model.improvements import Improvement
from opskpi.renderers.lines import target_text, value_text, word
from opskpi.wording import message

#: The columns, each with its heading.
HEADS = (
    "head_project",
    "head_indicator",
    "notes_period",
    "head_target",
    "head_value",
    "notes_latest",
    "book_cause",
    "book_measure",
    "book_person",
    "book_deadline",
    "book_check",
    "notes_status",
)


def written(card: Scorecard) -> Mapping[tuple[str, str], Improvement]:
    """Find what was written about the misses of the card's own period."""
    label = card.period.label
    return {(each.project, each.indicator): each for each in card.improvements if each.period == label}


def earlier(card: Scorecard) -> list[Improvement]:
    """List what is still open of other periods, of the projects and indicators on the card."""
    there = {(each.project, each.indicator) for each in card.results}
    label = card.period.label
    return [
        each
        for each in card.improvements
        if each.open and each.period != label and (each.project, each.indicator) in there
    ]


def table(card: Scorecard, language: str) -> Iterator[tuple[str, ...]]:
    """Give the rows of the list, where one is kept; everything as text."""
    known = written(card)
    for result in card.results:
        mine = known.get((result.project, result.indicator))
        if not card.improvements or (result.verdict is not Verdict.FAIL and not (mine and mine.open)):
            continue
        first = result.project, result.name, card.period.label, target_text(result), value_text(result)
        yield (*first, latest(mine, language), *texts(mine))
    for each in earlier(card):
        first = each.project, each.name, each.period, each.target, each.value
        yield (*first, latest(each, language), *texts(each))


def latest(line: Improvement | None, language: str) -> str:
    """Say the newest figure of a line, of when it is, and whether it is met now."""
    if line is None or not line.latest:
        return ""
    said = "" if line.met_now is None else word("verdict_pass" if line.met_now else "verdict_fail", language)
    return message("notes_newest", value=line.latest, period=line.latest_period, verdict=said).text(language)


def texts(line: Improvement | None) -> tuple[str, ...]:
    """Give what people wrote: cause, measure, person, deadline, check, state."""
    if line is None:
        return ("",) * 6
    return line.cause, line.measure, line.person, line.deadline, line.check, line.status
