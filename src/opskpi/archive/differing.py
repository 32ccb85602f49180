"""Two scorecards held against one another: what turned, what moved, and what made the difference."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from opskpi.archive.accounts import Accounts
from opskpi.archive.circumstances import circumstances, own_causes, totals
from opskpi.archive.document import CardDocument, PeriodFields, ResultFields
from opskpi.archive.likeness import grounds_of, unlike
from opskpi.archive.reading import PastCard
from opskpi.documents import Mistake
from opskpi.model.cards import Verdict
from opskpi.model.comparisons import Cause
from opskpi.model.differences import CardHead, Change, Difference, RuleChange, Side
from opskpi.model.goals import Target
from opskpi.targets.phrases import parse_target
from opskpi.wording import Message, message

_Days = tuple[date, date]
_Key = tuple[str, str]
#: What makes a result another one; rows that are not its own may come and go.
_TOLD = (
    "verdict",
    "raw_verdict",
    "provisional",
    "in_progress",
    "value",
    "numerator",
    "denominator",
    "unit",
    "target",
    "met",
    "missed",
    "counted",
    "pending",
    "excluded",
    "judged_by",
    "waiver",
    "basis",
    "reported_source",
    "reported_by",
)


def difference(old: PastCard, new: PastCard) -> Difference:
    """Compare two cards, by period where they share one, else their whole periods in time."""
    before, after = old.document, new.document
    pairs, in_time = _periods(before, after)
    accounts, lacking = _accounts(old, new, in_time=in_time)
    wholes = (before.period, after.period)
    changes: list[Change] = []
    compared = 0
    for first, second in pairs:
        own, others = results_of(before, first), results_of(after, second)
        compared += len(own.keys() & others.keys())
        changes += _changes((before, own), (after, others), accounts if (first, second) == wholes else None)
    rules = _rules(before, after)
    has_rows = any(change.before and change.after for change in changes) and not in_time
    partly = has_rows and not lacking and wholes not in pairs
    return Difference(
        _head(old),
        _head(new),
        in_time,
        tuple(changes),
        rules,
        totals(before, after) if not in_time else (),
        circumstances(before, after),
        tuple(_notes(old, new, compared, lacking if has_rows else (), in_time=in_time))
        + ((message("diff_rows_of_whole"),) if partly else ()),
        compared,
        tuple(second.label for _, second in pairs),
    )


def figure_of(result: ResultFields) -> Fraction | None:
    """Get a result's figure as exactly as its card knows it."""
    if result.value is None or result.numerator is None or not result.denominator:
        return result.value
    return result.numerator / result.denominator


def side_of(result: ResultFields) -> Side:
    """Lay a past result out."""
    return Side(
        result.period,
        result.verdict,
        (result.provisional and result.verdict in (Verdict.PASS, Verdict.FAIL)) or result.in_progress,
        figure_of(result),
        result.numerator,
        result.denominator,
        result.unit,
        target_of(result),
    )


def target_of(result: ResultFields) -> Target | None:
    """Read a past target; one of a grammar that is not known any more is only a text."""
    if result.target is None:
        return None
    try:
        return parse_target(result.target)
    except Mistake:
        return Target(result.target)


def every_period(document: CardDocument) -> tuple[PeriodFields, ...]:
    """List the periods a card tells of, the whole one first."""
    return (document.period, *(document.series.periods if document.series else ()))


def _periods(old: CardDocument, new: CardDocument) -> tuple[list[tuple[PeriodFields, PeriodFields]], bool]:
    """Pair the periods that both cards have, else their whole ones, which is a comparison in time."""
    known: dict[_Days, PeriodFields] = {(each.start, each.end): each for each in every_period(old)}
    there = dict.fromkeys((each.start, each.end) for each in every_period(new))
    named = {(each.start, each.end): each for each in reversed(every_period(new))}
    shared = [(known[days], named[days]) for days in there if days in known]
    return (shared, False) if shared else ([(old.period, new.period)], True)


def results_of(document: CardDocument, period: PeriodFields) -> Mapping[_Key, ResultFields]:
    """Get the results of one period: of the whole one, each line's first, which may have a contract year's label."""
    whole: dict[_Key, ResultFields] = {}
    part: dict[_Key, ResultFields] = {}
    for each in document.results:
        key = each.project, each.indicator
        if key not in whole:
            whole[key] = each
        elif each.period == period.label:
            part[key] = each
    return whole if period == document.period else part


def _changes(
    old: tuple[CardDocument, Mapping[_Key, ResultFields]],
    new: tuple[CardDocument, Mapping[_Key, ResultFields]],
    accounts: Accounts | None,
) -> Iterator[Change]:
    """Give what differs of one period: the new card's results in their order, then what is gone."""
    for key, after in new[1].items():
        before = old[1].get(key)
        if before is None:
            yield Change(*key, after.name, None, side_of(after))
            continue
        rules = unlike(grounds_of(old[0], before), grounds_of(new[0], after))
        found = accounts.of(before, after, unlike=bool(rules)) if accounts else ()
        if found or any(getattr(before, name) != getattr(after, name) for name in _TOLD):
            sides = side_of(before), side_of(after)
            yield Change(*key, after.name, *sides, bool(rules), own_causes(before, after), found)
    for key, before in old[1].items():
        if key not in new[1]:
            yield Change(*key, before.name, side_of(before), None)


def _rules(old: CardDocument, new: CardDocument) -> tuple[RuleChange, ...]:
    """Tell which indicators of both cards are counted otherwise, whatever became of their figures."""
    before = {(each.project, each.indicator): each for each in old.results}
    found: dict[str, tuple[str, dict[Cause, None]]] = {}
    for after in new.results:
        earlier = before.get((after.project, after.indicator))
        causes = unlike(grounds_of(old, earlier), grounds_of(new, after)) if earlier else ()
        if causes:
            found.setdefault(after.indicator, (after.name, {}))[1].update(dict.fromkeys(causes))
    return tuple(RuleChange(indicator, name, tuple(causes)) for indicator, (name, causes) in found.items())


def _accounts(old: PastCard, new: PastCard, *, in_time: bool) -> tuple[Accounts | None, tuple[str, ...]]:
    """Get what explains differences by rows; else name the cards that keep none."""
    if in_time:
        return None, ()
    first, second = old.rows(), new.rows()
    if first is None or second is None:
        return None, tuple(card.file for card, rows in ((old, first), (new, second)) if rows is None)
    return Accounts(first, second, as_of_moved=old.document.as_of != new.document.as_of), ()


def _head(card: PastCard) -> CardHead:
    document = card.document
    return CardHead(
        card.file,
        document.plan.name,
        document.period.label,
        document.as_of,
        document.opskpi,
        document.counting,
    )


def _notes(
    old: PastCard, new: PastCard, compared: int, lacking: tuple[str, ...], *, in_time: bool
) -> Iterator[Message]:
    """Say what stands in the way of a comparison."""
    if old.document.plan.name != new.document.plan.name:
        yield message("diff_other_plan", old=old.document.plan.name, new=new.document.plan.name)
    if not compared:
        yield message("diff_nothing_common")
    if in_time:
        yield message("diff_in_time", old=old.document.period.label, new=new.document.period.label)
    if lacking:
        yield message("diff_no_rows", files=lacking)
