"""The example year: both its clothings give the figures its generator noted down when it made the facts."""

import json
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from conftest import ROOT

YEAR = ROOT / "examples" / "2016"
EXPECTED = json.loads((YEAR / "expected.json").read_text(encoding="utf-8"))
Run = Callable[..., Result]


@pytest.fixture(params=["csv", "workbook"])
def card(request: pytest.FixtureRequest, opskpi: Run) -> dict[str, Any]:
    """Score the year in one clothing."""
    result = opskpi("score", YEAR / request.param, "-t", "2016", "-f", "json", "-q")
    assert result.exit_code == 1, result.stderr
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def test_every_figure_is_the_generators_own(card: dict[str, Any]) -> None:
    got = {(each["project"], each["indicator"]): each for each in card["results"]}
    for project, indicators in EXPECTED["projects"].items():
        for indicator, expected in indicators.items():
            result = got.pop((project, indicator))
            assert Fraction(str(result["numerator"])) == Fraction(str(expected["numerator"])), (project, indicator)
            keys = ("denominator", "pending", "excluded", "out_of_period", "verdict")
            assert {key: result[key] for key in keys} == {key: expected[key] for key in keys}, (project, indicator)
    assert got == {}


def test_every_row_is_accounted_for(card: dict[str, Any]) -> None:
    for table, expected in EXPECTED["tables"].items():
        inputs = [each for each in card["inputs"] if each["table"] == table]
        assert {key: sum(each[key] for each in inputs) for key in expected} == expected


def test_verdicts_that_pending_rows_could_turn_are_provisional(card: dict[str, Any]) -> None:
    """Worked out by hand: the pending requests and one pending complaint decide a 100 % target."""
    provisional = {(each["project"], each["indicator"]) for each in card["results"] if each["provisional"]}
    requests = {"某市医保平台（二期）", "某市政务服务大厅", "某高校智慧校园", "某石化集团ERP平台"}
    assert provisional == {(project, "request_completion_rate") for project in requests} | {
        ("某石化集团ERP平台", "complaint_on_time_rate")
    }


def test_the_gb18030_file_is_found_by_itself(opskpi: Run) -> None:
    result = opskpi("check", YEAR / "csv", "-t", "2016")
    assert result.exit_code == 0
    assert "满意度调查.csv: gb18030（按此解码，非 ASCII 字符大多是常用汉字）" in result.stdout


def test_the_generator_writes_the_same_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, YEAR / "generate.py", tmp_path], check=True, capture_output=True)
    for path in sorted(YEAR.glob("csv/*.csv")):
        assert (tmp_path / "csv" / path.name).read_bytes() == path.read_bytes(), path.name
    assert (tmp_path / "expected.json").read_bytes() == (YEAR / "expected.json").read_bytes()
