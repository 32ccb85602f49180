"""What people read of results where there is nothing to say: no target, no parts of a figure, nothing counted now."""

import json
import re
from pathlib import Path

import openpyxl
import pytest

import browser
from rulebook import Desk, Outcome, complaint, incident, incidents, plan, request

#: 甲 has five complaints of at most four, a figure without parts; 变更 has no target, the survey is counted by halves.
PLAN = """plan: 指标
period: 2016
timezone: Asia/Shanghai
indicators:
  complaints: {name: 投诉数, table: tickets, where: type == "complaint", period_by: created_at, value: count(),
               target: "< 5"}
  changes: {name: 变更数, table: tickets, where: type == "change", period_by: created_at, value: count()}
  survey: {name: 满意度, table: surveys, scale: 1-5, period_by: submitted_at, frequency: half, value: mean(score),
           target: ">= 4.5"}
  uptime: {name: 可用率, table: figures, target: ">= 99.9%"}
  faults: {name: 故障率, table: figures, target: "< 1%"}
  requests: {name: 请求完成率, table: tickets, where: type == "request", period_by: created_at, value: share(completed),
             empty: pass, target: "== 100%"}
"""
#: openpyxl says so of each sheet with sparklines.
pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension")
FIGURES = ("项目名称", "指标", "周期", "数值", "分子", "分母")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Set a year of two projects down: tickets of one, a survey, and figures that were reported in hours."""
    made = Desk(tmp_path)
    (tmp_path / "plan.yaml").write_text(PLAN, encoding="utf-8")
    kinds = ["投诉"] * 5 + ["变更"] * 2
    made.tickets(
        *({"项目名称": "甲", "工单类型": kind, "创建时间": "2016-03-01 08:00"} for kind in kinds),
        {"项目名称": "乙", "工单类型": "服务请求", "创建时间": "2016-03-01 08:00", "解决时间": "2016-03-02 08:00"},
    )
    made.surveys("5", "4", project="甲", day="2016-03-05")
    told = [
        ("甲", "可用率", "2016年度", "", "8775", "8784"),
        ("甲", "故障率", "2016年度", "", "90", "8784"),
        ("乙", "可用率", "2016年度", "98.5%", "", ""),
    ]
    made.put("填报.csv", [dict(zip(FIGURES, each, strict=True)) for each in told])
    return made


def run(desk: Desk, *options: str) -> Outcome:
    """Run the plan beside the exports."""
    return desk.run("score", "--lang", "zh", "-q", *options, plan=desk.folder / "plan.yaml")


def test_a_miss_names_the_parts_of_its_figure_only_where_it_has_some(desk: Desk) -> None:
    """Five complaints are not five of five, and a bare percentage is made of nothing."""
    said = run(desk, "-f", "md").printed
    assert "- 甲 · 投诉数：5，目标 \\< 5；" in said
    assert "- 乙 · 可用率：98.5%，目标 \\>= 99.9%" in said
    assert "- 甲 · 可用率：99.898%（8775/8784），目标" in said


def test_a_reported_rate_lacks_units_and_no_misses(desk: Desk) -> None:
    """99.9 % of 8784 hours are 8776, of which one is lacking; below 1 % are 87 at most, three fewer than there were."""
    said = run(desk, "-f", "md").printed
    assert "该年度与目标相差 1（按填报的计量单位）" in said
    assert "该年度与目标相差 3（按填报的计量单位）" in said
    english = desk.run("score", "--lang", "en", "-q", "-f", "md", plan=desk.folder / "plan.yaml").printed
    assert "3 short of the target in that year, in the units reported" in english


def test_no_target_has_no_passes(desk: Desk) -> None:
    """0/2 would read as two misses where nothing is asked of anybody."""
    book = desk.folder / "card.xlsx"
    said = run(desk, "-f", "md", "--full", "--by", "half", "-o", str(book)).printed
    assert "| 达标项目 | 1/2 | - | 1/2 | 0/2 | 0/2 | 2/2 |" in said
    changes = said.split("**变更数**")[1].split("**")[0]
    assert "达标项目" not in changes
    last = next(row for row in openpyxl.load_workbook(book)["汇总"].iter_rows(values_only=True) if row[0] == "达标项目")
    assert last[3] == "-"
    assert str(last[1]).startswith("=COUNTIF")


def test_what_is_not_counted_in_a_month_is_not_called_pending(desk: Desk) -> None:
    """Rule 6: 本期不统计; 未到期 is said of rows that are still inside their limit."""
    found = run(desk, "-f", "md", "--full", "--period", "2016-03").printed
    assert "本期不统计" in found.split("达标项目")[0]
    assert "未到期" not in found
    card = json.loads(run(desk, "-f", "json", "--period", "2016-03").printed)
    assert {each["verdict"] for each in card["results"] if each["indicator"] == "survey"} == {"not_due"}


def test_a_pass_without_a_figure_is_not_listed_as_without_a_verdict(desk: Desk) -> None:
    """甲 has no request and passes (`empty: pass`): the section names what has no figure or no verdict."""
    found = run(desk, "-f", "md").printed
    assert "请求完成率: 未发生，视为达成 (甲)" in found.split("## 无数值或无结论")[1]


def test_a_limit_at_midnight_is_a_clock_and_no_day(tmp_path: Path) -> None:
    """Due on the 24th at 00:00 and done at 03:32 is late, where a due day would make it early; days stay days."""
    desk = Desk(tmp_path)
    desk.tickets(
        incident("2016-09-24 00:00", "2016-09-24 03:32", 工单编号="A", 创建时间="2016-09-23 16:00"),
        incident("2016-09-24", "2016-09-25 03:32", 工单编号="B", 创建时间="2016-09-23 16:00"),
    )
    desk.surveys("5")
    said = desk.run("score", "--lang", "zh", "-q", "-f", "md").printed
    assert "A  2016-09-24 03:32 完成，时限 2016-09-24 00:00  " in said
    assert "B  2016-09-25 03:32 完成，时限 2016-09-24  " in said
    row = desk.run("explain", "--row", "A", "--lang", "zh").printed
    assert "解决时限 2016-09-24 00:00" in row


def test_indicators_have_their_names_where_no_project_is(desk: Desk) -> None:
    """Exports with heads alone give a card without projects; its columns are no ids."""
    for each in list(desk.exports.iterdir()):
        each.unlink()
    desk.put("工单.csv", [], ("工单编号", "项目名称", "工单类型", "状态", "创建时间"))
    assert "| 项目 | 投诉数 | 变更数 | 满意度 |" in run(desk, "-f", "md", "--full").printed


@pytest.mark.parametrize(
    ("target", "rows", "headroom", "said"),
    [
        ("between 1 and 3", 0, -1, "该年度还差 1 次"),
        ("between 1 and 3", 4, -1, "该年度比允许多 1 次"),
        ("== 3", 1, -2, "该年度还差 2 次"),
        ("== 3", 5, -2, "该年度比允许多 2 次"),
    ],
)
def test_a_count_below_its_range_lacks_rows(tmp_path: Path, target: str, rows: int, headroom: int, said: str) -> None:
    """Of one to three, none is one too few; that three more may come is true and no way to say it."""
    desk = Desk(tmp_path)
    indicator = f'table: tickets, where: type == "complaint", period_by: created_at, value: count(), target: "{target}"'
    path = desk.write("plan.yaml", plan(f"  n: {{name: 数, {indicator}}}"))
    desk.tickets(*[complaint()] * rows, complaint(项目名称="乙"), request())
    done = desk.score(plan=path)
    assert done.pick("n", "verdict", "headroom") == ("fail", headroom)
    assert said in desk.run("score", "--lang", "zh", "-q", "-f", "md", "--project", "某银行", plan=path).printed


@pytest.mark.parametrize("width", [360, 1400])
def test_a_long_name_leaves_room_for_what_is_said_of_it(tmp_path: Path, width: int) -> None:
    """A project of sixty letters pressed heads, states and targets to some letters a line."""
    desk = Desk(tmp_path)
    desk.tickets(*incidents(1, 3, 项目名称="长" * 60))
    page = tmp_path / "card.html"
    desk.run("score", "--lang", "en", "-q", "-o", str(page), "--notes", str(tmp_path / "notes.xlsx"))
    measured = """<script>
    const lines = each => {
      const inside = document.createRange();
      inside.selectNodeContents(each);
      return new Set([...inside.getClientRects()].map(box => box.top)).size;
    };
    const cells = [...document.querySelectorAll("[data-head=target], [data-head=state]")].map(lines);
    document.title = `lines ${Math.max(...cells)} wide ${document.documentElement.scrollWidth <= innerWidth}`;
    </script>"""
    text = re.sub(r"<meta http-equiv[^>]*>", "", page.read_text(encoding="utf-8"))
    page.write_text(text.replace("</body>", f"{measured}</body>"), encoding="utf-8")
    document, _ = browser.run(page, f"--window-size={width},2000", "--dump-dom")
    assert "<title>lines 1 wide true</title>" in document
