"""How work on blocks of rows is spread."""

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from opskpi.indicators.columns import Rows

_Out = TypeVar("_Out")


class Spread(Protocol):
    """How work on blocks is spread: `map`, or a pool's."""

    def __call__(self, work: Callable[[Rows], _Out], rows: Iterable[Rows], /) -> Iterable[_Out]:
        """Do the work on each block, results in order."""
