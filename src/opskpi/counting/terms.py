"""Terms: the readings of an indicator's terms put together to one for each project."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opskpi.counting.evidence import Behind
from opskpi.counting.spans import Span
from opskpi.indicators.definitions import Definition, Window
from opskpi.indicators.formulas import Formula, Leaf, parts
from opskpi.indicators.intervals import Bounds
from opskpi.indicators.readings import Readings
from opskpi.model.cards import Reading
from opskpi.worktime import Service


@dataclass(frozen=True, slots=True)
class Counted:
    """A term read over the rows of its table, or the one value of an indicator, and what stands behind it.

    `spans` and `window` are its days by project, `causes` counts the disagreeing rows. What is measured of the period
    itself has no definition, no days and no rows.
    """

    definition: Definition | None
    behind: Behind
    causes: tuple[tuple[tuple[str, int], ...], ...] = ()
    spans: tuple[Span, ...] = ()
    window: Window | None = None

    @property
    def handed_in(self) -> bool:
        """Whether the table has a row in the period, in any project."""
        return self.definition is None or self.behind.readings.in_period > 0

    @property
    def found(self) -> bool:
        """Whether `where` keeps any of them."""
        return self.definition is None or self.behind.readings.found > 0


def together(formula: Formula | None, counted: Mapping[Leaf, Counted]) -> Sequence[Reading]:
    """Read an indicator for every project: its one value, or what its formula makes of its terms."""
    of_terms = {leaf: each.behind.readings.by_project for leaf, each in counted.items()}
    if formula is None:
        (only,) = of_terms.values()
        return only
    tables = {leaf: each.definition.table.name if each.definition else "" for leaf, each in counted.items()}
    rows = (dict(zip(of_terms, each, strict=True)) for each in zip(*of_terms.values(), strict=True))
    return [_joined(formula, readings, tables) for readings in rows]


def _joined(formula: Formula, readings: Mapping[Leaf, Reading], tables: Mapping[Leaf, str]) -> Reading:
    """Put one project's readings together; rejected rows count once for each table."""
    above, below = parts(formula, {leaf: each.value for leaf, each in readings.items()})
    several = readings.values()
    excluded: Counter[str] = Counter()
    for each in several:
        excluded.update(each.excluded)
    judged = [each.judged_by for each in several if each.judged_by]
    return Reading(
        above,
        below,
        above if above is None or below is None else above / below if below else None,
        met=None,
        missed=None,
        counted=sum(each.counted for each in several),
        pending=sum(each.pending for each in several),
        excluded=dict(excluded),
        filtered=sum(each.filtered for each in several),
        out_of_period=sum(each.out_of_period for each in several),
        rejected=sum({tables[leaf]: each.rejected for leaf, each in readings.items()}.values()),
        judged_by="/".join(dict.fromkeys(judged)) or None,
        disagreeing=sum(each.disagreeing for each in several),
        estimated=sum(each.estimated for each in several),
        terms={str(leaf): each for leaf, each in readings.items()},
    )


def of_period(service: Service, bounds: Bounds) -> Counted:
    """Measure the service time of the period for each project; a calendar that is only estimated makes it doubtful."""
    doubtful = bounds.doubtful(service).tolist()
    found = [
        Reading(minutes, None, minutes, None, None, 0, 0, {}, 0, 0, 0, estimated=int(doubt))
        for minutes, doubt in zip(bounds.agreed(service), doubtful, strict=True)
    ]
    return Counted(None, Behind(Readings(tuple(found), (), (), {}, 0, 0), (), (), ()))
