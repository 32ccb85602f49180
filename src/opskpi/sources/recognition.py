"""What a sheet is, told from its headings: exact spellings only, nothing fuzzy.

Two sources that both fit are an error that names them. Where nothing fits, the nearest
form says which headings are missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from opskpi.errors import ExportError
from opskpi.sources import Form, Source
from opskpi.tables.words import normal
from opskpi.wording import Message, message


@dataclass(frozen=True, slots=True)
class Layout:
    """What a sheet was taken for: its form, and which column stands where.

    `latest` is the position of the column that orders the rows of one key, where the form
    names one by its heading.
    """

    source: Source
    form: Form
    heading_row: int
    columns: Mapping[str, int]
    opposite: frozenset[str]
    headings: Sequence[str]
    latest: int | None = None

    @property
    def heading_of(self) -> Mapping[str, str]:
        """The heading each column was read from."""
        return {name: self.headings[position] for name, position in self.columns.items()}

    @property
    def unused(self) -> tuple[str, ...]:
        """The headings nobody asked for."""
        used = {*self.columns.values(), self.latest}
        return tuple(
            text.strip() for position, text in enumerate(self.headings) if position not in used and text.strip()
        )

    @property
    def label(self) -> str:
        """Name source and form for people."""
        return f"{self.source.source}/{self.form.name}" if self.form.name else self.source.source


@dataclass(frozen=True, slots=True)
class Near:
    """The form a sheet comes nearest to, and the headings it lacks for it."""

    form: str
    found: int
    missing: tuple[str, ...]

    @property
    def hint(self) -> Message:
        """Say what is missing."""
        if not self.found:
            return message("no_heading_known")
        return message("nearest_form", form=self.form, missing=self.missing)


def recognise(head: Sequence[Sequence[str]], sources: Sequence[Source], table: str | None, sheet: str) -> Layout | Near:
    """Find the heading row and what the sheet is; raises ExportError where two sources fit."""
    near: list[Near] = []
    for number, cells in enumerate(head, start=1):
        tried = [
            _try(source, form, number, cells)
            for source in sources
            for form in source.forms
            if table in (None, form.table)
        ]
        fits = [each for each in tried if isinstance(each, Layout)]
        if fits:
            return _only(fits, sheet)
        near += [each for each in tried if isinstance(each, Near)]
    if not near:
        return Near("", 0, ())
    return max(near, key=lambda each: (each.found, -len(each.missing)))


def _try(source: Source, form: Form, row: int, cells: Sequence[str]) -> Layout | Near:
    positions: dict[str, int] = {}
    for position, text in enumerate(cells):
        positions.setdefault(normal(text), position)
    headings = source.headings(form)
    columns = _located(headings, positions)
    turned = {name: at for name, at in _located(form.opposite, positions).items() if name not in columns}
    columns |= turned
    latest = _latest(form, columns, positions)
    missing = [
        headings[name][0] if name in headings else name
        for name in form.model_table.required
        if name not in columns and name not in form.constants
    ]
    if latest is None and form.latest_by not in (None, "file", *columns):
        missing.append(str(form.latest_by))
    if form.any_of and not any(name in columns for name in form.any_of):
        missing.append(" / ".join(headings[name][0] for name in form.any_of))
    if missing:
        return Near(f"{source.source}/{form.name}", len(columns), tuple(missing))
    return Layout(source, form, row, columns, frozenset(turned), tuple(cells), latest)


def _located(headings: Mapping[str, Iterable[str]], positions: Mapping[str, int]) -> dict[str, int]:
    """Find each column: the first of its spellings that stands in the row."""
    found: dict[str, int] = {}
    for name, spellings in headings.items():
        at = [positions[normal(each)] for each in spellings if normal(each) in positions]
        if at:
            found[name] = at[0]
    return found


def _latest(form: Form, columns: Mapping[str, int], positions: Mapping[str, int]) -> int | None:
    if form.latest_by in (None, "file"):
        return None
    name = str(form.latest_by)
    return columns.get(name, positions.get(normal(name)))


def _only(fits: Sequence[Layout], sheet: str) -> Layout:
    """Pick the form that explains most; a form whose columns another also has gives way."""
    best = [each for each in fits if not any(_columns(each) < _columns(other) for other in fits)]
    if len({(each.source.source, each.form.name) for each in best}) > 1:
        raise ExportError(message("two_sources", sheet=sheet, sources=tuple(e.label for e in best)))
    return best[0]


def _columns(layout: Layout) -> frozenset[int | None]:
    return frozenset({*layout.columns.values(), layout.latest} - {None})
