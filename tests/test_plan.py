"""The targets file: every mistake at once, with its line and the word that helps."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from conftest import ROOT
from opskpi.documents import Mistake, read_document, validate
from opskpi.errors import SettingsError
from opskpi.targets.phrases import parse_target
from opskpi.targets.plan import Plan

HEAD = """plan: 计划
period: 2016
indicators:
  a:
    name: 甲
    table: tickets
    period_by: created_at
"""


def read(text: str) -> Plan:
    """Read a plan from text."""
    return validate(read_document(text.encode(), "plan.yaml"), Plan)


def mistakes(text: str) -> list[str]:
    """Read a plan that is wrong, and give its sentences."""
    with pytest.raises(SettingsError) as caught:
        read(text)
    return [each.text("en") for each in caught.value.messages]


def test_the_plan_is_the_text_printed_in_the_design() -> None:
    plan = read((ROOT / "targets" / "2016.yaml").read_text(encoding="utf-8"))
    assert {name: each.target.text for name, each in plan.indicators.items()} == {
        "customer_satisfaction": ">= 4.5",
        "incident_sla_rate": ">= 90%",
        "report_on_time_rate": "== 100%",
        "complaint_count": "< 5",
        "complaint_on_time_rate": "== 100%",
        "request_completion_rate": "== 100%",
    }
    assert {each.owner for each in plan.indicators.values()} == {"项目管理部", "运行维护部", "质量部"}


def test_all_mistakes_come_at_once_in_file_order() -> None:
    said = mistakes(HEAD.replace("created_at", "creatd_at") + '    value: shar(sla_met)\n    tarket: ">= 90%"\n')
    assert [re.match(r"plan\.yaml:(\d+):", each)[1] for each in said] == ["7", "8", "9"]  # type: ignore[index]
    assert "did you mean created_at?" in said[0]
    assert "did you mean share?" in said[1]
    assert "did you mean target?" in said[2]


@pytest.mark.parametrize(
    ("slip", "place", "words"),
    [
        ("    value: share(sla_met)\n    target: >= 90%\n", "9:", 'in quotes: target: ">= 90%"'),
        ("    value： share(sla_met)\n", "8:", "full-width colon"),
        ("\tvalue: share(sla_met)\n", "8:", "a tab stands here"),
        ("    value: share(sla_met)\n    value: count()\n", "9:5:", "a second time"),
        ('    value: count()\n    target: "5"\n', "9:14:", 'write ">= 5" or "<= 5"'),
        ('    value: share(sla_met)\n    target: ">= 95"\n', "9:14:", "write percent"),
        ("    value: share(sla_met and reponse_met)\n", "8:30:", "did you mean response_met?"),
        ("    value: count()\n    where: status == 'cancled'\n", "9:22:", "did you mean cancelled?"),
        ("    value: count()\n    exclude: {gone: type == 1}\n", "9:26:", "cannot be joined or compared"),
        ("    value: count()\nprojects:\n  甲: {targets: {b: '< 5'}}\n", "10:17:", "unknown indicator b"),
        (
            "    value: count()\nprojects:\n  甲: {aliases: [丙]}\n  乙: {aliases: [丙]}\n",
            "11:",
            "name of two projects",
        ),
        ("    value: count()\ntimezone: Asia/Shanghia\n", "9:11:", "unknown time zone"),
        ("    value: count()\n    rescale: {from: 1-10, to: 1-5, by: max}\n", "9:5:", "no column of scores"),
    ],
)
def test_a_slip_gets_the_sentence_that_helps(slip: str, place: str, words: str) -> None:
    said = " ".join(mistakes(HEAD + slip))
    assert f"plan.yaml:{place}" in said
    assert words in said


def test_scalars_stay_text() -> None:
    document = read_document(b"a: 18:00\nb: 010\nc: yes\nd: ~\n", "x.yaml")
    assert document.value == {"a": "18:00", "b": "010", "c": "yes", "d": None}


@pytest.mark.parametrize("style", [">-", ">", "|", "|-"])
def test_an_expression_over_several_lines_is_the_one_on_one_line(style: str) -> None:
    """A folded value must not keep marks of its folds, which no expression may hold."""
    lines = ["share(", 'priority == "P1" and', "reopened > 0)"]
    one = read(f"{HEAD}    value: {' '.join(lines)}\n")
    several = read("\n      ".join([f"{HEAD}    value: {style}", *lines]) + "\n")
    assert several.indicators["a"].value.split() == " ".join(lines).split()
    assert several.indicators["a"].nodes == one.indicators["a"].nodes


def test_an_alias_that_multiplies_itself_is_stopped() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{chr(98 + at)}: &{chr(98 + at)} [{', '.join(['*' + chr(97 + at)] * 10)}]" for at in range(7)]
    with pytest.raises(SettingsError):
        read_document("\n".join(lines).encode(), "bomb.yaml")


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (">= 90%", ["0.9", "1"], ["0.8999"]),
        ("≥90％", ["0.9"], ["0.89"]),
        ("不低于90%", ["0.9"], ["0.89"]),
        ("90%以上", ["0.9"], ["0.89"]),
        ("> 4.5", ["4.51"], ["4.5"]),
        ("高于4.5", ["4.51"], ["4.5"]),
        ("超过3次", ["4"], ["3"]),
        ("<= 2", ["2"], ["3"]),
        ("不超过 3 次", ["3"], ["4"]),
        ("5件以内", ["5"], ["6"]),
        ("小于5", ["4"], ["5"]),
        ("＜ 5", ["4"], ["5"]),
        ("== 100%", ["1"], ["0.99"]),
        ("between 80% and 120%", ["0.8", "1.2"], ["0.79", "1.21"]),
    ],
)
def test_targets_are_read_as_people_write_them(text: str, inside: list[str], outside: list[str]) -> None:
    target = parse_target(text)
    assert all(target.holds(Fraction(value)) for value in inside)
    assert not any(target.holds(Fraction(value)) for value in outside)


@pytest.mark.parametrize("text", ["", "about 5", "90%", "4.5", ">=", "between 2 and 1", ">= 5 apples"])
def test_what_is_no_target_is_refused(text: str) -> None:
    with pytest.raises(Mistake):
        parse_target(text)


def test_every_shipped_example_plan_reads() -> None:
    for path in sorted(Path(ROOT / "examples").glob("*/targets.yaml")):
        assert read(path.read_text(encoding="utf-8")).indicators
