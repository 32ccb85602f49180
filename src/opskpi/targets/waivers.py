"""Waivers in the plan: `waivers:`, each with a reason, an approver and an end (design rule 15)."""

from collections.abc import Collection, Sequence

from pydantic import BaseModel, ConfigDict

from opskpi.documents import Mistake, with_nearest
from opskpi.model.approvals import Waiver
from opskpi.targets.fields import Text
from opskpi.targets.goals import Day


class WaiverSettings(BaseModel):
    """One waiver; nothing of it may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    project: Text
    indicator: Text
    reason: Text
    approved_by: Text
    until: Day

    def waiver(self) -> Waiver:
        """Freeze it."""
        return Waiver(self.project, self.indicator, self.reason, self.approved_by, self.until)


def unknown_indicators(entries: Sequence[BaseModel], indicators: Collection[str]) -> list[Mistake]:
    """Find entries of a list that name an indicator the plan does not have."""
    return [
        Mistake(with_nearest("unknown_indicator", name, tuple(indicators)), path=(at, "indicator"))
        for at, entry in enumerate(entries)
        if indicators and (name := str(getattr(entry, "indicator", ""))) not in indicators
    ]
