"""`opskpi check`: read and validate only."""

from pathlib import Path
from typing import Any

import click

from opskpi.commands.options import Wanted, guarded, reading_options, request, screen_text, write_rejects


@click.command(name="check", short_help="Read and validate exports; judge nothing.")
@reading_options
def command(**values: Any) -> int:  # noqa: ANN401 - click's own
    """Say what EXPORTS were taken for, what was rejected, and what looks wrong.

    Exit codes: 0 usable, 2 wrong usage or settings, 3 exports unusable, 5 internal error.
    """
    return guarded(run, Wanted(**values))


def run(wanted: Wanted) -> int:
    """Read the exports and show what was found; give the exit code."""
    from opskpi.commands.output import tell, write_out
    from opskpi.pipeline import UnusableError, check
    from opskpi.targets.finding import read_plan
    from opskpi.wording import language_of

    plan, document = read_plan(wanted.targets, Path.cwd())
    language = wanted.lang or plan.language or language_of(document.text)
    failed: UnusableError | None = None
    try:
        screen = check(request(wanted), plan)
    except UnusableError as error:
        screen, failed = error.screen, error
    write_rejects(wanted, screen, language)
    if not wanted.quiet:
        write_out(screen_text(screen, language).encode("utf-8", errors="replace"), machine=False)
    if failed:
        tell(f"opskpi: {each.text(language)}" for each in failed.messages)
        return failed.exit_code
    return 0
