"""How the cells of a proposed form are written: units, dates, decimal mark, null words, scale, repeated ids."""

from collections.abc import Iterator

from opskpi.suggestions import traits
from opskpi.suggestions.fits import kind_of
from opskpi.suggestions.proposals import Draft, Proposal
from opskpi.suggestions.yaml import Line, listed, one_line, sample, scalar
from opskpi.wording import message

#: So many headings are named by which rows of one id may be ordered.
_ORDERING = 6


def manner(draft: Draft, language: str) -> Iterator[Line]:
    """How the cells are written, as far as the values tell."""
    proposal = draft.proposal
    yield from _units(proposal, language)
    yield from _dates(draft, language)
    if decimal := traits.decimal_comma(proposal):
        yield Line("decimal", '","', decimal[1], message("suggest_decimal", text=sample(decimal[0])).text(language))
    yield from _nulls(draft, language)
    form = draft.layout.form if draft.layout else None
    if (scale := traits.scale(proposal)) and not (form and form.scale):
        why = message("suggest_scale", least=scale.least, most=scale.most).text(language)
        yield Line("scale", scale.text, scale.certain, why)
    yield from _repeats(draft, language)
    if draft.marks:
        yield Line("marks", listed(draft.marks), remark=message("suggest_marks").text(language))


def _units(proposal: Proposal, language: str) -> Iterator[Line]:
    found = [
        e for some in proposal.columns.values() for e in some if kind_of(proposal.table, e.column).name == "duration"
    ]
    bare = [each for each in found if each.values.shares["number"] or each.values.shares["comma"]]
    known = {each.column: each.unit for each in bare if each.unit}
    asked = [each.column for each in bare if not each.unit]
    if known:
        yield Line("units", f"{{{', '.join(f'{column}: {unit}' for column, unit in known.items())}}}")
    elif asked:
        value = f"{{{', '.join(f'{column}: minutes' for column in asked)}}}"
        yield Line("units", value, applied=False, remark=message("suggest_units").text(language))


def _dates(draft: Draft, language: str) -> Iterator[Line]:
    """Tell the order of the numbers of dates; it is applied where each column that leaves it open proves the same."""
    found = traits.orders(draft.proposal)
    if not found or (draft.layout and draft.layout.form.dates):
        return
    proved = {each.possible[0] for each in found if len(each.possible) == 1}
    before = tuple(_order_said(each, language) for each in found)
    if len(proved) == 1 and all(len(each.possible) == 1 for each in found):
        yield Line("dates", proved.pop(), before=before)
        return
    likely = next(iter(proved), None) or next((e.possible[0] for e in found if e.possible), "dmy")
    yield Line("dates", likely, applied=False, remark="dmy, mdy, ymd", before=before)


def _order_said(order: traits.Order, language: str) -> str:
    heading, text = one_line(order.heading), sample(order.witness)
    if len(order.possible) == 1:
        return message("suggest_order_proved", heading=heading, order=order.possible[0], text=text).text(language)
    if not order.possible:
        return message("suggest_order_mixed", heading=heading).text(language)
    return message("suggest_order_open", heading=heading, text=text, orders=order.possible).text(language)


def _nulls(draft: Draft, language: str) -> Iterator[Line]:
    certain, doubtful = traits.nulls(draft.proposal)
    inherited = draft.layout.form.nulls if draft.layout else ()
    if certain:
        remark = message("suggest_nulls").text(language)
        yield Line("nulls", listed((*inherited, *certain)), remark=remark)
    elif doubtful and not draft.layout:
        remark = message("suggest_nulls_doubtful").text(language)
        yield Line("nulls", listed(doubtful), applied=False, remark=remark)


def _repeats(draft: Draft, language: str) -> Iterator[Line]:
    """Ids that recur: an event log or overlapping exports, whose last row stands, or a mistake."""
    found = traits.repeats(draft.proposal, draft.grid)
    if not found or (draft.layout and draft.layout.form.latest_by):
        return
    what = message("suggest_repeats", heading=found.heading, rows=found.rows, ids=found.ids).text(language)
    before: tuple[str, ...] = (one_line(what),)
    for heading in (*found.ordering[:_ORDERING], "file"):
        yield Line("latest_by", scalar(heading), applied=False, before=before)
        before = ()
