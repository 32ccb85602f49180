"""Service reports: every row is a report that was due, delivered or not."""

from opskpi.tables import Table
from opskpi.tables.kinds import DueDay, Event, Id, ProjectName, Row, Text


class Report(Row):
    """A report that was due on a day."""

    report_id: Id | None = None
    project: ProjectName
    report_type: Text | None = None
    report_period: Text | None = None
    due_at: DueDay
    delivered_at: Event | None = None


TABLE = Table(
    name="reports",
    model=Report,
    row_id="report_id",
    due="due_at",
    period="report_period",
    derived={"on_time": "in_time(delivered_at, due_at)"},
)
