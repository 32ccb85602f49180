"""Masking: texts that name somebody else, or that nobody is to read, replaced wherever they stand in a value."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from functools import cache, lru_cache
from typing import TypeVar

#: What stands for a text that is not shown: the same in every language, and no wildcard, formula or markup anywhere.
MARK = "×××"
#: Ids, names of columns and hashes: what rows and figures are found by, not what is said of them.
_KEYS = frozenset(
    {"project", "indicator", "row_id", "bucket", "key", "sha256", "rule_sha256", "table", "rule", "term", "roles"}
)
#: Lists of them.
_LISTS = frozenset({"indicators", "nil", "ids", "marks"})
#: What is counted or kept under words of the plan.
_NAMED = frozenset({"excluded", "calendars", "settings"})
_LETTER = r"[^\W_]"
_BLANK = re.compile(r"\s+")
_BRACKETS = str.maketrans("（）", "()")

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Mask:
    """What must not be named: `pattern` finds names, of which those that are one's `own` stay."""

    pattern: re.Pattern[str] | None
    own: frozenset[str] = frozenset()
    kept: dict[str, str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Replace each name that must not be read."""
        if self.pattern is None:
            return text
        found = self.kept.get(text)
        if found is None:
            found = self.kept[text] = self.pattern.sub(self._named, text)
        return found

    def _named(self, match: re.Match[str]) -> str:
        return match[0] if _form(match[0]) in self.own else MARK


def mask_of(own: Collection[str], others: Collection[str]) -> Mask:
    """Mask the names of others; a name of one's own that holds or equals one of them stays."""
    mine, strange = frozenset(map(_form, own)), frozenset(map(_form, others))
    if not strange - mine - {""}:
        return Mask(None)
    return Mask(_pattern(mine | strange), mine)


@lru_cache(maxsize=4)  # for each project of a run it is the same
def _pattern(forms: frozenset[str]) -> re.Pattern[str]:
    """Find any of some names, where one holds another the longer one."""
    names = sorted(forms - {""}, key=lambda name: (-len(name), name))
    return re.compile("|".join(map(_spelled, names)), re.IGNORECASE)


def masked(value: _Value, mask: Mask) -> _Value:
    """Mask every text of a value, but for what rows and figures are found by."""
    return value if mask.pattern is None else rewritten(value, mask.text)


def rewritten(value: _Value, change: Callable[[str], str]) -> _Value:
    """Change every text of a frozen value, as deep as it goes; what does not change stays the same object."""
    return _rewritten(value, change)  # type: ignore[return-value]


def _rewritten(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return value if isinstance(value, Enum) else change(value)
    if isinstance(value, tuple | list):
        parts = [_rewritten(each, change) for each in value]
        same = all(new is old for new, old in zip(parts, value, strict=True))
        return value if same else type(value)(parts)
    if isinstance(value, Mapping):
        changed = {key: new for key, old in value.items() if (new := _rewritten(old, change)) is not old}
        return {**value, **changed} if changed else value
    if is_dataclass(value) and not isinstance(value, type):
        found = {name: getattr(value, name) for name in _fields(type(value))}
        changed = {name: new for name, old in found.items() if (new := _field(name, old, change)) is not old}
        return replace(value, **changed) if changed else value
    return value


def _field(name: str, value: object, change: Callable[[str], str]) -> object:
    """Change what a field holds, unless others are found by it."""
    if name in _LISTS or (name in _KEYS and isinstance(value, str)):
        return value
    if name in _NAMED and isinstance(value, Mapping):
        return _renamed(value, change)
    return _rewritten(value, change)


def _renamed(value: Mapping[str, object], change: Callable[[str], str]) -> Mapping[str, object]:
    """Change the words that things are kept under, too; counts that come under one word are added."""
    found: dict[str, object] = {}
    for word, each in value.items():
        now = _renamed(each, change) if isinstance(each, Mapping) else _rewritten(each, change)
        before = found.get(change(word))
        found[change(word)] = before + now if isinstance(before, int) and isinstance(now, int) else now
    return value if found == value else found


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.init)


def _form(name: str) -> str:
    """Make names alike that differ in blanks, brackets or case alone."""
    return _BLANK.sub("", name).translate(_BRACKETS).casefold()


def _spelled(form: str) -> str:
    """Find a name however its blanks and brackets are written; a short one, or one of letters, only as a whole word."""
    text = r"\s*".join({"(": "[(（]", ")": "[)）]"}.get(letter) or re.escape(letter) for letter in form)
    alone = len(form) == 1
    before = f"(?<!{_LETTER})" if alone else "(?<![A-Za-z0-9])" if form[0].isascii() else ""
    after = f"(?!{_LETTER})" if alone else "(?![A-Za-z0-9])" if form[-1].isascii() else ""
    return f"{before}{text}{after}"
