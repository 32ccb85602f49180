"""Explaining a figure: its rule, the way from the accepted rows to those that count, and the rows behind it."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from opskpi.counting.accounts import account
from opskpi.counting.evidence import row_id
from opskpi.counting.figures import Case, counted, figures, judged
from opskpi.counting.grounds import Bench, Row, contrary, grounds
from opskpi.counting.overall import members_of, overall, portion
from opskpi.counting.terms import Counted
from opskpi.errors import SettingsError
from opskpi.indicators.columns import MISSED_END, State
from opskpi.indicators.conditions import conditions
from opskpi.indicators.definitions import reasons
from opskpi.indicators.formulas import Leaf
from opskpi.intake.ledgers import row_problems
from opskpi.model.cards import PlanRecord, Reading, Result
from opskpi.model.explanations import Account, FigureExplanation, Ground, Portion, Step
from opskpi.model.rules import Clause
from opskpi.tables.columns import YES
from opskpi.targets.indicator import Indicator
from opskpi.targets.reported import FIGURES
from opskpi.targets.wordings import column_word, conjuncts, placing_in_words, rule_in_words, term_in_words, worded
from opskpi.wording import Message, message

#: More rows of one bucket than these are counted, not listed.
MOST = 1000


def explained(
    case: Case, plan: PlanRecord, project: str, indicator: str, notes: Sequence[Message]
) -> FigureExplanation:
    """Explain one project's figure; `indicator` is an id of the plan, `project` a name of the run."""
    its = case.plan.indicators[indicator]
    result, portions = (_overall if its.over else _counted)(case, project, indicator)
    return FigureExplanation(
        plan=plan,
        period=case.occasion.period,
        as_of=case.occasion.as_of.replace(tzinfo=case.plan.zone),
        result=result,
        rule=rule_in_words(its),
        portions=portions,
        notes=(*notes, *case.notes),
    )


def _counted(case: Case, project: str, indicator: str) -> tuple[Result, tuple[Portion, ...]]:
    """Judge a figure that is counted from rows, or reported, and tell its portions."""
    tally = counted(indicator, case)
    result = _of_project(judged(indicator, case, tally)[1], project)
    code, its = case.intake.projects.code(project), case.plan.indicators[indicator]
    if result.claim or FIGURES in its.tables:
        return result, ()
    return result, tuple(_portion(case, its, leaf, each, result, code) for leaf, each in tally.counted.items())


def _overall(case: Case, project: str, indicator: str) -> tuple[Result, tuple[Portion, ...]]:
    """Judge a figure over other indicators, and list those."""
    its = case.plan.indicators[indicator]
    results = [each for name in its.members for each in figures(name, case)[1]]
    result = _of_project(overall(indicator, case, results)[1], project)
    return result, (portion(members_of(its, project, results)),)


def _of_project(results: Sequence[Result], project: str) -> Result:
    """Find a project's result; raises SettingsError where the indicator does not concern it."""
    result = next((each for each in results if each.project == project), None)
    if result is None:
        raise SettingsError(message("unknown_project", project=project, hint=message("no_name_near")))
    return result


def _portion(case: Case, indicator: Indicator, leaf: Leaf, term: Counted, result: Result, project: int) -> Portion:
    """Tell what a term adds for a project, and by which rows."""
    reading, bench = term.behind.readings.by_project[project], bench_of(case, term)
    if bench is None:
        measured = Clause("value", message("said_agreed", calendar=leaf.term or message("said_real_time")), str(leaf))
        return Portion(str(leaf), "", (measured,), reading, "minutes")
    return Portion(
        term=str(leaf),
        table=bench.definition.table.name,
        rule=term_in_words(indicator, leaf.term) if leaf.term else (),
        reading=reading,
        unit=bench.definition.unit,
        steps=tuple(_steps(bench, reading, project)),
        rows=dict(_buckets(case, bench, result, reading, project)),
        differing=_listed(bench, project, _differing(bench), contrary),
    )


def bench_of(case: Case, term: Counted) -> Bench | None:
    """Gather what the rows of a term are explained with; None where it has none."""
    if term.definition is None or term.window is None:
        return None
    limited = case.limited.get(term.definition.table.name)
    return Bench(case.plan, term.definition, term.behind, limited, term.window, term.spans)


def _steps(bench: Bench, reading: Reading, project: int) -> Iterator[Step]:
    """Lead from the accepted rows to those that count, in the order of the ledger (rule 2)."""
    definition = bench.definition
    for node, rows in zip(conjuncts(definition.where), _taken(bench, project), strict=True):
        yield Step("where", rows, worded(node))
    days = bench.spans[project].days
    first, last = days.start.isoformat(), days.end.isoformat()
    said = message("step_period", column=column_word(definition.period_by), start=first, end=last)
    if definition.placing != "dated":
        said = message("step_placed", placing=placing_in_words(definition), start=first, end=last)
    yield Step("period", reading.out_of_period, said)
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


def _buckets(
    case: Case, bench: Bench, result: Result, reading: Reading, project: int
) -> Iterator[tuple[str, tuple[Account, ...]]]:
    """List the rows by bucket: those that count only where no others tell what the figure is made of."""
    states = bench.behind.readings.states
    if reading.met is not None and result.is_too_high:
        yield "met", _listed(bench, project, [each == State.MET for each in states])
    else:
        yield "missed", _listed(bench, project, [each < MISSED_END for each in states])
    yield "pending", _listed(bench, project, [each == State.PENDING for each in states])
    if reading.met is None:
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
