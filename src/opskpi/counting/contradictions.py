"""Contradictions: a figure that is both counted from rows and reported, which nobody here can settle."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.figures import Case
from opskpi.counting.register import Figure
from opskpi.counting.reported import counts
from opskpi.errors import ExportError
from opskpi.indicators.columns import State
from opskpi.indicators.definitions import Definition, Window
from opskpi.indicators.readings import Readings, read
from opskpi.model.periods import Period
from opskpi.model.places import Place
from opskpi.tables.instants import microseconds
from opskpi.wording import Message, message

#: How many contradictions are told at once.
_TOLD = 10


def refuse_contradictions(case: Case) -> None:
    """Raise ExportError where rows count in a period that a figure was reported for, naming the cells of both."""
    if said := [each for name in case.chosen for each in _contradictions(name, case)]:
        raise ExportError(*said[:_TOLD])


def _contradictions(name: str, case: Case) -> Iterator[Message]:
    figures = [(code, each) for (which, code), some in case.reported.items() if which == name for each in some]
    if not figures:
        return
    for definition in case.plan.indicators[name].definitions.values():
        yield from _doubled(name, definition, figures, case)


def _doubled(name: str, definition: Definition, figures: Sequence[tuple[int, Figure]], case: Case) -> Iterator[Message]:
    """Find the reported figures of periods in which rows count, too."""
    indicator, projects = case.plan.indicators[name], case.intake.projects.names
    rows = case.rows(definition.table.name, (True,) * len(projects))
    for period in dict.fromkeys(each.period for _, each in figures):
        readings = read(definition, rows, _window(period), [0] * len(projects), case.spread)
        for code, each in figures:
            if each.period == period and counts(readings.by_project[code]):
                yield message(
                    "figure_doubled",
                    project=projects[code],
                    indicator=indicator.name,
                    period=period.label,
                    figure=str(each.claim.places[0]),
                    row=str(_first_row(case, definition.table.name, readings, code)),
                )


def _window(period: Period) -> Window:
    start, after = (microseconds(datetime.combine(day, time())) for day in (period.start, period.after))
    return Window(start, after)


def _first_row(case: Case, table: str, readings: Readings, project: int) -> Place | None:
    """Find the first row of a project that counts, is pending, or had nothing to be judged by."""
    for states, block in zip(readings.states, case.intake.tables[table], strict=True):
        rows = np.flatnonzero(_counting(states) & (block.projects == project))
        if len(rows):
            return block.place(int(rows[0]))
    return None


def _counting(states: NDArray[np.int8]) -> NDArray[np.bool_]:
    excluded = (states == State.BLANK) | (states == State.NO_RESPONSE)
    return np.asarray((states < State.ELIGIBLE) & ~excluded, dtype=bool)
