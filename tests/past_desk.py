"""A small desk that is scored twice: its rows and its plan change by what a test says."""

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from click.testing import Result

PLAN = """\
plan: Desk
period: 2016
timezone: Asia/Shanghai
calendars:
  desk: {country: CN, hours: {mon-fri: ["09:00-18:00"]}, days_off: [2016-03-10]}
sla:
  - {type: problem, calendar: desk, resolve: 8h}
indicators:
  solved:
    name: Solved in time
    table: tickets
    where: type == "incident"
    exclude:
      cancelled: status == "cancelled"
    period_by: created_at
    value: share(sla_met)
    target: ">= 50%"
  complaints:
    name: Complaints
    table: tickets
    where: type == "complaint"
    period_by: created_at
    value: count()
    target: "< 2"
"""
HEAD = ("project", "ticket_id", "type", "status", "created_at", "resolved_at", "resolve_due_at")
Row = tuple[str, ...]


def ticket(row_id: str, *, project: str = "North", kind: str = "incident", late: bool = False, **more: str) -> Row:
    """Make a ticket of 9 March 2016 that was resolved in time or late."""
    cells = {
        "project": project,
        "ticket_id": row_id,
        "type": kind,
        "status": "closed",
        "created_at": "2016-03-09 10:00",
        "resolved_at": "2016-03-09 15:00" if late else "2016-03-09 11:00",
        "resolve_due_at": "2016-03-09 12:00",
    }
    cells |= more
    return tuple(cells[name] for name in HEAD)


#: Four incidents of North, two of them late, and one complaint; one incident of South.
ROWS = (
    ticket("N1"),
    ticket("N2"),
    ticket("N3", late=True),
    ticket("N4", late=True),
    ticket("C1", kind="complaint"),
    ticket("S1", project="South"),
)


#: Cards that were scored before, by all that went into them: most tests begin with the same one.
_SCORED: dict[object, bytes] = {}


class Desk:
    """The desk in a folder."""

    def __init__(self, folder: Path, opskpi: Callable[..., Result]) -> None:
        self.folder, self.opskpi = folder, opskpi

    def score(self, name: str, rows: Sequence[Row] = ROWS, *words: str, plan: str = PLAN, **files: str) -> Path:
        """Score rows (and more files) by a plan, once for all tests; give the card."""
        asked = tuple(rows), words, plan, tuple(files.items())
        if asked not in _SCORED:
            _SCORED[asked] = self.scored(name, rows, *words, plan=plan, **files).read_bytes()
        card = self.folder / f"{name}.json"
        card.write_bytes(_SCORED[asked])
        return card

    def scored(self, name: str, rows: Sequence[Row] = ROWS, *words: str, plan: str = PLAN, **files: str) -> Path:
        """Score rows by a plan, whatever was scored before; give the card."""
        exports = self.written(name, rows, plan=plan, **files)
        card = self.folder / f"{name}.json"
        found = sorted(exports.glob("*.csv"))
        result = self.opskpi("score", *found, "-t", exports / "plan.yaml", "-o", card, "-q", *words)
        assert card.is_file(), result.stderr
        return card

    def written(self, name: str, rows: Sequence[Row] = ROWS, *, plan: str = PLAN, **files: str) -> Path:
        """Write rows and a plan; give their folder."""
        exports = self.folder / name
        exports.mkdir(exist_ok=True)
        text = "\n".join(",".join(cells) for cells in (HEAD, *rows))
        (exports / "tickets.csv").write_text(text + "\n", encoding="utf-8")
        for file, content in files.items():
            (exports / f"{file}.csv").write_text(content, encoding="utf-8")
        (exports / "plan.yaml").write_text(plan, encoding="utf-8")
        return exports

    def bundled(self, card: Path) -> Path:
        """Pack a card as a bundle does, its rows beside it."""
        document = json.loads(card.read_text(encoding="utf-8"))
        rows, document["rows"] = document["rows"], None
        bundle = card.with_suffix(".zip")
        with zipfile.ZipFile(bundle, "w") as archive:
            archive.writestr("scorecard.json", json.dumps(document))
            archive.writestr("rows.json", json.dumps(rows))
        return bundle

    def diff(self, old: Path, new: Path) -> dict[str, Any]:
        """Compare two cards; the exit code tells whether they are the same."""
        result = self.opskpi("diff", old, new, "-f", "json")
        assert result.exit_code in (0, 1), result.stderr
        found: dict[str, Any] = json.loads(result.stdout)
        assert found["same"] == (result.exit_code == 0)
        return found


def named(found: dict[str, Any], project: str = "North", indicator: str = "solved") -> dict[str, Any]:
    """Find the change of one result."""
    (change,) = (r for r in found["results"] if (r["project"], r["indicator"]) == (project, indicator))
    return dict(change)


def groups(change: dict[str, Any], term: str = "") -> dict[str, tuple[list[str | None], float | None, float | None]]:
    """Give the ids of each kind of change, and what they add to numerator and denominator."""
    return {
        group["change"]: ([row["id"] for row in group["rows"]], group["numerator"], group["denominator"])
        for account in change["rows"]
        if account["term"] == term
        for group in account["groups"]
    }
