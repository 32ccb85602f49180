"""Bundles for the archive: what is in them, byte for byte, and that another place makes the same bytes."""

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archive_desk import PLAN, ROWS, Run, desk, members
from conftest import ROOT

BOM = "\ufeff"


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.fixture
def packed(tmp_path: Path, opskpi: Run) -> Path:
    """Bundle the desk with its inputs."""
    folder = desk(tmp_path / "desk")
    words = ("score", folder / "exports", "-t", folder / "plan.yaml", "-q")
    assert opskpi(*words, "--bundle", tmp_path / "b.zip", "--bundle-inputs").exit_code == 0
    return tmp_path / "b.zip"


def test_it_holds_what_the_archive_needs_and_no_more(packed: Path) -> None:
    assert list(members(packed)) == [
        "README.txt",
        "calendars.json",
        "evidence/requests.csv",
        "evidence/solved.csv",
        "inputs/tickets.csv",
        "ledger.csv",
        "plan/plan.yaml",
        "rejects.csv",
        "rows.json",
        "run.json",
        "scorecard.html",
        "scorecard.json",
        "MANIFEST.sha256",
    ]


def test_plan_and_inputs_are_there_byte_for_byte(packed: Path) -> None:
    held = members(packed)
    assert held["plan/plan.yaml"] == PLAN.encode()
    assert held["inputs/tickets.csv"] == ROWS.encode()


def test_the_manifest_is_sha256sums(packed: Path, tmp_path: Path) -> None:
    """By coreutils where they are, and by hashlib anywhere."""
    held = members(packed)
    lines = [line.split("  ") for line in held["MANIFEST.sha256"].decode().splitlines()]
    assert [[hashlib.sha256(held[name]).hexdigest(), name] for _, name in lines] == lines
    assert {name for _, name in lines} == held.keys() - {"MANIFEST.sha256"}
    if shutil.which("sha256sum"):
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(tmp_path / "out")
        done = subprocess.run(["sha256sum", "-c", "--strict", "MANIFEST.sha256"], cwd=tmp_path / "out", check=False)  # noqa: S607
        assert done.returncode == 0


def test_evidence_lists_every_judged_row_with_its_cell(packed: Path) -> None:
    found = table(members(packed)["evidence/solved.csv"])
    assert [(row["project"], row["id"], row["bucket"]) for row in found] == [
        ("North", "1", "missed"),
        ("North", "2", "met"),
        ("South", "4", "met"),
        ("South", "5", "met"),
    ]
    assert (found[0]["file"], found[0]["row"], found[0]["cell"]) == ("tickets.csv", "2", "F2")


def test_calendars_say_what_the_plans_years_come_to(packed: Path) -> None:
    """In 2016 China worked on Sunday 12 June for the Dragon Boat Festival and rested on 1 October."""
    found = json.loads(members(packed)["calendars.json"])["desk"]
    assert (found["hours"]["mon"], found["hours"]["sun"]) == (["09:00-18:00"], [])
    assert found["days_off"] == ["2016-03-08"]
    assert "2016-06-12" in found["official_make_up_days"]
    assert found["official_days_off"]["2016-10-01"]
    assert found["years_not_official_yet"] == []


def test_the_ledger_and_the_rejected_rows_are_those_of_the_run(tmp_path: Path, opskpi: Run) -> None:
    folder = desk(tmp_path / "desk", rows=f"{ROWS}South,6,incident,closed,2016-02-30 10:00,\n")
    words = ("score", folder / "exports", "-t", folder / "plan.yaml", "-q", "--rejects", tmp_path / "r.csv")
    opskpi(*words, "--bundle", tmp_path / "b.zip", "-o", tmp_path / "card.json", "-o", tmp_path / "card.html")
    held = members(tmp_path / "b.zip")
    (line,) = table(held["ledger.csv"])
    assert [line[name] for name in ("file", "rows", "accepted", "rejected", "duplicate")] == [
        *("tickets.csv", "6", "5", "1", "0")
    ]
    assert held["rejects.csv"] == (tmp_path / "r.csv").read_bytes()
    assert held["scorecard.json"] == (tmp_path / "card.json").read_bytes()
    assert held["scorecard.html"] == (tmp_path / "card.html").read_bytes()
    assert not any(name.startswith("inputs/") for name in held)


def test_every_file_of_the_plan_is_kept_as_it_was_read(tmp_path: Path, opskpi: Run) -> None:
    """A plan that extends one outside its folder, which extends a shipped one; days off in a file; a mapping."""
    folder = desk(tmp_path / "desk")
    parts = {
        "plans/own.yaml": "extends: ../group/base.yaml\nplan: Own\n",
        "group/base.yaml": 'extends: "2016"\n'
        "calendars: {desk: {hours: {daily: 09:00-18:00}, days_off: {file: off.csv}}}\n",
        "plans/off.csv": "2016-05-02\n",
        "plans/desk.yaml": "source: my-desk\nextends: standard\n",
    }
    for name, text in parts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    words = ("score", folder / "exports", "-t", folder / "plans/own.yaml", "--source", folder / "plans/desk.yaml", "-q")
    assert opskpi(*words, "--bundle", tmp_path / "b.zip", "--bundle-inputs").exit_code in (0, 1, 4)

    held = members(tmp_path / "b.zip")

    assert {name: data for name, data in held.items() if name.startswith("plan/")} == {
        "plan/own.yaml": parts["plans/own.yaml"].encode(),
        "plan/up/group/base.yaml": parts["group/base.yaml"].encode(),
        "plan/shipped_2016.yaml": (ROOT / "targets" / "2016.yaml").read_bytes(),
        "plan/off.csv": parts["plans/off.csv"].encode(),
        "plan/sources/desk.yaml": parts["plans/desk.yaml"].encode(),
    }
    assert json.loads(held["calendars.json"])["desk"]["days_off"] == ["2016-05-02"]
    # nothing of this machine is said, and the bundle alone is enough
    assert str(tmp_path).encode() not in b"".join(held.values())
    shutil.rmtree(folder)
    assert opskpi("verify", tmp_path / "b.zip").exit_code == 0


def test_the_same_bytes_from_another_folder_order_zone_and_locale(tmp_path: Path) -> None:
    """Two exports, given the other way round in a folder of another name."""
    head, *lines = ROWS.splitlines()
    made = []
    for at, (order, more) in enumerate(
        [(("a.csv", "b.csv"), {}), (("b.csv", "a.csv"), {"TZ": "America/New_York", "LC_ALL": "de_DE.UTF-8"})]
    ):
        folder = desk(tmp_path / f"desk{at}")
        (folder / "exports/tickets.csv").unlink()
        (folder / "a.csv").write_text("\n".join([head, *lines[:2], ""]))
        (folder / "b.csv").write_text("\n".join([head, *lines[2:], ""]))
        words = [*order, "-t", "plan.yaml", "-q", "--bundle", "b.zip", "--bundle-inputs"]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(1496275200 + at * 864000), **more}
        subprocess.run([sys.executable, "-m", "opskpi", "score", *words], cwd=folder, env=environment, check=True)
        made.append((folder / "b.zip").read_bytes())
    assert made[0] == made[1]


def test_what_else_is_written_changes_nothing(tmp_path: Path, opskpi: Run) -> None:
    folder = desk(tmp_path / "desk")
    words = ("score", folder / "exports", "-t", folder / "plan.yaml", "-q")
    opskpi(*words, "--bundle", tmp_path / "a.zip")
    opskpi(*words, "--bundle", tmp_path / "b.zip", "-o", tmp_path / "card.xlsx", "-f", "md")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_notes_and_earlier_cards_change_nothing_either(tmp_path: Path, opskpi: Run) -> None:
    """They cannot be made again from exports and plan; `verify` would find another page."""
    folder = desk(tmp_path / "desk", PLAN.replace(">= 50%", ">= 90%"))
    words = ("score", folder / "exports", "-t", folder / "plan.yaml", "-q")
    notes = ("--notes", tmp_path / "notes.xlsx")
    assert opskpi(*words, "-o", tmp_path / "old.json", "--period", "2016-03", *notes).exit_code == 1
    april = (*words, "--period", "2016-04", "--nil", "requests", "--bundle")
    assert opskpi(*april, tmp_path / "one.zip").exit_code == 0
    more = ("--with", tmp_path / "old.json", "--only", "turned", "-o", tmp_path / "card.html")
    assert opskpi(*april, tmp_path / "two.zip", *notes, *more).exit_code == 0
    page = members(tmp_path / "two.zip")["scorecard.html"]
    assert page != (tmp_path / "card.html").read_bytes()
    assert (tmp_path / "two.zip").read_bytes() == (tmp_path / "one.zip").read_bytes()


def test_its_name_may_tell_the_period(tmp_path: Path, opskpi: Run) -> None:
    folder = desk(tmp_path / "desk")
    words = ("score", folder / "exports", "-t", folder / "plan.yaml", "-q", "--period", "2016-03")
    assert opskpi(*words, "--bundle", tmp_path / "kept" / "{plan}-{period}.zip").exit_code == 0
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["plan-2016-03.zip"]
    refused = opskpi(*words, "--bundle", tmp_path / "{project}.zip")
    assert (refused.exit_code, "{project}" in refused.stderr, "{period}" in refused.stderr) == (2, True, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk", "kept"]


def test_its_hash_is_said_beside_the_result(tmp_path: Path, opskpi: Run) -> None:
    folder = desk(tmp_path / "desk")
    words = ("score", folder / "exports", "-t", folder / "plan.yaml", "--lang", "en", "-f", "json")
    with_bundle = opskpi(*words, "--bundle", tmp_path / "b.zip")
    digest = hashlib.sha256((tmp_path / "b.zip").read_bytes()).hexdigest()
    assert f"b.zip, sha256 {digest}" in with_bundle.stderr
    assert with_bundle.stdout == opskpi(*words).stdout


def test_files_of_one_name_both_get_in(tmp_path: Path, opskpi: Run) -> None:
    head, *lines = ROWS.splitlines()
    folder = desk(tmp_path / "desk")
    for name, part in (("x", lines[:2]), ("y", lines[2:])):
        (folder / name).mkdir()
        (folder / name / "tickets.csv").write_text("\n".join([head, *part, ""]))
    words = ("-t", folder / "plan.yaml", "-q", "--bundle-inputs", "--bundle")
    opskpi("score", folder / "x", folder / "y", *words, tmp_path / "a.zip")
    opskpi("score", folder / "y", folder / "x", *words, tmp_path / "b.zip")
    assert {"inputs/tickets.csv", "inputs/tickets~2.csv"} <= members(tmp_path / "a.zip").keys()
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert opskpi("verify", tmp_path / "a.zip").exit_code == 0


def test_a_bundle_among_exports_is_no_export(tmp_path: Path, opskpi: Run) -> None:
    folder = desk(tmp_path / "desk")
    words = ("score", folder / "exports", "-t", folder / "plan.yaml", "--lang", "en")
    first = opskpi(*words, "--bundle", folder / "exports" / "b.zip", "--bundle-inputs", "-f", "json")
    again = opskpi(*words, "--bundle", folder / "exports" / "b.zip", "--bundle-inputs", "-f", "json")
    assert json.loads(first.stdout)["results"] == json.loads(again.stdout)["results"]
    assert "b.zip" in again.stderr
    assert "inputs/b.zip" not in members(folder / "exports" / "b.zip")


@pytest.mark.parametrize("named", [True, False])
def test_of_a_bundle_that_is_given_or_unpacked_only_the_inputs_are_exports(
    tmp_path: Path, opskpi: Run, *, named: bool
) -> None:
    """Its evidence has a table's headings by the plan at hand, and rejected rows fit several."""
    plan = PLAN + "tables: {lists: {columns: {project: text, id: text, bucket: text, file: text, row: text}}}\n"
    folder = desk(tmp_path / "desk", plan=plan, rows=ROWS + "South,6,incident,lost,2016-03-10 10:00,\n")
    words = ("-t", folder / "plan.yaml", "-f", "json", "--max-rejected", "20")
    first = opskpi("score", folder / "exports", *words, "--bundle", tmp_path / "b.zip", "--bundle-inputs")
    given: Path = tmp_path / "b.zip"
    if not named:
        with zipfile.ZipFile(given) as archive:
            archive.extractall(tmp_path / "unpacked")
        given = tmp_path / "unpacked"
    again = opskpi("score", given, *words)
    assert again.exit_code == first.exit_code, again.stderr
    assert json.loads(again.stdout)["results"] == json.loads(first.stdout)["results"]
    assert [each["table"] for each in json.loads(again.stdout)["inputs"]] == ["tickets"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--bundle", "b.tar"), "a bundle is a .zip file"),
        (("--bundle-inputs",), "--bundle-inputs goes with --bundle FILE.zip"),
        (("--bundle", "b.zip", "--bundle-inputs", "--project", "North"), "rows of other projects"),
        (("--bundle", "b.zip", "--bundle-inputs", "-"), "standard input (-) cannot be packed"),
        (("--bundle", "plan.yaml"), "a bundle is a .zip file"),
    ],
)
def test_what_cannot_be_bundled_is_wrong_usage(
    tmp_path: Path, opskpi: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(desk(tmp_path))
    result = opskpi("score", "exports", "-t", "plan.yaml", "--lang", "en", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert not (tmp_path / "b.zip").exists()


def test_a_bundle_of_some_projects_holds_no_rows_of_others(tmp_path: Path, opskpi: Run) -> None:
    folder = desk(tmp_path, rows=f"{ROWS}South,6,incident,closed,2016-02-30 10:00,\n")
    words = ("score", folder / "exports", "-t", folder / "plan.yaml", "--lang", "en", "--project", "North")
    result = opskpi(*words, "--bundle", tmp_path / "b.zip")
    held = members(tmp_path / "b.zip")
    assert "rejects.csv" not in held
    assert {row["project"] for row in table(held["evidence/solved.csv"])} == {"North"}
    assert "not for a customer" in result.stderr
    assert opskpi("verify", tmp_path / "b.zip", folder / "exports").exit_code == 0


def test_a_write_that_fails_leaves_the_old_bundle(tmp_path: Path) -> None:
    """The operating system refuses files of more than 8 KiB: the lists of rows are smaller, the bundle is not."""
    pytest.importorskip("resource")
    folder = desk(tmp_path / "desk")
    for name in ("b.zip", "card.csv"):
        (tmp_path / name).write_bytes(b"old")
    words = ["score", f"{folder}/exports", "-t", f"{folder}/plan.yaml", "--lang", "en"]
    words += ["--bundle", f"{tmp_path}/b.zip", "-o", f"{tmp_path}/card.csv"]
    code = (
        "import resource, sys\n"
        "from opskpi.__main__ import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        f"sys.argv[1:] = {words!r}\nmain()"
    )
    done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert "no room left on the disk" in done.stderr
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "card.csv").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "card.csv", "desk"]


def test_a_plan_may_call_its_indicators_anything(tmp_path: Path, opskpi: Run) -> None:
    ids = ("a/b", "../x", "A_B", "甲 乙*", "y" * 300)
    count = "{name: N, table: tickets, period_by: created_at, value: count()}"
    plan = "plan: P\nperiod: 2016\nindicators:\n" + "".join(f'  "{each}": {count}\n' for each in ids)
    folder = desk(tmp_path / "desk", plan=plan)
    words = ("score", folder / "exports", "-t", folder / "plan.yaml", "-q")
    opskpi(*words, "--bundle", tmp_path / "b.zip", "--bundle-inputs")
    lists = {name: data for name, data in members(tmp_path / "b.zip").items() if name.startswith("evidence/")}
    assert lists.keys() == {
        *("evidence/a_b.csv", "evidence/A_B~2.csv", "evidence/.._x.csv", "evidence/甲 乙_.csv"),
        f"evidence/{'y' * 60}.csv",
    }
    assert table(lists["evidence/A_B~2.csv"])[0]["indicator"] == "A_B"
    assert opskpi("verify", tmp_path / "b.zip").exit_code == 0


def test_formulas_in_names_stay_texts(tmp_path: Path, opskpi: Run) -> None:
    folder = desk(tmp_path / "desk", rows=ROWS.replace("South", "=1+1"))
    opskpi("score", folder / "exports", "-t", folder / "plan.yaml", "-q", "--bundle", tmp_path / "b.zip")
    found = table(members(tmp_path / "b.zip")["evidence/solved.csv"])
    assert {row["project"] for row in found} == {"North", "'=1+1"}
