"""Every shipped source keeps one contract (`examples/sources/README.md`); its golden example was worked out by hand."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from ruamel.yaml import YAML

from conftest import ROOT
from opskpi.errors import ExportError
from opskpi.exports.finding import Found
from opskpi.exports.opening import open_found
from opskpi.sources import SHIPPED, shipped, shipped_text
from opskpi.sources.headings import heading_form
from opskpi.sources.recognition import Layout, Shown, recognise

Run = Callable[..., Result]
FOLDER = ROOT / "examples" / "sources"
NAMES = tuple(name for name in SHIPPED if name != "standard")
#: What an export's ledger says when `expected.yaml` says nothing of it.
NOTHING = {"duplicate": 0, "superseded": 0, "skipped": 0}


def expected_of(name: str) -> dict[str, Any]:
    """Read a source's `expected.yaml`."""
    expected: dict[str, Any] = YAML(typ="safe", pure=True).load((FOLDER / name / "expected.yaml").read_bytes())
    return expected


def scored(run: Run, name: str) -> dict[str, Any]:
    """Score a golden example, all of its exports in one run, and give the JSON scorecard."""
    expected = expected_of(name)
    files = sorted({FOLDER / name / each["file"] for each in expected["exports"]})
    plan = FOLDER / name / expected.get("targets", "../targets.yaml")
    as_of = ("--as-of", expected["as_of"]) if "as_of" in expected else ()
    result = run("score", *files, "-t", plan, *as_of, "-f", "json", "-q", "--max-rejected", "50")
    assert result.exit_code in (0, 1, 4), result.stderr
    card: dict[str, Any] = json.loads(result.stdout)
    return card


@pytest.mark.parametrize("name", NAMES)
def test_each_source_has_a_golden_example_of_each_form(name: str) -> None:
    shown = {each["form"] for each in expected_of(name)["exports"]}
    forms = {form.name for form in shipped(name).forms}
    assert forms <= shown
    assert "" not in forms


@pytest.mark.parametrize("name", NAMES)
def test_each_source_says_what_it_was_made_from(name: str) -> None:
    """The comment at the top names what was decided, and the export that `verified` speaks of."""
    text = shipped_text(name).decode("utf-8")
    comment = text.split("\nsource:", maxsplit=1)[0]
    assert all(line.startswith("#") for line in comment.splitlines())
    assert shipped(name).source == name
    assert shipped(name).title
    assert ("Verified:" in comment) == shipped(name).verified
    assert shipped(name).verified or "not yet read on a real export" in " ".join(comment.replace("#", " ").split())


@pytest.mark.parametrize("name", NAMES)
def test_no_heading_of_a_form_is_spelled_twice(name: str) -> None:
    for form in shipped(name).forms:
        spelled = Counter(heading_form(heading, numbered=form.numbered) for heading in form.headings)
        assert [heading for heading, count in spelled.items() if count > 1] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_example_is_told_as_itself_and_its_ledger_is_right(name: str, opskpi: Run) -> None:
    """All shipped sources are at hand, so a second one that fits would be an error."""
    inputs = {(each["file"], each["sheet"]): each for each in scored(opskpi, name)["inputs"]}
    for each in expected_of(name)["exports"]:
        got = inputs.pop(next(key for key in inputs if key[0] == each["file"] and each.get("sheet") in (None, key[1])))
        counts = {key: each[key] for key in ("rows", "accepted")} | {key: each.get(key, 0) for key in NOTHING}
        assert {key: got[key] for key in counts} == counts
        assert got["rejected"] == len(each["rejected"])
        assert (got["source"], got["form"]) == (name, each["form"])
        assert got["encoding"] == each.get("encoding", got["encoding"])
    assert inputs == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_rejected_rows_are_those_that_were_meant(name: str, opskpi: Run, tmp_path: Path) -> None:
    for each in expected_of(name)["exports"]:
        rejects = tmp_path / f"{each['file']}.rejects.csv"
        rejects.unlink(missing_ok=True)
        opskpi("check", FOLDER / name / each["file"], "-t", FOLDER / "targets.yaml", "--rejects", rejects, "-q")
        assert rejected_rows(rejects) == {int(row): rule for row, rule in each["rejected"].items()}


def rejected_rows(path: Path) -> Mapping[int, str]:
    """Read the rules of rejected rows from the file of rejects."""
    if not path.exists():
        return {}
    lines = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    return {int(line["opskpi_row"]): line["opskpi_rule"] for line in lines}


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_are_those_worked_out_by_hand(name: str, opskpi: Run) -> None:
    """Nothing else is counted or pending; a project that is listed has its excluded rows right too."""
    expected = {
        (indicator, project): figure
        for indicator, projects in expected_of(name)["figures"].items()
        for project, figure in projects.items()
    }
    results = {(each["indicator"], each["project"]): each for each in scored(opskpi, name)["results"]}
    assert expected.keys() <= results.keys()
    for place, got in results.items():
        figure = expected.get(place, {})
        denominator = (figure.get("denominator") or None) if got["counted"] else None
        assert (place, got["numerator"] if got["counted"] else 0) == (place, figure.get("numerator", 0))
        assert (place, got["denominator"] if got["counted"] else None) == (place, denominator)
        assert (place, got["pending"]) == (place, figure.get("pending", 0))
        assert place not in expected or (place, got["excluded"]) == (place, figure.get("excluded", 0))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_source_takes_no_export_of_another(name: str) -> None:
    """Each shipped source is tried alone on the golden exports of all others."""
    taken = [
        each["file"]
        for other in NAMES
        for each in expected_of(other)["exports"]
        if other != name and recognised_by(name, FOLDER / other / each["file"], each.get("sheet"))
    ]
    assert taken == []


def recognised_by(name: str, path: Path, sheet: str | None) -> bool:
    """Tell whether a source alone takes an export; one that asks about a heading knows the export too."""
    opened = open_found(Found(path, path.name, named=True, sheet=sheet))
    for file in opened:
        for each in file.sheets:
            shown = Shown(path.name, each.head, each.spans, {**file.origins, "sheet": each.name or ""})
            try:
                layout = recognise(shown, [shipped(name)], None)
            except ExportError:
                return True
            if isinstance(layout, Layout):
                return True
    return False


def carded(run: Run, export: Path, folder: Path, source: str, plan: str) -> dict[str, Any]:
    """Score a real export through a mapping of ours and give the JSON scorecard."""
    words = ("--source", folder / source, "-t", folder / plan, "--as-of", "end")
    result = run("score", export, *words, "-f", "json", "-q")
    assert result.exit_code in (0, 1, 4), result.stderr
    card: dict[str, Any] = json.loads(result.stdout)
    return card


def test_a_real_change_list_is_read_through_a_mapping_of_a_few_lines(opskpi: Run, shared: Path) -> None:
    """Of 176 changes 21 were cancelled; 147 are complete and 5 partial (the figures of the data's own README)."""
    export, folder = shared / "servicenow-change-request.csv", ROOT / "examples" / "servicenow"
    card = carded(opskpi, export, folder, "changes.yaml", "changes-targets.yaml")
    figures = {each["indicator"]: (each["numerator"], each["denominator"]) for each in card["company"]}
    assert figures == {"change_success": (152, 155), "change_success_in_full": (147, 155)}
    assert (card["inputs"][0]["encoding"], card["inputs"][0]["accepted"]) == ("cp1252", 176)
    assert sum(each["excluded"] for each in card["results"] if each["indicator"] == "change_success") == 21


def test_a_city_is_judged_by_its_flag_and_by_its_times(opskpi: Run, shared: Path) -> None:
    """The figures of the data's own README, by department."""
    folder = ROOT / "examples" / "boston311"
    card = carded(opskpi, shared / "boston311-100.csv", folder, "source.yaml", "targets.yaml")
    figures = {each["indicator"]: (each["numerator"], each["denominator"]) for each in card["company"]}
    assert figures == {"on_time_by_flag": (83, 100), "closed_on_time": (72, 77)}
    by_flag = {
        each["project"]: (each["numerator"], each["denominator"])
        for each in card["results"]
        if each["indicator"] == "on_time_by_flag"
    }
    assert by_flag == {
        "BTDT": (26, 31), "PWDx": (42, 49), "ISD": (6, 8), "PROP": (0, 3),
        "PARK": (3, 3), "INFO": (4, 4), "GEN_": (2, 2),
    }  # fmt: skip
