"""A workbook's file: an archive of parts, some replaced, all others kept byte by byte."""

import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from copy import copy
from io import BytesIO

from opskpi.errors import ExportError, SettingsError
from opskpi.exports.archives import is_bomb
from opskpi.exports.content import content_is_ole, content_of
from opskpi.forms.spans import Span, StrangeXMLError, spans
from opskpi.wording import message


def unusable(file: str, why: str) -> SettingsError:
    """Say of a workbook of people's own why it cannot be written into."""
    return SettingsError(message("form_unusable", file=file, why=message(why)))


class Package:
    """The parts of a workbook by name; those that were changed are written in place of the old ones."""

    def __init__(self, data: bytes, file: str) -> None:
        """Open it; raises SettingsError where it is no workbook of this kind, broken, locked or a bomb."""
        self.file = file
        _refuse_others(data, file)
        self._zip = zipfile.ZipFile(BytesIO(data))
        if any(is_bomb(part.file_size, part.compress_size) for part in self._zip.infolist()):
            raise SettingsError(message("zip_bomb", file=file))
        self._changed: dict[str, bytes] = {}
        self._read: dict[str, bytes] = {}
        self._parsed: dict[tuple[str, tuple[str, ...]], tuple[bytes, list[Span]]] = {}
        self._names = set(self._zip.namelist())

    @property
    def changed(self) -> bool:
        """Whether anything would be written differently."""
        return bool(self._changed)

    def __contains__(self, name: str) -> bool:
        """Tell whether there is such a part."""
        return name in self._names

    def part(self, name: str) -> bytes:
        """Read a part as it is now; raises SettingsError."""
        if name in self._changed:
            return self._changed[name]
        try:
            if name not in self._read:
                self._read[name] = self._zip.read(name)
            return self._read[name]
        except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError):
            raise unusable(self.file, "form_broken") from None

    def put(self, name: str, data: bytes) -> None:
        """Replace a part, unless it stays as it is."""
        if data != self.part(name):
            self._changed[name] = data

    def related(self, name: str) -> Mapping[str, tuple[str, str]]:
        """Find what a part points to, by the id it does so with: the last word of the kind, and the part's name."""
        folder, base = posixpath.split(name)
        listing = posixpath.join(folder, "_rels", f"{base}.rels")
        if listing not in self:
            return {}
        found = {}
        for each in self.elements(listing, ("Relationship",)):
            target = each.attributes.get("Target", "")
            path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[each.attributes.get("Id", "")] = (posixpath.basename(each.attributes.get("Type", "")), path)
        return found

    def elements(self, name: str, wanted: tuple[str, ...]) -> list[Span]:
        """List the elements of a part as it is now; raises SettingsError."""
        xml = self.part(name)
        known = self._parsed.get((name, wanted))
        if known is None or known[0] is not xml:
            try:
                known = xml, spans(xml, wanted)
            except StrangeXMLError:
                raise unusable(self.file, "form_strange") from None
            self._parsed[name, wanted] = known
        return known[1]

    def to_bytes(self) -> bytes:
        """Write the workbook: the same parts in the same order with the same dates."""
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            made.comment = self._zip.comment
            for info in self._zip.infolist():
                made.writestr(_plain(info), self.part(info.filename))
        return out.getvalue()


def _plain(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Keep a part's name, date and manner; sizes and places are the new archive's."""
    kept = copy(info)
    kept.extra = b""
    kept.flag_bits &= 0x800
    return kept


def _refuse_others(data: bytes, file: str) -> None:
    """Raise SettingsError for what is no .xlsx or .xlsm."""
    try:
        kind = content_of(data, file).kind
        if content_is_ole(data):
            raise unusable(file, "form_old")
        names = zipfile.ZipFile(BytesIO(data)).namelist() if kind == "book" else []
    except ExportError as error:
        raise SettingsError(*error.messages) from error
    except (zipfile.BadZipFile, OSError, ValueError):
        raise unusable(file, "form_broken") from None
    if "xl/workbook.xml" not in names:
        raise unusable(file, "form_other")
