"""What every sheet of the workbook is written with, and where figures stand."""

from collections.abc import Mapping
from dataclasses import dataclass

from opskpi.model.cards import Result, Scorecard
from opskpi.model.evidence import Evidence
from opskpi.renderers.book import formulas
from opskpi.renderers.book.evidence import buckets
from opskpi.renderers.book.formulas import Cells
from opskpi.renderers.book.layout import Layout
from opskpi.renderers.book.looks import Looks

#: The columns of figures: of a result, and of a term.
ABOVE, BELOW, FIGURE, VERDICT = "F", "G", "H", "J"
TERM_ABOVE, TERM_BELOW, TERM_FIGURE = "E", "F", "G"


@dataclass(frozen=True, slots=True)
class Book:
    """What every sheet is written with."""

    card: Scorecard
    layout: Layout
    looks: Looks
    language: str
    evidence: Mapping[str, Evidence]
    scales: Mapping[tuple[str, str], tuple[int, int] | None]

    def stack_cells(self, result: Result, term: str, row: int) -> Cells:
        """Find the formulas of a project's figure in its evidence, none where the rows do not tell it."""
        found = self.layout.stacks.get((result.indicator, term))
        if found is None or result.claim or found[0].measured:
            return Cells()
        return formulas.cells(*found, f"$A{row}", buckets(self.language))
