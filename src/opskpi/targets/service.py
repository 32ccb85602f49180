"""Service times in the plan: `calendars:` and `sla:`, from YAML to the frozen values the clock reads."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PlainValidator,
    ValidationInfo,
    field_validator,
    model_validator,
)

from opskpi.documents import Mistake, with_nearest
from opskpi.model.service import Calendar, Limit, LimitRule
from opskpi.tables.tickets import TYPES
from opskpi.tables.words import normal, normal_name
from opskpi.targets.countries import parse_country, parse_region
from opskpi.targets.days import Week, parse_days_off, parse_days_on, parse_week
from opskpi.targets.fields import Mistakes, Text, Zone, items, no_calendar, parse_text, raise_all
from opskpi.targets.hours import Windows, bare
from opskpi.targets.limits import parse_limit
from opskpi.targets.shelf import Folder, Shelf
from opskpi.wording import message

#: What becomes of a row that is finished and shows no response.
MissingResponse = Literal["miss", "exclude", "reject"]
#: Which completion of a reopened row stops its clock.
Completion = Literal["last", "first"]

_TYPES = {normal(spelling): name for name, chinese in TYPES.items() for spelling in (name, chinese)}
#: What figures do not depend on: how a limit was written, and where its rule stands.
_SAID_ONLY = frozenset({"text", "at", "line", "sheet"})
#: What a rule fits, a set for each thing looked at; None fits all.
_Fit = tuple[frozenset[str] | None, ...]


def _shelf(info: ValidationInfo) -> Shelf:
    """Find the files beside the plan, which are handed to its validation."""
    shelf: Shelf = (info.context or {}).get("shelf") or Folder(Path())
    return shelf


def _days_off(value: object, info: ValidationInfo) -> frozenset[date]:
    return parse_days_off(value, _shelf(info))


def _days_on(value: object, info: ValidationInfo) -> Mapping[date, Windows | None]:
    return parse_days_on(value, _shelf(info))


class CalendarSettings(BaseModel):
    """A calendar: windows by weekday, and the own days of a country and a company; `always` has `hours` None."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: Annotated[str, BeforeValidator(parse_country)] | None = None
    region: Text | None = None
    zone: Zone | None = None
    hours: Annotated[Week | None, PlainValidator(parse_week)]
    makeup_days: Literal["work", "off"] = "work"
    days_off: Annotated[frozenset[date], PlainValidator(_days_off)] = frozenset()
    days_on: Annotated[Mapping[date, Windows | None], PlainValidator(_days_on)] = Field(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _always(cls, value: object, read: ModelWrapValidatorHandler["CalendarSettings"]) -> "CalendarSettings":
        if isinstance(value, Mapping) and value:
            return read(value)
        if value and normal(str(value)) == "always":
            return cls.model_construct(hours=None)
        raise Mistake(message("calendar_wanted" if value else "calendar_empty"))

    @field_validator("region", "makeup_days")
    @classmethod
    def _of_a_country(cls, text: str, info: ValidationInfo) -> str:
        if "country" not in info.data:
            return text
        if info.data["country"] is None:
            raise Mistake(message("needs_country", key=str(info.field_name)))
        return parse_region(text, info.data["country"]) if info.field_name == "region" else text

    @model_validator(mode="after")
    def _off_or_on(self) -> "CalendarSettings":
        both = sorted(self.days_off & self.days_on.keys())
        if both:
            raise Mistake(message("date_off_and_on", day=both[0].isoformat()), path=("days_on",))
        return self

    def calendar(self, name: str) -> Calendar:
        """Freeze it; days on without windows have those of the first weekday that has any."""
        if self.hours is None:
            return Calendar(name, always=True)
        usual = next(bare(windows) for windows in self.hours if windows)
        return Calendar(
            name,
            windows=tuple(bare(windows) for windows in self.hours),
            country=self.country,
            region=self.region,
            zone=self.zone,
            makeup_work=self.makeup_days == "work",
            makeup_windows=usual,
            days_off=self.days_off,
            days_on={day: usual if own is None else bare(own) for day, own in self.days_on.items()},
        )


def _several(reader: Callable[[object], str]) -> Callable[[object], frozenset[str]]:
    """Make a reader of one text or a list of them."""

    def read(value: object) -> frozenset[str]:
        if value == []:
            raise Mistake(message("wants_text"))
        mistakes = Mistakes()
        words = [mistakes.take(reader, each, path, "") for path, each in items(value)]
        mistakes.stop()
        return frozenset(words)

    return read


def _type(value: object) -> str:
    text = parse_text(value)
    if normal(text) not in _TYPES:
        raise Mistake(with_nearest("unknown_ticket_type", text, (*TYPES, *TYPES.values())))
    return _TYPES[normal(text)]


def _alike(words: frozenset[str] | None, form: Callable[[str], str]) -> frozenset[str] | None:
    return None if words is None else frozenset(map(form, words))


class LimitSettings(BaseModel):
    """One rule of `sla:`: which rows it fits, on which calendar, and how long each leg may take."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Annotated[frozenset[str] | None, PlainValidator(_several(_type))] = None
    priority: Annotated[frozenset[str] | None, PlainValidator(_several(parse_text))] = None
    project: Annotated[frozenset[str] | None, PlainValidator(_several(parse_text))] = None
    calendar: Text
    respond: Annotated[Limit | None, PlainValidator(parse_limit)] = None
    resolve: Annotated[Limit | None, PlainValidator(parse_limit)] = None
    workdays: Literal["end", "same_time"] = "end"
    start: Literal["created", "assigned"] = "created"

    @model_validator(mode="before")
    @classmethod
    def _says_something(cls, value: object) -> object:
        if isinstance(value, Mapping) and value:
            return value
        raise Mistake(message("rule_wanted" if value else "rule_empty"))

    @model_validator(mode="after")
    def _some_limit(self) -> "LimitSettings":
        if self.respond is None and self.resolve is None:
            raise Mistake(message("limit_missing"))
        return self

    def rule(self, line: int, sheet: str = "") -> LimitRule:
        """Freeze it; `line` is its place in the plan's list, from 1, or its row in a sheet."""
        respond, resolve = self._leg(self.respond), self._leg(self.resolve)
        return LimitRule(
            self.calendar,
            self.type,
            self.priority,
            self.project,
            respond,
            resolve,
            from_assignment=self.start == "assigned",
            line=line,
            sheet=sheet,
        )

    def _leg(self, limit: Limit | None) -> Limit | None:
        if limit is None or limit.workdays is None:
            return limit
        return replace(limit, at_end=self.workdays == "end")


def check_rules(rules: Sequence[LimitSettings], calendars: Mapping[str, object] | None) -> None:
    """Refuse rules on calendars nobody defined (None: unknown), and rules no row can reach; raises Mistake."""
    found: list[Mistake] = []
    for at, rule in enumerate(rules):
        if calendars is not None and rule.calendar not in calendars:
            found.append(Mistake(no_calendar(rule.calendar, tuple(calendars)), path=(at, "calendar")))
    frozen = [rule.rule(number) for number, rule in enumerate(rules, 1)]
    found += [
        Mistake(message("limit_never_fits", rule=frozen[first].origin), path=(at,)) for at, first in unreachable(frozen)
    ]
    raise_all(found)


def unreachable(rules: Sequence[LimitRule]) -> Iterator[tuple[int, int]]:
    """Find rules whose every row an earlier one has already, each with that one by place.

    Only those that share a project can meet.
    """
    fits = [_fit(rule) for rule in rules]
    by_project: defaultdict[str | None, list[int]] = defaultdict(list)
    for at, fit in enumerate(fits):
        projects = fit[-1] or (None,)
        near = {*by_project[None], *by_project[next(iter(projects))]}
        first = min((earlier for earlier in near if _covers(fits[earlier], fit)), default=None)
        if first is not None:
            yield at, first
        for project in projects:
            by_project[project].append(at)


def _fit(rule: LimitRule) -> _Fit:
    """Spell what a rule fits so that it can be compared with another's."""
    types = None if rule.types == TYPES.keys() else rule.types
    return types, _alike(rule.priorities, normal), _alike(rule.projects, normal_name)


def _covers(wide: _Fit, narrow: _Fit) -> bool:
    return all(most is None or (least is not None and least <= most) for most, least in zip(wide, narrow, strict=True))


def fingerprint(value: object) -> object:
    """Turn frozen service values into what JSON writes the same way whenever they mean the same."""
    if isinstance(value, LimitRule):
        priorities, projects = _alike(value.priorities, normal), _alike(value.projects, normal_name)
        value = replace(value, priorities=priorities, projects=projects)
    if is_dataclass(value):
        said = {each.name: getattr(value, each.name) for each in fields(value) if each.name not in _SAID_ONLY}
        return fingerprint(said)
    if isinstance(value, Mapping):
        return {str(key): fingerprint(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(each) for each in value)
    if isinstance(value, tuple):
        return [fingerprint(each) for each in value]
    return str(value) if isinstance(value, Fraction) else value
