"""Texts of exports and plans that a reader might run come out as text, in every format, in the readers themselves."""

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
import xlsxwriter
from click.testing import CliRunner
from markdown_it import MarkdownIt

import browser
from exposition import read
from opskpi.commands import group
from opskpi.model.safety import legible, unguarded
from opskpi.renderers import Style, terminal
from opskpi.renderers.wecom import safe
from rulebook import TODAY

#: openpyxl says so of each sheet with sparklines.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension")

NAMES = (
    '=HYPERLINK("http://evil.example","y")', "=1+1", "+1+1", "-2+3", "@SUM(1)", "＝2+2", "'=1+1",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</style><script>alert(1)</script>", "&lt;b&gt;",
    "[点我](javascript:alert(1))", "![x](http://evil.example/x.png)", "a|`b`*c*_d_~e~", "# 标题", "- 项", "1. 项",
    "> 引", "<http://evil.example>", "http://evil.example www.evil.example", "x]]>y", 'x"} 1\nopskpi_evil{a="b"} 1',
    "x\\", "<@all>", '<font color="warning">x</font>', "x\x1b[31m\x01\x7f\u202ey", "{{ 7 * 7 }}",
)  # fmt: skip
FILE = '=HYPERLINK("x")<img src=x onerror=alert(1)>`|[a](javascript:b).csv'
SHEET = "=1+1<b>|`x`@a"
PLAN = r"""
plan: "=HYPERLINK(\"http://evil.example\")<script>alert(1)</script>[x](javascript:alert(1))\e[31m"
period: 2016
timezone: Asia/Shanghai
header: {number: "=1+1", version: "<i>2</i>", prepared_by: "@a|`b`", prepared_on: 2016-01-04}
indicators:
  rate:
    name: "=1+1<img src=x onerror=alert(2)>|`x`[y](javascript:z)<@all>\e[32m"
    owner: "-1+<b>\"部门\"</b>"
    table: tickets
    exclude: {"<b>=1</b>": status == "cancelled"}
    period_by: created_at
    value: share(sla_met)
    target: ">= 90%"
  score: {name: "+1", owner: "=2", table: surveys, period_by: submitted_at, value: mean(score), target: ">= 4.5"}
waivers:
  - project: "=1+1"
    indicator: rate
    reason: "=HYPERLINK(\"x\")<script>alert(3)</script>|[x](javascript:y)"
    approved_by: "@王<b>"
    until: 2016-12-31
"""
OUTPUTS = {
    "json": "card.json", "csv": "card.csv", "md": "card.md", "html": "card.html", "xlsx": "card.xlsx",
    "wecom": "wecom=card.txt", "junit": "card.xml", "openmetrics": "card.prom",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Score a late ticket of each project from a file, and an answer of one from a sheet, into every format."""
    made = tmp_path_factory.mktemp("injection")
    (made / "exports").mkdir()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["工单编号", "项目名称", "工单类型", "状态", "创建时间", "解决时间", "解决时限", "标题"])
    for at, name in enumerate(NAMES):
        times = ["2016-03-01 09:00", "2016-03-01 18:00", "2016-03-01 13:00"]
        writer.writerow([f"{name} {at}", name, "事件", "已解决", *times, name])
    (made / "exports" / FILE).write_text(out.getvalue(), encoding="utf-8")
    with xlsxwriter.Workbook(made / "exports" / "book.xlsx", {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(SHEET)
        for row, cells in enumerate(
            (("问卷编号", "项目名称", "提交时间", "满意度"), ("=1", "=1+1", "2016-05-01", "3"))
        ):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
    (made / "plan.yaml").write_text(PLAN, encoding="utf-8")
    words = ["score", made / "exports", "-t", made / "plan.yaml", "--as-of", "end"]
    outputs = [word for file in OUTPUTS.values() for word in ("-o", file.replace("card", f"{made}/card"))]
    for name, more in (("printed.txt", outputs), ("report.md", ["-q", "--full", "-f", "md"])):
        done = CliRunner(env=TODAY).invoke(group, [str(word) for word in (*words, *more)], standalone_mode=False)
        assert done.exception is None
        assert done.return_value == 1, done.stderr
        (made / name).write_bytes(done.stdout_bytes)
        (made / f"{name}.said").write_bytes(done.stderr_bytes)
    return made


@pytest.fixture(scope="module")
def card(folder: Path) -> Mapping[str, list[dict[str, str]]]:
    found: Mapping[str, list[dict[str, str]]] = json.loads((folder / "card.json").read_bytes())
    return found


@pytest.fixture(scope="module")
def projects(card: Mapping[str, list[dict[str, str]]]) -> list[str]:
    return list(dict.fromkeys(each["project"] for each in card["results"]))


def test_json_has_every_text_as_it_was(card: Mapping[str, list[dict[str, str]]], projects: list[str]) -> None:
    assert set(projects) == set(NAMES)
    assert {each["file"] for each in card["inputs"]} == {FILE, "book.xlsx"}
    assert {each["sheet"] for each in card["inputs"]} == {None, SHEET}


def test_csv_has_every_text_with_an_apostrophe_where_it_might_run(folder: Path, projects: list[str]) -> None:
    rows = list(csv.reader(io.StringIO((folder / "card.csv").read_text(encoding="utf-8-sig"))))
    texts = [cell for row in rows for cell in row if not re.fullmatch(r"-?[0-9.]+|== 100%|>= .*", cell)]
    assert [text for text in texts if text.startswith(tuple("=+-@＝＋－＠\t\r\n"))] == []
    assert {unguarded(row[0]) for row in rows[1:]} == {unguarded(name) for name in projects}


@pytest.fixture(scope="module")
def opened(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let it write what it opened as workbooks; CSV with formulas allowed, which is not its default."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice is installed")
    out = tmp_path_factory.mktemp("opened")
    (out / "bare.csv").write_text('a,b\n=1+1,"=HYPERLINK(""http://x"")"\n', encoding="utf-8")
    shutil.copy(folder / "card.xlsx", out / "book.xlsx")
    quiet = [office, "--headless", f"-env:UserInstallation={(out / 'profile').as_uri()}"]
    target = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out / "opened")]
    allowed = "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true"
    for words in ([allowed, *target, folder / "card.csv", out / "bare.csv"], [*target, out / "book.xlsx"]):
        subprocess.run([*quiet, *map(str, words)], check=True, capture_output=True, timeout=120)
    return out / "opened"


class TestSpreadsheets:
    """LibreOffice opens CSV and workbook."""

    def test_it_runs_formulas_of_a_csv_that_is_not_ours(self, opened: Path) -> None:
        """So that the next test can fail."""
        cells = openpyxl.load_workbook(opened / "bare.xlsx").active[2]
        assert [cell.data_type for cell in cells] == ["f", "f"]

    def test_no_cell_of_the_csv_is_a_formula(self, opened: Path) -> None:
        sheet = openpyxl.load_workbook(opened / "card.xlsx").active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert len(cells) > 1000
        assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]

    def test_every_formula_of_the_workbook_is_ours(self, opened: Path) -> None:
        cells = [cell for sheet in openpyxl.load_workbook(opened / "book.xlsx") for row in sheet for cell in row]
        formulas = [str(getattr(cell.value, "text", cell.value)) for cell in cells if cell.data_type == "f"]
        ours = re.compile(r"=\{?('[^']|\$?'|IF\(|IFERROR\(|COUNTIFS?\(|SUMIFS?\(|[$A-Z]+\d+|[A-Za-z_一-龥]+[.!])")
        assert [each for each in formulas if not ours.match(each) or re.search("HYPERLINK|evil", each)] == []
        assert not [cell for cell in cells if cell.hyperlink]
        assert set(NAMES[:6]) <= {cell.value for cell in cells}


class Page(HTMLParser):
    """Collects the elements and the text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in ("href", "src", "action")}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_browser_shows_texts_and_runs_none(folder: Path, projects: list[str]) -> None:
    document, complaints = browser.run(folder / "card.html", "--dump-dom")
    page = Page()
    page.feed(document)
    assert complaints == []
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert not {"img", "i", "font", "iframe"} & {*page.tags}
    assert not [name for name in page.attributes if name.startswith("on")]
    assert all(link.startswith("#") or link == "data:," for link in page.links)
    shown = re.sub(r"[\x00-\x1f]", " ", page.text)
    assert [name for name in projects if re.sub(r"[\x00-\x1f]", " ", name) not in shown] == []


@pytest.mark.parametrize("name", ["card.md", "report.md"])
def test_markdown_renders_to_texts(folder: Path, name: str, projects: list[str]) -> None:
    """With tables and strikethrough, as wikis and GitHub read it; addresses must not become links by themselves."""
    text = (folder / name).read_text(encoding="utf-8")
    page = Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))
    assert {*page.tags} <= {"h1", "h2", "p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    assert not page.links
    assert not re.search(r"(?<![\\:])://|www\.", text)
    lists, mine = page.text, [name for name in projects if name != "=1+1"]
    if name == "report.md":
        columns = {row.count("|") - row.count("\\|") for row in text.splitlines() if row.startswith("|")}
        assert columns == {4}
    else:
        mine = mine[:5]  # the message names the first misses only
    for each in mine:
        assert legible(re.sub(r"\s", " ", each)).strip() in re.sub(r"\s", " ", lists)


def test_the_message_calls_nobody(folder: Path, projects: list[str]) -> None:
    text = (folder / "card.txt").read_text(encoding="utf-8")
    bare = re.sub(r'<font color="(warning|info|comment)">|</font>', "", text)
    assert not re.search(r"[<>\[\]@`&]|://", re.sub(r"^> ", "", bare, flags=re.MULTILINE))
    assert sum(safe(name) in text for name in projects) > 10


def test_junit_is_parsed_back(folder: Path, projects: list[str]) -> None:
    root = ET.fromstring((folder / "card.xml").read_bytes())  # noqa: S314 - our own
    assert [suite.attrib["name"] for suite in root] == [legible(name) for name in projects]
    ids = [(failure.text or "").split("  ")[0] for failure in root.iter("failure") if failure.text]
    late = [name for name in projects if name != "=1+1"]  # which is waived
    assert ids == [legible(f"{name} {NAMES.index(name)}") for name in late]


def test_metrics_are_parsed_back(folder: Path, projects: list[str], card: Mapping[str, list[dict[str, str]]]) -> None:
    found = read((folder / "card.prom").read_text(encoding="utf-8"))
    told = [dict(labels) for name, labels in found if name == "opskpi_result_info"]
    assert {each["project"] for each in told} == set(projects)
    assert {each["name"] for each in told} == {each["name"] for each in card["results"]}
    assert not any("evil" in name for name, _ in found)


@pytest.mark.parametrize("name", ["printed.txt", "printed.txt.said"])
def test_a_terminal_obeys_nothing(folder: Path, name: str, projects: list[str]) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    if name == "printed.txt":
        told = re.sub(r"\s+", " ", text)
        assert [each for each in projects if legible(each).replace("\n", " ") not in told] == []


def test_colours_are_ours_alone(folder: Path) -> None:
    """A name of a project that colours would be one escape more than the same name without."""
    from opskpi.pipeline import Request, score
    from opskpi.targets.finding import read_plan

    plan, document = read_plan(str(folder / "plan.yaml"), folder)
    made, _ = score(Request([str(folder / "exports")], today=date(2017, 6, 1)), plan, document)
    text = terminal.render(made, Style("zh", width=200, colour=True)).decode()
    ours = {"\x1b[0m", "\x1b[1m", "\x1b[1;31m", "\x1b[32m"}
    assert set(re.findall(r"\x1b.{0,2}\S*?m", text)) <= ours
    assert "\x1b[31m" not in text
