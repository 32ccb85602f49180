"""Indicators over other indicators (指标达成率): `over: all`, or a list of ids, stands for table, rows and period."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from opskpi.documents import Mistake, with_nearest
from opskpi.wording import message

ALL = "all"
#: What may be asked of the others: whether each met its target, or was counted from rows and not reported.
PASSED, COMPUTED = "share(passed)", "share(computed)"
#: What chooses and counts rows, of which these indicators have none.
_OF_ROWS = (
    *("terms", "table", "where", "exclude", "at", "open", "period_by", "accumulate", "by", "reduce"),
    *("breakdown", "judged_by", "scale", "rescale", "unit"),
)


def over_others(values: object) -> object:
    """Fill in what an indicator over others need not say; raises Mistake for what it cannot."""
    if not isinstance(values, Mapping) or values.get("over") is None:
        return values
    for key in _OF_ROWS:
        if key in values:
            raise Mistake(message("not_of_over", key=key), path=(key, ""))
    return {"value": PASSED, **values}


def check_asked(text: str) -> str:
    """Refuse what cannot be asked of other indicators; raises Mistake."""
    asked = "".join(text.split())
    if asked not in (PASSED, COMPUTED):
        raise Mistake(with_nearest("not_asked_of_others", text, (PASSED, COMPUTED)))
    return asked


def _listed(value: object) -> object:
    """Take one id for a list of it; raises Mistake for a list of nothing."""
    if isinstance(value, list | tuple) and not value:
        raise Mistake(message("over_nothing"))
    return [value] if isinstance(value, str) and value != ALL else value


Over = Annotated[Literal["all"] | tuple[str, ...], BeforeValidator(_listed)]


def members(over: str | Sequence[str], indicators: Mapping[str, Any]) -> tuple[str, ...]:
    """List the indicators that one stands over, in the plan's order; none of them stands over others itself."""
    alone = (name for name, each in indicators.items() if each.over is None)
    return tuple(name for name in alone if over == ALL or name in over)


def check_over(indicators: Mapping[str, Any]) -> Iterator[Mistake]:
    """Find those that stand over unknown indicators, or over one that stands over others, itself among them."""
    known = tuple(name for name, each in indicators.items() if each.over is None)
    for name, indicator in indicators.items():
        for at, member in enumerate(indicator.over if isinstance(indicator.over, tuple) else ()):
            if member not in indicators:
                yield Mistake(with_nearest("unknown_indicator", member, known), path=(name, "over", at))
            elif member not in known:
                yield Mistake(message("over_in_turn", indicator=member), path=(name, "over", at))
        if indicator.over == ALL and not known:
            yield Mistake(message("over_nothing"), path=(name, "over"))
