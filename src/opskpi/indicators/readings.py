"""From columns to figures: one reading for each project, every accepted row in one bucket.

A block of rows is counted alone and counts are added, so blocks may be read in any order
and on any core. Which judgement is used is a project's choice (rule 7), so a first look
over the blocks finds what each project's rows carry, and a second one judges.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.columns import (
    MISSED_END,
    Choices,
    Rows,
    State,
    carried,
    conditions,
    judgement,
    numbers,
    outcomes,
)
from opskpi.indicators.decided import DECIDED, decided
from opskpi.indicators.sums import Sums, added, sums_of
from opskpi.indicators.syntax import Name, Node, names_in
from opskpi.indicators.typing import Aggregate, check
from opskpi.model.cards import Reading
from opskpi.tables import Table
from opskpi.tables.columns import YES, Numbers

#: States are counted in bins of this many for each project.
_BINS = 128
_Out = TypeVar("_Out")


class Spread(Protocol):
    """How work on blocks is spread: `map`, or a pool's."""

    def __call__(self, work: Callable[[Rows], _Out], rows: Iterable[Rows], /) -> Iterable[_Out]:
        """Do the work on each block, results in order."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator counts: which rows, from when, and the aggregate of which column."""

    table: Table
    where: Node | None
    exclude: tuple[tuple[str, Node], ...]
    period_by: str
    value: Aggregate
    judged_by: str | None = None

    @property
    def judged(self) -> tuple[str, ...]:
        """The columns in its value that can be judged in several ways."""
        if self.value.argument is None:
            return ()
        return tuple(sorted(names_in(self.value.argument) & set(self.table.judged)))


@dataclass(frozen=True, slots=True)
class Window:
    """The period in microseconds, end exclusive, and each project's own days inside: of service, of a contract year."""

    start: int
    end: int
    service_start: NDArray[np.int64] | None = None
    service_end: NDArray[np.int64] | None = None


#: Where rows are put that need no period.
_EVER = Window(0, 1)


@dataclass(frozen=True, slots=True)
class Readings:
    """An indicator's figures by project, and the state of every row for the evidence.

    `in_period` counts the table's accepted rows in the period in any project, `found`
    those of them that `where` keeps: nothing handed in is not nothing happened (rule 9).
    """

    by_project: tuple[Reading, ...]
    states: tuple[NDArray[np.int8], ...]
    disagreements: tuple[NDArray[np.bool_] | None, ...]
    choices: Choices
    in_period: int
    found: int


@dataclass(frozen=True, slots=True)
class _Look:
    """The first look at a block: which rows are eligible, and what each project's rows carry."""

    states: NDArray[np.int8]
    in_period: int
    carried: Mapping[tuple[str, int], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class _Count:
    """What one judged block adds."""

    states: NDArray[np.int8]
    counts: NDArray[np.int64]
    sums: Sums | None
    disagree: NDArray[np.bool_] | None
    disagreeing: NDArray[np.int64]
    estimated: NDArray[np.int64]


def read(
    definition: Definition,
    blocks: Sequence[Rows],
    window: Window,
    rejected: Sequence[int],
    spread: Spread = map,
) -> Readings:
    """Read an indicator for every project; `rejected` counts each project's rejected rows."""
    projects = len(rejected)
    look = partial(_look, definition, projects=projects)
    if definition.period_by == DECIDED:  # what judges is chosen among all rows, since it says when each was decided
        choices = _choices(definition, list(spread(partial(look, _EVER, _at_once), blocks)), projects)
        looks = list(spread(partial(look, window, partial(_decided, definition, choices)), blocks))
    else:
        looks = list(spread(partial(look, window, partial(_dated, definition)), blocks))
        choices = _choices(definition, looks, projects)
    seen = {id(rows): look for rows, look in zip(blocks, looks, strict=True)}

    def count(rows: Rows) -> _Count:
        return _count(definition, choices, projects, rows, seen[id(rows)].states)

    counted = list(spread(count, blocks))
    totals = sum((each.counts for each in counted), np.zeros((projects, _BINS), np.int64))
    differing = sum((each.disagreeing for each in counted), np.zeros(projects, np.int64))
    estimated = sum((each.estimated for each in counted), np.zeros(projects, np.int64))
    sums = added([each.sums for each in counted if each.sums], projects)
    return Readings(
        tuple(
            _reading(
                definition,
                totals[at],
                sums,
                at,
                rejected=rejected[at],
                judged_by=_basis(definition, choices, at),
                disagreeing=int(differing[at]),
                estimated=int(estimated[at]),
            )
            for at in range(projects)
        ),
        tuple(each.states for each in counted),
        tuple(each.disagree for each in counted),
        choices,
        in_period=sum(look.in_period for look in looks),
        found=int(totals.sum() - totals[:, [State.FILTERED, State.OUT_OF_PERIOD]].sum()),
    )


def reasons(definition: Definition) -> Mapping[int, str]:
    """Name the states of excluded rows: the plan's own reasons and ours."""
    own = {State.REASON + at: name for at, (name, _) in enumerate(definition.exclude)}
    return {**own, int(State.NO_LIMIT): "no_limit", int(State.BLANK): "blank", int(State.NO_RESPONSE): "no_response"}


def _dated(definition: Definition, rows: Rows) -> NDArray[np.int64]:
    """Get the moments that put rows in a period."""
    return rows.moments(definition.period_by)


def _decided(definition: Definition, choices: Choices, rows: Rows) -> NDArray[np.int64]:
    assert definition.value.argument is not None  # noqa: S101 - the plan allows it for outcomes only
    return decided(definition.value.argument, rows, choices)


def _at_once(rows: Rows) -> NDArray[np.int64]:
    return np.zeros(len(rows), dtype=np.int64)


def _look(
    definition: Definition,
    window: Window,
    moments: Callable[[Rows], NDArray[np.int64]],
    rows: Rows,
    *,
    projects: int,
) -> _Look:
    """Sort rows into filtered, out of period, excluded by a reason, and eligible."""
    states = np.full(len(rows), State.ELIGIBLE, dtype=np.int8)
    for at, (_, node) in reversed(list(enumerate(definition.exclude))):
        states[conditions(node, rows) == YES] = State.REASON + at
    inside = _inside(moments(rows), window, rows.projects)
    states[~inside] = State.OUT_OF_PERIOD
    if definition.where is not None:
        states[conditions(definition.where, rows) != YES] = State.FILTERED
    states[~rows.accepted] = State.IGNORED
    eligible = states == State.ELIGIBLE
    found = {
        (name, basis): _any_by_project(carried(name, basis, rows) & eligible, rows.projects, projects)
        for name in definition.judged
        for basis in range(len(definition.table.judged[name]))
    }
    return _Look(states, int((inside & rows.accepted).sum()), found)


def _inside(moments: NDArray[np.int64], window: Window, projects: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which moments lie in the period and in their project's service dates."""
    inside = (moments >= window.start) & (moments < window.end)
    if window.service_start is not None and window.service_end is not None:
        inside &= moments >= np.append(window.service_start, 0)[projects]
        inside &= moments < np.append(window.service_end, 0)[projects]
    return inside


def _choices(definition: Definition, looks: Sequence[_Look], projects: int) -> Mapping[str, NDArray[np.int8]]:
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


def _basis(definition: Definition, choices: Mapping[str, NDArray[np.int8]], project: int) -> str | None:
    """Name what judged a project: one word, or one for each leg where they differ."""
    used = [
        definition.table.judged[name][choice[project]].basis for name, choice in choices.items() if choice[project] >= 0
    ]
    return "/".join(dict.fromkeys(used)) or None


def _count(
    definition: Definition,
    choices: Mapping[str, NDArray[np.int8]],
    projects: int,
    rows: Rows,
    looked: NDArray[np.int8],
) -> _Count:
    """Judge the eligible rows of a block and count every row's state by project."""
    eligible = looked == State.ELIGIBLE
    figures, disagree = None, None
    if definition.value.function == "share":
        judged = _judged(definition.value.argument, rows, choices)
        disagree = _disagreements(definition, rows, choices, eligible)
    elif definition.value.argument is None:
        judged = np.full(len(rows), State.COUNTED, dtype=np.int8)
    else:
        figures = numbers(definition.value.argument, rows)
        judged = np.where(figures.blank, np.int8(State.BLANK), np.int8(State.COUNTED))
    states = np.where(eligible, judged, looked)
    sums = None
    if figures is not None:
        weights = _weights(definition, rows)
        sums = sums_of(figures, weights, rows.projects, states == State.COUNTED, projects)
    return _Count(
        states,
        _bins(states, rows.projects, projects),
        sums,
        disagree,
        _by_project(disagree, rows.projects, projects),
        _by_project(_estimated(definition, rows, choices, states), rows.projects, projects),
    )


def _judged(node: Node | None, rows: Rows, choices: Mapping[str, NDArray[np.int8]]) -> NDArray[np.int8]:
    """Turn the argument of `share` into outcomes; yes, no and unknown are met, missed and excluded."""
    assert node is not None  # noqa: S101 - share has an argument
    if is_outcome(node, rows.table):
        return outcomes(node, rows, choices)
    return np.array([State.FALSE, State.BLANK, State.MET], dtype=np.int8)[conditions(node, rows)]


def is_outcome(node: Node | None, table: Table) -> bool:
    """Tell whether an aggregate's argument is an outcome."""
    return node is not None and check(node, table)[1].name == "outcome"


def _disagreements(
    definition: Definition,
    rows: Rows,
    choices: Mapping[str, NDArray[np.int8]],
    eligible: NDArray[np.bool_],
) -> NDArray[np.bool_] | None:
    """Find rows that a judgement not used would have judged the other way (rule 7)."""
    found = None
    for name, choice in choices.items():
        others = [
            basis
            for basis in range(len(definition.table.judged[name]))
            if (choice >= 0).any() and carried(name, basis, rows).any() and (choice != basis).any()
        ]
        if not others:
            continue
        used = outcomes(Name(name), rows, choices)
        for basis in others:
            other = judgement(name, basis, rows)
            differ = eligible & (verdicts(used) * verdicts(other) < 0)
            found = differ if found is None else found | differ
    return found


def _estimated(
    definition: Definition,
    rows: Rows,
    choices: Mapping[str, NDArray[np.int8]],
    states: NDArray[np.int8],
) -> NDArray[np.bool_] | None:
    """Find rows that count and were judged by a calendar that is only estimated."""
    found = None
    for name, choice in choices.items():
        for basis, rule in enumerate(definition.table.judged[name]):
            doubted = rows.columns.get(rule.doubted_by or "")
            if isinstance(doubted, np.ndarray) and (choice == basis).any():
                by_row = np.append(choice, np.int8(-1))[rows.projects]
                marked = (doubted == YES) & (by_row == basis) & (verdicts(states) != 0)
                found = marked if found is None else found | marked
    return found


def verdicts(states: NDArray[np.int8]) -> NDArray[np.int8]:
    """Reduce outcomes to met (1), missed (-1) and neither (0)."""
    met, missed = states == State.MET, states < MISSED_END
    return np.asarray(met.astype(np.int8) - missed.astype(np.int8), dtype=np.int8)


def _weights(definition: Definition, rows: Rows) -> Numbers | None:
    """Find the weights of summed-up rows, where the value's column has such and the export too."""
    argument = definition.value.argument
    if definition.value.function != "mean" or not isinstance(argument, Name):
        return None
    name = definition.table.weight.get(argument.name)
    column = rows.columns.get(name) if name else None
    return column if isinstance(column, Numbers) else None


def _bins(states: NDArray[np.int8], owners: NDArray[np.int32], projects: int) -> NDArray[np.int64]:
    """Count states by project; rows that were not accepted fall out."""
    mine = states != State.IGNORED
    codes = owners[mine].astype(np.int64) * _BINS + states[mine]
    return np.bincount(codes, minlength=projects * _BINS).reshape(projects, _BINS)


def _by_project(marked: NDArray[np.bool_] | None, owners: NDArray[np.int32], projects: int) -> NDArray[np.int64]:
    if marked is None:
        return np.zeros(projects, dtype=np.int64)
    return np.bincount(owners[marked], minlength=projects)


def _any_by_project(marked: NDArray[np.bool_], owners: NDArray[np.int32], projects: int) -> NDArray[np.bool_]:
    return _by_project(marked, owners, projects) > 0


def _reading(  # noqa: PLR0913 - a reading has so many parts
    definition: Definition,
    counts: NDArray[np.int64],
    sums: Sums,
    project: int,
    *,
    rejected: int,
    judged_by: str | None,
    disagreeing: int,
    estimated: int,
) -> Reading:
    """Put one project's counts together."""
    met, missed = int(counts[State.MET]), int(counts[:MISSED_END].sum())
    is_share = definition.value.function == "share"
    counted = met + missed if is_share else int(counts[State.COUNTED])
    numerator, denominator = _parts(definition.value.function, met, counted, sums, project)
    return Reading(
        numerator,
        denominator,
        _value(numerator, denominator),
        met if is_share else None,
        missed if is_share else None,
        counted,
        int(counts[State.PENDING]),
        {name: int(counts[state]) for state, name in reasons(definition).items() if counts[state]},
        int(counts[State.FILTERED]),
        int(counts[State.OUT_OF_PERIOD]),
        rejected,
        judged_by,
        disagreeing,
        estimated,
    )


def _parts(function: str, met: int, counted: int, sums: Sums, project: int) -> tuple[Fraction | None, Fraction | None]:
    """Give numerator and denominator: a count or sum has no denominator."""
    if function == "share":
        return Fraction(met), Fraction(counted)
    if function == "count":
        return Fraction(counted), None
    if function == "mean":
        return sums.total[project], Fraction(sums.weight[project])
    if function == "sum":
        return sums.total[project], None
    return (sums.least if function == "min" else sums.greatest)[project], None


def _value(numerator: Fraction | None, denominator: Fraction | None) -> Fraction | None:
    """Divide exactly; nothing to divide by gives no value (rule 9)."""
    if numerator is None or denominator is None:
        return numerator
    return numerator / denominator if denominator else None
