"""Heading rows: where they are, how cells over two rows are joined, and which column a heading names.

Exact spellings only. What dresses a heading (blanks, line breaks, width, a required-mark, the
number of a question) is taken off on both sides; nothing is matched by likeness.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from opskpi.tables.words import normal

#: A mark for required fields, or a colon, around a heading.
_DRESS = "*:"
#: The number of a question before its text, made alike: 1、 2. (3) q4:
_QUESTION = re.compile(r"^\(?q?[0-9]{1,3}[、.):]")
#: `Heading [2]` names the second of headings that are alike.
_NTH = re.compile(r"^(.*?) ?\[([1-9][0-9]?)\]$", re.DOTALL)
#: An upper cell spans at least so many lower ones.
_SPAN = 2


@dataclass(frozen=True, slots=True)
class Headings:
    """A heading row, or two: for each column the texts that name it, the shown one first.

    `row` is the last row of the heading; rows below it are data. `certain` says that merged
    cells prove the second row.
    """

    row: int
    names: tuple[tuple[str, ...], ...]
    certain: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        """What each column is called."""
        return tuple(names[0] for names in self.names)

    def positions(self, *, numbered: bool) -> Mapping[str, tuple[int, ...]]:
        """Find where each name stands, made alike; a name may stand more than once."""
        found: dict[str, list[int]] = {}
        for position, names in enumerate(self.names):
            for form in dict.fromkeys(heading_form(name, numbered=numbered) for name in names):
                if form:
                    found.setdefault(form, []).append(position)
        return {form: tuple(at) for form, at in found.items()}


def heading_form(text: str, *, numbered: bool) -> str:
    """Make headings alike that only dress distinguishes."""
    form = normal(text).strip(_DRESS)
    return _QUESTION.sub("", form) if numbered else form


def nth(spelling: str) -> tuple[str, int]:
    """Part a spelling from the number in `Heading [2]`; 0 where it has none."""
    found = _NTH.match(spelling)
    return (found[1], int(found[2])) if found else (spelling, 0)


def heading_rows(head: Sequence[Sequence[str]], spans: Sequence[tuple[int, int, int]]) -> Iterator[Headings]:
    """Give each row as a possible heading, joined with the next where that lies under it.

    `spans` are cells merged across columns: row, first and last column, counted from 0.
    """
    for number, cells in enumerate(head, start=1):
        lower = head[number] if number < len(head) else ()
        merged = {first: last for row, first, last in spans if row == number - 1}
        if joined := _joined(cells, lower, merged):
            yield Headings(number + 1, joined, certain=bool(merged))
            if merged:
                continue
        yield Headings(number, tuple((cell,) for cell in cells))


def _joined(
    upper: Sequence[str], lower: Sequence[str], merged: Mapping[int, int]
) -> tuple[tuple[str, ...], ...] | None:
    """Join two rows where the lower one stands under spanning cells only; None where it does not."""
    width = max(len(upper), len(lower))
    above = [*(cell.strip() for cell in upper), *[""] * (width - len(upper))]
    below = [*(cell.strip() for cell in lower), *[""] * (width - len(lower))]
    below = ["" if under == over else under for over, under in zip(above, below, strict=True)]
    over = _spanning(above, below, merged)
    filled = {position for position, cell in enumerate(below) if cell}
    if sum(map(bool, above)) < _SPAN:  # one cell above all others is a title
        return None
    if not filled or not filled <= over.keys() or any(cell.replace(".", "").isdigit() for cell in below):
        return None
    return tuple(
        (over[at] + below[at], below[at] + over[at], below[at]) if at in over and below[at] else (above[at],)
        for at in range(width)
    )


def _spanning(above: Sequence[str], below: Sequence[str], merged: Mapping[int, int]) -> dict[int, str]:
    """Find the upper cell that spans each column: merged, or followed by blanks that are filled below."""
    starts = [at for at, cell in enumerate(above) if cell]
    over: dict[int, str] = {}
    ends = [*starts[1:], len(above)] if starts else []
    for at, end in zip(starts, ends, strict=True):
        last = min(merged.get(at, end - 1), len(above) - 1)
        under = [position for position in range(at, last + 1) if below[position]]
        if len(under) >= _SPAN and under[0] == at:
            over |= dict.fromkeys(under, above[at])
    return over
