"""`opskpi new`: settings, a plan and registers to fill in, which score as they are."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from opskpi.commands.options import option

#: The shipped plan a new one is made from.
_MODEL_PLAN = "2016"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command line, as click read it."""

    folder: Path
    year: int | None
    lang: str
    quiet: bool
    debug: bool


@click.command(name="new", short_help="Start: settings, a plan and registers to fill in.")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@option("--year", type=click.IntRange(2000, 2100), metavar="YEAR", help="The plan's year. Default: the current one.")
@option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of what is written.")
@option("-q", "--quiet", is_flag=True, help="Nothing on the terminal but errors.")
@option("--debug", is_flag=True, help="Show tracebacks.")
def command(**values: Any) -> int:  # noqa: ANN401 - click's own
    """Write opskpi.toml, a plan, a project register and registers to fill in into DIR.

    The registers hold example rows, so that `opskpi score` in DIR shows a scorecard at once.
    Files that are there already are never touched.

    Exit codes: 0 written, 2 wrong usage or a file exists already, 5 output or internal error.
    """
    from opskpi.commands.output import reporting

    return reporting(run, lambda wanted: wanted.lang, lambda wanted: wanted.debug)(Wanted(**values))


def run(wanted: Wanted) -> int:
    """Make all files in memory, write them where none is in the way, say what comes next."""
    from opskpi.commands.output import write_out
    from opskpi.commands.settings import today
    from opskpi.starters import contents, paths
    from opskpi.targets.finding import shipped_plans

    now = today().year
    year = wanted.year or now
    refuse_existing(wanted.folder, paths(year, wanted.lang))
    shipped = shipped_plans()[_MODEL_PLAN].read_text(encoding="utf-8")
    files = {wanted.folder / name: data for name, data in contents(year, wanted.lang, shipped).items()}
    write_all(files)
    if not wanted.quiet:
        steps = next_steps(wanted.folder, year, wanted.lang, begun=year <= now)
        lines = [*written(files, wanted.lang), "", *steps, ""]
        write_out("\n".join(lines).encode(), machine=False)
    return 0


def refuse_existing(folder: Path, names: tuple[str, ...]) -> None:
    """Raise SettingsError with the names of all files that are in the way."""
    from opskpi.errors import SettingsError
    from opskpi.wording import message

    there = tuple(str(folder / name) for name in names if os.path.lexists(folder / name))
    if there:
        raise SettingsError(message("new_exists", files=there))


def write_all(files: Mapping[Path, bytes]) -> None:
    """Write all files and their folders, or leave nothing of them; raises OutputError."""
    from opskpi.commands.output import write_file

    made: list[Path] = []
    try:
        for path, data in files.items():
            _make_folder(path.parent, made)
            write_file(path, data)
            made.append(path)
    except BaseException:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        raise


def written(files: Iterable[Path], language: str) -> list[str]:
    """Name what was written."""
    from opskpi.wording import message

    return [message("wrote", file=str(path)).text(language) for path in files]


def next_steps(folder: Path, year: int, language: str, *, begun: bool) -> list[str]:
    """Say which commands come next; before a year has begun its examples score as of a day in it."""
    from opskpi.wording import message

    shown = f'"{folder}"' if " " in str(folder) else str(folder)
    enter = [] if folder.resolve() == Path.cwd() else [f"cd {shown}"]
    score = message("new_score") if begun else message("new_score_early", year=year)
    steps = [*enter, score.text(language), message("new_check").text(language)]
    return [message("new_next").text(language), *(f"  {step}" for step in steps)]


def _make_folder(folder: Path, made: list[Path]) -> None:
    """Make a folder and those it stands in, and note which are new."""
    from opskpi.errors import OutputError
    from opskpi.wording import message

    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        try:
            each.mkdir()
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputError(message("output_unwritable", file=str(each), reason=reason)) from error
        made.append(each)
