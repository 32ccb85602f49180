"""Reading a bundle that anybody may have touched: names and sizes are looked at before anything is unpacked.

Members are read into memory and never written to a folder.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from opskpi.archive.messages import KeptMessage
from opskpi.archive.packing import MANIFEST
from opskpi.errors import SettingsError
from opskpi.exports.archives import MOST_BYTES, is_bomb, name_of
from opskpi.model.verification import FileCheck, State
from opskpi.wording import message

#: What says how the run was made.
RUN = "run.json"
_MOST_MEMBERS = 20_000
_ENCRYPTED = 0x1
#: Of names that another system takes for a drive or a folder, or that a terminal would obey.
_STRANGE = re.compile(r"[\\:\x00-\x1f\x7f-\x9f]")
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class KeptFile(_Part):
    """A file of the plan: its place on the plan's shelf, and the member that holds it."""

    place: str
    member: str


class KeptMapping(_Part):
    """A mapping that was named; a shipped one has no member."""

    name: str
    member: str | None = None


class KeptExport(_Part):
    """An export as it was found, and what was said of it; `member` is None where the bundle was to have no inputs.

    `folder` is the name of its folder where a project was taken from that.
    """

    file: str
    named: bool
    member: str | None = None
    table: str | None = None
    sheet: str | None = None
    folder: str | None = None


class KeptUnused(_Part):
    """A file or sheet that was found and not read."""

    file: str
    sheet: str | None
    reason: KeptMessage


class RunRecord(_Part):
    """How a bundle's run was made, beside what its scorecard says; the plan's own file comes first.

    `notes` and `unused` are what it said beside the figures: not all of it can be found out again.
    """

    language: Literal["zh", "en"]
    plan: Annotated[tuple[KeptFile, ...], Field(min_length=1)]
    mappings: tuple[KeptMapping, ...] = ()
    exports: tuple[KeptExport, ...] = ()
    notes: tuple[KeptMessage, ...] = ()
    unused: tuple[KeptUnused, ...] = ()


class Bundle:
    """A bundle whose members have safe names and sizes."""

    def __init__(self, path: Path) -> None:
        """Look at its directory; raises SettingsError where it is none, or not safe to unpack."""
        self.path = path
        try:
            self._archive = zipfile.ZipFile(path)
            self._members = _members(self._archive, path)
        except _BROKEN as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise SettingsError(message("card_unreadable", file=str(path), reason=reason)) from None

    @property
    def names(self) -> tuple[str, ...]:
        """Its members, sorted."""
        return tuple(sorted(self._members))

    def read(self, name: str) -> bytes:
        """Read a member; raises SettingsError where it is missing or damaged."""
        if name not in self._members:
            raise SettingsError(message("bundle_lacks", file=self.path.name, member=name))
        data = self._taken(name)
        if data is None:
            raise SettingsError(message("bundle_damaged", file=self.path.name, member=name))
        return data

    def hashes(self) -> Mapping[str, str]:
        """Hash every member; one that cannot be read has an empty hash."""
        found = {}
        for name in self.names:
            data = self._taken(name)
            found[name] = "" if data is None else hashlib.sha256(data).hexdigest()
        return found

    def run(self) -> RunRecord:
        """Read how the run was made; raises SettingsError."""
        try:
            return RunRecord.model_validate(json.loads(self.read(RUN)))
        except (ValidationError, ValueError, RecursionError):
            raise SettingsError(message("bundle_damaged", file=self.path.name, member=RUN)) from None

    def _taken(self, name: str) -> bytes | None:
        info = self._members[name]
        try:
            with self._archive.open(info) as member:
                # a directory that lies about a size must not fill the memory
                data = member.read(info.file_size + 1)
        except (*_BROKEN, RuntimeError):
            return None
        return data if len(data) == info.file_size else None


def checked(hashes: Mapping[str, str], manifest: bytes | None) -> tuple[FileCheck, ...]:
    """Hold members against a manifest: altered, missing and extra ones are not the same."""
    listed = dict(_lines(manifest or b""))
    found = [_against(name, sha256, listed.get(name)) for name, sha256 in hashes.items() if name != MANIFEST]
    found += [FileCheck(name, State.MISSING, sha256) for name, sha256 in listed.items() if name not in hashes]
    if manifest is None:
        found.append(FileCheck(MANIFEST, State.MISSING))
    return tuple(sorted(found, key=lambda each: each.file))


def _against(name: str, sha256: str, listed: str | None) -> FileCheck:
    if listed is None:
        return FileCheck(name, State.ADDITIONAL, None, sha256)
    return FileCheck(name, State.SAME if sha256 == listed else State.CHANGED, listed, sha256)


def _lines(manifest: bytes) -> Iterator[tuple[str, str]]:
    for line in manifest.decode("utf-8", errors="replace").splitlines():
        if found := _LINE.fullmatch(line):
            yield found[2], found[1]


def _members(archive: zipfile.ZipFile, path: Path) -> Mapping[str, zipfile.ZipInfo]:
    """List the members by name; raises SettingsError for names and sizes that no bundle has."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if len(infos) > _MOST_MEMBERS or is_bomb(unpacked, packed):
        raise SettingsError(message("bundle_bomb", file=path.name, most=MOST_BYTES >> 30))
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = name_of(info)
        if info.flag_bits & _ENCRYPTED:
            raise SettingsError(message("bundle_locked", file=path.name, member=name))
        if info.filename != info.orig_filename or not _is_safe(name) or name in members:
            raise SettingsError(message("bundle_unsafe", file=path.name, member=name))
        members[name] = info
    return members


def _is_safe(name: str) -> bool:
    """Tell whether a name stays inside whatever folder it is unpacked to."""
    parts = PurePosixPath(name).parts
    strange = _STRANGE.search(name) or name.startswith("/")
    return bool(parts) and not strange and ".." not in parts


def run_fields(record: RunRecord, said: Mapping[str, Any]) -> bytes:
    """Write `run.json`; `said` stands before the record."""
    document = {**said, **record.model_dump(mode="json")}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
