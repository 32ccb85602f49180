"""Opening what was found: bytes read once, packed files unpacked, workbook told from text."""

import hashlib
import mmap
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from opskpi.errors import ExportError, OpskpiError, SettingsError
from opskpi.exports import MARK_REJECTS, Bytes, Sheet
from opskpi.exports.archives import gunzip, unzip
from opskpi.exports.content import content_is_ole, content_of
from opskpi.exports.finding import PACKED, SUFFIXES, Found, find
from opskpi.exports.odsxml import look_into_ods
from opskpi.exports.ours import is_ours
from opskpi.exports.sheetxml import BookLook, look_into_xlsx
from opskpi.exports.xlsbiff import look_into_xls
from opskpi.exports.xlsbin import look_into_xlsb
from opskpi.wording import Message, message

#: Larger files are mapped, not read: memory is for rows.
_LARGE = 1 << 26
_CHANGE_MARKS = ("st_size", "st_mtime_ns", "st_ino")


@dataclass(frozen=True, slots=True)
class Manner:
    """How files are opened, beyond what they are: an encoding that overrules, formulas accepted."""

    encoding: str | None = None
    accept_formulas: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A file's bytes and sheets, or the reason it is not read; `sha256` is of what was read, unpacked."""

    found: Found
    data: Bytes
    sheets: tuple[Sheet, ...] = ()
    reason: Message | None = None
    hashed: Future[str] | None = field(default=None, compare=False)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(memoryview(self.data))

    @property
    def origins(self) -> dict[str, str]:
        """The names of the file and its folder, from which a project may be taken."""
        path = PurePosixPath(self.found.label)
        folder = path.parent.name or self.found.path.resolve().parent.name
        return {"file": _stem(path.name), "folder": _stem(folder) if folder.endswith(PACKED) else folder}

    @property
    def is_repairs(self) -> bool:
        """Whether it is a rejects file of ours, given back on purpose."""
        return self.found.named and any(sheet.head and sheet.head[0][:1] == [MARK_REJECTS] for sheet in self.sheets)

    def digest(self) -> str:
        """Hash its bytes, or wait for the hash that was begun earlier; raises ExportError where the file changed."""
        return self.hashed.result() if self.hashed else hashlib.sha256(self.data).hexdigest()


class Contents:
    """Files read and hashed while Python is still busy importing: neither needs Python."""

    def __init__(self, words: Iterable[str]) -> None:
        """Find the files and begin; what cannot be found or read is left to the run itself."""
        self._pool = ThreadPoolExecutor(1, "opskpi-read")
        try:
            found = [each for each in find(words) if not no_export(each) and str(each.path) != "-"]
        except OpskpiError:
            found = []
        paths = dict.fromkeys(each.path for each in found)
        labels = {each.path: each.label for each in found}
        self._read = {path: self._pool.submit(read_bytes, path, labels[path]) for path in paths}
        self._looks = {(each.path, each.sheet): self._pool.submit(self._look, each) for each in found}
        self._hashed = {path: self._pool.submit(self._hash, path, labels[path]) for path in paths}
        self._pool.shutdown(wait=False)

    def of(self, found: Found) -> tuple[Bytes, Future[str]] | None:
        """Get a file's bytes, and its hash to be; raises ExportError where it cannot be read."""
        if found.path not in self._read:
            return None
        return self._read[found.path].result()[0], self._hashed[found.path]

    def look(self, found: Found) -> BookLook | None:
        """Get the look at a workbook's XML; raises ExportError where it is broken or a bomb."""
        begun = self._looks.get((found.path, found.sheet))
        return begun.result() if begun else None

    def _look(self, found: Found) -> BookLook:
        return look_into_book(self._read[found.path].result()[0], found.label, found.sheet)

    def _hash(self, path: Path, label: str) -> str:
        data, before = self._read[path].result()
        digest = hashlib.sha256(data).hexdigest()
        if _stamp(path) != before:
            raise ExportError(message("file_changed", file=label))
        return digest


class Held(Contents):
    """Files that are in memory already, by the path each is found under; nothing is read from anywhere."""

    def __init__(self, held: Mapping[Path, bytes]) -> None:
        """Keep them at hand."""
        self._held = held

    def of(self, found: Found) -> tuple[Bytes, Future[str]]:
        """Get a file's bytes, and its hash."""
        data = self._held[found.path]
        hashed: Future[str] = Future()
        hashed.set_result(hashlib.sha256(data).hexdigest())
        return data, hashed

    def look(self, found: Found) -> None:
        """Know no more of a workbook than its bytes."""


def open_found(found: Found, contents: Contents | None = None, manner: Manner | None = None) -> list[Opened]:
    """Open a file, or the files packed in it."""
    if not found.named and (reason := no_export(found)):
        return [Opened(found, b"", reason=reason)]
    if found.path.name.startswith("~$"):
        raise ExportError(message("lock_file_named", file=found.label))
    known = contents.of(found) if contents else None
    data, hashed = known or (_bytes(found), None)
    if memoryview(data) and not found.named and is_ours(data):
        return [Opened(found, data, reason=message("own_output", file=found.label))]
    return _opened_whole(Opened(found, data, hashed=hashed), manner or Manner(), contents)


def open_bytes(found: Found, data: Bytes, manner: Manner) -> list[Opened]:
    """Open a file that somebody else has read, or the files packed in it."""
    if found.path.name.startswith("~$"):
        raise ExportError(message("lock_file_named", file=found.label))
    return _opened_whole(Opened(found, data), manner)


def _opened_whole(file: Opened, manner: Manner, contents: Contents | None = None) -> list[Opened]:
    if not memoryview(file.data):
        return [replace(file, reason=message("empty_file", file=file.found.label))]
    return list(_opened(file, manner, contents))


def look_into_book(data: Bytes, file: str, sheet: str | None) -> BookLook:
    """Look at what a book's own bytes show; needs nothing that is slow to import."""
    if bytes(memoryview(data)[:2]) != b"PK":
        return look_into_xls(data) if content_is_ole(data) else BookLook(data)
    return look_into_ods(data, file) or look_into_xlsb(data, file) or look_into_xlsx(data, file, sheet)


def _opened(file: Opened, manner: Manner, contents: Contents | None = None) -> Iterator[Opened]:
    """Open a file's sheets by what it holds."""
    found, label = file.found, file.found.label
    kind = content_of(file.data, label).kind
    if kind == "gzip":
        yield from _opened(Opened(found, gunzip(file.data, label)), manner)
    elif kind == "zip":
        for member in unzip(file.data, label):
            inner = replace(found, label=f"{label}/{member.name}", named=False)
            yield from _member(inner, member.data, manner)
    elif kind == "book":
        from opskpi.exports.workbook import open_workbook

        look = (contents.look(found) if contents else None) or look_into_book(file.data, label, found.sheet)
        sheets = open_workbook(look, label, found.sheet, accept_formulas=manner.accept_formulas)
        yield replace(file, sheets=sheets)
    elif found.sheet is not None:
        raise SettingsError(message("sheet_of_text", file=label, sheet=found.sheet))
    else:
        from opskpi.exports.text import open_text

        yield replace(file, sheets=(open_text(file.data, label, manner.encoding),))


def _member(found: Found, data: bytes, manner: Manner) -> Iterator[Opened]:
    suffix = PurePosixPath(found.label).suffix.lower()
    if not data:
        yield Opened(found, data, reason=message("empty_file", file=found.label))
    elif suffix in PACKED:
        raise ExportError(message("packed_in_packed", file=found.label))
    elif suffix not in SUFFIXES:
        yield Opened(found, data, reason=message("other_suffix", suffix=suffix or found.label))
    elif is_ours(data):
        yield Opened(found, data, reason=message("own_output", file=found.label))
    else:
        yield from _opened(Opened(found, data), manner)


def no_export(found: Found) -> Message | None:
    """Tell files of a folder that are no exports by their names."""
    if found.path.name.startswith("~$"):
        return message("lock_file", file=found.label)
    if found.path.suffix.lower() not in SUFFIXES:
        return message("other_suffix", suffix=found.path.suffix or found.path.name)
    return None


def read_bytes(path: Path, label: str) -> tuple[Bytes, Sequence[int]]:
    """Read or map a file, and stamp it; raises ExportError where it cannot be read or changes meanwhile."""
    try:
        before = _stamp(path)
        with path.open("rb") as file:
            large = before[0] > _LARGE
            data: Bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if large else file.read()
        if path.is_file() and (_stamp(path) != before or len(data) != before[0]):
            raise ExportError(message("file_changed", file=label))
    except OSError as error:
        raise ExportError(message("file_unreadable", file=label, reason=error.strerror or str(error))) from error
    return data, before


def _stamp(path: Path) -> tuple[int, ...]:
    """Note what changes when a file does."""
    state = os.stat(path)  # noqa: PTH116 - the same for pipes
    return tuple(getattr(state, mark) for mark in _CHANGE_MARKS)


def _bytes(found: Found) -> Bytes:
    if found.label == "-" and found.path == Path("-"):
        return sys.stdin.buffer.read()
    return read_bytes(found.path, found.label)[0]


def _stem(name: str) -> str:
    """Take the suffixes off that exports have: 某银行.csv.gz is 某银行."""
    path = PurePosixPath(name)
    while path.suffix.lower() in SUFFIXES:
        path = path.with_suffix("")
    return path.name
