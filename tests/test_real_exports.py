"""Files other people's systems wrote; the figures were worked out with plain csv and datetime (see their README)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from conftest import ROOT

EXAMPLES = ROOT / "examples"
Run = Callable[..., Result]


def scored(run: Run, *words: str | Path) -> dict[str, Any]:
    """Score and give the JSON scorecard."""
    result = run("score", *words, "-f", "json", "-q")
    assert result.exit_code in (0, 1, 4), result.stderr
    card: dict[str, Any] = json.loads(result.stdout)
    return card


def figures(card: dict[str, Any], indicator: str) -> dict[str, tuple[float, float]]:
    """Get numerator and denominator of an indicator by project."""
    return {
        each["project"]: (each["numerator"], each["denominator"])
        for each in card["results"]
        if each["indicator"] == indicator
    }


def test_the_short_event_log_counts_each_incident_once(opskpi: Run, shared: Path) -> None:
    """Counted by rows it would be 96.97 %; by incident it is 26 of 32."""
    card = scored(opskpi, shared / "servicenow-event-log-198.csv", "-t", EXAMPLES / "servicenow" / "targets.yaml")
    expected = {
        54: (6, 6), 70: (5, 5), 23: (4, 5), 66: (0, 3), 24: (2, 2), 28: (2, 2), 33: (2, 2),
        65: (2, 2), 56: (1, 1), 25: (1, 1), 30: (1, 1), 29: (0, 1), 72: (0, 1),
    }  # fmt: skip
    assert figures(card, "incident_sla_rate") == {f"Group {group}": figure for group, figure in expected.items()}
    assert (card["company"][0]["numerator"], card["company"][0]["denominator"]) == (26, 32)
    assert {each["judged_by"] for each in card["results"]} == {"flag"}
    ledger = card["inputs"][0]
    assert (ledger["rows"], ledger["accepted"], ledger["superseded"]) == (198, 32, 166)


def test_the_long_event_log(opskpi: Run, shared: Path) -> None:
    card = scored(opskpi, shared / "servicenow-event-log-5998.csv", "-t", EXAMPLES / "servicenow" / "targets.yaml")
    assert (card["company"][0]["numerator"], card["company"][0]["denominator"]) == (495, 890)
    expected = {70: (128, 175), 24: (48, 59), 25: (17, 53), 23: (33, 51), 28: (29, 38), 30: (32, 37)}
    got = figures(card, "incident_sla_rate")
    assert {group: got[f"Group {group}"] for group in expected} == expected
    assert card["inputs"][0]["encoding"] == "utf-8"


def test_the_support_desk_by_due_times_by_flag_and_its_surveys(opskpi: Run, shared: Path) -> None:
    folder = EXAMPLES / "technical-support"
    card = scored(
        opskpi, shared / "technical-support.csv", "--source", folder / "source.yaml", "-t", folder / "targets.yaml",
        "--as-of", "2024-01-01",
    )  # fmt: skip
    assert figures(card, "resolved_in_time") == {
        "Custom software development": (402, 643),
        "Other": (229, 344),
        "Ready to use Software": (688, 1010),
        "Training and Consulting Services": (226, 331),
    }
    pending = {each["project"]: each["pending"] for each in card["results"] if each["indicator"] == "resolved_in_time"}
    assert [project for project, count in pending.items() if count == 1] == ["Custom software development", "Other"]
    pooled = {each["indicator"]: (each["numerator"], each["denominator"]) for each in card["company"]}
    assert pooled["resolved_in_time"] == (1545, 1545 + 783)
    assert pooled["resolved_by_flag"] == (1547, 2330)
    assert figures(card, "satisfaction") == {
        "Custom software development": (1081, 317),
        "Other": (556, 164),
        "Ready to use Software": (1842, 516),
        "Training and Consulting Services": (639, 176),
    }
    assert pooled["satisfaction"] == (4118, 1173)


@pytest.mark.parametrize("name", ["servicenow-change-request.csv", "boston311-100.csv"])
def test_an_export_no_source_knows_is_refused_with_what_is_missing(opskpi: Run, shared: Path, name: str) -> None:
    result = opskpi("score", shared / name, "-t", "2016", "--lang", "en")
    assert result.exit_code == 3
    assert name in result.stderr
    assert "lacks" in result.stderr
