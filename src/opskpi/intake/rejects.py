"""The rejects file: the rejected rows as they were, with place, rule and sentence before them."""

import csv
import io
from collections.abc import Mapping

from opskpi.intake.ledgers import Intake, problems
from opskpi.intake.repairs import PLACE, SHORT_HASH
from opskpi.intake.sheets import SheetRead
from opskpi.model.places import Problem
from opskpi.model.safety import plain_text


def rejects(intake: Intake, language: str) -> bytes:
    """Write one line for each rejected row; raw cells are read again from the exports."""
    by_row: dict[tuple[int, int], list[Problem]] = {}
    sheets = {id(sheet): sheet for sheet in intake.sheets}
    for sheet, row, problem in problems(intake):
        by_row.setdefault((id(sheet), row), []).append(problem)
    raw = {key: _raw_rows(sheet, {row for owner, row in by_row if owner == key}) for key, sheet in sheets.items()}
    headings = list(
        dict.fromkeys(heading.strip() for key, sheet in sheets.items() if raw[key] for heading in sheet.layout.headings)
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*PLACE, *headings])
    for (key, row), found in by_row.items():
        cells = raw[key].get(row, {})
        place = _place(sheets[key], found, language)
        writer.writerow([*place, *(plain_text(cells.get(heading, "")) for heading in headings)])
    return out.getvalue().encode("utf-8-sig")


def _place(sheet: SheetRead, found: list[Problem], language: str) -> list[object]:
    place = found[0].place
    return [
        place.file,
        sheet.sha256[:SHORT_HASH],
        place.sheet,
        place.row,
        " ".join(problem.place.cell for problem in found if problem.place.cell),
        " ".join(problem.rule for problem in found),
        "; ".join(problem.message.text(language) for problem in found),
    ]


def _raw_rows(sheet: SheetRead, numbers: set[int]) -> dict[int, Mapping[str, str]]:
    """Read some rows of a sheet again, every column as text."""
    if not numbers:
        return {}
    headings = sheet.layout.headings
    found: dict[int, Mapping[str, str]] = {}
    before = sheet.layout.heading_row
    for piece in sheet.sheet.pieces(before, dict.fromkeys(range(len(headings)), False), sheet.layout.width):
        block = piece()
        for ragged in block.ragged:
            if ragged.row + before in numbers:
                found[ragged.row + before] = {headings[0].strip(): ragged.text}
        for at, row in enumerate(block.rows.tolist()):
            if row + before in numbers:
                cells = (_text(block.columns[position][at].as_py()) for position in range(len(headings)))
                found[row + before] = {h.strip(): c for h, c in zip(headings, cells, strict=True)}
        before += block.size
    return found


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)
