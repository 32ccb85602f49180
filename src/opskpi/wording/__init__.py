"""Every sentence opskpi says, in Chinese and English, looked up by key.

The catalogues are `zh.toml` and `en.toml` beside this file. A `Message` travels as
key and values, and becomes text only where it is shown, in the reader's language.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

_HAN = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence still without a language: the catalogue's key and what to fill in."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """Say it; values that are messages themselves are said in the same language."""
        filled = {name: _fill(value, language) for name, value in self.values.items()}
        return catalogue(language)[self.key].format_map(filled)


def message(key: str, /, **values: object) -> Message:
    """Make a message; the spelling used all over the house."""
    return Message(key, values)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Read one language's sentences."""
    text = (files(__name__) / f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def language_of(text: str) -> str:
    """Tell the language of a plan from its text: one Chinese character makes it Chinese."""
    return "zh" if _HAN.search(text) else "en"


def _fill(value: object, language: str) -> object:
    if isinstance(value, Message):
        return value.text(language)
    if isinstance(value, tuple | list):
        separator = "、" if language == "zh" else ", "
        return separator.join(str(_fill(item, language)) for item in value)
    return value
