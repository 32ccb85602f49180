"""Plans made of several files, and of defaults: merged key by key, each mistake told in its own file."""

import hashlib
import re
from pathlib import Path

import openpyxl
import pytest

from conftest import ROOT
from opskpi.errors import SettingsError
from opskpi.targets.finding import read_plan
from opskpi.targets.plan import Plan
from rulebook import Desk, incidents
from test_goals import BANK

BASE = """plan: 公司计划
period: 2016
header: {number: A-1, approved_by: 王总}
indicators:
  rate:
    name: 完成率
    owner: 运行维护部
    table: tickets
    period_by: created_at
    value: share(sla_met)
    target: {2016-01-01: ">= 90%", 2016-07-01: ">= 92%"}
  complaints:
    name: 投诉
    table: tickets
    where: type == "complaint"
    period_by: created_at
    value: count()
    target: "< 5"
projects:
  某银行: {aliases: [某行]}
"""
OWN = """extends: base.yaml
plan: 子公司计划
indicators:
  rate:
    target: ">= 85%"
  complaints: ~
  extra:
    name: 数量
    table: tickets
    period_by: created_at
    value: count()
projects:
  某银行: {targets: {extra: "< 9"}}
"""


def read(folder: Path, **files: str) -> Plan:
    """Write files, and read the one called own."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read_plan("own.yaml", folder)[0]


def mistakes(folder: Path, **files: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(folder, **files)
    return [each.text("en") for each in caught.value.messages]


def test_maps_are_merged_key_by_key(tmp_path: Path) -> None:
    plan = read(tmp_path, base=BASE, own=OWN)

    assert (plan.plan, plan.period) == ("子公司计划", "2016")
    assert list(plan.indicators) == ["rate", "extra"]
    assert plan.indicators["rate"].owner == "运行维护部"
    assert plan.indicators["rate"].target.text == ">= 85%"
    assert plan.projects["某银行"].aliases == ("某行",)
    assert plan.projects["某银行"].targets["extra"].text == "< 9"
    assert plan.header is None


def test_a_chain_has_the_nearest_on_top(tmp_path: Path) -> None:
    middle = 'extends: base.yaml\nindicators: {rate: {target: ">= 80%", owner: 质量部}}\n'
    plan = read(
        tmp_path, base=BASE, middle=middle, own="extends: middle.yaml\nindicators: {rate: {target: '>= 70%'}}\n"
    )

    assert plan.indicators["rate"].target.text == ">= 70%"
    assert plan.indicators["rate"].owner == "质量部"
    assert plan.indicators["complaints"].target.text == "< 5"


def test_a_shipped_plan_can_be_extended_by_its_name(tmp_path: Path) -> None:
    plan = read(tmp_path, own='extends: "2016"\nperiod: 2017\nindicators: {complaint_count: {target: "< 3"}}\n')

    assert plan.whole_period.label == "2017"
    assert plan.indicators["complaint_count"].target.text == "< 3"
    assert len(plan.indicators) == 6


def test_a_file_beside_comes_before_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "2016.yaml").write_text(BASE, encoding="utf-8")

    assert read(tmp_path, own="extends: 2016.yaml\n").plan == "公司计划"


def test_each_mistake_is_told_in_its_own_file_the_plans_own_first(tmp_path: Path) -> None:
    """Line 9 of the base names a column that is none; line 9 of the plan, another; and a mix of both is the plan's."""
    base = BASE.replace("created_at\n    value: share", "creatd_at\n    value: share")
    said = mistakes(tmp_path, base=base, own=OWN.replace("period_by: created_at", "period_by: closd_at"))

    assert [each.partition(": ")[0] for each in said] == ["own.yaml:10:16", "base.yaml:9:16"]
    crossed = mistakes(tmp_path, base=BASE, own=OWN.replace('">= 85%"', '">= 85"'))
    assert [each.partition(": ")[0] for each in crossed] == ["own.yaml:5:14"]
    missing = mistakes(
        tmp_path, base=BASE.replace("    value: count()\n", "    valeu: count()\n"), own="extends: base.yaml\n"
    )
    assert missing[-1].startswith("base.yaml:17:5: unknown key valeu")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"own": "extends: gone.yaml\n"}, "own.yaml:1:10: there is no plan gone.yaml"),
        ({"own": "extends: own.yaml\n"}, "own.yaml:1:10: own.yaml extends this plan in turn"),
        ({"own": "extends: base.yaml\n", "base": "plan: x\nextends: own.yaml\n"}, "base.yaml:2:10: own.yaml extends"),
        ({"own": "extends: [a, b]\n"}, "own.yaml:1:10: a text is wanted"),
    ],
)
def test_what_cannot_be_extended_is_refused(tmp_path: Path, files: dict[str, str], words: str) -> None:
    assert any(words in each for each in mistakes(tmp_path, **files))


def test_the_hashes_of_all_files_are_in_the_provenance(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.tickets(*incidents(9, 1, 项目名称=BANK))
    base, own = desk.write("base.yaml", BASE), desk.write("own.yaml", OWN)
    book = desk.folder / "card.xlsx"

    said = desk.score("-o", str(book), plan=own).card["plan"]

    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (own, base)]
    assert (said["sha256"], said["extends"]) == (hashes[0], [{"file": "base.yaml", "sha256": hashes[1]}])
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(book)["来源与版本"].iter_rows()]
    assert [row[3] for row in rows if row[1] in ("own.yaml", "base.yaml")] == [f"sha256 {each}" for each in hashes]


class TestDefaults:
    """What an indicator does not say itself."""

    PLAN = """plan: 计划
period: 2016
defaults: {table: tickets, period_by: created_at, min_rows: 5, target: ">= 90%", owner: 运行维护部}
indicators:
  a: {name: 甲, value: share(sla_met)}
  b: {name: 乙, value: share(completed), min_rows: 0, target: ~, owner: 质量部}
"""

    def test_they_fill_what_is_left_out(self, tmp_path: Path) -> None:
        one, other = read(tmp_path, own=self.PLAN).indicators.values()

        assert (one.table, one.period_by, one.min_rows, one.target.text, one.owner) == (
            "tickets",
            "created_at",
            5,
            ">= 90%",
            "运行维护部",
        )
        assert (other.min_rows, other.target, other.owner) == (0, None, "质量部")

    @pytest.mark.parametrize(
        ("slip", "words"),
        [
            (("min_rows: 5", "min_rows: many"), "own.yaml:3:61: min_rows cannot be many"),
            (("min_rows: 5", "min_row: 5"), "own.yaml:3:51: unknown key min_row; did you mean min_rows?"),
            (('">= 90%"', '">= 95"'), "write percent"),
        ],
    )
    def test_their_mistakes_are_told_once_and_where_they_stand(
        self, tmp_path: Path, slip: tuple[str, str], words: str
    ) -> None:
        said = mistakes(tmp_path, own=self.PLAN.replace(*slip))

        assert len(said) == 1
        assert said[0].startswith("own.yaml:3:")
        assert words in said[0]


def test_a_default_score_is_for_what_has_a_weight(tmp_path: Path) -> None:
    plan = TestDefaults.PLAN.replace("owner: 运行维护部}", "score: pass_fail}").replace(
        "(sla_met)", "(sla_met), weight: 100"
    )
    one, other = read(tmp_path, own=plan).indicators.values()

    assert one.score is not None
    assert other.score is None


PAGE = (ROOT / "docs" / "plans.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "block", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL), ids=lambda block: block.split(":")[0]
)
def test_every_plan_on_the_page_is_one(tmp_path: Path, block: str) -> None:
    """Each block of docs/plans.md stands on the shipped plan, or on the company's that it names."""
    company = 'extends: "2016"\n'
    text = block if "extends:" in block else company + block

    assert read(tmp_path, company=company, own=text).indicators
