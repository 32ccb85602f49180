"""From text to a tree: `type == "incident" and elapsed(created_at, stopped_at) <= 4h`.

expression  = conjunction { "or" conjunction }
conjunction = negation { "and" negation }
negation    = "not" negation | comparison
comparison  = sum [ ("==" | "!=" | "<" | "<=" | ">" | ">=") sum
                  | ["not"] "in" "(" sum { "," sum } ")"
                  | "is" ["not"] "null" ]
sum         = product { ("+" | "-") product }
product     = factor { ("*" | "/") factor }
factor      = "-" factor | operand
operand     = number [ ("after" | "before") operand ] | text | "true" | "false" | "null" | name [ "(" arguments ")" ]
            | "(" expression ")"
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from opskpi.indicators.nodes import Both, Calculate, Call, Compare, IsNull, Literal, Minus, Name, Node, Not, inner_nodes
from opskpi.indicators.tokens import ExpressionError, Token, number_of, tokens_of
from opskpi.wording import message

#: Deeper than this is no expression written by hand.
_MOST_DEPTH = 50
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_CONSTANTS = {"true": True, "false": False, "null": None}


@lru_cache(maxsize=1 << 10)
def parse(text: str) -> Node:
    """Read an expression; raises ExpressionError with the place of the mistake."""
    parser = _Parser(tokens_of(text))
    node = parser.disjunction()
    parser.end()
    _refuse_depth(node)
    return node


def _refuse_depth(root: Node) -> None:
    """Refuse a tree that is too deep to be walked through; raises ExpressionError."""
    level = [root]
    for _ in range(2 * _MOST_DEPTH):
        level = [inner for node in level for inner in inner_nodes(node)]
    if level:
        raise ExpressionError(message("expression_too_deep"), level[0].at)


class _Parser:
    """A recursive descent, one method for each line of the grammar."""

    def __init__(self, tokens: Sequence[Token]) -> None:
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
            raise self._unexpected(self._here)

    def _conjunction(self) -> Node:
        return self._joined("and", self._negation)

    def _joined(self, word: str, part: Callable[[], Node]) -> Node:
        node = part()
        while self._here.is_key(word):
            at = self._take().at
            node = Both(word, node, part(), at)
        return node

    def _negation(self) -> Node:
        turns = self._taken_while(lambda token: token.is_key("not"))
        node = self._comparison()
        for token in reversed(turns):
            node = Not(node, token.at)
        return node

    def _comparison(self) -> Node:
        left = self._sum()
        token = self._here
        if token.is_sign(*_COMPARISONS):
            self._take()
            return Compare(token.text, left, self._sum(), token.at)
        if token.is_key("is"):
            return self._is_null(left)
        if token.is_key("in", "not"):
            return self._membership(left)
        return left

    def _is_null(self, left: Node) -> Node:
        at = self._take().at
        turned = self._here.is_key("not")
        if turned:
            self._take()
        self._expect("null")
        return Not(IsNull(left, at), at) if turned else IsNull(left, at)

    def _membership(self, left: Node) -> Node:
        token = self._take()
        if token.text == "not":
            self._expect("in")
        self._expect("(")
        choices = [self._sum()]
        while self._here.is_sign(","):
            self._take()
            choices.append(self._sum())
        self._expect(")")
        node = _any_of([Compare("==", left, choice, token.at) for choice in choices], token.at)
        return Not(node, token.at) if token.text == "not" else node

    def _sum(self) -> Node:
        return self._calculated(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._calculated(("*", "/"), self._factor)

    def _calculated(self, signs: tuple[str, str], part: Callable[[], Node]) -> Node:
        node = part()
        while self._here.is_sign(*signs):
            sign = self._take()
            node = Calculate(sign.text, node, part(), sign.at)
        return node

    def _factor(self) -> Node:
        turns = self._taken_while(lambda token: token.is_sign("-"))
        node = self._operand()
        for token in reversed(turns):
            node = Minus(node, token.at)
        return node

    def _operand(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return self._number(token)
        if token.kind == "text":
            return Literal(token.text[1:-1], token.at)
        if token.is_key(*_CONSTANTS):
            return Literal(_CONSTANTS[token.text], token.at)
        if token.kind == "name":
            return self._call(token) if self._here.is_sign("(") else Name(token.text, token.at)
        if token.is_sign("("):
            node = self.disjunction()
            self._expect(")")
            return node
        raise self._unexpected(token)

    def _number(self, token: Token) -> Node:
        """Read a number, or so much time before or after a moment."""
        value, unit = number_of(token)
        length, word = Literal(value, token.at, unit), self._here
        if word.kind != "name" or word.text not in ("after", "before"):
            return length
        self._take()
        return Call(word.text, (length, self._operand()), word.at)

    def _call(self, name: Token) -> Node:
        self._expect("(")
        arguments: list[Node] = []
        while not self._here.is_sign(")"):
            if arguments:
                self._expect(",")
            arguments.append(self.disjunction())
        self._expect(")")
        return Call(name.text, tuple(arguments), name.at)

    @property
    def _here(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._here
        self._next += token.kind != "end"
        return token

    def _taken_while(self, holds: Callable[[Token], bool]) -> list[Token]:
        taken: list[Token] = []
        while holds(self._here):
            taken.append(self._take())
        return taken

    def _expect(self, text: str) -> None:
        if self._here.text != text or self._here.kind not in ("sign", "word"):
            raise ExpressionError(message("expected", what=text, found=self._here.shown), self._here.at)
        self._take()

    def _unexpected(self, token: Token) -> ExpressionError:
        before = self._tokens[self._next - 2] if self._next > 1 else token
        if token.is_sign("*") and before.is_sign("*"):
            return ExpressionError(message("no_powers"), token.at)
        return ExpressionError(message("unexpected", found=token.shown), token.at)


def _any_of(conditions: Sequence[Node], at: int) -> Node:
    """Join conditions by `or`, halves before halves, so that a long list makes no deep tree."""
    if len(conditions) == 1:
        return conditions[0]
    middle = (len(conditions) + 1) // 2
    return Both("or", _any_of(conditions[:middle], at), _any_of(conditions[middle:], at), at)
