"""A result held against another: what it was in an earlier period, or what was said of its own before."""

from dataclasses import dataclass
from fractions import Fraction

from opskpi.wording import Message


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that is not as it was: what, its own name where there are several, and from what to what."""

    what: str
    name: str = ""
    before: str | Message | None = None
    after: str | Message | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """What a result is held against.

    `to` is `before` (the period before, of the same length), `year_ago` (the same period a year before) or `same` (an
    earlier card's figure of the same period). `restated` says of the last that the figure was another one although the
    period had ended; `unlike` what makes the two incomparable. `file` is the card it was found in, None the run's own
    series.
    """

    to: str
    period: str
    verdict: str
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    unlike: tuple[Cause, ...] = ()
    file: str | None = None
    restated: bool = False

    def change(self, value: Fraction | None) -> Fraction | None:
        """Find by how much a value differs; None where the two cannot be compared, or one is none."""
        return None if value is None or self.value is None or self.unlike else value - self.value
