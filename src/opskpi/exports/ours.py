"""Our own outputs among exports: told by the marks they carry, and passed by."""

import zipfile
from io import BytesIO
from pathlib import Path

from opskpi.exports import (
    MARK_BUNDLE,
    MARK_EVIDENCE,
    MARK_LISTS,
    MARK_MESSAGE,
    MARK_NAME,
    MARK_REJECTS,
    MARK_SCORECARD,
    MARK_TEXTS,
    MARK_WORKBOOK,
    Bytes,
)
from opskpi.exports.finding import SUFFIXES

_BYTES_OF_MARK = 4096
_BYTES_OF_PART = 1 << 20


def is_own_output(path: Path) -> bool:
    """Tell whether a file is a scorecard or rejects file of ours; a JSON card counts as one."""
    if path.suffix.lower() not in SUFFIXES:
        return True
    try:
        return is_ours(path.read_bytes())
    except OSError:
        return False


def is_ours(data: Bytes) -> bool:
    """Tell our own scorecards, lists and rejects files by the mark they carry."""
    start = bytes(memoryview(data)[:_BYTES_OF_MARK])
    if start.startswith(b"PK\x03\x04"):
        return _is_own_archive(data)
    text = start.decode("utf-8-sig", errors="ignore")
    first, _, rest = text.partition("\n")
    if first.startswith((",".join(MARK_SCORECARD), MARK_REJECTS, MARK_EVIDENCE, *MARK_LISTS)):
        return True
    if any(text.startswith(beginning) and sign in text for beginning, sign in MARK_TEXTS):
        return True
    return first.startswith(MARK_MESSAGE[0]) and rest.startswith(MARK_MESSAGE[1])


def _is_own_archive(data: Bytes) -> bool:
    """Tell our own workbooks by their properties or a hidden name, and bundles by what they hold."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if set(archive.namelist()) >= MARK_BUNDLE:
                return True
            return MARK_WORKBOOK in _part(archive, "docProps/core.xml") or MARK_NAME in _part(
                archive, "xl/workbook.xml"
            )
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _part(archive: zipfile.ZipFile, name: str) -> str:
    """Read the beginning of a part of a book; nothing where there is none."""
    try:
        with archive.open(name) as part:
            return part.read(_BYTES_OF_PART).decode("utf-8", errors="ignore")
    except KeyError:
        return ""
