"""The HTML scorecard: what others wrote comes out as text, figures are the JSON's, and a browser can use it."""

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import Result

import browser
from conftest import ROOT
from opskpi.model.goals import Target
from opskpi.renderers.lines import abreast
from opskpi.renderers.page import contents
from opskpi.renderers.page.charts import Spot, bullet, trend

Run = Callable[..., Result]
VOID = frozenset({"meta", "link", "input", "br"})
EVIL = (
    "<script>alert(1)</script>",
    "\"quoted\" 'and' & amp; <b>bold</b>",
    "</style><script>document.title='taken'</script>",
    'x" onmouseover="alert(1)',
    "{{ 7 * 7 }} {% raw %}",
)
PLAN = """
plan: "<img src=x onerror=alert(1)> & 年度"
period: 2016
timezone: Asia/Shanghai
header: {number: "<i>OPS-01</i>", version: "</title>2", prepared_by: "张<u>三</u>", prepared_on: 2016-01-04}
indicators:
  rate:
    name: "完成率</h4><script>alert(2)</script>"
    owner: "\\"部门\\"><b>"
    table: tickets
    where: type == "incident" and title != "<b>'&"
    exclude: {"cancelled": status == "cancelled"}
    period_by: created_at
    value: share(sla_met)
    target: ">= 90%"
waivers:
  - project: "x\\" onmouseover=\\"alert(1)"
    indicator: rate
    reason: "<b>因 & 果</b>"
    approved_by: "<李>"
    until: 2016-12-31
"""
FULL_PLAN = """
plan: 考核
period: 2016
timezone: Asia/Shanghai
grades: {甲: 90, 丙: 0}
indicators:
  rate:
    name: 及时率
    owner: 运维部
    table: tickets
    period_by: created_at
    value: share(sla_met)
    target: ">= 90%"
    weight: 100
    score: {form: rate}
    breakdown: status
  late:
    name: 逾期占比
    terms:
      late:
        table: tickets
        where: resolved_at > resolve_due_at
        period_by: created_at
        value: count()
      all:
        table: tickets
        period_by: created_at
        value: count()
    value: late / all
    target: "<= 50%"
"""
HEADINGS = ("工单编号", "项目名称", "工单类型", "状态", "创建时间", "解决时间", "解决时限", "标题")


@dataclass
class Node:
    """An element of a page."""

    tag: str
    attributes: Mapping[str, str]
    children: list["Node | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(each if isinstance(each, str) else each.text for each in self.children)

    def all(self, tag: str, **wanted: str) -> Iterator["Node"]:
        """Give the elements inside of a tag with these attributes."""
        for each in self.children:
            if isinstance(each, Node):
                if each.tag == tag and all(each.attributes.get(name) == value for name, value in wanted.items()):
                    yield each
                yield from each.all(tag, **wanted)

    def one(self, tag: str, **wanted: str) -> "Node":
        return next(self.all(tag, **wanted))

    def everything(self) -> Iterator["Node"]:
        for each in self.children:
            if isinstance(each, Node):
                yield each
                yield from each.everything()


class Reader(HTMLParser):
    """Reads a page into elements; raises where tags are not balanced."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice"
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, f"</{tag}> closes something else, line {self.getpos()[0]}"

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def close(self) -> None:
        super().close()
        assert self._open == [self.root]


def read(page: str) -> Node:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader.root


def register(path: Path, rows: list[tuple[str, str, str, str]]) -> None:
    """Write tickets of four cells each (id, project, solved, title), made at nine and due at one o'clock."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for identity, project, solved, title in rows:
        made, due = "2016-03-01 09:00", "2016-03-01 13:00"
        writer.writerow([identity, project, "事件", "已解决", made, f"2016-03-01 {solved}", due, title])
    path.parent.mkdir(exist_ok=True)
    path.write_text(out.getvalue(), encoding="utf-8")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the example year by the month, in both languages, and as JSON."""
    from click.testing import CliRunner

    from opskpi.commands import group

    folder = tmp_path_factory.mktemp("year")
    for language in ("zh", "en"):
        words = ["score", ROOT / "examples" / "2016" / "csv", "-t", ROOT / "targets" / "2016.yaml", "-q"]
        words += ["--by", "month", "--as-of", "end", "--lang", language]
        words += ["-o", folder / f"{language}.html", "-o", folder / "card.json"]
        CliRunner().invoke(group, list(map(str, words)), standalone_mode=False, catch_exceptions=False)
    return folder


@pytest.fixture
def evil(tmp_path: Path, opskpi: Run) -> str:
    """Score projects, titles, a file and a plan that are full of markup; every project misses but those before it."""
    rows = [(f"<T{at}>", name, "18:00" if at else "12:00", EVIL[0]) for at, name in enumerate(EVIL)]
    register(tmp_path / "exports" / "<b>工单&'.csv", [*rows, ("T9", "坏", "99:99", "<b>")])
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    page = tmp_path / "card.html"
    done = opskpi("score", tmp_path / "exports", "-t", tmp_path / "plan.yaml", "-q", "--max-rejected", "50", "-o", page)
    assert done.exit_code == 1, done.stderr
    return page.read_text(encoding="utf-8")


def test_what_others_wrote_comes_out_as_text(evil: str) -> None:
    root = read(evil)
    elements = list(root.everything())
    tags = [node.tag for node in elements]
    assert (tags.count("script"), tags.count("style")) == (1, 1)
    assert not {"img", "iframe", "object", "i", "u"} & set(tags)
    assert not [name for node in elements for name in node.attributes if name.startswith("on")]
    assert sorted(node.text for node in root.all("h3") if node.text in EVIL) == sorted(EVIL)
    text = root.text
    for said in (
        "<img src=x onerror=alert(1)> & 年度",
        "<i>OPS-01</i>",
        "</title>2",
        "张<u>三</u>",
        "<b>因 & 果</b>",
        "<李>",
    ):
        assert said in text
    assert "完成率</h4><script>alert(2)</script>" in {node.text for node in root.all("h4")}
    assert '"部门"><b>' in {node.text for node in root.all("option")}
    assert "<b>工单&'.csv!3" in {node.text for node in root.all("td", role="cell")}
    assert "<T1>" in {node.text for node in root.all("th", scope="row")}
    assert 'type == "incident" and title != "<b>\'&"' in {node.text for node in root.all("code")}


def test_every_result_is_the_one_of_the_json(year: Path) -> None:
    """The shown figure is within half of its last digit of the JSON's; the verdict is its very word."""
    results = json.loads((year / "card.json").read_text(encoding="utf-8"))["results"]
    results = [each for each in results if each["period"] == "2016"]
    root = read((year / "zh.html").read_text(encoding="utf-8"))
    articles = {
        (section.attributes["data-project"], article.one("h4").text): article
        for section in root.all("section", **{"class": "project"})
        for article in section.all("article")
    }
    cells = [cell for row in root.one("tbody").all("tr") for cell in row.all("td")]
    assert len(results) == len(articles) == len(cells) == 72
    for result, cell in zip(results, cells, strict=True):
        article = articles[result["project"], result["name"]]
        assert cell.one("a").attributes["href"] == f"#{article.attributes['id']}"
        for node in (article, cell):
            assert node.attributes["data-kind"].split()[0] == result["verdict"]
            assert ("provisional" in node.attributes["data-kind"]) == result["provisional"]
            assert is_shown(node.one("span", **{"class": "figure"}).text, result["value"])
        assert result["target"] in article.text
        assert len(list(article.all("tr"))) == (result["missed"] + 1 if result["missed"] else 0)


def is_shown(text: str, value: float | None) -> bool:
    """Tell whether a text is a figure, rounded."""
    if value is None:
        return text == "-"
    digits = text.removesuffix("%")
    shown, last = Fraction(digits), Fraction(1, 10 ** len(digits.partition(".")[2]))
    return abs(shown - Fraction(value) * (100 if text.endswith("%") else 1)) <= last / 2 + Fraction(1, 10**9)


def test_verdicts_are_said_in_words_and_marks_not_by_colour_alone(year: Path) -> None:
    root = read((year / "en.html").read_text(encoding="utf-8"))
    said = {
        re.sub(r"\s+", " ", node.text).strip()
        for node in root.all("span")
        if "verdict" in node.attributes.get("class", "")
    }
    assert said == {"✓ met", "✓ met*", "✗ MISSED"}


@pytest.mark.parametrize(
    ("language", "tongue", "skip"), [("zh", "zh-Hans", "跳到汇总表"), ("en", "en", "Skip to the summary")]
)
def test_a_page_speaks_its_language(year: Path, language: str, tongue: str, skip: str) -> None:
    root = read((year / f"{language}.html").read_text(encoding="utf-8"))
    assert root.one("html").attributes["lang"] == tongue
    assert root.one("a", **{"class": "skip"}).text == skip
    # Chinese names on an English page say so; on a Chinese page they need not
    marked = {node.text for node in root.all("h3", lang="zh-Hans")}
    assert ("某银行数据中心" in marked) == (language == "en")


def test_a_page_needs_nothing_from_elsewhere(year: Path) -> None:
    page = (year / "zh.html").read_text(encoding="utf-8")
    assert not re.search(r"https?://|url\(|@import", page)
    root = read(page)
    ids = [node.attributes["id"] for node in root.everything() if "id" in node.attributes]
    assert len(ids) == len(set(ids))
    for node in root.everything():
        assert not {"src", "style", "action"} & node.attributes.keys()
        link = node.attributes.get("href", "#summary")
        assert link == "data:," or link.removeprefix("#") in ids
    policy = root.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_tables_name_their_rows_and_columns(year: Path) -> None:
    tables = list(read((year / "zh.html").read_text(encoding="utf-8")).all("table"))
    assert len(tables) > 10
    for table in tables:
        assert table.one("caption").text
        assert {head.attributes["scope"] for head in table.all("th")} == {"col", "row"}
        across = len(list(table.one("thead").all("th")))
        assert {len([*row.all("th"), *row.all("td")]) for row in table.one("tbody").all("tr")} == {across}


def test_missed_rows_beyond_those_listed_are_counted(tmp_path: Path, opskpi: Run) -> None:
    register(tmp_path / "exports" / "工单.csv", [(f"T{at}", "甲", "18:00", "") for at in range(205)])
    page = tmp_path / "card.html"
    opskpi("score", tmp_path / "exports", "-t", "2016", "-q", "-o", page)
    details = read(page.read_text(encoding="utf-8")).one("article", id="r1-2").one("details")
    assert details.one("summary").text == "未达成的行（205）"
    assert len(list(details.one("tbody").all("tr"))) == 200
    assert "另有 5 行" in details.text


def test_a_plan_with_all_there_is_fills_every_section(tmp_path: Path, opskpi: Run) -> None:
    """One ticket of two is missed, so that a hundred of a hundred points become fifty; a term counts both tickets."""
    register(tmp_path / "exports" / "工单.csv", [("T1", "甲", "12:00", ""), ("T2", "甲", "18:00", "")])
    (tmp_path / "plan.yaml").write_text(FULL_PLAN, encoding="utf-8")
    page = tmp_path / "card.html"
    done = opskpi("score", tmp_path / "exports", "-t", tmp_path / "plan.yaml", "--by", "quarter", "-q", "-o", page)
    assert done.exit_code == 1, done.stderr
    root = read(page.read_text(encoding="utf-8"))
    scores = root.one("section", id="scores")
    assert [cell.text for cell in scores.one("tbody").one("tr").all("td")] == ["50/100", "50", "丙"]
    rule = root.one("article", id="i2")
    assert rule.one("h4").text == "项 late"
    assert [head.text for head in root.one("thead").all("th")] == ["项目", "及时率", "逾期占比"]
    broken = root.one("article", id="r1-1").all("details")
    assert [each.one("summary").text for each in broken] == ["未达成的行（1）", "构成（按状态）"]
    assert [cell.text for cell in broken_rows(root)] == ["已解决", "2", "100.0%", "1", "1"]
    assert "得分 50/100" in root.one("article", id="r1-1").text


def broken_rows(root: Node) -> list[Node]:
    """Give the cells of the breakdown's only row."""
    row = list(root.one("article", id="r1-1").all("tbody"))[1].one("tr")
    return [*row.all("th"), *row.all("td")]


def test_a_page_can_be_printed_to_standard_output(tmp_path: Path, opskpi: Run) -> None:
    register(tmp_path / "exports" / "工单.csv", [("T1", "甲", "12:00", "")])
    done = opskpi("score", tmp_path / "exports", "-t", "2016", "-f", "html")
    opskpi("score", tmp_path / "exports", "-t", "2016", "-q", "-o", tmp_path / "card.html")
    assert done.stdout_bytes == (tmp_path / "card.html").read_bytes()
    assert done.stdout.startswith("<!DOCTYPE html>\n")


def test_a_bar_stands_where_its_figure_does() -> None:
    """The drawing is 240 wide: 90 % of it is 216, 80 % is 192; 5 on an axis to 6 is 200; 4.5 of 1–5 is 210."""
    share = bullet(Fraction(9, 10), Target(">= 80%", low=Fraction(4, 5)), "ratio")
    assert (share.start, share.length, share.good_start, share.good_length) == ("0.0", "216.0", "192.0", "48.0")
    assert (share.ends, share.low, share.high) == (("192.0",), "0%", "100%")
    count = bullet(Fraction(5), Target("< 5", high=Fraction(5), high_open=True), "count")
    assert (count.length, count.good_start, count.good_length, count.high) == ("200.0", "0.0", "200.0", "6")
    mean = bullet(Fraction(9, 2), Target(">= 4.5", low=Fraction(9, 2)), "score", (Fraction(1), Fraction(5)))
    assert (mean.start, mean.length, mean.low, mean.high) == ("0.0", "210.0", "1", "5")
    change = bullet(Fraction(-1), Target("<= 1", high=Fraction(1)), "number")  # from −1 to 1.5, nought at 96
    assert (change.start, change.length) == ("0.0", "96.0")


def test_a_line_breaks_where_there_is_no_figure() -> None:
    """From 54 to 312 in four steps of 64.5; 1 lies at the bottom (68), 5 at the top (8), 3 between (38)."""
    values = (1, 3, None, 5, 3)
    spots = [Spot(str(at), None if value is None else Fraction(value), "pass", "") for at, value in enumerate(values)]
    drawn = trend(spots, Target(">= 3", low=Fraction(3)), "count")
    assert drawn is not None
    assert drawn.lines == ("54.0,68.0 118.5,38.0", "247.5,8.0 312.0,38.0")
    assert (drawn.targets, drawn.low, drawn.high, drawn.first, drawn.last) == (("38.0",), "1", "5", "0", "4")
    assert trend(spots[2:4], None, "count") is None


@pytest.mark.parametrize(("count", "widths"), [(0, []), (1, [1]), (8, [8]), (9, [4, 5]), (17, [5, 6, 6])])
def test_a_matrix_is_never_wider_than_paper(count: int, widths: list[int]) -> None:
    blocks = abreast(count, contents._ABREAST)
    assert [len(block) for block in blocks] == widths
    assert [at for block in blocks for at in block] == list(range(count))


def test_colours_can_be_told_from_what_they_stand_on() -> None:
    """WCAG AA asks 4.5 : 1 of text and 3 : 1 of what frames or marks it, in light and in dark."""
    look = (ROOT / "src" / "opskpi" / "renderers" / "page" / "page.css").read_text(encoding="utf-8")
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r":root \{(.*?)\}", look, re.DOTALL)
    )
    assert light.keys() == dark.keys()
    for colours in (light, dark):
        pairs = [(text, ground) for text in ("ink", "muted", "link") for ground in ("paper", "shade")]
        pairs += [(kind, ground) for kind in ("pass", "fail", "waived") for ground in ("paper", f"{kind}-shade")]
        pairs += [(text, ground) for text in ("ink", "fail") for ground in ("fail-shade",)]
        assert [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []
        assert contrast(colours["focus"], colours["paper"]) >= 3
        assert contrast(colours["bar"], colours["zone"]) >= 3


def contrast(one: str, other: str) -> float:
    """Calculate WCAG's contrast of two colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_browser_runs_our_script_and_no_other(year: Path, tmp_path: Path) -> None:
    page = (year / "zh.html").read_text(encoding="utf-8")
    (tmp_path / "card.html").write_text(page, encoding="utf-8")
    document, complaints = browser.run(tmp_path / "card.html", "--dump-dom")
    assert complaints == []
    assert "hidden" not in read(document).one("form").attributes  # only our script shows the filter
    (tmp_path / "card.html").write_text(page.replace("<main>", "<main><script>document.title = 'taken'</script>"))
    document, complaints = browser.run(tmp_path / "card.html", "--dump-dom")
    assert read(document).one("title").text == "2016年度运维服务指标：2016"
    assert complaints


@pytest.mark.parametrize(
    ("filled", "projects", "results"),
    [
        ({"project": "银行"}, 1, 6),
        ({"project": "ＥＲＰ"}, 1, 6),
        ({"kind": "fail"}, 7, 8),
        ({"kind": "provisional"}, 4, 5),
        ({"owner": "1"}, 12, 24),
        ({"owner": "2", "kind": "fail"}, 2, 2),
        ({"project": "没有"}, 0, 0),
    ],
)
def test_a_browser_filters(year: Path, tmp_path: Path, filled: Mapping[str, str], projects: int, results: int) -> None:
    """Counted on the README's card: 8 missed in 7 projects; the second owner has two indicators of six."""
    script = "".join(f"form.elements[{name!r}].value = {value!r};" for name, value in filled.items())
    page = (year / "zh.html").read_text(encoding="utf-8")
    page = re.sub(r"<meta http-equiv[^>]*>", "", page).replace("</body>", f"<script>{script} filter();</script></body>")
    (tmp_path / "card.html").write_text(page, encoding="utf-8")
    document, _ = browser.run(tmp_path / "card.html", "--dump-dom")
    root = read(document)
    sections = [each for each in root.all("section", **{"class": "project"}) if "hidden" not in each.attributes]
    shown = [each for section in sections for each in section.all("article") if "hidden" not in each.attributes]
    rows = [row for row in root.one("tbody").all("tr") if "hidden" not in row.attributes]
    assert (len(sections), len(rows), len(shown)) == (projects, projects, results)
    assert root.one("p", role="status").text == f"显示 {projects}/12 个项目，{results} 项结果"


def test_a_browser_prints_what_is_folded(year: Path, tmp_path: Path) -> None:
    """A missed row's id and place stand in a folded list; paper shows them."""
    (tmp_path / "card.html").write_bytes((year / "zh.html").read_bytes())
    browser.run(tmp_path / "card.html", "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'card.pdf'}")
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext is installed")
    done = subprocess.run(["pdftotext", tmp_path / "card.pdf", "-"], capture_output=True, check=True)  # noqa: S607
    assert "TS2016014" in done.stdout.decode("utf-8")
