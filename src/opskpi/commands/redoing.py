"""A scorecard's run done again: its own period, moment and options, over exports and plan of today or of its bundle."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from opskpi.commands.bundling import Made, bundled_details, listing
from opskpi.commands.options import Wanted

if TYPE_CHECKING:
    from opskpi.archive.bundles import Bundle, RunRecord
    from opskpi.archive.document import CardDocument
    from opskpi.documents import Document
    from opskpi.exports.finding import Found
    from opskpi.exports.opening import Contents
    from opskpi.pipeline import Request
    from opskpi.targets.plan import Plan


@dataclass(frozen=True, slots=True)
class Past:
    """A card that is to be done again, and the bundle it came in, if it did, with its record."""

    card: "CardDocument"
    bundle: "Bundle | None" = None
    run: "RunRecord | None" = None


def redo(wanted: Wanted, past: Past, language: str, lists: Path | None) -> Made:
    """Score again what the card scored; raises OpskpiError where that cannot be done."""
    from opskpi.pipeline import score

    exports, contents = _exports(wanted, past)
    plan, document = _plan(wanted, past)
    request = replace(
        _request(wanted, past, exports, contents),
        details=bundled_details(lists),
        listing=listing(lists, language),
        rows=sys.maxsize if lists else 0,
    )
    card, screen = score(request, plan, document)
    return Made(card, screen, plan, document, language, lists or Path())


def _request(wanted: Wanted, past: Past, exports: "Sequence[str | Found]", contents: "Contents") -> "Request":
    """Ask for the same again."""
    from opskpi.commands.settings import today
    from opskpi.pipeline import Request

    card, asked = past.card, past.card.asked
    mappings = _mappings(past)
    return Request(
        exports=exports,
        today=today(),
        sources=_sources(wanted, past, mappings),
        period=card.period.label,
        by=card.series.by if card.series else None,
        as_of=card.as_of.isoformat(),
        nil=asked.nil,
        hide=asked.hide,
        projects=asked.projects,
        indicators=asked.indicators,
        owners=asked.owners,
        max_rejected=asked.max_rejected,
        encoding=asked.encoding,
        accept_formulas=asked.accept_formulas,
        contents=contents,
        mappings=mappings,
    )


def _exports(wanted: Wanted, past: Past) -> "tuple[Sequence[str | Found], Contents]":
    """Take the exports that are named, else those in the bundle; raises SettingsError where there are none."""
    from opskpi.errors import SettingsError
    from opskpi.exports.finding import Found
    from opskpi.exports.opening import Contents, Held
    from opskpi.wording import message

    if wanted.exports:
        return wanted.exports, Contents(wanted.exports)
    kept = past.run.exports if past.run else ()
    if past.bundle is None or not kept or any(each.member is None for each in kept):
        raise SettingsError(message("verify_no_exports", file=Path(wanted.card or "").name))
    found: list[Found] = []
    held: dict[Path, bytes] = {}
    for at, each in enumerate(kept):
        path = Path(str(at), each.folder or "inputs", Path(each.file).name)
        held[path] = past.bundle.read(str(each.member))
        found.append(Found(path, each.file, named=each.named, table=each.table, sheet=each.sheet))
    return found, Held(held)


def _plan(wanted: Wanted, past: Past) -> "tuple[Plan, Document]":
    """Read the plan that is named, else that of the bundle, else the only one, else the shipped one of its name."""
    from opskpi.targets.finding import read_from, read_plan, shipped_plans
    from opskpi.targets.shelf import Kept

    here = Path.cwd()
    if wanted.targets is None and past.bundle and past.run:
        files = past.run.plan
        return read_from(Kept({each.place: past.bundle.read(each.member) for each in files}), files[0].place)
    shipped = past.card.plan.file.removesuffix(".yaml")
    if wanted.targets is None and shipped in shipped_plans() and not any((here / "targets").glob("*.y*ml")):
        return read_plan(shipped, here)
    return read_plan(wanted.targets, here)


def _mappings(past: Past) -> Mapping[str, bytes]:
    """Take the mappings out of the bundle."""
    if past.bundle is None or past.run is None:
        return {}
    return {each.name: past.bundle.read(each.member) for each in past.run.mappings if each.member}


def _sources(wanted: Wanted, past: Past, mappings: Mapping[str, bytes]) -> Sequence[str]:
    """Name the sources again; raises SettingsError where the file of one is wanted and not given."""
    from opskpi.errors import SettingsError
    from opskpi.wording import message

    if wanted.source:
        return wanted.source
    for each in past.card.asked.sources:
        if each.sha256 and each.name not in mappings:
            raise SettingsError(message("verify_no_source", name=each.name))
    return [each.name for each in past.card.asked.sources]
