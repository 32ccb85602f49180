"""From readings and targets to verdicts: each project × indicator, then the company's line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from opskpi.indicators.formulas import Bounds, Formula, Leaf, bounds, parts
from opskpi.model.approvals import Waiver
from opskpi.model.breakdowns import pooled
from opskpi.model.cards import CompanyLine, Reading, Result, Verdict
from opskpi.model.goals import Target
from opskpi.wording import Message, message

#: As many later rows as it takes to bring any share or mean near its end.
_MANY = 10**9
_POOLED = frozenset({"share", "count", "sum", "mean", "wmean", "downtime"})
#: What has no denominator.
_WHOLE = frozenset({"count", "sum", "downtime"})
#: What is a figure also of nothing at all.
_OF_NOTHING = frozenset({"count", "sum", "distinct", "downtime", "formula", "grouped"})
#: What a project can be let off; what is not counted now, or has no target, needs no waiver.
_WAIVABLE = frozenset({Verdict.PASS, Verdict.FAIL, Verdict.NO_DATA, Verdict.TOO_FEW})
_UNSETTLED = frozenset({Verdict.NO_DATA, Verdict.NOT_APPLICABLE, Verdict.TOO_FEW, Verdict.NOT_DUE})


@dataclass(frozen=True, slots=True)
class Standard:
    """What an indicator's verdict depends on beside its reading and target.

    `terms` are the standards of what its `formula` is made of; `passing` says that it tells of a moment, which what
    comes after may turn either way.
    """

    indicator: str
    name: str
    short: str
    owner: str | None
    function: str
    unit: str
    rule_sha256: str
    empty: str | None = None
    min_rows: int = 0
    scale: tuple[Fraction, Fraction] | None = None
    cumulative: bool = False
    passing: bool = False
    process_owner: str | None = None
    formula: Formula | None = None
    terms: Mapping[Leaf, "Standard"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else is known of the project and the period.

    `handed_in` says the table has rows in the period, `found` that `where` keeps any of
    them, each in any project; `seen` that the project has an accepted row in any table.
    `ended` is of the period, or of the year where the indicator accumulates, and so is `kind`, what people call it.
    `lacking` says why reported figures come to none.
    """

    period: str
    kind: str = "period"
    begun: bool = True
    ended: bool = True
    counted_now: bool = True
    in_service: bool = True
    handed_in: bool = True
    found: bool = True
    seen: bool = True
    nil: bool = False
    lacking: Message | None = None


def reported_standard(standard: Standard) -> Standard:
    """Ask of a figure that was reported neither a number of rows nor terms that it is made of."""
    function = "mean" if standard.formula else standard.function
    return replace(standard, min_rows=0, formula=None, terms={}, function=function)


def judge(
    project: str,
    standard: Standard,
    reading: Reading,
    target: Target | None,
    circumstances: Circumstances,
) -> Result:
    """Judge one project's reading."""
    verdict, why = _verdict(standard, reading, target, circumstances)
    if why and why.key in _VALUELESS:
        reading = replace(reading, value=None, numerator=None)
    swing = reading.undecided
    decided = verdict is not Verdict.NO_TARGET and _differs(standard, reading, target, verdict, swing)
    later = not circumstances.ended and _could_turn(standard, reading, target, verdict, circumstances)
    return Result(
        project=project,
        indicator=standard.indicator,
        name=standard.name,
        short=standard.short,
        owner=standard.owner,
        period=circumstances.period,
        verdict=verdict,
        raw_verdict=verdict,
        provisional=decided or later or reading.estimated > 0,
        kind=circumstances.kind,
        over=circumstances.ended,
        in_progress=standard.cumulative and verdict is Verdict.PASS and not circumstances.ended,
        reading=reading,
        unit=standard.unit,
        target=target,
        headroom=headroom(standard.function, reading, target),
        deciding=(swing if decided else 0) + reading.estimated,
        rule_sha256=standard.rule_sha256,
        why=why,
        process_owner=standard.process_owner,
    )


def waive(result: Result, waiver: Waiver | None) -> Result:
    """Hold a project to no target where that is waived; the raw verdict stays beside it (rule 15)."""
    if waiver is None or result.verdict not in _WAIVABLE:
        return result
    return replace(result, verdict=Verdict.WAIVED, waiver=waiver, in_progress=False)


#: The reasons for which a figure would mislead: nothing was handed in, or nothing is counted now.
_VALUELESS = frozenset(
    {
        "why_not_counted_now",
        "why_not_begun",
        "why_not_in_service",
        "why_no_rows",
        "why_no_other_table",
        "why_project_unseen",
        "why_nothing_found",
        "why_not_reported",
        "why_reported_incomplete",
        "why_reported_partly",
        "why_reported_rates",
    }
)


def _verdict(
    standard: Standard, reading: Reading, target: Target | None, circumstances: Circumstances
) -> tuple[Verdict, Message | None]:
    if not circumstances.counted_now:
        return Verdict.NOT_DUE, message("why_not_counted_now")
    if not circumstances.begun:
        return Verdict.NO_DATA, message("why_not_begun")
    if not circumstances.in_service:
        return Verdict.NOT_APPLICABLE, message("why_not_in_service")
    if circumstances.lacking:
        return Verdict.NO_DATA, circumstances.lacking
    waiting = _waiting(standard, reading)
    if waiting:
        return Verdict.NOT_DUE, message("why_all_pending", count=waiting)
    if _is_empty(standard, reading, circumstances):
        return _empty(standard, reading, target, circumstances)
    return _compared(standard, reading.value, _sample(standard, reading), target), None


def _waiting(standard: Standard, reading: Reading) -> int:
    """Count the pending rows that a figure waits for: none of its rows, or of a term without a figure, is decided."""
    readings = reading.terms.values() if standard.formula else (reading,)
    return sum(each.pending for each in readings if not each.counted and (each.value is None or not standard.formula))


def _is_empty(standard: Standard, reading: Reading, circumstances: Circumstances) -> bool:
    """Tell whether there is nothing to judge: no row, or of terms no figure, or nothing handed in for one of them."""
    if standard.formula is None:
        return reading.counted == 0
    handed_in = circumstances.handed_in and circumstances.found and circumstances.seen
    return reading.value is None or not handed_in


def _sample(standard: Standard, reading: Reading) -> int:
    """Count the rows that a figure rests on: of terms, the fewest that anything is divided by."""
    divisors = standard.formula.divisors if standard.formula else ()
    return min((reading.terms[str(leaf)].counted for leaf in divisors), default=reading.counted)


def _empty(
    standard: Standard, reading: Reading, target: Target | None, circumstances: Circumstances
) -> tuple[Verdict, Message | None]:
    """Judge a reading that counts nothing: not handed in is not the same as not happened."""
    if not circumstances.nil:
        if not circumstances.handed_in:
            return Verdict.NO_DATA, message("why_no_rows")
        if not circumstances.seen:
            return Verdict.NO_DATA, message("why_project_unseen")
        if not circumstances.found:
            return Verdict.NO_DATA, message("why_nothing_found")
    if reading.unjudged:
        return Verdict.NO_DATA, message("why_nothing_to_judge_by", count=reading.unjudged)
    if standard.empty is None and standard.function in _OF_NOTHING and reading.value is not None:
        return _compared(standard, reading.value, 0, target), None
    empty = standard.empty or "not_applicable"
    return Verdict(empty), message(f"why_empty_{empty}")


def _compared(standard: Standard, value: Fraction | None, counted: int, target: Target | None) -> Verdict:
    if target is None:
        return Verdict.NO_TARGET
    if counted < standard.min_rows or value is None:
        return Verdict.TOO_FEW
    return Verdict.PASS if target.holds(value) else Verdict.FAIL


def _differs(standard: Standard, reading: Reading, target: Target | None, verdict: Verdict, swing: int) -> bool:
    """Tell whether the undecided rows, all met or all missed, would give another verdict."""
    if not swing:
        return False
    ends = _term_ends(standard, reading) if standard.formula else _ends(standard, reading, swing)
    if ends is None:
        return True
    counted = _sample(standard, reading) + (0 if standard.function in ("count", "formula") else swing)
    return any(_compared(standard, end, counted, target) is not verdict for end in ends)


def _term_ends(standard: Standard, reading: Reading) -> Bounds | None:
    """Bound a figure made of terms, the undecided rows of each all met or all missed, whatever the others' are."""
    found: dict[Leaf, Bounds] = {}
    for leaf, term in standard.terms.items():
        mine = reading.terms[str(leaf)]
        settled = None if mine.value is None else (mine.value, mine.value)
        ends = _ends(term, mine, mine.undecided) if mine.undecided else settled
        if ends is None:
            return None
        found[leaf] = min(ends), max(ends)
    return bounds(standard.formula, found) if standard.formula else None


def _ends(standard: Standard, reading: Reading, rows: int) -> tuple[Fraction, Fraction] | None:
    """Give the figure if so many more rows all came out well, or all badly; None if unbounded or unknown."""
    if reading.numerator is None and reading.value is not None:
        return None
    numerator, denominator = reading.numerator or Fraction(0), reading.denominator or Fraction(0)
    match standard.function:
        case "share":
            return (numerator + rows) / (denominator + rows), numerator / (denominator + rows)
        case "count":
            return numerator, numerator + rows
        case "mean" if standard.scale:
            low, high = standard.scale
            total = denominator + rows
            return (numerator + rows * low) / total, (numerator + rows * high) / total
    return None


def _could_turn(
    standard: Standard,
    reading: Reading,
    target: Target | None,
    verdict: Verdict,
    circumstances: Circumstances,
) -> bool:
    """Tell whether rows still to come could give another verdict."""
    if verdict in _UNSETTLED:
        return circumstances.counted_now and circumstances.in_service
    if target is None or verdict is Verdict.NO_TARGET:
        return False
    if standard.passing:
        return True
    if standard.function == "count" and reading.value is not None:
        grows = target.low is not None and reading.value <= target.low
        return target.high is not None if verdict is Verdict.PASS else grows
    ends = _ends(standard, reading, _MANY)
    return ends is None or any(target.holds(end) is not (verdict is Verdict.PASS) for end in ends)


def headroom(function: str, reading: Reading, target: Target | None) -> int | None:
    """Count the rows between a reading and the other verdict.

    For a share: how many met rows could have been missed without a fail, negative: how
    many missed ones had to be met. For a ceiling: how many more may come; below a floor: how
    many are lacking, as a negative number. None for means.
    """
    if target is None or reading.value is None or reading.numerator is None or reading.numerator.denominator != 1:
        return None
    if function == "count":
        return _count_headroom(int(reading.numerator), target)
    if function != "share" or not reading.denominator:
        return None
    met, counted = int(reading.numerator), int(reading.denominator)
    step = 1 if target.is_ceiling else -1
    room = counted - met if target.is_ceiling else met
    if target.holds(reading.value):
        return _furthest(lambda rows: target.holds(Fraction(met + step * rows, counted)), room)
    room = counted - room
    needed = _furthest(lambda rows: not target.holds(Fraction(met - step * rows, counted)), room) + 1
    return -needed if needed <= room else None


def _furthest(holds: Callable[[int], bool], most: int) -> int:
    """Find the most rows for which a condition, true at none, stays true."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _count_headroom(count: int, target: Target) -> int | None:
    spare = None
    if target.low is not None:
        least = target.low.__floor__() + 1 if target.low_open else target.low.__ceil__()
        spare = count - least
    if target.high is None or (spare is not None and spare < 0):
        return spare
    most = target.high.__ceil__() - 1 if target.high_open else target.high.__floor__()
    return most - count


def company_line(standard: Standard, results: Sequence[Result], period: str) -> CompanyLine:
    """Sum an indicator up over all projects: verdicts counted, figures pooled from sums."""
    verdicts = [result.verdict for result in results]
    passed, failed = verdicts.count(Verdict.PASS), verdicts.count(Verdict.FAIL)
    waived = verdicts.count(Verdict.WAIVED)
    numerator, denominator = _pooled(standard, results)
    value = _quotient(numerator, denominator)
    targets = {result.target for result in results}
    return CompanyLine(
        indicator=standard.indicator,
        name=standard.name,
        short=standard.short,
        period=period,
        projects=len(results),
        passed=passed,
        failed=failed,
        no_verdict=len(results) - passed - failed - waived,
        waived=waived,
        worst=_worst(results),
        unit=standard.unit,
        target=targets.pop() if len(targets) == 1 else None,
        value=value,
        numerator=numerator,
        denominator=denominator,
        breakdown=pooled(result.breakdown for result in results),
    )


def _pooled(standard: Standard, results: Sequence[Result]) -> tuple[Fraction | None, Fraction | None]:
    """Add numerators and denominators up; one figure that was reported without its parts leaves none."""
    readings = [result.reading for result in results if result.reading.numerator is not None]
    bare = any(result.value is not None and result.reading.numerator is None for result in results)
    return (None, None) if bare else _added(standard, readings)


def _added(standard: Standard, readings: Sequence[Reading]) -> tuple[Fraction | None, Fraction | None]:
    """Add numerators and denominators, of terms each term's; percentages are never averaged."""
    if standard.formula and readings and all(each.terms for each in readings):
        pooled = {
            leaf: _quotient(*_added(term, [each.terms[str(leaf)] for each in readings]))
            for leaf, term in standard.terms.items()
        }
        return parts(standard.formula, pooled)
    if standard.function not in _POOLED or not readings:
        return None, None
    numerator = sum((each.numerator or Fraction(0) for each in readings), Fraction(0))
    if standard.function in _WHOLE:
        return numerator, None
    return numerator, sum((each.denominator or Fraction(0) for each in readings), Fraction(0))


def _quotient(numerator: Fraction | None, denominator: Fraction | None) -> Fraction | None:
    if numerator is None or denominator is None:
        return numerator
    return numerator / denominator if denominator else None


def _worst(results: Sequence[Result]) -> str | None:
    """Name the project furthest on the wrong side; of equals, the first."""
    valued = [(r.value, r) for r in results if r.value is not None and r.target is not None]
    if not valued:
        return None
    failed = [(value, r) for value, r in valued if r.verdict is Verdict.FAIL]
    _, worst = min(failed or valued, key=lambda each: each[1].target.distance(each[0]))  # type: ignore[union-attr]
    return worst.project
