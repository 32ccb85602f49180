"""The first look at rows: which are filtered, out of period, excluded or eligible, and what judges each project's.

What judges is a project's choice (rule 7): the first judgement that any of its eligible rows carries. Rows are put
in a period by a moment, as open at one, as stretches that overlap it, or when their outcome was known.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.columns import Rows, State
from opskpi.indicators.conditions import conditions
from opskpi.indicators.decided import DECIDED, decided
from opskpi.indicators.definitions import Definition, Window
from opskpi.indicators.moments import moments
from opskpi.indicators.outcomes import Choices, carried
from opskpi.indicators.spreading import Spread
from opskpi.tables.columns import NAT, YES

#: Where rows are put that need no period.
_EVER = Window(0, 1)


@dataclass(frozen=True, slots=True)
class Look:
    """The first look at a block: which rows are eligible, and what each project's rows carry."""

    states: NDArray[np.int8]
    in_period: int
    found: int
    carried: Mapping[tuple[str, int], NDArray[np.bool_]]


def look(
    definition: Definition, blocks: Sequence[Rows], window: Window, projects: int, spread: Spread
) -> tuple[Sequence[Look], Choices]:
    """Look at each block once, or twice where what judges says when rows were decided."""
    looked = partial(_looked, definition, projects=projects)
    if definition.period_by != DECIDED:
        placed = partial(_PLACED[definition.placing], definition, window)
        looks = list(spread(partial(looked, window, placed), blocks))
        return looks, _choices(definition, looks, projects)
    choices = _choices(definition, list(spread(partial(looked, _EVER, _at_once), blocks)), projects)
    return list(spread(partial(looked, window, partial(_decided, definition, choices)), blocks)), choices


def _looked(
    definition: Definition,
    window: Window,
    placed: Callable[[Rows], NDArray[np.int64]],
    rows: Rows,
    *,
    projects: int,
) -> Look:
    """Sort rows into filtered, out of period, excluded by a reason, and eligible."""
    states = np.full(len(rows), State.ELIGIBLE, dtype=np.int8)
    for at, (_, node) in reversed(list(enumerate(definition.exclude))):
        states[conditions(node, rows) == YES] = State.REASON + at
    inside = _inside(placed(rows), window, rows)
    states[~inside] = State.OUT_OF_PERIOD
    kept = np.ones(len(rows), dtype=bool)
    if definition.where is not None:
        kept = conditions(definition.where, rows) == YES
        states[~kept] = State.FILTERED
    states[~rows.accepted] = State.IGNORED
    eligible = states == State.ELIGIBLE
    carrying = {
        (name, basis): np.bincount(rows.projects[carried(name, basis, rows) & eligible], minlength=projects) > 0
        for name in definition.judged
        for basis in range(len(definition.table.judged[name]))
    }
    present = rows.accepted & (inside if definition.placing == "dated" else _begun(definition, window, rows))
    return Look(states, int(present.sum()), int((present & kept).sum()), carrying)


def _dated(definition: Definition, window: Window, rows: Rows) -> NDArray[np.int64]:
    """Get the moments that put rows in a period."""
    del window
    return rows.moments(definition.period_by)


def _decided(definition: Definition, choices: Choices, rows: Rows) -> NDArray[np.int64]:
    assert definition.value.argument is not None  # noqa: S101 - the plan allows it for outcomes only
    return decided(definition.value.argument, rows, choices)


def _at_once(rows: Rows) -> NDArray[np.int64]:
    return np.zeros(len(rows), dtype=np.int64)


def _begun(definition: Definition, window: Window, rows: Rows) -> NDArray[np.bool_]:
    """Tell which rows had begun before the end of what counts of their project: of lasting ones, those handed in."""
    begun, (_, ends) = moments(definition.lasting[0], rows), _bounds(window, rows)
    return np.asarray((begun != NAT) & (begun < ends), dtype=bool)


def _open(definition: Definition, window: Window, rows: Rows) -> NDArray[np.int64]:
    """Place the rows that were open at the start or the end of the period into it, and no others."""
    (start, stop), (begins, ends) = (moments(node, rows) for node in definition.lasting), _bounds(window, rows)
    at = begins if definition.at == "period_start" else ends
    is_open = (start != NAT) & (start < at) & ((stop == NAT) | (stop >= at))
    return np.where(is_open, np.clip(at - 1, begins, None), NAT)


def _overlapping(definition: Definition, window: Window, rows: Rows) -> NDArray[np.int64]:
    """Place rows whose stretch touches what counts of their project where it begins in it."""
    start, stop = (moments(node, rows) for node in definition.lasting)
    begins, _ = _bounds(window, rows)
    first = np.maximum(start, begins)
    return np.where((start != NAT) & ((stop == NAT) | (stop > first)), first, NAT)


def _bounds(window: Window, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bound what counts of each row's project."""
    return window.bounds(int(rows.projects.max(initial=-1)) + 1).of(rows)


#: How rows are put in a period.
_PLACED = {"dated": _dated, "open": _open, "overlapping": _overlapping}


def _inside(moments: NDArray[np.int64], window: Window, rows: Rows) -> NDArray[np.bool_]:
    """Tell which moments lie in the period and in their project's service dates; what is owed may fall due later."""
    inside = (moments >= window.start) & (moments < window.end)
    if window.service_start is None or window.service_end is None:
        return np.asarray(inside, dtype=bool)
    begins, ends = np.append(window.service_start, 0)[rows.projects], np.append(window.service_end, 0)[rows.projects]
    if rows.owed is not None and window.span_start is not None and window.span_end is not None:
        begins = np.where(rows.owed, np.append(window.span_start, 0)[rows.projects], begins)
        ends = np.where(rows.owed, np.append(window.span_end, 0)[rows.projects], ends)
    return np.asarray(inside & (moments >= begins) & (moments < ends), dtype=bool)


def _choices(definition: Definition, looks: Sequence[Look], projects: int) -> Mapping[str, NDArray[np.int8]]:
    """Choose for each project the first judgement that any of its eligible rows carries."""
    choices: dict[str, NDArray[np.int8]] = {}
    for name in definition.judged:
        choice = np.full(projects, -1, dtype=np.int8)
        for basis, rule in reversed(list(enumerate(definition.table.judged[name]))):
            if definition.judged_by in (None, rule.basis):
                any_row = np.zeros(projects, dtype=bool)
                for look in looks:
                    any_row |= look.carried[name, basis]
                choice[any_row] = basis
        choices[name] = choice
    return choices


def basis_of(definition: Definition, choices: Mapping[str, NDArray[np.int8]], project: int) -> str | None:
    """Name what judged a project: one word, or one for each leg where they differ."""
    used = [
        definition.table.judged[name][choice[project]].basis for name, choice in choices.items() if choice[project] >= 0
    ]
    return "/".join(dict.fromkeys(used)) or None
