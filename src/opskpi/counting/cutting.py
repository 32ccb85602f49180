"""Cutting: all that a scorecard tells beside the results, cut down to some projects.

A card that is handed to one customer names no other: no rows, files, notes, waivers or changes of theirs. What belongs
to nobody is not on it either; what holds for everybody is.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from opskpi.counting.daytimes import day_notes
from opskpi.counting.figures import Case
from opskpi.counting.limits import said_of
from opskpi.counting.moments import Moment
from opskpi.counting.nil import own_notes
from opskpi.counting.schedule import with_due_rows
from opskpi.intake.ledgers import Intake
from opskpi.intake.names import Projects
from opskpi.intake.signals import fell_silent
from opskpi.model.approvals import Change
from opskpi.model.evidence import Evidence
from opskpi.model.masking import Mask, mask_of
from opskpi.tables.declared import PROJECT
from opskpi.tables.words import normal_name
from opskpi.targets.plan import Plan


def narrowed_case(case: Case, whole: Intake, own: Intake, shown: Collection[str], nil: Sequence[str]) -> Case:
    """Keep what there is to say of some projects: `own` are their rows of the `whole`, `nil` what is declared empty."""
    wanted = np.array([name in shown for name in own.projects.names], dtype=bool)
    intake, owed = with_due_rows(case.plan, own, case.occasion.period)
    limited = {
        table: replace(
            each,
            notes=(
                *said_of(case.plan, each, own, wanted),
                *day_notes(case.plan, case.chosen, table, intake.tables.get(table, ())),
            ),
        )
        for table, each in case.limited.items()
    }
    said = replace(case.nil, notes=own_notes(case.plan, nil, whole, own))
    return replace(case, intake=intake, owed=owed, limited=limited, nil=said)


def narrowed_moment(moment: Moment, own: Intake) -> Moment:
    """Count what fell due since the newest event among some projects' rows."""
    silent = fell_silent(own, moment.newest, moment.as_of) if moment.newest else None
    return replace(moment, notes=(silent[0],)) if silent else moment


def narrowed_evidence(several: Sequence[Evidence], shown: frozenset[str]) -> tuple[Evidence, ...]:
    """Keep the evidence of some projects."""
    return tuple(_own_rows(each, shown) for each in several)


def _own_rows(evidence: Evidence, shown: Collection[str]) -> Evidence:
    stacks = []
    for stack in evidence.stacks:
        rows = tuple(row for row in stack.rows if row.project in shown)
        stacks.append(replace(stack, rows=rows, weighted=any(row.weight is not None for row in rows)))
    return replace(evidence, stacks=tuple(stacks))


def own_changes(plan: Plan, changes: Sequence[Change], projects: Projects, shown: Collection[str]) -> Iterator[Change]:
    """Keep the changes of targets that hold for some projects: everybody's, their groups' and their own."""
    for each in changes:
        code = projects.code(each.project) if each.project is not None else -1
        theirs = each.project is None or (code >= 0 and projects.names[code] in shown)
        if theirs and (each.group is None or _in_group(plan, each.group, projects, shown)):
            yield each


def _in_group(plan: Plan, group: str, projects: Projects, shown: Collection[str]) -> bool:
    settings = plan.groups.get(group)
    if settings is not None and settings.projects is not None:
        return any((code := projects.code(name)) >= 0 and projects.names[code] in shown for name in settings.projects)
    registered = (projects.known[name].group for name in shown if name in projects.known)
    return any(each is not None and normal_name(each) == normal_name(group) for each in registered)


def mask_of_others(plan: Plan, projects: Projects, shown: Collection[str]) -> Mask:
    """Mask every other project's name and aliases; what a plan calls whole tables of its own is no customer."""
    own, others = set[str](), set[str]()
    for name in projects.names:
        known = projects.known.get(name)
        (own if name in shown else others).update((name, *((known.name, *known.aliases) if known else ())))
    for name, settings in plan.projects.items():
        code = projects.code(name)
        theirs = code < 0 or projects.names[code] not in shown
        (others if theirs else own).update((name, *settings.aliases))
    for form, code in projects.codes.items():
        (own if projects.names[code] in shown else others).add(form)
    tables = {each.constants[PROJECT] for each in plan.tables.values() if PROJECT in each.constants}
    return mask_of(own | tables, others)
