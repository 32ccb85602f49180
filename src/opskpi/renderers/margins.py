"""How far a verdict is from the other one: what is in hand or lacking, and which rows could still turn it."""

from collections.abc import Iterator

from opskpi.model.cards import Result, Verdict
from opskpi.model.goals import Target
from opskpi.wording import Message, message

#: A pass is near its target when no more than this part of what may go wrong is left.
_LEFT = 4


def headroom(result: Result) -> Message | None:
    """Say what is in hand before a target is missed, or lacking to meet it; nothing where rows do not say."""
    rows = result.headroom
    if rows is None:
        return None
    span = message(f"{'that' if result.over else 'this'}_{result.kind}")
    if result.claim and result.unit == "ratio":  # a reported rate counts hours or devices, not rows
        return message("lacking_reported" if rows < 0 else "headroom_reported", count=abs(rows), span=span)
    stem = f"{'lacking' if rows < 0 else 'headroom'}_{_counted_as(result)}"
    return message(_numbered(stem, abs(rows)), count=abs(rows), span=span)


def is_near(result: Result) -> bool:
    """Tell whether a pass has used up three quarters of what may go wrong; where nothing may, no pass is nearer."""
    if result.verdict is not Verdict.PASS or result.headroom is None:
        return False
    spent = _spent(result)
    return spent > 0 and result.headroom * _LEFT <= spent + result.headroom


def sensitivity(result: Result) -> Message | None:
    """Say which undecided rows could turn a verdict; nothing where none could."""
    parts = tuple(_turning(result))
    return message("turning", parts=parts) if parts else None


def _counted_as(result: Result) -> str:
    """Tell what headroom counts: misses of a share, more of what has a ceiling, or how many are needed."""
    share, target = result.reading.met is not None, result.target
    ceiling = target is not None and (target.is_ceiling if share else _is_bounded(target, result))
    return "ceiling" if ceiling else "share" if share else "floor"


def _is_bounded(target: Target, result: Result) -> bool:
    """Tell whether a count is held by the target's upper bound; below a range or another number it is by the lower."""
    below = (result.headroom or 0) < 0 and result.value is not None and not target.is_too_high(result.value)
    return target.high is not None and not below


def _spent(result: Result) -> int:
    """Count what has gone wrong already; nothing where only more is asked for."""
    reading = result.reading
    match _counted_as(result):
        case "share":
            return reading.missed or 0
        case "ceiling":
            return int(reading.numerator or 0) if reading.met is None else reading.met
    return 0


def _turning(result: Result) -> Iterator[Message]:
    """Name the rows that decide a verdict, by why they are undecided."""
    reading = result.reading
    if result.deciding > reading.estimated:
        kinds = (("rejected", reading.rejected), ("pending", reading.pending), ("no_limit", reading.unjudged))
        found = [(name, count) for name, count in kinds if count]
        yield from (_rows(*each) for each in found or [("members", result.deciding - reading.estimated)])
    if reading.estimated and result.deciding:
        yield _rows("estimated", reading.estimated)


def _rows(name: str, count: int) -> Message:
    return message(_numbered(f"turning_{name}", count), count=count)


def _numbered(key: str, count: int) -> str:
    """Find the sentence of none, of one, or of several."""
    return f"{key}_none" if count == 0 else f"{key}_one" if count == 1 else key
