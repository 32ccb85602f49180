"""The workbook of registers: one sheet per form of the standard source, ready to be typed into."""

import io
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from opskpi.model.safety import WORKBOOK_OPTIONS
from opskpi.sources import shipped
from opskpi.sources.forms import Form
from opskpi.starters.cells import LAST_ROW, example, number_format, validation
from opskpi.starters.texts import Column, Register, Texts

_A4 = 9
_HEADING = {"bold": True, "valign": "vcenter", "align": "center", "text_wrap": True, "border": 1}
#: A heading whose cells must be filled, and one whose cells may stay blank.
_REQUIRED = {"bg_color": "#1F4E79", "font_color": "#FFFFFF", "border_color": "#FFFFFF"}
_OPTIONAL = {"bg_color": "#D9E2EC", "font_color": "#1F2933", "border_color": "#FFFFFF"}
_EXAMPLE = {"italic": True, "font_color": "#7B8794"}
_LINE = {"border": 1, "border_color": "#CBD2D9"}
_HEIGHT, _HEADING_HEIGHT = 20, 34
_NOTE_WIDTH, _NOTE_LINE, _LETTERS = 260, 17, 36


def draw(texts: Texts, year: int, language: str) -> bytes:
    """Draw all registers; the same words and year give the same bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, WORKBOOK_OPTIONS)
    title = texts.said["title"].format(year=year)
    book.set_properties({"title": title, "created": datetime(year, 1, 1)})  # noqa: DTZ001 - a fixed one
    forms = {form.name: form for form in shipped("standard").forms}
    pen = _Pen(book, texts, year, language)
    for register in texts.registers:
        pen.register(register, forms[register.form])
    book.close()
    return out.getvalue()


class _Pen:
    """Draws sheets in one look, in one language, for one year."""

    def __init__(self, book: xlsxwriter.Workbook, texts: Texts, year: int, language: str) -> None:
        self._book = book
        self._texts = texts
        self._year = year
        self._chinese = language == "zh"
        self._font = {"font_name": texts.font, "font_size": 10, "valign": "vcenter"}
        self._required = book.add_format(self._font | _HEADING | _REQUIRED)
        self._optional = book.add_format(self._font | _HEADING | _OPTIONAL)
        self._line = book.add_format(_LINE)

    def register(self, register: Register, form: Form) -> None:
        """Draw one sheet: headings with their notes, examples, and what its cells take."""
        sheet = self._book.add_worksheet(register.sheet)
        sheet.set_default_row(_HEIGHT)
        sheet.set_row(0, _HEADING_HEIGHT)
        for at, column in enumerate(register.columns):
            self._heading(sheet, at, column, form)
            self._cells(sheet, at, column, form)
        _note(sheet, 1, 0, self._texts.said["example"])
        self._frame(sheet, len(register.columns))
        _print(sheet, register.title.format(year=self._year), self._texts.font)

    def _heading(self, sheet: Worksheet, at: int, column: Column, form: Form) -> None:
        heading = form.columns[column.name][0] if self._chinese else column.name
        required = column.name in form.model_table.required
        sheet.write_string(0, at, heading, self._required if required else self._optional)
        said = self._texts.said["required" if required else "optional"]
        _note(sheet, 0, at, f"{said}\n{column.note.format(year=self._year)}")

    def _cells(self, sheet: Worksheet, at: int, column: Column, form: Form) -> None:
        kind = form.model_table.kinds[column.name]
        place = {"indent": 1} if kind.name in ("text", "id") else {"align": "center"}
        shown = self._font | place | {"num_format": number_format(column, kind)}
        sheet.set_column(at, at, column.width, self._book.add_format(shown))
        grey = self._book.add_format(shown | _EXAMPLE)
        for row, text in enumerate(column.examples, start=1):
            if text:
                _write(sheet, row, at, example(text, kind, self._year), grey)
        if allowed := validation(column, form, self._texts, self._year, chinese=self._chinese):
            sheet.data_validation(1, at, LAST_ROW - 1, at, dict(allowed))

    def _frame(self, sheet: Worksheet, width: int) -> None:
        """Keep headings in view, filter by them, and rule the rows that hold anything."""
        last = xlsxwriter.utility.xl_col_to_name(width - 1)
        filled = {"type": "formula", "criteria": f"=COUNTA($A2:${last}2)>0", "format": self._line}
        sheet.conditional_format(1, 0, LAST_ROW - 1, width - 1, filled)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, LAST_ROW - 1, width - 1)


def _write(sheet: Worksheet, row: int, at: int, value: datetime | float | str, look: Format) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(row, at, value, look)
    elif isinstance(value, str):
        sheet.write_string(row, at, value, look)
    else:
        sheet.write_number(row, at, value, look)


def _note(sheet: Worksheet, row: int, at: int, text: str) -> None:
    """Hang a note on a cell, as large as its text."""
    lines = sum(1 + _width(line) // _LETTERS for line in text.splitlines())
    size = {"width": _NOTE_WIDTH, "height": _NOTE_LINE * lines + 10, "font_size": 9}
    sheet.write_comment(row, at, text, {**size, "author": "opskpi", "color": "#FFFBEA"})


def _print(sheet: Worksheet, title: str, font: str) -> None:
    """Make it print as one page's width of A4, headings on every page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f'&C&"{font},Bold"&14{title}')
    sheet.set_footer("&C&P / &N")


def _width(text: str) -> int:
    return sum(1 if letter < "\u2e80" else 2 for letter in text)
