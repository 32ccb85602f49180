"""Explaining a figure: its rule, the way from the accepted rows to those that count, and the rows behind it."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.accounts import account
from opskpi.counting.evidence import row_id
from opskpi.counting.figures import Case, Counted, counted, judged
from opskpi.counting.grounds import Bench, Row, contrary, grounds
from opskpi.errors import SettingsError
from opskpi.indicators.columns import MISSED_END, State, conditions
from opskpi.indicators.readings import reasons
from opskpi.intake.ledgers import row_problems
from opskpi.model.cards import PlanRecord, Result
from opskpi.model.explanations import Account, FigureExplanation, Ground, Step
from opskpi.tables.columns import YES
from opskpi.targets.wordings import column_word, conjuncts, rule_in_words, worded
from opskpi.wording import Message, message

#: More rows of one bucket than these are counted, not listed.
MOST = 1000


def explained(
    case: Case, plan: PlanRecord, project: str, indicator: str, notes: Sequence[Message]
) -> FigureExplanation:
    """Explain one project's figure; `indicator` is an id of the plan, `project` a name of the run."""
    tally = counted(indicator, case)
    result = next((each for each in judged(indicator, case, tally)[1] if each.project == project), None)
    if result is None:
        raise SettingsError(message("unknown_project", project=project, hint=message("no_name_near")))
    bench = bench_of(indicator, case, tally)
    code = case.intake.projects.code(project)
    return FigureExplanation(
        plan=plan,
        period=case.occasion.period,
        as_of=case.occasion.as_of.replace(tzinfo=case.plan.zone),
        table=bench.definition.table.name,
        result=result,
        rule=rule_in_words(case.plan.indicators[indicator]),
        accepted=result.reading.accepted,
        steps=tuple(_steps(bench, result, code)),
        rows=dict(_buckets(case, bench, result, code)),
        differing=_listed(bench, code, _differing(bench), contrary),
        notes=(*notes, *case.notes),
    )


def bench_of(indicator: str, case: Case, tally: Counted) -> Bench:
    """Gather what the rows of an indicator are explained with."""
    its = case.plan.indicators[indicator]
    limited = case.limited.get(its.definition.table.name)
    return Bench(case.plan, its.definition, tally.behind, limited, tally.window, tally.spans)


def _steps(bench: Bench, result: Result, project: int) -> Iterator[Step]:
    """Lead from the accepted rows to those that count, in the order of the ledger (rule 2)."""
    definition, reading = bench.definition, result.reading
    for node, rows in zip(conjuncts(definition.where), _taken(bench, project), strict=True):
        yield Step("where", rows, worded(node))
    days = bench.spans[project].days
    first, last = days.start.isoformat(), days.end.isoformat()
    column = column_word(definition.period_by)
    yield Step("period", reading.out_of_period, message("step_period", column=column, start=first, end=last))
    for name, node in definition.exclude:
        said = message("said_reason", reason=name, condition=worded(node))
        yield Step("exclude", reading.excluded.get(name, 0), said)
    own = {name for name, _ in definition.exclude}
    for name in reasons(definition).values():
        if name not in own and reading.excluded.get(name):
            yield Step("exclude", reading.excluded[name], message(f"row_{name}"))
    if reading.met is not None:
        yield Step("pending", reading.pending, message("step_pending"))


def _taken(bench: Bench, project: int) -> list[int]:
    """Count the rows that each part of `where` takes from those that the parts before it left."""
    parts = conjuncts(bench.definition.where)
    counts = [0] * len(parts)
    for rows in bench.behind.rows:
        left = rows.accepted & (rows.projects == project)
        for at, node in enumerate(parts):
            holds = conditions(node, rows) == YES
            counts[at] += int((left & ~holds).sum())
            left = left & holds
    return counts


def _buckets(case: Case, bench: Bench, result: Result, project: int) -> Iterator[tuple[str, tuple[Account, ...]]]:
    """List the rows by bucket: those that count only where no others tell what the figure is made of."""
    states = bench.behind.readings.states
    yield "missed", _listed(bench, project, [each < MISSED_END for each in states])
    yield "pending", _listed(bench, project, [each == State.PENDING for each in states])
    if result.reading.met is None:
        yield "counted", _listed(bench, project, [each == State.COUNTED for each in states])
    out = [np.isin(each, (*reasons(bench.definition),)) for each in states]
    yield "excluded", _listed(bench, project, out)
    yield "rejected", _rejected(case, bench, project)


def _listed(
    bench: Bench,
    project: int,
    marked: Sequence[NDArray[np.bool_]],
    told: Callable[[Bench, Row], tuple[Ground, ...]] = grounds,
) -> tuple[Account, ...]:
    """Give the account of the first marked rows of a project; `told` puts other grounds for their own."""
    rows = (
        Row(at, row, project)
        for at, (block, its) in enumerate(zip(bench.behind.blocks, marked, strict=True))
        for row in np.flatnonzero(its & (block.projects == project)).tolist()
    )
    return tuple(account(bench, row, told) for row, _ in zip(rows, range(MOST), strict=False))


def _differing(bench: Bench) -> list[NDArray[np.bool_]]:
    pairs = zip(bench.behind.readings.disagreements, bench.behind.blocks, strict=True)
    return [np.zeros(len(block.projects), dtype=bool) if each is None else each for each, block in pairs]


def _rejected(case: Case, bench: Bench, project: int) -> tuple[Account, ...]:
    """List the rejected rows of a project in the indicator's table, which might have counted."""
    rows = (
        (block, row)
        for block in bench.behind.blocks
        for row in np.flatnonzero(block.rejected & (block.projects == project)).tolist()
    )
    return tuple(
        Account(block.place(row), row_id(block, row), "rejected", problem.message)
        for (block, row), _ in zip(rows, range(MOST), strict=False)
        for problem in row_problems(block, row, case.intake.projects)[:1]
    )
