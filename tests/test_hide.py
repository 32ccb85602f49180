"""`--hide`: texts of some columns are in no output, and no figure moves."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from opskpi import renderers
from opskpi.commands import group

Run = Callable[..., Result]
SECRETS = ("李四光", "王五常", "赵六儿", "密钥轮换", "张三丰", "孙七娘", "季度访谈", "台前")
PLAN = """plan: 隐去试验
period: 2016
timezone: Asia/Shanghai
indicators:
  sla:
    name: 完成率
    table: tickets
    where: type == "incident" and assignee != "张三丰"
    exclude:
      own: group == "台前"
    period_by: created_at
    value: share(sla_met)
    breakdown: assignee
    target: ">= 90%"
  people:
    name: 人数
    table: tickets
    period_by: created_at
    value: distinct(assignee)
    target: ">= 1"
  asked:
    name: 访谈
    table: figures
    unit: number
    target: ">= 1"
"""
HEAD = "工单编号,项目名称,工单类型,状态,创建时间,解决时间,解决时限,标题,处理人,备注"
ROWS = """T1,甲,事件,已解决,2016-03-01 09:00,2016-03-01 12:00,2016-03-01 13:00,密钥轮换,李四光,季度访谈
T2,甲,事件,已解决,2016-03-01 09:00,2016-03-01 18:00,2016-03-01 13:00,密钥轮换,王五常,
T3,甲,事件,奇怪,2016-03-01 09:00,2016-03-01 18:00,2016-03-01 13:00,密钥轮换,王五常,季度访谈
T4,乙,事件,已解决,2016-03-01 09:00,2016-03-01 18:00,2016-03-01 13:00,密钥轮换,赵六儿,
T5,乙,事件,已解决,2016-03-01 09:00,2016-03-01 12:00,2016-03-01 13:00,密钥轮换,王五常,
密钥轮换,赵六儿
"""
FIGURES = "项目名称,指标,周期,数值,数据来源,填报人,依据\n甲,访谈,2016,4.5,季度访谈,孙七娘,季度访谈\n"
HIDE = ("--hide", "assignee,标题", "--hide", "备注", "--hide", "数据来源，填报人,依据,group")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write every format with everything hidden, and the figures with nothing hidden."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "in").mkdir()
    (desk / "in" / "工单.csv").write_text(f"{HEAD}\n{ROWS}", "utf-8")
    (desk / "in" / "填报.csv").write_text(FIGURES, "utf-8")
    (desk / "plan.yaml").write_text(PLAN, "utf-8")
    given = ["score", desk / "in", "-t", desk / "plan.yaml", "--max-rejected", "60", "--by", "quarter", "-q"]
    run(
        *given,
        "-o",
        desk / "plain.json",
        "-o",
        desk / "plain.html",
        "-o",
        desk / "plain.xlsx",
        "--rejects",
        desk / "plain.csv",
    )
    (desk / "hidden").mkdir()
    out = desk / "hidden"
    names = [(form, name) for form in renderers.FORMATS for name in ("card", "{project}")]
    forms = [word for form, name in names for word in ("-o", f"{form}={out}/{name}.{form}")]
    run(*given, *HIDE, *forms, "--rejects", out / "rejects.csv", "--bundle", desk / "run.zip")
    for name in ("md", "json", "txt"):
        run("explain", "甲", "sla", *given[1:6], *HIDE, "-q", "-o", out / f"why.{name}")
        run("explain", "--row", "T3", *given[1:6], *HIDE, "-q", "-o", out / f"row.{name}")
        run("explain", "甲", "asked", *given[1:6], *HIDE, "-q", "-o", out / f"asked.{name}")
    return desk


def run(*words: object) -> Result:
    result = CliRunner().invoke(group, [str(word) for word in words], standalone_mode=False)
    assert result.exception is None, (result.exception, result.stderr)
    assert result.return_value in (0, 1, 4), result.stderr
    return result


def readable(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_text("utf-8-sig")
    with zipfile.ZipFile(path) as packed:
        return "\n".join(packed.read(name).decode("utf-8") for name in packed.namelist())


def test_the_texts_would_be_there(desk: Path) -> None:
    said = "".join(readable(desk / f"plain.{name}") for name in ("html", "json", "xlsx", "csv"))
    assert [word for word in SECRETS if word not in said] == []


def test_no_output_has_them(desk: Path) -> None:
    files = sorted((desk / "hidden").iterdir())
    assert len(files) == 3 * len(renderers.FORMATS) + 1 + 9
    assert [(path.name, word) for path in files for word in SECRETS if word in readable(path)] == []


def test_no_list_of_a_bundle_has_them(desk: Path) -> None:
    """All but the plan, which is packed as it was read."""
    with zipfile.ZipFile(desk / "run.zip") as packed:
        said = {name: packed.read(name).decode("utf-8-sig") for name in packed.namelist() if "plan/" not in name}
    assert any(name.startswith("evidence/") and "×××" in text for name, text in said.items())
    assert [(name, word) for name, text in said.items() for word in SECRETS if word in text] == []


def test_a_card_with_hidden_columns_is_verified(desk: Path, opskpi: Run) -> None:
    for card in (desk / "hidden" / "card.json", desk / "hidden" / "甲.json"):
        result = opskpi("verify", card, desk / "in", "-t", desk / "plan.yaml")
        assert result.exit_code == 0, result.stdout


def test_figures_stay(desk: Path) -> None:
    plain, hidden = (json.loads((desk / name).read_text("utf-8")) for name in ("plain.json", "hidden/card.json"))
    told = {"breakdown", "reported_by", "reported_source", "reported_evidence"}
    for one, other in zip(plain["results"], hidden["results"], strict=True):
        assert {key: one[key] for key in one if key not in told} == {
            key: other[key] for key in other if key not in told
        }
    for one, other in zip(plain["company"], hidden["company"], strict=True):
        assert one | {"breakdown": None} == other | {"breakdown": None}


def test_groups_are_told_apart_by_number(desk: Path) -> None:
    """Three people: the second project's first is a third one, its second the one that the first project has, too."""
    card = json.loads((desk / "hidden" / "card.json").read_text("utf-8"))
    sla = [each for each in card["results"] if each["indicator"] == "sla" and each["period"] == "2016"]
    words = {each["project"]: {part["word"]: part["rows"] for part in each["breakdown"]} for each in sla}
    assert sorted(set(words["甲"]) | set(words["乙"])) == ["×××1", "×××2", "×××3"]
    assert len(set(words["甲"]) & set(words["乙"])) == 1
    (line,) = (each for each in card["company"] if each["indicator"] == "sla" and each["period"] == "2016")
    assert {part["word"]: part["rows"] for part in line["breakdown"]} == {
        word: words["甲"].get(word, 0) + words["乙"].get(word, 0) for word in ("×××1", "×××2", "×××3")
    }


def test_what_shows_the_mark_says_what_it_stands_for(desk: Path) -> None:
    for name in ("card.html", "card.xlsx", "card.json", "甲.html", "why.md"):
        assert "×××" in readable(desk / "hidden" / name)
        assert "assignee" in readable(desk / "hidden" / name)


def test_hidden_rejects_can_be_repaired_and_given_back(desk: Path, tmp_path: Path) -> None:
    """The state is mended; the hidden cells become what they were, and none of them the mark."""
    text = (desk / "hidden" / "rejects.csv").read_text("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    mended = [[{"奇怪": "已解决"}.get(cell, cell) for cell in row] for row in rows if "T3" in row]
    assert mended[0][head.index("处理人")] == "×××"
    out = io.StringIO()
    csv.writer(out).writerows([head, *mended])
    (tmp_path / "mended.csv").write_text(out.getvalue(), "utf-8-sig")
    card = tmp_path / "card.json"
    run(
        "score",
        desk / "in",
        tmp_path / "mended.csv",
        "-t",
        desk / "plan.yaml",
        "--max-rejected",
        "60",
        "-q",
        "-o",
        card,
    )
    results = json.loads(card.read_text("utf-8"))["results"]
    (sla,) = (each for each in results if each["indicator"] == "sla" and each["project"] == "甲")
    assert {part["word"]: part["rows"] for part in sla["breakdown"]} == {"王五常": 2, "李四光": 1}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("assigne", "assigne is no column and no heading of the exports; did you mean Assignee?"),
        ("处理任", "did you mean 处理人?"),
        ("zzz", "known are: 项目名称, 指标, 周期"),
        ("created_at", "created_at of tickets holds times or numbers"),
        ("解决时间", "resolved_at of tickets holds times or numbers"),
        ("项目名称", "write one file for each with {project}"),
    ],
)
def test_what_cannot_be_hidden_is_said(desk: Path, opskpi: Run, words: str, said: str) -> None:
    result = opskpi("score", desk / "in", "-t", desk / "plan.yaml", "--lang", "en", "--hide", words)
    assert result.exit_code == 2
    assert said.casefold() in result.stderr.casefold()


def test_check_hides_them_too(desk: Path, opskpi: Run) -> None:
    result = opskpi("check", desk / "in", "-t", desk / "plan.yaml", "-f", "json", "--hide", "状态")
    assert "奇怪" in opskpi("check", desk / "in", "-t", desk / "plan.yaml", "-f", "json").stdout
    assert "奇怪" not in result.stdout
