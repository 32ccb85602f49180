"""The screen of a run: exports read, names and keys settled, ledgers written, and what is too bad refused."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from fractions import Fraction

from opskpi.documents import nearest
from opskpi.errors import ExportError
from opskpi.exports.finding import Found
from opskpi.intake.answers import answers_wanted
from opskpi.intake.contracts import Contracts, Refusal, contracts
from opskpi.intake.hiding import with_hidden
from opskpi.intake.ledgers import Intake, problem_groups, problems, records, settle
from opskpi.intake.names import Known, look_alikes, register, settle_names
from opskpi.intake.sheets import Settings, read_sheets
from opskpi.model.cards import InputRecord, RepairRecord, Unused
from opskpi.model.places import Ledger, Place, ProblemGroup, Signal
from opskpi.model.service import LimitRule
from opskpi.tables.words import normal_name
from opskpi.wording import Message, message

#: So few rejected rows never make a table unusable by themselves.
_FEW_ROWS = 5


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan says that decides how rows are taken: its projects, its limits, and whether responses must be there.

    `calendars` is None where there is no plan.
    """

    known: tuple[Known, ...] = ()
    calendars: tuple[str, ...] | None = None
    rules: tuple[LimitRule, ...] = ()
    answers_wanted: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """What reading the exports found: enough for `check`, and for a run that cannot go on.

    `contracts` are the limits that were found among them, `sources` the mappings that were named, as they were read:
    None stands for a shipped one.
    """

    intake: Intake
    inputs: tuple[InputRecord, ...]
    unused: tuple[Unused, ...]
    problems: tuple[ProblemGroup, ...]
    notes: tuple[Message, ...]
    signals: tuple[Signal, ...] = ()
    repairs: tuple[RepairRecord, ...] = ()
    refused: tuple[Message, ...] = ()
    contracts: tuple[LimitRule, ...] = ()
    sources: tuple[tuple[str, bytes | None], ...] = ()

    @property
    def ledger(self) -> Ledger:
        """The ledgers of all sheets together."""
        return sum((record.ledger for record in self.inputs), Ledger())


class UnusableError(ExportError):
    """Too many rows were rejected; carries what reading found, to be shown."""

    def __init__(self, screen: Screen, *messages: Message) -> None:
        """Keep the screen of `check`."""
        super().__init__(*messages)
        self.screen = screen


def screened(
    exports: Sequence[str | Found], settings: Settings, terms: Terms, most_rejected: Fraction, pool: Executor
) -> Screen:
    """Read, settle names and keys, write the ledgers.

    Raises ExportError where nothing is usable, UnusableError where too much was rejected or a limit is unreadable.
    """
    reading = read_sheets(exports, settings, pool)
    if not reading.sheets:
        raise ExportError(*_nothing_usable(exports, reading.unused))
    reading = replace(reading, sheets=with_hidden(reading.sheets, settings))
    projects = settle_names((*register(reading.sheets), *terms.known), reading.sheets)
    agreed = contracts(reading.sheets, projects, terms.calendars, terms.rules)
    demand = answers_wanted((*agreed.rules, *terms.rules), projects) if terms.answers_wanted else None
    intake = settle(reading.sheets, projects, demand)
    notes = (
        *(() if projects.closed else look_alikes(projects.names)),
        *alike_rows(intake),
        *_unnamed(terms.known, intake),
        *agreed.notes,
    )
    groups = problem_groups(intake)
    screen = Screen(
        intake, records(intake), reading.unused, groups, notes, repairs=reading.repairs, contracts=agreed.rules
    )
    if bad := (*_refused_limits(agreed, intake), *_too_many_rejected(screen, most_rejected)):
        raise UnusableError(replace(screen, refused=bad), *bad)
    return screen


def _refused_limits(agreed: Contracts, intake: Intake) -> tuple[Message, ...]:
    """Tell all that is wrong with rows of limits: without one of them, another rule would judge in its place."""
    found = [Refusal(each.place, each.message) for sheet, _, each in problems(intake) if sheet.table.name == "sla"]
    return tuple(
        message("contract_refused", place=str(each.place), what=each.what)
        for each in sorted((*agreed.refused, *found), key=lambda each: _in_sheet(each.place))
    )


def _in_sheet(place: Place) -> tuple[str, str, int, int]:
    return place.file, place.sheet, place.row, -1 if place.column is None else place.column


def _nothing_usable(exports: Sequence[str | Found], unused: Sequence[Unused]) -> list[Message]:
    reasons = [message("unused_line", file=each.file, sheet=each.sheet or "", reason=each.reason) for each in unused]
    return [message("nothing_usable", exports=tuple(map(str, exports))), *reasons]


def alike_rows(intake: Intake) -> tuple[Message, ...]:
    """Warn of rows without ids that are alike; they count all the same."""
    return tuple(
        message(
            "rows_alike",
            count=len(each.rows),
            file=each.keyed.sheet.label,
            row=int(each.keyed.chunk.rows[each.rows[0]]),
        )
        for each in intake.alike
    )


def _unnamed(known: Sequence[Known], intake: Intake) -> tuple[Message, ...]:
    """Warn of projects in the plan that no row names: a slip there would judge by the wrong target."""
    seen = intake.seen
    said: list[Message] = []
    for each in known:
        code = intake.projects.code(each.name)
        if code >= 0 and seen[code]:
            continue
        others = [name for name in intake.projects.names if normal_name(name) != normal_name(each.name)]
        near = nearest(each.name, others)
        hint = message("did_you_mean", word=near) if near else message("no_name_near")
        said.append(message("plan_project_unseen", project=each.name, hint=hint))
    return tuple(said)


def _too_many_rejected(screen: Screen, most: Fraction) -> tuple[Message, ...]:
    """Name the tables with more rejected rows than a verdict can bear (design §4)."""
    tables: dict[str, Ledger] = {}
    said = {record.table: record.title for record in screen.inputs}
    for record in screen.inputs:
        if record.table != "sla":  # where one is too many, and told by its cell
            tables[record.table] = tables.get(record.table, Ledger()) + record.ledger
    return tuple(
        message(
            "too_many_rejected",
            table=said[name],
            rejected=ledger.rejected,
            rows=ledger.rows,
            most=_percent(most),
        )
        for name, ledger in tables.items()
        if ledger.rejected
        and (ledger.accepted == 0 or (ledger.rejected > _FEW_ROWS and ledger.rejected * 100 > most * ledger.rows))
    )


def _percent(share: Fraction) -> str:
    return f"{float(share):g}"
