"""Wordings: an indicator's rule in words, made from its expressions.

A function of the language is one entry in `PHRASES`; one that is not there keeps its own notation, and so does a
column without a word. Everything is a message, said in the reader's language when it is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from opskpi.indicators.definitions import Definition
from opskpi.indicators.nodes import (
    Both,
    Calculate,
    Call,
    Compare,
    IsNull,
    Literal,
    Minus,
    Name,
    Node,
    Not,
    names_in,
)
from opskpi.indicators.notation import literal, notation
from opskpi.indicators.syntax import parse
from opskpi.model.rules import Clause, RuleInWords
from opskpi.model.service import LimitRule
from opskpi.targets.counted import Term
from opskpi.targets.indicator import Indicator
from opskpi.targets.overall import COMPUTED
from opskpi.targets.reported import FIGURES
from opskpi.wording import Message, catalogue, message

#: The phrase of each function; its arguments fill in `first`, `second` and `third`.
PHRASES: Mapping[str, str] = {
    "count": "said_count",
    "share": "said_share",
    "mean": "said_mean",
    "sum": "said_sum",
    "min": "said_min",
    "max": "said_max",
    "wmean": "said_wmean",
    "median": "said_median",
    "quantile": "said_quantile",
    "distinct": "said_distinct",
    "downtime": "said_downtime",
    "elapsed": "said_elapsed",
    "due": "said_due",
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
_CALCULATIONS = {"+": "said_plus", "-": "said_less_by", "*": "said_times", "/": "said_divided"}
_LITERALS = {True: "said_true", False: "said_false", None: "said_null"}
_PLACES = ("first", "second", "third")


def whole_rule(indicator: Indicator) -> RuleInWords:
    """Say an indicator's rule with those of its terms."""
    terms = {name: term_in_words(indicator, name) for name in indicator.definitions if name}
    return RuleInWords(rule_in_words(indicator), terms)


def rule_in_words(indicator: Indicator) -> tuple[Clause, ...]:
    """Say everything of an indicator that decides its figure and its verdict, but the target and its terms."""
    return tuple(_clauses(indicator))


def term_in_words(indicator: Indicator, term: str) -> tuple[Clause, ...]:
    """Say which rows a term counts, and what of them."""
    return tuple(_counted(indicator.terms[term], indicator.definitions[term]))


def _clauses(indicator: Indicator) -> Iterator[Clause]:
    if indicator.table == FIGURES:
        yield Clause("value", message("said_reported"))
    elif indicator.over:
        key = "said_over_computed" if indicator.value == COMPUTED else "said_over_passed"
        yield Clause("value", message(key), indicator.value)
        yield Clause("over", message("said_over", names=tuple(each.name for each in indicator.members.values())))
    elif indicator.formula:
        yield Clause("value", message("said_notation", text=notation(indicator.formula.node)), indicator.value)
    else:
        yield from _counted(indicator, indicator.definitions[""])
    if indicator.accumulate:
        yield Clause("accumulate", message("said_accumulate"), indicator.accumulate)
    if indicator.frequency:
        yield Clause("frequency", message("said_frequency", by=message(f"by_{indicator.frequency}")))
    if indicator.scale:
        yield Clause("scale", message("said_scale", scale=indicator.scale), indicator.scale)
    if indicator.rescale:
        yield Clause("rescale", indicator.rescale.said)
    if indicator.min_rows:
        yield Clause("min_rows", message("said_min_rows", count=indicator.min_rows))
    if indicator.empty:
        yield Clause("empty", message(f"why_empty_{indicator.empty}"), indicator.empty)


def _counted(said: Indicator | Term, definition: Definition) -> Iterator[Clause]:
    """Say which rows count, and what of them; the notation beside the words is the plan's own."""
    yield Clause("value", _value(definition), said.value)
    yield from _derived(definition)
    if definition.by and said.reduce:
        yield Clause("by", message("said_by", column=worded(definition.by)), definition.by.name)
        yield Clause("reduce", message("said_notation", text=said.reduce), said.reduce)
    yield Clause("table", definition.table.said, definition.table.name)
    if definition.where is not None:
        yield Clause("where", worded(definition.where), said.where or "")
    for reason, node in definition.exclude:
        yield Clause("exclude", message("said_reason", reason=reason, condition=worded(node)), said.exclude[reason])
    yield Clause("period_by", placing_in_words(definition), said.period_by or "")
    if definition.breakdown:
        yield Clause(
            "breakdown", message("said_breakdown", column=worded(definition.breakdown)), definition.breakdown.name
        )
    if said.judged_by:
        yield Clause("judged_by", message(f"basis_{said.judged_by}"), said.judged_by)


def placing_in_words(definition: Definition) -> Message:
    """Say what puts rows in a period."""
    if definition.placing == "dated":
        return message("said_period_by", column=column_word(definition.period_by))
    start, stop = (worded(node) for node in definition.lasting)
    return message(f"said_placing_{definition.at or definition.placing}", start=start, stop=stop)


def _derived(definition: Definition) -> Iterator[Clause]:
    """Say what the derived columns of the value are."""
    derived = definition.table.derived
    named = frozenset[str]().union(*map(names_in, definition.value.arguments))
    for name in sorted(named & derived.keys()):
        said = message("said_derived", column=column_word(name), rule=worded(parse(derived[name])))
        yield Clause("derived", said, derived[name])


def _value(definition: Definition) -> Message:
    value = definition.value
    return worded(Call(value.function, value.arguments))


def worded(node: Node) -> Message:
    """Say an expression."""
    match node:
        case Name(name):
            return column_word(name)
        case Literal():
            return _literal(node)
        case Minus() | Calculate():
            return _calculation(node)
        case Call():
            return _called(node)
        case Not() | IsNull() | Both() | Compare():
            return _condition(node)


def _called(node: Call) -> Message:
    """Say a function by its phrase; a calendar has one of its own."""
    match node:
        case Call("elapsed" | "downtime" | "due" as function, (first, second, Literal(calendar))):
            third = message("said_notation", text=str(calendar))
            return message(f"{PHRASES[function]}_on", first=worded(first), second=worded(second), third=third)
        case Call("exists", (Name(table), Call(_, keys), asked, Call(word, (length, moment)))):
            said_of_it = [message("said_same", first=tuple(map(worded, keys)))] if keys else []
            said_of_it += [worded(each) for each in conjuncts(asked) if each != Literal(value=True)]
            key = f"said_exists_{word}{'' if said_of_it else '_any'}"
            values = {"table": _known(f"table_{table}", table), "conditions": tuple(said_of_it)}
            return message(key, first=worded(length), second=worded(moment), **values)
        case Call(function, arguments) if function in PHRASES and len(arguments) <= len(_PLACES):
            said = dict(zip(_PLACES, map(worded, arguments), strict=False))
            return message(PHRASES[function], **said)
    return message("said_notation", text=notation(node))


def _calculation(node: Minus | Calculate) -> Message:
    match node:
        case Minus(inner):
            return message("said_minus", first=_grouped(inner))
        case Calculate(sign, left, right):
            return message(_CALCULATIONS[sign], first=_grouped(left), second=_grouped(right))


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


def _literal(node: Literal) -> Message:
    if isinstance(node.value, str):
        return value_word(node.value)
    if isinstance(node.value, Fraction):
        return message("said_notation", text=literal(node))
    return message(_LITERALS[node.value])


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
    return message("said_group", first=said) if isinstance(node, Both | Calculate) else said


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
