"""A company's own form: its named cells are filled, and nothing else of it changes."""

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from opskpi.forms.names import FIELDS, GENERAL
from rulebook import ROOT, Desk, Outcome, incident
from test_notes import month, parts, picture

#: openpyxl says so of what it would lose.
pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported")

PLAN = """plan: 月度计划
period: 2016
header: {number: QP-07, prepared_by: 张三, prepared_on: 2016-01-05, approved_by: 王五}
indicators:
  rate:
    {name: 事件完成率（SLA）, short: SLA, table: tickets, period_by: created_at, value: share(sla_met), target: ≥ 90%}
  count: {name: 事件数, owner: 运维部, table: tickets, period_by: created_at, value: count(), target: "<= 13"}
"""
RISKY = "=cmd|' /C calc'!A0"
#: 甲: March 3 of 4, April 9 of 10; the risky one: March 1 of 2.
EXPECTED_RATES = {"甲": 12 / 14, RISKY: 1 / 2}
Names = Mapping[str, str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write("plan.yaml", PLAN)
    made.tickets(*month(3, "甲", 3, 1), *month(4, "甲", 9, 1), *month(3, RISKY, 1, 1))
    return made


def form(desk: Desk, names: Names, draw: Callable[[Any, Any], None] | None = None, file: str = "form.xlsx") -> Path:
    """Make a form whose sheet 月报 has some named cells."""
    book = xlsxwriter.Workbook(desk.folder / file)
    sheet = book.add_worksheet("月报")
    for name, cell in names.items():
        book.define_name(name, f"='月报'!{cell}")
    if draw:
        draw(book, sheet)
    book.close()
    return desk.folder / file


def filled(desk: Desk, template: Path, *more: str) -> Outcome:
    """Fill a form in."""
    out = desk.folder / f"out{template.suffix}"
    words = "--template", str(template), "-o", str(out), *more
    return desk.score(*words, plan=desk.folder / "plan.yaml")


def cells(desk: Desk, *addresses: str) -> list[Any]:
    sheet = openpyxl.load_workbook(desk.folder / "out.xlsx")["月报"]
    return [sheet[each].value for each in addresses]


def refused(desk: Desk, template: Path, *more: str) -> str:
    """Fill in what cannot be filled in: the sentence."""
    outcome = filled(desk, template, "--lang", "en", *more)
    assert outcome.exit_code == 2
    assert not (desk.folder / "out.xlsx").exists()
    assert len(outcome.said.splitlines()) == 1
    return outcome.said


def everything(book: Any, sheet: Any) -> None:  # noqa: ANN401
    """Draw a form with all that a library might lose."""
    bold = book.add_format({"bold": True, "align": "center"})
    lined = book.add_format({"border": 1})
    percent = book.add_format({"border": 1, "num_format": "0.00%"})
    sheet.merge_range("A1:E1", "XX 公司 运维服务月报", bold)
    sheet.insert_image("G1", "logo.png", {"image_data": io.BytesIO(picture())})
    sheet.write_blank("B2", None, lined)
    sheet.write("D2", "（自动填写）", book.add_format({"num_format": 'yyyy"年"m"月"d"日"'}))
    sheet.write_row("A4", ["项目", "完成率", "状态", "事件数", "签字"], bold)
    sheet.set_row(4, 30)
    for column, look in enumerate((lined, percent, lined, lined, lined)):
        sheet.write_blank(4, column, None, look)
    sheet.write_formula("D20", "=SUM(D5:D19)", lined, 999)
    sheet.write_formula("B20", '=IF(D20>10,"多","少")', lined, "旧")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"categories": "='月报'!$A$5:$A$8", "values": "='月报'!$B$5:$B$8", "fill": {"color": "#112233"}})
    sheet.insert_chart("G5", chart)
    sheet.insert_textbox("G22", "盖章处", {"fill": {"color": "#FFEE00"}})
    sheet.data_validation("C5:C19", {"validate": "list", "source": ["达标", "未达标"]})
    sheet.conditional_format("B5:B19", {"type": "cell", "criteria": "<", "value": 0.9, "format": bold})
    sheet.conditional_format("D5:D19", {"type": "data_bar", "data_bar_2010": True})
    sheet.write_comment("A4", "按项目填写")
    sheet.set_header("&C机密 &G", {"image_center": "l.png", "image_data_center": io.BytesIO(picture())})
    sheet.set_landscape()
    sheet.print_area("A1:F30")
    sheet.repeat_rows(0, 3)
    sheet.set_column("A:A", 24)
    sheet.freeze_panes(4, 1)
    sheet.protect("pw")
    other = book.add_worksheet("说明")
    other.write("A1", "本页不动")
    other.write_formula("A2", "=1+1", None, 2)
    book.define_name("税率", "=0.06")


NAMES = {
    "period": "$B$2",
    "as_of": "$D$2",
    "rows.project": "$A$5",
    "rows.rate.value": "$B$5",
    "各项目.SLA.状态": "$C$5",
    "rows.count.value": "$D$5",
}


class TestLooks:
    @pytest.fixture
    def pair(self, desk: Desk) -> tuple[Path, Path]:
        """Give the form before and after."""
        template = form(desk, NAMES, everything)
        outcome = filled(desk, template)
        assert outcome.exit_code == 1
        assert "form.xlsx" not in outcome.said, "an indicator, a list and a name of nobody's concern need no word"
        return template, desk.folder / "out.xlsx"

    def test_every_other_part_is_kept_byte_by_byte(self, pair: tuple[Path, Path]) -> None:
        before, after = map(parts, pair)
        assert list(before) == list(after)
        changed = {name for name in before if before[name] != after[name]}
        touched = {"xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml"}
        assert changed == touched
        kinds = ("xl/media/", "xl/charts/", "xl/drawings/", "xl/comments", "xl/drawings/vmlDrawing", "docProps/")
        assert all(any(name.startswith(kind) for name in before) for kind in kinds)

    def test_all_of_the_sheet_but_its_rows_is_kept(self, pair: tuple[Path, Path]) -> None:
        before, after = (parts(each)["xl/worksheets/sheet1.xml"] for each in pair)
        rows = re.compile(rb"<sheetData>.*</sheetData>|<dimension[^>]*>", re.DOTALL)
        assert rows.sub(b"", before) == rows.sub(b"", after)
        for kept in (b"conditionalFormatting", b"dataValidation", b"sheetProtection", b"legacyDrawingHF", b"x14:"):
            assert kept in after

    def test_other_cells_keep_what_they_hold_and_how_they_look(self, pair: tuple[Path, Path]) -> None:
        before, after = (openpyxl.load_workbook(each)["月报"] for each in pair)
        named = {"B2", "D2", *(f"{column}{row}" for column in "ABCDE" for row in (5, 6))}
        for row in before.iter_rows():
            for cell in row:
                if cell.coordinate not in named:
                    assert after[cell.coordinate].value == cell.value
                other = after[cell.coordinate]
                for look in ("number_format", "font", "fill", "border", "alignment") if cell.row != 6 else ():
                    assert repr(getattr(other, look)) == repr(getattr(cell, look))

    def test_rows_look_like_the_first(self, pair: tuple[Path, Path]) -> None:
        sheet = openpyxl.load_workbook(pair[1])["月报"]
        assert [sheet.row_dimensions[row].height for row in (5, 6, 7)] == [30, 30, None]
        assert [sheet.cell(6, column).number_format for column in (2, 4)] == ["0.00%", "General"]
        assert [sheet.cell(6, column).border.left.style for column in range(1, 7)] == ["thin"] * 5 + [None]

    def test_figures_are_numbers_texts_and_days(self, pair: tuple[Path, Path], desk: Desk) -> None:
        assert cells(desk, "A5", "B5", "C5", "D5") == [RISKY, 0.5, "未达标", 2]
        assert cells(desk, "A6", "B6", "C6", "D6", "E6") == ["甲", 12 / 14, "未达标", 14, None]
        assert cells(desk, "B2", "D2") == ["2016", datetime(2017, 1, 1)]  # noqa: DTZ001 - as a sheet has it
        risky = openpyxl.load_workbook(pair[1])["月报"]["A5"]
        assert risky.quotePrefix
        assert b'r="A5" s="' in parts(pair[1])["xl/worksheets/sheet1.xml"]
        assert b"<f>cmd" not in parts(pair[1])["xl/worksheets/sheet1.xml"]

    def test_no_formula_keeps_a_result_of_another_time(self, pair: tuple[Path, Path]) -> None:
        for sheet, cell in (("月报", "D20"), ("月报", "B20"), ("说明", "A2")):
            assert openpyxl.load_workbook(pair[1], data_only=True)[sheet][cell].value is None
        assert openpyxl.load_workbook(pair[1])["月报"]["D20"].value == "=SUM(D5:D19)"
        assert b'fullCalcOnLoad="1"' in parts(pair[1])["xl/workbook.xml"]

    @pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
    def test_libreoffice_calculates_it_and_runs_no_text(self, pair: tuple[Path, Path], tmp_path: Path) -> None:
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        words = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"]
        subprocess.run([*words, str(tmp_path / "lo"), str(pair[1])], check=True, capture_output=True, timeout=300)
        sheet = openpyxl.load_workbook(tmp_path / "lo" / "out.xlsx", data_only=True)["月报"]
        assert (sheet["D20"].value, sheet["B20"].value) == (16, "多")
        assert sheet["A5"].value == RISKY

    def test_the_same_form_and_card_give_the_same_bytes(self, pair: tuple[Path, Path], desk: Desk) -> None:
        first = pair[1].read_bytes()
        filled(desk, pair[0])
        assert pair[1].read_bytes() == first

    def test_among_the_exports_it_is_no_export(self, pair: tuple[Path, Path], desk: Desk) -> None:
        shutil.copy(pair[1], desk.exports / "月报.xlsx")
        outcome = desk.score(plan=desk.folder / "plan.yaml")
        assert len(outcome.card["inputs"]) == 1


class TestNames:
    def test_of_one_project_are_of_that_project(self, desk: Desk) -> None:
        names = [
            "project",
            "rate.value",
            "rate.numerator",
            "rate.denominator",
            "rate.met",
            "rate.missed",
            "rate.target",
        ]
        names += [
            "rate.shown",
            "rate.verdict",
            "rate.name",
            "count.owner",
            "count.value",
            "count.headroom",
            "passed",
            "failed",
        ]
        names += ["rate.m03", "rate.m04", "rate.m05"]
        template = form(desk, {name: f"$A${row}" for row, name in enumerate(names, 1)})
        filled(desk, template, "--project", "甲", "--by", "month")
        got = dict(zip(names, cells(desk, *(f"A{row}" for row in range(1, len(names) + 1))), strict=True))
        assert got == {
            "project": "甲",
            "rate.value": 12 / 14,
            "rate.numerator": 12,
            "rate.denominator": 14,
            "rate.met": 12,
            "rate.missed": 2,
            "rate.target": "≥ 90%",
            "rate.shown": "85.7%",
            "rate.verdict": "未达标",
            "rate.name": "事件完成率（SLA）",
            "count.owner": "运维部",
            "count.value": 14,
            "count.headroom": -1,
            "passed": 0,
            "failed": 2,
            "rate.m03": 0.75,
            "rate.m04": 0.9,
            "rate.m05": None,
        }

    def test_of_several_projects_are_the_companys(self, desk: Desk) -> None:
        template = form(desk, {"rate.value": "$A$1", "rate.failed": "$A$2", "rate.worst": "$A$3", "projects": "$A$4"})
        filled(desk, template)
        assert cells(desk, "A1", "A2", "A3", "A4") == [13 / 16, 2, RISKY, 2]

    def test_may_be_chinese_and_leave_out_what_no_name_can_hold(self, desk: Desk) -> None:
        names = {
            "统计期": "$A$1",
            "事件完成率SLA.实际值": "$A$2",
            "事件数.3月": "$A$3",
            "编制": "$A$4",
            "编制日期": "$A$5",
        }
        template = form(desk, names | {"批准": "$A$6", "文件编号": "$A$7", "RATE.Value": "$A$8", "sla.分子": "$A$9"})
        filled(desk, template, "--project", "甲", "--by", "month")
        first, rest = cells(desk, "A1", "A2", "A3", "A4"), cells(desk, "A5", "A6", "A7", "A8", "A9")
        assert first == ["2016", 12 / 14, 4, "张三"]
        assert rest == ["2016-01-05", "王五", "QP-07", 12 / 14, 12]

    def test_fill_a_row_for_each_result(self, desk: Desk) -> None:
        template = form(desk, {"results.project": "$A$2", "各指标.指标": "$B$2", "results.value": "$C$2"})
        filled(desk, template)
        rows = [cells(desk, *(f"{column}{row}" for column in "ABC")) for row in range(2, 7)]
        assert rows == [
            [RISKY, "事件完成率（SLA）", 0.5],
            [RISKY, "事件数", 2],
            ["甲", "事件完成率（SLA）", 12 / 14],
            ["甲", "事件数", 14],
            [None, None, None],
        ]

    def test_with_nothing_to_say_leave_a_blank_and_are_told(self, desk: Desk) -> None:
        template = form(desk, {"project": "$A$1", "rate.m03": "$A$2", "total": "$A$3", "period": "$A$4"})
        outcome = filled(desk, template)
        assert "名称 project、rate.m03、total 在本次结果中没有内容" in outcome.said
        assert cells(desk, "A1", "A2", "A3") == [None] * 3

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("rate.vlaue", "是否应为 rate.value？"),
            ("SLB.实际值", "是否应为 SLA.实际值？"),
            ("rows.rate.valeu", "是否应为 rows.rate.value？"),
            ("perod", "是否应为 period？"),
            ("rate.xyz", "可用的有：value、shown"),
        ],
    )
    def test_that_nobody_knows_are_told_with_the_nearest(self, desk: Desk, name: str, said: str) -> None:
        outcome = filled(desk, form(desk, {name: "$A$1", "period": "$A$2"}))
        assert f"不认识单元格名称 {name}，未填写；{said}" in outcome.said
        assert outcome.exit_code == 1

    def test_of_no_cell_are_told(self, desk: Desk) -> None:
        def more(book: Any, _: Any) -> None:  # noqa: ANN401
            book.define_name("plan", "=1+1")

        outcome = filled(desk, form(desk, {"period": "$A$1"}, more))
        assert "名称 plan 不指向单元格，未填写" in outcome.said

    def test_may_stand_on_any_sheet_and_name_merged_cells(self, desk: Desk) -> None:
        def more(book: Any, sheet: Any) -> None:  # noqa: ANN401
            sheet.merge_range("A1:C2", "统计期", book.add_format({"border": 1}))
            book.add_worksheet("O'Neil 表").write("B2", "?")
            book.define_name("plan", "='O''Neil 表'!$B$2")

        filled(desk, form(desk, {"period": "$A$1:$C$2"}, more))
        book = openpyxl.load_workbook(desk.folder / "out.xlsx")
        assert (book["月报"]["A1"].value, book["O'Neil 表"]["B2"].value) == ("2016", "月度计划")

    def test_a_format_that_would_show_the_other_verdict_is_told(self, desk: Desk) -> None:
        """89.95 % of 90 %, which the cell shows as 90 %: the promise of honest rounding is the scorecard's alone."""
        desk.tickets(*[incident("2016-03-02", f"2016-03-0{2 if at < 188 else 9}", 项目名称="甲") for at in range(209)])

        def percent(book: Any, sheet: Any) -> None:  # noqa: ANN401
            sheet.write_blank("A1", None, book.add_format({"num_format": "0%"}))
            sheet.write_blank("A2", None, book.add_format({"num_format": "0.00%"}))

        names = {"rate.value": "$A$1", "SLA.实际值": "$A$2"}
        outcome = filled(desk, form(desk, names, percent))
        assert "月报!A1：名称 rate.value 的数字格式 0% 会把 89.95% 显示为另一种结论" in outcome.said
        assert "月报!A2" not in outcome.said


class TestRefusals:
    def test_no_name_of_ours(self, desk: Desk) -> None:
        said = refused(desk, form(desk, {"税率": "$A$1"}))
        assert "form.xlsx has no name of a cell that opskpi knows (such as period, rate.value)" in said

    def test_a_cell_with_a_formula(self, desk: Desk) -> None:
        template = form(desk, {"period": "$A$1"}, lambda _, sheet: sheet.write_formula("A1", "=1+1"))
        assert "form.xlsx#月报!A1: the name period is of a cell with a formula" in refused(desk, template)

    def test_a_cell_hidden_by_a_merged_range(self, desk: Desk) -> None:
        template = form(desk, {"period": "$B$1"}, lambda _, sheet: sheet.merge_range("A1:C1", "x"))
        assert "月报!B1: the name period is of a hidden cell of a merged range" in refused(desk, template)

    def test_two_names_of_one_cell(self, desk: Desk) -> None:
        template = form(desk, {"period": "$B$1", "plan": "$B$1"})
        assert "月报!B1: the names period, plan are of the same cell" in refused(desk, template)
        assert filled(desk, form(desk, {"period": "$B$1", "统计期": "$B$1"})).exit_code == 1

    def test_rows_without_room(self, desk: Desk) -> None:
        template = form(desk, {"rows.project": "$A$2"}, lambda _, sheet: sheet.write("A3", "合计"))
        assert "月报!A3: rows.project needs 2 rows downwards, and this cell is in use" in refused(desk, template)
        assert filled(desk, template, "--project", "甲").exit_code == 1

    @pytest.mark.parametrize(
        ("data", "said"), [(b"x,y\n", "no .xlsx or .xlsm workbook"), (b"PK\x03\x04", "truncated or damaged")]
    )
    def test_what_is_no_workbook(self, desk: Desk, data: bytes, said: str) -> None:
        template = desk.folder / "form.xlsx"
        template.write_bytes(data)
        assert said in refused(desk, template)

    def test_a_missing_form(self, desk: Desk) -> None:
        assert "no such file or folder" in refused(desk, desk.folder / "nothing.xlsx")

    def test_a_form_without_its_output(self, desk: Desk) -> None:
        template = form(desk, {"period": "$A$1"})
        words = "--template", str(template), "--lang", "en"
        outcome = desk.score(*words, "-o", str(desk.folder / "card.csv"), plan=desk.folder / "plan.yaml")
        assert "-o result.xlsx" in outcome.said
        assert outcome.exit_code == 2

    def test_the_form_itself_as_output(self, desk: Desk) -> None:
        template = form(desk, {"period": "$A$1"})
        words = "--template", str(template), "-o", str(template), "--lang", "en"
        assert desk.score(*words, plan=desk.folder / "plan.yaml").exit_code == 2


def test_our_own_workbook_can_be_written_beside_it(desk: Desk) -> None:
    template, card = form(desk, {"period": "$A$1"}), desk.folder / "card.xlsx"
    filled(desk, template, "-o", f"xlsx={card}")
    assert cells(desk, "A1") == ["2016"]
    assert openpyxl.load_workbook(card).sheetnames[0] == "汇总"


def test_macros_are_kept(desk: Desk) -> None:
    def macro(book: Any, _: Any) -> None:  # noqa: ANN401
        file = desk.folder / "vba.bin"
        file.write_bytes(b"\xd0\xcf\x11\xe0 a project")
        book.add_vba_project(str(file))

    template = form(desk, {"period": "$A$1"}, macro, "form.xlsm")
    assert filled(desk, template).exit_code == 1
    assert parts(desk.folder / "out.xlsm")["xl/vbaProject.bin"] == b"\xd0\xcf\x11\xe0 a project"
    assert "out.xlsm" in refused_suffix(desk, template)


def refused_suffix(desk: Desk, template: Path) -> str:
    """Ask for an .xlsx of a form with macros: Excel would not open it."""
    words = "--template", str(template), "-o", str(desk.folder / "out.xlsx"), "-o", str(desk.folder / "out.xlsm")
    outcome = desk.score(*words, plan=desk.folder / "plan.yaml")
    assert openpyxl.load_workbook(desk.folder / "out.xlsx").sheetnames[0] == "汇总", "that one is our own workbook"
    return outcome.said


def test_a_form_whose_elements_bear_a_prefix_is_filled_alike(desk: Desk) -> None:
    """Some programs write <x:c> for <c>."""
    template = form(desk, NAMES, everything)
    with zipfile.ZipFile(template) as old, zipfile.ZipFile(desk.folder / "prefixed.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith(("xl/worksheets/sheet", "xl/workbook.xml", "xl/styles.xml")):
                data = re.sub(rb"<(/?)([A-Za-z]+)(?=[\s/>])", rb"<\1x:\2", data).replace(b" xmlns=", b" xmlns:x=")
            new.writestr(name, data)
    filled(desk, desk.folder / "prefixed.xlsx")
    xml = parts(desk.folder / "out.xlsx")["xl/worksheets/sheet1.xml"]
    assert b'<x:c r="A6"' in xml
    sheet = openpyxl.load_workbook(desk.folder / "out.xlsx")["月报"]
    assert [sheet[each].value for each in ("A6", "B6", "D6", "B2")] == ["甲", 12 / 14, 14, "2016"]


def test_every_name_is_documented() -> None:
    page = (ROOT / "docs" / "notes-and-templates.md").read_text(encoding="utf-8")
    names = {**FIELDS, **GENERAL}
    months = {name for name in FIELDS if name[1:].isdigit()}
    assert [
        each for name, other in names.items() if name not in months for each in (name, other) if f"`{each}`" not in page
    ] == []
