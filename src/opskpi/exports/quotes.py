"""Quotes that are not well-formed: a cell that never closes is found before it swallows the rows below it."""

from opskpi.errors import ExportError
from opskpi.wording import message


def refuse_open_quotes(data: memoryview, start: int, delimiter: str, file: str) -> None:
    """Raise ExportError where a quoted cell runs over lines and does not end as cells do.

    A quote inside a cell is text. One that opens a cell must be closed before a delimiter or a line's end;
    over several lines it is otherwise a stray one, and the rows in between are lost.
    """
    before = bytes(data[:start]).count(b"\n")
    opened: int | None = None
    for number, line in enumerate(str(data[start:], "utf-8").split("\n"), before + 1):
        if '"' not in line:
            continue
        still_open = _walk(line.rstrip("\r"), delimiter, inside=opened is not None)
        if still_open is None:
            raise ExportError(message("quote_unclosed", file=file, line=opened or number))
        opened = (opened or number) if still_open else None
    if opened is not None:
        raise ExportError(message("quote_unclosed", file=file, line=opened))


def _walk(line: str, delimiter: str, *, inside: bool) -> bool | None:
    """Go through a line's cells: whether one is open at its end; None where one that came from above ends badly."""
    at = 0
    while True:
        if inside:
            end = _closing(line, at)
            if end < 0:
                return True
            if line[end + 1 : end + 2] not in ("", delimiter):
                return None
            at = end + 1
        elif line[at : at + 1] == '"':
            end = _closing(line, at + 1)
            if end < 0:
                return True
            at = end + 1
        following = line.find(delimiter, at)
        if following < 0:
            return False
        at, inside = following + 1, False


def _closing(line: str, at: int) -> int:
    """Find the quote that closes a cell; two of them are one inside it."""
    while (found := line.find('"', at)) >= 0:
        if line[found + 1 : found + 2] != '"':
            return found
        at = found + 2
    return -1
