"""The list of improvements: misses are appended, what people wrote stays, open lines come back with the new value."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.table import Table

from opskpi.commands import output
from opskpi.commands.books import Notes
from opskpi.errors import OutputError
from opskpi.wording import Message
from rulebook import Desk, Outcome, incident

PLAN = """plan: 月度计划
period: 2016
indicators:
  rate: {name: 事件完成率, short: SLA, table: tickets, period_by: created_at, value: share(sla_met), target: ">= 90%"}
  count: {name: 事件数, table: tickets, period_by: created_at, value: count(), target: "<= 10"}
"""
#: A name that a spreadsheet might run.
RISKY = '=HYPERLINK("http://x","y")'
HEADS = ["项目", "指标", "期间", "目标", "实际值", "未达成明细", "原因分析", "改进措施", "责任人", "完成期限", "验证"]
HEADS += ["状态", "最新值", "最新期间", "最新状态", "opskpi"]


def month(number: int, project: str, met: int, missed: int) -> list[dict[str, str]]:
    """Make incidents of a month, some resolved in time, others a day late."""
    day = f"2016-{number:02}-05 08:00"
    rows = []
    for at in range(met + missed):
        late = at >= met
        stop = f"2016-{number:02}-0{8 if late else 6} 08:00"
        row = incident(f"2016-{number:02}-07 08:00", stop, 工单编号=f"{project}{number}-{at}", 项目名称=project)
        rows.append({**row, "创建时间": day})
    return rows


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """March: 甲 3 of 4, the risky one 1 of 2. April: 甲 9 of 10, the risky one 1 of 4, 乙 0 of 1."""
    made = Desk(tmp_path)
    made.write("plan.yaml", PLAN)
    made.tickets(
        *month(3, "甲", 3, 1), *month(3, RISKY, 1, 1), *month(3, "乙", 5, 0),
        *month(4, "甲", 9, 1), *month(4, RISKY, 1, 3), *month(4, "乙", 0, 1),
    )  # fmt: skip
    return made


def kept(desk: Desk, period: str = "2016-03", *more: str, notes: Path | None = None) -> Outcome:
    """Score a month with the list."""
    words = "--period", period, "--notes", str(notes or path(desk)), *more
    return desk.score(*words, plan=desk.folder / "plan.yaml")


def path(desk: Desk) -> Path:
    return desk.folder / "改进项.xlsx"


def lines(book: Path) -> list[list[Any]]:
    """Give the values of every row below the headings."""
    return [[cell.value for cell in row] for row in list(openpyxl.load_workbook(book).worksheets[0].iter_rows())[1:]]


def refused(desk: Desk, *more: str, period: str = "2016-03", notes: Path | None = None) -> tuple[str, int]:
    """Run what cannot go on: its one sentence in English, and its exit code."""
    outcome = kept(desk, period, "--lang", "en", *more, notes=notes)
    assert outcome.printed == ""
    assert len(outcome.said.splitlines()) == 1
    return outcome.said, outcome.exit_code


class TestANewList:
    def test_has_a_line_for_each_miss(self, desk: Desk) -> None:
        outcome = kept(desk)
        assert outcome.exit_code == 1
        assert "新增 2 行，更新 0 行" in outcome.said
        sheet = openpyxl.load_workbook(path(desk)).worksheets[0]
        assert [cell.value for cell in sheet[1]] == HEADS
        risky, plain = lines(path(desk))
        assert plain[:5] == ["甲", "事件完成率", "2016-03", ">= 90%", 0.75]
        assert plain[5] == "甲3-3  2016-03-08 08:00 完成，时限 2016-03-07 08:00  工单.csv!5"
        assert plain[6:15] == [None] * 5 + ["未关闭", None, None, None]
        assert risky[:5] == [RISKY, "事件完成率", "2016-03", ">= 90%", 0.5]

    def test_looks_as_it_is_to_be_worked_with(self, desk: Desk) -> None:
        kept(desk)
        sheet = openpyxl.load_workbook(path(desk)).worksheets[0]
        assert sheet.freeze_panes == "D2"
        assert sheet.auto_filter.ref == "A1:O3"
        (choice,) = sheet.data_validations.dataValidation
        assert choice.formula1 == '"未关闭,已关闭"'
        assert "L2" in choice.sqref
        assert sheet["E2"].number_format == "0.0%"
        assert sheet["F2"].alignment.wrap_text
        assert sheet["J2"].number_format == "yyyy-mm-dd" or sheet.column_dimensions["J"].number_format == "yyyy-mm-dd"
        assert sheet.column_dimensions["P"].hidden
        assert sheet.print_title_rows == "$1:$1"

    def test_holds_a_name_that_might_be_run_as_a_text(self, desk: Desk) -> None:
        kept(desk)
        cell = openpyxl.load_workbook(path(desk)).worksheets[0]["A2"]
        assert (cell.value, cell.data_type) == (RISKY, "s") or cell.data_type == "inlineStr"
        assert cell.quotePrefix

    def test_waived_misses_are_none(self, desk: Desk) -> None:
        waiver = "waivers:\n  - {project: 甲, indicator: rate, reason: 割接, approved_by: 王, until: 2016-12-31}\n"
        desk.write("plan.yaml", PLAN + waiver)
        kept(desk)
        assert [line[0] for line in lines(path(desk))] == [RISKY]

    def test_without_a_miss_has_headings_only(self, desk: Desk) -> None:
        kept(desk, "2016-03", "--project", "乙")
        assert lines(path(desk)) == []
        kept(desk)
        assert len(lines(path(desk))) == 2

    def test_is_english_for_english_readers(self, desk: Desk) -> None:
        kept(desk, "2016-03", "--lang", "en")
        sheet = openpyxl.load_workbook(path(desk)).worksheets[0]
        assert [cell.value for cell in sheet[1]][:3] == ["project", "indicator", "period"]
        assert sheet["L2"].value == "open"
        kept(desk, "2016-04")
        assert lines(path(desk))[1][14] == "达标", "a run in the other language goes on with it"

    def test_gives_the_same_bytes_anywhere(self, desk: Desk) -> None:
        kept(desk)
        other = desk.folder / "other.xlsx"
        kept(desk, notes=other)
        assert other.read_bytes() == path(desk).read_bytes()


class TestTheNextRun:
    def test_of_the_same_writes_nothing(self, desk: Desk) -> None:
        kept(desk)
        before = path(desk).read_bytes(), path(desk).stat().st_mtime_ns
        outcome = kept(desk)
        assert (path(desk).read_bytes(), path(desk).stat().st_mtime_ns) == before
        assert "改进项" not in outcome.said

    def test_brings_open_lines_back_and_appends(self, desk: Desk) -> None:
        kept(desk)
        outcome = kept(desk, "2016-04")
        assert "新增 2 行，更新 2 行" in outcome.said
        risky, plain, *new = lines(path(desk))
        assert plain[12:15] == [0.9, "2016-04", "达标"], "9 of 10 is 90 %"
        assert risky[12:15] == [0.25, "2016-04", "未达标"]
        assert [(line[0], line[2], line[4]) for line in new] == [(RISKY, "2016-04", 0.25), ("乙", "2016-04", 0)]
        assert openpyxl.load_workbook(path(desk)).worksheets[0].auto_filter.ref == "A1:O5"
        again = path(desk).read_bytes()
        kept(desk, "2016-04")
        assert path(desk).read_bytes() == again

    def test_leaves_closed_lines_alone(self, desk: Desk) -> None:
        kept(desk)
        book = openpyxl.load_workbook(path(desk))
        book.worksheets[0]["L2"] = "已关闭"
        book.worksheets[0]["L3"], book.worksheets[0]["K3"] = None, "已验证"
        book.save(path(desk))
        kept(desk, "2016-04")
        assert [line[12] for line in lines(path(desk))] == [None] * 4

    def test_of_an_older_or_longer_period_changes_no_newer_figure(self, desk: Desk) -> None:
        kept(desk)
        kept(desk, "2016-04")
        before = lines(path(desk))
        kept(desk, "2016-03")
        assert lines(path(desk)) == before
        kept(desk, "2016")
        assert lines(path(desk))[: len(before)] == before
        assert {line[2] for line in lines(path(desk))[len(before) :]} == {"2016"}

    def test_of_a_period_whose_figures_were_corrected_says_the_new_one(self, desk: Desk) -> None:
        kept(desk)
        desk.tickets(*month(3, "甲", 4, 0), *month(3, RISKY, 1, 1))
        kept(desk)
        _, plain = lines(path(desk))
        assert (plain[4], *plain[12:15]) == (0.75, 1, "2016-03", "达标")

    def test_knows_a_period_that_a_spreadsheet_took_for_a_day(self, desk: Desk) -> None:
        kept(desk)
        book = openpyxl.load_workbook(path(desk))
        book.worksheets[0]["C2"], book.worksheets[0]["C3"] = datetime(2016, 3, 1), "2016年3月"  # noqa: DTZ001
        book.save(path(desk))
        kept(desk)
        assert len(lines(path(desk))) == 2

    def test_finds_an_indicator_again_whose_name_the_plan_changed(self, desk: Desk) -> None:
        kept(desk)
        desk.write("plan.yaml", PLAN.replace("事件完成率", "事件处理完成率"))
        kept(desk)
        assert len(lines(path(desk))) == 2

    def test_keeps_what_people_wrote_cell_by_cell(self, desk: Desk) -> None:
        """Lines in another order, a column and a row of their own, text in every column that is theirs."""
        kept(desk)
        book = openpyxl.load_workbook(path(desk))
        sheet = book.worksheets[0]
        sheet.insert_cols(1)
        sheet["A1"] = "序号"
        written = "人手不足", "=招人", "张三", datetime(2017, 1, 31), "待查"  # noqa: DTZ001 - as a sheet has it
        for row in (2, 3):
            sheet[f"A{row}"] = row - 1
            for column, text in zip("HIJKL", written, strict=True):
                sheet[f"{column}{row}"] = text
                sheet[f"{column}{row}"].data_type = "d" if column == "K" else "s"
        sheet["B5"], sheet["C5"] = "内审发现", "文件未更新"
        book.save(path(desk))
        before = {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row}
        kept(desk, "2016-04")
        after = openpyxl.load_workbook(path(desk)).worksheets[0]
        changed = {key for key, value in before.items() if after[key].value != value}
        assert changed == {f"{column}{row}" for column in "NOPQ" for row in (2, 3)}
        assert [after[f"B{row}"].value for row in (6, 7)] == [RISKY, "乙"], "below all that stands there"

    def test_respects_a_value_that_was_changed_by_hand_and_says_so(self, desk: Desk) -> None:
        kept(desk)
        kept(desk, "2016-04")
        book = openpyxl.load_workbook(path(desk))
        book.worksheets[0]["M3"] = 0.95
        book.save(path(desk))
        desk.tickets(*month(4, "甲", 1, 1), *month(4, RISKY, 1, 3))
        outcome = kept(desk, "2016-04")
        assert lines(path(desk))[1][12:15] == [0.95, "2016-04", "达标"]
        assert "改进项.xlsx#改进措施!M3：最新值已由人工改动" in outcome.said

    def test_lets_a_table_over_the_list_reach_the_new_lines(self, desk: Desk) -> None:
        kept(desk)
        book = openpyxl.load_workbook(path(desk))
        book.worksheets[0].auto_filter.ref = None
        book.worksheets[0].add_table(Table(displayName="改进", ref="A1:P3"))
        book.save(path(desk))
        kept(desk, "2016-04")
        table = openpyxl.load_workbook(path(desk)).worksheets[0].tables["改进"]
        assert (table.ref, table.autoFilter.ref) == ("A1:P5", "A1:P5")


class TestABookOfPeoplesOwn:
    @pytest.fixture
    def own(self, desk: Desk) -> Path:
        """Make a book whose list stands on the second sheet, in another order, among pictures, charts and notes."""
        file = desk.folder / "台账.xlsx"
        book = xlsxwriter.Workbook(file)
        cover, sheet = book.add_worksheet("封面"), book.add_worksheet("改进台账")
        cover.write("A1", "质量部")
        cover.insert_image("B2", "logo.png", {"image_data": io.BytesIO(picture())})
        bold = book.add_format({"bold": True, "border": 2})
        sheet.write("A1", "改进台账（质量部）", bold)
        for at, text in enumerate(
            ("期间", "项目", "指标", "部门", "原因分析", "状态", "最新值", "最新期间", "最新状态")
        ):
            sheet.write(2, at, text, bold)
        sheet.write_row("A4", ["2016-02", "甲", "SLA", "运维部", "设备老化", "整改中"], book.add_format({"border": 1}))
        sheet.write_comment("E4", "见会议纪要")
        sheet.insert_textbox("K2", "每月五日前填写")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "='改进台账'!$G$4:$G$9"})
        sheet.insert_chart("K8", chart)
        sheet.conditional_format("F4:F99", {"type": "text", "criteria": "containing", "value": "整改", "format": bold})
        sheet.set_column("B:C", 30)
        book.close()
        return file

    def test_keeps_every_part_it_need_not_touch_byte_by_byte(self, desk: Desk, own: Path) -> None:
        before = parts(own)
        outcome = kept(desk, notes=own)
        after = parts(own)
        assert after.keys() == before.keys()
        changed = {name for name, data in before.items() if after[name] != data}
        assert changed == {"xl/worksheets/sheet2.xml", "xl/styles.xml", "xl/workbook.xml"}
        for tail in (b"<conditionalFormatting", b"<drawing", b"<legacyDrawing", b"<cols>"):
            start, end = (each["xl/worksheets/sheet2.xml"].partition(tail)[2] for each in (before, after))
            assert start
            assert start.partition(b"<sheetData>")[0][:500] == end.partition(b"<sheetData>")[0][:500]
        assert "没有列 目标、实际值、未达成明细、改进措施、责任人、完成期限、验证" in outcome.said

    def test_is_kept_like_ours(self, desk: Desk, own: Path) -> None:
        kept(desk, notes=own)
        sheet = openpyxl.load_workbook(own)["改进台账"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_col=9)]
        assert rows[0] == ["2016-02", "甲", "SLA", "运维部", "设备老化", "整改中", 0.75, "2016-03", "未达标"]
        assert rows[1] == ["2016-03", RISKY, "事件完成率", None, None, "未关闭", None, None, None]
        assert [row[1] for row in rows[2:]] == ["甲"]
        assert sheet["B6"].border.left.style == "thin", "as the line above"

    def test_without_our_mark_is_never_overwritten(self, desk: Desk, own: Path) -> None:
        """There is no column for the mark, so a figure that is there may be anybody's."""
        kept(desk, notes=own)
        outcome = kept(desk, "2016-04", notes=own)
        assert openpyxl.load_workbook(own)["改进台账"]["G4"].value == 0.75
        assert "台账.xlsx#改进台账!G4：最新值已由人工改动" in outcome.said


class TestTheCard:
    @pytest.fixture
    def april(self, desk: Desk) -> Path:
        """Write April's card in three formats, after people filled in March's list."""
        kept(desk)
        book = openpyxl.load_workbook(path(desk))
        book.worksheets[0]["G3"], book.worksheets[0]["J3"] = "人手不足<b>", date(2017, 1, 31)
        book.save(path(desk))
        kept(desk, "2016-04")
        book = openpyxl.load_workbook(path(desk))
        book.worksheets[0]["H5"] = "调整排班"
        book.save(path(desk))
        outputs = [word for name in ("md", "html", "xlsx") for word in ("-o", str(desk.folder / f"card.{name}"))]
        kept(desk, "2016-04", "--full", *outputs)
        return desk.folder

    def test_markdown_is_filled_from_the_list(self, april: Path) -> None:
        text = (april / "card.md").read_text(encoding="utf-8")
        assert "| 乙 | 事件完成率 | 2016-04 | \\>= 90% | 0.0% |  |  | 调整排班 |  |  |  | 未关闭 |" in text
        earlier = "| 甲 | 事件完成率 | 2016-03 | \\>= 90% | 75.0% | 90.0%（2016-04）达标 | 人手不足\\<b\\> |"
        assert earlier + "  |  | 2017-01-31 |  | 未关闭 |" in text

    def test_the_page_is_filled_from_the_list(self, april: Path) -> None:
        text = (april / "card.html").read_text(encoding="utf-8")
        section = text.partition('<section id="improved"')[2].partition("</section>")[0]
        for said in ("调整排班", "人手不足&lt;b&gt;", "90.0%（2016-04）达标", "2017-01-31"):
            assert said in section

    def test_the_workbook_is_filled_from_the_list(self, april: Path) -> None:
        head, *rows = openpyxl.load_workbook(april / "card.xlsx", data_only=True)["改进措施"].values
        assert head[6:] == ("原因分析", "改进措施", "责任人", "完成期限", "验证", "期间", "最新值", "状态")
        known = {(row[0], row[11]): row for row in rows}
        assert known["乙", "2016-04"][7] == "调整排班"
        assert known["甲", "2016-03"][3] == "75.0%"
        assert known["甲", "2016-03"][6:] == (
            "人手不足<b>", None, None, "2017-01-31", None, "2016-03", "90.0%（2016-04）达标", "未关闭",
        )  # fmt: skip

    def test_names_no_other_project(self, desk: Desk) -> None:
        kept(desk)
        kept(desk, "2016-04", "--full", "--project", "乙", "-o", str(desk.folder / "card.md"))
        text = (desk.folder / "card.md").read_text(encoding="utf-8")
        assert "| 乙 | 事件完成率 | 2016-04 |" in text
        assert "甲" not in text


class TestABadList:
    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"a,b\n1,2\n", "no .xlsx or .xlsm workbook"),
            (b"%PDF-1.4", "is a PDF file"),
            (b"PK\x03\x04broken", "truncated or damaged"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "in the old format (.xls)"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ],
    )
    def test_that_is_no_workbook_is_said(self, desk: Desk, data: bytes, said: str) -> None:
        path(desk).write_bytes(data)
        text, code = refused(desk)
        assert said in text
        assert code == 2
        assert path(desk).read_bytes() == data

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            ({"C1": "何时"}, "改进项.xlsx#改进措施: row 1 has headings, but not period"),
            ({"A1": "x", "B1": "y", "C1": "z"}, "row 1 has headings, but not project, indicator, period"),
            ({"F1": "指标"}, "the heading 指标 of row 1 stands in columns B, F"),
            ({"A2": "甲 "}, "改进措施!A3: rows 2 and 3 are both 甲 · 事件完成率 · 2016-03"),
        ],
    )
    def test_that_cannot_be_understood_is_said_with_its_place(
        self, desk: Desk, cells: dict[str, str], said: str
    ) -> None:
        kept(desk)
        book = openpyxl.load_workbook(path(desk))
        for address, text in cells.items():
            book.worksheets[0][address] = text
        book.save(path(desk))
        before = path(desk).read_bytes()
        text, code = refused(desk, period="2016-04")
        assert said in text
        assert code == 2
        assert path(desk).read_bytes() == before

    def test_lines_of_a_period_that_is_none_are_left_and_told(self, desk: Desk) -> None:
        kept(desk)
        book = openpyxl.load_workbook(path(desk))
        book.worksheets[0]["C2"] = "去年"
        book.save(path(desk))
        outcome = kept(desk, "2016-04")
        assert "改进项.xlsx#改进措施：第 2 行的期间无法识别" in outcome.said
        assert lines(path(desk))[0][2:15] == ["去年", *lines(path(desk))[0][3:12], None, None, None]

    @pytest.mark.parametrize("lock", ["~$改进项.xlsx", ".~改进项.xlsx", ".~lock.改进项.xlsx#"])
    def test_that_is_open_elsewhere_is_not_written(self, desk: Desk, lock: str) -> None:
        (desk.folder / lock).write_bytes(b"")
        text, code = refused(desk)
        assert "is open in another program" in text
        assert code == 5
        assert not path(desk).exists()

    def test_that_changed_meanwhile_is_not_written(self, desk: Desk) -> None:
        kept(desk)
        with pytest.raises(OutputError, match="was changed while opskpi ran"):
            Notes(str(path(desk)), b"as it was")._write(b"new")

    def test_is_written_last(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(files: Iterable[tuple[Path, bytes]]) -> None:
            raise OutputError(Message("output_unwritable", {"file": str(len(list(files))), "reason": ""}))

        monkeypatch.setattr(output, "write_all", full)
        refused(desk, "-o", str(desk.folder / "card.csv"))
        assert not path(desk).exists()

    def test_with_another_suffix_is_wrong_usage(self, desk: Desk) -> None:
        text, code = refused(desk, notes=desk.folder / "改进项.xls")
        assert "has to be .xlsx or .xlsm" in text
        assert code == 2

    def test_is_no_output_as_well(self, desk: Desk) -> None:
        text, code = refused(desk, "-o", str(path(desk)))
        assert "would destroy" in text or "twice" in text
        assert code == 2


@pytest.mark.parametrize("saved_again", [False, True])
def test_a_list_among_the_exports_is_no_export(desk: Desk, *, saved_again: bool) -> None:
    """Whatever saves it again keeps the hidden name, even where it loses the document's properties."""
    notes = desk.exports / "改进项.xlsx"
    before = kept(desk, notes=notes).card["inputs"]
    if saved_again:
        book = openpyxl.load_workbook(notes)
        book.properties.description = None
        book.save(notes)
    outcome = kept(desk, "2016-04", notes=notes)
    assert len(outcome.card["inputs"]) == len(before) == 1
    assert len(lines(notes)) == 4


def parts(file: Path) -> dict[str, bytes]:
    """Unpack a workbook."""
    with zipfile.ZipFile(file) as book:
        return {name: book.read(name) for name in book.namelist()}


def picture() -> bytes:
    """Draw a red rectangle as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes((200, 30, 60)) * 60) * 24
    head = struct.pack(">IIBBBBB", 60, 24, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
