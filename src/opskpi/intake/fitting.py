"""Fitting: which of the limit rules holds for each row, the first whose type, priority and project fit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from opskpi.indicators.columns import Rows
from opskpi.intake.names import Projects
from opskpi.model.service import LimitRule
from opskpi.tables.columns import Column, Texts, Words, texts_of
from opskpi.tables.words import normal


@dataclass(frozen=True, slots=True)
class Fitting:
    """The first fitting rule for each type, priority and project; -1 is none.

    `types` and `priorities` give words their places; the last place of each axis is for all other rows.
    """

    rules: Sequence[LimitRule]
    types: Mapping[str, int]
    priorities: Mapping[str, int]
    first: NDArray[np.int64]

    def rule_of(self, rows: Rows) -> NDArray[np.int64]:
        """Find each accepted row's rule, by its place among the rules."""
        return np.where(rows.accepted, self.first[self._places(rows)], -1)

    def _places(self, rows: Rows) -> tuple[NDArray[np.intp], ...]:
        """Place each row on the three axes."""
        return (
            _coded(rows.columns.get("type"), self.types, len(rows)),
            _coded(rows.columns.get("priority"), self.priorities, len(rows)),
            rows.projects.astype(np.intp),
        )


def fitting(rules: Sequence[LimitRule], projects: Projects, types: Sequence[str]) -> Fitting:
    """Lay the rules out over all types, priorities and projects, so that a row's rule is looked up."""
    asked = sorted({normal(word) for rule in rules for word in rule.priorities or ()})
    of_type = {word: at for at, word in enumerate(types)}
    of_priority = {word: at for at, word in enumerate(asked)}
    first = np.full((len(types) + 1, len(asked) + 1, len(projects.names) + 1), -1, dtype=np.int64)
    for at, rule in reversed(list(enumerate(rules))):
        places = (
            _places_of(rule.types, of_type),
            _places_of(_normal(rule.priorities), of_priority),
            _codes_of(rule.projects, projects),
        )
        axes = [np.arange(size) if each is None else each for each, size in zip(places, first.shape, strict=True)]
        first[np.ix_(*axes)] = at
    return Fitting(tuple(rules), of_type, of_priority, first)


def _coded(column: Column | None, places: Mapping[str, int], count: int) -> NDArray[np.intp]:
    """Turn a column of words into places; blanks and words that no rule names have the last one."""
    if column is None:
        return np.full(count, -1, dtype=np.intp)
    texts = column if isinstance(column, Texts | Words) else texts_of(column)
    return np.array([*(places.get(normal(word), -1) for word in texts.words), -1], dtype=np.intp)[texts.codes]


def _normal(words: Collection[str] | None) -> Collection[str] | None:
    return None if words is None else {normal(word) for word in words}


def _places_of(words: Collection[str] | None, places: Mapping[str, int]) -> NDArray[np.intp] | None:
    """Give the places of words, None where every one fits."""
    return None if words is None else np.array([places[word] for word in sorted(words)], dtype=np.intp)


def _codes_of(names: Collection[str] | None, projects: Projects) -> NDArray[np.intp] | None:
    """Give the codes of projects by any of their names; those that no row and no register names are none."""
    if names is None:
        return None
    codes = sorted({code for name in names if (code := projects.code(name)) >= 0})
    return np.array(codes, dtype=np.intp)
