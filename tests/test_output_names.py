"""Names of outputs: placeholders, names that every system takes, nothing written over anything else."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from conftest import ROOT
from opskpi.commands.naming import filled, safe, safe_names

Run = Callable[..., Result]
BOOK = ROOT / "examples" / "2016" / "workbook"
HEAD = "工单编号,项目名称,工单类型,状态,创建时间,解决时间,解决时限"


def exports(folder: Path, *projects: str) -> Path:
    lines = [
        f'T{n},"{name}",事件,已解决,2016-03-01 09:00,2016-03-01 12:00,2016-03-01 13:00'
        for n, name in enumerate(projects)
    ]
    folder.mkdir(exist_ok=True)
    (folder / "工单.csv").write_text("\n".join([HEAD, *lines]), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("某银行数据中心", "某银行数据中心"),
        ('A/B\\C:D*E?F"G<H>I|J', "A_B_C_D_E_F_G_H_I_J"),
        ("tab\tbell\x07nul\x00", "tab_bell_nul_"),
        ("turned \u202etxt", "turned _txt"),
        ("end. . ", "end"),
        ("  many   blanks ", "many blanks"),
        ("...", "_"),
        (".hidden", "_hidden"),
        ("--rejects", "_rejects"),
        ("CON", "_CON"),
        ("nul.2016", "_nul.2016"),
        ("com1", "_com1"),
        ("CONSOLE", "CONSOLE"),
        ("e\u0301", "é"),
        ("{period}", "{period}"),
    ],
)
def test_a_name_of_a_project_becomes_a_name_of_a_file(name: str, wanted: str) -> None:
    assert safe(name) == wanted


def test_a_long_name_is_cut_between_letters_and_stays_its_own() -> None:
    one, other = "某" * 200, "某" * 200 + "二期"
    assert len(safe(one).encode()) <= 107
    assert safe(one).startswith("某" * 33 + "~")
    assert safe(one) != safe(other)


def test_names_that_would_be_one_file_anywhere_each_get_a_mark() -> None:
    """Windows and macOS take no notice of case, macOS none of how é is composed."""
    names = ["A/B", "a:b", "C", unicodedata.normalize("NFD", "é"), "é"]
    made = safe_names(names)
    assert made == safe_names(reversed(names))
    assert made["C"] == "C"
    assert len({each.casefold() for each in made.values()}) == len(names)
    assert made["A/B"].startswith("A_B~")


def test_doubled_braces_are_braces() -> None:
    assert filled("{{{period}}}.json", {"period": "2016"}) == "{2016}.json"


def test_every_placeholder_is_filled_in_and_folders_are_made(opskpi: Run, tmp_path: Path) -> None:
    name = tmp_path / "月报" / "{plan}" / "{project}" / "{period} {as_of}.json"
    result = opskpi("score", BOOK, "-t", "2016", "--period", "2016-03", "--project", "某银行数据中心", "-o", name)
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.json")] == [
        "月报/2016/某银行数据中心/2016-03 2016-04-01.json"
    ]
    assert f"{tmp_path / '月报/2016/某银行数据中心/2016-03 2016-04-01.json'}" in result.stderr


def test_two_projects_of_one_file_name_are_told_apart_and_that_is_said(opskpi: Run, tmp_path: Path) -> None:
    given = exports(tmp_path / "in", "甲/一", "甲:一", "丁")
    result = opskpi("score", given, "-t", "2016", "--lang", "en", "-o", tmp_path / "out" / "{project}.json")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names[0] == "丁.json"
    assert all(name.startswith("甲_一~") for name in names[1:])
    assert len(names) == 3
    assert "each of them got a mark of its own: 甲/一, 甲:一" in result.stderr or "甲:一, 甲/一" in result.stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("{projekt}.json", "unknown placeholder {projekt}; did you mean {project}?"),
        ("{month}.json", "unknown placeholder {month}; known are: {project}, {period}, {plan}, {as_of}"),
        ("{project.json", "a brace that opens or closes no placeholder"),
        ("{project}", "cannot tell the format of"),
    ],
)
def test_what_is_no_placeholder_is_refused_before_anything_is_read(
    opskpi: Run, tmp_path: Path, name: str, said: str
) -> None:
    result = opskpi("score", tmp_path, "-t", "2016", "--lang", "en", "-o", tmp_path / name)
    assert result.exit_code == 2
    assert said in result.stderr


def test_two_outputs_of_one_name_are_refused_and_nothing_is_written(opskpi: Run, tmp_path: Path) -> None:
    result = opskpi(
        "score", BOOK, "-t", "2016", "-o", tmp_path / "{period}.json", "-o", tmp_path / "2016.json", "--lang", "en"
    )
    assert result.exit_code == 2
    assert "named twice" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_output_never_takes_the_place_of_an_export(opskpi: Run, tmp_path: Path) -> None:
    given = exports(tmp_path / "in", "工单")
    before = (given / "工单.csv").read_bytes()
    result = opskpi("score", given, "-t", "2016", "-o", given / "{project}.csv", "--lang", "en")
    assert result.exit_code == 2
    assert (given / "工单.csv").read_bytes() == before


def test_a_folder_that_cannot_be_made_is_said_before_the_run(opskpi: Run, tmp_path: Path) -> None:
    (tmp_path / "月报").write_text("a file")
    result = opskpi(
        "score", tmp_path / "nothing", "-t", "2016", "-o", tmp_path / "月报" / "{project}.md", "--lang", "en"
    )
    assert result.exit_code == 5
    assert "is no folder" in result.stderr


def test_outputs_in_the_exports_folder_are_not_read_by_the_next_run(opskpi: Run, tmp_path: Path) -> None:
    given = exports(tmp_path / "in", "甲", "乙")
    words = ("score", given, "-t", "2016", "-o", given / "out" / "{project}.xlsx", "-o", given / "{project}.csv")
    assert opskpi(*words).exit_code == opskpi(*words).exit_code == 4


def test_a_run_without_projects_writes_no_file_for_any(opskpi: Run, tmp_path: Path) -> None:
    given = exports(tmp_path / "in")
    result = opskpi("score", given, "-t", "2016", "-o", tmp_path / "out" / "{project}.json")
    assert result.exit_code in (3, 4)
    assert not (tmp_path / "out").exists()
