"""The routine: profiles of the settings, one line for cron, and what a shell completes."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from conftest import ROOT
from opskpi.commands.naming import check_fields
from opskpi.commands.settings import read_config, read_profile

Run = Callable[..., Result]
PROJECTS = ("甲银行", "乙医院", "丙港口")
TICKETS = [
    "工单编号,项目名称,工单类型,状态,创建时间,解决时间,解决时限,处理人",
    *(
        f"T{month}-{project},{project},事件,已解决,2016-0{month}-03 09:00,2016-0{month}-03 10:00,2016-0{month}-04,"
        for month in range(1, 8)
        for project in PROJECTS
    ),
]
SETTINGS = """
exports = ["exports"]
targets = "2016"
period = "2016-Q1"
lang = "en"

[profiles.monthly]
period = "2016-02"
output = ["月报/{project}-{period}.csv", "月报/{period}.json"]
format = "summary"
hide = ["assignee"]

[profiles.customer]
project = ["甲银行"]
format = "csv"
quiet = true
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with settings and two profiles."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("OPSKPI_")]:
        monkeypatch.delenv(name)
    (tmp_path / "opskpi.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "工单.csv").write_text("\n".join(TICKETS), "utf-8")
    return tmp_path


def process(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "opskpi", *words],
        capture_output=True,
        env={**os.environ, **variables},
        check=False,
        text=True,
        encoding="utf-8",
    )
    assert "Traceback" not in done.stderr
    return done


def test_a_profile_is_the_whole_monthly_routine(desk: Path, opskpi: Run) -> None:
    """One line is printed, nothing beside it; three files and one are written."""
    result = opskpi("score", "--profile", "monthly")
    assert result.exit_code in (1, 4)
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1
    card = json.loads((desk / "月报" / "2016-02.json").read_text("utf-8"))
    verdicts = [each["verdict"] for each in card["results"]]
    assert f"{verdicts.count('pass')} met, {verdicts.count('fail')} missed" in result.stdout
    assert "2016-02" in result.stdout
    assert {path.stem for path in (desk / "月报").glob("*.csv")} == {f"{project}-2016-02" for project in PROJECTS}
    assert any("assignee" in note for note in card["notes"])


@pytest.mark.usefixtures("desk")
def test_flags_come_before_variables_before_the_profile_before_the_file(
    opskpi: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def period(*words: str) -> str:
        return str(json.loads(opskpi("score", "-f", "json", *words).stdout)["period"]["label"])

    assert period() == "2016-Q1"
    assert period("--profile", "monthly") == "2016-02"
    monkeypatch.setenv("OPSKPI_PROFILE", "monthly")
    assert period() == "2016-02"
    assert period("--profile", "customer") == "2016-Q1"
    monkeypatch.setenv("OPSKPI_PERIOD", "2016-Q2")
    assert period() == "2016-Q2"
    assert period("--period", "2016-Q3") == "2016-Q3"


@pytest.mark.usefixtures("desk")
def test_check_and_explain_take_what_they_know_of_it(opskpi: Run) -> None:
    assert opskpi("check", "--profile", "monthly").exit_code == 0
    said = opskpi("explain", "甲银行", "incident_sla_rate", "--profile", "monthly")
    assert said.exit_code == 0
    assert "2016-02" in said.stdout


@pytest.mark.parametrize(
    ("words", "settings", "said"),
    [
        (("--profile", "montly"), SETTINGS, "opskpi.toml has no profile montly; did you mean monthly?"),
        (("--profile", "monthly"), "lang = 'en'", "there is no profile monthly"),
        ((), SETTINGS + "\n[profiles.late]\nhidde = ['x']\n", "opskpi.toml [profiles.late]: unknown key hidde"),
        ((), "profiles = ['monthly']", "profiles are tables, like [profiles.monthly]"),
        ((), "profile = 'x'", "did you mean profiles?"),
    ],
)
def test_what_is_wrong_with_profiles_is_said(desk: Path, words: tuple[str, ...], settings: str, said: str) -> None:
    (desk / "opskpi.toml").write_text(settings, "utf-8")
    done = process("score", *words, OPSKPI_LANG="en")
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.usefixtures("desk")
def test_one_line_says_it_in_both_languages_and_errors_go_beside_it(opskpi: Run) -> None:
    chinese = opskpi("score", "-f", "summary", "--lang", "zh")
    assert chinese.stdout.startswith("2016年度运维服务指标：2016-Q1")
    assert "项达标" in chinese.stdout
    assert chinese.stdout.count("\n") == 1
    assert chinese.stderr == ""
    broken = opskpi("score", "nothing.csv", "-f", "summary")
    assert (broken.exit_code, broken.stdout) == (3, "")
    assert "nothing.csv" in broken.stderr


def test_quiet_says_nothing_at_all(desk: Path, opskpi: Run) -> None:
    result = opskpi("score", "-q", "-o", "{period}.md")
    assert (result.stdout, result.stderr) == ("", "")
    assert (desk / "2016-Q1.md").is_file()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_its_script(shell: str) -> None:
    done = process(_OPSKPI_COMPLETE=f"{shell}_source")
    assert done.returncode == 0
    assert f"_OPSKPI_COMPLETE={shell}_complete" in done.stdout


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("opskpi sc", ["plain,score", "plain,schema"]),
        ("opskpi score --pro", ["plain,--profile", "plain,--project"]),
        ("opskpi score -f s", ["plain,summary"]),
        ("opskpi score --by q", ["plain,quarter"]),
        ("opskpi score --profile ", ["plain,monthly", "plain,customer"]),
        ("opskpi score --indicator comp", ["plain,complaint_count", "plain,complaint_on_time_rate"]),
        ("opskpi score -t own.yaml --indicator ", ["plain,one", "plain,two"]),
        ("opskpi targets ch", ["plain,check"]),
        ("opskpi score ex", ["file,ex"]),
        ("opskpi score -o ca", ["file,ca"]),
        ("opskpi score --bundle ca", ["file,ca"]),
        ("opskpi score --with ca", ["file,ca"]),
        ("opskpi check --source ca", ["file,ca"]),
        ("opskpi diff ca", ["file,ca"]),
        ("opskpi diff a.json ca", ["file,ca"]),
        ("opskpi verify a.json -o ca", ["file,ca"]),
        ("opskpi verify ca", ["file,ca"]),
        ("opskpi sources suggest ca", ["file,ca"]),
        ("opskpi targets show ca", ["file,ca"]),
    ],
)
def test_what_a_shell_completes(desk: Path, typed: str, wanted: list[str]) -> None:
    own = "indicators:\n  one:\n    name: 甲\n  two: {name: 乙}\n"
    (desk / "own.yaml").write_text(f"plan: x\n{own}projects:\n  three:\n    name: 丙\n", "utf-8")
    at = str(len(typed.split(" ")) - 1)
    done = process(_OPSKPI_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=at)
    found = done.stdout.splitlines()
    assert found[: len(wanted)] == wanted if typed.endswith("sc") else found == wanted


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("typed", ["opskpi score --", "opskpi score --indicator x", "opskpi explain --profile m"])
def test_completion_imports_nothing_heavy(typed: str) -> None:
    program = (
        "import sys\n"
        "from opskpi.commands import run\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'numpy', 'pyarrow', 'pydantic', 'ruamel', 'rich', 'jinja2'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    variables = {"_OPSKPI_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.usefixtures("desk")
def test_the_page_can_be_followed_in_an_empty_folder(opskpi: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied as it is, beside exports and a plan, the first run of both profiles writes what the page says."""
    page = (ROOT / "docs" / "routine.md").read_text("utf-8")
    Path("opskpi.toml").write_text(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0], "utf-8")
    Path("exports/工单.csv").write_text("\n".join([f"{TICKETS[0]},标题", *(f"{row}," for row in TICKETS[1:])]), "utf-8")
    Path("targets").mkdir()
    Path("targets/2016.yaml").write_bytes((ROOT / "targets" / "2016.yaml").read_bytes())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1459900800")  # 6 April 2016
    for name in ("monthly", "customer"):
        done = opskpi("score", "--profile", name)
        assert done.exit_code in (0, 1, 4), done.stderr
    months = {"2016-03.xlsx", "2016-03.json", *(f"{project}-2016-03.xlsx" for project in PROJECTS)}
    assert {each.name for each in Path("月报").iterdir()} == months
    assert all(Path("客户", project, "2016-03.html").is_file() for project in PROJECTS)


def test_the_settings_of_the_page_hold(tmp_path: Path) -> None:
    """What `docs/routine.md` shows can be copied: every key is known, every placeholder is."""
    page = (ROOT / "docs" / "routine.md").read_text("utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    path = tmp_path / "opskpi.toml"
    path.write_text(block, "utf-8")
    assert read_config(path)["exports"] == ["exports"]
    for name in tomllib.loads(block)["profiles"]:
        assert f"--profile {name}" in page
        for output in read_profile(name, path)["output"]:
            check_fields(output)
