"""Tickets: incidents, requests, complaints, changes and problems, one row each (ITIL)."""

from typing import Annotated

from opskpi.tables import Judgement, Table
from opskpi.tables.kinds import (
    Count,
    Due,
    Event,
    Flag,
    Id,
    Minutes,
    ProjectName,
    Prose,
    Row,
    Score,
    Text,
    word,
)

TYPES = {
    "incident": "事件",
    "request": "服务请求",
    "complaint": "投诉",
    "change": "变更",
    "problem": "问题",
    "other": "其他",
}
STATES = {
    "new": "新建",
    "in_progress": "处理中",
    "on_hold": "挂起",
    "resolved": "已解决",
    "closed": "已关闭",
    "cancelled": "已取消",
}

Type = Annotated[str, *word(TYPES)]
State = Annotated[str, *word(STATES)]


class Ticket(Row):
    """A ticket as opskpi judges it; times are wall-clock times in the plan's zone."""

    ticket_id: Id | None = None
    project: ProjectName
    type: Type
    priority: Text | None = None
    status: State | None = None
    created_at: Event
    assigned_at: Event | None = None
    responded_at: Event | None = None
    first_resolved_at: Event | None = None
    resolved_at: Event | None = None
    closed_at: Event | None = None
    response_due_at: Due | None = None
    resolve_due_at: Due | None = None
    response_minutes: Minutes | None = None
    resolve_minutes: Minutes | None = None
    response_flag: Flag | None = None
    sla_flag: Flag | None = None
    paused_minutes: Minutes | None = None
    paused_at: Event | None = None
    resumed_at: Event | None = None
    reopened: Count | None = None
    satisfaction: Score | None = None
    assignee: Text | None = None
    group: Text | None = None
    title: Prose | None = None


TABLE = Table(
    name="tickets",
    model=Ticket,
    row_id="ticket_id",
    stop=("resolved_at", "closed_at"),
    first_stop="first_resolved_at",
    stopped_states=frozenset({"resolved", "closed"}),
    reopened="reopened",
    due="resolve_due_at",
    response="responded_at",
    derived={"completed": "done(stopped_at, resolve_due_at)"},
    computed={
        "limit_rule": "whole",
        "respond_limit_at": "due",
        "respond_limit_minutes": "duration",
        "respond_estimated": "flag",
        "resolve_limit_at": "due",
        "resolve_limit_minutes": "duration",
        "resolve_estimated": "flag",
    },
    judged={
        "sla_met": (
            Judgement("limit", "resolve_limit_at", "in_time(stopped_at, resolve_limit_at)", "resolve_estimated"),
            Judgement("due", "resolve_due_at", "in_time(stopped_at, resolve_due_at)"),
            Judgement(
                "duration", "resolve_limit_minutes", "within(stopped_at, resolve_minutes, resolve_limit_minutes)"
            ),
            Judgement("flag", "sla_flag", "flagged(sla_flag)"),
        ),
        "response_met": (
            Judgement("limit", "respond_limit_at", "in_time(responded_at, respond_limit_at)", "respond_estimated"),
            Judgement("due", "response_due_at", "in_time(responded_at, response_due_at)"),
            Judgement(
                "duration", "respond_limit_minutes", "within(responded_at, response_minutes, respond_limit_minutes)"
            ),
            Judgement("flag", "response_flag", "flagged(response_flag)"),
        ),
    },
)
