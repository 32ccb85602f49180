"""Reading: files are opened, sheets recognised, and their rows mapped and checked in blocks."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from fractions import Fraction
from functools import partial

from opskpi.documents import parse_scale
from opskpi.errors import ExportError
from opskpi.exports import Block, Ragged, Sheet
from opskpi.exports.finding import Digests, Found, Opened, find, natural, open_found
from opskpi.model.cards import Unused
from opskpi.sources import Form, Source
from opskpi.sources.mapping import Mapped, Nil, apply, wanted
from opskpi.sources.recognition import Layout, Near, recognise
from opskpi.tables import NAMES, Table
from opskpi.tables.check import Chunk, Draft, check, finish, settle
from opskpi.tables.columns import TextColumn
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
    """A sheet that was read: what it was taken for, its parts, and what was not a row."""

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
    """How exports are read: the sources, the user's own first, the clock, believable dates."""

    sources: Sequence[Source]
    own_sources: Sequence[Source] = ()
    zone: tzinfo | None = None
    window: tuple[datetime, datetime] | None = None
    digests: Digests | None = None


@dataclass(slots=True)
class _Recognised:
    """A sheet on its way: recognised, its pieces handed out."""

    opened: Opened
    sheet: Sheet
    layout: Layout
    rules: Rules
    done: list[tuple[Mapped, Draft | Chunk]] = field(default_factory=list)


def read_sheets(
    words: Iterable[str], settings: Settings, pool: Executor
) -> tuple[tuple[SheetRead, ...], tuple[Unused, ...]]:
    """Read all exports; raises ExportError for what was named and cannot be used."""
    opened = list(pool.map(partial(open_found, digests=settings.digests), find(words, NAMES)))
    files = _once_each(_in_order(opened))
    recognised, unused = _recognise_all(files, settings)
    hashes = {id(each): pool.submit(each.digest) for each, _ in files}
    tasks = [
        (each, piece)
        for each in recognised
        for piece in each.sheet.pieces(each.layout.heading_row, wanted(each.layout))
    ]
    for (each, _), result in zip(tasks, pool.map(_work, tasks), strict=True):
        each.done.append(result)
    sheets = [_read(each, hashes[id(each.opened)].result()) for each in recognised]
    return tuple(sheets), tuple(unused)


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
    asked = {sheet.name for sheet in other.sheets} <= {sheet.name for sheet in one.sheets}
    return one.size > 0 and asked and one.digest() == other.digest()


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
        tried = [(sheet, _layout(sheet, opened.found, settings)) for sheet in opened.sheets]
        fits = [(sheet, layout) for sheet, layout in tried if isinstance(layout, Layout)]
        nears = [(sheet, layout) for sheet, layout in tried if isinstance(layout, Near)]
        if opened.found.named and not fits:
            raise ExportError(_unrecognised(label, nears))
        recognised += [_Recognised(opened, s, lay, _rules(lay, settings)) for s, lay in fits]
        unused += [Unused(label, sheet.name, near.hint) for sheet, near in nears]
    return recognised, unused


def _unrecognised(label: str, nears: Sequence[tuple[Sheet, Near]]) -> Message:
    if not nears:
        return message("no_visible_sheet", file=label)
    near = max((near for _, near in nears), key=lambda each: each.found)
    return message("unrecognised", file=label, hint=near.hint)


def _layout(sheet: Sheet, found: Found, settings: Settings) -> Layout | Near:
    """Recognise a sheet, by the user's own sources before the shipped ones."""
    label = f"{sheet.file}#{sheet.name}" if sheet.name else sheet.file
    own: Layout | Near | None = None
    if settings.own_sources:
        own = recognise(sheet.head, settings.own_sources, None, label)
        if isinstance(own, Layout) and found.table in (None, own.form.table):
            return own
    shipped = recognise(sheet.head, settings.sources, found.table, label)
    if isinstance(own, Near) and isinstance(shipped, Near):
        return own if own.found >= shipped.found else shipped
    return shipped


def _rules(layout: Layout, settings: Settings) -> Rules:
    form = layout.form
    closed = {name: frozenset(form.words[name].values()) for name in _CLOSED_BY_SOURCE if name in form.words}
    base = Rules() if settings.zone is None else Rules(zone=settings.zone)
    return replace(base, patterns=form.patterns, window=settings.window, scale=_scale(form), allowed=closed)


def _scale(form: Form) -> tuple[Fraction, Fraction] | None:
    return None if form.scale is None else parse_scale(form.scale)


def _work(task: tuple[_Recognised, Callable[[], Block]]) -> tuple[Mapped, Draft | Chunk]:
    """Read, map and check one block; on any core, in any order."""
    each, piece = task
    block = apply(each.layout, piece())
    draft = check(each.layout.form.model_table, block.texts, block.rows, each.rules)
    if draft.is_open:
        return block, draft
    return block, finish(each.layout.form.model_table, draft, each.rules)


def _read(each: _Recognised, sha256: str) -> SheetRead:
    """Put a sheet's blocks together: row numbers first, then dates that waited."""
    table, before = each.layout.form.model_table, each.layout.heading_row
    parts: list[tuple[Mapped, Draft | Chunk]] = []
    ragged: list[Ragged] = []
    nil: list[Nil] = []
    for block, checked in each.done:
        parts.append((block, replace(checked, rows=checked.rows + before)))
        ragged += [replace(row, row=row.row + before) for row in block.ragged]
        nil += [replace(row, row=row.row + before) for row in block.nil]
        before += block.size
    label = f"{each.sheet.file}#{each.sheet.name}" if each.sheet.name else each.sheet.file
    drafts = [checked for _, checked in parts if isinstance(checked, Draft)]
    rules = settle(drafts, each.rules, each.layout.form.order, label, each.layout.heading_of)
    chunk = partial(_chunk, table, rules)
    return SheetRead(
        each.sheet.file,
        each.sheet.name,
        each.sheet.encoding,
        sha256,
        each.sheet,
        each.layout,
        rules,
        tuple(Part(chunk(checked), block.latest) for block, checked in parts),
        tuple(ragged),
        tuple(nil),
        sum(block.skipped for block, _ in parts),
        before - each.layout.heading_row,
    )


def _chunk(table: Table, rules: Rules, checked: Draft | Chunk) -> Chunk:
    return checked if isinstance(checked, Chunk) else finish(table, checked, rules)
