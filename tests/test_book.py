"""The workbook: its formulas give our figures, its evidence names every row, and no text of an export runs."""

import csv
import hashlib
import io
import json
import math
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from conftest import ROOT
from opskpi.commands import group
from opskpi.renderers import xlsx
from opskpi.renderers.book import looks
from opskpi.renderers.book.layout import sheet_name
from rulebook import PROJECT, TODAY, Desk
from spreadsheet import Book

#: openpyxl says so of each sheet with sparklines.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension")

EVERYTHING = """plan: 各种指标
period: 2016
indicators:
  rate: {name: 完成率, table: tickets, period_by: created_at, value: share(sla_met), target: ">= 90%"}
  between: {name: 区间, table: tickets, period_by: created_at, value: share(sla_met), target: between 50% and 90%}
  urgent: {name: 紧急数, table: tickets, where: priority == "P1", period_by: created_at, value: count(), target: "< 5"}
  score: {name: 平均分, table: surveys, period_by: submitted_at, value: mean(score), target: ">= 4.5"}
  spent: {name: 用时, table: tickets, period_by: created_at, value: mean(resolve_minutes), target: "<= 60m"}
  most: {name: 最长, table: tickets, period_by: created_at, value: max(resolve_minutes), target: "<= 4h"}
  least: {name: 最短, table: tickets, period_by: created_at, value: min(resolve_minutes)}
  middle: {name: 中位, table: tickets, period_by: created_at, value: median(resolve_minutes), target: "<= 1h"}
  ninety: {name: 九成, table: tickets, period_by: created_at, value: "quantile(resolve_minutes, 90%)", target: "<= 2h"}
  total: {name: 合计, table: tickets, period_by: created_at, value: sum(reopened), target: "<= 3"}
  hands: {name: 人数, table: tickets, period_by: created_at, value: distinct(assignee), target: ">= 2"}
  by_hand: {name: 各人, table: tickets, period_by: created_at, value: share(sla_met), by: assignee, reduce: min}
  part:
    name: 占比
    terms:
      some: {table: tickets, where: priority == "P1", period_by: created_at, value: count()}
      met: {table: tickets, period_by: created_at, value: share(sla_met)}
      all: {table: tickets, period_by: created_at, value: count()}
    value: 1 - some / all * met
    target: ">= 50%"
  late: {name: 超时率, table: tickets, period_by: created_at, value: share(not sla_met), target: "<= 40%"}
waivers:
  - {project: 甲乙, indicator: late, reason: 搬迁, approved_by: 王总, until: 2016-12-31}
  - {project: "<5", indicator: rate, reason: 搬迁, approved_by: 王总, until: 2016-12-31}
"""
WORDS = {"pass": "达标", "fail": "未达标", "no_target": "仅统计", "not_applicable": "未发生", "waived": "豁免"}
#: Names that a spreadsheet might run, or take for a pattern or a comparison.
AWKWARD = ('=HYPERLINK("http://x","y")', "@甲", "+1", "<5", "甲*", "甲乙", "甲?", "-2")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Eight projects with awkward names, 150 tickets and 60 answers, some late, open, without limits or cancelled."""
    desk, draw = Desk(tmp_path_factory.mktemp("book")), random.Random(7)  # noqa: S311 - data, no secret
    rows = []
    for at in range(150):
        minutes = draw.choice(("7.5", "30", "60", "61", "119.25", "240", "301", ""))
        limit = draw.choice(("2016-03-01 12:00", "2016-03-01 10:00", "2018-01-01", ""))
        rows.append(
            {
                "项目名称": draw.choice(AWKWARD),
                "工单类型": "事件",
                "优先级": draw.choice(("P1", "P2", "P3")),
                "状态": "已解决" if limit else draw.choice(("已解决", "处理中")),
                "创建时间": f"2016-{draw.randint(1, 12):02}-01 09:00" if at % 9 else "2015-12-31 09:00",
                "解决时间": draw.choice(("2016-03-01 11:00", "2016-03-01 09:30", "")),
                "解决时限": limit,
                "解决分钟": minutes,
                "重开次数": draw.choice(("0", "1", "2")),
                "处理人": draw.choice(("张三", "李四", "=1+1", "")),
                "标题": "=1+1",
            }
        )
    desk.tickets(*rows, file="=cmd 工单.csv")
    answers = [
        {"问卷编号": f"S{at}", "项目名称": draw.choice(AWKWARD), "提交时间": "2016-05-01",
         "满意度": draw.choice(("4.1", "4.5", "4.7", "5", "4.4")), "份数": draw.choice(("1", "2", "7"))}
        for at in range(60)
    ]  # fmt: skip
    desk.put("满意度.csv", answers)
    return desk


@pytest.fixture(scope="module")
def written(year: Desk) -> tuple[Path, list[dict[str, Any]]]:
    """Score the year into a workbook and JSON."""
    path = year.folder / "card.xlsx"
    plan = year.write("plan.yaml", EVERYTHING)
    outcome = year.score("-o", str(path), "--as-of", "2017-01-01", "--by", "month", plan=plan)
    return path, [each for each in outcome.card["results"] if each["period"] == "2016"]


def cells(path: Path, sheet: str, *, cached: bool = True) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path, data_only=cached)[sheet].iter_rows()]


def formulas(path: Path) -> Iterator[tuple[str, str, str]]:
    """Give every formula with its sheet and cell."""
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate, getattr(cell.value, "text", cell.value)


def explained(desk: Desk, project: str, indicator: str, plan: Path) -> dict[str, Any]:
    """Explain a figure as it is on 30 April 2016."""
    words = ["explain", project, indicator, str(desk.exports), "-t", str(plan), "--as-of", "2016-04-30", "-f", "json"]
    printed = CliRunner(env=TODAY).invoke(group, words, standalone_mode=False).stdout
    document: dict[str, Any] = json.loads(printed)
    return document


def same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return one == other


class TestFigures:
    def test_cached_values_are_those_of_the_json(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        path, results = written
        rows = cells(path, "结果")[1:]
        assert len(rows) == len(results) == len(AWKWARD) * 14
        for row, result in zip(rows, results, strict=True):
            assert row[1:3] == [result["project"], result["name"]]
            assert row[7] == (result["value"] if result["value"] is not None else "-")
            assert row[9].rstrip("*") == WORDS[result["verdict"]]
            assert row[9].endswith("*") == (result["provisional"] and result["verdict"] in ("pass", "fail"))

    def test_formulas_give_the_cached_values(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        """An evaluator that shares nothing with the writer finds every figure again from the evidence."""
        path, _ = written
        book = Book(path)
        found = list(formulas(path))
        for sheet, cell, formula in found:
            assert same(book.value(sheet, cell), book.cached(sheet, cell)), (sheet, cell, formula)
        assert len(found) > 500

    def test_what_can_be_a_formula_is_one(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        """Distinct values and groups are no sums: they stand as fixed values, and say so."""
        path, _ = written
        how = {(row[2], row[13]) for row in cells(path, "结果")[1:] if row[7] != "-"}
        assert {name for name, said in how if said == "固定值"} == {"人数", "各人"}
        assert {said for name, said in how if name not in ("人数", "各人")} == {"公式"}

    def test_a_row_that_turns_turns_figure_verdict_and_summary(self, desk: Desk) -> None:
        """Nine of ten met is 90 %: enough. One more missed is 80 %: not."""
        late = {"工单类型": "事件", "创建时间": "2016-03-01 09:00", "解决时限": "2016-03-01 12:00"}
        rows = [{**late, "解决时间": f"2016-03-01 {'13' if at == 0 else '11'}:00"} for at in range(10)]
        desk.tickets(*rows)
        plan = desk.write("plan.yaml", "\n".join(EVERYTHING.splitlines()[:4]))
        path = desk.folder / "card.xlsx"
        desk.score("-o", str(path), plan=plan)

        book = Book(path)
        places = (("结果", "H2"), ("结果", "J2"), ("汇总", "C5"), ("汇总", "B6"))
        assert [book.value(*each) for each in places] == [0.9, "达标", "达标", "1/1"]
        met = next(cell for cell, value in book.cells("完成率") if value == "达成")
        book.put("完成率", met, "未达成")
        assert [book.value(*each) for each in places] == [0.8, "未达标", "未达标", "0/1"]

    def test_verdicts_compare_whole_numbers(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        """0.9 and 4.5 are no numbers a spreadsheet has; products of whole ones are."""
        path, _ = written
        conditions = [formula for sheet, cell, formula in formulas(path) if sheet == "结果" and cell.startswith("J")]
        assert "=IF(9*G2<=10*F2" in {each[:15] for each in conditions}
        assert not any(re.search(r"\d\.\d", each) for each in conditions)

    def test_a_mean_at_its_target_in_tenths(self, desk: Desk) -> None:
        """(4.4 + 4.5 + 4.6) / 3 is 4.5: met, though 4.4 + 4.5 + 4.6 is 13.499999999999998 in doubles, added so."""
        desk.surveys("4.6", "4.5", "4.4")
        plan = desk.write("plan.yaml", "\n".join([*EVERYTHING.splitlines()[:3], EVERYTHING.splitlines()[6]]))
        path = desk.folder / "card.xlsx"
        desk.score("-o", str(path), plan=plan)
        book = Book(path)
        assert book.formula("结果", "J2").startswith("=IF(45*G2<=ROUND(F2*10,0),")
        assert (book.value("结果", "J2"), book.cached("结果", "J2")) == ("达标", "达标")

    @pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
    @pytest.mark.parametrize("name", ["everything", "2016"])
    def test_libreoffice_calculates_the_same(
        self, written: tuple[Path, list[dict[str, Any]]], tmp_path: Path, name: str
    ) -> None:
        """What openpyxl saves has no cached values left, so that all is calculated from scratch."""
        path = written[0] if name == "everything" else example(tmp_path)
        bare = tmp_path / "bare.xlsx"
        openpyxl.load_workbook(path).save(bare)
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        words = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
        subprocess.run([*words, str(tmp_path / "out"), str(bare)], check=True, capture_output=True, timeout=300)
        ours, theirs = (openpyxl.load_workbook(each, data_only=True) for each in (path, tmp_path / "out" / "bare.xlsx"))
        for sheet, cell, formula in formulas(path):
            assert same(theirs[sheet][cell].value, ours[sheet][cell].value), (sheet, cell, formula)


def example(folder: Path) -> Path:
    """Score the example year of 3,500 rows."""
    path = folder / "example.xlsx"
    Desk(folder / "desk").run("score", "-q", "-o", str(path), exports=(ROOT / "examples" / "2016" / "csv",))
    return path


def test_the_example_year_is_found_again(tmp_path: Path) -> None:
    """Its expectations were written by the generator, which shares nothing with the engine."""
    path = example(tmp_path)
    book = Book(path)
    expected = json.loads((ROOT / "examples" / "2016" / "expected.json").read_text(encoding="utf-8"))
    assert expected
    for sheet, cell, formula in formulas(path):
        assert same(book.value(sheet, cell), book.cached(sheet, cell)), (sheet, cell, formula)
    missed = [row for row in cells(path, "事件SLA完成率") if row[2] == "未达成"]
    results = [row for row in cells(path, "结果") if row[2] == "事件处理按照服务级别协议完成率"]
    assert len(missed) == sum(row[6] - row[5] for row in results) > 100


class TestEvidence:
    def test_rows_of_a_ceiling_are_called_by_their_condition(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        """A row that is late achieves nothing: of at most 40 % late ones it is one that meets the condition."""
        path, results = written
        said = {row[2] for row in cells(path, "超时率")[7:]}
        assert said == {"符合条件", "不符合条件", "剔除"}
        late = [row[0] for row in cells(path, "超时率")[7:] if row[2] == "符合条件"]
        missed = [row[0] for row in cells(path, "完成率")[7:] if row[2] == "未达成"]
        assert sorted(late) == sorted(missed)
        mine = {each["project"]: each["met"] for each in results if each["indicator"] == "late"}
        assert {name: late.count(name) for name in AWKWARD} == mine
        figures = [cell for sheet, cell, formula in formulas(path) if sheet == "结果" and "'超时率'" in formula]
        assert len(figures) >= 2 * len(AWKWARD)

    def test_a_miss_of_a_ceiling_counts_the_rows_against_it(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        path, results = written
        rows = [row for row in cells(path, "改进措施")[1:] if row[1] == "超时率"]
        failed = [each for each in results if (each["indicator"], each["verdict"]) == ("late", "fail")]
        assert failed
        assert [row[4] for row in rows] == [each["met"] for each in failed]

    def test_a_pending_row_says_when_it_turns_as_explain_does(self, desk: Desk) -> None:
        """By due times and by limits; what has neither turns with the period, a running duration tells nothing."""
        open_ones = [
            {"创建时间": "2016-03-01 09:00", "解决时限": "2016-05-02 12:00"},
            {"创建时间": "2016-03-01 09:00", "解决时限": "2016-05-03", "优先级": "P1"},
            {"创建时间": "2016-04-29 09:00", "优先级": "P2", "项目名称": "甲"},
            {"创建时间": "2016-04-29 09:00", "响应时间": "2016-04-29 09:10", "优先级": "P2", "项目名称": "甲"},
        ]
        desk.tickets(*({"工单类型": "事件", "状态": "处理中", "解决时间": "", **each} for each in open_ones))
        path = desk.folder / "card.xlsx"
        indicators = {"solved": "sla_met", "both": "sla_met and response_met", "either": "sla_met or response_met",
                      "done": "completed"}  # fmt: skip
        lines = [f"  {name}: {{name: {name}, table: tickets, period_by: created_at, value: share({value})}}"
                 for name, value in indicators.items()]  # fmt: skip
        limits = [
            "calendars: {7x24: always}",
            "sla: [{priority: P2, calendar: 7x24, respond: 30h, resolve: 90h}]",
        ]
        plan = desk.write("plan.yaml", "\n".join(["plan: 计划", "period: 2016", "indicators:", *lines, *limits]))
        found: dict[tuple[str, str], str] = {}
        for project in (PROJECT, "甲"):
            desk.score("--as-of", "2016-04-30", "--lang", "en", "-o", str(path), plan=plan)
            for name in indicators:
                found |= {(row[1], name): row[3] for row in cells(path, name)[7:] if row[2] == "Pending"}
                told = explained(desk, project, name, plan)
                said = {each["id"]: each["said"] for each in told["rows"].get("pending", ())}
                assert {key: found[key, name] for key in said} == said
        due = "still open, due {}: past that it is a miss".format
        assert found["T1", "solved"] == due("2016-05-02 12:00")
        assert found["T2", "solved"] == due("2016-05-03")
        assert found["T3", "solved"] == found["T3", "either"] == due("2016-05-03 03:00")
        assert found["T3", "both"] == due("2016-04-30 15:00")
        assert found["T4", "both"] == due("2016-05-03 03:00")
        assert found["T3", "done"] == due("2017-01-01 00:00")

    def test_every_row_is_listed_once_with_its_place(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        path, results = written
        rows = cells(path, "完成率")[7:]
        for bucket, field in (("达成", "met"), ("未达成", "missed"), ("未到期", "pending"), ("剔除", "excluded")):
            counts = {name: sum(row[0] == name and row[2] == bucket for row in rows) for name in AWKWARD}
            assert counts == {each["project"]: each[field] for each in results if each["indicator"] == "rate"}
        assert {row[6] for row in rows} == {"=cmd 工单.csv"}
        assert len({row[8] for row in rows}) == len(rows)

    def test_the_cell_is_that_of_the_row(self, desk: Desk) -> None:
        desk.surveys("3", "5")
        path = desk.folder / "card.xlsx"
        desk.score("-o", str(path))
        assert [row[1:10] for row in cells(path, "客户满意度")[7:]] == [
            ["S1", "计入", None, 3, None, "满意度.csv", None, 2, "D2"],
            ["S2", "计入", None, 5, None, "满意度.csv", None, 3, "D3"],
        ]

    def test_weights_have_a_product_column(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        path, _ = written
        rows = [row for row in cells(path, "平均分")[7:] if row[2] == "计入"]
        assert len(rows) == 60
        assert all(same(row[11], row[4] * row[5]) for row in rows)
        assert {row[5] for row in rows} == {1, 2, 7}

    @pytest.mark.parametrize("plan", [["完成率", "rate"], ["占比", "part"]])
    def test_what_a_sheet_does_not_hold_is_beside_it(
        self, year: Desk, monkeypatch: pytest.MonkeyPatch, plan: list[str]
    ) -> None:
        """Missed and pending rows come first, figures are fixed; the file has every row, and its hash is told."""
        whole, short = year.folder / "whole.xlsx", year.folder / "short.xlsx"
        words = "--as-of", "2017-01-01", "-q", "--indicator", plan[1]
        given = year.write("plan.yaml", EVERYTHING)
        year.score(*words, "-o", str(whole), plan=given)
        monkeypatch.setattr(xlsx, "SHEET_ROWS", 40)
        year.score(*words, "-o", str(short), plan=given)

        beside = year.folder / f"short.evidence-{plan[1]}.csv"
        all_rows = cells(whole, plan[0])[7:]
        shown = cells(short, plan[0])
        undone = sum(row[2] in ("未达成", "未到期") for row in all_rows)
        assert len(shown) == 7 + 40
        assert sum(row[2] in ("未达成", "未到期") for row in shown[7:]) == min(undone, 40)
        assert f"另有 {len(all_rows) - 40} 行未列" in shown[5][0]
        assert all(beside.name in text for text in (shown[5][0], str(cells(short, "汇总"))))
        assert {row[13] for row in cells(short, "结果")[1:]} == {"固定值"}
        assert not [each for each in formulas(short) if plan[0] in each[2]]
        data = beside.read_bytes()
        told = next(row for row in cells(short, "来源与版本") if row[1] == beside.name)
        assert told[2:] == [f"{len(all_rows)} 行", f"sha256 {hashlib.sha256(data).hexdigest()}"]
        head, *lines = csv.reader(io.StringIO(data.decode("utf-8-sig")))
        assert data.startswith(b"\xef\xbb\xbf")
        assert head[:5] == ["opskpi_evidence", "项目", "编号", "结果", "原因"]
        assert {line[0] for line in lines} == {plan[1]}
        assert [[line[1].removeprefix("'"), *line[2:4]] for line in lines] == [row[:3] for row in all_rows]
        assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)

    def test_a_sheet_that_holds_all_has_nothing_beside_it(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        assert not list(written[0].parent.glob("card.evidence-*"))

    def test_what_is_beside_a_workbook_is_no_export(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(xlsx, "SHEET_ROWS", 1)
        desk.surveys("3", "5")
        path = desk.exports / "card.xlsx"
        first = desk.score("-o", str(path)).card
        files = sorted(desk.exports.iterdir())
        assert (desk.exports / "card.evidence-customer_satisfaction.csv").is_file()
        again = desk.score("-o", str(path)).card
        assert again["results"] == first["results"]
        assert {each["file"] for each in again["unused"]} == {"card.xlsx", "card.evidence-customer_satisfaction.csv"}
        assert sorted(desk.exports.iterdir()) == files

    def test_a_large_book_written_row_by_row_says_the_same(self, year: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        plan = year.write("plan.yaml", EVERYTHING)
        paths = [year.folder / f"{name}.xlsx" for name in ("small", "large", "again")]
        names = [word for name in ("rate", "part", "score", "most") for word in ("--indicator", name)]
        for path, most in zip(paths, (xlsx.MANY_ROWS, 10, 10), strict=True):
            monkeypatch.setattr(xlsx, "MANY_ROWS", most)
            year.score("-o", str(path), "--as-of", "2017-01-01", "--by", "quarter", *names, plan=plan)
        assert paths[1].read_bytes() == paths[2].read_bytes() != paths[0].read_bytes()
        one, other = (openpyxl.load_workbook(path) for path in paths[:2])
        assert one.sheetnames == other.sheetnames
        for sheet in one:
            ours, theirs = (
                [getattr(cell.value, "text", cell.value) for row in book[sheet.title].iter_rows() for cell in row]
                for book in (one, other)
            )
            assert ours == theirs


class TestCharts:
    def test_lines_are_drawn_over_the_companys_figures(self, desk: Desk) -> None:
        """4 of 4 in March, 1 of 2 in June, nothing between: two figures and the target's line, 90 % in every month."""
        late = {"工单类型": "事件", "解决时限": "2016-12-01"}
        rows = [{**late, "创建时间": "2016-03-01", "解决时间": "2016-03-02", "项目名称": name} for name in "甲乙甲乙"]
        rows += [{**late, "创建时间": "2016-06-01", "解决时间": day} for day in ("2016-06-02", "2016-12-05")]
        desk.tickets(*rows)
        path = desk.folder / "card.xlsx"
        lines = EVERYTHING.splitlines()
        plan = desk.write("plan.yaml", "\n".join([*lines[:4], lines[5]]))
        desk.score("-o", str(path), "--by", "month", "--as-of", "2017-01-01", plan=plan)
        head, *table = [row[:14] for row in cells(path, "走势图")[:5]]
        months = [None] * 2 + [1.0] + [None] * 2 + [0.5] + [None] * 6
        assert head[2:] == [f"2016-{month:02}" for month in range(1, 13)]
        assert table[0] == ["完成率", ">= 90%", *months]
        assert table[1][2:] == [0.9] * 12
        charts = openpyxl.load_workbook(path)["走势图"]._charts
        drawn = [[line.val.numRef.f.translate({36: None, 39: None}) for line in chart.series] for chart in charts]
        assert drawn == [["走势图!C2:N2", "走势图!C3:N3"]]

    def test_a_single_figure_is_no_line(self, desk: Desk) -> None:
        desk.surveys("5", "4")
        path = desk.folder / "card.xlsx"
        desk.score("-o", str(path), "--by", "month")
        assert "走势图" not in openpyxl.load_workbook(path).sheetnames


class TestForms:
    def test_the_year_by_months(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        path, _ = written
        rows = cells(path, "指标统计表")
        heads = [row for row in rows if row[0] == "指标"]
        months = [f"{month}月" for month in range(1, 13)]
        wanted = ["指标", "计算方法", "目标", "统计部门", "统计频次", *months, "全年", "状态", "备注", "走势"]
        assert heads == [wanted] * len(AWKWARD)
        assert sum([cell for cell in row if cell] == ["编制:", "审核:", "批准:"] for row in rows) == len(AWKWARD)

    def test_what_the_customer_gets(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        path, results = written
        rows = cells(path, "服务报告")
        assert [row for row in rows if row[0] == "指标名称"] == [
            ["指标名称", "服务标准", "实际值", "指标状态", "备注"]
        ] * len(AWKWARD)
        mine = [row[2] for row in rows if row[0] == "完成率"]
        rates = [each["value"] for each in results if each["indicator"] == "rate"]
        assert mine == ["-" if value is None else value for value in rates]

    def test_every_miss_has_a_line_to_be_filled_in(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        path, results = written
        head, *rows = cells(path, "改进措施")
        assert head[6:] == ["原因分析", "改进措施", "责任人", "完成期限", "验证"]
        assert [row[:2] for row in rows] == [
            [each["project"], each["name"]] for each in results if each["verdict"] == "fail"
        ]
        assert all(row[6:] == [None] * 5 for row in rows)

    def test_the_ledger_balances(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        path, _ = written
        rows = cells(path, "行数账")[1:]
        assert [row[-1] for row in rows] == ["是", "是"]
        assert all(row[4] == sum(row[5:9]) for row in rows)


@pytest.fixture(scope="module")
def desk_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Score the desk with sixteen indicators and three customers."""
    folder = tmp_path_factory.mktemp("desk") / "desk"
    path = folder / "card.xlsx"
    example = ROOT / "examples" / "b2b-desk"
    Desk(folder).run("score", "-q", "-o", str(path), plan=example / "targets.yaml", exports=(example / "csv",))
    return path


class TestPaper:
    def test_many_indicators_stand_in_blocks_below_one_another(self, desk_book: Path) -> None:
        """Sixteen are five, five and six; each block has its heads, all projects, and how many of them passed."""
        rows = cells(desk_book, "汇总")
        heads = [at for at, row in enumerate(rows) if row[0] == "项目"]
        assert [sum(cell == "实际值" for cell in rows[at]) for at in heads] == [5, 5, 6]
        assert max(len(row) for row in rows) == 13
        names = [cell for at in heads for cell in rows[at - 1] if cell]
        assert names == [row[2] for row in cells(desk_book, "结果")[1:17]]
        for at in heads:
            assert [row[0] for row in rows[at + 1 : at + 5]] == ["华东制造集团", "南方物流", "联合纺织", "达标项目"]
        book = Book(desk_book)
        for sheet, cell, formula in formulas(desk_book):
            assert same(book.value(sheet, cell), book.cached(sheet, cell)), (sheet, cell, formula)

    def test_projects_beyond_a_page_have_heads_again_and_are_counted_together(self, tmp_path: Path) -> None:
        """45 projects with seven indicators: blocks of four and three, each of 20, 20 and 5 projects."""
        desk = Desk(tmp_path / "many")
        answers = {"提交时间": "2016-05-01", "满意度": "4"}
        rows = [{"问卷编号": f"S{at}", "项目名称": f"项目{at:02}", **answers} for at in range(45)]
        desk.put("满意度.csv", [{**row, "满意度": "5"} if at % 3 else row for at, row in enumerate(rows)])
        line = '  i{}: {{name: 指标{}, table: surveys, period_by: submitted_at, value: mean(score), target: ">= 4.5"}}'
        lines = [*EVERYTHING.splitlines()[:3], *(line.format(at, at) for at in range(7))]
        path = desk.folder / "card.xlsx"
        desk.score("-q", "-o", str(path), plan=desk.write("plan.yaml", "\n".join(lines)))
        found = cells(path, "汇总")
        heads = [at for at, row in enumerate(found) if row[0] == "项目"]
        blocks = [found[first + 1 : after] for first, after in pairwise([*heads, len(found)])]
        assert [sum(str(row[0]).startswith("项目") for row in each) for each in blocks] == [20, 20, 5, 20, 20, 5]
        passed = [at for at, row in enumerate(found, 1) if row[0] == "达标项目"]
        book = Book(path)
        for row, letters in zip(passed, ("BDF", "BDFH"), strict=True):
            assert [book.value("汇总", f"{letter}{row}") for letter in letters] == ["30/45"] * len(letters)
            assert [book.cached("汇总", f"{letter}{row}") for letter in letters] == ["30/45"] * len(letters)
        sheet = openpyxl.load_workbook(path)["汇总"]
        breaks = {each.id for each in sheet.row_breaks.brk}
        assert breaks <= {at - 1 for at in heads}
        assert breaks

    def test_a_form_of_two_pages_has_its_title_and_heads_on_both(
        self, desk_book: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(looks, "_ROOM", 300)
        example = ROOT / "examples" / "b2b-desk"
        path = desk_book.parent / "low.xlsx"
        Desk(desk_book.parent / "low").run(
            "score", "-q", "-o", str(path), plan=example / "targets.yaml", exports=(example / "csv",)
        )
        for name in ("指标统计表", "服务报告"):
            sheet = openpyxl.load_workbook(path)[name]
            titles = [row[0].row for row in sheet.iter_rows() if "：2016-Q3" in str(row[0].value)]
            heads = [row[0].row for row in sheet.iter_rows() if row[0].value in ("指标", "指标名称")]
            assert heads == [row + 2 for row in titles]
            assert [each.id + 1 for each in sheet.row_breaks.brk] == titles[1:]
            said = [str(sheet.cell(row, 1).value) for row in titles]
            assert said[1] == f"{said[0]}（续）"
            listed = [row[0].value for row in sheet.iter_rows() if row[1].value and row[0].row not in heads]
            names = [row[2] for row in cells(path, "结果")[1:17]]
            assert [each for each in listed if each in names] == names * 3
            scale = sheet.page_setup.scale / 100
            for first, after in pairwise([*titles, sheet.max_row + 1]):
                high = sum(sheet.row_dimensions[row].height or 15 for row in range(first, after))
                assert high * scale < 300 + 60 * scale

    def test_every_sheet_is_set_up_for_paper(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        for sheet in openpyxl.load_workbook(written[0]):
            setup = sheet.page_setup
            assert (setup.orientation, setup.paperSize) == ("landscape", 9), sheet.title
            assert sheet.print_area
            assert sheet.oddFooter.right.text == "&P / &N"
            assert sheet.print_options.horizontalCentered
            if sheet.title in ("汇总", "指标统计表", "服务报告", "走势图"):  # fourteen indicators are more than a block
                assert sheet.row_breaks.brk
                continue
            assert sheet.freeze_panes, sheet.title
            assert sheet.print_title_rows, sheet.title
            assert sheet.auto_filter.ref, sheet.title
            assert (setup.fitToWidth or 1, int(setup.fitToHeight)) == (1, 0), sheet.title

    def test_long_texts_are_wrapped_within_the_page(self, desk_book: Path) -> None:
        """Rules above evidence and notes under the summary reach across the columns, and are as high as they need."""
        book = openpyxl.load_workbook(desk_book)
        sheet = book["规定时间内响应百分比"]
        (area,) = (each for each in sheet.merged_cells.ranges if each.min_row == 2)
        wide = sum(sheet.column_dimensions[each].width for each in "ABCDGIJ")
        text = sheet["A2"].value
        assert area.max_col >= 10
        assert sheet["A2"].alignment.wrap_text
        assert sheet.row_dimensions[2].height > 13 * sum(2 if letter > "\u2010" else 1 for letter in text) / wide


class TestSafety:
    def test_no_text_of_an_export_is_a_formula(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        path, _ = written
        values = {formula for _, _, formula in formulas(path)}
        assert not any("HYPERLINK" in each or "1+1" in each or "cmd" in each for each in values)
        texts = {cell.value for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for cell in row}
        assert {AWKWARD[0], "=cmd 工单.csv"} <= texts

    def test_the_same_bytes_in_any_order(self, desk: Desk) -> None:
        late = {"工单类型": "事件", "创建时间": "2016-03-01 09:00", "解决时限": "2016-03-01 12:00"}
        one = desk.tickets({**late, "解决时间": "2016-03-01 13:00"}, file="a.csv")
        two = desk.tickets({**late, "解决时间": "2016-03-01 11:00", "工单编号": "U1"}, file="b.csv")
        path, found = desk.folder / "card.xlsx", []
        for exports in ((one, two), (two, one)):
            desk.score("-o", str(path), exports=exports)
            found.append(path.read_bytes())
        assert found[0] == found[1]

    def test_sheets_have_legal_names_of_their_own(self) -> None:
        taken: set[str] = set()
        wanted = ["a/b:c", "A B C", "甲" * 40, "甲" * 40, "'x'", "History", "[]"]
        names = [sheet_name(each, taken) for each in wanted]
        assert names == ["a b c", "A B C (2)", "甲" * 31, "甲" * 27 + " (2)", "x", "History_", "-"]

    def test_indicators_alike_in_name_have_sheets_of_their_own(self, desk: Desk) -> None:
        desk.surveys("5")
        lines = EVERYTHING.splitlines()[:3]
        more = ["  a: {name: 汇总, table: surveys, period_by: submitted_at, value: mean(score)}",
                "  b: {name: 汇总, table: surveys, period_by: submitted_at, value: count()}"]  # fmt: skip
        path = desk.folder / "card.xlsx"
        desk.score("-o", str(path), plan=desk.write("plan.yaml", "\n".join([*lines, *more])))
        assert {"汇总", "汇总 (2)", "汇总 (3)"} <= set(openpyxl.load_workbook(path).sheetnames)
        book = Book(path)
        assert (book.value("结果", "H2"), book.value("结果", "H3")) == (5, 1)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
