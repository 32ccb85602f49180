"""`opskpi sources`: what exports are understood, and a proposed mapping for a new one."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opskpi.commands.completion import paths
from opskpi.commands.options import option, settings_of, shared_options
from opskpi.model import EXPORTED

if TYPE_CHECKING:
    from opskpi.exports.finding import Found

#: Settings of opskpi.toml that hold here, too; all others are for runs over exports.
_SHARED = ("lang", "quiet", "encoding")
#: What a proposed mapping is called where it has no name yet.
_MAPPING = "my-source.yaml"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The command line of each subcommand, as click read it."""

    name: str = ""
    file: str = ""
    table: str | None = None
    encoding: str | None = None
    output: str | None = None
    format: str = "text"
    lang: str | None = None
    quiet: bool = False
    debug: bool = False


_shared_options = shared_options("the headings', or the plan's")


@click.group(name="sources", short_help="What exports are understood; propose a mapping for a new one.")
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the exporting systems opskpi knows, show how one is read, or propose a mapping for a file."""
    ctx.default_map = dict.fromkeys(("list", "show", "suggest"), settings_of(ctx, _SHARED))


@command.command(name="list", short_help="List the shipped sources.")
@click.option("-f", "--format", type=click.Choice(["text", "json"]), default="text", help="text (default) or json.")
@_shared_options
def list_sources(**values: Any) -> int:  # noqa: ANN401 - click's own
    """List the shipped sources: name, title, tables, and whether each was verified on a real export.

    Exit codes: 0 listed, 2 wrong usage, 5 output or internal error.
    """
    return _guarded(run_list, Wanted(**values))


@command.command(name="show", short_help="Print a shipped source, to copy from.")
@click.argument("name", metavar="NAME")
@_shared_options
def show(**values: Any) -> int:  # noqa: ANN401 - click's own
    """Print the YAML of a shipped source.

    Exit codes: 0 printed, 2 wrong usage, 5 output or internal error.
    """
    return _guarded(run_show, Wanted(**values))


@command.command(name="suggest", short_help="Propose a mapping for a file.")
@click.argument("file", metavar="FILE[#SHEET]", shell_complete=paths)
@click.option("--table", type=click.Choice(EXPORTED), help="What the rows are. Default: what the columns look like.")
@option("--encoding", metavar="NAME", help="Encoding of text files, overruling what they look like.")
@click.option(
    "-o", "--output", metavar="FILE", shell_complete=paths, help="Write the mapping here. Default: standard output."
)
@option("-q", "--quiet", is_flag=True, help="Do not say what to run next.")
@_shared_options
def suggest(**values: Any) -> int:  # noqa: ANN401 - click's own
    """Propose a mapping of FILE for --source, as YAML with comments.

    What is known exactly, or proved by the values, is written so that it holds; all else is commented
    out, with what is unsure about it.

    Exit codes: 0 proposed, 2 wrong usage, 3 the file cannot be used, 5 output or internal error.
    """
    return _guarded(run_suggest, Wanted(**values))


def run_list(wanted: Wanted) -> int:
    """Print one line for each source, or one object in JSON."""
    from opskpi.commands.output import write_out
    from opskpi.sources.listing import as_json, as_rows

    if wanted.format == "json":
        write_out(as_json(), machine=True)
        return 0
    from opskpi.renderers.plain import aligned

    text = "\n".join(aligned(as_rows(_language(wanted)), ())) + "\n"
    write_out(text.encode(), machine=False)
    return 0


def run_show(wanted: Wanted) -> int:
    """Print a source as it is shipped."""
    from opskpi.commands.output import write_out
    from opskpi.documents import with_nearest
    from opskpi.errors import SettingsError
    from opskpi.sources import SHIPPED, shipped_text

    if wanted.name not in SHIPPED:
        raise SettingsError(with_nearest("unknown_choice", wanted.name, SHIPPED, key="NAME"))
    write_out(shipped_text(wanted.name), machine=not sys.stdout.isatty())
    return 0


def run_suggest(wanted: Wanted) -> int:
    """Propose a mapping, write it down, and say what to run next."""
    from opskpi.commands.output import tell, write_file, write_out
    from opskpi.intake.advice import quoted
    from opskpi.suggestions.drafts import suggest as propose
    from opskpi.wording import message

    found = _found(wanted)
    suggestion = propose(found, wanted.table or found.table, wanted.encoding, wanted.lang)
    data = suggestion.text.encode()
    if wanted.output:
        write_file(Path(wanted.output), data)
    else:
        write_out(data, machine=not sys.stdout.isatty())
    if wanted.quiet:
        return 0
    mapping = wanted.output or _MAPPING
    said = []
    if not wanted.output:
        words = ("opskpi", "sources", "suggest", wanted.file, "-o", mapping)
        said.append(message("suggest_save", command=" ".join(map(quoted, words))))
    if undecided := suggestion.undecided:
        said.append(message("suggest_undecided", columns=undecided, file=mapping))
    check = ("opskpi", "check", wanted.file, "--source", mapping)
    said.append(message("suggest_next", command=" ".join(map(quoted, check))))
    tell(each.text(suggestion.language) for each in said)
    return 0


def _found(wanted: Wanted) -> "Found":
    """Find the one file that is meant; raises SettingsError where it is none, or the output lies over it."""
    from opskpi.commands.output import check_folder
    from opskpi.errors import SettingsError
    from opskpi.exports.finding import find
    from opskpi.wording import message

    found = find([wanted.file], EXPORTED)
    if len(found) != 1 or not found[0].named:
        raise SettingsError(message("suggest_one_file", file=wanted.file))
    if wanted.output:
        if os.path.realpath(wanted.output) == os.path.realpath(found[0].path):
            raise SettingsError(message("output_over_input", file=wanted.output))
        if Path(wanted.output).exists():
            raise SettingsError(message("suggest_exists", file=wanted.output))
        check_folder(Path(wanted.output))
    return found[0]


def _guarded(body: Callable[[Wanted], int], wanted: Wanted) -> int:
    from opskpi.commands.output import reporting

    return reporting(body, _language, lambda asked: asked.debug)(wanted)


def _language(wanted: Wanted) -> str:
    from opskpi.commands.settings import language_before_plan

    return language_before_plan(wanted.lang, None, (wanted.file,))
