"""From columns to figures: one reading for each project, every accepted row in one bucket.

A block of rows is counted alone and counts are added, so blocks may be read in any order
and on any core. Which judgement is used is a project's choice (rule 7), so a first look
over the blocks finds what each project's rows carry, and a second one judges.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.aggregates import Owned, Part, Ratio, part_of, ratios
from opskpi.indicators.breakdowns import broken_down
from opskpi.indicators.columns import MISSED_END, Rows, State
from opskpi.indicators.definitions import Definition, Window, reasons
from opskpi.indicators.groups import grouped, reduced
from opskpi.indicators.intervals import Bounds
from opskpi.indicators.judging import disagreements, estimated, judged
from opskpi.indicators.looks import basis_of, look
from opskpi.indicators.outcomes import Choices
from opskpi.indicators.spreading import Spread
from opskpi.indicators.typing import Aggregate
from opskpi.model.breakdowns import Shares
from opskpi.model.cards import Reading

#: States are counted in bins of this many for each project.
_BINS = 128


@dataclass(frozen=True, slots=True)
class Readings:
    """An indicator's figures by project, and the state of every row for the evidence.

    `in_period` counts the table's accepted rows in the period in any project, `found`
    those of them that `where` keeps: nothing handed in is not nothing happened (rule 9).
    `shares` are each project's rows by word, where a breakdown is asked for.
    """

    by_project: tuple[Reading, ...]
    states: tuple[NDArray[np.int8], ...]
    disagreements: tuple[NDArray[np.bool_] | None, ...]
    choices: Choices
    in_period: int
    found: int
    shares: tuple[Shares, ...] = ()


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
    looks, choices = look(definition, blocks, window, projects, spread)
    bounds = window.clipped(projects, blocks[0].clock.as_of if blocks else window.end)
    seen = {id(rows): each for rows, each in zip(blocks, looks, strict=True)}

    def count(rows: Rows) -> _Count:
        return _count(definition, choices, bounds, rows, seen[id(rows)].states)

    counted = list(spread(count, blocks))
    totals = sum((each.counts for each in counted), np.zeros((projects, _BINS), np.int64))
    differing = sum((each.disagreeing for each in counted), np.zeros(projects, np.int64))
    doubtful = sum((each.estimated for each in counted), np.zeros(projects, np.int64))
    states = tuple(each.states for each in counted)
    figures, groups = _figures(definition, blocks, counted, totals, bounds)
    return Readings(
        tuple(
            replace(
                _reading(definition, totals[at], figures[at]),
                groups=groups[at] if groups else None,
                rejected=rejected[at],
                judged_by=basis_of(definition, choices, at),
                disagreeing=int(differing[at]),
                estimated=int(doubtful[at]),
            )
            for at in range(projects)
        ),
        states,
        tuple(each.disagree for each in counted),
        choices,
        in_period=sum(each.in_period for each in looks),
        found=sum(each.found for each in looks),
        shares=broken_down(definition.breakdown, blocks, states, projects) if definition.breakdown else (),
    )


def _count(definition: Definition, choices: Choices, bounds: Bounds, rows: Rows, looked: NDArray[np.int8]) -> _Count:
    """Judge the eligible rows of a block and count every row's state by project."""
    projects = len(bounds.begins)
    owned = Owned(rows.projects, projects)
    eligible = looked == State.ELIGIBLE
    states = np.where(eligible, judged(definition, rows, choices), looked)
    is_share = definition.value.function == "share"
    disagree = disagreements(definition, rows, choices, eligible) if is_share else None
    return _Count(
        states,
        _bins(states, rows.projects, projects),
        None if definition.by else part_of(definition.value, rows, states == State.COUNTED, owned, bounds),
        disagree,
        _by_project(disagree, rows.projects, projects),
        _by_project(estimated(definition, rows, choices, bounds, states), rows.projects, projects),
    )


def _bins(states: NDArray[np.int8], owners: NDArray[np.int32], projects: int) -> NDArray[np.int64]:
    """Count states by project; rows that were not accepted fall out."""
    mine = states != State.IGNORED
    codes = owners[mine].astype(np.int64) * _BINS + states[mine]
    return np.bincount(codes, minlength=projects * _BINS).reshape(projects, _BINS)


def _by_project(marked: NDArray[np.bool_] | None, owners: NDArray[np.int32], projects: int) -> NDArray[np.int64]:
    if marked is None:
        return np.zeros(projects, dtype=np.int64)
    return np.bincount(owners[marked], minlength=projects)


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
