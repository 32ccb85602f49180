"""Names of outputs: placeholders filled in, safe on every system, no two of them alike."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opskpi.model.cards import Scorecard

#: What may stand in braces in the name of an output.
KNOWN = ("project", "period", "plan", "as_of")
#: What stands for the whole run, and not for one of its projects.
OF_RUN = ("period", "plan", "as_of")
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
#: What Windows refuses in a name, what parts folders, and what cannot be seen.
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]')
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])(?=\.|$)", re.IGNORECASE)
#: A name of bytes this many leaves room for what stands around it: file systems take 255.
_LONGEST = 100
_DIGEST = 3


@dataclass(frozen=True, slots=True)
class Output:
    """A file to be written, and the project whose card it is; None is all of them.

    A name that was `made` of placeholders is known only now.
    """

    path: Path
    format: str
    project: str | None = None
    made: bool = False


def fields_of(name: str) -> tuple[str, ...]:
    """List the placeholders of a name."""
    return tuple(match[1].strip() for match in _FIELD.finditer(name) if match[1] is not None)


def check_fields(name: str, known: Sequence[str] = KNOWN) -> None:
    """Refuse placeholders that nobody knows, and braces without an end; raises SettingsError."""
    from opskpi.documents import with_nearest
    from opskpi.errors import SettingsError
    from opskpi.wording import message

    braced = tuple(f"{{{each}}}" for each in known)
    for word in fields_of(name):
        if word not in known:
            raise SettingsError(with_nearest("placeholder_unknown", f"{{{word}}}", braced, file=name, known=braced))
    if set(_FIELD.sub("", name)) & {"{", "}"}:
        raise SettingsError(message("placeholder_open", file=name, known=braced))


def is_filled_in(name: str) -> bool:
    """Whether a name has placeholders, or braces at all: its folders are then made where they are missing."""
    return "{" in name or "}" in name


def fixed_folder(name: str) -> Path:
    """Find the folder of an output that is there before any placeholder is filled in; it may be the working one."""
    parts = Path(name).parts
    first = next((at for at, part in enumerate(parts) if is_filled_in(part)), len(parts) - 1)
    return Path(*parts[:first]) if first else Path()


def filled(name: str, values: Mapping[str, str]) -> str:
    """Fill placeholders in; doubled braces are braces."""

    def fill(match: re.Match[str]) -> str:
        return match[0][0] if match[1] is None else values[match[1].strip()]

    return _FIELD.sub(fill, name)


def placeholders(card: "Scorecard") -> Mapping[str, str]:
    """Get what the placeholders of a run stand for, but for its projects."""
    plan = safe(Path(card.plan.file).stem)
    return {"period": safe(card.period.label), "plan": plan, "as_of": card.as_of.date().isoformat()}


def outputs(
    names: Sequence[str], formats: Sequence[str], values: Mapping[str, str], projects: Sequence[str]
) -> tuple[Output, ...]:
    """List the files of a run: of a name with {project} one for each, of others one."""
    safe = safe_names(projects)
    found: list[Output] = []
    for name, each in zip(names, formats, strict=True):
        if "project" in fields_of(name):
            found += [Output(Path(filled(name, {**values, "project": safe[p]})), each, p, made=True) for p in projects]
        else:
            found.append(Output(Path(filled(name, values)), each, made=is_filled_in(name)))
    return tuple(found)


def safe_names(names: Iterable[str]) -> Mapping[str, str]:
    """Make names of files of some names; those that come out alike, on any system, each get a mark of their own."""
    plain = {name: safe(name) for name in names}
    alike: dict[str, list[str]] = {}
    for name, made in plain.items():
        alike.setdefault(_folded(made), []).append(name)
    return {name: f"{made}~{_digest(name)}" if len(alike[_folded(made)]) > 1 else made for name, made in plain.items()}


def marked(names: Iterable[str]) -> Iterator[str]:
    """List the names that would make the same file as another."""
    every = tuple(names)
    made = safe_names(every)
    yield from (name for name in every if made[name] != safe(name))


def safe(text: str) -> str:
    """Make a part of a file's name: nothing that a system refuses, hides, or takes for something else."""
    plain = _UNSAFE.sub("_", unicodedata.normalize("NFC", text))
    plain = re.sub(r"\s+", " ", plain).strip()
    plain = re.sub(r"[. ]+$", "", plain)
    plain = re.sub(r"^[.~-]+", "_", plain) or "_"
    plain = f"_{plain}" if _RESERVED.match(plain) else plain
    if len(plain.encode("utf-8", "replace")) <= _LONGEST:
        return plain
    cut = plain.encode("utf-8", "replace")[:_LONGEST].decode("utf-8", "ignore").rstrip(". ")
    return f"{cut}~{_digest(text)}"


def same_place(path: Path) -> str:
    """Tell places apart as the most forgiving system does, where case and composed letters make no difference."""
    return _folded(os.path.realpath(path))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).hexdigest()
