"""Where results go: files replaced in one step, standard output, and messages beside it."""

import errno
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import BinaryIO, ParamSpec

import click

from opskpi.errors import OpskpiError, OutputError
from opskpi.model.safety import legible
from opskpi.wording import Message, message

_Arguments = ParamSpec("_Arguments")
#: What a console without a glyph gets instead.
_PLAINER = {
    "─": "-",
    "│": "|",
    "┼": "+",
    "…": "...",
    "·": "-",
    "×": "x",
    "—": "-",
    "−": "-",
    "–": "-",
    "÷": "/",
    "≈": "=",
    "→": "->",
    "±": "+/-",
}


def write_file(path: Path, data: bytes) -> None:
    """Put a file in place whole, or leave the old one; raises OutputError."""
    write_through(path, lambda file: file.write(data))


def write_through(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Put what `write` writes in place as a whole, or leave the old file; raises OutputError."""
    target = Path(os.path.realpath(path))
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "w+b") as file:
            write(file)
        Path(temporary).chmod(_mode(target))
        Path(temporary).replace(target)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise OutputError(message("output_unwritable", file=str(path), reason=reason)) from error
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def check_folder(path: Path) -> None:
    """Raise OutputError where a file's folder cannot take it."""
    folder = Path(os.path.realpath(path)).parent
    if not folder.is_dir():
        missing = message("no_such_file", file=str(folder))
        raise OutputError(message("output_unwritable", file=str(path), reason=missing))
    if path.is_dir() or not os.access(folder, os.W_OK):
        reason = os.strerror(errno.EISDIR if path.is_dir() else errno.EACCES)
        raise OutputError(message("output_unwritable", file=str(path), reason=reason))


def write_out(data: bytes, *, machine: bool, coloured: bool = False) -> None:
    """Write a result to standard output: bytes as they are, text in what the console can show; colours are ours."""
    try:
        if machine:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        else:
            text = data.decode("utf-8")
            sys.stdout.write(_showable(text if coloured else legible(text), sys.stdout.encoding or "utf-8"))
            sys.stdout.flush()
    except BrokenPipeError:
        # whoever read has seen enough; the exit code still tells the verdict
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise OutputError(message("stdout_unwritable", reason=error.strerror or str(error))) from error


def tell(lines: Iterable[str]) -> None:
    """Write messages to standard error."""
    for line in lines if sys.stderr else ():
        try:
            sys.stderr.write(_showable(legible(line), sys.stderr.encoding or "utf-8") + "\n")
        except OSError:
            return


def reporting(
    command: Callable[_Arguments, int], language: Callable[_Arguments, str], debug: Callable[_Arguments, bool]
) -> Callable[_Arguments, int]:
    """Turn what stops a command into one sentence each and its exit code."""

    @wraps(command)
    def run(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> int:
        try:
            return command(*args, **kwargs)
        except OpskpiError as error:
            if debug(*args, **kwargs):
                raise
            tell(_sentences(error.messages, language(*args, **kwargs)))
            return error.exit_code
        except KeyboardInterrupt:
            tell([message("interrupted").text(language(*args, **kwargs))])
            return 130
        except click.ClickException:
            raise
        except Exception as error:
            if debug(*args, **kwargs):
                raise
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            tell([message("internal", reason=reason).text(language(*args, **kwargs))])
            return 5

    return run


def _sentences(messages: Iterable[Message], language: str) -> list[str]:
    """Say each; lines that only add to the one before are indented, not said to be opskpi's own."""
    said = [each.text(language) for each in messages]
    return [text if text.startswith(" ") else f"opskpi: {text}" for text in said]


def _mode(target: Path) -> int:
    """Keep the permissions of the file that is replaced; a new one gets the usual ones."""
    if target.exists():
        return target.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _showable(text: str, encoding: str) -> str:
    """Replace what an encoding lacks by something plainer, never failing."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        for glyph, plain in _PLAINER.items():
            try:
                glyph.encode(encoding)
            except UnicodeEncodeError:
                text = text.replace(glyph, plain)
        return text.encode(encoding, errors="replace").decode(encoding)
    return text
