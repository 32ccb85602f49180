"""What a file is, told from its first bytes; what is no export gets the sentence that helps."""

import json
import re
import zipfile
from io import BytesIO
from typing import NamedTuple

from opskpi.errors import ExportError
from opskpi.exports import Bytes
from opskpi.wording import Message, message

_ZIP, _GZIP, _OLE = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Files that are surely no exports, by how they begin.
_OTHERS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PAR1": "Parquet",
    b"SQLite format 3": "SQLite",
    b"{\\rtf": "RTF",
    b"PK\x05\x06": "ZIP",
}
_LFS = b"version https://git-lfs.github.com/spec/"
_BEGINNING = 4096
#: The stream of an encrypted workbook, as the directory of its container spells it.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MARKUP = re.compile(rb"(?i)<(!doctype html|html|head|body|table|meta|script|div|\?xml|!--)")
_BOOK_PARTS = frozenset({"[Content_Types].xml", "mimetype", "content.xml", "xl/workbook.xml", "xl/workbook.bin"})


class Content(NamedTuple):
    """What a file holds: a workbook (`book`), packed files (`zip`, `gzip`), or presumably text."""

    kind: str


def content_of(data: Bytes, file: str) -> Content:
    """Tell what a file is; raises ExportError for what cannot be an export."""
    start = bytes(memoryview(data)[:_BEGINNING])
    if start.startswith(_ZIP):
        return Content("book" if _is_book(data, file) else "zip")
    if start.startswith(_GZIP):
        return Content("gzip")
    if start.startswith(_OLE):
        if _ENCRYPTED in bytes(memoryview(data)):
            raise ExportError(message("password_protected", file=file))
        return Content("book")
    if refusal := _no_export(start, data, file):
        raise ExportError(refusal)
    return Content("text")


def content_is_ole(data: Bytes) -> bool:
    """Tell the container of old Office files."""
    return bytes(memoryview(data)[: len(_OLE)]) == _OLE


def _no_export(start: bytes, data: Bytes, file: str) -> Message | None:
    """Find the sentence for what is neither workbook nor table in text."""
    for beginning, name in _OTHERS.items():
        if start.startswith(beginning):
            return message("other_content", file=file, content=name)
    if start.startswith(_LFS):
        return message("lfs_pointer", file=file)
    text = _plain_start(start)
    if _MARKUP.match(text):
        return message("markup", file=file, content="XML" if text.startswith(b"<?xml") else "HTML")
    if text[:1] in (b"{", b"[") and _is_json(text, data):
        return message("json_content", file=file)
    return None


def _plain_start(start: bytes) -> bytes:
    """Get the first bytes as if they were UTF-8, without BOM and blanks."""
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = start[: len(start) // 2 * 2].decode("utf-16", errors="ignore").encode("utf-8")
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()


def _is_json(text: bytes, data: Bytes) -> bool:
    """Tell JSON, or one JSON object a line, from a heading that begins with a bracket."""
    line = text.split(b"\n", 1)[0]
    try:
        json.loads(line if len(line) < len(text) else bytes(memoryview(data)))
    except ValueError:
        return re.match(rb'[{\[]\s*([{\["]|$)', text) is not None
    return True


def _is_book(data: Bytes, file: str) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return not _BOOK_PARTS.isdisjoint(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ExportError(message("zip_broken", file=file)) from error
