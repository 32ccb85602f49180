"""What a run hands over: the card, or the card of each project, as files, as a bundle and on the screen."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from opskpi.commands.bundling import bundled_details, refuse_bundle
from opskpi.commands.guards import guard_files, guard_outputs, others_of
from opskpi.commands.options import Wanted

if TYPE_CHECKING:
    from opskpi.archive.reading import PastCard
    from opskpi.commands.books import Form, Notes
    from opskpi.commands.bundling import Packing
    from opskpi.commands.naming import Output
    from opskpi.model.cards import Scorecard
    from opskpi.model.improvements import Improvement
    from opskpi.pipeline import Scored
    from opskpi.wording import Message

#: What is printed for people, and is no format of files.
_FOR_PEOPLE = frozenset({"terminal", "summary"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a run is to hand over, and what of other people's it needs for that.

    `formats` go with the names in `wanted.output`: one without a format is the company's own `form`. `printed` is
    what goes to standard output, `past` are earlier cards, `lists` is the folder for the rows of a bundle.
    """

    wanted: Wanted
    formats: tuple[str, ...]
    printed: str | None
    notes: "Notes | None"
    form: "Form | None"
    past: "Sequence[PastCard]"
    lists: Path | None

    @property
    def silent(self) -> bool:
        """Whether nothing is said beside the result."""
        return self.wanted.quiet or self.printed == "summary"

    @property
    def details(self) -> int:
        """How many missed rows of each result are told somewhere."""
        from opskpi.renderers import load

        kept = self.notes.DETAILS if self.notes else 0
        return max((kept, bundled_details(self.lists), *(load(each).DETAILS for each in self._drawn)))

    @property
    def evidence(self) -> bool:
        """Whether every row behind each figure is listed somewhere."""
        from opskpi.renderers import EVIDENCE

        return not EVIDENCE.isdisjoint(self.formats)

    @property
    def rows(self) -> int:
        """How many rows are kept for later runs at most."""
        from opskpi.renderers import ROWS

        return sys.maxsize if self.lists else max((ROWS.get(each, 0) for each in self._drawn), default=0)

    @property
    def _drawn(self) -> set[str]:
        return {each for each in (*self.formats, self.printed) if each}


def delivery_of(wanted: Wanted, lists: Path | None) -> Delivery:
    """Find out what the command line wants handed over, before any export is read.

    Raises SettingsError, or OutputError where something could not be written.
    """
    from opskpi.commands.books import open_form, open_notes

    formats, names = _destinations(wanted.output, wanted.template)
    wanted = replace(wanted, output=names)
    refuse_bundle(wanted)
    guard_outputs(wanted, named=True)
    printed = None if wanted.quiet and not wanted.format else wanted.format or "terminal"
    form = open_form(wanted.template, [name for name, each in zip(names, formats, strict=True) if not each])
    return Delivery(wanted, formats, printed, open_notes(wanted.notes), form, _past(wanted), lists)


def _destinations(outputs: Sequence[str], template: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell the format and the file of each output, no format for a template's; raises SettingsError."""
    from opskpi.commands.books import fills
    from opskpi.errors import SettingsError
    from opskpi.renderers import FORMATS, SUFFIXES, destination
    from opskpi.wording import message

    found = [("", each) if fills(template, each) else destination(each) for each in outputs]
    unknown = [file for format_, file in found if not format_ and not fills(template, file)]
    if unknown:
        rest = tuple(f"{each}=FILE" for each in FORMATS if each not in SUFFIXES.values())
        raise SettingsError(*(message("format_unknown", file=each, formats=(*SUFFIXES, *rest)) for each in unknown))
    return tuple(format_ for format_, _ in found), tuple(file for _, file in found)


def _past(wanted: Wanted) -> "Sequence[PastCard]":
    """Read the earlier scorecards; raises SettingsError, also where nothing is there to turn from."""
    from opskpi.errors import SettingsError
    from opskpi.wording import message

    if wanted.only and not (wanted.earlier or wanted.by):
        raise SettingsError(message("turned_what"))
    if not wanted.earlier:
        return ()
    from opskpi.archive.reading import read_card

    return [read_card(Path(name)) for name in wanted.earlier]


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of a run as they are handed over: with their lines of the list of improvements, held against others."""

    made: "Scored"
    delivery: Delivery
    improvements: "Sequence[Improvement]"
    _known: "dict[str | None, Scorecard]" = field(default_factory=dict)

    def card(self, project: str | None = None) -> "Scorecard":
        """Give the card of all that was judged, or that of one project."""
        if project not in self._known:
            self._known[project] = self._finished(project)
        return self._known[project]

    def shown(self, name: str, project: str | None = None) -> "Scorecard":
        """Give what a format shows of a card: people may have asked for what turned, programs and forms get all."""
        from opskpi.renderers import MACHINE

        if not self.delivery.wanted.only or not name or name in MACHINE:
            return self.card(project)
        from opskpi.archive.turning import only_turned

        return only_turned(self.card(project))

    def _finished(self, project: str | None) -> "Scorecard":
        card = self.made.card if project is None else self.made.of(frozenset({project}))
        projects = frozenset(card.asked.projects)
        mine = tuple(each for each in self.improvements if not projects or each.project in projects)
        held = bool(self.delivery.past or self.delivery.wanted.only)
        if not (mine or held):
            return card
        card = replace(card, improvements=mine)
        if held:
            from opskpi.archive.comparing import compared

            card = compared(card, self.delivery.past)
        # the card itself names no other project; what was put on it may
        return self.made.veiled(card, projects) if projects else card


def write_cards(cards: Cards, language: str, packing: "Packing | None" = None) -> "list[Message]":
    """Write all files of a run, one for each project where that is asked for, and give what is to be said of them.

    A bundle is written with them: either all take their places or none does. Raises SettingsError where two would be
    one file, OutputError where one cannot be written.
    """
    from opskpi.commands.naming import marked, outputs, placeholders
    from opskpi.commands.output import make_folder, write_all, writer
    from opskpi.intake.rejects import rejects
    from opskpi.wording import message

    delivery, made = cards.delivery, cards.made
    wanted, projects = delivery.wanted, made.card.projects
    planned = outputs(wanted.output, delivery.formats, placeholders(made.card), projects)
    known: list[str | Path] = [*(each.path for each in planned if not each.made), *others_of(wanted)]
    guard_files([each.path for each in planned if each.made], wanted, known)
    drawn: dict[Path, bytes] = {}
    for each in planned:
        drawn |= _drawn(each, cards, language)
    for each in planned:
        if each.made:
            make_folder(each.path)
    rejected = {Path(wanted.rejects): rejects(made.screen.intake, language)} if wanted.rejects else {}
    files = [(path, writer(data)) for path, data in (drawn | rejected).items()]
    write_all([*files, *([(packing.path, packing.write)] if packing else [])])
    alike = tuple(marked(projects)) if any(each.project for each in planned) else ()
    said = [message("names_marked", projects=alike)] if alike else []
    return [
        *said,
        *(delivery.form.said if delivery.form else ()),
        *(message("wrote", file=str(path)) for path in drawn),
        *(packing.said if packing else ()),
    ]


def _drawn(output: "Output", cards: Cards, language: str) -> "Mapping[Path, bytes]":
    """Draw a file, with those that belong beside it."""
    from opskpi.renderers import Style, files

    card, form = cards.shown(output.format, output.project), cards.delivery.form
    if form and not output.format:
        return {output.path: form.filled(card, language)}
    return files(output.path, output.format, card, Style(language, full=cards.delivery.wanted.full))


def print_card(cards: Cards, language: str) -> None:
    """Print the card where one is to be printed."""
    from opskpi.commands.output import console_style, write_out
    from opskpi.renderers import draw

    printed = cards.delivery.printed
    if printed:
        style = replace(console_style(language), full=cards.delivery.wanted.full)
        data = draw(printed, cards.shown(printed), style)
        write_out(data, machine=printed not in _FOR_PEOPLE, coloured=printed == "terminal" and style.colour)
