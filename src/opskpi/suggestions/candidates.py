"""Which heading may be which column, and why: known spellings, the heading's own words, values, likeness."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC

from rapidfuzz import fuzz, process

from opskpi.sources.forms import Form
from opskpi.sources.headings import heading_form
from opskpi.suggestions.columns import Column
from opskpi.suggestions.fits import MOST_WORDS, fit, kind_of
from opskpi.suggestions.known import Known, doubtful, exact, spellings
from opskpi.suggestions.phrases import is_counter, is_late, said_by, unit_in
from opskpi.tables.dates import read_date
from opskpi.wording import Message, message

#: How strong each sign is; of a form's own spellings the earlier ones are stronger.
OWN, STANDARD, OTHER, SAID, VALUES, ASKED = 400.0, 350.0, 300.0, 200.0, 190.0, 150.0
#: A heading must be so like a known one to be named beside it, and more so where any text would fit.
_LIKE, _LIKE_FOR_TEXTS = 74, 85
#: Values that fit less contradict a heading; values that fit so well agree with what its words say.
_CONTRADICTED, _AGREED = 0.5, 0.98
#: A heading may speak of a vocabulary nobody knows yet, where it has so few words.
_FEW = {"word": MOST_WORDS // 2, "flag": 4, "score": 11}
#: Columns that a time is, and the length of the same time.
_LENGTHS = {"responded_at": "response_minutes", "resolved_at": "resolve_minutes"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A heading for a column; `sure` ones may be applied, the others are for the user to decide."""

    column: str
    values: Column
    strength: float
    why: Message
    part: str = "columns"
    sure: bool = True
    doubts: tuple[Message, ...] = field(default=())
    unit: str | None = None

    @property
    def contradicted(self) -> bool:
        """Whether the values are of another kind than the column's."""
        return any(each.key == "suggest_contradicted" for each in self.doubts)


def candidates(table: str, values: Column, form: Form | None) -> Iterator[Candidate]:
    """Give every column a heading may be; `form` is the one that knows most of the sheet's headings."""
    if not values.heading or is_counter(values.heading):
        return
    known = _known_by_nearest(exact(table, values), form)
    asked = doubtful(table).get(heading_form(values.heading, numbered=False), ())
    if asked and not any(each.form is form for each in known):
        yield from _asked(table, values, asked)
        return
    for each in known:
        yield from _known(table, values, each, own=each.form is form)
    found = {each.column for each in known}
    yield from (each for each in _said(table, values) if each.column not in found)
    if not known:
        yield from _by_values(table, values)
        yield from _alike(table, values)


def _asked(table: str, values: Column, could_be: tuple[str, ...]) -> Iterator[Candidate]:
    """Give each of several columns a heading could be, as far as its values allow; a question in any case."""
    for column in could_be:
        if (fit(table, column, "columns", values) or 0.0) >= _CONTRADICTED:
            yield Candidate(column, values, ASKED, message("suggest_asked", columns=could_be), sure=False)


def _known(table: str, values: Column, known: Known, *, own: bool) -> Iterator[Candidate]:
    share = fit(table, known.column, known.part, values)
    strength = OWN - known.rank if own else STANDARD if known.source == "standard" else OTHER
    why = message("suggest_known", source=known.source)
    if share is not None and share < _CONTRADICTED and not _may_be_filled_in(table, known.column, values):
        doubt = (message("suggest_contradicted", column=known.column),)
        if known.column in _LENGTHS and not values.shares["moment"]:
            yield from _length(table, _LENGTHS[known.column], values, doubt)
        else:
            yield Candidate(known.column, values, ASKED, why, known.part, sure=False, doubts=doubt)
        return
    doubts = tuple(_unread(table, known.column, values))
    yield Candidate(
        known.column, values, strength, why, known.part, doubts=doubts, unit=known.form.units.get(known.column)
    )


def _unread(table: str, column: str, values: Column) -> Iterator[Message]:
    """Say which of a column's dates are none."""
    if kind_of(table, column).is_instant:
        strange = [text for text in values.texts if read_date(text, UTC) is None]
        if strange:
            yield message("suggest_unread", count=sum(values.texts[text] for text in strange), text=strange[0])


def _known_by_nearest(known: tuple[Known, ...], form: Form | None) -> tuple[Known, ...]:
    """Leave what other tools mean by a heading where the sheet's own form or our closed list knows it.

    What is the project is every tool's own decision, and no sign elsewhere.
    """
    nearest = [each for each in known if each.form is form] or [each for each in known if each.source == "standard"]
    return tuple(nearest) or tuple(each for each in known if each.column != "project")


def _length(table: str, column: str, values: Column, doubts: tuple[Message, ...]) -> Iterator[Candidate]:
    """Numbers under the heading of a moment are a length of time, in a unit that somebody must say."""
    if (fit(table, column, "columns", values) or 0.0) >= _AGREED:
        unit = unit_in(values.heading)
        doubt = (*doubts, message("suggest_length", column=column))
        yield Candidate(column, values, ASKED, message("suggest_values"), sure=False, doubts=doubt, unit=unit)


def _may_be_filled_in(table: str, column: str, values: Column) -> bool:
    """Tell whether the values are few words that the user can translate."""
    kind = kind_of(table, column)
    figures = values.shares["moment"] + values.shares["number"]
    return kind.name in ("word", "flag", "score") and len(values.texts) <= MOST_WORDS // 2 and figures < _CONTRADICTED


def _said(table: str, values: Column) -> Iterator[Candidate]:
    """Offer what a heading's own words say where the values agree; what words say is never applied by itself."""
    why = message("suggest_said")
    for column in said_by(values.heading, table):
        kind, part = kind_of(table, column), "columns"
        share = fit(table, column, part, values) or 0.0
        if share < _AGREED:
            if _may_be_filled_in(table, column, values) and 1 < len(values.texts) <= _FEW[kind.name]:
                yield Candidate(column, values, ASKED, message("suggest_words"), sure=False)
        elif kind.name == "duration":
            yield from _duration(column, values)
        elif kind.name == "flag" and values.shares["flag"] == 1:
            late = is_late(values.heading)
            part = "opposite" if late else "columns"
            yield Candidate(column, values, SAID, why, part, sure=False)
        else:
            yield Candidate(column, values, SAID, why, part, sure=False)


def _duration(column: str, values: Column) -> Iterator[Candidate]:
    """Doubt a length of time unless its cells or its heading name the unit."""
    unit = unit_in(values.heading)
    told = bool(unit) or values.shares["duration"] == 1
    doubts = () if told else (message("suggest_length", column=column),)
    yield Candidate(column, values, SAID, message("suggest_said"), sure=False, doubts=doubts, unit=unit)


def _by_values(table: str, values: Column) -> Iterator[Candidate]:
    """Words of one vocabulary, and of no other, prove the column."""
    for column in ("status", "type") if table == "tickets" else ():
        if len(values.texts) > 1 and fit(table, column, "columns", values) == 1:
            yield Candidate(column, values, VALUES, message("suggest_vocabulary"))


def _alike(table: str, values: Column) -> Iterator[Candidate]:
    """Find the known headings most alike whose columns the values fit; never sure."""
    heading = heading_form(values.heading, numbered=True)
    known = spellings(table)
    found = process.extract(heading, known.keys(), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=5)
    best: dict[str, float] = {}
    for text, score, _ in found:
        column = known[text]
        any_text = kind_of(table, column).name in ("text", "id")
        if score >= _LIKE_FOR_TEXTS * any_text and (fit(table, column, "columns", values) or 0.0) >= _AGREED:
            best.setdefault(column, score)
    for column, score in best.items():
        others = tuple(name for name in best if name != column)
        doubts = (message("suggest_also_like", columns=others),) if others else ()
        yield Candidate(column, values, score, message("suggest_like", score=round(score)), sure=False, doubts=doubts)
