"""Moments: whole columns of dates and times read into microseconds of the plan's wall clock.

ISO columns go through Arrow's own cast; whatever that refuses is taken apart by the two
grammars of `kinds.py`. Where two numbers precede the year, both readings are kept until the
whole column has been seen: day-first or month-first is proved by the data or declared,
never guessed row by row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from opskpi.arrow import EMPTY, integers, strings, text_buffers, valid_rows
from opskpi.tables.columns import NAT, Texts, trimmed
from opskpi.tables.kinds import YEAR_FIRST, YEAR_LAST, Rules

DAY = 86_400_000_000
_MINUTE = 60_000_000
_QUARTER_HOUR = 15 * _MINUTE
_Value = TypeVar("_Value", np.int64, np.bool_)
_ZERO = strings(["0"])[0]
_DATE_LENGTH = 10
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clock
#: Lengths of ISO texts that Arrow and our grammar read alike: a date, with minutes, seconds, fractions.
_IS_ISO_LENGTH = np.isin(np.arange(28), (0, 10, 16, 19, 21, 22, 23, 24, 25, 26))


@dataclass(frozen=True, slots=True)
class Moments:
    """A column half read: `day_first` and, where numbers leave it open, `month_first`.

    NAT stands for blank and unreadable; `filled` tells them apart. `timed` says which
    texts show a time of day.
    """

    day_first: NDArray[np.int64]
    month_first: NDArray[np.int64] | None
    filled: NDArray[np.bool_]
    timed: NDArray[np.bool_] | None

    @property
    def proofs(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
        """Tell which rows can only be day-first and which only month-first."""
        if self.month_first is None:
            return None
        return (
            (self.day_first != NAT) & (self.month_first == NAT),
            (self.day_first == NAT) & (self.month_first != NAT),
        )

    @property
    def open_rows(self) -> NDArray[np.bool_]:
        """Tell which rows the two readings give different moments."""
        assert self.month_first is not None  # noqa: S101 - asked only then
        return np.not_equal(self.day_first, self.month_first)


def read_moments(column: Texts | pa.StringArray, rules: Rules) -> Moments:
    """Read a column of texts as far as one block can tell."""
    if isinstance(column, Texts):
        return _spread(_read(strings(column.words), rules), column.codes)
    return _read(column, rules)


def microseconds(moment: datetime) -> int:
    """Place a wall-clock moment on the axis of moment columns."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(value: int) -> datetime:
    """Turn a value of a moment column back into a wall-clock moment."""
    return _EPOCH + timedelta(microseconds=int(value))


def looks_iso(texts: pa.StringArray) -> bool:
    """Tell whether every text is as long as an ISO date or time, so that trimming can wait."""
    lengths = np.diff(text_buffers(texts)[0])
    return bool(_IS_ISO_LENGTH[np.minimum(lengths, len(_IS_ISO_LENGTH) - 1)].all())


_FIRST_YEAR = microseconds(datetime(1, 1, 1))  # noqa: DTZ001 - wall clock


def _read(texts: pa.StringArray, rules: Rules) -> Moments:
    if rules.patterns:
        return _by_patterns(trimmed(texts), rules.patterns)
    lengths = pc.binary_length(texts)
    if looks_iso(texts):
        try:
            values = _cast(texts)
        except pa.ArrowInvalid:
            pass
        else:
            timed = integers(lengths, 0) > _DATE_LENGTH
            return Moments(values, None, valid_rows(texts), timed)
    return _by_grammar(texts, rules.zone)


def _cast(texts: pa.StringArray) -> NDArray[np.int64]:
    values = integers(pc.cast(texts, pa.timestamp("us")), NAT)
    return values if (values >= _FIRST_YEAR).all() else np.where(values < _FIRST_YEAR, NAT, values)


def _by_patterns(texts: pa.StringArray, patterns: Sequence[str]) -> Moments:
    """Try the patterns a source declares, the first that fits each row."""
    filled = valid_rows(texts)
    values = np.full(len(texts), NAT)
    timed = np.zeros(len(texts), dtype=bool)
    for pattern in patterns:
        stamps = pc.strptime(texts, format=pattern, unit="us", error_is_null=True)
        found = integers(stamps, NAT)
        new = (values == NAT) & (found != NAT)
        values = np.where(new, found, values)
        timed |= new & ("%H" in pattern or "%I" in pattern)
    return Moments(values, None, filled, timed)


def _by_grammar(texts: pa.StringArray, zone: tzinfo) -> Moments:
    texts = trimmed(texts)
    filled = valid_rows(texts)
    year_first = pc.extract_regex(texts, YEAR_FIRST)
    clock = _clock(year_first)
    values = _moments(year_first, "y", "m", "d", clock)
    values = _localised(values, pc.struct_field(year_first, "z"), zone)
    timed = _shown(year_first, "t")
    year_last = pc.extract_regex(texts, YEAR_LAST)
    if year_last.null_count == len(texts):
        return Moments(values, None, filled, timed)
    clock = _clock(year_last)
    day_first = _moments(year_last, "y", "b", "a", clock)
    month_first = _moments(year_last, "y", "a", "b", clock)
    known = values != NAT
    return Moments(
        np.where(known, values, day_first),
        np.where(known, values, month_first),
        filled,
        timed | _shown(year_last, "t"),
    )


def _shown(parts: pa.StructArray, name: str) -> NDArray[np.bool_]:
    lengths = pc.binary_length(pc.struct_field(parts, name))
    return integers(lengths, 0) > 0


def _part(parts: pa.StructArray, name: str) -> NDArray[np.int64]:
    """Get one number of each text: -1 where the text has another form, 0 where it is not shown."""
    digits = pc.struct_field(parts, name)
    shown = pc.if_else(pc.equal(digits, EMPTY), _ZERO, digits)
    return integers(shown.cast(pa.int64()), -1)


def _clock(parts: pa.StructArray) -> NDArray[np.int64]:
    """Compute the time of day in microseconds, -1 where it is none."""
    hour, minute, second = (_part(parts, name) for name in "HMS")
    fraction = pc.struct_field(parts, "f")
    micro = integers(pc.utf8_rpad(fraction, width=6, padding="0").cast(pa.int64()), 0)
    clock = (hour * 3600 + minute * 60 + second) * 1_000_000 + micro
    return np.where((hour < 24) & (minute < 60) & (second < 60), clock, -1)  # noqa: PLR2004


def _moments(parts: pa.StructArray, year: str, month: str, day: str, clock: NDArray[np.int64]) -> NDArray[np.int64]:
    """Combine the numbers; NAT where they are no date of the calendar."""
    years, months, days = _part(parts, year), _part(parts, month), _part(parts, day)
    believable = (years >= 1) & (months >= 1) & (months <= 12) & (days >= 1) & (clock >= 0)  # noqa: PLR2004
    index = np.where(believable, (years - 1970) * 12 + months - 1, 0)
    first = index.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (index + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    valid = believable & (days <= after - first)
    return np.where(valid, (first + days - 1) * DAY + clock, NAT)


def _localised(values: NDArray[np.int64], zones: pa.StringArray, home: tzinfo) -> NDArray[np.int64]:
    """Move moments that carry a zone onto the plan's wall clock."""
    codes = zones.dictionary_encode()
    if not any(codes.dictionary.to_pylist()):
        return values
    offsets = [_offset(zone) for zone in codes.dictionary.to_pylist()]
    carried = integers(codes.indices, -1)
    zoned = np.array([*(offset is not None for offset in offsets), False])[carried] & (values != NAT)
    minutes = np.array([*(offset or 0 for offset in offsets), 0])[carried]
    utc = values[zoned] - minutes[zoned] * _MINUTE
    moved = values.copy()
    moved[zoned] = utc + _home_offsets(utc, home)
    return moved


def _offset(zone: str) -> int | None:
    """Read Z, +08:00 or -0330 as minutes east; None where no zone is written."""
    if not zone:
        return None
    minutes = 0 if zone == "Z" else int(zone[1:3]) * 60 + int(zone[-2:])
    return -minutes if zone.startswith("-") else minutes


def _home_offsets(utc: NDArray[np.int64], home: tzinfo) -> NDArray[np.int64]:
    """Find the plan zone's offset for each moment, once per quarter of an hour."""
    quarters, inverse = np.unique(utc // _QUARTER_HOUR, return_inverse=True)
    offsets = []
    for quarter in quarters:
        there = moment_of(int(quarter) * _QUARTER_HOUR).replace(tzinfo=UTC).astimezone(home)
        offsets.append((there.utcoffset() or timedelta()) // timedelta(microseconds=1))
    return np.array(offsets, dtype=np.int64)[inverse]


def _spread(moments: Moments, codes: NDArray[np.int32]) -> Moments:
    """Spread what was read of distinct texts over the rows that hold them."""

    def over(values: NDArray[_Value], blank: int) -> NDArray[_Value]:
        return np.append(values, values.dtype.type(blank))[codes]

    later, timed = moments.month_first, moments.timed
    return Moments(
        over(moments.day_first, NAT),
        None if later is None else over(later, NAT),
        over(moments.filled, 0),
        None if timed is None else over(timed, 0),
    )
