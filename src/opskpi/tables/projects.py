"""The project register (项目台账): names, aliases and service dates; optional."""

from opskpi.tables import Table
from opskpi.tables.kinds import DueDay, Event, ProjectName, Row, Text, ends_after


class Project(Row):
    """A project the company serves; it counts from `starts_on` to the end of `ends_on`."""

    project: ProjectName
    aliases: Text | None = None
    customer: Text | None = None
    group: Text | None = None
    starts_on: Event | None = None
    ends_on: DueDay | None = None

    _ends = ends_after("starts_on", "ends_on")


TABLE = Table(name="projects", model=Project, row_id="project", stretch=("starts_on", "ends_on"))
