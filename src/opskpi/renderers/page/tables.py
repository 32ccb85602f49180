"""The page's plain tables: a caption, heads, and cells that are texts or links to another place of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from opskpi.model.cards import InputRecord, Result, Scorecard, Verdict
from opskpi.model.goals import half_up
from opskpi.model.places import ProblemGroup
from opskpi.renderers import breakdowns, improvements, scores, series
from opskpi.renderers.lines import figure_text, problem_said, target_text, value_text, word
from opskpi.renderers.margins import headroom
from opskpi.wording import message

#: The columns of a ledger, each with its heading.
_LEDGER = ("rows", "accepted", "rejected", "duplicate", "superseded", "skipped")

#: So many parts of a period stand side by side at most.
_ABREAST = 12


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to another place of the page."""

    text: str
    anchor: str


Cell = str | Link


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under heads, named by their first cells; columns in `numbers` are figures, those in `codes` to be copied."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: frozenset[int] = frozenset()
    codes: frozenset[int] = frozenset()


def failed(card: Scorecard, anchors: Mapping[tuple[str, str], str], language: str) -> Table:
    """List what was missed, with what was lacking."""
    heads = ("head_project", "head_indicator", "head_value", "head_figure", "head_target", "page_lacking")
    rows = tuple(
        (
            result.project,
            Link(result.name, anchors[result.project, result.indicator]),
            value_text(result),
            figure_text(result),
            target_text(result),
            said.text(language) if (said := headroom(result)) else "",
        )
        for result in card.results
        if result.verdict is Verdict.FAIL
    )
    return Table(word("section_failed", language), _words(heads, language), rows, frozenset({2, 3, 4}))


def improved(card: Scorecard, language: str) -> Table:
    """List what was missed with what was written about it, and what is still open of earlier periods."""
    rows = tuple(improvements.table(card, language))
    return Table(
        word("section_improvements", language), _words(improvements.HEADS, language), rows, frozenset({2, 3, 4})
    )


def company(card: Scorecard, language: str) -> Table:
    """Say for each indicator how many projects passed, the worst, and the pooled figure."""
    heads = (
        "head_indicator",
        "head_target",
        "page_projects",
        "verdict_pass",
        "verdict_fail",
        "verdict_none",
        "verdict_waived",
        "page_worst",
        "page_pooled",
        "head_figure",
    )
    rows = []
    for line in card.company:
        counts = (line.projects, line.passed, line.failed, line.no_verdict, line.waived)
        parts = [f"{half_up(each, 2).normalize():f}" for each in (line.numerator, line.denominator) if each is not None]
        worst = line.worst or "-"
        rows.append((line.name, target_text(line), *map(str, counts), worst, value_text(line), "/".join(parts) or "-"))
    caption = word("page_company", language)
    return Table(caption, _words(heads, language), tuple(rows), frozenset({1, 2, 3, 4, 5, 6, 8, 9}))


def totals(card: Scorecard, language: str) -> Table:
    """Give the totals of projects and owners."""
    heads = tuple(scores.headings(card, language))
    rows = tuple(tuple(row) for row in scores.table(card, language))
    return Table(word("section_scores", language), heads, rows, frozenset(range(1, len(heads))))


def points(card: Scorecard, language: str) -> Table:
    """Give each result's points, its weights, and how they came about."""
    rows = tuple(
        tuple(f"{each:.2f}" if isinstance(each, float) else str(each) for each in row)
        for row in scores.details(card, language)
    )
    heads = _words(tuple(scores.detail_headings()), language)
    return Table(word("section_points", language), heads, rows, frozenset({3, 4, 5}))


def parts(card: Scorecard, each: series.Series, language: str) -> Iterator[Table]:
    """Lay an indicator's series out: projects down, the period's parts across, as many as fit on paper."""
    for first in range(0, len(card.parts) if each.rows else 0, _ABREAST):
        which = slice(first, first + _ABREAST)
        heads = (word("head_project", language), *series.labels(card)[which])
        rows: list[tuple[str, ...]] = [
            (project, *("" if result is None else series.cell_text(result, language) for result in across[which]))
            for project, across in each.rows
        ]
        if each.passed:
            rows.append((word("head_passed", language), *each.passed[which]))
        yield Table(each.head, heads, tuple(rows), frozenset(range(1, len(heads))))


def misses(result: Result, language: str) -> Table | None:
    """List the rows that speak against the target: id, reason, place."""
    if not result.misses:
        return None
    rows = tuple((miss.row_id or "-", miss.reason.text(language), str(miss.place)) for miss in result.misses)
    key = "page_against" if result.is_too_high else "page_misses"
    caption = message(key, count=max(result.against, len(rows))).text(language)
    return Table(caption, _words(("head_id", "head_reason", "page_place"), language), rows, codes=frozenset({2}))


def breakdown(result: Result, language: str) -> Table | None:
    """Lay a result's rows out by the words of a column, where the plan asks for it."""
    if result.breakdown is None:
        return None
    columns = breakdowns.columns(result.breakdown, language)
    heads, *rows = columns.rows
    return Table(message("page_breakdown", column=heads[0]).text(language), heads, tuple(rows), columns.right)


def problems(group: ProblemGroup, language: str) -> Table:
    """List the first rows that one rule rejected: place, what stood there, and why."""
    rows = tuple((str(each.place), each.value, each.message.text(language)) for each in group.first)
    heads = _words(("page_place", "page_content", "head_reason"), language)
    return Table(problem_said(group).text(language), heads, rows, codes=frozenset({0}))


def ledger(card: Scorecard, language: str) -> Table:
    """Say of each sheet what it was taken for, how it was read, and what became of its rows."""
    heads = (
        "head_file",
        "page_sheet",
        "head_table",
        "page_mapping",
        "head_encoding",
        "head_heading_row",
        *(f"head_{name}" for name in _LEDGER),
    )
    rows = tuple(tuple(_ledger_row(record, language)) for record in card.inputs)
    return Table(word("section_ledger", language), _words(heads, language), rows, frozenset(range(5, len(heads))))


def hashes(card: Scorecard, language: str) -> Table:
    """List every file a figure depends on, once, with its hash."""
    exports = dict.fromkeys((record.file, word("page_export", language), record.sha256) for record in card.inputs)
    plan = ((card.plan.file, card.plan.sha256), *card.plan.extended)
    rows = (
        *exports,
        *((each.file, word("page_repairs", language), each.sha256) for each in card.repairs),
        *((file, word("page_plan", language), sha256) for file, sha256 in plan),
    )
    heads = _words(("head_file", "head_kind"), language)
    return Table(word("page_hashes", language), (*heads, "SHA-256"), rows, codes=frozenset({2}))


def unused(card: Scorecard, language: str) -> Table:
    """List what was found and not read."""
    heads = _words(("head_file", "page_sheet", "head_reason"), language)
    rows = tuple((each.file, each.sheet or "-", each.reason.text(language)) for each in card.unused)
    return Table(word("section_unused", language), heads, rows)


def _ledger_row(record: InputRecord, language: str) -> Iterator[str]:
    yield record.file
    yield record.sheet or "-"
    yield record.title.text(language)
    yield record.source
    yield record.encoding or "-"
    yield str(record.heading_row)
    yield from (str(getattr(record.ledger, name)) for name in _LEDGER)


def _words(keys: tuple[str, ...], language: str) -> tuple[str, ...]:
    return tuple(word(key, language) for key in keys)
