"""What a cell may be: the kinds of columns, and how pydantic reads one cell of each.

The readers here serve the row models: one cell at a time, with the sentence that helps.
`columns.py` and `instants.py` read whole columns and must accept exactly the same cells;
a property test holds the two together.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, get_args

from pydantic import BeforeValidator, ValidationInfo
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from opskpi.tables.words import FLAGS, WORDLESS, normal

#: A year-first date and an optional time, as ISO, Excel and Chinese offices write it:
#: 2016-03-05 09:05:00, 2016/3/5 9:05, 2016年3月5日 9时5分, 2016-03-05T09:05:00.5+08:00.
YEAR_FIRST = (
    r"^(?P<y>[0-9]{4})[-/.年](?P<m>[0-9]{1,2})[-/.月](?P<d>[0-9]{1,2})日?"
    r"(?P<t>[ T]*(?P<H>[0-9]{1,2})[:时](?P<M>[0-9]{1,2})"
    r"(?:[:分](?P<S>[0-9]{1,2})(?:\.(?P<f>[0-9]{1,6})[0-9]*)?秒?|分)?"
    r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})?)?$"
)
#: Two numbers, then the year: 29/2/2016 01:16 or 02-29-2016. Which is the day, the column tells.
YEAR_LAST = (
    r"^(?P<a>[0-9]{1,2})[-/.](?P<b>[0-9]{1,2})[-/.](?P<y>[0-9]{4})"
    r"(?P<t>[ T]+(?P<H>[0-9]{1,2}):(?P<M>[0-9]{1,2})(?::(?P<S>[0-9]{1,2})(?:\.(?P<f>[0-9]{1,6})[0-9]*)?)?)?$"
)
#: An exact decimal; more than nine digits before or after the point is no figure of ours.
NUMBER = r"^[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?$"

#: The last instant of a day: a due value without a time of day means before the next midnight.
DAY_END = timedelta(days=1, microseconds=-1)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column holds, for the column-wise check and the indicator language.

    `name` is text, word, flag, event, due, due_day, number, whole or score. `many` says
    that nearly every row has another text, so that a dictionary would only cost.
    """

    name: str
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    unit: str = ""
    least: Fraction | None = None
    many: bool = False

    @property
    def is_instant(self) -> bool:
        """Whether it is a moment in time."""
        return self.name in {"event", "due", "due_day"}

    @property
    def is_number(self) -> bool:
        """Whether it can be added up."""
        return self.name in {"number", "whole", "score"}


@dataclass(frozen=True, slots=True)
class Rules:
    """How the cells of one sheet are to be read, beyond what the model says.

    `orders` is day-first (`dmy`) or month-first (`mdy`) per column, `patterns` are
    strptime patterns the source declares, `zone` is where the plan's clock hangs,
    `window` bounds believable dates, `scale` bounds scores, and `allowed` closes the
    vocabulary of text columns that a source maps.
    """

    zone: tzinfo = UTC
    orders: Mapping[str, str] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    window: tuple[datetime, datetime] | None = None
    scale: tuple[Fraction, Fraction] | None = None
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict)


def kind_of(field: FieldInfo) -> Kind:
    """Find the kind among a field's annotations, inside `| None` or not."""
    inner = (item for part in get_args(field.annotation) for item in getattr(part, "__metadata__", ()))
    return next(item for item in (*field.metadata, *inner) if isinstance(item, Kind))


def refuse(rule: str) -> PydanticCustomError:
    """Refuse a cell by a rule's name; the catalogue has the sentence."""
    return PydanticCustomError(rule, "{rule}", {"rule": rule})


def _rules(info: ValidationInfo) -> Rules:
    return info.context if isinstance(info.context, Rules) else Rules()


def _text(value: object, info: ValidationInfo) -> str:
    allowed = _rules(info).allowed.get(info.field_name or "")
    if allowed is not None and value not in allowed:
        raise refuse("unknown_word")
    return str(value)


def _project(value: object) -> str:
    if not WORDLESS.sub("", str(value)):
        raise refuse("no_project")
    return str(value)


def _word(words: Mapping[str, str]) -> Callable[[object], str]:
    known = {normal(spelling): word for word, chinese in words.items() for spelling in (word, chinese)}

    def read(value: object) -> str:
        try:
            return known[normal(str(value))]
        except KeyError:
            raise refuse("unknown_word") from None

    return read


def _flag(value: object) -> bool:
    try:
        return FLAGS[normal(str(value))]
    except KeyError:
        raise refuse("unknown_word") from None


def _number(value: object) -> Decimal:
    if not re.fullmatch(NUMBER[1:-1], str(value)):
        raise refuse("not_a_number")
    return Decimal(str(value))


def _at_least(least: int) -> Callable[[object], Decimal]:
    def read(value: object) -> Decimal:
        number = _number(value)
        if number < least:
            raise refuse("below_least")
        return number

    return read


def _whole(least: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        number = _number(value)
        if number != int(number):
            raise refuse("not_whole")
        if number < least:
            raise refuse("below_least")
        return int(number)

    return read


def _score(value: object, info: ValidationInfo) -> Decimal:
    number, scale = _number(value), _rules(info).scale
    if scale and not scale[0] <= Fraction(number) <= scale[1]:
        raise refuse("outside_scale")
    return number


def _event(value: object, info: ValidationInfo) -> datetime:
    return _moment(str(value), info)[0]


def _due(value: object, info: ValidationInfo) -> datetime:
    moment, has_time = _moment(str(value), info)
    return moment if has_time else moment + DAY_END


def _due_day(value: object, info: ValidationInfo) -> datetime:
    moment = _moment(str(value), info)[0]
    return datetime.combine(moment.date(), time()) + DAY_END


def _moment(text: str, info: ValidationInfo) -> tuple[datetime, bool]:
    """Read a moment and whether its text shows a time of day."""
    rules = _rules(info)
    try:
        moment, has_time = _parse(text, rules, info.field_name or "")
    except (ValueError, OverflowError):
        raise refuse("not_a_date") from None
    if rules.window and not rules.window[0] <= moment < rules.window[1]:
        raise refuse("outside_window")
    return moment, has_time


def _parse(text: str, rules: Rules, column: str) -> tuple[datetime, bool]:
    if rules.patterns:
        return _by_pattern(text, rules.patterns)
    if found := re.fullmatch(YEAR_FIRST[1:-1], text):
        moment = _combine(date(int(found["y"]), int(found["m"]), int(found["d"])), found)
        return _localised(moment, found["z"], rules.zone), found["t"] is not None
    found = re.fullmatch(YEAR_LAST[1:-1], text)
    order = rules.orders.get(column)
    if not found or order is None:
        raise ValueError(text)
    day, month = (found["a"], found["b"]) if order == "dmy" else (found["b"], found["a"])
    return _combine(date(int(found["y"]), int(month), int(day)), found), found["t"] is not None


def _by_pattern(text: str, patterns: tuple[str, ...]) -> tuple[datetime, bool]:
    for pattern in patterns:
        try:
            return datetime.strptime(text, pattern), "%H" in pattern or "%I" in pattern  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(text)


def _combine(day: date, found: re.Match[str]) -> datetime:
    hour, minute, second = (int(found[part] or 0) for part in "HMS")
    return datetime.combine(day, time(hour, minute, second, int((found["f"] or "").ljust(6, "0"))))


def _localised(moment: datetime, zone: str | None, home: tzinfo) -> datetime:
    if zone is None:
        return moment
    minutes = 0
    if zone != "Z":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        minutes = -minutes if zone[0] == "-" else minutes
    there = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    return there.astimezone(home).replace(tzinfo=None)


Text = Annotated[str, Kind("text"), BeforeValidator(_text)]
Id = Annotated[str, Kind("text", many=True), BeforeValidator(_text)]
Prose = Annotated[str, Kind("text", many=True), BeforeValidator(_text)]
ProjectName = Annotated[str, Kind("text"), BeforeValidator(_project)]
Flag = Annotated[bool, Kind("flag"), BeforeValidator(_flag)]
Event = Annotated[datetime, Kind("event", many=True), BeforeValidator(_event)]
Due = Annotated[datetime, Kind("due", many=True), BeforeValidator(_due)]
DueDay = Annotated[datetime, Kind("due_day"), BeforeValidator(_due_day)]
Minutes = Annotated[Decimal, Kind("number", unit="minutes", least=Fraction(0)), BeforeValidator(_at_least(0))]
Count = Annotated[int, Kind("whole", unit="number", least=Fraction(0)), BeforeValidator(_whole(0))]
Weight = Annotated[int, Kind("whole", unit="number", least=Fraction(1)), BeforeValidator(_whole(1))]
Score = Annotated[Decimal, Kind("score", unit="score"), BeforeValidator(_score)]


def word(words: Mapping[str, str]) -> tuple[Kind, BeforeValidator]:
    """Make the annotations of a closed vocabulary: canonical word → its Chinese spelling."""
    return Kind("word", words=words), BeforeValidator(_word(words))
