"""The scorecard on a terminal: projects down, indicators across, then what failed, then the ledger."""

import io
from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from opskpi.model.cards import Result, Scorecard, Verdict
from opskpi.model.safety import legible
from opskpi.renderers import Style, approvals, breakdowns, compared, scores, series
from opskpi.renderers.lines import (
    PROVISIONAL,
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

DETAILS = 3
#: How many parts of a series stand side by side, as many as fit: months by the half-year, the quarter.
_ABREAST = (12, 6, 4, 3, 2, 1)
#: Wide enough for any table that is not to be cut.
_UNCUT = 10_000
_COLOURS = {Verdict.PASS: "green", Verdict.FAIL: "bold red"}


def render(card: Scorecard, style: Style) -> bytes:
    """Draw the scorecard for a terminal of that width, or uncut where there is none."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=style.width or _UNCUT,
        force_terminal=style.colour,
        no_color=not style.colour,
        color_system="standard" if style.colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
    )
    if card.turned is not None:
        _turned(console, card, style)
        return _drawn(out)
    console.print(_text(title(card, style.language), style="bold"))
    matrix = _matrix(card, style.language, " ")
    if console.measure(matrix, options=console.options.update(max_width=_UNCUT)).maximum > console.width:
        # a narrow terminal: the word goes under its value, in every cell alike
        matrix = _matrix(card, style.language, "\n")
    console.print(matrix)
    console.print()
    if card.parts:
        _series(console, card, style.language)
    _section(console, style, "section_breakdown", _nested(breakdowns.lines(card, style.language)))
    _compared(console, card, style)
    if card.totals:
        _scores(console, card, style.language)
    _section(console, style, "section_failed", _nested(failed(card, style.language)))
    _section(console, style, "section_waived", list(approvals.waived(card, style.language)))
    _section(console, style, "section_provisional", list(provisional(card, style.language)), PROVISIONAL)
    _section(console, style, "section_near", list(near(card, style.language)))
    _section(console, style, "section_reported", list(reported(card, style.language)))
    _section(console, style, "section_without", list(without(card, style.language)))
    _section(console, style, "section_changes", list(approvals.changed(card, style.language)))
    _section(console, style, "section_problems", list(problem_lines(card.problems, style.language)))
    console.print(f"{word('section_ledger', style.language)}: {ledger_line(card, style.language)}")
    console.print(f"{word('section_summary', style.language)}: {summary_line(card, style.language)}")
    return _drawn(out)


def _drawn(out: io.StringIO) -> bytes:
    """Give what was drawn, without blanks at the ends of lines."""
    lines = (line.rstrip() for line in out.getvalue().rstrip("\n").splitlines())
    return ("\n".join(lines) + "\n").encode("utf-8", errors="replace")


def _text(said: str, style: str = "") -> Text:
    """Make a text that the terminal shows, whatever it is, and obeys in nothing."""
    return Text(legible(said), style)


def _turned(console: Console, card: Scorecard, style: Style) -> None:
    """Print what turned and what failed of it; one line where nothing did."""
    lines = list(compared.turned(card, style.language))
    if not lines:
        console.print(_text(compared.nothing_turned(card, style.language)), overflow="fold")
        return
    console.print(_text(title(card, style.language), style="bold"))
    console.print()
    _section(console, style, "section_turned", lines)
    _section(console, style, "section_failed", _nested(failed(card, style.language)))


def _compared(console: Console, card: Scorecard, style: Style) -> None:
    """Print the changes against earlier periods, and what was restated."""
    for each in compared.tables(card, style.language):
        console.print(_text(each.title, style="bold"))
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
        for at, head in enumerate(each.heads):
            table.add_column(head, overflow="fold", justify="right" if at else "left", min_width=0 if at else 8)
        for row in each.rows:
            table.add_row(*map(_text, row))
        console.print(Padding(table, (0, 0, 0, 2)))
        console.print()
    _section(console, style, "section_incomparable", list(compared.notes(card, style.language)))
    _section(console, style, "section_restated", list(compared.restated(card, style.language)))


def _matrix(card: Scorecard, language: str, between: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column(word("head_project", language), overflow="fold", min_width=8)
    for head in heads(card):
        table.add_column(_text(head), overflow="fold", justify="right")
    for project, results in rows(card):
        table.add_row(_text(project), *(_cell(result, language, between) for result in results))
    if card.company:
        table.add_section()
        table.add_row(_text(word("head_passed", language)), *(_text(each) for each in passed(card)))
    return table


def _cell(result: Result | None, language: str, between: str) -> Text:
    if result is None:
        return _text("")
    said = _text(verdict_word(result, language), style=_COLOURS.get(result.verdict, ""))
    return said if result.value is None else _text(f"{value_text(result)}{between}").append_text(said)


def _series(console: Console, card: Scorecard, language: str) -> None:
    """Print each indicator's series, in several tables where its parts do not fit side by side."""
    console.print(_text(series.heading(card, language), style="bold"))
    for each in series.series(card, language):
        console.print(_text(f"  {each.head}"), overflow="fold")
        for table in _fitting(console, card, each, language) if each.rows else ():
            console.print(Padding(table, (0, 0, 0, 2)))
    console.print()


def _fitting(console: Console, card: Scorecard, each: series.Series, language: str) -> list[Table]:
    """Lay a series out in as few tables as the width allows."""
    parts = len(card.parts)
    for abreast in (parts, *(size for size in _ABREAST if size < parts)):
        starts = range(0, parts, abreast)
        tables = [_strip(card, each, slice(at, at + abreast), language, console.width // 4) for at in starts]
        wide = console.options.update(max_width=_UNCUT)
        if max(console.measure(table, options=wide).maximum for table in tables) <= console.width - 2:
            break
    return tables


def _strip(card: Scorecard, each: series.Series, which: slice, language: str, widest: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    table.add_column(word("head_project", language), overflow="fold", min_width=8, max_width=max(8, widest))
    for label in series.labels(card)[which]:
        table.add_column(_text(label.replace("..", "..\n")), overflow="fold", justify="right")
    for project, results in each.rows:
        table.add_row(_text(project), *(_figure(result, language) for result in results[which]))
    if each.passed:
        table.add_section()
        table.add_row(_text(word("head_passed", language)), *(_text(said) for said in each.passed[which]))
    return table


def _figure(result: Result | None, language: str) -> Text:
    return _text("") if result is None else _text(series.cell_text(result, language), _COLOURS.get(result.verdict, ""))


def _scores(console: Console, card: Scorecard, language: str) -> None:
    """Print the totals, then what cost points and what did not apply."""
    console.print(_text(word("section_scores", language), style="bold"))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for at, head in enumerate(scores.headings(card, language)):
        table.add_column(_text(head), overflow="fold", justify="right" if at else "left", min_width=0 if at else 8)
    for row in scores.table(card, language):
        table.add_row(*map(_text, row))
    console.print(Padding(table, (0, 0, 0, 2)))
    for line in (*scores.costs(card, language), *scores.absent(card, language)):
        console.print(Padding(_text(line), (0, 0, 0, 2)), overflow="fold")
    console.print()


def _nested(found: Iterable[tuple[str, tuple[str, ...]]]) -> list[str]:
    """Put what belongs to each line under it."""
    lines: list[str] = []
    for line, below in found:
        lines.append(line)
        lines += [f"  {each}" for each in below]
    return lines


def _section(console: Console, style: Style, key: str, lines: list[str], mark: str = "") -> None:
    if not lines:
        return
    console.print(_text(f"{word(key, style.language)}{mark and ' ' + mark}", style="bold"))
    for line in lines:
        indent = len(line) - len(line.lstrip()) + 2
        console.print(Padding(_text(line.lstrip()), (0, 0, 0, indent)), overflow="fold")
    console.print()
