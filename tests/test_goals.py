"""Targets that differ: by day, for a group of projects, for one project; the nearest that is said holds."""

from pathlib import Path
from typing import Any

import pytest

from rulebook import Desk, Outcome, incidents, plan
from test_plan import mistakes

RATE = """  rate:
    name: 完成率
    table: tickets
    period_by: created_at
    value: share(sla_met)
    target: {target}
"""
BANK, STORE, HALL = "某银行", "某商场", "某大厅"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Three projects with 9 of 10 in time: 90 %."""
    made = Desk(tmp_path)
    made.tickets(*(row for name in (BANK, STORE, HALL) for row in incidents(9, 1, 项目名称=name)))
    return made


def targets(outcome: Outcome) -> dict[str, tuple[Any, Any]]:
    """Give each project's target and verdict."""
    return {each["project"]: (each["target"], each["verdict"]) for each in outcome.card["results"]}


def score(desk: Desk, target: str, more: str = "", *options: str) -> Outcome:
    """Score by a plan of one rate."""
    return desk.score(*options, plan=desk.write("plan.yaml", plan(RATE.format(target=target), more=more)))


class TestByDay:
    """The target that holds at the period's start judges all of it, and a change inside is said."""

    DATED = '{2016-01-01: ">= 90%", 2016-07-01: ">= 95%"}'

    def test_the_year_is_judged_by_its_first_days_target(self, desk: Desk) -> None:
        outcome = score(desk, self.DATED)

        assert targets(outcome)[BANK] == (">= 90%", "pass")
        assert outcome.card["results"][0]["target_changes"] == [{"from": "2016-07-01", "target": ">= 95%"}]
        assert (
            "changes on 2016-07-01 from >= 90% to >= 95% (all projects; the plan's changes say nothing of it)"
            in outcome.notes
        )

    @pytest.mark.parametrize(
        ("period", "expected"),
        [("2016-03", (">= 90%", "pass")), ("2016-H1", (">= 90%", "pass")), ("2016-07", (">= 95%", "no_data"))],
    )
    def test_a_part_has_the_target_of_its_own_start(self, desk: Desk, period: str, expected: tuple[str, str]) -> None:
        outcome = score(desk, self.DATED, "", "--period", period)

        assert targets(outcome)[BANK] == expected
        assert outcome.card["results"][0]["target_changes"] == []

    def test_a_project_has_the_common_target_until_its_own_begins(self, desk: Desk) -> None:
        own = f'projects:\n  {BANK}: {{targets: {{rate: {{2016-03-01: ">= 99%"}}}}}}\n'

        assert targets(score(desk, '">= 90%"', own))[BANK] == (">= 90%", "pass")
        assert targets(score(desk, '">= 90%"', own, "--period", "2016-03"))[BANK] == (">= 99%", "fail")
        assert targets(score(desk, '">= 90%"', own, "--period", "2016-03"))[STORE] == (">= 90%", "pass")

    def test_a_contract_year_has_the_target_of_its_own_first_day(self, desk: Desk) -> None:
        """From February on: the second target judges it, and the third turns inside it."""
        dated = '{2016-01-01: ">= 80%", 2016-02-01: ">= 91%", 2017-02-01: ">= 95%"}'
        outcome = score(desk, dated, f"projects:\n  {BANK}: {{period: 2016-02..2017-03}}\n")

        assert targets(outcome)[BANK] == (">= 91%", "fail")
        assert targets(outcome)[STORE] == (">= 80%", "pass")
        assert outcome.pick("rate", "target_changes", project=BANK) == ([{"from": "2017-02-01", "target": ">= 95%"}],)

    def test_a_target_may_end(self, desk: Desk) -> None:
        ended = score(desk, '{2016-01-01: ">= 90%", 2016-03-01: ~}', "", "--period", "2016-03")

        assert targets(ended)[BANK] == (None, "no_target")


class TestGroups:
    """Project before group before indicator."""

    def test_the_nearest_wins(self, desk: Desk) -> None:
        more = f"""groups:
  金融: {{projects: [{BANK}, {STORE}], targets: {{rate: ">= 92%"}}}}
projects:
  {STORE}: {{targets: {{rate: ">= 80%"}}}}
"""
        outcome = score(desk, '">= 85%"', more)

        assert targets(outcome) == {
            BANK: (">= 92%", "fail"),
            STORE: (">= 80%", "pass"),
            HALL: (">= 85%", "pass"),
        }

    def test_a_group_without_projects_is_the_registers(self, desk: Desk) -> None:
        """And one that names a project is nearer than the register's group."""
        desk.put(
            "项目台账.csv",
            [
                {"项目名称": name, "项目分组": group}
                for name, group in ((BANK, "金融"), (STORE, "商业"), (HALL, "金融"))
            ],
        )
        more = f"""groups:
  金融: {{targets: {{rate: ">= 92%"}}}}
  重点: {{projects: [{HALL}], targets: {{rate: ">= 99%"}}}}
"""
        outcome = score(desk, '">= 85%"', more)

        assert {name: target for name, (target, _) in targets(outcome).items()} == {
            BANK: ">= 92%",
            STORE: ">= 85%",
            HALL: ">= 99%",
        }

    def test_a_project_of_a_group_that_no_row_names_is_said(self, desk: Desk) -> None:
        outcome = score(desk, '">= 85%"', "groups:\n  金融: [某银航]\n")

        assert targets(outcome)["某银航"][1] == "no_data"
        assert "the plan names project 某银航" in outcome.notes


HEAD = "plan: 计划\nperiod: 2016\nindicators:\n" + RATE.format(target='">= 90%"')


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (HEAD.replace('">= 90%"', '{2016-13-01: ">= 90%"}'), "9:14:", "no day"),
        (HEAD.replace('">= 90%"', '{2016-01-01: ">= 95"}'), "9:27:", "write percent"),
        (HEAD.replace('">= 90%"', "{2016-01-01: 95}"), "9:26:", 'write ">= 95" or "<= 95"'),
        (HEAD.replace('">= 90%"', "[1, 2]"), "9:13:", "a day and a text for each"),
        (HEAD + "groups:\n  甲: {targets: {rat: '< 5'}}\n", "11:17:", "did you mean rate?"),
        (HEAD + "groups:\n  甲: {targets: {rate: '>= 95'}}\n", "11:24:", "write percent"),
        (
            HEAD + "groups:\n  甲: {projects: [某行], targets: {rate: '>= 95%'}}\n"
            "  乙: {projects: [丙, 某行], targets: {rate: '>= 99%'}}\n",
            "12:21:",
            "某行 is in the group 甲, too",
        ),
    ],
)
def test_a_slip_gets_the_sentence_that_helps(text: str, place: str, words: str) -> None:
    said = " ".join(mistakes(text))
    assert f"plan.yaml:{place}" in said
    assert words in said


def test_two_groups_that_name_one_project_by_two_names_are_refused(desk: Desk) -> None:
    """The plan alone cannot see it where the register knows the alias."""
    desk.put(
        "项目台账.csv",
        [{"项目名称": name, "别名": alias} for name, alias in ((BANK, "BANK"), (STORE, ""), (HALL, ""))],
    )
    more = f"""groups:
  甲: {{projects: [{BANK}], targets: {{rate: ">= 92%"}}}}
  乙: {{projects: [bank], targets: {{rate: ">= 99%"}}}}
"""
    outcome = score(desk, '">= 85%"', more)

    assert outcome.exit_code == 2
    assert f"{BANK} 同时属于分组 甲" in outcome.said
