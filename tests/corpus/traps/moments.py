"""Traps of dates and times: every form people and tools write them in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from corpus.clothing import Clothing
from corpus.formats import BOOKS, SHEETS
from corpus.formats.xlsx import serial
from corpus.grids import DAYS, MOMENTS, Cell, Grid
from corpus.traps import Family, Stage

trap = Family("Dates and times")

Write: TypeAlias = Callable[[datetime], Cell]
_EAST = timedelta(hours=8)
_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"})


def written(clothing: Clothing, moment: Write, day: Write) -> Clothing:
    """Write every moment in one form, and every day in another."""

    def on_day(cell: Cell) -> Cell:
        return day(datetime.combine(cell, datetime.min.time())) if isinstance(cell, date) else cell

    def change(grid: Grid) -> Grid:
        for column in MOMENTS:
            grid = grid.mapped(column, lambda cell: moment(cell) if isinstance(cell, datetime) else cell)
        for column in DAYS:
            grid = grid.mapped(column, on_day)
        return grid

    return clothing.each_grid(change)


def _twelve(at: datetime) -> str:
    """Write the time of day with twelve hours."""
    return f"{at.hour % 12 or 12}:{at.minute:02} {'PM' if at.hour >= 12 else 'AM'}"


def _half_day(at: datetime) -> str:
    return f"{'下午' if at.hour >= 12 else '上午'}{at.hour % 12 or 12}:{at.minute:02}"


def _shifted(at: datetime, zone: str, hours: int) -> str:
    return f"{(at - _EAST + timedelta(hours=hours)).isoformat('T', 'seconds')}{zone}"


def _day_first(at: datetime) -> str:
    return f"{at.day}/{at.month}/{at.year}"


def _month_first(at: datetime) -> str:
    return f"{at.month}/{at.day}/{at.year}"


def _clock(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02}"


_FORMS: tuple[tuple[str, Write, Write], ...] = (
    (
        "2016年3月5日 9时5分",
        lambda at: f"{at.year}年{at.month}月{at.day}日 {at.hour}时{at.minute}分",
        lambda at: f"{at.year}年{at.month}月{at.day}日",
    ),
    (
        "2016/3/5 9:05",
        lambda at: f"{at.year}/{at.month}/{at.day} {_clock(at)}",
        lambda at: f"{at.year}/{at.month}/{at.day}",
    ),
    ("2016-03-05T09:05:00", lambda at: at.isoformat("T"), lambda at: at.date().isoformat()),
    ("2016-03-05 09:05:00.000", lambda at: f"{at.isoformat(' ')}.000", lambda at: at.date().isoformat()),
    ("12/Mar/16 4:33 PM", lambda at: f"{at:%d/%b/%y} {_twelve(at)}", lambda at: f"{at:%d/%b/%y}"),
    (
        "March 5, 2016 9:05 AM",
        lambda at: f"{at:%B} {at.day}, {at.year} {_twelve(at)}",
        lambda at: f"{at:%b} {at.day}, {at.year}",
    ),
    ("2016-03-05T09:05:00+08:00", lambda at: _shifted(at, "+08:00", 8), lambda at: at.date().isoformat()),
    ("2016-03-05T01:05:00Z", lambda at: _shifted(at, "Z", 0), lambda at: at.date().isoformat()),
    ("2016-03-04T20:05:00-0500", lambda at: _shifted(at, "-0500", -5), lambda at: at.date().isoformat()),
    ("day first, proved by the column", lambda at: f"{_day_first(at)} {_clock(at)}", _day_first),
    ("month first, proved by the column", lambda at: f"{_month_first(at)} {_twelve(at)}", _month_first),
    ("05.03.2016 09:05", lambda at: f"{at:%d.%m.%Y %H:%M}", lambda at: f"{at:%d.%m.%Y}"),
    ("2016-03-05 上午9:05", lambda at: f"{at:%Y-%m-%d} {_half_day(at)}", lambda at: f"{at:%Y-%m-%d}"),
    (
        "2016年3月5日 下午 4:33",
        lambda at: f"{at.year}年{at.month}月{at.day}日 {_half_day(at)}",
        lambda at: f"{at:%Y年%m月%d日}",
    ),
    ("20160305 and 201603050905", lambda at: f"{at:%Y%m%d%H%M}", lambda at: f"{at:%Y%m%d}"),
    (
        "full-width digits",
        lambda at: at.isoformat(" ", "minutes").translate(_WIDE),
        lambda at: at.date().isoformat().translate(_WIDE),
    ),
    ("serial numbers as text (42434.5)", lambda at: f"{serial(at):.6f}", lambda at: f"{serial(at):.0f}"),
)


def _forms() -> None:
    for name, moment, day in _FORMS:

        @trap(f"dates as text: {name}" if not name.startswith("serial") else name, SHEETS, Stage.CELLS, "dates")
        def _(clothing: Clothing, moment: Write = moment, day: Write = day) -> Clothing:
            return written(clothing, moment, day)


_forms()


@trap("serial numbers without a date format", BOOKS, Stage.CELLS, "dates")
def bare_serials(clothing: Clothing) -> Clothing:
    """Lose the date format, so that 42434.5 stands in the cell."""
    return written(clothing, serial, lambda at: round(serial(at)))


@trap("dates and texts of dates in one column", BOOKS, Stage.CELLS, "dates")
def half_text(clothing: Clothing) -> Clothing:
    """Leave every second date a text, as pasted rows are."""
    turn = iter(range(10_000))

    def moment(at: datetime) -> Cell:
        return at if next(turn) % 2 else at.isoformat(" ", "minutes")

    return written(clothing, moment, lambda at: at.date() if next(turn) % 2 else at.date().isoformat())


@trap("ISO dates of several lengths in one column", SHEETS, Stage.CELLS, "dates")
def several_lengths(clothing: Clothing) -> Clothing:
    """Write seconds here, a T there, a slash elsewhere."""
    forms: tuple[Callable[[datetime], str], ...] = (
        lambda at: at.isoformat(" "),
        lambda at: at.isoformat("T", "minutes"),
        lambda at: f"{at.year}/{at.month}/{at.day} {_clock(at)}",
        lambda at: f"{at.year}-{at.month}-{at.day} {at.hour:02}:{at.minute:02}",
    )
    turn = iter(range(10_000))

    def moment(at: datetime) -> Cell:
        write = forms[next(turn) % len(forms)]
        return write(at)

    return written(clothing, moment, lambda at: at.date().isoformat())


@trap("days counted from 1904", ("xlsx", "xls"), Stage.CELLS, "dates", "epoch")
def from_1904(clothing: Clothing) -> Clothing:
    """Count days as old Macs did."""
    return clothing.dressed(date_1904=True)


@trap("day first in two digits, declared by the source", SHEETS, Stage.CELLS, "dates", "mapping")
def declared(clothing: Clothing) -> Clothing:
    """Write what no column can prove, and say which is meant."""
    mapping = "source: ours\nextends: standard\ndates: dmy\n"
    told = written(clothing, lambda at: f"{at:%d/%m/%y %H:%M}", lambda at: f"{at:%d/%m/%y}")
    return replace(told, mapping=mapping)
