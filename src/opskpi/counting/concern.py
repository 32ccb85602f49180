"""Whom an indicator concerns: a whole table may belong to one project, as audits do to the company."""

from opskpi.counting.register import Reported
from opskpi.intake.ledgers import Intake
from opskpi.tables.declared import PROJECT
from opskpi.targets.plan import Plan


def concerned(name: str, plan: Plan, intake: Intake, reported: Reported) -> frozenset[str]:
    """Name the projects that an indicator is judged for.

    A table's own project is judged by that table, and beyond it by what its rows or figures are in.
    """
    projects, tables = intake.projects, plan.indicators[name].tables
    own = {each: settings.constants[PROJECT] for each, settings in plan.tables.items() if PROJECT in settings.constants}
    if tables <= own.keys():
        return frozenset({projects.names[projects.code(own[each])] for each in tables} & intake.on_card)
    apart = {projects.code(each) for each in own.values()} - {projects.code(each) for each in plan.projects}
    rows = {code for code in apart if any(_has_rows(intake, table, code) for table in tables)}
    silent = {code for code in apart - rows if (name, code) not in reported}
    return intake.on_card - {projects.names[code] for code in silent}


def _has_rows(intake: Intake, table: str, project: int) -> bool:
    return any(counts[table][project] for counts in (intake.accepted, intake.rejected) if table in counts)
