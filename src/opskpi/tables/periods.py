"""Periods in cells: 2016年7月, 2016-Q3, 2016上半年, and the first of July that Excel makes of 2016-07."""

import re

from opskpi.errors import SettingsError
from opskpi.model.periods import Period, parse_period
from opskpi.tables.words import BLANKS

#: What a spreadsheet that takes 2016-07 for a date leaves behind.
_FIRST_OF_MONTH = re.compile(r"([0-9]{4})[-/](0?[1-9]|1[0-2])[-/]0?1(?:[ T]0?0:00(?::00)?)?")


def read_period(text: str) -> Period | None:
    """Read a period; None where it is none."""
    month = _FIRST_OF_MONTH.fullmatch(text.strip(BLANKS))
    try:
        return parse_period(f"{month[1]}-{month[2]}" if month else text)
    except SettingsError:
        return None
