"""Pauses: the stretches during which a ticket's clock stood still, from its own columns and from a log of pauses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from opskpi.arrow import integers, strings, take
from opskpi.indicators.columns import Rows
from opskpi.intake.ledgers import Checked
from opskpi.tables.columns import NAT, Column, Texts

_STRETCH = PAUSED, RESUMED = "paused_at", "resumed_at"
#: When a pause ends that goes on, and when something is due that cannot become late: the year 9999.
NEVER = 253_402_300_799_000_000


@dataclass(frozen=True, slots=True)
class Stretches:
    """Stretches of a block's rows, in order of row and begin; `rank` counts a row's own from 0.

    Those that go on end `NEVER`.
    """

    rows: NDArray[np.intp]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    rank: NDArray[np.int64]

    @property
    def most(self) -> int:
        """How many stretches a row has at most."""
        return int(self.rank.max(initial=-1)) + 1


@dataclass(frozen=True, slots=True)
class PauseLog:
    """A log of pauses by ticket and project, sorted; `unended` counts those that another follows without an end."""

    tickets: pa.StringArray
    projects: int
    keys: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    unended: int

    def keys_of(self, rows: Rows) -> NDArray[np.int64]:
        """Find under which key each row's pauses are; -1 is under none."""
        ids = rows.columns.get("ticket_id")
        if ids is None:
            return np.full(len(rows), -1, dtype=np.int64)
        codes = _codes(ids, self.tickets)
        return np.where((codes >= 0) & rows.accepted, codes * self.projects + rows.projects, -1)

    def strangers(self, blocks: Sequence[Rows]) -> int:
        """Count the pauses of tickets that no accepted row is."""
        known = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(self.keys_of(rows) for rows in blocks)]))
        return int((~np.isin(self.keys, known)).sum())


def pause_log(blocks: Sequence[Checked], as_of: int, projects: int) -> PauseLog | None:
    """Read the log of pauses as it stood at a moment; None where there is none."""
    begun = [(each, np.flatnonzero(each.accepted & (_moments(each, PAUSED) <= as_of))) for each in blocks]
    if not any(len(rows) for _, rows in begun):
        return None
    ids = pa.concat_arrays([take(_texts(each.columns["ticket_id"]), rows) for each, rows in begun])
    tickets = pc.unique(ids)
    owners = np.concatenate([each.projects[rows] for each, rows in begun])
    keys = _codes(ids, tickets) * projects + owners
    begins, ends = (np.concatenate([_moments(each, name)[rows] for each, rows in begun]) for name in _STRETCH)
    order = np.lexsort((ends, begins, keys))
    keys, begins, ends = keys[order], begins[order], ends[order]
    ends = np.where((ends == NAT) | (ends > as_of), NEVER, ends)
    cut = np.flatnonzero((keys[1:] == keys[:-1]) & (ends[:-1] == NEVER))
    ends[cut] = begins[cut + 1]
    return PauseLog(tickets, projects, keys, begins, ends, int((ends[cut] > begins[cut]).sum()))


def stretches_of(rows: Rows, log: PauseLog | None) -> Stretches:
    """Collect the pauses of a block's rows, those of the log and those in their own columns."""
    begins, ends = rows.moments(PAUSED), rows.moments(RESUMED)
    own = np.flatnonzero(begins != NAT)
    found = [(own, begins[own], np.where(ends[own] == NAT, NEVER, ends[own]))]
    if log is not None:
        found.append(_logged(log.keys_of(rows), log))
    at, begin, end = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((end, begin, at))
    at = at[order]
    first = np.searchsorted(at, at, side="left")
    return Stretches(at, begin[order], end[order], np.arange(len(at)) - first)


def _logged(keys: NDArray[np.int64], log: PauseLog) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """Spread a log's pauses over the rows they belong to."""
    first, after = (np.searchsorted(log.keys, keys, side=side) for side in ("left", "right"))
    count = after - first
    rows = np.repeat(np.arange(len(keys)), count)
    places = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(len(rows))
    return rows, log.begins[places], log.ends[places]


def _texts(column: Column) -> pa.StringArray:
    """Get a column of ids as Arrow texts."""
    return take(strings(column.words), column.codes.astype(np.intp)) if isinstance(column, Texts) else column


def _codes(column: Column, among: pa.StringArray) -> NDArray[np.int64]:
    """Find the place of each id among some; -1 where it is none of them."""
    if isinstance(column, Texts):
        return np.append(_codes(strings(column.words), among), -1)[column.codes]
    return integers(pc.index_in(column, value_set=among), -1)


def _moments(each: Checked, name: str) -> NDArray[np.int64]:
    values = each.columns.get(name)
    return values.astype(np.int64, copy=False) if isinstance(values, np.ndarray) else np.full(len(each.chunk), NAT)
