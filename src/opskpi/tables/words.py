"""How words are compared: normal forms of words and names, and the words for yes and no."""

import re
import unicodedata
from functools import lru_cache

#: Characters that look like nothing and are trimmed like blanks.
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
#: All that is trimmed from both ends of a cell.
BLANKS = (
    " \t\r\n\v\f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000" + INVISIBLE
)

_BLANK = re.compile(f"[{BLANKS}]+")
_BRACKETS = str.maketrans("[]{}【】〔〕〖〗「」『』〈〉《》", "()()()()()()()()()")
#: What a project's name may hold and still say nothing.
WORDLESS = re.compile(rf"[{BLANKS}\W_]+")

#: What spreadsheets show where a formula failed, and where a column was too narrow for a number.
_ERROR = re.compile(r"#(?:N/A|VALUE!|REF!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|GETTING_DATA|#+)|Err:[0-9]{3}")
#: A long number as Excel writes it once its last digits are lost.
ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]{1,3}")

_YES = ("是", "yes", "y", "true", "1", "1.0", "√", "✓", "✔", "☑")
_NO = ("否", "no", "n", "false", "0", "0.0", "×", "✗", "✘", "x", "☐")


def clean(text: str) -> str:
    """Trim blanks, invisible ones included, from both ends."""
    return text.strip(BLANKS)


def is_error(text: str) -> bool:
    """Tell an error cell by what it shows."""
    return text[:1] in ("#", "E") and _ERROR.fullmatch(text) is not None


@lru_cache(maxsize=1 << 14)  # headings and words come again and again
def normal(text: str) -> str:
    """Make alike what only dress distinguishes: width (NFKC), blanks and case."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).casefold()


def normal_name(text: str) -> str:
    """Make names alike after NFKC, blanks, brackets and case (design rule 16)."""
    return normal(text).translate(_BRACKETS)


FLAGS = {normal(word): True for word in _YES} | {normal(word): False for word in _NO}
