"""What the tests of the rules share: small exports written from rows, the command run on them, its scorecard read."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from opskpi.commands import group

ROOT = Path(__file__).parents[1]
PLAN_2016 = ROOT / "targets" / "2016.yaml"
#: 1 June 2017 stands for today: the year 2016 is over, whatever the clock says.
TODAY = {"SOURCE_DATE_EPOCH": "1496275200"}
#: The project of a row that names none.
PROJECT = "某银行"

Row = Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """What a run gave: its exit code, standard output, and what it said on standard error."""

    exit_code: int
    printed: str
    said: str

    @property
    def card(self) -> dict[str, Any]:
        """The JSON scorecard."""
        document: dict[str, Any] = json.loads(self.printed)
        return document

    def result(self, indicator: str, project: str = PROJECT) -> dict[str, Any]:
        """The one result of a project and indicator."""
        (found,) = (
            each for each in self.card["results"] if (each["project"], each["indicator"]) == (project, indicator)
        )
        return dict(found)

    def pick(self, indicator: str, *fields: str, project: str = PROJECT) -> tuple[Any, ...]:
        """Some fields of a result, in the order asked."""
        result = self.result(indicator, project)
        return tuple(result[field] for field in fields)

    def company(self, indicator: str) -> dict[str, Any]:
        """The company's line of an indicator."""
        (found,) = (each for each in self.card["company"] if each["indicator"] == indicator)
        return dict(found)

    def ledger(self, file: str | None = None) -> dict[str, int]:
        """The ledger of a file, or of all files together."""
        inputs = [each for each in self.card["inputs"] if file in (None, each["file"])]
        parts = ("rows", "accepted", "rejected", "duplicate", "superseded")
        return {part: sum(each[part] for each in inputs) for part in parts}

    @property
    def projects(self) -> list[str]:
        """The projects on the card, each once."""
        return list(dict.fromkeys(each["project"] for each in self.card["results"]))

    @property
    def notes(self) -> str:
        """The card's notes, in English, as one text."""
        return "\n".join(self.card["notes"])


class Desk:
    """A folder of exports in the making, and the command run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exports = folder / "exports"
        self.exports.mkdir(parents=True)

    def put(self, file: str, rows: Sequence[Row], headings: tuple[str, ...] = ()) -> Path:
        """Write a CSV export: the headings are all that occur in the rows, in their order."""
        names = headings or tuple(dict.fromkeys(name for row in rows for name in row))
        path = self.exports / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def tickets(self, *rows: Row, file: str = "工单.csv") -> Path:
        """Write tickets; those without a number get one, those without a project ours."""
        given = [{"工单编号": f"T{at}", "项目名称": PROJECT, **row} for at, row in enumerate(rows, 1)]
        return self.put(file, list(given))

    def surveys(self, *scores: str, project: str = PROJECT, file: str = "满意度.csv", day: str = "2016-05-01") -> Path:
        """Write one answer a score."""
        rows = [
            {"问卷编号": f"S{at}", "项目名称": project, "提交时间": day, "满意度": score}
            for at, score in enumerate(scores, 1)
        ]
        return self.put(file, list(rows))

    def reports(self, *rows: tuple[str, str], project: str = PROJECT, file: str = "报告.csv") -> Path:
        """Write reports, each as the day it was due and the day it was delivered."""
        given = [
            {"报告编号": f"R{at}", "项目名称": project, "应交付日期": due, "实际交付日期": delivered}
            for at, (due, delivered) in enumerate(rows, 1)
        ]
        return self.put(file, list(given))

    def write(self, file: str, text: str) -> Path:
        """Write a settings file beside the exports."""
        path = self.folder / file
        path.write_text(text, encoding="utf-8")
        return path

    def score(self, *options: str, plan: Path = PLAN_2016, exports: tuple[Path, ...] = ()) -> Outcome:
        """Score the folder of exports, or some of its files, as JSON."""
        return self.run("score", "-f", "json", *options, plan=plan, exports=exports)

    def run(self, command: str, *options: str, plan: Path = PLAN_2016, exports: tuple[Path, ...] = ()) -> Outcome:
        """Run a command in this process."""
        named = [str(each) for each in exports or (self.exports,)]
        arguments = [command, *named, "-t", str(plan), *options]
        done = CliRunner(env=TODAY).invoke(group, arguments, standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        return Outcome(int(done.return_value), done.stdout, done.stderr)


def run_outside(arguments: list[str], folder: Path, environment: Mapping[str, str] | None = None) -> Outcome:
    """Run opskpi in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "opskpi", *arguments],
        cwd=folder,
        env={**os.environ, **TODAY, "PYTHONUTF8": "1", **(environment or {})},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def ticket(kind: str, due: str = "", resolved: str = "", **more: str) -> Row:
    """Make a ticket row of March 2016, with its due and resolution times; `more` are other headings."""
    return {
        "工单类型": kind,
        "创建时间": "2016-03-01 08:00",
        "解决时限": due,
        "解决时间": resolved,
        **more,
    }


def incident(due: str = "", resolved: str = "", **more: str) -> Row:
    """Make an incident."""
    return ticket("事件", due, resolved, **more)


def request(due: str = "", resolved: str = "", **more: str) -> Row:
    """Make a service request."""
    return ticket("服务请求", due, resolved, **more)


def complaint(due: str = "2016-03-10", resolved: str = "2016-03-02", **more: str) -> Row:
    """Make a complaint, handled in time unless said otherwise."""
    return ticket("投诉", due, resolved, **more)


def incidents(met: int, missed: int, **more: str) -> list[Row]:
    """Make incidents resolved in time, and others a day late."""
    good = incident("2016-03-02 08:00", "2016-03-02 08:00", **more)
    bad = incident("2016-03-02 08:00", "2016-03-03 08:00", **more)
    return [good] * met + [bad] * missed


def plan(indicators: str, *, period: str = "2016", more: str = "") -> str:
    """Make a plan of some indicators, each line indented by two."""
    return f"plan: 试验计划\nperiod: {period}\nindicators:\n{indicators}\n{more}"
