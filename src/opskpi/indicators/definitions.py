"""What an indicator counts, and the time in which it counts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.columns import State
from opskpi.indicators.groups import Reduction
from opskpi.indicators.intervals import Bounds
from opskpi.indicators.nodes import Call, Name, Node, Not, every_node, names_in
from opskpi.indicators.typing import Aggregate
from opskpi.tables import Table


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator counts: which rows, from when, and the aggregate of which column.

    With `by`, the aggregate is that of each group, and `reduce` makes one figure of the groups'. With `at` rows count
    that were open at the start or the end of the period: begun before and not yet stopped, the two moments of `open`.
    `breakdown` is a column whose words are told beside the figure.
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
    breakdown: Name | None = None

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
    def others(self) -> tuple[str, ...]:
        """The tables that its expressions ask for rows."""
        asked = {
            each.arguments[0].name
            for node in self.nodes
            for each in every_node(node)
            if isinstance(each, Call) and each.function == "exists" and isinstance(each.arguments[0], Name)
        }
        return tuple(sorted(asked))

    @property
    def compared(self) -> Call | None:
        """The comparison of a stop with a due moment that its value is, or is the contrary of."""
        argument = self.value.argument
        argument = argument.inner if isinstance(argument, Not) else argument
        return argument if isinstance(argument, Call) and argument.function in ("in_time", "done") else None

    @property
    def judged(self) -> tuple[str, ...]:
        """The columns in its value that can be judged in several ways."""
        if self.value.argument is None:
            return ()
        return tuple(sorted(names_in(self.value.argument) & set(self.table.judged)))


@dataclass(frozen=True, slots=True)
class Window:
    """The period in microseconds, end exclusive, and each project's own days inside: of service, of a contract year.

    Rows that a project owes by a schedule count by `span`, its contract year alone: the last of them falls due when
    the service is over.
    """

    start: int
    end: int
    service_start: NDArray[np.int64] | None = None
    service_end: NDArray[np.int64] | None = None
    span_start: NDArray[np.int64] | None = None
    span_end: NDArray[np.int64] | None = None

    def bounds(self, projects: int) -> Bounds:
        """Bound the time that counts for each project."""
        if self.service_start is None or self.service_end is None:
            return Bounds(np.full(projects, self.start), np.full(projects, self.end))
        return Bounds(np.maximum(self.service_start, self.start), np.minimum(self.service_end, self.end))

    def clipped(self, projects: int, as_of: int) -> Bounds:
        """Bound the time that counts for each project so far."""
        bounds = self.bounds(projects)
        return Bounds(bounds.begins, np.minimum(bounds.ends, as_of))


def reasons(definition: Definition) -> Mapping[int, str]:
    """Name the states of excluded rows: the plan's own reasons and ours."""
    own = {State.REASON + at: name for at, (name, _) in enumerate(definition.exclude)}
    return {**own, int(State.NO_LIMIT): "no_limit", int(State.BLANK): "blank", int(State.NO_RESPONSE): "no_response"}
