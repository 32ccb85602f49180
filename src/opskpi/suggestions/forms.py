"""One form of a proposed mapping: its columns and constants, what it asks, and what it leaves unused."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from opskpi.suggestions.candidates import Candidate
from opskpi.suggestions.columns import Column
from opskpi.suggestions.fits import MOST_WORDS, kind_of
from opskpi.suggestions.manners import manner
from opskpi.suggestions.phrases import names_customers
from opskpi.suggestions.proposals import Draft
from opskpi.suggestions.vocabularies import BLANK, sampled, words_of
from opskpi.suggestions.yaml import Line, lines_of, listed, said, sample, scalar, section
from opskpi.tables import load
from opskpi.tables.tickets import TYPES
from opskpi.wording import Message, message

_PARTS = ("columns", "opposite", "remaining")
#: So many columns are named for a question, and so many headings as unused.
_CHOICES, _UNUSED = 8, 60
_FEWEST_ROWS = 20
#: Names recur: so many of a column's rows at most have one of their own.
_RECURRING = 0.7


def form_lines(draft: Draft, language: str) -> list[str]:
    """Write one form; the first line carries the dash of the list."""
    first = [Line("name", scalar(draft.name))]
    if draft.layout is None:
        first.insert(0, Line("table", draft.proposal.table))
    lines = [
        *lines_of(first, 4),
        *(line for part in _PARTS for line in _part(draft, part, language)),
        *_mean(draft, language),
        *_origin(draft, language),
        *_constants(draft, language),
        *words_of(draft.proposal, draft.layout.form if draft.layout else None, language),
        *lines_of(manner(draft, language), 4),
        *_unused(draft, language),
    ]
    lines[0] = f"  - {lines[0][4:]}"
    return lines


def _part(draft: Draft, part: str, language: str) -> list[str]:
    given: list[Line] = []
    for column in load(draft.proposal.table).kinds:
        some = [each for each in draft.proposal.columns.get(column, ()) if each.part == part]
        if len(draft.proposal.columns.get(column, ())) > 1 and some:
            given += _choice(column, some, language)
        elif some:
            given.append(_inheriting(draft, part, _line(some[0], language), some[0]))
        elif part == "columns" and column in draft.proposal.unread:
            remark = message("suggest_left_out", column=column).text(language)
            given.append(Line(column, "[]", remark=remark))
        elif part == "columns" and column in draft.proposal.missing:
            given += _question(draft, column, language)
    return section(part, given, 4)


def _line(candidate: Candidate, language: str, *, before: tuple[str, ...] = ()) -> Line:
    doubts = tuple(each.text(language) for each in candidate.doubts)
    remark = f"{candidate.why.text(language)} · {sampled(candidate)}" if candidate.values.texts else _empty(language)
    return Line(candidate.column, scalar(candidate.values.heading), candidate.sure, remark, (*before, *doubts))


def _inheriting(draft: Draft, part: str, line: Line, candidate: Candidate) -> Line:
    """Keep the headings the extended form has words for; without them those words would hang in the air."""
    if draft.layout is None:
        return line
    form = draft.layout.form
    spellings = (form.columns if part == "columns" else form.opposite).get(candidate.column, ())
    others = [text for text in spellings if text in form.words and text != candidate.values.heading]
    return replace(line, value=listed([candidate.values.heading, *others])) if others else line


def _empty(language: str) -> str:
    return message("suggest_empty").text(language)


def _choice(column: str, some: Sequence[Candidate], language: str) -> Iterator[Line]:
    """Two headings for one column: both readings, neither of them applied."""
    before: tuple[str, ...] = (message("suggest_choice", column=column).text(language),)
    for each in some:
        yield _line(each, language, before=before)
        before = ()


def _question(draft: Draft, column: str, language: str) -> Iterator[Line]:
    """Ask for a required column that nothing fits, with the headings that could be it by their values."""
    if column == "type":
        return
    choices = list(_choices(draft, column))[:_CHOICES]
    asked = message("suggest_missing", column=column) if choices else message("suggest_missing_all", column=column)
    before: tuple[str, ...] = (asked.text(language),)
    for values in choices:
        shown = " · ".join(sample(text) for text in values.samples)
        remark = message("suggest_distinct", count=len(values.texts), samples=shown).text(language)
        yield Line(column, scalar(values.heading), applied=False, remark=remark, before=before)
        before = ()
    if not choices:
        yield Line(column, BLANK, applied=False, before=before)


def _choices(draft: Draft, column: str) -> Iterator[Column]:
    kind = kind_of(draft.proposal.table, column)
    applied = draft.proposal.applied.values()
    settled = {each.values.position for each in applied if each.column != "group" and not kind.is_instant}
    most = max(_FEWEST_ROWS, draft.grid.rows // 4)
    free = [each for each in draft.grid.columns if each.heading and each.texts and each.position not in settled]
    for values in sorted(free, key=lambda each: _remoteness(draft, each)):
        recurs = 1 < len(values.texts) <= min(most, values.filled * _RECURRING)
        if kind.is_instant:
            fits = values.shares["moment"] > 0.5  # noqa: PLR2004 - the greater part
        elif kind.name == "score":
            fits = values.shares["number"] > 0.5 and len(values.texts) <= MOST_WORDS  # noqa: PLR2004
        else:
            fits = values.is_plain_text and recurs
        if fits:
            yield values


def _remoteness(draft: Draft, values: Column) -> tuple[bool, bool, bool]:
    """Put headings nobody uses first, then those named after customers, then those that are always filled."""
    settled = any(each.values.position == values.position for each in draft.proposal.applied.values())
    return settled, not names_customers(values.heading), values.filled < draft.grid.rows


def _mean(draft: Draft, language: str) -> list[str]:
    """Offer the mean of several questions that could be the score."""
    some = draft.proposal.columns.get("score", ())
    if len(some) < 2:  # noqa: PLR2004 - a mean of one is none
        return []
    value = f"{{score: {listed(each.values.heading for each in some)}}}"
    before = (message("suggest_mean").text(language),)
    return lines_of([Line("mean", value, applied=False, before=before)], 4)


def _origin(draft: Draft, language: str) -> list[str]:
    """Where no column has the project, sheet, file or folder may be named after it."""
    if "project" not in draft.proposal.missing:
        return []
    named = {origin: name for origin, name in draft.origins.items() if name}
    given = [Line("project", f"{{from: {origin}}}", applied=False, remark=name) for origin, name in named.items()]
    return [*said((message("suggest_project_from").text(language),), 4), *lines_of(given, 4)]


def _constants(draft: Draft, language: str) -> list[str]:
    proposal = draft.proposal
    some = proposal.columns.get("type", ())
    if "type" not in proposal.missing and not any(each.contradicted for each in some):
        return []
    told = proposal.form.constants.get("type") if proposal.form else None
    kinds = dict.fromkeys([*([told] if told else []), *TYPES])
    before = (message("suggest_type").text(language),)
    remark = message("suggest_or", words=tuple(kinds)[1:]).text(language)
    value = f"{{type: {next(iter(kinds))}}}"
    return lines_of([Line("constants", value, applied=False, remark=remark, before=before)], 4)


def _unused(draft: Draft, language: str) -> list[str]:
    """List the headings nothing was proposed for, and the columns that have none."""
    used = draft.proposal.used | (draft.layout.used if draft.layout else frozenset())
    free = [sample(each.heading) for each in draft.grid.columns if each.position not in used and each.heading]
    bare = [each.position for each in draft.grid.columns if each.texts and not each.heading]
    sentences: list[Message] = []
    if free:
        sentences.append(message("suggest_unused", headings=tuple(free[:_UNUSED]), count=len(free)))
    if bare:
        sentences.append(message("suggest_no_name", count=len(bare)))
    return said((each.text(language) for each in sentences), 4)
