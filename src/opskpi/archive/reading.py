"""Reading a scorecard back: the JSON itself, or a bundle that holds it."""

import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from opskpi.archive.document import FORMAT, VERSION, CardDocument
from opskpi.archive.rows import RowsFields
from opskpi.errors import SettingsError
from opskpi.model.safety import readable
from opskpi.wording import message

#: What a bundle calls its scorecard, and the rows behind it.
CARD, ROWS = "scorecard.json", "rows.json"
#: More than this is no scorecard (a million projects have less).
_MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class PastCard:
    """A scorecard that was read back; `bundle` is the archive it came in, if it did."""

    file: str
    document: CardDocument
    bundle: Path | None = None

    def member(self, name: str) -> bytes | None:
        """Read a member of the bundle; None where there is no bundle, or no such member."""
        if self.bundle is None:
            return None
        with zipfile.ZipFile(self.bundle) as archive:
            return archive.read(name) if name in archive.namelist() else None

    def rows(self) -> RowsFields | None:
        """Get the rows behind the figures, of the card or its bundle; raises SettingsError for damaged ones."""
        if self.document.rows is not None or self.bundle is None:
            return self.document.rows
        data = self.member(ROWS)
        if data is None or not data.strip() or data.strip() == b"null":
            return None
        try:
            return RowsFields.model_validate_json(data)
        except ValidationError as error:
            raise _damaged(error, Path(f"{self.file}/{ROWS}")) from None


def read_card(path: Path) -> PastCard:
    """Read a scorecard from `.json`, or from a bundle; raises SettingsError where it is neither."""
    try:
        is_bundle = zipfile.is_zipfile(path)
        data = _bundled(path) if is_bundle else path.read_bytes()
    except OSError as error:
        raise SettingsError(message("file_unreadable", file=str(path), reason=error.strerror or str(error))) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise SettingsError(message("card_unreadable", file=str(path), reason=str(error))) from None
    return PastCard(readable(path.name), _document(data, path), path if is_bundle else None)


def _bundled(path: Path) -> bytes:
    """Take the scorecard out of a bundle; raises SettingsError where there is none, a workbook for instance."""
    with zipfile.ZipFile(path) as archive:
        if CARD not in archive.namelist() or archive.getinfo(CARD).file_size > _MOST_BYTES:
            raise SettingsError(message("card_not_one", file=str(path)))
        return archive.read(CARD)


def _document(data: bytes, path: Path) -> CardDocument:
    try:
        said = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise SettingsError(message("card_not_one", file=str(path))) from None
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise SettingsError(message("card_not_one", file=str(path)))
    if said.get("format_version") != VERSION:
        version = said.get("format_version")
        raise SettingsError(message("card_version", file=str(path), version=str(version), known=VERSION))
    try:
        return CardDocument.model_validate(said)
    except ValidationError as error:
        raise _damaged(error, path) from None


def _damaged(error: ValidationError, path: Path) -> SettingsError:
    first = error.errors()[0]
    where = ".".join(str(each) for each in first["loc"])
    return SettingsError(message("card_damaged", file=str(path), where=where, reason=first["msg"]))
