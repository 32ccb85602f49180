"""The story of a run: exports are read and settled, indicators counted, projects judged."""

import codecs
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, tzinfo
from fractions import Fraction
from pathlib import Path
from typing import TypeGuard

from opskpi.counting.calendars import calendar_hashes
from opskpi.counting.changes import told, turned
from opskpi.counting.contradictions import refuse_contradictions
from opskpi.counting.differences import differences
from opskpi.counting.explaining import explained
from opskpi.counting.figures import Case
from opskpi.counting.listing import listed
from opskpi.counting.moments import Moment, resolve_as_of, written_moment
from opskpi.counting.nil import NilReturns, find_indicator, nil_returns
from opskpi.counting.overall import needed
from opskpi.counting.register import indicator_words, reported_figures
from opskpi.counting.rows import row_book
from opskpi.counting.sampling import sampled
from opskpi.counting.schedule import with_due_rows
from opskpi.counting.series import Choice, chosen_indicators, chosen_projects, counted_for, part, series
from opskpi.counting.spans import Occasion, contract_years, years_said
from opskpi.counting.standing import standings
from opskpi.counting.waivers import unapplied
from opskpi.documents import Document
from opskpi.engines import threads
from opskpi.errors import SettingsError
from opskpi.exports.finding import Found
from opskpi.exports.opening import Contents, Manner
from opskpi.intake.names import Known
from opskpi.intake.screening import Screen, Terms, UnusableError, screened
from opskpi.intake.sheets import Settings
from opskpi.intake.signals import signals
from opskpi.model.approvals import Change
from opskpi.model.cards import Asked, Part, PlanRecord, Scorecard
from opskpi.model.evidence import Evidence
from opskpi.model.explanations import FigureExplanation, RowExplanation
from opskpi.model.periods import Period, parse_period, split
from opskpi.model.safety import readable
from opskpi.sources import SHIPPED, Source, read_source, shipped
from opskpi.tables import Registry, core
from opskpi.tables.declared import PROJECT
from opskpi.tables.instants import microseconds
from opskpi.targets.plan import Plan
from opskpi.targets.wordings import whole_rule
from opskpi.wording import Message, message
from opskpi.worktime import prepare

__all__ = ["Request", "Screen", "UnusableError", "check", "explain", "explain_row", "score"]

#: A date further than this from the period is a slip.
_BELIEVABLE_YEARS = 5


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for; `today` stands for the wall clock.

    `details` is how many missed rows of each result are told, `evidence` asks for all rows of each indicator, `rows` is
    the most rows that are kept for later runs to compare, none where it is 0.
    `listing` is given all rows of one indicator after the other. `mappings` are sources at hand, by name.
    """

    exports: Sequence[str | Found]
    today: date
    sources: Sequence[str] = ()
    period: str | None = None
    by: str | None = None
    as_of: str | None = None
    nil: Sequence[str] = ()
    projects: Sequence[str] = ()
    indicators: Sequence[str] = ()
    owners: Sequence[str] = ()
    max_rejected: Fraction = Fraction(5)
    details: int = 0
    evidence: bool = False
    rows: int = 0
    encoding: str | None = None
    accept_formulas: bool = False
    contents: Contents | None = None
    mappings: Mapping[str, bytes] = field(default_factory=dict)
    listing: Callable[[Evidence], None] | None = None


def check(request: Request, plan: Plan | None) -> Screen:
    """Read and validate only; raises ExportError for what cannot be used."""
    with threads() as pool:
        screen = _watched(_screened(request, plan, pool), request, plan)
        if plan is None or not (plan.limit_rules or screen.contracts):
            return screen
        case, _ = _case(request, plan, tuple(plan.indicators), screen, pool)
        judged = part(case.occasion.period, case, Choice(case.chosen, frozenset(screen.intake.projects.names)))
    return replace(screen, signals=(*screen.signals, *differences(judged.results)))


def score(request: Request, plan: Plan, document: Document) -> tuple[Scorecard, Screen]:
    """Judge every project; raises UnusableError where the exports are too bad to judge by."""
    period = _period(request, plan)
    chosen = chosen_indicators(plan, request.indicators, request.owners)
    parts = split(period, request.by, plan.whole_period.first_month) if request.by else ()
    with threads() as pool:
        run = _begun(request, plan, counted_for(plan, chosen), pool)
        case, screen, moment = run.case, run.screen, run.moment
        refuse_contradictions(case)
        projects = chosen_projects(screen.intake, request.projects)
        choice = Choice(chosen, projects, company=not request.projects, owners=tuple(request.owners))
        whole = part(period, case, choice)
        several = series(parts, case, choice) if len(parts) > 1 else ()
        behind = _behind(request, case, chosen, projects)
        kept = row_book(case, _with_rows(case, chosen), projects, request.rows) if request.rows else None
    return Scorecard(
        plan=_record(plan, document, told(plan, period, chosen)),
        period=period,
        as_of=moment.as_of.replace(tzinfo=plan.zone),
        inputs=screen.inputs,
        results=whole.results,
        company=whole.company,
        ledger=screen.ledger,
        problems=screen.problems,
        unused=screen.unused,
        notes=(
            *_notes(request, plan=plan, screen=screen, moment=moment, nil=case.nil, whole=whole, alone=len(parts) == 1),
            *case.notes,
        ),
        unassigned=screen.intake.unassigned,
        nil=tuple(sorted(case.nil.everywhere)),
        repairs=screen.repairs,
        indicators=chosen,
        by=request.by if several else None,
        parts=several,
        scheme=plan.scheme,
        totals=whole.totals,
        rules={name: whole_rule(plan.indicators[name]) for name in chosen},
        evidence=behind,
        records={name: case.plan.indicators[name].rule_record for name in chosen},
        calendars=calendar_hashes(case.plan),
        asked=_asked(request, screen, projects),
        rows=kept,
    ), screen


def _behind(request: Request, case: Case, chosen: Sequence[str], projects: frozenset[str]) -> tuple[Evidence, ...]:
    """List the rows behind the figures for those who asked."""
    with_rows = _with_rows(case, chosen)
    if request.listing is not None:
        for name in with_rows:
            request.listing(listed(name, case, projects))
    return tuple(listed(name, case, projects) for name in with_rows if request.evidence)


def _with_rows(case: Case, chosen: Sequence[str]) -> Sequence[str]:
    """Name the indicators that have rows; one over indicators has none of its own."""
    return [name for name in chosen if case.plan.indicators[name].over is None]


def explain(request: Request, plan: Plan, document: Document, project: str, indicator: str) -> FigureExplanation:
    """Explain one project's figure; raises SettingsError for a project or indicator nobody knows."""
    name = find_indicator(plan, indicator)
    with threads() as pool:
        run = _begun(request, plan, needed(plan, (name,)), pool)
        (known,) = chosen_projects(run.screen.intake, (project,))
        return explained(run.case, _record(plan, document), known, name, run.notes)


def explain_row(request: Request, plan: Plan, document: Document, row: str) -> RowExplanation:
    """Tell where a row went, named by its id or cell; raises SettingsError where there is none."""
    with threads() as pool:
        run = _begun(request, plan, tuple(plan.indicators), pool)
        return sampled(run.case, _record(plan, document), row, run.notes)


@dataclass(frozen=True, slots=True)
class _Run:
    """A run up to where indicators are counted."""

    case: Case
    screen: Screen
    moment: Moment

    @property
    def notes(self) -> tuple[Message, ...]:
        """What the moment and nil returns have to say."""
        return (*self.moment.notes, *self.case.nil.notes)


def _begun(request: Request, plan: Plan, chosen: tuple[str, ...], pool: Executor) -> _Run:
    """Read the exports and settle what all figures depend on."""
    pool.submit(prepare, {each.country for each in plan.service_calendars.values() if each.country})  # 0.3 s
    screen = _screened(request, plan, pool)
    case, moment = _case(request, plan, chosen, screen, pool)
    return _Run(case, screen, moment)


def _record(plan: Plan, document: Document, changes: tuple[Change, ...] = ()) -> PlanRecord:
    header = plan.header.header() if plan.header else None
    return PlanRecord(plan.plan, document.file, document.sha256, header, changes, document.extended)


def _asked(request: Request, screen: Screen, projects: frozenset[str]) -> Asked:
    """Keep what is needed to ask for the same again; files by their names alone."""
    named = screen.sources
    return Asked(
        projects=tuple(name for name in screen.intake.projects.names if name in projects) if request.projects else (),
        indicators=tuple(request.indicators),
        owners=tuple(request.owners),
        sources=tuple((name, None if data is None else hashlib.sha256(data).hexdigest()) for name, data in named),
        encoding=request.encoding,
        accept_formulas=request.accept_formulas,
        max_rejected=request.max_rejected,
        nil=tuple(request.nil),
    )


def _case(request: Request, plan: Plan, chosen: tuple[str, ...], screen: Screen, pool: Executor) -> tuple[Case, Moment]:
    """Collect all that figures depend on; raises SettingsError for what the plan does not know."""
    period, intake, plan = _period(request, plan), screen.intake, plan.under(screen.contracts)
    own = contract_years(plan, period, intake.projects)
    moment = resolve_as_of(request.as_of, plan.span if own else period, request.today, plan.zone, intake)
    nil = nil_returns(plan, request.nil, intake)
    occasion = Occasion(period, plan.whole_period, moment.as_of, own)
    found = standings(plan, intake.projects)
    intake, owed = with_due_rows(plan, intake, period)
    reported = reported_figures(plan, intake)
    return Case(plan, intake, occasion, nil, request.details, pool.map, found, chosen, reported, owed), moment


def _screened(request: Request, plan: Plan | None, pool: Executor) -> Screen:
    """Read the exports; a run that cannot go on also says what wants an eye."""
    period, tables = _known_period(request, plan), plan.registry if plan else core()
    named = tuple(_named(name, request.mappings) for name in request.sources)
    settings = Settings(
        sources=(*(shipped(name) for name in SHIPPED), *([plan.source] if plan and plan.tables else [])),
        own_sources=tuple(_source(name, data, tables) for name, data in named),
        tables=tables,
        closed={"figures": {"indicator": frozenset(indicator_words(plan))}} if plan else {},
        zone=plan.zone if plan else None,
        window=_window(period) if period else None,
        contents=request.contents,
        manner=Manner(_encoding(request.encoding), accept_formulas=request.accept_formulas),
    )
    try:
        screen = screened(request.exports, settings, _terms(plan), request.max_rejected, pool)
    except UnusableError as error:
        raise UnusableError(_watched(error.screen, request, plan), *error.messages) from None
    return replace(screen, sources=named)


def _watched(screen: Screen, request: Request, plan: Plan | None) -> Screen:
    """Add what wants an eye; only those who look at the screen pay for it."""
    return replace(screen, signals=signals(screen.intake, _known_period(request, plan), request.today))


def _encoding(name: str | None) -> str | None:
    """Refuse an encoding nobody knows; raises SettingsError."""
    try:
        return name and codecs.lookup(name).name
    except LookupError:
        raise SettingsError(message("encoding_no_such", name=name)) from None


def _named(name: str, mappings: Mapping[str, bytes]) -> tuple[str, bytes | None]:
    """Read the file of a source that is named; a shipped one has none. Raises SettingsError for neither."""
    path = Path(name)
    if name in mappings:
        return name, mappings[name]
    if path.is_file():
        return readable(path.name), path.read_bytes()
    if name in SHIPPED:
        return name, None
    raise SettingsError(message("no_such_source", name=name, shipped=SHIPPED))


def _source(name: str, data: bytes | None, tables: Registry) -> Source:
    """Read a source from its file, or take the shipped one."""
    return shipped(name) if data is None else read_source(data, name, tables)


def _known_period(request: Request, plan: Plan | None) -> Period | None:
    """Find the period, where a plan or the command line names one."""
    if plan is None:
        return parse_period(request.period, today=_today(request, UTC)) if request.period else None
    return _period(request, plan)


def _period(request: Request, plan: Plan) -> Period:
    today, whole = _today(request, plan.zone), plan.whole_period
    return parse_period(request.period, today=today, first_month=whole.first_month) if request.period else whole


def _today(request: Request, zone: tzinfo) -> date:
    """Find the day that `last-month` and the like count back from: of `as_of` where it is given, else the clock's."""
    return written_moment(request.as_of, zone).date() if _is_moment(request.as_of) else request.today


def _is_moment(as_of: str | None) -> TypeGuard[str]:
    return as_of is not None and as_of.strip() != "end"


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


def _terms(plan: Plan | None) -> Terms:
    """Pick from the plan what decides how rows are taken."""
    if plan is None:
        return Terms()
    rejecting = plan.missing_response == "reject"
    return Terms((*_planned(plan), *_whole_tables(plan)), tuple(plan.service_calendars), plan.limit_rules, rejecting)


def _planned(plan: Plan) -> tuple[Known, ...]:
    """List the projects the plan names, those of its groups last."""
    named = tuple(
        Known(
            name,
            settings.aliases,
            None if settings.starts_on is None else _start_of(settings.starts_on),
            None if settings.ends_on is None else _start_of(settings.ends_on) + 86_400_000_000,
        )
        for name, settings in plan.projects.items()
    )
    grouped = [name for group in plan.groups.values() for name in group.projects or ()]
    return (*named, *map(Known, dict.fromkeys(grouped)))


def _whole_tables(plan: Plan) -> tuple[Known, ...]:
    """List the projects that whole tables of the plan belong to, each once."""
    constants = (each.constants[PROJECT] for each in plan.tables.values() if PROJECT in each.constants)
    return tuple(map(Known, dict.fromkeys(constants)))


def _start_of(day: date) -> int:
    return microseconds(datetime.combine(day, time()))


def _notes(  # noqa: PLR0913 - every part of a run may have something to say
    request: Request,
    *,
    plan: Plan,
    screen: Screen,
    moment: Moment,
    nil: NilReturns,
    whole: Part,
    alone: bool,
) -> tuple[Message, ...]:
    """Collect what a reader must know beside the figures; a part that is `alone` makes no series."""
    period, results = whole.period, whole.results
    said: list[Message] = [] if request.projects else list(screen.notes)
    if not request.projects:
        said += [note for record in screen.inputs for note in record.notes]
    said += [message("repaired_rows", file=each.file, count=each.rows) for each in screen.repairs]
    if not plan.whole_period.holds(period):
        said.append(message("period_outside", period=period.label, plan=plan.whole_period.label))
    if alone:
        said.append(message("series_single", period=period.label, by=message(f"by_{request.by}")))
    if request.period and request.period.strip().startswith("last-") and not _is_moment(request.as_of):
        said.append(message("period_from_clock", period=period.label, today=request.today.isoformat()))
    said += [*moment.notes, *nil.notes]
    said += years_said(results, period)
    said += [message("with_places", what=each.message, places=each.places) for each in differences(results)]
    said += turned(results, told(plan, period, tuple(plan.indicators)))
    said += whole.notes
    said += unapplied(plan, screen.intake.projects, period, results)
    if not results:
        said.append(message("no_projects"))
    if screen.intake.unassigned and not request.projects:
        said.append(message("unassigned_rows", count=screen.intake.unassigned))
    return tuple(said)
