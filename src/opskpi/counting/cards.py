"""Cards: what a run found out put together, for all of its projects or for some of them that name no other."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from opskpi.counting.calendars import calendar_hashes
from opskpi.counting.changes import told, turned
from opskpi.counting.cutting import mask_of_others, narrowed_case, narrowed_evidence, narrowed_moment, own_changes
from opskpi.counting.differences import differences
from opskpi.counting.figures import Case
from opskpi.counting.hiding import numbered, words_of_hidden
from opskpi.counting.moments import Moment
from opskpi.counting.requests import Request, is_moment
from opskpi.counting.rows import row_book
from opskpi.counting.series import Choice, Judged, part
from opskpi.counting.spans import years_said
from opskpi.counting.waivers import unapplied
from opskpi.documents import Document
from opskpi.intake.ledgers import Intake
from opskpi.intake.narrowing import narrowed_screen
from opskpi.intake.screening import Screen
from opskpi.model.approvals import Change
from opskpi.model.cards import Asked, Part, PlanRecord, Scorecard
from opskpi.model.evidence import Evidence
from opskpi.model.masking import MARK, Mask, masked
from opskpi.model.rows import RowBook
from opskpi.targets.plan import Plan
from opskpi.targets.wordings import whole_rule
from opskpi.wording import Message, message


@dataclass(frozen=True, slots=True)
class Run:
    """A run up to where indicators are counted."""

    case: Case
    screen: Screen
    moment: Moment

    @property
    def notes(self) -> tuple[Message, ...]:
        """What the moment and nil returns have to say."""
        return (*self.moment.notes, *self.case.nil.notes)


@dataclass(frozen=True, slots=True)
class Found:
    """What was judged: the indicators that are shown, the period and its parts, and the rows behind them."""

    indicators: tuple[str, ...]
    whole: Judged
    parts: tuple[Judged, ...]
    evidence: tuple[Evidence, ...]
    alone: bool
    rows: RowBook | None = None


def cut_card(
    request: Request, plan: Plan, document: Document, run: Run, found: Found, projects: frozenset[str]
) -> Scorecard:
    """Make the card of some projects that names no other: all the same whether one was asked for or all were judged."""
    mine = narrowed_run(request, run, projects)
    own = replace(
        found,
        evidence=narrowed_evidence(found.evidence, projects),
        rows=kept_rows(request, replace(run.case, spread=map), found.indicators, projects),
    )
    card = card_of(request, plan, document, mine, own, projects, cut=True)
    return masked(card, mask_of_others(plan, run.screen.intake.projects, projects))


def with_rows(plan: Plan, indicators: Sequence[str]) -> Sequence[str]:
    """Name the indicators that have rows; one over indicators has none of its own."""
    return [name for name in indicators if plan.indicators[name].over is None]


def kept_rows(request: Request, case: Case, indicators: Sequence[str], projects: frozenset[str]) -> RowBook | None:
    """Keep the rows of some projects for later runs, where that is asked for."""
    return row_book(case, with_rows(case.plan, indicators), projects, request.rows) if request.rows else None


def narrowed_run(request: Request, run: Run, projects: frozenset[str]) -> Run:
    """Keep of a run what there is to say of some projects."""
    own = narrowed_screen(run.screen, projects)
    case = narrowed_case(run.case, run.screen.intake, own.intake, projects, request.nil)
    return Run(case, own, narrowed_moment(run.moment, own.intake))


def card_of(  # noqa: PLR0913 - what was asked, what was found, and for whom
    request: Request,
    plan: Plan,
    document: Document,
    run: Run,
    found: Found,
    projects: frozenset[str],
    *,
    cut: bool = False,
) -> Scorecard:
    """Put a card together; one that is cut has no company lines."""
    case, screen, period = run.case, run.screen, found.whole.period
    choice = Choice(found.indicators, projects, company=not cut, owners=tuple(request.owners))
    whole, several = part(found.whole, choice), tuple(part(each, choice) for each in found.parts)
    changes = told(plan, period, found.indicators)
    if cut:
        changes = tuple(own_changes(plan, changes, screen.intake.projects, projects))
    card = Scorecard(
        plan=plan_record(plan, document, changes),
        period=period,
        as_of=run.moment.as_of.replace(tzinfo=plan.zone),
        inputs=screen.inputs,
        results=whole.results,
        company=whole.company,
        ledger=screen.ledger,
        problems=screen.problems,
        unused=screen.unused,
        notes=(*_notes(request, plan=plan, run=run, whole=whole, alone=found.alone, cut=cut), *case.notes),
        unassigned=screen.intake.unassigned,
        nil=tuple(sorted(case.nil.everywhere)),
        repairs=screen.repairs,
        indicators=found.indicators,
        by=request.by if several else None,
        parts=several,
        scheme=plan.scheme,
        totals=whole.totals,
        rules={name: whole_rule(plan.indicators[name]) for name in found.indicators},
        evidence=found.evidence,
        records={name: case.plan.indicators[name].rule_record for name in found.indicators},
        calendars=calendar_hashes(case.plan),
        asked=_asked(request, screen, projects if cut else frozenset()),
        rows=found.rows,
    )
    return masked(numbered(card), words_of_hidden(plan, screen.intake)) if request.hide else card


def plan_record(plan: Plan, document: Document, changes: tuple[Change, ...] = ()) -> PlanRecord:
    """Write down which plan judges, and the changes of targets to be told."""
    header = plan.header.header() if plan.header else None
    return PlanRecord(plan.plan, document.file, document.sha256, header, changes, document.extended)


def _asked(request: Request, screen: Screen, projects: frozenset[str]) -> Asked:
    """Keep what is needed to ask for the same again; files by their names alone."""
    named = screen.sources
    return Asked(
        projects=tuple(name for name in screen.intake.projects.names if name in projects),
        indicators=tuple(request.indicators),
        owners=tuple(request.owners),
        sources=tuple((name, None if data is None else hashlib.sha256(data).hexdigest()) for name, data in named),
        encoding=request.encoding,
        accept_formulas=request.accept_formulas,
        max_rejected=request.max_rejected,
        nil=tuple(request.nil),
        hide=tuple(request.hide),
    )


def _notes(request: Request, *, plan: Plan, run: Run, whole: Part, alone: bool, cut: bool) -> tuple[Message, ...]:
    """Collect what a reader must know beside the figures; a part that is `alone` makes no series."""
    screen, period, results = run.screen, whole.period, whole.results
    said: list[Message] = [*hidden_note(request), *screen.notes]
    said += [note for record in screen.inputs for note in record.notes]
    said += [message("repaired_rows", file=each.file, count=each.rows) for each in screen.repairs]
    if not plan.whole_period.holds(period):
        said.append(message("period_outside", period=period.label, plan=plan.whole_period.label))
    if alone:
        said.append(message("series_single", period=period.label, by=message(f"by_{request.by}")))
    if request.period and request.period.strip().startswith("last-") and not is_moment(request.as_of):
        said.append(message("period_from_clock", period=period.label, today=request.today.isoformat()))
    said += run.notes
    said += years_said(results, period)
    said += [message("with_places", what=each.message, places=each.places) for each in differences(results)]
    said += turned(results, told(plan, period, tuple(plan.indicators)))
    said += whole.notes
    late = unapplied(plan, screen.intake.projects, period, results)
    said += [note for note in late if not (cut and note.key == "waiver_of_nobody")]
    if not results:
        said.append(message("no_projects"))
    if screen.intake.unassigned:
        said.append(message("unassigned_rows", count=screen.intake.unassigned))
    return tuple(said)


def hidden_note(request: Request) -> tuple[Message, ...]:
    """Say what is hidden, and by which mark; nothing where nothing is."""
    return (message("hidden_columns", mark=MARK, columns=tuple(request.hide)),) if request.hide else ()


def veils(request: Request, plan: Plan, intake: Intake, projects: frozenset[str]) -> tuple[Mask, ...]:
    """Get what hides other projects' names, where some were asked for, and the words of hidden columns."""
    others = (mask_of_others(plan, intake.projects, projects),) if request.projects else ()
    return (*others, *((words_of_hidden(plan, intake),) if request.hide else ()))
