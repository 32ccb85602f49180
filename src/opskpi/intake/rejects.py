"""The rejects file: the rejected rows as they were, with place, rule and sentence before them."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from opskpi.intake.ledgers import Intake, problems
from opskpi.intake.repairs import PLACE, cell_names, every_column, fingerprint, short_hash
from opskpi.intake.sheets import SheetRead
from opskpi.model.masking import MARK
from opskpi.model.places import Problem
from opskpi.model.safety import plain_text


@dataclass(frozen=True, slots=True)
class _Raw:
    """A row as the export has it: its cells by heading, and its fingerprint."""

    cells: Mapping[str, str]
    was: str


def rejects(intake: Intake, language: str) -> bytes:
    """Write one line for each rejected row; raw cells are read again from the exports."""
    by_row: dict[tuple[int, int], list[Problem]] = {}
    sheets = {id(sheet): sheet for sheet in intake.sheets}
    for sheet, row, problem in problems(intake):
        by_row.setdefault((id(sheet), row), []).append(problem)
    raw = {key: dict(_raw_rows(sheet, {row for owner, row in by_row if owner == key})) for key, sheet in sheets.items()}
    named = (name for key, sheet in sheets.items() if raw[key] for name in cell_names(sheet.layout.headings))
    headings = list(dict.fromkeys(named))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*PLACE, *headings])
    for (key, number), found in by_row.items():
        was = raw[key][number]
        place = _place(sheets[key], was, found, language)
        writer.writerow([*place, *(plain_text(was.cells.get(heading, "")) for heading in headings)])
    return out.getvalue().encode("utf-8-sig")


def _place(sheet: SheetRead, row: _Raw, found: list[Problem], language: str) -> list[object]:
    place = found[0].place
    return [
        place.file,
        short_hash(sheet.sha256),
        place.sheet,
        place.row,
        row.was,
        " ".join(problem.place.cell for problem in found if problem.place.cell),
        " ".join(problem.rule for problem in found),
        "; ".join(problem.message.text(language) for problem in found),
    ]


def _raw_rows(sheet: SheetRead, numbers: set[int]) -> Iterator[tuple[int, _Raw]]:
    """Read some rows of a sheet again, every column as text."""
    if not numbers:
        return
    names, veiled = cell_names(sheet.layout.headings), sheet.veiled or frozenset()
    before = sheet.layout.heading_row
    for piece in every_column(sheet.sheet, sheet.layout, {}):
        block = piece()
        for ragged in block.ragged:
            if ragged.row + before in numbers:
                text = ragged.text if sheet.veiled is None else MARK
                yield ragged.row + before, _Raw({names[sheet.layout.first]: text}, fingerprint([ragged.text]))
        for place, row in enumerate(block.rows.tolist()):
            if row + before in numbers:
                cells = [_text(block.columns[position][place].as_py()) for position in range(len(names))]
                shown = [MARK if at in veiled and cell else cell for at, cell in enumerate(cells)]
                yield row + before, _Raw(dict(zip(names, shown, strict=True)), fingerprint(cells))
        before += block.size


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)
