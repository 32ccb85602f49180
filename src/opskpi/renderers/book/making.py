"""What every sheet of the workbook is written with, and where figures stand."""

from collections.abc import Mapping
from dataclasses import dataclass

from opskpi.model.cards import Result, Scorecard
from opskpi.model.evidence import Evidence
from opskpi.renderers.book import formulas
from opskpi.renderers.book.beside import Beside
from opskpi.renderers.book.columns import buckets
from opskpi.renderers.book.formulas import Cells
from opskpi.renderers.book.layout import Layout
from opskpi.renderers.book.looks import Looks

#: The columns of figures: of a result, and of a term.
ABOVE, BELOW, FIGURE, VERDICT = "F", "G", "H", "J"
TERM_ABOVE, TERM_BELOW, TERM_FIGURE = "E", "F", "G"


@dataclass(frozen=True, slots=True)
class Book:
    """What every sheet is written with; `beside` are files for what no sheet holds, by indicator.

    `yes_or_no` tells whose rows hold or do not, and achieve nothing.
    """

    card: Scorecard
    layout: Layout
    looks: Looks
    language: str
    evidence: Mapping[str, Evidence]
    scales: Mapping[tuple[str, str], tuple[int, int] | None]
    beside: Mapping[str, Beside]
    yes_or_no: Mapping[str, bool]

    def stack_cells(self, result: Result, term: str, row: int) -> Cells:
        """Find the formulas of a project's figure in its evidence, none where the rows do not tell it."""
        found = self.layout.stacks.get((result.indicator, term))
        if found is None or result.claim or found[0].measured:
            return Cells()
        said = buckets(self.language, yes_or_no=self.yes_or_no[result.indicator])
        return formulas.cells(*found, f"$A{row}", said)
