"""Reported figures (填报): what is known only as a total, judged like the others and never taken for counted."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from opskpi.documents import read_document, validate
from opskpi.errors import ExportError, SettingsError
from opskpi.targets.plan import Plan
from rulebook import PLAN_2016, PROJECT, Desk, Row, complaint, incidents
from test_declared_tables import score_raising as raising

INDICATORS = """
  availability: {name: 系统可用率, table: figures, target: ">= 99.9%"}
  security: {name: 重大安全事件数, table: figures, unit: 起, target: "== 0"}
  training: {name: 培训考核平均分, table: figures, unit: 分, scale: 0-100, target: ">= 85"}
  sla:
    name: 事件完成率
    table: tickets
    where: type == "incident"
    period_by: created_at
    value: share(sla_met)
    target: ">= 90%"
"""
HEAD = ("项目名称", "指标", "周期", "数值", "分子", "分母", "数据来源", "填报人")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def plan(desk: Desk) -> Path:
    return desk.write("plan.yaml", f"plan: 填报试验\nperiod: 2016\nindicators:{INDICATORS}")


def line(indicator: str, period: str, value: str = "", parts: tuple[str, str] = ("", ""), **more: str) -> Row:
    """Write one line of the register."""
    cells = (PROJECT, indicator, period, value, *parts, "监控月报", "张三")
    return {**dict(zip(HEAD, cells, strict=True)), **more}


def put(desk: Desk, *lines: Row) -> Path:
    return desk.put("填报.csv", list(lines))


class TestFigures:
    """What a line comes to."""

    @pytest.mark.parametrize(
        ("value", "parts", "expected", "verdict"),
        [
            ("99.95%", ("", ""), 0.9995, "pass"),
            ("0.9995", ("", ""), 0.9995, "pass"),
            ("99.89%", ("", ""), 0.9989, "fail"),
            ("", ("8751", "8760"), 8751 / 8760, "fail"),  # 99.897 %
            ("99.9%", ("8752", "8760"), 8752 / 8760, "pass"),  # 99.9087 %, rounded to what the value says
            ("99.9%", ("8759", "8760"), 8759 / 8760, "pass"),  # 99.9886 %, cut to what the value says
        ],
    )
    def test_a_ratio(
        self, desk: Desk, plan: Path, value: str, parts: tuple[str, str], expected: float, verdict: str
    ) -> None:
        put(desk, line("系统可用率", "2016年度", value, parts))

        outcome = desk.score(plan=plan)

        assert outcome.pick("availability", "value", "verdict", "basis") == (expected, verdict, "reported")
        assert outcome.pick("availability", "reported_source", "reported_by") == ("监控月报", "张三")
        assert outcome.pick("availability", "met", "missed") == (None, None)

    def test_only_its_parts_give_a_ratio_headroom(self, desk: Desk, plan: Path) -> None:
        """995 of 1000 against 99.9 %: 4 more had to be met; of a bare 99.5 % nobody can know."""
        put(
            desk,
            line("系统可用率", "2016", "", ("995", "1000")),
            line("availability", "2016", "99.5%", 项目名称="旁家"),
        )

        outcome = desk.score(plan=plan)

        assert outcome.pick("availability", "headroom", "numerator", "denominator") == (-4, 995, 1000)
        assert outcome.pick("availability", "headroom", "numerator", project="旁家") == (None, None)
        assert outcome.company("availability")["value"] is None  # a bare percentage cannot be pooled

    def test_counts_and_scores(self, desk: Desk, plan: Path) -> None:
        put(desk, line("重大安全事件数", "2016", "0次"), line("培训考核平均分", "2016", "84.5 分"))

        outcome = desk.score(plan=plan)

        assert outcome.pick("security", "value", "verdict", "headroom") == (0, "pass", 0)
        assert outcome.pick("training", "value", "verdict") == (84.5, "fail")

    def test_nothing_to_divide_by_is_nothing_that_happened(self, desk: Desk, plan: Path) -> None:
        put(desk, line("系统可用率", "2016", "", ("0", "0")))

        assert desk.score(plan=plan).pick("availability", "verdict", "value") == ("not_applicable", None)

    def test_an_indicator_of_rows_is_reported_where_there_are_none(self, desk: Desk, plan: Path) -> None:
        """The other project has tickets: its figure is counted, ours reported."""
        desk.tickets(*incidents(9, 1, 项目名称="旁家"))
        put(desk, line("事件完成率", "2016", "", ("93", "100")))

        outcome = desk.score(plan=plan)

        assert outcome.pick("sla", "value", "basis", "met") == (0.93, "reported", None)
        assert outcome.pick("sla", "value", "basis", "met", project="旁家") == (0.9, "computed", 9)
        assert (outcome.company("sla")["numerator"], outcome.company("sla")["denominator"]) == (102, 110)

    def test_an_indicator_of_terms_may_be_reported_as_a_whole(self, desk: Desk, plan: Path) -> None:
        """Complaints per incident: counted 1/10 in the other project, reported 3 of 200 in ours: 1.5 % and 10 %."""
        terms = """  rate:
    name: 投诉率
    terms:
      complaints: {table: tickets, where: type == "complaint", period_by: created_at, value: count()}
      handled: {table: tickets, where: type == "incident", period_by: created_at, value: count()}
    value: complaints / handled
    min_rows: 5
    target: "<= 2%"
"""
        plan.write_text(plan.read_text("utf-8") + terms, "utf-8")
        desk.tickets(*incidents(10, 0, 项目名称="旁家"), complaint(项目名称="旁家"))
        put(desk, line("投诉率", "2016", "", ("3", "200")))

        outcome = desk.score(plan=plan)

        assert outcome.pick("rate", "value", "verdict", "basis") == (0.015, "pass", "reported")
        assert outcome.pick("rate", "value", "verdict", "basis", project="旁家") == (0.1, "fail", "computed")
        assert outcome.company("rate")["value"] is None

    def test_a_line_not_filled_in_yet_reports_nothing(self, desk: Desk, plan: Path) -> None:
        put(desk, line("系统可用率", "2016"), line("重大安全事件数", "2016", "0"))

        outcome = desk.score(plan=plan)

        assert outcome.pick("availability", "verdict", "why") == ("no_data", "not_reported")
        assert outcome.exit_code == 4


class TestPeriods:
    """A year from its parts, where that can be exact."""

    def test_months_add_up_by_their_parts(self, desk: Desk, plan: Path) -> None:
        """Eleven months of 720/720 and one of 700/744: (11 × 720 + 700) / (11 × 720 + 744) = 8620/8664 = 99.49 %."""
        months = [line("系统可用率", f"2016年{month}月", "", ("720", "720")) for month in range(1, 12)]
        put(desk, *months, line("系统可用率", "2016-12", "", ("700", "744")))

        outcome = desk.score("--by", "quarter", plan=plan)

        found = {each["period"]: each for each in outcome.card["results"] if each["indicator"] == "availability"}
        assert (found["2016"]["numerator"], found["2016"]["denominator"]) == (8620, 8664)
        assert [found[f"2016-Q{at}"]["verdict"] for at in (1, 2, 3, 4)] == ["pass", "pass", "pass", "fail"]
        assert found["2016-Q4"]["value"] == 2140 / 2184

    def test_percentages_are_never_averaged(self, desk: Desk, plan: Path) -> None:
        put(desk, line("系统可用率", "2016上半年", "99.99%"), line("系统可用率", "2016下半年", "99.95%"))

        outcome = desk.score("--by", "half", plan=plan)

        assert outcome.card["results"][0]["verdict"] == "no_data"
        found = {each["period"]: each for each in outcome.card["results"] if each["indicator"] == "availability"}
        assert (found["2016"]["why"], found["2016"]["value"]) == ("reported_rates", None)
        assert (found["2016-H1"]["value"], found["2016-H2"]["value"]) == (0.9999, 0.9995)

    def test_counts_of_parts_are_added(self, desk: Desk, plan: Path) -> None:
        """A half, a quarter and three months: 0 + 1 + 0 + 0 + 2."""
        parts = {"2016-H1": "0", "2016年第三季度": "1", "2016-10": "0", "2016-11": "0", "2016-12": "2"}
        put(desk, *(line("security", period, value) for period, value in parts.items()))

        assert desk.score(plan=plan).pick("security", "value", "verdict") == (3, "fail")

    def test_a_gap_is_named(self, desk: Desk, plan: Path) -> None:
        put(desk, *(line("security", f"2016-{month:02}", "0") for month in range(1, 13) if month != 5))

        outcome = desk.score(plan=plan)

        assert outcome.pick("security", "verdict", "why") == ("no_data", "reported_incomplete")
        assert "缺 2016-05 起的数据" in desk.run("score", plan=plan).printed

    def test_only_months_of_service_are_asked_for(self, desk: Desk, plan: Path) -> None:
        """From the middle of April on: nine months make the year."""
        plan.write_text(plan.read_text("utf-8") + f"projects:\n  {PROJECT}: {{from: 2016-04-15}}\n", "utf-8")
        put(desk, *(line("security", f"2016-{month:02}", "0") for month in range(4, 13)))

        assert desk.score(plan=plan).pick("security", "value", "verdict") == (0, "pass")

    def test_a_contract_year_is_made_of_its_own_months(self, desk: Desk, plan: Path) -> None:
        """April 2016 to March 2017; what was reported for January 2016 belongs to the contract before."""
        plan.write_text(plan.read_text("utf-8") + f"projects:\n  {PROJECT}: {{period: 2016-04..2017-03}}\n", "utf-8")
        months = [f"2016-{month:02}" for month in (1, *range(4, 13))] + ["2017-01", "2017-02", "2017-03"]
        put(desk, *(line("security", month, "1") for month in months))

        assert desk.score(plan=plan).pick("security", "value", "period") == (12, "2016-04..2017-03")

    def test_what_excel_makes_of_a_month(self, desk: Desk, plan: Path) -> None:
        """2016-07 typed into a cell becomes the first of July."""
        from datetime import datetime

        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(list(HEAD))
        sheet.append([PROJECT, "系统可用率", datetime(2016, 7, 1), 0.9991])  # noqa: DTZ001
        book.save(desk.exports / "填报.xlsx")

        assert desk.score("--period", "2016-07", plan=plan).pick("availability", "value") == (0.9991,)

    def test_a_part_counted_and_a_part_reported_are_not_joined(self, desk: Desk, plan: Path) -> None:
        """Tickets from March on, the year's first two months reported: said, not added."""
        desk.tickets(*incidents(9, 1))
        put(desk, line("sla", "2016-01", "", ("5", "5")), line("sla", "2016-02", "", ("5", "5")))

        outcome = desk.score(plan=plan)

        assert outcome.pick("sla", "verdict", "why", "value") == ("no_data", "reported_partly", None)


class TestContradictions:
    """What nobody but the owner can settle stops the run, with the cells."""

    def test_counted_and_reported(self, desk: Desk, plan: Path) -> None:
        """Also where the month is only a part of what is judged."""
        desk.tickets(*incidents(9, 1))
        put(desk, line("sla", "2016-03", "95%"))

        with pytest.raises(ExportError) as caught:
            raising(desk, plan)

        (said,) = (each.text("en") for each in caught.value.messages)
        assert "填报.csv!D2" in said
        assert "工单.csv!2" in said
        assert "2016-03" in said

    def test_reported_twice_under_two_names(self, desk: Desk, plan: Path) -> None:
        put(desk, line("系统可用率", "2016", "99.9%"), line("availability", "2016年度", "99.8%"))

        with pytest.raises(ExportError) as caught:
            raising(desk, plan)

        said = caught.value.messages[0].text("en")
        assert "填报.csv!D2" in said
        assert "填报.csv!D3" in said

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            (("系统可用率", "2016", "99.9"), "is a ratio"),
            (("系统可用率", "2016", "99%", ("97", "100")), "not its numerator over its denominator"),
            (("系统可用率", "2016", "90%", ("89", "100")), "not its numerator over its denominator"),
            (("培训考核平均分", "2016", "86", ("854", "10")), "not its numerator over its denominator"),
            (("系统可用率", "2016", "", ("97", "")), "only one of numerator and denominator"),
            (("重大安全事件数", "2016", "0.5"), "must be whole"),
            (("培训考核平均分", "2016", "101"), "off its scale"),
        ],
    )
    def test_a_figure_that_cannot_be(self, desk: Desk, plan: Path, given: tuple[str, str, str], words: str) -> None:
        put(desk, line(*given))

        with pytest.raises(ExportError) as caught:
            raising(desk, plan)

        assert words in caught.value.messages[0].text("en")

    def test_unknown_words_are_rejected_with_their_cells(self, desk: Desk, plan: Path) -> None:
        put(desk, line("系统可用性", "2016", "1"), line("系统可用率", "七月", "1"), line("系统可用率", "2016", "很好"))
        desk.surveys("5")

        outcome = desk.run("check", plan=plan)

        assert outcome.exit_code == 3  # all of its rows
        for place, sentence in (
            ("B2", "系统可用性 不是指标的已知用词"),
            ("C3", "七月 不是周期"),
            ("D4", "很好 不是数值"),
        ):
            assert f"填报.csv!{place}" in outcome.printed
            assert sentence in outcome.printed

    def test_a_name_that_two_indicators_share_names_none(self, desk: Desk, plan: Path) -> None:
        plan.write_text(
            plan.read_text("utf-8") + "  other: {name: 系统可用率, table: figures, target: '>= 99%'}\n", "utf-8"
        )
        put(desk, line("系统可用率", "2016", "99.95%"), *(line("other", f"2016-{at:02}", "100%") for at in range(1, 5)))

        outcome = desk.score(plan=plan)

        assert outcome.ledger() == {"rows": 5, "accepted": 4, "rejected": 1, "duplicate": 0, "superseded": 0}
        assert outcome.pick("availability", "why") == ("not_reported",)

    @pytest.mark.parametrize(
        ("keys", "words"),
        [
            ("table: figures, value: count()", "value means nothing here"),
            ("terms: {x: {table: figures, period_by: period, value: sum(value)}}, value: x", "cannot be a term"),
            ("table: figures, where: period == '2016'", "where means nothing here"),
            ("table: tickets, period_by: created_at, value: count(), unit: 次", "for reported indicators"),
            ("table: figures, unit: 次, target: '>= 90%'", "percent"),
        ],
    )
    def test_a_plan_that_asks_rows_of_figures(self, keys: str, words: str) -> None:
        text = f"plan: 计划\nperiod: 2016\nindicators:\n  a: {{name: 甲, {keys}}}\n"
        with pytest.raises(SettingsError) as caught:
            validate(read_document(text.encode(), "plan.yaml"), Plan)
        assert words in caught.value.messages[0].text("en")


class TestShown:
    """Every output says which figures were not computed, and who says so."""

    @pytest.fixture
    def full(self, desk: Desk) -> Desk:
        put(desk, line("系统可用率", "2016", "99.95%"), line("系统可用率", "2016-01", "99.8%"))
        return desk

    @pytest.mark.parametrize("form", ["terminal", "md"])
    def test_in_text(self, full: Desk, plan: Path, form: str) -> None:
        printed = full.run("score", "--full", "-f", form, plan=plan).printed.replace("\\", "")

        assert "达标（填报）" in printed
        assert f"{PROJECT} 系统可用率：99.95%，来源 监控月报，填报人 张三  [填报.csv!D2]" in " ".join(
            printed.split("\n")
        )

    def test_in_a_series(self, full: Desk, plan: Path) -> None:
        printed = full.run("score", "--by", "month", plan=plan).printed
        assert "99.8% ×（填报）" in printed

    def test_in_csv(self, full: Desk, plan: Path) -> None:
        rows = list(csv.DictReader(io.StringIO(full.run("score", "-f", "csv", plan=plan).printed)))
        found = {row["indicator"]: row for row in rows}
        assert (found["availability"]["basis"], found["availability"]["reported_by"]) == ("reported", "张三")
        assert (found["security"]["basis"], found["security"]["reported_source"]) == ("computed", "")

    def test_in_a_workbook(self, full: Desk, plan: Path, tmp_path: Path) -> None:
        out = tmp_path / "card.xlsx"
        full.run("score", "-o", str(out), plan=plan)
        rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(out)["结果"].rows]
        (ours,) = [row for row in rows if row[14] == "填报，来源 监控月报，填报人 张三  [填报.csv!D2]"]
        assert (ours[7], ours[9], ours[13]) == (0.9995, "达标（填报）", "固定值")


class TestEvidence:
    """A judged value (A of 5, a sampled check, a signature) names its assessor, its day and what shows it."""

    @pytest.fixture
    def judged(self, desk: Desk) -> Desk:
        """Give two halves of an assessment: 4 and 5 of 5 are 9 of 10."""
        shown = [("2016-H1", "4", "评分表 07", "2016-07-05"), ("2016-H2", "5", "评分表 12", "2017-01-06 10:30")]
        put(
            desk,
            *(
                line("系统可用率", half, "", (points, "5"), 依据=sheet, 评定日期=day)
                for half, points, sheet, day in shown
            ),
        )
        return desk

    def test_the_parts_of_a_year_keep_all_of_it(self, judged: Desk, plan: Path) -> None:
        outcome = judged.score(plan=plan)

        assert outcome.pick("availability", "numerator", "denominator") == (9, 10)
        assert outcome.pick("availability", "reported_evidence", "assessed_on") == (
            "评分表 07; 评分表 12",
            "2016-07-05; 2017-01-06",
        )
        assert outcome.pick("security", "reported_evidence", "assessed_on") == (None, None)

    def test_the_day_of_assessment_does_not_move_the_moment_of_judgement(self, desk: Desk, plan: Path) -> None:
        """The only event of the tickets is of 1 March; an assessment in May is no newer state of them."""
        desk.tickets(*incidents(1, 0))
        put(desk, line("系统可用率", "2017-H1", "99.95%", 评定日期="2017-05-20"))

        outcome = desk.score("--period", "2017", plan=plan)

        assert outcome.card["as_of"].startswith("2016-03-0")

    def test_a_day_that_is_none_is_rejected_with_its_cell(self, desk: Desk, plan: Path) -> None:
        lines = [
            line("系统可用率", "2016", "99.95%", 评定日期="某日"),
            line("重大安全事件数", "2016", "0", 评定日期=""),
        ]
        put(desk, *lines)

        assert desk.score(plan=plan).ledger("填报.csv")["rejected"] == 1

    @pytest.mark.parametrize("form", ["terminal", "md"])
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("zh", "填报人 张三，依据 评分表 07、评分表 12，评定日期 2016-07-05、2017-01-06"),
            ("en", "评分表 07, 评分表 12, assessed on 2016-07-05, 2017-01-06"),
        ],
    )
    def test_people_read_it(self, judged: Desk, plan: Path, form: str, language: str, words: str) -> None:
        printed = judged.run("score", "--full", "-f", form, "--lang", language, plan=plan).printed.replace("\\", "")

        assert words in " ".join(each.strip() for each in printed.split("\n"))

    def test_it_is_in_csv_in_the_workbook_and_in_explain(self, judged: Desk, plan: Path, tmp_path: Path) -> None:
        out = tmp_path / "card.xlsx"
        judged.run("score", "-o", str(out), plan=plan)
        rows = csv.DictReader(io.StringIO(judged.run("score", "-f", "csv", plan=plan).printed))
        asked = (Path(PROJECT), Path("availability"), judged.exports)

        cells = [str(cell.value) for sheet in openpyxl.load_workbook(out) for row in sheet.rows for cell in row]
        assert [each for each in cells if "，依据 评分表 07、评分表 12，评定日期 2016-07-05" in each]
        assert next(rows)["reported_evidence"] == "评分表 07; 评分表 12"
        assert "依据 评分表 07" in judged.run("explain", plan=plan, exports=asked).printed


def test_runs_without_figures_say_so_of_every_result(desk: Desk) -> None:
    desk.tickets(*incidents(9, 1))
    assert {each["basis"] for each in desk.score(plan=PLAN_2016).card["results"]} == {"computed"}
