"""Lines of YAML with comments: what holds, what holds once a # is deleted, and what is only said."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from opskpi.suggestions.columns import shown

#: Words that need no quotes and that no YAML reader takes for something else.
_PLAIN = re.compile(r"[^\W\d_]\w*(?: [^\W_]\w*)*")
_SPECIAL = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
#: More letters than this of a cell help nobody.
_SHOWN = 40
#: YAML keys may not be longer than 1024 letters; words that long are no words.
MOST_OF_KEY = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A key with its value; without `applied` the line is commented out. `before` is said above it."""

    key: str
    value: str
    applied: bool = True
    remark: str = ""
    before: tuple[str, ...] = ()


def lines_of(given: Iterable[Line], indent: int) -> list[str]:
    """Write lines at an indent; one that is commented out is right once its # is deleted."""
    written: list[str] = []
    for line in given:
        written += said(line.before, indent)
        text = f"{' ' * indent}{'' if line.applied else '#'}{line.key}:{' ' if line.value else ''}{line.value}"
        written.append(f"{text}  # {one_line(line.remark)}" if line.remark else text)
    return written


def section(key: str, given: Sequence[Line], indent: int, before: Sequence[str] = ()) -> list[str]:
    """Write a key with lines below it; where none of them holds, the key is commented out as well."""
    if not given:
        return []
    head = Line(key, "", applied=any(line.applied for line in given), before=tuple(before))
    return [*lines_of([head], indent), *lines_of(given, indent + 2)]


def said(sentences: Iterable[str], indent: int) -> list[str]:
    """Write sentences as comments."""
    return [f"{' ' * indent}# {one_line(sentence)}" for sentence in sentences]


def scalar(text: str) -> str:
    """Write a text so that every YAML reader takes it for that text."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _SPECIAL and text.isprintable():
        return text
    return "".join(map(_escaped, json.dumps(text, ensure_ascii=False)))


def listed(texts: Iterable[str]) -> str:
    """Write a list in one line."""
    return f"[{', '.join(map(scalar, texts))}]"


def sample(text: str) -> str:
    """Cut a cell's text to what helps to tell it."""
    plain = one_line(text)
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


def one_line(text: str) -> str:
    """Leave out what would end a comment or not show."""
    return "".join(each if each.isprintable() else " " for each in shown(text))


def _escaped(letter: str) -> str:
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) <= 0xFFFF else f"\\U{ord(letter):08x}"  # noqa: PLR2004 - four digits
