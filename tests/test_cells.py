"""Cells: dates, numbers and durations in every dress people give them, against values written by hand."""

from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from opskpi.tables.dates import read_date
from opskpi.tables.numbers import read_duration, read_number
from opskpi.tables.words import is_error

HOME = ZoneInfo("Asia/Shanghai")


def at(*parts: int) -> datetime:
    """Make a wall-clock moment."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-03-05", at(2016, 3, 5)),
        ("2016-03-05 09:05:07", at(2016, 3, 5, 9, 5, 7)),
        ("2016-03-05T09:05:07.25", at(2016, 3, 5, 9, 5, 7, 250000)),
        ("2016-03-05 09:05:07,250", at(2016, 3, 5, 9, 5, 7, 250000)),
        ("2016/3/5 9:05", at(2016, 3, 5, 9, 5)),
        ("2016.3.5", at(2016, 3, 5)),
        ("2016年3月5日", at(2016, 3, 5)),
        ("2016年3月5日 9时5分", at(2016, 3, 5, 9, 5)),
        ("2016年3月5日9时5分7秒", at(2016, 3, 5, 9, 5, 7)),
        ("2016年3月5日 9点05分", at(2016, 3, 5, 9, 5)),
        ("２０１６－０３－０５　０９：０５", at(2016, 3, 5, 9, 5)),
        ("2016-03-05\xa009:05", at(2016, 3, 5, 9, 5)),
        ("2016/3/5 下午 4:33:00", at(2016, 3, 5, 16, 33)),
        ("2016/3/5 上午12:10", at(2016, 3, 5, 0, 10)),
        ("2016/3/5 4:33 下午", at(2016, 3, 5, 16, 33)),
        ("2016/3/5 16:33 下午", at(2016, 3, 5, 16, 33)),
        ("12/Mar/21 4:33 PM", at(2021, 3, 12, 16, 33)),
        ("12-Mar-2021 12:00 AM", at(2021, 3, 12)),
        ("12-Sept-2021", at(2021, 9, 12)),
        ("Mar 5, 2016 12:05 p.m.", at(2016, 3, 5, 12, 5)),
        ("March 5th, 2016", at(2016, 3, 5)),
        ("Sat, 5 Mar 2016 09:05:07", at(2016, 3, 5, 9, 5, 7)),
        ("2016-Mar-05", at(2016, 3, 5)),
        ("20160305", at(2016, 3, 5)),
        ("20160305090507", at(2016, 3, 5, 9, 5, 7)),
        ("2016-03-05T02:00:00Z", at(2016, 3, 5, 10)),
        ("2016-03-05 02:00 UTC", at(2016, 3, 5, 10)),
        ("2016-03-05 02:00:00 +0100", at(2016, 3, 5, 9)),
        ("2016-03-05T02:00-03:30", at(2016, 3, 5, 13, 30)),
        ("2016/03/05 9:05:00 PM GMT+9", at(2016, 3, 5, 20, 5)),
        ("42434", at(2016, 3, 5)),
        ("42434.3785", at(2016, 3, 5, 9, 5, 2)),
        ("29/2/2016 01:16", at(2016, 2, 29, 1, 16)),
        ("02-29-2016", at(2016, 2, 29)),
        ("29.2.16", at(2016, 2, 29)),
    ],
)
def test_a_date_in_any_form(text: str, expected: datetime) -> None:
    written = read_date(text, HOME)
    assert written is not None
    assert expected in set(written.by_order.values())


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("5/3/2016", {"dmy": at(2016, 3, 5), "mdy": at(2016, 5, 3)}),
        ("13/3/2016", {"dmy": at(2016, 3, 13)}),
        ("3/13/2016", {"mdy": at(2016, 3, 13)}),
        ("5/3/16", {"dmy": at(2016, 3, 5), "mdy": at(2016, 5, 3)}),  # no year has one digit
        ("05/03/16", {"dmy": at(2016, 3, 5), "mdy": at(2016, 5, 3), "ymd": at(2005, 3, 16)}),
        ("16-03-31", {"ymd": at(2016, 3, 31), "dmy": at(2031, 3, 16)}),
        ("2016/3/5", {"": at(2016, 3, 5)}),
    ],
)
def test_every_order_the_numbers_allow_is_kept(text: str, orders: dict[str, datetime]) -> None:
    written = read_date(text, HOME)
    assert written is not None
    assert dict(written.by_order) == orders


@pytest.mark.parametrize(
    "text",
    [
        "35",  # minutes, not a day of 1900
        "9999.5",
        "2016-02-30",
        "2016-13-01",
        "20160230",
        "13:05",
        "2016-03-05 25:00",
        "2016-03-05 13:05 AM",
        "5 Foo 2016",
        "2016-03-05 09:05 CST",  # China's, or Chicago's
        "1900-01-01 2:30 x",
        "明天",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert read_date(text, HOME) is None


def test_a_book_counting_from_1904_gives_no_dates_by_number() -> None:
    assert read_date("42434", HOME, serials=False) is None


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("4.5", ".", Fraction(9, 2)),
        ("4,5", ",", Fraction(9, 2)),
        ("1,234.5", ".", Fraction(2469, 2)),
        ("1.234,5", ",", Fraction(2469, 2)),
        ("1 234", ".", Fraction(1234)),
        ("12,345,678", ".", Fraction(12345678)),
        ("95.5%", ".", Fraction(955, 1000)),
        ("0.955", ".", Fraction(955, 1000)),
        ("４．５", ".", Fraction(9, 2)),
        ("−3", ".", Fraction(-3)),
        ("+3", ".", Fraction(3)),
        ("166.666666666667", ".", Fraction(166666666666667, 10**12)),
    ],
)
def test_a_number_in_any_dress(text: str, decimal: str, expected: Fraction) -> None:
    assert read_number(text, "number", decimal) == expected


@pytest.mark.parametrize("text", ["4,5", "12,34", "1,2345", "1e3", "NaN", "", "5 分", "1.2.3", "12345678901", "٣"])
def test_what_is_no_number(text: str) -> None:
    assert read_number(text) is None


def test_units_after_scores_and_counts_are_dress() -> None:
    assert read_number("4.5分", "score") == Fraction(9, 2)
    assert read_number("5 星", "score") == 5
    assert read_number("3 次", "whole") == 3
    assert read_number("3 次", "score") is None


@pytest.mark.parametrize(
    ("text", "unit", "minutes"),
    [
        ("90", "minutes", Fraction(90)),
        ("90", "seconds", Fraction(3, 2)),
        ("1.5", "hours", Fraction(90)),
        ("2:30", "minutes", Fraction(150)),
        ("26:30:00", "minutes", Fraction(1590)),
        ("0:00:20", "minutes", Fraction(1, 3)),
        ("2h 30m", "minutes", Fraction(150)),
        ("2 hrs, 5 min 30 sec", "minutes", Fraction(251, 2)),
        ("2小时30分钟", "minutes", Fraction(150)),
        ("90 秒", "minutes", Fraction(3, 2)),
        ("1.5h", "minutes", Fraction(90)),
        ("PT2H30M", "minutes", Fraction(150)),
        ("-7:26", "minutes", Fraction(-446)),
        ("-2h 30m", "minutes", Fraction(-150)),
        ("1,234", "minutes", Fraction(1234)),
    ],
)
def test_a_duration_in_any_dress(text: str, unit: str, minutes: Fraction) -> None:
    assert read_duration(text, unit) == minutes


@pytest.mark.parametrize("text", ["1d 2h", "2 days", "3天", "1 day, 2:00:00", "1w", "2个工作日"])
def test_a_day_of_a_duration_is_refused(text: str) -> None:
    assert read_duration(text) == "days_in_duration"


@pytest.mark.parametrize("text", ["", "abc", "2:75", "1900-01-01 02:30:00", "h"])
def test_what_is_no_duration(text: str) -> None:
    assert read_duration(text) == "not_a_duration"


@pytest.mark.parametrize(
    "text", ["#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#####", "Err:502"]
)
def test_error_cells_by_what_they_show(text: str) -> None:
    assert is_error(text)


@pytest.mark.parametrize("text", ["#1", "#标题", "N/A", "Error", "Err:5", ""])
def test_texts_that_are_no_errors(text: str) -> None:
    assert not is_error(text)
