"""The command line: exit codes, streams, settings, and one clear sentence for each kind of bad input."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

from conftest import ROOT

Run = Callable[..., Result]
YEAR = ROOT / "examples" / "2016" / "csv"
GOOD = (
    "工单编号,项目名称,工单类型,创建时间,解决时间,解决时限\n"
    "A1,甲,事件,2016-03-01 09:00,2016-03-01 10:00,2016-03-01 12:00\n"
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: Path, text: str | bytes) -> Path:
    """Write a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.csv", None, "no such file or folder: missing.csv"),
        ("empty.csv", "", "empty.csv is empty"),
        ("bom.csv", b"\xef\xbb\xbf", "cannot tell what bom.csv is"),
        ("other.csv", "a,b\n1,2\n", "no heading of any source"),
        ("near.csv", "工单编号,项目名称,工单类型\nA1,甲,事件\n", "nearest is standard/工单, which lacks: 创建时间"),
        ("both.csv", "项目名称,工单类型,创建时间,提交时间,满意度\n甲,事件,2016-01-01,2016-01-01,5\n", "fits several"),
        ("quote.csv", GOOD + 'A2,"甲,事件\n', "the quote that opens on line 3 never closes"),
        ("bad.csv", GOOD.replace("2016-03-01 09:00", "soon"), "1 of 1 rows were rejected"),
        ("fake.xlsx", b"PK\x03\x04 no book", "fake.xlsx is a truncated or damaged zip archive or workbook"),
        ("days.csv", GOOD.replace("2016-03-01 09:00", "3/4/2016"), "can be 2016-04-03 or 2016-03-04"),
        (
            "mixed.csv",
            GOOD.replace("2016-03-01 09:00", "13/4/2016") + "A2,甲,事件,4/13/2016,,\n",
            "day-first (13/4/2016",
        ),
    ],
)
def test_unusable_exports_exit_with_3_and_one_sentence(
    desk: Path, opskpi: Run, name: str, content: str | bytes | None, words: str
) -> None:
    if content is not None:
        put(desk / name, content)
    result = opskpi("score", name, "-t", "2016", "--lang", "en")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-t", "nowhere.yaml"), "no plan nowhere.yaml"),
        ((), "no plan: name one"),
        (("-t", "2016", "--period", "2016-13"), "is no period"),
        (("-t", "2016", "--as-of", "someday"), "is no moment"),
        (("-t", "2016", "--indicator", "complaint_cuont"), "did you mean complaint_count?"),
        (("-t", "2016", "--project", "乙"), "unknown project 乙"),
        (("-t", "2016", "--owner", "人事部"), "unknown owner"),
        (("-t", "2016", "--max-rejected", "many"), "is no percentage"),
        (("-t", "2016", "--source", "nowhere"), "no source nowhere"),
        (("-t", "2016", "-o", "card.pdf"), "cannot tell the format of card.pdf"),
        (("-t", "2016", "-o", "good.csv"), "would destroy it"),
        (("-t", "2016", ""), "named by an empty word"),
    ],
)
def test_wrong_usage_exits_with_2(desk: Path, opskpi: Run, arguments: tuple[str, ...], words: str) -> None:
    put(desk / "good.csv", GOOD)
    result = opskpi("score", "good.csv", "--lang", "en", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert (desk / "good.csv").read_text(encoding="utf-8") == GOOD


def test_an_output_without_a_folder_exits_with_5_and_writes_nothing(desk: Path, opskpi: Run) -> None:
    put(desk / "good.csv", GOOD)
    result = opskpi("score", "good.csv", "-t", "2016", "--lang", "en", "-o", "card.json", "-o", "nowhere/card.json")
    assert result.exit_code == 5
    assert "cannot write nowhere/card.json" in result.stderr
    assert not (desk / "card.json").exists()


def test_a_failed_write_leaves_the_old_file(desk: Path, monkeypatch: pytest.MonkeyPatch, opskpi: Run) -> None:
    put(desk / "good.csv", GOOD)
    put(desk / "card.json", "old")

    def broken(self: Path, target: Path) -> Path:
        del self, target
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", broken)
    result = opskpi("score", "good.csv", "-t", "2016", "--lang", "en", "-o", "card.json")
    assert result.exit_code == 5
    assert "no room left on the disk" in result.stderr
    assert sorted(path.name for path in desk.iterdir()) == ["card.json", "good.csv"]
    assert (desk / "card.json").read_text() == "old"


def test_headings_without_rows_are_no_pass(desk: Path, opskpi: Run) -> None:
    put(desk / "good.csv", GOOD.splitlines()[0] + "\n")
    result = opskpi("score", "good.csv", "-t", "2016", "--lang", "en")
    assert result.exit_code == 4
    assert "nothing to judge" in result.stderr


def test_a_folder_lists_what_it_does_not_use(desk: Path, opskpi: Run) -> None:
    put(desk / "in" / "good.csv", GOOD)
    put(desk / "in" / "notes.docx", "x")
    put(desk / "in" / "~$good.xlsx", "x")
    put(desk / "in" / "other.csv", "a,b\n1,2\n")
    result = opskpi("check", "in", "-t", "2016", "--lang", "en")
    assert result.exit_code == 0
    assert "notes.docx: no export by its name" in result.stdout
    assert "~$good.xlsx: a lock file" in result.stdout
    assert "other.csv: no heading" in result.stdout


def test_error_cells_are_errors_and_empty_sheets_are_not_used(desk: Path, opskpi: Run) -> None:
    book = openpyxl.Workbook()
    for line in GOOD.splitlines():
        book.active.append(line.split(","))
    book.active["E2"] = "#N/A"
    book.create_sheet("Sheet2")
    book.save(desk / "book.xlsx")
    result = opskpi("check", "book.xlsx", "-t", "2016", "--lang", "en")
    assert "the cell shows the error #N/A" in result.stdout
    assert "book.xlsx#Sheet!E2" in result.stdout
    assert "book.xlsx#Sheet2: no heading" in result.stdout


def test_a_stray_cell_in_the_last_corner_is_left_out_and_said(desk: Path, opskpi: Run) -> None:
    book = openpyxl.Workbook()
    for line in GOOD.splitlines():
        book.active.append(line.split(","))
    book.active["XFD1048576"] = "x"
    book.save(desk / "stray.xlsx")
    result = opskpi("check", "stray.xlsx", "-t", "2016", "--lang", "en")
    assert result.exit_code == 0
    assert "XFD1048576" in result.stdout


def test_a_sheet_named_twice_is_read_once(desk: Path, opskpi: Run) -> None:
    put(desk / "good.csv", GOOD.replace("A1", ""))
    result = opskpi("check", "good.csv", "tickets=good.csv", "-t", "2016", "--lang", "en")
    assert "1 rows: 1 accepted" in result.stdout
    assert "the same file as good.csv, read once" in result.stdout


def test_one_file_may_be_two_tables_where_both_are_asked_for(desk: Path, opskpi: Run) -> None:
    """Tickets with a column more than ours are also a table of the plan's own; each reads the columns it knows."""
    indicator = "{name: 甲, table: cases, period_by: 创建时间, value: 'share(类别 == \"网络\")'}"
    tables = "tables: {cases: {columns: {创建时间: datetime, 类别: text}}}\n"
    put(desk / "plan.yaml", f"plan: p\nperiod: 2016\n{tables}indicators: {{a: {indicator}}}\n")
    head, *lines = GOOD.splitlines()
    put(desk / "good.csv", "\n".join([f"{head},类别", *(f"{line},网络" for line in lines)]))

    alone = opskpi("check", "good.csv", "-t", "plan.yaml", "--lang", "en")
    both = opskpi("check", "tickets=good.csv", "cases=good.csv", "-t", "plan.yaml", "--lang", "en")

    assert (alone.exit_code, both.exit_code) == (3, 0)
    assert f"{2 * len(lines)} rows: {2 * len(lines)} accepted" in both.stdout
    assert "read once" not in both.stdout


def test_settings_come_from_flags_then_variables_then_the_file(
    desk: Path, opskpi: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(desk / "in" / "good.csv", GOOD)
    put(desk / "opskpi.toml", b'\xef\xbb\xbfexports = ["in"]\ntargets = "2016"\nperiod = "2016-Q1"\nformat = "json"\n')
    assert '"label": "2016-Q1"' in opskpi("score").stdout
    monkeypatch.setenv("OPSKPI_PERIOD", "2016-Q2")
    assert '"label": "2016-Q2"' in opskpi("score").stdout
    assert '"label": "2016-Q3"' in opskpi("score", "--period", "2016-Q3").stdout


def test_an_unknown_setting_is_named_with_the_nearest(desk: Path, opskpi: Run) -> None:
    put(desk / "opskpi.toml", 'exprots = ["in"]\n')
    result = opskpi("score", "-t", "2016", "--lang", "en")
    assert "did you mean exports?" in f"{result.exception}"
    done = subprocess.run([sys.executable, "-m", "opskpi", "score"], cwd=desk, capture_output=True, check=False)
    assert done.returncode == 2


def test_quiet_leaves_the_exit_code_alone(opskpi: Run) -> None:
    result = opskpi("score", YEAR, "-t", "2016", "-q")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "")


def test_standard_input_is_an_export(opskpi: Run) -> None:
    result = opskpi("score", "-", "-t", "2016", "-f", "csv", "-q", stdin=GOOD.encode())
    assert result.exit_code == 4
    assert "incident_sla_rate,2016,pass" in result.stdout


@pytest.mark.parametrize("encoding", ["cp936", "ascii"])
def test_no_console_is_too_poor(encoding: str, tmp_path: Path) -> None:
    put(tmp_path / "good.csv", GOOD.replace("甲", "甲😀"))
    words = [sys.executable, "-m", "opskpi", "score", "good.csv", "-t", "2016"]
    done = subprocess.run(
        words, cwd=tmp_path, capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": encoding}
    )
    assert done.returncode == 4, done.stderr
    assert b"100.0%" in done.stdout
    machine = subprocess.run(
        [*words, "-f", "json", "-q"],
        cwd=tmp_path, capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": encoding},
    )  # fmt: skip
    assert "甲😀" in machine.stdout.decode("utf-8")
    assert b"\r" not in machine.stdout


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes and signals")
def test_a_closed_pipe_is_quiet() -> None:
    words = f'"{sys.executable}" -m opskpi score "{YEAR}" -t 2016 -f json | head -c 10'
    done = subprocess.run(["sh", "-c", words], capture_output=True, check=False)  # noqa: S607
    assert done.stdout == b'{\n "format'[:10]
    assert done.stderr.strip() == b""


def test_an_interrupted_run_ends_with_130_and_leaves_nothing(
    desk: Path, monkeypatch: pytest.MonkeyPatch, opskpi: Run
) -> None:
    put(desk / "good.csv", GOOD)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("opskpi.pipeline.scored", interrupted)
    result = opskpi("score", "good.csv", "-t", "2016", "--lang", "en", "-o", "card.xlsx")
    assert result.exit_code == 130
    assert result.stderr == "interrupted; what was not written yet is as it was\n"
    assert [path.name for path in desk.iterdir()] == ["good.csv"]


def test_an_interrupt_after_files_were_written_does_not_deny_them(
    desk: Path, monkeypatch: pytest.MonkeyPatch, opskpi: Run
) -> None:
    put(desk / "good.csv", GOOD)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("opskpi.commands.output.write_out", interrupted)
    result = opskpi("score", "good.csv", "-t", "2016", "--lang", "en", "-o", "card.json")
    assert (result.exit_code, (desk / "card.json").is_file()) == (130, True)
    assert "nothing was written" not in result.stderr


def test_an_interrupt_while_importing_is_as_quiet(tmp_path: Path) -> None:
    """Ctrl-C falls into the imports as often as not."""
    put(tmp_path / "click.py", "raise KeyboardInterrupt")
    done = subprocess.run(
        [sys.executable, "-m", "opskpi", "score"],
        cwd=tmp_path, capture_output=True, check=False, env=os.environ | {"PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr.splitlines()) == (130, [b"interrupted; nothing was written"])
