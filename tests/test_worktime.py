"""Working time against a simulation that shares no code, against the official schedule, and against worked examples."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from opskpi.errors import SettingsError
from opskpi.model.service import Calendar, Window
from opskpi.worktime import Service, compile_calendar
from opskpi.worktime.official import official_days
from worktime_oracle import Oracle, first_shown

HOME = ZoneInfo("Asia/Shanghai")
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
NAT = int(np.iinfo(np.int64).min)
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clock
HOUR = 3_600_000_000
DAY_WINDOW: tuple[Window, ...] = ((540, 1020),)  # 09:00-17:00
SPLIT: tuple[Window, ...] = ((480, 720), (840, 1080))  # 08:00-12:00, 14:00-18:00
NIGHT: tuple[Window, ...] = ((1320, 1800),)  # 22:00-06:00
ALWAYS = Calendar("7x24", always=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def column(*moments: datetime) -> NDArray[np.int64]:
    return np.array([(moment - EPOCH) // timedelta(microseconds=1) for moment in moments], dtype=np.int64)


def shown(moments: Iterable[Any]) -> list[datetime]:
    return [EPOCH + timedelta(microseconds=int(moment)) for moment in moments]


def weekdays(windows: tuple[Window, ...], name: str = "5x8", **more: Any) -> Calendar:  # noqa: ANN401
    return Calendar(name, windows=(windows,) * 5 + ((),) * 2, **more)


def compiled(calendar: Calendar, home: ZoneInfo = HOME, year: int = 2016) -> Service:
    return compile_calendar(calendar, home, date(year, 1, 1), date(year, 12, 31))


def hours(calendar: Calendar, start: str, stop: str, home: ZoneInfo = HOME) -> float:
    return float(compiled(calendar, home).elapsed(column(at(start)), column(at(stop)))[0] / HOUR)


def due(calendar: Calendar, start: str, amount: float, home: ZoneInfo = HOME) -> str:
    return str(shown(compiled(calendar, home).due(column(at(start)), round(amount * HOUR)))[0])


def workdays(calendar: Calendar, start: str, days: int, *, at_end: bool) -> str:
    return str(shown(compiled(calendar).due_workdays(column(at(start)), days, at_end=at_end))[0])


def official_workdays() -> Callable[[date], bool]:
    """Get what another package knows of China's schedule."""
    package = pytest.importorskip("chinese_calendar", reason="chinesecalendar is not installed")
    known: Callable[[date], bool] = package.is_workday
    return known


# Examples worked out by hand.


def test_the_example_the_published_spreadsheet_formula_gets_wrong() -> None:
    """40 minutes of Thursday, 70 of Friday: 1.8333 h, where the formula says 1.167."""
    assert hours(weekdays(DAY_WINDOW), "2016-03-03 16:20", "2016-03-04 10:10") == pytest.approx(110 / 60)


def test_friday_afternoon_to_tuesday_morning_is_ten_hours() -> None:
    assert hours(weekdays(DAY_WINDOW), "2016-03-04 16:00", "2016-03-08 10:00") == 10


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [
        ("2016-03-07 11:00", "2016-03-07 15:00", 2),  # an hour on each side of the break
        ("2016-03-07 12:30", "2016-03-07 13:30", 0),  # inside it
        ("2016-03-07 07:00", "2016-03-07 20:00", 8),
        ("2016-03-07 17:30", "2016-03-08 08:30", 1),
        ("2016-03-05 09:00", "2016-03-06 18:00", 0),  # a weekend
        ("2016-03-07 11:00", "2016-03-07 11:00", 0),
        ("2016-03-08 11:00", "2016-03-07 11:00", 0),  # stopped before it started
    ],
)
def test_two_windows_a_day(start: str, stop: str, expected: float) -> None:
    assert hours(weekdays(SPLIT), start, stop) == expected


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2016-03-07 11:00", 1, "2016-03-07 12:00:00"),  # the end of a window is in it
        ("2016-03-07 11:00", 1.5, "2016-03-07 14:30:00"),
        ("2016-03-04 17:00", 2, "2016-03-07 09:00:00"),
        ("2016-03-05 03:00", 4, "2016-03-07 12:00:00"),  # begun at night, on a Saturday
        ("2016-03-05 03:00", 0, "2016-03-05 03:00:00"),
        ("2016-12-30 17:00", 8 * 1000, "2020-10-30 17:00:00"),  # a thousand working days
    ],
)
def test_due_moments(start: str, amount: float, expected: str) -> None:
    assert due(weekdays(SPLIT), start, amount) == expected


def test_a_thousand_working_days_counted_apart() -> None:
    assert np.busday_offset(np.datetime64("2016-12-30", "D"), 1000) == np.datetime64("2020-10-30")


def test_a_night_belongs_to_the_day_it_begins_on() -> None:
    """Friday's night runs into Saturday; there is none from Sunday to Monday."""
    nights = weekdays(NIGHT)
    assert hours(nights, "2016-03-04 20:00", "2016-03-07 20:00") == 8
    assert hours(nights, "2016-03-07 00:00", "2016-03-07 06:00") == 0


def test_windows_in_another_zone_than_the_columns() -> None:
    """09:00-17:00 in Berlin are 16:00-24:00 in Shanghai in winter, 15:00-23:00 in summer."""
    berlin = weekdays(DAY_WINDOW, zone="Europe/Berlin")
    assert hours(berlin, "2016-03-07 09:00", "2016-03-07 17:00") == 1
    assert hours(berlin, "2016-07-04 09:00", "2016-07-04 17:00") == 2
    assert due(berlin, "2016-03-07 09:00", 2) == "2016-03-07 18:00:00"


def test_real_time_counts_when_clocks_are_moved() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert hours(ALWAYS, "2016-03-27 00:00", "2016-03-28 00:00", berlin) == 23
    assert hours(ALWAYS, "2016-10-30 00:00", "2016-10-31 00:00", berlin) == 25
    assert hours(ALWAYS, "2016-10-30 02:30", "2016-10-30 03:00", berlin) == 1.5  # the first 02:30
    assert hours(ALWAYS, "2016-03-27 02:15", "2016-03-27 02:45", berlin) == 0  # no clock showed either
    assert due(ALWAYS, "2016-03-27 01:30", 1, berlin) == "2016-03-27 03:30:00"
    assert due(ALWAYS, "2016-03-27 01:30", 0.5, berlin) == "2016-03-27 03:00:00"  # a stop at 03:00 is in time
    assert hours(weekdays(NIGHT, zone="Europe/Berlin"), "2016-03-01 00:00", "2016-03-02 00:00", berlin) == 8
    all_nights = Calendar("nights", windows=(NIGHT,) * 7)
    assert hours(all_nights, "2016-03-26 20:00", "2016-03-27 20:00", berlin) == 7
    assert hours(all_nights, "2016-10-29 20:00", "2016-10-30 20:00", berlin) == 9


@pytest.mark.parametrize(
    ("start", "days", "end", "same_time"),
    [
        ("2016-03-07 10:00", 1, "2016-03-08 18:00:00", "2016-03-08 10:00:00"),
        ("2016-03-07 10:00", 2, "2016-03-09 18:00:00", "2016-03-09 10:00:00"),
        ("2016-03-04 10:00", 2, "2016-03-08 18:00:00", "2016-03-08 10:00:00"),
        ("2016-03-05 10:00", 1, "2016-03-07 18:00:00", "2016-03-08 08:00:00"),  # a Saturday: Monday is the first
        ("2016-03-07 06:00", 1, "2016-03-08 18:00:00", "2016-03-08 08:00:00"),
        ("2016-03-07 13:00", 1, "2016-03-08 18:00:00", "2016-03-08 14:00:00"),
        ("2016-03-07 12:00", 1, "2016-03-08 18:00:00", "2016-03-08 14:00:00"),  # a window's end is outside it
        ("2016-03-04 18:00", 1, "2016-03-07 18:00:00", "2016-03-08 08:00:00"),
        ("2016-03-04 19:00", 1, "2016-03-07 18:00:00", "2016-03-08 08:00:00"),
        ("2016-03-07 10:00", 0, "2016-03-07 18:00:00", "2016-03-07 10:00:00"),
        ("2016-03-05 10:00", 0, "2016-03-07 18:00:00", "2016-03-07 08:00:00"),
        ("2016-12-30 10:00", 1000, "2020-10-30 18:00:00", "2020-10-30 10:00:00"),
    ],
)
def test_working_days(start: str, days: int, end: str, same_time: str) -> None:
    assert workdays(weekdays(SPLIT), start, days, at_end=True) == end
    assert workdays(weekdays(SPLIT), start, days, at_end=False) == same_time


def test_working_days_with_other_windows_than_the_start() -> None:
    """On a short day the time is its next opening, or its end."""
    short = weekdays(SPLIT, days_on={date(2016, 3, 8): ((600, 660), (720, 780))})
    assert workdays(short, "2016-03-07 09:00", 1, at_end=False) == "2016-03-08 10:00:00"
    assert workdays(short, "2016-03-07 11:30", 1, at_end=False) == "2016-03-08 12:00:00"
    assert workdays(short, "2016-03-07 15:00", 1, at_end=False) == "2016-03-08 13:00:00"
    assert workdays(short, "2016-03-07 15:00", 1, at_end=True) == "2016-03-08 13:00:00"


def test_a_night_shift_counts_as_the_day_before() -> None:
    nights = weekdays(NIGHT)
    assert workdays(nights, "2016-03-08 02:00", 1, at_end=True) == "2016-03-09 06:00:00"
    assert workdays(nights, "2016-03-08 02:00", 1, at_end=False) == "2016-03-09 02:00:00"
    assert workdays(nights, "2016-03-08 06:00", 1, at_end=True) == "2016-03-10 06:00:00"
    assert workdays(nights, "2016-03-08 07:00", 1, at_end=True) == "2016-03-10 06:00:00"


def test_a_working_day_of_a_service_that_never_rests_ends_at_midnight() -> None:
    assert workdays(ALWAYS, "2016-03-05 10:00", 2, at_end=True) == "2016-03-08 00:00:00"
    assert workdays(ALWAYS, "2016-03-05 10:00", 2, at_end=False) == "2016-03-07 10:00:00"


# Days.


def test_every_chinese_day_is_as_the_official_schedule_has_it() -> None:
    is_workday = official_workdays()
    calendar = weekdays(SPLIT, country="CN", makeup_windows=SPLIT)
    service = compile_calendar(calendar, HOME, date(2008, 1, 1), date(2026, 12, 31))
    days = [date(2008, 1, 1) + timedelta(days=number) for number in range((date(2027, 1, 1) - date(2008, 1, 1)).days)]
    midnights = column(*(datetime.combine(day, datetime.min.time()) for day in days))
    worked = service.elapsed(midnights, midnights + 24 * HOUR) // HOUR
    expected = [8 if is_workday(day) else 0 for day in days]
    assert [day for day, got, want in zip(days, worked, expected, strict=True) if got != want] == []
    assert service.unofficial_years == frozenset()
    assert not service.unofficial(midnights, midnights + 24 * HOUR).any()


@pytest.mark.parametrize(
    ("day", "makeup", "expected"),
    [
        ("2016-02-06", True, 8),
        ("2016-06-12", True, 8),
        ("2016-10-08", True, 8),
        ("2016-10-08", False, 0),
        ("2016-10-07", True, 0),
        ("2011-12-31", True, 8),  # by the decree about 2012
        ("2016-10-10", False, 8),
    ],
)
def test_chinese_days_everybody_remembers(day: str, makeup: bool, expected: float) -> None:  # noqa: FBT001
    calendar = weekdays(SPLIT, country="CN", makeup_windows=SPLIT, makeup_work=makeup)
    service = compile_calendar(calendar, HOME, at(day).date(), at(day).date())
    midnight = column(at(day))
    assert service.elapsed(midnight, midnight + 24 * HOUR)[0] / HOUR == expected


def test_one_year_s_calendar_has_what_the_next_year_s_decree_moves() -> None:
    assert date(2011, 12, 31) in official_days("CN", None, 2011, 2011).on


def test_a_company_s_own_days_come_before_all_others() -> None:
    saturday, monday, holiday = date(2016, 10, 8), date(2016, 10, 10), date(2016, 10, 7)
    calendar = weekdays(
        SPLIT,
        country="CN",
        makeup_windows=SPLIT,
        days_off=frozenset({saturday, monday}),
        days_on={holiday: ((540, 600),), monday: ((540, 660),)},
    )
    assert hours(calendar, "2016-10-08 00:00", "2016-10-09 00:00") == 0
    assert hours(calendar, "2016-10-07 00:00", "2016-10-08 00:00") == 1
    assert hours(calendar, "2016-10-10 00:00", "2016-10-11 00:00") == 2


def test_a_country_s_own_region() -> None:
    """Epiphany is a holiday in Bavaria and a Wednesday's work in Berlin."""
    bavaria, berlin = (weekdays(DAY_WINDOW, country="DE", region=region) for region in ("BY", "BE"))
    assert hours(bavaria, "2016-01-06 00:00", "2016-01-07 00:00") == 0
    assert hours(berlin, "2016-01-06 00:00", "2016-01-07 00:00") == 8


@pytest.mark.parametrize(("country", "region"), [("XX", None), ("CN", "Nowhere")])
def test_an_unknown_country_or_region_is_said(country: str, region: str | None) -> None:
    with pytest.raises(SettingsError, match=country):
        compiled(weekdays(DAY_WINDOW, country=country, region=region))


def test_years_the_official_calendar_does_not_cover_are_known_to_be_unknown() -> None:
    calendar = weekdays(SPLIT, country="CN", makeup_windows=SPLIT)
    service = compile_calendar(calendar, HOME, date(2026, 1, 1), date(2028, 12, 31))
    assert service.unofficial_years == {2027, 2028}
    start = column(at("2026-12-30"), at("2026-12-30"), at("2026-12-30"), at("2027-05-01"), at("2016-01-01"))
    stop = column(at("2026-12-31"), at("2027-01-01"), at("2027-01-01 00:01"), at("2027-05-01"), at("2016-12-31"))
    assert service.unofficial(start, stop).tolist() == [False, False, True, True, False]
    blank = np.array([NAT], dtype=np.int64)
    assert service.unofficial(blank, column(at("2027-01-05"))).tolist() == [False]


def test_a_year_is_touched_by_the_night_that_began_in_it() -> None:
    nights = Calendar("nights", windows=(NIGHT,) * 7, country="CN")
    service = compile_calendar(nights, HOME, date(2027, 1, 1), date(2028, 12, 31))
    assert compiled(nights).unofficial(column(at("2016-01-01 02:00")), column(at("2016-01-01 03:00"))).tolist() == [
        False
    ]
    assert service.unofficial_years == {2027, 2028}
    early = compile_calendar(nights, HOME, date(2001, 1, 1), date(2001, 12, 31))
    one, other = column(at("2001-01-01 02:00")), column(at("2001-01-01 12:00"))
    assert early.unofficial(one, one + HOUR).tolist() == [True]
    assert early.unofficial(other, other + HOUR).tolist() == [False]


def test_what_is_known_of_other_countries() -> None:
    """Germany's holidays follow from law; Malaysia's wait for the moon, and Taiwan's for a decree."""

    def unknown(country: str) -> frozenset[int]:
        calendar = weekdays(DAY_WINDOW, country=country)
        return compile_calendar(calendar, HOME, date(2016, 1, 1), date(2099, 12, 31)).unofficial_years

    assert unknown("DE") == frozenset()
    assert max(unknown("MY")) == 2099
    assert {2016, 2024}.isdisjoint(unknown("TW"))
    assert 2060 in unknown("TW")


def test_no_country_is_never_unofficial_and_absurd_years_always_are() -> None:
    start, stop = column(at("2050-01-01"), at("9990-01-01")), column(at("2051-01-01"), at("9990-01-02"))
    assert compiled(weekdays(DAY_WINDOW)).unofficial(start, stop).tolist() == [False, True]
    assert compiled(ALWAYS).unofficial(start, stop).tolist() == [False, False]


# Edges of the engine.


def test_blank_in_blank_out() -> None:
    service = compiled(weekdays(DAY_WINDOW))
    start = np.array([NAT, *column(at("2016-03-07 09:00")), NAT], dtype=np.int64)
    stop = np.array([*column(at("2016-03-07 10:00")), NAT, NAT], dtype=np.int64)
    assert service.elapsed(start, stop).tolist() == [NAT, NAT, NAT]
    assert service.due(start, HOUR).tolist() == [NAT, *column(at("2016-03-07 10:00")), NAT]
    assert service.due(stop, np.array([NAT, HOUR, NAT])).tolist() == [NAT, NAT, NAT]
    assert service.due_workdays(start, 1, at_end=True).tolist() == [NAT, *column(at("2016-03-08 17:00")), NAT]
    nothing = np.zeros(0, dtype=np.int64)
    assert len(service.elapsed(nothing, nothing)) == len(service.due(nothing, HOUR)) == 0
    assert len(service.due_workdays(nothing, 1, at_end=False)) == len(service.unofficial(nothing, nothing)) == 0


def test_rows_may_reach_beyond_the_years_compiled() -> None:
    """2020 has 262 weekdays, 2014 to 2016 have 261 each, by NumPy's count."""
    assert hours(weekdays(DAY_WINDOW), "2020-01-01 00:00", "2021-01-01 00:00") == 8 * 262
    counted = np.busday_count("2014-01-01", "2017-01-01")
    assert hours(weekdays(DAY_WINDOW), "2014-01-01 00:00", "2017-01-01 00:00") == 8 * counted


def test_absurd_years_are_clipped() -> None:
    service = compiled(weekdays(DAY_WINDOW))
    far = column(at("9999-12-31 10:00"))
    assert service.elapsed(far, far + HOUR).tolist() == [0]
    assert service.due(far, HOUR).tolist() == far.tolist()
    assert service.due_workdays(far, 1, at_end=True).tolist() == far.tolist()
    assert service.due_workdays(far, 1, at_end=False).tolist() == far.tolist()
    early = column(at("0001-01-01 10:00"))
    assert service.elapsed(early, column(at("1900-01-02 00:00"))).tolist() == [8 * HOUR]  # a Monday
    assert shown(service.due(column(at("2016-01-01")), 600 * 365 * 8 * HOUR)) == [at("2200-01-01")]
    assert compiled(ALWAYS, ZoneInfo("UTC")).elapsed(early, far).tolist() == (far - early).tolist()


def test_a_calendar_without_hours_never_gets_anywhere() -> None:
    never = Calendar("never", days_on={date(2016, 3, 7): DAY_WINDOW})
    assert due(never, "2016-03-01 00:00", 8) == "2016-03-07 17:00:00"
    for service in (compiled(never), compiled(Calendar("never"))):
        start = column(at("2016-03-08 00:00"))
        assert service.elapsed(start, start + 24 * HOUR).tolist() == [0]
        with pytest.raises(SettingsError, match="never"):
            service.due(start, HOUR)
        for at_end in (True, False):
            with pytest.raises(SettingsError, match="never"):
                service.due_workdays(start, 1, at_end=at_end)


def test_windows_that_overlap_count_once() -> None:
    """Friday's night reaches into a Saturday that a company has opened all day."""
    calendar = weekdays(NIGHT, days_on={date(2016, 3, 5): ((0, 1440),)})
    assert hours(calendar, "2016-03-04 00:00", "2016-03-06 00:00") == 6 + 2 + 24


def test_many_short_windows_a_day() -> None:
    """Five minutes of every quarter of an hour."""
    calendar = Calendar("patrol", windows=(tuple((15 * n, 15 * n + 5) for n in range(96)),) * 7)
    assert hours(calendar, "2016-03-07 00:00", "2016-03-08 00:00") == 8
    assert hours(calendar, "2016-03-07 09:50", "2016-03-07 10:18") == pytest.approx(8 / 60)
    assert due(calendar, "2016-03-07 09:50", 1) == "2016-03-07 12:50:00"


def test_a_single_moment_serves_a_whole_column() -> None:
    service = compiled(weekdays(DAY_WINDOW))
    starts = column(at("2016-03-07 09:00"), at("2016-03-07 16:00"))
    as_of = int(column(at("2016-03-08 10:00"))[0])
    assert (service.elapsed(starts, as_of) // HOUR).tolist() == [9, 2]


# Laws and the simulation, over random calendars.


@st.composite
def day_windows(draw: st.DrawFn) -> tuple[Window, ...]:
    """Draw windows of a day that do not overlap; the last may run beyond midnight."""
    edges: list[int] = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    pairs = [(15 * a, 15 * b) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    if pairs and draw(st.sampled_from((True, False))):
        pairs[-1] = (pairs[-1][0], min(1440 + 15 * draw(st.integers(0, 40)), pairs[-1][0] + 1440))
    return tuple(pairs)


ANCHORS = (  # around changes of the clocks in the zones used, and an ordinary week
    at("2016-03-13"),
    at("2016-03-27"),
    at("2016-04-03"),
    at("2016-10-02"),
    at("2016-10-30"),
    at("2016-11-06"),
    at("2016-07-13"),
)


@st.composite
def calendars(draw: st.DrawFn, anchor: datetime, *, bare: bool = False) -> Calendar:
    """Draw a calendar with days off and on around a day."""
    if not bare and not draw(st.integers(0, 7)):
        return ALWAYS
    near = st.integers(-4, 4).map(lambda days: (anchor + timedelta(days=days)).date())
    return Calendar(
        "drawn",
        windows=tuple(draw(st.lists(day_windows(), min_size=7, max_size=7))),
        zone=draw(st.sampled_from((None, *ZONES))),
        days_off=frozenset() if bare else draw(st.frozensets(near, max_size=3)),
        days_on={} if bare else draw(st.dictionaries(near, day_windows(), max_size=2)),
    )


@st.composite
def cases(draw: st.DrawFn, *, bare: bool = False) -> tuple[Calendar, ZoneInfo, list[datetime]]:
    """Draw a calendar, the columns' zone, and three times near one another."""
    anchor = draw(st.sampled_from(ANCHORS))
    second = st.integers(-2 * 86400, 2 * 86400)
    quarter = second.map(lambda number: number // 900 * 900)
    times = [anchor + timedelta(seconds=draw(st.one_of(second, quarter))) for _ in range(3)]
    return draw(calendars(anchor, bare=bare)), ZoneInfo(draw(st.sampled_from(ZONES))), times


def exists(wall: datetime, zone: ZoneInfo) -> bool:
    return first_shown(wall, zone).astimezone(zone).replace(tzinfo=None) == wall


def is_first(wall: datetime, moment: datetime, zone: ZoneInfo) -> bool:
    """Tell whether a time shown is not that of an hour shown for the second time."""
    return first_shown(wall, zone) == moment


@settings(max_examples=80, deadline=None)
@given(cases())
def test_elapsed_is_what_a_simulation_counts(case: tuple[Calendar, ZoneInfo, list[datetime]]) -> None:
    calendar, home, (start, stop, _) = case
    expected = Oracle(calendar, home).elapsed(start, stop)
    got = compiled(calendar, home).elapsed(column(start), column(stop))
    assert timedelta(microseconds=int(got[0])) == expected


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 40 * 3600) | st.integers(0, 40).map(lambda quarters: 900 * quarters))
def test_due_is_where_a_simulation_arrives(case: tuple[Calendar, ZoneInfo, list[datetime]], seconds: int) -> None:
    calendar, home, (start, _, _) = case
    assume(any(calendar.windows) or calendar.always)
    expected = Oracle(calendar, home).due(start, timedelta(seconds=seconds))
    assert shown(compiled(calendar, home).due(column(start), seconds * 1_000_000)) == [expected]


@settings(max_examples=80, deadline=None)
@given(cases(), st.integers(0, 4), st.booleans())
def test_working_days_are_what_a_simulation_finds(
    case: tuple[Calendar, ZoneInfo, list[datetime]],
    days: int,
    at_end: bool,  # noqa: FBT001
) -> None:
    calendar, home, (start, _, _) = case
    assume(any(calendar.windows) or calendar.always)
    expected = Oracle(calendar, home).due_workdays(start, days, at_end=at_end)
    assert shown(compiled(calendar, home).due_workdays(column(start), days, at_end=at_end)) == [expected]


@settings(max_examples=100, deadline=None)
@given(cases())
def test_the_laws_of_elapsed_and_due(case: tuple[Calendar, ZoneInfo, list[datetime]]) -> None:
    calendar, home, times = case
    service = compiled(calendar, home)
    a, b, c = (column(moment) for moment in sorted(times))
    assert service.elapsed(a, b)[0] + service.elapsed(b, c)[0] == service.elapsed(a, c)[0]
    assert service.elapsed(a, a)[0] == 0
    assert service.elapsed(c, a)[0] == 0
    assert (
        0
        <= service.elapsed(a, c)[0]
        <= (first_shown(max(times), home) - first_shown(min(times), home)) / timedelta(microseconds=1)
    )
    amount = service.elapsed(a, c)
    reached = service.due(a, amount)
    if exists(max(times), home):
        assert reached[0] <= c[0]
    back = shown(reached)[0]
    twice = first_shown(back, home) != back.replace(tzinfo=home, fold=1).astimezone(UTC)
    if exists(back, home) and not twice:
        assert service.elapsed(a, reached)[0] == amount[0]


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_service_that_never_rests_is_real_time(case: tuple[Calendar, ZoneInfo, list[datetime]]) -> None:
    _, home, times = case
    start, stop = min(times), max(times)
    real = first_shown(stop, home) - first_shown(start, home)
    for calendar in (ALWAYS, Calendar("whole days", windows=(((0, 1440),),) * 7)):
        got = compiled(calendar, home).elapsed(column(start), column(stop))
        assert timedelta(microseconds=int(got[0])) == real


@settings(max_examples=60, deadline=None)
@given(cases(bare=True), st.integers(-60, 60))
def test_a_week_earlier_or_later_is_the_same(case: tuple[Calendar, ZoneInfo, list[datetime]], weeks: int) -> None:
    """In one zone that does not move its clocks, on a calendar without days of its own."""
    drawn, _, (start, stop, _) = case
    service = compiled(Calendar("weekly", windows=drawn.windows))
    shift = 7 * 24 * HOUR * weeks
    a, b = column(start), column(stop)
    assert service.elapsed(a + shift, b + shift)[0] == service.elapsed(a, b)[0]
    if any(drawn.windows):
        assert service.due(a + shift, 5 * HOUR)[0] == service.due(a, 5 * HOUR)[0] + shift


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 20 * 86400), st.integers(0, 4 * 86400))
def test_spans_over_the_golden_week_are_what_a_simulation_counts(offset: int, length: int) -> None:
    is_workday = official_workdays()
    calendar = weekdays(SPLIT, country="CN", makeup_windows=SPLIT)
    start = at("2016-09-25") + timedelta(seconds=offset)
    stop = start + timedelta(seconds=length)
    expected = Oracle(calendar, HOME, works=is_workday).elapsed(start, stop)
    got = compiled(calendar).elapsed(column(start), column(stop))
    assert timedelta(microseconds=int(got[0])) == expected


def test_a_column_is_its_rows() -> None:
    """Rows are measured alike alone and together, in any order."""
    service = compiled(weekdays(SPLIT, country="CN", makeup_windows=SPLIT))
    draw = np.random.default_rng(4)
    start = column(at("2016-01-01"))[0] + draw.integers(0, 366 * 86400, 500) * 1_000_000
    stop = start + draw.integers(-86400, 10 * 86400, 500) * 1_000_000
    together = service.elapsed(start, stop)
    assert [
        int(service.elapsed(start[row : row + 1], stop[row : row + 1])[0]) for row in range(500)
    ] == together.tolist()
    ends = service.due(start, HOUR)
    assert [int(service.due(start[row : row + 1], HOUR)[0]) for row in range(500)] == ends.tolist()
