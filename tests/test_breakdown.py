"""Breakdowns: a figure's rows by the words of a column, beside the figure; every number is counted by hand."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from opskpi.documents import read_document, validate
from opskpi.errors import SettingsError
from opskpi.targets.plan import Plan
from rulebook import PROJECT, Desk, Outcome, Row, incident, incidents, plan, request

COUNT = """
  volume:
    name: 事件数量
    table: tickets
    where: type == "incident"
    period_by: created_at
    value: count()
    breakdown: priority
""".strip("\n")
SHARE = """
  sla:
    name: 事件完成率
    table: tickets
    where: type == "incident"
    period_by: created_at
    value: share(sla_met)
    breakdown: priority
    target: ">= 90%"
""".strip("\n")
CHANGES = """
tables:
  changes:
    name: 变更
    columns:
      change_id: {type: id, heading: 变更编号}
      done_on: {type: date, heading: 完成日期}
      kind:
        type: word
        required: false
        heading: 变更类别
        words: {usual: [标准变更], normal: [一般变更], urgent: [紧急变更]}
"""
KINDS = "  changes: {name: 变更数量, table: changes, period_by: done_on, value: count(), breakdown: kind}"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def written(desk: Desk, indicators: str, more: str = "") -> Path:
    return desk.write("plan.yaml", plan(indicators, more=more))


def score(desk: Desk, indicators: str, *options: str, more: str = "") -> Outcome:
    return desk.score(*options, plan=written(desk, indicators, more))


def said(result: dict[str, Any], *keys: str) -> list[tuple[Any, ...]]:
    """Pick fields of each slice of a result's breakdown."""
    return [tuple(each[key] for key in keys) for each in result["breakdown"]]


def mixed() -> list[Row]:
    """Make 8 incidents that are judged: P1 3 met and 1 missed, P2 2 met, without a priority 1 met and 1 missed."""
    return [
        *incidents(3, 1, 优先级="P1"),
        *incidents(2, 0, 优先级="P2"),
        *incidents(1, 1, 优先级=""),
    ]


class TestFigures:
    """What is counted: the rows of the figure, no others, each once."""

    def test_rows_by_word_come_by_their_number_then_their_word_and_blanks_last(self, desk: Desk) -> None:
        desk.tickets(*mixed(), *incidents(2, 0, 优先级="A"), request(优先级="P1"))

        result = score(desk, COUNT).result("volume")

        assert said(result, "word", "rows", "share") == [
            ("P1", 4, 0.4),
            ("A", 2, 0.2),
            ("P2", 2, 0.2),
            (None, 2, 0.2),
        ]
        assert result["value"] == 10

    def test_a_share_tells_the_met_and_missed_rows_of_each_word(self, desk: Desk) -> None:
        desk.tickets(*mixed())

        result = score(desk, SHARE).result("sla")

        assert said(result, "word", "rows", "share", "met", "missed") == [
            ("P1", 4, 0.5, 3, 1),
            ("P2", 2, 0.25, 2, 0),
            (None, 2, 0.25, 1, 1),
        ]
        assert (result["met"], result["missed"]) == (6, 2)

    def test_rows_that_do_not_count_are_in_no_word(self, desk: Desk) -> None:
        """One row cancelled, one of the year before, one still open inside its limit: none is in the breakdown."""
        desk.tickets(
            *incidents(1, 0, 优先级="P1"),
            incident("2016-03-02", "2016-03-01 09:00", 优先级="P2", 状态="已取消"),
            {**incident("2015-03-02", "2015-03-01 09:00", 优先级="P3"), "创建时间": "2015-03-01 08:00"},
            incident("2018-01-01", "", 优先级="P4"),
        )
        text = f'{SHARE}\n    exclude: {{cancelled: status == "cancelled"}}'

        outcome = score(desk, text)

        assert said(outcome.result("sla"), "word", "rows") == [("P1", 1)]
        assert outcome.pick("sla", "excluded", "out_of_period", "pending") == (1, 1, 1)

    def test_a_mean_shows_the_rows_that_it_is_made_of(self, desk: Desk) -> None:
        """4 and 2 make 3; the third row has no score and is not in the mean."""
        desk.tickets(*(incident(优先级=word, 满意度=score) for word, score in (("P1", "4"), ("P1", "2"), ("P2", ""))))
        text = "  x: {name: 例, table: tickets, period_by: created_at, value: mean(satisfaction), breakdown: priority}"

        result = score(desk, text).result("x")

        assert (result["value"], said(result, "word", "rows")) == (3, [("P1", 2)])

    def test_words_of_a_vocabulary_keep_its_order(self, desk: Desk) -> None:
        """Urgent ones are the most, and come last; one change names no kind."""
        kinds = ["紧急变更"] * 3 + ["标准变更", "一般变更", "一般变更", ""]
        rows = [
            {"变更编号": f"C{at}", "项目名称": PROJECT, "完成日期": "2016-04-01", "变更类别": kind}
            for at, kind in enumerate(kinds)
        ]
        desk.put("变更.csv", list(rows))

        result = score(desk, KINDS, more=CHANGES).result("changes")

        assert said(result, "word", "rows") == [("usual", 1), ("normal", 2), ("urgent", 3), (None, 1)]

    def test_the_company_adds_up_what_the_projects_have(self, desk: Desk) -> None:
        """P1: 4 and 1 of 14; P3: 5 of another project alone."""
        other = [{**row, "项目名称": "乙"} for row in (*incidents(1, 0, 优先级="P1"), *incidents(0, 5, 优先级="P3"))]
        desk.tickets(*mixed(), *other)

        outcome = score(desk, SHARE)

        assert said(outcome.company("sla"), "word", "rows", "missed") == [
            ("P1", 5, 1),
            ("P3", 5, 5),
            ("P2", 2, 0),
            (None, 2, 1),
        ]
        assert said(outcome.result("sla", "乙"), "word", "rows") == [("P3", 5), ("P1", 1)]

    def test_words_of_several_files_are_the_same_words(self, desk: Desk) -> None:
        """Each file has words of its own, in its own order: P2 P1, then P1 P3 P2; two answers to one count."""
        for file, words in (("一月.csv", ("P2", "P1")), ("二月.csv", ("P1", "P3", "P2", "P2"))):
            rows = [{**incident(优先级=word), "工单编号": f"{file}{at}"} for at, word in enumerate(words)]
            desk.tickets(*rows, file=file)

        result = score(desk, COUNT).result("volume")

        assert said(result, "word", "rows") == [("P2", 3), ("P1", 2), ("P3", 1)]

    def test_each_part_of_a_series_has_its_own(self, desk: Desk) -> None:
        """Three in March, one in April, none in May."""
        april = {**incident("2016-04-02 08:00", "2016-04-01 09:00", 优先级="P2"), "创建时间": "2016-04-01 08:00"}
        desk.tickets(*incidents(3, 0, 优先级="P1"), april)

        results = score(desk, COUNT, "--by", "month").card["results"]

        found = {each["period"]: said(each, "word", "rows") for each in results if "breakdown" in each}
        assert found == {"2016": [("P1", 3), ("P2", 1)], "2016-03": [("P1", 3)], "2016-04": [("P2", 1)]}

    def test_it_decides_no_figure(self, desk: Desk) -> None:
        """The rule's hash is of what decides the figure; what is shown beside it is not part of it."""
        desk.tickets(*mixed())
        with_it, without = (score(desk, text).pick("volume", "rule_sha256", "value") for text in (COUNT, COUNT[:-24]))

        assert "breakdown" not in COUNT[:-24]
        assert with_it == without

    def test_without_one_nothing_is_said_of_it(self, desk: Desk) -> None:
        desk.tickets(*mixed())

        assert "breakdown" not in score(desk, COUNT[:-24]).result("volume")


class TestShown:
    """Every format has it, in both languages."""

    @pytest.mark.parametrize("format_", ["terminal", "md"])
    @pytest.mark.parametrize(
        ("language", "lines"),
        [
            (
                "zh",
                [
                    "事件完成率，按优先级",
                    "某银行（8 行）：P1 4（50.0%，未达成 1）、P2 2（25.0%）、（空） 2（25.0%，未达成 1）",
                    "全部项目（8 行）：",
                ],
            ),
            (
                "en",
                [
                    "事件完成率, by priority",
                    "某银行 (8 rows): P1 4 (50.0%, 1 missed), P2 2 (25.0%), (blank) 2 (25.0%, 1 missed)",
                    "All projects (8 rows): ",
                ],
            ),
        ],
    )
    def test_people_read_it_after_the_matrix(self, desk: Desk, format_: str, language: str, lines: list[str]) -> None:
        desk.tickets(*mixed())

        printed = desk.run("score", "--full", "-f", format_, "--lang", language, plan=written(desk, SHARE)).printed
        text = printed.replace("\\", "")

        assert [line for line in lines if line.lower() not in text.lower()] == []

    def test_the_vocabulary_is_said_in_the_readers_language(self, desk: Desk) -> None:
        desk.tickets(*incidents(3, 0), request())
        text = "  x: {name: x, table: tickets, period_by: created_at, value: count(), breakdown: type}"

        chinese, english = (
            desk.run("score", "--full", "-f", "md", "--lang", language, plan=written(desk, text)).printed
            for language in ("zh", "en")
        )

        assert "事件 3（75.0%）、服务请求 1（25.0%）" in chinese
        assert "incident 3 (75.0%), request 1 (25.0%)" in english

    def test_a_line_names_the_first_twelve_words(self, desk: Desk) -> None:
        """Fourteen words of one row each: two are counted, not named."""
        desk.tickets(*(incident(优先级=f"P{at:02}") for at in range(14)))

        printed = desk.run("score", "--full", "-f", "md", "--lang", "zh", plan=written(desk, COUNT)).printed

        assert "P11 1（7.1%）、另 2 种共 2 行" in printed
        assert "P12" not in printed

    def test_the_workbook_has_a_sheet_of_it(self, desk: Desk, tmp_path: Path) -> None:
        desk.tickets(*mixed())
        card = tmp_path / "card.xlsx"

        desk.run("score", "-o", str(card), "--lang", "zh", plan=written(desk, SHARE))

        rows = list(openpyxl.load_workbook(card)["构成"].values)
        assert rows[0] == ("项目", "指标", "周期", "分类依据", "类别", "行数", "占比", "达成", "未达成")
        assert rows[1] == (PROJECT, "事件完成率", "2016", "优先级", "P1", 4, "50.0%", 3, 1)
        assert rows[-1][:2] + rows[-1][4:] == ("全部项目", "事件完成率", "（空）", 2, "25.0%", 1, 1)

    @pytest.mark.parametrize("format_", ["terminal", "md"])
    def test_explain_lists_every_word(self, desk: Desk, format_: str) -> None:
        desk.tickets(*(incident(优先级=f"P{at:02}") for at in range(14)))

        asked = (Path(PROJECT), Path("volume"), desk.exports)
        printed = desk.run("explain", "-f", format_, "--lang", "zh", plan=written(desk, COUNT), exports=asked).printed

        assert "构成" in printed
        assert "各行按优先级列出行数与占比" in printed
        assert all(f"P{at:02}" in printed for at in range(14))


class TestMistakes:
    """What cannot be broken down is refused, in its place."""

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            (f"{COUNT}\n    by: priority\n    reduce: max", "cannot be used together with by"),
            (COUNT.replace("breakdown: priority", "breakdown: created_at"), "created_at is no column of words"),
            ("  x: {name: 例, table: figures, unit: 次, breakdown: priority}", "has no rows to count, so breakdown"),
            (
                """
  x:
    name: 例
    terms: {n: {table: tickets, period_by: created_at, value: count()}}
    value: n
    breakdown: priority""",
                "cannot be used together with terms",
            ),
        ],
    )
    def test_a_sentence_says_why(self, text: str, sentence: str) -> None:
        with pytest.raises(SettingsError) as caught:
            validate(read_document(plan(text).encode(), "plan.yaml"), Plan)

        (only,) = [each.text("en") for each in caught.value.messages]
        assert sentence in only
        assert only.startswith("plan.yaml:")
