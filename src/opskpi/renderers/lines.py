"""What people read of a scorecard, line by line: shared by every format made for people."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby, pairwise

from opskpi.model.cards import Claim, CompanyLine, Miss, Result, Scorecard, Verdict
from opskpi.model.goals import half_up, shown
from opskpi.model.places import ProblemGroup
from opskpi.renderers.margins import headroom, is_near, sensitivity
from opskpi.wording import Message, catalogue, message

#: Marks a verdict that rows not decided yet could turn.
PROVISIONAL = "*"
#: Stands for the number of passes where no project has a target: 0/12 would read as twelve misses.
UNAIMED = "-"


def word(key: str, language: str) -> str:
    """Say a heading or another plain word."""
    return catalogue(language)[key]


def verdict_word(result: Result, language: str) -> str:
    """Say a verdict; a pass that is cumulative and not over is 进行中, what no such period counts 本期不统计."""
    if is_uncounted(result):
        return word("verdict_uncounted", language)
    key = "in_progress" if result.in_progress else f"verdict_{result.verdict}"
    said = word(key, language)
    starred = result.provisional and result.verdict in (Verdict.PASS, Verdict.FAIL)
    return f"{said}{PROVISIONAL if starred else ''}{claim_mark(result, language)}"


def is_uncounted(result: Result) -> bool:
    """Tell whether the indicator is not counted in periods like this one: a half-yearly survey in a month."""
    return result.why is not None and result.why.key == "why_not_counted_now"


def claim_mark(result: Result, language: str) -> str:
    """Mark a figure that was reported, not counted from rows."""
    return word("reported_mark", language) if result.claim else ""


def reported(card: Scorecard, language: str) -> Iterator[str]:
    """Say which figures were reported, by whom and from what, with their cells."""
    for result in card.results:
        if result.claim:
            yield message(
                "reported_line",
                project=result.project,
                indicator=result.name,
                value=value_text(result),
                **claim_fields(result.claim),
            ).text(language)


def claim_fields(claim: Claim) -> dict[str, object]:
    """Lay out who says so of a figure, for a sentence."""
    days = tuple(day.isoformat() for day in claim.assessed)
    return {
        "source": claim.sources or ("-",),
        "person": claim.people or ("-",),
        "evidence": message("claim_evidence", evidence=claim.evidence) if claim.evidence else "",
        "assessed": message("claim_assessed", days=days) if days else "",
        "places": tuple(str(place) for place in claim.places),
    }


def value_text(result: Result | CompanyLine) -> str:
    """Write the figure honestly rounded, or a dash where there is none."""
    return "-" if result.value is None else shown(result.value, result.unit, result.target)


def figure_text(result: Result) -> str:
    """Write numerator and denominator."""
    numerator, denominator = result.reading.numerator, result.reading.denominator
    if numerator is None:
        return "-"
    above = str(numerator) if numerator.denominator == 1 else f"{half_up(numerator, 9).normalize():f}"
    return above if denominator is None else f"{above}/{denominator}"


def target_text(result: Result | CompanyLine) -> str:
    """Write the target as the plan has it."""
    return result.target.text if result.target else "-"


def heads(card: Scorecard, *, short: bool = True) -> list[str]:
    """Name the indicators across, in the plan's order."""
    named: tuple[CompanyLine | Result, ...] = (*card.company, *card.results)
    names = {each.indicator: each.short if short else each.name for each in named}
    return [names.get(indicator, indicator) for indicator in card.indicators]


def rows(card: Scorecard) -> Iterator[tuple[str, list[Result | None]]]:
    """Give the projects down, each with its results across."""
    cells = {(result.project, result.indicator): result for result in card.results}
    for project in card.projects:
        yield project, [cells.get((project, indicator)) for indicator in card.indicators]


def abreast(count: int, most: int) -> tuple[range, ...]:
    """Part so many columns into as few blocks as fit on paper, about equally wide."""
    several = -(-count // most)
    bounds = [count * at // several for at in range(several + 1)] if several else []
    return tuple(range(first, after) for first, after in pairwise(bounds))


def passed(card: Scorecard) -> list[str]:
    """Say for each indicator how many projects passed; a dash where none has a target to pass."""
    return [passes(line, card.results) for line in card.company]


def passes(line: CompanyLine, results: Sequence[Result]) -> str:
    """Say of the results of a period how many projects passed the line's indicator; a dash where none has a target."""
    aimed = any(result.target for result in results if result.indicator == line.indicator)
    return f"{line.passed}/{line.projects}" if aimed else UNAIMED


def title(card: Scorecard, language: str) -> str:
    """Say plan, period and moment."""
    head = message("card_title", plan=card.plan.name, period=card.period.label).text(language)
    at = message("card_judged_at", as_of=card.as_of.isoformat(" ", "minutes")).text(language)
    return f"{head} ({at})"


def failed(card: Scorecard, language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Say each miss of a target, with the first rows that caused it."""
    for result in failures(card):
        yield failed_line(result).text(language), tuple(misses(result, language))


def failures(card: Scorecard) -> Iterator[Result]:
    """Give the results that miss their target."""
    return (result for result in card.results if result.verdict is Verdict.FAIL)


def failed_line(result: Result) -> Message:
    """Say a miss of a target, of what its figure is made where there is more to it, and what was lacking."""
    value, parts = value_text(result), result.reading.denominator is not None
    said = message(
        "failed_line",
        project=result.project,
        indicator=result.name,
        value=message("value_of", value=value, figure=figure_text(result)) if parts else value,
        target=target_text(result),
    )
    lacking = headroom(result)
    return message("failed_by", said=said, lacking=lacking) if lacking else said


def near(card: Scorecard, language: str) -> Iterator[str]:
    """Say which targets are met with little in hand."""
    for result in card.results:
        if is_near(result):
            yield message(
                "near_line",
                project=result.project,
                indicator=result.name,
                value=value_text(result),
                target=target_text(result),
                left=headroom(result),
            ).text(language)


def provisional(card: Scorecard, language: str) -> Iterator[str]:
    """Say which verdicts undecided rows may still turn, and in one line how many only the rest of the period."""
    open_ones = [r for r in card.results if r.provisional and r.verdict in (Verdict.PASS, Verdict.FAIL)]
    for result in open_ones:
        if said := sensitivity(result):
            yield message(
                "provisional_line",
                project=result.project,
                indicator=result.name,
                verdict=word(f"verdict_{result.verdict}", language),
                turning=said,
            ).text(language)
    if rest := sum(not result.deciding for result in open_ones):
        yield message("provisional_rest", count=rest).text(language)


def without(card: Scorecard, language: str) -> Iterator[str]:
    """Say which results have no figure, grouped by indicator and reason."""
    bare = [r for r in card.results if r.why is not None and r.verdict is not Verdict.WAIVED]
    order = {name: at for at, name in enumerate(card.indicators)}
    key = lambda r: (order.get(r.indicator, 0), r.why.text(language))  # noqa: E731 - used twice below
    for (_, why), group in groupby(sorted(bare, key=key), key=key):
        results = list(group)
        projects = _some([result.project for result in results], language)
        yield f"{results[0].name}: {why} ({projects})"


def problem_said(group: ProblemGroup) -> Message:
    """Say one rule's problems: the table, the heading, how many, and the first one's sentence."""
    first = group.first[0]
    return message(
        "problem_line",
        table=group.title,
        heading=first.heading or "-",
        count=group.count,
        message=first.message,
    )


def problem_lines(groups: Sequence[ProblemGroup], language: str) -> Iterator[str]:
    """Say what was rejected: each rule with its count and first places."""
    for group in groups:
        line = problem_said(group).text(language)
        places = ", ".join(str(problem.place) for problem in group.first)
        yield f"{line}  [{places}{', …' if group.count > len(group.first) else ''}]"


def ledger_line(card: Scorecard, language: str) -> str:
    """Say in one line what became of every row."""
    return message("ledger_line", **asdict(card.ledger)).text(language)


def summary_line(card: Scorecard, language: str) -> str:
    """Count the verdicts."""
    verdicts = [result.verdict for result in card.results]
    passed, missed = verdicts.count(Verdict.PASS), verdicts.count(Verdict.FAIL)
    waived = verdicts.count(Verdict.WAIVED)
    counts = {"passed": passed, "failed": missed, "without": len(verdicts) - passed - missed - waived}
    said = message("summary_waived", waived=waived, **counts) if waived else message("summary_line", **counts)
    return said.text(language)


def misses(result: Result, language: str, most: int | None = None) -> Iterator[str]:
    """Say the first rows that speak against the target, at most so many, and how many more there are."""
    told = result.misses[:most]
    yield from (miss_line(miss, language) for miss in told)
    more = result.against - len(told)
    if more > 0 and told:
        yield message("more", count=more).text(language)


def miss_line(miss: Miss, language: str) -> str:
    """Say which row was missed, why, and where it stands."""
    return f"{miss.row_id or '-'}  {miss.reason.text(language)}  {miss.place}"


def _some(names: Sequence[str], language: str, most: int = 3) -> str:
    """List a few names and how many more there are."""
    shown_names = "、".join(names[:most]) if language == "zh" else ", ".join(names[:most])
    return shown_names if len(names) <= most else f"{shown_names} … {len(names)}"
