"""The points of one result, by the form its indicator scores in."""

from fractions import Fraction

from opskpi.model.cards import Result, Verdict
from opskpi.model.goals import Target, half_up
from opskpi.model.scoring import (
    AwardKind,
    Form,
    Ladder,
    Occurrences,
    PassFail,
    Rate,
    Rule,
    Steps,
    points_text,
)
from opskpi.wording import Message, message

_NONE = Fraction(0)
#: What stands behind an amount.
_UNITS = {"ratio": "%", "minutes": " min"}


def earned(result: Result, rule: Rule) -> tuple[Fraction, Message]:
    """Find the points of a result that applies, out of its weight, and how they came about.

    Without a weight they are what is added to the total, or taken from it.
    """
    full, form, value = rule.weight, rule.form, result.value
    met = result.verdict is not Verdict.FAIL
    if form is None:
        return _NONE, message("score_met" if met else "score_vetoed")
    if isinstance(form, PassFail):
        return (full or _NONE) if met else _NONE, message("score_met" if met else "score_missed")
    if value is None:
        return _valueless(form, full, met=met)
    if isinstance(form, Rate):
        share = max(_NONE, min(value, Fraction(1)))
        return (full or _NONE) * share, message(
            "score_rate", rate=amount(share, "ratio"), weight=points_text(full or _NONE)
        )
    if isinstance(form, Ladder):
        return _rung(form, value, full, result.unit)
    return _counted(form, value, full, result)


def amount(value: Fraction, unit: str) -> str:
    """Write a value with its unit and four decimals at most, marked where that is not all of it."""
    scaled = value * 100 if unit == "ratio" else value
    rounded = half_up(scaled, 4)
    about = "" if Fraction(rounded) == scaled else "≈"
    return f"{about}{rounded.normalize():f}{_UNITS.get(unit, '')}"


def _valueless(form: Form, full: Fraction | None, *, met: bool) -> tuple[Fraction, Message]:
    """Score what never happened, as the plan's `empty:` judged it."""
    if met:
        given = not isinstance(form, Steps | Occurrences) or not form.bonus
        return (full or _NONE) if given else _NONE, message("score_empty_pass")
    lost = form.most or form.points if isinstance(form, Steps | Occurrences) and not form.bonus else _NONE
    return _NONE if full is not None else -lost, message("score_empty_fail")


def _rung(form: Ladder, value: Fraction, full: Fraction | None, unit: str) -> tuple[Fraction, Message]:
    """Take the award of the highest bound that the value reaches."""
    reached = [(bound, award) for bound, award in form.rungs if value >= bound]
    if not reached:
        return _NONE, message("score_below_all", bound=amount(form.rungs[0][0], unit))
    bound, award = reached[-1]
    match award.kind:
        case AwardKind.FULL:
            points = full or _NONE
        case AwardKind.SHARE:
            points = (full or _NONE) * award.amount
        case AwardKind.LESS:
            points = -award.amount if full is None else max(_NONE, full - award.amount)
        case AwardKind.POINTS:
            points = award.amount
    return points, message("score_rung", bound=amount(bound, unit), award=award.text)


def _counted(
    form: Steps | Occurrences, value: Fraction, full: Fraction | None, result: Result
) -> tuple[Fraction, Message]:
    """Count steps or occurrences, and take their points from the weight, or give them."""
    if isinstance(form, Steps):
        change, how = _steps(form, value, result)
    else:
        change, how = _occurrences(form, value, result)
    caps = [cap for cap in (form.most, full if form.bonus else None) if cap is not None]
    if caps and change > min(caps):
        change = min(caps)
        how = message("score_capped", how=how, most=points_text(change))
    if form.bonus:
        return change, how
    return (-change if full is None else max(_NONE, full - change)), how


def _steps(form: Steps, value: Fraction, result: Result) -> tuple[Fraction, Message]:
    start = form.start or result.target
    distance = beyond(start, value, result.unit) if start and form.bonus else off(start, value, result.unit)
    left = distance > 0 or (start is not None and not form.bonus and not start.holds(value))
    steps = distance / form.per
    if form.rounding == "full":
        steps = Fraction(steps.__floor__())
    elif form.rounding == "started":
        steps = Fraction(max(steps.__ceil__(), int(left)))
    if not left:
        return _NONE, message("score_no_step")
    how = message(
        "score_steps",
        distance=amount(distance, result.unit),
        start=start.text if start else "",
        per=amount(form.per, result.unit),
        rounding=message(f"step_{form.rounding}"),
        steps=amount(steps, ""),
        points=points_text(form.points),
    )
    if form.at_once:
        how = message("score_at_once", points=points_text(form.at_once), how=how)
    return form.at_once + steps * form.points, how


def off(target: Target | None, value: Fraction, unit: str) -> Fraction:
    """Measure how far a value lies on the wrong side of a target."""
    if target is None:
        return _NONE
    low, high = _ends(target, unit)
    short = low - value if low is not None else _NONE
    over = value - high if high is not None else _NONE
    return max(_NONE, short, over)


def beyond(target: Target, value: Fraction, unit: str) -> Fraction:
    """Measure how far a value lies on the right side of a target that has one side."""
    low, high = _ends(target, unit)
    if low is not None and high is not None:
        return _NONE
    better = value - low if low is not None else high - value if high is not None else _NONE
    return max(_NONE, better)


def _ends(target: Target, unit: str) -> tuple[Fraction | None, Fraction | None]:
    """Find the last values that meet a target; of counts below 5 it is 4."""
    low, high = target.low, target.high
    if unit == "count":
        low = low + 1 if low is not None and target.low_open and low.denominator == 1 else low
        high = high - 1 if high is not None and target.high_open and high.denominator == 1 else high
    return low, high


def _occurrences(form: Occurrences, value: Fraction, result: Result) -> tuple[Fraction, Message]:
    rows = {"missed": result.reading.missed, "met": result.reading.met}.get(form.each)
    count = value if form.each == "value" else Fraction(rows or 0)
    paid = max(_NONE, count - form.free)
    said = message(
        "score_each",
        count=amount(count, ""),
        free=amount(form.free, ""),
        points=points_text(form.points),
    )
    return paid * form.points, said
