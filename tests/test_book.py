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
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from conftest import ROOT
from opskpi.renderers import xlsx
from opskpi.renderers.book.layout import sheet_name
from rulebook import Desk
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
"""
WORDS = {"pass": "达标", "fail": "未达标", "no_target": "仅统计", "not_applicable": "未发生"}
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


def same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return one == other


class TestFigures:
    def test_cached_values_are_those_of_the_json(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        path, results = written
        rows = cells(path, "结果")[1:]
        assert len(rows) == len(results) == len(AWKWARD) * 13
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

    def test_a_large_book_written_row_by_row_says_the_same(
        self, written: tuple[Path, list[dict[str, Any]]], year: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path, _ = written
        monkeypatch.setattr(xlsx, "MANY_ROWS", 10)
        large, again = year.folder / "large.xlsx", year.folder / "again.xlsx"
        for each in (large, again):
            year.score("-o", str(each), "--as-of", "2017-01-01", "--by", "month", plan=year.folder / "plan.yaml")
        assert large.read_bytes() == again.read_bytes()
        one, other = openpyxl.load_workbook(path), openpyxl.load_workbook(large)
        assert one.sheetnames == other.sheetnames
        for sheet in one:
            ours, theirs = (
                [getattr(cell.value, "text", cell.value) for row in book[sheet.title].iter_rows() for cell in row]
                for book in (one, other)
            )
            assert ours == theirs


class TestForms:
    def test_the_year_by_months(self, written: tuple[Path, list[dict[str, Any]]]) -> None:
        path, _ = written
        rows = cells(path, "指标统计表")
        heads = [row for row in rows if row[0] == "指标"]
        months = [f"{month}月" for month in range(1, 13)]
        wanted = ["指标", "计算方法", "目标", "统计部门", "统计频次", *months, "全年", "状态", "备注", "走势"]
        assert heads == [wanted] * len(AWKWARD)
        assert sum(row[:3] == ["编制:", "审核:", "批准:"] for row in rows) == len(AWKWARD)

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
