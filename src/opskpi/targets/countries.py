"""Countries and regions whose public holidays are known; the package that knows them is imported only then."""

from opskpi.documents import Mistake, nearest, with_nearest
from opskpi.targets.fields import parse_text
from opskpi.wording import message

_FEW_LETTERS = 3


def parse_country(value: object) -> str:
    """Read a country's code, its alpha-2 form; raises Mistake with the nearest by code or name."""
    from holidays.registry import COUNTRIES

    text = parse_text(value)
    codes = {name.casefold(): names[1] for names in COUNTRIES.values() for name in names}
    word = text.strip().casefold()
    if word in codes and len(word) <= _FEW_LETTERS:
        return codes[word]
    close = nearest(word, codes)
    hint = message("did_you_mean", word=codes[close]) if close else message("country_code")
    raise Mistake(message("unknown_country", word=text, hint=hint))


def parse_region(value: object, country: str) -> str:
    """Read a region's code, or its name, of a country; raises Mistake with the nearest."""
    import holidays

    text = parse_text(value)
    calendar = holidays.country_holidays(country)
    codes = {code.casefold(): code for code in calendar.subdivisions}
    names = {name.casefold(): code for name, code in calendar.subdivisions_aliases.items()}
    if not codes:
        raise Mistake(message("country_without_regions", country=country))
    found = (names | codes).get(text.strip().casefold())
    if found is None:
        raise Mistake(with_nearest("unknown_region", text, tuple(codes.values()), country=country))
    return found
