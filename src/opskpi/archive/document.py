"""The JSON scorecard as a model: what a later run reads back, and the schema that is published.

Only additions come within a format version: fields of a later opskpi are passed over, and those that an earlier one
did not write yet have defaults.
"""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from opskpi.archive.rows import Figure, RowsFields
from opskpi.model.cards import Verdict

FORMAT, VERSION = "opskpi.scorecard", 1


Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)


class ExtendedFile(_Part):
    """A file the plan is made of beside its own."""

    file: str
    sha256: Sha256


class HeaderFields(_Part):
    """The head of the plan as a controlled document; days as ISO dates."""

    number: str | None
    version: str | None
    prepared_by: str | None
    prepared_on: date | None
    reviewed_by: str | None
    reviewed_on: date | None
    approved_by: str | None
    approved_on: date | None


class ChangeFields(_Part):
    """A change of a target that the plan tells of."""

    day: date = Field(alias="date")
    indicator: str
    project: str | None
    group: str | None
    before: str | None = Field(alias="from")
    after: str | None = Field(alias="to")
    by: str | None
    approved_by: str | None
    why: str | None


class PlanFields(_Part):
    """Which plan judged."""

    name: str
    file: str
    sha256: Sha256
    extends: tuple[ExtendedFile, ...] = ()
    header: HeaderFields | None = None
    changes: tuple[ChangeFields, ...] = ()


class PeriodFields(_Part):
    """Whole days, both inside."""

    label: str
    start: date
    end: date


class SeriesFields(_Part):
    """The parts of the period that are told beside it; their results follow the whole period's."""

    by: Literal["month", "quarter", "half", "year"]
    periods: tuple[PeriodFields, ...]


class InputFields(_Part):
    """A sheet that was read, and its ledger: rows = accepted + rejected + duplicate + superseded; skipped are apart."""

    file: str = Field(description="Relative to the argument it was found under, with /.")
    sheet: str | None
    table: str
    source: str
    encoding: str | None
    sha256: Sha256
    rows: int
    skipped: int
    accepted: int
    rejected: int
    duplicate: int
    superseded: int
    form: str = ""
    heading_row: int = 0


class WaiverFields(_Part):
    """Why a result is waived, by whom and until when."""

    reason: str
    approved_by: str
    until: date


class ScoreFields(_Part):
    """A result's points, what it weighs, and how the points came about (English)."""

    points: Figure | None
    weight: Figure | None
    stated_weight: Figure | None
    how: str


class SliceFields(_Part):
    """The counted rows that carry one word of the column that the plan breaks the figure down by; null is a blank."""

    word: str | None
    rows: int
    share: Figure
    met: int | None = None
    missed: int | None = None


class TermFields(_Part):
    """A term's figure and its own ledger."""

    value: Figure | None
    numerator: Figure | None
    denominator: Figure | None
    counted: int
    pending: int
    excluded: int
    filtered: int
    out_of_period: int


class TargetChange(_Part):
    """Another target that begins to hold inside the period."""

    day: date = Field(alias="from")
    target: str | None


class ComparedFields(_Part):
    """Another period's result that one is held against, or an earlier figure of the same period."""

    to: Literal["before", "year_ago", "same"] = Field(
        description="The period before of the same length, the same a year before, or an earlier card's same period."
    )
    period: str
    verdict: Verdict
    value: Figure | None
    numerator: Figure | None
    denominator: Figure | None
    change: Figure | None = Field(description="The value less this one; null where rules are unlike, or one is none.")
    unlike: tuple[str, ...] = Field(description="What differs in the rules: the figures are not comparable.")
    file: str | None = Field(description="The scorecard it was found in; null is the run's own series.")
    restated: bool = Field(description="That card told another figure of the same period, which had ended.")


class ResultFields(_Part):
    """The verdict on one project, indicator and period.

    The project's accepted rows = filtered + out_of_period + excluded + pending + counted.
    """

    project: str
    indicator: str
    period: str
    verdict: Verdict
    raw_verdict: Verdict = Field(description="The verdict as it were without a waiver.")
    provisional: bool
    value: Figure | None = Field(description="A ratio is a fraction (0.9); a mean or count the figure itself.")
    numerator: Figure | None
    denominator: Figure | None
    unit: str
    target: str | None
    met: int | None = Field(description="Null unless the value is a share, as is missed.")
    missed: int | None
    counted: int
    pending: int
    excluded: int
    filtered: int
    out_of_period: int
    rejected: int
    judged_by: str | None
    headroom: int | None = Field(
        description="Rows judged met that could have been missed; of a ceiling, what may come."
    )
    rule_sha256: Sha256
    owner: str | None
    name: str
    in_progress: bool = False
    deciding: int = Field(default=0, description="How many undecided rows could turn the verdict.")
    disagreeing: int = 0
    disagreeing_by: Mapping[str, int] = {}
    excluded_by: Mapping[str, int] = {}
    why: str | None = None
    target_changes: tuple[TargetChange, ...] = ()
    waiver: WaiverFields | None = None
    process_owner: str | None = None
    score: ScoreFields | None = None
    basis: Literal["computed", "reported"] = "computed"
    reported_source: str | None = None
    reported_by: str | None = None
    reported_evidence: str | None = None
    assessed_on: str | None = None
    groups: int | None = None
    breakdown: tuple[SliceFields, ...] = ()
    terms: Mapping[str, TermFields] = {}
    compared: tuple[ComparedFields, ...] = ()


class CompanyFields(_Part):
    """How many projects passed an indicator, the worst of them, and the pooled figure."""

    indicator: str
    period: str
    projects: int
    passed: int
    failed: int
    no_verdict: int
    waived: int
    worst: str | None
    value: Figure | None
    numerator: Figure | None
    denominator: Figure | None
    breakdown: tuple[SliceFields, ...] = ()


class TotalFields(_Part):
    """Points of a project or, where that is null, the company; of all indicators or one owner's."""

    project: str | None
    owner: str | None
    period: str
    points: Figure | None
    full: Figure
    grade: str | None
    provisional: bool
    vetoed_by: tuple[str, ...]


class RepairFields(_Part):
    """A rejects file that was given back, and how many rows it replaced."""

    file: str
    sha256: Sha256
    rows: int


class UnusedFields(_Part):
    """A file or sheet that was found and not read (the reason in English)."""

    file: str
    sheet: str | None
    reason: str


class SourceFields(_Part):
    """A mapping that was named: a file with its hash, or a shipped one."""

    name: str
    sha256: Sha256 | None


class AskedFields(_Part):
    """What the run was asked for beside plan, period and exports; empty lists mean all."""

    projects: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    sources: tuple[SourceFields, ...] = ()
    encoding: str | None = None
    accept_formulas: bool = False
    max_rejected: Figure = Field(default=Fraction(5), description="In percent.")
    nil: tuple[str, ...] = Field(default=(), description="Nil returns that were declared beside those of registers.")
    hide: tuple[str, ...] = Field(default=(), description="Columns whose texts are not shown.")


class RuleFields(_Part):
    """What decides an indicator's figure: settings as the plan writes them, and a hash of the limits that judge it."""

    settings: Mapping[str, Any]
    limits_sha256: Sha256 | None = None


class CardDocument(_Part):
    """A scorecard as `-f json` writes it."""

    format: Literal["opskpi.scorecard"]
    format_version: Literal[1]
    opskpi: str = Field(description="The version that wrote it.")
    counting: int = Field(description="Rises whenever any figure could change for the same input.")
    plan: PlanFields
    period: PeriodFields
    series: SeriesFields | None = None
    as_of: datetime
    inputs: tuple[InputFields, ...]
    results: tuple[ResultFields, ...]
    company: tuple[CompanyFields, ...]
    scores: tuple[TotalFields, ...] = ()
    nil: tuple[str, ...] = ()
    unassigned: int = 0
    repairs: tuple[RepairFields, ...] = ()
    unused: tuple[UnusedFields, ...] = ()
    notes: tuple[str, ...] = ()
    asked: AskedFields = AskedFields()
    rules: Mapping[str, RuleFields] = {}
    calendars: Mapping[str, Sha256] = {}
    rows: RowsFields | None = Field(default=None, description="Null above 20,000 rows; a bundle holds them all.")
