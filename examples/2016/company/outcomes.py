"""What a row is to count as, said when the row is made."""

from typing import Literal

Outcome = Literal[
    "met",
    "missed",
    "pending",
    "counted",
    "excluded",
    "out_of_period",
    "rejected",
    "duplicate",
]
