"""Styles of a workbook: one that is there, with another number format, or showing a text for what it is."""

from collections.abc import Mapping

from opskpi.forms.package import Package, unusable
from opskpi.forms.spans import Span, head_with, prefix, replaced

_WANTED = ("styleSheet", "numFmts", "numFmt", "cellXfs", "xf")
#: Formats that every spreadsheet knows by number.
_KNOWN = {"General": 0, "0": 1, "0.00": 2, "0%": 9, "0.00%": 10, "@": 49}
#: Formats of days by number, those of East Asian books among them.
_DAYS = frozenset((*range(14, 23), *range(27, 37), *range(50, 59)))
_FIRST_OWN = 164


class Styles:
    """The cell styles of a book; what is not there yet is added behind the others."""

    def __init__(self, package: Package, part: str | None) -> None:
        """Take the part that holds them; a book without one stays without."""
        self._package = package
        self._part = part

    def number_format(self, style: int | None) -> str:
        """Find a style's number format as it is written."""
        if self._part is None:
            return "General"
        spans = self._package.elements(self._part, _WANTED)
        forms = _forms(spans)
        number = forms[style or 0].attributes.get("numFmtId", "0") if style or forms else "0"
        own = {
            each.attributes.get("numFmtId"): each.attributes.get("formatCode", "")
            for each in spans
            if each.name == "numFmt"
        }
        known = {str(at): code for code, at in _KNOWN.items()} | {str(at): "yyyy-mm-dd" for at in _DAYS}
        return own.get(number) or known.get(number, "")

    def like(self, style: int | None, *, number: str | None = None, guarded: bool = False) -> int | None:
        """Get a style with another format, or with the mark that keeps a text from being run once it is edited."""
        if self._part is None or (number is None and not guarded):
            return style
        changes: dict[str, str | None] = {}
        if number is not None:
            changes |= {"numFmtId": str(self._format(number)), "applyNumberFormat": "1"}
        if guarded:
            changes["quotePrefix"] = "1"
        return self._derived(style or 0, changes)

    def _derived(self, style: int, changes: Mapping[str, str | None]) -> int:
        xml, spans = self._package.part(self._part or ""), self._package.elements(self._part or "", _WANTED)
        forms = _forms(spans)
        if style >= len(forms):
            raise unusable(self._package.file, "form_broken")
        old = forms[style]
        same = {key: old.attributes.get(key) for key in changes} == dict(changes)
        if same:
            return style
        new = head_with(xml, old, changes) + xml[old.inside : old.end]
        for at, each in enumerate(forms):
            if xml[each.start : each.end] == new:
                return at
        (above,) = {id(each.above): each.above for each in forms}.values()
        if above is None:
            raise unusable(self._package.file, "form_broken")
        head = head_with(xml, above, {"count": str(len(forms) + 1)})
        edits = [(above.start, above.inside, head), (above.after, above.after, new)]
        self._package.put(self._part or "", replaced(xml, edits))
        return len(forms)

    def _format(self, code: str) -> int:
        """Find a number format, or add it."""
        if code in _KNOWN:
            return _KNOWN[code]
        part = self._part or ""
        xml, spans = self._package.part(part), self._package.elements(part, _WANTED)
        own = {
            each.attributes.get("formatCode"): int(each.attributes["numFmtId"])
            for each in spans
            if each.name == "numFmt"
        }
        if code in own:
            return own[code]
        number = max([_FIRST_OWN - 1, *own.values()]) + 1
        root = next(each for each in spans if each.name == "styleSheet")
        name = prefix(xml, root).decode()
        said = (
            f'<{name}numFmt numFmtId="{number}" formatCode="{code.replace("&", "&amp;").replace(chr(34), "&quot;")}"/>'
        )
        listed = next((each for each in spans if each.name == "numFmts"), None)
        if listed and not listed.closed:
            head = head_with(xml, listed, {"count": str(len(own) + 1)})
            edits = [(listed.start, listed.inside, head), (listed.after, listed.after, said.encode())]
        else:
            whole = f'<{name}numFmts count="1">{said}</{name}numFmts>'.encode()
            edits = [(listed.start, listed.end, whole) if listed else (root.inside, root.inside, whole)]
        self._package.put(part, replaced(xml, edits))
        return number


def _forms(spans: list[Span]) -> list[Span]:
    """Pick the formats of cells, not those of named styles."""
    return [each for each in spans if each.name == "xf" and each.above and each.above.name == "cellXfs"]
