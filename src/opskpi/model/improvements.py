"""What people wrote about a miss: a line of the list of improvements that is kept from period to period."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Improvement:
    """A line of the list: whose miss it is, what was written, and the newest figure with whether it is met now.

    All fields are as people read them; `met_now` is None where nothing newer is known, `open` says nobody closed it.
    """

    project: str
    indicator: str
    name: str
    period: str
    target: str
    value: str
    cause: str = ""
    measure: str = ""
    person: str = ""
    deadline: str = ""
    check: str = ""
    status: str = ""
    latest: str = ""
    latest_period: str = ""
    met_now: bool | None = None
    open: bool = True
