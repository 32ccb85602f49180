"""The difference of two scorecards for people: what turned, what moved, and the rows and rules that made it so."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from opskpi.model.comparisons import Cause
from opskpi.model.differences import KINDS, Account, Change, Difference, RowChange, RowGroup, RowSide, Side
from opskpi.renderers import Style
from opskpi.renderers.changes import change_text, figure_said, number_text, parts_text, signed, verdict_said
from opskpi.renderers.lines import word
from opskpi.renderers.sections import Line, Section, as_markdown, as_text
from opskpi.wording import Message, message

#: So many rows are named of each kind of change; JSON has them all.
_NAMED = 5
#: So many results are listed that only one card has.
_ALONE = 10


def render(difference: Difference, style: Style, *, markdown: bool) -> str:
    """Write the difference for a terminal, or as Markdown."""
    sections = list(_sections(difference, style.language))
    title = _title(difference).text(style.language)
    return as_markdown(title, sections) if markdown else as_text(title, sections, style.width)


def _title(difference: Difference) -> Message:
    return message("diff_title", old=difference.old.file, new=difference.new.file)


def _sections(difference: Difference, language: str) -> Iterator[Section]:
    yield Section(word("diff_cards", language), tuple(_heads(difference, language)))
    for kind in KINDS:
        if found := difference.of(kind):
            told = [line for change in found for line in _told(change, difference, language)]
            title = message(f"diff_{kind}", count=len(found)).text(language)
            yield Section(title, tuple(told or _alone(found, language)))
    if difference.rules:
        yield Section(word("diff_rules", language), tuple(_rules(difference, language)))
    for key, causes in (("diff_totals", difference.totals), ("diff_circumstances", difference.circumstances)):
        if causes:
            yield Section(word(key, language), tuple(Line(_cause(each).text(language)) for each in causes))


def _heads(difference: Difference, language: str) -> Iterator[Line]:
    """Say which cards they are, what was compared, and whether they say the same."""
    for key, head in (("diff_old", difference.old), ("diff_new", difference.new)):
        yield Line(
            message(
                key,
                file=head.file,
                plan=head.plan,
                period=head.period,
                as_of=head.as_of.isoformat(" ", "minutes"),
                version=head.opskpi,
                counting=head.counting,
            ).text(language)
        )
    yield from (Line(each.text(language)) for each in difference.notes)
    yield Line(_summary(difference).text(language))


def _summary(difference: Difference) -> Message:
    if difference.same:
        return message("diff_same", count=difference.compared)
    counts = ((kind, len(difference.of(kind))) for kind in KINDS)
    found = tuple(message(f"diff_{kind}", count=count) for kind, count in counts if count)
    return message("diff_summary", compared=difference.compared, found=found or message("diff_rules_only"))


def _told(change: Change, difference: Difference, language: str) -> Iterator[Line]:
    """Tell one result: from what to what, whether that can be compared, and what made it so."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    yield Line(_from_to(change, before, after, language).text(language))
    if change.unlike:
        yield Line(word("not_comparable_rules", language), 1)
    for cause in change.causes:
        yield Line(_cause(cause).text(language), 1)
    for account in change.accounts:
        yield from _account(account, change, difference, language)


def _from_to(change: Change, before: Side, after: Side, language: str) -> Message:
    periods = (before.period,) if before.period == after.period else (before.period, after.period)
    key = "diff_line" if len(periods) == 1 else "diff_line_in_time"
    return message(
        key,
        project=change.project,
        indicator=change.name,
        period=after.period,
        earlier=before.period,
        before=_side(before, language),
        after=_side(after, language),
        change=_by(change, before, after),
    )


def _by(change: Change, before: Side, after: Side) -> Message | str:
    """Say by how much a figure changed; nothing where the two cannot be compared."""
    if change.unlike or before.value is None or after.value is None or before.unit != after.unit:
        return ""
    if before.value == after.value:
        return ""
    return message("diff_by", change=change_text(before.value, after.value, after.unit))


def _side(side: Side, language: str) -> str:
    """Write a figure with its parts and its verdict."""
    said = verdict_said(side.verdict, language, starred=side.starred)
    if side.value is None:
        return said
    figure = figure_said(side.value, side.unit, side.target)
    return f"{figure}{parts_text(side.numerator, side.denominator)} {said}"


def _account(account: Account, change: Change, difference: Difference, language: str) -> Iterator[Line]:
    """Say what rows did to a value, or one of its terms, and what they leave to explain."""
    if account.term:
        yield Line(
            message("diff_term", term=account.term, amount=_amounts(account.above, account.below)).text(language), 1
        )
    level = 2 if account.term else 1
    for group in account.groups:
        yield Line(_group(group, change, difference).text(language), level)
        yield from (Line(_row(row, language), level + 1) for row in group.rows[:_NAMED])
        if len(group.rows) > _NAMED:
            yield Line(message("more", count=len(group.rows) - _NAMED).text(language), level + 1)
    if account.above_rest or account.below_rest:
        rest = _amounts(account.above_rest, account.below_rest)
        yield Line(message("diff_rest", amount=rest).text(language), level)


def _group(group: RowGroup, change: Change, difference: Difference) -> Message:
    moments = {
        "old": difference.old.as_of.isoformat(" ", "minutes"),
        "new": difference.new.as_of.isoformat(" ", "minutes"),
    }
    amount = (
        "" if change.unlike or group.above is None else message("diff_adds", amount=_amounts(group.above, group.below))
    )
    return message(f"diff_rows_{group.kind}", count=len(group.rows), amount=amount, **moments)


def _amounts(above: Fraction | None, below: Fraction | None) -> Message | str:
    """Write what is added to numerator and denominator, or to a figure without one."""
    if above is None:
        return "-"
    if below is None:
        return message("diff_amount", above=_signed(above))
    return message("diff_amount_of", above=_signed(above), below=_signed(below))


def _signed(value: Fraction) -> str:
    return "±0" if not value else signed(value, 0 if value.denominator == 1 else 2)


def _row(row: RowChange, language: str) -> str:
    """Name a row: its id, from what to what, and where it stands; one without an id by its place."""
    sides = [each for each in (row.before, row.after) if each]
    states = [_state(each, language) for each in sides]
    said = " → ".join(dict.fromkeys(states)) if len(sides) > 1 else states[0]
    places = " → ".join(dict.fromkeys(str(each.place) for each in sides))
    other = f"  {message('diff_row_other', project=row.other).text(language)}" if row.other else ""
    return f"{row.row_id or '-'}  {said}{other}  {places}"


def _state(side: RowSide, language: str) -> str:
    said = word(f"diff_state_{side.bucket}", language)
    if side.reason:
        said = message("diff_state_because", state=said, reason=side.reason).text(language)
    return said if side.value is None else f"{said} {number_text(side.value)}"


def _alone(changes: Sequence[Change], language: str) -> Iterator[Line]:
    """List results that only one card has; a project all of whose results are alone is one line."""
    by_project: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        side = change.before or change.after
        by_project.setdefault((change.project, side.period if side else ""), []).append(change)
    for (project, period), found in [*by_project.items()][:_ALONE]:
        names = tuple(change.name for change in found)
        yield Line(message("diff_alone", project=project, period=period, indicators=names).text(language))
    if len(by_project) > _ALONE:
        yield Line(message("more_projects", count=len(by_project) - _ALONE).text(language))


def _rules(difference: Difference, language: str) -> Iterator[Line]:
    """Say what of each indicator's rule is not as it was."""
    for rule in difference.rules:
        yield Line(message("diff_rule_of", indicator=rule.name).text(language))
        yield from (Line(_cause(cause).text(language), 1) for cause in rule.causes)


def _cause(cause: Cause) -> Message:
    """Say what is not as it was; what was not there, or is no more, is said as such."""
    kind = "added" if cause.before is None else "removed" if cause.after is None else "changed"
    values = {"before": cause.before, "after": cause.after} if cause.before or cause.after else {}
    what = message(f"diff_what_{cause.what}", name=cause.name)
    return message(f"diff_cause_{kind}", what=what, **values) if values else what
