"""Limits of the plan: `15m`, `4h30m`, `2wd`, as the language of indicators reads them."""

from opskpi.indicators.durations import read_limit
from opskpi.model.service import Limit
from opskpi.targets.fields import parse_text


def parse_limit(value: object) -> Limit:
    """Read a limit; raises Mistake, for a bare day with both its readings."""
    return read_limit(parse_text(value))
