"""The words of a start, one TOML file per language beside this one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """A column to fill in: its note, its examples from the first row down, and what its cells take.

    `suggested` words may be replaced by others, `without` are words of the vocabulary that do not belong here,
    and `day` says that a moment is kept without its time.
    """

    name: str
    width: int
    note: str
    examples: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    day: bool = False


@dataclass(frozen=True, slots=True)
class Register:
    """A sheet of the workbook, written for one form of the standard source."""

    form: str
    sheet: str
    title: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class PlanTexts:
    """What is said in the plan: before it, of each indicator (its key: what stands there instead), after it.

    `sections` are all else a plan can hold, as comments for a plan written alone.
    """

    name: str
    before: str
    after: str
    sections: str
    indicators: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Texts:
    """All words of a start in one language; `said` are the sentences on cells."""

    folder: str
    book: str
    card: str
    font: str
    settings: str
    plan: PlanTexts
    said: Mapping[str, str]
    registers: tuple[Register, ...]


@cache
def read_texts(language: str) -> Texts:
    """Read one language's words."""
    data = tomllib.loads((files(__package__) / f"{language}.toml").read_text(encoding="utf-8"))
    registers = tuple(_register(each) for each in data.pop("registers"))
    return Texts(**{**data, "plan": PlanTexts(**data["plan"]), "registers": registers})


def _register(data: Mapping[str, Any]) -> Register:
    columns = tuple(_column(name, settings) for name, settings in data["columns"].items())
    return Register(**{**data, "columns": columns})


def _column(name: str, settings: Mapping[str, Any]) -> Column:
    values: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in settings.items()}
    return Column(name=name, **values)
