"""Satisfaction surveys: scores in tenths, drawn from a project's mood or given."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Final

from company.outcomes import Outcome
from company.projects import CAMPUS, GOVERNMENT, PETROCHEMICAL, PROJECTS, Project
from company.workdays import AS_OF, MINUTE, YEAR_START, draw_moment

# The second would turn its project's verdict if the period were not kept to.
OUTSIDE: Final = (
    (GOVERNMENT, datetime(2015, 12, 29, 16, 5), Decimal("5.0")),
    (CAMPUS, datetime(2017, 1, 4, 10, 30), Decimal("3.0")),
)
ABOVE_SCALE: Final = (PETROCHEMICAL, datetime(2016, 6, 21, 15, 42), Decimal(6))


@dataclass(frozen=True, kw_only=True)
class Survey:
    """One row of the survey table, with what it is to count as."""

    project: Project
    submitted: datetime
    score: Decimal
    outcome: Outcome
    number: str = ""
    spelling: str = ""

    @property
    def indicator(self) -> str:
        """Name the indicator that counts the survey."""
        return "customer_satisfaction"


def make_surveys(rng: Random) -> tuple[Survey, ...]:
    """Make the company's surveys in order of submission, flaws included."""
    drafts = [survey for project in PROJECTS for survey in draw_surveys(rng, project)]
    drafts += plant_surveys()
    order = sorted(drafts, key=lambda survey: survey.submitted)
    return tuple(number_surveys(order))


def draw_surveys(rng: Random, project: Project) -> Iterator[Survey]:
    """Draw the surveys of one project."""
    tenths, weights = tuple(project.mood), tuple(project.mood.values())
    for score in project.scores or rng.choices(tenths, weights, k=project.surveys):
        yield Survey(
            project=project,
            submitted=draw_moment(rng, first=YEAR_START, last=AS_OF - MINUTE),
            score=Decimal(score) / 10,
            outcome="counted",
        )


def plant_surveys() -> Iterator[Survey]:
    """Make the surveys outside the period and the one outside the scale."""
    for project, submitted, score in OUTSIDE:
        yield Survey(project=project, submitted=submitted, score=score, outcome="out_of_period")
    project, submitted, score = ABOVE_SCALE
    yield Survey(project=project, submitted=submitted, score=score, outcome="rejected")


def number_surveys(surveys: list[Survey]) -> Iterator[Survey]:
    """Give the surveys numbers, and write their projects' names."""
    rows: Counter[str] = Counter()
    for serial, survey in enumerate(surveys, start=1):
        project = survey.project
        spelling = project.spell(rows[project.name])
        rows[project.name] += 1
        yield replace(survey, number=f"DC{serial:05}", spelling=spelling)
