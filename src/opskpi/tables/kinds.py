"""What a cell may be: the kinds of columns, and how pydantic reads one cell of each.

The readers here serve the row models: one cell at a time, with the sentence that helps.
`columns.py` and `instants.py` read whole columns and must accept exactly the same cells;
a property test holds the two together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from fractions import Fraction
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from opskpi.tables.dates import localised, read_date
from opskpi.tables.numbers import is_percent, read_duration, read_number
from opskpi.tables.periods import read_period
from opskpi.tables.words import FLAGS, ROUNDED, WORDLESS, is_error, normal

#: The last instant of a day: a due value without a time of day means before the next midnight.
DAY_END = timedelta(days=1, microseconds=-1)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column holds, for the column-wise check and the indicator language.

    `name` is text, id, word, flag, event, due, due_day, period, figure, number, percent, whole, duration or
    score. `many` says that nearly every row has another text, so that a dictionary would only cost.
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
        return self.name in {"figure", "number", "percent", "whole", "duration", "score"}


@dataclass(frozen=True, slots=True)
class Rules:
    """How the cells of one sheet are to be read, beyond what the model says.

    `orders` is the order of a date's numbers per column (`dmy`, `mdy`, `ymd`), `patterns` are
    strptime patterns the source declares, `zone` is where the plan's clock hangs,
    `window` bounds believable dates, `scale` bounds scores, and `allowed` closes the
    vocabulary of text columns that a source maps. `serials` says that a spreadsheet's numbers
    of days may stand for dates, `midnights` in which columns whole ones are midnights,
    `decimal` which mark is decimal, and `units` what bare numbers of durations count.
    """

    zone: tzinfo = UTC
    orders: Mapping[str, str] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    window: tuple[datetime, datetime] | None = None
    scale: tuple[Fraction, Fraction] | None = None
    allowed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    serials: bool = True
    midnights: frozenset[str] = frozenset()
    decimal: str = "."
    units: Mapping[str, str] = field(default_factory=dict)


class Row(BaseModel):
    """What every table's row model is: no columns but its own, and an error cell is an error in each."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _no_error_cell(cls, value: object) -> object:
        if isinstance(value, str) and is_error(value):
            raise refuse("error_cell")
        return value


def ends_after(start: str, end: str) -> Any:  # noqa: ANN401 - pydantic's own
    """Make the check that a row ends no sooner than it begins."""

    def check(value: datetime | None, info: ValidationInfo) -> datetime | None:
        begun = info.data.get(start)
        if value is not None and begun is not None and value < begun:
            raise refuse("ends_before_start")
        return value

    return field_validator(end)(check)


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


def _identity(value: object, info: ValidationInfo) -> str:
    if ROUNDED.fullmatch(str(value)):
        raise refuse("rounded_number")
    return _text(value, info)


def figure_of(text: str, kind: Kind, name: str, rules: Rules) -> Fraction | str:
    """Read a number of any kind; the name of the rule it breaks where it is none."""
    if kind.name == "duration":
        number: Fraction | str | None = read_duration(text, rules.units.get(name, "minutes"), rules.decimal)
    else:
        number = read_number(text, kind.name, rules.decimal)
    if number is None or isinstance(number, str):
        return number or "not_a_number"
    if kind.name == "whole" and number.denominator != 1:
        return "not_whole"
    if kind.name == "percent" and number > 1 and not is_percent(text):
        return "not_a_percent"
    if kind.least is not None and number < kind.least:
        return "below_least"
    if kind.name == "score" and rules.scale and not rules.scale[0] <= number <= rules.scale[1]:
        return "outside_scale"
    return number


def figure(kind: Kind) -> tuple[Kind, PlainValidator]:
    """Make the annotations of a number, by its kind."""

    def read(value: object, info: ValidationInfo) -> Fraction:
        number = figure_of(str(value), kind, info.field_name or "", _rules(info))
        if isinstance(number, str):
            raise refuse(number)
        return number

    return kind, PlainValidator(read)


def _period(value: object) -> str:
    period = read_period(str(value))
    if period is None:
        raise refuse("not_a_period")
    return period.label


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
    if rules.patterns and (found := by_pattern(text, rules)):
        return found
    written = read_date(text, rules.zone, serials=rules.serials)
    moment = written.moment(rules.orders.get(column)) if written else None
    if written is None or moment is None:
        raise ValueError(text)
    return moment, written.timed or (written.serial and column in rules.midnights)


def by_pattern(text: str, rules: Rules) -> tuple[datetime, bool] | None:
    """Read a text by the first declared pattern that fits, and tell whether it shows a time of day."""
    for pattern in rules.patterns:
        try:
            moment = datetime.strptime(text, pattern)  # noqa: DTZ007 - the plan's clock, unless %z is there
        except ValueError:
            continue
        if offset := moment.utcoffset():
            moment = localised(moment.replace(tzinfo=None), offset // timedelta(minutes=1), rules.zone)
        return moment.replace(tzinfo=None), "%H" in pattern or "%I" in pattern
    return None


Text = Annotated[str, Kind("text"), BeforeValidator(_text)]
Id = Annotated[str, Kind("id", many=True), BeforeValidator(_identity)]
Prose = Annotated[str, Kind("text", many=True), BeforeValidator(_text)]
ProjectName = Annotated[str, Kind("text"), BeforeValidator(_project)]
Flag = Annotated[bool, Kind("flag"), BeforeValidator(_flag)]
Event = Annotated[datetime, Kind("event", many=True), BeforeValidator(_event)]
Due = Annotated[datetime, Kind("due", many=True), BeforeValidator(_due)]
DueDay = Annotated[datetime, Kind("due_day"), BeforeValidator(_due_day)]
Minutes = Annotated[Fraction, *figure(Kind("duration", unit="minutes", least=Fraction(0)))]
Count = Annotated[Fraction, *figure(Kind("whole", unit="number", least=Fraction(0)))]
Weight = Annotated[Fraction, *figure(Kind("whole", unit="number", least=Fraction(1)))]
PeriodName = Annotated[str, Kind("period"), BeforeValidator(_period)]
Score = Annotated[Fraction, *figure(Kind("score", unit="score"))]


def word(words: Mapping[str, str]) -> tuple[Kind, BeforeValidator]:
    """Make the annotations of a closed vocabulary: canonical word → its Chinese spelling."""
    return Kind("word", words=words), BeforeValidator(_word(words))
