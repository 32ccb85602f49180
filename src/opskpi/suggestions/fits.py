"""Whether what a column holds is what a column of ours wants, and what the words in it mean."""

from collections.abc import Mapping
from functools import cache

from opskpi.sources.forms import Form
from opskpi.suggestions.columns import Column
from opskpi.suggestions.known import BROKEN, KEPT, form_words, meanings, standard_forms
from opskpi.tables import load
from opskpi.tables.kinds import Kind
from opskpi.tables.words import FLAGS, normal

#: No scale has more steps, and no vocabulary more words, than people can tell apart.
MOST_STEPS, MOST_WORDS = 100, 40
#: States that count alike: open, finished, withdrawn.
_ALIKE = ({"new", "in_progress", "on_hold"}, {"resolved", "closed"}, {"cancelled"})


def kind_of(table: str, column: str) -> Kind:
    """Get the kind of a table's column."""
    return load(table).kinds[column]


def fit(table: str, column: str, part: str, values: Column) -> float | None:
    """Tell how much of the values the column can take, after words are translated; None where there are none."""
    if not values.texts:
        return None
    kind, shares = kind_of(table, column), values.shares
    if kind.is_instant:
        return shares["moment"]
    if kind.name == "score":
        return _scores(table, column, values)
    if kind.is_number or part == "remaining":
        spelled = shares["duration"] if kind.name in ("duration", "flag") else 0.0
        return shares["number"] + shares["comma"] + spelled
    if kind.name in ("word", "flag"):
        known = sum(
            understood(table, column, word) or meaning(table, column, word) is not None for word in values.texts
        )
        return known / len(values.texts)
    return 1.0


def understood(table: str, column: str, word: str) -> bool:
    """Tell whether the table itself knows a word."""
    kind = kind_of(table, column)
    if kind.name == "flag":
        return normal(word) in FLAGS
    return normal(word) in {normal(each) for each in (*kind.words, *kind.words.values())}


def meaning(table: str, column: str, word: str, form: Form | None = None) -> str | None:
    """Translate a word where all who know it agree, or differ in states that count alike only."""
    readings = readings_of(table, column, word, form)
    if len(readings) > 1 and not any(set(readings) <= group for group in _ALIKE):
        return None
    return readings[0] if readings else None


def readings_of(table: str, column: str, word: str, form: Form | None = None) -> tuple[str, ...]:
    """Give all that a word can mean; the form at hand decides, then our own closed list."""
    if kind_of(table, column).name == "flag" and normal(word) in KEPT | BROKEN:
        return ("yes",) if normal(word) in KEPT else ("no",)
    for decided in (form, *standard_forms(table)):
        own = {normal(each): said for each, said in form_words(decided, column)} if decided else {}
        if normal(word) in own:
            return (own[normal(word)],)
    return tuple(_general(table, column).get(normal(word), {}))


def _scores(table: str, column: str, values: Column) -> float:
    if len(values.texts) > MOST_STEPS:
        return 0.0
    words = sum(meaning(table, column, word) is not None for word in values.texts) / len(values.texts)
    return values.shares["number"] + values.shares["comma"] + words


@cache
def _general(table: str, column: str) -> Mapping[str, Mapping[str, None]]:
    return meanings(table, column)
