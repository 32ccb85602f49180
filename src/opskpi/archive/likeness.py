"""Whether two figures are counted alike: by the same rule, limits and calendars; what differs makes them unlike."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from opskpi.archive.document import CardDocument, ResultFields
from opskpi.model.cards import Result, Scorecard
from opskpi.model.comparisons import Cause

#: Judgements that the plan's calendars have a part in.
_BY_CALENDAR = frozenset({"limit", "duration"})


@dataclass(frozen=True, slots=True)
class Grounds:
    """What decides a figure, as far as its card says so; `settings` is None in a card that does not."""

    rule_sha256: str
    settings: Mapping[str, object] | None
    limits: str | None
    calendars: Mapping[str, str]
    judged_by: str | None


def grounds_of(document: CardDocument, result: ResultFields) -> Grounds:
    """Get what decides a figure of a past card."""
    rule = document.rules.get(result.indicator)
    return Grounds(
        result.rule_sha256,
        rule.settings if rule else None,
        rule.limits_sha256 if rule else None,
        document.calendars,
        result.judged_by,
    )


def grounds_now(card: Scorecard, result: Result) -> Grounds:
    """Get what decides a figure of this run."""
    rule = card.records[result.indicator]
    return Grounds(result.rule_sha256, rule.settings, rule.limits_sha256, card.calendars, result.reading.judged_by)


def unlike(old: Grounds, new: Grounds) -> tuple[Cause, ...]:
    """List what makes two figures unlike; nothing where they can be compared."""
    calendars = tuple(_calendars(old, new))
    if old.rule_sha256 == new.rule_sha256:
        return calendars
    causes = (*_settings(old, new), *_limits(old, new), *calendars)
    if not causes and old.settings is not None and new.settings is not None:
        causes = tuple(Cause("calendar", name) for name in _differing(old.calendars, new.calendars))
    return causes or (Cause("rule_unknown"),)


def _settings(old: Grounds, new: Grounds) -> Iterator[Cause]:
    if old.settings is None or new.settings is None:
        return
    before, after = _flat(old.settings), _flat(new.settings)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Cause("setting", name, before.get(name), after.get(name))


def _limits(old: Grounds, new: Grounds) -> Iterator[Cause]:
    if old.settings is not None and new.settings is not None and old.limits != new.limits:
        yield Cause("limits")


def _calendars(old: Grounds, new: Grounds) -> Iterator[Cause]:
    """Name the calendars that differ and have a part in the figure: those it names, or all where limits judge it."""
    judged = {basis for each in (old.judged_by, new.judged_by) if each for basis in each.split("/")}
    by_limits = bool(judged & _BY_CALENDAR) and (old.limits or new.limits)
    texts = json.dumps([old.settings, new.settings], ensure_ascii=False)
    for name in _differing(old.calendars, new.calendars):
        if by_limits or name in texts:
            yield Cause("calendar", name)


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Name what both know and is not the same."""
    return [name for name in before if name in after and before[name] != after[name]]


def _flat(settings: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Lay settings out by their path, each as the plan writes it."""
    found: dict[str, str] = {}
    for key, value in settings.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            found |= _flat(value, f"{name}.")
        elif value is not None:
            found[name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return found
