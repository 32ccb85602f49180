"""Service times in the plan: calendars, limits, and what is said of those that cannot be meant."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest

from opskpi import COUNTING
from opskpi.documents import read_document, validate
from opskpi.errors import SettingsError
from opskpi.model.service import Calendar, Limit, LimitRule
from opskpi.targets.plan import Plan

#: Thirteen lines; what is judged by a service level, and what is not.
HEAD = """plan: 计划
period: 2016
indicators:
  judged:
    name: 甲
    table: tickets
    period_by: created_at
    value: share(sla_met and response_met)
  counted:
    name: 乙
    table: tickets
    period_by: created_at
    value: count()
"""
#: The whole of a working day with a break, in minutes from midnight.
BREAK = ((540, 720), (780, 1080))
WEEK = (BREAK,) * 5 + ((), ())
CALENDARS = "calendars:\n  7x24: always\n  5x8: {hours: {mon-fri: [09:00-12:00, 13:00-18:00]}}\n"


def read(text: str) -> Plan:
    """Read a plan from what follows the indicators."""
    return validate(read_document((HEAD + text).encode(), "plan.yaml"), Plan)


def mistakes(text: str, language: str = "en") -> list[str]:
    """Read a plan that is wrong, and give its sentences without the name of the file."""
    with pytest.raises(SettingsError) as caught:
        read(text)
    return [each.text(language).removeprefix("plan.yaml:") for each in caught.value.messages]


def calendar(settings: str) -> Calendar:
    """Read one calendar written in YAML's flow style."""
    return read(f"calendars:\n  a: {settings}\n").service_calendars["a"]


def week(hours: str) -> tuple[object, ...]:
    """Read hours, and give the windows from Monday on."""
    return calendar(f"{{hours: {hours}}}").windows


def rules(*lines: str) -> tuple[LimitRule, ...]:
    """Read rules over two calendars."""
    return read(CALENDARS + "sla:\n" + "".join(f"  - {{{line}}}\n" for line in lines)).limit_rules


def limit(text: str) -> Limit | None:
    """Read one limit."""
    return rules(f"calendar: 7x24, resolve: {text}")[0].resolve


def test_a_calendar_with_everything_is_read() -> None:
    said = """calendars:
  7x24: always
  5x8:
    country: CN
    zone: Asia/Shanghai
    hours:
      mon-fri: ["09:00-12:00", "13:00-18:00"]
      sat: "09:00-12:00"
    makeup_days: off
    days_off: [2016-12-31, 2016-02-05..2016-02-07]
    days_on:
      2016-12-24: ["10:00-12:00"]
      2016-12-25:
"""
    assert read(said).service_calendars == {
        "7x24": Calendar("7x24", always=True),
        "5x8": Calendar(
            "5x8",
            windows=(BREAK, BREAK, BREAK, BREAK, BREAK, ((540, 720),), ()),
            country="CN",
            zone="Asia/Shanghai",
            makeup_work=False,
            makeup_windows=BREAK,
            days_off=frozenset({date(2016, 12, 31), date(2016, 2, 5), date(2016, 2, 6), date(2016, 2, 7)}),
            days_on={date(2016, 12, 24): ((600, 720),), date(2016, 12, 25): BREAK},
        ),
    }


def test_without_service_times_there_are_none() -> None:
    for text in ("", "calendars:\nsla:\n", "calendars: {}\nsla: []\n"):
        plan = read(text)
        assert (plan.service_calendars, plan.limit_rules, plan.missing_response) == ({}, (), None)


def test_what_is_not_said_of_a_calendar() -> None:
    found = calendar("{hours: {wed: 08:00-10:00, sat-sun: 09:00-10:00}}")
    eight, nine = ((480, 600),), ((540, 600),)
    assert found == Calendar("a", windows=((), (), eight, (), (), nine, nine), makeup_windows=eight)
    assert found.makeup_work
    assert calendar("ALWAYS") == Calendar("a", always=True)


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("mon", "1000000"),
        ("Monday", "1000000"),
        ("mon-fri", "1111100"),
        ("mon,wed", "1010000"),
        ("mon-tue, sun", "1100001"),
        ("fri-mon", "1000111"),
        ("daily", "1111111"),
        ("每天", "1111111"),
        ("周一-周五", "1111100"),
        ("周一至周五", "1111100"),
        ("周一到五", "1111100"),
        ("星期六、星期天", "0000011"),
        ("周日", "0000001"),
    ],
)
def test_days_are_read_as_people_write_them(written: str, days: str) -> None:
    assert week(f'{{"{written}": 09:00-10:00}}') == tuple(((540, 600),) if day == "1" else () for day in days)


@pytest.mark.parametrize(
    ("written", "windows"),
    [
        ("09:00-18:00", ((540, 1080),)),
        ("9:00-18:30", ((540, 1110),)),
        ('"09：00～18：00"', ((540, 1080),)),
        ("09:00至18:00", ((540, 1080),)),
        ("22:00-06:00", ((1320, 1800),)),
        ("22:00-次日6:00", ((1320, 1800),)),
        ("00:00-24:00", ((0, 1440),)),
        ("18:00-24:00", ((1080, 1440),)),
        ("18:00-00:00", ((1080, 1440),)),
        ('"13:00-18:00, 09:00-12:00"', BREAK),
        ("[13:00-18:00, 09:00-12:00]", BREAK),
        ("[09:00-12:00, 12:00-13:00]", ((540, 720), (720, 780))),
        ("[22:00-06:00, 06:00-07:00]", ((360, 420), (1320, 1800))),
    ],
)
def test_windows_are_read_as_people_write_them(written: str, windows: tuple[object, ...]) -> None:
    assert week(f"{{daily: {written}}}") == (windows,) * 7


def test_a_night_may_follow_a_night_and_end_where_the_next_window_begins() -> None:
    night, morning = (1320, 1800), (360, 480)
    assert week("{mon-thu: 22:00-06:00, fri: [06:00-08:00, 22:00-06:00]}") == (
        ((night,),) * 4 + ((morning, night),) + ((), ())
    )
    assert week("{mon: [00:00-05:00, 22:00-06:00]}")[0] == ((0, 300), night)


def test_days_on_may_be_a_list_a_date_or_a_stretch() -> None:
    for written in ("[2016-12-24, 2016-12-25]", "2016-12-24..2016-12-25", "{2016-12-24, 2016-12-25}"):
        found = calendar(f"{{hours: {{mon-fri: [09:00-12:00, 13:00-18:00]}}, days_on: {written}}}")
        assert found.days_on == {date(2016, 12, 24): BREAK, date(2016, 12, 25): BREAK}


@pytest.mark.parametrize(
    ("written", "country", "region"),
    [("cn", "CN", None), ("CHN", "CN", None), ("DE, region: by", "DE", "BY"), ("DE, region: Bayern", "DE", "BY")],
)
def test_countries_and_regions_get_their_codes(written: str, country: str, region: str | None) -> None:
    found = calendar(f"{{country: {written}, hours: {{mon: 09:00-10:00}}}}")
    assert (found.country, found.region) == (country, region)


@pytest.mark.parametrize(
    ("written", "minutes"),
    [
        ("15m", 15),
        ("15 min", 15),
        ("1.5h", 90),
        ("0.1m", Fraction(1, 10)),
        ("4h30m", 270),
        ("4 hours 30 minutes", 270),
        ("15分钟", 15),
        ("15分", 15),
        ("4小时", 240),
        ("4个小时", 240),
        ("１小时30分", 90),
    ],
)
def test_limits_of_minutes(written: str, minutes: Fraction) -> None:
    assert limit(written) == Limit(Fraction(minutes), text=written)


@pytest.mark.parametrize(
    ("written", "days"),
    [("2wd", 2), ("2 个工作日", 2), ("3工作日", 3), ("1 working day", 1), ("10 workdays", 10)],
)
def test_limits_of_working_days(written: str, days: int) -> None:
    assert limit(written) == Limit(workdays=days, text=written)


def test_rules_are_read_in_their_order() -> None:
    assert rules(
        "type: incident, priority: P1, calendar: 7x24, respond: 15m, resolve: 4h",
        "type: [事件, 服务请求], priority: [P1, 二级], project: 某行【总部】, calendar: 5x8, resolve: 2wd",
        "project: [甲, 乙], calendar: 5x8, respond: 30m, resolve: 1wd, workdays: same_time",
        "calendar: 5x8, respond: 1h, workdays: end",
    ) == (
        LimitRule(
            "7x24",
            frozenset({"incident"}),
            frozenset({"P1"}),
            respond=Limit(Fraction(15), text="15m"),
            resolve=Limit(Fraction(240), text="4h"),
            line=1,
            at="plan.yaml:18",
        ),
        LimitRule(
            "5x8",
            frozenset({"incident", "request"}),
            frozenset({"P1", "二级"}),
            frozenset({"某行【总部】"}),
            resolve=Limit(workdays=2, text="2wd"),
            line=2,
            at="plan.yaml:19",
        ),
        LimitRule(
            "5x8",
            projects=frozenset({"甲", "乙"}),
            respond=Limit(Fraction(30), text="30m"),
            resolve=Limit(workdays=1, at_end=False, text="1wd"),
            line=3,
            at="plan.yaml:20",
        ),
        LimitRule("5x8", respond=Limit(Fraction(60), text="1h"), line=4, at="plan.yaml:21"),
    )


def test_a_missing_response_is_stated_or_not() -> None:
    assert [read(f"missing_response: {word}\n").missing_response for word in ("miss", "exclude", "reject")] == [
        "miss",
        "exclude",
        "reject",
    ]
    assert "missing_response cannot be mis; did you mean miss?" in mistakes("missing_response: mis\n")[0]


def test_an_indicator_may_be_judged_by_limits_or_durations() -> None:
    hashes = set()
    for basis in ("limit", "due", "duration", "flag"):
        plan = validate(read_document((HEAD + f"    judged_by: {basis}\n").encode(), "plan.yaml"), Plan)
        assert plan.indicators["counted"].definitions[""].judged_by == basis
        hashes.add(plan.indicators["counted"].rule_sha256)
    assert len(hashes) == 4


BAD_CALENDARS = [
    # what stands after `a: `, at which column of line 15 (it begins at 6), what is said
    ("{hours: {mon: [09:00-12:00, 11:00-13:00]}}", "34:", "the windows 09:00-12:00 and 11:00-13:00 overlap"),
    ("{hours: {mon: [11:00-13:00, 09:00-12:00]}}", "21:", "the windows 09:00-12:00 and 11:00-13:00 overlap"),
    ("{hours: {mon: '09:00-12:00, 11:00-13:00'}}", "34:", "the windows 09:00-12:00 and 11:00-13:00 overlap"),
    ("{hours: {daily: [22:00-06:00, 05:00-08:00]}}", "36:", "22:00-06:00 runs past midnight and overlaps 05:00-08:00"),
    ("{hours: {sun: 22:00-02:00, mon: 01:00-08:00}}", "38:", "22:00-02:00 runs past midnight and overlaps 01:00"),
    ("{hours: {mon: 18:00}}", "20:", "18:00 is no window; write it like 09:00-18:00"),
    ("{hours: {mon: 9-18}}", "20:", "9-18 is no window"),
    ("{hours: {mon: 09:00-09:00}}", "20:", "ends when it begins; the whole day is 00:00-24:00"),
    ("{hours: {mon: 24:00-09:00}}", "20:", "24:00-09:00 is no window"),
    ("{hours: {mon: 09:00-25:00}}", "20:", "25:00 is no time of day"),
    ("{hours: {mon: 09:75-18:00}}", "20:", "09:75 is no time of day"),
    ("{hours: {mon: 09:00-24:01}}", "20:", "24:01 is no time of day"),
    ("{hours: {mon: }}", "19:", "windows are wanted here"),
    ("{hours: {mon: []}}", "20:", "windows are wanted here"),
    ("{hours: {mon: {from: 09:00}}}", "20:", "a text is wanted here"),
    ("{hours: {mond: 09:00-10:00}}", "15:", "mond is no day of the week; did you mean mon?"),
    ("{hours: {mon-fry: 09:00-10:00}}", "15:", "fry is no day of the week; did you mean fri?"),
    ("{hours: {'mon, fry': 09:00-10:00}}", "20:", "fry is no day of the week"),
    ("{hours: {周八: 09:00-10:00}}", "15:", "周八 is no day of the week; known are: mon, tue, wed, thu, fri, sat"),
    ("{hours: {mon-fri: 09:00-10:00, wed: 09:00-12:00}}", "37:", "wed stands under mon-fri already"),
    ("{hours: {}}", "14:", "hours wants days with their windows"),
    ("{hours: }", "13:", "hours wants days with their windows"),
    ("{hours: 09:00-18:00}", "14:", "hours wants days with their windows"),
    ("{country: CN}", "6:", "the key hours is missing"),
    ("{cuntry: CN, hours: {mon: 09:00-10:00}}", "7:", "unknown key cuntry; did you mean country?"),
    ("7x24", "6:", "a calendar is the word always, or keys"),
    ("", "6:", "this calendar says nothing yet; write always, or keys"),
    ("[always]", "6:", "a calendar is the word always, or keys"),
    ("{country: Chinna, hours: {mon: 09:00-10:00}}", "16:", "a country Chinna; did you mean CN?"),
    ("{country: China, hours: {mon: 09:00-10:00}}", "16:", "a country China; did you mean CN?"),
    ("{country: 中国, hours: {mon: 09:00-10:00}}", "16:", "a country 中国; write its two letters, like CN"),
    ("{country: DE, region: Bayer, hours: {mon: 09:00-10:00}}", "28:", "DE has no region Bayer with"),
    ("{country: CN, region: GD, hours: {mon: 09:00-10:00}}", "28:", "no holidays are known for regions of CN"),
    ("{region: BY, hours: {mon: 09:00-10:00}}", "15:", "region says nothing without a country"),
    ("{makeup_days: off, hours: {mon: 09:00-10:00}}", "20:", "makeup_days says nothing without a country"),
    ("{country: CN, makeup_days: of, hours: {mon: 09:00-10:00}}", "33:", "cannot be of; did you mean off?"),
    ("{zone: Asia/Shanghia, hours: {mon: 09:00-10:00}}", "13:", "unknown time zone Asia/Shanghia"),
    ("{days_off: 2016-02-30, hours: {mon: 09:00-10:00}}", "17:", "2016-02-30 is no date"),
    ("{days_off: [2016-02-01, 31.12.2016], hours: {mon: 09:00-10:00}}", "30:", "31.12.2016 is no date"),
    ("{days_off: 2016-02-05..2016-02-01, hours: {mon: 09:00-10:00}}", "17:", "ends before it begins"),
    ("{days_off: 2016-02-05..2106-02-06, hours: {mon: 09:00-10:00}}", "17:", "longer than ten years"),
    ("{days_off: [], days_on: [soon], hours: {mon: 09:00-10:00}}", "31:", "soon is no date"),
    ("{days_on: {2016-13-01: }, hours: {mon: 09:00-10:00}}", "17:", "2016-13-01 is no date"),
    ("{days_on: {2016-12-01: 9}, hours: {mon: 09:00-10:00}}", "29:", "9 is no window"),
    (
        "{days_on: {2016-12-01..2016-12-03: , 2016-12-02: }, hours: {mon: 09:00-10:00}}",
        "43:",
        "2016-12-02 stands here a second time",
    ),
    (
        "{days_off: 2016-12-01, days_on: 2016-12-01, hours: {mon: 09:00-10:00}}",
        "38:",
        "2016-12-01 stands under days_off and under days_on",
    ),
]


@pytest.mark.parametrize(("settings", "column", "words"), BAD_CALENDARS)
def test_a_calendar_that_cannot_be_meant(settings: str, column: str, words: str) -> None:
    (said,) = mistakes(f"calendars:\n  a: {settings}\n")
    assert said.startswith(f"15:{column}")
    assert words in said


BAD_LIMITS = [
    ("2d", "2d can be 24 hours a day or working days; write 48h or 2wd"),
    ("2 天", "write 48h or 2wd"),
    ("3日", "write 72h or 3wd"),
    ("1.5 days", "write 36h or 2wd"),
    ("2d4h", "2d can be 24 hours a day or working days"),
    ("0m", "the limit 0m leaves no time"),
    ("0wd", "leaves no time"),
    ("-5m", "the limit -5m leaves no time"),
    ("-2wd", "leaves no time"),
    ("1.5wd", "working days are whole and stand alone"),
    ("1wd4h", "working days are whole and stand alone"),
    ("15", "15 alone can be minutes or hours; write 15m or 15h"),
    ("soon", "soon is no limit; write it like 15m, 4h30m or 2wd"),
    ("2周", "2周 is no limit"),
    ("", "a text is wanted here"),
]


@pytest.mark.parametrize(("written", "words"), BAD_LIMITS)
@pytest.mark.parametrize("leg", ["respond", "resolve"])
def test_a_limit_that_cannot_be_meant(written: str, words: str, leg: str) -> None:
    (said,) = mistakes(f"{CALENDARS}sla:\n  - {{calendar: 7x24, {leg}: {written}}}\n")
    assert said.startswith("18:31:" if written else "18:30:")
    assert words in said


BAD_RULES = [
    ("calendar: 7x24", "5:", "this rule has no limit; write respond, resolve or both"),
    ("resolve: 4h", "5:", "the key calendar is missing"),
    ("calendar: 7x25, resolve: 4h", "16:", "there is no calendar 7x25; did you mean 7x24?"),
    ("calendar: always, resolve: 4h", "16:", "there is no calendar always; known are: 7x24, 5x8"),
    ("calendar: 7x24, reslove: 4h", "22:", "unknown key reslove; did you mean resolve?"),
    ("type: incidnt, calendar: 7x24, resolve: 4h", "12:", "incidnt is no type of ticket; did you mean incident?"),
    ("type: [incident, 投述], calendar: 7x24, resolve: 4h", "23:", "投述 is no type of ticket"),
    ("type: [], calendar: 7x24, resolve: 4h", "12:", "a text is wanted here"),
    ("priority: , calendar: 7x24, resolve: 4h", "15:", "a text is wanted here"),
    ("project: [甲, ''], calendar: 7x24, resolve: 4h", "20:", "a text is wanted here"),
    ("calendar: 7x24, resolve: 2wd, workdays: same", "46:", "workdays cannot be same; did you mean same_time?"),
]


@pytest.mark.parametrize(("rule", "column", "words"), BAD_RULES)
def test_a_rule_that_cannot_be_meant(rule: str, column: str, words: str) -> None:
    found = mistakes(f"{CALENDARS}sla:\n  - {{{rule}}}\n")
    assert any(said.startswith(f"18:{column}") and words in said for said in found), found


def test_a_calendar_is_looked_for_though_none_is_defined() -> None:
    assert (
        "there is no calendar 5x8: define it under calendars" in mistakes("sla:\n  - {calendar: 5x8, respond: 1h}\n")[0]
    )
    assert "16:" not in mistakes("calendars:\n  5x8: 8-18\nsla:\n  - {calendar: 5x8, respond: 1h}\n")[0]


@pytest.mark.parametrize(
    ("earlier", "later", "reached"),
    [
        ("", "", False),
        ("", "type: incident", False),
        ("type: incident", "", True),
        ("type: incident", "type: 事件", False),
        ("type: [incident, request]", "type: request, priority: P1", False),
        ("type: incident", "type: [incident, request]", True),
        ("type: [事件, 服务请求, 投诉, 变更, 问题, 其他]", "priority: P1", False),
        ("priority: P1", "priority: p 1", False),
        ("priority: P1", "type: incident, priority: P1", False),
        ("type: incident, priority: P1", "priority: P1", True),
        ("type: incident, priority: P1", "type: incident, priority: P2", True),
        ("project: '[甲]'", "project: （甲）, type: incident", False),
        ("project: [甲, 乙]", "project: 乙", False),
        ("project: 甲", "project: [甲, 乙]", True),
        ("project: 甲", "project: 乙", True),
    ],
)
def test_a_rule_behind_one_that_takes_all_its_rows(earlier: str, later: str, *, reached: bool) -> None:
    other = "{type: change, priority: P9, project: 丙, calendar: 7x24, resolve: 1h}"
    lines = [f"{{{', '.join(filter(None, (each, 'calendar: 7x24, resolve: 4h')))}}}" for each in (earlier, later)]
    text = CALENDARS + "sla:\n" + "".join(f"  - {each}\n" for each in (other, *lines))
    if reached:
        assert len(read(text).limit_rules) == 3
    else:
        (said,) = mistakes(text)
        assert said.startswith("20:5: no row ever comes to this rule: sla rule 2 before it")


def test_all_mistakes_come_at_once_in_file_order_and_in_both_languages() -> None:
    text = """calendars:
  5x8:
    country: CM X
    hours:
      mon-fri: ["09:00-12:00", "11:00-18:00"]
      sa: 09:00-25:00
    days_off: [2016-02-30]
  7x24: alway
sla:
  - {type: incident, respond: 2d}
  - {type: evnt, calendar: 5x8, resolve: 0h}
missing_response: never
timezone: Asia/Beijing
"""
    lines = [int(said.split(":")[0]) for said in mistakes(text)]
    assert lines == [16, 18, 19, 19, 20, 21, 23, 23, 24, 24, 25, 26]
    chinese = mistakes(text, "zh")
    assert len(chinese) == len(lines)
    assert "时段 09:00-12:00 与 11:00-18:00 重叠" in chinese[1]


WEEKLY: dict[str, object] = {"hours": {"mon-fri": "09:00-18:00"}, "days_off": ["2016-12-30", "2016-12-31"]}
FIRST: dict[str, object] = {
    "type": "incident",
    "priority": ["P1", "P2"],
    "project": "甲",
    "calendar": "a",
    "resolve": "4h",
}
SECOND: dict[str, object] = {"type": "request", "calendar": "b", "respond": "15m", "resolve": "2wd"}
SERVICE: dict[str, object] = {
    "calendars": {"a": "always", "b": WEEKLY},
    "sla": [FIRST, SECOND],
    "missing_response": "miss",
}


def hashes(service: Mapping[str, object]) -> tuple[str, str]:
    """Give the rules' hashes of the indicator that is judged by a service level and of the other."""
    indicators = read("".join(f"{key}: {json.dumps(each)}\n" for key, each in service.items())).indicators
    return indicators["judged"].rule_sha256, indicators["counted"].rule_sha256


def test_a_plan_without_service_times_has_the_hash_it_always_had() -> None:
    assert hashes({}) == hashes({"sla": [], "calendars": {}})
    rule: dict[str, object] = {
        "accumulate": None,
        "counting": COUNTING,
        "exclude": {},
        "judged_by": None,
        "period_by": "created_at",
        "scale": None,
        "table": "tickets",
        "value": "share(sla_met and response_met)",
        "where": None,
    }
    assert hashes({})[0] == hashlib.sha256(json.dumps(rule).encode()).hexdigest()


CHANGES: list[dict[str, object]] = [
    {"missing_response": "exclude"},
    {"missing_response": None},
    {"sla": None},
    {"sla": [FIRST]},
    {"sla": [SECOND, FIRST]},
    {"sla": [{**FIRST, "resolve": "5h"}, SECOND]},
    {"sla": [FIRST, {**SECOND, "workdays": "same_time"}]},
    {"calendars": {"a": "always", "b": WEEKLY, "c": "always"}},
    {"calendars": {"a": "always", "b": {**WEEKLY, "hours": {"mon-fri": "09:00-18:01"}}}},
    {"calendars": {"a": "always", "b": {**WEEKLY, "days_on": "2016-12-24"}}},
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_decides_the_figure_changes_its_hash_and_no_other(change: Mapping[str, object]) -> None:
    before, after = hashes(SERVICE), hashes({**SERVICE, **change})
    assert before[0] != after[0] != hashes({})[0]
    assert before[1] == after[1] == hashes({})[1]


def test_another_spelling_of_the_same_keeps_the_hash() -> None:
    same = {
        "calendars": {
            "b": {"hours": {"周一-周五": ["9:00-18:00"]}, "days_off": "2016-12-30..2016-12-31"},
            "a": "Always",
        },
        "sla": [
            {"type": ["事件"], "priority": ["p2", "p1"], "project": "甲", "calendar": "a", "resolve": "240m"},
            {"type": "request", "calendar": "b", "respond": "15分钟", "resolve": "2个工作日", "workdays": "end"},
        ],
        "missing_response": "miss",
    }
    assert hashes(same) == hashes(SERVICE)
