"""How cells look: formats made once each, column widths, and figures shown as the scorecard shows them."""

import re
from collections.abc import Mapping, Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from opskpi.model.cards import CompanyLine, Result
from opskpi.renderers.lines import value_text

#: Colours only repeat what a word says.
TINTS = {"pass": "#E3F4E4", "fail": "#FBD9D3"}
_PLAIN = {"valign": "vcenter"}
_STYLES: Mapping[str, Mapping[str, object]] = {
    "plain": _PLAIN,
    "title": {"bold": True, "font_size": 14, "valign": "vcenter"},
    "note": {"font_color": "#555555", "text_wrap": True, "valign": "top"},
    "line": {"font_color": "#555555", "valign": "vcenter"},
    "head": {
        "bold": True,
        "bg_color": "#D9E2EC",
        "border": 1,
        "text_wrap": True,
        "valign": "vcenter",
        "align": "center",
    },
    "body": {"border": 1, "valign": "vcenter"},
    "figure": {"border": 1, "valign": "vcenter", "align": "right"},
    "wrapped": {"border": 1, "valign": "vcenter", "text_wrap": True},
    "centred": {"border": 1, "valign": "vcenter", "align": "center", "text_wrap": True},
    "fixed": {"border": 1, "valign": "vcenter", "align": "right", "italic": True, "font_color": "#555555"},
    "missed": {"border": 1, "valign": "vcenter", "align": "right", "font_color": "#B00020"},
    "address": {"valign": "vcenter", "indent": 1},
    "signed": {"valign": "vcenter", "bottom": 1},
}
#: A figure as it is shown: its decimals and its unit.
_SHOWN = re.compile(r"-?\d+(?:\.(\d+))?(%| min)?")
_A4 = 9
#: Pixels of a character, of a column beside its characters, and of the paper, with room for wider fonts than Excel's.
_PIXELS, _PADDING, _PAPER = 7, 5, 780
_WIDEST = 76
_LINE = 14.5


class Looks:
    """Makes each format once, since a workbook keeps every one it is given."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        """Take the workbook that keeps the formats."""
        self._book = book
        self._made: dict[tuple[str, str], Format] = {}
        self.tints = {name: book.add_format({"bg_color": colour}) for name, colour in TINTS.items()}

    def __call__(self, style: str, number: str = "") -> Format:
        """Get a style, with a number format where numbers are shown."""
        if (style, number) not in self._made:
            told = {"num_format": number} if number else {}
            self._made[style, number] = self._book.add_format({**_STYLES[style], **told})
        return self._made[style, number]


def number_format(result: Result | CompanyLine) -> str:
    """Show a figure with as many decimals as the scorecard does, so that no rounding tells another verdict."""
    found = _SHOWN.fullmatch(value_text(result))
    if found is None:
        return "General"
    decimals = f"0.{'0' * len(found[1])}" if found[1] else "0"
    return decimals + {"%": "%", " min": '" min"', None: ""}[found[2]]


def width_of(text: str) -> int:
    """Measure a text: a Chinese character or quotation mark takes two columns."""
    return sum(1 if letter < "\u2010" else 2 for letter in text)


def fitted(texts: list[str], least: int = 10) -> int:
    """Find the width that a column's texts ask for."""
    return max([least, *(min(_WIDEST, width_of(text) + 2) for text in texts)])


def height_of(*cells: tuple[str, int]) -> float:
    """Find the height that wrapped texts ask for in columns of some width; no spreadsheet does so by itself."""
    lines = [
        sum(max(1, -(-width_of(line) // max(width - 3, 1))) for line in text.split("\n") or [""])
        for text, width in cells
    ]
    return _LINE * max([1, *lines]) + 1


def printed(sheet: Worksheet, *, heads: tuple[int, int] | None, last: tuple[int, int]) -> None:
    """Set a sheet up for paper: A4 across, as wide as a page, heads on each, numbered pages."""
    _on_paper(sheet, last)
    sheet.fit_to_pages(1, 0)
    if heads:
        sheet.repeat_rows(*heads)


def printed_apart(sheet: Worksheet, breaks: Sequence[int], last: tuple[int, int], widths: Sequence[int]) -> None:
    """Set a sheet up for paper with page breaks of its own, which Excel ignores where it is to fit pages itself."""
    _on_paper(sheet, last)
    wide = sum(_PIXELS * width + _PADDING for width in widths)
    sheet.set_print_scale(max(10, min(100, 100 * _PAPER // max(wide, 1))))
    sheet.set_h_pagebreaks(list(breaks))


def _on_paper(sheet: Worksheet, last: tuple[int, int]) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&R&P / &N")
    sheet.print_area(0, 0, max(last[0], 0), max(last[1], 0))
