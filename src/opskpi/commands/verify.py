"""`opskpi verify`: count an old scorecard again and say what differs."""

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from opskpi.commands.answers import Answer, answer_options, check_suffixes, give
from opskpi.commands.bundling import Made, lists_of, remade
from opskpi.commands.completion import paths
from opskpi.commands.guards import guard_outputs
from opskpi.commands.options import Wanted, Words, guarded, option, screen_text
from opskpi.commands.redoing import Past, redo

if TYPE_CHECKING:
    from opskpi.archive.bundles import Bundle
    from opskpi.model.verification import Archived, FileCheck, Verification

#: Settings of the folder one works in, which are not meant for what an archive holds.
_OF_THE_FOLDER = ("exports", "targets", "source")


@click.command(name="verify", short_help="Count an old scorecard again: same inputs, plan and figures?")
@click.argument("card", metavar="CARD", shell_complete=paths)
@click.argument("exports", nargs=-1, envvar="OPSKPI_EXPORTS", type=Words(), shell_complete=paths)
@option("-t", "--targets", metavar="FILE", help="Plan. Default: a bundle's own; else as in score.")
@option("--source", multiple=True, metavar="NAME|FILE", help="The mappings. Default: a bundle's own, or shipped ones.")
@answer_options
@option("--lang", type=click.Choice(["zh", "en"]), help="Language. Default: the plan's.")
@option("-q", "--quiet", is_flag=True, help="Print nothing; errors and the exit code stay.")
@option("--debug", is_flag=True, help="Show tracebacks.")
@click.pass_context
def command(context: click.Context, /, file: str | None, **values: Any) -> int:  # noqa: ANN401 - click's own
    """Count CARD again over EXPORTS and say what differs: inputs, plan, or figures, and how.

    CARD is a JSON scorecard (score -o card.json) or a bundle (score --bundle). A bundle brings its plan, and its
    exports where they were packed, too; its files are held against its manifest first. Period, moment and all
    that the run was asked for are the card's own.

    Exit codes: 0 all the same, 1 something differs, 2 wrong usage or no card, 3 exports unusable,
    5 output or internal error.
    """
    if zipfile.is_zipfile(values["card"]):
        for name in _OF_THE_FOLDER:
            if context.get_parameter_source(name) is not click.core.ParameterSource.COMMANDLINE:
                values[name] = None if name == "targets" else ()
    return guarded(run, Wanted(**values, output=(file,) if file else ()))


def run(wanted: Wanted) -> int:
    """Verify, with room for the lists of rows where a bundle has some to compare."""
    with lists_of(wanted.card if zipfile.is_zipfile(str(wanted.card)) else None) as lists:
        return _run(wanted, lists)


def _run(wanted: Wanted, lists: Path | None) -> int:
    """Read the card, do its run again, compare, write or print; give the exit code."""
    from opskpi.wording import language_of

    check_suffixes(wanted.output)
    guard_outputs(wanted)
    past, card = _read(Path(str(wanted.card)))
    language = wanted.lang or (past.run.language if past.run else language_of(past.card.plan.name))
    found = _verified(wanted, past, card, language, lists)
    give(_answer(found), wanted.output, wanted.format, language, quiet=wanted.quiet)
    return 0 if found.same else 1


def _read(path: Path) -> "tuple[Past, Archived]":
    """Read the card, from a bundle with what the run was made of; raises SettingsError."""
    import hashlib

    from opskpi.archive.bundles import RUN, Bundle
    from opskpi.archive.reading import read_card
    from opskpi.model.safety import readable
    from opskpi.model.verification import Archived, Versions

    bundle = Bundle(path) if zipfile.is_zipfile(path) else None
    document = read_card(path).document
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    card = Archived(
        readable(path.name),
        sha256,
        document.plan.name,
        document.period.label,
        document.as_of,
        Versions(document.opskpi, document.counting),
        bundle is not None,
    )
    return Past(document, bundle, bundle.run() if bundle and RUN in bundle.names else None), card


def _verified(wanted: Wanted, past: Past, card: "Archived", language: str, lists: Path | None) -> "Verification":
    """Do the run again and compare; of a bundle that is not whole, what can be known."""
    from opskpi import COUNTING, __version__
    from opskpi.errors import SettingsError
    from opskpi.model.verification import State, Verification, Versions
    from opskpi.pipeline import UnusableError

    now = Versions(__version__, COUNTING)
    members = _members(past.bundle)
    try:
        made = redo(wanted, past, past.run.language if past.run else language, lists)
    except UnusableError as error:
        from opskpi.commands.output import tell

        tell([screen_text(error.screen, wanted, language)])
        raise
    except SettingsError as error:
        if all(each.state is State.SAME for each in members or ()):
            raise
        return Verification(card, now, members, stopped=error.messages)
    return _compared(Verification(card, now, members), past, made)


def _compared(found: "Verification", past: Past, made: Made) -> "Verification":
    """Hold the card against the run that was made again."""
    from opskpi.archive.comparison import figures_compared, files_checked, input_files, plan_files, rule_changes
    from opskpi.archive.document import CardDocument
    from opskpi.renderers import Style, draw

    old, new = past.card, CardDocument.model_validate_json(draw("json", made.card, Style(made.language)))
    inputs = files_checked(input_files(old), input_files(new))
    found = replace(
        found,
        inputs=inputs,
        plan=files_checked(plan_files(old), plan_files(new)),
        rules=rule_changes(old, new),
        figures=figures_compared(old, new, inputs),
        titles={each.indicator: each.name for each in (*new.results, *old.results)},
    )
    return replace(found, remade=_lists(found, past, made))


def _members(bundle: "Bundle | None") -> "tuple[FileCheck, ...] | None":
    """Hold a bundle's files against its manifest."""
    if bundle is None:
        return None
    from opskpi.archive.bundles import checked
    from opskpi.archive.packing import MANIFEST

    return checked(bundle.hashes(), bundle.read(MANIFEST) if MANIFEST in bundle.names else None)


def _lists(found: "Verification", past: Past, made: Made) -> "tuple[FileCheck, ...] | None":
    """Hold the bundle's page and lists against those made again, where all they are made of is the same."""
    from opskpi.archive.comparison import files_checked
    from opskpi.archive.packing import hash_of_content
    from opskpi.model.cards import Unused
    from opskpi.model.verification import State

    files = (*found.inputs, *found.plan)
    alike = found.same_inputs and found.same_plan and found.same_figures and found.card.versions == found.now
    if past.bundle is None or past.run is None or not alike or any(each.state is not State.SAME for each in files):
        return None
    hashes = past.bundle.hashes()
    said = replace(
        made.card,
        notes=tuple(each.message() for each in past.run.notes),
        unused=tuple(Unused(each.file, each.sheet, each.reason.message()) for each in past.run.unused),
    )
    again = {name: hash_of_content(content) for name, content in remade(replace(made, card=said)).items()}
    kept = {name: sha256 for name, sha256 in hashes.items() if name in again or name.startswith("evidence/")}
    return files_checked(list(kept.items()), list(again.items()))


def _answer(found: "Verification") -> Answer:
    from opskpi.renderers import verification as for_people
    from opskpi.renderers import verification_json

    return Answer(
        lambda style, markdown: for_people.render(found, style, markdown=markdown),
        lambda: verification_json.render(found),
    )
