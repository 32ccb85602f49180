"""`opskpi check`: what wants an eye, told from both sides of each threshold, and what is shown and advised.

Unless a test says otherwise, the plan is that of 2016 and today is 1 June 2017.
"""

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from rich.cells import cell_len

from opskpi.intake.advice import Call, quoted
from opskpi.renderers import Style
from opskpi.renderers.plain import wrapped
from rulebook import PLAN_2016, ROOT, Desk, Outcome, Row, incident, incidents

YEAR = ROOT / "examples" / "2016" / "csv"
GOOD = ("2016-03-02 08:00", "2016-03-02 08:00")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def checked(desk: Desk, *options: str, exports: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Check the folder and read the JSON."""
    return desk.run("check", "-f", "json", *options, exports=exports).card


def signal(desk: Desk, rule: str, *options: str) -> dict[str, Any] | None:
    """The one signal of a rule, or None."""
    found = [each for each in checked(desk, *options)["signals"] if each["rule"] == rule]
    assert len(found) <= 1
    return found[0] if found else None


def count(desk: Desk, rule: str, *options: str) -> int:
    """How many rows or sheets a rule names; 0 where it is silent."""
    found = signal(desk, rule, *options)
    return found["count"] if found else 0


def answers(days: Iterable[str]) -> list[Row]:
    """One answer a day given."""
    return [{"问卷编号": f"S{at}", "项目名称": "甲", "提交时间": day, "满意度": "5"} for at, day in enumerate(days, 1)]


class TestBeforeCreated:
    """Created at 08:00 of 1 March; the stop stands in column F."""

    def test_a_minute_before_is_told_with_its_cells(self, desk: Desk) -> None:
        stops = ("2016-03-01 07:59", "2016-03-01 08:00", "2016-02-29", "")
        desk.tickets(*(incident("2016-03-09", stop) for stop in stops))

        found = signal(desk, "before_created")

        assert found is not None
        assert found["count"] == 2
        assert [place["cell"] for place in found["first"]] == ["F2", "F4"]
        assert "解决时间 lies before 创建时间" in found["message"]

    def test_the_same_minute_and_the_same_day_without_a_time_are_not(self, desk: Desk) -> None:
        desk.tickets(incident("2016-03-09", "2016-03-01 08:00"), incident("2016-03-09", "2016-03-01"))

        assert count(desk, "before_created") == 0

    @pytest.mark.parametrize("heading", ["响应时间", "关闭时间"])
    def test_responses_and_closures_are_looked_at_as_well(self, desk: Desk, heading: str) -> None:
        desk.tickets(incident("2016-03-09", "2016-03-02 08:00", **{heading: "2016-02-01 08:00"}))

        assert count(desk, "before_created") == 1

    def test_rejected_rows_are_not_told_twice(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 0), incident("2016-03-09", "2016-02-01 08:00", 工单类型="咨询"))

        assert count(desk, "before_created") == 0


class TestFinishedInBulk:
    """20 rows on 30 April, 46 on seven other days: 20 of 66 is 30.3 %, and 46 / 7 × 3 is 19.7."""

    @staticmethod
    def april(last: int, others: int, days: int, heading: str = "解决时间") -> list[Row]:
        stops = ["2016-04-30 17:00"] * last + [f"2016-04-{at % days + 2:02} 17:00" for at in range(others)]
        return [incident("2017-01-01", **{heading: stop}) for stop in stops]

    def test_a_third_of_a_month_on_its_last_day_stands_out(self, desk: Desk) -> None:
        desk.tickets(*self.april(20, 46, 7))

        found = signal(desk, "bulk")

        assert found is not None
        assert found["count"] == 20
        assert "2016-04" in found["message"]
        assert [place["row"] for place in found["first"]] == [2, 3, 4]

    @pytest.mark.parametrize(
        ("last", "others", "days"),
        [
            (19, 10, 10),  # a row short of 20
            (20, 47, 10),  # 20 of 67 is 29.9 %
            (20, 46, 6),  # 46 / 6 × 3 is 23
        ],
    )
    def test_one_row_short_does_not(self, desk: Desk, last: int, others: int, days: int) -> None:
        desk.tickets(*self.april(last, others, days))

        assert count(desk, "bulk") == 0

    def test_closing_counts_where_nothing_says_resolved(self, desk: Desk) -> None:
        desk.tickets(*self.april(20, 0, 1, "关闭时间"))

        assert count(desk, "bulk") == 20

    def test_a_busy_day_within_the_month_is_nothing(self, desk: Desk) -> None:
        desk.tickets(*(incident("2017-01-01", "2016-04-29 17:00") for _ in range(30)))

        assert count(desk, "bulk") == 0


class TestCutOff:
    @pytest.mark.parametrize(("rows", "told"), [(999, 0), (1000, 1), (1001, 0), (5000, 1), (10_000, 1)])
    def test_a_round_number_of_rows_is_told(self, desk: Desk, rows: int, told: int) -> None:
        desk.tickets(*incidents(rows, 0))

        assert count(desk, "cut_off") == told

    def test_sheets_cut_off_alike_are_one_signal_that_shows_their_last_rows(self, desk: Desk) -> None:
        for month in (1, 2):
            rows: list[Row] = [{"工单编号": f"{month}-{at}", "项目名称": "甲", **incident(*GOOD)} for at in range(1000)]
            desk.put(f"{month}月.csv", rows)

        found = signal(desk, "cut_off")

        assert found is not None
        assert found["count"] == 2
        assert [(place["file"], place["row"]) for place in found["first"]] == [("1月.csv", 1001), ("2月.csv", 1001)]

    @pytest.mark.parametrize(("rows", "told"), [(65_534, 0), (65_535, 1), (65_536, 1)])
    def test_a_sheet_that_is_full_is_told_heading_row_included(self, desk: Desk, rows: int, told: int) -> None:
        lines = (f"S{at},甲,2016-12-30,5\n" for at in range(rows))
        (desk.exports / "满意度.csv").write_text("问卷编号,项目名称,提交时间,满意度\n" + "".join(lines), "utf-8")

        assert count(desk, "cut_off") == told


class TestNewestEvent:
    @pytest.mark.parametrize(("day", "told"), [("2016-12-25 00:00", False), ("2016-12-24 23:59", True)])
    def test_a_week_before_the_end_is_the_limit(self, desk: Desk, day: str, *, told: bool) -> None:
        desk.tickets(
            incident("2016-12-23", "2016-12-01 08:00"), incident("2016-12-30", day), incident("2017-01-02", "")
        )

        found = signal(desk, "newest_event")

        assert bool(found) == told
        if found:  # of the three due times, 30 December alone lies between
            assert found["count"] == 1
            assert found["first"] == [
                {"file": "工单.csv", "sheet": None, "row": 3, "column": "F", "cell": "F3"},
            ]

    def test_score_says_the_same_sentence(self, desk: Desk) -> None:
        desk.tickets(incident("2016-12-30", "2016-11-30 08:00"))

        found = signal(desk, "newest_event")

        assert found is not None
        assert found["message"] in desk.score().notes

    def test_a_running_period_is_no_reason_to_warn(self, desk: Desk) -> None:
        desk.tickets(incident("2016-12-30", "2016-11-30 08:00"))

        assert count(desk, "newest_event", "--period", "2017") == 0


class TestSilentMonths:
    """Months with a row each, and the months of the period that are missed among them."""

    @pytest.mark.parametrize(
        ("months", "silent"),
        [
            ((1, 2, 4), ["2016-03"]),
            ((1, 3, 4), ["2016-02"]),
            ((1, 2, 6, 7), ["2016-03", "2016-04", "2016-05"]),
            ((1, 3), []),  # no two months in a row: rows may come every other month
            ((1, 4, 7, 10), []),
            ((5, 6), []),  # nothing around
            (tuple(range(1, 13)), []),
        ],
    )
    def test_a_gap_in_a_monthly_table_is_told(self, desk: Desk, months: tuple[int, ...], silent: list[str]) -> None:
        desk.put("满意度.csv", answers(f"2016-{month:02}-15" for month in months))

        found = signal(desk, "silent_month")

        assert (found["count"] if found else 0) == len(silent)
        assert found is None or f"surveys: no row in {', '.join(silent)}, " in found["message"]

    def test_months_outside_the_period_are_not(self, desk: Desk) -> None:
        desk.put("满意度.csv", answers(f"2016-{month:02}-15" for month in (1, 2, 4, 5)))

        assert count(desk, "silent_month", "--period", "2016-Q1") == 1
        assert count(desk, "silent_month", "--period", "2016-Q2") == 0

    def test_a_month_with_rejected_rows_only_was_handed_in(self, desk: Desk) -> None:
        rows = answers(f"2016-{month:02}-15" for month in range(1, 7))
        desk.put("满意度.csv", [*rows[:2], {**rows[2], "满意度": "6"}, *rows[3:]])

        assert count(desk, "silent_month") == 0


class TestFlagsAndTimes:
    def test_stopped_rows_whose_flag_says_otherwise_are_told(self, desk: Desk) -> None:
        due, late = "2016-03-02 08:00", "2016-03-02 08:01"
        rows = [
            incident(due, due, 是否达标="是"),
            incident(due, late, 是否达标="是"),  # differs
            incident(due, due, 是否达标="否"),  # differs
            incident(due, late, 是否达标="否"),
            incident(due, late, 是否达标=""),
            incident(due, "", 是否达标="是"),
            incident("", late, 是否达标="是"),
        ]
        desk.tickets(*rows)

        found = signal(desk, "flag_differs")

        assert found is not None
        assert found["count"] == 2
        assert [place["cell"] for place in found["first"]] == ["G3", "G4"]

    def test_a_flag_of_the_opposite_question_is_turned_first(self, desk: Desk) -> None:
        desk.tickets(incident(*GOOD, 是否超时="否"), incident(GOOD[0], "2016-03-03 08:00", 是否超时="是"))

        assert count(desk, "flag_differs") == 0

    def test_responses_have_their_own_flag(self, desk: Desk) -> None:
        more = {"响应时间": "2016-03-01 08:30", "响应时限": "2016-03-01 08:15"}
        desk.tickets(incident(*GOOD, **more, 响应是否达标="是"), incident(*GOOD, **more, 响应是否达标="否"))

        assert count(desk, "flag_differs") == 1


class TestSwappedDays:
    """Twelve different dates in three months, none after the 12th."""

    @staticmethod
    def days(*months: tuple[int, Iterable[int]]) -> list[str]:
        return [f"2016-{month:02}-{day:02} 09:30" for month, days in months for day in days]

    @pytest.mark.parametrize(
        ("months", "told"),
        [
            (((1, range(9, 13)), (2, range(9, 13)), (3, range(9, 13))), True),
            (((1, range(9, 13)), (2, range(9, 13)), (3, range(9, 12))), False),  # eleven dates
            (((1, range(9, 13)), (2, range(9, 13)), (3, range(9, 14))), False),  # the 13th
            (((1, range(1, 13)), (2, range(1, 13))), False),  # two months
            (tuple((month, (5, 6)) for month in range(1, 7)), False),  # a monthly routine
        ],
    )
    def test_so_many_days_want_one_after_the_12th(
        self, desk: Desk, months: tuple[tuple[int, Iterable[int]], ...], *, told: bool
    ) -> None:
        desk.put("满意度.csv", answers(self.days(*months)))

        found = signal(desk, "swapped")

        assert bool(found) == told
        if found:
            assert found["count"] == 12
            assert "12 different dates" in found["message"]

    def test_each_sheet_is_looked_at_alone(self, desk: Desk) -> None:
        half = ((1, range(9, 13)), (2, range(9, 13)))
        rows = answers([*self.days(*half, (3, range(9, 13))), *self.days((4, (20, 21)))])
        desk.put("一.csv", rows[:12])
        desk.put("二.csv", rows[12:])

        found = signal(desk, "swapped")

        assert found is not None
        assert {place["file"] for place in found["first"]} == {"一.csv"}


def test_answers_given_by_the_system_are_counted(desk: Desk) -> None:
    rows = answers(["2016-12-28"] * 5)
    flags = ("是", "否", "", "是", "是")
    desk.put("答卷.csv", [{**row, "默认好评": flag} for row, flag in zip(rows, flags, strict=True)])
    columns = "survey_id: 问卷编号, project: 项目名称, submitted_at: 提交时间, score: 满意度, system_default: 默认好评"
    own = desk.write("own.yaml", f"source: own\nforms: [{{table: surveys, scale: 1-5, columns: {{{columns}}}}}]\n")

    found = signal(desk, "system_default", "--source", str(own))

    assert found is not None
    assert (found["count"], [place["row"] for place in found["first"]]) == (3, [2, 5, 6])


def test_headings_without_rows_are_no_reason_to_warn(desk: Desk) -> None:
    desk.put("工单.csv", [], tuple(incident(*GOOD, 项目名称="甲")))

    document = checked(desk)

    assert document["signals"] == []
    assert document["inputs"][0]["rows"] == 0


class TestJson:
    def test_its_counts_are_the_ledger_of_a_run(self, desk: Desk) -> None:
        one = incident(*GOOD)
        desk.tickets(*incidents(20, 2), {**one, "工单编号": "T1"}, {**one, "工单类型": "咨询"}, {**one, "创建时间": ""})
        desk.surveys("5", "6")

        document, card = checked(desk, "--max-rejected", "60"), desk.score("--max-rejected", "60").card

        for found, judged in zip(document["inputs"], card["inputs"], strict=True):
            assert found.items() >= judged.items()
            parts = sum(found[name] for name in ("accepted", "rejected", "duplicate", "superseded"))
            assert found["rows"] == parts
        assert sum(each["rejected"] for each in document["inputs"]) == 3
        assert {(each["column"], each["rule"]): each["count"] for each in document["problems"]} == {
            ("created_at", "missing"): 1,
            ("score", "outside_scale"): 1,
            ("type", "unknown_word"): 1,
        }
        (word,) = (each for each in document["problems"] if each["rule"] == "unknown_word")
        assert word["first"][0] == {
            "file": "工单.csv", "sheet": None, "row": 25, "column": "C", "cell": "C25", "heading": "工单类型",
            "value": "咨询", "message": word["first"][0]["message"],
        }  # fmt: skip

    def test_it_says_what_each_column_was_read_from_and_what_was_not_read(self, desk: Desk) -> None:
        desk.tickets(incident(*GOOD, 备注="x"))
        (desk.exports / "notes.docx").write_bytes(b"x")

        document = checked(desk)

        assert (document["format"], document["format_version"]) == ("opskpi.check", 1)
        (sheet,) = document["inputs"]
        assert sheet["columns"]["created_at"] == "创建时间"
        assert sheet["unused_headings"] == ["备注"]
        assert [each["file"] for each in document["unused"]] == ["notes.docx"]
        assert document["usable"] is True
        assert document["refused"] == []

    def test_the_language_changes_nothing_in_it(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 0), incident(*GOOD, 工单类型="咨询"))

        chinese = desk.run("check", "-f", "json", "--lang", "zh", "--max-rejected", "50").printed

        assert chinese == desk.run("check", "-f", "json", "--lang", "en", "--max-rejected", "50").printed
        assert "\r" not in chinese

    def test_quiet_leaves_what_was_asked_for(self, desk: Desk) -> None:
        desk.tickets(incident(*GOOD))

        assert json.loads(desk.run("check", "-q", "-f", "json").printed)["usable"] is True
        assert desk.run("check", "-q").printed == ""


class TestWithoutPlan:
    @pytest.fixture
    def run(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, opskpi: Callable[..., Result]) -> Callable[..., Result]:
        monkeypatch.chdir(desk.folder)
        desk.put("满意度.csv", answers(f"1999-{month:02}-15" for month in (1, 2, 4)))
        return lambda *options: opskpi("check", "exports", *options)

    def test_everything_is_checked_but_what_a_period_is_needed_for(self, run: Callable[..., Result]) -> None:
        result = run("-f", "json")

        document = json.loads(result.stdout)
        assert result.exit_code == 0
        assert document["inputs"][0]["accepted"] == 3  # 1999 is no slip where no period is known
        assert document["signals"] == []
        assert "opskpi score exports -t 2016" in document["next"][-1]

    def test_a_period_of_the_command_line_is_enough(self, run: Callable[..., Result]) -> None:
        document = json.loads(run("-f", "json", "--period", "1999").stdout)

        assert [each["rule"] for each in document["signals"]] == ["newest_event", "silent_month"]

    def test_it_speaks_the_language_of_the_headings(self, run: Callable[..., Result]) -> None:
        assert "下一步" in run().stdout
        assert "What to do next" in run("--lang", "en").stdout

    def test_a_plan_in_targets_is_still_taken(self, desk: Desk, run: Callable[..., Result]) -> None:
        (desk.folder / "targets").mkdir()
        (desk.folder / "targets" / "2016.yaml").write_bytes(PLAN_2016.read_bytes())

        result = run("-f", "json")

        assert result.exit_code == 3
        assert json.loads(result.stdout)["problems"][0]["rule"] == "outside_window"


class TestExitCodes:
    def test_too_many_rejected_rows_are_unusable_and_shown(self, desk: Desk) -> None:
        desk.tickets(*incidents(4, 0), *[incident(*GOOD, 工单类型="咨询")] * 6)

        outcome = desk.run("check", "-f", "json")

        assert outcome.exit_code == 3
        assert outcome.card["usable"] is False
        assert outcome.card["refused"] == [outcome.card["refused"][0]]
        assert "6 of 10 rows were rejected" in outcome.card["refused"][0]
        assert "opskpi check" in outcome.card["next"][-1]

    def test_score_shows_the_same_screen(self, desk: Desk) -> None:
        desk.tickets(*incidents(4, 0), *[incident(*GOOD, 工单类型="咨询")] * 6)

        outcome = desk.run("score", "--lang", "en")

        assert outcome.exit_code == 3
        assert outcome.printed == ""
        assert "tickets · 工单类型: 6 × 咨询 is no known word" in outcome.said
        assert "What to do next" in outcome.said

    @pytest.mark.parametrize("options", [("-f", "csv"), ("-t", "nowhere.yaml"), ("--period", "2016-13")])
    def test_wrong_usage_exits_with_2(
        self, desk: Desk, opskpi: Callable[..., Result], options: tuple[str, str]
    ) -> None:
        desk.tickets(incident(*GOOD))

        result = opskpi("check", desk.exports, "-t", "2016", *options)

        assert result.exit_code == 2 or getattr(result.exception, "exit_code", None) == 2

    def test_a_rejects_file_never_goes_over_an_export(self, desk: Desk, opskpi: Callable[..., Result]) -> None:
        path = desk.tickets(incident(*GOOD))
        before = path.read_bytes()

        result = opskpi("check", path, "-t", "2016", "--rejects", path)

        assert (result.exit_code, path.read_bytes()) == (2, before)

    @pytest.mark.parametrize(("setting", "begins"), [("csv", "文件"), ("terminal", "文件"), ("json", "{")])
    def test_a_format_set_for_score_does_no_harm(
        self, desk: Desk, opskpi: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, setting: str, begins: str
    ) -> None:
        desk.tickets(incident(*GOOD))
        monkeypatch.setenv("OPSKPI_FORMAT", setting)

        result = opskpi("check", desk.exports, "-t", "2016")

        assert result.exit_code == 0
        assert result.stdout.startswith(begins)


class TestAdvice:
    def advice(self, desk: Desk, *options: str) -> list[str]:
        steps: list[str] = checked(desk, "--max-rejected", "60", *options)["next"]
        return steps

    def test_all_fine_leads_to_score(self, desk: Desk) -> None:
        desk.tickets(incident(*GOOD))

        (step,) = checked(desk)["next"]

        assert step.endswith(f"opskpi score {quoted(str(desk.exports))} -t {quoted(str(PLAN_2016))}")

    def test_rejected_rows_are_written_repaired_and_given_again(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 0), incident(*GOOD, 创建时间="soon"))

        first, last = self.advice(desk)

        assert "--rejects rejected.csv" in first
        assert f"opskpi score {quoted(str(desk.exports))} rejected.csv -t" in first
        assert last.endswith("--max-rejected 60")

    def test_rows_already_written_are_not_asked_for_again(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 0), incident(*GOOD, 创建时间="soon"))

        (first, _) = self.advice(desk, "--rejects", str(desk.folder / "bad.csv"))

        assert first.startswith("Repair the 1 rejected row(s) in ")
        assert "bad.csv" in first

    def test_the_mapping_for_unknown_words_works_once_it_is_filled_in(self, desk: Desk) -> None:
        odd = [incident(*GOOD, 工单类型=kind) for kind in ("咨询", "a: b, {c}")]
        desk.tickets(*incidents(9, 0), *odd)

        steps = self.advice(desk)
        (mapping,) = (step for step in steps if "extends" in step)
        text = mapping.partition(":  ")[2]
        assert text.count("…") == 2
        own = desk.write("my-standard.yaml", text.replace("…", "其他"))

        assert "my-standard.yaml" in mapping
        assert "a: b, {c}" in steps[0]
        assert sum(each["rejected"] for each in checked(desk, "--source", str(own))["inputs"]) == 0

    def test_the_mapping_for_conflicts_works_as_it_is(self, desk: Desk) -> None:
        for file, stop in (("2月.csv", "2016-03-02 08:00"), ("10月.csv", "2016-03-02 09:00")):
            desk.put(file, [{"工单编号": "T1", "项目名称": "甲", **incident("2016-03-02 08:00", stop)}])
        document = desk.run("check", "-f", "json").card
        (mapping,) = (step for step in document["next"] if "extends" in step)

        own = desk.write("my-standard.yaml", mapping.partition(":  ")[2])

        inputs = checked(desk, "--source", str(own))["inputs"]
        assert [(each["file"], each["accepted"], each["superseded"]) for each in inputs] == [
            ("2月.csv", 0, 1),
            ("10月.csv", 1, 0),
        ]

    def test_who_has_a_mapping_adds_to_it(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 0), incident(*GOOD, 工单类型="咨询"))
        own = desk.write("own.yaml", "{source: own, extends: standard, forms: [{name: 工单, latest_by: file}]}\n")

        steps = self.advice(desk, "--source", str(own))

        assert any("Add this to your mapping" in step and "own.yaml" in step for step in steps)

    def test_unknown_projects_want_the_register(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 0), {**incident(*GOOD), "项目名称": "某某"})
        desk.put("台账.csv", [{"项目名称": "某银行", "别名": "某行"}])

        assert any("1 row(s) name projects that are not registered" in step for step in self.advice(desk))

    def test_unrecognised_files_lead_to_a_proposal(self, desk: Desk) -> None:
        desk.tickets(incident(*GOOD))
        desk.put("sub/other.csv", [{"a": "1", "b": "2"}])

        steps = checked(desk)["next"]

        (step,) = (each for each in steps if "suggest" in each)
        assert step.endswith("opskpi sources suggest " + quoted(f"{desk.exports}/sub/other.csv"))

    def test_long_command_lines_are_shortened(self) -> None:
        assert Call(("a", "b", "c", "d")).line("score", "r.csv") == "opskpi score a b … r.csv"

    @pytest.mark.parametrize(
        ("word", "written"),
        [("exports/2016.csv", "exports/2016.csv"), ("工单.csv", "工单.csv"), ("a b", '"a b"'), ("*.csv", '"*.csv"')],
    )
    def test_words_a_shell_would_part_are_quoted(self, word: str, written: str) -> None:
        assert quoted(word) == written


def lines(outcome: Outcome) -> list[str]:
    """The lines of a screen."""
    return outcome.printed.splitlines()


class TestScreen:
    def test_the_example_year_is_one_screen(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        """80 columns by the count of another library, and no more than 40 lines."""
        monkeypatch.setattr("opskpi.commands.output.console_style", lambda language: Style(language, width=80))
        for language in ("zh", "en"):
            drawn = lines(Desk(tmp_path / language).run("check", "--lang", language, exports=(YEAR,)))
            assert len(drawn) <= 40
            assert [
                line for line in drawn if cell_len(line) > 80 and "extends: " not in line and "opskpi " not in line
            ] == []

    def test_numbers_stand_under_one_another_whatever_the_letters(self, desk: Desk) -> None:
        desk.tickets(*incidents(12, 0), file="工单.csv")
        desk.surveys("5", "4", file="a.csv")

        drawn = lines(desk.run("check", "--lang", "en"))

        rows = [line for line in drawn if re.search(r"\.csv +utf-8", line)]
        ends = {tuple(cell_len(line[: found.end()]) for found in re.finditer(r" \d+(?= |$)", line)) for line in rows}
        assert len(rows) == 2
        assert len(ends) == 1

    def test_a_pipe_gets_lines_whole_and_all_of_them(self, desk: Desk) -> None:
        kinds = [f"某一种{at}" for at in range(12)]
        desk.tickets(*incidents(99, 0), *(incident(*GOOD, 工单类型=kind) for kind in kinds))

        drawn = lines(desk.run("check", "--max-rejected", "50"))

        assert all(any(kind in line and "事件、服务请求、投诉" in line for line in drawn) for kind in kinds)

    def test_a_terminal_gets_the_first_of_many(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("opskpi.commands.output.console_style", lambda language: Style(language, width=80))
        for month in range(1, 16):
            bad = month in (14, 15)
            row = {"工单编号": f"T{month}", "项目名称": "甲", **incident(*GOOD)}
            desk.put(f"{month:02}.csv", [{**row, "工单类型": f"某种{month}"} if bad else row, {**row, "工单编号": "X"}])

        drawn = lines(desk.run("check", "--lang", "en"))

        shown = [line.split()[0] for line in drawn if re.match(r"  \d\d\.csv +utf", line)]
        assert shown == [f"{month:02}.csv" for month in (*range(1, 10), 14, 15)]  # those with rejected rows stay
        (rest,) = (line for line in drawn if "more" in line and "and 4" in line)
        assert rest.split()[4:7] == ["8", "4", "0"]  # 8 rows: 4 kept, 4 repeats of X

    def test_how_files_were_read_is_said_once_for_all_alike(self, desk: Desk) -> None:
        for file in ("a.csv", "b.csv"):
            desk.put(file, [{"工单编号": file, "项目名称": "甲", **incident(*GOOD), "备注": "x"}])

        said = [line for line in lines(desk.run("check", "--lang", "en")) if "headings not used: 备注" in line]

        assert said == ["  a.csv, b.csv: headings not used: 备注"]

    def test_the_encoding_stands_with_its_reason(self, desk: Desk) -> None:
        (sheet,) = checked(desk, exports=(YEAR / "满意度调查.csv",))["inputs"]

        drawn = lines(desk.run("check", "--lang", "en", exports=(YEAR / "满意度调查.csv",)))

        assert sheet["encoding_reason"]
        assert f"  满意度调查.csv: gb18030 ({sheet['encoding_reason']})" in drawn

    def test_a_file_is_named_once_for_its_cells(self, desk: Desk) -> None:
        desk.tickets(*incidents(30, 0), *[incident(*GOOD, 工单类型="咨询")] * 2)

        assert "[工单.csv!C32, C33]" in desk.run("check", "--max-rejected", "50").printed


def test_wide_letters_break_anywhere_but_before_what_closes_them() -> None:
    """Ten cells take five wide letters; the comma stays with its letter."""
    assert wrapped("一二三四，五六 word", 10, "- ", "  ") == ["- 一二三", "  四，五六", "  word"]
    assert wrapped("short", None, "- ", "  ") == ["- short"]
