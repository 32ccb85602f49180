"""Which encoding a text file is in, found from its bytes and told to the user."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from opskpi.errors import ExportError
from opskpi.exports import Bytes
from opskpi.wording import message

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
#: How much of a file that is neither UTF-8 nor GB18030 the detector gets to see.
_SAMPLE = 1 << 20
#: What exports come in beside UTF-8 and GB18030; among all encodings there are, detectors guess too freely.
_MANY_ZEROS = 0.2
_OTHERS = ["cp1252", "mac_roman", "big5", "shift_jis", "euc_kr", "cp1251"]
#: GB18030 decodes almost anything; text that really is Chinese shows it in its characters.
_COMMON_HAN = ("\u4e00", "\u9fa5")


class Encoded(NamedTuple):
    """A file's bytes as UTF-8, and the encoding they came in."""

    data: memoryview
    encoding: str


def to_utf8(data: Bytes, file: str) -> Encoded:
    """Find the encoding: BOM, UTF-8, GB18030, then a detector. UTF-8 is not copied."""
    view = memoryview(data)
    for mark, name in _BOMS:
        if bytes(view[: len(mark)]) == mark:
            if name == "utf-8-sig":
                return Encoded(_valid(view[len(mark) :], file), name)
            return _recoded(view, name, file)
    if wide := _wide(view):
        return _recoded(view, wide, file)
    if _is_utf8(view):
        return Encoded(view, "utf-8")
    sample = bytes(view[:_SAMPLE])
    if _looks_chinese(sample):
        return _recoded(view, "gb18030", file)
    return _recoded(view, _detected(sample, file), file)


def _wide(view: memoryview) -> str | None:
    """Tell UTF-16 without a BOM by the zero bytes that ASCII has in it."""
    sample = np.frombuffer(view[:4096], dtype=np.uint8)
    zeros = [float((sample[start::2] == 0).mean()) if len(sample) > 1 else 0.0 for start in (0, 1)]
    if max(zeros) <= _MANY_ZEROS or min(zeros) > 0:
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


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


def _looks_chinese(sample: bytes) -> bool:
    """Tell GB18030 from the many encodings it would also decode: most of it is common Han."""
    text = sample.decode("gb18030", errors="replace")
    foreign = [letter for letter in text if letter > "\x7f"]
    han = sum(_COMMON_HAN[0] <= letter <= _COMMON_HAN[1] for letter in foreign)
    broken = text.count("\ufffd")
    return broken <= 1 and han * 2 > len(foreign)


def _detected(sample: bytes, file: str) -> str:
    # 40 ms to import, and hardly ever needed
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_OTHERS).best()
    if best is None:
        raise ExportError(message("encoding_unknown", file=file))
    return best.encoding


def _recoded(view: memoryview, encoding: str, file: str) -> Encoded:
    try:
        text = str(view, encoding)
    except UnicodeDecodeError:
        raise ExportError(message("encoding_broken", file=file, encoding=encoding)) from None
    return Encoded(memoryview(text.encode("utf-8")), encoding)
