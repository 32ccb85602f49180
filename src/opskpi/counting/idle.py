"""Idle words: types, priorities and projects that limit rules ask for and no accepted row has."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from opskpi.documents import nearest
from opskpi.indicators.columns import Rows
from opskpi.intake.names import Projects
from opskpi.model.service import LimitRule
from opskpi.tables.columns import Texts, Words, texts_of
from opskpi.tables.words import normal
from opskpi.wording import Message, message

#: So many rules are named for one word, and so many words that are there.
_FEW = 5


@dataclass(frozen=True, slots=True)
class _Asked:
    """A word as it is first spelled, and the rules that ask for it."""

    word: str
    rules: list[LimitRule]


def idle_words(rules: Sequence[LimitRule], blocks: Sequence[Rows], projects: Projects) -> Iterator[Message]:
    """Name each word once, with the nearest one that is there: a slip in it would leave rows to other rules."""
    for key, name, asked in (
        ("idle_type", "type", _asked(rules, lambda rule: rule.types, normal)),
        ("idle_priority", "priority", _asked(rules, lambda rule: rule.priorities, normal)),
    ):
        there = _words(blocks, name)
        forms = {normal(word) for word in there}
        for form, each in asked.items():
            if form not in forms:
                yield message(key, word=each.word, rules=_origins(each.rules), hint=_hint(each.word, there))
    codes = {int(code) for rows in blocks for code in np.unique(rows.projects[rows.accepted])}
    for each in _asked(rules, lambda rule: rule.projects, projects.code).values():
        code = projects.code(each.word)
        # a project that is known is on the card, where it is said that it has no rows
        if code not in codes and (code < 0 or projects.names[code] not in projects.known):
            yield from _unknown(each, projects)


def _unknown(each: _Asked, projects: Projects) -> Iterator[Message]:
    near = projects.nearest(each.word)
    hint = message("did_you_mean", word=near) if near else message("no_name_near")
    yield message("idle_project", word=each.word, rules=_origins(each.rules), hint=hint)


def _hint(word: str, there: Sequence[str]) -> Message:
    if close := nearest(word, there):
        return message("did_you_mean", word=close)
    return message("words_there", words=tuple(there[:_FEW])) if there else message("column_blank")


def _asked(
    rules: Sequence[LimitRule],
    words: Callable[[LimitRule], Collection[str] | None],
    form: Callable[[str], str | int],
) -> dict[object, _Asked]:
    """Collect the words of one kind in the order of the rules."""
    found: dict[object, _Asked] = {}
    for rule in rules:
        for word in sorted(words(rule) or ()):
            made = form(word)
            known = found.setdefault(word if made == -1 else made, _Asked(word, []))
            known.rules.append(rule)
    return found


def _words(blocks: Sequence[Rows], name: str) -> tuple[str, ...]:
    """List the words of a column that accepted rows have."""
    found: set[str] = set()
    for rows in blocks:
        column = rows.columns.get(name)
        if column is None:
            continue
        texts = column if isinstance(column, Texts | Words) else texts_of(column)
        used = np.unique(np.asarray(texts.codes)[rows.accepted])
        found.update(texts.words[code] for code in used.tolist() if code >= 0)
    return tuple(sorted(found))


def _origins(rules: Sequence[LimitRule]) -> tuple[Message, ...]:
    """Say where rules stand: the lines of those in the plan together, those of each sheet together."""
    by_sheet: dict[str, list[LimitRule]] = {}
    for rule in rules[:_FEW]:
        by_sheet.setdefault(rule.sheet, []).append(rule)
    said = [
        message("rules_in_table", sheet=sheet, rows=tuple(each.line for each in some))
        if sheet
        else message("rules_in_plan", places=tuple(each.at for each in some))
        for sheet, some in by_sheet.items()
    ]
    return (*said, *([message("rules_more", count=len(rules))] if len(rules) > _FEW else []))
