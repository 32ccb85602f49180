"""Hiding on a card: words that nobody is to read become numbers, by which groups are still told apart."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from opskpi.indicators.definitions import Definition
from opskpi.indicators.nodes import Compare, Literal, Name, every_node, inner_nodes
from opskpi.intake.ledgers import Intake
from opskpi.model.breakdowns import Breakdown
from opskpi.model.cards import Part, Result, Scorecard
from opskpi.model.evidence import Evidence
from opskpi.model.masking import MARK, Mask, mask_of
from opskpi.targets.plan import Plan
from opskpi.wording import message


def numbered(card: Scorecard) -> Scorecard:
    """Put numbers, in the order a reader meets them, for the words of hidden columns."""
    if not (any(each.hidden for each in card.evidence) or any(each.hidden for each in _breakdowns(card))):
        return card
    words = dict(_words(card))
    parts = tuple(_numbered_part(each, words) for each in card.parts)
    whole = _numbered_part(Part(card.period, card.results, card.company), words)
    evidence = tuple(numbered_rows(each) for each in card.evidence)
    return replace(card, results=whole.results, company=whole.company, parts=parts, evidence=evidence)


def numbered_alone(result: Result) -> Result:
    """Do so for one result."""
    return replace(result, breakdown=_renamed(result.breakdown, _numbers(result.breakdown, {})))


def words_of_hidden(plan: Plan, intake: Intake) -> Mask:
    """Mask the words of hidden columns that the plan itself names in its conditions."""
    hidden = frozenset[str]().union(*(sheet.hidden for sheet in intake.sheets))
    named = {word for indicator in plan.indicators.values() for word in _named(indicator.definitions.values(), hidden)}
    return mask_of((), named) if hidden else Mask(None)


def _named(definitions: Iterable[Definition], hidden: frozenset[str]) -> Iterator[str]:
    for definition in definitions:
        for node in (each for root in definition.nodes for each in every_node(root)):
            below = inner_nodes(node) if isinstance(node, Compare) else ()
            if any(isinstance(each, Name) and each.name in hidden for each in below):
                yield from (each.value for each in below if isinstance(each, Literal) and isinstance(each.value, str))


def _breakdowns(card: Scorecard) -> Iterator[Breakdown]:
    yield from (each.breakdown for each in card.every_result if each.breakdown)
    yield from (line.breakdown for line in card.every_company_line if line.breakdown)


def _words(card: Scorecard) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Give each indicator's words their numbers, in the order of the results."""
    found: dict[str, dict[str, str]] = {}
    for each in card.every_result:  # company lines have no words but theirs
        _numbers(each.breakdown, found.setdefault(each.indicator, {}))
    yield from found.items()


def _numbers(breakdown: Breakdown | None, known: dict[str, str]) -> dict[str, str]:
    """Give the words of a breakdown the numbers after those that are known."""
    for part in breakdown.slices if breakdown and breakdown.hidden else ():
        if part.word is not None:
            known.setdefault(part.word, f"{MARK}{len(known) + 1}")
    return known


def _numbered_part(part: Part, words: Mapping[str, Mapping[str, str]]) -> Part:
    results = tuple(
        replace(each, breakdown=_renamed(each.breakdown, words.get(each.indicator))) for each in part.results
    )
    lines = tuple(replace(each, breakdown=_renamed(each.breakdown, words.get(each.indicator))) for each in part.company)
    return replace(part, results=results, company=lines)


def _renamed(breakdown: Breakdown | None, words: Mapping[str, str] | None) -> Breakdown | None:
    if breakdown is None or not breakdown.hidden or words is None:
        return breakdown
    slices = tuple(
        each
        if each.word is None
        else replace(each, word=words[each.word], said=message("said_notation", text=words[each.word]))
        for each in breakdown.slices
    )
    return replace(breakdown, vocabulary=(), slices=slices)


def numbered_rows(evidence: Evidence) -> Evidence:
    """Do so for the groups of an indicator's rows."""
    if not evidence.hidden:
        return evidence
    numbers: dict[str, str] = {}
    stacks = []
    for stack in evidence.stacks:
        rows = []
        for row in stack.rows:
            kind = row.kind and numbers.setdefault(row.kind, f"{MARK}{len(numbers) + 1}")
            rows.append(replace(row, kind=kind))
        stacks.append(replace(stack, rows=tuple(rows)))
    return replace(evidence, stacks=tuple(stacks))
