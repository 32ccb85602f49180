"""The check: columns of text become typed columns, with the bad cells beside them.

The checks are derived from the row models; pydantic itself sees only rows that fail, for
the sentence (`explain`). A block of rows is checked alone, so blocks may be read in any
order and on any core; only a date column whose order nothing in the block proves waits
for the rest of its sheet (`settle`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from opskpi.tables import Table
from opskpi.tables.columns import (
    NAT,
    Column,
    Faults,
    TextColumn,
    blank_rows,
    cell_texts,
    error_rows,
    read_flags,
    read_ids,
    read_numbers,
    read_periods,
    read_texts,
    read_words,
    taken,
    without,
)
from opskpi.tables.drafts import Draft, Fault
from opskpi.tables.instants import DAY, Moments, microseconds, read_moments
from opskpi.tables.kinds import Kind, Rules
from opskpi.tables.orders import OpenColumn, proved, swapped
from opskpi.wording import Message

#: Cells of a column that its sheet already says are bad: rows by rule.
Marked: TypeAlias = Mapping[str, Mapping[str, NDArray[np.bool_]]]

_READERS: Mapping[str, Callable[..., tuple[object, Faults]]] = {
    "text": read_texts,
    "id": read_ids,
    "word": read_words,
    "flag": read_flags,
    "period": read_periods,
    "figure": read_numbers,
    "number": read_numbers,
    "percent": read_numbers,
    "whole": read_numbers,
    "duration": read_numbers,
    "score": read_numbers,
}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A block of checked rows: typed columns, spreadsheet row numbers, and what is wrong.

    `texts` keeps the bad rows as text, in the order of `bad`, for pydantic's sentence. `dates` tells
    which cells of an event column show no time of day, where any does not.
    """

    rows: NDArray[np.int32]
    columns: Mapping[str, Column]
    faults: tuple[Fault, ...]
    bad: NDArray[np.intp]
    texts: Mapping[str, TextColumn]
    dates: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Finding:
    """What pydantic says of one cell of a bad row."""

    column: str
    rule: str
    value: str


def check(
    table: Table,
    texts: Mapping[str, TextColumn],
    rows: NDArray[np.int32],
    rules: Rules,
    marked: Marked | None = None,
) -> Draft:
    """Check one block of rows, column by column; `marked` cells are bad before anybody reads them."""
    columns: dict[str, Column] = {}
    moments: dict[str, Moments] = {}
    faults: list[Fault] = []
    for name, text in texts.items():
        kind = table.kinds[name]
        known = _known_bad(text, (marked or {}).get(name, {}))
        sound = without(text, np.logical_or.reduce(list(known.values()))) if known else text
        faults += _faults(name, known)
        if kind.is_instant:
            moments[name] = read_moments(sound, rules)
            continue
        column, broken = _READERS[kind.name](sound, kind, name, rules)
        columns[name] = column
        faults += _faults(name, broken)
    faults += _missing(table, texts, len(rows), {fault.column: fault.rows for fault in faults})
    return Draft(rows, texts, columns, moments, tuple(faults))


def _known_bad(text: TextColumn, marked: Mapping[str, NDArray[np.bool_]]) -> dict[str, NDArray[np.bool_]]:
    """Find the cells that are not read at all: those the sheet has marked, and error cells."""
    known = {rule: rows for rule, rows in marked.items() if rows.any()}
    errors = error_rows(text)
    if errors is not None:
        for rows in known.values():
            errors = errors & ~rows
        known["error_cell"] = errors
    return known


def _missing(
    table: Table, texts: Mapping[str, TextColumn], count: int, bad: Mapping[str, NDArray[np.intp]]
) -> Iterable[Fault]:
    """Find rows that lack what the table requires; a cell that is bad is at least there."""
    for name in table.required:
        missing = blank_rows(texts[name]) if name in texts else np.ones(count, dtype=bool)
        if name in bad:
            missing = missing.copy()
            missing[bad[name]] = False
        yield from _faults(name, {"missing": missing})


def _turned(table: Table, columns: Mapping[str, Column], faults: Sequence[Fault]) -> list[Fault]:
    """Find the rows that end before they begin, among those whose moments are good."""
    start, end = (columns.get(name) for name in table.stretch or ("", ""))
    if table.stretch is None or not isinstance(start, np.ndarray) or not isinstance(end, np.ndarray):
        return []
    turned = (start != NAT) & (end != NAT) & (end < start)
    for fault in faults:
        if fault.column in table.stretch:
            turned[fault.rows] = False
    return list(_faults(table.stretch[1], {"ends_before_start": turned}))


def finish(table: Table, draft: Draft, rules: Rules) -> Chunk:
    """Turn a draft into a chunk; the order of its numeric dates is known by now."""
    columns, faults = dict(draft.columns), list(draft.faults)
    dates: dict[str, NDArray[np.bool_]] = {}
    for name, moments in draft.moments.items():
        values, broken = _finished(
            moments, table.kinds[name], rules, rules.orders.get(name), midnights=name in rules.midnights
        )
        columns[name] = values
        faults += _faults(name, broken)
        untimed = moments.filled & ~moments.timed
        if table.kinds[name].name == "event" and untimed.any():
            dates[name] = untimed if moments.serial is None else untimed & ~moments.serial
    faults += _turned(table, columns, faults)
    bad = _bad_rows(faults, len(draft.rows))
    texts = {name: taken(text, bad) for name, text in draft.texts.items()} if len(bad) else {}
    return Chunk(draft.rows, columns, tuple(faults), bad, texts, dates)


def settle(
    drafts: Sequence[Draft], rules: Rules, declared: str | None, sheet: str, headings: Mapping[str, str]
) -> tuple[Rules, tuple[Message, ...]]:
    """Decide the order of a date's numbers for each open column of a sheet, and say what looks swapped.

    Raises ExportError where the data prove no order, or more than one, and the source is silent.
    """
    orders, notes = dict(rules.orders), list[Message]()
    names = {name for draft in drafts for name, moments in draft.moments.items() if moments.is_open}
    for name in sorted(names):
        column = OpenColumn(name, tuple(drafts), sheet, headings.get(name, name))
        orders[name] = declared or proved(column, rules.window)
        notes += swapped(column)
    timed = {name for draft in drafts for name, moments in draft.moments.items() if moments.has_timed_serials}
    return replace(rules, orders=orders, midnights=frozenset(timed)), tuple(notes)


def explain(table: Table, chunk: Chunk, position: int, rules: Rules) -> tuple[Finding, ...]:
    """Let pydantic say what is wrong with one bad row, given by its place in `chunk.bad`."""
    here = np.array([position])
    row = {name: text for name, texts in chunk.texts.items() if (text := cell_texts(texts, here)[0]) is not None}
    return findings(table, row, rules)


def findings(table: Table, row: Mapping[str, str], rules: Rules) -> tuple[Finding, ...]:
    """Validate one row of text with its model: no finding means it is accepted."""
    try:
        table.model.model_validate(dict(row), context=rules)
    except ValidationError as error:
        return tuple(
            Finding(str(each["loc"][0]), each["type"], str(row.get(str(each["loc"][0]), "")))
            for each in error.errors(include_url=False)
        )
    return ()


def _faults(column: str, broken: Faults) -> Iterable[Fault]:
    for rule, mask in broken.items():
        if mask.any():
            yield Fault(column, rule, np.flatnonzero(mask))


def _finished(
    moments: Moments, kind: Kind, rules: Rules, order: str | None, *, midnights: bool
) -> tuple[NDArray[np.int64], Faults]:
    """Pick the reading, move due days to their last instant, and find what is no date."""
    values = moments.values(order)
    broken = {"not_a_date": moments.filled & (values == NAT)}
    known = values != NAT
    if rules.window:
        first, last = (microseconds(bound) for bound in rules.window)
        broken["outside_window"] = known & ((values < first) | (values >= last))
    if kind.name == "due_day":
        values = np.where(known, values - values % DAY + DAY - 1, NAT)
    elif kind.name == "due" and not moments.timed.all():
        timed = moments.timed | moments.serial if moments.serial is not None and midnights else moments.timed
        values = np.where(known & ~timed, values + DAY - 1, values)
    return values, broken


def _bad_rows(faults: Sequence[Fault], count: int) -> NDArray[np.intp]:
    bad = np.zeros(count, dtype=bool)
    for fault in faults:
        bad[fault.rows] = True
    return np.flatnonzero(bad)
