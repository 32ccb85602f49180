"""Amounts as scoring writes them: points, steps, bounds and awards, `5`, `0.5`, `1%`, `30m`."""

import re
import unicodedata
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from opskpi.documents import Mistake
from opskpi.indicators.durations import minutes_of
from opskpi.model.scoring import Award, AwardKind
from opskpi.wording import message

_AMOUNT = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)\s*(%?)")
_FULL = ("full", "满分")


def parse_amount(value: object) -> Fraction:
    """Read a number, a percentage, or hours and minutes as minutes; raises Mistake."""
    found = _AMOUNT.fullmatch(_plain(value))
    if not found:
        minutes = minutes_of(_plain(value))
        if minutes is None:
            raise Mistake(message("no_amount", text=str(value)))
        return minutes
    return Fraction(found[1]) / (100 if found[2] else 1)


def parse_points(value: object) -> Fraction:
    """Read points: a number that is not negative, and no percentage; raises Mistake."""
    if "%" in _plain(value):
        raise Mistake(message("points_percent", text=str(value)))
    points = parse_amount(value)
    if points < 0:
        raise Mistake(message("points_negative", text=str(value)))
    return points


def parse_award(value: object) -> Award:
    """Read what a rung gives: `full`, `-3` (so many less), `15` (so many), `90%` of the weight; raises Mistake."""
    text = _plain(value)
    if text in _FULL:
        return Award(AwardKind.FULL, Fraction(1), text)
    amount = parse_amount(value)
    if text.endswith("%"):
        if not 0 <= amount <= 1:
            raise Mistake(message("award_share", text=str(value)))
        return Award(AwardKind.SHARE, amount, text)
    return Award(AwardKind.LESS, -amount, text) if amount < 0 else Award(AwardKind.POINTS, amount, text)


def _plain(value: object) -> str:
    if isinstance(value, dict | list):
        raise Mistake(message("wants_text"))
    return unicodedata.normalize("NFKC", str(value)).strip()


_SCHEMA = WithJsonSchema({"type": ["number", "string"]})
Amount = Annotated[Fraction, BeforeValidator(parse_amount), _SCHEMA]
Points = Annotated[Fraction, BeforeValidator(parse_points), _SCHEMA]
