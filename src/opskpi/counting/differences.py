"""Differences: where another column of the export would judge rows the other way, by probable cause (rule 7)."""

from collections import Counter
from collections.abc import Iterator, Sequence

from opskpi.counting.causes import CAUSES
from opskpi.model.cards import Result
from opskpi.model.places import Signal
from opskpi.wording import message

#: How many places of disagreeing rows are named.
_FEW_PLACES = 5


def differences(results: Sequence[Result]) -> Iterator[Signal]:
    """Say for each indicator how many rows two judgements differ on, why probably, and where the first are."""
    for name in dict.fromkeys(result.indicator for result in results):
        mine = [result for result in results if result.indicator == name and result.reading.disagreeing]
        if not mine:
            continue
        places = tuple(place for result in mine for place in result.differing)[:_FEW_PLACES]
        count = sum(result.reading.disagreeing for result in mine)
        counts = Counter[str]()
        for result in mine:
            counts.update(dict(result.causes))
        causes = tuple(message(f"cause_{each}", count=counts[each]) for each in CAUSES if counts[each])
        said = message("judgements_differ", indicator=mine[0].name, count=count, causes=causes)
        yield Signal("judgements_differ", said, count, places)
