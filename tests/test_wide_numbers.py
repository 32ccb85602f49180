"""Numbers both fine and large in one column: none is rejected for the company it keeps, every figure is exact.

0.0333333333333333 beside 510100 needs 80 bits as whole numbers of one scale. What is expected is worked out from
decimals by hand, with `fractions` and `decimal`.
"""

from collections.abc import Sequence
from decimal import Context
from fractions import Fraction
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from limit_desk import SOLVED, buckets, plan_of
from opskpi.counting.dues import micros
from opskpi.indicators import exact
from opskpi.indicators.notation import figure as shown
from opskpi.intake.hashes import hashes
from opskpi.tables.columns import Numbers
from opskpi.tables.wholes import wholes
from rulebook import PROJECT, Desk, Outcome, plan

#: What a spreadsheet makes of a thirtieth, and of 1.23456789012345E-05.
THIRTIETH, TINY = "0.0333333333333333", "0.0000123456789012345"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def column(*texts: str, scale: int = 1) -> Numbers:
    """Make a column of some decimals, on a scale no coarser than asked."""
    values = [Fraction(text) for text in texts]
    common = np.lcm.reduce([scale, *(value.denominator for value in values)], dtype=object)
    units = wholes([int(value * common) for value in values], int(common))
    return Numbers(units, int(common), np.zeros(len(values), dtype=bool))


def times(desk: Desk, *minutes: str, file: str = "工单.csv", project: str = PROJECT) -> None:
    """Write closed incidents with the minutes each took."""
    row = {"项目名称": project, "工单类型": "事件", "创建时间": "2016-03-01 09:00", "状态": "已解决"}
    numbered = enumerate(minutes, 1)
    desk.put(file, [{"工单编号": f"{file}{at}", **row, "解决分钟": each} for at, each in numbered])


def figure(desk: Desk, value: str, target: str = "", *options: str) -> Outcome:
    """Score one indicator over tickets."""
    held = f", target: {target!r}" if target else ""
    line = f"  time: {{name: 用时, table: tickets, period_by: created_at, value: {value!r}{held}}}"
    return desk.score(*options, plan=desk.write("plan.yaml", plan(line)))


class TestFigures:
    """Sums, means, order and shares of a column that needs more than 64 bits."""

    def test_no_row_is_rejected(self, desk: Desk) -> None:
        times(desk, THIRTIETH, "510100", TINY, "90", "999999999")

        outcome = figure(desk, "count()")

        assert outcome.ledger()["accepted"] == 5
        assert outcome.exit_code == 0

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            # 0.0333333333333333 + 510100 + 90 = 510190.0333333333333333
            ("sum(resolve_minutes)", Fraction("510190.0333333333333333")),
            ("mean(resolve_minutes)", Fraction("510190.0333333333333333") / 3),
            ("median(resolve_minutes)", Fraction(90)),
            ("min(resolve_minutes)", Fraction("0.0333333333333333")),
            ("max(resolve_minutes)", Fraction(510100)),
            ("quantile(resolve_minutes, 90%)", Fraction(510100)),
            ("sum(resolve_minutes * 3 - 1m)", Fraction("1530567.0999999999999999")),
            ("mean(resolve_minutes / resolve_minutes)", Fraction(1)),
        ],
    )
    def test_each_aggregate(self, desk: Desk, value: str, expected: Fraction) -> None:
        times(desk, THIRTIETH, "510100", "90")

        found = figure(desk, value)

        assert found.pick("time", "value", "counted") == (float(expected), 3)

    @pytest.mark.parametrize(("target", "verdict"), [("<= 250000m", "pass"), ("< 250000m", "fail")])
    def test_verdicts_use_the_exact_figure(self, desk: Desk, target: str, verdict: str) -> None:
        """The mean of 499999.999999999 and 0.000000001 is 250000 to the last digit."""
        times(desk, "499999.999999999", "0.000000001")
        times(desk, TINY, project="他家", file="他家.csv")

        assert figure(desk, "mean(resolve_minutes)", target).pick("time", "verdict") == (verdict,)

    def test_shares_by_a_condition(self, desk: Desk) -> None:
        """Two of the four are under 500000.000000001 minutes; one is that, one is over."""
        times(desk, THIRTIETH, "500000", "500000.000000001", "500000.000000002")

        found = figure(desk, "share(resolve_minutes / 1m < 500000.000000001)")

        assert found.pick("time", "met", "missed") == (2, 2)

    def test_durations_against_a_limit(self, desk: Desk) -> None:
        """5000 minutes keep a limit of 5000, a hundred-billionth more does not."""
        times(desk, THIRTIETH, "5000", "5000.00000000001", "510100")

        outcome = desk.score(plan=plan_of(desk, "{calendar: 7x24, resolve: 5000m}"))

        assert outcome.pick(SOLVED, "judged_by") == ("duration",)
        assert buckets(outcome) == (2, 2, 0)

    def test_weighted_means(self, desk: Desk) -> None:
        """(0.0333333333333333² + 510100²) / 510100.0333333333333333."""
        times(desk, THIRTIETH, "510100")
        one, two = Fraction(THIRTIETH), Fraction(510100)

        found = figure(desk, "wmean(resolve_minutes / 1m, resolve_minutes)").pick("time", "value")

        assert found == (float((one * one + two * two) / (one + two)),)

    def test_different_values(self, desk: Desk) -> None:
        """0.50 is 0.5 on any scale, in any file."""
        times(desk, THIRTIETH, "510100", "0.5", "0.50")
        times(desk, "0.5", "7", file="又.csv")

        assert figure(desk, "distinct(resolve_minutes)").pick("time", "value") == (4,)

    @pytest.mark.parametrize("files", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
    def test_files_of_different_scales_are_one_column(self, desk: Desk, files: Sequence[int]) -> None:
        """Zeros only, ordinary ones, and some that need 80 bits: their sum is 510280.0333333333333333 over 6."""
        cells = (("0", "0"), ("90", "0.5"), (THIRTIETH, "510189.5"))
        for place, at in enumerate(files):
            times(desk, *cells[at], file=f"{place}.csv")

        total = Fraction("510280.0333333333333333")
        assert figure(desk, "mean(resolve_minutes)").pick("time", "value") == (float(total / 6),)
        assert figure(desk, "median(resolve_minutes)").pick("time", "value") == (
            float(Fraction("0.5333333333333333") / 2),
        )
        assert figure(desk, "max(resolve_minutes + 1m)").pick("time", "value") == (510190.5,)


class TestKeys:
    """Rule 3 where a number is part of the key, or all that two rows differ in."""

    TABLE = """
tables:
  bills:
    name: 账单
    key: [amount]
    columns:
      amount: {type: number, heading: 金额}
      billed_on: {type: date, heading: 日期}
"""

    def bills(self, desk: Desk, *amounts: str, file: str) -> None:
        desk.put(file, [{"项目名称": PROJECT, "金额": each, "日期": "2016-03-01"} for each in amounts])

    def counted(self, desk: Desk, *options: str) -> Outcome:
        line = "  bills: {name: 账单数, table: bills, period_by: billed_on, value: count()}"
        return desk.score(*options, plan=desk.write("plan.yaml", plan(line, more=self.TABLE)))

    def test_one_number_is_one_key_on_any_scale(self, desk: Desk) -> None:
        """12345.6789012345 stands alone on a scale of 10¹⁰, and beside the thirtieth on one of 10¹⁶."""
        self.bills(desk, "12345.6789012345", "2", file="a.csv")
        self.bills(desk, "12,345.6789012345", THIRTIETH, "510100", file="b.csv")

        assert self.counted(desk).ledger() == {
            "rows": 5,
            "accepted": 4,
            "rejected": 0,
            "duplicate": 1,
            "superseded": 0,
        }

    def test_numbers_alike_to_the_last_digit_but_one_are_two(self, desk: Desk) -> None:
        self.bills(desk, "0.0333333333333333", "0.0333333333333334", "510100", file="a.csv")

        assert self.counted(desk).ledger()["accepted"] == 3

    def test_rows_of_such_a_key_that_differ_conflict(self, desk: Desk) -> None:
        """A number is no id that could be shown: the sentence does without."""
        self.bills(desk, "0.5", "7", "510100", THIRTIETH, file="a.csv")
        desk.put("b.csv", [{"项目名称": PROJECT, "金额": "0.50", "日期": "2016-03-02"}])

        rejects = desk.folder / "rejects.csv"
        ledger = self.counted(desk, "--max-rejected", "50", "--lang", "en", "--rejects", str(rejects)).ledger()

        assert (ledger["rejected"], ledger["accepted"]) == (2, 3)
        assert rejects.read_text("utf-8-sig").count("other rows have the same key and differ") == 2

    def test_rows_that_differ_in_such_a_number_conflict(self, desk: Desk) -> None:
        row = {"工单编号": "T1", "项目名称": PROJECT, "工单类型": "事件", "创建时间": "2016-03-01 09:00"}
        other = {**row, "工单编号": "T2", "解决分钟": "510100"}
        desk.put("a.csv", [{**row, "解决分钟": THIRTIETH}, {**row, "解决分钟": "0.0333333333333334"}, other, other])

        ledger = figure(desk, "count()").ledger()

        assert (ledger["rejected"], ledger["duplicate"], ledger["accepted"]) == (2, 1, 1)


@pytest.mark.parametrize(
    "text", [THIRTIETH, TINY, "510100", "-123456.5", "-0.05", "0", "0.000000000000001", "1" + "0" * 40]
)
def test_cells_are_shown_with_all_their_decimals(text: str) -> None:
    assert shown(Fraction(text)) == text


def test_what_is_no_decimal_is_shown_as_a_fraction() -> None:
    assert shown(Fraction(-10, 3)) == "-10/3"


def test_hashes_of_a_number_are_one_on_every_scale() -> None:
    """Also where the whole numbers pass what a double holds: each hash is that of the nearest double."""
    texts = ("12345.6789012345", "90.0333333333333", "7", "0")
    alone = [hashes(column(text))[0] for text in texts]
    for scale in (1, 60, 10**13, 3 * 10**14, 10**17, 10**30):
        assert hashes(column(*texts, scale=scale)).tolist() == alone
    assert len(set(alone)) == len(texts)


def test_hashes_of_blanks_are_one_on_every_scale() -> None:
    blank = np.array([True, False])
    wide, narrow = (column("7", text) for text in (THIRTIETH, "1"))
    wide, narrow = (Numbers(each.units, each.scale, blank) for each in (column("510100", THIRTIETH), narrow))

    assert hashes(wide)[0] == hashes(narrow)[0]


def test_zeros_beside_a_number_of_many_decimals() -> None:
    """Columns of nothing but zeros fit 64 bits, and what they are brought together with may not."""
    zeros, fine = exact.of_column(column("0", "0")), exact.of_column(column("0.1234567890123456789012345", "1"))

    assert exact.added(zeros, fine).fractions() == [Fraction("0.1234567890123456789012345"), 1]
    assert exact.multiplied(zeros, fine).fractions() == [0, 0]
    assert exact.divided(zeros, fine).fractions() == [0, 0]
    assert exact.stacked([zeros, fine]).fractions() == [0, 0, Fraction("0.1234567890123456789012345"), 1]
    assert exact.sides(zeros, fine)[0].tolist() == [0, 0]


def test_bottoms_between_63_and_64_bits_are_stacked_exactly() -> None:
    """NumPy by itself would make such whole numbers unsigned, and a mixture of both doubles."""
    big = exact.Quotients(np.array([3]), 2**63 + 1, np.zeros(1, dtype=bool))
    rows = exact.Quotients(np.array([1, 1]), np.array([3, 7]), np.zeros(2, dtype=bool))

    found = exact.stacked([big, rows]).fractions()

    assert found == [Fraction(3, 2**63 + 1), Fraction(1, 3), Fraction(1, 7)]


def test_pauses_of_such_columns_are_whole_microseconds() -> None:
    """0.0333333333333333 minutes are 1,999,999.999999998 microseconds: 1,999,999; a million minutes are 6·10¹³."""
    found = micros(column(THIRTIETH, "1000000"))

    assert found.tolist() == [1_999_999, 60_000_000_000_000]
    assert found.dtype == np.int64


def test_pauses_of_such_columns_move_due_moments(desk: Desk) -> None:
    """Four hours from 09:00, and 30.0333… minutes paused: 13:30:02 less a microsecond. The other pause is a slip's."""
    row = {"项目名称": PROJECT, "工单类型": "事件", "创建时间": "2016-03-01 09:00"}
    rows = [
        {**row, "工单编号": "T1", "解决时间": "2016-03-01 13:30:01", "挂起分钟": "30.0333333333333"},
        {**row, "工单编号": "T2", "解决时间": "2016-03-01 13:30:02", "挂起分钟": "30.0333333333333"},
        {**row, "工单编号": "T3", "解决时间": "2016-03-01 13:00:01", "挂起分钟": TINY},
        {**row, "工单编号": "T4", "解决时间": "2016-12-01 13:00:00", "挂起分钟": "510100"},
    ]
    desk.put("工单.csv", rows)

    assert buckets(desk.score(plan=plan_of(desk, "{calendar: 7x24, resolve: 4h}"))) == (2, 2, 0)


def test_scores_of_many_decimals_are_brought_to_another_scale(desk: Desk) -> None:
    """From 900000 to 7 each is multiplied by 7/900000, exactly."""
    source = """source: wide
forms:
  - table: surveys
    columns: {project: 客户, submitted_at: 日期, score: 打分}
    scale: 0-900000
"""
    scores = (THIRTIETH, "510100", "0.1234567890123")
    desk.put("打分.csv", [{"客户": PROJECT, "日期": "2016-05-01", "打分": each} for each in scores])
    line = (
        "  csat: {name: 满意度, table: surveys, period_by: submitted_at, value: mean(score), "
        'target: ">= 0", rescale: {from: 0-900000, to: 0-7, by: linear}}'
    )

    outcome = desk.score("--source", str(desk.write("wide.yaml", source)), plan=desk.write("plan.yaml", plan(line)))

    assert outcome.pick("csat", "value") == (float(sum(map(Fraction, scores)) * 7 / 900000 / 3),)


class TestWorkbooks:
    """A spreadsheet's number is its decimal at 15 significant digits, however small it is."""

    NUMBERS = (1 / 30, 1 / 3, 5000.0, 1.23456789012345678e-5, 2 / 3e9, 0.1 + 0.2, 510100, 7.0000000000000001e-15)

    def book(self, desk: Desk, numbers: Sequence[float]) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["工单编号", "项目名称", "工单类型", "创建时间", "状态", "解决分钟"])
        for at, number in enumerate(numbers):
            sheet.append([f"T{at}", PROJECT, "事件", "2016-03-01 09:00", "已解决", number])
        book.save(desk.exports / "工单.xlsx")

    def test_every_number_is_read(self, desk: Desk) -> None:
        self.book(desk, self.NUMBERS)
        rounded = [Fraction(Context(prec=15).create_decimal_from_float(float(number))) for number in self.NUMBERS]

        found = figure(desk, "sum(resolve_minutes)")

        assert found.ledger()["accepted"] == len(self.NUMBERS)
        assert found.pick("time", "value") == (float(sum(rounded)),)

    @pytest.mark.parametrize(
        ("target", "verdict"), [(">= 0.0333333333333333", "pass"), ("> 0.0333333333333333", "fail")]
    )
    def test_a_thirtieth_is_its_sixteen_decimals(self, desk: Desk, target: str, verdict: str) -> None:
        self.book(desk, [1 / 30])

        assert figure(desk, "max(resolve_minutes / 1m)", target).pick("time", "verdict") == (verdict,)

    def test_what_doubles_leave_of_nothing_is_nothing(self, desk: Desk) -> None:
        """A formula's 0.3 - 0.2 - 0.1 is -2.8E-17 in the file, and less than no time."""
        self.book(desk, [0.3 - 0.2 - 0.1, 1.0])

        found = figure(desk, "min(resolve_minutes)")

        assert (found.ledger()["accepted"], found.pick("time", "value")) == (2, (0,))


def test_no_cell_says_a_mean(desk: Desk) -> None:
    """Means of several questions are written around a character that cells do not hold: one that does is no number."""
    times(desk, "13\ue0f03", "5")

    ledger = figure(desk, "count()", "", "--max-rejected", "60").ledger()

    assert (ledger["accepted"], ledger["rejected"]) == (1, 1)


def test_means_of_scores_with_many_decimals(desk: Desk) -> None:
    """Three questions: 4.33333333333333, 1.11111111111111 and 0.0333333333333333 are 5.4777777777777733 over 3."""
    source = """source: three
forms:
  - table: surveys
    columns: {project: 客户, submitted_at: 日期, score: 总分}
    mean: {score: [问一, 问二, 问三]}
    scale: 0-5
"""
    row = {"客户": PROJECT, "日期": "2016-05-01"}
    desk.put("问卷.csv", [{**row, "问一": "4.33333333333333", "问二": "1.11111111111111", "问三": THIRTIETH}])
    line = "  csat: {name: 满意度, table: surveys, period_by: submitted_at, value: mean(score)}"

    outcome = desk.score("--source", str(desk.write("three.yaml", source)), plan=desk.write("plan.yaml", plan(line)))

    assert outcome.pick("csat", "value") == (float(Fraction("5.4777777777777733") / 3),)
