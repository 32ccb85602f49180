"""`opskpi explain`: where a figure comes from, or where a row went."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opskpi.commands.answers import Answer, answer_options, check_suffixes, give
from opskpi.commands.guards import guard_outputs
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
    from opskpi.documents import Document
    from opskpi.model.explanations import FigureExplanation, RowExplanation
    from opskpi.targets.plan import Plan


@click.command(name="explain", short_help="Say where a figure comes from, or where a row went.")
@click.argument("project_word", metavar="[PROJECT", required=False)
@click.argument("indicator_word", metavar="INDICATOR]", required=False)
@reading_options
@nil_option
@option(
    "--row", metavar="ID|CELL", help="Tell every indicator a row entered: INC0231, tickets.csv!12, book.xlsx#Sheet!B12."
)
@answer_options
@click.pass_context
def command(context: click.Context, /, project_word: str | None, indicator_word: str | None, **values: Any) -> int:  # noqa: ANN401 - click's own
    """Explain one figure of a scorecard: `opskpi explain PROJECT INDICATOR exports/`.

    The rule in words, how many rows each step takes away, the arithmetic, each missed row with its cells and its clock
    worked out, what is pending and when it would turn. With --row it is the other way round: every indicator that a
    row entered, as what, and why.

    Exit codes: 0 explained, 2 wrong usage or settings, 3 exports unusable, 5 output or internal error.
    """
    words = tuple(word for word in (project_word, indicator_word) if word is not None)
    row, file = values.pop("row"), values.pop("file")
    if row is not None:
        given = context.get_parameter_source("exports") is click.core.ParameterSource.COMMANDLINE
        values["exports"] = (*words, *values["exports"]) if given or not words else words
        words = ()
    wanted = Wanted(**values, project=words[:1], indicator=words[1:], output=(file,) if file else (), row=row)
    return guarded(run, wanted)


def run(wanted: Wanted) -> int:
    """Read the plan and the exports, explain, write or print; give the exit code."""
    from opskpi.commands.output import tell
    from opskpi.pipeline import UnusableError
    from opskpi.targets.finding import read_plan
    from opskpi.wording import language_of

    _refuse_incomplete(wanted)
    check_suffixes(wanted.output)
    plan, document = read_plan(wanted.targets, Path.cwd())
    language = wanted.lang or plan.language or language_of(document.text)
    guard_outputs(wanted)
    try:
        explanation = _explained(wanted, plan, document)
    except UnusableError as error:
        write_rejects(wanted, error.screen, language)
        tell([screen_text(error.screen, wanted, language)])
        raise
    give(_answer(explanation), wanted.output, wanted.format, language, quiet=wanted.quiet)
    return 0


def _refuse_incomplete(wanted: Wanted) -> None:
    """Say how it is used where project or indicator is missing; raises SettingsError."""
    from opskpi.errors import SettingsError
    from opskpi.wording import message

    if wanted.row is None and not wanted.indicator:
        raise SettingsError(message("explain_what"))


def _explained(wanted: Wanted, plan: "Plan", document: "Document") -> "FigureExplanation | RowExplanation":
    from opskpi.pipeline import explain, explain_row

    if wanted.row is not None:
        return explain_row(request(wanted), plan, document, wanted.row)
    return explain(request(wanted), plan, document, wanted.project[0], wanted.indicator[0])


def _answer(explanation: "FigureExplanation | RowExplanation") -> Answer:
    from opskpi.renderers import explanation as for_people
    from opskpi.renderers import explanation_json

    return Answer(
        lambda style, markdown: for_people.render(explanation, style, markdown=markdown),
        lambda: explanation_json.render(explanation),
    )
