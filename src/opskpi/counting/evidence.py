"""The rows behind a figure: places, ids and reasons, found again from the rows' states."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from opskpi.counting.legs import Leg, leg_of, stopped
from opskpi.indicators.columns import MISSED_END, Rows, State
from opskpi.indicators.moments import moments
from opskpi.indicators.nodes import Call
from opskpi.indicators.outcomes import judgement
from opskpi.indicators.readings import Readings
from opskpi.intake.ledgers import Checked
from opskpi.model.cards import Miss
from opskpi.model.masking import MARK
from opskpi.model.places import Place
from opskpi.model.service import LimitRule
from opskpi.tables.columns import NAT, Numbers, cell_texts
from opskpi.tables.instants import DAY, moment_of
from opskpi.wording import Message, message

#: Judgements by the plan's limits.
_BY_LIMIT = frozenset({"limit", "duration"})


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind an indicator's figures: its readings, the blocks they were read from, the plan's limits.

    `judged` is the comparison of a stop with a due moment that its value is, where it is one.
    """

    readings: Readings
    blocks: Sequence[Checked]
    rows: Sequence[Rows]
    rules: Sequence[LimitRule]
    judged: Call | None = None


def misses(behind: Behind, project: int, most: int, *, met: bool = False) -> tuple[Miss, ...]:
    """List the first missed rows of a project, or those that are met, in file and row order."""
    found: list[Miss] = []
    for at, (states, block) in enumerate(zip(behind.readings.states, behind.blocks, strict=True)):
        marked = states == State.MET if met else states < MISSED_END
        missed = np.flatnonzero(marked & (block.projects == project))
        found += [
            Miss(block.place(row), row_id(block, row), why_missed(behind, at, project, row))
            for row in missed[: most - len(found)].tolist()
        ]
        if len(found) >= most:
            break
    return tuple(found)


def differing(behind: Behind, project: int, most: int) -> tuple[Place, ...]:
    """List the first rows of a project that a judgement not used would have judged the other way."""
    places = (
        block.place(row)
        for marked, block in zip(behind.readings.disagreements, behind.blocks, strict=True)
        if marked is not None
        for row in np.flatnonzero(marked & (block.projects == project)).tolist()
    )
    return tuple(islice(places, most))


def why_missed(behind: Behind, at: int, project: int, row: int) -> Message:
    """Say why a row of a block is missed."""
    state = behind.readings.states[at][row]
    block, rows = behind.blocks[at], behind.rows[at]
    return _limited(behind, state, rows, project, row) or _reason(behind, state, block, rows, row)


def row_id(block: Checked, row: int) -> str:
    """Get a row's id, empty where it has none."""
    column = block.columns.get(block.sheet.table.row_id)
    if column is None:
        return ""
    text = cell_texts(column, np.array([row]))[0] or ""
    return MARK if text and block.sheet.table.row_id in block.sheet.hidden else text


def _reason(behind: Behind, state: np.int8, block: Checked, rows: Rows, row: int) -> Message:
    """Say why a row is missed, with its due and its stop where they tell."""
    key = f"miss_{State(int(state)).name.lower()}"
    due, stop = _held(behind.judged, rows, row) if behind.judged else _usual(block, row)
    if state == State.MET and behind.judged and due:
        key = "miss_late" if stop else "miss_open_past_due"
    if (state == State.LATE and not (due and stop)) or (state == State.OPEN_PAST_DUE and not due):
        key = "miss_plain"
    return message(key, due=due, stop=stop)


def _held(call: Call, rows: Rows, row: int) -> tuple[str, str]:
    """Say which moments the value itself holds against one another, the due one first."""
    stop, due = (int(moments(node, rows)[row]) for node in call.arguments)
    return due_text(due), _day_or_clock(stop)


def _usual(block: Checked, row: int) -> tuple[str, str]:
    """Say when a row was due by its export and when it stopped."""
    table = block.sheet.table
    stops = table.stop or ("delivered_at",)
    dues = block.columns.get(table.due or "")
    due = due_text(int(dues[row])) if isinstance(dues, np.ndarray) else ""
    return due, next((text for name in stops if (text := _moment(block, row, name))), "")


def _moment(block: Checked, row: int, name: str) -> str:
    values = block.columns.get(name)
    return _day_or_clock(int(values[row])) if isinstance(values, np.ndarray) else ""


def _day_or_clock(value: int) -> str:
    if value == NAT:
        return ""
    if value % DAY in (0, DAY - 1):
        return moment_of(value).date().isoformat()
    return clock_text(value)


def due_text(value: int) -> str:
    """Write a due moment: a day where it ends with one, else the clock, as 00:00 is past when that day begins."""
    if value == NAT:
        return ""
    return moment_of(value).date().isoformat() if value % DAY == DAY - 1 else clock_text(value)


def clock_text(value: int) -> str:
    """Write a moment to the minute, or to the second where it has some."""
    moment = moment_of(value)
    return moment.isoformat(" ", "seconds" if moment.second else "minutes")


def _limited(behind: Behind, state: np.int8, rows: Rows, project: int, row: int) -> Message | None:
    """Say by which limit a row is missed, where one judged it: the moment it gave, and the rule."""
    leg = _missed_leg(behind.readings, state, rows, project, row)
    rule = _rule(behind.rules, rows, row)
    limit = leg.limit(rule) if leg and rule else None
    if leg is None or rule is None or limit is None:
        return None
    said = message("limit_of_rule", limit=limit.text, calendar=rule.calendar, rule=rule.origin)
    key = f"miss_{State(int(state)).name.lower()}"
    if state == State.OVER_LIMIT:
        return message(key, spent=_minutes(rows, leg.duration, row), limit=said)
    due, stop = int(rows.moments(f"{leg.name}_limit_at")[row]), int(stopped(leg, rows)[row])
    return message(
        key,
        due=message("limit_moment", moment=clock_text(due), limit=said),
        stop="" if stop == NAT else clock_text(stop),
    )


def _missed_leg(readings: Readings, state: np.int8, rows: Rows, project: int, row: int) -> Leg | None:
    """Find the leg that a row is missed for by a limit."""
    for name, choice in readings.choices.items():
        basis, leg = int(choice[project]), leg_of(name)
        by_limit = basis >= 0 and rows.table.judged[name][basis].basis in _BY_LIMIT
        if leg and by_limit and judgement(name, basis, rows)[row] == state:
            return leg
    return None


def _rule(rules: Sequence[LimitRule], rows: Rows, row: int) -> LimitRule | None:
    places = rows.columns.get("limit_rule")
    return rules[int(places[row])] if isinstance(places, np.ndarray) and places[row] >= 0 else None


def _minutes(rows: Rows, name: str, row: int) -> str:
    column = rows.columns[name]
    if not isinstance(column, Numbers):
        return ""
    return f"{column.units[row] / column.scale:.4f}".rstrip("0").rstrip(".")
