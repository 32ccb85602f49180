"""Moments: whole columns of dates and times read into microseconds of the plan's wall clock.

ISO columns go through Arrow's own cast; what that refuses is taken apart by the two commonest
grammars of `dates.py`, and the rest is read there text by text, each distinct one once. Where
the order of a date's numbers is open, every reading is kept until the whole column has been
seen: the order is proved by the data or declared, never guessed row by row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from opskpi.arrow import EMPTY, booleans, integers, strings, take, text_buffers, valid_rows
from opskpi.tables.columns import NAT, Texts, trimmed
from opskpi.tables.dates import FIRST_YEAR, FURTHEST_ZONE, LAST_YEAR, ORDERS, YEAR_FIRST, YEAR_LAST, Written, read_date
from opskpi.tables.kinds import Rules, by_pattern

DAY = 86_400_000_000
_MINUTE = 60_000_000
_QUARTER_HOUR = 15 * _MINUTE
_Value = TypeVar("_Value", np.int64, np.bool_)
_ZERO = strings(["0"])[0]
_DATE_LENGTH = 10
#: The 31st of February is one of the first three days of March to Arrow, a 60th second the next minute.
_RAN_OVER = 3
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clock
#: Lengths of ISO texts that Arrow and our grammar read alike: a date, with minutes, seconds, fractions.
_IS_ISO_LENGTH = np.isin(np.arange(28), (0, 10, 16, 19, 21, 22, 23, 24, 25, 26))


@dataclass(frozen=True, slots=True)
class Moments:
    """A column half read: its values by the order of a date's numbers, or under "" alone.

    NAT stands for blank and unreadable; `filled` tells them apart. `timed` says which
    texts show a time of day, `serial` which are a spreadsheet's numbers of days.
    """

    by_order: Mapping[str, NDArray[np.int64]]
    filled: NDArray[np.bool_]
    timed: NDArray[np.bool_]
    serial: NDArray[np.bool_] | None = None

    @property
    def waits(self) -> bool:
        """Whether the rest of the column may change how a row is read."""
        return self.is_open or (self.serial is not None and not self.timed[self.serial].all())

    @property
    def has_timed_serials(self) -> bool:
        """Whether numbers of days show times, so that whole ones are midnights."""
        return self.serial is not None and bool(self.timed[self.serial].any())

    @property
    def is_open(self) -> bool:
        """Whether the order of the numbers is still to be decided."""
        return "" not in self.by_order

    def values(self, order: str | None) -> NDArray[np.int64]:
        """Pick the values by the order that holds for the column."""
        if not self.is_open:
            return self.by_order[""]
        return self.by_order.get(order or "", np.full(len(self.filled), NAT))

    @property
    def _dated(self) -> NDArray[np.bool_]:
        return np.asarray(np.logical_or.reduce([values != NAT for values in self.by_order.values()]), dtype=bool)

    def failing(self, order: str) -> NDArray[np.bool_]:
        """Tell which rows are dates by another order but not by this one."""
        if not self.is_open:
            return np.zeros(len(self.filled), dtype=bool)
        return np.asarray(self._dated & (self.values(order) == NAT), dtype=bool)

    def differing(self, one: str, other: str) -> NDArray[np.bool_]:
        """Tell which rows two orders read as different moments."""
        return np.not_equal(self.values(one), self.values(other))

    @property
    def settled(self) -> NDArray[np.bool_]:
        """Tell which rows are the same moment by every order: ISO dates, and those a spreadsheet knew as such."""
        first, *others = self.by_order.values()
        return np.asarray(np.logical_and.reduce([first != NAT, *(first == other for other in others)]), dtype=bool)


def read_moments(column: Texts | pa.StringArray, rules: Rules) -> Moments:
    """Read a column of texts as far as one block can tell."""
    if isinstance(column, Texts):
        return _spread(_read(strings(column.words), rules), column.codes)
    if pa.types.is_timestamp(column.type):
        there = valid_rows(column)
        return Moments({"": integers(column, NAT)}, there, there)
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
_FIRST_DAY, _LAST_DAY = (microseconds(datetime(year, 1, 1)) for year in (FIRST_YEAR + 1, LAST_YEAR))  # noqa: DTZ001


def _read(texts: pa.StringArray, rules: Rules) -> Moments:
    if rules.patterns:
        return _by_patterns(trimmed(texts), rules)
    if looks_iso(texts):
        try:
            values = _cast(texts)
        except pa.ArrowInvalid:
            pass
        else:
            return Moments({"": values}, valid_rows(texts), integers(pc.binary_length(texts), 0) > _DATE_LENGTH)
    return _by_grammar(texts, rules)


def _cast(texts: pa.StringArray) -> NDArray[np.int64]:
    values = integers(pc.cast(texts, pa.timestamp("us")), NAT)
    return values if (values >= _FIRST_YEAR).all() else np.where(values < _FIRST_YEAR, NAT, values)


def _by_patterns(texts: pa.StringArray, rules: Rules) -> Moments:
    """Try the patterns a source declares, the first that fits each row; the rest are read as ever."""
    values = np.full(len(texts), NAT)
    timed = np.zeros(len(texts), dtype=bool)
    for pattern in [each for each in rules.patterns if "%z" not in each and "%f" not in each]:
        found = _strptime(texts, pattern)
        new = (values == NAT) & (found != NAT)
        values = np.where(new, found, values)
        timed |= new & ("%H" in pattern or "%I" in pattern)
    known = Moments({"": values}, valid_rows(texts), timed)
    return _completed(known, texts, rules)


def _strptime(texts: pa.StringArray, pattern: str) -> NDArray[np.int64]:
    """Read texts by one pattern; days and seconds that no calendar has run over in Arrow and are read again."""
    found = integers(pc.strptime(texts, format=pattern, unit="us", error_is_null=True), NAT)
    days = (found // DAY).astype("datetime64[D]")
    ran_over = (days - days.astype("datetime64[M]")).astype(np.int64) < _RAN_OVER
    if "%S" in pattern:
        ran_over |= booleans(pc.match_substring_regex(texts, ":6[01]"))
    rows = np.flatnonzero((found != NAT) & ran_over)
    for row, text in zip(rows.tolist(), take(texts, rows).to_pylist(), strict=True):
        try:
            datetime.strptime(text, pattern)  # noqa: DTZ007 - only whether it can be read
        except ValueError:
            found[row] = NAT
    return found


def _by_grammar(texts: pa.StringArray, rules: Rules) -> Moments:
    texts = trimmed(texts)
    year_first = pc.extract_regex(texts, YEAR_FIRST)
    values = _moments(year_first, "y", "m", "d", _clock(year_first))
    values = _localised(values, pc.struct_field(year_first, "z"), rules.zone)
    known = Moments({"": values}, valid_rows(texts), _shown(year_first, "t"))
    year_last = pc.extract_regex(texts, YEAR_LAST)
    if year_last.null_count < len(texts):
        clock = _clock(year_last)
        readings = {
            order: np.where(values != NAT, values, _moments(year_last, "y", month, day, clock))
            for order, month, day in (("dmy", "b", "a"), ("mdy", "a", "b"))
        }
        known = Moments(readings, known.filled, known.timed | _shown(year_last, "t"))
    return _completed(known, texts, rules)


def _completed(known: Moments, texts: pa.StringArray, rules: Rules) -> Moments:
    """Read what is left of a column text by text, each distinct one once."""
    left = np.logical_and.reduce([known.filled, *(values == NAT for values in known.by_order.values())])
    rows = np.flatnonzero(left)
    if not len(rows):
        return known
    words = take(texts, rows).dictionary_encode()
    read = [_one(word, rules) for word in words.dictionary.to_pylist()]
    orders = {order for written in read for order in written.by_order} | set(known.by_order)
    wanted = [order for order in ORDERS if order in orders] or [""]
    codes = integers(words.indices, 0)
    by_order = {order: known.values(order).copy() for order in wanted}
    for order, values in by_order.items():
        found = [written.moment(order) for written in read]
        values[rows] = np.array([NAT if m is None else microseconds(m) for m in found], dtype=np.int64)[codes]
    timed, serial = known.timed.copy(), np.zeros(len(texts), dtype=bool)
    timed[rows] = np.array([written.timed for written in read], dtype=bool)[codes]
    serial[rows] = np.array([written.serial for written in read], dtype=bool)[codes]
    return Moments(by_order, known.filled, timed, serial if serial.any() else None)


def _one(text: str, rules: Rules) -> Written:
    """Read one text as the row models do; nothing where it is no date."""
    if rules.patterns and (found := by_pattern(text, rules)):
        return Written({"": found[0]}, found[1])
    return read_date(text, rules.zone, serials=rules.serials) or Written({}, timed=False)


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
    far = zoned & ((np.abs(minutes) > FURTHEST_ZONE) | (values < _FIRST_DAY) | (values >= _LAST_DAY))
    moved = np.where(far, NAT, values)
    zoned &= ~far
    utc = values[zoned] - minutes[zoned] * _MINUTE
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

    return Moments(
        {order: over(values, NAT) for order, values in moments.by_order.items()},
        over(moments.filled, 0),
        over(moments.timed, 0),
        None if moments.serial is None else over(moments.serial, 0),
    )
