"""Satisfaction surveys: one row an answer, or a summed-up row with its number of answers."""

from pydantic import BaseModel, ConfigDict

from opskpi.tables import Table
from opskpi.tables.kinds import Event, Id, ProjectName, Score, Weight


class Survey(BaseModel):
    """An answer on the scale its source declares."""

    model_config = ConfigDict(extra="forbid")

    survey_id: Id | None = None
    project: ProjectName
    submitted_at: Event
    score: Score
    ticket_id: Id | None = None
    responses: Weight | None = None


TABLE = Table(name="surveys", model=Survey, row_id="survey_id", weight={"score": "responses"})
