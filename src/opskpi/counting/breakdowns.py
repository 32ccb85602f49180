"""The breakdown of a figure, where the plan asks for one: its column and words as people read them."""

from opskpi.counting.terms import Counted
from opskpi.model.breakdowns import Breakdown, Slice, in_order
from opskpi.tables import Table
from opskpi.targets.wordings import column_word, value_word
from opskpi.wording import Message, message


def breakdown(counted: Counted, project: int) -> Breakdown | None:
    """Break a project's figure down; None where the plan does not ask for it, or nothing counts."""
    definition = counted.definition
    if definition is None or definition.breakdown is None:
        return None
    name, table = definition.breakdown.name, definition.table
    shares, vocabulary = counted.behind.readings.shares[project], tuple(table.kinds[name].words)
    slices = tuple(Slice(word, _said(table, name, word), *shares[word]) for word in in_order(vocabulary, shares))
    judged = definition.value.function == "share"
    hidden = any(name in block.sheet.hidden for block in counted.behind.blocks)
    return Breakdown(column_word(name), vocabulary, judged, slices, hidden) if slices else None


def _said(table: Table, column: str, word: str | None) -> Message:
    """Say a word: as the plan spells it in a table of its own, else in the reader's language."""
    if word is None:
        return message("breakdown_blank")
    spelled = table.kinds[column].words.get(word)
    if spelled is None or table.title:
        return message("said_notation", text=spelled or word)
    return value_word(word)
