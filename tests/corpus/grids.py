"""Grids: one table of cells with its headings, as a person sees it before it is written to a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from corpus.facts import Answer, Facts, Report, Ticket

TICKETS, SURVEYS, REPORTS = "工单", "满意度", "报告"

#: The heading of each column, by its own name.
HEADINGS: Mapping[str, str] = {
    "ticket_id": "工单编号",
    "survey_id": "问卷编号",
    "report_id": "报告编号",
    "project": "项目名称",
    "type": "工单类型",
    "status": "状态",
    "created_at": "创建时间",
    "resolve_due_at": "解决时限",
    "resolved_at": "解决时间",
    "sla_flag": "是否达标",
    "title": "标题",
    "submitted_at": "提交时间",
    "score": "满意度",
    "due_at": "应交付日期",
    "delivered_at": "实际交付日期",
}
KINDS = {"incident": "事件", "request": "服务请求", "complaint": "投诉"}
STATES = {"closed": "已关闭", "in_progress": "处理中", "cancelled": "已取消"}
MOMENTS = frozenset({"created_at", "resolve_due_at", "resolved_at", "submitted_at"})
DAYS = frozenset({"due_at", "delivered_at"})
IDS = frozenset({"ticket_id", "survey_id", "report_id"})


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, and what the spreadsheet last made of it; None where nothing was stored."""

    text: str
    cached: "Plain"


@dataclass(frozen=True, slots=True)
class Fault:
    """An error cell, by what it shows."""

    text: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A cell (or, with `whole`, its row) that is to be rejected by a rule."""

    cell: "Cell"
    rule: str
    whole: bool = False


Plain: TypeAlias = str | int | float | bool | datetime | date | timedelta | None
Cell: TypeAlias = Plain | Formula | Fault | Marked
Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a kind: `top` rows above the data, and the name of each column where it has one.

    `merges` are ranges (first row, first column, last row, last column) from 0, `far` are cells far
    outside, `claims` is the extent the file pretends to have.
    """

    kind: str
    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    top: int = 1
    merges: tuple[tuple[int, int, int, int], ...] = ()
    far: tuple[tuple[int, int, Plain], ...] = ()
    claims: str | None = None
    hidden: bool = False

    @property
    def head(self) -> tuple[Row, ...]:
        """The rows above the data."""
        return self.rows[: self.top]

    @property
    def data(self) -> tuple[Row, ...]:
        """The rows of data."""
        return self.rows[self.top :]

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.columns)

    def at(self, column: str) -> int:
        """Find a column's position."""
        return self.columns.index(column)

    def mapped(self, column: str, change: Callable[[Cell], Cell]) -> "Grid":
        """Change every cell of a column, where the grid has it."""
        if column not in self.columns:
            return self
        at = self.at(column)
        data = tuple((*row[:at], change(row[at]), *row[at + 1 :]) for row in self.data)
        return replace(self, rows=(*self.head, *data))

    def edited(self, cells: Mapping[tuple[int, str], Cell]) -> "Grid":
        """Replace some cells of the data, by row (from 0) and column."""
        data = [list(row) for row in self.data]
        for (row, column), cell in cells.items():
            data[row][self.at(column)] = cell
        return replace(self, rows=(*self.head, *map(tuple, data)))

    def with_column(self, name: str, heading: str, cells: Sequence[Cell], at: int | None = None) -> "Grid":
        """Insert a column, at the right end unless said otherwise."""
        place = self.width if at is None else at
        filled = [*[""] * (self.top - 1), heading, *cells]
        rows = tuple((*row[:place], cell, *row[place:]) for row, cell in zip(self.rows, filled, strict=True))
        columns = (*self.columns[:place], name, *self.columns[place:])
        return replace(self, columns=columns, rows=rows)

    def without_column(self, name: str) -> "Grid":
        """Take a column out."""
        at = self.at(name)
        rows = tuple((*row[:at], *row[at + 1 :]) for row in self.rows)
        return replace(self, columns=(*self.columns[:at], *self.columns[at + 1 :]), rows=rows)

    def with_data(self, data: Sequence[Row]) -> "Grid":
        """Replace the rows of data."""
        return replace(self, rows=(*self.head, *data))

    def headed(self, change: Callable[[str], str]) -> "Grid":
        """Change every heading."""
        *above, last = self.head
        return replace(self, rows=(*above, tuple(change(str(cell or "")) for cell in last), *self.data))

    def lifted(self, above: Sequence[Sequence[Cell]]) -> "Grid":
        """Put rows above everything."""
        rows = tuple(padded(row, self.width) for row in above)
        down = len(rows)
        merges = tuple((r1 + down, c1, r2 + down, c2) for r1, c1, r2, c2 in self.merges)
        return replace(self, rows=(*rows, *self.rows), top=self.top + down, merges=merges)


def padded(row: Sequence[Cell], width: int) -> Row:
    """Fill a row up with blanks."""
    return (*row, *[None] * (width - len(row)))


def grids(facts: Facts) -> tuple[Grid, Grid, Grid]:
    """Lay the facts out as three plain tables."""
    flags = any(each.kept is not None for each in facts.tickets)
    names = ("ticket_id", "project", "type", "status", "created_at", "resolve_due_at", "resolved_at", "title")
    tickets = _grid(TICKETS, names, [_ticket(each) for each in facts.tickets])
    if flags:
        tickets = tickets.with_column("sla_flag", HEADINGS["sla_flag"], [each.kept for each in facts.tickets])
    return (
        tickets,
        _grid(SURVEYS, ("survey_id", "project", "submitted_at", "score"), [_answer(each) for each in facts.answers]),
        _grid(REPORTS, ("report_id", "project", "due_at", "delivered_at"), [_report(each) for each in facts.reports]),
    )


def _grid(name: str, columns: tuple[str, ...], data: Sequence[Row]) -> Grid:
    return Grid(name, name, columns, (tuple(HEADINGS[column] for column in columns), *data))


def _ticket(ticket: Ticket) -> Row:
    state = "cancelled" if ticket.cancelled else "in_progress" if ticket.resolved is None else "closed"
    kind = KINDS[ticket.kind]
    return (
        ticket.id,
        ticket.project,
        kind,
        STATES[state],
        ticket.created,
        ticket.due,
        ticket.resolved,
        ticket.title,
    )


def _answer(answer: Answer) -> Row:
    return (answer.id, answer.project, answer.submitted, answer.score)


def _report(report: Report) -> Row:
    return (report.id, report.project, report.due, report.delivered)
