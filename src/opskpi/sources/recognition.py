"""What a sheet is, told from its headings: exact spellings only, nothing fuzzy.

Two sources that both fit are an error that names them. Where nothing fits, the nearest
form says which headings are missing. A heading that could be two columns, or stands twice, is a
question to the user, never a choice of ours.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from opskpi.errors import ExportError
from opskpi.model import REGISTERS
from opskpi.model.places import column_letters
from opskpi.sources import Source
from opskpi.sources.forms import Form
from opskpi.sources.headings import Headings, heading_form, heading_rows, nth
from opskpi.wording import Message, message


@dataclass(frozen=True, slots=True)
class Shown:
    """What recognition sees of a sheet: first rows, cells merged across columns, and the names around it.

    `origins` are the names a project may be taken from: of the sheet, the file and the folder.
    """

    label: str
    head: Sequence[Sequence[str]]
    spans: Sequence[tuple[int, int, int]] = ()
    origins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """What a sheet was taken for: its form, and which column stands where.

    `means` are columns made of several headings, `latest` is the position of the column that
    orders the rows of one key, where the form names one by its heading. `project` is the name
    that holds for all rows where no column has it. `width` counts the cells of a row, `unnamed`
    are columns with data under no heading.
    """

    source: Source
    form: Form
    heading_row: int
    columns: Mapping[str, int]
    headings: Sequence[str]
    opposite: frozenset[str] = frozenset()
    remaining: frozenset[str] = frozenset()
    means: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    latest: int | None = None
    project: str | None = None
    width: int = 0
    unnamed: tuple[int, ...] = ()
    questions: tuple[Message, ...] = ()

    @property
    def heading_of(self) -> Mapping[str, str]:
        """The heading each column was read from."""
        return {name: self.headings[position].strip() for name, position in self.columns.items()}

    @property
    def used(self) -> frozenset[int]:
        """The positions of all columns that are read."""
        means = {position for positions in self.means.values() for position in positions}
        return frozenset({*self.columns.values(), *means, *([] if self.latest is None else [self.latest])})

    @property
    def first(self) -> int:
        """The first column of the table, where totals and notes begin."""
        return next((position for position, text in enumerate(self.headings) if text.strip()), 0)

    @property
    def unused(self) -> tuple[str, ...]:
        """The headings nobody asked for."""
        named = [
            text.strip() for position, text in enumerate(self.headings) if position not in self.used and text.strip()
        ]
        return (*named, *(f"({column_letters(position)})" for position in self.unnamed))

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
    questions: tuple[Message, ...] = ()

    @property
    def hint(self) -> Message:
        """Say what is missing."""
        if self.questions:
            return self.questions[0]
        if not self.found:
            return message("no_heading_known")
        return message("nearest_form", form=self.form, missing=self.missing)


def recognise(shown: Shown, sources: Sequence[Source], table: str | None) -> Layout | Near:
    """Find the heading row and what the sheet is; raises ExportError where two sources fit or a heading is doubtful."""
    near: list[Near] = []
    for headings in heading_rows(shown.head, shown.spans):
        tried = [
            _try(source, form, headings, shown)
            for source in sources
            for form in source.forms
            if table in (None, form.table)
        ]
        if fits := [each for each in tried if isinstance(each, Layout)]:
            layout = _only(fits, shown.label)
            if layout.questions:
                raise ExportError(*layout.questions)
            return layout
        near += [each for each in tried if isinstance(each, Near)]
    if not near:
        return Near("", 0, ())
    return max(near, key=lambda each: (each.found, -len(each.missing)))


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks headings up in one row for one form; `twice` collects what stands more than once."""

    positions: Mapping[str, tuple[int, ...]]
    numbered: bool
    label: str
    several: list[Message] = field(default_factory=list)

    def at(self, spelling: str) -> int | None:
        """Find the column of a spelling."""
        text, number = nth(spelling)
        exact = self.positions.get(heading_form(spelling, numbered=self.numbered))
        found = exact or self.positions.get(heading_form(text, numbered=self.numbered), ())
        if number and not exact:
            return found[number - 1] if number <= len(found) else None
        if len(found) > 1:
            letters = tuple(column_letters(position) for position in found)
            self.several.append(message("heading_twice", sheet=self.label, heading=spelling, columns=letters))
        return found[0] if found else None

    def located(self, spellings: Mapping[str, Iterable[str]], *, one: bool = False) -> dict[str, int]:
        """Find each column by the first of its spellings; with `one`, a second one is a question."""
        found: dict[str, int] = {}
        for name, texts in spellings.items():
            at = {text: position for text in texts if (position := self.at(text)) is not None}
            if not at:
                continue
            found[name] = next(iter(at.values()))
            if one and len(set(at.values())) > 1:
                question = message("heading_synonyms", sheet=self.label, column=name, headings=tuple(at))
                self.several.append(question)
        return found


def _try(source: Source, form: Form, headings: Headings, shown: Shown) -> Layout | Near:
    search = _Search(headings.positions(numbered=form.numbered), form.numbered, shown.label)
    spelled = source.headings(form)
    columns = search.located(spelled, one=source.one_spelling)
    turned = {part: _others(search.located(getattr(form, part)), columns) for part in ("opposite", "remaining")}
    means = {name: at for name, texts in form.mean.items() if (at := _all(search, texts))}
    for found in (*turned.values(), {name: at[0] for name, at in means.items()}):
        columns |= found
    project = None if "project" in columns else _project(form, shown)
    latest = _latest(form, columns, search)
    missing = _missing(form, spelled, columns, project) | _unmarked(form, columns, latest, search, spelled)
    questions = _questions(form, search, columns, shown.label)
    name = f"{source.source}/{form.name}" if form.name else source.source
    if missing:
        asked = tuple(each for each, about in questions if set(missing) <= set(about))
        return Near(name, len(columns), tuple(missing.values()), asked)
    return Layout(
        source=source,
        form=form,
        heading_row=headings.row,
        columns=columns,
        headings=headings.shown,
        opposite=frozenset(turned["opposite"]),
        remaining=frozenset(turned["remaining"]),
        means=means,
        latest=latest,
        project=project,
        width=_width(headings, shown.head),
        unnamed=_unnamed(headings, shown.head),
        questions=(*search.several, *(each for each, _ in questions)),
    )


def _others(found: Mapping[str, int], columns: Mapping[str, int]) -> dict[str, int]:
    return {name: at for name, at in found.items() if name not in columns}


def _all(search: _Search, texts: Sequence[str]) -> tuple[int, ...]:
    """Find the columns of all headings a mean is made of; none where one is missing."""
    found = [search.at(text) for text in texts]
    return tuple(at for at in found if at is not None) if None not in found else ()


def _project(form: Form, shown: Shown) -> str | None:
    """Take the project's name from sheet, file or folder where the form says so."""
    if form.project is None:
        return None
    name = shown.origins.get(form.project.origin, "").strip()
    if form.project.pattern is None:
        return name or None
    found = re.search(form.project.pattern, name)
    return found[1].strip() if found and found[1] else None


def _missing(
    form: Form, spelled: Mapping[str, tuple[str, ...]], columns: Mapping[str, int], project: str | None
) -> dict[str, str]:
    """Name what the table requires and neither a heading, a constant nor a name gives.

    A survey without projects can be joined by its tickets.
    """
    given = {*columns, *form.constants, *(["project"] if project else ())}
    if form.model_table.joined_by in columns:
        given.add("project")
    return {name: _spelled(spelled, name) for name in form.model_table.required if name not in given}


def _unmarked(
    form: Form,
    columns: Mapping[str, int],
    latest: int | None,
    search: _Search,
    spelled: Mapping[str, tuple[str, ...]],
) -> dict[str, str]:
    """Name what the form itself asks for, beyond its table."""
    asked = (*form.marks, *(text for texts in form.mean.values() for text in texts))
    missing = {text: text for text in asked if search.at(text) is None}
    if latest is None and form.latest_by not in (None, "file", *columns):
        missing[str(form.latest_by)] = str(form.latest_by)
    if form.any_of and not any(name in columns for name in form.any_of):
        missing["any_of"] = " / ".join(_spelled(spelled, name) for name in form.any_of)
    return missing


def _spelled(spelled: Mapping[str, tuple[str, ...]], name: str) -> str:
    return spelled[name][0] if spelled.get(name) else name


def _questions(
    form: Form, search: _Search, columns: Mapping[str, int], label: str
) -> list[tuple[Message, tuple[str, ...]]]:
    """Ask about headings that could be several columns, none of which another heading has settled."""
    return [
        (message("heading_ambiguous", sheet=label, heading=heading, columns=could_be), could_be)
        for heading, could_be in form.ambiguous.items()
        if not any(name in columns for name in could_be) and search.at(heading) is not None
    ]


def _latest(form: Form, columns: Mapping[str, int], search: _Search) -> int | None:
    if form.latest_by in (None, "file"):
        return None
    name = str(form.latest_by)
    return columns[name] if name in columns else search.at(name)


def _width(headings: Headings, head: Sequence[Sequence[str]]) -> int:
    """Count the cells of a row; rows may all end in delimiters that the heading lacks."""
    width = len(headings.names)
    below = [cells for cells in head[headings.row :] if any(cells)]
    longer = {len(cells) for cells in below if len(cells) > width and not any(cells[width:])}
    return longer.pop() if len(longer) == 1 and all(len(cells) > width for cells in below) else width


def _unnamed(headings: Headings, head: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Find columns that hold something in the first rows and have no heading: the time beside a date, perhaps."""
    blank = [position for position, text in enumerate(headings.shown) if not text.strip()]
    return tuple(p for p in blank if any(p < len(cells) and cells[p].strip() for cells in head[headings.row :]))


def _only(fits: Sequence[Layout], sheet: str) -> Layout:
    """Pick the form that explains most; a form whose columns another also has gives way, a register to rows."""
    best = [each for each in fits if not any(each.used < other.used for other in fits)]
    best = [each for each in best if each.form.table not in REGISTERS] or best
    if len({(each.source.source, each.form.name) for each in best}) > 1:
        raise ExportError(message("two_sources", sheet=sheet, sources=tuple(e.label for e in best)))
    return best[0]
