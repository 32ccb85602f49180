"""Targets as people write them: `>= 90%`, `≥4.5`, 不低于90%, 小于5, `<= 4h`, 30分钟以内, between 80% and 120%."""

import re
import unicodedata
from fractions import Fraction

from opskpi.documents import Mistake, Path
from opskpi.indicators.durations import minutes_of, refuse_days
from opskpi.model.goals import Target
from opskpi.wording import message

#: Longer spellings come first, so that 不超过 is not read as 超过.
_PREFIXES = {
    ">=": ">=",
    "≥": ">=",
    "<=": "<=",
    "≤": "<=",
    "==": "==",
    ">": ">",
    "<": "<",
    "不低于": ">=",
    "不少于": ">=",
    "不小于": ">=",
    "不超过": "<=",
    "不高于": "<=",
    "不大于": "<=",
    "超过": ">",
    "高于": ">",
    "小于": "<",
    "低于": "<",
    "少于": "<",
    "等于": "==",
}
_SUFFIXES = {"以上": ">=", "以下": "<=", "以内": "<="}
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?"
_QUANTITY = re.compile(rf"({_NUMBER})\s*(%|次|件|分|条|个)?")
_BETWEEN = re.compile(r"between\s+(.+?)\s+and\s+(.+)", re.IGNORECASE)


def parse_target(text: str) -> Target:
    """Read a target; raises Mistake, for a bare number with both its readings."""
    written = unicodedata.normalize("NFKC", text).strip()
    if found := _BETWEEN.fullmatch(written):
        (low, unit), (high, other) = _quantity(found[1], text), _quantity(found[2], text)
        if unit != other:
            raise Mistake(message("target_unreadable", text=text))
        if low > high:
            raise Mistake(message("target_turned", text=text))
        return Target(text, low, high, unit=unit)
    for prefix, sign in _PREFIXES.items():
        if written.startswith(prefix):
            return _target(sign, _quantity(written[len(prefix) :], text), text)
    for suffix, sign in _SUFFIXES.items():
        if written.endswith(suffix):
            return _target(sign, _quantity(written[: -len(suffix)], text), text)
    if _QUANTITY.fullmatch(written) or minutes_of(written) is not None:
        raise Mistake(message("target_bare", text=text))
    raise Mistake(message("target_unreadable", text=text))


def check_unit(target: Target | None, unit: str, path: Path, *, share: bool = True) -> None:
    """Refuse a target that its value cannot mean; a `share` is never over 1, a quotient may be; raises Mistake."""
    if target is None:
        return
    bounds = [bound for bound in (target.low, target.high) if bound is not None]
    if target.unit == "ratio" and unit != "ratio":
        raise Mistake(message("target_percent", text=target.text), path=path)
    if target.unit == "minutes" and unit != "minutes":
        raise Mistake(message("target_takes_no_time", text=target.text), path=path)
    if unit == "minutes" and target.unit != "minutes" and any(bounds):
        raise Mistake(message("target_needs_time", text=target.text), path=path)
    if unit == "ratio" and max(bounds) > 1 and (share or target.unit != "ratio"):
        percent = f"{float(max(bounds)):g}%"
        key = "target_not_ratio" if share else "target_quotient"
        raise Mistake(message(key, text=target.text, percent=percent), path=path)


def _quantity(text: str, whole: str) -> tuple[Fraction, str]:
    """Read a number and what its unit makes of it; hours become minutes."""
    found = _QUANTITY.fullmatch(text.strip())
    if found:
        return (Fraction(found[1]) / 100, "ratio") if found[2] == "%" else (Fraction(found[1]), "")
    minutes = minutes_of(text)
    if minutes is None:
        refuse_days(text)
        raise Mistake(message("target_unreadable", text=whole))
    return minutes, "minutes"


def _target(sign: str, quantity: tuple[Fraction, str], text: str) -> Target:
    value, unit = quantity
    match sign:
        case ">=":
            return Target(text, low=value, unit=unit)
        case ">":
            return Target(text, low=value, low_open=True, unit=unit)
        case "<=":
            return Target(text, high=value, unit=unit)
        case "<":
            return Target(text, high=value, high_open=True, unit=unit)
        case _:
            return Target(text, low=value, high=value, unit=unit)
