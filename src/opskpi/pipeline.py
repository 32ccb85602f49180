"""The story of a run: exports are read and settled, indicators counted, projects judged."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path

from opskpi.counting.figures import Case, Occasion, figures
from opskpi.counting.moments import Moment, resolve_as_of, written_moment
from opskpi.counting.nil import NilReturns, find_indicator, nil_returns
from opskpi.documents import Document, nearest
from opskpi.engines import threads
from opskpi.errors import ExportError, SettingsError
from opskpi.exports.finding import Digests
from opskpi.intake.ledgers import Intake, problem_groups, records, settle
from opskpi.intake.names import Known, look_alikes, register, settle_names
from opskpi.intake.sheets import Settings, read_sheets
from opskpi.model.cards import InputRecord, PlanRecord, Result, Scorecard, Unused
from opskpi.model.periods import Period, parse_period
from opskpi.model.places import Ledger, ProblemGroup
from opskpi.scorecard import company_line
from opskpi.sources import SHIPPED, Source, read_source, shipped
from opskpi.tables.instants import microseconds
from opskpi.tables.words import normal_name
from opskpi.targets.plan import Plan
from opskpi.wording import Message, message

#: A date further than this from the period is a slip.
_BELIEVABLE_YEARS = 5
#: So few rejected rows never make a table unusable by themselves.
_FEW_ROWS = 5


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for; `today` stands for the wall clock."""

    exports: Sequence[str]
    today: date
    sources: Sequence[str] = ()
    period: str | None = None
    as_of: str | None = None
    nil: Sequence[str] = ()
    projects: Sequence[str] = ()
    indicators: Sequence[str] = ()
    owners: Sequence[str] = ()
    max_rejected: Fraction = Fraction(5)
    details: int = 0
    digests: Digests | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """What reading the exports found: enough for `check`, and for a run that cannot go on."""

    intake: Intake
    inputs: tuple[InputRecord, ...]
    unused: tuple[Unused, ...]
    problems: tuple[ProblemGroup, ...]
    notes: tuple[Message, ...]

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


def check(request: Request, plan: Plan | None) -> Screen:
    """Read and validate only; raises ExportError for what cannot be used."""
    with threads() as pool:
        return _checked(request, plan, pool)


def score(request: Request, plan: Plan, document: Document) -> tuple[Scorecard, Screen]:
    """Judge every project; raises UnusableError where the exports are too bad to judge by."""
    period = _period(request, plan)
    chosen = _chosen_indicators(request, plan)
    with threads() as pool:
        screen = _checked(request, plan, pool)
        intake = screen.intake
        moment = resolve_as_of(request.as_of, period, request.today, plan.zone, intake)
        occasion = Occasion(period, plan.whole_period, moment.as_of)
        nil = nil_returns(plan, request.nil, intake)
        case = Case(plan, intake, occasion, nil, request.details, pool.map)
        judged = [figures(name, case) for name in chosen]
    wanted = _chosen_projects(request, screen)
    shown = [result for _, results in judged for result in results if result.project in wanted]
    places = {name: at for at, name in enumerate(intake.projects.names)}
    company = () if request.projects else tuple(company_line(each, results) for each, results in judged)
    return Scorecard(
        plan=PlanRecord(plan.plan, document.file, document.sha256),
        period=period,
        as_of=moment.as_of.replace(tzinfo=plan.zone),
        inputs=screen.inputs,
        results=tuple(sorted(shown, key=lambda result: places[result.project])),
        company=company,
        ledger=screen.ledger,
        problems=screen.problems,
        unused=screen.unused,
        notes=_notes(request, plan=plan, period=period, screen=screen, moment=moment, nil=nil, results=shown),
        unassigned=intake.unassigned,
        nil=tuple(sorted(nil.everywhere)),
        indicators=tuple(chosen),
    ), screen


def _checked(request: Request, plan: Plan | None, pool: Executor) -> Screen:
    """Read, settle names and keys, write the ledger; refuse what is too bad."""
    settings = Settings(
        sources=tuple(shipped(name) for name in SHIPPED),
        own_sources=tuple(_source(name) for name in request.sources),
        zone=plan.zone if plan else None,
        window=_window(_period(request, plan)) if plan else None,
        digests=request.digests,
    )
    sheets, unused = read_sheets(request.exports, settings, pool)
    if not sheets:
        raise ExportError(*_nothing_usable(request, unused))
    known = _planned(plan)
    projects = settle_names((*register(sheets), *known), sheets)
    intake = settle(sheets, projects)
    notes = (
        *(() if projects.closed else look_alikes(projects.names)),
        *_alike_rows(intake),
        *_unnamed(known, intake),
    )
    screen = Screen(intake, records(intake), unused, problem_groups(intake), notes)
    _refuse_the_worst(screen, request.max_rejected)
    return screen


def _source(name: str) -> Source:
    """Read a source by its file, or one of the shipped by name."""
    path = Path(name)
    if path.is_file():
        return read_source(path.read_bytes(), path.name)
    if name in SHIPPED:
        return shipped(name)
    raise SettingsError(message("no_such_source", name=name, shipped=SHIPPED))


def _period(request: Request, plan: Plan | None) -> Period:
    if plan is None:
        raise SettingsError(message("no_plan", shipped=()))
    today = request.today
    if request.as_of and request.as_of != "end":
        today = written_moment(request.as_of, plan.zone).date()
    return parse_period(request.period, today=today) if request.period else plan.whole_period


def _window(period: Period) -> tuple[datetime, datetime]:
    """Bound believable dates: five years around the period."""
    first = _years_from(period.start, -_BELIEVABLE_YEARS)
    return datetime.combine(first, time()), datetime.combine(_years_from(period.after, _BELIEVABLE_YEARS), time())


def _years_from(day: date, years: int) -> date:
    """Move a day by whole years; 29 February becomes the 28th where there is none."""
    year = min(max(day.year + years, date.min.year), date.max.year)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _planned(plan: Plan | None) -> tuple[Known, ...]:
    """List the projects the plan names."""
    return tuple(
        Known(
            name,
            settings.aliases,
            None if settings.starts_on is None else _start_of(settings.starts_on),
            None if settings.ends_on is None else _start_of(settings.ends_on) + 86_400_000_000,
        )
        for name, settings in (plan.projects.items() if plan else ())
    )


def _start_of(day: date) -> int:
    return microseconds(datetime.combine(day, time()))


def _nothing_usable(request: Request, unused: Sequence[Unused]) -> list[Message]:
    reasons = [message("unused_line", file=each.file, sheet=each.sheet or "", reason=each.reason) for each in unused]
    return [message("nothing_usable", exports=tuple(request.exports)), *reasons]


def _alike_rows(intake: Intake) -> tuple[Message, ...]:
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


def _refuse_the_worst(screen: Screen, most: Fraction) -> None:
    """Stop where a table has more rejected rows than a verdict can bear (design §4)."""
    tables: dict[str, Ledger] = {}
    for record in screen.inputs:
        tables[record.table] = tables.get(record.table, Ledger()) + record.ledger
    bad = [
        message("too_many_rejected", table=name, rejected=ledger.rejected, rows=ledger.rows, most=_percent(most))
        for name, ledger in tables.items()
        if ledger.rejected
        and (ledger.accepted == 0 or (ledger.rejected > _FEW_ROWS and ledger.rejected * 100 > most * ledger.rows))
    ]
    if bad:
        raise UnusableError(screen, *bad)


def _percent(share: Fraction) -> str:
    return f"{float(share):g}"


def _chosen_indicators(request: Request, plan: Plan) -> tuple[str, ...]:
    """Apply --indicator and --owner; raises SettingsError for what the plan does not know."""
    named = {find_indicator(plan, word) for word in request.indicators}
    owners = {indicator.owner for indicator in plan.indicators.values() if indicator.owner}
    for owner in request.owners:
        if owner not in owners:
            raise SettingsError(message("unknown_owner", owner=owner, owners=tuple(sorted(owners))))
    return tuple(
        name
        for name, indicator in plan.indicators.items()
        if (not named or name in named) and (not request.owners or indicator.owner in request.owners)
    )


def _chosen_projects(request: Request, screen: Screen) -> frozenset[str]:
    """Apply --project; raises SettingsError with the nearest name."""
    projects = screen.intake.projects
    if not request.projects:
        return frozenset(projects.names)
    chosen = []
    for word in request.projects:
        code = projects.code(word)
        if code < 0:
            near = projects.nearest(word)
            hint = message("did_you_mean", word=near) if near else message("no_name_near")
            raise SettingsError(message("unknown_project", project=word, hint=hint))
        chosen.append(projects.names[code])
    return frozenset(chosen)


def _differing(results: Sequence[Result]) -> list[Message]:
    """Say for each indicator how many rows two judgements differ on, and where the first are (rule 7)."""
    said: list[Message] = []
    for name in dict.fromkeys(result.indicator for result in results):
        mine = [result for result in results if result.indicator == name and result.reading.disagreeing]
        if mine:
            places = [str(place) for result in mine for place in result.differing][:_FEW_ROWS]
            count = sum(result.reading.disagreeing for result in mine)
            said.append(message("judgements_differ", indicator=mine[0].name, count=count, places=tuple(places)))
    return said


def _notes(  # noqa: PLR0913 - every part of a run may have something to say
    request: Request,
    *,
    plan: Plan,
    period: Period,
    screen: Screen,
    moment: Moment,
    nil: NilReturns,
    results: Sequence[Result],
) -> tuple[Message, ...]:
    """Collect what a reader must know beside the figures."""
    said: list[Message] = [] if request.projects else list(screen.notes)
    if not plan.whole_period.holds(period):
        said.append(message("period_outside", period=period.label, plan=plan.whole_period.label))
    if request.period and request.period.startswith("last-") and not request.as_of:
        said.append(message("period_from_clock", period=period.label, today=request.today.isoformat()))
    said += [*moment.notes, *nil.notes]
    said += _differing(results)
    if not results:
        said.append(message("no_projects"))
    if screen.intake.unassigned and not request.projects:
        said.append(message("unassigned_rows", count=screen.intake.unassigned))
    return tuple(said)
