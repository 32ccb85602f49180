"""An explanation for people: a figure from its rule to its rows, or a row with all it entered."""

from collections.abc import Iterator, Sequence

from opskpi.model.cards import Reading
from opskpi.model.explanations import (
    Account,
    Entry,
    FigureExplanation,
    Portion,
    RowExplanation,
    Sample,
)
from opskpi.model.goals import shown
from opskpi.model.rules import Clause
from opskpi.renderers import Style, breakdowns
from opskpi.renderers.accounts import account_lines, cells_text, ground_lines, headline
from opskpi.renderers.approvals import waiver_said
from opskpi.renderers.arithmetic import arithmetic
from opskpi.renderers.lines import word
from opskpi.renderers.sections import Columns, Line, Section, as_markdown, as_text
from opskpi.wording import message

#: On a terminal, so that all stays in sight: rows of a bucket told in full, and rows listed.
_FULL, _LISTED = 3, 20
#: What only repeats the bucket's name.
_SAID_BY_BUCKET = frozenset({"row_met", "row_counted"})


def render(explanation: FigureExplanation | RowExplanation, style: Style, *, markdown: bool = False) -> str:
    """Draw an explanation: folded to what stays in sight on a terminal, whole elsewhere."""
    if isinstance(explanation, FigureExplanation):
        title, sections = _figure_title(explanation, style), _figure(explanation, style)
    else:
        title, sections = _row_title(explanation, style), _row(explanation, style)
    found = [each for each in sections if each.parts]
    return as_markdown(title, found) if markdown else as_text(title, found, style.width)


def _figure_title(explanation: FigureExplanation, style: Style) -> str:
    result = explanation.result
    return message(
        "explain_title",
        project=result.project,
        indicator=result.name,
        period=explanation.period.label,
        as_of=explanation.as_of.isoformat(" ", "minutes"),
    ).text(style.language)


def _figure(explanation: FigureExplanation, style: Style) -> Iterator[Section]:
    language = style.language
    yield Section(word("section_arithmetic", language), tuple(arithmetic(explanation, language)))
    yield Section(word("section_rule", language), (_rule(explanation, language),))
    if broken := explanation.result.breakdown:
        yield Section(word("section_breakdown", language), (breakdowns.columns(broken, language),))
    for portion in explanation.portions:
        yield from _portion(portion, style)
    yield Section(word("section_notes", language), tuple(Line(note.text(language)) for note in explanation.notes))


def _portion(portion: Portion, style: Style) -> Iterator[Section]:
    """Tell where the figure comes from or, of a formula, one of its terms."""
    language = style.language
    if portion.term:
        value = "–" if portion.reading.value is None else shown(portion.reading.value, portion.unit, None)
        title = message("section_term", term=portion.term, value=value).text(language)
        yield Section(title, (_clauses(portion.rule, language),))
    if portion.table:
        yield Section(word("section_funnel", language), (_funnel(portion, language),))
    for bucket, accounts in portion.rows.items():
        count = _count(portion.reading, bucket)
        key = "section_rows" if portion.table else "section_members"
        title = message(key, bucket=message(f"bucket_{bucket}"), count=count).text(language)
        yield Section(title, tuple(_accounts(accounts, count, style)))
    count = portion.reading.disagreeing
    title = message("section_differing", count=count).text(language)
    yield Section(title, tuple(_accounts(portion.differing, count, style)))


def _rule(explanation: FigureExplanation, language: str) -> Columns:
    """Say the rule part by part, and the target it is held against."""
    target = explanation.result.target
    rows = [(word("head_target", language), target.text if target else word("verdict_no_target", language))]
    if waiver := waiver_said(explanation.result):
        rows.append((word("section_waived", language), waiver.text(language)))
    rows.append((word("rule_part_sha256", language), explanation.result.rule_sha256[:16]))
    return Columns((*_clauses(explanation.rule, language).rows, *rows))


def _clauses(rule: Sequence[Clause], language: str) -> Columns:
    return Columns(tuple((word(f"rule_part_{each.part}", language), each.said.text(language)) for each in rule))


def _funnel(portion: Portion, language: str) -> Columns:
    """Show what each step takes away of the accepted rows, down to those that count."""
    reading = portion.reading
    rows = [(word("head_accepted", language), str(reading.accepted))]
    for step in portion.steps:
        said = message(f"step_{step.part}_takes", said=step.said).text(language)
        rows.append((said, f"−{step.rows}" if step.rows else "0"))
    rows.append((word("bucket_counted", language), str(reading.counted)))
    for bucket, count in (("met", reading.met), ("missed", reading.missed)):
        if count is not None:
            rows.append((f"  {word(f'bucket_{bucket}', language)}", str(count)))
    return Columns(tuple((count, said) for said, count in rows), frozenset({0}))


def _count(reading: Reading, bucket: str) -> int:
    return {
        "met": reading.met or 0,
        "missed": reading.missed or 0,
        "pending": reading.pending,
        "counted": reading.counted,
        "excluded": sum(reading.excluded.values()),
        "rejected": reading.rejected,
    }[bucket]


def _accounts(accounts: tuple[Account, ...], count: int, style: Style) -> Iterator[Line | Columns]:
    """Tell rows in full, on a terminal only the first of them."""
    full = _FULL if style.width else len(accounts)
    listed = accounts[:_LISTED] if style.width else accounts
    for at, each in enumerate(listed):
        if at < full:
            yield from account_lines(each, style.language)
        else:
            yield Line(headline(each, style.language))
    if count > len(listed):
        yield Line(message("more", count=count - len(listed)).text(style.language))
    if full < len(listed) and any(each.grounds for each in listed[full:]):
        yield Line(message("explain_row_hint", row=listed[full].row_id or listed[full].place).text(style.language))


def _row_title(explanation: RowExplanation, style: Style) -> str:
    return message(
        "explain_row_title",
        row=explanation.asked,
        period=explanation.period.label,
        as_of=explanation.as_of.isoformat(" ", "minutes"),
    ).text(style.language)


def _row(explanation: RowExplanation, style: Style) -> Iterator[Section]:
    language = style.language
    for sample in explanation.samples:
        title = message("sample_title", id=sample.row_id or "-", table=sample.called)
        yield Section(f"{title.text(language)}  {sample.place}", tuple(_sample(sample, language)))
    yield Section(word("section_notes", language), tuple(Line(note.text(language)) for note in explanation.notes))


def _sample(sample: Sample, language: str) -> Iterator[Line | Columns]:
    """Tell what a row says, what became of it, and its part in each indicator."""
    fate = message(f"fate_{sample.fate}")
    yield Line(message("sample_fate", fate=fate, project=sample.project or "-").text(language))
    yield from (Line(fault.text(language), 1) for fault in sample.faults)
    if sample.others:
        yield Line(message("sample_others", places=tuple(map(str, sample.others))).text(language))
    if sample.cells:
        yield Line(cells_text(sample.cells, language))
    for entry in sample.entries:
        yield from _entry(entry, language)
    if sample.fate == "accepted" and not sample.entries:
        yield Line(word("sample_in_none", language))


def _entry(entry: Entry, language: str) -> Iterator[Line | Columns]:
    bucket = message(f"bucket_{entry.account.bucket}")
    name = message("entry_term", indicator=entry.name, term=entry.term) if entry.term else entry.name
    said = message("entry", indicator=name, bucket=bucket, said=entry.account.said)
    if entry.account.said.key in _SAID_BY_BUCKET:
        said = message("entry_plain", indicator=name, bucket=bucket)
    yield Line(said.text(language))
    yield from ground_lines(entry.account.grounds, language, 1)
