"""What a country has decreed: its public holidays, its make-up workdays, and the years nobody can know yet.

The `holidays` package computes years ahead of any decree without saying so. What its own data tell is used:

- Where working days are moved by a yearly decree (China, Taiwan, Vietnam, Hungary, Russia, ...), it holds a table of
  the days moved. Years before its first and after its last entry are unknown. A year inside without an entry had none.
- Where a holiday's date is an estimate (sightings of the moon), its name says so; that year is unknown.
- Years outside those it covers at all are unknown.

Elsewhere holidays follow from standing law and count as known; a day given once, such as a state funeral,
cannot be foreseen by anybody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from opskpi.errors import SettingsError
from opskpi.wording import message

if TYPE_CHECKING:
    from holidays import HolidayBase

#: An entry of the package's tables with three parts names a holiday; one with more moves a working day.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Official:
    """A country's days off with their names, its make-up workdays, and the years whose calendar is not known."""

    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()
    unknown: frozenset[int] = frozenset()
    names: Mapping[date, str] = field(default_factory=dict)


@cache
def official_days(country: str | None, region: str | None, first: int, last: int) -> Official:
    """Get the official calendar of some years; of no country, nothing."""
    if country is None:
        return Official()
    # a decree may move a workday of the year before: 2011-12-31 was worked for 2012's New Year
    found = _look_up(country, region, range(first - 1, last + 2))
    years = range(first, last + 1)
    return Official(
        frozenset(day for day in found if first <= day.year <= last),
        frozenset(day for day in found.weekend_workdays if first <= day.year <= last),
        _uncovered(found, years) | (_estimated(found) & frozenset(years)),
        {day: found[day] for day in sorted(found) if first <= day.year <= last},
    )


def prepare(countries: Iterable[str]) -> None:
    """Import what knows the holidays of some countries, so that it can be done beside other work."""
    for country in countries:
        _look_up(country, None, ())


def _look_up(country: str, region: str | None, years: Iterable[int]) -> "HolidayBase":
    import holidays  # 0.1 to 0.7 s

    try:
        # in its own language, or the names would depend on the machine's
        language = holidays.country_holidays(country).default_language
        return holidays.country_holidays(country, subdiv=region, years=years, language=language)
    except NotImplementedError as error:
        place = f"{country} {region}" if region else country
        raise SettingsError(message("calendar_country_unknown", country=place)) from error


def _uncovered(found: "HolidayBase", years: Iterable[int]) -> frozenset[int]:
    known = range(found.start_year, found.end_year + 1)
    if decreed := _decreed(found):
        known = range(max(min(decreed), known.start), min(max(decreed) + 1, known.stop))
    return frozenset(year for year in years if year not in known)


def _decreed(found: "HolidayBase") -> list[int]:
    """List the years of which a working day is known to have been moved."""
    table: Mapping[int, tuple[object, ...]] = getattr(found, "special_public_holidays", {})
    return [year for year, entries in table.items() if _moves_a_day(entries)]


def _moves_a_day(entries: tuple[object, ...]) -> bool:
    several = entries if entries and isinstance(entries[0], tuple) else (entries,)
    return any(isinstance(entry, tuple) and len(entry) > _NAMED for entry in several)


def _estimated(found: "HolidayBase") -> frozenset[int]:
    label = found.tr(getattr(found, "estimated_label", "%s (estimated)"))
    mark = label.replace("%s", "").strip(" ()（）")
    return frozenset(day.year for day, name in found.items() if mark in name)
