"""`opskpi targets`: a plan looked over, its register, its schema, and one to start from."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from ruamel.yaml import YAML

from conftest import ROOT
from rulebook import Desk, incidents

Run = Callable[..., Result]

PLAN = """plan: 计划
period: 2016
header: {number: QP-1}
indicators:
  rate:
    name: 事件及时率
    owner: 运行维护部
    process_owner: 事件
    table: tickets
    where: type == "incident"
    exclude: {cancelled: status == "cancelled"}
    period_by: created_at
    frequency: quarter
    value: share(sla_met)
    target: ">= 90%"
    weight: 100
    score: {deduct: 0.5, per: 1%, step: started, from: ">= 95%"}
  complaints:
    name: 投诉数量
    table: tickets
    where: type == "complaint"
    period_by: created_at
    accumulate: year
    value: count()
    target: "< 5"
groups:
  重点: {projects: [某银行], targets: {rate: {2016-01-01: ">= 92%", 2016-07-01: ">= 95%"}}}
projects:
  某商场: {targets: {complaints: "< 3"}}
"""

WAIVER = "{project: 某行, indicator: rate, reason: 搬, approved_by: 王, until: 2015-06-30}"
CHANGE = "{%s, indicator: rate, by: 甲, approved_by: 王, why: 合同}"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(folder: Path, text: str, name: str = "plan.yaml") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


class TestCheck:
    """What is allowed and probably not meant."""

    def test_a_good_plan(self, here: Path, opskpi: Run) -> None:
        done = opskpi("targets", "check", put(here, PLAN))

        assert (done.exit_code, done.stdout) == (0, "plan.yaml：没有发现问题\n")

    def test_mistakes_come_all_at_once(self, here: Path, opskpi: Run) -> None:
        wrong = PLAN.replace("created_at\n    freq", "creatd_at\n    freq").replace('"< 5"', '"5"')
        done = opskpi("targets", "check", put(here, wrong), "--lang", "en")

        assert done.exit_code == 2
        assert [each.partition(": ")[0] for each in done.stderr.replace("opskpi: ", "").splitlines()] == [
            "plan.yaml:12:16",
            "plan.yaml:25:14",
        ]

    @pytest.mark.parametrize(
        ("old", "new", "place", "words"),
        [
            ('target: ">= 90%"', 'target: ">= 0.9%"', "15:14", "a hundred times as great"),
            ('target: ">= 90%"', 'target: ">= 1%"', "15:14", "a hundred times as great"),
            ('target: ">= 90%"', 'target: ">= 3%"', None, None),
            ('target: ">= 90%"', 'target: "<= 90%"', "15:14", "is >= meant?"),
            ('target: "< 5"', 'target: ">= 5"', "25:14", "is <= meant?"),
            ('target: "< 5"', 'target: "< 4.5"', "25:14", "whole number"),
            ('target: "< 5"', 'target: "< 0"', "25:14", "can never be met"),
            ('complaints: "< 3"', 'complaints: ">= 3"', "29:32", "is <= meant?"),
            ('2016-07-01: ">= 95%"', '2016-07-01: ">= 92%"', "27:64", "the one before it"),
            ('2016-07-01: ">= 95%"', '2017-07-01: ">= 95%"', "27:64", "lies after the plan's period"),
            ("period: 2016\n", "period: 2016-07\n", "13:16", "never counted"),
            ("    frequency: quarter\n", "    judged_by: limit\n", "13:16", "no sla rules"),
            (
                'where: type == "incident"',
                'where: type == "incident" and type == "request"',
                "10:12",
                "type is asked to be two words",
            ),
            (', from: ">= 95%"}', "}\n    empty: pass", None, None),
            ("groups:\n", "groups:\n  其他: [某行]\n", "27:3", "has no targets"),
            (
                "groups:\n",
                f"waivers:\n  - {WAIVER}\ngroups:\n",
                "27:",
                "before the plan's period begins",
            ),
            (
                "groups:\n",
                "changes:\n  - "
                + CHANGE % "date: 2016-07-01, group: 重点, from: '>= 92%', to: '>= 96%'"
                + "\ngroups:\n",
                "27:",
                "the plan's target on 2016-07-01 is >= 95%",
            ),
        ],
    )
    def test_what_looks_wrong_is_named_with_its_place(
        self, here: Path, opskpi: Run, old: str, new: str, place: str | None, words: str | None
    ) -> None:
        assert old in PLAN
        done = opskpi("targets", "check", put(here, PLAN.replace(old, new)), "--lang", "en")

        if words is None:
            assert (done.exit_code, done.stdout) == (0, "plan.yaml: nothing found\n")
            return
        assert done.exit_code == 1
        assert len(done.stdout.splitlines()) == 1, done.stdout
        assert done.stdout.startswith(f"plan.yaml:{place}")
        assert words in done.stdout

    def test_shipped_plans_have_nothing_to_look_at(self, opskpi: Run) -> None:
        assert opskpi("targets", "check", "2016").exit_code == 0

    def test_json(self, here: Path, opskpi: Run) -> None:
        done = opskpi("targets", "check", put(here, PLAN.replace('"< 5"', '">= 5"')), "-f", "json")

        (finding,) = json.loads(done.stdout)["findings"]
        message = finding.pop("message")
        assert finding == {"file": "plan.yaml", "line": 25, "column": 14, "rule": "lint_more_is_worse"}
        assert "is <= meant?" in message

    def test_with_exports_both_sides_are_held_together(self, here: Path, opskpi: Run) -> None:
        """The shop has no rate's target once the common one is gone; 某银行 of the plan is 某银航 in the data."""
        desk = Desk(here)
        desk.tickets(*incidents(1, 0, 项目名称="某商场"), *incidents(1, 0, 项目名称="某银航"))
        plan = PLAN.replace('    target: ">= 90%"\n', "").replace(
            "  重点:", "  政务: {targets: {rate: '>= 80%'}}\n  重点:"
        )
        plan = plan.replace("projects: [某银行]", "projects: [某银行, 某银航]")
        done = opskpi("targets", "check", put(here, plan), "exports", "--lang", "en")

        assert done.exit_code == 1
        assert done.stdout.splitlines() == [
            "plan.yaml:5:3: others have a target, these have none: 某商场",
            "plan.yaml:27:19: the plan names project 某银行, but no row does; did you mean 某银航?",
            "plan.yaml:26:3: group 政务 lists no projects, and the project register has no group of that name",
        ]

    def test_two_plans_name_the_changes_nobody_wrote_down(self, here: Path, opskpi: Run) -> None:
        old = put(here, PLAN, "old.yaml")
        new = (
            PLAN.replace('target: ">= 90%"', 'target: ">= 85%"')
            .replace('"< 5"', '"< 9"')
            .replace('07-01: ">= 95%"', '07-01: ">= 93%"')
        )
        new = new.replace('  某商场: {targets: {complaints: "< 3"}}\n', "  某商场: {}\n") + (
            "changes:\n  - " + CHANGE % "date: 2016-06-01, from: '>= 90%', to: '>= 85%'" + "\n"
        )
        done = opskpi("targets", "check", old, put(here, new, "new.yaml"), "--lang", "en")

        assert done.exit_code == 1
        assert done.stdout.splitlines() == [
            f"new.yaml:{each}; the plan's changes say nothing of it"
            for each in (
                "27:77: 事件及时率 (重点): from 2016-07-01 on the target was >= 95% and is >= 93%",
                "25:14: 投诉数量: the target was < 5 and is < 9",
                "28:1: 投诉数量 (某商场): the target was < 3 and is none",
            )
        ]
        assert opskpi("targets", "check", "new.yaml", "new.yaml").exit_code == 0

    def test_settings_name_the_plan(self, here: Path, opskpi: Run) -> None:
        put(here, PLAN, "mine.yaml")
        put(here, 'targets = "mine.yaml"\n', "opskpi.toml")

        assert opskpi("targets", "check").stdout == "mine.yaml：没有发现问题\n"
        assert "事件及时率" in opskpi("targets", "show").stdout


class TestShow:
    """The register an auditor asks for."""

    def test_json(self, here: Path, opskpi: Run) -> None:
        document = json.loads(opskpi("targets", "show", put(here, PLAN), "-f", "json").stdout)

        assert document["header"]["number"] == "QP-1"
        assert document["indicators"][0] == {
            "indicator": "rate",
            "name": "事件及时率",
            "words": [
                {
                    "part": "value",
                    "said": "the share of rows with “resolved within the service level”: met ÷ (met + missed)",
                },
                {"part": "table", "said": "tickets"},
                {"part": "where", "said": "type is incident"},
                {"part": "exclude", "said": "cancelled: status is cancelled"},
                {"part": "period_by", "said": "a row belongs to the period of its creation time"},
                {"part": "frequency", "said": "once every quarter"},
            ],
            "formula": 'share(sla_met); where type == "incident"; exclude cancelled: status == "cancelled"; '
            "period_by created_at",
            "sources": [
                {
                    "table": "tickets",
                    "columns": [
                        {"name": "sla_met", "heading": None},
                        {"name": "type", "heading": "工单类型"},
                        {"name": "status", "heading": "状态"},
                        {"name": "created_at", "heading": "创建时间"},
                    ],
                }
            ],
            "owner": "运行维护部",
            "process_owner": "事件",
            "frequency": "quarter",
            "cumulative": False,
            "target": ">= 90%",
            "differing": [{"group": "重点", "target": "2016-01-01: >= 92%; 2016-07-01: >= 95%"}],
            "weight": "100",
            "score": "deduct 0.5, per 0.01, step started, from >= 95%",
        }
        assert document["indicators"][1]["differing"] == [{"project": "某商场", "target": "< 3"}]

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            (
                "zh",
                (
                    "统计部门",
                    "运行维护部",
                    "统计范围：工单类型为事件",
                    "按年累计",
                    "分组 重点： 2016-01-01: >= 92%",
                    "文件编号 QP-1",
                ),
            ),
            (
                "en",
                (
                    "owner",
                    "运行维护部",
                    "type is incident",
                    "year to date",
                    "group 重点: 2016-01-01: >= 92%",
                    "Document QP-1",
                ),
            ),
        ],
    )
    def test_people_read_it(self, here: Path, opskpi: Run, language: str, words: tuple[str, ...]) -> None:
        plan = put(here, PLAN)
        for style in ("terminal", "md"):
            text = opskpi("targets", "show", plan, "-f", style, "--lang", language).stdout.replace("\\", "")
            assert [word for word in words if word not in text] == []

    def test_csv(self, here: Path, opskpi: Run) -> None:
        rows = list(csv.reader(io.StringIO(opskpi("targets", "show", put(here, PLAN), "-f", "csv").stdout)))

        assert rows[0][:5] == ["编号", "指标", "统计规则", "计算公式", "数据来源"]
        assert [row[1] for row in rows[1:]] == ["事件及时率", "投诉数量"]
        assert {len(row) for row in rows} == {12}


def as_json(text: str) -> Any:  # noqa: ANN401 - YAML
    """Read YAML as an editor does, dates as text."""

    def plain(value: Any) -> Any:  # noqa: ANN401 - YAML
        if isinstance(value, dict):
            return {str(key): plain(each) for key, each in value.items()}
        if isinstance(value, list):
            return [plain(each) for each in value]
        return value.isoformat() if isinstance(value, date) else value

    return plain(YAML(typ="safe").load(text))


class TestSchema:
    """JSON Schema, draft-07."""

    def test_a_validator_takes_it_and_what_it_describes(self, opskpi: Run) -> None:
        jsonschema = pytest.importorskip("jsonschema")
        schema = json.loads(opskpi("targets", "schema").stdout)
        jsonschema.Draft7Validator.check_schema(schema)
        validator = jsonschema.Draft7Validator(schema)
        texts = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("targets/*.yaml"))]
        texts += [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("examples/*/targets.yaml"))]
        texts += [PLAN, uncommented(opskpi("targets", "new", "--year", "2026").stdout), 'extends: "2016"\n']

        assert len(texts) > 4
        for text in texts:
            assert [error.message for error in validator.iter_errors(as_json(text))] == []

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("owner:", "onwer:"),
            ("frequency: quarter", "frequency: weekly"),
            ("step: started", "step: begun"),
            ('target: "< 5"', "target: 5"),
            ("period: 2016\n", ""),
            ("projects: [某银行]", "projekts: [某银行]"),
        ],
    )
    def test_a_validator_refuses_a_slip(self, opskpi: Run, old: str, new: str) -> None:
        jsonschema = pytest.importorskip("jsonschema")
        validator = jsonschema.Draft7Validator(json.loads(opskpi("targets", "schema").stdout))

        assert old in PLAN
        assert not validator.is_valid(as_json(PLAN.replace(old, new)))

    def test_it_names_every_key_of_a_plan(self, opskpi: Run) -> None:
        from opskpi.targets.indicator import Indicator
        from opskpi.targets.plan import Plan

        schema = json.loads(opskpi("targets", "schema").stdout)
        assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
        assert set(schema["properties"]) == {field.alias or name for name, field in Plan.model_fields.items()}
        keys = {field.alias or name for name, field in Indicator.model_fields.items()}
        assert set(schema["definitions"]["Indicator"]["properties"]) == keys
        assert "$defs" not in json.dumps(schema)


def uncommented(text: str) -> str:
    """Take the comment mark off everything that is YAML in a starter's sections."""
    whole = text[text.index("\n# ") :]
    head = text[: text.index("\n# ")]
    lines = [re.sub(r"^# (?=[\w-]+:|  )", "", line) for line in whole.splitlines()]
    return head + "\n".join(line for line in lines if not line.startswith("#"))


class TestNew:
    """A plan to start from."""

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_it_is_right_as_it_is_and_with_all_its_sections(self, here: Path, opskpi: Run, language: str) -> None:
        text = opskpi("targets", "new", "--year", "2026", "--lang", language).stdout

        assert opskpi("targets", "check", put(here, text)).exit_code == 0
        plain = re.sub(r"(?m)^projects:\n(  .*\n)+", "", uncommented(text))
        done = opskpi("targets", "check", put(here, plain), "--lang", "en")
        assert done.exit_code == 1
        assert "no indicator has a score" in done.stdout
        assert all(
            f"{key}:" in plain for key in ("header", "groups", "changes", "waivers", "grades", "calendars", "sla")
        )

    def test_a_file_that_is_there_is_left_alone(self, here: Path, opskpi: Run) -> None:
        put(here, "mine")

        assert opskpi("targets", "new", "-o", "plan.yaml").exit_code == 2
        assert (here / "plan.yaml").read_text(encoding="utf-8") == "mine"
        assert opskpi("targets", "new", "-o", "other.yaml").exit_code == 0
        assert "other.yaml" in opskpi("targets", "check", "other.yaml").stdout


def test_every_key_of_this_page_is_documented() -> None:
    """A key was added? docs/plans.md explains it."""
    from opskpi.targets.composition import DefaultSettings
    from opskpi.targets.groups import GroupSettings
    from opskpi.targets.headers import ChangeSettings, HeaderSettings
    from opskpi.targets.schemes import SchemeSettings
    from opskpi.targets.scoring import ScoreSettings
    from opskpi.targets.waivers import WaiverSettings

    page = (ROOT / "docs" / "plans.md").read_text(encoding="utf-8")
    models = (
        DefaultSettings,
        GroupSettings,
        HeaderSettings,
        ChangeSettings,
        SchemeSettings,
        ScoreSettings,
        WaiverSettings,
    )
    keys = [field.alias or name for model in models for name, field in model.model_fields.items()]
    assert [key for key in keys if not re.search(rf"\b{key}\b", page)] == []
