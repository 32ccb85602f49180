"""A new list of improvements: headings and looks, and no line yet."""

import io
from datetime import datetime

import xlsxwriter

from opskpi.forms.listing import COLUMNS
from opskpi.forms.workbook import Workbook
from opskpi.model.places import column_letters
from opskpi.model.safety import WORKBOOK_OPTIONS
from opskpi.renderers.lines import word

#: Drop-downs and colours reach so far down.
_LAST_ROW = 10_000
_A4 = 9
_BODY = {"font_size": 10, "valign": "top", "text_wrap": True, "border": 1, "border_color": "#CBD2D9"}
_HEAD = {
    "font_size": 10,
    "bold": True,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
    "border": 1,
    "border_color": "#FFFFFF",
}
#: What opskpi writes, and what people write.
_OURS = {"bg_color": "#D9E2EC", "font_color": "#1F2933"}
_THEIRS = {"bg_color": "#1F4E79", "font_color": "#FFFFFF"}
_PEOPLE = ("cause", "measure", "person", "deadline", "check", "status")
_FORMATS = {"period": "@", "latest_period": "@", "deadline": "yyyy-mm-dd"}
#: Columns of periods, which stay texts.
_TEXTS = ("period", "latest_period")
_ALIGNED = {"value": "right", "latest": "right"} | dict.fromkeys(
    (*_TEXTS, "target", "status", "latest_verdict"), "center"
)


def blank(language: str) -> bytes:
    """Make an empty list, marked as ours."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, WORKBOOK_OPTIONS)
    book.set_properties({"title": word("section_improvements", language), "created": datetime(2016, 1, 1)})  # noqa: DTZ001 - a fixed one
    sheet = book.add_worksheet(word("section_improvements", language))
    sheet.set_row(0, 32)
    columns = list(COLUMNS)
    for at, (name, (key, width)) in enumerate(COLUMNS.items()):
        look = _BODY | ({"num_format": _FORMATS[name]} if name in _FORMATS else {})
        look |= {"align": _ALIGNED[name]} if name in _ALIGNED else {}
        sheet.set_column(at, at, width, book.add_format(look), {"hidden": name == "mark"})
        head = book.add_format(_HEAD | (_THEIRS if name in _PEOPLE else _OURS))
        sheet.write_string(0, at, word(key, language), head)
    status, newest = columns.index("status"), columns.index("latest_verdict")
    words = [word("notes_open", language), word("notes_closed", language)]
    sheet.data_validation(1, status, _LAST_ROW, status, {"validate": "list", "source": words, "error_type": "warning"})
    closed = f'=${column_letters(status)}2="{words[1]}"'
    grey = book.add_format({"font_color": "#7B8794"})
    last = len(columns) - 2
    sheet.conditional_format(1, 0, _LAST_ROW, last, {"type": "formula", "criteria": closed, "format": grey})
    for key, colour in (("verdict_pass", "#E3F4E4"), ("verdict_fail", "#FBD9D3")):
        said = {"type": "text", "criteria": "begins with", "value": word(key, language)}
        tint = book.add_format({"bg_color": colour})
        sheet.conditional_format(1, newest, _LAST_ROW, newest, said | {"format": tint})
    texts = " ".join(
        f"{column_letters(columns.index(name))}2:{column_letters(columns.index(name))}{_LAST_ROW}" for name in _TEXTS
    )
    sheet.ignore_errors({"number_stored_as_text": texts})
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, 0, last)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&R&P / &N")
    book.close()
    marked = Workbook(out.getvalue(), "")
    marked.mark()
    return marked.to_bytes()
