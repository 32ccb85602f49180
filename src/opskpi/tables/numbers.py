"""Forms of numbers: the text of one cell read as an exact number or a duration in minutes.

Thousands separators, percent signs, full-width digits and the words for a unit (分, 次, 小时)
are dress. A comma is decimal only where the source says so. Days of a duration are refused:
a day may be 24 hours or a working day, and nobody here can know.
"""

import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction

from opskpi.tables.words import BLANKS

#: More than nine digits before the point is no figure of ours, more than fifteen in all no number of a spreadsheet;
#: zeros after the point that lead them come on top.
_MOST_DIGITS = 15
_PLAIN = re.compile(r"[+-]?[0-9]{1,9}(?:\.[0-9]{1,30})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[, '][0-9]{3}){1,2}(?:\.[0-9]{1,30})?")
_SPACES = re.compile(f"[{BLANKS}]+")
_SIGNS = str.maketrans("−–﹣", "---")
#: Words for a unit that may follow a number, by the kind of column.
_UNITS = {
    "score": re.compile(r"(?<=[0-9]) ?(?:分|星|points?|stars?)$", re.IGNORECASE),
    "figure": re.compile(r"(?<=[0-9]) ?(?:分|次|件|条|份|个|人|points?|times?)$", re.IGNORECASE),
    "whole": re.compile(r"(?<=[0-9]) ?(?:次|件|条|份|个|人|times?)$", re.IGNORECASE),
}
#: A mean of several answers, as mapping writes it: around a character of no script, which no cell holds.
BAR = "\ue0f0"
_MEAN = re.compile(f"([0-9]{{1,45}}){BAR}([1-9][0-9]{{0,44}})")
_CLOCK = re.compile(r"(?P<sign>[+-]?)(?P<h>[0-9]{1,6}):(?P<m>[0-5]?[0-9])(?::(?P<s>[0-5]?[0-9](?:\.[0-9]{1,6})?))?")
_SPELLED = re.compile(
    r"(?P<sign>[+-]?) ?(?:PT)?"
    r"(?:(?P<h>[0-9]{1,6}(?:\.[0-9]{1,6})?) ?(?:h|hrs?|hours?|小时|时)(?![a-z]))?[ ,]*"
    r"(?:(?P<m>[0-9]{1,8}(?:\.[0-9]{1,6})?) ?(?:m|mins?|minutes?|分钟|分)(?![a-z]))?[ ,]*"
    r"(?:(?P<s>[0-9]{1,9}(?:\.[0-9]{1,6})?) ?(?:s|secs?|seconds?|秒钟|秒)(?![a-z]))?",
    re.IGNORECASE,
)
_HAS_DAYS = re.compile(r"[0-9] ?(?:d|days?|天|日|w|weeks?|周|个?工作日)(?![a-z])", re.IGNORECASE)
#: Minutes that one unit of a bare number is worth.
_MINUTES = {"seconds": Fraction(1, 60), "minutes": Fraction(1), "hours": Fraction(60)}


def mean_text(mean: Fraction) -> str:
    """Write a mean so that reading it gives the exact fraction."""
    return f"{mean.numerator}{BAR}{mean.denominator}"


def read_number(text: str, kind: str = "number", decimal: str = ".") -> Fraction | None:
    """Read an exact number; None where it is none."""
    if mean := _MEAN.fullmatch(text):
        return Fraction(int(mean[1]), int(mean[2]))
    plain = _plain(text)
    if unit := _UNITS.get(kind):
        plain = unit.sub("", plain)
    percent = plain.endswith("%")
    number = _number(plain.removesuffix("%").rstrip(), decimal)
    return number / 100 if percent and number is not None else number


def is_percent(text: str) -> bool:
    """Tell whether a number is written as a percentage."""
    return _plain(text).endswith("%")


def read_duration(text: str, unit: str = "minutes", decimal: str = ".") -> Fraction | str:
    """Read a duration in minutes, bare numbers by their unit; the name of the rule where it is none."""
    plain = _plain(text)
    if (number := _number(plain, decimal)) is not None:
        return number * _MINUTES[unit]
    if found := _CLOCK.fullmatch(plain):
        return _minutes(found.groupdict())
    if plain and (found := _SPELLED.fullmatch(plain)) and any(found[part] for part in "hms"):
        return _minutes(found.groupdict())
    return "days_in_duration" if _HAS_DAYS.search(plain) else "not_a_duration"


def _plain(text: str) -> str:
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().translate(_SIGNS)


def _number(text: str, decimal: str) -> Fraction | None:
    if decimal == ",":
        text = text.translate(str.maketrans(",.", ".,"))
    if _GROUPED.fullmatch(text):
        text = text.translate(str.maketrans("", "", ", '"))
    if not _PLAIN.fullmatch(text) or sum(map(str.isdigit, text.lstrip("+-0."))) > _MOST_DIGITS:
        return None
    return Fraction(text)


def _minutes(parts: Mapping[str, str | None]) -> Fraction:
    hours, minutes, seconds = (Fraction(parts[part] or 0) for part in "hms")
    total = hours * 60 + minutes + seconds / 60
    return -total if parts["sign"] == "-" else total
