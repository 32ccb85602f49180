"""Limits from contracts (服务级别): how long what may take, on which calendar; a register, like the projects'."""

from typing import Annotated

from opskpi.tables import Table
from opskpi.tables.kinds import ProjectName, Row, Text, word

WORKDAYS = {"end": "工作日结束", "same_time": "同一时刻"}

STARTS = {"created": "创建", "assigned": "派单"}

Workdays = Annotated[str, *word(WORKDAYS)]
Start = Annotated[str, *word(STARTS)]


class Limits(Row):
    """One rule of a contract; a blank project, type or priority fits all, and a cell may name several."""

    project: ProjectName | None = None
    type: Text | None = None
    priority: Text | None = None
    calendar: Text
    respond: Text | None = None
    resolve: Text | None = None
    workdays: Workdays | None = None
    start: Start | None = None


TABLE = Table(name="sla", model=Limits, row_id="")
