"""`opskpi schema`: the JSON Schema of scorecards, for those who read them by machine."""

import os

import click

from opskpi.commands.options import Wanted, guarded


@click.command(name="schema", short_help="Print the JSON Schema of scorecards.")
def command() -> int:
    """Print the JSON Schema of `score -f json` (`targets schema` prints that of plans).

    Exit codes: 0 printed, 2 wrong usage, 5 output or internal error.
    """
    return guarded(_run, Wanted(lang=os.environ.get("OPSKPI_LANG")))


def _run(_: Wanted) -> int:
    """Print the schema."""
    import json

    from opskpi.archive.schema import card_schema
    from opskpi.commands.output import write_out

    write_out((json.dumps(card_schema(), ensure_ascii=False, indent=1) + "\n").encode(), machine=True)
    return 0
