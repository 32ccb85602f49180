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
    if tables and tables <= own.keys():
        return frozenset({projects.names[projects.code(own[table])] for table in tables} & intake.on_card)
    apart = {projects.code(each) for each in own.values()} - {projects.code(each) for each in plan.projects}
    silent = {code for code in apart if not _has_rows(intake, tables, code) and (name, code) not in reported}
    return intake.on_card - {projects.names[code] for code in silent}


def _has_rows(intake: Intake, tables: frozenset[str], project: int) -> bool:
    every = (intake.accepted, intake.rejected)
    return any(counts[table][project] for counts in every for table in sorted(tables & counts.keys()))
