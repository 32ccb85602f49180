"""Line charts of the company's figures through the parts of the period, over the numbers they are drawn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from opskpi.model.cards import CompanyLine, Scorecard
from opskpi.renderers import series
from opskpi.renderers.book.looks import number_format, printed_apart, room_at, scale_of
from opskpi.renderers.book.making import Book
from opskpi.renderers.book.texts import head
from opskpi.renderers.lines import target_text, word

#: Charts side by side, their size in pixels, and the rows that one takes.
_ABREAST, _WIDE, _HIGH, _ROWS = 2, 520, 240, 13
#: The height of a row, in points.
_POINTS = 15
_NAME, _TARGET, _PART = 34, 12, 9
_INK, _GOAL = "#3D5568", "#B00020"


@dataclass(frozen=True, slots=True)
class _Drawn:
    """An indicator's line: its figures by part, and the target's bounds that are drawn beside them."""

    lines: tuple[CompanyLine, ...]
    bounds: tuple[Fraction, ...]


def charted(card: Scorecard) -> Iterator[_Drawn]:
    """Give the company's figures through the period, where there are two to be joined."""
    for indicator in card.indicators:
        across = tuple(line for part in card.parts for line in part.company if line.indicator == indicator)
        if sum(line.value is not None for line in across) > 1:
            # a project's target says nothing of what adds up over projects
            target = across[0].target if any(line.denominator is not None for line in across) else None
            bounds = (target.low, target.high) if target else ()
            yield _Drawn(across, tuple(dict.fromkeys(bound for bound in bounds if bound is not None)))


def write_charts(sheet: Worksheet, book: Book) -> None:
    """Write the figures, a row for each line, and below them the charts."""
    language, drawn = book.language, list(charted(book.card))
    labels = series.labels(book.card)
    for column, said in enumerate((head("book_charted", language), head("head_target", language), *labels)):
        sheet.write_string(0, column, said, book.looks("head"))
        sheet.set_column(column, column, (_NAME, _TARGET, _PART)[min(column, 2)])
    row, rows = 1, []
    for each in drawn:
        rows.append(row)
        _write_figures(sheet, row, each, book)
        for bound in each.bounds:
            row += 1
            _write_bound(sheet, row, each, bound, book)
        row += 1
    places = range(row + 1, row + 1 + -(-len(drawn) // _ABREAST) * _ROWS, _ROWS)
    for at, (first, each) in enumerate(zip(rows, drawn, strict=True)):
        chart = _chart(book, each, first, len(labels))
        sheet.insert_chart(places[at // _ABREAST], 0, chart, {"x_offset": at % _ABREAST * (_WIDE + 10)})
    sheet.freeze_panes(1, 1)
    wide = max(len(labels) + 2, _charts_width())
    scale = scale_of([_NAME, _TARGET, *[_PART] * (wide - 2)])
    printed_apart(sheet, list(_breaks(places, room_at(scale))), (places[-1] + _ROWS - 1, wide - 1), scale)


def _breaks(places: range, room: float) -> Iterator[int]:
    """Find the rows before which a page ends, so that no chart is torn."""
    begun = 0
    for place in places:
        if (place + _ROWS - begun) * _POINTS > room and place > begun:
            yield place
            begun = place


def _charts_width() -> int:
    """Count the columns that charts side by side stand on, at least."""
    pixels = _ABREAST * (_WIDE + 10) - (_NAME + _TARGET) * 7 - 10
    return 2 + -(-pixels // (_PART * 7 + 5))


def _write_figures(sheet: Worksheet, row: int, each: _Drawn, book: Book) -> None:
    sheet.write_string(row, 0, each.lines[0].name, book.looks("body"))
    sheet.write_string(row, 1, target_text(each.lines[0]) if each.bounds else "-", book.looks("centred"))
    for column, line in enumerate(each.lines, start=2):
        if line.value is None:
            sheet.write_blank(row, column, None, book.looks("body"))
        else:
            sheet.write_number(row, column, float(line.value), book.looks("figure", number_format(line)))


def _write_bound(sheet: Worksheet, row: int, each: _Drawn, bound: Fraction, book: Book) -> None:
    """Write a target's bound in every part, for the line it is drawn as."""
    sheet.write_string(row, 0, word("head_target", book.language), book.looks("fixed"))
    sheet.write_blank(row, 1, None, book.looks("fixed"))
    shown = "0.##%" if each.lines[0].unit == "ratio" else "General"
    for column in range(2, 2 + len(each.lines)):
        sheet.write_number(row, column, float(bound), book.looks("fixed", shown))


def _chart(book: Book, each: _Drawn, row: int, parts: int) -> Chart:
    """Draw a line through the figures, and one for each bound of the target."""
    name = book.layout.sheets["section_charts"]
    chart = book.looks.chart()
    for at in range(1 + len(each.bounds)):
        line = {"color": _GOAL, "width": 1.25, "dash_type": "dash"} if at else {"color": _INK, "width": 2}
        marker = {"type": "none"} if at else {"type": "circle", "size": 5, "fill": {"color": _INK}}
        chart.add_series(
            {
                "name": [name, row + at, 0],
                "categories": [name, 0, 2, 0, parts + 1],
                "values": [name, row + at, 2, row + at, parts + 1],
                "line": line,
                "marker": marker,
            }
        )
    unit = each.lines[0].unit
    chart.set_title({"name": [name, row, 0], "name_font": {"size": 10}, "overlay": False})
    chart.set_y_axis({"num_format": "0%" if unit == "ratio" else "General", **_ends(each), "major_gridlines": {
        "visible": True, "line": {"color": "#D9E2EC"}}})  # fmt: skip
    chart.set_legend({"none": True})
    chart.set_size({"width": _WIDE, "height": _HIGH})
    chart.show_blanks_as("gap")
    return chart


def _ends(each: _Drawn) -> dict[str, float]:
    """Let a share's axis end where shares do, so that 100 % is not drawn at the middle."""
    return {"max": 1.0} if each.lines[0].unit == "ratio" and all(_within(each.lines)) else {}


def _within(lines: Sequence[CompanyLine]) -> Iterator[bool]:
    return (line.value is None or line.value <= 1 for line in lines)
