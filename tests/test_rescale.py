"""Scores on another scale than the plan's: brought over by a named way, or refused; means are worked out by hand."""

from pathlib import Path

import pytest

from opskpi.documents import read_document, validate
from opskpi.errors import SettingsError
from opskpi.targets.plan import Plan
from rulebook import PROJECT, Desk, Outcome, plan

TEN = """source: ten
forms:
  - table: surveys
    columns: {project: 客户, submitted_at: 日期, score: 打分}
    scale: 1-10
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def mean(rescale: str = "", target: str = ">= 4.5", value: str = "mean(score)") -> str:
    """Write the one indicator of these tests."""
    more = f", rescale: {rescale}" if rescale else ""
    return (
        f'  csat: {{name: 满意度, table: surveys, period_by: submitted_at, value: {value}, target: "{target}"{more}}}'
    )


def answers(desk: Desk, *scores: str, **more: str) -> None:
    """Write answers on a scale of ten."""
    rows = [{"客户": PROJECT, "日期": f"2016-05-{at:02}", "打分": score, **more} for at, score in enumerate(scores, 1)]
    desk.put("十分制.csv", list(rows))


def score(desk: Desk, indicators: str, *options: str) -> Outcome:
    source = str(desk.write("ten.yaml", TEN))
    return desk.score("--source", source, *options, plan=desk.write("plan.yaml", plan(indicators)))


class TestFigures:
    """The score is brought over before anything is made of it, exactly."""

    @pytest.mark.parametrize(
        ("by", "value", "verdict"),
        [
            # the mean of 10, 9 and 7 is 26/3; 1 + (26/3 - 1) * 4/9 = 119/27; 26/3 * 5/10 = 13/3
            ("linear", 119 / 27, "fail"),
            ("max", 13 / 3, "fail"),
        ],
    )
    def test_both_ways(self, desk: Desk, by: str, value: float, verdict: str) -> None:
        answers(desk, "10", "9", "7")

        found = score(desk, mean(f"{{from: 1-10, to: 1-5, by: {by}}}")).pick("csat", "value", "verdict", "denominator")

        assert found == (value, verdict, 3)

    def test_without_it_another_scale_passes_by_accident_and_a_stated_one_is_refused(self, desk: Desk) -> None:
        """6 and 7 of ten are no 4.5 of five."""
        answers(desk, "6", "7")

        assert score(desk, mean()).pick("csat", "value", "verdict") == (6.5, "pass")
        assert score(desk, mean().replace("value:", "scale: 1-5, value:")).exit_code == 2
        fair = score(desk, mean("{from: 1-10, to: 1-5, by: max}"))
        assert fair.pick("csat", "value", "verdict") == (3.25, "fail")

    def test_sheets_on_the_plans_scale_stay_as_they_are(self, desk: Desk) -> None:
        """10 of ten is 5, and 4 of five stays 4."""
        answers(desk, "10")
        desk.surveys("4")

        outcome = score(desk, mean("{from: 1-10, to: 1-5, by: linear}"))

        assert outcome.pick("csat", "value", "numerator") == (4.5, 9)

    def test_a_sheet_on_a_third_scale_is_refused(self, desk: Desk) -> None:
        answers(desk, "10")

        outcome = score(desk, mean("{from: 0-100, to: 1-5, by: linear}"))

        assert outcome.exit_code == 2
        assert "1-10" in outcome.said

    def test_conditions_and_order_see_the_new_scale(self, desk: Desk) -> None:
        """By the greatest score 10, 8 and 6 are 5, 4 and 3: two of three are at least 4, the middle is 4."""
        answers(desk, "10", "8", "6")
        by_max = "{from: 1-10, to: 1-5, by: max}"

        shares = score(desk, mean(by_max, ">= 50%", "share(score >= 4)")).pick("csat", "numerator", "denominator")
        (middle,) = score(desk, mean(by_max, value="median(score)")).pick("csat", "value")

        assert (shares, middle) == ((2, 3), 4)

    def test_decimals_stay_exact(self, desk: Desk) -> None:
        """9.1 end to end is 1 + 8.1 * 4/9 = 4.6, and 4.6 is at least 4.6."""
        answers(desk, "9.1")

        found = score(desk, mean("{from: 1-10, to: 1-5, by: linear}", ">= 4.6"))

        assert found.pick("csat", "value", "verdict") == (4.6, "pass")

    def test_rows_that_sum_answers_up_keep_their_weight(self, desk: Desk) -> None:
        """One answer of 10 and three of 6 are 28 over 4, so 7 of ten, 3.5 of five; by rows it would be 4."""
        rows = [
            {"客户": PROJECT, "日期": "2016-05-01", "打分": each, "份数": n} for each, n in (("10", "1"), ("6", "3"))
        ]
        desk.put("十分制.csv", list(rows))
        source = desk.write("ten.yaml", TEN.replace("打分}", "打分, responses: 份数}"))
        path = desk.write("plan.yaml", plan(mean("{from: 1-10, to: 1-5, by: max}")))

        outcome = desk.score("--source", str(source), plan=path)

        assert outcome.pick("csat", "value", "denominator") == (3.5, 4)

    def test_another_indicator_over_the_same_rows_keeps_its_scale(self, desk: Desk) -> None:
        answers(desk, "8")
        raw = "  raw: {name: 原分, table: surveys, period_by: submitted_at, value: mean(score)}"

        outcome = score(desk, f"{mean('{from: 1-10, to: 1-5, by: max}')}\n{raw}")

        assert (outcome.pick("csat", "value"), outcome.pick("raw", "value")) == ((4,), (8,))

    @pytest.mark.parametrize(("by", "provisional"), [("linear", False), ("max", True)])
    def test_what_is_rejected_is_bounded_by_the_ends_it_could_have(
        self, desk: Desk, by: str, *, provisional: bool
    ) -> None:
        """19 answers of 10 are 5 each; one more of 1 makes 96/20 = 4.8, or by the greatest score 95.5/20 = 4.775."""
        answers(desk, *["10"] * 19, "11")

        outcome = score(desk, mean(f"{{from: 1-10, to: 1-5, by: {by}}}", ">= 4.8"))

        assert outcome.pick("csat", "rejected", "verdict", "provisional") == (1, "pass", provisional)

    def test_it_is_part_of_the_rule(self, desk: Desk) -> None:
        answers(desk, "8")
        hashes = {
            score(desk, mean(rescale)).pick("csat", "rule_sha256")
            for rescale in ("", "{from: 1-10, to: 1-5, by: max}", "{from: 1-10, to: 1-5, by: linear}")
        }
        assert len(hashes) == 3


class TestShown:
    """A figure that was brought over says so."""

    def test_the_card_has_a_note(self, desk: Desk) -> None:
        answers(desk, "8")

        linear, by_max = (score(desk, mean(f"{{from: 1-10, to: 1-5, by: {by}}}")).notes for by in ("linear", "max"))

        assert (
            "满意度: the scores of 十分制.csv were brought from 1-10 to 1-5 end to end: 1 + (score − 1) × 4 ÷ 9"
            in linear
        )
        assert "by the greatest score: score × 5 ÷ 10" in by_max

    def test_nothing_is_said_where_nothing_was_brought_over(self, desk: Desk) -> None:
        desk.surveys("4")

        path = desk.write("plan.yaml", plan(mean("{from: 1-10, to: 1-5, by: max}")))

        assert "brought from" not in desk.score(plan=path).notes

    def test_explain_says_it_in_the_rule(self, desk: Desk) -> None:
        answers(desk, "8")
        path = desk.write("plan.yaml", plan(mean("{from: 1-10, to: 1-5, by: linear}")))
        source = str(desk.write("ten.yaml", TEN))
        asked = (Path(PROJECT), Path("csat"), desk.exports)

        printed = desk.run("explain", "--source", source, "--lang", "zh", plan=path, exports=asked).printed

        assert "换算" in printed
        assert "由 1-10 分制按两端对应换算为 1-5 分制：1 +（分数 − 1）× 4 ÷ 9" in printed


class TestMistakes:
    """What cannot be meant is refused, in its place."""

    @pytest.mark.parametrize(
        ("line", "sentence"),
        [
            (mean("{from: 1-10, to: 5, by: max}"), "5 is no scale"),
            (mean("{from: 1-10, to: 1-5}"), "by"),
            (mean("{from: 1-10, to: 1-5, by: half}"), "linear"),
            (mean("{from: 1-10, to: 0-0, by: max}"), "0-0 is no scale"),
            (mean("{from: 1-10, to: 1-5, by: max}", ">= 9"), "outside the scale 1-5"),
            (mean("{from: 1-10, to: 1-5, by: max}").replace("value:", "scale: 1-10, value:"), "must be the same"),
            (mean("{from: 1-10, to: 1-5, by: max}", value="count()"), "no column of scores"),
        ],
    )
    def test_a_sentence_says_why(self, line: str, sentence: str) -> None:
        with pytest.raises(SettingsError) as caught:
            validate(read_document(plan(line).encode(), "plan.yaml"), Plan)

        (only,) = [each.text("en") for each in caught.value.messages]
        assert sentence in only
        assert only.startswith("plan.yaml:")
