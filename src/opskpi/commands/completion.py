"""What a shell offers beside commands, options and their choices: names out of the settings and the plan.

Each keystroke waits for it, so that nothing here imports what reads plans or tables.
"""

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

#: An indicator of a plan as people write it: a key one level below `indicators:`, and what it is called.
_SECTION = re.compile(r"^(\w+):", re.MULTILINE)
_INDICATOR = re.compile(r"^ {2}([A-Za-z_]\w*):(?:\s*$|\s*\{)")
_NAME = re.compile(r"^ {4,}name:\s*[\"']?([^\"'#\n]+)")


def paths(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Leave it to the shell to offer files and folders."""
    del context, parameter
    return [CompletionItem(begun, type="file")]


def profiles(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Offer the profiles of opskpi.toml."""
    del context, parameter
    found = _settings().get("profiles")
    return [CompletionItem(name) for name in (found if isinstance(found, dict) else ()) if name.startswith(begun)]


def indicators(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Offer the indicators of the plan that would be taken, each with its name."""
    del parameter
    return [
        CompletionItem(each, help=name or None) for each, name in _indicators(_plan(context)) if each.startswith(begun)
    ]


def _settings() -> dict[str, object]:
    try:
        return tomllib.loads(Path("opskpi.toml").read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _plan(context: click.Context) -> str:
    """Read the text of the plan: the named one, else the only one in ./targets/; empty where there is none."""
    named = context.params.get("targets") or os.environ.get("OPSKPI_TARGETS") or _settings().get("targets")
    here = [Path(str(named))] if named else sorted(Path("targets").glob("*.y*ml"))
    package = Path(__file__).parents[1]
    shipped = [folder / f"{named}.yaml" for folder in (package / "plans", package.parents[1] / "targets")]
    for path in (*here, *shipped) if named else here[:1]:
        try:
            return path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue
    return ""


def _indicators(text: str) -> Iterator[tuple[str, str]]:
    """Find the indicators by the plan's indentation, well enough to offer them."""
    inside, found = False, ""
    for line in text.splitlines():
        if section := _SECTION.match(line):
            inside = section[1] == "indicators"
        elif inside and (key := _INDICATOR.match(line)):
            if found:
                yield found, ""
            found = key[1]
        elif inside and found and (name := _NAME.match(line)):
            yield found, name[1].strip()
            found = ""
    if found:
        yield found, ""
