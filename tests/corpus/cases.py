"""The corpus itself: every trap alone in every format it can live in, and pairs drawn with a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from random import Random
from typing import TypeVar

from corpus.clothing import Clothing, plain
from corpus.formats import FORMATS
from corpus.traps import Expectation, Refused, Rejects, Same, Trap

#: The modules of traps, in the order of the page.
FAMILIES = (
    "traps.text",
    "traps.sheets",
    "traps.moments",
    "traps.cells",
    "traps.formulas",
    "traps.books",
    "traps.files",
    "broken.rows",
    "broken.columns",
    "broken.files",
)
_SEED = 2016
_Thing = TypeVar("_Thing")
#: Where every trap is in a pair; and how many traps of each other format are drawn to get a partner.
_THOROUGH = ("csv", "xlsx")
_FEW = 20
#: Pairs that are met together in earnest, whatever is drawn.
_CHOSEN = (
    ("csv", "UTF-16 LE with BOM (Excel's “Unicode text”)", "tabs"),
    ("csv", "GBK", "CRLF"),
    ("csv", "Mac Roman", "CR alone"),
    ("csv", "Windows-1252", "semicolons"),
    ("csv", "semicolons", "dates as text: day first, proved by the column"),
    ("csv", "line breaks inside titles", "rows with too many or too few cells"),
    ("csv", "title rows above the heading", "a quote that never closes"),
    ("xlsx", "#N/A in a date", "XML names with a prefix"),
    ("xlsx", "#N/A in a date", "title rows above the heading"),
    ("xlsx", "#REF! in a project", "texts inside the cells"),
    ("xlsx", "formulas among typed times", "XML names with a prefix"),
    ("xlsx", "formulas among typed times", "title rows above the heading"),
    ("xlsx", "project merged over its rows", "title rows above the heading"),
    ("xlsx", "headings on two rows, merged", "title rows above the heading"),
    ("xlsx", "project merged over its rows", "合计 at the bottom"),
    ("xls", "project merged over its rows", "a merged title over the whole table"),
    ("ods", "formulas among typed times", "blank rows"),
    ("ods", "#N/A in a date", "the table begins at C5"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One awkward export: a format, the traps it is under, and what must come of it."""

    format: str
    traps: tuple[Trap, ...] = ()

    @property
    def name(self) -> str:
        """Name it for people and for pytest."""
        return f"{self.format}: {' + '.join(trap.name for trap in self.traps) or 'plain'}"

    @property
    def expects(self) -> Expectation:
        """What is expected: a refusal outweighs rejected rows, and those a sound reading."""
        for kind in (Refused, Rejects):
            for trap in self.traps:
                if isinstance(trap.expects, kind):
                    return trap.expects
        noted = [trap.expects for trap in self.traps if isinstance(trap.expects, Same) and trap.expects.note]
        return noted[0] if noted else Same()

    @property
    def apart(self) -> bool:
        """Whether it is run in a process of its own."""
        return any(trap.apart for trap in self.traps)

    def clothing(self) -> Clothing:
        """Dress the facts."""
        clothing = plain(self.format)
        for trap in self.traps:
            clothing = trap.change(clothing)
        return clothing


@cache
def traps() -> tuple[Trap, ...]:
    """Collect the traps of all families in the order they are applied."""
    found = [trap for family in FAMILIES for trap in import_module(f"corpus.{family}").trap.traps]
    return tuple(sorted(found, key=lambda trap: trap.stage))


@cache
def cases() -> tuple[Case, ...]:
    """List the corpus."""
    plains = [Case(name) for name in FORMATS]
    alone = [Case(name, (trap,)) for trap in traps() for name in trap.formats]
    return (*plains, *alone, *_pairs())


def _pairs() -> Iterator[Case]:
    """Draw partners for the traps of each format: any two that do not change the same thing."""
    for name in FORMATS:
        fitting = [trap for trap in traps() if name in trap.formats]
        drawn: set[frozenset[int]] = set()
        for at in _wanting(name, fitting):
            if not any(at in pair for pair in drawn):
                pairs = [frozenset((at, other)) for other in range(len(fitting)) if _fit(fitting[at], fitting[other])]
                drawn.update(_drawn(pairs, 1, f"{name} {fitting[at].name}"))
        places = {trap.name: at for at, trap in enumerate(fitting)}
        drawn.update(frozenset((places[one], places[other])) for where, one, other in _CHOSEN if where == name)
        for pair in sorted(drawn, key=sorted):
            yield Case(name, tuple(fitting[at] for at in sorted(pair)))


def _wanting(name: str, fitting: Sequence[Trap]) -> Sequence[int]:
    """Choose the traps of a format that are to have a partner."""
    places = range(len(fitting))
    return places if name in _THOROUGH else sorted(_drawn(places, _FEW, name))


def _drawn(among: Sequence[_Thing], count: int, seed: str) -> Sequence[_Thing]:
    """Draw some, the same ones on every machine."""
    return Random(f"{_SEED} {seed}").sample(among, min(count, len(among)))  # noqa: S311 - a sample, no secret


def _fit(one: Trap, other: Trap) -> bool:
    """Tell whether two traps make a pair: different things changed, and one expectation that is clear."""
    if one is other or one.changes & other.changes or one.apart or other.apart:
        return False
    both = {type(one.expects), type(other.expects)}
    return both <= {Same, Rejects} or (both == {Same, Refused} and "files" not in one.changes | other.changes)
