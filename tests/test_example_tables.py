"""The example with tables of its own comes to what was worked out by hand, from CSV files and from a workbook."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from ruamel.yaml import YAML

from conftest import ROOT
from opskpi.documents import read_document, validate
from opskpi.sources.forms import Manner
from opskpi.tables.declared import TYPES
from opskpi.targets.plan import Plan
from opskpi.targets.schedule import ScheduleSettings
from opskpi.targets.tables import ColumnSettings, TableSettings

FOLDER = ROOT / "examples" / "tables"
PAGE = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
EXPECTED: dict[str, Any] = YAML(typ="safe", pure=True).load((FOLDER / "expected.yaml").read_bytes())


@pytest.fixture(params=["csv", "workbook"])
def card(request: pytest.FixtureRequest, opskpi: Callable[..., Result]) -> dict[str, Any]:
    """Score the example in one clothing."""
    result = opskpi("score", FOLDER / request.param, "-t", FOLDER / "targets.yaml", "-f", "json", "-q")
    assert result.exit_code == 1, result.stderr
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def test_every_figure_is_the_one_worked_out_by_hand(card: dict[str, Any]) -> None:
    got = {(each["project"], each["indicator"]): each for each in card["results"]}
    for project, indicators in EXPECTED["results"].items():
        for indicator, expected in indicators.items():
            result = got.pop((project, indicator))
            assert {key: result[key] for key in expected} == expected, (project, indicator)
            assert (result["basis"] == "reported") == (indicator in EXPECTED["reported"])
    assert got == {}


def test_every_row_is_accounted_for(card: dict[str, Any]) -> None:
    parts = ("rows", "accepted", "rejected", "duplicate")
    assert {each["table"]: [each[part] for part in parts] for each in card["inputs"]} == EXPECTED["ledgers"]


def test_the_workbook_is_made_of_the_csv_files(tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    subprocess.run([sys.executable, FOLDER / "workbook.py", again], check=True)
    import openpyxl

    books = [openpyxl.load_workbook(path) for path in (again, FOLDER / "workbook" / "台账2016.xlsx")]
    one, other = (
        {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in book} for book in books
    )
    assert one == other
    assert sorted(one) == sorted(path.stem for path in (FOLDER / "csv").glob("*.csv"))


@pytest.mark.parametrize(
    ("project", "indicator", "said"),
    [
        ("某银行数据中心", "备件抽检合格率", ("数据表    备件抽检", "S-05", "抽检结果 不合格（E7）")),
        ("某银行数据中心", "巡检计划完成率", ("计划生成：2016-Q4 巡检记录", "2016-12-31")),
        ("某银行数据中心", "系统可用率", ("8777 ÷ 8784", "填报人 张三", "填报，不由行计算")),
        ("公司", "内审按期完成率", ("2016-12-09", "内审计划.csv!3")),
    ],
)
def test_figures_are_explained(
    opskpi: Callable[..., Result], project: str, indicator: str, said: tuple[str, ...]
) -> None:
    result = opskpi("explain", project, indicator, FOLDER / "csv", "-t", FOLDER / "targets.yaml")

    assert result.exit_code == 0, result.stderr
    assert [each for each in said if each not in result.stdout] == []


def test_a_row_of_a_declared_table_is_explained(opskpi: Callable[..., Result]) -> None:
    result = opskpi("explain", "--row", "S-05", FOLDER / "csv", "-t", FOLDER / "targets.yaml")

    assert result.exit_code == 0, result.stderr
    assert "备件抽检" in result.stdout
    assert "未达成" in result.stdout


def test_every_type_and_key_is_documented() -> None:
    keys = {*TYPES, *TableSettings.model_fields, *ColumnSettings.model_fields, *ScheduleSettings.model_fields}
    assert Manner.model_fields.keys() <= keys
    assert [key for key in sorted(keys) if f"`{key}`" not in PAGE] == []


def test_the_plans_on_the_page_are_read() -> None:
    blocks = [block.split("```")[0] for block in PAGE.split("```yaml\n")[1:]]
    head = 'plan: 页面\nperiod: 2016\ncalendars: {5x8: {hours: {mon-fri: ["09:00-18:00"]}}}\n'
    inspections = "tables: {inspections: {columns: {quarter: period, due_on: due_day?}}}\n"
    some = "indicators: {a: {name: 甲, table: tickets, period_by: created_at, value: count()}}\n"
    for block in blocks:
        text = head + ("" if "tables:" in block else inspections) + ("" if "indicators:" in block else some) + block
        assert validate(read_document(text.encode(), "page.yaml"), Plan).indicators
    assert len(blocks) == 3
