"""`opskpi diff`: two scorecards, what changed between them, and why."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from opskpi.commands.answers import Answer, answer_options, check_suffixes, give
from opskpi.commands.completion import paths
from opskpi.commands.options import option

if TYPE_CHECKING:
    from opskpi.archive.reading import PastCard
    from opskpi.model.differences import Difference


@click.command(name="diff", short_help="Hold two scorecards against one another.")
@click.argument("old", shell_complete=paths)
@click.argument("new", shell_complete=paths)
@answer_options
@option("--lang", type=click.Choice(["zh", "en"]), help="Language. Default: that of the new card's plan.")
@option("-q", "--quiet", is_flag=True, help="Print nothing; errors and the exit code stay.")
@option("--debug", is_flag=True, help="Show tracebacks.")
def command(**values: object) -> int:
    """Say what changed from scorecard OLD to scorecard NEW, and what made it change.

    OLD and NEW are JSON scorecards (`score -o card.json`) or bundles. Verdicts that turned come first, then figures
    that moved, each with its causes: rows added, removed, edited or judged otherwise, the target, the rule.

    Exit codes: 0 the same, 1 different, 2 no scorecards, or wrong usage, 5 output or internal error.
    """
    from opskpi.commands.output import reporting
    from opskpi.commands.settings import language_before_plan

    def language(**given: object) -> str:
        return language_before_plan(given["lang"] if isinstance(given["lang"], str) else None, None)

    return reporting(_run, language, lambda **given: bool(given["debug"]))(**values)


def _run(  # noqa: PLR0913 - the options are what they are
    *,
    old: str,
    new: str,
    format: str | None,  # noqa: A002 - as the option is called
    file: str | None,
    lang: str | None,
    quiet: bool,
    debug: bool,
) -> int:
    """Read both cards, compare, write or print; give the exit code."""
    del debug
    from opskpi.archive.differing import difference
    from opskpi.archive.reading import read_card
    from opskpi.commands.output import check_folder

    files = [file] if file else []
    check_suffixes(files)
    cards = read_card(Path(old)), read_card(Path(new))
    language = lang or _language(cards[1])
    if file:
        _refuse_over_card(file, old, new)
        check_folder(Path(file))
    found = difference(*cards)
    give(_answer(found), files, format, language, quiet=quiet)
    return 0 if found.same else 1


def _language(card: "PastCard") -> str:
    from opskpi.wording import language_of

    document = card.document
    return language_of(document.plan.name + "".join(each.name for each in document.results[:1]))


def _refuse_over_card(output: str, *cards: str) -> None:
    """Refuse to write over what is compared; raises SettingsError."""
    import os

    from opskpi.errors import SettingsError
    from opskpi.wording import message

    if os.path.realpath(output) in {os.path.realpath(card) for card in cards}:
        raise SettingsError(message("output_over_input", file=output))


def _answer(found: "Difference") -> Answer:
    from opskpi.renderers import difference as for_people
    from opskpi.renderers import difference_json

    return Answer(
        lambda style, markdown: for_people.render(found, style, markdown=markdown),
        lambda: difference_json.render(found),
    )
