"""Writes CSV and its cousins."""

import csv
import io
from datetime import date, datetime, timedelta

from corpus.formats import Dress, Parcel
from corpus.grids import Cell, Fault, Formula, Grid, Marked


def write(parcel: Parcel, dress: Dress) -> bytes:
    """Write one grid as text."""
    (grid,) = parcel.grids
    return written(grid, dress)


def written(grid: Grid, dress: Dress) -> bytes:
    """Write a grid in an encoding."""
    out = io.StringIO(dress.first_line + dress.newline * bool(dress.first_line), newline="")
    out.seek(0, io.SEEK_END)
    writer = csv.writer(
        out,
        delimiter=dress.delimiter,
        lineterminator=dress.newline,
        quoting=csv.QUOTE_ALL if dress.quote_all else csv.QUOTE_MINIMAL,
    )
    writer.writerows([shown(cell) + dress.padding for cell in row] for row in grid.rows)
    text = _with_open_quote(out.getvalue(), dress) if dress.opens_on else out.getvalue()
    return dress.bom + text.encode(dress.encoding) + dress.tail


def _with_open_quote(text: str, dress: Dress) -> str:
    """Open a quote before the last cell of a line."""
    lines = text.split(dress.newline)
    before, mark, last = lines[dress.opens_on - 1].rpartition(dress.delimiter)
    lines[dress.opens_on - 1] = f'{before}{mark}"{last}'
    return dress.newline.join(lines)


def shown(cell: Cell) -> str:
    """Show a cell as an export writes it."""
    match cell:
        case Marked():
            return shown(cell.cell)
        case Formula():
            return shown(cell.cached)
        case Fault():
            return cell.text
        case datetime() | date() | timedelta():
            return _dated(cell)
        case bool():
            return "是" if cell else "否"
        case _:
            return "" if cell is None else str(cell)


def _dated(cell: datetime | date | timedelta) -> str:
    if isinstance(cell, timedelta):
        return clock(cell)
    return cell.isoformat(" ", "minutes") if isinstance(cell, datetime) else cell.isoformat()


def clock(duration: timedelta) -> str:
    """Write a duration as [h]:mm."""
    minutes = duration // timedelta(minutes=1)
    return f"{minutes // 60}:{minutes % 60:02}"
