"""Evidence that no sheet holds: the sheet has the rows that matter most, a CSV file beside the workbook has all."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256
from itertools import islice

from opskpi.model.cards import Scorecard
from opskpi.model.evidence import Evidence, EvidenceRow, Stack
from opskpi.model.safety import plain_text
from opskpi.renderers.book.columns import COLUMNS, is_used, is_yes_or_no, row_cells
from opskpi.renderers.lines import word

#: The first heading of such a file, by which a folder's listing passes it by (`exports.MARK_EVIDENCE`).
MARK = "opskpi_evidence"
#: What a sheet lists first.
_ORDER = {"missed": 0, "pending": 1, "excluded": 2}
_NO_FILE_NAME = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]+')


@dataclass(frozen=True, slots=True)
class Beside:
    """A file beside the workbook: its name, its rows, and the hash that ties it to the workbook."""

    name: str
    rows: int
    sha256: str


def fitted(card: Scorecard, most: int) -> Scorecard:
    """Leave out what a sheet has no room for; missed and pending rows stay longest."""
    if all(each.rows <= most for each in card.evidence):
        return card
    return replace(card, evidence=tuple(_within(each, most) for each in card.evidence))


def files(card: Scorecard, most: int, stem: str, language: str) -> Mapping[str, bytes]:
    """Write all rows of each indicator that has more than a sheet holds, by file name."""
    return {_name(stem, each): _written(each, card, language) for each in card.evidence if each.rows > most}


def described(card: Scorecard, most: int, stem: str, files: Mapping[str, bytes]) -> Mapping[str, Beside]:
    """Describe those files, by indicator."""
    names = {each.indicator: (_name(stem, each), each.rows) for each in card.evidence if each.rows > most}
    return {key: Beside(name, rows, sha256(files[name]).hexdigest()) for key, (name, rows) in names.items()}


def _within(each: Evidence, most: int) -> Evidence:
    """Keep so many rows of an indicator, its first terms before the others."""
    if each.rows <= most:
        return each
    stacks, room = [], most
    for stack in each.stacks:
        stacks.append(replace(stack, rows=_first(stack.rows, room)))
        room -= len(stacks[-1].rows)
    return replace(each, stacks=tuple(stacks), left_out=each.rows - most)


def _first(rows: Sequence[EvidenceRow], most: int) -> tuple[EvidenceRow, ...]:
    """Keep the rows that matter most, in the order they have."""
    places = sorted(range(len(rows)), key=lambda place: _ORDER.get(rows[place].bucket, len(_ORDER)))
    return tuple(rows[place] for place in sorted(islice(places, most)))


def _name(stem: str, each: Evidence) -> str:
    return f"{stem}.evidence-{_NO_FILE_NAME.sub('_', each.indicator)}.csv"


def _written(each: Evidence, card: Scorecard, language: str) -> bytes:
    """Write the columns of the sheet, with a BOM for Excel, texts safe from being run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    used = [place for place, (key, _) in enumerate(COLUMNS) if is_used(key, each)]
    writer.writerow([MARK, *(word(COLUMNS[place][0], language) for place in used)])
    about = is_yes_or_no(each, card), language
    name = plain_text(each.indicator)
    for stack in each.stacks:
        writer.writerows([name, *_line(stack, row, used, about)] for row in stack.rows)
    return out.getvalue().encode("utf-8-sig")


def _line(stack: Stack, row: EvidenceRow, used: Sequence[int], about: tuple[bool, str]) -> list[object]:
    cells = row_cells(stack, row, about)
    return [_shown(cells[place]) for place in used]


def _shown(cell: str | Fraction | int | None) -> object:
    if isinstance(cell, Fraction):
        return cell.numerator if cell.denominator == 1 else float(cell)
    return plain_text(cell) if isinstance(cell, str) else cell
