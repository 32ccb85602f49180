"""What the page shows of each project: its results across, each with chart, arithmetic and missed rows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from opskpi.model.cards import CompanyLine, Result, Scorecard, Verdict
from opskpi.renderers import approvals, compared, lines, scores, series
from opskpi.renderers.arithmetic import sentences
from opskpi.renderers.page.charts import Bullet, Spot, Trend, bullet, trend
from opskpi.renderers.page.tables import Table, breakdown, misses
from opskpi.wording import Message, message

#: What stands before a verdict's word; everything else gets a dash.
_SIGNS = {Verdict.PASS: "✓", Verdict.FAIL: "✗", Verdict.WAIVED: "○"}
_SCALE = re.compile(r"(-?[0-9.]+)-([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Item:
    """A result: `kinds` are what it can be filtered by, `owners` the places of its owners in the page's list."""

    anchor: str
    name: str
    verdict: str
    sign: str
    said: str
    kinds: str
    owners: str
    value: str
    figure: str
    target: str
    answers: str
    bullet: Bullet | None
    trend: Trend | None
    sentences: tuple[str, ...]
    account: str
    misses: Table | None
    more: str
    breakdown: Table | None


@dataclass(frozen=True, slots=True)
class Project:
    """A project with its results in the order of the indicators; None where it has none."""

    anchor: str
    name: str
    totals: tuple[str, ...]
    items: tuple[Item | None, ...]

    @property
    def shown(self) -> tuple[Item, ...]:
        """The results that are there."""
        return tuple(item for item in self.items if item)


def anchors(card: Scorecard) -> Mapping[tuple[str, str], str]:
    """Name the place of each result on the page: by numbers, since names may hold anything."""
    places = {name: at for at, name in enumerate(card.indicators, 1)}
    projects = {name: at for at, name in enumerate(card.projects, 1)}
    return {
        (each.project, each.indicator): f"r{projects[each.project]}-{places[each.indicator]}" for each in card.results
    }


def owners(card: Scorecard) -> tuple[str, ...]:
    """List departments and process owners, once each, in the order they come."""
    named = [name for result in card.results for name in (result.owner, result.process_owner)]
    return tuple(name for name in dict.fromkeys(named) if name)


@dataclass(frozen=True, slots=True)
class _Index:
    """What is looked up while results are laid out."""

    language: str
    anchors: Mapping[tuple[str, str], str]
    owners: Mapping[str, str]
    parts: Mapping[tuple[str, str], tuple[Result | None, ...]]
    scales: Mapping[str, tuple[Fraction, Fraction]]


def projects(card: Scorecard, language: str) -> Iterator[Project]:
    """Give each project with its results across."""
    index = _Index(
        language,
        anchors(card),
        {name: str(at) for at, name in enumerate(owners(card))},
        {(whole.project, whole.indicator): across for whole, across in series.lines(card)},
        dict(_scales(card)),
    )
    totals = _totals(card, language)
    for at, (name, results) in enumerate(lines.rows(card), 1):
        items = tuple(_item(result, index) if result else None for result in results)
        yield Project(f"p{at}", name, totals.get(name, ()), items)


def spots(across: Sequence[Result | None], labels: Sequence[str], language: str) -> tuple[Spot, ...]:
    """Lay a result's parts out for a line."""
    return tuple(
        Spot(label, each.value, str(each.verdict), series.full_text(each, language))
        if each
        else Spot(label, None, "", "")
        for label, each in zip(labels, across, strict=True)
    )


def pooled_spots(across: Sequence[CompanyLine]) -> tuple[Spot, ...]:
    """Lay the company's pooled figures out for a line; nobody judges them."""
    return tuple(Spot(each.period, each.value, "", lines.value_text(each)) for each in across)


def _item(result: Result, index: _Index) -> Item:
    language, table = index.language, misses(result, index.language)
    across = tuple(each for each in index.parts[result.project, result.indicator] if each)
    more = result.against - len(result.misses)
    whose = [name for name in dict.fromkeys((result.owner, result.process_owner)) if name]
    return Item(
        anchor=index.anchors[result.project, result.indicator],
        name=result.name,
        verdict=str(result.verdict),
        sign="…" if result.in_progress else _SIGNS.get(result.verdict, "–"),
        said=lines.verdict_word(result, language),
        kinds=" ".join(kinds(result)),
        owners=" ".join(index.owners[name] for name in whose),
        value=lines.value_text(result),
        figure=lines.figure_text(result),
        target=lines.target_text(result),
        answers=" / ".join(whose),
        bullet=_bullet(result, index),
        trend=trend(spots(across, [each.period for each in across], language), result.target, result.unit),
        sentences=tuple(each.text(language) for each in _sentences(result, language)),
        account=_account(result).text(language),
        misses=table,
        more=message("more", count=more).text(language) if table and more > 0 else "",
        breakdown=breakdown(result, language),
    )


def kinds(result: Result) -> Iterator[str]:
    """Tell what a result can be found by: its verdict, and whether it is provisional."""
    yield str(result.verdict)
    if result.provisional and result.verdict in (Verdict.PASS, Verdict.FAIL):
        yield "provisional"


def _sentences(result: Result, language: str) -> Iterator[Message]:
    """Say the arithmetic, then what is waived and what it scores; the verdict's line stands above it already."""
    yield from (each for each in sentences(result, language) if each.key != "arithmetic_verdict")
    yield from compared.sentences(result, language)
    if waiver := approvals.waiver_said(result):
        yield waiver
    if result.score:
        yield message("page_scored", points=scores.score_text(result.score), how=result.score.how)


def _account(result: Result) -> Message:
    """Say what became of each row that was accepted."""
    reading = result.reading
    return message(
        "page_account",
        accepted=reading.accepted,
        filtered=reading.filtered,
        outside=reading.out_of_period,
        excluded=sum(reading.excluded.values()),
        pending=reading.pending,
        counted=reading.counted,
    )


def _bullet(result: Result, index: _Index) -> Bullet | None:
    if result.value is None or result.target is None:
        return None
    return bullet(result.value, result.target, result.unit, index.scales.get(result.indicator))


def _scales(card: Scorecard) -> Iterator[tuple[str, tuple[Fraction, Fraction]]]:
    """Find the ends of each survey's scale in the rule, where it states one."""
    for name, rule in card.rules.items():
        for clause in rule.clauses:
            if clause.part == "scale" and (ends := _SCALE.fullmatch(clause.text)):
                yield name, (Fraction(ends[1]), Fraction(ends[2]))


def _totals(card: Scorecard, language: str) -> Mapping[str, tuple[str, ...]]:
    """Say each project's totals and grade, each with its heading."""
    heads = scores.headings(card, language)[1:] if card.totals else []
    table = scores.table(card, language) if card.totals else ()
    return {name: tuple(f"{head} {text}" for head, text in zip(heads, row, strict=True)) for name, *row in table}
