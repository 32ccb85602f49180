"""What is not as it was for a whole card: moment, plan, versions, inputs, what was asked for, totals."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from opskpi.archive.document import CardDocument, InputFields, ResultFields, TotalFields
from opskpi.model.comparisons import Cause
from opskpi.model.goals import half_up
from opskpi.wording import Message, message


def circumstances(old: CardDocument, new: CardDocument) -> tuple[Cause, ...]:
    """List what may have made a difference, beside rules and rows."""
    return (
        *_said("opskpi", old.opskpi, new.opskpi),
        *_said("counting", str(old.counting), str(new.counting)),
        *_said("as_of", old.as_of.isoformat(" ", "minutes"), new.as_of.isoformat(" ", "minutes")),
        *_said("plan", old.plan.name, new.plan.name),
        *_plan_files(old, new),
        *_inputs(old, new),
        *_lists("nil", old.nil, new.nil),
        *_lists("asked_projects", old.asked.projects, new.asked.projects),
        *_lists("asked_indicators", old.asked.indicators, new.asked.indicators),
        *_lists("asked_owners", old.asked.owners, new.asked.owners),
        *_lists("repairs", [each.sha256[:12] for each in old.repairs], [each.sha256[:12] for each in new.repairs]),
        *_said("unassigned", str(old.unassigned), str(new.unassigned)),
    )


def own_causes(old: ResultFields, new: ResultFields) -> tuple[Cause, ...]:
    """List what of one result is not as it was, beside its rule and its rows."""
    return (
        *_said("target", old.target, new.target),
        *_said("waiver", _waiver(old), _waiver(new)),
        *_said("judged_by", _basis(old), _basis(new)),
        *_said("basis", message(f"diff_basis_{old.basis}"), message(f"diff_basis_{new.basis}")),
        *_said("reported_source", old.reported_source, new.reported_source),
        *_said("reported_by", old.reported_by, new.reported_by),
    )


def totals(old: CardDocument, new: CardDocument) -> tuple[Cause, ...]:
    """List the total scores that are not as they were, each by project or owner and period."""
    before, after = ({_of(each): _points(each) for each in card.scores} for card in (old, new))
    return tuple(
        Cause("score", " · ".join(part for part in key if part), before.get(key), after.get(key))
        for key in dict.fromkeys((*before, *after))
        if before.get(key) != after.get(key)
    )


def _said(what: str, before: str | Message | None, after: str | Message | None) -> Iterator[Cause]:
    if before != after:
        yield Cause(what, "", before, after)


def _lists(what: str, before: object, after: object) -> Iterator[Cause]:
    """Tell two lists of names apart; an empty one is said as such."""
    first, second = ([*each] if isinstance(each, list | tuple) else [] for each in (before, after))
    if sorted(first) != sorted(second):
        yield Cause(what, "", ", ".join(first) or None, ", ".join(second) or None)


def _plan_files(old: CardDocument, new: CardDocument) -> Iterator[Cause]:
    before, after = (
        {card.plan.file: card.plan.sha256, **{each.file: each.sha256 for each in card.plan.extends}}
        for card in (old, new)
    )
    if len(before) == len(after) == 1 and [*before.values()] != [*after.values()]:
        yield Cause("plan_file", "", _named(before), _named(after))
        return
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name) and len(before) + len(after) > 2:  # noqa: PLR2004 - one and one
            yield Cause("plan_file", f" {name}", before.get(name, "")[:12] or None, after.get(name, "")[:12] or None)


def _named(files: Mapping[str, str]) -> str:
    """Name a plan's only file with the first letters of its hash."""
    (only,) = files.items()
    return f"{only[0]} {only[1][:12]}"


def _inputs(old: CardDocument, new: CardDocument) -> Iterator[Cause]:
    """Tell which sheets were added or removed, and which are not what they were, with their ledgers."""
    before, after = ({_sheet(each): each for each in card.inputs} for card in (old, new))
    for key in dict.fromkeys((*before, *after)):
        first, second = before.get(key), after.get(key)
        if first is None or second is None or first.sha256 != second.sha256:
            yield Cause("input", key, _ledger(first), _ledger(second))
        elif _counts(first) != _counts(second):
            yield Cause("input_read", key, _ledger(first), _ledger(second))


def _sheet(each: InputFields) -> str:
    return f"{each.file}#{each.sheet}" if each.sheet else each.file


def _ledger(each: InputFields | None) -> Message | None:
    return None if each is None else message("diff_ledger", **_counts(each))


def _counts(each: InputFields) -> dict[str, int]:
    return {name: getattr(each, name) for name in ("rows", "accepted", "rejected", "duplicate", "superseded")}


def _waiver(result: ResultFields) -> str | None:
    waiver = result.waiver
    return None if waiver is None else f"{waiver.reason} ({waiver.approved_by}, {waiver.until.isoformat()})"


def _basis(result: ResultFields) -> Message | None:
    bases = result.judged_by and tuple(message(f"basis_{each}") for each in result.judged_by.split("/"))
    return message("diff_bases", bases=bases) if bases else None


def _of(total: TotalFields) -> tuple[str, str, str]:
    return total.project or "", total.owner or "", total.period


def _points(total: TotalFields) -> str:
    points = "-" if total.points is None else f"{half_up(Fraction(total.points), 2).normalize():f}"
    return f"{points} {total.grade}" if total.grade else points
