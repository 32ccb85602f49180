"""Packed exports: .gz and .zip, unpacked in memory within limits.

A file that unpacks to hundreds of times its size, or to more than any export has, is refused before
it is unpacked where its directory says so, and while it is unpacked where it does not.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from opskpi.errors import ExportError
from opskpi.exports import Bytes
from opskpi.wording import message

#: More than this is no export; a file this much larger than its packed self is a bomb.
MOST_BYTES = 4 << 30
_MOST_RATIO = 600
#: So much may always be unpacked.
_HARMLESS = 64 << 20
_CHUNK = 1 << 20
#: The flag by which an archive says that its names are UTF-8.
_SAYS_UTF8 = 0x800
_ENCRYPTED = 0x1


class Member(NamedTuple):
    """A file of an archive: its name inside, and what it holds."""

    name: str
    data: bytes


def is_bomb(unpacked: int, packed: int) -> bool:
    """Tell whether a file unpacks to more than any export would."""
    return unpacked > MOST_BYTES or (unpacked > _HARMLESS and unpacked > packed * _MOST_RATIO)


def gunzip(data: Bytes, file: str) -> bytes:
    """Unpack a .gz file; raises ExportError where it is broken or a bomb."""
    view, parts, size = memoryview(data), list[bytes](), 0
    unpacker = zlib.decompressobj(wbits=31)
    rest: Bytes = view
    try:
        while len(rest):
            part = unpacker.decompress(rest, _CHUNK)
            size += len(part)
            if is_bomb(size, len(view) - len(unpacker.unconsumed_tail)):
                raise ExportError(message("zip_bomb", file=file))
            parts.append(part)
            rest = unpacker.unconsumed_tail
            if unpacker.eof and (rest := unpacker.unused_data.lstrip(b"\0")):
                unpacker = zlib.decompressobj(wbits=31)  # files put one behind the other are one file
    except zlib.error as error:
        raise ExportError(message("gzip_broken", file=file)) from error
    if not unpacker.eof:
        raise ExportError(message("gzip_broken", file=file))
    return b"".join(parts)


def unzip(data: Bytes, file: str) -> Iterator[Member]:
    """Unpack the files of a .zip; raises ExportError where it is broken, locked or a bomb."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir() and not _is_hidden(info.filename)]
            if is_bomb(sum(info.file_size for info in infos), len(memoryview(data))):
                raise ExportError(message("zip_bomb", file=file))
            for info in infos:
                if info.flag_bits & _ENCRYPTED:
                    raise ExportError(message("password_protected", file=f"{file}/{name_of(info)}"))
                yield Member(name_of(info), archive.read(info))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        raise ExportError(message("zip_broken", file=file)) from error


def _is_hidden(name: str) -> bool:
    return re.search(r"(^|/)(\.|__MACOSX)", name) is not None


def name_of(info: zipfile.ZipInfo) -> str:
    """Read a member's name in the encoding it was written in: not every tool says which."""
    if info.flag_bits & _SAYS_UTF8:
        return info.filename
    written = info.filename.encode("cp437", errors="ignore")
    for encoding in ("utf-8", "gbk"):  # macOS writes UTF-8 without saying so, Windows in China GBK
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename
