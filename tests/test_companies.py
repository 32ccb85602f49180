"""Three companies' plans come to what their READMEs work out by hand, from CSV files and from a workbook."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result

from conftest import ROOT

Run = Callable[..., Result]
EXAMPLES = ROOT / "examples"
COMPANIES = [path.name for path in sorted(EXAMPLES.iterdir()) if (path / "scorecard.md").exists()]
#: What stands for the company in the tables of totals.
MEAN = "mean"


@pytest.fixture(params=COMPANIES)
def folder(request: pytest.FixtureRequest) -> Path:
    """Give the folder of one company."""
    return EXAMPLES / str(request.param)


@pytest.fixture(params=["csv", "workbook"])
def card(request: pytest.FixtureRequest, folder: Path, opskpi: Run) -> dict[str, Any]:
    """Score a company in one clothing."""
    result = opskpi("score", folder / request.param, "-t", folder / "targets.yaml", "-f", "json", "-q")
    assert result.exit_code == 1, result.stderr
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def tables(folder: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Read the tables worked out by hand: each project's under its heading, then the totals."""
    page = (folder / "README.md").read_text(encoding="utf-8").split("\n## By hand\n")[1].split("\n## ")[0]
    for section in page.split("\n### ")[1:]:
        heading, _, body = section.partition("\n")
        head, _, *rows = (
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in body.splitlines()
            if line.startswith("|")
        )
        yield heading, [dict(zip(head, row, strict=True)) for row in rows]


def number(text: str) -> float | None:
    """Read an exact number as JSON has it: the nearest double, none for a dash."""
    return None if text == "–" else float(Fraction(text))


def told(row: Mapping[str, str]) -> dict[str, object]:
    """Put what a row works out into the words of the JSON scorecard."""
    figure, _, below = row["figure"].partition("/")
    points, _, weight = row["points"].partition(" of ")
    return {
        "numerator": number(figure) or 0,
        "denominator": number(below) if below else None,
        "verdict": row["verdict"].rstrip("*"),
        "provisional": row["verdict"].endswith("*"),
        "points": number(points),
        "weight": number(weight) if weight else None,
    }


def test_there_are_three_companies() -> None:
    assert COMPANIES == ["b2b-desk", "network-engineer", "surveillance-contract"]


def test_every_figure_verdict_and_score_is_the_one_worked_out_by_hand(folder: Path, card: dict[str, Any]) -> None:
    got = {(each["project"], f"`{each['indicator']}` {each['name']}"): each for each in card["results"]}
    for project, rows in tables(folder):
        for row in rows if project != "Totals" else ():
            result = got.pop((project, row["indicator"]))
            scored = result | (result["score"] or {"points": None, "weight": None})
            expected = told(row)
            if row["figure"] == "–":  # nothing to divide by
                assert result["value"] is None
                expected |= {key: result[key] for key in ("numerator", "denominator")}
            assert {key: scored[key] for key in expected} == expected, (project, row["indicator"])
    assert got == {}


def test_every_total_and_grade_is_the_one_worked_out_by_hand(folder: Path, card: dict[str, Any]) -> None:
    totals = dict(tables(folder))["Totals"]
    got = {each["project"] or MEAN: each for each in card["scores"] if each["owner"] is None}
    expected = {row["project"]: (number(row["total"].rstrip("*")), row["grade"], "*" in row["total"]) for row in totals}
    assert {name: (each["points"], each["grade"], each["provisional"]) for name, each in got.items()} == expected
    assert {each["full"] for each in got.values()} == {100}


def test_the_sums_in_the_readme_are_right(folder: Path) -> None:
    """Add up the points that each project's table gives, as the table of totals writes them out."""
    *projects, (_, totals) = tables(folder)
    base = 0 if any(" of " in row["points"] for _, rows in projects for row in rows) else 100
    for (project, rows), total in zip(projects, totals, strict=False):
        points = [Fraction(row["points"].split(" of ")[0]) for row in rows if not row["points"].startswith("–")]
        assert (total["project"], Fraction(total["total"].rstrip("*"))) == (project, base + sum(points))


def test_no_row_is_lost(card: dict[str, Any]) -> None:
    assert all(each["rows"] == each["accepted"] + each["duplicate"] for each in card["inputs"])


def test_the_scorecard_is_the_committed_one(folder: Path, opskpi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the README's command for the Markdown scorecard, and compare byte for byte."""
    monkeypatch.chdir(ROOT)
    name = folder.relative_to(ROOT).as_posix()
    command = f"opskpi score {name}/csv -t {name}/targets.yaml -q --full -o {name}/scorecard.md"
    assert f"    {command}\n" in (folder / "README.md").read_text(encoding="utf-8")
    result = opskpi("score", f"{name}/csv", "-t", f"{name}/targets.yaml", "--full", "-f", "md")
    assert result.stdout.encode() == (folder / "scorecard.md").read_bytes()


def test_the_workbook_is_made_of_the_csv_files(folder: Path, tmp_path: Path) -> None:
    (committed,), again = (folder / "workbook").glob("*.xlsx"), tmp_path / "again.xlsx"
    subprocess.run([sys.executable, EXAMPLES / "tables" / "workbook.py", again, folder / "csv"], check=True)
    one, other = (
        {sheet.title: [[cell.value for cell in row] for row in sheet.rows] for sheet in openpyxl.load_workbook(path)}
        for path in (again, committed)
    )
    assert one == other
    assert sorted(one) == sorted(path.stem for path in (folder / "csv").glob("*.csv"))


def test_the_plan_has_no_mistake(folder: Path, opskpi: Run) -> None:
    result = opskpi("targets", "check", folder / "targets.yaml", folder / "csv")
    assert result.exit_code == 0, result.stdout
