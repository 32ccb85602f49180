"""Satisfaction surveys: one row an answer, or a summed-up row with its number of answers."""

from opskpi.tables import Table
from opskpi.tables.kinds import Event, Flag, Id, ProjectName, Row, Score, Weight


class Survey(Row):
    """An answer on the scale its source declares; `system_default` marks one that the system gave by itself."""

    survey_id: Id | None = None
    project: ProjectName
    submitted_at: Event
    score: Score
    ticket_id: Id | None = None
    responses: Weight | None = None
    system_default: Flag | None = None


TABLE = Table(
    name="surveys",
    model=Survey,
    row_id="survey_id",
    weight={"score": "responses"},
    joined_by="ticket_id",
)
