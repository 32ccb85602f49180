"""Which rows a period holds, the moment it is judged at, and every row in one bucket: an oracle by brute force."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rulebook import PLAN_2016, PROJECT, Desk, Row, complaint, incident, incidents, request, run_outside

SLA, DONE = "incident_sla_rate", "request_completion_rate"
COUNT, HANDLED = "complaint_count", "complaint_on_time_rate"
REPORTS, SURVEYS = "report_on_time_rate", "customer_satisfaction"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class TestPeriods:
    """Each period from both its ends."""

    @pytest.mark.parametrize(
        ("period", "first", "last"),
        [
            ("2016", "2016-01-01", "2016-12-31"),
            ("2016-H1", "2016-01-01", "2016-06-30"),
            ("2016-H2", "2016-07-01", "2016-12-31"),
            ("2016-Q3", "2016-07-01", "2016-09-30"),
            ("2016-02", "2016-02-01", "2016-02-29"),
            ("2016-12", "2016-12-01", "2016-12-31"),
            ("2016-01-15..2016-02-14", "2016-01-15", "2016-02-14"),
        ],
    )
    def test_holds_its_first_and_last_moment_and_no_other(self, desk: Desk, period: str, first: str, last: str) -> None:
        begin, after = datetime.fromisoformat(first), datetime.fromisoformat(last) + timedelta(days=1)
        second = timedelta(seconds=1)
        inside, outside = (begin, after - second), (begin - second, after)
        desk.tickets(*(incident("2017-05-01", 创建时间=str(at), 解决时间="2016-12-31") for at in (*inside, *outside)))

        outcome = desk.score("--period", period, "--as-of", "2017-05-01")

        assert outcome.pick(SLA, "met", "out_of_period", "period") == (2, 2, period)
        assert outcome.card["period"] == {"label": period, "start": first, "end": last}

    @pytest.mark.parametrize(
        ("today", "wanted", "label"),
        [
            ("2016-04-10", "last-month", "2016-03"),
            ("2016-01-31", "last-month", "2015-12"),
            ("2016-04-01", "last-quarter", "2016-Q1"),
            ("2016-03-31", "last-quarter", "2015-Q4"),
        ],
    )
    def test_the_last_one_is_counted_back_from_as_of(self, desk: Desk, today: str, wanted: str, label: str) -> None:
        desk.tickets(*incidents(1, 0))

        assert desk.score("--period", wanted, "--as-of", today).card["period"]["label"] == label

    def test_the_last_one_is_counted_back_from_the_clock_and_that_is_said(self, desk: Desk) -> None:
        """Today is 1 June 2017."""
        desk.tickets(*incidents(1, 0))

        outcome = desk.score("--period", "last-month")

        assert outcome.card["period"]["label"] == "2017-05"
        assert "2017-06-01" in outcome.said

    @pytest.mark.parametrize("period", ["2016-13", "2016-Q5", "16", "2016-02-30..2016-03-01", "2016-03-01..2016-02-01"])
    def test_what_is_none_is_refused(self, desk: Desk, period: str) -> None:
        desk.tickets(*incidents(1, 0))

        outcome = desk.score("--period", period)

        assert outcome.exit_code == 2
        assert period in outcome.said

    def test_outside_the_plans_is_allowed_and_said(self, desk: Desk) -> None:
        desk.tickets(incident("2015-03-02", "2015-03-02", 创建时间="2015-03-01"))

        outcome = desk.score("--period", "2015-03")

        assert outcome.pick(SLA, "met", "verdict") == (1, "pass")
        assert "2015-03" in outcome.said
        assert "outside the plan's (2016)" in outcome.notes
        assert "outside" not in desk.score("--period", "2016-03").notes

    def test_a_row_belongs_to_the_period_of_its_column(self, desk: Desk) -> None:
        """Tickets by their creation, reports by the day they were due."""
        desk.tickets(
            incident("2017-01-02", "2016-12-31", 创建时间="2016-12-31 23:59:59"),
            incident("2016-06-30", "2016-06-30", 创建时间="2015-12-31 23:59:59"),
        )
        desk.reports(("2016-12-31", "2016-12-30"), ("2017-01-01", "2016-12-31"), ("2016-01-01", "2015-12-31"))

        outcome = desk.score()

        assert outcome.pick(SLA, "met", "out_of_period") == (1, 1)
        assert outcome.pick(REPORTS, "met", "missed", "out_of_period") == (2, 0, 1)

    def test_the_years_figure_is_not_made_of_the_months(self, desk: Desk) -> None:
        """January 0 of 1, February 9 of 9: the months' mean is 50 %, the year 9 of 10."""
        bad = incident("2016-01-02", "2016-01-03", 创建时间="2016-01-01")
        good = incident("2016-02-02", "2016-02-02", 创建时间="2016-02-01")
        desk.tickets(bad, *[good] * 9)

        assert desk.score().pick(SLA, "verdict", "value") == ("pass", 0.9)
        assert desk.score("--period", "2016-01").pick(SLA, "verdict", "value") == ("fail", 0)

    def test_the_plan_may_span_other_days(self, desk: Desk) -> None:
        """A contract year from April: the ceiling accumulates from its start, not from January."""
        text = PLAN_2016.read_text(encoding="utf-8").replace("period: 2016", "period: 2016-04-01..2017-03-31")
        days = ("2016-03-31 23:59", "2016-04-01 00:00", "2017-03-31 23:59", "2017-04-01 00:00")
        desk.tickets(*(complaint("", "", 创建时间=day) for day in days))
        own = desk.write("plan.yaml", text)

        assert desk.score(plan=own).pick(COUNT, "value", "out_of_period", "in_progress") == (2, 2, False)
        assert desk.score("--period", "2017-03", plan=own).pick(COUNT, "value") == (2,)


class TestServiceDates:
    """A project counts inside its service dates only."""

    def dated(self, desk: Desk, dates: str) -> Path:
        more = f"\nprojects:\n  {PROJECT}: {{{dates}}}\n"
        return desk.write("plan.yaml", PLAN_2016.read_text(encoding="utf-8") + more)

    @pytest.mark.parametrize(
        ("created", "counted"), [("2016-03-31 23:59:59", 0), ("2016-04-01 00:00:00", 1), ("2016-04-01 00:00:01", 1)]
    )
    def test_from_its_first_day(self, desk: Desk, created: str, counted: int) -> None:
        desk.tickets(incident("2016-05-01", "2016-04-30", 创建时间=created))

        outcome = desk.score(plan=self.dated(desk, "from: 2016-04-01"))

        assert outcome.pick(SLA, "counted", "out_of_period") == (counted, 1 - counted)

    @pytest.mark.parametrize(("created", "counted"), [("2016-06-30 23:59:59", 1), ("2016-07-01 00:00:00", 0)])
    def test_to_the_end_of_its_last_day(self, desk: Desk, created: str, counted: int) -> None:
        desk.tickets(incident("2016-08-01", "2016-07-15", 创建时间=created))

        outcome = desk.score(plan=self.dated(desk, "to: 2016-06-30"))

        assert outcome.pick(SLA, "counted", "out_of_period") == (counted, 1 - counted)

    def test_other_projects_keep_the_whole_year(self, desk: Desk) -> None:
        rows = [
            incident("2016-02-02", "2016-02-02", 创建时间="2016-02-01", 项目名称=name) for name in (PROJECT, "旁家")
        ]
        desk.tickets(*rows)

        outcome = desk.score(plan=self.dated(desk, "from: 2016-04-01"))

        assert outcome.pick(SLA, "counted") == (0,)
        assert outcome.pick(SLA, "counted", project="旁家") == (1,)

    def test_a_period_before_its_service_is_not_applicable(self, desk: Desk) -> None:
        desk.tickets(incident("2016-05-02", "2016-05-02", 创建时间="2016-05-01"), *incidents(1, 0, 项目名称="旁家"))

        outcome = desk.score("--period", "2016-03", plan=self.dated(desk, "from: 2016-04-01"))

        assert outcome.pick(SLA, "verdict", "value") == ("not_applicable", None)

    def test_the_register_may_say_them(self, desk: Desk) -> None:
        desk.put(
            "台账.csv",
            [{"项目名称": PROJECT, "服务开始日期": "2016-04-01", "服务结束日期": "2016-06-30"}],
        )
        days = ("2016-03-31 23:59:59", "2016-04-01", "2016-06-30 23:59:59", "2016-07-01")
        desk.tickets(*(incident("2016-12-01", "2016-11-01", 创建时间=day) for day in days))

        assert desk.score().pick(SLA, "counted", "out_of_period") == (2, 2)


class TestAsOf:
    """Rule 5: the moment is the period's end once that is past, else the newest event."""

    def test_a_past_period_is_judged_at_its_end(self, desk: Desk) -> None:
        desk.tickets(*incidents(1, 0))

        assert desk.score("--period", "2016-Q1").card["as_of"] == "2016-04-01T00:00:00+08:00"

    def test_a_running_period_is_judged_at_the_newest_event_and_that_is_said(self, desk: Desk) -> None:
        """Due times are no events."""
        desk.tickets(incident("2017-05-30 18:00", "2017-05-20 18:00", 创建时间="2017-05-19 09:00"))

        outcome = desk.score("--period", "2017")

        assert outcome.card["as_of"] == "2017-05-20T18:00:00+08:00"
        assert outcome.pick(SLA, "met", "provisional") == (1, True)
        assert "2017-05-20 18:00" in outcome.said

    def test_an_export_that_stops_early_is_said(self, desk: Desk) -> None:
        """The newest event is of 3 March; two reports fell due since."""
        desk.tickets(*incidents(1, 1))
        desk.reports(("2016-01-31", "2016-01-31"), ("2016-06-30", ""), ("2016-09-30", ""))

        notes = desk.score().notes

        assert "2016-03-03" in notes
        assert "2 item(s)" in notes

    @pytest.mark.parametrize(
        ("written", "moment"),
        [
            ("2016-07-01", "2016-07-01T00:00:00+08:00"),
            ("2016-07-01T08:30", "2016-07-01T08:30:00+08:00"),
            ("2016-07-01T00:00:00+08:00", "2016-07-01T00:00:00+08:00"),
            ("2016-06-30T16:00:00Z", "2016-07-01T00:00:00+08:00"),
            ("end", "2017-01-01T00:00:00+08:00"),
        ],
    )
    def test_it_can_be_set(self, desk: Desk, written: str, moment: str) -> None:
        desk.tickets(*incidents(1, 0))

        assert desk.score("--as-of", written).card["as_of"] == moment

    @pytest.mark.parametrize("written", ["gestern", "2016-02-30", "2016-07"])
    def test_what_is_no_moment_is_refused(self, desk: Desk, written: str) -> None:
        desk.tickets(*incidents(1, 0))

        outcome = desk.score("--as-of", written)

        assert outcome.exit_code == 2
        assert written in outcome.said

    def test_what_comes_later_has_not_happened(self, desk: Desk) -> None:
        """A ticket created after as_of is in no figure; due times stay as they are."""
        desk.tickets(
            complaint("", "", 创建时间="2016-05-31 23:59:59"),
            complaint("", "", 创建时间="2016-06-01 00:00:00"),
            complaint("", "", 创建时间="2016-06-01 00:00:01"),
        )

        assert desk.score("--as-of", "2016-06-01").pick(COUNT, "value", "out_of_period") == (2, 1)


class TestSameBytes:
    """Rule 17: the same input, plan and as_of give the same bytes."""

    def test_in_any_order_folder_zone_and_hash_seed(self, desk: Desk) -> None:
        """The folder of the run, the machine's zone and Python's hashes say nothing in the card."""
        one = desk.tickets(*incidents(9, 1), *incidents(1, 1, 项目名称="另一家"), file="a.csv")
        two = desk.tickets(complaint(工单编号="X1"), request("", "2016-03-02", 工单编号="X2"), file="b.csv")
        three = desk.surveys("5", "4.5", file="c.csv")
        elsewhere = desk.folder / "elsewhere"
        elsewhere.mkdir()
        files = [str(each) for each in (one, two, three)]
        tail = ["-t", str(PLAN_2016), "-f", "json"]

        runs = [
            run_outside(["score", *files, *tail], desk.folder, {"TZ": "UTC", "PYTHONHASHSEED": "1"}),
            run_outside(
                ["score", *reversed(files), *tail], elsewhere, {"TZ": "America/New_York", "PYTHONHASHSEED": "2"}
            ),
            run_outside(["score", files[1], files[0], files[2], *tail], desk.folder, {"TZ": "Asia/Tokyo"}),
        ]

        assert [each.exit_code for each in runs] == [1, 1, 1]
        assert {each.printed for each in runs} == {runs[0].printed}
        assert {each.said for each in runs} == {runs[0].said}
        assert runs[0].pick(SLA, "met", "missed") == (9, 1)

    def test_as_a_folder_from_anywhere(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 1))
        tail = ["-t", str(PLAN_2016), "-f", "json"]

        relative = run_outside(["score", "exports", *tail], desk.folder)
        absolute = run_outside(["score", str(desk.exports), *tail], Path("/"))

        assert relative.printed == absolute.printed
        assert relative.card["inputs"][0]["file"] == "工单.csv"

    def test_order_of_arguments_does_not_choose_the_spelling(self, desk: Desk) -> None:
        """Two spellings of one project, once each: the card's name is the same either way round."""
        one = desk.tickets(incident("2016-03-02", "2016-03-02", 项目名称="银行（北京）"), file="a.csv")
        two = desk.tickets(incident("2016-03-02", "2016-03-02", 项目名称="银行(北京)", 工单编号="9"), file="b.csv")

        assert desk.score(exports=(one, two)).printed == desk.score(exports=(two, one)).printed

    def test_repeats_and_ties_do_not_depend_on_the_order_of_arguments(self, desk: Desk) -> None:
        """Two files share two tickets, and a copy of one lies beside them."""
        one = desk.tickets(*incidents(3, 0), file="a.csv")
        two = desk.tickets(*incidents(2, 0), complaint(), file="b.csv")
        copy = desk.exports / "c.csv"
        copy.write_bytes(one.read_bytes())

        runs = [desk.score(exports=each) for each in ((one, two, copy), (copy, two, one), (two, copy, one))]

        assert {each.printed for each in runs} == {runs[0].printed}
        assert runs[0].ledger()["duplicate"] == 2

    def test_files_of_one_name_in_two_folders(self, desk: Desk) -> None:
        """Each region hands in a 工单.csv; a ticket is in both."""
        one = desk.tickets(*incidents(3, 0), file="north/工单.csv")
        two = desk.tickets(*incidents(2, 0), complaint(), file="south/工单.csv")

        for pair in ((one, two), (one.parent, two.parent)):
            assert desk.score(exports=pair).printed == desk.score(exports=pair[::-1]).printed


# ---------------------------------------------------------------- the oracle, row by row
AS_OFS = ("2016-06-01T00:00:00", "2016-12-31T23:59:59", "2017-01-01T00:00:00")
STATES = ("", "新建", "处理中", "挂起", "已解决", "已关闭", "已取消")
TYPES = ("事件", "投诉", "服务请求", "变更")
NEW_YEAR, OLD_YEAR = datetime(2017, 1, 1), datetime(2016, 1, 1)  # noqa: DTZ001 - wall clock


def around(as_of: str) -> list[str]:
    """List the moments where outcomes change: beside as_of, in days and in seconds."""
    moment, second, day = datetime.fromisoformat(as_of), timedelta(seconds=1), timedelta(days=1)
    return [
        *(str(each) for each in (moment - second, moment, moment + second)),
        *(str((moment + away).date()) for away in (-day, 0 * day, day)),
    ]


def rows_of(project: str, as_of: str) -> st.SearchStrategy[Row]:
    """Draw tickets of a project, most of them of the year, most of them open or stopped near as_of."""
    near = around(as_of)
    edges = ["2015-12-31 23:59:59", "2016-01-01 00:00:00", "2016-12-31 23:59:59", "2017-01-01 00:00:00"]
    stop = st.sampled_from(["", *near]) | st.just("")
    return st.fixed_dictionaries(
        {
            "项目名称": st.just(project),
            "工单类型": st.sampled_from(TYPES),
            "状态": st.sampled_from(STATES),
            "创建时间": st.just("2016-03-01") | st.sampled_from([*edges, *near]),
            "解决时限": st.sampled_from(["", "2016-03-02", "2017-02-01", *near]),
            "解决时间": stop,
            "关闭时间": stop,
            "是否达标": st.sampled_from(("", "是", "否")),
        }
    )


@st.composite
def runs(draw: st.DrawFn) -> tuple[list[Row], str]:
    """Draw as_of and tickets of two projects, with repeats, a conflict and bad rows, in any order.

    Some projects have no due times; a bad row is repeated, too.
    """
    as_of = draw(st.sampled_from(AS_OFS))
    rows: list[dict[str, str]] = []
    for project in ("甲银行", "乙税务"):
        drawn = [dict(row) for row in draw(st.lists(rows_of(project, as_of), min_size=1, max_size=15))]
        if draw(st.booleans()):
            drawn = [{**row, "解决时限": ""} for row in drawn]
        rows += drawn
    rows = [{"工单编号": f"T{at}", **row} for at, row in enumerate(rows)]
    some = st.lists(st.sampled_from(rows), max_size=2)
    repeats = [dict(row) for row in draw(some)]
    bad = [{**row, "工单编号": f"B{at}", "工单类型": "事故"} for at, row in enumerate(draw(some))]
    conflicts = [{**row, "标题": "改动"} for row in draw(st.lists(st.sampled_from(rows), max_size=1))]
    return list(draw(st.permutations([*rows, *repeats, *bad, *bad[:1], *conflicts]))), as_of


@dataclass
class Tally:
    """What one project's rows come to for one indicator."""

    met: int = 0
    missed: int = 0
    pending: int = 0
    counted: int = 0
    excluded: int = 0
    filtered: int = 0
    out_of_period: int = 0


class Oracle:
    """The rules, said again one row at a time and as plainly as can be."""

    def __init__(self, rows: list[Row], as_of: str) -> None:
        self.as_of = datetime.fromisoformat(as_of)
        self.year_over = self.as_of >= NEW_YEAR
        distinct = list({tuple(sorted(self.full(row).items())): self.full(row) for row in rows}.values())
        keys = Counter((row["项目名称"], row["工单编号"]) for row in distinct)
        good = [row for row in distinct if keys[row["项目名称"], row["工单编号"]] == 1 and row["工单类型"] in TYPES]
        self.accepted = good
        self.duplicate = len(rows) - len(distinct)
        self.rejected = [row for row in distinct if row not in good]

    @staticmethod
    def full(row: Row) -> Row:
        return {"标题": "", **row}

    def event(self, text: str) -> datetime | None:
        """An event that has happened by as_of."""
        moment = datetime.fromisoformat(text) if text else None
        return moment if moment is not None and moment <= self.as_of else None

    def past(self, due: str, moment: datetime) -> bool:
        """Whether a moment lies after a due time; a bare day ends at midnight."""
        if len(due) == len("2016-05-31"):
            return moment >= datetime.fromisoformat(due) + timedelta(days=1)
        return moment > datetime.fromisoformat(due)

    def stop(self, row: Row) -> datetime | None:
        return self.event(row["解决时间"]) or self.event(row["关闭时间"])

    def finished(self, row: Row) -> bool:
        """Finished by its state alone; a state that goes with a later stop is not there yet."""
        return row["状态"] in ("已解决", "已关闭") and not row["解决时间"] and not row["关闭时间"]

    def in_time(self, row: Row) -> str:
        due, stop = row["解决时限"], self.stop(row)
        if not due:
            return "excluded"
        if stop is not None:
            return "missed" if self.past(due, stop) else "met"
        if self.finished(row):
            return "missed"
        return "missed" if self.past(due, self.as_of) else "pending"

    def flag(self, row: Row) -> str:
        return {"是": "met", "否": "missed", "": "excluded"}[row["是否达标"]]

    def done(self, row: Row) -> str:
        if self.stop(row) is not None or self.finished(row):
            return "met"
        if row["解决时限"]:
            return "missed" if self.past(row["解决时限"], self.as_of) else "pending"
        return "missed" if self.year_over else "pending"

    def tally(self, project: str, kind: str, rule: str) -> Tally:
        """Count one project's rows for an indicator of one type of ticket."""
        tally, left = Tally(), []
        for row in self.of(project, self.accepted):
            created = self.event(row["创建时间"])
            if row["工单类型"] != kind:
                tally.filtered += 1
            elif created is None or not OLD_YEAR <= created < NEW_YEAR:
                tally.out_of_period += 1
            elif row["状态"] == "已取消":
                tally.excluded += 1
            else:
                left.append(row)
        if rule == "count":
            tally.counted = len(left)
            return tally
        judge = self.done
        if rule == "sla":
            judge = self.in_time if any(row["解决时限"] for row in left) else self.flag
        came = Counter(map(judge, left))
        tally.met, tally.missed, tally.pending = came["met"], came["missed"], came["pending"]
        tally.excluded += came["excluded"]
        tally.counted = tally.met + tally.missed
        return tally

    @staticmethod
    def of(project: str, rows: Iterable[Row]) -> Iterator[Row]:
        return (row for row in rows if row["项目名称"] == project)


INDICATORS = {SLA: ("事件", "sla"), COUNT: ("投诉", "count"), HANDLED: ("投诉", "sla"), DONE: ("服务请求", "done")}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(run=runs())
def test_every_row_is_in_the_bucket_the_rules_name(run: tuple[list[Row], str]) -> None:
    """Two projects' tickets against the oracle, indicator by indicator."""
    rows, as_of = run
    oracle = Oracle(rows, as_of)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        headings = (*dict.fromkeys(name for row in rows for name in row), "标题")
        desk.put("工单.csv", rows, tuple(dict.fromkeys(headings)))
        outcome = desk.score("--as-of", as_of)
        if not oracle.accepted:
            assert outcome.exit_code == 3
            return
        standing = {row["项目名称"] for row in (*oracle.accepted, *oracle.rejected)}
        assert set(outcome.projects) == standing
        assert outcome.ledger() == {
            "rows": len(rows),
            "accepted": len(oracle.accepted),
            "rejected": len(rows) - len(oracle.accepted) - oracle.duplicate,
            "duplicate": oracle.duplicate,
            "superseded": 0,
        }
        for project in sorted(standing):
            for indicator, (kind, rule) in INDICATORS.items():
                agree(outcome.result(indicator, project), oracle.tally(project, kind, rule), rule)
                result = outcome.result(indicator, project)
                assert result["rejected"] == len(list(oracle.of(project, oracle.rejected)))
                assert len(list(oracle.of(project, oracle.accepted))) == sum(
                    result[part] for part in ("filtered", "out_of_period", "excluded", "pending", "counted")
                )


def agree(result: dict[str, object], expected: Tally, rule: str) -> None:
    """Compare a result with what the oracle counted, its figure and verdict included."""
    buckets = ("pending", "counted", "excluded", "filtered", "out_of_period")
    assert {name: result[name] for name in buckets} == {name: getattr(expected, name) for name in buckets}
    if rule == "count":
        assert (result["met"], result["missed"]) == (None, None)
        return
    assert (result["met"], result["missed"]) == (expected.met, expected.missed)
    if expected.counted:
        assert (result["numerator"], result["denominator"]) == (expected.met, expected.counted)
        least = Fraction(9, 10) if result["indicator"] == SLA else Fraction(1)
        assert result["verdict"] == ("pass" if Fraction(expected.met, expected.counted) >= least else "fail")
    else:
        assert result["value"] is None
        assert result["verdict"] not in {"fail", "too_few", "waived", "no_target"}
        assert (result["verdict"] == "not_due") is (expected.pending > 0)
