"""`opskpi score`: judge every project, print a scorecard, write others."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opskpi.commands.bundling import lists_of
from opskpi.commands.completion import indicators, paths
from opskpi.commands.guards import guard_files, guard_outputs, others_of
from opskpi.commands.options import (
    Wanted,
    guarded,
    nil_option,
    option,
    reading_options,
    request,
    screen_text,
    write_rejects,
)

if TYPE_CHECKING:
    from opskpi.archive.reading import PastCard
    from opskpi.commands.books import Form
    from opskpi.model.cards import Scorecard
    from opskpi.model.improvements import Improvement
    from opskpi.pipeline import Scored
    from opskpi.wording import Message

#: What can be printed: the default first, and the one line of a cron job last.
_PRINTED = ("terminal", "json", "csv", "md", "html", "wecom", "junit", "openmetrics", "summary")
_FOR_PEOPLE = frozenset({"terminal", "summary"})
_PARTS = ("month", "quarter", "half", "year")


@click.command(name="score", short_help="Judge every project; print a scorecard, write others.")
@reading_options
@nil_option
@option(
    "--by",
    type=click.Choice(_PARTS),
    help="Add a series, each part counted from the rows. The whole period decides the exit code.",
)
@option("--project", multiple=True, metavar="NAME", help="Only this project.")
@option(
    "--indicator",
    multiple=True,
    metavar="NAME",
    shell_complete=indicators,
    help="Only this indicator: id, name or short name.",
)
@option("--owner", multiple=True, metavar="NAME", help="Only this department's or process owner's indicators.")
@option(
    "earlier",
    "--with",
    multiple=True,
    metavar="OLD",
    help="Hold the figures against an earlier scorecard (JSON or bundle), its periods before. Repeatable.",
)
@option("--only", type=click.Choice(["turned"]), help="Show only verdicts that turned; goes with --with or --by.")
@option(
    "-f",
    "--format",
    type=click.Choice(_PRINTED),
    help="What to print: terminal by default; summary is one line alone.",
)
@option(
    "-o",
    "--output",
    multiple=True,
    metavar="FILE",
    shell_complete=paths,
    help="Write a scorecard; the suffix is the format (.json .csv .md .html .xlsx, .xml for junit, .prom for "
    "openmetrics), or FORMAT=FILE says it; {project} is one for each, {period}, {plan}, {as_of}. Repeatable.",
)
@option("--full", is_flag=True, help="Markdown as a report: matrix, series, rejected rows, ledger; not as a message.")
@option(
    "--notes",
    metavar="FILE",
    help="Keep the list of improvements in this workbook: misses are added, what people wrote stays.",
)
@option("--template", metavar="FILE", help="Fill this workbook's named cells for -o of the same suffix.")
@option("--bundle", metavar="FILE", help="Pack the run for the archive (.zip): card, plan, ledger, evidence.")
@option("--bundle-inputs", is_flag=True, help="Pack the exports, too, so that `verify` needs nothing else.")
def command(**values: Any) -> int:  # noqa: ANN401 - click's own
    """Judge every project in EXPORTS against the plan.

    EXPORTS are files, folders or globs; tickets=FILE and surveys=FILE#Sheet say what a
    file is, - is standard input.

    Exit codes: 0 every target met, 1 missed, 2 wrong usage or settings, 3 exports unusable,
    4 nothing missed but data lacking, 5 output or internal error.
    """
    return guarded(run, Wanted(**values))


def run(wanted: Wanted) -> int:
    """Make room for the lists of a bundle where one is wanted, and score."""
    with lists_of(wanted.bundle) as lists:
        return _run(wanted, lists)


def _run(wanted: Wanted, lists: Path | None) -> int:
    """Read the plan, judge, write files, print; give the exit code."""
    from opskpi.exports.opening import Contents

    contents = Contents(wanted.exports)  # begun before the imports below, which take as long
    from opskpi.commands.books import open_form, open_notes
    from opskpi.commands.bundling import Made, bundled_details, listing, refuse_bundle, write_bundle
    from opskpi.commands.output import tell, write_out
    from opskpi.pipeline import UnusableError, scored
    from opskpi.renderers import EVIDENCE, MACHINE, ROWS, draw, load
    from opskpi.targets.finding import read_plan
    from opskpi.wording import language_of

    formats, names = destinations(wanted.output, wanted.template)
    wanted = replace(wanted, output=names)
    refuse_bundle(wanted)
    plan, document = read_plan(wanted.targets, Path.cwd())
    language = wanted.lang or plan.language or language_of(document.text)
    guard_outputs(wanted, named=True)
    listed = open_notes(wanted.notes)
    form = open_form(wanted.template, [name for name, each in zip(names, formats, strict=True) if not each])
    past = _past(wanted)
    printed = None if wanted.quiet and not wanted.format else wanted.format or "terminal"
    details = max((load(each).DETAILS for each in {*formats, printed} if each), default=0)
    details = max(details, listed.DETAILS if listed else 0, bundled_details(lists))
    rows = sys.maxsize if lists else max((ROWS.get(each, 0) for each in (*formats, printed) if each), default=0)
    asked = request(wanted, details, contents, evidence=not EVIDENCE.isdisjoint(formats), rows=rows)
    try:
        made = scored(replace(asked, listing=listing(lists, language)), plan, document)
    except UnusableError as error:
        write_rejects(wanted, error.screen, language)
        tell([screen_text(error.screen, wanted, language)])
        raise
    kept, write_notes = listed.kept(made.card, language) if listed else (made.card, tuple)
    finish = partial(_finished, made, kept.improvements, past, wanted)
    card, people = finish(None)
    lines = write_cards(wanted, made, finish, (formats, form), language)
    packed = Made(_own(made, kept.improvements), made.screen, plan, document, language, lists) if lists else None
    bundle = write_bundle(wanted, packed, contents) if packed else ()
    silent = wanted.quiet or printed == "summary"
    if not silent:
        tell(notes(card, language))
        tell(each.text(language) for each in (*lines, *bundle))
    if printed:
        look, seen = replace(console_style(language), full=wanted.full), card if printed in MACHINE else people
        machine, coloured = printed not in _FOR_PEOPLE, printed == "terminal" and look.colour
        write_out(draw(printed, seen, look), machine=machine, coloured=coloured)
    done = write_notes()
    if not silent:
        tell(said.text(language) for said in done)
    return exit_code(made.card)


def write_cards(
    wanted: Wanted,
    made: "Scored",
    finish: "Callable[[str | None], tuple[Scorecard, Scorecard]]",
    drawn_as: "tuple[Sequence[str], Form | None]",
    language: str,
) -> "list[Message]":
    """Write all files of a run, one for each project where that is asked for, and give what is to be said of them.

    Raises SettingsError where two would be one file, OutputError where one cannot be written.
    """
    from opskpi.commands.naming import marked, outputs, placeholders
    from opskpi.commands.output import make_folder, write_files
    from opskpi.intake.rejects import rejects
    from opskpi.renderers import MACHINE, Style, files
    from opskpi.wording import message

    (formats, form), projects, style = drawn_as, made.card.projects, Style(language, full=wanted.full)
    planned = outputs(wanted.output, formats, placeholders(made.card), projects)
    known: list[str | Path] = [*(each.path for each in planned if not each.made), *others_of(wanted)]
    guard_files([each.path for each in planned if each.made], wanted, known)
    cards = {name: finish(name) for name in dict.fromkeys(each.project for each in planned)}
    drawn: dict[Path, bytes] = {}
    for each in planned:
        card, people = cards[each.project]
        seen = people if each.format and each.format not in MACHINE else card
        filled = form and not each.format and {each.path: form.filled(seen, language)}
        drawn |= filled or files(each.path, each.format, seen, style)
    for each in planned:
        if each.made:
            make_folder(each.path)
    more = [(Path(wanted.rejects), rejects(made.screen.intake, language))] if wanted.rejects else []
    write_files([*drawn.items(), *more])
    alike = tuple(marked(projects)) if cards.keys() - {None} else ()
    said = [message("names_marked", projects=alike)] if alike else []
    return [*said, *(form.said if form else ()), *(message("wrote", file=str(path)) for path in drawn)]


def _finished(
    made: "Scored",
    improvements: "Sequence[Improvement]",
    past: "Sequence[PastCard]",
    wanted: Wanted,
    project: str | None,
) -> "tuple[Scorecard, Scorecard]":
    """Finish the run's card, or that of one project: what programs get of it, and what people are to see."""
    card = _own(made, improvements, project)
    projects = frozenset(card.asked.projects)
    first, second = _held(card, past, wanted)
    return (made.veiled(first, projects), made.veiled(second, projects)) if projects else (first, second)


def _own(made: "Scored", improvements: "Sequence[Improvement]", project: str | None = None) -> "Scorecard":
    """Get the run's card, or that of one project, with its lines of the list of improvements."""
    card = made.card if project is None else made.of(frozenset({project}))
    projects = frozenset(card.asked.projects)
    own = tuple(each for each in improvements if not projects or each.project in projects)
    return made.veiled(replace(card, improvements=own), projects) if projects else replace(card, improvements=own)


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


def _held(card: "Scorecard", past: "Sequence[PastCard]", wanted: Wanted) -> "tuple[Scorecard, Scorecard]":
    """Hold the card against earlier ones where that is asked for; give it, and what of it people are to see."""
    if not (past or wanted.only):
        return card, card
    from opskpi.archive.comparing import compared
    from opskpi.archive.turning import only_turned

    card = compared(card, past)
    return card, only_turned(card) if wanted.only else card


def destinations(outputs: Sequence[str], template: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
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


def notes(card: "Scorecard", language: str) -> Sequence[str]:
    """Say what a reader must know beside the figures."""
    from opskpi.renderers.lines import word
    from opskpi.renderers.screen import unused_line

    unused = [f"{word('section_unused', language)}: {unused_line(each, language)}" for each in card.unused]
    return [*unused, *(note.text(language) for note in card.notes)]


def console_style(language: str) -> "Any":  # noqa: ANN401
    """Find out what standard output can show: width and colour only on a terminal."""
    from opskpi.renderers import Style

    if not sys.stdout.isatty():
        return Style(language)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Style(language, width=shutil.get_terminal_size().columns, colour=not plain)


def exit_code(card: "Scorecard") -> int:
    """Reduce the verdicts of the run's own period to the exit code the contract names; a series changes nothing."""
    from opskpi.model.cards import Verdict

    verdicts = {result.verdict for result in card.results}
    if Verdict.FAIL in verdicts:
        return 1
    return 4 if not verdicts or verdicts & {Verdict.NO_DATA, Verdict.TOO_FEW} else 0
