"""Finding the plan: a file, the name of a shipped one, or the only file in ./targets/."""

from dataclasses import replace
from pathlib import Path

from opskpi.documents import Document, read_document, validate
from opskpi.errors import SettingsError
from opskpi.model.safety import readable
from opskpi.targets.composition import composed
from opskpi.targets.plan import Plan
from opskpi.targets.shelf import Folder, Shelf, shipped_plans
from opskpi.wording import message

__all__ = ["read_from", "read_plan", "shipped_plans"]

_SUFFIXES = (".yaml", ".yml")


def read_plan(wanted: str | None, folder: Path) -> tuple[Plan, Document]:
    """Read the plan that is wanted, or the only one there is; raises SettingsError."""
    path = _path(wanted, folder)
    return read_from(Folder(path.parent), path.name, wanted)


def read_from(shelf: Shelf, place: str, said: str | None = None) -> tuple[Plan, Document]:
    """Read a plan and all files it is made of; `said` is what the user calls it. Raises SettingsError."""
    try:
        data = shelf.take(place)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(message("file_unreadable", file=said or place, reason=reason)) from error
    document = composed(read_document(data, readable(place)), place, shelf)
    plan = validate(document, Plan, context={"shelf": shelf})
    return plan, replace(document, files=dict(shelf.read))


def _path(wanted: str | None, folder: Path) -> Path:
    if wanted is None:
        return _only(folder / "targets")
    if (folder / wanted).is_file():
        return folder / wanted
    shipped = shipped_plans()
    if wanted.removesuffix(".yaml") in shipped and "/" not in wanted:
        return shipped[wanted.removesuffix(".yaml")]
    raise SettingsError(message("no_such_plan", file=wanted, shipped=tuple(shipped)))


def _only(folder: Path) -> Path:
    found = sorted(path for path in folder.glob("*") if path.suffix in _SUFFIXES)
    if len(found) == 1:
        return found[0]
    if not found:
        raise SettingsError(message("no_plan", shipped=tuple(shipped_plans())))
    raise SettingsError(message("many_plans", files=tuple(path.name for path in found)))
