"""The metrics: what both text formats and a node exporter take, and the figures of the JSON."""

import json
import math
from pathlib import Path

import pytest

from exposition import Series, read
from rulebook import Desk, complaint, incidents, plan

INDICATORS = """  rate: {name: 完成率, owner: 运维部, table: tickets, where: type == "incident", period_by: created_at,
         value: share(sla_met), target: ">= 90%"}
  count: {name: 投诉数, table: tickets, where: type == "complaint", period_by: created_at, value: count(),
          target: "< 5"}
  spent: {name: 用时, table: tickets, period_by: created_at, value: mean(resolve_minutes)}
  score: {name: 满意度, table: surveys, period_by: submitted_at, value: mean(score), target: ">= 4.5"}"""
ROOM = ("plan", "project", "indicator", "period")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """One project misses, one passes, nobody handed in surveys."""
    made = Desk(tmp_path)
    rows = [*incidents(8, 2, 项目名称="甲"), *incidents(9, 1, 项目名称="乙"), complaint(项目名称="甲")]
    made.tickets(*({**row, "解决分钟": "7.25"} for row in rows))
    made.write("plan.yaml", plan(INDICATORS))
    return made


def metrics(desk: Desk, *options: str) -> dict[Series, float]:
    return read(desk.run("score", "-q", "-f", "openmetrics", *options, plan=desk.folder / "plan.yaml").printed)


def of(found: dict[Series, float], name: str, *labels: str) -> dict[tuple[str, ...], float]:
    """Give a metric's samples by some of their labels."""
    return {
        tuple(dict(series[1])[label] for label in labels): value for series, value in found.items() if series[0] == name
    }


def test_figures_are_those_of_the_json(desk: Desk) -> None:
    found = metrics(desk)
    results = desk.score(plan=desk.folder / "plan.yaml").card["results"]
    keys = [tuple(each[name] for name in ROOM[1:]) for each in results]
    for field in ("value", "numerator", "denominator", "headroom"):
        wanted = {key: each[field] for key, each in zip(keys, results, strict=True) if each[field] is not None}
        assert of(found, f"opskpi_{field}", *ROOM[1:]) == wanted
    assert of(found, "opskpi_value", "project", "indicator", "unit")["甲", "rate", "ratio"] == 0.8
    assert of(found, "opskpi_numerator", "indicator", "project")["spent", "甲"] == 79.75  # eleven times 7.25


def test_a_target_is_met_missed_or_not_judged(desk: Desk) -> None:
    """Nothing is known of satisfaction, and the time spent has no target: neither has a sample."""
    found = metrics(desk)
    assert of(found, "opskpi_target_met", "project", "indicator") == {
        ("甲", "rate"): 0, ("乙", "rate"): 1, ("甲", "count"): 1, ("乙", "count"): 1,
    }  # fmt: skip
    assert of(found, "opskpi_target_low", "project", "indicator")["甲", "rate"] == 0.9
    assert of(found, "opskpi_target_high", "project", "indicator") == {("甲", "count"): 5, ("乙", "count"): 5}
    assert ("甲", "score") not in of(found, "opskpi_value", "project", "indicator")
    assert not any(math.isnan(value) for value in found.values())


def test_one_verdict_of_eight_is_one(desk: Desk) -> None:
    verdicts = of(metrics(desk), "opskpi_verdict", "project", "indicator", "verdict")
    mine = {
        name: value for (project, indicator, name), value in verdicts.items() if (project, indicator) == ("甲", "rate")
    }
    assert mine == {**dict.fromkeys(mine, 0), "fail": 1}
    assert len(mine) == 8
    assert verdicts["乙", "score", "no_data"] == 1


def test_the_run_is_told_once(desk: Desk) -> None:
    """The first of January 2017 in Shanghai is 1483200000; ten tickets of each project, and a complaint."""
    found = metrics(desk)
    assert of(found, "opskpi_as_of_timestamp_seconds", "plan", "period") == {("试验计划", "2016"): 1483200000}
    assert of(found, "opskpi_input_rows", "plan") == {("试验计划",): 21}
    assert of(found, "opskpi_input_rows_rejected", "plan") == {("试验计划",): 0}
    assert set(of(found, "opskpi_info", "counting")) == {("1",)}
    assert of(found, "opskpi_result_info", "project", "indicator", "name", "owner", "target")[
        "甲", "rate", "完成率", "运维部", ">= 90%"
    ]


def test_a_series_of_months_adds_no_samples(desk: Desk) -> None:
    """Prometheus has a time axis of its own: months would be other series every month."""
    assert metrics(desk, "--by", "month") == metrics(desk)


def test_every_series_names_its_plan_so_that_two_files_stand_side_by_side(desk: Desk) -> None:
    """A node exporter refuses all files where two of them have a series in common."""
    one = metrics(desk)
    text = (desk.folder / "plan.yaml").read_text(encoding="utf-8")
    desk.write("plan.yaml", text.replace("plan: 试验计划", "plan: 另一计划"))
    assert not one.keys() & metrics(desk).keys()


def test_help_is_the_same_in_every_language(desk: Desk) -> None:
    """Other help for the same metric in another file would be an error, too."""
    assert metrics(desk, "--lang", "zh") == metrics(desk, "--lang", "en")
    texts = [
        desk.run("score", "-q", "-f", "openmetrics", "--lang", each, plan=desk.folder / "plan.yaml").printed
        for each in ("zh", "en")
    ]
    assert texts[0] == texts[1]


def test_labels_come_back_as_they_were(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    names = ['a"b', "a\\b", "a\\nb", 'x"} 1\nopskpi_evil{a="b"} 1', "x # EOF", "甲\u2028乙"]
    desk.tickets(*(row for name in names for row in incidents(1, 1, 项目名称=name)))
    desk.write("plan.yaml", plan(INDICATORS))
    found = metrics(desk)
    projects = {each["project"] for each in json.loads(desk.score(plan=desk.folder / "plan.yaml").printed)["results"]}
    assert {name for (name,) in of(found, "opskpi_value", "project")} == projects
    assert {*names[:3], names[4]} <= projects
    assert not any("evil" in series[0] for series in found)


def test_the_official_parser_reads_it_too(desk: Desk) -> None:
    parser = pytest.importorskip("prometheus_client.openmetrics.parser")
    text = desk.run("score", "-q", "-f", "openmetrics", plan=desk.folder / "plan.yaml").printed
    theirs = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in parser.text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert theirs == read(text)
