"""The page's contents, from a scorecard: all that its template fills in, and nothing to calculate there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from opskpi import COUNTING, __version__
from opskpi.model.approvals import Signature
from opskpi.model.cards import Scorecard, Verdict
from opskpi.model.rules import Clause
from opskpi.renderers import approvals, compared, lines, scores, series
from opskpi.renderers.page import results, tables
from opskpi.renderers.page.charts import Trend, trend
from opskpi.wording import message

#: So many indicators stand side by side at most: a matrix has to fit on paper.
_ABREAST = 8
_SIGNED = ("prepared", "reviewed", "approved")


@dataclass(frozen=True, slots=True)
class Head:
    """An indicator above a column: its short and its whole name, and its owners' places in the page's list."""

    short: str
    name: str
    owners: str
    rule: str


@dataclass(frozen=True, slots=True)
class Rule:
    """An indicator's rule: part by part in words, beside them the plan's own notation, and so each of its terms."""

    anchor: str
    name: str
    indicator: str
    clauses: tuple[tuple[str, str, str], ...]
    terms: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Strand:
    """An indicator's series: the company's line, the target it is drawn against, and the tables of all projects."""

    head: str
    trend: Trend | None
    target: str
    tables: tuple[tables.Table, ...]


def contents(card: Scorecard, language: str) -> Mapping[str, object]:
    """Lay the whole page out."""
    return {
        "title": message("card_title", plan=card.plan.name, period=card.period.label).text(language),
        "plan": card.plan.name,
        "period": card.period,
        "as_of": card.as_of.isoformat(" ", "minutes"),
        "header": card.plan.header,
        "signed": tuple(_signed(card)),
        "version": __version__,
        "counting": COUNTING,
        "counts": tuple(_counts(card, language)),
        "kinds": tuple(_kinds(card, language)),
        "owners": results.owners(card),
        "heads": tuple(_heads(card)),
        "blocks": lines.abreast(len(card.indicators), _ABREAST),
        "projects": tuple(results.projects(card, language)),
        "passed": lines.passed(card),
        "failed": tables.failed(card, results.anchors(card), language),
        "improved": tables.improved(card, language),
        "company": tables.company(card, language),
        "scored": (tables.totals(card, language), tables.points(card, language)) if card.totals else (),
        "score_lines": (*scores.costs(card, language), *scores.absent(card, language)),
        "series_heading": series.heading(card, language) if card.parts else "",
        "strands": tuple(_strands(card, language)) if card.parts else (),
        "lists": tuple((key, said) for key, said in _lists(card, language) if said),
        "problems": tuple(tables.problems(group, language) for group in card.problems),
        "rules": tuple(_rules(card, language)),
        "ledger_line": lines.ledger_line(card, language),
        "provenance": (
            tables.ledger(card, language),
            tables.hashes(card, language),
            tables.unused(card, language),
        ),
        "remarks": tuple(_remarks(card, language)),
    }


def _signed(card: Scorecard) -> Iterator[tuple[str, Signature]]:
    """Give who prepared, reviewed and approved the plan; blanks are for signing on paper."""
    for name in _SIGNED:
        yield f"head_{name}", getattr(card.plan.header, name, Signature())


def _counts(card: Scorecard, language: str) -> Iterator[tuple[str, int, str]]:
    """Count the results of each verdict there is."""
    verdicts = [result.verdict for result in card.results]
    for verdict in Verdict:
        if count := verdicts.count(verdict):
            yield str(verdict), count, lines.word(f"verdict_{verdict}", language)


def _kinds(card: Scorecard, language: str) -> Iterator[tuple[str, str]]:
    """List what results can be filtered by."""
    there = {kind for result in card.results for kind in results.kinds(result)}
    names = [(str(verdict), f"verdict_{verdict}") for verdict in Verdict]
    for kind, key in (*names, ("provisional", "provisional")):
        if kind in there:
            yield kind, lines.word(key, language)


def _heads(card: Scorecard) -> Iterator[Head]:
    """Name the indicators across."""
    known = {name: str(at) for at, name in enumerate(results.owners(card))}
    names = zip(card.indicators, lines.heads(card), lines.heads(card, short=False), strict=True)
    for at, (indicator, short, name) in enumerate(names, 1):
        mine = [each for each in card.results if each.indicator == indicator]
        whose = dict.fromkeys(owner for each in mine for owner in (each.owner, each.process_owner) if owner)
        yield Head(short, name, " ".join(known[owner] for owner in whose), f"i{at}")


def _rules(card: Scorecard, language: str) -> Iterator[Rule]:
    """Say how each indicator is counted."""
    marks = {result.indicator: result.rule_sha256 for result in card.results}
    names = zip(card.indicators, lines.heads(card, short=False), strict=True)
    for at, (indicator, name) in enumerate(names, 1):
        rule = card.rules[indicator]
        terms = tuple((term, _clauses(clauses, language)) for term, clauses in rule.terms.items())
        yield Rule(f"i{at}", name, indicator, _clauses(rule.clauses, language), terms, marks.get(indicator, "-"))


def _clauses(clauses: Sequence[Clause], language: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (lines.word(f"rule_part_{each.part}", language), each.said.text(language), each.text) for each in clauses
    )


def _strands(card: Scorecard, language: str) -> Iterator[Strand]:
    """Give each indicator's series."""
    for each in series.series(card, language):
        across = [line for part in card.parts for line in part.company if line.indicator == each.indicator]
        # a project's target says nothing of what adds up over projects
        target = across[0].target if any(line.denominator is not None for line in across) else None
        line = trend(results.pooled_spots(across), target, across[0].unit) if across and each.rows else None
        yield Strand(each.head, line, target.text if target else "", tuple(tables.parts(card, each, language)))


def _lists(card: Scorecard, language: str) -> Iterator[tuple[str, list[str]]]:
    """Give what is said in sentences, under its heading."""
    yield "section_turned", list(compared.turned(card, language))
    yield "section_incomparable", list(compared.notes(card, language))
    yield "section_restated", list(compared.restated(card, language))
    yield "section_waived", list(approvals.waived(card, language))
    yield "section_provisional", list(lines.provisional(card, language))
    yield "section_near", list(lines.near(card, language))
    yield "section_reported", list(lines.reported(card, language))
    yield "section_without", list(lines.without(card, language))
    yield "section_changes", list(approvals.changed(card, language))
    yield "section_notes", [note.text(language) for note in card.notes]


def _remarks(card: Scorecard, language: str) -> Iterator[str]:
    """Say how sheets were read, and what in them was not."""
    for record in card.inputs:
        name = f"{record.file}#{record.sheet}" if record.sheet else record.file
        said = [message("input_encoding", encoding=record.encoding, reason=record.encoding_reason)]
        if record.unused_headings:
            said.append(message("input_unused_headings", headings=record.unused_headings))
        for each in said if record.encoding_reason else said[1:]:
            yield f"{name}: {each.text(language).strip()}"
