"""The scorecard as Markdown: a short message for a chat group, or the whole report."""

from collections.abc import Iterator, Sequence

from opskpi.model.cards import Scorecard
from opskpi.renderers import Style, approvals, breakdowns, compared, improvements, scores, series
from opskpi.renderers.gist import blocks
from opskpi.renderers.lines import (
    failed,
    heads,
    ledger_line,
    near,
    passed,
    problem_lines,
    provisional,
    reported,
    rows,
    summary_line,
    title,
    value_text,
    verdict_word,
    without,
    word,
)
from opskpi.renderers.marks import escaped
from opskpi.wording import message

DETAILS = 3
#: So many items of a list are in a message.
_MOST = 10


def render(card: Scorecard, style: Style) -> bytes:
    """Write the scorecard as Markdown, at length where that is asked for."""
    told = _turned if card.turned is not None else _report if style.full else _message
    lines = told(card, style.language)
    return ("\n".join(lines) + "\n").encode("utf-8", errors="replace")


def _message(card: Scorecard, language: str) -> Iterator[str]:
    """Say what failed and why, and what else a group must know; of long lists the first items."""
    yield f"# {escaped(title(card, language))}"
    yield ""
    yield escaped(summary_line(card, language))
    for block in blocks(card, language):
        shown = [(item.said, item.first(DETAILS, language)) for item in block.items[:_MOST]]
        yield from _nested(block.key, shown, language)
        if more := len(block.items) - len(shown):
            yield f"- {message('more_items', count=more).text(language)}"


def _report(card: Scorecard, language: str) -> Iterator[str]:
    yield f"# {escaped(title(card, language))}"
    yield ""
    yield escaped(summary_line(card, language))
    yield ""
    if head := approvals.head_line(card.plan.header, language):
        yield escaped(head)
        yield ""
    yield from _matrix(card, language)
    if card.parts:
        yield from _series(card, language)
    yield from _nested("section_breakdown", list(breakdowns.lines(card, language)), language)
    yield from _compared(card, language)
    if card.totals:
        yield from _scores(card, language)
    yield from _nested("section_failed", list(failed(card, language)), language)
    yield from _improvements(card, language)
    yield from _list("section_waived", list(approvals.waived(card, language)), language)
    yield from _list("section_provisional", list(provisional(card, language)), language)
    yield from _list("section_near", list(near(card, language)), language)
    yield from _list("section_reported", list(reported(card, language)), language)
    yield from _list("section_without", list(without(card, language)), language)
    yield from _list("section_problems", list(problem_lines(card.problems, language)), language)
    yield from _list("section_changes", list(approvals.changed(card, language)), language)
    yield from _list("section_notes", [note.text(language) for note in card.notes], language)
    yield from _heading("section_ledger", language)
    yield escaped(ledger_line(card, language))


def _matrix(card: Scorecard, language: str) -> Iterator[str]:
    yield _row([word("head_project", language), *heads(card)])
    yield "|---|" + "---:|" * len(card.indicators)
    for project, results in rows(card):
        row = [project]
        for result in results:
            said = "" if result is None else verdict_word(result, language)
            value = "" if result is None or result.value is None else f"{value_text(result)} "
            row.append(value + said)
        yield _row(row)
    if card.company:
        yield _row([word("head_passed", language), *passed(card)])


def _series(card: Scorecard, language: str) -> Iterator[str]:
    yield ""
    yield f"## {escaped(series.heading(card, language))}"
    for each in series.series(card, language):
        yield ""
        yield f"**{escaped(each.head)}**" if each.rows else escaped(each.head)
        if each.rows:
            yield ""
            yield _row([word("head_project", language), *series.labels(card)])
            yield "|---|" + "---:|" * len(card.parts)
        for project, results in each.rows:
            yield _row([project, *(series.cell_text(result, language) if result else "" for result in results)])
        if each.passed:
            yield _row([word("head_passed", language), *each.passed])


def _turned(card: Scorecard, language: str) -> Iterator[str]:
    """Write what turned and what failed of it; one line where nothing did."""
    if not card.turned:
        yield escaped(compared.nothing_turned(card, language))
        return
    yield f"# {escaped(title(card, language))}"
    yield from _list("section_turned", list(compared.turned(card, language)), language)
    yield from _nested("section_failed", list(failed(card, language)), language)


def _compared(card: Scorecard, language: str) -> Iterator[str]:
    """Write the changes against earlier periods, and what was restated."""
    for each in compared.tables(card, language):
        yield ""
        yield f"## {escaped(each.title)}"
        yield ""
        yield _row(each.heads)
        yield "|---|" + "---:|" * (len(each.heads) - 1)
        yield from (_row(row) for row in each.rows)
    yield from _list("section_incomparable", list(compared.notes(card, language)), language)
    yield from _list("section_restated", list(compared.restated(card, language)), language)


def _scores(card: Scorecard, language: str) -> Iterator[str]:
    yield from _heading("section_scores", language)
    heads = scores.headings(card, language)
    yield _row(heads)
    yield "|---|" + "---:|" * (len(heads) - 1)
    yield from (_row(row) for row in scores.table(card, language))
    lines = [*scores.costs(card, language), *scores.absent(card, language)]
    yield from ("", *(f"- {escaped(line)}" for line in lines)) if lines else ()


def _improvements(card: Scorecard, language: str) -> Iterator[str]:
    rows = list(improvements.table(card, language))
    if rows:
        yield from _heading("section_improvements", language)
        yield _row([word(key, language) for key in improvements.HEADS])
        yield "|---" * len(improvements.HEADS) + "|"
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"


def _nested(key: str, found: Sequence[tuple[str, tuple[str, ...]]], language: str) -> Iterator[str]:
    if found:
        yield from _heading(key, language)
    for line, below in found:
        yield f"- {escaped(line)}"
        yield from (f"  - {escaped(each)}" for each in below)


def _list(key: str, lines: Sequence[str], language: str) -> Iterator[str]:
    if lines:
        yield from _heading(key, language)
        yield from (f"- {escaped(line)}" for line in lines)


def _heading(key: str, language: str) -> Iterator[str]:
    yield ""
    yield f"## {word(key, language)}"
    yield ""
