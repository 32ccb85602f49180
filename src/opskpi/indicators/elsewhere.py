"""Rows elsewhere: whether another row of a project, with the same keys, lies within a time before or after a moment.

`exists(tickets, same(group), type == "incident", 72h after closed_at)`: the keys are columns that both tables have,
the conditions are on the other row, and the time is counted from this row's moment to the other row's own (when it
was created, submitted or due). A row is never its own match. The other table is sorted once; every row then looks up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from opskpi.arrow import integers
from opskpi.errors import SettingsError
from opskpi.indicators.coding import coded, encoded
from opskpi.indicators.columns import Rows
from opskpi.indicators.moments import moments
from opskpi.indicators.nodes import Call, Literal, Name, Node
from opskpi.indicators.types import own_moment
from opskpi.tables.columns import NAT, NO, UNKNOWN, YES
from opskpi.wording import message

_MINUTE = 60_000_000
#: Codes of keys and times together must fit 64 bits.
_MOST = 2**62

#: The evaluation of conditions, which are evaluated by what this module finds, too.
Conditions = Callable[[Node, Rows], NDArray[np.int8]]


@dataclass(frozen=True, slots=True)
class _Index:
    """The rows of another table in the order of their keys and times.

    `words` are the different texts of each key, `groups` the keys that occur, `times` the moments that occur;
    `places` has a number for each row that goes up with its key and then with its time.
    """

    words: tuple[pa.StringArray, ...]
    groups: NDArray[np.int64]
    times: NDArray[np.int64]
    places: NDArray[np.int64]

    def count(self, groups: NDArray[np.int64], after: NDArray[np.int64], until: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count for each row those of its group later than one moment and no later than another."""
        size = len(self.times) + 1
        low, high = (np.searchsorted(self.times, at, side="right") + groups * size for at in (after, until))
        return np.searchsorted(self.places, high) - np.searchsorted(self.places, low)


def found(node: Call, rows: Rows, conditions: Conditions) -> NDArray[np.int8]:
    """Tell for which rows another one exists; unknown where the moment or a key is blank."""
    table, same, condition, within = node.arguments
    assert isinstance(table, Name)  # noqa: S101 - the type check allows nothing else
    assert isinstance(same, Call)  # noqa: S101
    assert isinstance(within, Call)  # noqa: S101
    blocks = rows.elsewhere.tables.get(table.name, ()) if rows.elsewhere else ()
    if rows.elsewhere is None or not blocks:
        return np.full(len(rows), NO if rows.elsewhere else UNKNOWN, dtype=np.int8)
    index = rows.elsewhere.once((table, same, condition), lambda: _index(same, condition, blocks, conditions))
    start, end = _window(within, rows)
    groups, known = _groups(index, same, rows)
    count = index.count(np.maximum(groups, 0), start, end)
    if table.name == rows.table.name:
        mine = rows.moments(str(own_moment(rows.table)))
        itself = rows.accepted & (conditions(condition, rows) == YES) & (mine > start) & (mine <= end)
        count = count - itself
    hit = np.where((count > 0) & (groups >= 0), np.int8(YES), np.int8(NO))
    return np.where(known & (start != NAT), hit, np.int8(UNKNOWN))


def _window(within: Call, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the moments after which, and until which, the other row must lie: neither is the row's own moment."""
    length, at = within.arguments[0], moments(within.arguments[1], rows)
    micros = int(length.value * _MINUTE) if isinstance(length, Literal) else 0  # type: ignore[operator]
    if within.function == "after":
        return at, np.where(at == NAT, NAT, at + micros)
    return np.where(at == NAT, NAT, at - micros - 1), np.where(at == NAT, NAT, at - 1)


def _index(same: Call, condition: Node, blocks: Sequence[Rows], conditions: Conditions) -> _Index:
    """Sort the rows of another table that can be a match."""
    codes, words = [], []
    for key in same.arguments:
        each = [coded(key, rows, np.ones(len(rows), dtype=bool)) for rows in blocks]
        merged, texts = encoded(pa.concat_arrays([text for _, text in each]))
        starts = np.cumsum([0, *(len(text) for _, text in each)])
        spread = [
            np.append(merged[start:], -1)[np.where(code < 0, len(merged) - start, code)]
            for (code, _), start in zip(each, starts.tolist(), strict=False)
        ]
        codes.append(np.concatenate(spread))
        words.append(texts)
    projects = np.concatenate([rows.projects for rows in blocks]).astype(np.int64)
    when = np.concatenate([rows.moments(str(own_moment(rows.table))) for rows in blocks])
    fits = np.concatenate([rows.accepted & (conditions(condition, rows) == YES) for rows in blocks])
    fits &= np.logical_and.reduce([when != NAT, *(code >= 0 for code in codes)])
    raw = _joined(projects[fits], [code[fits] for code in codes], [len(each) for each in words])
    groups, times = np.unique(raw), np.unique(when[fits])
    places = np.searchsorted(groups, raw) * (len(times) + 1) + np.searchsorted(times, when[fits])
    return _Index(tuple(words), groups, times, np.sort(places))


def _groups(index: _Index, same: Call, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Find each row's group, -1 where the other table has none, and which rows have all keys."""
    codes, known = [], np.ones(len(rows), dtype=bool)
    for key, words in zip(same.arguments, index.words, strict=True):
        code, texts = coded(key, rows, known | True)
        theirs = integers(pc.index_in(texts, value_set=words), -1) if len(texts) else np.zeros(0, dtype=np.int64)
        known &= code >= 0
        codes.append(np.append(theirs, -1)[code])
    there = np.logical_and.reduce([known, *(code >= 0 for code in codes)])
    raw = _joined(rows.projects.astype(np.int64), [np.maximum(code, 0) for code in codes], list(map(len, index.words)))
    place = np.minimum(np.searchsorted(index.groups, raw), max(len(index.groups) - 1, 0))
    there &= np.append(index.groups, -2)[place] == raw
    return np.where(there, place, -1), known


def _joined(projects: NDArray[np.int64], codes: Sequence[NDArray[np.int64]], sizes: Sequence[int]) -> NDArray[np.int64]:
    """Join a project and its keys into one number; raises SettingsError where there are too many."""
    bound, found = int(projects.max(initial=0)) + 1, projects
    for code, size in zip(codes, sizes, strict=True):
        bound *= max(size, 1)
        if bound >= _MOST:
            raise SettingsError(message("numbers_too_large"))
        found = found * max(size, 1) + code
    return found
