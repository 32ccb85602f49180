"""From the command line's words to files: paths, folders, globs, `tickets=FILE`, `FILE#Sheet`, `-`."""

import glob
import hashlib
import mmap
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from opskpi.errors import ExportError, OpskpiError, SettingsError
from opskpi.exports import MARK_REJECTS, MARK_SCORECARD, MARK_WORKBOOK, Bytes, Sheet
from opskpi.model import TABLES
from opskpi.wording import Message, message

#: What a folder is searched for; anything else in it is listed as unused.
SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})

_BOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_BYTES_OF_MARK = 4096


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read: its label for people, and what the user said it is.

    `named` is False for files that a folder happened to hold.
    """

    path: Path
    label: str
    named: bool
    table: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A file's bytes and sheets, or the reason it is not read."""

    found: Found
    data: Bytes
    sheets: tuple[Sheet, ...] = ()
    reason: Message | None = None
    hashed: Future[str] | None = None

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(memoryview(self.data))

    def digest(self) -> str:
        """Hash its bytes, or wait for the hash that was begun earlier."""
        return self.hashed.result() if self.hashed else hashlib.sha256(self.data).hexdigest()


class Digests:
    """Hashes of the exports, begun while Python is still busy importing: hashing needs no Python."""

    def __init__(self, words: Iterable[str]) -> None:
        """Find the files and begin; what cannot be found or read is left to the run itself."""
        self._pool = ThreadPoolExecutor(1, "opskpi-hash")
        try:
            found = [each for each in find(words, TABLES) if not _no_export(each) and str(each.path) != "-"]
        except OpskpiError:
            found = []
        self._begun = {each.path: self._pool.submit(_digest, each) for each in found}
        self._pool.shutdown(wait=False)

    def of(self, found: Found) -> Future[str] | None:
        """Get the hash that was begun for a file."""
        return self._begun.get(found.path)


def find(words: Iterable[str], tables: Sequence[str]) -> tuple[Found, ...]:
    """Resolve the command line's words, in the natural order of their labels.

    Raises ExportError for what is not there.
    """
    found = [each for word in words for each in _resolve(word, tables)]
    return tuple(sorted(found, key=lambda each: (natural(each.label), each.sheet or "")))


def open_found(found: Found, digests: Digests | None = None) -> Opened:
    """Map a file's bytes, tell workbook from text, open its sheets."""
    hashed = digests.of(found) if digests else None
    if not found.named and (reason := _no_export(found)):
        return Opened(found, b"", reason=reason)
    data = _bytes(found)
    if not memoryview(data):
        return Opened(found, data, reason=message("empty_file", file=found.label))
    if not found.named and _is_ours(data):
        return Opened(found, data, reason=message("own_output", file=found.label))
    if bytes(memoryview(data)[:8]).startswith(_BOOK_STARTS):
        from opskpi.exports.workbook import open_workbook

        return Opened(found, data, open_workbook(data, found.label, found.sheet), hashed=hashed)
    if found.sheet is not None:
        raise SettingsError(message("sheet_of_text", file=found.label, sheet=found.sheet))
    from opskpi.exports.text import open_text

    return Opened(found, data, (open_text(data, found.label),), hashed=hashed)


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """Order names as people count: 2月 before 10月."""
    parts = re.split(r"([0-9]+)", text)
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in parts if part)


def _resolve(word: str, tables: Sequence[str]) -> Iterator[Found]:
    table, path, sheet = _taken_apart(word, tables)
    if not path:
        raise SettingsError(message("export_empty_name"))
    if path == "-":
        yield Found(Path("-"), "-", named=True, table=table, sheet=sheet)
    elif Path(path).is_dir():
        yield from _in_folder(Path(path), table)
    elif Path(path).exists():
        yield Found(Path(path), Path(path).name, named=True, table=table, sheet=sheet)
    elif matches := sorted(glob.glob(path, recursive=True)):  # noqa: PTH207 - pathlib globs no absolute pattern
        root = _fixed_part(path)
        for match in matches:
            if Path(match).is_file():
                label = Path(match).relative_to(root).as_posix()
                yield Found(Path(match), label, named=True, table=table, sheet=sheet)
    else:
        raise ExportError(message("no_such_file", file=path))


def _taken_apart(word: str, tables: Sequence[str]) -> tuple[str | None, str, str | None]:
    """Split `tickets=FILE#Sheet`; a file that really has such a name comes first."""
    table: str | None = None
    head, equals, rest = word.partition("=")
    if equals and head in tables and not Path(word).exists():
        table, word = head, rest
    if "#" in word and not Path(word).exists():
        path, _, sheet = word.rpartition("#")
        return table, path, sheet
    return table, word, None


def _in_folder(folder: Path, table: str | None) -> Iterator[Found]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") for part in parts):
            yield Found(path, "/".join(parts), named=False, table=table)


def _fixed_part(pattern: str) -> Path:
    """Find the folder a glob starts from."""
    fixed: list[str] = []
    for part in Path(pattern).parts[:-1]:
        if glob.has_magic(part):
            break
        fixed.append(part)
    return Path(*fixed)


def _no_export(found: Found) -> Message | None:
    """Tell files of a folder that are no exports by their names."""
    if found.path.name.startswith("~$"):
        return message("lock_file", file=found.label)
    if found.path.suffix.lower() not in SUFFIXES:
        return message("other_suffix", suffix=found.path.suffix or found.path.name)
    return None


def _digest(found: Found) -> str:
    return hashlib.sha256(_bytes(found)).hexdigest()


def _bytes(found: Found) -> Bytes:
    if found.label == "-" and found.path == Path("-"):
        return sys.stdin.buffer.read()
    try:
        with found.path.open("rb") as file:
            if found.path.stat().st_size == 0:
                return b""
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise ExportError(message("file_unreadable", file=found.label, reason=error.strerror or str(error))) from error


def is_own_output(path: Path) -> bool:
    """Tell whether a file is a scorecard or rejects file of ours; a JSON card counts as one."""
    if path.suffix.lower() not in SUFFIXES:
        return True
    try:
        return _is_ours(path.read_bytes())
    except OSError:
        return False


def _is_ours(data: Bytes) -> bool:
    """Tell our own scorecards and rejects files by the mark they carry."""
    start = bytes(memoryview(data)[:_BYTES_OF_MARK])
    if start.startswith(_BOOK_STARTS[0]):
        return MARK_WORKBOOK in _book_properties(data)
    line = start.decode("utf-8-sig", errors="ignore").split("\n", 1)[0]
    return line.startswith((",".join(MARK_SCORECARD), MARK_REJECTS))


def _book_properties(data: Bytes) -> str:
    import io

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return book.read("docProps/core.xml")[:65536].decode("utf-8", errors="ignore")
    except (KeyError, zipfile.BadZipFile, OSError):
        return ""
