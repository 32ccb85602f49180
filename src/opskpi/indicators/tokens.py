"""From text to tokens: names, signs, texts, and numbers with their units (`90%`, `4h30m`, `2wd`)."""

import re
from dataclasses import dataclass
from fractions import Fraction

from opskpi.documents import Mistake
from opskpi.indicators.durations import read_limit
from opskpi.wording import Message, message

#: Longer than this is no expression, and no number, written by hand.
_MOST_LETTERS = 2000
_MOST_DIGITS = 18

_TOKEN = re.compile(
    r"""(?P<blank>\s+)|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[%％]|(?:[^\W\d_]+(?:[0-9]+(?:\.[0-9]+)?[^\W\d_]+)*)?))"""
    r"""|(?P<text>"[^"]*"|'[^']*'|“[^”]*”)|(?P<name>[^\W\d]\w*)"""
    r"""|(?P<sign>==|!=|<=|>=|[≤≥<>＜＞()（）,，+\-*/−×÷])"""
)
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "null", "true", "false"})
_SAME = str.maketrans("＜＞（），−×÷", "<>(),-*/") | {ord("≤"): "<=", ord("≥"): ">="}


class ExpressionError(ValueError):
    """An expression that cannot be; `at` counts letters into it."""

    def __init__(self, sentence: Message, at: int) -> None:
        """Keep the sentence and the place."""
        super().__init__(sentence.key)
        self.sentence = sentence
        self.at = at


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression: of the kind name, word, number, text, sign or end, and where it begins."""

    kind: str
    text: str
    at: int

    @property
    def shown(self) -> object:
        """The text, or words for the end."""
        return self.text or message("end_of_expression")

    def is_key(self, *words: str) -> bool:
        """Tell whether it is one of some keywords."""
        return self.kind == "word" and self.text in words

    def is_sign(self, *signs: str) -> bool:
        """Tell whether it is one of some signs."""
        return self.kind == "sign" and self.text in signs


def tokens_of(text: str) -> tuple[Token, ...]:
    """Part an expression into tokens; raises ExpressionError."""
    if len(text) > _MOST_LETTERS:
        raise ExpressionError(message("expression_too_long", most=_MOST_LETTERS), 0)
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise ExpressionError(message("strange_letter", letter=text[at]), at)
        kind, written = str(found.lastgroup), found[0]
        if kind == "name" and written in _KEYWORDS:
            kind = "word"
        if kind != "blank":
            tokens.append(Token(kind, written.translate(_SAME) if kind == "sign" else written, at))
        at = found.end()
    return (*tokens, Token("end", "", len(text)))


def number_of(token: Token) -> tuple[Fraction, str]:
    """Read a number and its unit; raises ExpressionError, for a bare day with both its readings."""
    text = token.text
    if len(text) > _MOST_DIGITS:
        raise ExpressionError(message("number_too_long", most=_MOST_DIGITS), token.at)
    if text[-1] in "%％":
        return Fraction(text[:-1]) / 100, "ratio"
    if text[-1].isdigit():
        return Fraction(text), ""
    try:
        limit = read_limit(text)
    except Mistake as mistake:
        raise ExpressionError(mistake.sentence, token.at) from None
    if limit.workdays is not None:
        return Fraction(limit.workdays), "workdays"
    return limit.minutes, "minutes"
