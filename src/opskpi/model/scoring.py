"""Scoring (考核办法): the forms a score takes, what a plan says of them, and the points they gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from opskpi.model.goals import Target, half_up
from opskpi.wording import Message

#: What all weights add up to, and what a project without weights begins with.
FULL = Fraction(100)
#: Digits a total may need to be shown in its own grade.
_MOST_DIGITS = 12


@dataclass(frozen=True, slots=True)
class PassFail:
    """All points where the target is met, none where it is missed."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The rate's share of the points, never more than all."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Points for each step off `start` (else the target): taken on its wrong side, or given on its right one.

    `rounding` says what a part of a step counts; `at_once` is taken in any case once the start is left.
    """

    points: Fraction
    per: Fraction
    rounding: Literal["full", "started", "prorata"]
    start: Target | None = None
    at_once: Fraction = Fraction(0)
    most: Fraction | None = None
    bonus: bool = False


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Points for each occurrence beyond those that are free: missed or met rows, or the value itself."""

    points: Fraction
    each: Literal["missed", "met", "value"]
    free: Fraction = Fraction(0)
    most: Fraction | None = None
    bonus: bool = False


class AwardKind(StrEnum):
    """How an award is meant: all points, a share of them, so many less, or so many."""

    FULL = "full"
    SHARE = "share"
    LESS = "less"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Award:
    """What a rung of a ladder gives, and how it was written."""

    kind: AwardKind
    amount: Fraction
    text: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """Awards by lower bounds, each up to the next one, in rising order; below the first there is nothing."""

    rungs: tuple[tuple[Fraction, Award], ...]


Form = PassFail | Rate | Steps | Occurrences | Ladder


@dataclass(frozen=True, slots=True)
class Rule:
    """How one indicator scores; without a weight its points are added to the total or taken from it.

    A miss of an indicator with a `veto` caps the project's total there.
    """

    form: Form | None
    weight: Fraction | None = None
    veto: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A plan's scoring: each indicator's rule, and what is done with what does not apply or was not handed in.

    `owners` are the owners' own weights, where weights add up for each owner.
    """

    rules: Mapping[str, Rule]
    grades: tuple[tuple[str, Fraction], ...] = ()
    owners: Mapping[str, Fraction] = field(default_factory=dict)
    absent: Literal["redistribute", "full", "drop"] = "redistribute"
    no_data: Literal["zero", "full", "not_applicable"] = "zero"
    most: Fraction | None = None

    @property
    def weighted(self) -> bool:
        """Whether points are earned by weights, not only taken from a hundred."""
        return any(rule.weight is not None for rule in self.rules.values())

    def grade(self, points: Fraction) -> str | None:
        """Find the grade of a total: the highest whose bound it reaches."""
        return next((name for name, bound in self.grades if points >= bound), None)


@dataclass(frozen=True, slots=True)
class Score:
    """One result's points beside its verdict, and how they came about.

    `points` is None where it does not apply; `weight` is what it weighs here, `stated` what the plan says.
    """

    points: Fraction | None
    weight: Fraction | None
    stated: Fraction | None
    how: Message


@dataclass(frozen=True, slots=True)
class Total:
    """Points of a project or the company (None), all indicators' or one owner's, out of `full`.

    `points` is None where nothing applies; `vetoed` names the indicators whose miss capped it.
    """

    project: str | None
    owner: str | None
    points: Fraction | None
    full: Fraction
    grade: str | None = None
    provisional: bool = False
    vetoed: tuple[str, ...] = ()


def points_text(points: Fraction, scheme: Scheme | None = None) -> str:
    """Write points with two decimals at most, or with as many as its grade needs."""
    for places in range(2, _MOST_DIGITS + 1):
        rounded = half_up(points, places)
        if scheme is None or scheme.grade(Fraction(rounded)) == scheme.grade(points):
            break
    return f"{rounded.normalize():f}"
