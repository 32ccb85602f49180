"""The figures opskpi must find, counted from what the makers decided."""

import json
import operator
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from company.outcomes import Outcome
from company.projects import PROJECTS, Project
from company.reports import Report
from company.surveys import Survey
from company.tickets import Ticket
from company.workdays import AS_OF, YEAR

Fact = Ticket | Survey | Report
Tally = Counter[Outcome]

TARGETS: Final[dict[str, tuple[Callable[[Fraction, Fraction], bool], Fraction]]] = {
    "customer_satisfaction": (operator.ge, Fraction(9, 2)),
    "incident_sla_rate": (operator.ge, Fraction(9, 10)),
    "report_on_time_rate": (operator.eq, Fraction(1)),
    "complaint_count": (operator.lt, Fraction(5)),
    "complaint_on_time_rate": (operator.eq, Fraction(1)),
    "request_completion_rate": (operator.eq, Fraction(1)),
}


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What one indicator must come to in one project."""

    numerator: int | str
    denominator: int | None
    value: float | None
    pending: int
    excluded: int
    out_of_period: int
    verdict: str


def write_expectations(tickets: Sequence[Ticket], surveys: Sequence[Survey], reports: Sequence[Report]) -> str:
    """Write the expected figures as JSON text."""
    facts: tuple[Fact, ...] = (*tickets, *surveys, *reports)
    document = {
        "period": str(YEAR),
        "as_of": AS_OF.isoformat(timespec="minutes"),
        "tables": {
            "tickets": count_rows(tickets),
            "surveys": count_rows(surveys),
            "reports": count_rows(reports),
        },
        "projects": {
            project.name: {indicator: asdict(expectation) for indicator, expectation in expect_project(project, facts)}
            for project in PROJECTS
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def count_rows(facts: Sequence[Fact]) -> dict[str, int]:
    """Count the rows of a table as its ledger must."""
    outcomes = Counter(fact.outcome for fact in facts)
    rejected, duplicate = outcomes["rejected"], outcomes["duplicate"]
    return {
        "rows": len(facts),
        "accepted": len(facts) - rejected - duplicate,
        "rejected": rejected,
        "duplicate": duplicate,
    }


def expect_project(project: Project, facts: Sequence[Fact]) -> Iterator[tuple[str, Expectation]]:
    """Expect the six figures of one project."""
    own = [fact for fact in facts if fact.project is project]
    for indicator in TARGETS:
        yield indicator, expect(indicator, own)


def expect(indicator: str, facts: Sequence[Fact]) -> Expectation:
    """Expect one figure from the facts of one project."""
    match indicator:
        case "customer_satisfaction":
            scores = [fact.score for fact in facts if isinstance(fact, Survey) and fact.outcome == "counted"]
            total, tally = sum(scores, Decimal(0)), tally_outcomes(indicator, facts)
            return conclude(indicator, tally, total=total, of=len(scores))
        case "complaint_count":
            tally = tally_outcomes("complaint_on_time_rate", facts)
            tally["met"] += tally["missed"] + tally.pop("pending", 0)
            return conclude(indicator, tally, total=tally["met"], of=None)
        case _:
            tally = tally_outcomes(indicator, facts)
            judged = tally["met"] + tally["missed"]
            return conclude(indicator, tally, total=tally["met"], of=judged)


def tally_outcomes(indicator: str, facts: Sequence[Fact]) -> Tally:
    """Count the outcomes of the facts that an indicator judges."""
    return Counter(fact.outcome for fact in facts if fact.indicator == indicator)


def conclude(indicator: str, tally: Tally, *, total: int | Decimal, of: int | None) -> Expectation:
    """Compare an exact figure with its target; none at all is a pass here."""
    value = None if of == 0 else Fraction(total) / (of or 1)
    compare, bound = TARGETS[indicator]
    passed = value is None or compare(value, bound)
    return Expectation(
        numerator=str(total) if isinstance(total, Decimal) else total,
        denominator=of,
        value=None if value is None else float(value),
        pending=tally["pending"],
        excluded=tally["excluded"],
        out_of_period=tally["out_of_period"],
        verdict="pass" if passed else "fail",
    )
