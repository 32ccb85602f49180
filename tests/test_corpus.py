"""The corpus of awkward files: the same facts in any clothing give the same scorecard, broken files one sentence."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner

from corpus.cases import Case, cases, traps
from corpus.clothing import FOLDER, Clothing, Problem, plain
from corpus.facts import VARIANTS
from corpus.grids import HEADINGS, Marked
from corpus.oracle import exit_code, expected
from corpus.page import page
from corpus.traps import Refused, Rejects, Same
from opskpi.commands import group

ROOT = Path(__file__).parents[1]
PLAN = ROOT / "targets" / "2016.yaml"
#: What tells where a scorecard came from and how the files were to be read; all the rest is what it says.
PROVENANCE = ("inputs", "unused", "notes", "asked", "rows")
#: What rejected rows may change in the results of the others.
UNDECIDED = ("rejected", "provisional", "deciding")
#: A process that reads an absurd file gets no more memory than this.
MEMORY = 3 << 30
_LIMITED = f"""
import resource
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
from opskpi.__main__ import main
main()
"""
ENVIRONMENT = {"SOURCE_DATE_EPOCH": "1496275200", "PYTHONUTF8": "1"}


@dataclass(frozen=True)
class Outcome:
    """What a run gave."""

    exit_code: int
    printed: bytes
    said: str

    @property
    def card(self) -> dict[str, Any]:
        """The JSON scorecard, or what `check` found."""
        document: dict[str, Any] = json.loads(self.printed)
        return document

    @property
    def verdicts(self) -> bytes:
        """The scorecard without its provenance, as bytes."""
        told = {key: value for key, value in self.card.items() if key not in PROVENANCE}
        return json.dumps(told, ensure_ascii=False, indent=1).encode()

    @property
    def decided(self) -> dict[str, Any]:
        """The scorecard without what rejected rows leave undecided."""
        card = json.loads(self.verdicts)
        results = [{key: value for key, value in each.items() if key not in UNDECIDED} for each in card["results"]]
        return {"results": results, "company": card["company"], "as_of": card["as_of"]}


def run(clothing: Clothing, folder: Path, *options: str, command: str = "score", apart: bool = False) -> Outcome:
    """Write a clothing's files and score (or check) them as its command line says."""
    piped = None
    for name, data in clothing.files().items():
        if name == clothing.piped:
            piped = data
            continue
        path = folder / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    source: tuple[str, ...] = ()
    if clothing.mapping is not None:
        (folder / "ours.yaml").write_text(clothing.mapping, encoding="utf-8")
        source = ("--source", "ours.yaml")
    arguments = [command, *clothing.words, "-t", str(PLAN), "--lang", "en", *source, *clothing.options, *options]
    return _outside(arguments, folder, piped) if apart else _inside(arguments, piped)


def _inside(arguments: list[str], piped: bytes | None) -> Outcome:
    done = CliRunner(env=ENVIRONMENT).invoke(group, arguments, input=piped, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return Outcome(int(done.return_value), done.stdout_bytes, done.stderr)


def _outside(arguments: list[str], folder: Path, piped: bytes | None) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _LIMITED, *arguments],
        cwd=folder,
        env={"PATH": "", **ENVIRONMENT},
        input=piped,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Outcome(done.returncode, done.stdout, done.stderr.decode())


@cache
def baseline(variant: str, lost: frozenset[str] = frozenset()) -> Outcome:
    """Score the plain clothing, some facts left out."""
    with TemporaryDirectory() as folder:
        files = plain("csv", variant, lost)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            return run(files, Path(folder), "-f", "json")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_plain_clothing_gives_the_figures_worked_out_by_hand(variant: str) -> None:
    done, figures = baseline(variant), expected(VARIANTS[variant])
    assert done.exit_code == exit_code(figures)
    found = {(each["project"], each["indicator"]): each for each in done.card["results"]}
    assert found.keys() == figures.keys()
    for key, figure in figures.items():
        assert {name: found[key][name] for name in figure} == figure, key
    for line in done.card["company"]:
        assert _company(line) == _summed(line["indicator"], figures)


def _company(line: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(line[name] for name in ("projects", "passed", "failed", "numerator", "denominator"))


def _summed(indicator: str, figures: Mapping[tuple[str, str], Mapping[str, Any]]) -> tuple[object, ...]:
    mine = [figure for (_, name), figure in figures.items() if name == indicator]
    verdicts = [figure["verdict"] for figure in mine]
    parts = [
        sum(figure[part] or 0 for figure in mine) if any(figure[part] is not None for figure in mine) else None
        for part in ("numerator", "denominator")
    ]
    return (len(mine), verdicts.count("pass"), verdicts.count("fail"), *parts)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_corpus(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    clothing = case.clothing()
    match case.expects:
        case Same(note=note):
            _expect_same(clothing, run(clothing, tmp_path, "-f", "json", apart=case.apart))
            if note:
                seen = run(clothing, tmp_path, "-f", "json", command="check", apart=case.apart).card
                assert re.search(note, "\n".join(note for each in seen["inputs"] for note in each["notes"]))
        case Rejects():
            done = run(clothing, tmp_path, "-f", "json", "--rejects", "rejects.csv", apart=case.apart)
            _expect_rejects(clothing, done, tmp_path / "rejects.csv")
        case Refused(sentence=sentence, exit_code=code):
            done = run(
                clothing, tmp_path, "-f", "json", "-o", "card.json", "--rejects", "rejects.csv", apart=case.apart
            )
            _expect_refusal(clothing, done, sentence, code)
            assert not any((tmp_path / name).exists() for name in ("card.json", "rejects.csv"))


def _expect_same(clothing: Clothing, done: Outcome) -> None:
    plain_one = baseline(clothing.variant)
    assert done.exit_code == plain_one.exit_code, done.said
    assert {each["rejected"] for each in done.card["inputs"]} == {0}
    assert done.verdicts == plain_one.verdicts
    assert _accepted(done) == _accepted(plain_one)


def _accepted(done: Outcome) -> dict[str, int]:
    tables: dict[str, int] = {}
    for each in done.card["inputs"]:
        tables[each["table"]] = tables.get(each["table"], 0) + each["accepted"]
    return tables


def _expect_rejects(clothing: Clothing, done: Outcome, rejects: Path) -> None:
    assert done.exit_code in (0, 1), done.said
    assert _problems(rejects) == clothing.problems()
    assert _headings(clothing) <= set(_rows(rejects)[0])
    plain_one = baseline(clothing.variant, clothing.lost)
    assert done.decided == plain_one.decided
    assert _accepted(done) == _accepted(plain_one)


def _headings(clothing: Clothing) -> set[str]:
    """List the headings above marked cells that anybody would know, to stand over the rejected rows as well."""
    marked = [
        grid
        for grid in clothing.all_grids
        if not grid.hidden and any(isinstance(cell, Marked) for row in grid.rows for cell in row)
    ]
    return {str(cell).strip() for grid in marked for cell in grid.head[-1]} & set(HEADINGS.values())


def _problems(rejects: Path) -> frozenset[Problem]:
    return frozenset(
        Problem(row["opskpi_file"], row["opskpi_sheet"], int(row["opskpi_row"]), row["opskpi_cell"], row["opskpi_rule"])
        for row in _rows(rejects)
    )


def _rows(rejects: Path) -> list[dict[str, str]]:
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _expect_refusal(clothing: Clothing, done: Outcome, sentence: str, code: int) -> None:
    assert (done.exit_code, done.printed) == (code, b""), done.said
    first, *reasons = done.said.splitlines()
    assert re.search(sentence, first), done.said
    assert all(reason.startswith("  ") for reason in reasons), done.said  # what was in it, indented
    if code == 3:
        (named,) = (word.removeprefix(f"{FOLDER}/").partition("#")[0] for word in clothing.words if word != "-")
        assert named in first, done.said


def test_the_page_shows_the_corpus() -> None:
    assert (ROOT / "docs" / "awkward-files.md").read_text(encoding="utf-8") == page()


def test_every_trap_is_seen_alone_and_in_pairs() -> None:
    alone = {case.traps[0].name for case in cases() if len(case.traps) == 1}
    paired = {trap.name for case in cases() if len(case.traps) == 2 for trap in case.traps}
    assert len([case for case in cases() if case.traps]) >= 150
    assert len({case.name for case in cases()}) == len(cases())
    assert len({trap.name for trap in traps()}) == len(traps())
    assert paired <= alone


@pytest.mark.parametrize("name", ["csv", "csv.gz", "zip", "xlsx", "xls", "xlsb", "ods"])
def test_a_format_is_written_the_same_every_time(name: str) -> None:
    assert plain(name).files() == plain(name).files()
