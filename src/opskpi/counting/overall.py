"""Indicators over other indicators: judged after the others, out of each project's own results."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from opskpi.counting.figures import Case, as_planned, counted_now, figures, standard_of
from opskpi.counting.spans import Span, in_service, spans, window
from opskpi.indicators.definitions import Window
from opskpi.model.cards import Miss, Reading, Result, Verdict
from opskpi.model.explanations import Account, Portion
from opskpi.model.goals import held, shown
from opskpi.model.places import Place
from opskpi.scorecard import Circumstances, Standard, judge
from opskpi.targets.indicator import Indicator
from opskpi.targets.overall import COMPUTED
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message

_DECIDED = (Verdict.PASS, Verdict.FAIL)


@dataclass(frozen=True, slots=True)
class _Member:
    """A result as a row of the indicator that stands over it.

    `reason` says why it is excluded, `unsettled` that rows which are missing or undecided may put it elsewhere.
    """

    result: Result
    bucket: str
    reason: str = ""
    unsettled: bool = False


def needed(plan: Plan, names: Sequence[str]) -> tuple[str, ...]:
    """Add those that any of some indicators stands over, in the plan's order."""
    below = {member for name in names for member in plan.indicators[name].members}
    return tuple(name for name in plan.indicators if name in names or name in below)


def every_judged(names: Sequence[str], case: Case) -> list[tuple[Standard, tuple[Result, ...]]]:
    """Judge indicators for every project, those over others last, in the order given."""
    indicators = case.plan.indicators
    found = {name: figures(name, case) for name in names if indicators[name].over is None}
    results = [result for _, judged in found.values() for result in judged]
    for name in names:
        if indicators[name].over is not None:
            found[name] = overall(name, case, results)
    return [found[name] for name in names]


def overall(name: str, case: Case, results: Sequence[Result]) -> tuple[Standard, tuple[Result, ...]]:
    """Judge one indicator over others for every project that has a result of any of them."""
    indicator, projects = case.plan.indicators[name], case.intake.projects
    standard = standard_of(name, indicator, {})
    found = spans(None, projects.names, case.occasion)
    days = window(found, projects)
    judged = []
    for code, project in enumerate(projects.names):
        if mine := members_of(indicator, project, results):
            told = judge(
                project,
                standard,
                _reading(mine),
                held(case.standings[project].goals[name], found[code].period.start),
                _circumstances(indicator, mine, found[code], days, code),
            )
            told = as_planned(_unsettled(told, mine), case.standings[project], found[code].period)
            judged.append(replace(told, misses=_misses(mine)[: case.details]))
    return standard, tuple(judged)


def members_of(indicator: Indicator, project: str, results: Sequence[Result]) -> tuple[_Member, ...]:
    """Find a project's results that an indicator stands over, and what each is to it."""
    mine = {each.indicator: each for each in results if each.project == project}
    asked = _computed if indicator.value == COMPUTED else _passed
    return tuple(asked(mine[name]) for name in indicator.members if name in mine)


def portion(members: Sequence[_Member]) -> Portion:
    """Tell which indicators a figure is made of, with their verdicts."""
    buckets: dict[str, list[Account]] = {"missed": [], "met": [], "pending": [], "excluded": []}
    for each in members:
        buckets[each.bucket].append(Account(_place(each), each.result.name, each.bucket, _said(each)))
    rows = {bucket: tuple(accounts) for bucket, accounts in buckets.items()}
    return Portion("", "", (), _reading(members), "ratio", rows=rows)


def _passed(result: Result) -> _Member:
    """Take a verdict for an outcome: what was not judged is left out, and waits where its rows do."""
    if result.verdict in _DECIDED:
        return _Member(result, "met" if result.verdict is Verdict.PASS else "missed", unsettled=result.provisional)
    if result.verdict is Verdict.NOT_DUE and result.reading.pending:
        return _Member(result, "pending")
    return _left_out(result)


def _computed(result: Result) -> _Member:
    """Take for an outcome whether a figure was counted from rows; what has no figure is left out."""
    return _left_out(result) if result.value is None else _Member(result, "missed" if result.claim else "met")


def _left_out(result: Result) -> _Member:
    """Exclude what has no outcome, under its verdict; nothing handed in may yet be."""
    return _Member(result, "excluded", str(result.verdict), unsettled=result.verdict is Verdict.NO_DATA)


def _reading(members: Sequence[_Member]) -> Reading:
    buckets = Counter(each.bucket for each in members)
    met, counted = buckets["met"], buckets["met"] + buckets["missed"]
    return Reading(
        Fraction(met),
        Fraction(counted),
        Fraction(met, counted) if counted else None,
        met,
        buckets["missed"],
        counted,
        buckets["pending"],
        dict(Counter(each.reason for each in members if each.reason)),
        filtered=0,
        out_of_period=0,
        rejected=0,
    )


def _circumstances(
    indicator: Indicator, members: Sequence[_Member], span: Span, days: Window, code: int
) -> Circumstances:
    """Nothing handed in for any of them is not nothing happened (rule 9)."""
    judged = any(each.bucket != "excluded" for each in members)
    unknown = any(each.result.verdict is Verdict.NO_DATA for each in members)
    return Circumstances(
        period=span.period.label,
        kind=span.period.kind,
        begun=span.begun,
        ended=span.ended,
        counted_now=counted_now(indicator, span.period),
        in_service=in_service(days, code),
        lacking=message("why_no_member") if unknown and not judged else None,
    )


def _unsettled(result: Result, members: Sequence[_Member]) -> Result:
    """Let a verdict be as provisional as those that it rests on."""
    count = sum(each.unsettled for each in members)
    if not count or result.verdict not in _DECIDED:
        return result
    return replace(result, provisional=True, deciding=result.deciding + count)


def _misses(members: Sequence[_Member]) -> tuple[Miss, ...]:
    return tuple(Miss(_place(each), each.result.short, _said(each)) for each in members if each.bucket == "missed")


def _place(member: _Member) -> Place:
    """Say where an indicator stands: it has no row, but an id in the plan."""
    return Place(member.result.indicator, "", 0)


def _said(member: _Member) -> Message:
    """Say what an indicator came to, and its verdict."""
    result = member.result
    said: Mapping[str, object] = {
        "verdict": message("in_progress" if result.in_progress else f"verdict_{result.verdict}"),
        "value": "-" if result.value is None else shown(result.value, result.unit, result.target),
        "target": result.target.text if result.target else "-",
        "why": result.why or "",
    }
    if result.claim:
        return message("member_reported", **said)
    return message(
        "member_without" if result.value is None else "member_unsettled" if member.unsettled else "member", **said
    )
