"""Tables declared in a plan: recognised, checked and counted like the core ones; figures worked out by hand."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opskpi.documents import read_document, validate
from opskpi.errors import ExportError, SettingsError
from opskpi.tables import Table
from opskpi.tables.check import check, findings, finish
from opskpi.tables.declared import Column, declared
from opskpi.tables.kinds import Rules
from opskpi.targets.plan import Plan
from rulebook import PROJECT, Desk, Outcome
from test_tables import RULES, columns_of, rows_of, value_at

SPARES = """
tables:
  spare_checks:
    name: 备件抽检
    columns:
      check_id: {type: id, heading: 抽检编号}
      checked_on: {type: date, heading: [抽检日期, 检查日期]}
      part: {type: text, heading: 备件名称}
      result: {type: word, heading: 抽检结果, words: {good: [合格, 完好], bad: [不合格, 损坏]}}
"""
SPARE_RATE = """
  spare_ok_rate:
    name: 备件抽检合格率
    table: spare_checks
    period_by: checked_on
    value: share(result == "合格")
    target: ">= 98%"
"""
Spare = dict[str, str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def plan_of(desk: Desk, tables: str, indicators: str) -> Path:
    """Write a plan with tables."""
    return desk.write("plan.yaml", f"plan: 试验计划\nperiod: 2016\n{tables}\nindicators:\n{indicators}\n")


def spare(number: int, result: str = "合格", day: str = "2016-05-10", project: str = PROJECT) -> Spare:
    return {"抽检编号": f"C{number}", "项目名称": project, "抽检日期": day, "备件名称": "硬盘", "抽检结果": result}


def mistakes(text: str) -> list[str]:
    """Read a plan that is wrong, and give its sentences."""
    with pytest.raises(SettingsError) as caught:
        validate(read_document(text.encode(), "plan.yaml"), Plan)
    return [each.text("en") for each in caught.value.messages]


class TestFigures:
    """Four tables of the issue, each figure worked out in the test."""

    def test_spares_found_good_at_checks(self, desk: Desk) -> None:
        """50 sampled, one of them bad: 49/50 = 98 %, exactly the target; a further one would be a miss."""
        desk.put("备件.csv", [*(spare(at) for at in range(1, 49)), spare(49, "完好"), spare(50, "损坏")])
        desk.put("旁家.csv", [spare(1, "不合格", project="旁家"), spare(2, project="旁家")])

        outcome = desk.score(plan=plan_of(desk, SPARES, SPARE_RATE))

        assert outcome.pick("spare_ok_rate", "verdict", "met", "missed", "headroom") == ("pass", 49, 1, 0)
        assert outcome.pick("spare_ok_rate", "verdict", "value", project="旁家") == ("fail", 0.5)
        assert outcome.company("spare_ok_rate")["numerator"] == 50  # 49 + 1, of 52
        assert outcome.card["inputs"][1]["table"] == "spare_checks"
        assert outcome.card["inputs"][1]["form"] == "备件抽检"

    def test_articles_of_a_knowledge_base(self, desk: Desk) -> None:
        """Published in the third quarter: K2, K3, K4; K5 is withdrawn, K6 never published, K1 of June."""
        tables = """
tables:
  kb:
    name: 知识库
    key: [kb_id]
    columns:
      kb_id: {type: id, heading: 知识编号, required: true}
      author: {type: text, heading: 作者}
      submitted_at: {type: datetime, heading: 提交时间}
      published_at: {type: datetime, heading: 发布时间, required: false}
      state: {type: word, heading: 状态, words: {published: 已发布, withdrawn: 已撤回, draft: 草稿}}
"""
        indicators = """
  kb_new_count:
    name: 知识新增条数
    table: kb
    period_by: published_at
    exclude: {withdrawn: state == "withdrawn"}
    value: count()
    target: 不少于 3 条
"""
        articles = [
            ("K1", "2016-06-30 18:00", "已发布"),
            ("K2", "2016-07-01 00:00", "已发布"),
            ("K3", "2016-08-15", "已发布"),
            ("K4", "2016-09-30 23:59", "已发布"),
            ("K5", "2016-09-01", "已撤回"),
            ("K6", "", "草稿"),
        ]
        rows = [
            {
                "知识编号": number,
                "项目名称": PROJECT,
                "作者": "张三",
                "提交时间": "2016-06-01 09:00",
                "发布时间": published,
                "状态": state,
            }
            for number, published, state in articles
        ]
        desk.put("知识.csv", rows)

        outcome = desk.score("--period", "2016-Q3", plan=plan_of(desk, tables, indicators))

        assert outcome.pick("kb_new_count", "verdict", "value", "excluded", "out_of_period") == ("pass", 3, 1, 2)

    def test_inspections_held_by_their_planned_day(self, desk: Desk) -> None:
        """On the day itself is in time; a day late and never held are missed; due in December is pending."""
        tables = """
tables:
  inspections:
    name: 巡检计划
    stop: done_at
    columns:
      device: {type: text, heading: 设备}
      planned_on: {type: due_day, heading: 计划日期}
      done_at: {type: datetime, heading: 完成时间, required: false}
"""
        indicators = """
  inspection_done_rate:
    name: 巡检计划完成率
    table: inspections
    period_by: planned_on
    value: share(in_time(stopped_at, planned_on))
    target: "== 100%"
"""
        days = [
            ("2016-03-31", "2016-03-31 23:30"),
            ("2016-06-30", "2016-07-01 08:00"),
            ("2016-09-30", ""),
            ("2016-12-31", ""),
        ]
        rows = [{"项目名称": PROJECT, "设备": "核心交换机", "计划日期": due, "完成时间": done} for due, done in days]
        desk.put("巡检.csv", rows)
        path = plan_of(desk, tables, indicators)

        outcome = desk.score("--as-of", "2016-12-01", plan=path)

        assert outcome.pick("inspection_done_rate", "met", "missed", "pending") == (1, 2, 1)
        printed = desk.run("score", "--as-of", "2016-12-01", plan=path).printed
        assert "时限 2016-06-30" in printed
        assert "2016-07-01 08:00" in printed
        assert "巡检.csv!3" in printed

    def test_trainings_and_what_they_scored(self, desk: Desk) -> None:
        """Held 2 of 3 planned (one cancelled is left out): 66.7 %; mean (90 + 85) / 2 = 87.5."""
        tables = """
tables:
  trainings:
    name: 培训计划
    columns:
      培训编号: id
      主题: text
      计划日期: date
      状态: {type: word, words: [已举办, 未举办, 已取消]}
      考核平均分: {type: score, scale: 0-100, required: false}
      人数: integer?
      学时: {type: duration, unit: hours, required: false}
"""
        indicators = """
  training_plan_rate:
    name: 培训计划完成率
    table: trainings
    period_by: 计划日期
    exclude: {cancelled: 状态 == "已取消"}
    value: share(状态 == "已举办")
    target: "== 100%"
  training_score:
    name: 培训考核平均分
    table: trainings
    period_by: 计划日期
    scale: 0-100
    value: mean(考核平均分)
    target: ">= 85"
  training_hours:
    name: 培训学时
    table: trainings
    period_by: 计划日期
    value: sum(学时)
    target: ">= 300 分钟"
"""
        head = ("培训编号", "项目", "主题", "计划日期", "状态", "考核平均分", "人数", "学时")
        rows = [
            ("T1", PROJECT, "ITIL", "2016-02-01", "已举办", "90", "12 人", "2"),
            ("T2", PROJECT, "安全", "2016-03-01", "已举办", "85", "8", "3.5"),
            ("T3", PROJECT, "数据库", "2016-04-01", "未举办", "", "", ""),
            ("T4", PROJECT, "存储", "2016-05-01", "已取消", "", "", ""),
        ]
        desk.put("培训.csv", [dict(zip(head, row, strict=True)) for row in rows])

        outcome = desk.score(plan=plan_of(desk, tables, indicators))

        assert outcome.pick("training_plan_rate", "met", "missed", "excluded", "verdict") == (2, 1, 1, "fail")
        assert outcome.pick("training_score", "value", "verdict") == (87.5, "pass")
        assert outcome.pick("training_hours", "value", "verdict") == (330, "pass")  # 2 h and 3.5 h in minutes

    def test_a_table_of_the_company_belongs_to_one_project(self, desk: Desk) -> None:
        """Audits know no project: all rows are the company's, also where a register closes the list of names."""
        tables = """
tables:
  audits:
    name: 内审计划
    constants: {project: 公司}
    columns:
      audit: {type: text, heading: 审核}
      due_on: {type: due_day, heading: 计划完成}
      done_on: {type: date, heading: 实际完成, required: false}
"""
        indicators = """
  audit_rate: {name: 内审计划完成率, table: audits, period_by: due_on, value: "share(done(done_on, due_on))"}
"""
        desk.put(
            "内审.csv",
            [
                {"审核": "一审", "计划完成": "2016-05-31", "实际完成": "2016-06-02"},
                {"审核": "二审", "计划完成": "2016-11-30"},
            ],
        )
        desk.put("台账.csv", [{"项目名称": PROJECT, "别名": "某行"}])

        outcome = desk.score(plan=plan_of(desk, tables, indicators))

        assert outcome.pick("audit_rate", "met", "missed", project="公司") == (1, 1)  # done late is done
        assert outcome.projects == ["公司"]  # no other project owes audits

    def test_a_project_of_several_tables_without_rows_is_told_once(self, desk: Desk) -> None:
        one = "{constants: {project: 公司}, columns: {COLUMN: date}}"
        tables = "\n".join(["tables:", *(f"  {name}: {one.replace('COLUMN', name + '_on')}" for name in ("x", "y"))])
        indicators = "  n: {name: 总数, table: tickets, period_by: created_at, value: count()}"
        desk.tickets({"工单类型": "事件", "创建时间": "2016-03-01 08:00"})

        notes = desk.score(plan=plan_of(desk, tables, indicators)).notes

        assert notes.count("公司") == 1


class TestRows:
    """What becomes of rows, as in the core tables."""

    def test_bad_cells_are_told_with_their_places(self, desk: Desk) -> None:
        rows = [spare(at) for at in range(1, 200)]
        rows += [spare(200, "还行"), spare(201, day="2016-13-01"), {**spare(202), "备件名称": ""}]
        desk.put("备件.csv", rows)

        outcome = desk.run("check", plan=plan_of(desk, SPARES, SPARE_RATE))

        assert "备件抽检 (plan/备件抽检)" in outcome.printed
        for place, sentence in (
            ("E201", "还行 不是抽检结果的已知用词"),
            ("C202", "2016-13-01 不是日期"),
            ("D203", "备件名称 为空"),
        ):
            assert f"备件.csv!{place}" in outcome.printed
            assert sentence in outcome.printed
        assert "这些表由计划声明" in outcome.printed

    def test_repeats_are_kept_once_and_conflicts_are_rejected(self, desk: Desk) -> None:
        rows = [spare(at) for at in range(1, 101)]
        desk.put("备件.csv", [*rows, spare(1), spare(2, "不合格")])

        outcome = desk.score(plan=plan_of(desk, SPARES, SPARE_RATE))

        assert outcome.ledger() == {"rows": 102, "accepted": 99, "rejected": 2, "duplicate": 1, "superseded": 0}

    def test_the_last_of_a_log_stands(self, desk: Desk) -> None:
        tables = SPARES.replace("    columns:", "    latest_by: checked_on\n    columns:", 1)
        desk.put("备件.csv", [spare(1, day="2016-05-02"), spare(1, "不合格", day="2016-05-01")])

        outcome = desk.score(plan=plan_of(desk, tables, SPARE_RATE))

        assert outcome.pick("spare_ok_rate", "met", "missed") == (1, 0)
        assert outcome.ledger()["superseded"] == 1

    def test_rows_without_ids_all_count(self, desk: Desk) -> None:
        one = {name: text for name, text in spare(1).items() if name != "抽检编号"}
        desk.put("备件.csv", [one, one])

        outcome = desk.score(plan=plan_of(desk, SPARES, SPARE_RATE))

        assert outcome.pick("spare_ok_rate", "met") == (2,)
        assert "alike" in outcome.notes

    def test_nothing_handed_in_is_no_data_unless_somebody_says_so(self, desk: Desk) -> None:
        desk.surveys("5")
        path = plan_of(desk, SPARES, SPARE_RATE)

        assert desk.score(plan=path).pick("spare_ok_rate", "verdict") == ("no_data",)
        assert desk.score("--nil", "spare_ok_rate", plan=path).pick("spare_ok_rate", "verdict") == ("not_applicable",)

    def test_a_row_of_nothing_is_a_nil_return(self, desk: Desk) -> None:
        desk.put("备件.csv", [{**dict.fromkeys(spare(1), ""), "项目名称": PROJECT, "备件名称": "无"}])
        desk.surveys("5")

        outcome = desk.score(plan=plan_of(desk, SPARES, SPARE_RATE))

        assert outcome.pick("spare_ok_rate", "verdict") == ("not_applicable",)

    def test_rows_count_inside_the_service_dates_only(self, desk: Desk) -> None:
        desk.put("备件.csv", [spare(1, day="2016-03-31"), spare(2, "损坏", day="2016-04-01")])
        path = plan_of(desk, SPARES, SPARE_RATE + f"projects:\n  {PROJECT}: {{from: 2016-04-01}}\n")

        assert desk.score(plan=path).pick("spare_ok_rate", "met", "missed", "out_of_period") == (0, 1, 1)

    def test_one_project_alone(self, desk: Desk) -> None:
        desk.put("备件.csv", [spare(1), spare(2, project="旁家")])

        outcome = desk.score("--project", PROJECT, plan=plan_of(desk, SPARES, SPARE_RATE))

        assert outcome.projects == [PROJECT]

    def test_a_sheet_may_name_the_project(self, desk: Desk) -> None:
        tables = SPARES.replace("    columns:", "    project: {from: file}\n    columns:", 1)
        one = {name: text for name, text in spare(1).items() if name != "项目名称"}
        desk.put("某银行.csv", [one])

        assert desk.score(plan=plan_of(desk, tables, SPARE_RATE)).pick("spare_ok_rate", "met") == (1,)


class TestRecognition:
    """By headings, as core tables are; what could be two things is a question."""

    def test_a_workbook_beside_core_tables(self, desk: Desk) -> None:
        """The same rows in a sheet of a book, its name said or not; dates are Excel's own."""
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "抽检"
        sheet.append(["2016年备件抽检记录"])
        sheet.append(list(spare(1)))
        for at in (1, 2):
            sheet.append(list(spare(at, "合格" if at == 1 else "损坏").values()))
        path = desk.exports / "台账.xlsx"
        book.save(path)
        desk.tickets({"工单类型": "事件", "创建时间": "2016-03-01 08:00"})
        plan = plan_of(desk, SPARES, SPARE_RATE)

        assert desk.score(plan=plan).pick("spare_ok_rate", "met", "missed") == (1, 1)
        named = (Path(f"spare_checks={path}#抽检"),)
        assert desk.score(plan=plan, exports=named).pick("spare_ok_rate", "met", "missed") == (1, 1)

    def test_two_tables_that_both_fit_are_an_error_naming_both(self, desk: Desk) -> None:
        two = SPARES + SPARES.replace("\ntables:\n", "").replace("spare_checks", "tool_checks").replace(
            "备件抽检", "工具抽检"
        )
        path = desk.put("抽检.csv", [spare(1)])
        plan = plan_of(desk, two, SPARE_RATE)

        with pytest.raises(ExportError) as caught:
            score_raising(desk, plan)

        said = caught.value.messages[0].text("en")
        assert "plan/备件抽检" in said
        assert "plan/工具抽检" in said
        named = (Path(f"spare_checks={path}"),)
        assert desk.score(plan=plan, exports=named).pick("spare_ok_rate", "met") == (1,)

    def test_a_core_sheet_stays_what_it_is(self, desk: Desk) -> None:
        """A declared table whose columns the report register has, too, gives way: the register explains more."""
        tables = """
tables:
  papers:
    columns: {due: {type: due_day, heading: 应交付日期}}
"""
        indicators = "  papers: {name: 文件, table: papers, period_by: due, value: count()}"
        desk.reports(("2016-03-31", ""))

        outcome = desk.score(plan=plan_of(desk, tables, indicators))

        assert [each["table"] for each in outcome.card["inputs"]] == ["reports"]

    def test_a_sheet_with_a_project_and_nothing_else_of_it_is_not_taken(self, desk: Desk) -> None:
        """A table of optional columns only would fit any list of projects."""
        tables = "tables: {notes: {columns: {text: text?, 日期: date?}}}"
        indicators = "  notes: {name: 记录, table: notes, period_by: 日期, value: count()}"
        desk.put("通讯录.csv", [{"项目名称": PROJECT, "电话": "123"}])
        desk.surveys("5")

        outcome = desk.score(plan=plan_of(desk, tables, indicators))

        assert [each["table"] for each in outcome.card["inputs"]] == ["surveys"]

    def test_a_mapping_of_ones_own_reads_another_system_into_it(self, desk: Desk) -> None:
        mapping = desk.write(
            "wms.yaml",
            "source: wms\nforms:\n  - table: spare_checks\n    name: 盘点\n    columns:\n"
            "      project: Site\n      checked_on: Counted\n      part: Item\n      result: Outcome\n"
            "    words: {result: {OK: good, NOK: bad}}\n",
        )
        row = {"Site": PROJECT, "Counted": "2016-05-01", "Item": "disk"}
        desk.put("wms.csv", [{**row, "Outcome": "OK"}, {**row, "Outcome": "NOK"}])

        outcome = desk.score("--source", str(mapping), plan=plan_of(desk, SPARES, SPARE_RATE))

        assert outcome.pick("spare_ok_rate", "met", "missed") == (1, 1)


def score_raising(desk: Desk, plan: Path) -> None:
    """Score past the command, so that what it refuses is raised."""
    from datetime import date

    from opskpi.pipeline import Request, score
    from opskpi.targets.finding import read_plan

    read, document = read_plan(str(plan), desk.folder)
    score(Request(exports=(str(desk.exports),), today=date(2017, 6, 1)), read, document)


class TestMistakes:
    """All at once, in the order of the file, with the nearest right word."""

    def test_tables_and_indicators_together(self) -> None:
        said = mistakes(
            "plan: 计划\nperiod: 2016\ntables:\n  kb:\n    columns:\n      a: dat\n      b: {type: word}\n"
            "      c: {type: text, unit: hours}\n      model_dump: text\n    stop: nothing\n"
            "indicators:\n  x: {name: 甲, table: kb, period_by: a, value: count()}\n"
            "  y: {name: 乙, table: kbb, period_by: a, value: count()}\n"
        )
        assert [each.split(": ")[0] for each in said] == [
            "plan.yaml:6:10",
            "plan.yaml:7:10",
            "plan.yaml:8:29",
            "plan.yaml:12:23",
            "plan.yaml:13:23",
        ]
        assert "did you mean date?" in said[0]
        assert "lists its words" in said[1]
        assert "duration" in said[2]
        assert "declared with mistakes" in said[3]
        assert "unknown table kbb" in said[4]

    @pytest.mark.parametrize(
        ("table", "words"),
        [
            ("columns: {copy: text}", "cannot be the name of a column"),
            ("columns: {a b: text}", "cannot be the name of a column"),
            ("columns: {project: date, a: text}", "can only be text"),
            ("columns: {a: {type: score, scale: 1-5}, b: {type: score, scale: 1-10}}", "share one scale"),
            ("columns: {a: {type: word, words: {x: [是], y: [是]}}}", "stands for both x and y"),
            (
                "columns: {a: {type: text, heading: 甲}, b: {type: date, heading: [乙, 甲]}}",
                "belongs to both columns a and b",
            ),
            ("columns: {a: {type: integer, least: many}}", "many is not a number"),
            ("columns: {a: date}\n    stop: b", "stop cannot be b"),
            ("columns: {a: date}\n    due: a", "due cannot be a"),
            ("columns: {a: date}\n    key: [c]", "key cannot be c"),
            ("columns: {a: date}\n    latest_by: c", "latest_by cannot be c"),
            ("columns: {a: {type: word, words: [x, y]}, b: date}\n    constants: {a: z}", "z"),
            ("columns: {a: {type: flag}, b: date}\n    constants: {a: maybe}", "maybe"),
            ("columns: {}", "columns"),
            ("columns: [a, b]", "columns"),
            ("columns: {a: }", "a text is wanted here"),
            ("", "keys"),
        ],
    )
    def test_a_slip_in_a_table(self, table: str, words: str) -> None:
        said = mistakes(f"plan: 计划\nperiod: 2016\ntables:\n  kb:\n    {table}\nindicators: {{}}\n")
        assert words in " ".join(said)

    @pytest.mark.parametrize("name", ["tickets", "projects", "a b", "9a"])
    def test_a_name_that_no_table_can_have(self, name: str) -> None:
        said = mistakes(f"plan: 计划\nperiod: 2016\ntables:\n  {name}: {{columns: {{a: date}}}}\nindicators: {{}}\n")
        assert said[0].startswith("plan.yaml:4:3:")
        assert "cannot be the name of a table" in said[0]

    def test_expressions_are_checked_against_the_declared_columns(self) -> None:
        text = f"plan: 计划\nperiod: 2016\n{SPARES}\nindicators:\n{SPARE_RATE}"
        assert "did you mean checked_on?" in mistakes(text.replace("period_by: checked_on", "period_by: checked"))[0]
        assert "good" in mistakes(text.replace('"合格")', '"一般")'))[0]


def test_the_rule_changes_with_the_declaration() -> None:
    """The same expression over other words is another rule."""
    text = f"plan: 计划\nperiod: 2016\n{SPARES}\nindicators:\n{SPARE_RATE}"
    hashes = {
        validate(read_document(each.encode(), "plan.yaml"), Plan).indicators["spare_ok_rate"].rule_sha256
        for each in (text, text, text.replace("[合格, 完好]", "[合格]"), text.replace("bad: [", "worse: ["))
    }
    assert len(hashes) == 2  # a further spelling of a word decides nothing by itself


_EVERY = declared(
    "every",
    "每种",
    {
        "a_id": Column("id", required=False),
        "a_text": Column("text", required=True),
        "a_word": Column("word", required=False, words={"closed": "已关闭", "open": "打开"}),
        "a_flag": Column("flag", required=False),
        "a_date": Column("date", required=True),
        "a_due": Column("due", required=False),
        "a_day": Column("due_day", required=False),
        "a_period": Column("period", required=False),
        "a_number": Column("number", required=False),
        "a_percent": Column("percent", required=False),
        "a_count": Column("integer", required=False, least=None),
        "a_time": Column("duration", required=False),
        "a_score": Column("score", required=False),
    },
    row_id="a_id",
)


@st.composite
def _periods(draw: st.DrawFn) -> str:
    year = draw(st.integers(2014, 2018))
    return draw(
        st.sampled_from(
            ["{}", "{}-07", "{}年7月", "{}-Q3", "{}上半年", "{}-07-01", "{}-07-01 00:00:00", "{}-7-3", "七月"]
        )
    ).format(year)


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_columns_and_models_of_every_type_accept_the_same_rows(data: st.DataObject) -> None:
    rows: list[dict[str, str | None]] = data.draw(rows_of(_EVERY))
    for row in rows:
        row["a_period"] = data.draw(st.one_of(st.none(), _periods()))
        row["a_percent"] = data.draw(
            st.sampled_from([row["a_percent"], "85%", "0.85", "85", "120%", "1", "1.2", "-5%"])
        )
    draft = check(_EVERY, columns_of(_EVERY, rows), np.arange(len(rows), dtype=np.int32), RULES)
    rules = Rules(RULES.zone, dict.fromkeys(_EVERY.kinds, "dmy"), (), RULES.window, RULES.scale, RULES.allowed)
    chunk = finish(_EVERY, draft, rules)
    by_column = {(f.column, f.rule, int(row)) for f in chunk.faults for row in f.rows}
    by_model = {
        (found.column, found.rule, at) for at, row in enumerate(rows) for found in findings(_EVERY, _filled(row), rules)
    }
    assert by_column == by_model
    for at, row in enumerate(rows):
        if not any(place == at for _, _, place in by_column):
            model = _EVERY.model.model_validate(_filled(row), context=rules)
            assert {name: value_at(chunk.columns[name], at) for name in _EVERY.kinds} == {
                name: getattr(model, name) for name in _EVERY.kinds
            }


def _filled(row: Mapping[str, str | None]) -> dict[str, str]:
    return {name: text for name, text in row.items() if text is not None}


def test_tables_are_no_global(desk: Desk) -> None:
    """A run without the plan knows nothing of its tables."""
    desk.put("备件.csv", [spare(1)])
    desk.surveys("5")

    outcome: Outcome = desk.score()

    assert [each["table"] for each in outcome.card["inputs"]] == ["surveys"]
    assert isinstance(_EVERY, Table)
