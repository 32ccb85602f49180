"""From a file to a proposed mapping: the story of `opskpi sources suggest`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from opskpi.errors import ExportError
from opskpi.exports import Sheet
from opskpi.exports.finding import Found
from opskpi.exports.opening import Manner, Opened, open_found
from opskpi.model import EXPORTED
from opskpi.sources import SHIPPED, read_source, shipped
from opskpi.sources.headings import Headings, heading_rows
from opskpi.sources.recognition import Layout, Shown, recognise
from opskpi.suggestions.candidates import OWN, Candidate
from opskpi.suggestions.columns import Grid, grid_of
from opskpi.suggestions.forms import form_lines
from opskpi.suggestions.header import header
from opskpi.suggestions.proposals import Draft, Proposal, proposal, proposals
from opskpi.suggestions.rows import best_headings
from opskpi.tables import load
from opskpi.wording import Message, language_of, message

#: A table is worth naming beside the best when it comes this near.
_NEAR = 0.6
#: A column of moments holds more of them than this.
_FEW_MOMENTS = 0.5


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is proposed for a file: the mapping's text, and the language of what it says."""

    text: str
    language: str

    @property
    def undecided(self) -> tuple[str, ...]:
        """Name the required columns that the mapping, as it is written, does not give yet."""
        forms = read_source(self.text.encode(), "-").forms
        return tuple(
            dict.fromkeys(
                name
                for form in forms
                for name in form.model_table.required
                if not form.columns.get(name)
                and name not in form.constants
                and not (name == "project" and form.project)
            )
        )


def suggest(found: Found, table: str | None, encoding: str | None, language: str | None) -> Suggestion:
    """Propose a mapping; raises ExportError where the file cannot be read or has nothing like headings."""
    opened = open_found(found, manner=Manner(encoding=encoding))
    drafts, read = _chosen([draft for each in opened for draft in _drafts(each, table)])
    if not drafts:
        reasons = tuple(each.reason for each in opened if each.reason)
        raise ExportError(*reasons or (message("suggest_no_headings", file=found.label),))
    spoken = language or language_of("".join(values.heading for each in drafts for values in each.grid.columns))
    forms = [line for each in drafts for line in form_lines(each, spoken)]
    sheets = [sheet for each in opened for sheet in each.sheets]
    return Suggestion("\n".join([*header(found.label, sheets, drafts, read, spoken), *forms, ""]), spoken)


def _drafts(opened: Opened, table: str | None) -> Iterator[Draft]:
    """Draft each sheet that has headings."""
    for sheet in opened.sheets:
        layout, notes = _recognised(sheet, opened, table)
        headings = _headings(sheet, layout)
        if headings is None:
            continue
        grid = grid_of(sheet, headings)
        best, others = _tables(grid, layout, table)
        label = f"{sheet.file}#{sheet.name}" if sheet.name else sheet.file
        name = layout.form.name if layout else sheet.name or best.table
        origins = _origins(sheet, opened)
        yield Draft(label, name, headings.row, grid, best, others, layout, notes, origins=origins)


def _origins(sheet: Sheet, opened: Opened) -> Mapping[str, str]:
    """Name sheet, file and folder, any of which may be named after the project."""
    return {**opened.origins, "sheet": sheet.name or ""}


def _headings(sheet: Sheet, layout: Layout | None) -> Headings | None:
    """Take the heading a shipped source reads, else the row most like one."""
    if layout is None:
        return best_headings(sheet)
    rows = heading_rows(sheet.head, sheet.spans)
    return next(each for each in rows if each.row == layout.heading_row and each.shown == tuple(layout.headings))


def _recognised(sheet: Sheet, opened: Opened, table: str | None) -> tuple[Layout | None, tuple[Message, ...]]:
    """Find the shipped source that reads a sheet, or the questions that keep it from being read."""
    shown = Shown(sheet.name or sheet.file, sheet.head, sheet.spans, _origins(sheet, opened))
    try:
        found = recognise(shown, [shipped(name) for name in SHIPPED], table)
    except ExportError as error:
        return None, error.messages
    return (found, ()) if isinstance(found, Layout) else (None, ())


def _tables(grid: Grid, layout: Layout | None, table: str | None) -> tuple[Proposal, tuple[Proposal, ...]]:
    """Propose for the likeliest table, and name the others that come near it."""
    if layout is not None:
        return _as_read(grid, layout), ()
    best, *others = proposals(grid, (table,) if table else EXPORTED)
    return best, tuple(each for each in others if each.worth > 0 and each.worth >= best.worth * _NEAR)


def _as_read(grid: Grid, layout: Layout) -> Proposal:
    """Propose what a shipped source reads already, and as comments what could be read beyond it."""
    free = proposal(grid, layout.form.table, layout.form)
    why = message("suggest_known", source=layout.source.source)
    columns: dict[str, tuple[Candidate, ...]] = {}
    unread = {each for each in layout.columns if _is_contradicted(grid, layout, each)}
    used = layout.used - {layout.columns[each] for each in unread}
    for name in load(layout.form.table).kinds:
        beyond = tuple(each for each in free.columns.get(name, ()) if each.values.position not in used)
        if name in layout.columns and name not in (*layout.means, *unread):
            part = "opposite" if name in layout.opposite else "remaining" if name in layout.remaining else "columns"
            columns[name] = (Candidate(name, grid.columns[layout.columns[name]], OWN, why, part),)
        elif beyond and name not in (*layout.means, *layout.form.constants, *unread):
            columns[name] = tuple(replace(each, sure=False) for each in beyond)
    return Proposal(layout.form.table, layout.form, columns, free.worth, read=True, unread=tuple(sorted(unread)))


def _is_contradicted(grid: Grid, layout: Layout, name: str) -> bool:
    """Tell a column that may be blank, is read as moments, and holds hardly any."""
    table = layout.form.model_table
    values = grid.columns[layout.columns[name]]
    few = bool(values.texts) and values.shares["moment"] < _FEW_MOMENTS
    return table.kinds[name].is_instant and name not in table.required and not layout.form.patterns and few


def _chosen(drafts: Sequence[Draft]) -> tuple[list[Draft], list[Draft]]:
    """Choose the sheets no source reads, else those of the first source; sheets alike need one form only."""
    source = None if any(each.layout is None for each in drafts) else next((_source(each) for each in drafts), None)
    wanted = [each for each in drafts if _source(each) == source]
    alike: dict[object, Draft] = {}
    for each in wanted:
        alike.setdefault(each.name if each.layout else tuple(values.heading for values in each.grid.columns), each)
    chosen = list(alike.values())
    if source is None and len(chosen) > 1:
        chosen = [replace(each, marks=_marks(each, chosen)) for each in chosen]
    return chosen, [each for each in drafts if _source(each) != source]


def _source(draft: Draft) -> str | None:
    return draft.layout.source.source if draft.layout else None


def _marks(draft: Draft, drafts: Sequence[Draft]) -> tuple[str, ...]:
    """Find a heading by which a sheet is told from the others of its file."""
    elsewhere = {values.heading for each in drafts if each is not draft for values in each.grid.columns}
    used = draft.proposal.used
    own = [values for values in draft.grid.columns if values.heading and values.heading not in elsewhere]
    return tuple(values.heading for values in sorted(own, key=lambda each: each.position not in used))[:1]
