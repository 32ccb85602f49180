"""What the tests of limits share: a plan of three indicators, tickets of 2016, due moments shown from both sides."""

from datetime import datetime, timedelta
from pathlib import Path

from rulebook import PROJECT, Desk, Outcome, Row

SOLVED, ANSWERED, BOTH = "solved", "answered", "both"
MET, MISSED, PENDING, NONE = (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0)
OFFICE = '{country: CN, hours: {mon-fri: ["09:00-12:00", "13:00-18:00"]}}'
FOUR_HOURS = "{type: incident, calendar: 5x8, resolve: 4h}"


def plan_of(
    desk: Desk, *rules: str, office: str = OFFICE, more: str = "", judged_by: str = "", period: str = "2016"
) -> Path:
    """Write a plan with three indicators: response, resolution, and both together."""
    lines = [f"plan: 试验计划\nperiod: {period}\nindicators:"]
    for name, value in ((SOLVED, "sla_met"), (ANSWERED, "response_met"), (BOTH, "sla_met and response_met")):
        lines.append(f"  {name}: {{name: {name}, table: tickets, period_by: created_at, value: share({value})")
        lines[-1] += f', target: ">= 50%"{judged_by and f", judged_by: {judged_by}"}}}'
    if rules:
        lines += ["calendars:", "  7x24: always", f"  5x8: {office}", "sla:", *(f"  - {rule}" for rule in rules)]
    return desk.write("plan.yaml", "\n".join([*lines, more, ""]))


def ticket(created: str, resolved: str = "", **more: str) -> Row:
    """Make an incident of 2016, its times without the year."""
    return {"工单类型": "事件", "创建时间": _time(created), "解决时间": _time(resolved), **more}


def _time(text: str) -> str:
    return f"2016-{text}" if text else ""


def buckets(outcome: Outcome, indicator: str = SOLVED, project: str = PROJECT) -> tuple[int, int, int]:
    met, missed, pending = outcome.pick(indicator, "met", "missed", "pending", project=project)
    return met, missed, pending


def due_of(desk: Desk, rule: str, created: str, due: str, office: str = OFFICE, **more: str) -> None:
    """Show a due moment from both sides: resolved at it is met, a second later missed; open, pending and missed."""
    moment = datetime.fromisoformat(f"2016-{due}")
    late = (moment + timedelta(seconds=1)).isoformat(" ")
    rows = [
        {**ticket(created, **more), "项目名称": "准时", "解决时间": moment.isoformat(" ")},
        {**ticket(created, **more), "项目名称": "迟到", "解决时间": late},
        {**ticket(created, **more), "项目名称": "未完"},
    ]
    desk.tickets(*rows)
    plan = plan_of(desk, rule, office=office)
    outcome = desk.score(plan=plan)
    assert (buckets(outcome, project="准时"), buckets(outcome, project="迟到")) == (MET, MISSED)
    assert buckets(desk.score("--as-of", moment.isoformat(), plan=plan), project="未完") == PENDING
    assert buckets(desk.score("--as-of", late, plan=plan), project="未完") == MISSED
