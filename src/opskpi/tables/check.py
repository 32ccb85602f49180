"""The check: columns of text become typed columns, with the bad cells beside them.

The checks are derived from the row models; pydantic itself sees only rows that fail, for
the sentence (`explain`). A block of rows is checked alone, so blocks may be read in any
order and on any core; only a date column whose order nothing in the block proves waits
for the rest of its sheet (`settle`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from opskpi.arrow import take
from opskpi.errors import ExportError
from opskpi.tables import Table
from opskpi.tables.columns import (
    NAT,
    Column,
    Faults,
    TextColumn,
    Texts,
    blank_rows,
    cell_texts,
    read_flags,
    read_numbers,
    read_texts,
    read_words,
)
from opskpi.tables.instants import DAY, Moments, microseconds, read_moments
from opskpi.tables.kinds import Kind, Rules
from opskpi.wording import message

_READERS: Mapping[str, Callable[..., tuple[object, Faults]]] = {
    "text": read_texts,
    "word": read_words,
    "flag": read_flags,
    "number": read_numbers,
    "whole": read_numbers,
    "score": read_numbers,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Some rows of a chunk that break one rule in one column."""

    column: str
    rule: str
    rows: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A block of checked rows: typed columns, spreadsheet row numbers, and what is wrong.

    `texts` keeps the bad rows as text, in the order of `bad`, for pydantic's sentence.
    """

    rows: NDArray[np.int32]
    columns: Mapping[str, Column]
    faults: tuple[Fault, ...]
    bad: NDArray[np.intp]
    texts: Mapping[str, TextColumn]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Draft:
    """A block of rows whose numeric dates may still wait for the rest of the sheet."""

    rows: NDArray[np.int32]
    texts: Mapping[str, TextColumn]
    columns: Mapping[str, Column]
    moments: Mapping[str, Moments]
    faults: tuple[Fault, ...]

    @property
    def is_open(self) -> bool:
        """Whether a column's day and month are still to be told apart."""
        return any(moments.month_first is not None for moments in self.moments.values())


@dataclass(frozen=True, slots=True)
class Finding:
    """What pydantic says of one cell of a bad row."""

    column: str
    rule: str
    value: str


def check(table: Table, texts: Mapping[str, TextColumn], rows: NDArray[np.int32], rules: Rules) -> Draft:
    """Check one block of rows, column by column."""
    columns: dict[str, Column] = {}
    moments: dict[str, Moments] = {}
    faults: list[Fault] = []
    for name, text in texts.items():
        kind = table.kinds[name]
        if kind.is_instant:
            moments[name] = read_moments(text, rules)
            continue
        column, broken = _READERS[kind.name](text, kind, name, rules)
        columns[name] = column
        faults += _faults(name, broken)
    for name in table.required:
        if name in moments:
            missing = ~moments[name].filled
        else:
            missing = blank_rows(texts[name]) if name in texts else np.ones(len(rows), dtype=bool)
        faults += _faults(name, {"missing": missing})
    return Draft(rows, texts, columns, moments, tuple(faults))


def finish(table: Table, draft: Draft, rules: Rules) -> Chunk:
    """Turn a draft into a chunk; the order of its numeric dates is known by now."""
    columns, faults = dict(draft.columns), list(draft.faults)
    for name, moments in draft.moments.items():
        values, broken = _finished(moments, table.kinds[name], rules, rules.orders.get(name))
        columns[name] = values
        faults += _faults(name, broken)
    bad = _bad_rows(faults, len(draft.rows))
    texts = {name: _taken(text, bad) for name, text in draft.texts.items()} if len(bad) else {}
    return Chunk(draft.rows, columns, tuple(faults), bad, texts)


def settle(
    drafts: Sequence[Draft], rules: Rules, declared: str | None, sheet: str, headings: Mapping[str, str]
) -> Rules:
    """Decide day-first or month-first for each open column of a sheet.

    Raises ExportError where the data prove neither or both and the source is silent.
    """
    orders = dict(rules.orders)
    names = {name for draft in drafts for name, m in draft.moments.items() if m.month_first is not None}
    for name in sorted(names):
        parts = [draft for draft in drafts if draft.moments[name].month_first is not None]
        orders[name] = declared or _proved(name, parts, sheet, headings.get(name, name))
    return replace(rules, orders=orders)


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


def _finished(moments: Moments, kind: Kind, rules: Rules, order: str | None) -> tuple[NDArray[np.int64], Faults]:
    """Pick the reading, move due days to their last instant, and find what is no date."""
    values = moments.day_first
    if order == "mdy" and moments.month_first is not None:
        values = moments.month_first
    broken = {"not_a_date": moments.filled & (values == NAT)}
    known = values != NAT
    if rules.window:
        first, last = (microseconds(bound) for bound in rules.window)
        broken["outside_window"] = known & ((values < first) | (values >= last))
    if kind.name == "due_day":
        values = np.where(known, values - values % DAY + DAY - 1, NAT)
    elif kind.name == "due" and moments.timed is not None and not moments.timed.all():
        values = np.where(known & ~moments.timed, values + DAY - 1, values)
    return values, broken


def _proved(name: str, drafts: Sequence[Draft], sheet: str, heading: str) -> str:
    """Find the order that the whole column proves."""
    proofs = [(draft, draft.moments[name].proofs) for draft in drafts]
    day = [_example(draft, name, proof[0]) for draft, proof in proofs if proof and proof[0].any()]
    month = [_example(draft, name, proof[1]) for draft, proof in proofs if proof and proof[1].any()]
    if day and month:
        raise ExportError(
            message(
                "dates_mixed",
                sheet=sheet,
                heading=heading,
                first=day[0][0],
                second=month[0][0],
                row=day[0][1],
                other=month[0][1],
            )
        )
    if day or month:
        return "dmy" if day else "mdy"
    unclear = [d for d in drafts if d.moments[name].open_rows.any()]
    if not unclear:
        return "dmy"
    text, row = _example(unclear[0], name, unclear[0].moments[name].open_rows)
    moments = unclear[0].moments[name]
    at = int(np.flatnonzero(moments.open_rows)[0])
    assert moments.month_first is not None  # noqa: S101 - open rows have both
    raise ExportError(
        message(
            "dates_ambiguous",
            sheet=sheet,
            heading=heading,
            text=text,
            row=row,
            first=_day(moments.day_first[at]),
            second=_day(moments.month_first[at]),
        )
    )


def _day(value: np.int64) -> str:
    return str(np.datetime64(int(value), "us").astype(datetime).date())


def _example(draft: Draft, name: str, mask: NDArray[np.bool_]) -> tuple[str, int]:
    at = np.flatnonzero(mask)[:1]
    return cell_texts(draft.texts[name], at)[0] or "", int(draft.rows[at[0]])


def _bad_rows(faults: Sequence[Fault], count: int) -> NDArray[np.intp]:
    bad = np.zeros(count, dtype=bool)
    for fault in faults:
        bad[fault.rows] = True
    return np.flatnonzero(bad)


def _taken(column: TextColumn, rows: NDArray[np.intp]) -> TextColumn:
    if isinstance(column, Texts):
        return Texts(column.codes[rows], column.words)
    return take(column, rows)
