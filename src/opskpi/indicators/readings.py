"""From columns to figures: one reading for each project, every accepted row in one bucket.

A block of rows is counted alone and counts are added, so blocks may be read in any order
and on any core. Which judgement is used is a project's choice (rule 7), so a first look
over the blocks finds what each project's rows carry, and a second one judges.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.aggregates import Owned, Part, Ratio, blanks, part_of, ratios
from opskpi.indicators.columns import MISSED_END, Rows, State
from opskpi.indicators.conditions import conditions
from opskpi.indicators.decided import DECIDED, decided
from opskpi.indicators.groups import Reduction, grouped, reduced
from opskpi.indicators.intervals import Bounds
from opskpi.indicators.moments import calendar_of, clocked, moments, spans, unseen
from opskpi.indicators.nodes import IsNull, Name, Node, names_in
from opskpi.indicators.outcomes import Choices, carried, judgement, outcomes
from opskpi.indicators.typing import Aggregate, check
from opskpi.model.cards import Reading
from opskpi.tables import Table
from opskpi.tables.columns import NAT, YES

#: States are counted in bins of this many for each project.
_BINS = 128
_Out = TypeVar("_Out")


class Spread(Protocol):
    """How work on blocks is spread: `map`, or a pool's."""

    def __call__(self, work: Callable[[Rows], _Out], rows: Iterable[Rows], /) -> Iterable[_Out]:
        """Do the work on each block, results in order."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator counts: which rows, from when, and the aggregate of which column.

    With `by`, the aggregate is that of each group, and `reduce` makes one figure of the groups'. With `at` rows count
    that were open at the start or the end of the period: begun before and not yet stopped, the two moments of `open`.
    """

    table: Table
    where: Node | None
    exclude: tuple[tuple[str, Node], ...]
    period_by: str
    value: Aggregate
    judged_by: str | None = None
    by: Name | None = None
    reduce: Reduction | None = None
    at: str | None = None
    open: tuple[Name, Name] | None = None

    @property
    def function(self) -> str:
        """What makes the figure: its aggregate, or `grouped` where groups come between."""
        return "grouped" if self.reduce else self.value.function

    @property
    def unit(self) -> str:
        """The unit of the figure."""
        return self.reduce.unit if self.reduce else self.value.unit

    @property
    def placing(self) -> str:
        """How rows are put in a period: by a moment, as open ones, or as stretches that overlap it."""
        if self.open is not None:
            return "open"
        return "overlapping" if self.value.function == "downtime" else "dated"

    @property
    def lasting(self) -> tuple[Node, Node]:
        """From when until when a row lasts, where that puts it in a period."""
        start, stop = self.open or self.value.arguments[:2]
        return start, stop

    @property
    def is_share(self) -> bool:
        """Whether the figure is never over 1."""
        return (self.reduce or self.value).function == "share"

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every expression of it."""
        return (
            *([] if self.where is None else [self.where]),
            *(node for _, node in self.exclude),
            *self.value.arguments,
        )

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

    def bounds(self, projects: int) -> Bounds:
        """Bound the time that counts for each project."""
        if self.service_start is None or self.service_end is None:
            return Bounds(np.full(projects, self.start), np.full(projects, self.end))
        return Bounds(np.maximum(self.service_start, self.start), np.minimum(self.service_end, self.end))

    def clipped(self, projects: int, as_of: int) -> Bounds:
        """Bound the time that counts for each project so far."""
        bounds = self.bounds(projects)
        return Bounds(bounds.begins, np.minimum(bounds.ends, as_of))


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
    found: int
    carried: Mapping[tuple[str, int], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class _Count:
    """What one judged block adds."""

    states: NDArray[np.int8]
    counts: NDArray[np.int64]
    part: Part | None
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
        placed = partial(_PLACED[definition.placing], definition, window)
        looks = list(spread(partial(look, window, placed), blocks))
        choices = _choices(definition, looks, projects)
    bounds = window.clipped(projects, blocks[0].clock.as_of if blocks else window.end)
    seen = {id(rows): look for rows, look in zip(blocks, looks, strict=True)}

    def count(rows: Rows) -> _Count:
        return _count(definition, choices, bounds, rows, seen[id(rows)].states)

    counted = list(spread(count, blocks))
    totals = sum((each.counts for each in counted), np.zeros((projects, _BINS), np.int64))
    differing = sum((each.disagreeing for each in counted), np.zeros(projects, np.int64))
    estimated = sum((each.estimated for each in counted), np.zeros(projects, np.int64))
    figures, groups = _figures(definition, blocks, counted, totals, bounds)
    return Readings(
        tuple(
            replace(
                _reading(definition, totals[at], figures[at]),
                groups=groups[at] if groups else None,
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
        found=sum(look.found for look in looks),
    )


def reasons(definition: Definition) -> Mapping[int, str]:
    """Name the states of excluded rows: the plan's own reasons and ours."""
    own = {State.REASON + at: name for at, (name, _) in enumerate(definition.exclude)}
    return {**own, int(State.NO_LIMIT): "no_limit", int(State.BLANK): "blank", int(State.NO_RESPONSE): "no_response"}


def _dated(definition: Definition, window: Window, rows: Rows) -> NDArray[np.int64]:
    """Get the moments that put rows in a period."""
    del window
    return rows.moments(definition.period_by)


def _decided(definition: Definition, choices: Choices, rows: Rows) -> NDArray[np.int64]:
    assert definition.value.argument is not None  # noqa: S101 - the plan allows it for outcomes only
    return decided(definition.value.argument, rows, choices)


def _at_once(rows: Rows) -> NDArray[np.int64]:
    return np.zeros(len(rows), dtype=np.int64)


def _look(
    definition: Definition,
    window: Window,
    placed: Callable[[Rows], NDArray[np.int64]],
    rows: Rows,
    *,
    projects: int,
) -> _Look:
    """Sort rows into filtered, out of period, excluded by a reason, and eligible."""
    states = np.full(len(rows), State.ELIGIBLE, dtype=np.int8)
    for at, (_, node) in reversed(list(enumerate(definition.exclude))):
        states[conditions(node, rows) == YES] = State.REASON + at
    inside = _inside(placed(rows), window, rows.projects)
    states[~inside] = State.OUT_OF_PERIOD
    kept = np.ones(len(rows), dtype=bool)
    if definition.where is not None:
        kept = conditions(definition.where, rows) == YES
        states[~kept] = State.FILTERED
    states[~rows.accepted] = State.IGNORED
    eligible = states == State.ELIGIBLE
    carrying = {
        (name, basis): _any_by_project(carried(name, basis, rows) & eligible, rows.projects, projects)
        for name in definition.judged
        for basis in range(len(definition.table.judged[name]))
    }
    present = rows.accepted & (inside if definition.placing == "dated" else _begun(definition, window, rows))
    return _Look(states, int(present.sum()), int((present & kept).sum()), carrying)


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


def _count(definition: Definition, choices: Choices, bounds: Bounds, rows: Rows, looked: NDArray[np.int8]) -> _Count:
    """Judge the eligible rows of a block and count every row's state by project."""
    projects = len(bounds.begins)
    owned = Owned(rows.projects, projects)
    eligible = looked == State.ELIGIBLE
    disagree = None
    if definition.value.function == "share":
        judged = _judged(definition.value.argument, rows, choices)
        disagree = _disagreements(definition, rows, choices, eligible)
    else:
        judged = np.where(blanks(definition.value, rows), np.int8(State.BLANK), np.int8(State.COUNTED))
    for blank in _unplaced(definition, rows):
        judged = np.where(blank, np.int8(State.BLANK), judged)
    states = np.where(eligible, judged, looked)
    return _Count(
        states,
        _bins(states, rows.projects, projects),
        None if definition.by else part_of(definition.value, rows, states == State.COUNTED, owned, bounds),
        disagree,
        _by_project(disagree, rows.projects, projects),
        _by_project(_estimated(definition, rows, choices, states), rows.projects, projects),
    )


def _unplaced(definition: Definition, rows: Rows) -> Iterator[NDArray[np.bool_]]:
    """Find rows that belong to no group, and those that stopped nobody knows when."""
    if definition.by is not None:
        yield np.equal(conditions(IsNull(definition.by), rows), YES)
    if definition.open is not None:
        yield unseen(definition.open[1], rows)


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


def _doubtful(definition: Definition, rows: Rows, states: NDArray[np.int8]) -> NDArray[np.bool_] | None:
    """Find rows that count and whose figure rests on a calendar that is only estimated."""
    found = None
    for call in (call for node in definition.nodes for call in clocked(node)):
        if name := calendar_of(call):
            marked = rows.services[name].unofficial(*spans(call, rows))
            found = marked if found is None else found | marked
    return None if found is None else found & ((states == State.COUNTED) | (verdicts(states) != 0))


def _estimated(
    definition: Definition,
    rows: Rows,
    choices: Mapping[str, NDArray[np.int8]],
    states: NDArray[np.int8],
) -> NDArray[np.bool_] | None:
    """Find rows that count and were judged by a calendar that is only estimated."""
    found = _doubtful(definition, rows, states)
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


def _reading(definition: Definition, counts: NDArray[np.int64], figure: Ratio) -> Reading:
    """Put one project's counts together."""
    met, missed = int(counts[State.MET]), int(counts[:MISSED_END].sum())
    is_share = definition.value.function == "share"
    shown = is_share and definition.by is None
    counted = met + missed if is_share else int(counts[State.COUNTED])
    numerator, denominator = figure
    return Reading(
        numerator,
        denominator,
        _value(numerator, denominator),
        met if shown else None,
        missed if shown else None,
        counted,
        int(counts[State.PENDING]),
        {name: int(counts[state]) for state, name in reasons(definition).items() if counts[state]},
        int(counts[State.FILTERED]),
        int(counts[State.OUT_OF_PERIOD]),
        rejected=0,
    )


def _figures(
    definition: Definition,
    blocks: Sequence[Rows],
    counted: Sequence[_Count],
    totals: NDArray[np.int64],
    bounds: Bounds,
) -> tuple[list[Ratio], list[int]]:
    """Find each project's numerator and denominator, and of how many groups where there are such."""
    if definition.by is None or definition.reduce is None:
        return _ratios(definition.value, totals, [each.part for each in counted if each.part]), []
    states = [each.states for each in counted]
    groups = grouped(definition.value, definition.by, blocks, states, bounds)
    return [reduced(definition.reduce, each) for each in groups], [len(each) for each in groups]


def _ratios(value: Aggregate, counts: NDArray[np.int64], parts: Sequence[Part]) -> list[Ratio]:
    """Find numerator and denominator of each project."""
    met, missed = counts[:, State.MET], counts[:, :MISSED_END].sum(axis=1)
    counted = met + missed if value.function == "share" else counts[:, State.COUNTED]
    return ratios(value, parts, met.tolist(), counted.tolist())


def _value(numerator: Fraction | None, denominator: Fraction | None) -> Fraction | None:
    """Divide exactly; nothing to divide by gives no value (rule 9)."""
    if numerator is None or denominator is None:
        return numerator
    return numerator / denominator if denominator else None
