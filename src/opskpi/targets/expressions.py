"""Expressions in a plan: read by the indicator language, with mistakes pointed at."""

import unicodedata
from collections.abc import Callable
from typing import TypeVar

from opskpi.documents import Mistake, Path
from opskpi.indicators.tokens import ExpressionError
from opskpi.wording import Message, message

#: How much of a long expression is shown on either side of a mistake.
_AROUND = 48
_Out = TypeVar("_Out")


def compiled(read: Callable[[], _Out], text: str, path: Path = ()) -> _Out:
    """Read an expression; raises Mistake, with the place shown under the text."""
    try:
        return read()
    except ExpressionError as error:
        raise mistaken(error, text, path) from None


def mistaken(error: ExpressionError, text: str, path: Path = ()) -> Mistake:
    """Make a mistake of what is wrong with an expression."""
    return Mistake(pointed(error.sentence, text, error.at), error.at, path)


def pointed(sentence: Message, text: str, at: int) -> Message:
    """Show an expression on one line, and a caret under the letter that a sentence is about."""
    line = "".join(" " if letter.isspace() else letter for letter in text)
    begin, end = max(0, at - _AROUND), at + _AROUND
    before = ("…" if begin else "") + line[begin:at]
    shown = before + line[at:end] + ("…" if end < len(line) else "")
    return message("pointed", what=sentence, expression=shown, caret=" " * _width(before) + "^")


def _width(text: str) -> int:
    """Count the cells a text takes on a terminal."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) > 0 for letter in text)
