"""Writing into the list of improvements: only into columns that are ours, and below what stands there."""

from collections.abc import Mapping, Sequence

from opskpi.forms.cells import Content
from opskpi.forms.listing import COLUMNS, LATEST, Line, Listing, fingerprint
from opskpi.forms.spans import Span, head_with, replaced
from opskpi.forms.workbook import Workbook
from opskpi.model.cards import Result
from opskpi.model.periods import Period
from opskpi.model.safety import is_risky
from opskpi.renderers.book.looks import number_format
from opskpi.renderers.book.texts import height_of
from opskpi.renderers.lines import misses, target_text, verdict_word, word

#: So many missed rows are written down; the workbook and the page have all of them.
DETAILS = 3


class Pen:
    """Writes into the columns of a list that are ours."""

    def __init__(self, book: Workbook, listing: Listing, period: Period, language: str) -> None:
        """Take the list and the period that is judged."""
        self._book = book
        self._listing = listing
        self._period = period
        self._language = language
        self._last = max([listing.heading_row, *(line.row for line in listing.lines)])
        self._wrote = False

    def update(self, line: Line, result: Result) -> bool:
        """Write the newest figure into a line, unless it is there already."""
        newest = dict(zip(LATEST, self._newest(result), strict=True))
        old = [line.cells[name].content if name in line.cells else None for name in LATEST]
        if fingerprint(*old) == fingerprint(*newest.values()):
            return False
        # a column that somebody took away is compared as blank, as it will be read
        seen = [newest[name] if name in self._listing.columns else None for name in LATEST]
        mark = f"{result.indicator} {fingerprint(*seen)}"
        for name, content in (*newest.items(), ("mark", mark)):
            self._put(line.row, name, content, result)
        return any(name in self._listing.columns for name in LATEST)

    def append(self, results: Sequence[Result]) -> None:
        """Write a line for each miss below all that stands on the sheet."""
        first = max(self._listing.sheet.last_row, self._last) + 1
        for row, result in enumerate(results, start=first):
            line = self._line(result)
            for name, content in line.items():
                self._put(row, name, content, result)
            texts = ((str(line[name] or ""), COLUMNS[name][1]) for name in ("project", "indicator", "missed"))
            self._listing.sheet.set_height(row, height_of(*texts))
        if results:
            self._stretch(first + len(results) - 1)

    def close(self) -> bool:
        """Hand the sheet to its book; tell whether anything was written."""
        if self._wrote:
            self._listing.sheet.close()
            self._book.mark()
        return self._wrote

    def _line(self, result: Result) -> Mapping[str, Content]:
        return {
            "project": result.project,
            "indicator": result.name,
            "period": self._period.label,
            "target": target_text(result),
            "value": None if result.value is None else float(result.value),
            "missed": "\n".join(misses(result, self._language, DETAILS)),
            **dict.fromkeys(("cause", "measure", "person", "deadline", "check")),
            "status": word("notes_open", self._language),
            **dict.fromkeys(LATEST),
            "mark": f"{result.indicator} {fingerprint(None, None, None)}",
        }

    def _newest(self, result: Result) -> tuple[Content, Content, Content]:
        value = None if result.value is None else float(result.value)
        return value, self._period.label, verdict_word(result, self._language)

    def _put(self, row: int, name: str, content: Content, result: Result) -> None:
        column = self._listing.columns.get(name)
        if column is None:
            return
        sheet, styles = self._listing.sheet, self._book.styles
        style = sheet.style((row, column)) or sheet.style(
            (self._last, column) if self._listing.lines else (row, column)
        )
        if name in ("value", "latest") and content is not None:
            style = styles.like(style, number=number_format(result))
        elif isinstance(content, str) and is_risky(content):
            style = styles.like(style, guarded=True)
        sheet.put((row, column), content, style)
        self._wrote = True

    def _stretch(self, last: int) -> None:
        """Let a filter or table over the list reach its new lines, as it does where one types them."""
        sheet = self._listing.sheet
        if sheet.filter and (ref := self._stretched(sheet.filter, last)):
            self._book.stretch_filter(sheet.filter.attributes["ref"], ref, sheet.name)
            sheet.set_attribute(sheet.filter, "ref", ref)
        for part in self._book.table_parts(sheet):
            spans = self._book.package.elements(part, ("table", "autoFilter"))
            table = spans[0]
            ref = self._stretched(table, last)
            if ref and table.attributes.get("totalsRowCount", "0") == "0":
                xml = self._book.package.part(part)
                edits = [(each.start, each.inside, head_with(xml, each, {"ref": ref})) for each in spans]
                self._book.package.put(part, replaced(xml, edits))

    def _stretched(self, span: Span, last: int) -> str | None:
        """Stretch a range that begins with the headings and ends with the last line."""
        first, _, end = span.attributes.get("ref", "").partition(":")
        row = int("".join(letter for letter in end or first if letter.isdigit()) or 0)
        starts = first.endswith(str(self._listing.heading_row)) and row in (self._last, self._listing.sheet.last_row)
        letters = "".join(letter for letter in end or first if letter.isalpha())
        return f"{first}:{letters}{last}" if starts else None
