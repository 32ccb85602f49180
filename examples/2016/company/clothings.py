"""The files: the same facts as one workbook, and as CSV exports of several systems."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from company.kinds import COMPLAINT
from company.reports import Report
from company.surveys import Survey
from company.tickets import Ticket
from company.workdays import EXPORTED

Cell = str | datetime | date | Decimal | None

TICKET_HEADINGS: Final = (
    *("工单编号", "项目名称", "工单类型", "优先级", "状态"),
    *("创建时间", "响应时间", "解决时间", "关闭时间", "响应时限", "解决时限"),
    *("处理人", "标题"),
)
COMPLAINT_HEADINGS: Final = (*("投诉编号", "项目名称", "投诉时间", "处理时限", "处理完成时间"),)
SURVEY_HEADINGS: Final = ("问卷编号", "项目名称", "提交时间", "满意度")
REPORT_HEADINGS: Final = (*("报告编号", "项目名称", "报告类型", "报告周期", "应交付日期", "实际交付日期"),)
WIDTHS: Final = {"标题": 36, "项目名称": 24}
WIDTH: Final = 17


@dataclass(frozen=True)
class Table:
    """A named table of cells."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tabulate_tickets(tickets: Sequence[Ticket]) -> Table:
    """Lay out the ticket table."""
    rows = (
        (
            *(ticket.number, ticket.spelling, ticket.kind.word),
            *(ticket.priority, ticket.state, ticket.created_text or ticket.created),
            *(ticket.responded, ticket.resolved, ticket.closed),
            *(ticket.response_due, ticket.resolve_due),
            *(ticket.handler, ticket.title),
        )
        for ticket in tickets
    )
    return Table("工单", TICKET_HEADINGS, tuple(rows))


def tabulate_complaints(tickets: Sequence[Ticket]) -> Table:
    """Lay out the complaint register."""
    rows = (
        (
            *(ticket.number, ticket.spelling, ticket.created),
            *(ticket.resolve_due, ticket.stopped),
        )
        for ticket in tickets
        if ticket.kind is COMPLAINT
    )
    return Table("投诉登记表", COMPLAINT_HEADINGS, tuple(rows))


def tabulate_surveys(surveys: Sequence[Survey]) -> Table:
    """Lay out the survey table."""
    rows = ((survey.number, survey.spelling, survey.submitted, survey.score) for survey in surveys)
    return Table("满意度调查", SURVEY_HEADINGS, tuple(rows))


def tabulate_reports(reports: Sequence[Report]) -> Table:
    """Lay out the report table."""
    rows = (
        (
            *(report.number, report.spelling, report.sort, report.covers),
            *(report.due, report.delivered),
        )
        for report in reports
    )
    return Table("服务报告", REPORT_HEADINGS, tuple(rows))


def write_csv(folder: Path, table: Table, *, encoding: str) -> None:
    """Write a table as a CSV file of the given encoding."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{table.name}.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.headings)
        writer.writerows([to_text(cell) for cell in row] for row in table.rows)


def to_text(cell: Cell) -> str:
    """Write a cell as an export writes it."""
    match cell:
        case None:
            return ""
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case _:
            return str(cell)


def write_workbook(path: Path, tables: Sequence[Table]) -> None:
    """Write tables as the sheets of one workbook."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with Workbook(path) as book:
        # Without it XlsxWriter notes the wall clock, and no two runs are alike.
        book.set_properties({"created": EXPORTED})
        bold = book.add_format({"bold": True, "bg_color": "#DDEBF7"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for table in tables:
            sheet = book.add_worksheet(table.name)
            sheet.write_row(0, 0, table.headings, bold)
            lay_out(sheet, table)
            for y, row in enumerate(table.rows, start=1):
                for x, cell in enumerate(row):
                    write_cell(sheet, (y, x), cell, moment=moment, day=day)


def lay_out(sheet: Worksheet, table: Table) -> None:
    """Set column widths, the frozen heading and the filter of a sheet."""
    for column, heading in enumerate(table.headings):
        sheet.set_column(column, column, WIDTHS.get(heading, WIDTH))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), len(table.headings) - 1)


def write_cell(sheet: Worksheet, place: tuple[int, int], cell: Cell, *, moment: Format, day: Format) -> None:
    """Write a cell with the type a person would have given it."""
    match cell:
        case None:
            pass
        case str():
            sheet.write_string(*place, cell)
        case datetime():
            sheet.write_datetime(*place, cell, moment)
        case date():
            sheet.write_datetime(*place, cell, day)
        case Decimal():
            sheet.write_number(*place, float(cell))
