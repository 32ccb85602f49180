"""JUnit XML: what Jenkins' schema allows, red exactly where the exit code is not 0, and the figures of the JSON."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from rulebook import Desk, incidents, plan

#: Jenkins' junit-10.xsd, which its xUnit plugin holds reports to: what may stand in each element, and its attributes.
SCHEMA = {
    "testsuites": ({"testsuite"}, {"name", "time", "tests", "failures", "errors"}),
    "testsuite": (
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
        {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id", "package",
         "file", "log", "url"},
    ),
    "properties": ({"property"}, set[str]()),
    "property": (set[str](), {"name", "value"}),
    "testcase": ({"skipped", "error", "failure", "system-out", "system-err"}, {"name", "time", "classname", "group"}),
    "skipped": (set[str](), {"type", "message"}),
    "error": (set[str](), {"type", "message"}),
    "failure": (set[str](), {"type", "message"}),
    "system-out": (set[str](), set[str]()),
}  # fmt: skip
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "property": {"name", "value"}, "testcase": {"name"}}
RATE = """  rate: {name: 完成率, table: tickets, period_by: created_at, value: share(sla_met), target: ">= 90%",
         min_rows: 2}"""
SCORE = """  score: {name: 满意度, table: surveys, period_by: submitted_at, value: mean(score), target: ">= 4.5"}"""
PLAIN = """  plain: {name: 件数, table: tickets, period_by: created_at, value: count()}"""
WAIVED = "waivers:\n  - {project: 甲, indicator: rate, reason: 搬迁, approved_by: 王总, until: 2016-12-31}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def report(desk: Desk, indicators: str, *options: str, more: str = "") -> tuple[ET.Element, int]:
    """Write the report; give its root and the exit code."""
    path = desk.write("plan.yaml", plan(indicators, more=more))
    outcome = desk.run("score", "-q", "-f", "junit", *options, plan=path)
    root = ET.fromstring(outcome.printed)  # noqa: S314 - our own
    hold_to_schema(root)
    return root, outcome.exit_code


def hold_to_schema(element: ET.Element) -> None:
    children, attributes = SCHEMA[element.tag]
    assert {child.tag for child in element} <= children, element.tag
    assert REQUIRED.get(element.tag, set()) <= element.attrib.keys() <= attributes, element.tag
    for child in element:
        hold_to_schema(child)


def outcomes(root: ET.Element) -> dict[tuple[str, str], str]:
    """Say of each case what it came to."""
    return {
        (case.attrib["classname"], case.attrib["name"]): next(
            (child.tag for child in case if child.tag != "system-out"), "passed"
        )
        for case in root.iter("testcase")
    }


def test_a_miss_is_a_failure_with_its_rows(desk: Desk) -> None:
    desk.tickets(*incidents(8, 2, 项目名称="甲"), *incidents(9, 1, 项目名称="乙"))
    root, code = report(desk, RATE, "--lang", "en")
    assert outcomes(root) == {("甲", "完成率"): "failure", ("乙", "完成率"): "passed"}
    assert code == 1
    failure = next(root.iter("failure"))
    assert failure.attrib == {
        "type": "fail",
        "message": "甲 · 完成率: 80.0% (8/10), target >= 90%; 1 miss too many in that year",
    }
    assert (failure.text or "").splitlines() == [
        "T9  done 2016-03-03 08:00, due 2016-03-02 08:00  工单.csv!10",
        "T10  done 2016-03-03 08:00, due 2016-03-02 08:00  工单.csv!11",
    ]


@pytest.mark.parametrize(
    ("rows", "indicators", "more", "found", "code"),
    [
        ((9, 1), RATE, "", ["passed"], 0),
        ((8, 2), RATE, "", ["failure"], 1),
        ((1, 0), RATE, "", ["error"], 4),  # too few
        ((9, 1), f"{RATE}\n{SCORE}", "", ["passed", "error"], 4),  # no survey was handed in
        ((8, 2), RATE, WAIVED, ["skipped"], 0),
        ((8, 2), PLAIN, "", ["skipped"], 0),  # nothing is asked for
    ],
)
def test_it_is_red_exactly_where_the_exit_code_is_not_0(
    desk: Desk, rows: tuple[int, int], indicators: str, more: str, found: list[str], code: int
) -> None:
    desk.tickets(*incidents(*rows, 项目名称="甲"))
    root, exit_code = report(desk, indicators, more=more)
    assert list(outcomes(root).values()) == found
    assert exit_code == code
    assert bool({"failure", "error"} & set(found)) == (code != 0)


def test_what_is_skipped_says_why(desk: Desk) -> None:
    desk.tickets(*incidents(8, 2, 项目名称="甲"))
    root, _ = report(desk, RATE, "--lang", "en", more=WAIVED)
    skipped = next(root.iter("skipped"))
    assert skipped.attrib["type"] == "waived"
    assert "waived, otherwise: MISSED; 搬迁 (approved by 王总, until 2016-12-31)" in skipped.attrib["message"]


def test_counts_are_sums(desk: Desk) -> None:
    """Each of two projects has one miss or none, one case that nothing is asked of, and one without data."""
    desk.tickets(*incidents(8, 2, 项目名称="甲"), *incidents(9, 1, 项目名称="乙"))
    root, _ = report(desk, f"{RATE}\n{SCORE}\n{PLAIN}")
    assert root.attrib == {"name": "试验计划", "tests": "6", "failures": "1", "errors": "2"}
    fields = ("name", "tests", "failures", "errors", "skipped", "timestamp")
    assert [tuple(suite.attrib[field] for field in fields) for suite in root] == [
        ("乙", "3", "0", "1", "1", "2017-01-01T00:00:00"),
        ("甲", "3", "1", "1", "1", "2017-01-01T00:00:00"),
    ]


def test_figures_are_properties_of_the_suite(desk: Desk) -> None:
    desk.tickets(*incidents(8, 2, 项目名称="甲"))
    root, _ = report(desk, f"{RATE}\n{SCORE}")
    told = {each.attrib["name"]: each.attrib["value"] for each in root.iter("property")}
    card = desk.score(plan=desk.folder / "plan.yaml").card
    assert (told["plan"], told["plan_sha256"], told["as_of"]) == ("试验计划", card["plan"]["sha256"], card["as_of"])
    for result in card["results"]:
        for field in ("value", "numerator", "denominator", "target", "verdict", "provisional", "headroom", "period"):
            said = result[field] if isinstance(result[field], str) else json.dumps(result[field])
            assert told.get(f"{result['indicator']}.{field}", "null") == said


def test_a_case_says_its_arithmetic(desk: Desk) -> None:
    desk.tickets(*incidents(9, 1, 项目名称="甲"))
    root, _ = report(desk, RATE, "--lang", "en")
    assert (root.findtext(".//system-out") or "").splitlines()[:3] == [
        "met 9 ÷ (met 9 + missed 1) = 9/10 = 90%, shown as 90.0%",
        "target >= 90%: met",
        "no more misses allowed in that year",
    ]


def test_what_xml_cannot_hold_becomes_a_sign(desk: Desk) -> None:
    """Control characters have pictures; what no text may hold is replaced; line ends in attributes stay."""
    desk.tickets(*incidents(1, 1, 项目名称="a\x01b\x1b[31m\x7f\ufffe]]>"))
    text = (
        '  "rate": {name: "x\\ny\\tz", table: tickets, period_by: created_at, value: share(sla_met), target: ">= 90%"}'
    )
    root, _ = report(desk, text)
    assert root[0].attrib["name"] == "a␁b␛[31m␡\ufffd]]>"
    assert next(root.iter("testcase")).attrib["name"] == "x\ny\tz"
