"""The page `docs/awkward-files.md`: the matrix of traps and formats, drawn from the list of cases."""

from collections import Counter
from collections.abc import Iterator
from importlib import import_module

from corpus.cases import FAMILIES, cases
from corpus.formats import FORMATS
from corpus.traps import Refused, Rejects, Trap

_TOP = """# Awkward files

Every trap below is a file (or some) that the tests make and score: the same facts as in plain clothing, so the same
scorecard byte for byte, but for what tells where it came from; or rows that must be rejected, each at its cell by
its rule, while the others count; or a file that cannot be used, which gets one sentence. `●` is the trap alone in that
format, `+n` that n more cases pair it with another trap.

This page is written by `python -m corpus` in `tests/`, from the list the tests run: {count} cases, {alone} of them
a trap alone, {pairs} pairs, {plain} plain. `python -m corpus DIR` writes the files for a look.
"""


def page() -> str:
    """Draw the page."""
    sizes = Counter(len(case.traps) for case in cases())
    top = _TOP.format(count=len(cases()), alone=sizes[1], pairs=sizes[2], plain=sizes[0])
    return "\n".join([top, *_families()])


def _families() -> Iterator[str]:
    counts = Counter((trap.name, case.format, len(case.traps)) for case in cases() for trap in case.traps)
    for title in dict.fromkeys(trap.family for trap in _in_order()):
        yield f"## {title}\n"
        yield f"| trap | {' | '.join(FORMATS)} | must give |"
        yield f"|---|{'---|' * len(FORMATS)}---|"
        yield from (_row(trap, counts) for trap in _in_order() if trap.family == title)
        yield ""


def _in_order() -> list[Trap]:
    return [trap for family in FAMILIES for trap in import_module(f"corpus.{family}").trap.traps]


def _row(trap: Trap, counts: Counter[tuple[str, str, int]]) -> str:
    cells = (_cell(counts[trap.name, name, 1], counts[trap.name, name, 2]) for name in FORMATS)
    name = trap.name.replace("|", "\\|")
    return f"| {name} | {' | '.join(cells)} | {_outcome(trap)} |"


def _cell(alone: int, pairs: int) -> str:
    return ("●" if alone else "") + (f" +{pairs}" if pairs else "")


def _outcome(trap: Trap) -> str:
    match trap.expects:
        case Refused():
            return f"one sentence, exit {trap.expects.exit_code}"
        case Rejects():
            return "rejected rows, the others as ever"
        case _:
            return "the same scorecard, with a note" if trap.expects.note else "the same scorecard"
