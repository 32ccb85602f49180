"""Indicators over other indicators (指标达成率): a share of each project's own verdicts, worked out by hand."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result

from opskpi.documents import read_document, validate
from opskpi.errors import SettingsError
from opskpi.targets.plan import Plan
from rulebook import PROJECT, Desk, Outcome, complaint, incident, incidents, plan, request

FIVE = """
  sla: {name: 事件完成率, table: tickets, where: type == "incident", period_by: created_at, value: share(sla_met), target: ">= 75%"}
  few: {name: 事件数, table: tickets, where: type == "incident", period_by: created_at, value: count(), target: "< 4"}
  seen: {name: 请求数, table: tickets, where: type == "request", period_by: created_at, value: count()}
  quiet: {name: 投诉数, table: tickets, where: type == "complaint", period_by: created_at, value: count(), target: "< 5"}
  points: {name: 满意度, table: surveys, period_by: submitted_at, value: mean(score), target: ">= 4"}
""".strip("\n")  # noqa: E501 - one indicator a line
RATE = '  met_rate: {name: 指标达成率, over: all, target: ">= 60%"}'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give four incidents, three of them met, a request and a complaint; a survey is not handed in.

    75 % is met, four incidents are too many, the request has no target, one complaint is met, the mean is no data:
    two of three judged indicators are met.
    """
    found = Desk(tmp_path)
    found.tickets(*incidents(3, 1), request(), complaint())
    return found


def score(desk: Desk, indicators: str, *options: str, more: str = "") -> Outcome:
    return desk.score(*options, plan=desk.write("plan.yaml", plan(indicators, more=more)))


def mistakes(indicators: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        validate(read_document(plan(indicators).encode(), "plan.yaml"), Plan)
    return [each.text("en") for each in caught.value.messages]


class TestFigures:
    """What is met and missed, what is left out, and what is only provisional."""

    def test_it_is_the_share_of_met_ones_among_those_that_are_met_or_missed(self, desk: Desk) -> None:
        result = score(desk, f"{FIVE}\n{RATE}").result("met_rate")

        assert (result["numerator"], result["denominator"], result["verdict"]) == (2, 3, "pass")
        assert (result["met"], result["missed"], result["counted"]) == (2, 1, 3)
        assert result["excluded_by"] == {"no_target": 1, "no_data": 1}
        assert result["judged_by"] is None

    def test_a_list_names_the_ones_that_count(self, desk: Desk) -> None:
        text = f'{FIVE}\n  r: {{name: 率, over: [quiet, sla], value: share(passed), target: "== 100%"}}'

        assert score(desk, text).pick("r", "numerator", "denominator", "verdict") == (2, 2, "pass")

    def test_it_may_stand_before_the_others(self, desk: Desk) -> None:
        assert score(desk, f"{RATE}\n{FIVE}").pick("met_rate", "numerator", "denominator") == (2, 3)

    def test_others_that_are_not_shown_are_judged_all_the_same(self, desk: Desk) -> None:
        outcome = score(desk, f"{FIVE}\n{RATE}", "--indicator", "met_rate")

        assert outcome.pick("met_rate", "numerator", "denominator") == (2, 3)
        assert {each["indicator"] for each in outcome.card["results"]} == {"met_rate"}

    def test_what_was_not_handed_in_makes_it_provisional(self, desk: Desk) -> None:
        whole, handed = f"{FIVE}\n{RATE}", f"{FIVE}\n  r: {{name: 率, over: [sla, few], target: '>= 60%'}}"

        assert score(desk, whole).pick("met_rate", "provisional", "deciding") == (True, 1)
        assert score(desk, handed).pick("r", "provisional", "verdict") == (False, "fail")

    def test_a_provisional_verdict_makes_it_provisional(self, desk: Desk) -> None:
        """One of four is open: 3/4 is met, 3/5 would not be."""
        desk.tickets(*incidents(3, 1), incident("2018-01-01"), complaint())
        text = f'{FIVE}\n  r: {{name: 率, over: [sla, quiet], target: "== 100%"}}'

        outcome = score(desk, text)

        assert outcome.pick("sla", "verdict", "provisional") == ("pass", True)
        assert outcome.pick("r", "verdict", "provisional", "deciding") == ("pass", True, 1)

    def test_what_still_waits_is_pending(self, desk: Desk) -> None:
        """All incidents are open inside their limits: the complaints alone are judged, and 1/1 could become 1/2."""
        desk.tickets(incident("2018-01-01"), complaint())
        text = f'{FIVE}\n  r: {{name: 率, over: [sla, quiet], target: "== 100%"}}'

        assert score(desk, text).pick("r", "numerator", "denominator", "pending", "provisional") == (1, 1, 1, True)

    def test_nothing_handed_in_for_any_is_no_data(self, desk: Desk) -> None:
        text = f'{FIVE}\n  r: {{name: 率, over: points, target: ">= 60%"}}'

        assert score(desk, text).pick("r", "verdict", "why", "value") == ("no_data", "no_member", None)

    def test_nothing_with_a_target_is_not_applicable(self, desk: Desk) -> None:
        text = f'{FIVE}\n  r: {{name: 率, over: seen, target: ">= 60%"}}'

        assert score(desk, text).pick("r", "verdict", "value") == ("not_applicable", None)

    def test_a_waived_indicator_is_left_out(self, desk: Desk) -> None:
        waiver = "{project: 某银行, indicator: few, reason: 迁移, approved_by: 王五, until: 2016-12-31}"

        result = score(desk, f"{FIVE}\n{RATE}", more=f"waivers:\n  - {waiver}\n").result("met_rate")

        assert (result["numerator"], result["denominator"], result["excluded_by"]["waived"]) == (2, 2, 1)

    def test_the_company_adds_the_projects_up(self, desk: Desk) -> None:
        """2 of 3 here, 3 of 3 of another project with one incident that is met and one complaint."""
        other = [{**row, "项目名称": "乙"} for row in (*incidents(1, 0), complaint())]
        desk.tickets(*incidents(3, 1), request(), complaint(), *other)

        outcome = score(desk, f"{FIVE}\n{RATE}")

        assert outcome.pick("met_rate", "numerator", "denominator", project="乙") == (3, 3)
        company = outcome.company("met_rate")
        assert (company["numerator"], company["denominator"], company["passed"]) == (5, 6, 2)

    def test_each_part_of_a_series_is_made_of_the_parts_verdicts(self, desk: Desk) -> None:
        """In April there is one incident, met, and no complaint in any project: 2 of 2."""
        april = {**incident("2016-04-02 08:00", "2016-04-01 09:00"), "创建时间": "2016-04-01 08:00"}
        desk.tickets(*incidents(3, 1), request(), complaint(), april)

        results = score(desk, f"{FIVE}\n{RATE}", "--by", "month").card["results"]

        found = {each["period"]: each["numerator"] for each in results if each["indicator"] == "met_rate"}
        assert (found["2016"], found["2016-03"], found["2016-04"]) == (2, 2, 2)
        (april_line,) = (each for each in results if (each["indicator"], each["period"]) == ("met_rate", "2016-04"))
        assert april_line["excluded_by"] == {"no_data": 3}

    def test_reported_figures_are_not_computed(self, desk: Desk) -> None:
        """Counted: sla, few, seen, quiet; reported: one; without a figure: points. 4 of 5."""
        figures = '  up: {name: 可用率, table: figures, target: ">= 99%"}'
        desk.put("填报.csv", [{"项目名称": PROJECT, "指标": "可用率", "周期": "2016", "数值": "99.5%"}])
        text = f'{FIVE}\n{figures}\n  auto: {{name: 自动提取率, over: all, value: share(computed), target: ">= 80%"}}'

        result = score(desk, text).result("auto")

        assert (result["numerator"], result["denominator"], result["verdict"]) == (4, 5, "pass")

    def test_it_scores_like_any_other(self, desk: Desk) -> None:
        """Two thirds of a weight of 100; nothing else in the plan scores, and yet the others are judged."""
        text = f"{FIVE}\n{RATE.replace('}', ', weight: 100, score: rate}')}"

        outcome = score(desk, text, "--indicator", "met_rate")

        assert outcome.result("met_rate")["score"]["points"] == pytest.approx(200 / 3)

    def test_a_frequency_leaves_shorter_periods_out(self, desk: Desk) -> None:
        text = f"{FIVE}\n{RATE.replace('}', ', frequency: quarter}')}"

        results = score(desk, text, "--by", "month").card["results"]

        found = {each["period"]: each["verdict"] for each in results if each["indicator"] == "met_rate"}
        assert (found["2016"], found["2016-03"]) == ("pass", "not_due")

    def test_the_rules_of_the_others_are_part_of_its_own(self, desk: Desk) -> None:
        one, same, other = (
            score(desk, f"{text}\n{RATE}").pick("met_rate", "rule_sha256")
            for text in (FIVE, FIVE.replace("投诉数", "投诉"), FIVE.replace("share(sla_met)", "share(response_met)"))
        )
        assert one == same != other


class TestShown:
    """Its rows are the other indicators."""

    @pytest.mark.parametrize(
        ("language", "lines"),
        [
            (
                "zh",
                [
                    "达标的指标 ÷ 已判定",
                    "未达成：1 项指标",
                    "事件数  未达标，4，目标 < 4",
                    "满意度  未提供",
                    "尚未确定",
                ],
            ),
            ("en", ["Indicators", "Missed: 1 indicator(s)", "事件数  MISSED, 4, target < 4", "not settled"]),
        ],
    )
    @pytest.mark.parametrize("format_", ["terminal", "md"])
    def test_explain_lists_them_with_their_verdicts(
        self, desk: Desk, format_: str, language: str, lines: list[str]
    ) -> None:
        printed = self.explain(desk, "-f", format_, "--lang", language).replace("\\", "")

        assert [line for line in lines if line not in printed] == []

    def test_explain_lists_them_for_machines(self, desk: Desk) -> None:
        document = json.loads(self.explain(desk, "-f", "json"))

        found = {bucket: [each["place"] for each in rows] for bucket, rows in document["rows"].items()}
        assert found == {"missed": ["few"], "met": ["sla", "quiet"], "pending": [], "excluded": ["seen", "points"]}

    def test_a_miss_names_the_indicators_that_were_missed(self, desk: Desk, tmp_path: Path) -> None:
        path = desk.write("plan.yaml", plan(f"{FIVE}\n{RATE.replace('60', '80')}"))

        printed = desk.run("score", "--lang", "zh", plan=path).printed
        desk.run("score", "-o", str(tmp_path / "card.xlsx"), "--lang", "zh", plan=path)

        assert "事件数  未达标，4，目标 < 4  few" in printed
        book = openpyxl.load_workbook(tmp_path / "card.xlsx")
        (missed,) = [row for row in book["改进措施"].values if "指标达成率" in row]
        assert "事件数  未达标，4，目标 < 4" in missed[5]
        (result,) = [row for row in book["结果"].values if "指标达成率" in row]
        assert "固定值" in result
        assert "指标达成率" not in book.sheetnames

    def test_the_register_says_what_it_stands_over(self, desk: Desk, opskpi: Callable[..., Result]) -> None:
        path = desk.write("plan.yaml", plan(f"{FIVE}\n  r: {{name: 率, over: [sla, few]}}"))

        printed = opskpi("targets", "show", path, "--lang", "zh").stdout

        assert "事件完成率、事件数" in printed

    @staticmethod
    def explain(desk: Desk, *options: str) -> str:
        path = desk.write("plan.yaml", plan(f"{FIVE}\n{RATE}"))
        asked = (Path(PROJECT), Path("met_rate"), desk.exports)
        return desk.run("explain", *options, plan=path, exports=asked).printed


class TestMistakes:
    """What cannot be meant is refused, in its place."""

    @pytest.mark.parametrize(
        ("line", "sentence"),
        [
            ("over: [sla, fw]", "unknown indicator fw; did you mean few?"),
            ("over: [r]", "r stands over others itself"),
            ("over: [other]", "other stands over others itself"),
            ("over: []", "at least one indicator"),
            ("over: all, table: tickets", "so table means nothing here"),
            ("over: all, breakdown: priority", "so breakdown means nothing here"),
            ("over: all, value: count()", "count() cannot be asked of other indicators"),
            ('over: all, target: "<= 4h"', ""),
            ('over: all, target: ">= 101%"', ""),
        ],
    )
    def test_a_sentence_says_why(self, line: str, sentence: str) -> None:
        (only,) = mistakes(f"{FIVE}\n  other: {{name: 他, over: all}}\n  r: {{name: 率, {line}}}")

        assert sentence in only
        assert only.startswith("plan.yaml:")

    def test_all_of_nothing_is_refused(self) -> None:
        (only,) = mistakes("  r: {name: 率, over: all}")

        assert "at least one indicator" in only

    def test_its_figure_cannot_be_reported(self, desk: Desk) -> None:
        """The line of the register is rejected: it names no indicator that may be reported."""
        line = {"项目名称": PROJECT, "指标": "可用率", "周期": "2016", "数值": "99%"}
        desk.put("填报.csv", [line, {**line, "指标": "met_rate"}])
        figures = "  up: {name: 可用率, table: figures, unit: '%'}"

        outcome = score(desk, f"{FIVE}\n{figures}\n{RATE}")

        assert outcome.ledger("填报.csv")["rejected"] == 1
        assert outcome.pick("met_rate", "numerator", "basis") == (2, "computed")
