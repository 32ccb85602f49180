"""A workbook of people's own: its sheets, the names given to cells, and what it must do when it is opened."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from opskpi.exports import MARK_NAME
from opskpi.forms.cells import Address, address_of, spelled_back
from opskpi.forms.package import Package
from opskpi.forms.sheet import Sheet
from opskpi.forms.spans import head_with, prefix, replaced
from opskpi.forms.styles import Styles

_WANTED = ("workbook", "workbookPr", "sheet", "definedNames", "definedName", "calcPr")
#: What may stand behind the names of cells and before the settings of calculation.
_REFERENCE = re.compile(r"(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[^'!\[\]]+))!(?P<first>[^:,]+)(?::(?P<last>[^:,]+))?")
_YES = ("1", "true")


@dataclass(frozen=True, slots=True)
class Named:
    """A name given to a cell: the sheet and the first cell of it, None where it names none."""

    name: str
    sheet: str | None
    at: Address | None


class Workbook:
    """A workbook that is written into."""

    def __init__(self, data: bytes, file: str) -> None:
        """Open it; raises SettingsError where it cannot be written into."""
        self.file = file
        self.package = Package(data, file)
        self._part = "xl/workbook.xml"
        self._related = self.package.related(self._part)
        self._spans = self.package.elements(self._part, _WANTED)
        self.styles = Styles(self.package, self._one("styles"))
        setting = next((each for each in self._spans if each.name == "workbookPr"), None)
        self.date1904 = bool(setting and setting.attributes.get("date1904") in _YES)
        self._texts: tuple[str, ...] | None = None
        self.opened: dict[str, Sheet] = {}

    @property
    def sheets(self) -> Mapping[str, str]:
        """Name the parts of the sheets that hold cells."""
        found = {}
        for span in self._spans:
            if span.name == "sheet":
                ids = [value for key, value in span.attributes.items() if key.rpartition(" ")[2] == "id" and " " in key]
                kind, part = self._related.get(ids[0] if ids else "", ("", ""))
                if kind == "worksheet" and part in self.package:
                    found[span.attributes["name"]] = part
        return found

    def sheet(self, name: str) -> Sheet:
        """Open a sheet."""
        if name not in self.opened:
            self.opened[name] = Sheet(self.package, self.sheets[name], name, self.texts)
        return self.opened[name]

    @property
    def texts(self) -> tuple[str, ...]:
        """The book's list of texts, without the readings of Chinese letters."""
        if self._texts is None:
            part = self._one("sharedStrings")
            self._texts = tuple(self._read_texts(part)) if part and part in self.package else ()
        return self._texts

    def named(self) -> Iterator[Named]:
        """List the names that people gave to cells; those a spreadsheet makes for itself are left out."""
        for span in self._spans:
            name = span.attributes.get("name", "")
            if span.name == "definedName" and not name.startswith("_xlnm.") and name != MARK_NAME:
                yield Named(name, *self._place(span.text.strip()))

    def table_parts(self, sheet: Sheet) -> list[str]:
        """Name the parts of the tables that a sheet holds."""
        return [part for kind, part in self.package.related(sheet.part).values() if kind == "table"]

    def stretch_filter(self, old: str, new: str, sheet: str) -> None:
        """Let the hidden name of a filter's range follow it."""
        xml, edits = self.package.part(self._part), []
        for span in self._spans:
            if span.name == "definedName" and span.attributes.get("name") == "_xlnm._FilterDatabase":
                where, first = self._place(span.text.strip())
                if where == sheet and first == address_of(old.partition(":")[0]):
                    text = xml[span.inside : span.after]
                    cells = ":".join(re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", each) for each in new.split(":"))
                    edits.append((span.inside, span.after, text.rpartition(b"!")[0] + b"!" + cells.encode()))
        self._edit(xml, edits)

    def recalculate(self) -> None:
        """Have every formula calculated when the book is opened."""
        xml = self.package.part(self._part)
        found = next((each for each in self._spans if each.name == "calcPr"), None)
        if found:
            edit = found.start, found.inside, head_with(xml, found, {"fullCalcOnLoad": "1"})
        else:
            at = self._behind_names()
            edit = at, at, b"<" + self._prefix(xml) + b'calcPr fullCalcOnLoad="1"/>'
        self._edit(xml, [edit])

    def mark(self) -> None:
        """Mark the book as an output of ours, by a hidden name that survives every spreadsheet."""
        xml = self.package.part(self._part)
        if any(each.attributes.get("name") == MARK_NAME for each in self._spans if each.name == "definedName"):
            return
        name = self._prefix(xml)
        said = b"<" + name + f'definedName name="{MARK_NAME}" hidden="1">TRUE</'.encode() + name + b"definedName>"
        listed, tag = next((each for each in self._spans if each.name == "definedNames"), None), name + b"definedNames>"
        if listed and not listed.closed:
            edit = listed.after, listed.after, said
        else:
            at = (listed.start, listed.end) if listed else (self._behind_names(),) * 2
            edit = *at, b"<" + tag + said + b"</" + tag
        self._edit(xml, [edit])

    def to_bytes(self) -> bytes:
        """Write the book."""
        return self.package.to_bytes()

    def _behind_names(self) -> int:
        """Find where names, or behind them calculation, have their place: behind the list of sheets."""
        wanted = ("sheets", "functionGroups", "externalReferences", "definedNames")
        return max(each.end for each in self.package.elements(self._part, wanted) if each.depth == 1)

    def _edit(self, xml: bytes, edits: list[tuple[int, int, bytes]]) -> None:
        self.package.put(self._part, replaced(xml, edits))
        self._spans = self.package.elements(self._part, _WANTED)

    def _prefix(self, xml: bytes) -> bytes:
        return prefix(xml, self._spans[0])

    def _one(self, kind: str) -> str | None:
        return next((part for found, part in self._related.values() if found == kind), None)

    def _place(self, text: str) -> tuple[str | None, Address | None]:
        """Read what a name stands for: a cell, or the first cell of a range, of a sheet that is there."""
        found = _REFERENCE.fullmatch(text)
        if not found:
            return None, None
        sheet = found["quoted"].replace("''", "'") if found["quoted"] else found["plain"]
        at = address_of(found["first"])
        return (sheet, at) if sheet in self.sheets and at else (None, None)

    def _read_texts(self, part: str | None) -> Iterator[str]:
        said: list[str] = []
        inside: dict[int, int] = {}
        for span in self.package.elements(part or "", ("si", "t", "rPh")):
            if span.name == "si":
                inside[id(span)] = len(said)
                said.append("")
            elif span.name == "t" and span.above and span.above.name == "si":
                said[inside[id(span.above)]] += span.text
        yield from map(spelled_back, said)
