"""What `targets/2016.yaml` makes of the facts, worked out in plain Python from the design's rules alone."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal, TypeAlias

from corpus.facts import Facts, Ticket

AS_OF = datetime.fromisoformat("2017-01-01")
_YEAR = 2016
Outcome: TypeAlias = Literal["met", "missed", "pending", "excluded"]
#: What is expected of one result, by the names of the JSON scorecard.
Figures: TypeAlias = Mapping[str, object]

_KINDS = {
    "incident_sla_rate": "incident",
    "complaint_on_time_rate": "complaint",
    "request_completion_rate": "request",
}
_LEAST = {
    "incident_sla_rate": Fraction(9, 10),
    "complaint_on_time_rate": Fraction(1),
    "request_completion_rate": Fraction(1),
    "report_on_time_rate": Fraction(1),
}
_LEAST_SATISFACTION = Fraction(9, 2)
_COMPLAINTS_BELOW = 5


def expected(facts: Facts) -> Mapping[tuple[str, str], Figures]:
    """Work out every project and indicator."""
    found: dict[tuple[str, str], Figures] = {}
    for project in facts.projects:
        tickets = [each for each in facts.tickets if each.project == project]
        for name, kind in _KINDS.items():
            found[project, name] = _ticket_rate(name, kind, tickets)
        found[project, "complaint_count"] = _complaints(tickets)
        found[project, "report_on_time_rate"] = _reports(facts, project)
        found[project, "customer_satisfaction"] = _satisfaction(facts, project)
    return found


def exit_code(figures: Mapping[tuple[str, str], Figures]) -> int:
    """Tell the exit code of a run with these figures."""
    verdicts = {figure["verdict"] for figure in figures.values()}
    return 1 if "fail" in verdicts else 4 if "no_data" in verdicts else 0


def _in_time(ticket: Ticket) -> Outcome:
    """Judge by rule 4 where there is a due time, by the flag where there is none (rule 7)."""
    if ticket.due is None:
        return "excluded" if ticket.kept is None else "met" if ticket.kept else "missed"
    if ticket.resolved is not None:
        return "met" if ticket.resolved <= ticket.due else "missed"
    return "missed" if ticket.due < AS_OF else "pending"


def _done(ticket: Ticket) -> Outcome:
    if ticket.resolved is not None:
        return "met"
    return "missed" if ticket.due is not None and ticket.due < AS_OF else "pending"


def _ticket_rate(name: str, kind: str, tickets: Sequence[Ticket]) -> Figures:
    mine = [each for each in tickets if each.kind == kind]
    inside = [each for each in mine if each.created.year == _YEAR]
    judge = _done if kind == "request" else _in_time
    outcomes = [judge(each) for each in inside if not each.cancelled]
    cancelled = sum(each.cancelled for each in inside)
    figures = _rate(_LEAST[name], outcomes, "pass" if kind == "complaint" else "not_applicable")
    return {
        **figures,
        "excluded": cancelled + outcomes.count("excluded"),
        "filtered": len(tickets) - len(mine),
        "out_of_period": len(mine) - len(inside),
    }


def _rate(least: Fraction, outcomes: Sequence[Outcome], empty: str) -> Figures:
    met, missed, pending = (outcomes.count(each) for each in ("met", "missed", "pending"))
    counted = met + missed
    value = Fraction(met, counted) if counted else None
    best, worst = (met + pending, counted + pending), (met, counted + pending)
    verdicts = {Fraction(*each) >= least for each in ((met, counted), best, worst) if each[1]}
    verdict = empty if value is None else "pass" if value >= least else "fail"
    return {
        "verdict": verdict,
        "value": None if value is None else float(value),
        "numerator": met,
        "denominator": counted,
        "met": met,
        "missed": missed,
        "counted": counted,
        "pending": pending,
        "provisional": len(verdicts) > 1,
    }


def _complaints(tickets: Sequence[Ticket]) -> Figures:
    mine = [each for each in tickets if each.kind == "complaint"]
    count = sum(each.created.year == _YEAR for each in mine)
    return {
        "verdict": "pass" if count < _COMPLAINTS_BELOW else "fail",
        "value": float(count),
        "numerator": count,
        "denominator": None,
        "counted": count,
        "pending": 0,
        "filtered": len(tickets) - len(mine),
        "provisional": False,
    }


def _reports(facts: Facts, project: str) -> Figures:
    outcomes = [_delivered(each.due, each.delivered) for each in facts.reports if each.project == project]
    return _rate(_LEAST["report_on_time_rate"], outcomes, "no_data")


def _delivered(due: date, delivered: date | None) -> Outcome:
    """Count the whole due day: it is past from the next midnight on (rule 12)."""
    if delivered is not None:
        return "met" if delivered <= due else "missed"
    return "missed" if datetime.combine(due + timedelta(days=1), AS_OF.time()) <= AS_OF else "pending"


def _satisfaction(facts: Facts, project: str) -> Figures:
    scores = [each.score for each in facts.answers if each.project == project]
    mean = Fraction(sum(scores), len(scores))
    return {
        "verdict": "pass" if mean >= _LEAST_SATISFACTION else "fail",
        "value": float(mean),
        "numerator": sum(scores),
        "denominator": len(scores),
        "counted": len(scores),
        "pending": 0,
        "provisional": False,
    }
