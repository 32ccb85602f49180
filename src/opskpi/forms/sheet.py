"""A sheet whose cells can be read and replaced, and nothing else of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from opskpi.forms.cells import Address, Cell, Content, address_of, read_cell, values_of, written
from opskpi.forms.package import Package, unusable
from opskpi.forms.spans import Span, head_with, prefix, replaced
from opskpi.model.places import column_letters

_WANTED = (
    "worksheet",
    "dimension",
    "cols",
    "col",
    "sheetData",
    "row",
    "c",
    "f",
    "v",
    "is",
    "t",
    "rPh",
    "autoFilter",
    "mergeCell",
)
_LAST_ROW, _LAST_COLUMN = 1 << 20, 1 << 14


@dataclass(slots=True)
class _Row:
    """A row's element, and the places of its cells by column."""

    span: Span
    cells: dict[int, Cell] = field(default_factory=dict)


class Sheet:
    """A sheet's cells; what is put into them is written when the sheet is closed."""

    def __init__(self, package: Package, part: str, name: str, texts: Sequence[str]) -> None:
        """Read it; raises SettingsError where its XML cannot be edited."""
        self.name = name
        self.part = part
        self._package = package
        self._xml = package.part(part)
        self._rows: dict[int, _Row] = {}
        self._puts: dict[int, dict[int, bytes]] = {}
        self._edits: list[tuple[int, int, bytes]] = []
        self._heights: dict[int, dict[str, str | None]] = {}
        self._spans = package.elements(part, _WANTED)
        data = [span for span in self._spans if span.name == "sheetData"]
        if not data:
            raise unusable(package.file, "form_strange")
        self._data = data[0]
        self._prefix = prefix(self._xml, self._data)
        self._columns = [span for span in self._spans if span.name == "col"]
        self._merged = [_corners(span) for span in self._spans if span.name == "mergeCell"]
        self._read(texts)

    @property
    def last_row(self) -> int:
        """The last row in which anything stands, 0 where there is none."""
        used = (number for number, row in self._rows.items() if any(not cell.blank for cell in row.cells.values()))
        return max(used, default=0)

    @property
    def filter(self) -> Span | None:
        """The sheet's own filter, not one of a view of somebody's."""
        return next((span for span in self._spans if span.name == "autoFilter" and span.depth == 1), None)

    def hidden(self, at: Address) -> bool:
        """Tell whether a merged range hides a cell: it lies inside, and is not the first."""
        row, column = at
        for (top, left), (bottom, right) in self._merged:
            if top <= row <= bottom and left <= column <= right and at != (top, left):
                return True
        return False

    def cell(self, at: Address) -> Cell | None:
        """Find a cell, as the file has it."""
        row = self._rows.get(at[0])
        return row.cells.get(at[1]) if row else None

    def row(self, number: int) -> Mapping[int, Cell]:
        """Get the cells of a row by column."""
        return self._rows[number].cells if number in self._rows else {}

    def rows(self) -> Iterator[int]:
        """Give the numbers of the rows that are there."""
        yield from sorted(self._rows)

    def column_style(self, column: int) -> int | None:
        """Find the style that a column has where its cells have none."""
        for span in self._columns:
            if int(span.attributes["min"]) <= column + 1 <= int(span.attributes["max"]):
                return int(span.attributes.get("style", "0")) or None
        return None

    def style(self, at: Address) -> int | None:
        """Find the style of a cell, or the one it would have: its row's, else its column's."""
        if (cell := self.cell(at)) is not None:
            return cell.style
        row = self._rows.get(at[0])
        if row and row.span.attributes.get("customFormat") in ("1", "true"):
            return int(row.span.attributes.get("s", "0")) or None
        return self.column_style(at[1])

    def put(self, at: Address, content: Content, style: int | None) -> None:
        """Write a cell in place of what is there."""
        if at[0] > _LAST_ROW or at[1] >= _LAST_COLUMN:
            raise unusable(self._package.file, "form_full")
        said = written(at, style, content, prefix=self._prefix.decode())
        self._puts.setdefault(at[0], {})[at[1]] = said

    def is_put(self, at: Address) -> bool:
        """Tell whether a cell is written."""
        return at[1] in self._puts.get(at[0], {})

    def set_attribute(self, span: Span, name: str, value: str) -> None:
        """Change an attribute of an element of the sheet that is no cell."""
        self._edits.append((span.start, span.inside, head_with(self._xml, span, {name: value})))

    def drop_results(self) -> None:
        """Forget what formulas gave, so that no reader shows figures of another time for those that are filled in."""
        values = {id(span.above): span for span in self._spans if span.name == "v"}
        places = {cell.start: (row, column) for row, each in self._rows.items() for column, cell in each.cells.items()}
        for span in self._spans:
            held = values.get(id(span.above))
            if span.name != "f" or span.above is None or held is None:
                continue
            row, column = places[span.above.start]
            cell = head_with(self._xml, span.above, {"t": None})
            kept = self._xml[span.above.inside : held.start] + self._xml[held.end : span.above.end]
            self._puts.setdefault(row, {}).setdefault(column, cell + kept)

    def set_height(self, row: int, height: float) -> None:
        """Give a row that is written a height in points, which follows its texts once somebody edits them."""
        self._heights[row] = {"ht": f"{height:g}"}

    def take_height(self, row: int, model: int) -> None:
        """Give a row that is written the height of another."""
        like = self._rows[model].span.attributes if model in self._rows else {}
        self._heights[row] = {key: like[key] for key in ("ht", "customHeight") if key in like}

    def close(self) -> None:
        """Hand the sheet's XML to its book, with all that was put."""
        edits = [*self._edits, *self._row_edits()]
        if not edits:
            return
        if self._puts and (span := next((each for each in self._spans if each.name == "dimension"), None)):
            edits.append((span.start, span.inside, head_with(self._xml, span, {"ref": self._extent(span)})))
        self._package.put(self.part, replaced(self._xml, edits))

    def _read(self, texts: Sequence[str]) -> None:
        number, column, current = 0, -1, None
        values = values_of(self._spans)
        for span in self._spans:
            if span.name == "row":
                number, column = int(span.attributes.get("r", number + 1)), -1
                current = self._rows[number] = _Row(span)
            elif span.name == "c" and current is not None:
                at = address_of(span.attributes.get("r", "")) or (number, column + 1)
                if at[0] != number or "r" not in span.attributes:
                    raise unusable(self._package.file, "form_strange")
                column = at[1]
                current.cells[column] = read_cell(span, values.get(id(span), []), texts)

    def _row_edits(self) -> Iterator[tuple[int, int, bytes]]:
        """Write the rows that change; new ones stand before the next that is there."""
        if self._data.closed and self._puts:
            name = self._prefix + b"sheetData>"
            yield self._data.start, self._data.inside, b"<" + name + self._all_new() + b"</" + name
            return
        there = sorted(self._rows)
        for number, puts in sorted(self._puts.items()):
            if number in self._rows:
                yield self._row_edit(number, puts)
                continue
            follower = next((each for each in there if each > number), None)
            at = self._rows[follower].span.start if follower else self._data.after
            yield at, at, self._new_row(number, puts)

    def _all_new(self) -> bytes:
        return b"".join(self._new_row(number, puts) for number, puts in sorted(self._puts.items()))

    def _new_row(self, number: int, puts: Mapping[int, bytes]) -> bytes:
        told = "".join(f' {key}="{value}"' for key, value in self._heights.get(number, {}).items())
        cells = b"".join(puts[column] for column in sorted(puts))
        name = self._prefix + b"row"
        return b"<" + name + f' r="{number}"{told}>'.encode() + cells + b"</" + name + b">"

    def _row_edit(self, number: int, puts: Mapping[int, bytes]) -> tuple[int, int, bytes]:
        """Write a row again, with cells replaced or put between those that stay."""
        row, xml = self._rows[number], self._xml
        span = row.span
        height = {} if "ht" in span.attributes else self._heights.get(number, {})
        parts, done = [head_with(xml, span, {"spans": None, **height}, opened=True)], span.inside
        for column in sorted(puts):
            old = row.cells.get(column)
            later = [cell.start for at, cell in row.cells.items() if at > column]
            start, end = (old.start, old.end) if old else (min(later, default=span.after),) * 2
            parts += [xml[done:start], puts[column]]
            done = end
        tail = b"</" + self._prefix + b"row>" if span.closed else xml[span.after : span.end]
        return span.start, span.end, b"".join([*parts, xml[done : span.after], tail])

    def _extent(self, span: Span) -> str:
        """Stretch the sheet's extent over the new cells."""
        corners = [address_of(each) for each in span.attributes.get("ref", "A1").split(":")]
        places = [each for each in corners if each] + [(row, at) for row, puts in self._puts.items() for at in puts]
        rows, columns = zip(*places, strict=True)
        first, last = (f"{column_letters(pick(columns))}{pick(rows)}" for pick in (min, max))
        return f"{first}:{last}"


def _corners(span: Span) -> tuple[Address, Address]:
    """Read the first and the last cell of a range."""
    corners = [address_of(each) or (0, 0) for each in span.attributes.get("ref", "").split(":")]
    return corners[0], corners[-1]
