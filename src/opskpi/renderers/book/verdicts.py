"""Verdicts as formulas: a figure held against its target in whole numbers, where that is exact."""

from fractions import Fraction

from opskpi.indicators.nodes import Node
from opskpi.indicators.syntax import parse
from opskpi.model.cards import Reading, Result, Verdict
from opskpi.renderers.book import formulas
from opskpi.renderers.book.formulas import Cells, Ratio
from opskpi.renderers.book.making import ABOVE, BELOW, FIGURE, TERM_ABOVE, TERM_BELOW, Book
from opskpi.renderers.lines import verdict_word, word

#: The verdicts that a comparison gives.
JUDGED = frozenset({Verdict.PASS, Verdict.FAIL})


def verdict(result: Result, row: int, found: Cells, book: Book) -> str:
    """Write the comparison with the target, where it is exact; nothing where our word has to stand."""
    plain = result.why is None and result.verdict in JUDGED
    if not (plain and result.target and result.value is not None and found.live):
        return ""
    ratio = _ratio(result, row, found, book)
    condition = formulas.holds(result.target, ratio) if ratio else ""
    if not condition:
        return ""
    said = {verdict: word(f"verdict_{verdict}", book.language) for verdict in JUDGED}
    said[result.verdict] = verdict_word(result, book.language)
    return f"IF({condition},{formulas.text(said[Verdict.PASS])},{formulas.text(said[Verdict.FAIL])})"


def _ratio(result: Result, row: int, found: Cells, book: Book) -> Ratio | None:
    """Make a figure whole numbers, None where that cannot be done."""
    reading, its = result.reading, book.evidence[result.indicator]
    if its.formula:
        return _ratio_of_terms(result, parse(its.formula), book)
    scales = book.scales[result.indicator, ""]
    if scales is None or reading.value is None:
        return None
    if found.value:  # of ordered values; a median is the mean of two
        scale = 2 * scales[0]
        return Ratio(formulas.whole(f"{FIGURE}{row}", scale), "", scale, 1, (reading.value * scale, Fraction(1)))
    above, below = reading.numerator or Fraction(0), reading.denominator or Fraction(1)
    return Ratio(
        formulas.whole(f"{ABOVE}{row}", scales[0]),
        formulas.whole(f"{BELOW}{row}", scales[1]) if found.below else "",
        scales[0],
        scales[1],
        (above * scales[0], below * scales[1]),
    )


def _ratio_of_terms(result: Result, node: Node, book: Book) -> Ratio | None:
    """Make a quotient of whole numbers of terms that are such; None where one is not."""
    terms = result.reading.terms
    pairs = {term: _pair(each) for term, each in terms.items()}
    if any(pair is None for pair in pairs.values()):
        return None

    def cell(term: str) -> tuple[str, str]:
        above, below = (
            book.layout.term(result.project, result.indicator, term, letter) for letter in (TERM_ABOVE, TERM_BELOW)
        )
        return above, below if terms[term].denominator is not None else ""

    above, below = formulas.parts(node, cell)
    numerator, denominator = result.reading.numerator, result.reading.denominator
    if numerator is None or (denominator is not None and denominator <= 0):
        return None
    return Ratio(f"({above})", below and f"({below})", 1, 1, (numerator, denominator or Fraction(1)))


def _pair(reading: Reading) -> tuple[int, int] | None:
    """Get a term's figure as two whole numbers, None where it is none."""
    above, below = reading.numerator, reading.denominator
    if above is None or above.denominator != 1 or (below is not None and below.denominator != 1):
        return None
    return above.numerator, 1 if below is None else below.numerator
