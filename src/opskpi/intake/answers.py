"""Answers: finished rows that show no response although a rule limits it, for `missing_response: reject`."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from opskpi.indicators.columns import Clock, Rows
from opskpi.intake.fitting import Fitting, fitting
from opskpi.intake.ledgers import Checked, Demand
from opskpi.intake.names import Projects
from opskpi.model.service import LimitRule
from opskpi.tables.columns import Numbers
from opskpi.tables.drafts import Fault

_SPENT = "response_minutes"
#: All that ever happened has happened: `as_of` is not known while rows are settled.
_AFTER_ALL = Clock(int(np.iinfo(np.int64).max), period_ended=True)


def answers_wanted(rules: Sequence[LimitRule], projects: Projects) -> Demand:
    """Make the demand that every finished row with a limit for its response shows one."""
    limited = np.array([*(rule.respond is not None for rule in rules), False])

    @cache
    def fit(types: tuple[str, ...]) -> Fitting:
        return fitting(rules, projects, types)

    def demand(block: Checked) -> tuple[Fault, ...]:
        table = block.sheet.table
        shown = next((name for name in (table.response, _SPENT) if name in block.columns), None)
        if table.response is None or shown is None:
            return ()
        rows = Rows(table, block.columns, block.projects, block.accepted, _AFTER_ALL)
        spent = rows.columns.get(_SPENT)
        answered = rows.filled(table.response)
        if isinstance(spent, Numbers):
            answered = answered | ~spent.blank
        rule = fit(tuple(table.kinds["type"].words)).rule_of(rows)
        silent = np.flatnonzero(rows.accepted & rows.finished() & ~answered & limited[rule])
        return (Fault(shown, "missing_response", silent),) if len(silent) else ()

    return demand
