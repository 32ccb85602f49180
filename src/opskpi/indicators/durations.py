"""Lengths of time as contracts write them: `15m`, `4h30m`, `20s`, `2wd`, 4小时, 2 个工作日; a bare day is refused."""

import re
from fractions import Fraction
from math import ceil

from opskpi.documents import Mistake
from opskpi.model.service import Limit
from opskpi.tables.words import normal
from opskpi.wording import message

_NUMBER = r"[0-9]{1,6}(?:\.[0-9]{1,6})?"
_CLOCK = re.compile(
    rf"(?:(?P<h>{_NUMBER})(?:h|hrs?|hours?|个?小时|时))?(?:(?P<m>{_NUMBER})(?:m|mins?|minutes?|分钟?))?"
    rf"(?:(?P<s>{_NUMBER})(?:s|secs?|seconds?|秒钟?))?"
)
_WORKDAYS = re.compile(rf"({_NUMBER})(?:wds?|workdays?|workingdays?|个?工作日)")
_DAYS = re.compile(rf"({_NUMBER})(?:days?|d|天|日)")
_BARE = re.compile(_NUMBER)
_MINUS = "-−–"
_SOME_WORKDAYS = re.compile(r"wd|work|工作日")


def read_limit(text: str) -> Limit:
    """Read a length of time; raises Mistake, for a bare day with both its readings."""
    written = normal(text)
    unsigned = written.lstrip(_MINUS)
    limit = _clock(unsigned, text) or _workdays(unsigned, text)
    if limit and unsigned == written:
        return limit
    if limit:
        raise Mistake(message("limit_not_positive", text=text))
    refuse_days(text)
    if _BARE.fullmatch(written):
        raise Mistake(message("limit_bare", text=text))
    raise Mistake(message("limit_unreadable", text=text))


def refuse_days(text: str) -> None:
    """Refuse a bare number of days, with both its readings; raises Mistake."""
    if found := _DAYS.match(normal(text)):
        days = Fraction(found[1])
        raise Mistake(message("limit_bare_days", text=found[0], hours=_short(days * 24), days=max(1, ceil(days))))


def minutes_of(text: str) -> Fraction | None:
    """Read hours, minutes and seconds as minutes; None where a text is none of them."""
    found = _CLOCK.fullmatch(normal(text))
    if not found or not found[0]:
        return None
    return Fraction(found["h"] or 0) * 60 + Fraction(found["m"] or 0) + Fraction(found["s"] or 0) / 60


def _clock(written: str, text: str) -> Limit | None:
    minutes = minutes_of(written)
    if minutes == 0:
        raise Mistake(message("limit_not_positive", text=text))
    return None if minutes is None else Limit(minutes=minutes, text=text)


def _workdays(written: str, text: str) -> Limit | None:
    found = _WORKDAYS.fullmatch(written)
    if not found:
        if _SOME_WORKDAYS.search(written):
            raise Mistake(message("limit_workdays", text=text))
        return None
    days = Fraction(found[1])
    if not days:
        raise Mistake(message("limit_not_positive", text=text))
    if days.denominator != 1:
        raise Mistake(message("limit_workdays", text=text))
    return Limit(workdays=int(days), text=text)


def _short(number: Fraction) -> str:
    return str(number) if number.denominator == 1 else f"{float(number):g}"
