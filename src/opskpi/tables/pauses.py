"""The log of pauses (挂起记录): one row a stretch during which a ticket's clock stood still."""

from opskpi.tables import Table
from opskpi.tables.kinds import Event, Id, ProjectName, Row, Text, ends_after


class Pause(Row):
    """A pause of a ticket; it goes on while `resumed_at` is blank."""

    pause_id: Id | None = None
    project: ProjectName
    ticket_id: Id
    paused_at: Event
    resumed_at: Event | None = None
    reason: Text | None = None

    _ends = ends_after("paused_at", "resumed_at")


TABLE = Table(name="pauses", model=Pause, row_id="pause_id", joined_by="ticket_id", stretch=("paused_at", "resumed_at"))
