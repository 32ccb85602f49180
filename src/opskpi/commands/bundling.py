"""A run packed for the archive: what `score --bundle` writes, and what `verify` makes again to compare it."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from opskpi.commands.options import Wanted

if TYPE_CHECKING:
    from opskpi.archive.packing import Content
    from opskpi.documents import Document
    from opskpi.exports import Bytes
    from opskpi.exports.finding import Found
    from opskpi.exports.opening import Contents
    from opskpi.model.cards import Scorecard
    from opskpi.model.evidence import Evidence
    from opskpi.pipeline import Screen
    from opskpi.targets.plan import Plan
    from opskpi.wording import Message

#: What decides how files are read and which days are holidays, beside opskpi itself.
_LIBRARIES = ("holidays", "numpy", "pyarrow", "python-calamine", "tzdata")
_EVIDENCE = "evidence"
#: So many letters of an indicator's id go into the name of its list: file systems take 255 bytes.
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Made:
    """All that a run made and was made of; `lists` is the folder of its rows by indicator."""

    card: "Scorecard"
    screen: "Screen"
    plan: "Plan"
    document: "Document"
    language: str
    lists: Path


@contextmanager
def lists_of(bundle: str | None) -> Iterator[Path | None]:
    """Lend a folder for lists of rows, which may be larger than memory; none where no bundle is wanted."""
    if bundle is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="opskpi-") as folder:
        yield Path(folder)


def listing(lists: Path | None, language: str) -> "Callable[[Evidence], None] | None":
    """Make what writes each indicator's rows into the folder."""
    if lists is None:
        return None
    from opskpi.archive.listing import write_evidence
    from opskpi.archive.packing import member_name

    def write(evidence: "Evidence") -> None:
        taken = [path.name for path in lists.iterdir()]
        # a plan may call an indicator anything
        name = member_name("", f"{evidence.indicator.replace('/', '_')[:_LONGEST]}.csv", taken)
        with (lists / name).open("w", encoding="utf-8", newline="") as file:
            write_evidence(evidence, language, file)

    return write


def bundled_details(lists: Path | None) -> int:
    """Tell how many missed rows of each result the bundle's page shows."""
    if lists is None:
        return 0
    from opskpi.renderers import load

    return load("html").DETAILS


def refuse_bundle(wanted: Wanted) -> None:
    """Refuse what no bundle can hold; raises SettingsError."""
    from opskpi.errors import SettingsError
    from opskpi.wording import message

    if wanted.bundle and Path(wanted.bundle).suffix.lower() != ".zip":
        raise SettingsError(message("bundle_suffix", file=wanted.bundle))
    if wanted.bundle_inputs and not wanted.bundle:
        raise SettingsError(message("bundle_inputs_alone"))
    if wanted.bundle_inputs and wanted.project:
        raise SettingsError(message("bundle_inputs_part"))
    if wanted.bundle_inputs and wanted.hide:
        raise SettingsError(message("bundle_inputs_hidden"))
    if wanted.bundle_inputs and any(each.rpartition("=")[2] == "-" for each in wanted.exports):
        raise SettingsError(message("bundle_inputs_stdin"))


@dataclass(slots=True)
class Packing:
    """A bundle that is to be written; its hash is known once it is, and with it what is to be said."""

    path: Path
    members: "Mapping[str, Content]"
    partial: bool
    sha256: str = ""

    def write(self, file: BinaryIO) -> None:
        """Pack the members into a file."""
        from opskpi.archive.packing import hash_of_file, pack

        pack(self.members, file)
        self.sha256 = hash_of_file(file)

    @property
    def said(self) -> "Sequence[Message]":
        """Tell the bundle's hash, for whatever signs files, and whom it is not for."""
        from opskpi.wording import message

        wrote = message("bundle_wrote", file=str(self.path), sha256=self.sha256)
        return (wrote, message("bundle_part")) if self.partial else (wrote,)


def packing_of(wanted: Wanted, made: Made, contents: "Contents") -> Packing:
    """Collect what goes into a bundle; raises OpskpiError where it cannot be put."""
    members = {**remade(made), **_kept(wanted, made, contents)}
    return Packing(_place(wanted, made.card), members, partial=bool(wanted.project))


def _place(wanted: Wanted, card: "Scorecard") -> Path:
    """Find where a bundle goes: placeholders are filled in, and folders made for such a name. Raises OpskpiError."""
    from opskpi.commands.guards import guard_files, others_of
    from opskpi.commands.naming import filled, is_filled_in, placeholders
    from opskpi.commands.output import make_folder

    name = str(wanted.bundle)
    if not is_filled_in(name):
        return Path(name)
    path = Path(filled(name, placeholders(card)))
    guard_files([path], wanted, others_of(wanted))
    make_folder(path)
    return path


def remade(made: Made) -> "dict[str, Content]":
    """Make the members that follow from a run; the same run makes the same bytes.

    Lines of the list of improvements follow from what people wrote, and are not on the page.
    """
    from opskpi.archive.listing import ledger_csv
    from opskpi.archive.reading import ROWS
    from opskpi.counting.calendars import calendar_records
    from opskpi.intake.rejects import rejects
    from opskpi.renderers import Style, draw
    from opskpi.renderers.rows import rows_text

    card, style = replace(made.card, improvements=()), Style(made.language, to_file=True)
    members: dict[str, Content] = {
        "README.txt": _readme(),
        "calendars.json": _json(calendar_records(made.plan)),
        "ledger.csv": ledger_csv(card.inputs),
        ROWS: f"{rows_text(card.rows)}\n".encode(),
        "scorecard.html": draw("html", card, style),
        "scorecard.json": draw("json", card, style),
    }
    if not card.asked.projects:  # a scorecard of some projects tells nothing of the others' rows
        members["rejects.csv"] = rejects(made.screen.intake, made.language)
    return members | {f"{_EVIDENCE}/{path.name}": path for path in made.lists.iterdir()}


def _kept(wanted: Wanted, made: Made, contents: "Contents") -> "Mapping[str, Content]":
    """Collect what the run was made of, as it was read, and `run.json`, which says what is what."""
    from opskpi.archive.bundles import RUN, KeptExport, KeptFile, KeptMapping, KeptUnused, RunRecord, run_fields
    from opskpi.archive.messages import kept
    from opskpi.archive.packing import member_name
    from opskpi.model.safety import readable

    members: dict[str, Content] = {}

    def keep(folder: str, file: str, data: "Content") -> str:
        known = (name for name, each in members.items() if each is data)
        name = next(known, None) or member_name(folder, file, members)
        members[name] = data
        return name

    files = {readable(place): data for place, data in made.document.files.items()}
    plan = [KeptFile(place=place, member=keep("plan", place, data)) for place, data in files.items()]
    mappings = [
        KeptMapping(name=name, member=None if data is None else keep("plan/sources", name, data))
        for name, data in made.screen.sources
    ]
    exports = [
        KeptExport(
            file=found.label,
            named=found.named,
            member=keep("inputs", found.label, data) if wanted.bundle_inputs else None,
            table=found.table,
            sheet=found.sheet,
            folder=_folder(made, found.path),
        )
        for found, data in _used(wanted, made, contents)
    ]
    record = RunRecord(
        language="zh" if made.language == "zh" else "en",
        plan=tuple(plan),
        mappings=tuple(mappings),
        exports=tuple(exports),
        notes=tuple(map(kept, made.card.notes)),
        unused=tuple(KeptUnused(file=e.file, sheet=e.sheet, reason=kept(e.reason)) for e in made.card.unused),
    )
    return {**members, RUN: run_fields(record, _said(made.card))}


def _used(wanted: Wanted, made: Made, contents: "Contents") -> "list[tuple[Found, Bytes]]":
    """Find the exports that were read, in an order of their own, with their bytes where wanted."""
    from opskpi.exports.finding import find
    from opskpi.exports.opening import read_bytes

    labels = {each.file for each in made.card.inputs} | {each.file for each in made.card.repairs}
    used = [
        found
        for found in find(wanted.exports, tuple(made.plan.registry))
        if any(label == found.label or label.startswith(f"{found.label}/") for label in labels)
    ]
    if not wanted.bundle_inputs:
        return [(found, b"") for found in used]
    read = [(found, (contents.of(found) or read_bytes(found.path, found.label))[0]) for found in used]
    return sorted(read, key=lambda each: (each[0].label, hashlib.sha256(each[1]).hexdigest(), str(each[0].table)))


def _folder(made: Made, path: Path) -> str | None:
    """Name an export's folder where a project was taken from such a name; elsewhere it is nobody's business."""
    from opskpi.model.safety import readable

    forms = (sheet.layout.form for sheet in made.screen.intake.sheets)
    if not any(form.project and form.project.origin == "folder" for form in forms):
        return None
    return readable(path.resolve().parent.name)


def _said(card: "Scorecard") -> Mapping[str, object]:
    """Say what a run was asked for, and by what it was counted."""
    from importlib.metadata import version

    from opskpi import COUNTING, __version__
    from opskpi.renderers.fields import asked_fields

    period = card.period
    return {
        "format": "opskpi.run",
        "format_version": 1,
        "opskpi": __version__,
        "counting": COUNTING,
        "libraries": {name: version(name) for name in _LIBRARIES},
        "period": {"label": period.label, "start": period.start.isoformat(), "end": period.end.isoformat()},
        "by": card.by,
        "as_of": card.as_of.isoformat(),
        "asked": asked_fields(card.asked),
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _readme() -> bytes:
    """Say in both languages what is in a bundle, and how it is verified."""
    from opskpi.wording import message

    return "\n".join(message("bundle_readme").text(language) for language in ("zh", "en")).encode("utf-8")
