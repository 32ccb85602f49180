"""The checked tables of a run: fates, ledgers, problems, and what is worth a warning."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from opskpi.errors import ImbalanceError
from opskpi.intake.joins import asked_for, joined, ticket_projects
from opskpi.intake.keys import Alike, Fate, Keyed, settle_keys
from opskpi.intake.names import Projects
from opskpi.intake.sheets import SheetRead
from opskpi.model import REGISTERS
from opskpi.model.cards import InputRecord
from opskpi.model.masking import MARK
from opskpi.model.places import Ledger, Place, Problem, ProblemGroup
from opskpi.tables.check import Chunk, explain
from opskpi.tables.columns import Column, Texts, cell_texts
from opskpi.tables.drafts import Fault
from opskpi.wording import Message, message

#: The place of what the plan's schedule says.
SCHEDULE = "schedule"
#: How many problems of one kind are shown in full.
FIRST = 5
#: The fates of rows that need no fault to count in no figure.
_GIVEN_WAY = (Fate.DUPLICATE, Fate.SUPERSEDED, Fate.ELSEWHERE)
#: Rules whose problems are counted for each word.
_BY_WORD = frozenset({"unknown_word", "unknown_project"})


@dataclass(frozen=True, slots=True)
class Checked:
    """A block of one table after keys and names are settled.

    `places` say where rows come from that no file has; `scheduled` tells whose due moment is the plan's.
    """

    sheet: SheetRead
    chunk: Chunk
    projects: NDArray[np.int32]
    accepted: NDArray[np.bool_]
    fates: NDArray[np.int8]
    places: tuple[str, ...] = ()
    scheduled: NDArray[np.bool_] | None = None

    @property
    def columns(self) -> Mapping[str, Column]:
        """The typed columns."""
        return self.chunk.columns

    @property
    def rejected(self) -> NDArray[np.bool_]:
        """Tell which rows stand for their key and are bad."""
        gone = np.isin(self.fates, _GIVEN_WAY)
        return np.asarray(~(self.accepted | gone), dtype=bool)

    def place(self, row: int, column: str | None = None) -> Place:
        """Say where a row, or one of its cells, stands; what the plan's schedule says stands in no row."""
        if self.scheduled is not None and column == self.sheet.table.due and self.scheduled[row]:
            return Place(SCHEDULE, "", 0)
        if self.places:
            return Place(self.places[row], "", 0)
        at = self.sheet.layout.columns.get(column) if column else None
        return Place(self.sheet.file, self.sheet.name or "", int(self.chunk.rows[row]), at)


@dataclass(frozen=True, slots=True)
class Intake:
    """All checked rows of a run, by table, and the projects they belong to.

    `accepted` and `rejected` count each project's rows, by table; registers are no tables here.
    `owed` are those of the accepted rows that only the plan's schedule knows.
    """

    sheets: tuple[SheetRead, ...]
    tables: Mapping[str, tuple[Checked, ...]]
    projects: Projects
    alike: tuple[Alike, ...]
    accepted: Mapping[str, NDArray[np.int64]]
    rejected: Mapping[str, NDArray[np.int64]]
    owed: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Tell which projects have an accepted row in any table."""
        rows = sum(self.accepted.values()) - sum(self.owed.values())
        return np.asarray(rows > np.zeros(len(self.projects.names)), dtype=bool)

    @property
    def on_card(self) -> frozenset[str]:
        """Name the projects to judge: registered, in the plan, or with a row that stands."""
        nobody = np.zeros(len(self.projects.names), dtype=np.int64)
        standing = sum((*self.accepted.values(), *self.rejected.values()), nobody)
        return frozenset(
            name
            for name, rows in zip(self.projects.names, standing.tolist(), strict=True)
            if rows or name in self.projects.known
        )

    @property
    def unassigned(self) -> int:
        """How many rejected rows name no project that is known."""
        rows = sum(
            int((each.rejected & (each.projects < 0)).sum())
            for name, blocks in self.tables.items()
            for each in (blocks if name != "sla" else ())
        )
        return rows + sum(len(sheet.ragged) for sheet in self.sheets)


#: What is asked of settled rows beyond their cells: a block's faults.
Demand = Callable[[Checked], tuple[Fault, ...]]


def settle(sheets: Sequence[SheetRead], projects: Projects, demand: Demand | None = None) -> Intake:
    """Settle keys table by table, and with them every row's fate; rows that fail the demand are rejected."""
    tables: dict[str, tuple[Checked, ...]] = {}
    alike: list[Alike] = []
    names = dict.fromkeys(sheet.table.name for sheet in sheets)
    for name in sorted(names, key=lambda name: name != "tickets"):  # whose projects others may be joined to
        keyed = [
            _keyed(projects, sheet, order, at)
            for order, sheet in enumerate(sheets)
            if sheet.table.name == name
            for at in range(len(sheet.parts))
        ]
        if asked := asked_for(keyed):
            lent = [(each.chunk, each.projects, each.accepted) for each in tables.get("tickets", ())]
            keyed = [joined(each, ticket_projects(lent, asked)) for each in keyed]
        fates, same = settle_keys(keyed)
        alike += same
        closed = projects.closed and name not in REGISTERS
        checked = [_checked(each, fate, closed=closed) for each, fate in zip(keyed, fates, strict=True)]
        tables[name] = tuple(_held_to(each, demand) if demand else each for each in checked)
    tables = {name: tables[name] for name in names}
    counted = {name: blocks for name, blocks in tables.items() if name not in REGISTERS}
    count = len(projects.names)
    return Intake(
        tuple(sheets),
        tables,
        projects,
        tuple(alike),
        {name: _by_project(blocks, count, lambda each: each.accepted) for name, blocks in counted.items()},
        {name: _by_project(blocks, count, lambda each: each.rejected) for name, blocks in counted.items()},
    )


def records(intake: Intake) -> tuple[InputRecord, ...]:
    """Write down every sheet with its ledger; raises ImbalanceError where one does not balance."""
    return tuple(_record(sheet, _ledger(sheet, intake)) for sheet in intake.sheets)


def problem_groups(intake: Intake) -> tuple[ProblemGroup, ...]:
    """Group all problems by table, column and rule, the first few of each in full."""
    titles = {sheet.table.name: sheet.table.said for sheet in intake.sheets}
    counts: Counter[tuple[str, str, str, str]] = Counter()
    first: dict[tuple[str, str, str, str], list[Problem]] = {}
    for each, fault, rows in _faults(intake):
        for word, alike in _by_word(each, fault, rows):
            key = (each.sheet.table.name, fault.column, fault.rule, word)
            counts[key] += len(alike)
            shown = first.setdefault(key, [])
            shown += [_problem(each, fault, row, intake.projects) for row in alike[: FIRST - len(shown)].tolist()]
    for sheet in intake.sheets:
        for ragged in sheet.ragged:
            key = (sheet.table.name, "", "ragged_row", "")
            counts[key] += 1
            if len(shown := first.setdefault(key, [])) < FIRST:
                shown.append(_ragged(sheet, ragged.row, ragged.cells, ragged.text))
    return tuple(
        ProblemGroup(*key[:3], count, tuple(first[key]), titles[key[0]]) for key, count in sorted(counts.items())
    )


def problems(intake: Intake) -> Iterator[tuple[SheetRead, int, Problem]]:
    """Go through every problem: its sheet, its row's number, and the problem."""
    for each, fault, rows in _faults(intake):
        for row in rows.tolist():
            yield each.sheet, int(each.chunk.rows[row]), _problem(each, fault, row, intake.projects)
    for sheet in intake.sheets:
        for ragged in sheet.ragged:
            yield sheet, ragged.row, _ragged(sheet, ragged.row, ragged.cells, ragged.text)


def row_problems(each: Checked, row: int, projects: Projects) -> tuple[Problem, ...]:
    """Say what is wrong with one row."""
    return tuple(_problem(each, fault, row, projects) for fault in each.chunk.faults if (fault.rows == row).any())


def ragged_problem(sheet: SheetRead, number: int) -> Problem | None:
    """Say what is wrong with a row that has more or fewer cells than the heading, if it is one."""
    found = next((each for each in sheet.ragged if each.row == number), None)
    return None if found is None else _ragged(sheet, found.row, found.cells, found.text)


def _by_project(
    blocks: Sequence[Checked], projects: int, marked: Callable[[Checked], NDArray[np.bool_]]
) -> NDArray[np.int64]:
    """Count marked rows by project; rows of no known project fall out."""
    counts = np.zeros(projects, dtype=np.int64)
    for each in blocks:
        owners = each.projects[marked(each)]
        counts += np.bincount(owners[owners >= 0], minlength=projects)
    return counts


def _keyed(projects: Projects, sheet: SheetRead, order: int, at: int) -> Keyed:
    chunk = sheet.parts[at].chunk
    text = chunk.columns.get("project")
    names = text if isinstance(text, Texts) else None
    return Keyed(sheet, order, at, chunk, projects.of(names, len(chunk)), projects.keys(names, len(chunk)))


def _checked(keyed: Keyed, fates: NDArray[np.int8], *, closed: bool) -> Checked:
    """Join what keys, names and cells say of each row."""
    chunk = keyed.chunk
    faults = list(chunk.faults)
    if (conflicts := np.flatnonzero(fates == Fate.CONFLICT)).size:
        faults.append(Fault(keyed.sheet.table.row_id, "conflict", conflicts))
    if closed:
        named = {int(row) for fault in faults if fault.column == "project" for row in fault.rows}
        unknown = [row for row in np.flatnonzero(keyed.projects < 0).tolist() if row not in named]
        if unknown:
            faults.append(Fault("project", "unknown_project", np.array(unknown)))
    accepted = fates == Fate.STANDS
    for fault in faults:
        accepted[fault.rows] = False
    chunk = replace(chunk, faults=tuple(faults))
    return Checked(keyed.sheet, chunk, keyed.projects, accepted, fates)


def _held_to(block: Checked, demand: Demand) -> Checked:
    """Reject the rows that fail a demand."""
    accepted, faults = block.accepted.copy(), demand(block)
    for fault in faults:
        accepted[fault.rows] = False
    return replace(block, accepted=accepted, chunk=replace(block.chunk, faults=(*block.chunk.faults, *faults)))


def _ledger(sheet: SheetRead, intake: Intake) -> Ledger:
    blocks = [each for each in intake.tables[sheet.table.name] if each.sheet is sheet]
    count = {fate: sum(int((each.fates == fate).sum()) for each in blocks) for fate in Fate}
    ledger = Ledger(
        rows=sheet.size - sheet.skipped,
        accepted=sum(int(each.accepted.sum()) for each in blocks),
        rejected=sum(int(each.rejected.sum()) for each in blocks) + len(sheet.ragged),
        duplicate=count[Fate.DUPLICATE],
        superseded=count[Fate.SUPERSEDED],
        skipped=sheet.skipped,
    )
    if not ledger.balanced:
        raise ImbalanceError(message("ledger_unbalanced", what=sheet.label))
    return ledger


def _record(sheet: SheetRead, ledger: Ledger) -> InputRecord:
    return InputRecord(
        sheet.file,
        sheet.name,
        sheet.table.name,
        sheet.layout.source.source,
        sheet.layout.form.name,
        sheet.encoding,
        sheet.sha256,
        sheet.layout.heading_row,
        sheet.layout.heading_of,
        sheet.layout.unused,
        ledger,
        sheet.table.said,
        sheet.sheet.reason,
        sheet.notes,
    )


def _faults(intake: Intake) -> Iterator[tuple[Checked, Fault, NDArray[np.intp]]]:
    """Go through the faults of rejected rows; a row that gave way to another needs none."""
    for name in intake.tables:
        for each in intake.tables[name]:
            for fault in each.chunk.faults:
                rows = fault.rows[each.rejected[fault.rows]]
                if len(rows):
                    yield each, fault, rows


def _by_word(each: Checked, fault: Fault, rows: NDArray[np.intp]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Part rows by the unknown word they hold, each of which gets its own count; else all go together."""
    texts = each.chunk.texts.get(fault.column) or each.columns.get(fault.column)
    if fault.rule not in _BY_WORD or not isinstance(texts, Texts):
        yield "", rows
        return
    places = np.searchsorted(each.chunk.bad, rows) if fault.column in each.chunk.texts else rows
    codes = texts.codes[places]
    for code in np.unique(codes).tolist():
        yield texts.words[code], rows[codes == code]


def _problem(each: Checked, fault: Fault, row: int, projects: Projects) -> Problem:
    heading = each.sheet.layout.heading_of.get(fault.column, fault.column)
    value = MARK if fault.column in each.sheet.hidden else _said(each, fault, row)
    return Problem(
        each.place(row, fault.column),
        each.sheet.table.name,
        heading,
        fault.rule,
        value,
        _sentence(each, fault, heading, value, projects),
    )


def _said(each: Checked, fault: Fault, row: int) -> str:
    """Get the cell's text: from pydantic's finding where the row is bad, else from the column."""
    position = int(np.searchsorted(each.chunk.bad, row))
    if position < len(each.chunk.bad) and each.chunk.bad[position] == row:
        for finding in explain(each.sheet.table, each.chunk, position, each.sheet.rules):
            if (finding.column, finding.rule) == (fault.column, fault.rule):
                return finding.value
        if fault.column in each.chunk.texts:
            return cell_texts(each.chunk.texts[fault.column], np.array([position]))[0] or ""
    column = each.columns.get(fault.column)
    if column is None or isinstance(column, np.ndarray) or not hasattr(column, "__len__"):
        return ""
    return cell_texts(column, np.array([row]))[0] or ""


def _sentence(each: Checked, fault: Fault, heading: str, value: str, projects: Projects) -> Message:
    scale = each.sheet.layout.form.scale or ""
    if fault.rule == "unknown_project":
        near = projects.nearest(value)
        hint = message("did_you_mean", word=near) if near else message("not_in_register")
        return message("rule_unknown_project", heading=heading, value=value, hint=hint)
    return message(
        "rule_conflict_of_no_id" if (fault.rule, value) == ("conflict", "") else f"rule_{fault.rule}",
        heading=heading,
        value=value,
        scale=scale,
        words=_vocabulary(each.sheet, fault.column),
    )


def _vocabulary(sheet: SheetRead, column: str) -> tuple[str, ...]:
    kind = sheet.table.kinds.get(column)
    if kind is None:
        return ()
    if column in sheet.rules.allowed:
        return tuple(sorted(sheet.rules.allowed[column]))
    return ("是", "否") if kind.name == "flag" else tuple(kind.words.values())


def _ragged(sheet: SheetRead, row: int, cells: int, text: str) -> Problem:
    wanted = len(sheet.layout.headings)
    place = Place(sheet.file, sheet.name or "", row)
    sentence = message("rule_ragged_row", cells=cells, wanted=wanted)
    text = text if sheet.veiled is None else MARK  # nobody knows which of its cells is which
    return Problem(place, sheet.table.name, "", "ragged_row", text, sentence)
