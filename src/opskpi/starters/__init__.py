"""What a new user starts from: settings, a plan and registers to fill in, in Chinese or English.

`zh.toml` and `en.toml` beside this file hold every word of it; `texts.py` reads them,
`plans.py` writes the plan, `workbook.py` draws the registers and `cells.py` says what their cells take.
"""

from collections.abc import Mapping

from opskpi.starters.plans import plan_text
from opskpi.starters.texts import read_texts


def paths(year: int, language: str) -> tuple[str, ...]:
    """Name the files a start consists of, with `/`, relative to the folder they are put in."""
    texts = read_texts(language)
    return "opskpi.toml", f"targets/{year}.yaml", f"{texts.folder}/{texts.book}"


def contents(year: int, language: str, shipped: str) -> Mapping[str, bytes]:
    """Make every file in memory by its path; the plan comes from a shipped one's text.

    The same arguments give the same bytes.
    """
    from opskpi.starters.workbook import draw

    texts = read_texts(language)
    settings = texts.settings.format(year=year, folder=texts.folder, card=texts.card)
    made = (settings.encode(), plan_text(shipped, year, texts.plan).encode(), draw(texts, year, language))
    return dict(zip(paths(year, language), made, strict=True))
