"""One awkward scorecard through every format: the same facts, safe texts, the same bytes again."""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

from conftest import ROOT
from opskpi import renderers
from opskpi.commands.score import _PRINTED

Run = Callable[..., Result]
AWKWARD = ('=HYPERLINK("http://x","y")', "@risk", "+1", "<script>alert(1)</script>", "a|b*c", "甲" * 40)
#: A file for each format; the message has no suffix of its own.
FILES = {name: f"card{suffix}" for suffix, name in renderers.SUFFIXES.items()} | {"wecom": "消息.txt"}
HEADINGS = "工单编号,项目名称,工单类型,状态,创建时间,解决时间,解决时限,标题"


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """Write tickets of projects with awkward names, one of them late."""
    out = io.StringIO()
    writer = csv.writer(out)
    for number, project in enumerate(AWKWARD):
        stop = "2016-03-01 12:00" if number else "2016-03-01 18:00"
        writer.writerow([f"T{number}", project, "事件", "已解决", "2016-03-01 09:00", stop, "2016-03-01 13:00", "=1+1"])
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "工单.csv").write_text(f"{HEADINGS}\n{out.getvalue()}", encoding="utf-8")
    return folder


@pytest.fixture
def written(exports: Path, tmp_path: Path, opskpi: Run) -> dict[str, bytes]:
    """Write the card in every format."""
    words = [word for name in renderers.FORMATS for word in ("-o", output(tmp_path, name))]
    result = opskpi("score", exports, "-t", "2016", "-q", "--full", *words)
    assert result.exit_code == 1, result.stderr
    assert result.stdout == ""
    return {name: (tmp_path / FILES[name]).read_bytes() for name in renderers.FORMATS}


def output(folder: Path, name: str) -> str:
    """Ask for a format by its suffix, or by its name where no suffix is its own."""
    return f"{'' if name in renderers.SUFFIXES.values() else f'{name}='}{folder / FILES[name]}"


def test_csv_is_the_results_of_the_json(written: dict[str, bytes]) -> None:
    assert written["csv"].startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(written["csv"].decode("utf-8-sig"))))
    results = json.loads(written["json"])["results"]
    assert len(rows) == len(results) == len(AWKWARD) * 6
    for row, result in zip(rows, results, strict=True):
        assert row["project"].removeprefix("'") == result["project"]
        assert row["verdict"] == result["verdict"]
        assert row["target"] == result["target"]
        assert row["value"] == ("" if result["value"] is None else str(result["value"]))
        assert row["provisional"] == str(result["provisional"]).lower()


def test_no_spreadsheet_runs_a_projects_name(written: dict[str, bytes]) -> None:
    projects = {row["project"] for row in csv.DictReader(io.StringIO(written["csv"].decode("utf-8-sig")))}
    assert not any(project.startswith(("=", "+", "-", "@")) for project in projects)
    book = openpyxl.load_workbook(io.BytesIO(written["xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    ours = re.compile(r"=('[^']+'!|\{?(IF|COUNTIF|COUNTIFS|SUMIFS|IFERROR)\(|[A-Z]+\d+)")
    assert not any(cell.hyperlink for cell in cells)
    assert all(ours.match(str(cell.value)) for cell in cells if cell.data_type == "f")
    assert {AWKWARD[0], AWKWARD[1]} <= {cell.value for cell in cells}


def test_the_workbook_says_what_the_json_says(written: dict[str, bytes]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written["xlsx"]), data_only=True)["结果"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    late = [row for row in rows if row[1] == AWKWARD[0] and row[2] == "事件处理按照服务级别协议完成率"]
    assert [tuple(row[5:10]) for row in late] == [(0, 1, 0, ">= 90%", "未达标")]


def test_markdown_escapes_what_it_would_take_for_its_own(written: dict[str, bytes]) -> None:
    text = written["md"].decode()
    assert "<script>" not in text
    assert "a\\|b\\*c" in text


def test_every_format_gives_the_same_bytes_again(
    written: dict[str, bytes], exports: Path, tmp_path: Path, opskpi: Run
) -> None:
    for name, data in written.items():
        path = tmp_path / "again" / FILES[name]
        path.parent.mkdir(exist_ok=True)
        opskpi("score", exports, "-t", "2016", "-q", "--full", "-o", output(path.parent, name))
        assert path.read_bytes() == data, name


def test_our_own_outputs_are_not_read_back_from_a_folder(exports: Path, opskpi: Run) -> None:
    first = opskpi("score", exports, "-t", "2016", "-f", "json", "-q").stdout
    words = [word for name in renderers.FORMATS for word in ("-o", output(exports, name))]
    opskpi("score", exports, "-t", "2016", "-q", *words, "--rejects", exports / "rejects.csv")
    again = opskpi("score", exports, "-t", "2016", "-f", "json")
    assert again.exit_code == 1
    assert json.loads(again.stdout)["results"] == json.loads(first)["results"]
    assert {"rejects.csv", *FILES.values()} == {each["file"] for each in json.loads(again.stdout)["unused"]}


def test_nor_are_they_under_another_name(exports: Path, opskpi: Run) -> None:
    """Whoever calls a page or a card .txt, or keeps what `diff`, `verify` and `explain` say, gets the same figures."""
    first = opskpi("score", exports, "-t", "2016", "-f", "json", "-q").stdout
    (exports.parent / "old.json").write_text(first, "utf-8")
    words = [word for name in renderers.FORMATS if name != "xlsx" for word in ("-o", f"{name}={exports / name}.txt")]
    opskpi("score", exports, "-t", "2016", "-q", *words)
    opskpi("diff", exports.parent / "old.json", exports / "json.txt", "-q", "-o", exports / "diff.txt")
    opskpi("verify", exports.parent / "old.json", exports, "-t", "2016", "-q", "-o", exports / "verify.txt")
    again = opskpi("score", exports, "-t", "2016", "-f", "json")
    assert again.exit_code == 1, again.stderr
    assert json.loads(again.stdout)["results"] == json.loads(first)["results"]


def test_outputs_among_the_exports_are_replaced_by_the_next_run(exports: Path, opskpi: Run) -> None:
    words = [word for name in renderers.FORMATS for word in ("-o", output(exports, name))]
    codes = [opskpi("score", exports, "-t", "2016", "-q", *words).exit_code for _ in range(2)]
    assert codes == [1, 1]


def test_the_settings_can_ask_for_the_report(exports: Path, opskpi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(exports.parent)
    (exports.parent / "opskpi.toml").write_text('exports = "exports"\ntargets = "2016"\nfull = true\nformat = "md"\n')
    said = opskpi("score", "-q").stdout
    assert said == opskpi("score", exports, "-t", "2016", "-q", "-f", "md", "--full").stdout
    assert "## 行数账" in said


@pytest.mark.parametrize(
    ("output", "format_", "file"),
    [
        ("a/card.JSON", "json", "a/card.JSON"),
        ("card.xml", "junit", "card.xml"),
        ("card.prom", "openmetrics", "card.prom"),
        ("wecom=消息.txt", "wecom", "消息.txt"),
        ("md=card.html", "md", "card.html"),
        ("month=7/card.csv", "csv", "month=7/card.csv"),
        ("json=", "", "json="),
        ("card.txt", "", "card.txt"),
    ],
)
def test_a_name_before_the_file_says_the_format_else_the_suffix_does(output: str, format_: str, file: str) -> None:
    assert renderers.destination(output) == (format_, file)


def test_formats_that_cannot_be_told_are_named_all_at_once(exports: Path, opskpi: Run) -> None:
    done = opskpi("score", exports, "-t", "2016", "-o", "a.txt", "-o", "b", "-o", "wecon=c.txt", "--lang", "en")
    assert done.exit_code == 2
    assert [line.split(" by its suffix")[0] for line in done.stderr.splitlines()] == [
        f"opskpi: cannot tell the format of {each}" for each in ("a.txt", "b", "wecon=c.txt")
    ]
    assert "wecom=FILE" in done.stderr


def test_every_format_but_the_workbook_can_be_printed() -> None:
    assert {*renderers.FORMATS, "terminal", "summary"} - {"xlsx"} == set(_PRINTED)


def test_rows_listed_do_not_depend_on_the_other_formats_of_a_run(tmp_path: Path, opskpi: Run) -> None:
    """The page holds 200 missed rows of a result, the report three: whatever is written beside it."""
    out = io.StringIO()
    late = ["甲", "事件", "已解决", "2016-03-01 09:00", "2016-03-01 18:00", "2016-03-01 13:00", ""]
    csv.writer(out).writerows([f"T{at}", *late] for at in range(9))
    (tmp_path / "工单.csv").write_text(f"{HEADINGS}\n{out.getvalue()}", encoding="utf-8")
    run = ("score", tmp_path / "工单.csv", "-t", "2016", "--full", "-f", "md")
    alone = opskpi(*run).stdout
    assert opskpi(*run, "-o", tmp_path / "card.html").stdout == alone
    assert "另有 6 行" in alone


def test_the_page_of_formats_has_every_format_and_metric(written: dict[str, bytes]) -> None:
    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    metrics = set(re.findall(r"^# TYPE (\w+)", written["openmetrics"].decode(), re.MULTILINE)) | {"opskpi_waiver_info"}
    assert [
        name for name in (*_PRINTED, *renderers.FORMATS, *renderers.SUFFIXES, *metrics) if f"`{name}`" not in page
    ] == []


@pytest.mark.skipif(os.name == "nt", reason="names of files are no bytes there")
def test_a_name_that_is_no_utf8_stops_no_format(exports: Path, tmp_path: Path, opskpi: Run) -> None:
    """A zip made in Windows leaves 工单.csv in GBK; and a plan may hold half a pair of UTF-16."""
    (tmp_path / "gbk").mkdir()
    (exports / "工单.csv").rename(tmp_path / "gbk" / os.fsdecode("工单.csv".encode("gbk")))
    text = (ROOT / "targets" / "2016.yaml").read_text(encoding="utf-8")
    named = text.replace("plan: 2016年度运维服务指标", r'plan: "\ud800\ud83d\ude00"')
    (tmp_path / "plan.yaml").write_text(named, encoding="utf-8")
    words = [word for name in renderers.FORMATS for word in ("-o", output(tmp_path, name))]
    done = opskpi("score", tmp_path / "gbk", "-t", tmp_path / "plan.yaml", "-q", *words)
    assert done.exit_code == 1, done.stderr
    card = json.loads((tmp_path / "card.json").read_bytes())
    assert [each["file"] for each in card["inputs"]] == ["����.csv"]
    assert card["plan"]["name"] == "�😀"


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_what_the_commands_print(page: str) -> None:
    from readme_blocks import filled

    text = (ROOT / page).read_text(encoding="utf-8")
    assert filled(text) == text
