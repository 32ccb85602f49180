"""The commands: arguments in, exit code out. Commands are found by name and imported when run."""

from importlib import import_module
from pathlib import Path

import click

from opskpi import __version__

#: The commands in the order of their use; each is a module of that name.
NAMES = ("score", "check", "explain", "diff", "verify", "new", "targets", "sources", "schema")


class Commands(click.Group):
    """A group that imports a command only when it is run or its help is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands' names; imports nothing."""
        del ctx
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in NAMES:
            return None
        command: click.Command = import_module(f"opskpi.commands.{cmd_name}").command
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="opskpi")
@click.pass_context
def group(ctx: click.Context) -> None:
    """Judge operations-service projects against the year's targets, with evidence."""
    if Path("opskpi.toml").is_file():
        ctx.default_map = _configured()


def _configured() -> dict[str, dict[str, object]]:
    """Read opskpi.toml for every command: flags and OPSKPI_ variables come before it."""
    from opskpi.commands.options import or_usage_error
    from opskpi.commands.settings import read_config

    return dict.fromkeys(NAMES, or_usage_error(read_config))


def run() -> int:
    """Run the command line and give the exit code."""
    try:
        status = group.main(standalone_mode=False, prog_name="opskpi")
    except click.exceptions.Exit as error:
        return int(error.exit_code)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    return status if isinstance(status, int) else 0
