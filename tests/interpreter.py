"""The indicator language read row by row, in plain Python: the tests' oracle, which shares nothing with the engine.

An expression is a nested tuple, such as ("+", ("column", "paused_minutes"), ("literal", Fraction(30), "30m")). `text`
writes it for the engine, `value` evaluates it for one row. None is a blank, an unknown, or no outcome at all.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]
Expression = tuple[Any, ...]

MINUTE = timedelta(minutes=1)
#: Outcomes in their order.
MISSED, EXCLUDED, PENDING, MET = range(4)
_COMPARE = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def text(node: Expression) -> str:
    """Write an expression, every part of it in brackets."""
    match node:
        case ("column", name):
            return str(name)
        case ("literal", _, written):
            return str(written)
        case ("not" | "-", inner):
            return f"({node[0]} {text(inner)})"
        case ("null", inner):
            return f"({text(inner)} is null)"
        case ("in", inner, choices):
            return f"({text(inner)} in ({', '.join(map(text, choices))}))"
        case ("call", name, *arguments):
            return f"{name}({', '.join(map(text, arguments))})"
        case (sign, left, right):
            return f"({text(left)} {sign} {text(right)})"
    raise AssertionError(node)


def value(node: Expression, row: Row, as_of: datetime, *, over: bool) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912
    """Evaluate an expression for one row."""

    def inner(part: Expression) -> Any:  # noqa: ANN401
        return value(part, row, as_of, over=over)

    match node:
        case ("column", name):
            return _column(name, row, as_of)
        case ("literal", constant, _):
            return constant
        case ("-", number):
            found = inner(number)
            return None if found is None else -found
        case ("not", condition):
            return _contrary(inner(condition), is_outcome=_is_outcome(condition))
        case ("null", part):
            if part == ("column", "stopped_at") and _finished_unseen(row):
                return False
            return inner(part) is None
        case ("and" | "or" as word, left, right):
            return _both(word, inner(left), inner(right), is_outcome=_is_outcome(left))
        case ("in", part, choices):
            return _any([_compared("==", inner(part), inner(choice)) for choice in choices])
        case ("call", "elapsed", start, stop, *calendar):
            return _elapsed(inner(start), inner(stop), bool(calendar))
        case ("call", "due", start, length, *calendar):
            return _due(inner(start), length, bool(calendar))
        case ("call", "in_time" | "done" as name, stop, due):
            unseen = stop == ("column", "stopped_at") and _finished_unseen(row)
            return _judged(name, inner(stop), unseen, inner(due), as_of, over=over)
        case (sign, left, right) if sign in _COMPARE:
            return _compared(sign, inner(left), inner(right))
        case (sign, left, right):
            return _calculated(sign, inner(left), inner(right))
    raise AssertionError(node)


def _column(name: str, row: Row, as_of: datetime) -> Any:  # noqa: ANN401
    if name == "stopped_at":
        if row["reopened"] and row["status"] not in (None, "resolved", "closed"):
            return None  # opened again and open by its state
        stops = [_column(each, row, as_of) for each in ("resolved_at", "closed_at")]
        return next((stop for stop in stops if stop is not None), None)
    found = row[name]
    happens = isinstance(found, datetime) and not name.endswith("due_at")
    return None if happens and found > as_of else found


def _finished_unseen(row: Row) -> bool:
    return row["status"] in ("resolved", "closed") and row["resolved_at"] is None and row["closed_at"] is None


def _is_outcome(node: Expression) -> bool:
    if node[0] in ("and", "or", "not"):
        return _is_outcome(node[1])
    return node[:2] in (("call", "in_time"), ("call", "done"))


def _contrary(found: Any, *, is_outcome: bool) -> Any:  # noqa: ANN401
    if is_outcome:
        return {MET: MISSED, MISSED: MET}.get(found, found)
    return None if found is None else not found


def _both(word: str, one: Any, two: Any, *, is_outcome: bool) -> Any:  # noqa: ANN401
    if is_outcome:
        return min(one, two) if word == "and" else max(one, two)
    decisive = word == "or"
    if decisive in (one, two) and (one is decisive or two is decisive):
        return decisive
    return None if one is None or two is None else not decisive


def _any(found: Sequence[bool | None]) -> bool | None:
    if True in found:
        return True
    return None if None in found else False


def _compared(sign: str, one: Any, two: Any) -> bool | None:  # noqa: ANN401
    return None if one is None or two is None else bool(_COMPARE[sign](one, two))


def _calculated(sign: str, one: Fraction | None, two: Fraction | None) -> Fraction | None:
    if one is None or two is None or (sign == "/" and two == 0):
        return None
    return {"+": lambda: one + two, "-": lambda: one - two, "*": lambda: one * two, "/": lambda: one / two}[sign]()


def _judged(name: str, stop: Any, unseen: bool, due: Any, as_of: datetime, *, over: bool) -> int:  # noqa: ANN401, FBT001
    if name == "done":
        if stop is not None or unseen:
            return MET
        late = over if due is None else as_of > due
        return MISSED if late else PENDING
    if due is None:
        return EXCLUDED
    if unseen:
        return MISSED
    if stop is not None:
        return MET if stop <= due else MISSED
    return MISSED if as_of > due else PENDING


def service(day: datetime) -> tuple[datetime, datetime] | None:
    """Give the window of a day: Monday to Friday from 9 to 18."""
    if day.weekday() > 4:
        return None
    return datetime.combine(day.date(), time(9)), datetime.combine(day.date(), time(18))


def _elapsed(start: Any, stop: Any, calendar: bool) -> Fraction | None:  # noqa: ANN401, FBT001
    if start is None or stop is None or stop < start:
        return None
    if not calendar:
        return Fraction((stop - start) // timedelta(microseconds=1), 60_000_000)
    total, day = timedelta(), start
    while day.date() <= stop.date():
        if window := service(day):
            total += max(min(stop, window[1]) - max(start, window[0]), timedelta())
        day += timedelta(days=1)
    return Fraction(total // timedelta(microseconds=1), 60_000_000)


def _due(start: Any, length: Expression, calendar: bool) -> datetime | None:  # noqa: ANN401, FBT001
    if start is None:
        return None
    _, amount, written = length
    day: datetime = start
    if written.endswith("wd"):
        left = int(amount)
        while left:
            day += timedelta(days=1)
            left -= service(day) is not None
        return datetime.combine(day.date(), time(18))
    rest = timedelta(microseconds=int(amount * 60_000_000))
    if not calendar:
        return day + rest
    while True:
        window = service(day)
        begin = max(start, window[0]) if window else start
        if window and begin < window[1]:
            if begin + rest <= window[1]:
                found: datetime = begin + rest
                return found
            rest -= window[1] - begin
        day = datetime.combine(day.date() + timedelta(days=1), time())


def figure(function: str, values: Sequence[Any], level: Fraction = Fraction(1, 2)) -> Fraction | None:
    """Make one figure of the values of a project's rows, in the order of the rows; blanks say nothing."""
    known = [each for each in values if each is not None]
    if function == "distinct":
        return Fraction(len(set(known)))
    if function == "sum":
        return sum(known, Fraction(0))
    if not known:
        return None
    known.sort()
    made: dict[str, Any] = {
        "mean": sum(known, Fraction(0)) / len(known),
        "min": known[0],
        "max": known[-1],
        "median": (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2,
        # the least value that at least that share of the rows does not exceed
        "quantile": next(each for each in known if sum(other <= each for other in known) >= level * len(known)),
    }
    return Fraction(made[function])
