"""Indicators that are only reported (填报): `table: figures` and a unit stand for rows, period and value."""

import unicodedata
from collections.abc import Mapping
from fractions import Fraction

from opskpi.documents import Mistake
from opskpi.indicators.nodes import Literal, Node
from opskpi.indicators.typing import Aggregate
from opskpi.wording import message

#: The table of reported figures.
FIGURES = "figures"
#: What chooses and counts rows, of which these indicators have none.
_OF_ROWS = ("where", "exclude", "period_by", "value", "judged_by", "min_rows", "breakdown", "rescale")
#: Units as people write them; any other is a plain number's.
_UNITS = {
    "%": "ratio",
    "ratio": "ratio",
    "percent": "ratio",
    "count": "count",
    "次": "count",
    "件": "count",
    "个": "count",
    "条": "count",
    "起": "count",
    "score": "score",
    "分": "score",
    "minutes": "minutes",
    "分钟": "minutes",
}
#: How figures of a unit are made of their parts: shares and means by numerators and denominators, counts by adding.
_MADE: Mapping[str, tuple[str, tuple[Node, ...]]] = {
    "ratio": ("share", (Literal(value=True),)),
    "count": ("count", ()),
}


def only_reported(values: object) -> object:
    """Fill in what an indicator of reported figures need not say; raises Mistake for what it cannot."""
    if not isinstance(values, Mapping) or values.get("table") != FIGURES:
        if isinstance(values, Mapping) and "unit" in values:
            raise Mistake(message("unit_of_figures"), path=("unit", ""))
        return values
    for key in _OF_ROWS:
        if key in values:
            raise Mistake(message("not_of_figures", key=key), path=(key, ""))
    percent = "%" in unicodedata.normalize("NFKC", str(values.get("target")))
    return {"unit": "%" if percent else "number", **values, "period_by": "period", "value": "reported"}


def reported_value(unit: str | None) -> Aggregate:
    """Make the aggregate of an indicator without rows, by its unit."""
    known = _UNITS.get(unicodedata.normalize("NFKC", unit or ""), "number")
    function, arguments = _MADE.get(known, ("mean", (Literal(Fraction(0)),)))
    return Aggregate(function, arguments, known)
