"""YAML files that people write: read as text with marks, validated with every mistake at once.

Scalars stay text, so that `18:00` and `010` mean what they say; the models decide what is
a number. Duplicate keys are mistakes. Each mistake carries file, line and column.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from opskpi.errors import SettingsError
from opskpi.wording import Message, message

Model = TypeVar("Model", bound=BaseModel)
Path = tuple[str | int, ...]

#: More than this is no file written by hand (or an alias that multiplies itself).
_MOST_BYTES = 1 << 20
_MOST_NODES = 50_000
_DEEPEST = 40
#: After so many slips it is no YAML.
_MOST_SLIPS = 25
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
#: How like a known word an unknown one must be to be proposed.
_LIKENESS = 0.6


class Mistake(ValueError):  # noqa: N818 - the user's mistake, not an error of ours
    """A value that a model refuses, as a sentence; `offset` points into the value.

    `path` leads from where the model was asked to the value that is meant, `more` are others
    found by the same check.
    """

    def __init__(self, sentence: Message, offset: int = 0, path: "Path" = (), more: tuple["Mistake", ...] = ()) -> None:
        """Keep the sentence for the report of all mistakes."""
        super().__init__(sentence.key)
        self.sentence = sentence
        self.offset = offset
        self.path = path
        self.more = more


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a key or value stands, counted from 1; `plain` where columns can be counted into it.

    `file` is said where it is not the document's own.
    """

    line: int
    column: int
    plain: bool = True
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as plain text values, with the mark of every value and key.

    `slips` are mistakes of spelling that were mended in order to find the others; `validate` reports them all.
    `extended` are the files it was merged with, each with its hash; `files` are the bytes of all that it was read from.
    """

    file: str
    sha256: str
    text: str
    value: object
    marks: Mapping[Path, Mark]
    slips: tuple[Message, ...] = ()
    extended: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def place(self, path: Path) -> str:
        """Name the file and line of a value."""
        mark = self._mark(path)[1]
        return f"{mark.file or self.file}:{mark.line}"

    def _mark(self, path: Path) -> tuple[Path, Mark]:
        """Find the mark of a value, or of the nearest part that holds it."""
        at = path
        while at and at not in self.marks:
            at = at[:-1]
        return at, self.marks.get(at, Mark(1, 1))

    def say(self, path: Path, what: Message, offset: int = 0) -> Message:
        """Put file, line and column before a sentence."""
        at, mark = self._mark(path)
        column = mark.column + (offset if mark.plain and at == path else 0)
        return message("mistake", file=mark.file or self.file, line=mark.line, column=column, what=what)


def hash_of(value: object) -> str:
    """Hash what JSON can say, the same whenever it says the same."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()


class _Composer:
    """Turns ruamel's nodes into text values, noting marks and mistakes on the way."""

    def __init__(self) -> None:
        self.marks: dict[Path, Mark] = {}
        self.mistakes: list[tuple[Path, Message]] = []
        self.nodes = 0

    def build(self, node: Node, path: Path) -> object:
        self.nodes += 1
        if self.nodes > _MOST_NODES or len(path) > _DEEPEST:
            raise SettingsError(message("yaml_too_large"))
        mark = node.start_mark
        plain = isinstance(node, ScalarNode) and node.style not in ("|", ">")
        quoted = isinstance(node, ScalarNode) and node.style in ("'", '"')
        self.marks[path] = Mark(mark.line + 1, mark.column + 1 + quoted, plain)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, at)) for at, item in enumerate(node.value)]
        return None if not quoted and node.value in _NULLS else _whole(str(node.value))

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = _whole(str(key_node.value))
            here = (*path, key)
            key_mark = Mark(key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key in values:
                self.marks[(*path, key, "again")] = key_mark
                self.mistakes.append(((*path, key, "again"), message("duplicate_key", key=key)))
                continue
            values[key] = self.build(value_node, here)
            self.marks[(*here, "")] = key_mark
        return values


def _whole(text: str) -> str:
    """Join the halves of UTF-16 that JSON's way of writing leaves; one alone becomes a sign: no file can hold it."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_document(data: bytes, file: str) -> Document:
    """Read a YAML file; raises SettingsError where it cannot be read at all."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(message("settings_not_utf8", file=file)) from None
    if len(data) > _MOST_BYTES:
        raise SettingsError(message("yaml_too_large"))
    node, slips = _compose(text, file)
    composer = _Composer()
    value = composer.build(node, ()) if node is not None else {}
    document = Document(file, hashlib.sha256(data).hexdigest(), text, value, composer.marks)
    slips += [document.say(path, what) for path, what in composer.mistakes]
    return replace(document, slips=tuple(slips))


def validate(
    document: Document, model: type[Model], value: object = None, *, context: Mapping[str, object] | None = None
) -> Model:
    """Validate a document, or a value made of it; raises SettingsError with all mistakes, in file order.

    `context` is what the model must know beside the document, such as the folder that it names files in; what it reads
    first may leave there what the rest of it needs to know.
    """
    said = list(document.slips)
    found: Model | None = None
    try:
        found = model.model_validate(
            document.value if value is None else value, context={"document": document, **(context or {})}
        )
    except ValidationError as error:
        said += _mistakes(document, model, error)
    if said or found is None:
        raise SettingsError(*sorted(said, key=lambda each: (each.values["file"] != document.file, *_place(each))))
    return found


def _place(said: Message) -> tuple[int, int]:
    return int(str(said.values["line"])), int(str(said.values["column"]))


def _compose(text: str, file: str) -> tuple[Node | None, list[Message]]:
    """Compose YAML, mending the natural slips line by line so that every mistake can be told at once."""
    lines, slips = text.splitlines(), list[Message]()
    for _ in range(_MOST_SLIPS):
        try:
            # The round-trip reader would leave a bell character at each fold of a `>` value.
            return YAML(typ="safe", pure=True).compose("\n".join(lines)), slips
        except RecursionError:
            raise SettingsError(message("yaml_too_large")) from None
        except MarkedYAMLError as error:
            sentence = _syntax(error, lines, file)
            slips.append(sentence)
            at = int(str(sentence.values["line"])) - 1
            mended = _mended(lines[at]) if at < len(lines) else ""
            if not lines or mended == lines[at]:
                break
            lines[at] = mended
    raise SettingsError(*sorted(slips, key=_place))


def _mended(line: str) -> str:
    """Write a line as it was meant, as far as one can tell."""
    if "\t" in line:
        return line.replace("\t", "    ")
    if "：" in line:
        return line.replace("：", ": ", 1)
    key, colon, value = line.partition(":")
    if colon and value.strip().startswith(">"):
        return f'{key}: "{value.strip()}"'
    return line


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word most like a mistyped one."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=_LIKENESS)
    return found[0] if found else None


def with_nearest(key: str, word: str, known: Sequence[str], /, **values: object) -> Message:
    """Say that a word is unknown, with the nearest right one or all of them."""
    close = nearest(word, known)
    hint = message("did_you_mean", word=close) if close else message("known_words", words=tuple(known))
    return message(key, word=word, hint=hint, **values)


def parse_scale(text: object) -> tuple[Fraction, Fraction]:
    """Read a scale such as 1-5; raises Mistake."""
    low, dash, high = str(text).partition("-")
    try:
        scale = Fraction(low.strip()), Fraction(high.strip())
    except (ValueError, ZeroDivisionError):
        raise Mistake(message("scale_unreadable", text=str(text))) from None
    if not dash or scale[0] >= scale[1]:
        raise Mistake(message("scale_unreadable", text=str(text)))
    return scale


def _mistakes(document: Document, model: type[BaseModel], error: ValidationError) -> list[Message]:
    said: dict[tuple[int, int, str], Message] = {}
    for each in error.errors(include_url=False):
        path = tuple(part for part in each["loc"] if part != "[key]")
        for what, offset, inner in _sentences(each, path, model):
            at = (*path, *inner)
            if each["type"] == "extra_forbidden" and (*at, "") in document.marks:
                at = (*at, "")
            sentence = document.say(at, what, offset)
            said[(*_place(sentence), sentence.text("en"))] = sentence
    return list(said.values())


def _sentences(each: Mapping[str, Any], path: Path, model: type[BaseModel]) -> list[tuple[Message, int, Path]]:
    """Say what is wrong with one value; a model's own check may have found several mistakes."""
    cause = (each.get("ctx") or {}).get("error")
    if isinstance(cause, Mistake):
        return [(one.sentence, one.offset, one.path) for one in (cause, *cause.more)]
    return [(_sentence(each, path, model), 0, ())]


def _sentence(each: Mapping[str, Any], path: Path, model: type[BaseModel]) -> Message:
    kind, key = str(each["type"]), str(path[-1]) if path else "-"
    if kind == "extra_forbidden":
        if not key[:1].isalpha() or key.endswith(")"):
            return message("quote_the_value", text=key)
        return with_nearest("unknown_key", key, _keys_at(model, path))
    if kind == "missing":
        return message("missing_key", key=key)
    value = "" if isinstance(each.get("input"), Mapping | list) else str(each.get("input"))
    if kind == "literal_error":
        choices = re.findall(r"'([^']+)'", str(each["ctx"]["expected"]))
        return with_nearest("unknown_choice", value, choices, key=key)
    expected = next((word for start, word in _EXPECTED.items() if kind.startswith(start)), None)
    return message("wrong_value", key=key, value=value, expected=message(expected) if expected else str(each["msg"]))


#: What pydantic's refusals ask for, by the beginning of their names.
_EXPECTED = {
    "int": "wants_whole",
    "greater": "wants_whole",
    "date": "wants_date",
    "model": "wants_mapping",
    "dict": "wants_mapping",
    "mapping": "wants_mapping",
    "tuple": "wants_list",
    "string": "wants_text",
    "too_short": "wants_something",
}


def _keys_at(model: type[BaseModel], path: Path) -> list[str]:
    """Find which keys the model on the way to a path knows."""
    current = model
    for part in path[:-1]:
        if part in current.model_fields:
            current = _inner(current.model_fields[str(part)].annotation) or current
    return [field.alias or name for name, field in current.model_fields.items()]


def _inner(annotation: object) -> type[BaseModel] | None:
    """Find the model inside an annotation such as dict[str, Model] | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inside in getattr(annotation, "__args__", ()):
        if found := _inner(inside):
            return found
    return None


def _syntax(error: MarkedYAMLError, written: Sequence[str], file: str) -> Message:
    """Turn a YAML error into the sentence that helps with the slip behind it."""
    mark = error.problem_mark or error.context_mark
    lines = written or [""]
    line = min(mark.line if mark else 0, len(lines) - 1)
    column = mark.column if mark else 0
    for near in (line, line - 1):
        if near >= 0 and "：" in lines[near]:
            line, column = near, lines[near].index("：")
            break
    return message("mistake", file=file, line=line + 1, column=column + 1, what=_slip(error, lines[line]))


def _slip(error: MarkedYAMLError, shown: str) -> Message:
    key, colon, value = shown.partition(":")
    if colon and value.strip().startswith(">") and "block scalar" in str(error.context or ""):
        return message("quote_the_target", key=key.strip(), value=value.strip())
    if "：" in shown:
        return message("full_width_colon")
    if "\t" in shown:
        return message("tab_in_yaml")
    return message("yaml_syntax", problem=str(error.problem or ""), text=shown.strip())
