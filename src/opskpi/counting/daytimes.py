"""Times of day: whether the exports show them where expressions measure lengths of time (design rule 8)."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from opskpi.errors import ExportError
from opskpi.indicators.moments import clocked, columns_of
from opskpi.indicators.nodes import Call, Literal
from opskpi.indicators.notation import notation
from opskpi.intake.ledgers import Checked
from opskpi.intake.sheets import SheetRead
from opskpi.tables.columns import NAT
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message


def dated(blocks: Sequence[Checked]) -> list[Mapping[str, NDArray[np.bool_]]]:
    """Find the cells of each block that say only the day, in columns that elsewhere in their sheet say the time."""
    timed = {(id(each.sheet), name) for each in blocks for name in each.columns if _shows_times(each, name)}
    return [
        {name: marked for name, marked in each.chunk.dates.items() if (id(each.sheet), name) in timed}
        for each in blocks
    ]


def day_notes(plan: Plan, chosen: Sequence[str], table: str, blocks: Sequence[Checked]) -> tuple[Message, ...]:
    """Say which columns without any time of day lengths of time are measured from.

    Raises ExportError where a limit in minutes or hours starts from one (design rule 8).
    """
    said: dict[tuple[str, str], Message] = {}
    for call, names in _calls(plan, chosen, table):
        for sheet, name in _day_columns(blocks, names):
            label, heading = sheet.label, sheet.layout.heading_of.get(name, name)
            if call.function == "due":
                raise ExportError(message("due_needs_times", sheet=label, heading=heading, text=notation(call)))
            said.setdefault((label, heading), message("elapsed_in_days", sheet=label, heading=heading))
    return tuple(said.values())


def _calls(plan: Plan, chosen: Sequence[str], table: str) -> Iterator[tuple[Call, tuple[str, ...]]]:
    """Find the functions of the clock over a table that need times of day, each with the columns it reads."""
    for definition in (each for name in chosen for each in plan.indicators[name].definitions.values()):
        if definition.table.name != table:
            continue
        for call in (call for node in (*definition.nodes, definition.value.call) for call in clocked(node)):
            length = call.arguments[1] if call.function == "due" else None
            in_days = isinstance(length, Literal) and length.unit == "workdays"
            ends = call.arguments[: 1 if call.function == "due" else 2]
            if not in_days:
                yield call, tuple(name for node in ends for name in columns_of(node, definition.table))


def _day_columns(blocks: Sequence[Checked], names: Sequence[str]) -> Iterator[tuple[SheetRead, str]]:
    """Find the sheets in which a column holds days and no time of day."""
    sheets = {id(each.sheet): each.sheet for each in blocks}
    for key, sheet in sheets.items():
        mine = [each for each in blocks if id(each.sheet) == key]
        for name in names:
            has_days = any((each.chunk.dates[name] & each.accepted).any() for each in mine if name in each.chunk.dates)
            if has_days and not any(_shows_times(each, name) for each in mine):
                yield sheet, name


def _shows_times(block: Checked, name: str) -> bool:
    """Tell whether an accepted cell of a column of moments shows a time of day."""
    values = block.columns.get(name)
    if not isinstance(values, np.ndarray):
        return False
    timed = block.accepted & (values != NAT)
    if name in block.chunk.dates:
        timed &= ~block.chunk.dates[name]
    return bool(timed.any())
