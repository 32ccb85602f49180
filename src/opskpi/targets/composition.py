"""Plans made of several files, and indicators completed from `defaults:`, with the mark of every value kept."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, ConfigDict

from opskpi.documents import Document, Mark, Path, read_document
from opskpi.errors import SettingsError
from opskpi.targets.amounts import Points
from opskpi.targets.counted import places_itself
from opskpi.targets.fields import Text
from opskpi.targets.goals import GoalText
from opskpi.targets.scoring import Score
from opskpi.targets.shelf import SHIPPED, Shelf, plan_beside
from opskpi.wording import message

#: Replaced as a whole where a file says them again: half of each would be neither.
_WHOLE = frozenset({"target", "score", "grades", "defaults"})
#: Of the file itself: another file's signatures do not approve this one.
_OWN = frozenset({"extends", "header"})
#: What an indicator of several terms says in each of them.
_OF_TERMS = frozenset({"table", "period_by", "judged_by", "scale"})


class DefaultSettings(BaseModel):
    """What holds for every indicator that does not say it itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    owner: Text | None = None
    table: Text | None = None
    period_by: Text | None = None
    accumulate: Literal["year"] | None = None
    frequency: Literal["month", "quarter", "half", "year"] | None = None
    judged_by: Text | None = None
    scale: Text | None = None
    empty: Text | None = None
    min_rows: Text | None = None
    target: GoalText = None
    process_owner: Text | None = None
    weight: Points | None = None
    score: Score | None = None


@dataclass(frozen=True, slots=True)
class _Part:
    """A value with its marks, by their paths."""

    value: object
    marks: Mapping[Path, Mark]


def composed(document: Document, place: str, shelf: Shelf) -> Document:
    """Merge a plan with those it extends and complete its indicators; raises SettingsError."""
    return _completed(_extended(document, place, shelf, (shelf.identity(place),)))


def _extended(document: Document, place: str, shelf: Shelf, seen: tuple[str, ...]) -> Document:
    values = document.value if isinstance(document.value, dict) else {}
    wanted = values.get("extends")
    if wanted is None:
        return document
    here = ("extends",)
    if not isinstance(wanted, str):
        raise SettingsError(document.say(here, message("wants_text")))
    other = plan_beside(wanted, place, shelf)
    if other is None:
        raise SettingsError(document.say(here, message("extends_nothing", file=wanted)))
    if shelf.identity(other) in seen:
        raise SettingsError(document.say(here, message("extends_itself", file=wanted)))
    base = _extended(_read(other, wanted, shelf), other, shelf, (*seen, shelf.identity(other)))
    part = _merged(_part(document), _inherited(base), ())
    return replace(
        document,
        text=f"{document.text}\n{base.text}",
        value=_without_dropped(part.value),
        marks=part.marks,
        slips=(*document.slips, *base.slips),
        extended=((base.file, base.sha256), *base.extended),
    )


def _read(place: str, wanted: str, shelf: Shelf) -> Document:
    name = posixpath.basename(place.removeprefix(SHIPPED))
    name = wanted if name in wanted else name
    try:
        data = shelf.take(place)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(message("file_unreadable", file=name, reason=reason)) from error
    return read_document(data, name)


def _part(document: Document) -> _Part:
    """Take a document's value, each mark with its file."""
    return _Part(document.value, {at: replace(m, file=m.file or document.file) for at, m in document.marks.items()})


def _inherited(document: Document) -> _Part:
    part = _part(document)
    values = part.value if isinstance(part.value, dict) else {}
    return _Part({key: value for key, value in values.items() if key not in _OWN}, part.marks)


def _merged(near: _Part, far: _Part, path: Path) -> _Part:
    """Let the nearer value stand; maps are merged key by key, in the further one's order."""
    if not (isinstance(near.value, dict) and isinstance(far.value, dict)) or _is_whole(path):
        return near
    value = dict(far.value)
    marks = {at: mark for at, mark in far.marks.items() if not _stands_in(at, near.value)} | dict(near.marks)
    for key, mine in near.value.items():
        if key not in far.value:
            value[key] = mine
            continue
        inner = _merged(_Part(mine, _under(near, key)), _Part(far.value[key], _under(far, key)), (*path, key))
        value[key] = inner.value
        marks |= {(key, *at): mark for at, mark in inner.marks.items()}
    return _Part(value, marks)


def _is_whole(path: Path) -> bool:
    """Tell whether a value stands or falls as a whole: also the targets under `targets`."""
    return bool(path) and (path[-1] in _WHOLE or "targets" in path[:-1])


def _stands_in(path: Path, keys: Mapping[str, object]) -> bool:
    return not path or path[0] in keys


def _under(part: _Part, key: str) -> Mapping[Path, Mark]:
    return {at[1:]: mark for at, mark in part.marks.items() if at[:1] == (key,)}


def _without_dropped(value: object) -> object:
    """Leave out the indicators that a file takes back by saying nothing of them (`complaint_count: ~`)."""
    if not isinstance(value, dict) or not isinstance(value.get("indicators"), dict):
        return value
    kept = {name: each for name, each in value["indicators"].items() if each is not None}
    return value | {"indicators": kept}


def _completed(document: Document) -> Document:
    """Give every indicator the defaults it does not say itself; their mistakes are told where they stand."""
    values = document.value if isinstance(document.value, dict) else {}
    defaults, indicators = values.get("defaults"), values.get("indicators")
    if not isinstance(defaults, dict) or not isinstance(indicators, dict):
        return document
    known = {key: value for key, value in defaults.items() if key in DefaultSettings.model_fields}
    marks, made = dict(document.marks), {}
    for name, each in indicators.items():
        own = each if isinstance(each, dict) else {}
        lacking = {key: value for key, value in known.items() if key not in own and _is_for(own, key, known)}
        made[name] = own | lacking if isinstance(each, dict) else each
        for at, mark in document.marks.items() if isinstance(each, dict) else ():
            if len(at) > 1 and at[0] == "defaults" and at[1] in lacking:
                marks["indicators", name, *at[1:]] = mark
    return replace(document, value=values | {"indicators": made}, marks=marks)


def _is_for(own: Mapping[str, object], key: str, defaults: Mapping[str, object]) -> bool:
    """Tell whether a default is of use: terms have rows of their own, moments no period, scores want a weight."""
    if key == "score":
        return "weight" in own or "weight" in defaults
    if key == "period_by" and places_itself(own):
        return False
    return not ("terms" in own and key in _OF_TERMS)
