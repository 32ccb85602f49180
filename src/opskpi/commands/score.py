"""`opskpi score`: judge every project, print a scorecard, write others."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from opskpi.exports.finding import Digests
    from opskpi.model.cards import Scorecard
    from opskpi.pipeline import Request, Screen

_FORMATS = ("terminal", "json", "csv", "md", "xlsx")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command line of `score` and `check`, as click read it."""

    exports: tuple[str, ...] = ()
    targets: str | None = None
    period: str | None = None
    as_of: str | None = None
    source: tuple[str, ...] = ()
    nil: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    indicator: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    rejects: str | None = None
    max_rejected: str = "5"
    format: str | None = None
    output: tuple[str, ...] = ()
    lang: str | None = None
    quiet: bool = False
    debug: bool = False


class Words(click.types.StringParamType):
    """Text whose OPSKPI_ variable may hold several values, parted as paths are, not at blanks."""

    envvar_list_splitter = os.pathsep


def option(*names: str, **settings: Any) -> Callable[..., Any]:  # noqa: ANN401 - click's own
    """Make an option that its OPSKPI_ variable can set, too."""
    variable = "OPSKPI_" + names[-1].removeprefix("--").replace("-", "_").upper()
    if settings.get("multiple"):
        settings["type"] = Words()
    return click.option(*names, envvar=variable, show_envvar=False, **settings)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that `score` and `check` share."""
    for add in reversed(
        (
            click.argument("exports", nargs=-1, envvar="OPSKPI_EXPORTS", type=Words()),
            option(
                "-t",
                "--targets",
                metavar="FILE",
                help="Plan: a file, or a shipped one (2016). Default: the only file in ./targets/.",
            ),
            option(
                "--source",
                multiple=True,
                metavar="NAME|FILE",
                help="Take exports for this source: shipped, or a mapping of your own.",
            ),
            option(
                "--period",
                metavar="PERIOD",
                help="2016, 2016-H1, 2016-Q3, 2016-07, 2016-01-15..2016-02-14, last-month, last-quarter.",
            ),
            option("--as-of", metavar="MOMENT", help="The moment the state is judged at: 2017-01-01, or end."),
            option("--rejects", metavar="FILE", help="Write the rejected rows here (CSV)."),
            option(
                "--max-rejected",
                metavar="PERCENT",
                default="5",
                show_default=True,
                help="More rejected rows than this make a table unusable.",
            ),
            option("--lang", type=click.Choice(["zh", "en"]), help="Language. Default: the plan's."),
            option(
                "-q",
                "--quiet",
                is_flag=True,
                help="No scorecard and no notes on the terminal; errors and the exit code stay.",
            ),
            option("--debug", is_flag=True, help="Show tracebacks."),
        )
    ):
        command = add(command)
    return command


@click.command(name="score", short_help="Judge every project; print a scorecard, write others.")
@reading_options
@option(
    "--nil",
    multiple=True,
    metavar="INDICATOR",
    help="Nothing happened, and nothing is missing: a nil return.",
)
@option("--project", multiple=True, metavar="NAME", help="Only this project.")
@option("--indicator", multiple=True, metavar="NAME", help="Only this indicator: id, name or short name.")
@option("--owner", multiple=True, metavar="NAME", help="Only this department's indicators.")
@option(
    "-f",
    "--format",
    type=click.Choice(_FORMATS[:-1]),
    help="What to print: terminal (default), json, csv, md.",
)
@option(
    "-o",
    "--output",
    multiple=True,
    metavar="FILE",
    help="Write a scorecard; the suffix is the format (.json .csv .md .xlsx). Repeatable.",
)
def command(**values: Any) -> int:  # noqa: ANN401 - click's own
    """Judge every project in EXPORTS against the plan.

    EXPORTS are files, folders or globs; tickets=FILE and surveys=FILE#Sheet say what a
    file is, - is standard input.

    Exit codes: 0 every target met, 1 missed, 2 wrong usage or settings, 3 exports unusable,
    4 nothing missed but data lacking, 5 output or internal error.
    """
    return guarded(run, Wanted(**values))


def guarded(body: Callable[[Wanted], int], wanted: Wanted) -> int:
    """Run a command's story; what stops it becomes sentences and an exit code."""
    from opskpi.commands.output import reporting
    from opskpi.commands.settings import language_before_plan

    def language(asked: Wanted) -> str:
        return language_before_plan(asked.lang, asked.targets)

    return reporting(body, language, lambda asked: asked.debug)(wanted)


def run(wanted: Wanted) -> int:
    """Read the plan, judge, write files, print; give the exit code."""
    from opskpi.exports.finding import Digests

    digests = Digests(wanted.exports)  # begun before the imports below, which take as long
    from opskpi.commands.output import tell, write_file, write_out
    from opskpi.pipeline import UnusableError, score
    from opskpi.renderers import Style, load
    from opskpi.targets.finding import read_plan
    from opskpi.wording import language_of, message

    formats = [suffix_format(name) for name in wanted.output]
    plan, document = read_plan(wanted.targets, Path.cwd())
    language = wanted.lang or plan.language or language_of(document.text)
    guard_outputs(wanted)
    printed = None if wanted.quiet and not wanted.format else wanted.format or "terminal"
    details = max((load(each).DETAILS for each in {*formats, printed} if each), default=0)
    try:
        card, screen = score(request(wanted, details, digests), plan, document)
    except UnusableError as error:
        write_rejects(wanted, error.screen, language)
        tell([screen_text(error.screen, language)])
        raise
    style = Style(language, to_file=True)
    files = [(Path(name), load(each).render(card, style)) for name, each in zip(wanted.output, formats, strict=True)]
    for path, data in files:
        write_file(path, data)
    write_rejects(wanted, screen, language)
    if not wanted.quiet:
        tell(notes(card, language))
        tell(message("wrote", file=str(path)).text(language) for path, _ in files)
    if printed:
        write_out(load(printed).render(card, console_style(language)), machine=printed != "terminal")
    return exit_code(card)


def request(wanted: Wanted, details: int = 0, digests: "Digests | None" = None) -> "Request":
    """Turn the command line into what the pipeline is asked; raises SettingsError."""
    from fractions import Fraction

    from opskpi.commands.settings import today
    from opskpi.errors import SettingsError
    from opskpi.pipeline import Request
    from opskpi.wording import message

    try:
        most = Fraction(wanted.max_rejected.removesuffix("%"))
    except (ValueError, ZeroDivisionError):
        most = Fraction(-1)
    if not 0 <= most <= 100:  # noqa: PLR2004 - percent
        raise SettingsError(message("max_rejected_unreadable", text=wanted.max_rejected))
    if not wanted.exports:
        raise SettingsError(message("no_exports"))
    return Request(
        exports=wanted.exports,
        today=today(),
        sources=wanted.source,
        period=wanted.period,
        as_of=wanted.as_of,
        nil=wanted.nil,
        projects=wanted.project,
        indicators=wanted.indicator,
        owners=wanted.owner,
        max_rejected=most,
        details=details,
        digests=digests,
    )


def guard_outputs(wanted: Wanted) -> None:
    """Refuse outputs that could not be written, or would destroy what is read, before anything is done."""
    from opskpi.commands.output import check_folder
    from opskpi.errors import SettingsError
    from opskpi.exports.finding import find
    from opskpi.model import TABLES
    from opskpi.wording import message

    outputs = [*wanted.output, *([wanted.rejects] if wanted.rejects else [])]
    if not outputs:
        return
    inputs = {
        os.path.realpath(each.path) for each in find(wanted.exports, TABLES) if each.named or not _ours(each.path)
    }
    inputs |= {os.path.realpath(name) for name in (wanted.targets, *wanted.source) if name}
    for name in outputs:
        path = os.path.realpath(name)
        if path in inputs:
            raise SettingsError(message("output_over_input", file=name))
        inputs.add(path)
        check_folder(Path(name))


def _ours(path: Path) -> bool:
    """Tell whether a file of a folder is an output of ours, which the next run may replace."""
    from opskpi.exports.finding import is_own_output

    return is_own_output(path)


def suffix_format(name: str) -> str:
    """Tell a file's format by its suffix; raises SettingsError."""
    from opskpi.errors import SettingsError
    from opskpi.renderers import FORMATS
    from opskpi.wording import message

    suffix = Path(name).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        known = tuple(f".{each}" for each in FORMATS)
        raise SettingsError(message("format_unknown", file=name, formats=known))
    return suffix


def write_rejects(wanted: Wanted, screen: "Screen", language: str) -> None:
    """Write the rejects file where one is wanted."""
    if wanted.rejects:
        from opskpi.commands.output import write_file
        from opskpi.intake.rejects import rejects

        write_file(Path(wanted.rejects), rejects(screen.intake, language))


def screen_text(screen: "Screen", language: str) -> str:
    """Draw the screen of `check`."""
    from opskpi.renderers.screen import render

    return render(screen.inputs, screen.unused, screen.problems, screen.notes, language)


def notes(card: "Scorecard", language: str) -> Sequence[str]:
    """Say what a reader must know beside the figures."""
    from opskpi.renderers.lines import word
    from opskpi.renderers.screen import unused_line

    unused = [f"{word('section_unused', language)}: {unused_line(each, language)}" for each in card.unused]
    return [*unused, *(note.text(language) for note in card.notes)]


def console_style(language: str) -> "Any":  # noqa: ANN401
    """Find out what standard output can show: width and colour only on a terminal."""
    from opskpi.renderers import Style

    if not sys.stdout.isatty():
        return Style(language)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Style(language, width=shutil.get_terminal_size().columns, colour=not plain)


def exit_code(card: "Scorecard") -> int:
    """Reduce the verdicts to the exit code the contract names."""
    from opskpi.model.cards import Verdict

    verdicts = {result.verdict for result in card.results}
    if Verdict.FAIL in verdicts:
        return 1
    return 4 if not verdicts or verdicts & {Verdict.NO_DATA, Verdict.TOO_FEW} else 0
