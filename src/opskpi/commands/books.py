"""The workbooks of others that `score` writes into: the list of improvements, and a company's own form."""

import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from opskpi.errors import OutputError, SettingsError
from opskpi.wording import Message, message

if TYPE_CHECKING:
    from opskpi.model.cards import Scorecard
    from opskpi.model.improvements import Improvement

_SUFFIXES = (".xlsx", ".xlsm")
#: What writes the list, and then tells what was done.
Write = Callable[[], tuple[Message, ...]]


@dataclass(frozen=True, slots=True)
class Notes:
    """The list of improvements as it was found; `data` is None where it is to be made."""

    name: str
    data: bytes | None

    #: So many missed rows of each miss are written down.
    DETAILS = 3

    def kept(self, card: "Scorecard", language: str) -> "tuple[Sequence[Improvement], Write]":
        """Bring the list up to date: give its lines, and what writes it once all else is written."""
        from opskpi.forms.blank import blank
        from opskpi.forms.keeping import keep

        kept = keep(self.data or blank(language), card, language, self.name)

        def write() -> tuple[Message, ...]:
            if kept.data == self.data:
                return kept.said
            self._write(kept.data)
            return *kept.said, message("wrote", file=self.name)

        return kept.improvements, write

    def _write(self, data: bytes) -> None:
        """Write the list, unless somebody else did meanwhile; raises OutputError."""
        from opskpi.commands.output import write_file

        path = Path(self.name)
        refuse_in_use(path, self.name)
        if self.data != (_bytes(self.name) if path.exists() else None):
            raise OutputError(message("notes_moved", file=self.name))
        write_file(path, data)


@dataclass(slots=True)
class Form:
    """A company's own form; `said` is what its names have to be told of."""

    name: str
    data: bytes
    said: list[Message] = field(default_factory=list)

    def filled(self, card: "Scorecard", language: str) -> bytes:
        """Fill it in for a card; raises SettingsError."""
        from opskpi.forms.filling import fill

        filled = fill(self.data, card, language, self.name)
        self.said += [said for said in filled.said if said not in self.said]
        return filled.data


def fills(template: str | None, output: str) -> bool:
    """Tell whether an output is the company's own form, filled in; FORMAT=FILE asks for one of our formats."""
    from opskpi.renderers import destination

    if not template or destination(output)[1] != output:
        return False
    return Path(output).suffix.lower() == Path(template).suffix.lower()


def open_notes(name: str | None) -> Notes | None:
    """Read the list of improvements, if one is wanted, before anything is counted; raises OpskpiError."""
    if not name:
        return None
    path = Path(name)
    if path.suffix.lower() not in _SUFFIXES:
        raise SettingsError(message("notes_suffix", file=name))
    refuse_in_use(path, name)
    if not path.exists():
        return Notes(name, None)
    if not os.access(path, os.W_OK):
        raise OutputError(message("output_unwritable", file=name, reason=os.strerror(errno.EACCES)))
    from opskpi.forms.keeping import check

    data = _bytes(name)
    check(data, name)
    return Notes(name, data)


def open_form(name: str | None, outputs: Sequence[str]) -> Form | None:
    """Read the company's own form, if one is wanted; raises SettingsError."""
    if not name:
        return None
    suffix = Path(name).suffix.lower()
    if suffix not in _SUFFIXES:
        raise SettingsError(message("form_suffix", file=name))
    if not any(fills(name, output) for output in outputs):
        raise SettingsError(message("form_no_output", suffix=suffix))
    return Form(name, _bytes(name))


def refuse_in_use(path: Path, name: str) -> None:
    """Raise OutputError where a spreadsheet has a file open: it would write over what we write."""
    for lock in (f"~${path.name}", f".~{path.name}", f".~lock.{path.name}#"):  # Excel's, WPS's, LibreOffice's
        if path.with_name(lock).exists():
            raise OutputError(message("notes_in_use", file=name, lock=lock))


def _bytes(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except FileNotFoundError:
        raise SettingsError(message("no_such_file", file=name)) from None
    except OSError as error:
        raise SettingsError(message("file_unreadable", file=name, reason=error.strerror or str(error))) from error
