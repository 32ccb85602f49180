"""Scores as people read them: totals in a table, then what cost points and what did not apply."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from opskpi.model.cards import Result, Scorecard
from opskpi.model.scoring import FULL, Score, Total, points_text
from opskpi.renderers.lines import PROVISIONAL, word
from opskpi.wording import message

#: So many projects are named.
_NAMED = 3


def headings(card: Scorecard, language: str) -> list[str]:
    """Name the columns of the totals: the project, each owner, the total and its grade."""
    grade = [word("head_grade", language)] if _graded(card) else []
    return [word("head_project", language), *_owners(card), word("head_total", language), *grade]


def table(card: Scorecard, language: str) -> Iterator[list[str]]:
    """Give the totals: projects down, the company's mean last."""
    cells = {(total.project, total.owner): total for total in card.totals}
    for project in dict.fromkeys(total.project for total in card.totals):
        name = word("mean_of_projects", language) if project is None else project
        whole = cells.get((project, None))
        grade = [(whole.grade if whole else None) or "-"] if _graded(card) else []
        parts = [_part_text(cells.get((project, owner))) for owner in _owners(card)]
        yield [name, *parts, _total_text(card, whole), *grade]


def costs(card: Scorecard, language: str) -> Iterator[str]:
    """Say each result that does not have all its points, or changes the total without a weight, and each veto."""
    for result in card.results:
        if result.score and _is_worth_a_line(result.score):
            yield message(
                "score_line",
                project=result.project,
                indicator=result.name,
                points=score_text(result.score),
                how=result.score.how,
            ).text(language)
    for total in card.totals:
        if total.vetoed:
            capped = message("score_veto", project=total.project or "", indicators=total.vetoed, points=_plain(total))
            yield capped.text(language)


def absent(card: Scorecard, language: str) -> Iterator[str]:
    """Say what does not apply and what became of its weight, by indicator and reason."""
    order = {name: at for at, name in enumerate(card.indicators)}
    key = lambda r: (order.get(r.indicator, 0), _how(r, language))  # noqa: E731 - used twice below
    bare = [r for r in card.results if r.score and r.score.points is None]
    for (_, how), group in groupby(sorted(bare, key=key), key=key):
        mine = list(group)
        named = message(
            "some_projects" if len(mine) > _NAMED else "these_projects",
            projects=tuple(each.project for each in mine[:_NAMED]),
            count=len(mine),
        )
        yield f"{mine[0].name}: {how} ({named.text(language)})"


def detail_headings() -> Sequence[str]:
    """Name the columns of the points by result."""
    return ("head_project", "head_indicator", "head_owner", "head_stated", "head_weight", "head_points", "head_how")


def details(card: Scorecard, language: str) -> Iterator[Sequence[object]]:
    """Give each result's points, its stated weight and the one it has here, and how they came about."""
    for result in card.results:
        if score := result.score:
            numbers = ("" if each is None else float(each) for each in (score.stated, score.weight, score.points))
            yield result.project, result.name, result.owner or "", *numbers, score.how.text(language)


def score_text(score: Score) -> str:
    """Write points out of a weight, or what is added to the total or taken from it."""
    points = "-" if score.points is None else points_text(score.points)
    if score.weight is not None:
        return f"{points}/{points_text(score.weight)}"
    return points if score.points is None or score.points <= 0 else f"+{points}"


def _is_worth_a_line(score: Score) -> bool:
    if score.points is None:
        return False
    return score.points != (score.weight or 0)


def _how(result: Result, language: str) -> str:
    return result.score.how.text(language) if result.score else ""


def _owners(card: Scorecard) -> list[str]:
    return [owner for owner in dict.fromkeys(total.owner for total in card.totals) if owner]


def _graded(card: Scorecard) -> bool:
    return card.scheme is not None and bool(card.scheme.grades)


def _total_text(card: Scorecard, total: Total | None) -> str:
    if total is None or total.points is None:
        return "-"
    # the grade is of the total brought to a hundred: only there do more digits help
    text = points_text(total.points, card.scheme if total.full == FULL else None)
    return _starred(text if total.full == FULL else f"{text}/{points_text(total.full)}", total)


def _part_text(total: Total | None) -> str:
    if total is None or total.points is None:
        return "-"
    text = points_text(total.points)
    return _starred(f"{text}/{points_text(total.full)}" if total.full else text, total)


def _starred(text: str, total: Total) -> str:
    return f"{text}{PROVISIONAL}" if total.provisional else text


def _plain(total: Total) -> str:
    return "-" if total.points is None else points_text(total.points)
