"""What `score`, `check` and `explain` share: options, what they ask of the pipeline, and how a run ends."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opskpi.commands.completion import paths, profiles

if TYPE_CHECKING:
    from opskpi.exports.opening import Contents
    from opskpi.pipeline import Request, Screen
    from opskpi.renderers.findings import Findings

#: More rejected rows than this, in percent, make a table unusable.
_MOST_REJECTED = "5"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command line of `score`, `check`, `explain` and `verify`, as click read it."""

    exports: tuple[str, ...] = ()
    targets: str | None = None
    period: str | None = None
    by: str | None = None
    as_of: str | None = None
    source: tuple[str, ...] = ()
    nil: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    indicator: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    encoding: str | None = None
    accept_formulas: bool = False
    rejects: str | None = None
    max_rejected: str = _MOST_REJECTED
    format: str | None = None
    output: tuple[str, ...] = ()
    full: bool = False
    notes: str | None = None
    template: str | None = None
    lang: str | None = None
    row: str | None = None
    bundle: str | None = None
    bundle_inputs: bool = False
    card: str | None = None
    earlier: tuple[str, ...] = ()
    only: str | None = None
    hide: tuple[str, ...] = ()
    quiet: bool = False
    debug: bool = False


class Words(click.types.StringParamType):
    """Text whose OPSKPI_ variable may hold several values, parted as paths are, not at blanks."""

    envvar_list_splitter = os.pathsep


class Shown(click.Choice[str]):
    """What a command can print, its default first, which a setting meant for `score` and its formats leaves it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401
        """Take a format of the command line strictly, one of the settings leniently."""
        name = param.name if param else None
        given = ctx is None or name is None or ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        return super().convert(value if given or value in self.choices else self.choices[0], param, ctx)


def option(*names: str, **settings: Any) -> Callable[..., Any]:  # noqa: ANN401 - click's own
    """Make an option that its OPSKPI_ variable can set, too."""
    variable = "OPSKPI_" + names[-1].removeprefix("--").replace("-", "_").upper()
    if settings.get("multiple"):
        settings["type"] = Words()
    if re.search("FILE|OLD", settings.get("metavar", "")):
        settings.setdefault("shell_complete", paths)
    return click.option(*names, envvar=variable, show_envvar=False, **settings)


def or_usage_error(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Read settings before any command runs; what is wrong with them is wrong usage."""
    from opskpi.commands.settings import language_before_plan
    from opskpi.errors import SettingsError

    try:
        return read()
    except SettingsError as error:
        language = language_before_plan(os.environ.get("OPSKPI_LANG"), None)
        raise click.UsageError("\n".join(each.text(language) for each in error.messages)) from None


def _take_profile(context: click.Context, _: click.Parameter, name: str | None) -> None:
    """Put a profile of the settings file before the rest of it: eager, so that other options find it there."""
    from opskpi.commands.settings import read_profile

    if name is not None and not context.resilient_parsing:
        chosen = or_usage_error(lambda: read_profile(name))
        context.default_map = {**(context.default_map or {}), **chosen}


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that `score`, `check` and `explain` share."""
    for add in reversed(
        (
            click.argument("exports", nargs=-1, envvar="OPSKPI_EXPORTS", type=Words(), shell_complete=paths),
            option(
                "--profile",
                metavar="NAME",
                is_eager=True,
                expose_value=False,
                callback=_take_profile,
                shell_complete=profiles,
                help="Settings of [profiles.NAME] in opskpi.toml.",
            ),
            option(
                "-t",
                "--targets",
                metavar="FILE",
                shell_complete=paths,
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
                help="2016, 2016-H1, 2016-Q3, 2016-07, 2016-01-15..2016-02-14, last-month (-quarter, -half, -year).",
            ),
            option("--as-of", metavar="MOMENT", help="The moment the state is judged at: 2017-01-01, or end."),
            option("--encoding", metavar="NAME", help="Encoding of text files, overruling what they look like."),
            option(
                "--accept-formulas",
                is_flag=True,
                help="Take the stored values of formula cells that stand among typed ones.",
            ),
            option(
                "--hide",
                multiple=True,
                metavar="COLUMN,...",
                help="Show the texts of these columns nowhere: assignee, title, or a heading. Figures stay.",
            ),
            option("--rejects", metavar="FILE", shell_complete=paths, help="Write the rejected rows here (CSV)."),
            option(
                "--max-rejected",
                metavar="PERCENT",
                default=_MOST_REJECTED,
                show_default=True,
                help="More rejected rows than this, and more than five, make a table unusable.",
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


def shared_options(language: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make what adds the options that every subcommand of a group takes; `language` says whose is the default."""

    def add_all(command: Callable[..., Any]) -> Callable[..., Any]:
        for add in (
            option("--debug", is_flag=True, help="Show tracebacks."),
            option("--lang", type=click.Choice(["zh", "en"]), help=f"Language. Default: {language}."),
        ):
            command = add(command)
        return command

    return add_all


def settings_of(context: click.Context, keys: Sequence[str]) -> dict[str, Any]:
    """Pick from the settings file those that a group hands to its subcommands."""
    settings = context.default_map or {}
    return {key: settings[key] for key in keys if key in settings}


def nil_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--nil`, for commands that judge."""
    said = "Nothing happened, and nothing is missing: a nil return."
    add = option("--nil", multiple=True, metavar="INDICATOR", help=said)
    return add(command)  # type: ignore[no-any-return]


def guarded(body: Callable[[Wanted], int], wanted: Wanted) -> int:
    """Run a command's story; what stops it becomes sentences and an exit code."""
    from opskpi.commands.output import reporting
    from opskpi.commands.settings import language_before_plan

    def language(asked: Wanted) -> str:
        return language_before_plan(asked.lang, asked.targets, asked.exports)

    return reporting(body, language, lambda asked: asked.debug)(wanted)


def request(
    wanted: Wanted, details: int = 0, contents: "Contents | None" = None, *, evidence: bool = False, rows: int = 0
) -> "Request":
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
        by=wanted.by,
        as_of=wanted.as_of,
        nil=wanted.nil,
        projects=wanted.project,
        indicators=wanted.indicator,
        owners=wanted.owner,
        max_rejected=most,
        details=details,
        evidence=evidence,
        rows=rows,
        hide=tuple(word for each in wanted.hide for word in parted(each)),
        encoding=wanted.encoding,
        accept_formulas=wanted.accept_formulas,
        contents=contents,
    )


def parted(words: str) -> list[str]:
    """Part words at commas, whichever a keyboard has."""
    return [word for each in words.replace("，", ",").replace("、", ",").split(",") if (word := each.strip())]


def write_rejects(wanted: Wanted, screen: "Screen", language: str) -> None:
    """Write the rejects file where one is wanted."""
    if wanted.rejects:
        from opskpi.commands.output import write_file
        from opskpi.intake.rejects import rejects

        write_file(Path(wanted.rejects), rejects(screen.intake, language))


def findings(screen: "Screen", wanted: Wanted, *, planned: bool = True) -> "Findings":
    """Lay out what `check` shows; `wanted` makes the commands it advises whole."""
    from opskpi.intake.advice import Call, steps
    from opskpi.renderers.findings import Findings

    call = Call(wanted.exports, _options(wanted), planned, wanted.rejects, wanted.source)
    parts = screen.inputs, screen.unused, screen.problems
    advice = steps(*parts, call, usable=not screen.refused)
    return Findings(*parts, screen.signals, screen.notes, screen.refused, advice)


def screen_text(screen: "Screen", wanted: Wanted, language: str) -> str:
    """Draw the screen of `check` for a run that cannot go on."""
    from opskpi.renderers import Style
    from opskpi.renderers.screen import render

    return render(findings(screen, wanted), Style(language))


def _options(wanted: Wanted) -> tuple[str, ...]:
    """Repeat the options that decide how exports are read and when they are too bad."""
    given = (
        ("-t", wanted.targets),
        *(("--source", each) for each in wanted.source),
        ("--period", wanted.period),
        ("--as-of", wanted.as_of),
        ("--encoding", wanted.encoding),
        ("--max-rejected", None if wanted.max_rejected == _MOST_REJECTED else wanted.max_rejected),
    )
    return tuple(word for name, value in given if value for word in (name, value))
