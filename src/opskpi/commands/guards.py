"""What is refused before a run writes anything: outputs over inputs, named twice, or where nothing can be written."""

from collections.abc import Sequence
from pathlib import Path

from opskpi.commands.options import Wanted


def guard_outputs(wanted: Wanted, *, named: bool = False) -> None:
    """Refuse outputs that could not be written, or would destroy what is read, before anything is done.

    With `named`, names of outputs have placeholders: what they come to is guarded once it is known.
    """
    from opskpi.commands.naming import KNOWN, OF_RUN, check_fields, fixed_folder, is_filled_in
    from opskpi.commands.output import check_folder

    files = [name for name in wanted.output if not (named and is_filled_in(name))]
    guard_files([*files, *others_of(wanted)], wanted)
    bundles = [wanted.bundle] if wanted.bundle else []
    for name, known in (*((each, KNOWN) for each in wanted.output), *((each, OF_RUN) for each in bundles)):
        if named and is_filled_in(name):
            check_fields(name, known)
            check_folder(Path(name), made=fixed_folder(name))


def others_of(wanted: Wanted) -> list[str]:
    """List what a run writes beside scorecards, as far as the names are known before it."""
    from opskpi.commands.naming import is_filled_in

    bundle = wanted.bundle if wanted.bundle and not is_filled_in(wanted.bundle) else None
    return [name for name in (wanted.rejects, wanted.notes, bundle) if name]


def guard_files(names: Sequence[str | Path], wanted: Wanted, others: Sequence[str | Path] | None = None) -> None:
    """Refuse files that are read, named twice, or in no folder, but for folders that are made beside `others`.

    Raises SettingsError or OutputError.
    """
    from opskpi.commands.naming import same_place
    from opskpi.commands.output import check_folder
    from opskpi.errors import SettingsError
    from opskpi.exports.finding import find
    from opskpi.wording import message

    if not names:
        return
    exports = {same_place(each.path): each for each in find(wanted.exports)}
    places = {same_place(Path(each)) for each in (*(others or ()), *_settings_files(wanted))}
    for name in names:
        place = same_place(Path(name))
        export = exports.get(place)
        if place in places or (export and (export.named or not _is_ours(export.path))):
            raise SettingsError(message("output_over_input", file=str(name)))
        places.add(place)
        if others is None:
            check_folder(Path(name))


def _settings_files(wanted: Wanted) -> tuple[str | Path, ...]:
    """List what a run reads beside exports; plans that one extends lie beside it."""
    from opskpi.commands.settings import CONFIG

    plans = (Path(wanted.targets).parent if wanted.targets else Path("targets")).glob("*.y*ml")
    named = (wanted.targets, wanted.template, wanted.card, *wanted.source, *wanted.earlier)
    return (CONFIG, *plans, *(name for name in named if name))


def _is_ours(path: Path) -> bool:
    """Tell whether a file of a folder is an output of ours, which the next run may replace."""
    from opskpi.exports.ours import is_own_output

    return is_own_output(path)
