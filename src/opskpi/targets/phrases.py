"""Targets as people write them: `>= 90%`, `≥4.5`, 不低于90%, 小于5, between 80% and 120%."""

import re
import unicodedata
from fractions import Fraction

from opskpi.documents import Mistake
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
        low, high = _quantity(found[1], text), _quantity(found[2], text)
        if low > high:
            raise Mistake(message("target_turned", text=text))
        return Target(text, low, high)
    for prefix, sign in _PREFIXES.items():
        if written.startswith(prefix):
            return _target(sign, _quantity(written[len(prefix) :], text), text)
    for suffix, sign in _SUFFIXES.items():
        if written.endswith(suffix):
            return _target(sign, _quantity(written[: -len(suffix)], text), text)
    if _QUANTITY.fullmatch(written):
        raise Mistake(message("target_bare", text=text))
    raise Mistake(message("target_unreadable", text=text))


def _quantity(text: str, whole: str) -> Fraction:
    found = _QUANTITY.fullmatch(text.strip())
    if not found:
        raise Mistake(message("target_unreadable", text=whole))
    return Fraction(found[1]) / (100 if found[2] == "%" else 1)


def _target(sign: str, value: Fraction, text: str) -> Target:
    match sign:
        case ">=":
            return Target(text, low=value)
        case ">":
            return Target(text, low=value, low_open=True)
        case "<=":
            return Target(text, high=value)
        case "<":
            return Target(text, high=value, high_open=True)
        case _:
            return Target(text, low=value, high=value)
