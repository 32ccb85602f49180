"""Put CSV files into one workbook, a sheet each, with real dates and numbers: `python workbook.py [FILE [FOLDER]]`."""

import csv
import sys
from datetime import datetime
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).parent
BOOK = HERE / "workbook" / "台账2016.xlsx"
_FORMS = (("%Y-%m-%d %H:%M", "yyyy-mm-dd hh:mm"), ("%Y-%m-%d", "yyyy-mm-dd"))


def write(path: Path, folder: Path = HERE / "csv") -> None:
    """Write the CSV files of a folder into a workbook."""
    book = xlsxwriter.Workbook(path, {"in_memory": True})
    book.set_properties({"created": datetime(2017, 1, 1)})
    looks = {shown: book.add_format({"num_format": shown}) for _, shown in _FORMS}
    for source in sorted(folder.glob("*.csv")):
        sheet = book.add_worksheet(source.stem)
        for row, cells in enumerate(csv.reader(source.open(encoding="utf-8", newline=""))):
            for column, text in enumerate(cells):
                _write_cell(sheet, row, column, text, looks)
    book.close()


def _write_cell(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, text: str, looks: dict[str, xlsxwriter.format.Format]
) -> None:
    """Write a cell as a person would type it: a date, a number, else text."""
    for pattern, shown in _FORMS:
        try:
            sheet.write_datetime(row, column, datetime.strptime(text, pattern), looks[shown])  # noqa: DTZ007 - wall clock
        except ValueError:
            continue
        return
    if text.replace(".", "", 1).isdigit():
        sheet.write_number(row, column, float(text))
    elif text:
        sheet.write_string(row, column, text)


if __name__ == "__main__":
    write(*(map(Path, sys.argv[1:]) if sys.argv[1:] else (BOOK,)))
