"""Write a workbook of tickets as a ticket tool exports it: `python benchmarks/sheets.py ROWS` prints its path.

Seeded, so the same everywhere; kept in `.cache/`.
"""

import random
import sys
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

CACHE = Path(__file__).parent / ".cache"
HEADINGS = (
    "工单编号",
    "项目名称",
    "工单类型",
    "优先级",
    "状态",
    "创建时间",
    "响应时间",
    "解决时间",
    "解决时限",
    "处理人",
    "标题",
)
TYPES = ("事件", "事件", "服务请求", "投诉")
YEAR = datetime(2016, 1, 1)  # noqa: DTZ001 - wall clock
MINUTES_OF_YEAR = 366 * 24 * 60


def workbook(rows: int) -> Path:
    """Make the workbook where it is not there yet."""
    path = CACHE / f"tickets-{rows}.xlsx"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        _write(path, rows)
    return path


def _write(path: Path, rows: int) -> None:
    draw = random.Random(rows)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    book.set_properties({"created": YEAR})
    sheet = book.add_worksheet("工单")
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.write_row(0, 0, HEADINGS)
    for row in range(1, rows + 1):
        created = YEAR + timedelta(minutes=draw.randrange(MINUTES_OF_YEAR))
        texts = (f"INC{row:07}", f"项目{row % 120}", draw.choice(TYPES), f"P{row % 4 + 1}", "已解决")
        sheet.write_row(row, 0, texts)
        for column, minutes in enumerate((0, 12, draw.randrange(10, 600), 480), start=len(texts)):
            sheet.write_datetime(row, column, created + timedelta(minutes=minutes), moment)
        sheet.write_row(row, len(texts) + 4, (f"员工{row % 50}", f"第 {row} 号：无法登录系统"))
    book.close()


if __name__ == "__main__":
    print(workbook(int(sys.argv[1])))
