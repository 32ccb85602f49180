"""What somebody signed: the plan's header, waivers of a target, changes of one."""

from dataclasses import dataclass
from datetime import date

from opskpi.model.goals import Target


@dataclass(frozen=True, slots=True)
class Waiver:
    """A project is not held to an indicator's target, in periods that end by `until`."""

    project: str
    indicator: str
    reason: str
    approved_by: str
    until: date


@dataclass(frozen=True, slots=True)
class Change:
    """A target that was changed: for all projects, or for one project or group; None is no target."""

    day: date
    indicator: str
    before: Target | None
    after: Target | None
    by: str
    approved_by: str
    why: str
    project: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who did it, and on which day, as far as that is said."""

    by: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """What a controlled document bears: its number, its version, and who prepared, reviewed and approved it."""

    number: str | None = None
    version: str | None = None
    prepared: Signature = Signature()
    reviewed: Signature = Signature()
    approved: Signature = Signature()
