"""Two scorecards compared: what turned, the rows and rules behind it, and that the account adds up."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opskpi.archive.reading import read_card
from past_desk import PLAN, ROWS, Desk, Row, groups, named, ticket

Run = Callable[..., Result]


@pytest.fixture
def desk(tmp_path: Path, opskpi: Run) -> Desk:
    return Desk(tmp_path, opskpi)


@pytest.fixture
def compared(desk: Desk) -> Callable[..., dict[str, Any]]:
    """Compare the desk's rows and plan with others."""

    def compare(rows: tuple[Row, ...] = ROWS, *words: str, plan: str = PLAN, **files: str) -> dict[str, Any]:
        return desk.diff(desk.score("old"), desk.score("new", rows, *words, plan=plan, **files))

    return compare


def without(*ids: str) -> tuple[Row, ...]:
    return tuple(row for row in ROWS if row[1] not in ids)


def test_the_same_is_the_same(desk: Desk) -> None:
    found = desk.diff(desk.score("old"), desk.score("new"))
    assert found["same"]
    assert (found["results"], found["rules"], found["circumstances"]) == ([], [], [])
    assert found["compared"] == 4  # two projects, two indicators


def test_a_row_more(compared: Callable[..., dict[str, Any]]) -> None:
    change = named(compared((*ROWS, ticket("N5", late=True))))
    # 2 of 4 in time become 2 of 5: below 50 %
    assert (change["old"]["numerator"], change["old"]["denominator"]) == (2, 4)
    assert (change["new"]["numerator"], change["new"]["denominator"]) == (2, 5)
    assert (change["change"], change["old"]["verdict"], change["new"]["verdict"]) == ("turned", "pass", "fail")
    assert groups(change) == {"added": (["N5"], 0, 1)}
    (row,) = change["rows"][0]["groups"][0]["rows"]
    assert row == {
        "id": "N5",
        "old": None,
        "new": {"state": "missed", "reason": None, "value": None, "file": "tickets.csv", "sheet": None, "row": 8},
    }


def test_a_row_less(compared: Callable[..., dict[str, Any]]) -> None:
    change = named(compared(without("N1")))
    assert groups(change) == {"removed": (["N1"], -1, -1)}
    assert change["change"] == "turned"  # 1 of 3


def test_an_edited_row(compared: Callable[..., dict[str, Any]]) -> None:
    rows = tuple(ticket("N3") if row[1] == "N3" else row for row in ROWS)
    change = named(compared(rows))
    assert groups(change) == {"edited": (["N3"], 1, 0)}
    assert change["change"] == "moved"  # 2 of 4, then 3 of 4: met both times


def test_several_at_once_add_up(compared: Callable[..., dict[str, Any]]) -> None:
    rows = (*without("N1"), ticket("N5"), ticket("N6", late=True), ticket("N7", status="cancelled"))
    rows = tuple(ticket("N4") if row[1] == "N4" else row for row in rows)
    change = named(compared(rows))
    assert groups(change) == {
        "added": (["N5", "N6", "N7"], 1, 2),
        "removed": (["N1"], -1, -1),
        "edited": (["N4"], 1, 0),
    }
    assert (change["rows"][0]["numerator"], change["rows"][0]["denominator"]) == (1, 1)  # 2/4 became 3/5
    assert change["rows"][0]["unexplained"] == {"numerator": 0, "denominator": 0}


def test_other_rows_behind_the_same_figure(desk: Desk, opskpi: Run) -> None:
    old, new = desk.score("old"), desk.score("new", (*without("N1"), ticket("N5")))
    change = named(desk.diff(old, new))
    assert change["change"] == "behind"
    assert groups(change) == {"added": (["N5"], 1, 1), "removed": (["N1"], -1, -1)}
    assert "The same figure, other rows behind it (1)" in opskpi("diff", old, new, "--lang", "en").stdout


def test_an_edit_that_makes_no_difference_is_not_named(compared: Callable[..., dict[str, Any]]) -> None:
    rows = tuple(ticket("N1", resolved_at="2016-03-09 11:30") if row[1] == "N1" else row for row in ROWS)
    found = compared(rows)
    assert found["same"]
    assert [each["what"] for each in found["circumstances"]] == ["input"]


def test_a_row_that_is_left_out_now(compared: Callable[..., dict[str, Any]]) -> None:
    rows = tuple(ticket("N3", late=True, status="cancelled") if row[1] == "N3" else row for row in ROWS)
    change = named(compared(rows))
    assert groups(change) == {"edited": (["N3"], 0, -1)}
    assert change["rows"][0]["groups"][0]["rows"][0]["new"]["reason"] == "cancelled"


def test_a_row_of_another_type_or_year_now(compared: Callable[..., dict[str, Any]]) -> None:
    changed = {"N1": ticket("N1", kind="request"), "N2": ticket("N2", created_at="2015-12-31 10:00")}
    change = named(compared(tuple(changed.get(row[1], row) for row in ROWS)))
    assert groups(change) == {"edited": (["N1", "N2"], -2, -2)}
    states = [row["new"]["state"] for row in change["rows"][0]["groups"][0]["rows"]]
    assert states == ["filtered", "out_of_period"]


def test_a_row_that_went_to_another_project(compared: Callable[..., dict[str, Any]]) -> None:
    rows = tuple(ticket("N3", late=True, project="South") if row[1] == "N3" else row for row in ROWS)
    found = compared(rows)
    assert groups(named(found)) == {"moved_out": (["N3"], 0, -1)}
    assert groups(named(found, "South")) == {"moved_in": (["N3"], 0, 1)}
    assert named(found)["rows"][0]["groups"][0]["rows"][0]["other_project"] == "South"


def test_a_row_that_is_rejected_now_and_the_other_way_round(desk: Desk) -> None:
    bad = tuple(ticket("N1", created_at="2016-02-30 10:00") if row[1] == "N1" else row for row in ROWS)
    old, new = desk.score("old"), desk.score("new", bad)
    assert groups(named(desk.diff(old, new))) == {"rejected": (["N1"], -1, -1)}
    assert groups(named(desk.diff(new, old))) == {"accepted": (["N1"], 1, 1)}


def test_an_id_that_stands_twice_and_differs_now(desk: Desk) -> None:
    twice = (*ROWS, ROWS[0])  # the same row again is kept once
    differing = (*ROWS, ticket("N1", late=True))
    found = desk.diff(desk.score("old", twice), desk.score("new", differing))
    assert groups(named(found)) == {"rejected": (["N1"], -1, -1)}


def test_a_row_that_only_time_turned(desk: Desk) -> None:
    still_open = (*ROWS, ticket("N5", status="in_progress", resolved_at="", resolve_due_at="2016-12-31 18:00"))
    old = desk.score("old", still_open, "--as-of", "2016-12-31 12:00")
    new = desk.score("new", still_open, "--as-of", "2017-01-01")
    found = desk.diff(old, new)
    change = named(found)
    assert groups(change) == {"as_of": (["N5"], 0, 1)}
    assert [each["what"] for each in found["circumstances"]] == ["as_of"]
    row = change["rows"][0]["groups"][0]["rows"][0]
    assert (row["old"]["state"], row["new"]["state"]) == ("pending", "missed")


class TestRules:
    """What is counted by unlike rules is said so, with what differs."""

    def test_a_target_is_no_rule(self, compared: Callable[..., dict[str, Any]]) -> None:
        found = compared(plan=PLAN.replace(">= 50%", ">= 60%"))
        change = named(found)
        assert (change["change"], change["comparable"]) == ("turned", True)
        assert change["causes"] == [{"what": "target", "name": None, "old": ">= 50%", "new": ">= 60%"}]
        assert found["rules"] == []

    def test_where(self, compared: Callable[..., dict[str, Any]]) -> None:
        found = compared(plan=PLAN.replace('type == "incident"', 'type in ("incident", "complaint")'))
        (rule,) = found["rules"]
        assert rule["indicator"] == "solved"
        assert rule["causes"] == [
            {
                "what": "setting",
                "name": "where",
                "old": 'type == "incident"',
                "new": 'type in ("incident", "complaint")',
            }
        ]
        change = named(found)
        assert not change["comparable"]
        # nothing was edited: the complaint is judged under the other rule
        assert groups(change) == {"rule": (["C1"], 1, 1)}

    def test_no_difference_is_given_as_progress(self, desk: Desk, opskpi: Run) -> None:
        old = desk.score("old")
        new = desk.score("new", plan=PLAN.replace('type == "incident"', 'type in ("incident", "complaint")'))
        said = opskpi("diff", old, new, "--lang", "zh").stdout
        (line,) = (line for line in said.splitlines() if line.startswith("  North · Solved"))
        assert "百分点" not in line
        assert "    口径不同，不可比" in said.splitlines()
        assert '    where：type == "incident" → type in ("incident", "complaint")' in said.splitlines()

    def test_a_limit(self, desk: Desk) -> None:
        plan = PLAN.replace('type == "incident"', 'type == "problem"')
        rows = (ticket("P1", kind="problem", resolved_at="2016-03-11 09:30", resolve_due_at=""), *ROWS)
        # 10:00 to 18:00 on the 9th, the 10th is off, half an hour on the 11th: 8.5 hours
        old = desk.score("old", rows, plan=plan)
        new = desk.score("new", rows, plan=plan.replace("resolve: 8h", "resolve: 9h"))
        found = desk.diff(old, new)
        assert [each["what"] for rule in found["rules"] for each in rule["causes"]] == ["limits"]
        change = named(found)
        assert (change["change"], change["comparable"]) == ("turned", False)
        assert groups(change) == {"rule": (["P1"], 1, 0)}

    def test_a_day_off(self, desk: Desk) -> None:
        plan = PLAN.replace('type == "incident"', 'type == "problem"').replace("resolve: 8h", "resolve: 9h")
        rows = (ticket("P1", kind="problem", resolved_at="2016-03-11 09:30", resolve_due_at=""), *ROWS)
        old = desk.score("old", rows, plan=plan)
        # 8 hours on the 9th, and the 9th hour ends on the 10th, no longer on the 11th
        new = desk.score("new", rows, plan=plan.replace("2016-03-10", "2016-03-14"))
        found = desk.diff(old, new)
        causes = [(each["what"], each["name"]) for each in found["rules"][0]["causes"]]
        assert causes == [("calendar", "desk")]
        assert groups(named(found)) == {"rule": (["P1"], -1, 0)}

    def test_official_days_alone(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        from opskpi.counting import calendars
        from opskpi.worktime.official import Official

        plan = PLAN.replace('type == "incident"', 'type == "problem"')
        rows = (ticket("P1", kind="problem", resolve_due_at=""), *ROWS)
        old = desk.score("old", rows, plan=plan)
        monkeypatch.setattr(calendars, "official_days", lambda *_: Official())
        found = desk.diff(old, desk.scored("new", rows, plan=plan))
        # the rule's hash is the same, the figure too; the complaints are not judged by a clock
        assert [(rule["indicator"], rule["causes"][0]["what"]) for rule in found["rules"]] == [("solved", "calendar")]
        assert not found["same"]

    def test_a_card_that_says_nothing_of_its_rules(self, desk: Desk) -> None:
        old = desk.score("old")
        document = json.loads(old.read_text())
        for name in ("rules", "calendars", "rows"):
            del document[name]
        old.write_text(json.dumps(document))
        new = desk.score("new", plan=PLAN.replace("cancelled: status", "gone: status"))
        found = desk.diff(old, new)
        assert [each["what"] for rule in found["rules"] for each in rule["causes"]] == ["rule_unknown"]


def test_a_waiver(compared: Callable[..., dict[str, Any]]) -> None:
    waiver = "{project: North, indicator: solved, reason: moved, approved_by: Li, until: 2016-12-31}"
    change = named(compared(plan=f"{PLAN}waivers:\n  - {waiver}\n"))
    assert (change["old"]["verdict"], change["new"]["verdict"]) == ("pass", "waived")
    assert change["causes"] == [{"what": "waiver", "name": None, "old": None, "new": "moved (Li, 2016-12-31)"}]


def test_what_judges_changed(compared: Callable[..., dict[str, Any]]) -> None:
    rows = tuple(ticket(f"N{at}", resolve_due_at="") for at in range(1, 5))
    change = named(compared(rows))
    assert [(each["what"], each["new"]) for each in change["causes"]] == [("judged_by", None)]


def test_a_project_more_and_one_less(compared: Callable[..., dict[str, Any]]) -> None:
    rows = tuple(ticket("E1", project="East") if row[1] == "S1" else row for row in ROWS)
    found = compared(rows)
    kinds = {(each["project"], each["indicator"]): each["change"] for each in found["results"]}
    assert kinds == {
        ("East", "solved"): "come",
        ("East", "complaints"): "come",
        ("South", "solved"): "gone",
        ("South", "complaints"): "gone",
    }


def test_nil_returns_and_inputs_are_told(compared: Callable[..., dict[str, Any]]) -> None:
    more = "project,survey_id,submitted_at,score\nNorth,1,2016-03-09,5\n"
    found = compared(ROWS, "--nil", "complaints", surveys=more)
    said = {each["what"]: (each["name"], each["old"], each["new"]) for each in found["circumstances"]}
    assert said["nil"] == (None, None, "complaints")
    assert said["input"][:2] == ("surveys.csv", None)


SURVEYS = """\
plan: Desk
period: 2016
timezone: Asia/Shanghai
indicators:
  satisfaction:
    name: Satisfaction
    table: surveys
    scale: 1-5
    period_by: submitted_at
    value: mean(score)
    target: ">= 4"
  unhappy:
    name: Unhappy per ticket
    terms:
      low: {table: surveys, where: score <= 2, period_by: submitted_at, value: count()}
      all: {table: tickets, period_by: created_at, value: count()}
    value: low / all
    target: "<= 50%"
"""
ANSWERS = "project,submitted_at,score,responses\nNorth,2016-03-09,5,1\nNorth,2016-03-09,5,1\nNorth,2016-04-01,2,3\n"


def test_rows_without_ids_are_known_by_their_cells(desk: Desk) -> None:
    old = desk.score("old", plan=SURVEYS, surveys=ANSWERS)
    # one of two alike is gone, 2 became 3, and everything stands in another order
    new = desk.score(
        "new",
        plan=SURVEYS,
        surveys="project,submitted_at,score,responses\nNorth,2016-04-01,3,3\nNorth,2016-03-09,5,1\n",
    )
    change = named(desk.diff(old, new), indicator="satisfaction")
    assert (change["old"]["numerator"], change["old"]["denominator"]) == (16, 5)
    assert (change["new"]["numerator"], change["new"]["denominator"]) == (14, 4)
    assert groups(change) == {"added": ([None], 9, 3), "removed": ([None, None], -11, -4)}
    places = [row["old"]["row"] for row in change["rows"][0]["groups"][1]["rows"]]
    assert places == [3, 4]


def test_terms_each_have_their_account(desk: Desk) -> None:
    old = desk.score("old", plan=SURVEYS, surveys=ANSWERS)
    new = desk.score(
        "new", without("N4"), plan=SURVEYS, surveys=ANSWERS.replace(",5,1\nNorth,2016-04", ",1,1\nNorth,2016-04")
    )
    change = named(desk.diff(old, new), indicator="unhappy")
    assert groups(change, "low") == {"added": ([None], 1, None)}
    assert groups(change, "all") == {"removed": (["N4"], -1, None)}


def test_a_median_names_its_rows_and_adds_nothing_up(desk: Desk) -> None:
    plan = SURVEYS.replace("mean(score)", "median(score)")
    answers = "project,survey_id,submitted_at,score\nNorth,A,2016-03-09,5\nNorth,B,2016-03-09,4\nNorth,C,2016-03-09,2\n"
    old = desk.score("old", plan=plan, surveys=answers)
    new = desk.score("new", plan=plan, surveys=answers.replace("B,2016-03-09,4", "B,2016-03-09,3"))
    change = named(desk.diff(old, new), indicator="satisfaction")
    assert groups(change) == {"edited": (["B"], None, None)}
    assert change["change"] == "turned"


def test_months_are_compared_month_by_month(desk: Desk) -> None:
    rows = (*ROWS, ticket("N9", created_at="2016-05-03 10:00", resolved_at="", status="cancelled"))
    old = desk.score("old", rows, "--by", "quarter")
    new = desk.score("new", (*rows, ticket("N5", late=True)), "--by", "quarter")
    found = desk.diff(old, new)
    changed = {(each["new"]["period"], each["change"]) for each in found["results"]}
    assert changed == {("2016", "turned"), ("2016-Q1", "turned")}
    assert found["periods"] == ["2016", "2016-Q1", "2016-Q2", "2016-Q3", "2016-Q4"]


def test_a_month_is_found_in_a_year(desk: Desk) -> None:
    month = desk.score("month", ROWS, "--period", "2016-03")
    year = desk.score("year", (*ROWS, ticket("N5", late=True)), "--by", "month")
    found = desk.diff(month, year)
    assert not found["in_time"]
    assert [
        (each["old"]["period"], each["new"]["denominator"]) for each in found["results"] if each["change"] == "turned"
    ] == [("2016-03", 5)]
    assert "keeps the rows of its whole period" in found["notes"][0]


def test_two_months_are_compared_in_time(desk: Desk) -> None:
    rows = (
        *ROWS,
        ticket("N5", created_at="2016-04-01 10:00", resolved_at="2016-04-01 12:30", resolve_due_at="2016-04-01 12:00"),
    )
    found = desk.diff(
        desk.score("march", rows, "--period", "2016-03"), desk.score("april", rows, "--period", "2016-04")
    )
    assert found["in_time"]
    change = named(found)
    assert (change["old"]["period"], change["new"]["period"], change["change"]) == ("2016-03", "2016-04", "turned")
    assert change["rows"] == []


def test_cards_without_rows_say_that_only_bundles_have_them(
    desk: Desk, opskpi: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opskpi import renderers

    monkeypatch.setitem(renderers.ROWS, "json", 5)
    card = desk.scored("old")  # six rows
    assert json.loads(card.read_text())["rows"] is None
    monkeypatch.undo()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1496275200")
    other = desk.score("new", without("N1"))
    found = desk.diff(card, other)
    assert "old.json: no rows are kept there" in found["notes"][0]
    assert named(found)["rows"] == []
    assert "bundle" in opskpi("diff", card, other, "--lang", "en").stdout


def test_bundles_name_their_rows(desk: Desk, opskpi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where there are more of them than a card keeps."""
    from opskpi.renderers import rows

    monkeypatch.setattr(rows, "MOST_IN_CARD", 2)
    for name, tickets in (("old", ROWS), ("new", without("N1"))):
        folder = desk.written(name, tickets)
        words = folder / "tickets.csv", "-t", folder / "plan.yaml", "--bundle", desk.folder / f"{name}.zip", "-q"
        assert opskpi("score", *words).exit_code in (0, 1)
    old, new = desk.folder / "old.zip", desk.folder / "new.zip"
    assert read_card(old).document.rows is None
    assert groups(named(desk.diff(old, new))) == {"removed": (["N1"], -1, -1)}


def test_damaged_rows_are_refused(desk: Desk, opskpi: Run) -> None:
    old, new = desk.score("old"), desk.score("new")
    document = json.loads(new.read_text())
    document["rows"]["tables"]["tickets"]["project"][0] = 9
    new.write_text(json.dumps(document))
    result = opskpi("diff", old, new, "--lang", "en")
    assert result.exit_code == 2
    assert "damaged at rows" in result.stderr


@pytest.mark.parametrize("bad", ["tickets.csv", "none.json"])
def test_what_is_no_card_ends_with_2_and_one_sentence(desk: Desk, opskpi: Run, bad: str) -> None:
    old = desk.score("old")
    (desk.folder / "tickets.csv").write_text("project,ticket_id\n")
    result = opskpi("diff", old, desk.folder / bad)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1


def test_it_is_written_to_a_file_in_its_format(desk: Desk, opskpi: Run) -> None:
    old, new = desk.score("old"), desk.score("new", without("N1"))
    target = desk.folder / "diff.md"
    assert opskpi("diff", old, new, "-o", target).exit_code == 1
    assert target.read_text(encoding="utf-8").startswith("# Scorecards compared: old.json → new.json\n")
    before = new.read_bytes()
    assert opskpi("diff", old, new, "-o", new).exit_code == 2
    assert new.read_bytes() == before
    assert opskpi("diff", old, new, "-o", desk.folder / "diff.html").exit_code == 2


def test_people_read_the_first_rows_and_how_many_more(desk: Desk, opskpi: Run) -> None:
    more = tuple(ticket(f"L{at}", late=True) for at in range(8))
    said = opskpi("diff", desk.score("old"), desk.score("new", (*ROWS, *more)), "--lang", "en").stdout.splitlines()
    at = said.index("    8 row(s) added: numerator ±0, denominator +8")
    assert said[at + 1] == "      L0  missed  tickets.csv!8"
    assert said[at + 6] == "      and 3 more"
    assert "  North · Solved in time (2016): 50.0% (2/4) met → 16.7% (2/12) MISSED, -33.3 points" in said


_KINDS = st.sampled_from(("incident", "complaint"))
_TICKETS = st.dictionaries(
    st.sampled_from([f"T{at}" for at in range(7)]),
    st.tuples(st.sampled_from(("North", "South")), _KINDS, st.booleans(), st.sampled_from(("closed", "cancelled"))),
    min_size=1,
    max_size=7,
)


def _rows(tickets: dict[str, tuple[str, str, bool, str]]) -> tuple[Row, ...]:
    always = tuple(ticket(f"A{name}", project=name) for name in ("North", "South"))  # both are on every card
    return (
        *always,
        *(
            ticket(row_id, project=project, kind=kind, late=late, status=status)
            for row_id, (project, kind, late, status) in tickets.items()
        ),
    )


def _part(ticket: tuple[str, str, bool, str] | None, project: str) -> tuple[str, int, int]:
    """Say what a ticket is to a project's rate, and what it adds."""
    if ticket is None or ticket[0] != project or ticket[1] != "incident":
        return "", 0, 0
    if ticket[3] == "cancelled":
        return "excluded", 0, 0
    return ("missed", 0, 1) if ticket[2] else ("met", 1, 1)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TICKETS, _TICKETS)
def test_any_two_exports_are_told_apart_row_by_row(
    tmp_path_factory: pytest.TempPathFactory,
    opskpi: Run,
    old: dict[str, tuple[str, str, bool, str]],
    new: dict[str, tuple[str, str, bool, str]],
) -> None:
    desk = Desk(tmp_path_factory.mktemp("any"), opskpi)
    found = desk.diff(desk.scored("old", _rows(old)), desk.scored("new", _rows(new)))
    for project in ("North", "South"):
        before, after = ({row_id: _part(each.get(row_id), project) for row_id in {*old, *new}} for each in (old, new))
        changed = {row_id for row_id in before if before[row_id] != after[row_id]}
        accounts = [
            account
            for change in found["results"]
            if (change["project"], change["indicator"]) == (project, "solved")
            for account in change["rows"]
        ]
        rows = [row["id"] for account in accounts for group in account["groups"] for row in group["rows"]]
        assert sorted(rows) == sorted(changed)
        for account in accounts:
            above = sum(after[row_id][1] - before[row_id][1] for row_id in changed)
            below = sum(after[row_id][2] - before[row_id][2] for row_id in changed)
            assert (account["numerator"], account["denominator"]) == (above, below)
            assert sum(group["numerator"] for group in account["groups"]) == above
            assert sum(group["denominator"] for group in account["groups"]) == below
            assert account["unexplained"] == {"numerator": 0, "denominator": 0}
