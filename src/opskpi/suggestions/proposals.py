"""One heading for each column where the evidence settles it, the question where it does not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from opskpi.model import EXPORTED
from opskpi.sources.forms import Form
from opskpi.sources.recognition import Layout
from opskpi.suggestions.candidates import OTHER, SAID, Candidate, candidates
from opskpi.suggestions.columns import Column, Grid
from opskpi.suggestions.known import exact
from opskpi.tables import load
from opskpi.tables.dates import read_date
from opskpi.wording import Message, message

#: What a settled column is worth to its table, by how it was told, and what a missing required one costs.
_WORTH = ((OTHER, 3.0), (SAID, 2.0), (0.0, 0.5))
_COST = 3.0
#: A register of projects has hardly more than a row for each; a sheet that has is as far from one as this.
_MOST_ROWS_EACH, _NO_REGISTER = 1.25, 5
#: What a sheet may lack and still be of the table: the file or the user says it.
_SAYABLE = ("project", "type")
#: Events that no ticket has before it was created, and how many rows may say otherwise.
_LATER = ("responded_at", "resolved_at", "closed_at", "response_due_at", "resolve_due_at")
_MOST_EARLIER = 0.05
#: A form is the sheet's own when it knows so many of its headings, and such a share of them.
_FEWEST_KNOWN, _LEAST_KNOWN = 3, 0.3


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for one table: for each column one candidate, or several to choose from.

    `read` says that a shipped source reads the sheet already, and lacks nothing; `unread` are columns it reads
    from values of another kind, and had better not.
    """

    table: str
    form: Form | None
    columns: Mapping[str, tuple[Candidate, ...]]
    worth: float
    read: bool = False
    unread: tuple[str, ...] = ()

    @property
    def applied(self) -> Mapping[str, Candidate]:
        """What holds as it is written."""
        return {name: each[0] for name, each in self.columns.items() if len(each) == 1 and each[0].sure}

    @property
    def used(self) -> frozenset[int]:
        """The positions that are proposed for some column."""
        return frozenset(each.values.position for some in self.columns.values() for each in some)

    @property
    def missing(self) -> tuple[str, ...]:
        """Required columns that nothing fits."""
        required = () if self.read else load(self.table).required
        return tuple(name for name in required if name not in self.columns)


@dataclass(frozen=True, slots=True)
class Draft:
    """A sheet with what is proposed for it; `layout` is there when a shipped source reads it already.

    `marks` tell it from other sheets of its file, `origins` are the names of sheet, file and folder.
    """

    label: str
    name: str
    headings_row: int
    grid: Grid
    proposal: Proposal
    others: tuple[Proposal, ...]
    layout: Layout | None = None
    notes: tuple[Message, ...] = ()
    marks: tuple[str, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)


def proposals(grid: Grid, tables: Sequence[str] = EXPORTED) -> list[Proposal]:
    """Propose for each table, the likeliest first; where nothing tells, the order of the tables does."""
    found = [proposal(grid, table, _best_form(grid, table)) for table in tables]
    return sorted(found, key=lambda each: -max(each.worth, 0))


def proposal(grid: Grid, table: str, form: Form | None) -> Proposal:
    """Settle the columns of one table, the strongest signs first."""
    waiting = [each for values in grid.columns for each in candidates(table, values, form)]
    settled: dict[str, tuple[Candidate, ...]] = {}
    taken: set[int] = set()
    for strength in sorted({each.strength for each in waiting}, reverse=True):
        level = [each for each in waiting if each.strength == strength]
        free = [each for each in level if each.column not in settled and each.values.position not in taken]
        settled |= dict(_settled(free))
        taken |= {each.values.position for each in free}
    ordered = {name: settled[name] for name in load(table).kinds if name in settled}
    ordered = _in_order_of_time(ordered)
    return Proposal(table, form, ordered, _worth(table, ordered))


def _settled(level: Sequence[Candidate]) -> Iterator[tuple[str, tuple[Candidate, ...]]]:
    """Settle candidates of one strength; two headings of a column, or two columns of a heading, are questions."""
    columns = Counter(position for position, _ in {(each.values.position, each.column) for each in level})
    for column in dict.fromkeys(each.column for each in level):
        some = tuple({each.values.position: each for each in level if each.column == column}.values())
        if len(some) > 1:
            yield column, tuple(replace(each, sure=False) for each in some)
        elif columns[some[0].values.position] > 1:
            others = tuple(e.column for e in level if e.values is some[0].values and e.column != column)
            doubt = message("suggest_also", columns=others)
            yield column, (replace(some[0], sure=False, doubts=(*some[0].doubts, doubt)),)
        else:
            yield column, some


def _worth(table: str, columns: Mapping[str, Sequence[Candidate]]) -> float:
    missing = [name for name in load(table).required if name not in columns and name not in _SAYABLE]
    best = [max(each.strength for each in some) for some in columns.values()]
    worth = sum(next(worth for least, worth in _WORTH if strength >= least) for strength in best)
    return worth - _COST * (len(missing) + _recurs(columns.get("project", ())) * (table == "projects") * _NO_REGISTER)


def _recurs(projects: Sequence[Candidate]) -> bool:
    """Tell whether projects stand in many rows, as they do in no register."""
    return any(each.values.filled > _MOST_ROWS_EACH * len(each.values.texts) for each in projects)


def _best_form(grid: Grid, table: str) -> Form | None:
    """Find the form that knows most of the headings; a few of many are no sign."""
    counts: Counter[str] = Counter()
    forms: dict[str, Form] = {}
    for values in grid.columns:
        for known in {each.label: each for each in exact(table, values)}.values():
            counts[known.label] += 1
            forms[known.label] = known.form
    best = counts.most_common(1)
    least = max(_FEWEST_KNOWN, len(grid.columns) * _LEAST_KNOWN)
    return forms[best[0][0]] if best and best[0][1] >= least else None


def _in_order_of_time(columns: Mapping[str, tuple[Candidate, ...]]) -> dict[str, tuple[Candidate, ...]]:
    """Take back what only words say where the times contradict it: nothing is resolved before it was created."""
    found = dict(columns)
    created = columns.get("created_at", ())
    for name in _LATER if len(created) == 1 else ():
        some = columns.get(name, ())
        if len(some) == 1 and _is_earlier(some[0].values, created[0].values):
            doubt = message("suggest_too_early", heading=created[0].values.heading)
            sure = some[0].strength > SAID and some[0].sure
            found[name] = (replace(some[0], sure=sure, doubts=(*some[0].doubts, doubt)),)
    return found


def _is_earlier(later: Column, first: Column) -> bool:
    pairs = [pair for pair in _moments(first.cells, later.cells) if None not in pair]
    return sum(one > other for one, other in pairs if one and other) > _MOST_EARLIER * len(pairs)


def _moments(*columns: Iterable[str]) -> Iterator[tuple[datetime | None, ...]]:
    for cells in zip(*columns, strict=False):
        yield tuple(written.moment(None) if (written := read_date(text, UTC)) else None for text in cells)
