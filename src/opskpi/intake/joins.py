"""Rows without a project of their own: an answer about a ticket belongs to the ticket's project.

Only accepted tickets lend their project, and only where all tickets of that id agree; what
cannot be joined stays rejected, and says why.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from opskpi.intake.keys import Keyed
from opskpi.tables.check import Chunk
from opskpi.tables.columns import among, cell_texts, is_blank, taken
from opskpi.tables.drafts import Fault

#: What is said of an id in place of its project.
_UNKNOWN, _OF_TWO = -1, -2
_RULES = {_UNKNOWN: "unknown_ticket", _OF_TWO: "ticket_of_two"}


def ticket_projects(
    blocks: Sequence[tuple[Chunk, NDArray[np.int32], NDArray[np.bool_]]], wanted: frozenset[str]
) -> Mapping[str, int]:
    """Find the project of each ticket that is asked for, by its id; `blocks` are chunks, projects, accepted rows."""
    found: dict[str, int] = {}
    for chunk, projects, accepted in blocks:
        ids = chunk.columns.get("ticket_id")
        if ids is None:
            continue
        rows = np.flatnonzero(accepted & among(ids, wanted))
        for ticket, project in zip(cell_texts(ids, rows), projects[rows].tolist(), strict=True):
            if ticket is not None and found.setdefault(ticket, project) != project:
                found[ticket] = _OF_TWO
    return found


def asked_for(table: Sequence[Keyed]) -> frozenset[str]:
    """Collect the tickets of rows that name no project."""
    return frozenset(ticket for keyed in table for _, ticket in _without_project(keyed))


def joined(keyed: Keyed, projects: Mapping[str, int]) -> Keyed:
    """Give rows without a project that of their ticket, or the reason why not."""
    rows = list(_without_project(keyed))
    if not rows:
        return keyed
    owners = keyed.projects.copy()
    failed: dict[str, list[int]] = {}
    for row, ticket in rows:
        project = projects.get(ticket, _UNKNOWN)
        if project < 0:
            failed.setdefault(_RULES[project], []).append(row)
        else:
            owners[row] = project
    column = str(keyed.sheet.table.joined_by)
    chunk = _without_fault(keyed.chunk, np.array([row for row, _ in rows]))
    faults = (*chunk.faults, *(Fault(column, rule, np.array(bad)) for rule, bad in sorted(failed.items())))
    return replace(keyed, chunk=_narrowed(replace(chunk, faults=faults)), projects=owners, owners=owners)


def _without_project(keyed: Keyed) -> Iterator[tuple[int, str]]:
    """Go through rows whose project is missing and whose ticket is named."""
    column = keyed.sheet.table.joined_by
    ids = keyed.chunk.columns.get(column) if column else None
    missing = [f.rows for f in keyed.chunk.faults if (f.column, f.rule) == ("project", "missing")]
    if ids is None or not missing:
        return
    rows = missing[0][~is_blank(ids)[missing[0]]]
    for row, ticket in zip(rows.tolist(), cell_texts(ids, rows), strict=True):
        if ticket is not None:
            yield row, ticket


def _without_fault(chunk: Chunk, rows: NDArray[np.intp]) -> Chunk:
    """Take the missing project off some rows."""
    kept = []
    for fault in chunk.faults:
        left = fault.rows
        if (fault.column, fault.rule) == ("project", "missing"):
            left = np.setdiff1d(left, rows)
        if len(left):
            kept.append(replace(fault, rows=left))
    return replace(chunk, faults=tuple(kept))


def _narrowed(chunk: Chunk) -> Chunk:
    """Keep the texts of rows that are still bad."""
    bad = np.unique(np.concatenate([np.zeros(0, dtype=np.intp), *(fault.rows for fault in chunk.faults)]))
    places = np.searchsorted(chunk.bad, bad)
    return replace(chunk, bad=bad, texts={name: taken(text, places) for name, text in chunk.texts.items()})
