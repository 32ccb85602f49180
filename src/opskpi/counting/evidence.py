"""The rows behind a figure: places, ids and reasons, found again from the rows' states."""

from collections.abc import Sequence

import numpy as np

from opskpi.indicators.columns import MISSED_END, State
from opskpi.indicators.readings import Readings
from opskpi.intake.ledgers import Checked
from opskpi.model.cards import Miss
from opskpi.model.places import Place
from opskpi.tables.columns import NAT, cell_texts
from opskpi.tables.instants import DAY, moment_of
from opskpi.wording import Message, message


def misses(readings: Readings, blocks: Sequence[Checked], project: int, most: int) -> tuple[Miss, ...]:
    """List the first missed rows of a project, in file and row order."""
    found: list[Miss] = []
    for states, block in zip(readings.states, blocks, strict=True):
        missed = np.flatnonzero((states < MISSED_END) & (block.projects == project))
        found += [
            Miss(block.place(row), _row_id(block, row), _reason(states[row], block, row))
            for row in missed[: most - len(found)].tolist()
        ]
        if len(found) >= most:
            break
    return tuple(found)


def differing(readings: Readings, blocks: Sequence[Checked], project: int, most: int) -> tuple[Place, ...]:
    """List the first rows of a project that a judgement not used would have judged the other way."""
    return tuple(
        block.place(row)
        for marked, block in zip(readings.disagreements, blocks, strict=True)
        if marked is not None
        for row in np.flatnonzero(marked & (block.projects == project)).tolist()
    )[:most]


def _row_id(block: Checked, row: int) -> str:
    column = block.columns.get(block.sheet.table.row_id)
    if column is None:
        return ""
    return cell_texts(column, np.array([row]))[0] or ""


def _reason(state: np.int8, block: Checked, row: int) -> Message:
    """Say why a row is missed, with its due and its stop where they tell."""
    key = f"miss_{State(int(state)).name.lower()}"
    table = block.sheet.table
    stops = table.stop or ("delivered_at",)
    due = _moment(block, row, "resolve_due_at" if "resolve_due_at" in table.kinds else "due_at")
    stop = next((text for name in stops if (text := _moment(block, row, name))), "")
    if (state == State.LATE and not (due and stop)) or (state == State.OPEN_PAST_DUE and not due):
        key = "miss_plain"
    return message(key, due=due, stop=stop)


def _moment(block: Checked, row: int, name: str) -> str:
    values = block.columns.get(name)
    if not isinstance(values, np.ndarray) or values[row] == NAT:
        return ""
    value = int(values[row])
    moment = moment_of(value)
    if value % DAY in (0, DAY - 1):
        return moment.date().isoformat()
    return moment.isoformat(" ", "seconds" if moment.second else "minutes")
