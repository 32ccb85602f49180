"""The book of rows in a scorecard: what each row was, marks that follow cells, and nothing of other projects."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from conftest import ROOT
from opskpi.archive.reading import read_card
from past_desk import HEAD, PLAN, ROWS, Desk, ticket

Run = Callable[..., Result]


@pytest.fixture
def desk(tmp_path: Path, opskpi: Run) -> Desk:
    return Desk(tmp_path, opskpi)


def rows_of(card: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(card.read_text(encoding="utf-8"))["rows"]
    return found


def marks(rows: dict[str, Any], table: str = "tickets") -> dict[str, str]:
    return dict(zip(rows["tables"][table]["id"], rows["tables"][table]["mark"], strict=True))


def test_each_row_is_what_the_rule_makes_of_it(desk: Desk) -> None:
    rows = rows_of(
        desk.score(
            "card",
            (
                *ROWS,
                ticket("X1", status="cancelled"),
                ticket("O1", created_at="2015-01-01 10:00"),
                ticket("P1", status="in_progress", resolved_at="", resolve_due_at="2017-02-01 10:00"),
                ticket("B1", created_at="2016-02-30 10:00"),
            ),
        )
    )
    solved, complaints = rows["roles"]
    said = [solved["legend"][letter] for letter in solved["roles"]]
    assert dict(zip(rows["tables"]["tickets"]["id"], said, strict=True)) == {
        "N1": "met",
        "N2": "met",
        "N3": "missed",
        "N4": "missed",
        "C1": "filtered",
        "S1": "met",
        "X1": "excluded: cancelled",
        "O1": "out_of_period",
        "P1": "pending",
    }
    assert [complaints["legend"][letter] for letter in complaints["roles"]].count("counted") == 1
    assert rows["tables"]["tickets"]["row"] == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert rows["tables"]["tickets"]["rejected"]["id"] == ["B1"]
    assert rows["sheets"] == [["tickets.csv", None]]


def test_values_are_those_of_the_rows_that_count(tmp_path: Path, opskpi: Run) -> None:
    exports, plan = ROOT / "examples/2016/csv", ROOT / "targets/2016.yaml"
    opskpi("score", exports, "-t", plan, "-o", tmp_path / "card.json", "-q")
    rows = rows_of(tmp_path / "card.json")
    roles = next(each for each in rows["roles"] if each["indicator"] == "customer_satisfaction")
    table = rows["tables"]["surveys"]
    mine = [rows["projects"][table["project"][at]] for at, letter in enumerate(roles["roles"]) if letter == "c"]
    text = (exports / "满意度调查.csv").read_text(encoding="gb18030")
    wanted = [row for row in csv.DictReader(io.StringIO(text)) if row["项目名称"] == "某高校智慧校园"]
    found = [value for project, value in zip(mine, roles["values"], strict=True) if project == "某高校智慧校园"]
    assert found == [float(row["满意度"]) for row in wanted if row["提交时间"].startswith("2016")]


def test_marks_follow_cells_and_nothing_else(tmp_path: Path, opskpi: Run) -> None:
    """Other files, blocks, orders of rows and columns, and formats leave them; a cell changes one."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN)

    def scored(name: str, *tables: tuple[tuple[str, ...], ...]) -> dict[str, str]:
        folder = tmp_path / name
        folder.mkdir()
        for at, table in enumerate(tables):
            (folder / f"part{at}.csv").write_text("\n".join(map(",".join, table)) + "\n")
        opskpi("score", folder, "-t", plan, "-o", folder / "card.json", "-q")
        return marks(rows_of(folder / "card.json"))

    first = scored("first", (HEAD, *ROWS))
    assert len(set(first.values())) == len(ROWS)
    turned = tuple(tuple(reversed(row)) for row in (HEAD, *reversed(ROWS)))
    assert scored("turned", turned) == first
    assert scored("parted", (HEAD, *ROWS[3:]), (HEAD, *ROWS[:3])) == first
    edited = scored("edited", (HEAD, ticket("N1", late=True), *ROWS[1:]))
    assert {row_id for row_id in first if first[row_id] != edited[row_id]} == {"N1"}


def test_a_workbook_and_csv_files_have_the_same_marks(tmp_path: Path, opskpi: Run) -> None:
    plan = ROOT / "targets/2016.yaml"
    found = []
    for name in ("workbook", "csv"):
        opskpi("score", ROOT / "examples/2016" / name, "-t", plan, "-o", tmp_path / f"{name}.json", "-q")
        found.append(marks(rows_of(tmp_path / f"{name}.json"), "reports"))
    assert found[0] == found[1]
    assert len(found[0]) == 180


def test_a_card_of_one_project_names_no_other(tmp_path: Path, opskpi: Run) -> None:
    for name, project in (("a", "North"), ("b", "South")):
        mine = [row for row in (*ROWS, ticket("B1", project=project, created_at="?")) if row[0] == project]
        (tmp_path / f"{name}.csv").write_text("\n".join(map(",".join, (HEAD, *mine))) + "\n")
    (tmp_path / "plan.yaml").write_text(PLAN)
    exports = tmp_path / "a.csv", tmp_path / "b.csv", "-t", tmp_path / "plan.yaml", "--max-rejected", "99"
    opskpi("score", *exports, "--project", "South", "-o", tmp_path / "card.json", "-q")
    rows = rows_of(tmp_path / "card.json")
    assert rows["projects"] == ["South"]
    assert rows["sheets"] == [["b.csv", None]]
    assert rows["tables"]["tickets"]["id"] == ["S1"]
    assert rows["tables"]["tickets"]["rejected"]["id"] == ["B1"]
    assert [len(each["roles"]) for each in rows["roles"]] == [1, 1]
    assert "North" not in (tmp_path / "card.json").read_text()


def test_only_formats_that_keep_rows_pay(desk: Desk, opskpi: Run, monkeypatch: pytest.MonkeyPatch) -> None:

    def refuse(*_: object) -> None:
        raise AssertionError

    card = desk.scored("card")
    monkeypatch.setattr("opskpi.counting.cards.row_book", refuse)
    exports = desk.folder / "card" / "tickets.csv", "-t", desk.folder / "card" / "plan.yaml"
    assert opskpi("score", *exports, "-o", card.with_suffix(".md"), "-f", "csv").exit_code == 0
    assert opskpi("score", *exports, "-f", "json").exit_code == 5


def test_rows_are_read_back_from_a_card_and_from_a_bundle(desk: Desk) -> None:
    card = desk.score("card")
    bundle = desk.bundled(card)
    assert read_card(bundle).document.rows is None
    assert read_card(bundle).rows() == read_card(card).rows() is not None
