"""The plan's models: what YAML must look like, checked down to the last expression."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from opskpi.documents import Mistake, hash_of
from opskpi.errors import SettingsError
from opskpi.indicators.moments import REAL_TIME
from opskpi.model.goals import Goal
from opskpi.model.periods import Period, parse_period
from opskpi.model.scoring import Scheme
from opskpi.model.service import Calendar, LimitRule
from opskpi.sources import Source
from opskpi.tables import Registry, known
from opskpi.tables.words import normal_name
from opskpi.targets.composition import DefaultSettings
from opskpi.targets.fields import Mistakes, Text, Zone, parse_text, raise_all
from opskpi.targets.groups import GroupSettings, Targets, check_groups, check_targets, group_goals
from opskpi.targets.headers import ChangeSettings, HeaderSettings
from opskpi.targets.indicator import Indicator, collected
from opskpi.targets.overall import check_over
from opskpi.targets.schedule import ScheduleSettings, check_schedule
from opskpi.targets.schemes import Grades, SchemeSettings, check_weights, frozen_scheme
from opskpi.targets.service import (
    CalendarSettings,
    Completion,
    LimitSettings,
    MissingResponse,
    check_rules,
    fingerprint,
)
from opskpi.targets.tables import TableSettings, registry, source
from opskpi.targets.waivers import WaiverSettings, unknown_indicators
from opskpi.wording import message


def _period(value: object) -> str:
    text = parse_text(value)
    try:
        parse_period(text)
    except SettingsError as error:
        raise Mistake(error.messages[0]) from None
    return text


class ProjectSettings(BaseModel):
    """What differs for one project."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    aliases: tuple[str, ...] = ()
    starts_on: date | None = Field(default=None, alias="from")
    ends_on: date | None = Field(default=None, alias="to")
    period: Annotated[str, BeforeValidator(_period)] | None = None
    targets: Targets = Field(default_factory=dict)

    @field_validator("aliases", mode="before")
    @classmethod
    def _one_alias(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _begins_first(self) -> "ProjectSettings":
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise Mistake(message("dates_turned", text=f"{self.starts_on}..{self.ends_on}"), path=("to",))
        return self

    @property
    def own_period(self) -> Period | None:
        """The contract year that the project is judged over in place of the plan's period."""
        return None if self.period is None else parse_period(self.period)


class Plan(BaseModel):
    """A year's plan."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    plan: Text
    period: Annotated[str, BeforeValidator(_period)]
    timezone: Zone = "Asia/Shanghai"
    language: Literal["zh", "en"] | None = None
    calendars: dict[str, CalendarSettings] = Field(default_factory=dict)
    tables: dict[str, TableSettings] = Field(default_factory=dict)
    indicators: dict[str, Indicator] = Field(min_length=1)
    projects: dict[str, ProjectSettings] = Field(default_factory=dict)
    groups: dict[str, GroupSettings] = Field(default_factory=dict)
    header: HeaderSettings | None = None
    extends: Text | None = None
    defaults: DefaultSettings | None = None
    waivers: tuple[WaiverSettings, ...] = ()
    changes: tuple[ChangeSettings, ...] = ()
    sla: tuple[LimitSettings, ...] = ()
    schedule: tuple[ScheduleSettings, ...] = ()
    missing_response: MissingResponse | None = None
    completion: Completion = "last"

    grades: Grades = ()
    scoring: SchemeSettings | None = None

    _registry: Registry = PrivateAttr()
    _calendars: Mapping[str, Calendar] = PrivateAttr()
    _rules: tuple[LimitRule, ...] = PrivateAttr()

    @field_validator("indicators")
    @classmethod
    def _calendars_named(cls, indicators: dict[str, Indicator], info: ValidationInfo) -> dict[str, Indicator]:
        mistakes = Mistakes()
        for name, indicator in indicators.items() if "calendars" in info.data else ():
            mistakes.take(indicator.check_calendars, tuple(info.data["calendars"]), (name,), None)
        mistakes.stop()
        raise_all(list(check_over(indicators)))
        return indicators

    @field_validator("tables", mode="wrap")
    @classmethod
    def _tables(
        cls, value: object, read: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> dict[str, TableSettings]:
        """Read the tables before the indicators that count them, and hand them along."""
        handed = info.context if isinstance(info.context, dict) else {}
        handed["unread"] = frozenset(value) if isinstance(value, Mapping) else frozenset()
        tables: dict[str, TableSettings] = read({} if value is None else value)
        handed |= {"tables": registry(tables), "unread": frozenset()}
        return tables

    @field_validator("projects", mode="before")
    @classmethod
    def _empty_projects(cls, value: object) -> object:
        if isinstance(value, dict):
            return {name: settings or {} for name, settings in value.items()}
        return value or {}

    @field_validator("projects")
    @classmethod
    def _projects(cls, projects: dict[str, ProjectSettings], info: ValidationInfo) -> dict[str, ProjectSettings]:
        indicators = info.data.get("indicators", {})
        found: list[Mistake] = []
        for project, settings in projects.items():
            found += check_targets(settings.targets, indicators, (project,)) if indicators else []
            if "period" in info.data:
                found += collected(_meets, settings, parse_period(info.data["period"]), (project, "period"))
        found += collected(_one_owner, projects)
        raise_all(found)
        return projects

    @field_validator("groups")
    @classmethod
    def _groups(cls, groups: dict[str, GroupSettings], info: ValidationInfo) -> dict[str, GroupSettings]:
        raise_all(check_groups(groups, info.data.get("indicators", {})))
        return groups

    @field_validator("waivers", "changes", mode="before")
    @classmethod
    def _empty_lists(cls, value: object) -> object:
        return [] if value is None else value

    @field_validator("waivers", "changes")
    @classmethod
    def _of_indicators(cls, entries: tuple[BaseModel, ...], info: ValidationInfo) -> tuple[BaseModel, ...]:
        raise_all(unknown_indicators(entries, info.data.get("indicators", {})))
        return entries

    @field_validator("calendars", "sla", "schedule", mode="before")
    @classmethod
    def _empty_service(cls, value: object, info: ValidationInfo) -> object:
        wanted = dict if info.field_name == "calendars" else list
        if value is None:
            return wanted()
        if not isinstance(value, wanted | tuple):
            raise Mistake(message(f"{info.field_name}_wanted"))
        return value

    @field_validator("sla")
    @classmethod
    def _sla(cls, rules: tuple[LimitSettings, ...], info: ValidationInfo) -> tuple[LimitSettings, ...]:
        check_rules(rules, info.data.get("calendars"))
        return rules

    @field_validator("schedule")
    @classmethod
    def _schedule(cls, lines: tuple[ScheduleSettings, ...], info: ValidationInfo) -> tuple[ScheduleSettings, ...]:
        raise_all(list(check_schedule(lines, known(info.context), info.data.get("calendars"))))
        return lines

    @model_validator(mode="after")
    def _service(self, info: ValidationInfo) -> "Plan":
        self._registry = known(info.context)
        self._calendars = {name: settings.calendar(name) for name, settings in self.calendars.items()}
        document = (info.context or {}).get("document")
        places = [document.place(("sla", at)) if document else "" for at in range(len(self.sla))]
        rules = [settings.rule(number) for number, settings in enumerate(self.sla, 1)]
        self._take_rules(tuple(replace(rule, at=at) for rule, at in zip(rules, places, strict=True)))
        for indicator in self.indicators.values():
            indicator.owed_by([self._owed(line) for line in self.schedule if line.table in indicator.tables])
        return self

    def _owed(self, line: ScheduleSettings) -> object:
        """Lay out what a line of the schedule means for figures."""
        return fingerprint((dict(line), self._calendars.get(line.calendar or "")))

    def _take_rules(self, rules: tuple[LimitRule, ...]) -> None:
        """Judge by these rules, and let them be part of each indicator's."""
        self._rules = rules
        stated = self._calendars or rules or self.missing_response
        service = fingerprint((self._calendars, rules, self.missing_response) if stated else None)
        limits = hash_of(fingerprint((rules, self.missing_response))) if rules else None
        for indicator in self.indicators.values():
            indicator.judge_by(service, limits, self.completion)
            named = {name: self._calendars[name] for name in sorted(indicator.calendars - {REAL_TIME})}
            indicator.measure_by(fingerprint(named) if named else None)
            indicator.stand_over(self.indicators)

    def under(self, contracts: tuple[LimitRule, ...]) -> "Plan":
        """Put the rules of contracts before its own: a contract says more exactly what holds for its project."""
        if not contracts:
            return self
        indicators = {name: indicator.model_copy() for name, indicator in self.indicators.items()}
        plan = self.model_copy(update={"indicators": indicators})
        plan._take_rules((*contracts, *self._rules))  # noqa: SLF001 - its own kind
        return plan

    @model_validator(mode="after")
    def _weights(self) -> "Plan":
        raise_all(check_weights(self.indicators, self.scoring))
        return self

    @property
    def scheme(self) -> Scheme | None:
        """How results score; None where the plan does not score."""
        return frozen_scheme(self.indicators, self.grades, self.scoring)

    def goals(self, indicator: str, project: str, groups: Sequence[str], registered: str | None) -> tuple[Goal, ...]:
        """List what is said of a project's target, nearest first: its own, its groups', the indicator's."""
        settings = self.projects.get(project)
        own = [settings.targets[indicator]] if settings and indicator in settings.targets else []
        shared = group_goals(indicator, self.groups, groups, registered)
        return (*own, *shared, self.indicators[indicator].target)

    @property
    def registry(self) -> Registry:
        """The tables its indicators may count: those of every run, and its own."""
        return self._registry

    @property
    def source(self) -> Source:
        """The source by which the sheets of its own tables are told."""
        return source(self.tables, self._registry)

    @property
    def service_calendars(self) -> Mapping[str, Calendar]:
        """The calendars by their names."""
        return self._calendars

    @property
    def limit_rules(self) -> tuple[LimitRule, ...]:
        """The rules that judge in their order: those of contracts, then those of `sla:`."""
        return self._rules

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the plan's wall clock."""
        return ZoneInfo(self.timezone)

    @property
    def whole_period(self) -> Period:
        """The plan's own period."""
        return parse_period(self.period)

    @property
    def span(self) -> Period:
        """The plan's period, stretched over the contract years of its projects."""
        whole = self.whole_period
        own = [whole, *(each for settings in self.projects.values() if (each := settings.own_period))]
        return Period(whole.label, min(each.start for each in own), max(each.end for each in own))


def _meets(settings: ProjectSettings, whole: Period, path: tuple[str, ...]) -> None:
    """Refuse a contract year that has no day in the plan's period."""
    own = settings.own_period
    if own and (own.end < whole.start or whole.end < own.start):
        raise Mistake(message("own_period_outside", period=own.label, plan=whole.label), path=path)


def _one_owner(projects: Mapping[str, ProjectSettings]) -> None:
    """Refuse an alias that belongs to two projects."""
    owners: dict[str, str] = {}
    for project, settings in projects.items():
        for name in (project, *settings.aliases):
            owner = owners.setdefault(normal_name(name), project)
            if owner != project:
                raise Mistake(message("alias_of_two", alias=name, first=owner, second=project), path=(project,))
