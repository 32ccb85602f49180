"""A company's own form, filled in: the cells it names get a card's figures, and everything else stays as it is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction

from opskpi.errors import SettingsError
from opskpi.forms.cells import Address, Content, serial
from opskpi.forms.figures import Figure, Figures
from opskpi.forms.names import Meaning, Vocabulary
from opskpi.forms.sheet import Sheet
from opskpi.forms.workbook import Named, Workbook
from opskpi.model.cards import Result, Scorecard
from opskpi.model.goals import half_up
from opskpi.model.places import column_letters
from opskpi.model.safety import is_risky
from opskpi.renderers.lines import value_text
from opskpi.wording import Message, message

_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
#: A plain number format: its decimals, and whether it shows percent.
_PLAIN = re.compile(r"(?:#,##)?0(?:\.(0+))?(%)?")
_DAY = re.compile(r"[yd]", re.IGNORECASE)
_SECONDS = 86400


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was filled in, and what has to be told of its names."""

    data: bytes
    said: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    """A named cell that is filled, downwards where it is one of a list."""

    name: str
    sheet: str
    at: Address
    meaning: Meaning


def fill(data: bytes, card: Scorecard, language: str, file: str) -> Filled:
    """Fill a form in; the same form and card give the same bytes. Raises SettingsError where it cannot be filled."""
    book, vocabulary = Workbook(data, file), Vocabulary(card)
    names = list(book.named())
    slots = [slot for named in names if (slot := _slot(named, vocabulary))]
    if not slots:
        raise SettingsError(message("form_no_names", file=file, example=card.indicators[0] if card.indicators else "x"))
    _refuse_twice(slots, file)
    pen = _Pen(book, Figures(card, language), file)
    said = [*_unknown(names, vocabulary, file)]
    for slot in slots:
        said += pen.fill(slot)
    if pen.empty:
        said.append(message("form_nothing", file=file, names=tuple(pen.empty)))
    pen.close()
    return Filled(book.to_bytes(), tuple(said))


def _slot(named: Named, vocabulary: Vocabulary) -> _Slot | None:
    meaning = vocabulary.meaning(named.name)
    if meaning is None or named.sheet is None or named.at is None:
        return None
    return _Slot(named.name, named.sheet, named.at, meaning)


def _unknown(names: Sequence[Named], vocabulary: Vocabulary, file: str) -> Iterator[Message]:
    """Say which names are none of ours though they look so, and which of ours are of no cell."""
    for named in names:
        if vocabulary.meaning(named.name) is None and (hint := vocabulary.hint(named.name)):
            yield message("form_unknown_name", file=file, word=named.name, hint=hint)
    lost = tuple(named.name for named in names if vocabulary.meaning(named.name) and named.at is None)
    if lost:
        yield message("form_no_cell", file=file, names=lost)


def _refuse_twice(slots: Sequence[_Slot], file: str) -> None:
    """Raise SettingsError where one cell is to show two things."""
    seen: dict[tuple[str, Address], _Slot] = {}
    for slot in slots:
        other = seen.setdefault((slot.sheet, slot.at), slot)
        if other.meaning != slot.meaning:
            names = other.name, slot.name
            raise SettingsError(message("form_cell_twice", names=names, **_place(slot, slot.at, file)))


class _Pen:
    """Writes into the cells of a form."""

    def __init__(self, book: Workbook, figures: Figures, file: str) -> None:
        self._book = book
        self._figures = figures
        self._file = file
        self.empty: list[str] = []

    def fill(self, slot: _Slot) -> Iterator[Message]:
        """Write what a name means into its cell, and those below it; say what its number format would hide."""
        sheet, column = self._book.sheet(slot.sheet), self._figures.column(slot.meaning)
        self._refuse(slot, sheet, len(column))
        if all(each is None for each in column):
            self.empty.append(slot.name)
        row, at = slot.at
        model = sheet.style(slot.at)
        for place, figure in enumerate(column or [None]):
            there = (row + place, at)
            own = sheet.cell(there)
            self._put(sheet, there, figure, own.style if own else model)
            if place:
                self._like_first(sheet, slot.at, row + place)
        yield from self._rounded(slot, model)

    def close(self) -> None:
        """Hand all sheets to the book; where anything is calculated, it is to be calculated again."""
        book = self._book
        formulas = [name for name, part in book.sheets.items() if _FORMULA.search(book.package.part(part))]
        for name in book.sheets:
            if name in formulas:
                book.sheet(name).drop_results()
            if name in formulas or name in book.opened:
                book.sheet(name).close()
        if formulas:
            book.recalculate()
        book.mark()

    def _put(self, sheet: Sheet, at: Address, figure: Figure, style: int | None) -> None:
        content = self._moment(figure, style) if isinstance(figure, date) else figure
        if isinstance(content, str) and is_risky(content):
            style = self._book.styles.like(style, guarded=True)
        sheet.put(at, content, style)

    def _moment(self, moment: date, style: int | None) -> Content:
        """Write a day as a day where its cell shows days, else as a text."""
        if not _DAY.search(re.sub(r'"[^"]*"|\[[^\]]*\]|General', "", self._book.styles.number_format(style))):
            return moment.isoformat(" ", "minutes") if isinstance(moment, datetime) else moment.isoformat()
        day = serial(moment.date() if isinstance(moment, datetime) else moment, date1904=self._book.date1904)
        clock = moment.time() if isinstance(moment, datetime) else time()
        part = clock.hour * 3600 + clock.minute * 60 + clock.second
        return day + part / _SECONDS if part else day

    def _like_first(self, sheet: Sheet, first: Address, row: int) -> None:
        """Let a row look like the first one, as far as its blank cells go, where it has no looks of its own."""
        sheet.take_height(row, first[0])
        cells = sheet.row(first[0])
        for step in (-1, 1):
            column = first[1] + step
            while (cell := cells.get(column)) and cell.blank and cell.style:
                if sheet.cell((row, column)) is None and not sheet.is_put((row, column)):
                    sheet.put((row, column), None, cell.style)
                column += step

    def _refuse(self, slot: _Slot, sheet: Sheet, count: int) -> None:
        """Raise SettingsError where a cell cannot take what its name means."""
        row, column = slot.at
        cell = sheet.cell(slot.at)
        if cell and cell.formula:
            raise SettingsError(message("form_formula", name=slot.name, **_place(slot, slot.at, self._file)))
        if sheet.hidden(slot.at):
            raise SettingsError(message("form_merged", name=slot.name, **_place(slot, slot.at, self._file)))
        for below in range(row + 1, row + count):
            there = sheet.cell((below, column))
            if (there and not there.blank) or sheet.hidden((below, column)):
                place = _place(slot, (below, column), self._file)
                raise SettingsError(message("form_row_taken", name=slot.name, count=count, row=row, **place))

    def _rounded(self, slot: _Slot, style: int | None) -> Iterator[Message]:
        """Say where a cell's number format would show a value as the other verdict."""
        code = self._book.styles.number_format(style)
        found = _PLAIN.fullmatch(code)
        if slot.meaning.field != "value" or not found:
            return
        for place, result in enumerate(self._figures.judged(slot.meaning)):
            if result and _turns(result, len(found[1] or ""), 100 if found[2] else 1):
                at = slot.at[0] + place, slot.at[1]
                told = {"name": slot.name, "format": code, "value": value_text(result)}
                yield message("form_rounded", **told, **_place(slot, at, self._file))


def _turns(result: Result, decimals: int, times: int) -> bool:
    if result.value is None or result.target is None:
        return False
    rounded = Fraction(half_up(result.value * times, decimals)) / times
    return result.target.holds(rounded) != result.target.holds(result.value)


def _place(slot: _Slot, at: Address, file: str) -> Mapping[str, object]:
    return {"file": file, "sheet": slot.sheet, "cell": f"{column_letters(at[1])}{at[0]}"}
