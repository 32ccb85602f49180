"""Reading: files are opened, sheets recognised, and their rows mapped and checked in blocks."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import partial

from opskpi.errors import ExportError
from opskpi.exports import Block, Ragged, Sheet
from opskpi.exports.finding import Found, find, natural
from opskpi.exports.opening import Contents, Manner, Opened, open_found
from opskpi.intake.advice import quoted
from opskpi.intake.repairs import Repairs, every_column, read_repairs, refuse_beyond, repaired, within
from opskpi.model import REGISTERS
from opskpi.model.cards import RepairRecord, Unused
from opskpi.sources import Source
from opskpi.sources.asides import Nil
from opskpi.sources.mapping import Mapped, apply, wanted
from opskpi.sources.recognition import Layout, Near, Shown, recognise
from opskpi.tables import Registry, Table, core
from opskpi.tables.check import Chunk, check, finish, settle
from opskpi.tables.columns import TextColumn
from opskpi.tables.drafts import Draft
from opskpi.tables.kinds import Rules
from opskpi.wording import Message, message

#: Text columns whose vocabulary a source closes by mapping it (design rule 13).
_CLOSED_BY_SOURCE = ("priority",)


@dataclass(frozen=True, slots=True)
class Part:
    """A checked block of a sheet, with the column that orders the rows of one key."""

    chunk: Chunk
    latest: TextColumn | None


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A sheet that was read: what it was taken for, its parts, and what was not a row.

    The texts of `hidden` columns are told nowhere, nor what stands at the `veiled` positions; None is where nothing is
    hidden.
    """

    file: str
    name: str | None
    encoding: str | None
    sha256: str
    sheet: Sheet
    layout: Layout
    rules: Rules
    parts: tuple[Part, ...]
    ragged: tuple[Ragged, ...]
    nil: tuple[Nil, ...]
    skipped: int
    size: int
    notes: tuple[Message, ...] = ()
    hidden: frozenset[str] = frozenset()
    veiled: frozenset[int] | None = None

    @property
    def table(self) -> Table:
        """The table its rows belong to."""
        return self.layout.form.model_table

    @property
    def label(self) -> str:
        """File and sheet, for people."""
        return f"{self.file}#{self.name}" if self.name else self.file


@dataclass(frozen=True, slots=True)
class Settings:
    """How exports are read: the sources, the user's own first, the tables, the clock, believable dates.

    `closed` are the words that a plan allows in columns of text, by table and column; `hide` names columns whose
    texts are told nowhere.
    """

    sources: Sequence[Source]
    tables: Registry = field(default_factory=core)
    closed: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    own_sources: Sequence[Source] = ()
    zone: tzinfo | None = None
    window: tuple[datetime, datetime] | None = None
    hide: Sequence[str] = ()
    contents: Contents | None = None
    manner: Manner = field(default_factory=Manner)


@dataclass(frozen=True, slots=True)
class Reading:
    """All sheets that were read, what was found and not read, and the repairs that were made."""

    sheets: tuple[SheetRead, ...]
    unused: tuple[Unused, ...]
    repairs: tuple[RepairRecord, ...] = ()


@dataclass(slots=True)
class _Recognised:
    """A sheet on its way: recognised, its pieces handed out, what was made of each."""

    opened: Opened
    sheet: Sheet
    layout: Layout
    rules: Rules
    pieces: list[Callable[[], Block]] = field(default_factory=list)
    done: list[tuple[Mapped, Draft | Chunk]] = field(default_factory=list)

    @property
    def label(self) -> str:
        """File and sheet, for people."""
        return _label(self.sheet)


def read_sheets(words: Iterable[str | Found], settings: Settings, pool: Executor) -> Reading:
    """Read all exports; raises ExportError for what was named and cannot be used."""
    opening = partial(open_found, contents=settings.contents, manner=settings.manner)
    opened = [each for files in pool.map(opening, find(words, tuple(settings.tables))) for each in files]
    repairs = [read_repairs(each) for each in opened if each.is_repairs]
    files = _once_each(_in_order([each for each in opened if not each.is_repairs]))
    recognised, unused = _recognise_all(files, settings)
    hashes = {id(each): pool.submit(each.digest) for each, _ in files}
    for each in recognised:
        each.pieces = list(each.sheet.pieces(each.layout.heading_row, wanted(each.layout), each.layout.width))
    tasks = [(each, piece) for each in recognised for piece in each.pieces]
    for (each, _), result in zip(tasks, pool.map(_work, tasks), strict=True):
        each.done.append(result)
    mended = Repairs(repairs)
    sheets = [_read(each, hashes[id(each.opened)].result(), mended) for each in recognised]
    return Reading(tuple(sheets), tuple(unused), mended.records())


def _in_order(files: Sequence[Opened]) -> list[Opened]:
    """Order files of one name from several folders by their content, not by the command line."""
    names = Counter(each.found.label for each in files)

    def place(each: Opened) -> tuple[object, ...]:
        content = each.digest() if names[each.found.label] > 1 else ""
        return natural(each.found.label), content, -len(each.sheets), each.found.table is None, each.found.sheet or ""

    return sorted(files, key=place)


def _once_each(files: Sequence[Opened]) -> list[tuple[Opened, Message | None]]:
    """Mark files that were given before under another name: equal sizes, then equal hashes."""
    seen: dict[int, list[Opened]] = {}
    marked: list[tuple[Opened, Message | None]] = []
    for each in files:
        alike = seen.setdefault(each.size, [])
        before = next((old for old in alike if _same(old, each)), None)
        reason = message("same_file", other=before.found.label) if before else None
        if before is None:
            alike.append(each)
        marked.append((each, each.reason or reason))
    return marked


def _same(one: Opened, other: Opened) -> bool:
    """Tell whether two files are one, and nothing is asked of the second that the first did not give."""
    sheets = {sheet.name for sheet in other.sheets} <= {sheet.name for sheet in one.sheets}
    given = sheets and other.found.table in (None, one.found.table)
    return one.size > 0 and given and one.digest() == other.digest()


def _recognise_all(
    files: Sequence[tuple[Opened, Message | None]], settings: Settings
) -> tuple[list[_Recognised], list[Unused]]:
    recognised: list[_Recognised] = []
    unused: list[Unused] = []
    for opened, reason in files:
        label = opened.found.label
        if reason is not None:
            if opened.found.named and not opened.sheets:
                raise ExportError(reason)
            unused.append(Unused(label, None, reason))
            continue
        tried = [(sheet, _layout(sheet, opened, settings)) for sheet in opened.sheets]
        fits = [(sheet, layout) for sheet, layout in tried if isinstance(layout, Layout)]
        nears = [(sheet, layout) for sheet, layout in tried if isinstance(layout, Near)]
        if opened.found.named and not fits:
            raise ExportError(_unrecognised(opened, nears, settings))
        recognised += [_Recognised(opened, s, lay, _rules(s, lay, settings)) for s, lay in fits]
        unused += [Unused(label, sheet.name, near.hint) for sheet, near in nears]
    _refuse_idle(recognised, settings)
    return recognised, unused


def _refuse_idle(recognised: Sequence[_Recognised], settings: Settings) -> None:
    """Stop where a source that was asked for fits no sheet: others would read the files in other ways."""
    for source in settings.own_sources:
        if any(each.layout.source is source for each in recognised):
            continue
        tried = [(each, _own_layout(each.sheet, each.opened, (source,))) for each in recognised]
        near = [(each, layout) for each, layout in tried if isinstance(layout, Near)]
        if near:
            sheet, nearest = max(near, key=lambda each: each[1].found)
            raise ExportError(message("source_idle", source=source.source, sheet=sheet.label, hint=nearest.hint))


def _unrecognised(opened: Opened, nears: Sequence[tuple[Sheet, Near]], settings: Settings) -> Message:
    """Say what is missing, and the command that helps, to copy."""
    found = opened.found
    if not nears:
        return message("no_visible_sheet", file=found.label)
    near = max((near for _, near in nears), key=lambda each: each.found)
    if near.missing and near.form.split("/")[0] in {source.source for source in settings.own_sources}:
        return message("mapping_incomplete", file=found.label, form=near.form, columns=near.missing)
    file = f"{found.path}#{found.sheet}" if found.sheet else str(found.path)
    command = f"opskpi sources suggest {quoted(file)} -o my-source.yaml"
    return message("unrecognised", file=found.label, hint=near.hint, command=command)


def _layout(sheet: Sheet, opened: Opened, settings: Settings) -> Layout | Near:
    """Recognise a sheet, by the user's own sources before the shipped ones."""
    table = opened.found.table
    own = _own_layout(sheet, opened, settings.own_sources) if settings.own_sources else None
    if isinstance(own, Layout) and table in (None, own.form.table):
        return own
    shipped = recognise(_shown(sheet, opened), settings.sources, table)
    if isinstance(own, Near) and isinstance(shipped, Near):
        return own if own.found >= shipped.found else shipped
    return shipped


def _own_layout(sheet: Sheet, opened: Opened, sources: Sequence[Source]) -> Layout | Near:
    return recognise(_shown(sheet, opened), sources, None)


def _shown(sheet: Sheet, opened: Opened) -> Shown:
    return Shown(_label(sheet), sheet.head, sheet.spans, {**opened.origins, "sheet": sheet.name or ""})


def _rules(sheet: Sheet, layout: Layout, settings: Settings) -> Rules:
    form = layout.form
    closed = {name: frozenset(form.words[name].values()) for name in _CLOSED_BY_SOURCE if name in form.words}
    closed |= settings.closed.get(form.table, {})
    base = Rules() if settings.zone is None else Rules(zone=settings.zone)
    return replace(
        base,
        patterns=form.patterns,
        window=None if form.table in REGISTERS else settings.window,  # a contract may be old
        scale=form.limits,
        allowed=closed,
        serials=sheet.serials,
        decimal=form.decimal,
        units=form.units,
    )


def _label(sheet: Sheet) -> str:
    return f"{sheet.file}#{sheet.name}" if sheet.name else sheet.file


def _work(task: tuple[_Recognised, Callable[[], Block]]) -> tuple[Mapped, Draft | Chunk]:
    """Read, map and check one block; on any core, in any order."""
    each, piece = task
    block = apply(each.layout, piece())
    draft = check(each.layout.form.model_table, block.texts, block.rows, each.rules, block.marked)
    if draft.is_open:
        return block, draft
    return block, finish(each.layout.form.model_table, draft, each.rules)


def _read(each: _Recognised, sha256: str, repairs: Repairs) -> SheetRead:
    """Put a sheet's blocks together: repairs and row numbers first, then dates that waited."""
    table, before = each.layout.form.model_table, each.layout.heading_row
    parts: list[tuple[Mapped, Draft | Chunk]] = []
    ragged: list[Ragged] = []
    nil: list[Nil] = []
    wanted_here = repairs.of(sha256, each.sheet.name)
    whole = every_column(each.sheet, each.layout, wanted(each.layout)) if wanted_here else each.pieces
    for piece, (block, checked) in zip(whole, each.done, strict=True):
        if mended := within(wanted_here, before, block.size):
            read = partial(repaired, piece, mended, each.layout)
            block, checked = _work((each, read))  # noqa: PLW2901 - the same block, mended
        parts.append((block, replace(checked, rows=checked.rows + before)))
        ragged += [replace(row, row=row.row + before) for row in block.ragged]
        nil += [replace(row, row=row.row + before) for row in block.nil]
        if block.foreign is not None:
            raise ExportError(message("headings_inside", sheet=each.label, row=block.foreign + before))
        before += block.size
    refuse_beyond(wanted_here, before)
    drafts = [checked for _, checked in parts if isinstance(checked, Draft)]
    rules, notes = settle(drafts, each.rules, each.layout.form.order, each.label, each.layout.heading_of)
    chunk = partial(_chunk, table, rules)
    return SheetRead(
        file=each.sheet.file,
        name=each.sheet.name,
        encoding=each.sheet.encoding,
        sha256=sha256,
        sheet=each.sheet,
        layout=each.layout,
        rules=rules,
        parts=tuple(Part(chunk(checked), block.latest) for block, checked in parts),
        ragged=tuple(ragged),
        nil=tuple(nil),
        skipped=sum(block.skipped for block, _ in parts),
        size=before - each.layout.heading_row,
        notes=(*each.sheet.notes, *notes),
    )


def _chunk(table: Table, rules: Rules, checked: Draft | Chunk) -> Chunk:
    return checked if isinstance(checked, Chunk) else finish(table, checked, rules)
