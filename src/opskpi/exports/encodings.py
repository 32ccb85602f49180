"""Which encoding a text file is in, found from its bytes and told to the user."""

import codecs
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from opskpi.errors import ExportError
from opskpi.exports import Bytes
from opskpi.wording import Message, message

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
#: How much of a file that is not UTF-8 is looked at to find its encoding.
_SAMPLE = 1 << 20
_WIDE_SAMPLE = 4096
#: A byte that begins a letter of several bytes in UTF-8 is no smaller.
_LEADS = 0xC2
#: What exports come in beside Unicode and Chinese; among all encodings there are, detectors guess too freely.
_OTHERS = ["cp1252", "mac_roman", "shift_jis", "euc_kr", "cp1251"]
_WESTERN = ("cp1252", "mac_roman")
#: Encodings of Chinese decode nearly anything; text that really is Chinese shows it in common characters.
_CHINESE = {"gb18030": "gb2312", "big5": "big5"}
_HAN = ("\u3400", "\u9fff")
#: The first bytes of the common characters in each; the rare ones come behind.
_COMMON = {"gb18030": range(0xB0, 0xD8), "big5": range(0xA4, 0xC7)}
_TYPOGRAPHY = frozenset("“”‘’–—…€°§·«»£©®™")


class Encoded(NamedTuple):
    """A file's bytes as UTF-8, the encoding they came in, and how that was told."""

    data: memoryview
    encoding: str
    reason: Message


def to_utf8(data: Bytes, file: str, asked: str | None = None) -> Encoded:
    """Find the encoding: as asked, BOM, UTF-8, Chinese, Western, then a detector. UTF-8 is not copied."""
    view = memoryview(data)
    if asked is not None:
        return _as_asked(view, asked, file)
    for mark, name in _BOMS:
        if bytes(view[: len(mark)]) == mark:
            if name == "utf-8-sig":
                return Encoded(_valid(view[len(mark) :], file), name, message("encoding_by_bom"))
            return _recoded(view, name, file, message("encoding_by_bom"))
    if wide := _wide(view):
        return _recoded(view, wide, file, message("encoding_by_zeros"))
    if _is_utf8(view):
        return Encoded(view, "utf-8", message("encoding_is_utf8"))
    if _is_cut_off(view):
        raise ExportError(message("encoding_cut", file=file))
    encoding, reason = _told(bytes(view[:_SAMPLE]), file)
    return _recoded(view, encoding, file, reason)


def _is_cut_off(view: memoryview) -> bool:
    """Tell UTF-8 that ends in the middle of a letter: all of it is valid but the last bytes."""
    return any(
        len(view) > cut and view[-cut] >= _LEADS and _is_utf8(view[:-cut]) and not view[:-cut].tobytes().isascii()
        for cut in (1, 2, 3)
    )


def _told(sample: bytes, file: str) -> tuple[str, Message]:
    """Tell an encoding by what its characters would be; raises ExportError where none fits."""
    if chinese := _chinese(sample):
        return chinese, message("encoding_by_han")
    detected = _detected(sample, file)
    if detected in _WESTERN or (detected == "cp1251" and not _is_cyrillic(sample)):
        return max(_WESTERN, key=lambda name: _likeness(sample, name)), message("encoding_western")
    return detected, message("encoding_detected")


def _as_asked(view: memoryview, asked: str, file: str) -> Encoded:
    reason = message("encoding_asked")
    if codecs.lookup(asked).name in ("utf-8", "utf-8-sig"):
        start = len(_BOMS[0][0]) if bytes(view[:3]) == _BOMS[0][0] else 0
        return Encoded(_valid(view[start:], file), asked, reason)
    return _recoded(view, asked, file, reason)


def _wide(view: memoryview) -> str | None:
    """Tell UTF-16 without a BOM: ASCII has zero bytes in it, and what it says are the characters of text."""
    sample = bytes(view[: _WIDE_SAMPLE // 2 * 2])
    zeros = [sample[start::2].count(0) for start in (0, 1)]
    encoding = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    if max(zeros) * 20 < len(sample) or min(zeros) * 10 > max(zeros):
        return None
    text = sample.decode(encoding, errors="replace")
    plain = sum(letter <= "\x7f" or _is_common(letter, "gb18030") for letter in text if letter != "\0")
    return encoding if plain * 10 > len(text) * 9 else None


def _valid(view: memoryview, file: str) -> memoryview:
    if not _is_utf8(view):
        raise ExportError(message("encoding_broken", file=file, encoding="UTF-8"))
    return view


def _is_utf8(view: memoryview) -> bool:
    """Validate all bytes at once, as Arrow validates a column of one text."""
    bounds = pa.py_buffer(np.array([0, len(view)], dtype=np.int64))
    try:
        pa.LargeStringArray.from_buffers(1, bounds, pa.py_buffer(view)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _chinese(sample: bytes) -> str | None:
    """Tell GB18030 and Big5 from the many encodings they would also decode: most of it is common Han."""
    shares = {name: _common_share(sample, name) for name in _CHINESE}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] > 0.5 else None  # noqa: PLR2004 - the greater part


def _common_share(sample: bytes, encoding: str) -> float:
    """Find how much of what is not ASCII are common Chinese characters."""
    text = sample.decode(encoding, errors="replace")
    letters = Counter(letter for letter in text if letter > "\x7f")
    if letters["\ufffd"] > 1:  # one may be cut at the sample's end
        return 0.0
    common = sum(count for letter, count in letters.items() if _is_common(letter, encoding))
    return common / max(1, letters.total())


def _is_common(letter: str, encoding: str) -> bool:
    if not _HAN[0] <= letter <= _HAN[1]:
        return letter in "，。：；、（）"
    code = letter.encode(_CHINESE[encoding], errors="ignore")
    return bool(code) and code[0] in _COMMON[encoding]


def _is_cyrillic(sample: bytes) -> bool:
    """Tell Cyrillic words from Western ones: their letters hardly touch ASCII ones."""
    text = sample.decode("cp1251", errors="replace")
    pairs = [(one, two) for one, two in pairwise(text) if one > "\x7f" and one.isalpha() and two.isalpha()]
    return sum(two > "\x7f" for _, two in pairs) * 2 > len(pairs)


def _likeness(sample: bytes, encoding: str) -> int:
    """Count foreign letters that stand as letters do in words, against those that do not."""
    text = f" {sample.decode(encoding, errors='replace')} "
    return sum(_fits(text[at - 1], letter, text[at + 1]) for at, letter in enumerate(text) if letter > "\x7f")


def _fits(before: str, letter: str, after: str) -> int:
    """Tell 1 for a letter or mark where words have such, -1 where they do not."""
    beside = before.isalpha() or after.isalpha()
    if letter.isalpha():
        shouted = letter.isupper() and before.isalpha() and (before.islower() or after.islower())
        return 1 if beside and not shouted else -1
    if letter in _TYPOGRAPHY:
        return -1 if letter != "’" and before.isalpha() and after.isalpha() else 1
    return -1 if beside or not letter.isprintable() else 0


def _detected(sample: bytes, file: str) -> str:
    # 40 ms to import, and hardly ever needed
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_OTHERS).best()
    if best is None:
        raise ExportError(message("encoding_unknown", file=file))
    return best.encoding


def _recoded(view: memoryview, encoding: str, file: str, reason: Message) -> Encoded:
    try:
        text = str(view, encoding)
    except UnicodeDecodeError:
        raise ExportError(message("encoding_broken", file=file, encoding=encoding)) from None
    return Encoded(memoryview(text.encode("utf-8", "replace")), encoding, reason)
