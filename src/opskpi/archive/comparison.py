"""Two scorecards held against each other: files by hash, rules by setting, figures by field."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from pydantic import BaseModel

from opskpi.archive.document import CardDocument, InputFields, ResultFields
from opskpi.model.verification import Change, Figures, FileCheck, State

#: Fields of a result that the plan alone decides.
_OF_PLAN = ("name", "owner", "process_owner", "unit", "target", "target_changes", "waiver", "rule_sha256")
_KEYS = frozenset({"project", "indicator", "period", "owner"})
#: What earlier cards said, which were at hand when the card was made and are not now.
_OF_OTHERS = ("compared",)
_SHEET = ("table", "source", "encoding", "form", "heading_row")
_LEDGER = ("rows", "skipped", "accepted", "rejected", "duplicate", "superseded")

#: A file's name and hash.
Named = tuple[str, str]
_Where = tuple[str, ...]


def files_checked(old: Sequence[Named], new: Sequence[Named]) -> tuple[FileCheck, ...]:
    """Match files by name and hash, then by hash, then by name; what is left is missing or additional."""
    then, now = Counter(old), Counter(new)
    same = [FileCheck(file, State.SAME, sha256, sha256) for file, sha256 in (then & now).elements()]
    gone, come = sorted((then - now).elements()), sorted((now - then).elements())
    renamed = _matched(gone, come, 1)
    changed = _matched(gone, come, 0)
    found = [
        *same,
        *(FileCheck(one[0], State.RENAMED, one[1], other[1], other[0]) for one, other in renamed),
        *(FileCheck(one[0], State.CHANGED, one[1], other[1]) for one, other in changed),
        *(FileCheck(file, State.MISSING, sha256) for file, sha256 in gone),
        *(FileCheck(file, State.ADDITIONAL, None, sha256) for file, sha256 in come),
    ]
    return tuple(sorted(found, key=lambda each: (each.file, each.state)))


def _matched(gone: list[Named], come: list[Named], part: int) -> list[tuple[Named, Named]]:
    """Take the pairs out of two lists that are alike in one part."""
    pairs = []
    for one in tuple(gone):
        other = next((each for each in come if each[part] == one[part]), None)
        if other is not None:
            gone.remove(one)
            come.remove(other)
            pairs.append((one, other))
    return pairs


def input_files(card: CardDocument) -> list[Named]:
    """List the files a card was made of, each once, and the repairs that were given back."""
    sheets = [(each.file, each.sha256) for each in card.inputs]
    return [*dict.fromkeys([*sheets, *((each.file, each.sha256) for each in card.repairs)])]


def plan_files(card: CardDocument) -> list[Named]:
    """List the plan, the files it extends, and the mappings that were named."""
    mappings = [(each.name, each.sha256) for each in card.asked.sources if each.sha256]
    return [(card.plan.file, card.plan.sha256), *((each.file, each.sha256) for each in card.plan.extends), *mappings]


def rule_changes(old: CardDocument, new: CardDocument) -> tuple[Change, ...]:
    """Find what decides figures and is not as it was: settings, limits, calendars, and what results say of the plan."""
    found = [*_fields(("plan",), old.plan, new.plan, ("name", "header", "changes"))]
    if "calendars" in old.model_fields_set:
        found += _told(("calendars",), old.calendars, new.calendars)
    for name in [name for name in old.rules if name in new.rules]:
        one, other = old.rules[name], new.rules[name]
        found += _told((name,), one.settings, other.settings)
        found += _told((name,), {"limits_sha256": one.limits_sha256}, {"limits_sha256": other.limits_sha256})
    changes = (
        Change((one.indicator,), each.field, each.old, each.new)
        for one, other in _pairs(old.results, new.results, _result_key)
        if one and other
        for each in _fields((), one, other, _OF_PLAN)
    )
    counted = Counter(changes)
    return (*found, *(Change(each.where, each.field, each.old, each.new, count) for each, count in counted.items()))


def figures_compared(old: CardDocument, new: CardDocument, files: Sequence[FileCheck]) -> Figures:
    """Compare every figure, verdict and count that the old card has; `files` say which file is which."""
    found = [*_run(old, new)]
    for key, kind in (("results", _result_key), ("company", _company_key), ("scores", _score_key)):
        for one, other in _pairs(getattr(old, key), getattr(new, key), kind):
            found += _part(kind(one or other), one, other)
    found += _ledgers(old.inputs, new.inputs, {each.file: each.other for each in files if each.other})
    return Figures(len(old.results), len(old.company), len(old.scores), len(old.inputs), tuple(found))


def _run(old: CardDocument, new: CardDocument) -> Iterator[Change]:
    """Compare what the figures are of: period, series, moment, and rows of no project."""
    yield from _fields((), old, new, ("as_of", "nil", "unassigned"))
    yield from _fields(("period",), old.period, new.period)
    if old.series and new.series:
        yield from _fields(("series",), old.series, new.series)
    elif old.series or new.series:
        yield Change((), "series", _said(old.series), _said(new.series))


def _part(where: _Where, old: BaseModel | None, new: BaseModel | None) -> Iterator[Change]:
    if old is None or new is None:
        there = old or new
        yield Change(where, "verdict" if isinstance(there, ResultFields) else "value", _held(old), _held(new))
        return
    skipped = {*_KEYS, *_OF_OTHERS, *(_OF_PLAN if isinstance(old, ResultFields) else ())}
    yield from _fields(where, old, new, [each for each in type(old).model_fields if each not in skipped])


def _held(part: BaseModel | None) -> str | None:
    """Say of a line that stands in one card only what it holds."""
    if part is None:
        return None
    return _said(part.verdict if isinstance(part, ResultFields) else getattr(part, "value", getattr(part, "points", 0)))


def _ledgers(old: Sequence[InputFields], new: Sequence[InputFields], renamed: Mapping[str, str]) -> Iterator[Change]:
    """Compare sheet by sheet what became of the rows."""

    def key(each: InputFields) -> _Where:
        name = f"{renamed.get(each.file, each.file)}"
        return (f"{name}#{each.sheet}" if each.sheet else name, each.table)

    def plain(each: InputFields) -> _Where:
        return (f"{each.file}#{each.sheet}" if each.sheet else each.file, each.table)

    grouped = _groups(old, key), _groups(new, plain)
    for where in dict.fromkeys((*grouped[0], *grouped[1])):
        for one, other in zip_longest(*(each.get(where, []) for each in grouped)):
            if one and other:
                yield from _fields(where, one, other, (*_SHEET, *_LEDGER))
            else:
                rows = [None if each is None else str(each.rows) for each in (one, other)]
                yield Change(where, "rows", rows[0], rows[1])


def _fields(where: _Where, old: Any, new: Any, names: Iterable[str] | None = None) -> Iterator[Change]:  # noqa: ANN401
    """Compare two models' fields as far as the old one has them: an earlier opskpi wrote fewer."""
    for name in type(old).model_fields if names is None else names:
        one, other = getattr(old, name), getattr(new, name)
        if name in old.model_fields_set and one != other:
            yield Change(where, name, _said(one), _said(other))


def _told(where: _Where, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        one, other = (_said(each[name]) if name in each else None for each in (old, new))
        if one != other:
            yield Change(where, name, one, other)


def _pairs(old: Sequence[Any], new: Sequence[Any], key: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401
    """Put lines of one key beside each other; where a key stands more often in one, None stands beside it."""
    then, now = _groups(old, key), _groups(new, key)
    for each in dict.fromkeys((*then, *now)):
        yield from zip_longest(then.get(each, []), now.get(each, []))


def _groups(parts: Iterable[Any], key: Any) -> dict[_Where, list[Any]]:  # noqa: ANN401
    grouped: dict[_Where, list[Any]] = {}
    for each in parts:
        grouped.setdefault(key(each), []).append(each)
    return grouped


def _result_key(each: Any) -> _Where:  # noqa: ANN401
    return each.project, each.indicator, each.period


def _company_key(each: Any) -> _Where:  # noqa: ANN401
    return "company", each.indicator, each.period


def _score_key(each: Any) -> _Where:  # noqa: ANN401
    return "scores", each.project or "", each.owner or "", each.period


def _said(value: object) -> str:
    """Write a value as JSON does."""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return json.dumps(value.model_dump(mode="json"), ensure_ascii=False, default=_plain)
    return json.dumps(value, ensure_ascii=False, default=_plain, sort_keys=True)


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else float(value)
    if isinstance(value, BaseModel):
        return {name: getattr(value, name) for name in type(value).model_fields}
    if isinstance(value, Mapping):
        return dict(value)
    return value.isoformat() if isinstance(value, date) else str(value)
