"""Where results go: files replaced in one step, standard output, and messages beside it."""

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ParamSpec

import click

from opskpi.errors import OpskpiError, OutputError
from opskpi.model.safety import legible
from opskpi.wording import Message, message

if TYPE_CHECKING:
    from opskpi.renderers import Style

_Arguments = ParamSpec("_Arguments")
#: What writes a file once it is open.
Write = Callable[[BinaryIO], object]
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


#: What stands in the way of writing, for people; others are said as the system does.
_REASONS = {
    errno.ENOSPC: "reason_full",
    errno.EDQUOT: "reason_full",
    errno.EFBIG: "reason_full",
    errno.EACCES: "reason_denied",
    errno.EPERM: "reason_denied",
    errno.EROFS: "reason_read_only",
    errno.EISDIR: "reason_folder",
    errno.ENAMETOOLONG: "reason_long_name",
}
#: Temporary files are hidden, so that those of a killed run are taken for exports by nobody.
_TEMPORARY = ".opskpi-"


def write_file(path: Path, data: bytes) -> None:
    """Put a file in place whole, or leave the old one; raises OutputError."""
    write_all([(path, writer(data))])


def writer(data: bytes) -> Write:
    """Make what writes some bytes."""
    return lambda file: file.write(data)


def write_all(files: Iterable[tuple[Path, Write]]) -> None:
    """Put files in place whole: all of them lie complete beside their places before the first takes its own.

    Raises OutputError, which says what was put in place before it; all other old files are as they were.
    """
    staged: list[_Staged] = []
    try:
        for path, write in files:
            staged.append(_stage(path, write))  # one by one: those before a failure are cleared away
        for at, each in enumerate(staged):
            _put(each, [before.path for before in staged[:at]])
    finally:
        for each in staged:
            with suppress(OSError):
                each.temporary.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Staged:
    """A file that is written, beside the place that it is to take."""

    path: Path
    target: Path
    temporary: Path


def _stage(path: Path, write: Write) -> _Staged:
    """Write a file beside its place and onto the disk; raises OutputError."""
    target = Path(os.path.realpath(path))
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=None if _is_stream(path) else target.parent, prefix=_TEMPORARY)
        with os.fdopen(handle, "w+b") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())  # a full disk or a dead one is heard of here, not after the old file is gone
        Path(temporary).chmod(_mode(target))
    except BaseException as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(message("output_unwritable", file=str(path), reason=_reason(error))) from error
        raise
    return _Staged(path, target, Path(temporary))


def _put(each: _Staged, before: Sequence[Path]) -> None:
    """Let a file take its place in one step, or pass it on to a device or pipe; raises OutputError."""
    try:
        if _is_stream(each.path):
            with each.temporary.open("rb") as file, each.path.open("wb") as stream:
                shutil.copyfileobj(file, stream)
        else:
            each.temporary.replace(each.target)
    except OSError as error:
        key = "output_in_use" if isinstance(error, PermissionError) else "output_unwritable"
        said = [message(key, file=str(each.path), reason=_reason(error))]
        if before:
            said.append(message("output_others_written", files=tuple(map(str, before))))
        raise OutputError(*said) from error


def _is_stream(path: Path) -> bool:
    """Tell devices and pipes: they are written into, a file in their place would break the machine."""
    return path.exists() and not (path.is_file() or path.is_dir())


def make_folder(path: Path) -> None:
    """Make the folder of a file where it is missing; raises OutputError."""
    try:
        Path(os.path.realpath(path)).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(message("output_unwritable", file=str(path), reason=_reason(error))) from error


def check_folder(path: Path, *, made: Path | None = None) -> None:
    """Raise OutputError where a file's folder cannot take it; one to be `made` needs a folder above it that can."""
    folder = Path(os.path.realpath(path)).parent
    if made is not None:
        folder = Path(os.path.realpath(made))
        folder = next(each for each in (folder, *folder.parents) if each.exists() or each == each.parent)
    if not folder.is_dir():
        missing = message("no_such_file" if made is None else "no_folder", file=str(folder))
        raise OutputError(message("output_unwritable", file=str(path), reason=missing))
    if path.is_dir() or not os.access(path if _is_stream(path) else folder, os.W_OK):
        reason = message("reason_folder" if path.is_dir() else "reason_denied")
        raise OutputError(message("output_unwritable", file=str(path), reason=reason))


def _reason(error: OSError) -> Message | str:
    """Say what stood in the way."""
    key = _REASONS.get(error.errno or 0)
    return message(key) if key else error.strerror or str(error)


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


def console_style(language: str) -> "Style":
    """Find out what standard output can show: width and colour only on a terminal."""
    from opskpi.renderers import Style

    if not sys.stdout.isatty():
        return Style(language)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Style(language, width=shutil.get_terminal_size().columns, colour=not plain)


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
