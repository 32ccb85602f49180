"""Runs held against earlier scorecards: 环比 and 同比, months that were restated, and only what turned."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from opskpi.archive.comparing import earlier
from opskpi.model.periods import parse_period, split
from past_desk import PLAN, Desk, Row, ticket

Run = Callable[..., Result]


def month(number: int, met: int, missed: int, *, year: int = 2016) -> tuple[Row, ...]:
    """Make incidents of one month, some in time and some late."""
    return tuple(
        ticket(
            f"{year}-{number}-{at}",
            created_at=f"{year}-{number:02}-09 10:00",
            resolved_at=f"{year}-{number:02}-09 {11 if at < met else 13}:00",
            resolve_due_at=f"{year}-{number:02}-09 12:00",
        )
        for at in range(met + missed)
    )


#: 9 of 10 in May, 8 of 10 in June.
ROWS = (*month(5, 9, 1), *month(6, 8, 2))
WIDE = PLAN.replace("period: 2016", "period: 2015..2016")


@pytest.fixture
def desk(tmp_path: Path, opskpi: Run) -> Desk:
    return Desk(tmp_path, opskpi)


def solved(card: Path, period: str) -> dict[str, Any]:
    results = json.loads(card.read_text(encoding="utf-8"))["results"]
    (found,) = (each for each in results if (each["indicator"], each["period"]) == ("solved", period))
    return dict(found)


def held(result: dict[str, Any]) -> dict[str, tuple[str, float | None, float | None]]:
    return {each["to"]: (each["period"], each["value"], each["change"]) for each in result.get("compared", ())}


class TestEarlierPeriods:
    """The period before has the same length; a year before is a year before."""

    @pytest.mark.parametrize(
        ("period", "before", "year_ago"),
        [
            ("2016-03", ("2016-02-01", "2016-02-29"), ("2015-03-01", "2015-03-31")),
            ("2016-01", ("2015-12-01", "2015-12-31"), ("2015-01-01", "2015-01-31")),
            ("2017-02", ("2017-01-01", "2017-01-31"), ("2016-02-01", "2016-02-29")),
            ("2016-Q1", ("2015-10-01", "2015-12-31"), ("2015-01-01", "2015-03-31")),
            ("2016-H2", ("2016-01-01", "2016-06-30"), ("2015-07-01", "2015-12-31")),
            ("2016", None, ("2015-01-01", "2015-12-31")),
            ("2016-01-11..2016-01-20", ("2016-01-01", "2016-01-10"), ("2015-01-11", "2015-01-20")),
        ],
    )
    def test_by_hand(self, period: str, before: tuple[str, str] | None, year_ago: tuple[str, str]) -> None:
        found = earlier(parse_period(period))
        days = {to: tuple(map(date.isoformat, each)) for to, each in found.items()}
        assert days == {"year_ago": year_ago} | ({"before": before} if before else {})

    def test_a_part_that_was_cut_has_no_like(self) -> None:
        first, second = split(parse_period("2016-01-15..2016-02-29"), "month")
        assert earlier(first) == {}
        assert earlier(second)["before"] == (date(2016, 1, 1), date(2016, 1, 31))


def test_a_month_against_the_month_before(desk: Desk) -> None:
    may = desk.score("may", ROWS, "--period", "2016-05")
    june = desk.score("june", ROWS, "--period", "2016-06", "--with", str(may))
    # 8/10 less 9/10
    assert held(solved(june, "2016-06")) == {"before": ("2016-05", 0.9, -0.1)}
    assert solved(june, "2016-06")["compared"][0]["file"] == "may.json"


def test_the_same_month_a_year_before_from_a_series(desk: Desk) -> None:
    rows = (*ROWS, *month(6, 5, 5, year=2015))
    last_year = desk.score("2015", rows, "--period", "2015", "--by", "month", plan=WIDE)
    june = desk.score("june", rows, "--period", "2016-06", "--with", str(last_year), plan=WIDE)
    assert held(solved(june, "2016-06")) == {"year_ago": ("2015-06", 0.5, 0.3)}


def test_a_series_is_held_against_itself_where_cards_are_asked_for(desk: Desk) -> None:
    may = desk.score("may", ROWS, "--period", "2016-05")
    year = desk.score("year", ROWS, "--by", "month", "--with", str(may))
    assert held(solved(year, "2016-06")) == {"before": ("2016-05", 0.9, -0.1)}
    assert solved(year, "2016-06")["compared"][0]["file"] is None  # the run's own May
    assert held(solved(year, "2016-05")) == {"before": ("2016-04", None, None), "same": ("2016-05", 0.9, 0)}


def test_a_series_alone_is_as_it_was(desk: Desk) -> None:
    assert "compared" not in solved(desk.score("year", ROWS, "--by", "month"), "2016-06")


def test_bundles_are_taken_too(desk: Desk) -> None:
    may = desk.bundled(desk.score("may", ROWS, "--period", "2016-05"))
    june = desk.score("june", ROWS, "--period", "2016-06", "--with", str(may))
    assert held(solved(june, "2016-06")) == {"before": ("2016-05", 0.9, -0.1)}


def test_unlike_rules_are_not_compared(desk: Desk, opskpi: Run) -> None:
    may = desk.score("may", ROWS, "--period", "2016-05", plan=PLAN.replace("cancelled: status", "gone: status"))
    june = desk.scored("june", ROWS, "--period", "2016-06", "--with", str(may))
    (other,) = solved(june, "2016-06")["compared"]
    assert (other["value"], other["change"]) == (0.9, None)
    assert other["unlike"] == ["setting exclude.gone", "setting exclude.cancelled"]
    exports = june.with_suffix("") / "tickets.csv", "-t", june.with_suffix("") / "plan.yaml"
    said = opskpi("score", *exports, "--period", "2016-06", "--with", may, "--lang", "zh").stdout
    assert "Solved in time · 环比 2016-05：口径不同（exclude.gone、exclude.cancelled），不可比" in said
    assert "-10.0 个百分点" not in said


class TestRestated:
    """What an earlier card said of a period that had ended, and is another figure now."""

    def test_a_month(self, desk: Desk) -> None:
        may = desk.score("may", ROWS, "--period", "2016-05")
        later = (*ROWS, *month(5, 11, 1)[10:])  # an eleventh in time, a twelfth late
        year = desk.score("year", later, "--by", "month", "--with", str(may))
        same = next(each for each in solved(year, "2016-05")["compared"] if each["to"] == "same")
        assert (same["restated"], same["value"], same["file"]) == (True, 0.9, "may.json")
        assert solved(year, "2016-05")["value"] == pytest.approx(10 / 12)

    def test_what_was_not_over_then_is_not_restated(self, desk: Desk) -> None:
        may = desk.score("may", ROWS[:6], "--period", "2016-05", "--as-of", "2016-05-20")
        year = desk.score("year", ROWS, "--by", "month", "--with", str(may))
        same = next(each for each in solved(year, "2016-05")["compared"] if each["to"] == "same")
        assert (same["restated"], same["value"]) == (False, 1)

    def test_a_card_judged_later_says_nothing_before(self, desk: Desk) -> None:
        still_open = ticket(
            "O", status="in_progress", resolved_at="", created_at="2016-05-31 10:00", resolve_due_at="2016-06-02 10:00"
        )
        year = desk.score("year", (*ROWS, still_open), "--by", "month")
        may = desk.score("may", (*ROWS, still_open), "--period", "2016-05", "--with", str(year))
        (same,) = (each for each in solved(may, "2016-05")["compared"] if each["to"] == "same")
        assert (same["denominator"], same["restated"]) == (11, False)

    def test_it_is_signed_in_every_format(self, desk: Desk, opskpi: Run) -> None:
        may = desk.score("may", ROWS, "--period", "2016-05")
        folder = desk.written("year", (*ROWS, *month(5, 11, 1)[10:]))
        files = [folder / f"card.{suffix}" for suffix in ("md", "html", "csv", "xlsx")]
        outputs = [word for file in files for word in ("-o", file)]
        words = folder / "tickets.csv", "-t", folder / "plan.yaml", "--by", "month", "--with", may, "--lang", "zh"
        result = opskpi("score", *words, *outputs, "-f", "md", "--full")
        line = "North · Solved in time（2016-05）：83.3% (10/12) 达标  修订：原为 90.0% (9/10) 达标（may.json）"
        assert line in result.stdout
        assert "83.3%（修订）" in result.stdout
        assert line in files[1].read_text(encoding="utf-8")
        rows = list(csv.DictReader(io.StringIO(files[2].read_text(encoding="utf-8-sig"))))
        signed = [(row["period"], row["restated_from"]) for row in rows if row["restated_from"]]
        assert signed == [("2016-05", "0.9")]
        assert "2016-05 修订：原为 90.0% (9/10) 达标（may.json）" in _texts(files[3])


def _texts(book: Path) -> str:
    with zipfile.ZipFile(book) as archive:
        return archive.read("xl/sharedStrings.xml").decode("utf-8")


class TestWords:
    """Changes as people read them."""

    @pytest.mark.parametrize(
        ("before", "after", "unit", "said"),
        [
            ("9/10", "8/10", "ratio", "-10.0 points"),
            ("89/100", "8901/10000", "ratio", "+0.01 points"),
            ("9/10", "9/10", "ratio", "no change"),
            ("4", "5", "count", "+1 (+25.0%)"),
            ("0", "3", "count", "+3"),
            ("9/2", "23/5", "score", "+0.10 (+2.2%)"),
            ("30", "45/2", "minutes", "-7.50 min (-25.0%)"),
        ],
    )
    def test_by_hand(self, before: str, after: str, unit: str, said: str) -> None:
        from fractions import Fraction

        from opskpi.renderers.changes import change_text

        assert change_text(Fraction(before), Fraction(after), unit).text("en") == said

    def test_the_terminal_has_a_table_for_each_earlier_period(self, desk: Desk, opskpi: Run) -> None:
        may = desk.score("may", ROWS, "--period", "2016-05")
        june = desk.written("june", ROWS)
        words = june / "tickets.csv", "-t", june / "plan.yaml", "--period", "2016-06", "--with", may
        lines = opskpi("score", *words, "--lang", "en").stdout.splitlines()
        at = lines.index("against 2016-05 (period before)")
        assert lines[at + 3].split(maxsplit=1)[0] == "North"
        assert "-10.0 points" in lines[at + 3]


class TestWrongCards:
    """A card that is of no use is said to be so."""

    def notes(self, desk: Desk, opskpi: Run, card: Path) -> str:
        june = desk.written("june", ROWS)
        words = june / "tickets.csv", "-t", june / "plan.yaml", "--period", "2016-06", "--with", card
        result = opskpi("score", *words, "--lang", "en")
        assert result.exit_code in (2, 4), result.stderr
        return result.stderr

    def test_another_plan(self, desk: Desk, opskpi: Run) -> None:
        may = desk.score("may", ROWS, "--period", "2016-05", plan=PLAN.replace("plan: Desk", "plan: Other"))
        assert "may.json is of another plan: Other" in self.notes(desk, opskpi, may)

    def test_no_project_in_common(self, desk: Desk, opskpi: Run) -> None:
        rows = tuple(("East", *row[1:]) for row in ROWS)
        may = desk.score("may", rows, "--period", "2016-05")
        assert "may.json has no indicator of any project in common" in self.notes(desk, opskpi, may)

    def test_a_period_of_no_use(self, desk: Desk, opskpi: Run) -> None:
        march = desk.score("march", ROWS, "--period", "2016-03")
        assert "march.json tells of 2016-03: neither the period before" in self.notes(desk, opskpi, march)

    def test_no_card_at_all(self, desk: Desk, opskpi: Run) -> None:
        assert "is no scorecard of opskpi" in self.notes(desk, opskpi, desk.written("x") / "tickets.csv")


class TestOnlyTurned:
    """Only what turned is shown; the exit code stays the run's own."""

    #: Turns in May (3 of 10) and back in June.
    ROWS = (*month(4, 9, 1), *month(5, 3, 7), *month(6, 8, 2))

    def run(self, desk: Desk, opskpi: Run, period: str, *words: str | Path) -> Result:
        folder = desk.written("now", self.ROWS)
        exports = folder / "tickets.csv", "-t", folder / "plan.yaml", "--period", period
        return opskpi("score", *exports, "--only", "turned", "--lang", "en", *words)

    def test_against_the_period_before(self, desk: Desk, opskpi: Run) -> None:
        april = desk.score("april", self.ROWS, "--period", "2016-04")
        result = self.run(desk, opskpi, "2016-05", "--with", april)
        assert result.exit_code == 1
        assert "North · Solved in time: 2016-05 30.0% MISSED, 2016-04 90.0% met" in result.stdout
        assert "Complaints" not in result.stdout

    def test_nothing_turned_is_one_line_and_the_runs_own_exit_code(self, desk: Desk, opskpi: Run) -> None:
        may = desk.score("may", self.ROWS, "--period", "2016-05")
        for words in ((), ("-f", "md"), ("-f", "wecom")):
            result = self.run(desk, opskpi, "2016-05", "--with", may, *words)
            assert (result.exit_code, result.stdout) == (1, "No verdict turned (against 2016-05)\n")

    def test_messages_tell_only_those(self, desk: Desk, opskpi: Run) -> None:
        april = desk.score("april", self.ROWS, "--period", "2016-04")
        said = self.run(desk, opskpi, "2016-05", "--with", april, "-f", "wecom").stdout
        assert "Solved in time: 2016-05 30.0% MISSED, 2016-04 90.0% met" in said
        assert "Complaints" not in said

    def test_the_same_period_of_the_card_comes_first(self, desk: Desk, opskpi: Run) -> None:
        better = (*month(4, 2, 8), *month(5, 9, 1))
        card = desk.score("card", better, "--period", "2016-04..2016-05", "--by", "month")
        result = self.run(desk, opskpi, "2016-05", "--with", card)
        # against April's miss nothing would have turned
        assert "North · Solved in time (2016-05): 30.0% MISSED, was 90.0% met" in result.stdout

    def test_a_series_has_its_own_periods_before(self, desk: Desk, opskpi: Run) -> None:
        result = self.run(desk, opskpi, "2016-Q2", "--by", "month")
        turned = [line.strip() for line in result.stdout.splitlines() if "Solved in time: 2016-0" in line]
        assert turned == [
            "North · Solved in time: 2016-05 30.0% MISSED, 2016-04 90.0% met",
            "North · Solved in time: 2016-06 80.0% met, 2016-05 30.0% MISSED",
        ]

    @pytest.mark.parametrize("words", [(), ("--by", "month")])
    def test_without_anything_to_turn_from_it_is_wrong_usage(
        self, desk: Desk, opskpi: Run, words: tuple[str, ...]
    ) -> None:
        result = self.run(desk, opskpi, "2016-05", *words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "--only turned goes with --with OLD or --by" in result.stderr

    def test_a_project_that_is_new_holds_up_no_other(self, desk: Desk, opskpi: Run) -> None:
        """South has no earlier card: its own file says so, North's is written."""
        april = desk.score("april", self.ROWS, "--period", "2016-04")
        south = ticket("S9", project="South", created_at="2016-05-09 10:00", resolved_at="2016-05-09 11:00")
        folder = desk.written("new", (*self.ROWS, south))
        exports = folder / "tickets.csv", "-t", folder / "plan.yaml", "--period", "2016-05", "--with", april
        forms = [word for name in ("md", "html", "xlsx") for word in ("-o", folder / f"{{project}}.{name}")]
        result = opskpi("score", *exports, "--only", "turned", "--lang", "en", "-q", *forms)
        assert result.exit_code == 1, result.stderr
        assert "2016-05 30.0% MISSED, 2016-04 90.0% met" in (folder / "North.md").read_text("utf-8")
        said = "No verdict turned: neither the same period nor the one before is known"
        assert (folder / "South.md").read_text("utf-8") == f"{said}\n"
        assert said in (folder / "South.html").read_text("utf-8")
        assert said in _texts(folder / "South.xlsx")
        alone = opskpi("score", *exports, "--only", "turned", "--lang", "en", "--project", "South")
        assert alone.stdout == f"{said}\n"

    def test_files_for_people_list_only_those_and_machines_have_all(self, desk: Desk, opskpi: Run) -> None:
        april = desk.score("april", self.ROWS, "--period", "2016-04")
        files = [desk.folder / f"turned.{suffix}" for suffix in ("json", "csv", "html", "xlsx")]
        result = self.run(desk, opskpi, "2016-05", "--with", april, *(w for file in files for w in ("-o", file)))
        assert result.exit_code == 1, result.stderr
        assert len(json.loads(files[0].read_text())["results"]) == 2
        assert len(files[1].read_text(encoding="utf-8-sig").splitlines()) == 3
        page, book = files[2].read_text(encoding="utf-8"), _texts(files[3])
        assert "2016-05 30.0% MISSED, 2016-04 90.0% met" in page
        for text in (page, book):
            assert "Solved in time" in text
            assert "Complaints" not in text

    def test_files_are_written_where_nothing_turned(self, desk: Desk, opskpi: Run) -> None:
        may = desk.score("may", self.ROWS, "--period", "2016-05")
        files = [desk.folder / f"none.{suffix}" for suffix in ("html", "xlsx")]
        result = self.run(desk, opskpi, "2016-05", "--with", may, *(w for file in files for w in ("-o", file)))
        assert result.exit_code == 1, result.stderr
        assert "No verdict turned" in files[0].read_text(encoding="utf-8")
        assert "No verdict turned" in _texts(files[1])
