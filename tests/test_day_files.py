"""A company's own days from a file beside the plan: every dress of a date, and what is said of bad rows."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from limit_desk import FOUR_HOURS, MET, MISSED, SOLVED, buckets, plan_of, ticket
from opskpi.documents import read_document, validate
from opskpi.errors import SettingsError
from opskpi.model.service import Calendar
from opskpi.targets.plan import Plan
from opskpi.targets.shelf import Folder
from rulebook import Desk
from test_service_plan import HEAD

NINE, MORNING, AFTERNOON = (540, 1080), (540, 720), (780, 1080)


def read(folder: Path, days: str) -> Calendar:
    """Read one calendar of a plan in a folder; its days stand in line 15."""
    text = f"{HEAD}calendars:\n  a: {{hours: {{mon-fri: 09:00-18:00}}, {days}}}\n"
    plan = validate(read_document(text.encode(), "plan.yaml"), Plan, context={"shelf": Folder(folder)})
    return plan.service_calendars["a"]


def mistakes(folder: Path, days: str, language: str = "en") -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(folder, days)
    return [each.text(language).removeprefix("plan.yaml:") for each in caught.value.messages]


def book(path: Path, *rows: Sequence[object]) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as made:
        page = made.add_worksheet("放假")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write(at, column, cell)


def days(*texts: str) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))


@pytest.mark.parametrize(
    "written",
    [
        "2016-12-29\n2016-12-30..2016-12-31\n",
        "日期,说明\n2016/12/29,店庆\n\n2016年12月30日至2016年12月31日,年会，全员\n",
        "﻿日期;说明\n2016-12-29;\n20161230;a\n2016-12-31;b\n",
        "2016-12-29\n2016-12-30,提前放假\n2016-12-31\n",
    ],
)
def test_a_text_file_lists_days_off(tmp_path: Path, written: str) -> None:
    """With and without a heading, remarks, blank lines and rows of other lengths."""
    (tmp_path / "放假.csv").write_text(written, encoding="utf-8")

    assert read(tmp_path, "days_off: {file: 放假.csv}").days_off == days("2016-12-29", "2016-12-30", "2016-12-31")


def test_a_workbook_lists_days_with_excels_own_dates(tmp_path: Path) -> None:
    book(
        tmp_path / "放假.xlsx",
        ("日期", "说明"),
        (datetime(2016, 12, 29), ""),  # noqa: DTZ001 - wall clock
        ("2016-12-30..2016-12-31", "年会"),
        (42737, "元旦"),  # the number of 2017-01-02
    )

    found = read(tmp_path, "days_off: {file: 放假.xlsx}").days_off
    assert found == days("2016-12-29", "2016-12-30", "2016-12-31", "2017-01-02")
    assert read(tmp_path, "days_off: {file: 放假.xlsx#放假}").days_off == found


def test_days_on_have_windows_of_their_own_or_the_usual_ones(tmp_path: Path) -> None:
    """Windows in one cell, in several, or a remark in their place."""
    written = '日期,时段,说明\n2016-12-24,"09:00-12:00,13:00-18:00",调休\n2016-12-25,09:00-12:00,13:00-18:00\n'
    (tmp_path / "加班.csv").write_text(f"{written}2016-12-31,年终\n2017-01-01,09:00-12:00,值班\n", encoding="utf-8")

    assert read(tmp_path, "days_on: {file: 加班.csv}").days_on == {
        date(2016, 12, 24): (MORNING, AFTERNOON),
        date(2016, 12, 25): (MORNING, AFTERNOON),
        date(2016, 12, 31): (NINE,),
        date(2017, 1, 1): (MORNING,),
    }


def test_files_and_days_stand_in_one_list(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x.txt").write_text("2016-12-31\n", encoding="utf-8")

    found = read(tmp_path, "days_off: [2016-12-30, {file: sub/x.txt}], days_on: [2016-12-24, 2016-12-25..2016-12-25]")
    assert found.days_off == days("2016-12-30", "2016-12-31")
    assert found.days_on == {date(2016, 12, 24): (NINE,), date(2016, 12, 25): (NINE,)}


def test_bad_rows_are_told_with_their_cells(tmp_path: Path) -> None:
    lines = ("日期,时段", "2016-13-01,", "昨天,", "2016-12-31..2016-12-30,", "01/02/2016,", "2016-12-24,9点-12点")
    (tmp_path / "x.csv").write_text("\n".join([*lines, "2016-12-25,", "2016-12-25,", ""]), encoding="utf-8")

    assert mistakes(tmp_path, "days_on: {file: x.csv}", "zh") == [
        "15:54: x.csv!A2：2016-13-01 不是日期；请写 2016-12-31，连续多日写 2016-02-01..2016-02-06",
        "15:54: x.csv!A3：昨天 不是日期；请写 2016-12-31，连续多日写 2016-02-01..2016-02-06",
        "15:54: x.csv!A4：2016-12-31..2016-12-30 的结束早于开始",
        "15:54: x.csv!A5：01/02/2016 不是日期；请写 2016-12-31，连续多日写 2016-02-01..2016-02-06",
        "15:54: x.csv!B6：9点-12点 不是时段；请写成 09:00-18:00 的形式",
        "15:54: x.csv!A8：2016-12-25 前面已写过；同一天的时段请写在同一行",
    ]


def test_half_a_day_is_not_off(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("2016-12-30,下午\n2016-12-31,13:00-18:00\n", encoding="utf-8")

    (said,) = mistakes(tmp_path, "days_off: {file: x.csv}")
    assert said.startswith("15:55: x.csv!B2: a day off is a whole day")


@pytest.mark.parametrize(
    ("days_off", "said"),
    [
        ("{file: 没有.csv}", "没有.csv"),
        ("{files: x.csv}", "did you mean file?"),
        ("{file: }", "15:"),
        ("{file: empty.csv}", "empty.csv"),
        ("{file: two.xlsx}", "甲, 乙"),
        ("{file: page.xlsx}", "page.xlsx"),
    ],
)
def test_files_that_cannot_be_read_are_the_plans_mistakes(tmp_path: Path, days_off: str, said: str) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "page.xlsx").write_bytes(b"<html><body>no</body></html>")
    with xlsxwriter.Workbook(str(tmp_path / "two.xlsx")) as made:
        for name in "甲乙":
            made.add_worksheet(name).write(0, 0, "2016-12-31")

    (found,) = mistakes(tmp_path, f"days_off: {days_off}")
    assert (found.startswith("15:"), said in found) == (True, True)


def test_the_clock_rests_on_days_from_a_file_beside_the_plan(tmp_path: Path) -> None:
    """Four hours from Tuesday 2016-03-01 at 16:00: 2 h that day, Wednesday is off, 2 h on Thursday until 11:00."""
    desk = Desk(tmp_path)
    office = '{hours: {mon-fri: ["09:00-12:00", "13:00-18:00"]}, days_off: {file: days.csv}}'
    for stop, expected in (("03-03 11:00", MET), ("03-03 11:01", MISSED)):
        desk.tickets(ticket("03-01 16:00", stop))
        desk.write("days.csv", "2016-03-02\n")
        plan = plan_of(desk, FOUR_HOURS, office=office)
        assert buckets(desk.score(plan=plan)) == expected
    before = desk.score(plan=plan).result(SOLVED)["rule_sha256"]
    desk.write("days.csv", "2016-03-04\n")
    assert desk.score(plan=plan).result(SOLVED)["rule_sha256"] != before


def test_a_missing_file_ends_the_run_as_a_wrong_plan(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.tickets(ticket("03-01 16:00"))
    outcome = desk.run(
        "score", plan=plan_of(desk, FOUR_HOURS, office="{hours: {mon: 09:00-12:00}, days_off: {file: x.csv}}")
    )

    assert (outcome.exit_code, "plan.yaml:" in outcome.said, "x.csv" in outcome.said) == (2, True, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("calendars: {x: }\n", "14:15: this calendar says nothing yet"),
        ("calendars: {x: {}}\n", "14:16: this calendar says nothing yet"),
        ("calendars: []\n", "14:12: calendars wants names"),
        ("sla: {}\n", "14:6: sla wants a list of rules"),
        ("sla: [{}]\n", "14:7: this rule says nothing yet"),
        ("sla:\n  -\n", "15:4: this rule says nothing yet"),
        ("sla: [4h]\n", "14:7: a rule is written like"),
    ],
)
def test_empty_settings_are_told_with_their_lines(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        validate(read_document((HEAD + text).encode(), "plan.yaml"), Plan, context={"shelf": Folder(tmp_path)})
    (found,) = (each.text("en").removeprefix("plan.yaml:") for each in caught.value.messages)
    assert found.startswith(said)
