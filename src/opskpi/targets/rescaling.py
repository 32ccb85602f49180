"""Scores brought from one scale to another (`rescale:`), by a way that is named and printed (design rule 11)."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from opskpi.documents import Mistake, parse_scale
from opskpi.indicators.definitions import Definition
from opskpi.indicators.nodes import names_in
from opskpi.wording import Message, message

#: Least and greatest score.
Ends = tuple[Fraction, Fraction]


def _scale(text: str) -> str:
    parse_scale(text)
    return text


_Scale = Annotated[str, AfterValidator(_scale)]


class RescaleSettings(BaseModel):
    """From which scale to which, and how: end to end (`linear`), or by the greatest score alone (`max`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: _Scale = Field(alias="from")
    to: _Scale
    by: Literal["linear", "max"]

    @model_validator(mode="after")
    def _has_a_most(self) -> "RescaleSettings":
        if self.by == "max" and min(self.before[1], self.after[1]) <= 0:
            raise Mistake(message("rescale_by_nothing"), path=("by",))
        return self

    @property
    def before(self) -> Ends:
        """The ends of the scale that scores are brought from."""
        return parse_scale(self.start)

    @property
    def after(self) -> Ends:
        """The ends of the scale that scores are brought to."""
        return parse_scale(self.to)

    @property
    def factor(self) -> Fraction:
        """What a score is multiplied by."""
        (low, high), (least, most) = self.before, self.after
        return most / high if self.by == "max" else (most - least) / (high - low)

    @property
    def offset(self) -> Fraction:
        """What is added to the product."""
        return Fraction(0) if self.by == "max" else self.after[0] - self.before[0] * self.factor

    @property
    def said(self) -> Message:
        """Say how a score is brought over, with its numbers."""
        (low, high), (least, most) = self.before, self.after
        width, room = str(high - low), str(most - least)
        numbers = {"low": str(low), "high": str(high), "least": str(least), "most": str(most)}
        return message(f"rescale_{self.by}", start=self.start, to=self.to, width=width, room=room, **numbers)


def check_rescale(settings: RescaleSettings | None, scale: str | None, definitions: Iterable[Definition]) -> None:
    """Refuse a rescaling to another scale than the stated one, or of what is no score; raises Mistake."""
    if settings is None:
        return
    if scale is not None and parse_scale(scale) != settings.after:
        raise Mistake(message("rescale_not_to_scale", scale=scale, to=settings.to), path=("rescale", "to"))
    (only, *others) = definitions
    named = frozenset[str]().union(*map(names_in, only.value.arguments))
    if others or not any(kind.name == "score" for name, kind in only.table.kinds.items() if name in named):
        raise Mistake(message("rescale_of_no_score"), path=("rescale", ""))
