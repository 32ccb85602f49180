"""Finding the plan: a file, the name of a shipped one, or the only file in ./targets/."""

from importlib.resources import files
from pathlib import Path

from opskpi.documents import Document, read_document, validate
from opskpi.errors import SettingsError
from opskpi.model.safety import readable
from opskpi.targets.composition import composed
from opskpi.targets.plan import Plan
from opskpi.wording import message

_SUFFIXES = (".yaml", ".yml")


def read_plan(wanted: str | None, folder: Path) -> tuple[Plan, Document]:
    """Read the plan that is wanted, or the only one there is; raises SettingsError."""
    path = _path(wanted, folder)
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(message("file_unreadable", file=str(wanted or path.name), reason=reason)) from error
    document = composed(read_document(data, readable(path.name)), path, _extended)
    return validate(document, Plan, context={"folder": path.parent}), document


def shipped_plans() -> dict[str, Path]:
    """List the plans that come with opskpi: in the wheel, or beside the sources of a checkout."""
    inside = Path(str(files("opskpi"))) / "plans"
    folder = inside if inside.is_dir() else Path(__file__).parents[3] / "targets"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def _extended(name: str, folder: Path) -> Path | None:
    """Find the plan that another one extends: beside it, or a shipped one."""
    beside = folder / name
    return beside if beside.is_file() else shipped_plans().get(name.removesuffix(".yaml"))


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
