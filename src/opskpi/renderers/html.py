"""The scorecard as a page: one file without a network, for a screen, a phone, paper and a screen reader."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from opskpi.model.cards import Scorecard
from opskpi.renderers import Style
from opskpi.renderers.lines import word
from opskpi.renderers.page.contents import contents
from opskpi.wording import language_of, message

DETAILS = 200
_TONGUES = {"zh": "zh-Hans", "en": "en"}
_CHINESE = Markup(' lang="zh-Hans"')


def render(card: Scorecard, style: Style) -> bytes:
    """Write the page; whatever exports and plan say comes out as text."""
    page = _template(style.language).render(contents(card, style.language))
    return page.encode("utf-8", errors="replace")


@cache
def _template(language: str) -> Template:
    """Read the template, and let it speak a language."""
    environment = Environment(
        loader=FunctionLoader(_part),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    script, look = _part("page.js"), _part("page.css")
    environment.globals |= {
        "tongue": _TONGUES[language],
        "word": lambda key: word(key, language),
        "say": lambda key, **values: message(key, **values).text(language),
        "script": Markup(script),  # noqa: S704 - our own file, and no text of others in it
        "look": Markup(look),  # noqa: S704 - as above
        "script_hash": _hash(script),
        "look_hash": _hash(look),
    }
    environment.filters["tongue"] = lambda text: _tongue(text, language)
    return environment.get_template("page.html.jinja")


def _part(name: str) -> str:
    return (files("opskpi.renderers.page") / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Name a script or style sheet in the page's policy, so that no other is heeded."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _tongue(text: str, language: str) -> Markup:
    """Mark a Chinese text on an English page, for fonts and for whatever reads it aloud."""
    return _CHINESE if language != "zh" and language_of(text) == "zh" else Markup()
