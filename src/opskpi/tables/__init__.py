"""The canonical tables: one file each, a pydantic row model and what its columns mean.

A member defines `TABLE`, an instance of `Table`. Members are found by name, so listing
the names imports nothing. A plan may declare tables of its own (`declared.py`); what is known
in a run is a registry that is handed along, never a global.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TypeAlias

from pydantic import BaseModel

from opskpi.model import TABLES
from opskpi.tables.kinds import Kind, kind_of
from opskpi.wording import Message, message

NAMES = TABLES


@dataclass(frozen=True, slots=True)
class Judgement:
    """One way to judge a service level: what it is called, what a row must carry, the rule.

    `doubted_by` is a computed flag of the rows it judges by a calendar that is only estimated.
    """

    basis: str
    carried_by: str
    rule: str
    doubted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """What opskpi knows of a table beyond its row model.

    `derived` columns are written in the indicator language; a derived column with several
    judgements takes, for each project, the first that any of its rows carries (rule 7).
    `computed` columns, each with its kind, come from the plan's limits: no export has them and no
    expression names them. `response` is the event that a row can be finished without.
    `stop` are the events that stop a row, the first filled one first; `first_stop` is that of the first completion, and
    `reopened` counts how often a row was opened again after one.
    `joined_by` is the column that names a ticket, whose project is a row's own where it has none.
    `row_id` is empty where rows have no id.
    `due` is the column that a row's end is held against, `period` the one that names what a row answers for,
    `stretch` are the two moments that a row lasts from and to, `title` is what a plan calls a table of its own.
    """

    name: str
    model: type[BaseModel]
    row_id: str
    derived: Mapping[str, str] = field(default_factory=dict)
    judged: Mapping[str, tuple[Judgement, ...]] = field(default_factory=dict)
    computed: Mapping[str, str] = field(default_factory=dict)
    response: str | None = None
    stop: tuple[str, ...] = ()
    first_stop: str | None = None
    stopped_states: frozenset[str] = frozenset()
    reopened: str | None = None
    weight: Mapping[str, str] = field(default_factory=dict)
    joined_by: str | None = None
    due: str | None = None
    period: str | None = None
    stretch: tuple[str, str] | None = None
    title: str = ""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Each column's kind, in the model's order."""
        return _kinds(self.model)

    @property
    def said(self) -> Message:
        """Name it for people."""
        return message("table_own", name=self.title) if self.title else message(f"table_{self.name}")

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that must be there and filled."""
        return tuple(name for name, field in self.model.model_fields.items() if field.is_required())


#: The tables that are known, by name.
Registry: TypeAlias = Mapping[str, Table]


def known(context: object) -> Registry:
    """Get the tables that a validation's context hands along, else the core ones."""
    tables = context.get("tables") if isinstance(context, Mapping) else None
    return tables if tables is not None else core()


@cache
def core() -> Registry:
    """Import the tables every run knows."""
    return {name: load(name) for name in NAMES}


def load(name: str) -> Table:
    """Import one table by its name."""
    table = import_module(f"opskpi.tables.{name}").TABLE
    assert isinstance(table, Table)  # noqa: S101 - the family's contract
    return table


@cache
def _kinds(model: type[BaseModel]) -> Mapping[str, Kind]:
    return {name: kind_of(field) for name, field in model.model_fields.items()}
