"""`opskpi targets`: look a plan over, print its register, its JSON Schema, or one to start from."""

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opskpi.commands.completion import paths
from opskpi.commands.options import Words, option, settings_of, shared_options

if TYPE_CHECKING:
    from opskpi.documents import Document
    from opskpi.renderers.lint import Said
    from opskpi.targets.plan import Plan

#: Settings of opskpi.toml that hold here, too; all others are for runs over exports.
_SHARED = ("lang", "quiet", "source", "encoding", "accept_formulas")
_PLAN = (".yaml", ".yml")
#: The shipped plan a new one is made from.
_MODEL_PLAN = "2016"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command line of each subcommand, as click read it."""

    plan: str | None = None
    words: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    encoding: str | None = None
    accept_formulas: bool = False
    format: str = "terminal"
    output: str | None = None
    year: int | None = None
    lang: str | None = None
    quiet: bool = False
    debug: bool = False


_shared_options = shared_options("the plan's")


@click.group(name="targets", short_help="The plan: look it over, print its register, its schema, a new one.")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Look a plan over, print the register of its indicators, its JSON Schema, or a plan to start from."""
    shared, plan = settings_of(ctx, _SHARED), settings_of(ctx, ("targets",)).get("targets")
    named = {"show": {"plan": plan}, "check": {"words": [plan]}} if plan else {}
    ctx.default_map = {name: {**shared, **named.get(name, {})} for name in ("check", "show", "schema", "new")}


@command.command(name="check", short_help="Name all mistakes of a plan, and what looks wrong.")
@click.argument(
    "words",
    nargs=-1,
    metavar="[PLAN] [EXPORTS]... | OLD NEW",
    type=Words(),
    envvar="OPSKPI_TARGETS",
    shell_complete=paths,
)
@option("--source", multiple=True, metavar="NAME|FILE", help="Take exports for this source.")
@option("--encoding", metavar="NAME", help="Encoding of text files, overruling what they look like.")
@option("--accept-formulas", is_flag=True, help="Take the stored values of formula cells.")
@click.option("-f", "--format", type=click.Choice(["text", "json"]), default="text", help="text (default) or json.")
@option("-q", "--quiet", is_flag=True, help="Nothing but errors; the exit code tells.")
@_shared_options
def check(**values: Any) -> int:  # noqa: ANN401 - click's own
    """Name all mistakes of PLAN at once, then what is allowed and probably not meant.

    With EXPORTS also projects without targets, and names of the plan that fit no project. With two
    plans, the targets that changed and that nobody wrote into the newer one's `changes:`.

    Exit codes: 0 nothing found, 1 something to look at, 2 mistakes or wrong usage, 3 exports
    unusable, 5 output or internal error.
    """
    return _guarded(run_check, Wanted(**values))


@command.command(name="show", short_help="Print the register of a plan's indicators.")
@click.argument("plan", required=False, envvar="OPSKPI_TARGETS", shell_complete=paths)
@click.option(
    "-f",
    "--format",
    type=click.Choice(["terminal", "md", "csv", "json"]),
    default="terminal",
    help="terminal (default), md, csv or json.",
)
@_shared_options
def show(**values: Any) -> int:  # noqa: ANN401 - click's own
    """Print of each indicator its name, rule, formula, source, owner, period and targets.

    Exit codes: 0 printed, 2 mistakes or wrong usage, 5 output or internal error.
    """
    return _guarded(run_show, Wanted(**values))


@command.command(name="schema", short_help="Print the JSON Schema of plans, for editors.")
@_shared_options
def schema(**values: Any) -> int:  # noqa: ANN401 - click's own
    """Print the JSON Schema (draft-07) of plans.

    Exit codes: 0 printed, 2 wrong usage, 5 output or internal error.
    """
    return _guarded(run_schema, Wanted(**values))


@command.command(name="new", short_help="Print a commented plan to start from.")
@click.option("--year", type=click.IntRange(2000, 2100), metavar="YEAR", help="Its year. Default: the current one.")
@click.option(
    "-o", "--output", metavar="FILE", shell_complete=paths, help="Write the plan here. Default: standard output."
)
@_shared_options
def new(**values: Any) -> int:  # noqa: ANN401 - click's own
    """Print a plan to start from, with everything a plan can hold as comments.

    Exit codes: 0 written, 2 wrong usage or FILE exists already, 5 output or internal error.
    """
    return _guarded(run_new, Wanted(**values))


def run_check(wanted: Wanted) -> int:
    """Read the plan, look for what is wrong in it, beside another one, or beside exports."""
    from opskpi.commands.output import write_out
    from opskpi.renderers.lint import as_json, as_text
    from opskpi.targets.finding import read_plan
    from opskpi.targets.lint import lint
    from opskpi.wording import language_of

    plans, exports = _parted(wanted.words)
    *olds, name = plans
    plan, document = read_plan(name, Path.cwd())
    language = wanted.lang or plan.language or language_of(document.text)
    found = [(document.say(path, what), what) for path, what in lint(plan)]
    if olds:
        found += _revised(olds[0], plan, document)
    if exports:
        found += _beside(wanted, exports, plan, document)
    if wanted.format == "json":
        write_out(as_json(found), machine=True)
    elif not wanted.quiet:
        write_out(as_text(found, document.file, language).encode(), machine=False)
    return 1 if found else 0


def run_show(wanted: Wanted) -> int:
    """Read the plan and print its register."""
    from opskpi.commands.output import write_out
    from opskpi.renderers.register import Sheet, render
    from opskpi.targets.finding import read_plan
    from opskpi.targets.register import register
    from opskpi.wording import language_of

    plan, document = read_plan(wanted.plan, Path.cwd())
    language = wanted.lang or plan.language or language_of(document.text)
    header = plan.header.header() if plan.header else None
    sheet = Sheet(plan.plan, plan.whole_period.label, header, register(plan))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    write_out(render(sheet, wanted.format, language, width), machine=wanted.format != "terminal")
    return 0


def run_schema(wanted: Wanted) -> int:
    """Print the schema."""
    from opskpi.commands.output import write_out
    from opskpi.targets.schema import plan_schema

    del wanted
    write_out((json.dumps(plan_schema(), ensure_ascii=False, indent=1) + "\n").encode(), machine=True)
    return 0


def run_new(wanted: Wanted) -> int:
    """Write the starter, never over a file that is there."""
    from opskpi.commands.output import check_folder, tell, write_file, write_out
    from opskpi.commands.settings import today
    from opskpi.errors import SettingsError
    from opskpi.starters.plans import whole_plan_text
    from opskpi.starters.texts import read_texts
    from opskpi.targets.finding import shipped_plans
    from opskpi.wording import message

    language = wanted.lang or "zh"
    shipped = shipped_plans()[_MODEL_PLAN].read_text(encoding="utf-8")
    data = whole_plan_text(shipped, wanted.year or today().year, read_texts(language).plan).encode()
    if wanted.output is None:
        write_out(data, machine=not sys.stdout.isatty())
        return 0
    path = Path(wanted.output)
    if path.exists():
        raise SettingsError(message("new_exists", files=(wanted.output,)))
    check_folder(path)
    write_file(path, data)
    tell([message("wrote", file=wanted.output).text(language)])
    return 0


def _parted(words: Sequence[str]) -> tuple[tuple[str | None, ...], tuple[str, ...]]:
    """Part the plan, or two of them, from the exports; without words there is the only plan of ./targets/."""
    plan, *more = words or (None,)
    if len(more) == 1 and more[0].lower().endswith(_PLAN):
        return (plan, more[0]), ()
    return (plan,), tuple(more)


def _revised(name: str | None, plan: "Plan", document: "Document") -> "list[Said]":
    """Name the changes of targets that the newer plan does not account for."""
    from opskpi.targets.finding import read_plan
    from opskpi.targets.revisions import revisions

    old, _ = read_plan(name, Path.cwd())
    return [(document.say(each.path, each.said), each.said) for each in revisions(old, plan) if not each.written]


def _beside(wanted: Wanted, exports: Sequence[str], plan: "Plan", document: "Document") -> "list[Said]":
    """Hold the plan against exports; raises ExportError where they cannot be used."""
    from opskpi.commands.settings import today
    from opskpi.counting.coverage import uncovered
    from opskpi.pipeline import Request, check

    screen = check(
        Request(
            exports,
            today(),
            wanted.source,
            encoding=wanted.encoding,
            accept_formulas=wanted.accept_formulas,
        ),
        plan,
    )
    return [(document.say(path, what), what) for path, what in uncovered(plan, screen.intake)]


def _guarded(body: Callable[[Wanted], int], wanted: Wanted) -> int:
    from opskpi.commands.output import reporting

    return reporting(body, _language, lambda asked: asked.debug)(wanted)


def _language(wanted: Wanted) -> str:
    from opskpi.commands.settings import language_before_plan

    named = wanted.plan or next(iter(wanted.words), None)
    return language_before_plan(wanted.lang, named)
