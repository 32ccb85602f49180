"""The page `docs/language.md` cannot lie: every figure in its tables is what a run gives for the rows printed there."""

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from conftest import ROOT
from opskpi.indicators.functions import AGGREGATES, FUNCTIONS
from rulebook import Desk, Outcome, plan

PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
CALENDAR = 'calendars:\n  5x8:\n    hours: {mon-fri: ["09:00-18:00"]}\n'
#: Functions that only the tables' own rules call.
INNER = {"flagged"}


def tables() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Go through the rows of the page's tables, each with the headings above it."""
    heads: tuple[str, ...] = ()
    before = ""
    for line in PAGE.splitlines():
        cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
        if re.fullmatch(r"\|(?:-+\|)+", line):
            heads = tuple(cell.strip() for cell in before.strip("|").split("|"))
        elif line.startswith("|") and heads:
            yield heads, cells
        elif not line.startswith("|"):
            heads = ()
        before = line


def rows() -> list[dict[str, str]]:
    return [dict(zip(heads, cells, strict=True)) for heads, cells in tables() if heads[0] == "工单编号"]


def examples() -> list[tuple[str, str]]:
    """Make an indicator of each line with a figure."""
    return [
        (indicator(dict(zip(heads, cells, strict=True))), cells[heads.index("figure")])
        for heads, cells in tables()
        if "figure" in heads
    ]


def indicator(line: dict[str, str]) -> str:
    """Write what a line of the page says as YAML."""
    said = {key: text.strip("`") for key, text in line.items()}
    keys = [f"value: '{said['value']}'"]
    if "terms" in said:
        keys.append("terms:")
        for written in line["terms"].split("; "):
            name, where, value = (part.strip() for part in re.split(r":\s", written.strip("`") + " ", maxsplit=2))
            placed = "" if value.startswith("downtime") else ", period_by: created_at"
            kept = f", where: '{where}'" if where else ""
            keys.append(f"  {name}: {{table: tickets{placed}{kept}, value: '{value}'}}")
    else:
        keys.append("table: tickets")
    if "at" in said:
        keys += [f"at: {said['at']}", "open: [created_at, stopped_at]"]
    elif "terms" not in said:
        keys.append("period_by: created_at")
    keys += [f"{key}: '{said[key]}'" for key in ("by", "reduce") if key in said]
    return "  x:\n    name: 例\n" + "\n".join(f"    {key}" for key in keys)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path)
    found.tickets(*rows())
    return found


def score(desk: Desk, written: str) -> Outcome:
    path = desk.write("plan.yaml", plan(written, more=CALENDAR))
    return desk.score("--period", "2016-03", "--as-of", "end", plan=path)


@pytest.mark.parametrize(("written", "figure"), examples())
def test_each_figure_of_the_page_is_what_a_run_gives(desk: Desk, written: str, figure: str) -> None:
    value, numerator, denominator = score(desk, written).pick("x", "value", "numerator", "denominator")
    assert value == float(Fraction(figure)), (written, numerator, denominator)


@pytest.mark.parametrize("name", sorted((FUNCTIONS.keys() | AGGREGATES.keys() | {"prev", "ytd", "agreed"}) - INNER))
def test_every_function_is_on_the_page(name: str) -> None:
    assert f"{name}(" in PAGE


def test_every_function_has_a_worked_example() -> None:
    worked = "\n".join(written for written, _ in examples())
    assert [name for name in (FUNCTIONS.keys() | AGGREGATES.keys()) - INNER if f"{name}(" not in worked] == []


def test_the_breakdown_of_the_page_is_what_a_run_prints(desk: Desk) -> None:
    value = 'share(in_time(stopped_at, due(created_at, 1wd, "5x8")))'
    text = f"  x: {{name: 例, table: tickets, period_by: created_at, value: '{value}', breakdown: priority}}"
    path = desk.write("plan.yaml", plan(text, more=CALENDAR))

    printed = desk.run("score", "--full", "-f", "md", "--period", "2016-03", "--as-of", "end", plan=path).printed

    (line,) = re.findall(r"^某银行（.*$", PAGE, re.MULTILINE)
    assert line in printed
