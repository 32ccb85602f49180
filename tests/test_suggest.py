"""`opskpi sources`: the list, what is shown, and proposed mappings that hold only what is exact or proved."""

import csv
import io
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from conftest import ROOT
from opskpi.errors import ExportError
from opskpi.exports.finding import find
from opskpi.sources import SHIPPED, read_source, shipped_text
from opskpi.suggestions.drafts import suggest
from opskpi.tables import NAMES
from opskpi.wording import message

Run = Callable[..., Result]
#: Examples whose plans declare tables of their own.
OF_PLANS = {
    path.parent.name
    for path in (ROOT / "examples").glob("*/targets.yaml")
    if "\ntables:\n" in path.read_text(encoding="utf-8")
}
EXAMPLES = sorted(
    path
    for path in (ROOT / "examples").rglob("*")
    if path.suffix in (".csv", ".xlsx")
    and path.parent.name != "corpus"
    and not path.name.startswith("~$")
    # what only a plan's tables read has a source of its own
    and (path.parts[-3] not in OF_PLANS or path.stem.endswith(("填报", "报告")))
)


@pytest.fixture(autouse=True)
def _folder_without_plans(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Work where no ./targets/ is: that of a checkout holds several plans."""
    monkeypatch.chdir(tmp_path)


def proposed(path: Path, *, table: str | None = None, language: str | None = "en") -> str:
    """Propose a mapping and hold it to the first rule: it loads as it is."""
    text = suggest(find([str(path)], NAMES)[0], table, None, language).text
    read_source(text.encode(), "proposed.yaml")
    return text


def form_of(text: str, at: int = 0) -> dict[str, object]:
    """Read what a proposal applies, with another YAML reader's plain loading."""
    loaded: dict[str, list[dict[str, object]]] = YAML(typ="safe", pure=True).load(text)
    return loaded["forms"][at]


def written(folder: Path, headings: list[str], rows: list[list[object]], name: str = "desk.csv") -> Path:
    """Write a CSV file."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
    return path


def enabled(text: str, *lines: str) -> str:
    """Delete the # before each of some lines, as a person would."""
    for line in lines:
        assert text.count(f"#{line}") == 1, line
        text = text.replace(f"#{line}", line)
    return text


class TestEveryFile:
    @pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
    def test_what_a_source_reads_already_is_read_by_the_proposal(self, opskpi: Run, path: Path, tmp_path: Path) -> None:
        text = proposed(path)
        mapping = tmp_path / "my.yaml"
        mapping.write_text(text, encoding="utf-8")
        before = json.loads(opskpi("check", path, "-f", "json").stdout)["inputs"]
        after = json.loads(opskpi("check", path, "-f", "json", "--source", mapping).stdout)["inputs"]
        # a word that another source knows may be proposed, so that more rows are read
        assert all(now["accepted"] >= then["accepted"] for now, then in zip(after, before, strict=True))
        assert [each["table"] for each in after] == [each["table"] for each in before]
        assert {each["source"] for each in after} == {YAML(typ="safe", pure=True).load(text)["source"]}

    @settings(max_examples=150, deadline=None)
    @given(
        st.lists(
            st.one_of(
                st.text(max_size=30),
                st.sampled_from(
                    [
                        "状态",
                        "解决时间",
                        "解决时限",
                        "响应时间",
                        "Open dt",
                        "SLA",
                        "类型",
                        "X [2]",
                        "null",
                        "*",
                        "#a: b",
                    ]
                ),
            ),
            min_size=1,
            max_size=8,
        ),
        st.lists(
            st.one_of(st.text(max_size=12), st.sampled_from(["?", "3,5", "01/02/2016", "满意", "yes"])), max_size=8
        ),
    )
    def test_any_headings_and_cells_give_a_mapping_that_loads(self, headings: list[str], cells: list[str]) -> None:
        rows = [[cells[(at + row) % len(cells)] for at in range(len(headings))] if cells else [] for row in range(4)]
        buffer = io.StringIO()
        csv.writer(buffer).writerows([headings, *rows])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "any.csv"
            path.write_bytes(buffer.getvalue().encode("utf-8", "replace"))
            try:
                text = suggest(find([str(path)], NAMES)[0], None, None, None).text
            except ExportError:
                return
        read_source(text.encode(), "proposed.yaml")
        uncommented = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
        assert not any("likeness" in line or "相似度" in line for line in uncommented)


class TestRealExports:
    def test_a_support_desk_needs_nothing_but_lines_enabled_and_gives_the_known_figures(
        self, opskpi: Run, shared: Path, tmp_path: Path
    ) -> None:
        export = shared / "technical-support.csv"
        lines = (
            "project: Product group",
            "resolved_at: Resolution time",
            "closed_at: Close time",
            "resolve_due_at: Expected SLA to resolve",
            "sla_flag: SLA For Resolution",
            "satisfaction: Survey results",
            "constants: {type: incident}",
            "scale: 1-5",
        )
        text = enabled(proposed(export), *lines)
        mapping = tmp_path / "desk.yaml"
        mapping.write_text(text, encoding="utf-8")
        plan = ROOT / "examples" / "technical-support" / "targets.yaml"
        done = opskpi("score", export, "-t", plan, "--source", mapping, "--as-of", "2024-01-01", "-f", "json", "-q")
        company = {each["indicator"]: each for each in json.loads(done.stdout)["company"]}
        figures = {name: (each["numerator"], each["denominator"]) for name, each in company.items()}
        assert figures == {
            "resolved_in_time": (1545, 1545 + 783),
            "resolved_by_flag": (1547, 2330),
            "satisfaction": (4118, 1173),
        }

    def test_city_requests_need_nothing_but_lines_enabled(
        self, opskpi: Run, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)  # without a plan, any year will do
        export = shared / "boston311-100.csv"
        lines = (
            "project: department",
            "constants: {type: incident}",
            "created_at: open_dt",
            "closed_at: closed_dt",
            "resolve_due_at: target_dt",
        )
        text = enabled(proposed(export), *lines)
        mapping = tmp_path / "city.yaml"
        mapping.write_text(text, encoding="utf-8")
        read = json.loads(opskpi("check", export, "--source", mapping, "-f", "json").stdout)["inputs"][0]
        assert (read["rows"], read["accepted"]) == (100, 100)
        assert read["columns"]["resolve_due_at"] == "target_dt"
        assert read["columns"]["closed_at"] == "closed_dt"

    def test_a_change_list_keeps_its_word_none_and_asks_for_the_opening(self, shared: Path) -> None:
        text = proposed(shared / "servicenow-change-request.csv")
        columns = form_of(text)["columns"]
        assert isinstance(columns, dict)
        assert "created_at" not in columns
        assert "#created_at: work_end" in text
        assert "cp1252" in text


class TestTraps:
    def test_numbers_under_a_moment_are_a_length_and_a_question(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [[f"G{at}", "P", "事件", f"2016-01-0{at}", at * 7] for at in range(1, 9)]
        text = proposed(written(tmp_path, ["工单编号", "项目名称", "工单类型", "创建时间", "响应时间"], rows))
        assert form_of(text)["columns"] == {
            "ticket_id": "工单编号",
            "project": "项目名称",
            "type": "工单类型",
            "created_at": "创建时间",
            "responded_at": [],
        }
        assert "#response_minutes: 响应时间" in text
        assert "#units: {response_minutes: minutes}" in text

    def test_two_headings_for_one_column_are_both_shown_and_neither_holds(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [[f"G{at}", "P", "事件", *[f"2016-01-0{at}"] * 3] for at in range(1, 9)]
        heads = ["工单编号", "项目名称", "工单类型", "创建时间", "解决时间", "完成时间"]
        text = proposed(written(tmp_path, heads, rows))
        assert "#resolved_at: 解决时间" in text
        assert "#resolved_at: 完成时间" in text
        assert "resolved_at" not in str(form_of(text))

    def test_a_heading_of_two_columns_is_shown_as_both(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [[f"G{at}", "P", "事件", *[f"2016-01-0{at}"] * 2] for at in range(1, 9)]
        text = proposed(written(tmp_path, ["工单编号", "项目名称", "工单类型", "创建时间", "结束时间"], rows))
        assert "#resolved_at: 结束时间" in text
        assert "#closed_at: 结束时间" in text

    def test_what_is_only_alike_is_commented_out(self, tmp_path: Path) -> None:
        """解诀时限 is a letter off 解决时限, and two off 解决时间, which means the opposite."""
        rows: list[list[object]] = [["P", f"2016-01-0{at}", f"2016-02-0{at}"] for at in range(1, 9)]
        text = proposed(written(tmp_path, ["项目名称", "创建时间", "解诀时刻"], rows), table="tickets")
        assert "resolve" not in str(form_of(text))
        text = proposed(written(tmp_path, ["项目名称", "创建时间", "解诀时限"], rows), table="tickets")
        assert "resolve" not in str(form_of(text))
        assert "#resolve_due_at: 解诀时限  # likeness 75: check" in text

    def test_times_that_lie_before_creation_are_doubted(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [[at, "P", f"2016-02-0{at}", f"2016-01-0{at}"] for at in range(1, 9)]
        text = proposed(written(tmp_path, ["Ticket no", "Project name", "Opened dt", "Completion moment"], rows))
        assert "#resolved_at: Completion moment" in text
        assert message("suggest_too_early", heading="Opened dt").text("en") in text

    def test_a_row_number_is_no_id(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [[at, "P", f"2016-02-0{at}"] for at in range(1, 9)]
        assert "ticket_id" not in proposed(written(tmp_path, ["序号", "项目名称", "创建时间"], rows), table="tickets")

    def test_headings_that_stand_twice_are_told_apart(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [[at, "P", "事件", f"2016-02-0{at}", "x", "y"] for at in range(1, 9)]
        heads = ["工单编号", "项目名称", "工单类型", "创建时间", "处理人", "处理人"]
        text = proposed(written(tmp_path, heads, rows))
        assert '#assignee: "处理人 [1]"' in text
        assert '#assignee: "处理人 [2]"' in text


class TestCells:
    HEADS = ("Ticket ID", "Project", "Type", "Created time", "Resolved time", "State", "In time")

    def desk(self, folder: Path, created: list[str], **cells: str) -> str:
        rows: list[list[object]] = [
            [f"T{at}", "Bank", "incident", each, cells.get("resolved", each), cells.get("state", "closed"), "yes"]
            for at, each in enumerate(created)
        ]
        return proposed(written(folder, list(self.HEADS), rows))

    def test_an_order_of_dates_is_applied_where_every_column_proves_it(self, tmp_path: Path) -> None:
        assert form_of(self.desk(tmp_path, ["03/02/2016", "29/02/2016"]))["dates"] == "dmy"
        assert form_of(self.desk(tmp_path, ["02/03/2016", "02/29/2016"]))["dates"] == "mdy"

    def test_an_order_of_dates_is_a_question_where_a_column_leaves_it_open(self, tmp_path: Path) -> None:
        text = self.desk(tmp_path, ["03/02/2016", "29/02/2016"], resolved="04/05/2016")
        assert "#dates: dmy" in text
        assert (
            message("suggest_order_open", heading="Resolved time", text="04/05/2016", orders=("dmy", "mdy")).text("en")
            in text
        )

    def test_null_words_hold_where_they_can_be_nothing_else(self, tmp_path: Path) -> None:
        assert (
            '"?"'
            in re.findall(r"^    nulls: .*$", self.desk(tmp_path, ["2016-01-01", "?", "2016-01-02"]), re.MULTILINE)[0]
        )

    def test_words_are_translated_where_known_and_asked_where_not(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [
            [at, "P", f"2016-02-0{at}", ["待处理", "会签中"][at % 2], ["Within SLA", "SLA Violated"][at % 2]]
            for at in range(1, 9)
        ]
        text = proposed(written(tmp_path, ["工单编号", "项目名称", "创建时间", "状态", "SLA结果"], rows))
        assert form_of(text)["words"] == {
            "status": {"待处理": "new"},
            "sla_flag": {"Within SLA": "yes", "SLA Violated": "no"},
        }
        assert "        #会签中: …" in text

    def test_decimal_commas_are_seen(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [["P", f"2016-02-0{at}", f"4,{at}"] for at in range(1, 9)]
        text = proposed(written(tmp_path, ["项目名称", "提交时间", "满意度"], rows), table="surveys")
        assert form_of(text)["decimal"] == ","

    def test_ids_that_repeat_lead_to_latest_by(self, tmp_path: Path) -> None:
        rows: list[list[object]] = [[f"T{at // 2}", "P", f"2016-02-0{at}", f"2016-03-0{at}"] for at in range(1, 9)]
        text = proposed(written(tmp_path, ["Case No", "Project name", "Opened dt", "Last updated"], rows))
        assert "#latest_by: Last updated" in text
        assert "#latest_by: file" in text


class TestSheets:
    def test_titles_and_headings_on_two_rows_are_found(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "一季度"
        for row in (
            ["某公司工单台账"],
            ["单据号", "项目名称", "工单类型", "服务时间", None, "当前环节"],
            [None, None, None, "开始", "结束", None],
        ):
            sheet.append(row)
        sheet.merge_cells("A1:F1")
        sheet.merge_cells("D2:E2")
        for at in range(1, 9):
            sheet.append(
                [f"G{at}", "某行", "事件", f"2016-01-0{at} 09:00", f"2016-01-0{at} 10:00", ["处理中", "已关闭"][at % 2]]
            )
        sheet.append(["合计", 8])
        book.save(tmp_path / "台账.xlsx")
        text = proposed(tmp_path / "台账.xlsx", language="zh")
        assert "表头在第 3 行，其下 8 行" in text
        assert "#created_at: 服务时间开始" in text
        columns = form_of(text)["columns"]
        assert isinstance(columns, dict)
        assert columns["status"] == "当前环节"

    def test_a_sheet_that_is_read_already_is_left_out(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        known, new = book.active, book.create_sheet("desk")
        known.title = "reports"
        known.append(["报告编号", "项目名称", "应交付日期"])
        known.append(["R1", "P", "2016-01-05"])
        new.append(["Case No", "Project name", "Opened dt"])
        for at in range(1, 9):
            new.append([at, "P", f"2016-01-0{at}"])
        book.save(tmp_path / "book.xlsx")
        text = proposed(tmp_path / "book.xlsx")
        assert text.count("  - table:") == 1
        assert "book.xlsx#reports is not in this mapping: standard/服务报告 reads it already." in text

    def test_a_file_named_after_its_project_wants_one_line(
        self, opskpi: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        rows: list[list[object]] = [[f"G{at}", "事件", f"2016-01-0{at} 09:00"] for at in range(1, 9)]
        export = written(tmp_path, ["工单编号", "工单类型", "创建时间"], rows, "某银行.csv")
        text = enabled(proposed(export), "project: {from: file}  # 某银行")
        (tmp_path / "my.yaml").write_text(text, encoding="utf-8")
        read = json.loads(opskpi("check", export, "--source", "my.yaml", "-f", "json").stdout)["inputs"][0]
        assert (read["accepted"], read["rejected"]) == (8, 0)


class TestCommand:
    def test_help_imports_nothing_heavy(self) -> None:
        code = (
            "import sys\nfrom click.testing import CliRunner\nfrom opskpi.commands import group\n"
            "for words in (['sources', '--help'], ['sources', 'suggest', '--help']):\n"
            "    assert CliRunner().invoke(group, words).exit_code == 0\n"
            "print({'numpy', 'pyarrow', 'pydantic', 'rapidfuzz', 'ruamel'} & sys.modules.keys())"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "set()"

    def test_the_list_is_aligned_and_complete(self, opskpi: Run) -> None:
        lines = opskpi("sources", "list", "--lang", "en").stdout.splitlines()
        assert [line.split()[0] for line in lines] == list(SHIPPED)
        wide = {
            line.split("  ")[0]: sum(2 if "\u2e80" < c < "\uffee" else 1 for c in line[: line.index("surveys")])
            for line in lines
            if "surveys" in line and "tickets," not in line
        }
        assert len(set(wide.values())) == 1
        listed = json.loads(opskpi("sources", "list", "-f", "json").stdout)["sources"]
        assert [each["name"] for each in listed] == list(SHIPPED)
        assert {each["name"] for each in listed if each["verified"]} == {"standard", "servicenow"}

    def test_show_prints_the_file_itself(self, opskpi: Run) -> None:
        assert opskpi("sources", "show", "jira").stdout_bytes == shipped_text("jira")
        result = opskpi("sources", "show", "jria")
        assert (result.exit_code, "jira" in result.stderr) == (2, True)

    def test_the_proposal_is_written_and_the_next_command_said(self, opskpi: Run, tmp_path: Path) -> None:
        export = written(tmp_path, ["Case No", "Project name", "Opened dt"], [[1, "P", "2016-01-01"]], "my desk.csv")
        out = tmp_path / "m.yaml"
        result = opskpi("sources", "suggest", export, "-o", out)
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr.rstrip().endswith(f'opskpi check "{export}" --source {out}')
        read_source(out.read_bytes(), "m.yaml")
        assert opskpi("sources", "suggest", export).stdout_bytes == out.read_bytes()

    def test_the_export_is_never_written_over(self, opskpi: Run, tmp_path: Path) -> None:
        export = written(tmp_path, ["Case No", "Opened dt"], [[1, "2016-01-01"]])
        before = export.read_bytes()
        assert opskpi("sources", "suggest", export, "-o", export).exit_code == 2
        assert export.read_bytes() == before

    def test_what_cannot_be_used_is_said(self, opskpi: Run, tmp_path: Path) -> None:
        (tmp_path / "page.csv").write_text("<html><body>no</body></html>", encoding="utf-8")
        (tmp_path / "figures.csv").write_text("1,2\n3,4\n", encoding="utf-8")
        assert opskpi("sources", "suggest", tmp_path / "page.csv").exit_code == 3
        assert opskpi("sources", "suggest", tmp_path / "figures.csv").exit_code == 3
        assert opskpi("sources", "suggest", tmp_path / "none.csv").exit_code == 3
        assert opskpi("sources", "suggest", tmp_path).exit_code == 2

    def test_settings_for_runs_over_exports_do_no_harm(
        self, opskpi: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "opskpi.toml").write_text(
            'exports = ["exports"]\nformat = "md"\noutput = ["card.xlsx"]\nlang = "zh"\nsource = "x.yaml"\n',
            encoding="utf-8",
        )
        export = written(tmp_path, ["Case No", "Opened dt"], [[1, "2016-01-01"]])
        assert opskpi("sources", "suggest", export).stdout.startswith("# 本映射由")
        assert "已用真实导出文件验证" in opskpi("sources", "list").stdout
        assert not (tmp_path / "card.xlsx").exists()

    def test_an_unrecognised_file_ends_with_the_command_to_copy(self, opskpi: Run, tmp_path: Path) -> None:
        export = written(tmp_path, ["Case No", "Opened dt"], [[1, "2016-01-01"]], "our desk.csv")
        result = opskpi("check", export, "--lang", "en")
        assert result.exit_code == 3
        assert result.stderr.rstrip().endswith(f'opskpi sources suggest "{export}" -o my-source.yaml')
