"""How cells look: formats made once each, column widths, and figures shown as the scorecard shows them."""

import re
from collections.abc import Mapping, Sequence

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from opskpi.model.cards import CompanyLine, Result
from opskpi.renderers.lines import value_text

#: Colours only repeat what a word says.
TINTS = {"pass": "#E3F4E4", "fail": "#FBD9D3"}
_STYLES: Mapping[str, Mapping[str, object]] = {
    "plain": {"valign": "vcenter", "indent": 1},
    "long": {"valign": "vcenter", "text_wrap": True, "indent": 1},
    "number": {"valign": "vcenter"},
    "part": {"valign": "vcenter", "align": "center", "text_wrap": True},
    "title": {"bold": True, "font_size": 14, "valign": "vcenter"},
    "said": {"font_color": "#555555", "text_wrap": True, "valign": "vcenter"},
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
    "signed": {"valign": "vcenter", "bottom": 1},
}
#: A figure as it is shown: its decimals and its unit.
_SHOWN = re.compile(r"-?\d+(?:\.(\d+))?(%| min)?")
#: Everywhere there, or a font of the same widths, so that columns are as wide on all machines.
FONT = {"font_name": "Arial", "font_size": 10}
_A4 = 9
#: Pixels of a character and of a column beside its characters; the paper's between its margins, less a tenth.
_PIXELS, _PADDING, _PAPER = 7, 5, 940
#: The paper's height between its margins, in points, with room for fonts that are higher.
_ROOM = 505


class Looks:
    """Makes each format once, since a workbook keeps every one it is given."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        """Take the workbook that keeps the formats."""
        self._book = book
        self._made: dict[tuple[str, str], Format] = {}
        self.tints = {name: book.add_format({"bg_color": colour}) for name, colour in TINTS.items()}

    def chart(self) -> Chart:
        """Make a line chart."""
        made = self._book.add_chart({"type": "line"})
        assert made is not None  # noqa: S101 - of the types there are, none is unknown
        return made

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


def printed(sheet: Worksheet, *, heads: tuple[int, int] | None, last: tuple[int, int]) -> None:
    """Set a sheet up for paper: A4 across, as wide as a page, heads on each, numbered pages."""
    _on_paper(sheet, last)
    sheet.fit_to_pages(1, 0)
    if heads:
        sheet.repeat_rows(*heads)


def printed_apart(sheet: Worksheet, breaks: Sequence[int], last: tuple[int, int], scale: float) -> None:
    """Set a sheet up for paper with page breaks of its own, which Excel ignores where it is to fit pages itself."""
    _on_paper(sheet, last)
    sheet.set_print_scale(int(scale))
    sheet.set_h_pagebreaks(list(breaks))


def scale_of(widths: Sequence[int]) -> float:
    """Find the scale, in percent, at which columns fit across the paper."""
    wide = sum(_PIXELS * width + _PADDING for width in widths)
    return max(10, min(100, 100 * _PAPER / max(wide, 1)))


def room_at(scale: float) -> float:
    """Measure how much height a page has at a scale, in points."""
    return 100 * _ROOM / scale


def _on_paper(sheet: Worksheet, last: tuple[int, int]) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    sheet.set_footer("&L&A&R&P / &N")
    sheet.print_area(0, 0, max(last[0], 0), max(last[1], 0))
