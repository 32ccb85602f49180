"""Scorecards read back: the published schema, cards of other versions, and files that are none."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from conftest import ROOT
from opskpi.archive.reading import read_card
from opskpi.errors import SettingsError

Run = Callable[..., Result]
EXAMPLES = {
    "2016": ("examples/2016/workbook", "targets/2016.yaml"),
    **{
        name: (f"examples/{name}/workbook", f"examples/{name}/targets.yaml")
        for name in ("b2b-desk", "network-engineer")
    },
}
PLAN = """\
plan: Desk
period: 2016
timezone: Asia/Shanghai
calendars:
  desk: {country: CN, hours: {mon-fri: ["09:00-18:00"]}, days_off: [2016-03-08]}
sla:
  - {type: incident, calendar: desk, resolve: 8h}
indicators:
  solved:
    name: Solved in time
    table: tickets
    where: type == "incident"
    period_by: created_at
    value: share(sla_met)
    target: ">= 90%"
"""
ROWS = """\
project,ticket_id,type,status,created_at,resolved_at
North,1,incident,closed,2016-03-07 10:00,2016-03-09 11:00
North,2,incident,closed,2016-03-09 10:00,2016-03-10 15:00
"""


def strict(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """Let a schema take no field that it does not name."""
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(each) for key, each in schema.items()}
    if made.get("type") == "object" and "properties" in made:
        made["additionalProperties"] = False
    return made


@pytest.fixture
def card(tmp_path: Path, opskpi: Run) -> Callable[..., dict[str, Any]]:
    """Score two tickets by a plan that is changed by a word or two."""

    def score(*change: str) -> dict[str, Any]:
        (tmp_path / "plan.yaml").write_text(PLAN.replace(change[0], change[1]) if change else PLAN)
        (tmp_path / "tickets.csv").write_text(ROWS)
        result = opskpi("score", tmp_path / "tickets.csv", "-t", tmp_path / "plan.yaml", "-f", "json")
        assert result.exit_code in (0, 1), result.stderr
        made: dict[str, Any] = json.loads(result.stdout)
        return made

    return score


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_schema_names_every_field_that_is_written(name: str, opskpi: Run) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(opskpi("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    exports, plan = (ROOT / each for each in EXAMPLES[name])
    written = json.loads(opskpi("score", exports, "-t", plan, "--by", "month", "-f", "json").stdout)
    jsonschema.Draft202012Validator(strict(schema), format_checker=jsonschema.FormatChecker()).validate(written)


def test_the_schema_refuses_what_is_no_card(opskpi: Run, card: Callable[..., dict[str, Any]]) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(json.loads(opskpi("schema").stdout))
    made = card()
    assert validator.is_valid(made)
    for broken in ({"format": "other"}, {"results": None}, {"results": [{**made["results"][0], "verdict": "good"}]}):
        assert not validator.is_valid({**made, **broken})


def test_the_published_schema_is_the_committed_one(opskpi: Run) -> None:
    committed = (ROOT / "docs" / "scorecard.schema.json").read_text(encoding="utf-8")
    assert opskpi("schema").stdout == committed


def test_a_card_is_read_back_exactly(tmp_path: Path, opskpi: Run) -> None:
    exports, plan = (ROOT / each for each in EXAMPLES["2016"])
    opskpi("score", exports, "-t", plan, "-o", tmp_path / "card.json", "-q")
    first = read_card(tmp_path / "card.json").document.results[0]
    # 180.2 of 38 answers, as an exact fraction and no double
    assert (first.numerator, first.denominator) == (Fraction(901, 5), Fraction(38))


def test_fields_of_a_later_version_are_passed_over(tmp_path: Path, card: Callable[..., dict[str, Any]]) -> None:
    made = card()
    made["from_later"] = {"x": 1}
    made["results"][0]["also"] = "later"
    (tmp_path / "card.json").write_text(json.dumps(made))
    assert read_card(tmp_path / "card.json").document.results[0].project == "North"


def test_a_card_of_an_earlier_version_lacks_what_was_added(tmp_path: Path, card: Callable[..., dict[str, Any]]) -> None:
    made = card()
    for added in ("rules", "calendars", "asked", "notes", "nil"):
        del made[added]
    for added in ("why", "basis", "score", "excluded_by"):
        del made["results"][0][added]
    (tmp_path / "card.json").write_text(json.dumps(made))
    assert read_card(tmp_path / "card.json").document.rules == {}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("project,ticket_id\n", "card_not_one"),
        ('{"format": "opskpi.explanation"}', "card_not_one"),
        ("[1, 2]", "card_not_one"),
        ('{"format": "opskpi.scorecard", "format_version": 2}', "card_version"),
        ('{"format": "opskpi.scorecard", "format_version": 1}', "card_damaged"),
        ("PK\x05\x06" + "\0" * 18, "card_not_one"),
    ],
)
def test_what_is_no_card_is_refused_in_a_sentence(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "card.json").write_text(text)
    with pytest.raises(SettingsError) as refused:
        read_card(tmp_path / "card.json")
    assert refused.value.messages[0].key == key


def test_a_missing_card_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read_card(tmp_path / "none.json")
    assert refused.value.messages[0].key == "file_unreadable"


class TestWhatDecides:
    """The card tells apart what may change a figure: the rule, its limits, its calendars."""

    def test_the_rule(self, card: Callable[..., dict[str, Any]]) -> None:
        before, after = card(), card('where: type == "incident"', 'where: type in ("incident", "request")')
        assert before["rules"]["solved"]["settings"]["where"] == 'type == "incident"'
        assert after["rules"]["solved"]["settings"]["where"] == 'type in ("incident", "request")'
        assert before["calendars"] == after["calendars"]
        assert before["rules"]["solved"]["limits_sha256"] == after["rules"]["solved"]["limits_sha256"]

    def test_a_limit(self, card: Callable[..., dict[str, Any]]) -> None:
        before, after = card(), card("resolve: 8h", "resolve: 9h")
        assert before["rules"]["solved"]["limits_sha256"] != after["rules"]["solved"]["limits_sha256"]
        assert before["rules"]["solved"]["settings"] == after["rules"]["solved"]["settings"]
        assert before["calendars"] == after["calendars"]

    def test_a_day_off(self, card: Callable[..., dict[str, Any]]) -> None:
        before, after = card(), card("days_off: [2016-03-08]", "days_off: [2016-03-07]")
        assert before["calendars"].keys() == after["calendars"].keys() == {"desk"}
        assert before["calendars"] != after["calendars"]
        assert before["rules"] == after["rules"]

    def test_what_the_country_decrees(
        self, card: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from opskpi.counting import calendars
        from opskpi.worktime.official import Official

        before = card()
        monkeypatch.setattr(calendars, "official_days", lambda *_: Official())
        assert card()["calendars"] != before["calendars"]

    def test_a_target_is_no_part_of_the_rule(self, card: Callable[..., dict[str, Any]]) -> None:
        before, after = card(), card(">= 90%", ">= 95%")
        assert before["rules"] == after["rules"]
        assert before["results"][0]["rule_sha256"] == after["results"][0]["rule_sha256"]
