"""Waivers, the plan's header, changes of targets: what somebody signed, on every format of the card."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from opskpi.commands import group
from rulebook import TODAY, Desk, Outcome, incidents, plan
from test_goals import BANK, RATE, STORE
from test_plan import mistakes

WAIVER = """waivers:
  - {project: %s, indicator: rate, reason: 机房搬迁, approved_by: 王总, until: %s}
"""
HEADER = """header:
  number: ITSS-QP-07
  version: B/2
  prepared_by: 张三
  prepared_on: 2015-12-20
  approved_by: 王总
"""
CHANGE = """changes:
  - {date: 2016-07-01, indicator: rate, from: ">= 95%", to: ">= 90%", by: 李四, approved_by: 王总, why: 客户合同变更}
  - {date: 2015-12-01, indicator: rate, from: ~, to: ">= 95%", by: 李四, approved_by: 王总, why: 上一年}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The bank misses 90 % with 8 of 10, the store meets it with 9 of 10."""
    made = Desk(tmp_path)
    made.tickets(*incidents(8, 2, 项目名称=BANK), *incidents(9, 1, 项目名称=STORE))
    return made


def score(desk: Desk, more: str, *options: str, name: str = "score") -> Outcome:
    path = desk.write("plan.yaml", plan(RATE.format(target='">= 90%"'), more=more))
    return desk.run(name, *options, plan=path) if options and "-f" in options else desk.score(*options, plan=path)


class TestWaivers:
    """Rule 15: raw and waived are both shown; what is not covered is said."""

    def test_a_waived_miss_is_no_miss(self, desk: Desk) -> None:
        assert score(desk, "").exit_code == 1

        outcome = score(desk, WAIVER % (BANK, "2016-12-31"))

        assert outcome.exit_code == 0
        assert outcome.pick("rate", "verdict", "raw_verdict", "numerator", "denominator", project=BANK) == (
            "waived",
            "fail",
            8,
            10,
        )
        assert outcome.pick("rate", "waiver", project=BANK) == (
            {"reason": "机房搬迁", "approved_by": "王总", "until": "2016-12-31"},
        )
        assert outcome.pick("rate", "verdict", "waiver", project=STORE) == ("pass", None)
        line = outcome.company("rate")
        assert (line["passed"], line["failed"], line["waived"], line["no_verdict"]) == (1, 0, 1, 0)

    def test_it_covers_periods_that_end_by_then(self, desk: Desk) -> None:
        """The first half and its months, not the year, whose miss stands; and that is said."""
        outcome = score(desk, WAIVER % (BANK, "2016-06-30"), "--by", "half")

        verdicts = {each["period"]: each["verdict"] for each in outcome.card["results"] if each["project"] == BANK}
        assert verdicts == {"2016": "fail", "2016-H1": "waived", "2016-H2": "no_data"}
        assert outcome.exit_code == 1
        assert f"the waiver of 完成率 for {BANK} was not applied: it ends on 2016-06-30" in outcome.notes

    def test_a_waiver_for_nobody_is_said_with_the_nearest_name(self, desk: Desk) -> None:
        outcome = score(desk, WAIVER % ("某银航", "2016-12-31"))

        assert outcome.exit_code == 1
        assert "no project is called that; did you mean 某银行?" in outcome.notes

    def test_aliases_are_waived_too(self, desk: Desk) -> None:
        outcome = score(desk, f"projects:\n  {BANK}: {{aliases: [BANK-1]}}\n" + WAIVER % ("bank-1", "2016-12-31"))

        assert outcome.pick("rate", "verdict", project=BANK) == ("waived",)

    @pytest.mark.parametrize(("until", "verdict"), [("2017-03-31", "waived"), ("2016-12-31", "fail")])
    def test_a_contract_year_of_its_own_must_end_by_then(self, desk: Desk, until: str, verdict: str) -> None:
        """The bank's year ends in March: a waiver until December does not cover it, though it covers the plan's."""
        own = f"projects:\n  {BANK}: {{period: 2016-02..2017-03}}\n"
        outcome = score(desk, own + WAIVER % (BANK, until))

        assert outcome.pick("rate", "verdict", "period", project=BANK) == (verdict, "2016-02..2017-03")
        assert ("before the period 2016-02..2017-03 does" in outcome.notes) is (verdict == "fail")

    def test_every_format_shows_reason_and_approver(self, desk: Desk) -> None:
        files = [desk.folder / f"card.{suffix}" for suffix in ("csv", "md", "xlsx")]
        words = [word for path in files for word in ("-o", str(path))]
        outcome = score(desk, WAIVER % (BANK, "2016-12-31"), "-f", "terminal", *words)

        for text in (outcome.printed, files[1].read_text(encoding="utf-8")):
            assert f"{BANK} · 完成率：80.0%（8/10），目标" in text
            assert "已豁免，原结论：未达标；原因：机房搬迁（批准人 王总，有效期至 2016-12-31）" in text
            assert "1 项达标，0 项未达标，1 项豁免，0 项无结论" in text
        (row,) = [
            each
            for each in csv.DictReader(io.StringIO(files[0].read_text(encoding="utf-8-sig")))
            if each["verdict"] == "waived"
        ]
        assert (row["raw_verdict"], row["waiver_reason"], row["waiver_approved_by"]) == ("fail", "机房搬迁", "王总")
        book = openpyxl.load_workbook(files[2])
        assert [[cell.value for cell in line] for line in book["豁免与变更"].iter_rows(min_row=2)] == [
            ["豁免", BANK, "完成率", "80.0% 未达标", "机房搬迁", "王总", "2016-12-31"]
        ]

    def test_an_explanation_says_so_too(self, desk: Desk) -> None:
        path = desk.write("plan.yaml", plan(RATE.format(target='">= 90%"'), more=WAIVER % (BANK, "2016-12-31")))
        words = ["explain", BANK, "rate", str(desk.exports), "-t", str(path)]
        done = CliRunner(env=TODAY).invoke(group, words, standalone_mode=False)

        assert "已豁免，原结论：未达标；原因：机房搬迁" in done.stdout

    @pytest.mark.parametrize(
        ("text", "place", "words"),
        [
            ("waivers:\n  - {project: 甲, indicator: rate, reason: 搬迁, until: 2016-06-30}\n", "12:5:", "approved_by"),
            (WAIVER % ("甲", "6月底"), "12:", "no day"),
            ((WAIVER % ("甲", "2016-06-30")).replace("rate", "rat"), "12:29:", "did you mean rate?"),
            ((WAIVER % ("甲", "2016-06-30")).replace("机房搬迁", '""'), "12:", "a text is wanted"),
        ],
    )
    def test_a_malformed_waiver_stops_the_run_with_its_line(self, text: str, place: str, words: str) -> None:
        said = " ".join(mistakes(plan(RATE.format(target='">= 90%"'), more=text)))
        assert f"plan.yaml:{place}" in said
        assert words in said


class TestHeaderAndChanges:
    """The plan is a controlled document."""

    def test_json_has_them_under_plan(self, desk: Desk) -> None:
        """The change of the year before is not of this card."""
        said = score(desk, HEADER + CHANGE).card["plan"]

        assert said["header"] == {
            "number": "ITSS-QP-07",
            "version": "B/2",
            "prepared_by": "张三",
            "prepared_on": "2015-12-20",
            "reviewed_by": None,
            "reviewed_on": None,
            "approved_by": "王总",
            "approved_on": None,
        }
        assert said["changes"] == [
            {
                "date": "2016-07-01",
                "indicator": "rate",
                "project": None,
                "group": None,
                "from": ">= 95%",
                "to": ">= 90%",
                "by": "李四",
                "approved_by": "王总",
                "why": "客户合同变更",
            }
        ]

    def test_a_plan_without_them_has_no_such_keys(self, desk: Desk) -> None:
        assert set(score(desk, "").card["plan"]) == {"name", "file", "sha256"}

    def test_a_card_that_ends_before_a_change_does_not_tell_it(self, desk: Desk) -> None:
        assert "changes" not in score(desk, CHANGE, "--period", "2016-06").card["plan"]

    def test_people_read_them_too(self, desk: Desk) -> None:
        files = [desk.folder / f"card.{suffix}" for suffix in ("md", "xlsx")]
        words = [word for path in files for word in ("-o", str(path))]
        outcome = score(desk, HEADER + CHANGE, "--full", "-f", "terminal", *words)

        line = "2016-07-01 · 完成率：由 {} 改为 {}；原因：客户合同变更（提出人 李四，批准人 王总）"
        assert line.format(">= 95%", ">= 90%") in outcome.printed
        page = files[0].read_text(encoding="utf-8")
        assert "文件编号 ITSS-QP-07  版本 B/2  编制 张三 2015-12-20  批准 王总" in page
        assert line.format("\\>= 95%", "\\>= 90%") in page
        book = openpyxl.load_workbook(files[1])
        assert book["汇总"]["A2"].value == "文件编号 ITSS-QP-07  版本 B/2  编制 张三 2015-12-20  批准 王总"
        assert ["编制:", "审核:", "批准:"] in [
            [cell.value for cell in row if cell.value] for row in book["汇总"].iter_rows()
        ]
        assert [cell.value for cell in book["豁免与变更"][2]] == [
            "目标变更",
            "",
            "完成率",
            "由 >= 95% 改为 >= 90%",
            "客户合同变更",
            "王总",
            "2016-07-01",
        ]
