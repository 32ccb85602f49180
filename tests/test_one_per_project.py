"""One file for each project, and runs of one project: nothing of anybody else is in them, in any format."""

import hashlib
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from conftest import ROOT
from opskpi import renderers
from opskpi.commands import group

BANK, CLINIC, PORT = "甲银行数据中心", "乙医院", "丙港口 (二期)"
HEAD = "工单编号,项目名称,工单类型,状态,创建时间,解决时间,解决时限,处理人,标题"
#: What the files below say of the clinic and of the port, and of nobody else.
THEIRS = {
    CLINIC: ("乙医院", "协和", "YI-", "yi-only", "HT-2016-乙", "住院楼"),
    PORT: ("丙港口", "BING-", "龙门吊"),
    BANK: ("甲银行", "JIA-", "金库"),
}
NOBODYS = ("NOBODY-", "无主", "残缺")
PLAN = f"""plan: 三家计划
period: 2016
timezone: Asia/Shanghai
calendars:
  7x24: always
  乙医院 5x8: {{country: CN, hours: {{mon-fri: ["09:00-17:00"]}}}}
sla:
  - {{type: incident, project: {CLINIC}, calendar: 7x24, resolve: 1h}}
  - {{type: incident, project: [{PORT}, {CLINIC}], priority: 住院楼级, calendar: 7x24, resolve: 2h}}
  - {{type: incident, calendar: 7x24, resolve: 4h}}
projects:
  {CLINIC}:
    aliases: [协和, HT-2016-乙]
    targets: {{rate: ">= 95%"}}
groups:
  龙门吊组: {{projects: [{PORT}], targets: {{rate: ">= 80%"}}}}
indicators:
  rate:
    name: 完成率
    owner: 运维部
    table: tickets
    where: type == "incident" and not (project == "乙医院" and title == "x")
    exclude:
      协和停机: status == "cancelled"
    period_by: created_at
    value: share(sla_met)
    breakdown: assignee
    weight: 60
    score: pass_fail
    target: ">= 90%"
  complaints:
    name: 投诉数量
    owner: 质量部
    table: tickets
    where: type == "complaint"
    period_by: created_at
    value: count()
    weight: 40
    score: pass_fail
    target: "< 2"
  people:
    name: 人数
    owner: 运维部
    table: tickets
    period_by: created_at
    value: distinct(assignee)
    target: ~
  reports:
    name: 报告及时率
    table: reports
    period_by: due_at
    value: share(on_time)
    target: "== 100%"
schedule:
  - {{table: reports, every: quarter, due: 5wd after period_end, calendar: 7x24}}
waivers:
  - {{project: {CLINIC}, indicator: rate, reason: 住院楼搬迁, approved_by: 王院长, until: 2016-12-31}}
  - {{project: {PORT}, indicator: rate, reason: 龙门吊检修, approved_by: 港务, until: 2016-03-31}}
  - {{project: 乙医元, indicator: complaints, reason: 住院楼, approved_by: 王院长, until: 2016-03-31}}
changes:
  - {{date: 2016-07-01, indicator: rate, project: {CLINIC}, from: ">= 90%", to: ">= 95%", by: 李, approved_by: 王,
     why: 住院楼}}
  - {{date: 2016-08-01, indicator: rate, group: 龙门吊组, from: ">= 90%", to: ">= 80%", by: 李, approved_by: 王,
     why: 龙门吊}}
  - {{date: 2016-09-01, indicator: complaints, from: "< 3", to: "< 2", by: 李, approved_by: 王, why: 与乙医院看齐}}
"""


def row(
    number: str, project: str, *, hours: int = 1, state: str = "已解决", kind: str = "事件", title: str = ""
) -> str:
    stop = f"2016-03-0{1 + hours // 15} {9 + hours % 15:02}:00"
    return f"{number},{project},{kind},{state},2016-03-01 09:00,{stop},2016-03-01 13:00,{number[:3]}工,{title}"


def make(folder: Path) -> Path:
    """Write exports of three projects: files and folders of their own, a common one, rows of all fates."""
    (folder / "甲银行").mkdir(parents=True)
    (folder / "协和 HT-2016-乙").mkdir()
    jia = [row(f"JIA-{n}", BANK, title="金库") for n in range(8)] + [
        row("JIA-8", BANK, hours=9),
        row("JIA-8", BANK, hours=9),
    ]
    (folder / "甲银行" / "jia.csv").write_text("\n".join([HEAD, *jia]), "utf-8")
    yi = [row(f"YI-{n}", "协和", hours=n, title="手术") for n in range(4)]
    yi += [row("YI-9", CLINIC, state="住院楼"), row("YI-7", CLINIC), row("YI-7", CLINIC, hours=2), row("YI-6", CLINIC)]
    (folder / "协和 HT-2016-乙" / "yi-only.csv").write_text("\n".join([HEAD, *yi]), "utf-8")
    (folder / "乙医院合同.docx").write_bytes(b"PK")
    common = [row(f"BING-{n}", PORT, hours=n) for n in range(6)] + [
        row("YI-20", CLINIC),
        row("JIA-20", BANK, state="金库态"),
    ]
    common += [row("NOBODY-1", "", title="无主"), row("NOBODY-2", "无主项目", state="残缺"), "残缺,残缺"]
    common += [row("YI-30", CLINIC, kind="投诉"), row("JIA-30", BANK, kind="投诉"), row("JIA-31", BANK, state="已取消")]
    (folder / "各家工单.csv").write_text("\n".join([HEAD, *common]), "utf-8")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "报告 乙医院等"
    sheet.append(["报告编号", "项目名称", "报告类型", "报告周期", "应交付日期", "实际交付日期"])
    for number, (project, day) in enumerate([(CLINIC, 4), (BANK, 5), (PORT, 9), (CLINIC, 31)]):
        letters = {CLINIC: "YI", BANK: "JIA", PORT: "BING"}[project]
        sheet.append([f"{letters}-R{number}", project, "季报", "2016-Q1", "2016-04-05", f"2016-04-{min(day, 30):02}"])
    register = book.create_sheet("项目台账")
    register.append(["项目名称", "别名", "客户名称"])
    for each in ([BANK, "", "金库"], [CLINIC, "协和、HT-2016-乙", "住院楼"], [PORT, "", "龙门吊"]):
        register.append(each)
    complaints = book.create_sheet("投诉登记 协和")
    complaints.append(["投诉编号", "项目名称", "投诉时间", "处理时限", "处理完成时间"])
    complaints.append(["无", CLINIC, None, None, None])
    book.save(folder / "台账.xlsx")
    return folder


def run(*words: object) -> int:
    result = CliRunner().invoke(group, [str(word) for word in words], standalone_mode=False)
    assert result.exception is None, (result.exception, result.stderr)
    assert result.return_value in (0, 1, 4), result.stderr
    return int(result.return_value)


def readable(path: Path) -> str:
    """Get all that a file says: the parts of a workbook, whose texts XML escapes, and everything else as it is."""
    if path.suffix != ".xlsx":
        return path.read_text("utf-8-sig")
    with zipfile.ZipFile(path) as packed:
        return "\n".join(packed.read(name).decode("utf-8") for name in packed.namelist())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the exports, the plan and every format: for each project, by --project, and whole."""
    desk = tmp_path_factory.mktemp("desk")
    make(desk / "exports")
    (desk / "plan.yaml").write_text(PLAN, "utf-8")
    given = ("score", desk / "exports", "-t", desk / "plan.yaml", "--max-rejected", "60", "--by", "quarter", "-q")
    forms = [word for name in renderers.FORMATS for word in ("-o", f"{name}={desk / 'each'}/{{project}}.{name}")]
    forms += [word for name in renderers.FORMATS for word in ("-o", f"{name}={desk}/whole.{name}")]
    run(*given, *forms, "--rejects", desk / "whole-rejects.csv")
    for project in THEIRS:
        (desk / "alone").mkdir(exist_ok=True)
        forms = [word for name in renderers.FORMATS for word in ("-o", f"{name}={desk / 'alone'}/{project}.{name}")]
        run(*given, "--project", project, *forms, "--rejects", desk / "alone" / f"{project}-rejects.csv")
    return desk


def test_the_words_searched_for_are_on_the_whole_card(desk: Path) -> None:
    """Or else a search that finds nothing would prove nothing."""
    said = readable(desk / "whole.html") + readable(desk / "whole.json") + readable(desk / "whole.xlsx")
    said += readable(desk / "whole-rejects.csv")
    assert [word for words in (*THEIRS.values(), NOBODYS) for word in words if word not in said] == []


@pytest.mark.parametrize("project", THEIRS)
@pytest.mark.parametrize("folder", ["each", "alone"])
def test_no_file_of_a_project_names_another(desk: Path, project: str, folder: str) -> None:
    files = sorted((desk / folder).glob(f"{project}*"))
    assert len(files) == len(renderers.FORMATS) + (folder == "alone")
    for path in files:
        said = readable(path)
        found = [word for other, words in THEIRS.items() if other != project for word in words if word in said]
        assert found + [word for word in NOBODYS if word in said] == [], path.name
        assert project in said or path.name.endswith("rejects.csv")


@pytest.mark.parametrize("project", THEIRS)
@pytest.mark.parametrize("name", renderers.FORMATS)
def test_a_file_for_each_is_what_a_run_of_one_gives(desk: Path, project: str, name: str) -> None:
    assert (desk / "each" / f"{project}.{name}").read_bytes() == (desk / "alone" / f"{project}.{name}").read_bytes()


def test_figures_are_those_of_the_whole_card(desk: Path) -> None:
    whole = json.loads((desk / "whole.json").read_text("utf-8"))["results"]
    for project in THEIRS:
        card = json.loads((desk / "each" / f"{project}.json").read_text("utf-8"))
        mine = [each for each in whole if each["project"] == project]
        named = {"waiver", "excluded_by"}  # by words of the plan, which may be masked
        assert len(card["results"]) == len(mine)
        for one, other in zip(card["results"], mine, strict=True):
            assert one | dict.fromkeys(named) == other | dict.fromkeys(named)


def test_the_ledger_is_of_ones_own_rows_and_balances(desk: Path) -> None:
    """Counted by hand from the lines above: the bank has 8 + 2 of its own, one of them twice, and 3 common ones."""
    card = json.loads((desk / "each" / f"{BANK}.json").read_text("utf-8"))
    inputs = {(each["file"], each["sheet"]): each for each in card["inputs"]}
    keys = ("rows", "accepted", "rejected", "duplicate", "superseded", "skipped")
    assert {name: tuple(each[key] for key in keys) for name, each in inputs.items()} == {
        ("各家工单.csv", None): (3, 2, 1, 0, 0, 0),
        ("甲银行/jia.csv", None): (10, 9, 0, 1, 0, 0),
        ("台账.xlsx", "报告 ×××等"): (1, 1, 0, 0, 0, 0),
        ("台账.xlsx", "项目台账"): (1, 1, 0, 0, 0, 0),
    }
    common = hashlib.sha256((desk / "exports" / "各家工单.csv").read_bytes()).hexdigest()
    assert inputs["各家工单.csv", None]["sha256"] == common
    others = hashlib.sha256((desk / "exports" / "协和 HT-2016-乙" / "yi-only.csv").read_bytes()).hexdigest()
    assert others not in readable(desk / "each" / f"{BANK}.html")
    assert (card["unassigned"], card["unused"], card["company"]) == (0, [], [])


def test_ones_own_rejected_rows_waivers_and_changes_stay(desk: Path) -> None:
    said = readable(desk / "each" / f"{CLINIC}.html")
    assert all(word in said for word in ("住院楼搬迁", "yi-only.csv", "协和 HT-2016-乙", "YI-7"))
    assert "龙门吊检修" not in said
    port = readable(desk / "each" / f"{PORT}.html")
    assert all(word in port for word in ("2016-08-01", "2016-09-01", "2016-03-31"))
    assert "2016-07-01" not in port
    rejected = readable(desk / "alone" / f"{CLINIC}-rejects.csv")
    assert (rejected.count("YI-7"), rejected.count("YI-9")) == (4, 1)


def test_notes_count_ones_own_rows(desk: Path) -> None:
    """The clinic's report of the first quarter comes twice; the others' answer one period each."""
    notes = {name: json.loads((desk / "each" / f"{name}.json").read_text("utf-8"))["notes"] for name in THEIRS}
    several = "1 periods of the schedule are answered by more than one row"
    assert [name for name in THEIRS if several in "".join(notes[name])] == [CLINIC]
    assert [name for name in THEIRS if "nil return at" in "".join(notes[name])] == [CLINIC]


@pytest.mark.parametrize("chosen", [(), ("--project", BANK)])
def test_the_list_of_improvements_is_cut_too(desk: Path, tmp_path: Path, chosen: tuple[str, ...]) -> None:
    """The whole list is kept in one workbook; a project's page shows its own lines."""
    given = ("score", desk / "exports", "-t", desk / "plan.yaml", "--max-rejected", "60", "-q")
    notes = tmp_path / "改进项.xlsx"
    run(*given, "--notes", notes)
    run(*given, *chosen, "--notes", notes, "-o", tmp_path / "{project}.html", "-o", tmp_path / "{project}.xlsx")
    assert THEIRS[CLINIC][0] in readable(notes)
    for suffix in ("html", "xlsx"):
        said = readable(tmp_path / f"{BANK}.{suffix}")
        assert [word for words in (THEIRS[CLINIC], THEIRS[PORT], NOBODYS) for word in words if word in said] == []


def test_explain_names_nobody_else(desk: Path) -> None:
    path = desk / "why.md"
    given = ("-t", desk / "plan.yaml", "--max-rejected", "60", "-q", "-o", path)
    run("explain", BANK, "rate", desk / "exports", *given)
    assert [word for words in (THEIRS[CLINIC], THEIRS[PORT], NOBODYS) for word in words if word in readable(path)] == []


EXAMPLES = [
    ("2016/workbook", "targets/2016.yaml"),
    ("b2b-desk/csv", "examples/b2b-desk/targets.yaml"),
]


@pytest.mark.parametrize(("folder", "plan"), EXAMPLES)
def test_the_examples_name_nobody_else(folder: str, plan: str, tmp_path: Path) -> None:
    forms = [word for name in ("json", "html", "md", "csv") for word in ("-o", tmp_path / f"{{project}}.{name}")]
    run("score", ROOT / "examples" / folder, "-t", ROOT / plan, "-q", "-o", tmp_path / "whole.json", *forms)
    projects = {each["project"] for each in json.loads((tmp_path / "whole.json").read_text("utf-8"))["results"]}
    for path in (each for each in tmp_path.iterdir() if each.stem != "whole"):
        said = readable(path)
        assert [name for name in projects if name in said] == [path.stem], path.name
