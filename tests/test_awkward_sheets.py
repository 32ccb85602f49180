"""Sheets as people keep them: headings that are questions, projects by name, joins, means, repairs."""

import csv
import gzip
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

from opskpi.errors import ExportError
from opskpi.exports import opening
from opskpi.exports.finding import natural
from opskpi.exports.opening import read_bytes
from rulebook import PLAN_2016, Desk, complaint, incident, incidents, plan, request

Run = Callable[..., Result]
SATISFACTION = """  satisfaction:
    name: 满意度
    table: surveys
    scale: 1-5
    period_by: submitted_at
    value: mean(score)
    target: ">= 4"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Make an empty folder of exports."""
    return Desk(tmp_path)


def refused(desk: Desk, *options: str) -> str:
    """Run and expect exit 3; gives what was said."""
    outcome = desk.run("score", "--lang", "en", *options)
    assert outcome.exit_code == 3
    assert outcome.printed == ""
    return outcome.said


def test_two_names_of_one_column_are_a_question(desk: Desk) -> None:
    desk.tickets({**incident("2016-03-02 08:00", "2016-03-02 07:00"), "完成时间": "2016-03-03 07:00"})
    assert "解决时间, 完成时间 are all names of resolved_at" in refused(desk)


def test_a_wanted_heading_that_stands_twice_is_a_question_a_source_can_answer(desk: Desk) -> None:
    lines = [
        "工单编号,项目名称,工单类型,创建时间,解决时限,解决时间,解决时间",
        "T1,某银行,事件,2016-03-01 08:00,2016-03-02 08:00,2016-03-05 08:00,2016-03-01 09:00",
    ]
    (desk.exports / "工单.csv").write_text("\n".join(lines), encoding="utf-8")
    assert "the heading 解决时间 stands in columns F, G" in refused(desk)
    own = desk.write(
        "own.yaml", "source: own\nextends: standard\nforms: [{name: 工单, columns: {resolved_at: '解决时间 [2]'}}]\n"
    )
    outcome = desk.score("--source", str(own))
    assert outcome.pick("incident_sla_rate", "met", "missed") == (1, 0)


def test_an_unwanted_heading_may_stand_twice(desk: Desk) -> None:
    path = desk.tickets(incident("2016-03-02 08:00", "2016-03-02 07:00"))
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0] + ",备注,备注", lines[1] + ",a,b"]), encoding="utf-8")
    assert desk.score().pick("incident_sla_rate", "met", "missed") == (1, 0)


def test_what_could_be_a_moment_or_a_duration_is_asked(desk: Desk) -> None:
    desk.tickets({"工单类型": "事件", "创建时间": "2016-03-01 08:00", "解决时限": "2016-03-02", "处理时间": "35"})
    assert "处理时间 could be resolved_at, resolve_minutes; which is it?" in refused(desk)


def test_a_heading_another_column_has_settled_is_no_question(desk: Desk) -> None:
    desk.tickets({**incident("2016-03-02 08:00", "2016-03-02 07:00"), "处理时间": "35"})
    assert desk.score().pick("incident_sla_rate", "met", "missed") == (1, 0)


def test_headings_on_two_rows_name_the_column_together(desk: Desk) -> None:
    """解决 over 时限 and 时间: taken alone, 解决 would have been the due time or nothing."""
    lines = [
        "工单编号,项目名称,工单类型,创建时间,解决,",
        ",,,,时限,时间",
        "T1,某银行,事件,2016-03-01 08:00,2016-03-02 08:00,2016-03-02 07:00",
        "T2,某银行,事件,2016-03-01 08:00,2016-03-02 08:00,2016-03-03 07:00",
    ]
    (desk.exports / "工单.csv").write_text("\n".join(lines), encoding="utf-8")
    outcome = desk.score()
    assert outcome.pick("incident_sla_rate", "met", "missed") == (1, 1)
    assert outcome.card["inputs"][0]["heading_row"] == 2


def test_a_title_over_the_headings_is_no_heading(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["某公司2016年工单"])
    sheet.append(["工单编号", "项目名称", "工单类型", "创建时间", "解决时限", "解决时间"])
    sheet.append(["T1", "某银行", "事件", datetime(2016, 3, 1, 8), datetime(2016, 3, 2, 8), datetime(2016, 3, 2, 7)])  # noqa: DTZ001
    sheet.merge_cells("A1:F1")
    book.save(desk.exports / "工单.xlsx")
    outcome = desk.score()
    assert outcome.pick("incident_sla_rate", "met", "missed") == (1, 0)
    assert outcome.card["inputs"][0]["heading_row"] == 2


@pytest.mark.parametrize(
    ("origin", "file", "name"), [("file", "甲项目.csv", "甲项目"), ("folder", "乙项目/工单.csv", "乙项目")]
)
def test_the_project_may_come_from_a_name(desk: Desk, origin: str, file: str, name: str) -> None:
    row = {k: v for k, v in incident("2016-03-02 08:00", "2016-03-02 07:00").items() if k != "项目名称"}
    desk.put(file, [{"工单编号": "T1", **row}])
    own = desk.write("own.yaml", f"source: own\nextends: standard\nproject: {{from: {origin}}}\n")
    outcome = desk.score("--source", str(own))
    assert outcome.projects == [name]


def test_a_pattern_cuts_the_project_out_of_a_name(desk: Desk) -> None:
    row = {k: v for k, v in incident("2016-03-02 08:00", "2016-03-02 07:00").items() if k != "项目名称"}
    desk.put("2016工单（某银行）.csv", [{"工单编号": "T1", **row}])
    own = desk.write("own.yaml", "source: own\nextends: standard\nproject: {from: file, pattern: '[（(](.+)[)）]'}\n")
    assert desk.score("--source", str(own)).projects == ["某银行"]


def test_a_pattern_needs_one_group(desk: Desk) -> None:
    desk.tickets(incident())
    own = desk.write("own.yaml", "source: own\nextends: standard\nproject: {from: file, pattern: '.+'}\n")
    outcome = desk.run("score", "--lang", "en", "--source", str(own))
    assert outcome.exit_code == 2
    assert "own.yaml:3" in outcome.said


def test_sheets_of_one_book_are_projects(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for number, name in enumerate(("甲项目", "乙项目")):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.title = name
        sheet.append(["工单编号", "工单类型", "创建时间", "解决时限", "解决时间"])
        stop = datetime(2016, 3, 2 + number, 7)  # noqa: DTZ001
        sheet.append(["T1", "事件", datetime(2016, 3, 1, 8), datetime(2016, 3, 2, 8), stop])  # noqa: DTZ001
    book.save(desk.exports / "工单.xlsx")
    own = desk.write("own.yaml", "source: own\nextends: standard\nproject: {from: sheet}\n")
    outcome = desk.score("--source", str(own))
    assert outcome.pick("incident_sla_rate", "met", "missed", project="甲项目") == (1, 0)
    assert outcome.pick("incident_sla_rate", "met", "missed", project="乙项目") == (0, 1)


def test_an_answer_without_a_project_belongs_to_its_tickets_project(desk: Desk) -> None:
    desk.put(
        "工单.csv",
        [
            {"工单编号": "T1", "项目名称": "甲", **incident()},
            {"工单编号": "T2", "项目名称": "乙", **incident()},
            {"工单编号": "T9", "项目名称": "甲", **incident()},
            {"工单编号": "T9", "项目名称": "乙", **incident()},
        ],
    )
    answers = [("S1", "T1", "5"), ("S2", "T2", "2"), ("S3", "T1", "4"), ("S4", "T7", "1"), ("S5", "T9", "1")]
    desk.put(
        "满意度.csv",
        [
            {"问卷编号": number, "工单编号": ticket, "提交时间": "2016-05-01", "满意度": score}
            for number, ticket, score in answers
        ],
    )
    outcome = desk.score(plan=desk.write("p.yaml", plan(SATISFACTION)))
    assert outcome.pick("satisfaction", "numerator", "denominator", project="甲") == (9, 2)
    assert outcome.pick("satisfaction", "numerator", "denominator", project="乙") == (2, 1)
    assert outcome.ledger("满意度.csv") == {"rows": 5, "accepted": 3, "rejected": 2, "duplicate": 0, "superseded": 0}
    found = json.loads(desk.run("check", "-f", "json").printed)["problems"]
    assert {(each["rule"], each["first"][0]["value"]) for each in found} == {
        ("unknown_ticket", "T7"),
        ("ticket_of_two", "T9"),
    }


def test_the_mean_of_several_questions_is_exact(desk: Desk) -> None:
    """5+4+4 over three is 13/3; a blank answer is left out: (5+4)/2; together (13/3 + 9/2) / 2 = 53/12."""
    desk.put(
        "满意度.csv",
        [
            {"项目名称": "甲", "提交时间": "2016-05-01", "响应": "非常满意", "技术": "满意", "态度": "4"},
            {"项目名称": "甲", "提交时间": "2016-05-02", "响应": "5", "技术": "", "态度": "满意"},
            {"项目名称": "甲", "提交时间": "2016-05-03", "响应": "", "技术": "", "态度": ""},
            {"项目名称": "甲", "提交时间": "2016-05-04", "响应": "9", "技术": "5", "态度": "5"},
        ],
    )
    own = desk.write(
        "own.yaml",
        "source: own\nextends: standard\nforms:\n- name: 满意度调查\n  mean: {score: [响应, 技术, 态度]}\n",
    )
    outcome = desk.score("--source", str(own), plan=desk.write("p.yaml", plan(SATISFACTION)))
    result = outcome.result("satisfaction", "甲")
    assert (result["numerator"], result["denominator"]) == (pytest.approx(53 / 6), 2)
    assert result["value"] == pytest.approx(53 / 12)
    assert outcome.ledger()["rejected"] == 2


def test_answers_the_system_gave_can_be_left_out(desk: Desk) -> None:
    desk.put(
        "满意度.csv",
        [
            {"项目名称": "甲", "提交时间": "2016-05-01", "满意度": "3", "是否系统默认": "否"},
            {"项目名称": "甲", "提交时间": "2016-05-01", "满意度": "5", "是否系统默认": "是"},
        ],
    )
    kept = SATISFACTION.replace("    value:", "    exclude: {default: system_default}\n    value:")
    assert desk.score(plan=desk.write("p.yaml", plan(kept))).pick(
        "satisfaction", "value", "excluded", project="甲"
    ) == (3, 1)
    assert desk.score(plan=desk.write("q.yaml", plan(SATISFACTION))).pick("satisfaction", "value", project="甲") == (4,)


def test_twelve_monthly_exports_are_one_year(desk: Desk) -> None:
    """An incident open in February's file and late in October's is one incident, late."""
    for month in range(1, 13):
        rows = [{"工单编号": f"M{month}", "项目名称": "甲", **incident("2016-12-31 08:00", "2016-12-01 08:00")}]
        if month in (2, 10):
            rows.append(
                {"工单编号": "X", "项目名称": "甲", **incident("2016-09-01", "" if month == 2 else "2016-09-20 08:00")}
            )
        desk.put(f"{month}月.csv", rows)
    own = desk.write("own.yaml", "source: own\nextends: standard\nlatest_by: file\n")
    outcome = desk.score("--source", str(own))
    assert outcome.pick("incident_sla_rate", "met", "missed", project="甲") == (12, 1)
    assert outcome.ledger()["superseded"] == 1


def test_two_years_of_one_export_overlap_and_are_not_doubled(desk: Desk) -> None:
    rows = [
        {"工单编号": f"T{n}", "项目名称": "甲", **incident("2016-03-02 08:00", "2016-03-01 09:00")} for n in range(9)
    ]
    desk.put("2015-2016.csv", rows[:6])
    desk.put("2016-2017.csv", rows[3:])
    outcome = desk.score()
    assert outcome.pick("incident_sla_rate", "met", "missed", project="甲") == (9, 0)
    assert outcome.ledger()["duplicate"] == 3


def test_a_repaired_rejects_file_scores_as_if_it_had_been_right_at_first(desk: Desk, tmp_path: Path) -> None:
    right = [*incidents(8, 1), complaint(), request("2016-03-10", "2016-03-02")]
    wrong = [dict(row) for row in right]
    wrong[0]["创建时间"], wrong[4]["工单类型"], wrong[9]["解决时间"] = "2016-02-30", "咨询", "=1+1"
    other = Desk(tmp_path / "right")
    other.tickets(*right)
    other.surveys("5", "4")
    expected = other.score().card["results"]
    path = desk.tickets(*wrong)
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[7] += ",surplus"  # a ragged row
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    desk.surveys("5", "9")
    rejects = tmp_path / "rejects.csv"
    first = desk.score("--rejects", str(rejects), "--max-rejected", "100")
    assert first.ledger()["rejected"] == 5
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    by_row = {(row["opskpi_file"], row["opskpi_row"]): row for row in rows}
    by_row["工单.csv", "2"]["创建时间"] = right[0]["创建时间"]
    by_row["工单.csv", "6"]["工单类型"] = right[4]["工单类型"]
    assert by_row["工单.csv", "11"]["解决时间"] == "'=1+1"
    by_row["工单.csv", "11"]["解决时间"] = right[9]["解决时间"]
    ragged = by_row["工单.csv", "8"]
    ragged |= dict(zip(lines[0].split(","), lines[7].split(","), strict=False))
    by_row["满意度.csv", "3"]["满意度"] = "4"
    with rejects.open("w", encoding="gb18030", newline="") as file:  # as Excel saves it in China
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    again = desk.score(exports=(desk.exports, rejects))
    assert again.card["results"] == expected
    assert again.ledger()["rejected"] == 0
    assert [each["rows"] for each in again.card["repairs"]] == [5]


def test_a_repaired_row_keeps_its_project_without_the_guard(desk: Desk, tmp_path: Path) -> None:
    """The apostrophe that keeps a spreadsheet from running a cell is no part of the project's name."""
    rejects = tmp_path / "rejects.csv"
    desk.tickets(*incidents(8, 1), {**incident(), "项目名称": "-乙", "创建时间": "2016-02-30"})
    desk.score("--rejects", str(rejects))
    written = rejects.read_text(encoding="utf-8-sig")
    assert "'-乙" in written
    rejects.write_text(written.replace("2016-02-30", incident()["创建时间"]), encoding="utf-8-sig")
    again = desk.score(exports=(desk.exports, rejects))
    assert {each["project"] for each in again.card["results"]} == {"某银行", "-乙"}


def test_a_row_is_repaired_beside_a_column_that_nobody_reads(desk: Desk, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    desk.tickets(*incidents(8, 1), {**incident(), "创建时间": "2016-02-30", "备注": "x"})
    desk.score("--rejects", str(rejects))
    written = rejects.read_text(encoding="utf-8-sig")
    rejects.write_text(written.replace("2016-02-30", incident()["创建时间"]), encoding="utf-8-sig")
    again = desk.score(exports=(desk.exports, rejects))
    assert again.ledger()["rejected"] == 0


def test_a_rejects_file_given_back_as_it_was_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.tickets(*incidents(8, 1), {**incident(), "创建时间": "2016-02-30"})
    rejects = tmp_path / "rejects.csv"
    first = desk.score("--rejects", str(rejects))
    again = desk.score(exports=(desk.exports, rejects))
    assert again.card["results"] == first.card["results"]
    assert again.ledger() == first.ledger()


def test_repairs_without_their_export_are_refused(desk: Desk, tmp_path: Path) -> None:
    path = desk.tickets(*incidents(8, 1), {**incident(), "创建时间": "2016-02-30"})
    rejects = tmp_path / "rejects.csv"
    desk.score("--rejects", str(rejects))
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    outcome = desk.run("score", "--lang", "en", exports=(desk.exports, rejects))
    assert outcome.exit_code == 3
    assert "rejects.csv repairs rows of 工单.csv, which is not among the exports or has changed since" in outcome.said


def test_a_formula_among_typed_cells_stays_refused_until_it_is_typed(desk: Desk, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["工单编号", "项目名称", "工单类型", "创建时间", "是否达标"])
    for number, flag in enumerate(("是", "否", '=IF(1,"是","否")')):
        sheet.append([f"T{number}", "甲", "事件", datetime(2016, 3, 1, 8), flag])  # noqa: DTZ001
    book.save(desk.exports / "工单.xlsx")
    _with_cached(desk.exports / "工单.xlsx", "是")
    rejects = tmp_path / "rejects.csv"
    first = desk.score("--rejects", str(rejects))
    assert first.pick("incident_sla_rate", "met", "missed", project="甲") == (1, 1)
    assert desk.score(exports=(desk.exports, rejects)).card["results"] == first.card["results"]
    assert desk.score("--accept-formulas").pick("incident_sla_rate", "met", "missed", project="甲") == (2, 1)
    text = rejects.read_text(encoding="utf-8-sig")
    rejects.write_text(text.replace(",是\n", ",否\n"), encoding="utf-8")
    again = desk.score(exports=(desk.exports, rejects))
    assert again.pick("incident_sla_rate", "met", "missed", project="甲") == (1, 2)


def _with_cached(path: Path, text: str) -> None:
    """Give the one formula of a book a stored value, which openpyxl does not write."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    assert sheet.count("<v />") + sheet.count("<v></v>") == 1
    sheet = (
        sheet.replace("<v />", f"<v>{text}</v>")
        .replace("<v></v>", f"<v>{text}</v>")
        .replace('<c r="E4"', '<c r="E4" t="str"')
    )
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, sheet.encode() if name.endswith("sheet1.xml") else data)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n1,2\n")
    stamps = iter([(8, 1, 1), (8, 2, 1)])
    monkeypatch.setattr(opening, "_stamp", lambda _: next(stamps))
    with pytest.raises(ExportError) as caught:
        read_bytes(path, "x.csv")
    assert caught.value.messages[0].key == "file_changed"


def test_packed_exports_score_as_they_would_unpacked(desk: Desk) -> None:
    path = desk.tickets(*incidents(8, 1))
    plain = desk.score().card["results"]
    data = path.read_bytes()
    path.unlink()
    packed = desk.exports / "工单.csv.gz"
    packed.write_bytes(gzip.compress(data, mtime=0))
    assert desk.score().card["results"] == plain
    packed.unlink()
    with zipfile.ZipFile(desk.exports / "all.zip", "w") as archive:
        archive.writestr("里面/工单.csv", data)
    outcome = desk.score()
    assert outcome.card["results"] == plain
    assert outcome.card["inputs"][0]["file"] == "all.zip/里面/工单.csv"


def test_the_asked_encoding_overrules(desk: Desk) -> None:
    path = desk.tickets(*incidents(8, 1))
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert desk.score("--encoding", "gbk").card["inputs"][0]["encoding"] == "gbk"
    broken = desk.run("score", "--lang", "en", "--encoding", "utf-8")
    assert (broken.exit_code, "is not valid" in broken.said) == (3, True)
    unknown = desk.run("score", "--lang", "en", "--encoding", "klingon")
    assert (unknown.exit_code, "there is no encoding klingon" in unknown.said) == (2, True)


def test_day_and_month_are_settled_by_the_whole_column_also_with_short_years(desk: Desk) -> None:
    rows = [("1/3/16 8:00", "2/3/16 8:00", "1/3/16 9:00"), ("13/3/16 8:00", "14/3/16 8:00", "15/3/16 8:00")]
    desk.tickets(*({"工单类型": "事件", "创建时间": a, "解决时限": b, "解决时间": c} for a, b, c in rows))
    assert desk.score().pick("incident_sla_rate", "met", "missed") == (1, 1)


def test_whole_numbers_of_days_are_midnights_where_others_show_a_time(desk: Desk) -> None:
    """42431 is 2 March 2016: its midnight beside 42432.75, so that 8:00 is late; the whole day where all are whole."""
    late = {"工单类型": "事件", "创建时间": "2016-03-01 08:00", "解决时限": "42431", "解决时间": "2016-03-02 08:00"}
    other = {**late, "解决时限": "42432.75"}
    desk.tickets(late, other)
    assert desk.score().pick("incident_sla_rate", "met", "missed") == (1, 1)
    desk.tickets(late, {**other, "解决时限": "42432"})
    assert desk.score().pick("incident_sla_rate", "met", "missed") == (2, 0)


def test_a_contract_older_than_five_years_keeps_its_project(desk: Desk) -> None:
    desk.tickets(*incidents(8, 1))
    desk.put("项目台账.csv", [{"项目名称": "某银行", "服务开始日期": "2008-01-01"}])
    assert desk.score(plan=PLAN_2016).pick("incident_sla_rate", "met", "missed") == (8, 1)


def test_pages_put_one_behind_the_other_repeat_their_headings(desk: Desk) -> None:
    path = desk.tickets(*incidents(5, 1))
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:4], lines[0], *lines[4:]]) + "\n", encoding="utf-8")
    outcome = desk.score()
    assert outcome.pick("incident_sla_rate", "met", "missed") == (5, 1)
    assert outcome.card["inputs"][0]["skipped"] == 1


HEAD = "工单编号,项目名称,工单类型,标题,创建时间,解决时限,解决时间"
TIMES = "2016-03-01 08:00,2016-03-02 08:00,"


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (['T1,甲,事件,"打印机坏了,', "T2,甲,事件,x,", 'T3,甲,事件,"又坏了,'], 2),
        (['T1,甲,事件,24" 显示器,', 'T2,甲,事件,"坏了,', "T3,甲,事件,x,"], 3),
    ],
)
def test_a_stray_quote_swallows_no_rows(desk: Desk, lines: list[str], line: int) -> None:
    text = "\n".join([HEAD, *(each + TIMES + "2016-03-03 08:00" for each in lines)])
    (desk.exports / "工单.csv").write_text(text, encoding="utf-8")
    assert f"line {line}" in refused(desk)


def test_stray_quotes_inside_cells_are_text(desk: Desk) -> None:
    rows = ['T1,甲,事件,24" 显示器,', 'T2,甲,事件,"两行\n""说明""",', 'T3,甲,事件,5" 盘,']
    text = "\n".join([HEAD, *(each + TIMES + "2016-03-02 07:00" for each in rows)])
    (desk.exports / "工单.csv").write_text(text, encoding="utf-8")
    assert desk.score().pick("incident_sla_rate", "met", "missed", project="甲") == (3, 0)


def test_a_mapping_that_fits_nothing_does_not_give_way_in_silence(desk: Desk) -> None:
    desk.tickets(*incidents(5, 1))
    own = desk.write(
        "own.yaml", "source: own\nextends: standard\nforms: [{name: 工单, columns: {project: 最终客戶}}]\n"
    )
    assert "the source own fits no sheet" in refused(desk, "--source", str(own))
    assert "the source jira fits no sheet" in refused(desk, "--source", "jira")


def test_a_mean_with_a_heading_that_is_not_there_is_refused(desk: Desk) -> None:
    desk.put("满意度.csv", [{"项目名称": "甲", "提交时间": "2016-05-01", "速度": "1", "态度": "1", "满意度": "5"}])
    own = desk.write(
        "own.yaml", "source: own\nextends: standard\nforms: [{name: 满意度调查, mean: {score: [速度, 态度度]}}]\n"
    )
    assert "态度度" in refused(desk, "--source", str(own))


def test_a_formula_in_any_question_of_a_mean_is_found(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["项目名称", "提交时间", "速度", "态度"])
    for score in (5, 4, "=2+3"):
        sheet.append(["甲", datetime(2016, 5, 1), 5, score])  # noqa: DTZ001
    path = desk.exports / "满意度.xlsx"
    book.save(path)
    own = desk.write(
        "own.yaml", "source: own\nextends: standard\nforms: [{name: 满意度调查, mean: {score: [速度, 态度]}}]\n"
    )
    outcome = desk.score("--source", str(own), plan=desk.write("p.yaml", plan(SATISFACTION)))
    assert outcome.ledger()["rejected"] == 1


@pytest.mark.parametrize("spoil", ["strict", "case"])
def test_errors_are_found_however_a_book_names_its_parts(desk: Desk, spoil: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["工单编号", "项目名称", "工单类型", "创建时间", "解决时间"])
    sheet.append(["T1", "甲", "事件", datetime(2016, 3, 1, 8), datetime(2016, 3, 1, 9)])  # noqa: DTZ001
    sheet.append(["T2", "甲", "事件", datetime(2016, 3, 1, 8), "#N/A"])  # noqa: DTZ001
    path = desk.exports / "工单.xlsx"
    book.save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, data in parts.items():
            if spoil == "strict":
                data = data.replace(  # noqa: PLW2901
                    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
                )
            new.writestr(name.replace("sheet1", "Sheet1") if spoil == "case" else name, data)
    outcome = desk.run("check", "-f", "json")
    rules = [each["rule"] for each in json.loads(outcome.printed)["problems"]] if outcome.printed else [outcome.said]
    assert rules == ["error_cell"] or outcome.exit_code == 3


def test_a_total_that_is_filled_like_a_row_is_no_row(desk: Desk) -> None:
    desk.reports(("2016-03-31", "2016-03-30"), ("2016-06-30", "2016-06-29"))
    path = desk.exports / "报告.csv"
    path.write_text(path.read_text(encoding="utf-8") + "小计,某银行,2016-06-30,\n", encoding="utf-8")
    assert desk.score().pick("report_on_time_rate", "numerator", "denominator") == (2, 2)


def test_a_register_of_projects_has_no_totals_and_notes_in_it(desk: Desk) -> None:
    desk.tickets(*incidents(5, 1))
    lines = ["项目名称,客户名称", "某银行,A", "某医院,B", "合计,2", "制表人：张三,"]
    (desk.exports / "项目台账.csv").write_text("\n".join(lines), encoding="utf-8")
    assert desk.score().projects == ["某医院", "某银行"]


def test_another_tables_headings_below_are_refused(desk: Desk) -> None:
    path = desk.put("投诉.csv", [{"投诉编号": "C1", "项目名称": "甲", "投诉时间": "2016-03-01"}])
    more = ["工单编号,项目名称,创建时间", "T1,甲,2016-03-01"]
    path.write_text(path.read_text(encoding="utf-8") + "\n".join(more) + "\n", encoding="utf-8")
    assert "row 3 is a heading row of another table" in refused(desk)


def test_a_late_complaint_that_says_nothing_is_a_complaint(desk: Desk) -> None:
    row = {
        "项目名称": "甲",
        "投诉时间": "2016-03-01 09:00",
        "处理时限": "2016-03-02 09:00",
        "处理完成时间": "2016-03-05 10:00",
    }
    desk.put("投诉.csv", [{"投诉编号": "", **row, "投诉内容": "无"}])
    assert desk.score().pick("complaint_count", "value", project="甲") == (1,)


def test_a_dash_is_no_id(desk: Desk) -> None:
    for month in (1, 2, 3):
        desk.put(f"{month}月.csv", [{"投诉编号": "-", "项目名称": "甲", "投诉时间": f"2016-0{month}-01 09:00"}])
    own = desk.write("own.yaml", "source: own\nextends: standard\nlatest_by: file\n")
    assert desk.score("--source", str(own)).pick("complaint_count", "value", project="甲") == (3,)


def test_months_are_ordered_as_people_count_them() -> None:
    months = ["一月", "二月", "三月", "十月", "十一月", "十二月"]
    assert sorted({*months}, key=natural) == months
    assert sorted(["Oct-2016", "Feb-2016", "Jan-2016"], key=natural) == ["Jan-2016", "Feb-2016", "Oct-2016"]
    assert natural("①2016")


def test_the_latest_row_is_found_by_its_day_not_by_its_text(desk: Desk) -> None:
    rows = [("31/01/2016 08:00", "2016-03-01 09:00"), ("07/02/2016 08:00", "2016-03-05 09:00")]
    desk.put(
        "工单.csv",
        [{"工单编号": "T1", "项目名称": "甲", **incident("2016-03-02", stop), "更新时间": when} for when, stop in rows],
    )
    text = "source: own\nextends: standard\nlatest_by: 更新时间\n"
    assert "07/02/2016 08:00 in 更新时间 can be two days" in refused(
        desk, "--source", str(desk.write("own.yaml", text))
    )
    declared = desk.write("own.yaml", text + "forms: [{name: 工单, dates: dmy}]\n")
    assert desk.score("--source", str(declared)).pick("incident_sla_rate", "met", "missed", project="甲") == (0, 1)


def test_a_declared_pattern_reads_no_day_that_does_not_exist(desk: Desk) -> None:
    days = ("31/02/2016 08:00", "28/02/2016 08:00", "29/02/2016 08:00")
    desk.put(
        "工单.csv", [{"工单编号": f"T{day}", "项目名称": "甲", "工单类型": "事件", "创建时间": day} for day in days]
    )
    own = desk.write("own.yaml", "source: own\nextends: standard\ndates: '%d/%m/%Y %H:%M'\n")
    assert desk.score("--source", str(own)).ledger()["rejected"] == 1


@pytest.mark.parametrize(
    "cell", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59Z", "2016-03-01 10:00 +99:00", "2016-03-01 10:00+99:00"]
)
def test_absurd_moments_are_no_dates(desk: Desk, cell: str) -> None:
    desk.tickets(*incidents(5, 1), {**incident(), "创建时间": cell})
    assert desk.score().ledger()["rejected"] == 1


def test_a_rejects_file_that_lost_a_column_or_a_row_number_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.tickets(*incidents(8, 1), {**incident(), "创建时间": "2016-02-30"}, {**incident(), "工单类型": "咨询"})
    rejects = tmp_path / "rejects.csv"
    desk.score("--rejects", str(rejects), "--max-rejected", "100")
    good = rejects.read_text(encoding="utf-8-sig")
    for spoilt, said in (
        (good.replace("解决时间", "解决的时间"), "has lost the column 解决时间"),
        (good.replace(",11,row:", ",12,row:"), "row 12 is not the row that was rejected there"),
        (good.replace(",11,row:", ",600,row:"), "row 600 is not the row that was rejected there"),
    ):
        assert spoilt != good
        rejects.write_text(spoilt, encoding="utf-8")
        outcome = desk.run("score", "--lang", "en", exports=(desk.exports, rejects))
        assert (outcome.exit_code, said in outcome.said) == (3, True), outcome.said


def test_the_unrepaired_file_beside_the_repaired_one_undoes_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.tickets(*incidents(8, 1), {**incident(), "创建时间": "2016-02-30"})
    first, second = tmp_path / "r1.csv", tmp_path / "r2.csv"
    desk.score("--rejects", str(first))
    text = first.read_text(encoding="utf-8-sig")
    second.write_text(text.replace(",2016-02-30,", ",2016-03-01 08:00,"), encoding="utf-8")
    assert desk.score(exports=(desk.exports, second, first)).ledger()["rejected"] == 0
    first.write_text(text.replace(",2016-02-30,", ",2016-03-01 09:00,"), encoding="utf-8")
    outcome = desk.run("score", "--lang", "en", exports=(desk.exports, second, first))
    assert (outcome.exit_code, "is repaired twice, and differently" in outcome.said) == (3, True)


def test_yaml_that_holds_itself_or_nests_without_end_is_refused(desk: Desk) -> None:
    desk.tickets(*incidents(5, 1))
    for text in ("source: x\nforms: &x [*x]\n", "source: x\nforms: " + "[" * 3000 + "\n"):
        outcome = desk.run("score", "--lang", "en", "--source", str(desk.write("own.yaml", text)))
        assert outcome.exit_code == 2


def test_a_flags_headings_can_be_replaced_by_an_extension(desk: Desk) -> None:
    desk.put(
        "工单.csv",
        [{"工单编号": "T1", "项目名称": "甲", "工单类型": "事件", "创建时间": "2016-03-01", "SLA违约": "否"}],
    )
    own = desk.write(
        "own.yaml", "source: own\nextends: standard\nforms: [{name: 工单, opposite: {sla_flag: SLA违约}}]\n"
    )
    assert desk.score("--source", str(own)).pick("incident_sla_rate", "met", "missed", project="甲") == (1, 0)


def test_two_groups_of_headings_settle_one_another(desk: Desk) -> None:
    lines = [
        "工单编号,项目名称,工单类型,创建时间,解决,,响应,",
        ",,,,时间,时限,时间,时限",
        "T1,甲,事件,2016-03-01 08:00,2016-03-01 09:00,2016-03-02 08:00,2016-03-01 08:10,2016-03-01 08:30",
    ]
    (desk.exports / "工单.csv").write_text("\n".join(lines), encoding="utf-8")
    assert desk.score().pick("incident_sla_rate", "met", "missed", project="甲") == (1, 0)


def test_dressed_headings_and_nulls_mean_the_same(desk: Desk) -> None:
    rows = [("T1", "达标", "2016-03-01 09:00"), ("T2", "未达标", "n/a")]
    desk.put(
        "工单.csv",
        [
            {
                "工单编号": a,
                "项目名称": "甲",
                "工单类型": "事件",
                "创建时间": "2016-03-01",
                "*是否达标": b,
                "解决时间": c,
            }
            for a, b, c in rows
        ],
    )
    own = desk.write("own.yaml", "source: own\nextends: standard\nnulls: [N/A]\n")
    assert desk.score("--source", str(own)).pick("incident_sla_rate", "met", "missed", project="甲") == (1, 1)


def test_names_in_a_zip_are_read_as_they_were_written(desk: Desk) -> None:
    row = {k: v for k, v in incident("2016-03-02 08:00", "2016-03-02 07:00").items() if k != "项目名称"}
    path = desk.put("x.csv", [{"工单编号": "T1", **row}])
    text = path.read_text(encoding="utf-8")
    path.unlink()
    for name, encoding in (("甲项目", "gbk"), ("乙项目", "utf-8")):
        info = zipfile.ZipInfo("0" * len(f"{name}.csv".encode(encoding)))
        archive = desk.exports / f"{encoding}.zip"
        with zipfile.ZipFile(archive, "w") as book:
            book.writestr(info, text.replace("T1", f"T-{encoding}"))
        written = f"{name}.csv".encode(encoding)
        archive.write_bytes(archive.read_bytes().replace(info.filename.encode(), written))
    own = desk.write("own.yaml", "source: own\nextends: standard\nproject: {from: file}\n")
    assert set(desk.score("--source", str(own)).projects) == {"甲项目", "乙项目"}


def test_what_is_merged_across_or_stands_under_no_heading_is_said(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["工单编号", "项目名称", "工单类型", "创建时间", "解决时间", None])
    for number in range(3):
        sheet.append([f"T{number}", "甲", "事件", datetime(2016, 3, 1, 8), datetime(2016, 3, 1, 9), "9:00"])  # noqa: DTZ001
    sheet["E3"] = None
    sheet.merge_cells("D3:E3")
    book.save(desk.exports / "工单.xlsx")
    (found,) = json.loads(desk.run("check", "-f", "json").printed)["inputs"]
    assert found["unused_headings"] == ["(F)"]
    assert "1 cells of the table are merged across columns (the first in row 3)" in "\n".join(found["notes"])
