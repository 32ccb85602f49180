"""The scorecard: what a run found out, ready for any renderer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from opskpi.model.approvals import Change, Header, Waiver
from opskpi.model.breakdowns import Breakdown
from opskpi.model.comparisons import Compared
from opskpi.model.evidence import Evidence
from opskpi.model.goals import Target
from opskpi.model.improvements import Improvement
from opskpi.model.periods import Period
from opskpi.model.places import Ledger, Place, ProblemGroup
from opskpi.model.rows import RowBook
from opskpi.model.rules import RuleInWords, RuleRecord
from opskpi.model.scoring import Scheme, Score, Total
from opskpi.wording import Message


class Verdict(StrEnum):
    """What is said of a project, an indicator and a period."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    NO_DATA = "no_data"
    NOT_APPLICABLE = "not_applicable"
    NOT_DUE = "not_due"
    TOO_FEW = "too_few"
    WAIVED = "waived"
    NO_TARGET = "no_target"


@dataclass(frozen=True, slots=True)
class Reading:
    """One project's figure for one indicator, with what became of each accepted row.

    `numerator` and `denominator` are exact; a count or sum has no denominator, a mean
    carries its sum and number. `met` and `missed` are None unless the value is a share.
    `estimated` of the counted rows were judged by a calendar that is not official yet.
    Of an indicator with terms, each bucket adds up those of its `terms`, whose own readings are kept.
    `groups` is how many devices, lines or levels the figure was made of, where it was.
    """

    numerator: Fraction | None
    denominator: Fraction | None
    value: Fraction | None
    met: int | None
    missed: int | None
    counted: int
    pending: int
    excluded: Mapping[str, int]
    filtered: int
    out_of_period: int
    rejected: int
    judged_by: str | None = None
    disagreeing: int = 0
    estimated: int = 0
    terms: Mapping[str, "Reading"] = field(default_factory=dict)
    groups: int | None = None

    @property
    def accepted(self) -> int:
        """Add the buckets up; a run checks this against the rows it accepted."""
        return self.filtered + self.out_of_period + sum(self.excluded.values()) + self.pending + self.counted

    @property
    def unjudged(self) -> int:
        """How many rows had nothing to be judged by."""
        return self.excluded.get("no_limit", 0)

    @property
    def undecided(self) -> int:
        """How many rows could still turn the figure (design rule 14)."""
        return self.pending + self.rejected + self.unjudged


@dataclass(frozen=True, slots=True)
class Miss:
    """A row that speaks against the target, most often one judged missed: where it stands, its id, and why."""

    place: Place
    row_id: str
    reason: Message


@dataclass(frozen=True, slots=True)
class Claim:
    """Who says so of a reported figure (填报): the sources and people that are named, and where it stands.

    `evidence` is what a judged value rests on (a sampled check, a signed sheet), `assessed` the days it was judged on.
    """

    sources: tuple[str, ...]
    people: tuple[str, ...]
    places: tuple[Place, ...]
    evidence: tuple[str, ...] = ()
    assessed: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict on one project, indicator and period, with everything behind it.

    `differing` are the first rows that another column of the export would judge the other way, `causes` counts them
    by what probably made the difference; `turns` are the days of the period on which another target begins to hold
    than the one that judged. `claim` is there where the figure was not counted from rows but reported, `breakdown`
    where the plan asks for one. `over` says that the period has ended, `kind` what it is called that rows in hand are
    counted in: the period, or the year where the indicator accumulates. `compared` is what it is
    held against.
    """

    project: str
    indicator: str
    name: str
    short: str
    owner: str | None
    period: str
    verdict: Verdict
    raw_verdict: Verdict
    provisional: bool
    in_progress: bool
    reading: Reading
    unit: str
    target: Target | None
    headroom: int | None
    deciding: int
    rule_sha256: str
    why: Message | None = None
    misses: tuple[Miss, ...] = ()
    differing: tuple[Place, ...] = ()
    causes: tuple[tuple[str, int], ...] = ()
    claim: Claim | None = None
    turns: tuple[tuple[date, Target | None], ...] = ()
    waiver: Waiver | None = None
    process_owner: str | None = None
    score: Score | None = None
    over: bool = True
    breakdown: Breakdown | None = None
    kind: str = "period"
    compared: tuple[Compared, ...] = ()

    @property
    def value(self) -> Fraction | None:
        """The figure itself."""
        return self.reading.value

    @property
    def settled(self) -> bool:
        """Whether the figure itself, and not the verdict alone, is final: no row undecided, and the period over."""
        return self.over and not self.provisional and not self.reading.undecided

    @property
    def is_too_high(self) -> bool:
        """Whether the rows that are met speak against the target, not those that are missed."""
        return bool(self.target and self.value is not None and self.target.is_too_high(self.value))

    @property
    def against(self) -> int:
        """How many judged rows speak against the target."""
        return (self.reading.met if self.is_too_high else self.reading.missed) or 0


@dataclass(frozen=True, slots=True)
class CompanyLine:
    """How many projects passed one indicator, the worst of them, and the pooled figure."""

    indicator: str
    name: str
    short: str
    period: str
    projects: int
    passed: int
    failed: int
    no_verdict: int
    waived: int
    worst: str | None
    unit: str
    target: Target | None
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    breakdown: Breakdown | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The results, company lines and total scores of one period: the run's own, or a sub-period of its series."""

    period: Period
    results: tuple[Result, ...]
    company: tuple[CompanyLine, ...]
    totals: tuple[Total, ...] = ()
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class InputRecord:
    """One sheet that was read: what it was taken for and its ledger; `title` is what people call its table."""

    file: str
    sheet: str | None
    table: str
    source: str
    form: str
    encoding: str | None
    sha256: str
    heading_row: int
    columns: Mapping[str, str]
    unused_headings: tuple[str, ...]
    ledger: Ledger
    title: Message
    encoding_reason: Message | None = None
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class RepairRecord:
    """A rejects file that was given back: its hash, and how many rows it replaced.

    `places` are those rows, each by its file's short hash, its sheet and its number.
    """

    file: str
    sha256: str
    rows: int
    places: frozenset[tuple[str, str, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Unused:
    """A file or sheet that was found and not read, with the reason."""

    file: str
    sheet: str | None
    reason: Message


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """Which plan judged: its name, file name and hash, its header, and the changes of targets to be told.

    `extended` are the files it is made of beside its own, each with its hash.
    """

    name: str
    file: str
    sha256: str
    header: Header | None = None
    changes: tuple[Change, ...] = ()
    extended: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked for beside its plan, period and exports: enough to ask for the same again.

    `projects`, `indicators` and `owners` are empty where all were asked for. `sources` are mappings that were named,
    each with the hash of its file, None of a shipped one. `max_rejected` is in percent; `nil` are nil returns beside
    those of the registers, `hide` columns whose texts are not shown.
    """

    projects: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    sources: tuple[tuple[str, str | None], ...] = ()
    encoding: str | None = None
    accept_formulas: bool = False
    max_rejected: Fraction = Fraction(5)
    nil: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All a renderer may know about a run; with `by` a series, `parts` are its sub-periods in time order.

    `rules` says in words how each indicator is counted, `records` what decides it, `calendars` hashes what each
    calendar of the plan comes to.
    `turned` is there where only verdicts that turned are to be shown: those, each with what it turned from.
    `evidence` is there only where a format asked for every row, `rows` only where one keeps them for later runs,
    `improvements` where a list of them is kept.
    """

    plan: PlanRecord
    period: Period
    as_of: datetime
    inputs: tuple[InputRecord, ...]
    results: tuple[Result, ...]
    company: tuple[CompanyLine, ...]
    ledger: Ledger
    problems: tuple[ProblemGroup, ...] = ()
    unused: tuple[Unused, ...] = ()
    notes: tuple[Message, ...] = ()
    unassigned: int = 0
    nil: tuple[str, ...] = ()
    repairs: tuple[RepairRecord, ...] = ()
    details: int = 0
    indicators: tuple[str, ...] = field(default=())
    by: str | None = None
    parts: tuple[Part, ...] = ()
    scheme: Scheme | None = None
    totals: tuple[Total, ...] = ()
    rules: Mapping[str, RuleInWords] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    records: Mapping[str, RuleRecord] = field(default_factory=dict)
    calendars: Mapping[str, str] = field(default_factory=dict)
    asked: Asked = field(default_factory=Asked)
    improvements: tuple[Improvement, ...] = ()
    rows: RowBook | None = None
    turned: tuple[tuple[Result, Compared], ...] | None = None

    @property
    def projects(self) -> tuple[str, ...]:
        """The projects on the card, in their order."""
        return tuple(dict.fromkeys(result.project for result in self.results))

    @property
    def every_result(self) -> tuple[Result, ...]:
        """The whole period's results, then those of its parts in time order."""
        return (*self.results, *(result for part in self.parts for result in part.results))

    @property
    def every_company_line(self) -> tuple[CompanyLine, ...]:
        """The whole period's company lines, then those of its parts in time order."""
        return (*self.company, *(line for part in self.parts for line in part.company))
