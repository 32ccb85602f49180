"""A block of rows as an expression sees it: its columns, the clock it is judged by, and what its rows can be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from threading import RLock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from opskpi.tables import Table
from opskpi.tables.columns import NAT, Column, Numbers, Words
from opskpi.worktime import Service

_Kept = TypeVar("_Kept")


class State(IntEnum):
    """What a row is to an indicator; outcomes first, in their order."""

    LATE = 0
    OPEN_PAST_DUE = 1
    NO_STOP_TIME = 2
    FLAGGED_NO = 3
    FALSE = 4
    OVER_LIMIT = 5
    UNANSWERED = 6
    NO_LIMIT = 10
    BLANK = 11
    NO_RESPONSE = 12
    PENDING = 20
    MET = 30
    COUNTED = 40
    ELIGIBLE = 41
    FILTERED = 50
    OUT_OF_PERIOD = 51
    REASON = 60
    """The first of the plan's own exclusions; the next ones follow."""
    IGNORED = 127
    """A row that was not accepted."""


#: Outcomes below this are misses.
MISSED_END = State.NO_LIMIT


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment the state is judged at (microseconds of the wall clock), and whether the period is over.

    Where projects have periods of their own, that is told of each row.
    """

    as_of: int
    period_ended: bool | NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The rows of other tables that expressions ask for, and what was found out of them once for all blocks."""

    tables: dict[str, Sequence["Rows"]] = field(default_factory=dict)
    kept: dict[object, Any] = field(default_factory=dict)
    lock: "RLock" = field(default_factory=RLock)

    def once(self, part: object, make: Callable[[], _Kept]) -> _Kept:
        """Find something out for all blocks, whichever asks first."""
        with self.lock:
            if part not in self.kept:
                self.kept[part] = make()
            found: _Kept = self.kept[part]
        return found


@dataclass(slots=True)
class Rows:
    """A block of rows of one table, with the project of each; evaluated parts are kept.

    `unanswered` is what finished rows without a response time are where time judges; None leaves them open.
    `services` are the compiled calendars that expressions name, real time under ""; `elsewhere` are other tables.
    `dated` marks moments of which only the day is written down, where others of their column have the time;
    `owed` marks rows whose due moment is a schedule's.
    """

    table: Table
    columns: Mapping[str, Column]
    projects: NDArray[np.int32]
    accepted: NDArray[np.bool_]
    clock: Clock
    unanswered: State | None = None
    services: Mapping[str, Service] = field(default_factory=dict)
    elsewhere: Elsewhere | None = None
    dated: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    owed: NDArray[np.bool_] | None = None
    kept: dict[object, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.projects)

    def moments(self, name: str) -> NDArray[np.int64]:
        """Get a column of moments; events later than `as_of` read as blank (rule 5)."""
        return self.keep(f"moments {name}", lambda: self._moments(name))

    def stops(self) -> NDArray[np.int64]:
        """Get when each row stopped: the first of the table's stop columns that is filled."""
        return self.keep("stops", self._stops)

    def unseen_stops(self) -> NDArray[np.bool_]:
        """Tell which rows are resolved or closed by their state but have no stop time at all."""
        return self.keep("unseen stops", self._unseen_stops)

    def finished(self) -> NDArray[np.bool_]:
        """Tell which rows have stopped, at a time that is known or not."""
        return self.keep("finished", lambda: (self.stops() != NAT) | self.unseen_stops())

    def filled(self, *names: str) -> NDArray[np.bool_]:
        """Tell which rows hold a moment in any of some columns, be it later than `as_of`."""
        there = np.zeros(len(self), dtype=bool)
        for name in names:
            values = self.columns.get(name)
            if isinstance(values, np.ndarray):
                there |= values != NAT
        return there

    def keep(self, part: object, make: Callable[[], _Kept]) -> _Kept:
        """Evaluate a part of an expression once."""
        if part not in self.kept:
            self.kept[part] = make()
        found: _Kept = self.kept[part]
        return found

    def _stops(self) -> NDArray[np.int64]:
        first, *others = (self.moments(name) for name in self.table.stop)
        for other in others:
            first = np.where(first == NAT, other, first)
        return np.where(self._running_again(), NAT, first)

    def _running_again(self) -> NDArray[np.bool_]:
        """Tell which rows were opened again and are open by their state: what they show of a stop is an older one's."""
        status, reopened = self.columns.get("status"), self.columns.get(self.table.reopened or "")
        if not isinstance(status, Words) or not isinstance(reopened, Numbers):
            return np.zeros(len(self), dtype=bool)
        return np.asarray(~reopened.blank & (reopened.units > 0) & self._in_states(status, stopped=False), dtype=bool)

    def _in_states(self, status: Words, *, stopped: bool) -> NDArray[np.bool_]:
        """Tell which rows' state is one of the table's stopped ones, or another one; a blank state is neither."""
        return np.array([*((word in self.table.stopped_states) == stopped for word in status.words), False])[
            status.codes
        ]

    def _moments(self, name: str) -> NDArray[np.int64]:
        values = self.columns.get(name)
        if not isinstance(values, np.ndarray):
            return np.full(len(self), NAT)
        kind = self.table.kinds.get(name)
        if kind is None or kind.name != "event" or name in self.table.computed:
            return values.astype(np.int64, copy=False)
        return np.where(values > self.clock.as_of, NAT, values)

    def _unseen_stops(self) -> NDArray[np.bool_]:
        status = self.columns.get("status")
        if not isinstance(status, Words):
            return np.zeros(len(self), dtype=bool)
        return np.asarray(self._in_states(status, stopped=True) & ~self.filled(*self.table.stop), dtype=bool)
