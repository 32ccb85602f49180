"""One awkward scorecard through every format: the same facts, safe texts, the same bytes again."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

from conftest import ROOT
from opskpi import renderers

Run = Callable[..., Result]
AWKWARD = ('=HYPERLINK("http://x","y")', "@risk", "+1", "<script>alert(1)</script>", "a|b*c", "甲" * 40)
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
    words = [word for name in renderers.FORMATS for word in ("-o", tmp_path / f"card.{name}")]
    result = opskpi("score", exports, "-t", "2016", "-q", *words)
    assert result.exit_code == 1, result.stderr
    assert result.stdout == ""
    return {name: (tmp_path / f"card.{name}").read_bytes() for name in renderers.FORMATS}


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
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    assert {AWKWARD[0], AWKWARD[1]} <= {cell.value for cell in cells}


def test_the_workbook_says_what_the_json_says(written: dict[str, bytes]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written["xlsx"]))["结果"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    late = [row for row in rows if row[0] == AWKWARD[0] and row[1] == "事件处理按照服务级别协议完成率"]
    assert [(row[3], row[4], row[6]) for row in late] == [("0.0%", "0/1", "未达标")]


def test_markdown_escapes_what_it_would_take_for_its_own(written: dict[str, bytes]) -> None:
    text = written["md"].decode()
    assert "<script>" not in text
    assert "a\\|b\\*c" in text


def test_every_format_gives_the_same_bytes_again(
    written: dict[str, bytes], exports: Path, tmp_path: Path, opskpi: Run
) -> None:
    for name, data in written.items():
        path = tmp_path / "again" / f"card.{name}"
        path.parent.mkdir(exist_ok=True)
        opskpi("score", exports, "-t", "2016", "-q", "-o", path)
        assert path.read_bytes() == data, name


def test_our_own_outputs_are_not_read_back_from_a_folder(exports: Path, opskpi: Run) -> None:
    first = opskpi("score", exports, "-t", "2016", "-f", "json", "-q").stdout
    words = [word for name in renderers.FORMATS for word in ("-o", exports / f"card.{name}")]
    opskpi("score", exports, "-t", "2016", "-q", *words, "--rejects", exports / "rejects.csv")
    again = opskpi("score", exports, "-t", "2016", "-f", "json")
    assert again.exit_code == 1
    assert json.loads(again.stdout)["results"] == json.loads(first)["results"]
    assert {"rejects.csv", *(f"card.{name}" for name in renderers.FORMATS)} == {
        each["file"] for each in json.loads(again.stdout)["unused"]
    }


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_what_the_commands_print(page: str) -> None:
    from readme_blocks import filled

    text = (ROOT / page).read_text(encoding="utf-8")
    assert filled(text) == text
