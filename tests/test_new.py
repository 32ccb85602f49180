"""`opskpi new`: what it writes scores as it is, takes only what opskpi reads, and never stands on anybody's files."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result
from openpyxl.worksheet.worksheet import Worksheet
from ruamel.yaml import YAML

from conftest import ROOT
from opskpi.commands import output
from opskpi.commands.settings import KEYS
from opskpi.errors import OutputError
from opskpi.starters.texts import read_texts
from opskpi.wording import message

Run = Callable[..., Result]
BOOKS = {"zh": "台账/运维台账.xlsx", "en": "registers/service-registers.xlsx"}
SHEETS = {
    "zh": ["项目台账", "工单", "投诉登记表", "满意度调查", "服务报告"],
    "en": ["Projects", "Tickets", "Complaints", "Surveys", "Reports"],
}
REQUIRED = {
    "zh": {
        "项目台账": {"项目名称"},
        "工单": {"项目名称", "工单类型", "创建时间"},
        "投诉登记表": {"项目名称", "投诉时间"},
        "满意度调查": {"项目名称", "提交时间", "满意度"},
        "服务报告": {"项目名称", "应交付日期"},
    },
    "en": {
        "Projects": {"project"},
        "Tickets": {"project", "type", "created_at"},
        "Complaints": {"project", "created_at"},
        "Surveys": {"project", "submitted_at", "score"},
        "Reports": {"project", "due_at"},
    },
}
SIX = {
    "customer_satisfaction": (5, 1),
    "incident_sla_rate": (1, 1),
    "report_on_time_rate": (1, 1),
    "complaint_count": (1, None),
    "complaint_on_time_rate": (1, 1),
    "request_completion_rate": (1, 1),
}
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything(folder: Path) -> dict[str, bytes]:
    """Read all files below a folder."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def book(desk: Path, opskpi: Run, lang: str) -> openpyxl.Workbook:
    """Begin in `desk` for 2017 and open the workbook."""
    assert opskpi("new", desk, "--lang", lang).exit_code == 0
    return openpyxl.load_workbook(desk / BOOKS[lang])


def heads(sheet: Worksheet) -> dict[str, int]:
    """Tell the column of each heading."""
    return {str(cell.value): cell.column for cell in sheet[1]}


def taken(sheet: Worksheet, heading: str) -> Any:  # noqa: ANN401 - openpyxl has no types
    """Find the validation that holds for the first row below a heading."""
    cell = sheet.cell(2, heads(sheet)[heading]).coordinate
    found = [each for each in sheet.data_validations.dataValidation if cell in each.sqref]
    assert len(found) == 1
    return found[0]


def standard_forms() -> Iterator[dict[str, Any]]:
    """Read the standard source without our own reader."""
    path = ROOT / "src" / "opskpi" / "sources" / "standard.yaml"
    yield from YAML(typ="safe").load(path.read_text(encoding="utf-8"))["forms"]


@LANGUAGES
@pytest.mark.parametrize("year", [2015, 2016, 2017], ids=["past", "ended", "current"])
def test_what_is_written_scores_as_it_is(desk: Path, opskpi: Run, lang: str, year: int) -> None:
    """It is 2017-06-01: the example project has a verdict for all six indicators, each of them met."""
    assert opskpi("new", ".", "--year", year, "--lang", lang).exit_code == 0
    scored = opskpi("score", "-f", "json")
    assert scored.exit_code == 0
    card = json.loads(scored.stdout)
    assert {each["verdict"] for each in card["results"]} == {"pass"}
    assert {each["indicator"]: (each["numerator"], each["denominator"]) for each in card["results"]} == SIX
    assert {each["provisional"] for each in card["results"]} == {year == 2017}
    assert [each["rejected"] for each in card["inputs"]] == [0] * 5
    assert (desk / {"zh": "记分卡.xlsx", "en": "scorecard.xlsx"}[lang]).is_file()


def test_on_the_first_day_of_the_year_the_examples_score(
    desk: Path, opskpi: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events after today are slips to `score`, so the examples happen on 1 January."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1514764800")  # 2018-01-01
    opskpi("new", desk)
    assert (desk / "targets" / "2018.yaml").is_file()
    assert opskpi("score", "-q").exit_code == 0


@LANGUAGES
def test_a_year_to_come_is_scored_as_of_a_day_in_it(desk: Path, opskpi: Run, lang: str) -> None:
    """Before it has begun there are no verdicts; the command that is told gives them."""
    said = opskpi("new", desk, "--year", 2018, "--lang", lang)
    told = next(line for line in said.stdout.splitlines() if "opskpi score" in line)
    assert opskpi("score", "-q").exit_code == 4
    assert opskpi(*told.split("#")[0].split()[1:], "-q").exit_code == 0


@LANGUAGES
def test_check_finds_every_sheet_and_says_so_in_the_language_chosen(desk: Path, opskpi: Run, lang: str) -> None:
    opskpi("new", desk, "--lang", lang)
    checked = opskpi("check")
    assert checked.exit_code == 0
    for sheet in SHEETS[lang]:
        assert f"#{sheet}" in checked.stdout
    assert message("check_good").text(lang) in checked.stdout
    assert message("input_unused_headings", headings="").text(lang).strip() not in checked.stdout


def test_the_current_year_is_the_default(desk: Path, opskpi: Run) -> None:
    opskpi("new", desk)
    assert set(everything(desk)) == {"opskpi.toml", "targets/2017.yaml", BOOKS["zh"]}


@pytest.mark.usefixtures("desk")
def test_it_tells_what_it_wrote_and_what_comes_next(opskpi: Run) -> None:
    said = opskpi("new", "kpi 2017", "--lang", "en")
    lines = [line.strip() for line in said.stdout.splitlines()]
    assert f"wrote {Path('kpi 2017', 'opskpi.toml')}" in lines
    assert lines[-3] == 'cd "kpi 2017"'
    assert [line.split(" #")[0].strip() for line in lines[-2:]] == ["opskpi score", "opskpi check"]
    assert "接下来" in opskpi("new", "中文").stdout
    here = opskpi("new", ".")
    assert "cd " not in here.stdout
    assert opskpi("new", "silent", "-q").output == ""


@LANGUAGES
def test_headings_are_those_of_the_standard_source(desk: Path, opskpi: Run, lang: str) -> None:
    made = book(desk, opskpi, lang)
    assert made.sheetnames == SHEETS[lang]
    forms = {form["name"]: form["columns"] for form in standard_forms()}
    for sheet, form in zip(made, SHEETS["zh"], strict=True):
        columns = forms[form]
        first = {name: spelled if isinstance(spelled, str) else spelled[0] for name, spelled in columns.items()}
        known = set(first.values()) if lang == "zh" else set(first)
        assert set(heads(sheet)) <= known
        assert len(heads(sheet)) == sheet.max_column


@LANGUAGES
def test_every_heading_has_a_note_and_required_ones_look_different(desk: Path, opskpi: Run, lang: str) -> None:
    looks: dict[bool, set[str]] = {True: set(), False: set()}
    for sheet in book(desk, opskpi, lang):
        for cell in sheet[1]:
            required = cell.value in REQUIRED[lang][sheet.title]
            looks[required].add(cell.fill.fgColor.rgb)
            first, _, rest = cell.comment.text.partition("\n")
            assert first == {("zh", True): "【必填】", ("zh", False): "【选填】", ("en", True): "REQUIRED"}.get(
                (lang, required), "OPTIONAL"
            )
            assert rest
            assert "{" not in rest
    assert len(looks[True]) == len(looks[False]) == 1
    assert looks[True] != looks[False]


@pytest.mark.parametrize(
    ("lang", "sheet", "heading", "words"),
    [
        ("zh", "工单", "工单类型", "事件,服务请求,变更,问题,其他"),
        ("en", "Tickets", "type", "incident,request,change,problem,other"),
        ("zh", "工单", "状态", "新建,处理中,挂起,已解决,已关闭,已取消"),
        ("en", "Complaints", "status", "new,in_progress,on_hold,resolved,closed,cancelled"),
        ("zh", "工单", "是否达标", "是,否"),
        ("en", "Complaints", "sla_flag", "yes,no"),
        ("zh", "满意度调查", "满意度", "非常满意,满意,一般,不满意,非常不满意"),
        ("en", "Surveys", "score", "5,4,3,2,1"),
    ],
)
def test_drop_downs_offer_what_opskpi_understands(
    desk: Path, opskpi: Run, lang: str, sheet: str, heading: str, words: str
) -> None:
    found = taken(book(desk, opskpi, lang)[sheet], heading)
    assert (found.type, found.formula1, found.showErrorMessage) == ("list", f'"{words}"', True)
    assert found.errorStyle == ("warning" if heading in ("满意度", "score") else None)


@LANGUAGES
def test_projects_are_chosen_from_the_register(desk: Path, opskpi: Run, lang: str) -> None:
    """The list grows with the register's first column; an alias may be typed after a warning."""
    register, *others = book(desk, opskpi, lang)
    assert heads(register)[{"zh": "项目名称", "en": "project"}[lang]] == 1
    for sheet in others:
        found = taken(sheet, {"zh": "项目名称", "en": "project"}[lang])
        assert re.fullmatch(rf"OFFSET\('{register.title}'!\$A\$2,0,0,MAX\(1,COUNTA\(.*\)\),1\)", found.formula1)
        assert (found.type, found.errorStyle) == ("list", "warning")


@pytest.mark.parametrize(
    ("sheet", "heading", "shown"),
    [
        ("工单", "创建时间", "yyyy-mm-dd hh:mm"),
        ("工单", "解决时限", "yyyy-mm-dd hh:mm"),
        ("投诉登记表", "处理完成时间", "yyyy-mm-dd hh:mm"),
        ("满意度调查", "提交时间", "yyyy-mm-dd hh:mm"),
        ("服务报告", "应交付日期", "yyyy-mm-dd"),
        ("服务报告", "实际交付日期", "yyyy-mm-dd"),
        ("项目台账", "服务开始日期", "yyyy-mm-dd"),
    ],
)
def test_dates_are_dates_of_believable_years(desk: Path, opskpi: Run, sheet: str, heading: str, shown: str) -> None:
    """Five years around the plan's are what the reader believes; Excel counts days from 1899-12-30."""
    made = book(desk, opskpi, "zh")[sheet]
    found = taken(made, heading)
    low, high = ((day - date(1899, 12, 30)).days for day in (date(2012, 1, 1), date(2023, 1, 1)))
    assert (found.type, found.operator, found.errorStyle) == ("date", None, None)
    assert (int(found.formula1), int(found.formula2)) == (low, high)
    cell = made.cell(2, heads(made)[heading])
    assert cell.number_format == shown
    assert isinstance(cell.value, datetime)
    assert cell.value.year == 2017
    assert made.column_dimensions[cell.column_letter].width >= len(shown)


@LANGUAGES
def test_ids_are_text_and_counts_are_whole(desk: Path, opskpi: Run, lang: str) -> None:
    made = book(desk, opskpi, lang)
    for sheet in made.worksheets[1:]:
        assert sheet["A2"].number_format == "@"
    surveys = made.worksheets[3]
    found = taken(surveys, {"zh": "份数", "en": "responses"}[lang])
    assert (found.type, found.operator, found.formula1) == ("whole", "greaterThanOrEqual", "1")


@LANGUAGES
def test_sheets_are_ready_to_work_in_and_to_print(desk: Path, opskpi: Run, lang: str) -> None:
    for sheet in book(desk, opskpi, lang):
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.print_title_rows == "$1:$1"
        assert "2017" in sheet.oddHeader.center.text
        assert sheet.dimensions.endswith(("2", "3"))


@LANGUAGES
def test_example_rows_say_that_they_are(desk: Path, opskpi: Run, lang: str) -> None:
    marked = {"zh": "示例", "en": "example"}[lang]
    for sheet in book(desk, opskpi, lang):
        assert {"zh": "可删除", "en": "can be deleted"}[lang] in sheet["A2"].comment.text
        for row in sheet.iter_rows(min_row=2):
            texts = " ".join(str(cell.value) for cell in row).casefold()
            assert marked in texts
            assert {"zh": "可删除", "en": "can be deleted"}[lang] in texts


def test_the_plan_is_the_shipped_one_in_another_year(desk: Path, opskpi: Run) -> None:
    opskpi("new", desk)
    shipped = YAML(typ="safe").load((ROOT / "targets" / "2016.yaml").read_text(encoding="utf-8"))
    text = (desk / "targets" / "2017.yaml").read_text(encoding="utf-8")
    made = YAML(typ="safe").load(text)
    assert made == {**shipped, "plan": "2017年度运维服务指标", "period": 2017}
    for indicator in shipped["indicators"]:
        assert re.search(rf"^  # .+\n  {indicator}:$", text, re.MULTILINE)


def test_the_english_plan_differs_in_words_only(desk: Path, opskpi: Run) -> None:
    opskpi("new", desk, "--lang", "en")
    text = (desk / "targets" / "2017.yaml").read_text(encoding="utf-8")
    assert text.isascii()
    shipped = YAML(typ="safe").load((ROOT / "targets" / "2016.yaml").read_text(encoding="utf-8"))["indicators"]
    made = YAML(typ="safe").load(text)["indicators"]
    words = ("name", "short", "owner")
    assert list(made) == list(shipped)
    for one, other in zip(made.values(), shipped.values(), strict=True):
        assert set(one) == set(other)
        assert {key: one[key] for key in one if key not in words} == {k: other[k] for k in other if k not in words}


@LANGUAGES
def test_a_project_with_a_target_of_its_own_is_two_characters_away(desk: Path, opskpi: Run, lang: str) -> None:
    """The commented end of the plan holds once its `# ` are gone: 95 % is the example project's target then."""
    opskpi("new", desk, "--lang", lang)
    path = desk / "targets" / "2017.yaml"
    above, _, end = path.read_text(encoding="utf-8").partition("# projects:\n")
    own = "".join(line.removeprefix("# ") + "\n" for line in end.splitlines())
    path.write_text(f"{above}projects:\n{own}", encoding="utf-8")
    card = json.loads(opskpi("score", "-f", "json").stdout)
    assert [each["target"] for each in card["results"] if each["indicator"] == "incident_sla_rate"] == [">= 95%"]


@LANGUAGES
def test_the_settings_explain_every_key(desk: Path, opskpi: Run, lang: str) -> None:
    """Every key stands there once, set or commented out; all of them together are TOML."""
    opskpi("new", desk, "--lang", lang)
    text = (desk / "opskpi.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(text)) == {"exports", "targets", "output"}
    keys = re.findall(r"^(?:# )?(\w+) = ", text, re.MULTILINE)
    assert sorted(keys) == sorted(KEYS)
    assert set(tomllib.loads(re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE))) == set(KEYS)


def test_a_nil_return_in_the_complaints_is_understood(desk: Path, opskpi: Run) -> None:
    made = book(desk, opskpi, "zh")
    sheet = made["投诉登记表"]
    for cell in sheet[2]:
        cell.value = None
    sheet["A2"] = "本月无投诉"
    made.save(desk / BOOKS["zh"])
    card = json.loads(opskpi("score", "-f", "json").stdout)
    assert {each["indicator"]: each["verdict"] for each in card["results"]}["complaint_count"] == "pass"


@LANGUAGES
def test_the_same_words_give_the_same_bytes(desk: Path, opskpi: Run, lang: str) -> None:
    """In another process, too: nothing of it depends on the clock or on hashing."""
    opskpi("new", "one", "--lang", lang)
    command = [sys.executable, "-m", "opskpi", "new", "two", "--lang", lang, "-q", "--year", "2017"]
    subprocess.run(command, check=True, cwd=desk)
    assert everything(desk / "one") == everything(desk / "two")


@pytest.mark.parametrize("there", ["opskpi.toml", "targets/2017.yaml", BOOKS["zh"]])
def test_no_file_is_ever_replaced(desk: Path, opskpi: Run, there: str) -> None:
    path = desk / "kpi" / there
    path.parent.mkdir(parents=True)
    path.write_text("mine", encoding="utf-8")
    before = everything(desk)
    refused = opskpi("new", "kpi")
    assert refused.exit_code == 2
    assert str(Path("kpi", there)) in refused.stderr
    assert refused.stdout == ""
    assert everything(desk) == before
    assert list((desk / "kpi").iterdir()) == [desk / "kpi" / Path(there).parts[0]]


def test_all_files_in_the_way_are_named(desk: Path, opskpi: Run) -> None:
    opskpi("new", "kpi", "--lang", "en")
    before = everything(desk)
    refused = opskpi("new", "kpi", "--lang", "en")
    assert refused.exit_code == 2
    assert [name for name in before if name not in refused.stderr] == []
    assert everything(desk) == before


def test_a_failure_half_way_leaves_nothing(desk: Path, opskpi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write = output.write_file

    def full(path: Path, data: bytes) -> None:
        if path.suffix == ".xlsx":
            raise OutputError(message("output_unwritable", file=str(path), reason="disk full"))
        write(path, data)

    monkeypatch.setattr(output, "write_file", full)
    failed = opskpi("new", "kpi/deep")
    assert failed.exit_code == 5
    assert list(desk.iterdir()) == []


def test_a_file_in_place_of_a_folder_is_told(desk: Path, opskpi: Run) -> None:
    (desk / "targets").write_text("a file", encoding="utf-8")
    refused = opskpi("new", ".")
    assert refused.exit_code == 5
    assert "targets" in refused.stderr
    assert everything(desk) == {"targets": b"a file"}


def test_both_languages_have_the_same_registers() -> None:
    chinese, english = read_texts("zh"), read_texts("en")
    assert [each.form for each in chinese.registers] == [each.form for each in english.registers]
    for one, other in zip(chinese.registers, english.registers, strict=True):
        assert [each.name for each in one.columns] == [each.name for each in other.columns]
        assert [len(each.examples) for each in one.columns] == [len(each.examples) for each in other.columns]
    assert chinese.said.keys() == english.said.keys()
    assert chinese.plan.indicators.keys() == english.plan.indicators.keys() == SIX.keys()


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom opskpi.commands import group\n"
        "assert CliRunner().invoke(group, ['new', '--help']).exit_code == 0\n"
        "heavy = {'xlsxwriter', 'pydantic', 'pyarrow', 'numpy', 'ruamel'}\n"
        "print(*heavy & {name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
