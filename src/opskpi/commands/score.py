"""`opskpi score`: judge every project, print a scorecard, write others."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opskpi.commands.bundling import lists_of
from opskpi.commands.completion import indicators, paths
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
    from opskpi.model.cards import Scorecard

#: What can be printed: the default first, and the one line of a cron job last.
_PRINTED = ("terminal", "json", "csv", "md", "html", "wecom", "junit", "openmetrics", "summary")
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
@option(
    "--bundle",
    metavar="FILE",
    help="Pack the run for the archive (.zip): card, plan, ledger, evidence; {period} as in -o.",
)
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
    from opskpi.commands.bundling import Made, listing, packing_of
    from opskpi.commands.delivery import Cards, delivery_of, print_card, write_cards
    from opskpi.commands.output import tell
    from opskpi.pipeline import UnusableError, scored
    from opskpi.targets.finding import read_plan
    from opskpi.wording import language_of

    delivery = delivery_of(wanted, lists)
    wanted = delivery.wanted
    plan, document = read_plan(wanted.targets, Path.cwd())
    language = wanted.lang or plan.language or language_of(document.text)
    asked = request(wanted, delivery.details, contents, evidence=delivery.evidence, rows=delivery.rows)
    try:
        made = scored(replace(asked, listing=listing(lists, language)), plan, document)
    except UnusableError as error:
        write_rejects(wanted, error.screen, language)
        tell([screen_text(error.screen, wanted, language)])
        raise
    improvements, write_notes = delivery.notes.kept(made.card, language) if delivery.notes else ((), tuple)
    cards = Cards(made, delivery, improvements)
    whole = Made(made.card, made.screen, plan, document, language, lists) if lists else None
    said = write_cards(cards, language, packing_of(wanted, whole, contents) if whole else None)
    if not delivery.silent:
        tell([*notes(cards.card(), language), *(each.text(language) for each in said)])
    print_card(cards, language)
    done = write_notes()
    if not delivery.silent:
        tell(each.text(language) for each in done)
    return exit_code(made.card)


def notes(card: "Scorecard", language: str) -> Sequence[str]:
    """Say what a reader must know beside the figures."""
    from opskpi.renderers.lines import word
    from opskpi.renderers.screen import unused_line

    unused = [f"{word('section_unused', language)}: {unused_line(each, language)}" for each in card.unused]
    return [*unused, *(note.text(language) for note in card.notes)]


def exit_code(card: "Scorecard") -> int:
    """Reduce the verdicts of the run's own period to the exit code the contract names; a series changes nothing."""
    from opskpi.model.cards import Verdict

    verdicts = {result.verdict for result in card.results}
    if Verdict.FAIL in verdicts:
        return 1
    return 4 if not verdicts or verdicts & {Verdict.NO_DATA, Verdict.TOO_FEW} else 0
