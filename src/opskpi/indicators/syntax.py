"""From text to a tree: `type == "incident" and status not in ("cancelled", "new")`.

expression  = conjunction { "or" conjunction }
conjunction = negation { "and" negation }
negation    = "not" negation | comparison
comparison  = operand [ ("==" | "!=" | "<" | "<=" | ">" | ">=") operand
                      | ["not"] "in" "(" operand { "," operand } ")"
                      | "is" ["not"] "null" ]
operand     = number | text | "true" | "false" | "null" | name [ "(" arguments ")" ]
            | "(" expression ")"
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from opskpi.wording import Message, message

#: Longer or deeper than this is no expression written by hand.
_MOST_LETTERS = 2000
_MOST_DEPTH = 50

_TOKEN = re.compile(
    r"""(?P<blank>\s+)|(?P<number>[0-9]+(?:\.[0-9]+)?%?)|(?P<text>"[^"]*"|'[^']*'|“[^”]*”)"""
    r"""|(?P<name>[^\W\d]\w*)|(?P<sign>==|!=|<=|>=|≤|≥|<|>|\(|\)|,)"""
)
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "null", "true", "false"})
_SAME = {"≤": "<=", "≥": ">="}


class ExpressionError(ValueError):
    """An expression that cannot be; `at` counts letters into it."""

    def __init__(self, sentence: Message, at: int) -> None:
        """Keep the sentence and the place."""
        super().__init__(sentence.key)
        self.sentence = sentence
        self.at = at


@dataclass(frozen=True, slots=True)
class Name:
    """A column, stored or derived."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true, false or null."""

    value: Fraction | str | bool | None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of columns."""

    function: str
    arguments: tuple["Node", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    inner: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Both:
    """Two conditions or outcomes joined by `and` or `or`."""

    word: str
    left: "Node"
    right: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """Two operands compared."""

    sign: str
    left: "Node"
    right: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether a column is blank."""

    inner: "Node"
    at: int = field(default=0, compare=False)


Node: TypeAlias = Name | Literal | Call | Not | Both | Compare | IsNull


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def parse(text: str) -> Node:
    """Read an expression; raises ExpressionError with the place of the mistake."""
    if len(text) > _MOST_LETTERS:
        raise ExpressionError(message("expression_too_long", most=_MOST_LETTERS), 0)
    parser = _Parser(_tokens(text))
    node = parser.disjunction()
    parser.end()
    return node


def names_in(node: Node) -> frozenset[str]:
    """Collect the columns an expression names."""
    match node:
        case Name(name):
            return frozenset({name})
        case Literal():
            return frozenset()
        case Call(_, arguments):
            return frozenset().union(*(names_in(each) for each in arguments))
        case Not(inner) | IsNull(inner):
            return names_in(inner)
        case Both(_, left, right) | Compare(_, left, right):
            return names_in(left) | names_in(right)


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise ExpressionError(message("strange_letter", letter=text[at]), at)
        kind = str(found.lastgroup)
        written = found[0]
        if kind == "name" and written in _KEYWORDS:
            kind = "word"
        if kind != "blank":
            tokens.append(_Token(kind, _SAME.get(written, written), at))
        at = found.end()
    return [*tokens, _Token("end", "", len(text))]


class _Parser:
    """A recursive descent, one method for each line of the grammar."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0

    def disjunction(self) -> Node:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise ExpressionError(message("expression_too_deep"), self._here.at)
        node = self._joined("or", self._conjunction)
        self._depth -= 1
        return node

    def end(self) -> None:
        if self._here.kind != "end":
            raise ExpressionError(message("unexpected", found=_shown(self._here)), self._here.at)

    def _conjunction(self) -> Node:
        return self._joined("and", self._negation)

    def _joined(self, word: str, part: Callable[[], Node]) -> Node:
        node = part()
        while self._here.text == word and self._here.kind == "word":
            at = self._take().at
            node = Both(word, node, part(), at)
        return node

    def _negation(self) -> Node:
        turns: list[int] = []
        while self._here.kind == "word" and self._here.text == "not":
            turns.append(self._take().at)
        node = self._comparison()
        for at in reversed(turns):
            node = Not(node, at)
        return node

    def _comparison(self) -> Node:
        left = self._operand()
        token = self._here
        if token.kind == "sign" and token.text in _COMPARISONS:
            self._take()
            return Compare(token.text, left, self._operand(), token.at)
        if token.kind == "word" and token.text == "is":
            return self._is_null(left)
        if token.kind == "word" and token.text in ("in", "not"):
            return self._membership(left)
        return left

    def _is_null(self, left: Node) -> Node:
        at = self._take().at
        turned = self._here.text == "not"
        if turned:
            self._take()
        self._expect("null")
        return Not(IsNull(left, at), at) if turned else IsNull(left, at)

    def _membership(self, left: Node) -> Node:
        token = self._take()
        if token.text == "not":
            self._expect("in")
        self._expect("(")
        choices = [self._operand()]
        while self._here.text == ",":
            self._take()
            choices.append(self._operand())
        self._expect(")")
        node: Node = Compare("==", left, choices[0], token.at)
        for choice in choices[1:]:
            node = Both("or", node, Compare("==", left, choice, token.at), token.at)
        return Not(node, token.at) if token.text == "not" else node

    def _operand(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return Literal(_number(token.text), token.at)
        if token.kind == "text":
            return Literal(token.text[1:-1], token.at)
        if token.kind == "word" and token.text in ("true", "false", "null"):
            return Literal({"true": True, "false": False, "null": None}[token.text], token.at)
        if token.kind == "name":
            return self._call(token) if self._here.text == "(" else Name(token.text, token.at)
        if token.text == "(":
            node = self.disjunction()
            self._expect(")")
            return node
        raise ExpressionError(message("unexpected", found=_shown(token)), token.at)

    def _call(self, name: _Token) -> Node:
        self._expect("(")
        arguments: list[Node] = []
        while self._here.text != ")":
            if arguments:
                self._expect(",")
            arguments.append(self.disjunction())
        self._expect(")")
        return Call(name.text, tuple(arguments), name.at)

    @property
    def _here(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._here
        self._next += token.kind != "end"
        return token

    def _expect(self, text: str) -> None:
        if self._here.text != text or self._here.kind == "text":
            raise ExpressionError(message("expected", what=text, found=_shown(self._here)), self._here.at)
        self._take()


def _shown(token: _Token) -> object:
    return token.text or message("end_of_expression")


def _number(text: str) -> Fraction:
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)
