"""What the language can do, as data: the functions of columns and the aggregates, with what they take and give."""

from collections.abc import Mapping
from dataclasses import dataclass

_CONDITION, _INSTANT, _NUMBER = frozenset({"condition"}), frozenset({"instant"}), frozenset({"number"})
#: What must be written out: a calendar's name, a length of time, a share of the rows.
_CALENDAR, _LENGTH, _LEVEL = frozenset({"calendar"}), frozenset({"length"}), frozenset({"level"})


@dataclass(frozen=True, slots=True)
class Signature:
    """The types that each argument may have, and what comes of them; the last `optional` ones may be left out.

    An aggregate without a `unit` has that of its first argument.
    """

    takes: tuple[frozenset[str], ...]
    gives: str
    unit: str = ""
    optional: int = 0


#: Functions of columns: each gives one value a row.
FUNCTIONS: Mapping[str, Signature] = {
    "in_time": Signature((_INSTANT, _INSTANT), "outcome"),
    "done": Signature((_INSTANT, _INSTANT), "outcome"),
    "flagged": Signature((_CONDITION,), "outcome"),
    "elapsed": Signature((_INSTANT, _INSTANT, _CALENDAR), "number", "minutes", optional=1),
    "due": Signature((_INSTANT, _LENGTH, _CALENDAR), "instant", optional=1),
    "exists": Signature((), "condition"),
}

#: What is measured of the period itself, and stands among terms.
OF_PERIOD = "agreed"

#: Aggregates, rows to a figure.
AGGREGATES: Mapping[str, Signature] = {
    "count": Signature((), "number", "count"),
    "share": Signature((frozenset({"outcome", "condition"}),), "number", "ratio"),
    "mean": Signature((_NUMBER,), "number"),
    "wmean": Signature((_NUMBER, _NUMBER), "number"),
    "sum": Signature((_NUMBER,), "number"),
    "median": Signature((_NUMBER,), "number"),
    "quantile": Signature((_NUMBER, _LEVEL), "number"),
    "min": Signature((_NUMBER,), "number"),
    "max": Signature((_NUMBER,), "number"),
    "downtime": Signature((_INSTANT, _INSTANT, _CALENDAR), "number", "minutes", optional=1),
    "distinct": Signature((frozenset({"number", "text", "word"}),), "number", "count"),
}
