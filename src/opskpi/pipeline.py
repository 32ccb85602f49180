"""The story of a run: exports are read and settled, indicators counted, projects judged."""

import codecs
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import partial, reduce
from pathlib import Path

from opskpi.counting.cards import (
    Found,
    Run,
    card_of,
    cut_card,
    hidden_note,
    kept_rows,
    narrowed_run,
    plan_record,
    veils,
    with_rows,
)
from opskpi.counting.contradictions import refuse_contradictions
from opskpi.counting.cutting import mask_of_others
from opskpi.counting.differences import differences
from opskpi.counting.explaining import explained
from opskpi.counting.figures import Case
from opskpi.counting.hiding import numbered_alone, numbered_rows, words_of_hidden
from opskpi.counting.listing import listed
from opskpi.counting.moments import Moment, resolve_as_of
from opskpi.counting.nil import find_indicator, nil_returns
from opskpi.counting.overall import needed
from opskpi.counting.register import indicator_words, reported_figures
from opskpi.counting.requests import Request, known_period, period_of
from opskpi.counting.sampling import sampled
from opskpi.counting.schedule import with_due_rows
from opskpi.counting.series import (
    Choice,
    chosen_indicators,
    chosen_projects,
    counted_for,
    judged,
    part,
    series,
)
from opskpi.counting.spans import Occasion, contract_years
from opskpi.counting.standing import standings
from opskpi.documents import Document
from opskpi.engines import threads
from opskpi.errors import SettingsError
from opskpi.exports.opening import Manner
from opskpi.intake.names import Known
from opskpi.intake.narrowing import narrowed_screen
from opskpi.intake.screening import Screen, Terms, UnusableError, screened
from opskpi.intake.sheets import Settings
from opskpi.intake.signals import signals
from opskpi.model.cards import Scorecard
from opskpi.model.evidence import Evidence
from opskpi.model.explanations import FigureExplanation, RowExplanation
from opskpi.model.masking import Mask, masked
from opskpi.model.periods import Period, split
from opskpi.model.safety import readable
from opskpi.sources import SHIPPED, Source, read_source, shipped
from opskpi.tables import Registry, core
from opskpi.tables.declared import PROJECT
from opskpi.tables.instants import microseconds
from opskpi.targets.plan import Plan
from opskpi.wording import message
from opskpi.worktime import prepare

__all__ = ["Request", "Scored", "Screen", "UnusableError", "check", "explain", "explain_row", "score", "scored"]

#: A date further than this from the period is a slip.
_BELIEVABLE_YEARS = 5


def check(request: Request, plan: Plan | None) -> Screen:
    """Read and validate only; raises ExportError for what cannot be used."""
    with threads() as pool:
        screen = _watched(_screened(request, plan, pool), request, plan)
        if plan is None or not (plan.limit_rules or screen.contracts):
            return screen
        case, _ = _case(request, plan, tuple(plan.indicators), screen, pool)
        choice = Choice(case.chosen, frozenset(screen.intake.projects.names))
        whole = part(judged(case.occasion.period, case, case.chosen), choice)
    return replace(screen, signals=(*screen.signals, *differences(whole.results)))


@dataclass(frozen=True, slots=True)
class Scored:
    """A run's scorecard, the screen beside it, and how to get the card of some of its projects alone.

    `of` makes one that names no other; `mask` is for what is put on it later.
    """

    card: Scorecard
    screen: Screen
    of: Callable[[frozenset[str]], Scorecard]
    mask: Callable[[frozenset[str]], Mask]

    def veiled(self, card: Scorecard, projects: frozenset[str]) -> Scorecard:
        """Mask the names of others in a card of some projects."""
        return masked(card, self.mask(projects))


def score(request: Request, plan: Plan, document: Document) -> tuple[Scorecard, Screen]:
    """Judge every project; raises UnusableError where the exports are too bad to judge by."""
    made = scored(request, plan, document)
    return made.card, made.screen


def scored(request: Request, plan: Plan, document: Document) -> Scored:
    """Judge every project once; cards of some of them are cut from that. Raises UnusableError."""
    period = period_of(request, plan)
    chosen = chosen_indicators(plan, request.indicators, request.owners)
    parts = split(period, request.by, plan.whole_period.first_month) if request.by else ()
    with threads() as pool:
        run = _begun(request, plan, counted_for(plan, chosen), pool)
        case, screen = run.case, run.screen
        refuse_contradictions(case)
        projects = chosen_projects(screen.intake, request.projects)
        found = Found(
            chosen,
            judged(period, case, chosen),
            series(parts, case, chosen) if len(parts) > 1 else (),
            _behind(request, case, chosen, projects),
            alone=len(parts) == 1,
            rows=None if request.projects else kept_rows(request, case, chosen, projects),
        )
    cut = partial(cut_card, request, plan, document, run, found)
    mask = partial(mask_of_others, plan, screen.intake.projects)
    if request.projects:
        return Scored(cut(projects), narrowed_screen(screen, projects), cut, mask)
    return Scored(card_of(request, plan, document, run, found, projects), screen, cut, mask)


def _behind(request: Request, case: Case, chosen: Sequence[str], projects: frozenset[str]) -> tuple[Evidence, ...]:
    """List the rows behind the figures for those who asked."""
    names = with_rows(case.plan, chosen)
    if request.listing is not None:
        for name in names:
            rows = numbered_rows(listed(name, case, projects))
            request.listing(reduce(masked, veils(request, case.plan, case.intake, projects), rows))
    return tuple(listed(name, case, projects) for name in names if request.evidence)


def explain(request: Request, plan: Plan, document: Document, project: str, indicator: str) -> FigureExplanation:
    """Explain one project's figure; raises SettingsError for a project or indicator nobody knows."""
    name = find_indicator(plan, indicator)
    with threads() as pool:
        run = _begun(request, plan, needed(plan, (name,)), pool)
        (known,) = chosen_projects(run.screen.intake, (project,))
        made = explained(run.case, plan_record(plan, document), known, name, ())
    projects = frozenset({known})
    mine = narrowed_run(request, run, projects)
    notes = (*hidden_note(request), *mine.notes, *mine.case.notes)
    told = replace(made, result=numbered_alone(made.result), notes=notes)
    masks = mask_of_others(plan, run.screen.intake.projects, projects), words_of_hidden(plan, run.screen.intake)
    return reduce(masked, masks, told)


def explain_row(request: Request, plan: Plan, document: Document, row: str) -> RowExplanation:
    """Tell where a row went, named by its id or cell; raises SettingsError where there is none."""
    with threads() as pool:
        run = _begun(request, plan, tuple(plan.indicators), pool)
        made = sampled(run.case, plan_record(plan, document), row, (*hidden_note(request), *run.notes))
    return masked(made, words_of_hidden(plan, run.screen.intake))


def _begun(request: Request, plan: Plan, chosen: tuple[str, ...], pool: Executor) -> Run:
    """Read the exports and settle what all figures depend on."""
    pool.submit(prepare, {each.country for each in plan.service_calendars.values() if each.country})  # 0.3 s
    screen = _screened(request, plan, pool)
    case, moment = _case(request, plan, chosen, screen, pool)
    return Run(case, screen, moment)


def _case(request: Request, plan: Plan, chosen: tuple[str, ...], screen: Screen, pool: Executor) -> tuple[Case, Moment]:
    """Collect all that figures depend on; raises SettingsError for what the plan does not know."""
    period, intake, plan = period_of(request, plan), screen.intake, plan.under(screen.contracts)
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
    period, tables = known_period(request, plan), plan.registry if plan else core()
    named = tuple(_named(name, request.mappings) for name in request.sources)
    settings = Settings(
        sources=(*(shipped(name) for name in SHIPPED), *([plan.source] if plan and plan.tables else [])),
        own_sources=tuple(_source(name, data, tables) for name, data in named),
        tables=tables,
        closed={"figures": {"indicator": frozenset(indicator_words(plan))}} if plan else {},
        zone=plan.zone if plan else None,
        window=_window(period) if period else None,
        hide=request.hide,
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
    return replace(screen, signals=signals(screen.intake, known_period(request, plan), request.today))


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
