"""From results to points: each indicator's by its form, then totals of owners, projects and the company."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from opskpi.model.cards import Result, Verdict
from opskpi.model.scoring import FULL, PassFail, Rule, Scheme, Score, Steps, Total
from opskpi.scoring.points import earned
from opskpi.wording import Message, message

_ABSENT = frozenset({Verdict.NOT_APPLICABLE, Verdict.NOT_DUE, Verdict.TOO_FEW, Verdict.WAIVED})


@dataclass(frozen=True, slots=True)
class _Item:
    """One result on its way to points: `points` out of its stated weight, None where it does not apply."""

    result: Result
    rule: Rule
    points: Fraction | None
    how: Message

    @property
    def weight(self) -> Fraction:
        return self.rule.weight or Fraction(0)


def scored(results: Sequence[Result], scheme: Scheme) -> tuple[tuple[Result, ...], tuple[Total, ...]]:
    """Give every result of a period its points, and add them up for each project and owner, project by project.

    The verdicts stay as they are.
    """
    scores: dict[tuple[str, str], Score] = {}
    totals: list[Total] = []
    by_project: dict[str, list[_Item]] = {result.project: [] for result in results}
    for result in results:
        if rule := scheme.rules.get(result.indicator):
            by_project[result.project].append(_item(result, rule, scheme))
    for project, items in by_project.items():
        mine = {item.result.indicator: score for item, score in _spread(items, scheme)}
        scores |= {(project, indicator): score for indicator, score in mine.items()}
        totals += _totals(project, items, mine, scheme)
    told = tuple(replace(each, score=scores.get((each.project, each.indicator))) for each in results)
    return told, tuple(totals)


def company_totals(totals: Sequence[Total], scheme: Scheme) -> tuple[Total, ...]:
    """Take the mean of the projects' totals, for each owner and over all: every project weighs the same."""
    found: list[Total] = []
    for owner in dict.fromkeys(total.owner for total in totals):
        mine = [total for total in totals if total.owner == owner and total.points is not None]
        points = _sum(total.points or Fraction(0) for total in mine) / len(mine) if mine else None
        full = _sum(total.full for total in mine) / len(mine) if mine else Fraction(0)
        provisional = any(total.provisional for total in mine)
        found.append(Total(None, owner, points, full, _grade(points, full, scheme), provisional))
    return tuple(found)


def unhanded(results: Sequence[Result], scheme: Scheme) -> Iterator[Message]:
    """Say which indicators were scored without anything handed in, and how."""
    for indicator in scheme.rules:
        mine = [each for each in results if each.indicator == indicator and each.score and _is_lacking(each)]
        if mine:
            how = message(f"score_lacking_{scheme.no_data}")
            yield message("score_lacking", indicator=mine[0].name, count=len(mine), how=how)


def _is_lacking(result: Result) -> bool:
    begun = result.why is None or result.why.key != "why_not_begun"
    return result.verdict is Verdict.NO_DATA and begun


def _item(result: Result, rule: Rule, scheme: Scheme) -> _Item:
    """Find the points of one result out of its stated weight."""
    full = rule.weight or Fraction(0)
    if _is_lacking(result) and scheme.no_data != "not_applicable":
        points = full if scheme.no_data == "full" else Fraction(0)
        return _Item(result, rule, points, message(f"score_lacking_{scheme.no_data}"))
    if not _applies(result, rule):
        verdict = message(f"verdict_{result.verdict}")
        kept = scheme.absent == "full"
        how = message(f"score_absent_{scheme.absent}" if rule.weight else "score_absent", verdict=verdict)
        return _Item(result, rule, full if kept else None, how)
    return _Item(result, rule, *earned(result, rule))


def _applies(result: Result, rule: Rule) -> bool:
    if result.verdict in _ABSENT or result.verdict is Verdict.NO_DATA:
        return False
    if result.verdict is not Verdict.NO_TARGET:
        return True
    form = rule.form
    needs_target = form is None or isinstance(form, PassFail) or (isinstance(form, Steps) and form.start is None)
    return not needs_target and result.value is not None


def _spread(items: Sequence[_Item], scheme: Scheme) -> Iterator[tuple[_Item, Score]]:
    """Let what applies carry the weight of what does not, among those whose weights add up together."""
    for owner in dict.fromkeys(_scope(item, scheme) for item in items):
        mine = [item for item in items if _scope(item, scheme) == owner]
        stated = _sum(item.weight for item in mine)
        applying = _sum(item.weight for item in mine if item.points is not None)
        factor = stated / applying if applying and scheme.absent != "drop" else Fraction(1)
        for item in mine:
            stretched = factor if item.rule.weight is not None else Fraction(1)
            points = None if item.points is None else item.points * stretched
            weight = Fraction(0) if item.points is None else item.weight * stretched
            shown = None if item.rule.weight is None else weight
            yield item, Score(points, shown, item.rule.weight, item.how)


def _scope(item: _Item, scheme: Scheme) -> str | None:
    return item.result.owner if scheme.owners else None


def _totals(project: str, items: Sequence[_Item], scores: Mapping[str, Score], scheme: Scheme) -> tuple[Total, ...]:
    """Add a project's points up: over all, then for each owner."""
    owners = tuple(dict.fromkeys(item.result.owner for item in items if item.result.owner))
    parts = [_total(project, owner, [i for i in items if i.result.owner == owner], scores, scheme) for owner in owners]
    whole = _joined(project, parts, scheme) if scheme.owners else _total(project, None, items, scores, scheme)
    if whole.points is None:
        return (whole, *parts)
    vetoes = {i.result.name: i.rule.veto for i in items if i.rule.veto is not None and _is_missed(i.result)}
    caps = [cap for cap in (*vetoes.values(), scheme.most) if cap is not None]
    points = max(Fraction(0), min((whole.points, *caps)))
    whole = replace(whole, points=points, grade=_grade(points, whole.full, scheme), vetoed=tuple(vetoes))
    return (whole, *parts)


def _total(
    project: str, owner: str | None, items: Sequence[_Item], scores: Mapping[str, Score], scheme: Scheme
) -> Total:
    """Add points up; where the plan has no weights, a project's are taken from a hundred."""
    mine = [scores[item.result.indicator] for item in items]
    points = _sum(score.points for score in mine if score.points is not None)
    full = _sum(score.weight for score in mine if score.weight is not None)
    if not scheme.weighted and owner is None:
        points, full = FULL + points, FULL
    nothing = all(score.points is None for score in mine) or (scheme.weighted and owner is None and not full)
    provisional = any(_is_open(item) for item in items)
    made = None if nothing else points
    return Total(project, owner, made, full, _grade(made, full, scheme), provisional)


def _is_open(item: _Item) -> bool:
    """Tell whether points may still change: those of a verdict with it, those of a figure with any row to come."""
    by_verdict = item.rule.form is None or isinstance(item.rule.form, PassFail)
    settled = not item.result.provisional if by_verdict else item.result.settled
    return item.points is not None and not settled


def _joined(project: str, parts: Sequence[Total], scheme: Scheme) -> Total:
    """Weigh the owners' totals; an owner for whom nothing applies leaves its weight to the others."""
    known = [(part.points, scheme.owners.get(part.owner or "", Fraction(0)), part) for part in parts]
    valued = [
        (points * FULL / part.full, weight, part) for points, weight, part in known if points is not None and part.full
    ]
    weights = _sum(weight for _, weight, _ in valued)
    points = _sum(each * weight for each, weight, _ in valued) / weights if weights else None
    return Total(project, None, points, FULL, None, any(part.provisional for part in parts))


def _grade(points: Fraction | None, full: Fraction, scheme: Scheme) -> str | None:
    """Grade a total out of a hundred; others only once they are brought to it."""
    return None if points is None or not full else scheme.grade(points * FULL / full)


def _is_missed(result: Result) -> bool:
    return result.verdict is Verdict.FAIL


def _sum(values: Iterator[Fraction] | Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0))
