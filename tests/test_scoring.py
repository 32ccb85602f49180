"""Scoring: each form with the numbers of a real assessment sheet, totals worked out by hand, verdicts untouched."""

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opskpi.model.cards import Reading, Result, Verdict
from opskpi.model.goals import Target
from opskpi.model.scoring import Rate, Rule, Scheme, points_text
from opskpi.scoring.points import earned
from opskpi.scoring.totals import scored
from opskpi.targets.phrases import parse_target
from opskpi.targets.schemes import parse_grades
from opskpi.targets.scoring import ScoreSettings
from rulebook import Desk, Outcome, complaint, incidents, plan
from test_goals import BANK, HALL, STORE
from test_plan import mistakes


def judged(value: str | None, unit: str, target: str | None, missed: int | None = None) -> Result:
    """Make a result with its verdict as the target says."""
    number = None if value is None else Fraction(value)
    wanted: Target | None = parse_target(target) if target else None
    verdict = Verdict.NO_TARGET if wanted is None else Verdict.PASS
    if wanted is not None and number is not None and not wanted.holds(number):
        verdict = Verdict.FAIL
    met = None if missed is None else 100 - missed
    reading = Reading(None, None, number, met, missed, 0, 0, {}, 0, 0, 0)
    fixed: dict[str, Any] = {"name": "", "short": "", "owner": None, "period": "2016", "rule_sha256": ""}
    flags: dict[str, Any] = {"provisional": False, "in_progress": False, "headroom": None, "deciding": 0}
    return Result(
        "P", "i", verdict=verdict, raw_verdict=verdict, reading=reading, unit=unit, target=wanted, **fixed, **flags
    )


def points(score: object, result: Result, weight: str | None = None) -> Fraction:
    """Score one result by a score as the plan writes it."""
    settings = ScoreSettings.model_validate({"form": score} if isinstance(score, str) else score)
    rule = Rule(settings.rule_form, None if weight is None else Fraction(weight), settings.veto)
    return earned(result, rule)[0]


class TestForms:
    """Each form, with sheets people use."""

    @pytest.mark.parametrize(("step", "cost"), [("full", "0"), ("started", "0.5"), ("prorata", "0.3")])
    def test_894_against_90_costs_by_what_a_part_of_a_step_counts(self, step: str, cost: str) -> None:
        """S09: each percentage point below costs 0.5; 0.6 of a point below is no full step, one started, 0.6 of one."""
        score = {"deduct": "0.5", "per": "1%", "step": step}
        result = judged("0.894", "ratio", ">= 90%")

        assert points(score, result, "20") == 20 - Fraction(cost)
        assert points(score, result) == -Fraction(cost)

    @pytest.mark.parametrize(
        ("value", "expected"), [("0.9", "20"), ("0.89", "19.5"), ("0.885", "19"), ("0.5", "0"), ("0.95", "20")]
    )
    def test_steps_stop_at_nothing(self, value: str, expected: str) -> None:
        """88.5 % is two started steps; 50 % is forty steps of 0.5."""
        assert points(
            {"deduct": "0.5", "per": "1%", "step": "started"}, judged(value, "ratio", ">= 90%"), "20"
        ) == Fraction(expected)

    def test_a_tenth_of_a_score_costs_two(self) -> None:
        """S11: each 0.1 below 4.5 costs 2: 4.25 is two full steps."""
        assert points({"deduct": "2", "per": "0.1", "step": "full"}, judged("4.25", "score", ">= 4.5"), "10") == 6

    def test_the_most_that_is_taken(self) -> None:
        """S12: each 0.1 % below 99.9 % costs 5, at most 20: 99.0 % would cost 45."""
        score = {"deduct": "5", "per": "0.1%", "step": "full", "most": "20"}
        assert points(score, judged("0.99", "ratio", ">= 99.9%"), "30") == 10

    @pytest.mark.parametrize(("value", "expected"), [("10", "15"), ("12", "13"), ("15", "13"), ("16", "11")])
    def test_full_marks_can_want_more_than_the_target(self, value: str, expected: str) -> None:
        """S13: target 15 minutes, full marks at 10 at most, each 5 minutes costs 2, begun ones too."""
        score = {"deduct": "2", "per": "5", "step": "started", "from": "<= 10"}
        assert points(score, judged(value, "minutes", "<= 15"), "15") == Fraction(expected)

    def test_lengths_of_time_are_told_with_their_unit(self) -> None:
        settings = ScoreSettings.model_validate({"deduct": "1", "per": "30m", "step": "full"})
        _, how = earned(judged("291", "minutes", "<= 4h"), Rule(settings.rule_form, Fraction(10), None))
        assert how.text("en") == "51 min off <= 4h, by 30 min (full steps): 1 × 1"

    @pytest.mark.parametrize(("value", "expected"), [("1", "0"), ("1.22", "-7"), ("0.75", "-10")])
    def test_outside_a_range_costs_at_once_and_then_by_the_step(self, value: str, expected: str) -> None:
        """S15: outside 80 % to 120 % costs 5, then 1 for each 1 %."""
        score = {"deduct": "1", "per": "0.01", "step": "prorata", "at_once": "5"}
        assert points(score, judged(value, "", "between 0.8 and 1.2")) == Fraction(expected)

    @pytest.mark.parametrize(("count", "expected"), [("4", "0"), ("5", "-3"), ("7", "-9")])
    def test_a_strict_ceiling_of_a_count_is_its_last_good_number(self, count: str, expected: str) -> None:
        """Below 5 is 4 at most: the fifth complaint is the first step."""
        score = {"deduct": "3", "per": "1", "step": "full"}
        assert points(score, judged(count, "count", "< 5")) == Fraction(expected)

    @pytest.mark.parametrize(("count", "expected"), [("0", "20"), ("1", "20"), ("2", "15"), ("4", "5"), ("9", "0")])
    def test_each_costs_five_one_is_free(self, count: str, expected: str) -> None:
        """S10: 服务投诉次数 ≤1, each further one costs 5."""
        score = {"deduct": "5", "each": "value", "free": "1"}
        assert points(score, judged(count, "count", "<= 1"), "20") == Fraction(expected)

    def test_each_missed_row_costs_one(self) -> None:
        """S09: a missing report costs 1."""
        assert points({"deduct": "1", "each": "missed"}, judged("0.97", "ratio", "== 100%", missed=3)) == -3

    @pytest.mark.parametrize(("count", "expected"), [("0", "10"), ("1", "7"), ("2", "4"), ("3", "0"), ("8", "0")])
    def test_a_table_by_count(self, count: str, expected: str) -> None:
        """S13: 1 costs 3, 2 cost 6, three and more leave nothing."""
        score = {"table": {"0": "full", "1": "-3", "2": "-6", "3": "0"}}
        assert points(score, judged(count, "count", "<= 2"), "10") == Fraction(expected)

    @pytest.mark.parametrize(
        ("value", "expected"), [("0.98", "40"), ("0.9799", "36"), ("0.95", "36"), ("0.9", "24"), ("0.89", "0")]
    )
    def test_bands_by_lower_bounds(self, value: str, expected: str) -> None:
        """S26: from 98 % all, from 95 % 90 %; 97.99 %, which "95–97" would leave out, is in the second."""
        score = {"bands": {"98%": "满分", "95%": "90%", "90%": "60%"}}
        assert points(score, judged(value, "ratio", ">= 95%"), "40") == Fraction(expected)

    @pytest.mark.parametrize(("value", "expected"), [("0.9", "9"), ("1.3", "10"), ("1/3", "10/3")])
    def test_rate_by_weight(self, value: str, expected: str) -> None:
        """S16: rate × weight, no more than all."""
        assert points("rate", judged(value, "ratio", ">= 95%"), "10") == Fraction(expected)

    @pytest.mark.parametrize(("value", "expected"), [("0.9", 10), ("0.8999", 0)])
    def test_pass_or_fail(self, value: str, expected: int) -> None:
        assert points("pass_fail", judged(value, "ratio", ">= 90%"), "10") == expected

    @pytest.mark.parametrize(("count", "expected"), [("3", 6), ("30", 40), ("0", 0)])
    def test_each_gives_two_at_most_forty(self, count: str, expected: int) -> None:
        """S14: 知识库贡献量, +2 each, at most 40; with a weight that is the most."""
        assert points({"bonus": "2", "each": "value", "most": "40"}, judged(count, "count", ">= 10")) == expected
        assert points({"bonus": "2", "each": "value"}, judged(count, "count", ">= 10"), "40") == expected
        assert points({"bonus": "2", "each": "value", "most": "60"}, judged(count, "count", ">= 10"), "40") == expected

    @pytest.mark.parametrize(("value", "expected"), [("0.97", 2), ("0.95", 0), ("0.9", 0), ("1", 3)])
    def test_a_bonus_for_each_point_beyond(self, value: str, expected: int) -> None:
        score = {"bonus": "1", "per": "1%", "step": "full", "most": "3"}
        assert points(score, judged(value, "ratio", ">= 95%")) == expected

    def test_points_are_exact(self) -> None:
        """A third of a step, as three thirds make one."""
        score = {"deduct": "1", "per": "3", "step": "prorata"}
        assert points(score, judged("16", "minutes", "<= 15")) == Fraction(-1, 3)


INDICATORS = """  rate:
    name: 完成率
    owner: 运行维护部
    process_owner: 事件
    table: tickets
    where: type == "incident"
    period_by: created_at
    value: share(sla_met)
    target: ">= 90%"
    weight: 40
    score: {deduct: 0.5, per: 1%, step: started}
  complaints:
    name: 投诉数量
    owner: 质量部
    table: tickets
    where: type == "complaint"
    period_by: created_at
    value: count()
    target: "< 5"
    weight: 20
    score: {deduct: 5, each: value, free: 1}
  requests:
    name: 请求完成率
    owner: 运行维护部
    table: tickets
    where: type == "request"
    period_by: created_at
    value: share(completed)
    target: "== 100%"
    weight: 40
    score: pass_fail
"""
GRADES = "grades: {优秀: 90, 良好: 75, 不合格: 0}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Bank: 87 of 100 in time, 3 complaints. Store: all 10 in time. Neither has requests; the hall has two."""
    made = Desk(tmp_path)
    made.tickets(
        *incidents(87, 13, 项目名称=BANK),
        *[complaint(项目名称=BANK)] * 3,
        *incidents(10, 0, 项目名称=STORE),
        {"工单类型": "服务请求", "创建时间": "2016-03-01", "解决时间": "2016-03-02", "项目名称": HALL},
        {"工单类型": "服务请求", "创建时间": "2016-03-01", "解决时限": "2016-03-02", "项目名称": HALL},
    )
    return made


def score(desk: Desk, indicators: str = INDICATORS, more: str = GRADES, *options: str) -> Outcome:
    return desk.score(*options, plan=desk.write("plan.yaml", plan(indicators, more=more)))


def totals(outcome: Outcome, period: str = "2016") -> dict[tuple[str | None, str | None], tuple[Any, ...]]:
    """Give points, full marks and grade of each project and owner."""
    keys = ("points", "full", "grade")
    found = [each for each in outcome.card["scores"] if each["period"] == period]
    return {(each["project"], each["owner"]): tuple(each[key] for key in keys) for each in found}


class TestTotals:
    """What does not apply leaves its weight to the others; nothing is averaged but the projects' totals."""

    def test_by_hand(self, desk: Desk) -> None:
        """The bank's 87 % is three points below 90: 1.5 of 40; two of three complaints beyond the free one: 10 of 20.

        It had no requests, so that 60 weigh 100: 38.5 and 10 become 64.17 and 16.67. The store lost nothing. The hall
        had no incidents: nothing of 40 for a missed request and 20 for no complaint, 60 that weigh 100: 33.33.
        The company is the mean: (80.83 + 100 + 33.33) / 3.
        """
        outcome = score(desk)
        found = totals(outcome)

        assert found[BANK, None] == (pytest.approx(48.5 / 60 * 100), 100, "良好")
        assert found[STORE, None] == (100, 100, "优秀")
        assert found[HALL, None] == (pytest.approx(20 / 60 * 100), 100, "不合格")
        assert found[None, None][0] == pytest.approx((48.5 / 60 + 1 + 20 / 60) / 3 * 100)
        assert found[BANK, "质量部"][:2] == (pytest.approx(10 / 60 * 100), pytest.approx(20 / 60 * 100))
        assert outcome.pick("rate", "score", project=BANK) == (
            {
                "points": pytest.approx(38.5 / 60 * 100),
                "weight": pytest.approx(40 / 60 * 100),
                "stated_weight": 40,
                "how": "3% off >= 90%, by 1% (started steps): 3 × 0.5",
            },
        )
        assert outcome.pick("requests", "score", project=BANK) == (
            {
                "points": None,
                "weight": 0,
                "stated_weight": 40,
                "how": "does not apply (none), its weight goes to the others",
            },
        )

    def test_verdicts_are_those_without_scoring(self, desk: Desk) -> None:
        bare = "\n".join(line for line in INDICATORS.splitlines() if "weight" not in line and "score" not in line)
        with_scores, without = score(desk), score(desk, bare, "")

        assert [{**each, "score": None} for each in with_scores.card["results"]] == without.card["results"]
        assert with_scores.card["company"] == without.card["company"]
        assert with_scores.exit_code == without.exit_code
        assert "scores" not in without.card

    @pytest.mark.parametrize(
        ("kept", "expected"), [("full", (88.5, 100)), ("drop", (48.5, 60)), ("redistribute", (48.5 / 60 * 100, 100))]
    )
    def test_what_becomes_of_a_weight_that_does_not_apply(
        self, desk: Desk, kept: str, expected: tuple[float, int]
    ) -> None:
        found = totals(score(desk, INDICATORS, f"scoring: {{not_applicable: {kept}}}\n"))

        assert found[BANK, None] == (pytest.approx(expected[0]), expected[1], None)

    @pytest.mark.parametrize(
        ("handed", "expected", "said"),
        [
            ("zero", 48.5, "0 points"),
            ("full", 88.5, "all its points"),
            ("not_applicable", 48.5 / 60 * 100, "scored as what does not apply"),
        ],
    )
    def test_what_was_not_handed_in_scores_nothing_unless_stated(
        self, desk: Desk, handed: str, expected: float, said: str
    ) -> None:
        lacking = INDICATORS.replace(
            'table: tickets\n    where: type == "request"\n    period_by: created_at',
            "table: reports\n    period_by: due_at",
        ).replace("share(completed)", "share(on_time)")
        outcome = score(desk, lacking, f"scoring: {{no_data: {handed}}}\n")

        assert totals(outcome)[BANK, None][0] == pytest.approx(expected)
        assert "请求完成率: nothing was handed in for 3 project(s)" in outcome.notes
        assert said in outcome.notes

    def test_owners_can_have_weights_of_their_own(self, desk: Desk) -> None:
        """运行维护部 60: its rate 100 of 100, 98.5 for the bank. 质量部 40: complaints 100, 90 for the bank.

        98.5 × 60 % + 90 × 40 % = 95.1. The hall's 运行维护部 has a missed request only: 0 × 60 % + 100 × 40 %.
        """
        own = INDICATORS.replace("weight: 40", "weight: 50").replace("weight: 20", "weight: 100")
        own = own.replace("{deduct: 0.5, per: 1%", "{deduct: 0.25, per: 1%")
        found = totals(score(desk, own, "scoring: {owners: {运行维护部: 60, 质量部: 40}}\n" + GRADES))

        assert found[BANK, "运行维护部"] == (pytest.approx(98.5), 100, "优秀")
        assert found[BANK, "质量部"] == (90, 100, "优秀")
        assert found[BANK, None] == (pytest.approx(95.1), 100, "优秀")
        assert found[HALL, None] == (40, 100, "不合格")

    def test_without_weights_points_are_taken_from_a_hundred(self, desk: Desk) -> None:
        """S09: 100 less 1.5 for the rate, less 10 for complaints, plus 2 for something."""
        bare = "\n".join(line for line in INDICATORS.splitlines() if "weight" not in line)
        bare = bare.replace("score: pass_fail", "score: {bonus: 2, each: met}") + "\n"
        found = totals(score(desk, bare))

        assert found[BANK, None] == (88.5, 100, "良好")
        assert found[BANK, "质量部"] == (-10, 0, None)
        assert found[HALL, None] == (102, 100, "优秀")
        assert totals(score(desk, bare, "scoring: {most: 100}\n"))[HALL, None] == (100, 100, None)

    def test_a_veto_caps_the_total(self, desk: Desk) -> None:
        """一票否决: the bank misses the rate, and has 59 at most."""
        found = score(desk, INDICATORS.replace("step: started}", "step: started, veto: 59}"))

        assert totals(found)[BANK, None] == (59, 100, "不合格")
        assert totals(found)[STORE, None] == (100, 100, "优秀")
        (bank,) = [each for each in found.card["scores"] if (each["project"], each["owner"]) == (BANK, None)]
        assert bank["vetoed_by"] == ["完成率"]

    def test_what_is_waived_leaves_its_weight(self, desk: Desk) -> None:
        waiver = (
            f"waivers:\n  - {{project: {BANK}, indicator: rate, reason: 搬迁, approved_by: 王总, until: 2016-12-31}}\n"
        )

        assert totals(score(desk, INDICATORS, waiver))[BANK, None] == (50, 100, None)

    def test_a_filter_shows_less_and_changes_nothing(self, desk: Desk) -> None:
        whole, filtered = score(desk), score(desk, INDICATORS, GRADES, "--owner", "质量部")

        assert {each["indicator"] for each in filtered.card["results"]} == {"complaints"}
        assert filtered.pick("complaints", "score", project=BANK) == whole.pick("complaints", "score", project=BANK)
        assert totals(filtered)[BANK, None] == totals(whole)[BANK, None]
        assert (BANK, "运行维护部") not in totals(filtered)

    def test_a_process_owner_is_a_view_too(self, desk: Desk) -> None:
        outcome = score(desk, INDICATORS, GRADES, "--owner", "事件")

        assert {each["indicator"] for each in outcome.card["results"]} == {"rate"}
        assert outcome.pick("rate", "owner", "process_owner", project=BANK) == ("运行维护部", "事件")

    def test_a_series_has_scores_of_its_own(self, desk: Desk) -> None:
        """All of it happened in the first quarter; in the others there is nothing to score but nobody's complaints."""
        found = totals(score(desk, INDICATORS, GRADES, "--by", "quarter"), "2016-Q1")

        assert found[BANK, None] == (pytest.approx(48.5 / 60 * 100), 100, "良好")

    def test_one_project_has_no_company_mean(self, desk: Desk) -> None:
        assert {project for project, _ in totals(score(desk, INDICATORS, GRADES, "--project", BANK))} == {BANK}


def test_a_grade_is_of_the_exact_total_and_shown_so() -> None:
    """89.995 is below 90 and is not shown as 90.00."""
    scheme = Scheme({}, parse_grades({"良好": "75", "优秀": "90"}))
    assert scheme.grade(Fraction("89.995")) == "良好"
    assert points_text(Fraction("89.995"), scheme) == "89.995"
    assert points_text(Fraction("89.5"), scheme) == "89.5"
    assert points_text(Fraction(20)) == "20"


class TestFormats:
    """Every format shows the same points."""

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_terminal_and_markdown(self, desk: Desk, language: str) -> None:
        path = desk.write("plan.yaml", plan(INDICATORS, more=GRADES))
        page = desk.folder / "card.md"
        printed = desk.run("score", "--full", "-f", "terminal", "--lang", language, "-o", str(page), plan=path).printed
        text = page.read_text(encoding="utf-8").replace("\\", "")
        said = {
            "zh": ("评分", "各项目平均", f"{BANK} · 完成率: 64.17/66.67", "权重分摊给其他指标"),
            "en": ("Scores", "mean of projects", f"{BANK} · 完成率: 64.17/66.67", "its weight goes to the others"),
        }[language]

        for shown in (printed, text):
            assert all(
                each.replace("完成率: ", "完成率：" if language == "zh" else "完成率: ") in shown for each in said
            )
        assert f"| {BANK} | 64.17/66.67 | 16.67/33.33 | 80.83 | 良好 |" in text
        assert f"| {STORE} | 66.67/66.67 | 33.33/33.33 | 100 | 优秀 |" in text

    def test_workbook_and_csv(self, desk: Desk) -> None:
        files = [desk.folder / "card.xlsx", desk.folder / "card.csv"]
        outcome = score(desk, INDICATORS, GRADES, *(word for path in files for word in ("-o", str(path))))

        book = openpyxl.load_workbook(files[0])
        rows = [[cell.value for cell in row] for row in book["评分"].iter_rows()]
        assert rows[0] == ["项目", "运行维护部", "质量部", "总分", "等级"]
        assert next(row for row in rows if row[0] == BANK) == [BANK, "64.17/66.67", "16.67/33.33", "80.83", "良好"]
        details = [[cell.value for cell in row] for row in book["评分明细"].iter_rows(min_row=2)]
        assert [row[3:6] for row in details if row[:2] == [BANK, "投诉数量"]] == [
            [20, pytest.approx(100 / 3), pytest.approx(50 / 3)]
        ]
        lines = list(csv.DictReader(io.StringIO(files[1].read_text(encoding="utf-8-sig"))))
        points = {(each["project"], each["indicator"]): each["points"] for each in lines}
        scored = {(each["project"], each["indicator"]): each["score"]["points"] for each in outcome.card["results"]}
        assert points == {key: "" if value is None else json.dumps(value) for key, value in scored.items()}


HEAD = "plan: 计划\nperiod: 2016\nindicators:\n"
RATE = """  rate: {{name: 率, table: tickets, period_by: created_at, value: share(sla_met), owner: 甲, {score}}}
"""
COUNT = """  count: {{name: 数, table: tickets, period_by: created_at, value: count(), owner: 乙, {score}}}
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (RATE.format(score="weight: 100"), "say how this weight scores"),
        (RATE.format(score="score: rate"), "shares out a weight"),
        (RATE.format(score="weight: 100, score: rat"), "form cannot be rat"),
        (COUNT.format(score="weight: 100, score: rate"), "for ratios only"),
        (RATE.format(score="score: {deduct: 0.5, per: 1%}"), "step: full (nothing), started (a whole one) or prorata"),
        (RATE.format(score="score: {deduct: 0.5, per: 1, step: full}"), "write 1% instead of 1"),
        (RATE.format(score="score: {deduct: 5}"), "wants either per"),
        (RATE.format(score="score: {deduct: 5, each: missed, per: 1%, step: full}"), "wants either per"),
        (RATE.format(score="score: {deduct: 5, each: missed, at_once: 1}"), "at_once is of the other way"),
        (RATE.format(score="score: {deduct: 5, each: value}"), "each: missed or each: met"),
        (COUNT.format(score="score: {deduct: 5, each: missed}"), "write each: value"),
        (RATE.format(score="score: {deduct: 5%, each: missed}"), "points are a number"),
        (RATE.format(score="score: {deduct: 5, bonus: 2, each: met}"), "two forms of scoring"),
        (RATE.format(score="score: {table: {0: full}, per: 1}"), "per goes with deduct, bonus only"),
        (RATE.format(score="weight: 100, score: {bands: {95-97%: 90%}}"), "no lower bound"),
        (RATE.format(score="weight: 100, score: {bands: {95: full}}"), "a ratio is never over 1"),
        (RATE.format(score="weight: 100, score: {bands: {95%: 120}}"), "more than the weight"),
        (RATE.format(score="score: {bands: {95%: 90%}}"), "is a part of a weight"),
        (COUNT.format(score="score: {table: {0: full, 1: -3, 3: 0}}"), "is a part of a weight"),
        (RATE.format(score="weight: 100, score: {veto: 59}"), "say how this weight scores"),
        (RATE.format(score="weight: 100, score: {bands: {95%: 1, 0.95: 2}}"), "the same bound"),
        (RATE.format(score="weight: 95, score: rate"), "the weights add up to 95, not 100 (rate 95)"),
        (
            RATE.format(score="weight: 60, score: rate") + COUNT.format(score="weight: 30, score: pass_fail"),
            "add up to 90, not 100 (rate 60, count 30)",
        ),
        (
            RATE.format(score="weight: 100, score: rate") + "scoring: {owners: {甲: 60, 丙: 30}}\n",
            "the owners' weights add up to 90",
        ),
        (
            RATE.format(score="weight: 100, score: rate") + "scoring: {owners: {甲: 60, 丙: 40}}\n",
            "no indicator of 丙 has a weight",
        ),
        (RATE.format(score="") + "grades: {好: 90, 中: 九十}\n", "no number"),
        (RATE.format(score="") + "grades: {好: 90, 中: 90}\n", "the same bound"),
    ],
)
def test_a_slip_gets_the_sentence_that_helps(text: str, words: str) -> None:
    said = mistakes(HEAD + text)
    assert any(words in each for each in said), said
    assert all(each.startswith("plan.yaml:") for each in said)


@st.composite
def cards(draw: st.DrawFn) -> tuple[list[Result], Scheme]:
    """Draw results of some projects and indicators of two owners, whose weights add up to 100."""
    cuts = sorted(draw(st.lists(st.integers(1, 99), min_size=1, max_size=4, unique=True)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    rules = {f"i{at}": Rule(Rate(), Fraction(weight)) for at, weight in enumerate(weights)}
    results = []
    for project in ("甲", "乙"):
        for at, name in enumerate(rules):
            value = draw(st.fractions(0, 1, max_denominator=50))
            absent = draw(st.sampled_from([None, Verdict.NOT_APPLICABLE, Verdict.WAIVED, Verdict.NOT_DUE]))
            made = judged(str(value), "ratio", ">= 90%")
            verdict = absent or made.verdict
            results.append(replace(made, project=project, indicator=name, verdict=verdict, owner="AB"[at % 2]))
    return results, Scheme(rules, absent=draw(st.sampled_from(["redistribute", "full", "drop"])))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(cards())
def test_weights_and_points_add_up(card: tuple[list[Result], Scheme]) -> None:
    """What applies carries a hundred, unless its weight is dropped; a total is the weighted mean of the rates."""
    results, scheme = card
    told, totals = scored(results, scheme)
    for project in ("甲", "乙"):
        mine = [each for each in told if each.project == project]
        whole = next(each for each in totals if (each.project, each.owner) == (project, None))
        parts = [each for each in totals if each.project == project and each.owner]
        judged_ones = [each for each in mine if each.verdict in (Verdict.PASS, Verdict.FAIL)]
        stated = {each.indicator: scheme.rules[each.indicator].weight or Fraction(0) for each in judged_ones}
        absent = 100 - sum(stated.values(), Fraction(0))
        got = sum((stated[each.indicator] * (each.value or Fraction(0)) for each in judged_ones), Fraction(0))
        if scheme.absent == "full":
            assert (whole.points, whole.full) == (got + absent, Fraction(100))
        elif not judged_ones:
            assert whole.points is None
        elif scheme.absent == "drop":
            assert (whole.points, whole.full) == (got, 100 - absent)
        else:
            assert (whole.points, whole.full) == (got * 100 / (100 - absent), Fraction(100))
        assert sum((each.points or Fraction(0) for each in parts), Fraction(0)) == (whole.points or 0)


class TestOpenTotals:
    """A total is marked as long as rows to come may change its points, though they turn no verdict."""

    RATED = (
        '  r: {name: R, table: tickets, where: type == "incident", period_by: created_at, value: share(sla_met), '
        'target: ">= 50%", weight: 100, score: rate}\n'
    )
    GRADES = "grades: {优秀: 90, 良好: 75, 不合格: 0}\n"

    def mark(self, desk: Desk, *options: str) -> tuple[Any, ...]:
        path = desk.write("plan.yaml", plan(self.RATED, more=self.GRADES))
        total = next(each for each in desk.score(*options, plan=path).card["scores"] if each["project"])
        return total["points"], total["grade"], total["provisional"]

    def test_a_pending_row_may_change_a_rate(self, desk: Desk) -> None:
        """9 of 10 are 90 points, and one more missed makes 9 of 11, 81.8: another grade under the same verdict."""
        desk.tickets(*incidents(9, 1), {**incidents(1, 0)[0], "解决时间": "", "解决时限": "2017-03-01"})
        assert self.mark(desk) == (90, "优秀", True)

    def test_a_year_that_is_not_over_may_change_it_too(self, desk: Desk) -> None:
        desk.tickets(*incidents(9, 1))
        assert self.mark(desk, "--as-of", "2016-06-01") == (90, "优秀", True)
        assert self.mark(desk, "--as-of", "2017-01-01") == (90, "优秀", False)
