"""Only what turned: the card cut to results whose verdict is another one than before."""

from dataclasses import replace

from opskpi.errors import SettingsError
from opskpi.model.cards import Part, Result, Scorecard, Verdict
from opskpi.model.comparisons import Compared
from opskpi.model.evidence import Evidence
from opskpi.wording import message

#: The order in which a result is held against others.
_AGAINST = ("same", "before")


def only_turned(card: Scorecard) -> Scorecard:
    """Keep the results that turned: from an earlier card's same period where there is one, else the period before.

    A verdict that is not due, now or then, has not turned. Raises SettingsError where nothing is there to turn from,
    but for a card of some projects, which may be new beside others that are not.
    """
    held = [(each, other) for each in card.every_result if (other := _against(each))]
    if not (held or card.asked.projects):
        raise SettingsError(message("turned_what"))
    turned = tuple((each, other) for each, other in held if _turned(each, other))
    keys = {(each.project, each.indicator) for each, _ in turned}
    indicators = tuple(name for name in card.indicators if name in {indicator for _, indicator in keys})
    periods = tuple(dict.fromkeys(other.period for _, other in held))
    none = message("turned_none", against=periods) if held else message("turned_from_nothing")
    nothing = () if turned else (none,)
    return replace(
        card,
        results=_kept(card.results, keys),
        company=(),
        totals=(),
        scheme=None,
        indicators=indicators,
        parts=tuple(_cut(part, keys) for part in card.parts) if turned else (),
        rules={name: card.rules[name] for name in indicators},
        evidence=tuple(_shown(each, keys) for each in card.evidence if each.indicator in indicators),
        notes=(*nothing, *card.notes),
        turned=turned,
    )


def _against(result: Result) -> Compared | None:
    """Choose what a result is held against."""
    found = {other.to: other for other in result.compared}
    return next((found[to] for to in _AGAINST if to in found), None)


def _turned(result: Result, other: Compared) -> bool:
    return result.verdict != other.verdict and Verdict.NOT_DUE not in (result.verdict, other.verdict)


def _kept(results: tuple[Result, ...], keys: set[tuple[str, str]]) -> tuple[Result, ...]:
    return tuple(each for each in results if (each.project, each.indicator) in keys)


def _shown(evidence: Evidence, keys: set[tuple[str, str]]) -> Evidence:
    """Keep the rows behind the results that are shown."""
    stacks = tuple(
        replace(stack, rows=tuple(row for row in stack.rows if (row.project, evidence.indicator) in keys))
        for stack in evidence.stacks
    )
    return replace(evidence, stacks=stacks)


def _cut(part: Part, keys: set[tuple[str, str]]) -> Part:
    return Part(part.period, _kept(part.results, keys), (), (), part.notes)
