"""Where everything stands in the workbook, found before anything is written, so that formulas may point anywhere."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from opskpi.model.cards import Scorecard
from opskpi.model.evidence import Stack
from opskpi.renderers.lines import word

#: The first row of evidence, as a spreadsheet numbers it; what stands above says what the sheet shows.
EVIDENCE_ROW = 8
#: The first result and the first term, under one row of heads.
FIRST_ROW = 2
_LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Span:
    """The rows of a sheet that belong together, as a spreadsheet numbers them."""

    sheet: str
    first: int
    last: int

    def column(self, letter: str) -> str:
        """Write the address of a column of them."""
        return f"{quoted(self.sheet)}!${letter}${self.first}:${letter}${self.last}"


@dataclass(frozen=True, slots=True)
class Layout:
    """The sheets by what they hold, evidence by indicator, rows of results and terms, projects by number."""

    sheets: Mapping[str, str]
    evidence: Mapping[str, str]
    stacks: Mapping[tuple[str, str], tuple[Stack, Span]]
    results: Mapping[tuple[str, str], int]
    terms: Mapping[tuple[str, str, str], int]
    projects: Mapping[str, int]

    def result(self, project: str, indicator: str, letter: str) -> str:
        """Write the address of a cell of a result."""
        return f"{quoted(self.sheets['section_results'])}!${letter}${self.results[project, indicator]}"

    def term(self, project: str, indicator: str, term: str, letter: str) -> str:
        """Write the address of a cell of a term."""
        return f"{quoted(self.sheets['section_terms'])}!${letter}${self.terms[project, indicator, term]}"


def lay_out(card: Scorecard, sections: Iterable[str], language: str) -> Layout:
    """Give every sheet its name and every result, term and stack of evidence its rows."""
    taken: set[str] = set()
    sheets = {section: sheet_name(word(section, language), taken) for section in sections}
    shorts = {result.indicator: result.short for result in card.results}
    evidence = {each.indicator: sheet_name(shorts.get(each.indicator, each.indicator), taken) for each in card.evidence}
    terms = [
        (result.project, result.indicator, term)
        for result in card.results
        if not result.claim
        for term in result.reading.terms
    ]
    return Layout(
        sheets,
        evidence,
        dict(_stacks(card, evidence)),
        {(each.project, each.indicator): row for row, each in enumerate(card.results, start=FIRST_ROW)},
        {term: row for row, term in enumerate(terms, start=FIRST_ROW)},
        {project: number for number, project in enumerate(card.projects, start=1)},
    )


def _stacks(card: Scorecard, sheets: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], tuple[Stack, Span]]]:
    """Find the rows of each stack of evidence; those of one with rows left out make no figure."""
    for each in card.evidence:
        first = EVIDENCE_ROW
        for stack in () if each.left_out else each.stacks:
            last = first + len(stack.rows) - 1
            yield (each.indicator, stack.term), (stack, Span(sheets[each.indicator], first, max(first, last)))
            first = last + 1


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Make a name that a sheet may have, unlike all that are taken, and take it."""
    plain = _FORBIDDEN.sub(" ", wanted).strip(" '") or "-"
    plain = "History_" if plain.casefold() == "history" else plain
    name, number = plain[:_LONGEST].strip(" '"), 1
    while name.casefold() in taken:
        number += 1
        end = f" ({number})"
        name = plain[: _LONGEST - len(end)].strip(" '") + end
    taken.add(name.casefold())
    return name


def quoted(sheet: str) -> str:
    """Write a sheet's name as a formula does."""
    return "'" + sheet.replace("'", "''") + "'"
