"""Wordings: an indicator's rule in words, made from its expressions.

A function of the language is one entry in `PHRASES`; one that is not there keeps its own notation, and so does a
column without a word. Everything is a message, said in the reader's language when it is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from opskpi.indicators.notation import figure, notation
from opskpi.indicators.readings import Definition
from opskpi.indicators.syntax import Both, Call, Compare, IsNull, Literal, Name, Node, Not, names_in, parse
from opskpi.model.explanations import Clause
from opskpi.model.service import LimitRule
from opskpi.targets.indicator import Indicator
from opskpi.wording import Message, catalogue, message

#: The phrase of each function; its arguments fill in `first`, `second` and `third`.
PHRASES: Mapping[str, str] = {
    "count": "said_count",
    "share": "said_share",
    "mean": "said_mean",
    "sum": "said_sum",
    "min": "said_min",
    "max": "said_max",
    "in_time": "said_in_time",
    "done": "said_done",
    "flagged": "said_flagged",
}
_SIGNS = {
    "==": "said_equal",
    "!=": "said_unequal",
    "<": "said_less",
    "<=": "said_at_most",
    ">": "said_more",
    ">=": "said_at_least",
}
_LITERALS = {True: "said_true", False: "said_false", None: "said_null"}
_PLACES = ("first", "second", "third")


def rule_in_words(indicator: Indicator) -> tuple[Clause, ...]:
    """Say everything of an indicator that decides its figure and its verdict, but the target."""
    return tuple(_clauses(indicator, indicator.definition))


def _clauses(indicator: Indicator, definition: Definition) -> Iterator[Clause]:
    yield Clause("value", _value(definition), indicator.value)
    yield from _derived(definition)
    yield Clause("table", message(f"table_{indicator.table}"), indicator.table)
    if definition.where is not None:
        yield Clause("where", worded(definition.where), indicator.where or "")
    for reason, node in definition.exclude:
        yield Clause(
            "exclude", message("said_reason", reason=reason, condition=worded(node)), indicator.exclude[reason]
        )
    yield Clause("period_by", message("said_period_by", column=column_word(indicator.period_by)), indicator.period_by)
    if indicator.accumulate:
        yield Clause("accumulate", message("said_accumulate"), indicator.accumulate)
    if indicator.frequency:
        yield Clause("frequency", message("said_frequency", by=message(f"by_{indicator.frequency}")))
    if indicator.scale:
        yield Clause("scale", message("said_scale", scale=indicator.scale), indicator.scale)
    if indicator.min_rows:
        yield Clause("min_rows", message("said_min_rows", count=indicator.min_rows))
    if indicator.judged_by:
        yield Clause("judged_by", message(f"basis_{indicator.judged_by}"), indicator.judged_by)
    if indicator.empty:
        yield Clause("empty", message(f"why_empty_{indicator.empty}"), indicator.empty)


def _derived(definition: Definition) -> Iterator[Clause]:
    """Say what the derived columns of the value are."""
    argument, derived = definition.value.argument, definition.table.derived
    for name in sorted(names_in(argument) & derived.keys()) if argument else ():
        said = message("said_derived", column=column_word(name), rule=worded(parse(derived[name])))
        yield Clause("derived", said, derived[name])


def _value(definition: Definition) -> Message:
    value = definition.value
    return worded(Call(value.function, () if value.argument is None else (value.argument,)))


def worded(node: Node) -> Message:
    """Say an expression."""
    match node:
        case Name(name):
            return column_word(name)
        case Literal(value):
            return _literal(value)
        case Call(function, arguments) if function in PHRASES and len(arguments) <= len(_PLACES):
            said = dict(zip(_PLACES, map(worded, arguments), strict=False))
            return message(PHRASES[function], **said)
        case Not() | IsNull() | Both() | Compare():
            return _condition(node)
    return message("said_notation", text=notation(node))


def _condition(node: Not | IsNull | Both | Compare) -> Message:
    match node:
        case Not(inner):
            return _negated(inner)
        case IsNull(inner):
            return message("said_blank", first=worded(inner))
        case Both():
            return _joined(node)
        case Compare(sign, left, right):
            return message(_SIGNS[sign], first=worded(left), second=worded(right))


def column_word(name: str) -> Message:
    """Say a column's name."""
    return _known(f"column_{name}", name)


def value_word(word: str) -> Message:
    """Say a word of a vocabulary, or a text as it is."""
    return _known(f"value_{word}", word)


def conjuncts(node: Node | None) -> tuple[Node, ...]:
    """Part a condition into those that must all hold."""
    if isinstance(node, Both) and node.word == "and":
        return (*conjuncts(node.left), *conjuncts(node.right))
    return () if node is None else (node,)


def _known(key: str, otherwise: str) -> Message:
    return message(key) if key in catalogue("en") else message("said_notation", text=otherwise)


def _literal(value: Fraction | str | bool | None) -> Message:  # noqa: FBT001 - a literal's value
    if isinstance(value, str):
        return value_word(value)
    if isinstance(value, Fraction):
        return message("said_notation", text=figure(value))
    return message(_LITERALS[value])


def _negated(inner: Node) -> Message:
    """Say the contrary, as people do where there is a word for it."""
    if isinstance(inner, IsNull):
        return message("said_filled", first=worded(inner.inner))
    if isinstance(inner, Compare) and inner.sign == "==":
        return worded(Compare("!=", inner.left, inner.right))
    if among := _among(inner):
        return message("said_not_among", first=worded(among[0]), words=tuple(worded(each) for each in among[1]))
    return message("said_not", first=_grouped(inner))


def _joined(node: Both) -> Message:
    if among := _among(node):
        return message("said_among", first=worded(among[0]), words=tuple(worded(each) for each in among[1]))
    return message(f"said_{node.word}", first=_beside(node.word, node.left), second=_beside(node.word, node.right))


def _beside(word: str, node: Node) -> Message:
    """Say one side of `and` or `or`, in brackets where the other word joins its own parts."""
    apart = isinstance(node, Both) and node.word != word and _among(node) is None
    return _grouped(node) if apart else worded(node)


def _grouped(node: Node) -> Message:
    said = worded(node)
    return message("said_group", first=said) if isinstance(node, Both) else said


def _among(node: Node) -> tuple[Node, tuple[Node, ...]] | None:
    """Find `x in (a, b)` again, which is parsed as comparisons joined by `or`."""
    if not isinstance(node, Both) or node.word != "or":
        return None
    left, right = _among(node.left) or _equal(node.left), _equal(node.right)
    if left is None or right is None or left[0] != right[0]:
        return None
    return left[0], (*left[1], *right[1])


def _equal(node: Node) -> tuple[Node, tuple[Node, ...]] | None:
    return (node.left, (node.right,)) if isinstance(node, Compare) and node.sign == "==" else None


def fits(rule: LimitRule) -> Message:
    """Say which rows a rule of `sla:` fits."""
    asked = (("type", rule.types), ("priority", rule.priorities), ("project", rule.projects))
    said = tuple(_one_of(column_word(name), sorted(words)) for name, words in asked if words is not None)
    return message("said_fits", conditions=said) if said else message("said_fits_all")


def _one_of(column: Message, words: Sequence[str]) -> Message:
    if len(words) == 1:
        return message("said_equal", first=column, second=value_word(words[0]))
    return message("said_among", first=column, words=tuple(map(value_word, words)))
