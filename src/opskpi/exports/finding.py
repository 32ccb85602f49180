"""From the command line's words to files: paths, folders, globs, `tickets=FILE`, `FILE#Sheet`, `-`."""

import glob
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from opskpi.errors import ExportError, SettingsError
from opskpi.model.periods import month_named
from opskpi.model.safety import readable
from opskpi.wording import message

_CHINESE_NUMBERS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_CHINESE_MONTH = re.compile("(十一|十二|[一二三四五六七八九十])月")
#: Files that hold others.
PACKED = (".gz", ".zip")
#: What a folder is searched for; anything else in it is listed as unused.
SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", *PACKED})


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read: its label for people, and what the user said it is.

    `named` is False for files that a folder happened to hold.
    """

    path: Path
    label: str
    named: bool
    table: str | None = None
    sheet: str | None = None

    def __str__(self) -> str:
        """Name it as people know it."""
        return self.label


def find(words: Iterable[str | Found], tables: Sequence[str] | None = None) -> tuple[Found, ...]:
    """Resolve the command line's words, in the natural order of their labels; what was found before stays as it is.

    Without `tables`, whatever stands before `=` is taken for one. Raises ExportError for what is not there.
    """
    found = [replace(each, label=readable(each.label)) for word in words for each in _resolve(word, tables)]
    return tuple(sorted(found, key=lambda each: (natural(each.label), each.sheet or "")))


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """Order names as people count: 2月 before 10月, 二月 before 十月, Feb before Mar."""
    plain = _CHINESE_MONTH.sub(lambda found: f"{_CHINESE_NUMBERS.index(found[1]) + 1}月", text)
    parts = re.split(r"([0-9]+|[A-Za-z]+)", plain)
    return tuple((0, _number(part)) if _number(part) >= 0 else (1, part) for part in parts if part)


def _number(part: str) -> int:
    """Read digits or the English name of a month; -1 is neither."""
    if part.isascii() and part.isdecimal():
        return int(part)
    return month_named(part) or -1


def _resolve(word: str | Found, tables: Sequence[str] | None) -> Iterator[Found]:
    if isinstance(word, Found):
        yield word
        return
    table, path, sheet = _taken_apart(word, tables)
    if not path:
        raise SettingsError(message("export_empty_name"))
    if path == "-":
        yield Found(Path("-"), "-", named=True, table=table, sheet=sheet)
    elif Path(path).is_dir():
        yield from _in_folder(Path(path), table)
    elif Path(path).exists():
        yield Found(Path(path), Path(path).name, named=True, table=table, sheet=sheet)
    elif matches := sorted(glob.glob(path, recursive=True)):  # noqa: PTH207 - pathlib globs no absolute pattern
        root = _fixed_part(path)
        for match in matches:
            if Path(match).is_file():
                label = Path(match).relative_to(root).as_posix()
                yield Found(Path(match), label, named=True, table=table, sheet=sheet)
    else:
        raise ExportError(message("no_such_file", file=path))


def _taken_apart(word: str, tables: Sequence[str] | None) -> tuple[str | None, str, str | None]:
    """Split `tickets=FILE#Sheet`; a file that really has such a name comes first."""
    table: str | None = None
    head, equals, rest = word.partition("=")
    if equals and (tables is None or head in tables) and not Path(word).exists():
        table, word = head, rest
    if "#" in word and not Path(word).exists():
        path, _, sheet = word.rpartition("#")
        return table, path, sheet
    return table, word, None


def _in_folder(folder: Path, table: str | None) -> Iterator[Found]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith(".") for part in parts):
            yield Found(path, "/".join(parts), named=False, table=table)


def _fixed_part(pattern: str) -> Path:
    """Find the folder a glob starts from."""
    fixed: list[str] = []
    for part in Path(pattern).parts[:-1]:
        if glob.has_magic(part):
            break
        fixed.append(part)
    return Path(*fixed)
