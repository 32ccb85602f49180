"""Keeping the list of improvements: misses are appended, open lines get the newest figure, nothing else is touched."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from opskpi.errors import SettingsError
from opskpi.forms.cells import day_of
from opskpi.forms.listing import COLUMNS, Line, Listing, fingerprint, read
from opskpi.forms.pen import Pen
from opskpi.forms.workbook import Workbook
from opskpi.model.cards import Result, Scorecard, Verdict
from opskpi.model.goals import shown
from opskpi.model.improvements import Improvement
from opskpi.model.periods import Period, parse_period
from opskpi.model.places import column_letters
from opskpi.renderers.lines import word
from opskpi.tables.words import normal, normal_name
from opskpi.wording import Message, message

_LANGUAGES = "zh", "en"


@dataclass(frozen=True, slots=True)
class Kept:
    """The list after a run: its bytes, its lines for the card, and what is to be said."""

    data: bytes
    improvements: tuple[Improvement, ...]
    said: tuple[Message, ...]


def check(data: bytes, file: str) -> None:
    """Raise SettingsError where a list cannot be kept, before anything is counted."""
    read(Workbook(data, file), {})


def keep(data: bytes, card: Scorecard, language: str, file: str) -> Kept:
    """Bring a list up to date; the same run again gives the same bytes. Raises SettingsError."""
    book = Workbook(data, file)
    results = {(normal_name(each.project), each.indicator): each for each in card.results}
    listing = read(book, _names(card.results))
    pen = Pen(book, listing, card.period, language)
    said = [*_strange(listing, file)]
    updated = 0
    for line in listing.lines:
        result = results.get((line.project, line.indicator))
        if result is None or not _is_news(line, result, card.period):
            continue
        if not line.ours:
            at = f"{column_letters(listing.columns.get('latest', 0))}{line.row}"
            said.append(message("notes_changed", file=file, sheet=listing.sheet.name, cell=at))
        elif pen.update(line, result):
            updated += 1
    known = {line.key for line in listing.lines}
    label = card.period.label
    new = [result for key, result in results.items() if result.verdict is Verdict.FAIL and (*key, label) not in known]
    pen.append(new)
    if new or updated:
        said.append(message("notes_kept", file=file, added=len(new), updated=updated))
    kept = book.to_bytes() if pen.close() else data
    return Kept(kept, tuple(_improvements(kept, file, card, language)), tuple(said))


def _names(results: Sequence[Result]) -> Mapping[str, str]:
    """Give each indicator's id by all that it is called, in normal form; ids go before names."""
    named = {normal(text): each.indicator for each in results for text in (each.short, each.name)}
    return named | {normal(each.indicator): each.indicator for each in results}


def _is_news(line: Line, result: Result, period: Period) -> bool:
    """Tell whether a run has something newer of a line: it is open, of periods as long, and not of a later one."""
    if not line.open or result.value is None or line.period.months != period.months or line.period.end > period.end:
        return False
    if line.period.label == period.label and not line.text("latest"):
        first = line.cells.get("value")
        same = first is not None and fingerprint(first.content) == fingerprint(float(result.value))
        return not (same and result.verdict is Verdict.FAIL)
    try:
        return parse_period(line.text("latest_period")).end <= period.end
    except SettingsError:
        return True


def _strange(listing: Listing, file: str) -> Iterator[Message]:
    """Say which lines have a period that is none, and which columns are gone."""
    if listing.strange:
        rows = tuple(str(row) for row in listing.strange)
        yield message("notes_no_period", file=file, sheet=listing.sheet.name, rows=rows)
    if listing.absent:
        heads = tuple(message(COLUMNS[name][0]) for name in listing.absent)
        yield message("notes_columns_gone", file=file, sheet=listing.sheet.name, headings=heads)


def _improvements(data: bytes, file: str, card: Scorecard, language: str) -> Iterator[Improvement]:
    """Read the lines of the card's projects and indicators, as they are now."""
    book = Workbook(data, file)
    results = {(normal_name(each.project), each.indicator): each for each in card.results}
    for line in read(book, _names(card.results)).lines:
        result = results.get((line.project, line.indicator))
        if result is None or line.period.end > card.period.end:
            continue
        yield Improvement(
            project=result.project,
            indicator=result.indicator,
            name=result.name,
            period=line.period.label,
            target=line.text("target"),
            value=_figure(line, "value", result),
            cause=line.text("cause"),
            measure=line.text("measure"),
            person=line.text("person"),
            deadline=_day(line, date1904=book.date1904),
            check=line.text("check"),
            status=line.text("status") or word("notes_open" if line.open else "notes_closed", language),
            latest=_figure(line, "latest", result),
            latest_period=line.text("latest_period"),
            met_now=_met(line.text("latest_verdict")),
            open=line.open,
        )


def _figure(line: Line, column: str, result: Result) -> str:
    """Write a line's figure as the scorecard would, or as somebody wrote it."""
    content = line.cells[column].content if column in line.cells else None
    return (
        shown(Fraction(repr(content)), result.unit, result.target) if isinstance(content, float) else line.text(column)
    )


def _day(line: Line, *, date1904: bool) -> str:
    """Write the day by which something is to be done."""
    content = line.cells["deadline"].content if "deadline" in line.cells else None
    day = day_of(content, date1904=date1904) if isinstance(content, float) else None
    return day.isoformat() if day else line.text("deadline")


def _met(said: str) -> bool | None:
    """Read whether the newest figure meets its target."""
    for key, met in (("verdict_pass", True), ("in_progress", True), ("verdict_fail", False)):
        if any(said.startswith(word(key, language)) for language in _LANGUAGES):
            return met
    return None
