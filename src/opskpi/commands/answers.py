"""What `explain`, `diff` and `verify` share: one answer, on the screen or in files, as text, Markdown or JSON."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opskpi.commands.completion import paths
from opskpi.commands.options import Shown, option

if TYPE_CHECKING:
    from opskpi.renderers import Style

#: What is printed, the default first.
PRINTED = ("terminal", "md", "json")
#: What a file is written as, by its suffix.
_SUFFIXES = {".txt": "terminal", ".md": "md", ".json": "json"}


@dataclass(frozen=True, slots=True)
class Answer:
    """How an answer is drawn: `text` for people, given the style and whether it is Markdown, `machine` for programs."""

    text: "Callable[[Style, bool], str]"
    machine: Callable[[], bytes]

    def drawn(self, shown: str, style: "Style") -> bytes:
        """Draw it as one of what is printed."""
        if shown == "json":
            return self.machine()
        return self.text(style, shown == "md").encode("utf-8", errors="replace")


def answer_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how an answer is given: `format` and `file`."""
    for add in (
        click.option(
            "-o",
            "--output",
            "file",
            metavar="FILE",
            shell_complete=paths,
            help="Write it to a file; the suffix is the format (.txt .md .json).",
        ),
        option("-f", "--format", type=Shown(PRINTED), help="What to print: terminal (default), md, json."),
    ):
        command = add(command)
    return command


def check_suffixes(files: Sequence[str]) -> None:
    """Refuse files that could be written as nothing; raises SettingsError before anything is done."""
    from opskpi.errors import SettingsError
    from opskpi.wording import message

    unknown = [name for name in files if Path(name).suffix.lower() not in _SUFFIXES]
    if unknown:
        raise SettingsError(*(message("format_unknown", file=name, formats=tuple(_SUFFIXES)) for name in unknown))


def give(answer: Answer, files: Sequence[str], printed: str | None, language: str, *, quiet: bool) -> None:
    """Write an answer into files, and print it where that is asked for or nothing else is; raises OutputError."""
    from opskpi.commands.output import console_style, tell, write_file, write_out
    from opskpi.renderers import Style
    from opskpi.wording import message

    for name in files:
        write_file(Path(name), answer.drawn(_SUFFIXES[Path(name).suffix.lower()], Style(language, to_file=True)))
        if not quiet:
            tell([message("wrote", file=name).text(language)])
    if printed or not (files or quiet):
        shown = printed or PRINTED[0]
        write_out(answer.drawn(shown, console_style(language)), machine=shown != PRINTED[0])
