"""Service reports: what the contracts owe, and the day each was handed over."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final

from company.outcomes import Outcome
from company.projects import PROJECTS, Project
from company.workdays import DAY, YEAR, find_workday

MONTHLY, QUARTERLY, YEARLY = "月度服务报告", "季度服务报告", "年度服务报告"
LAST_DAY: Final = date(YEAR, 12, 31)
ON_THE_LAST_DAY: Final = 0.4


@dataclass(frozen=True, kw_only=True)
class Report:
    """One row of the report table, with what it is to count as."""

    project: Project
    sort: str
    covers: str
    due: date
    delivered: date | None
    outcome: Outcome
    number: str = ""
    spelling: str = ""

    @property
    def indicator(self) -> str:
        """Name the indicator that judges the report."""
        return "report_on_time_rate"


def make_reports(rng: Random) -> tuple[Report, ...]:
    """Make the company's reports in order of their due dates."""
    drafts = [
        draw_report(rng, project, sort, covers, due)
        for project in PROJECTS
        for sort, covers, due in list_duties(project)
    ]
    order = sorted(drafts, key=lambda report: report.due)
    return tuple(number_reports(order))


def list_duties(project: Project) -> Iterator[tuple[str, str, date]]:
    """List type, time covered and due date of the reports a project owes."""
    yield MONTHLY, f"{YEAR - 1}年12月", date(YEAR, 1, 5)
    for month in range(1, 12):
        yield MONTHLY, f"{YEAR}年{month}月", date(YEAR, month + 1, 5)
    yield MONTHLY, f"{YEAR}年12月", LAST_DAY
    yield YEARLY, f"{YEAR}年度", LAST_DAY
    if project.quarterly:
        for quarter in (1, 2, 3):
            due = date(YEAR, quarter * 3 + 1, 15)
            yield QUARTERLY, f"{YEAR}年第{quarter}季度", due
        yield QUARTERLY, f"{YEAR}年第4季度", date(YEAR + 1, 1, 15)


def draw_report(rng: Random, project: Project, sort: str, covers: str, due: date) -> Report:
    """Draw the day of delivery that the project's plan asks for."""
    delivered, outcome = draw_delivery(rng, project, covers, due)
    return Report(
        project=project,
        sort=sort,
        covers=covers,
        due=due,
        delivered=delivered,
        outcome=outcome,
    )


def draw_delivery(rng: Random, project: Project, covers: str, due: date) -> tuple[date | None, Outcome]:
    """Draw a day of delivery, and say what it counts as."""
    if due > LAST_DAY:
        return None, "out_of_period"
    if covers in project.lost_reports:
        return None, "missed"
    if covers in project.late_reports:
        return find_workday(due + DAY * rng.randrange(1, 5), step=DAY), "missed"
    # The year's last day is a Saturday: those who deliver on it come in for it.
    if due == LAST_DAY and rng.random() < ON_THE_LAST_DAY:
        return due, "met"
    return find_workday(due - DAY * rng.randrange(4), step=-DAY), "met"


def number_reports(reports: list[Report]) -> Iterator[Report]:
    """Give the reports numbers, and write their projects' names."""
    rows: Counter[str] = Counter()
    for serial, report in enumerate(reports, start=1):
        project = report.project
        spelling = project.spell(rows[project.name])
        rows[project.name] += 1
        yield replace(report, number=f"FB{YEAR}{serial:03}", spelling=spelling)
