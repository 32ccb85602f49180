"""One name for each project (design rule 16): normal forms, aliases, the register."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from opskpi.errors import ExportError
from opskpi.exports.finding import natural
from opskpi.intake.sheets import SheetRead
from opskpi.model import REGISTERS
from opskpi.tables.check import Chunk
from opskpi.tables.columns import NAT, TextColumn, Texts
from opskpi.tables.words import normal_name
from opskpi.wording import Message, message

#: Names this alike are worth an eye; shorter ones are alike by chance.
_ALIKE = 0.85
_SHORTEST = 4
_MOST_WARNINGS = 5
_SEPARATORS = str.maketrans(dict.fromkeys(",;；，、|\n", "\n"))
_NUMERALS = frozenset("0123456789一二三四五六七八九十甲乙丙丁东南西北中上下左右abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Known:
    """A project the plan or the register names: aliases and service dates.

    `starts` and `ends` are microseconds of the wall clock, the end exclusive; None is open.
    `group` is what the register says.
    """

    name: str
    aliases: tuple[str, ...] = ()
    starts: int | None = None
    ends: int | None = None
    registered: bool = False
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Projects:
    """Every project of a run, in natural order, and the code each spelling stands for.

    `strangers` tells names that no register knows apart where keys are compared.
    """

    names: tuple[str, ...]
    codes: Mapping[str, int]
    known: Mapping[str, Known]
    closed: bool
    strangers: dict[str, int] = field(default_factory=dict)

    def code(self, spelling: str) -> int:
        """Find a project by any of its spellings; -1 where there is none."""
        return self.codes.get(normal_name(spelling), -1)

    def of(self, column: TextColumn | None, count: int) -> NDArray[np.int32]:
        """Code a project column; -1 is blank or unknown."""
        if not isinstance(column, Texts):
            return np.full(count, -1, dtype=np.int32)
        return np.array([*map(self.code, column.words), -1], dtype=np.int32)[column.codes]

    def keys(self, column: TextColumn | None, count: int) -> NDArray[np.int32]:
        """Code a project column for comparing keys: unknown names differ from one another, too."""
        if not isinstance(column, Texts):
            return np.full(count, -1, dtype=np.int32)
        return np.array([*map(self._key, column.words), -1], dtype=np.int32)[column.codes]

    def _key(self, spelling: str) -> int:
        form = normal_name(spelling)
        known = self.codes.get(form)
        return -2 - self.strangers.setdefault(form, len(self.strangers)) if known is None else known

    def nearest(self, spelling: str) -> str | None:
        """Find the project whose name is most like an unknown one."""
        from rapidfuzz import process

        found = process.extractOne(spelling, self.names, score_cutoff=60)
        return found[0] if found else None


def register(sheets: Sequence[SheetRead]) -> tuple[Known, ...]:
    """Read the project register's accepted rows."""
    return tuple(
        known
        for sheet in sheets
        if sheet.table.name == "projects"
        for part in sheet.parts
        for known in _registered(part.chunk)
    )


def settle_names(known: Sequence[Known], sheets: Sequence[SheetRead]) -> Projects:
    """Give every spelling its project; raises ExportError for an alias of two projects."""
    owners: dict[str, str] = {}
    merged: dict[str, Known] = {}
    for each in known:
        name = _owner(each, owners)
        merged[name] = _merge(merged.get(name), each, name)
        for spelling in (each.name, *each.aliases):
            owner = owners.setdefault(normal_name(spelling), name)
            if owner != name:
                raise ExportError(message("alias_of_two", alias=spelling, first=owner, second=name))
    closed = any(each.registered for each in known)
    if not closed:
        owners |= {form: _usual(spellings) for form, spellings in _spellings(sheets).items() if form not in owners}
    names = tuple(sorted(set(owners.values()), key=natural))
    position = {name: at for at, name in enumerate(names)}
    codes = {form: position[name] for form, name in owners.items()}
    return Projects(names, codes, merged, closed)


def _owner(each: Known, owners: Mapping[str, str]) -> str:
    """Find whom an entry means: a project known by that name, for the plan also by one of its aliases."""
    spellings = (each.name,) if each.registered else (each.name, *each.aliases)
    forms = [normal_name(spelling) for spelling in spellings]
    return next((owners[form] for form in forms if form in owners), each.name)


def look_alikes(names: Sequence[str]) -> tuple[Message, ...]:
    """Warn of names so alike that one may be a slip for the other; they are never merged."""
    if len(names) < 2:  # noqa: PLR2004 - it takes two
        return ()
    from rapidfuzz import fuzz, process

    forms = [normal_name(name) for name in names]
    scores = process.cdist(forms, forms, scorer=fuzz.ratio, score_cutoff=_ALIKE * 100)
    pairs = np.argwhere(np.triu(scores, k=1) > 0)
    alike = [
        message("names_alike", first=names[one], second=names[two])
        for one, two in pairs.tolist()
        if min(len(forms[one]), len(forms[two])) >= _SHORTEST and not _numbered(forms[one], forms[two])
    ]
    return tuple(alike[:_MOST_WARNINGS])


def _numbered(one: str, two: str) -> bool:
    """Tell whether two names differ in numbers or letters, as 一期 and 二期 do on purpose."""
    differ = Counter(one) - Counter(two) + (Counter(two) - Counter(one))
    return not differ or any(letter in _NUMERALS for letter in differ)


def _spellings(sheets: Sequence[SheetRead]) -> Mapping[str, Counter[str]]:
    """Count how every project is spelled, by normal form."""
    found: dict[str, Counter[str]] = {}
    for sheet in sheets:
        for part in sheet.parts:
            column = part.chunk.columns.get("project")
            if sheet.table.name in REGISTERS or not isinstance(column, Texts):
                continue
            counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.words))
            for word, count in zip(column.words, counts.tolist(), strict=True):
                form = normal_name(word)
                if count and any(letter.isalnum() for letter in form):
                    found.setdefault(form, Counter())[word] += count
    return found


def _usual(spellings: Counter[str]) -> str:
    """Pick the spelling most rows use; of equals, the first in order."""
    return min(spellings, key=lambda word: (-spellings[word], word))


def _registered(chunk: Chunk) -> Iterable[Known]:
    bad = set(chunk.bad.tolist())
    columns = chunk.columns
    for row in range(len(chunk)):
        name = _text(columns.get("project"), row)
        if name is None or row in bad:
            continue
        aliases = (_text(columns.get("aliases"), row) or "").translate(_SEPARATORS).split("\n")
        ends = _moment(columns.get("ends_on"), row)
        yield Known(
            name,
            tuple(alias.strip() for alias in aliases if alias.strip()),
            _moment(columns.get("starts_on"), row),
            None if ends is None else ends + 1,
            registered=True,
            group=_text(columns.get("group"), row),
        )


def _text(column: object, row: int) -> str | None:
    if not isinstance(column, Texts) or column.codes[row] < 0:
        return None
    return column.words[int(column.codes[row])]


def _moment(column: object, row: int) -> int | None:
    if not isinstance(column, np.ndarray) or column[row] == NAT:
        return None
    return int(column[row])


def _merge(old: Known | None, new: Known, name: str) -> Known:
    """Join what plan and register say of one project; what is said first stands."""
    if old is None:
        return replace(new, name=name)
    return Known(
        name,
        old.aliases + new.aliases,
        new.starts if old.starts is None else old.starts,
        new.ends if old.ends is None else old.ends,
        old.registered or new.registered,
        old.group or new.group,
    )
