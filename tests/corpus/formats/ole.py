"""Writes OLE containers (MS-CFB), the boxes of old books and of encrypted ones, by hand."""

import struct
from collections.abc import Mapping

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SECTOR = 512
_FREE, _END, _FAT = 0xFFFF_FFFF, 0xFFFF_FFFE, 0xFFFF_FFFD
_STREAM, _ROOT = 2, 5


def container(streams: Mapping[str, bytes]) -> bytes:
    """Make an OLE container of streams, each of 4,096 bytes or more: header, FAT, directory, data."""
    table, places, data = [_FAT, _END], [], b""
    for content in streams.values():
        count = -(-len(content) // _SECTOR)
        first = len(table)
        places.append(first)
        table += [*range(first + 1, first + count), _END]
        data += content.ljust(count * _SECTOR, b"\0")
    entries = _entry("Root Entry", _ROOT, 1 if streams else _FREE, _END, 0)
    for number, (name, content) in enumerate(streams.items(), 1):
        right = number + 1 if number < len(streams) else _FREE
        entries += _entry(name, _STREAM, _FREE, places[number - 1], len(content), right)
    fat = struct.pack(f"<{len(table)}I", *table).ljust(_SECTOR, b"\xff")
    return _header() + fat + entries.ljust(_SECTOR, b"\0") + data


def _entry(name: str, kind: int, child: int, first: int, size: int, right: int = _FREE) -> bytes:
    wide = f"{name}\0".encode("utf-16-le")
    tree = struct.pack("<BBIII", kind, 1, _FREE, right, child)
    return wide.ljust(64, b"\0") + struct.pack("<H", len(wide)) + tree + bytes(36) + struct.pack("<IQ", first, size)


def _header() -> bytes:
    fixed = struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    counts = struct.pack("<9I", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    return _MAGIC + bytes(16) + fixed + counts + struct.pack("<I", 0) + b"\xff" * 432
