"""`opskpi check`: read and validate only."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opskpi.commands.guards import guard_outputs
from opskpi.commands.options import (
    Shown,
    Wanted,
    findings,
    guarded,
    option,
    reading_options,
    request,
    write_rejects,
)

if TYPE_CHECKING:
    from opskpi.model.cards import InputRecord
    from opskpi.targets.plan import Plan


@click.command(name="check", short_help="Read and validate exports; judge nothing.")
@reading_options
@option("-f", "--format", type=Shown(("text", "json")), help="What to print: text (default), json.")
def command(**values: Any) -> int:  # noqa: ANN401 - click's own
    """Say what EXPORTS were taken for, what was rejected, what looks wrong, and what to do next.

    Without a plan (no -t, none in ./targets/), what a period is needed for is left out.

    Exit codes: 0 usable, 2 wrong usage or settings, 3 exports unusable, 5 internal error.
    """
    return guarded(run, Wanted(**values))


def run(wanted: Wanted) -> int:
    """Read the exports and show what was found; give the exit code."""
    from opskpi.commands.output import console_style, tell, write_out
    from opskpi.pipeline import UnusableError, check
    from opskpi.renderers import screen as as_text
    from opskpi.renderers import screen_json

    plan, language = _plan(wanted)
    guard_outputs(wanted)
    failed: UnusableError | None = None
    try:
        screen = check(request(wanted), plan)
    except UnusableError as error:
        screen, failed = error.screen, error
    language = language or _language(screen.inputs)
    write_rejects(wanted, screen, language)
    found = findings(screen, wanted, planned=plan is not None)
    if wanted.format == "json":
        write_out(screen_json.render(found), machine=True)
    elif not wanted.quiet:
        text = as_text.render(found, console_style(language))
        write_out(text.encode("utf-8", errors="replace"), machine=False)
    if failed:
        tell(f"opskpi: {each.text(language)}" for each in failed.messages)
        return failed.exit_code
    return 0


def _plan(wanted: Wanted) -> "tuple[Plan | None, str | None]":
    """Read the plan, if one is named or lies in ./targets/, and tell the language so far as it decides."""
    from opskpi.targets.finding import read_plan
    from opskpi.wording import language_of

    here = Path.cwd()
    if not wanted.targets and not any((here / "targets").glob("*.y*ml")):
        return None, wanted.lang
    plan, document = read_plan(wanted.targets, here)
    return plan, wanted.lang or plan.language or language_of(document.text)


def _language(inputs: "tuple[InputRecord, ...]") -> str:
    """Without a plan, speak the language of the headings that were used."""
    from opskpi.wording import language_of

    return language_of("".join(heading for each in inputs for heading in each.columns.values()))
