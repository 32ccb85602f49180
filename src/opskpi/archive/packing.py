"""Packing a bundle: members sorted, moments fixed, each hashed while it is written; same members, same bytes."""

import hashlib
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from opskpi.exports import Bytes

#: What a member holds: in memory or mapped, or a file that is copied piece by piece.
Content = Bytes | Path

#: What lists every other member with its hash, as `sha256sum` writes it.
MANIFEST = "MANIFEST.sha256"
#: The earliest moment an archive can say; nobody's clock.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_PIECE = 1 << 20
#: What no file system, or no line of a manifest, can hold.
_STRANGE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


def pack(members: Mapping[str, Content], out: BinaryIO) -> None:
    """Write members by name into an archive, and a manifest of their hashes after them; raises OSError."""
    lines = []
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in sorted(members.items()):
            lines.append(f"{_write(archive, name, content)}  {name}\n")
        _write(archive, MANIFEST, "".join(lines).encode("utf-8"))


def _write(archive: zipfile.ZipFile, name: str, content: Content) -> str:
    """Write one member and give its hash."""
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, _MODE, 3
    info.file_size = content.stat().st_size if isinstance(content, Path) else len(content)
    hashed = hashlib.sha256()
    with archive.open(info, "w") as member:
        for piece in _pieces(content):
            hashed.update(piece)
            member.write(piece)
    return hashed.hexdigest()


def hash_of_content(content: Content) -> str:
    """Hash what a member would hold."""
    return _hash(_pieces(content))


def hash_of_file(file: BinaryIO) -> str:
    """Hash an open file from its beginning."""
    file.seek(0)
    return _hash(iter(lambda: file.read(_PIECE), b""))


def _hash(pieces: Iterable[bytes | memoryview]) -> str:
    hashed = hashlib.sha256()
    for piece in pieces:
        hashed.update(piece)
    return hashed.hexdigest()


def _pieces(content: Content) -> Iterator[bytes | memoryview]:
    if not isinstance(content, Path):
        whole = memoryview(content)
        yield from (whole[at : at + _PIECE] for at in range(0, len(whole), _PIECE))
        return
    with content.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def member_name(folder: str, path: str, taken: Collection[str]) -> str:
    """Name a member after a file, safe wherever it is unpacked, and unlike those that are taken."""
    parts = [_STRANGE.sub("_", part) for part in PurePosixPath(path).parts]
    named = PurePosixPath(folder, *("up" if part == ".." else part for part in parts if part != "/"))
    others = {each.casefold() for each in taken}
    name, number = str(named), 2
    while name.casefold() in others:
        name, number = str(named.with_name(f"{named.stem}~{number}{named.suffix}")), number + 1
    return name
