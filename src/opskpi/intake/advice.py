"""What to do next about what reading found: one sentence for each kind of finding, with the command to copy."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from opskpi.model.cards import InputRecord, Unused
from opskpi.model.places import ProblemGroup
from opskpi.sources import PLAN, SHIPPED
from opskpi.wording import Message, message

#: So many exports and unrecognised files are named in full.
_NAMED = 3
#: Where the rejected rows go, unless the user said otherwise.
_REJECTS = "rejected.csv"
#: Why a file was not used, where a mapping would help.
_UNRECOGNISED = frozenset(
    {"no_heading_known", "nearest_form", "heading_ambiguous", "heading_synonyms", "heading_twice"}
)
#: Words that a shell would take for more than themselves.
_UNSAFE = re.compile(r"[^\w./:=#@%+,~\\-]")
_PLAIN_WORD = re.compile(r"[^\W\d_]\w*")


@dataclass(frozen=True, slots=True)
class Call:
    """How opskpi was called, so that the next command can be written out whole."""

    exports: tuple[str, ...] = ("…",)
    options: tuple[str, ...] = ()
    planned: bool = True
    rejects: str | None = None
    mappings: tuple[str, ...] = ()

    def line(self, command: str, *more: str) -> str:
        """Write a command with the same exports and options; `more` are further exports."""
        exports = self.exports if len(self.exports) <= _NAMED else (*self.exports[: _NAMED - 1], "…")
        plan = () if self.planned or command == "check" else ("-t", "2016")
        return " ".join(map(quoted, ("opskpi", command, *exports, *more, *self.options, *plan)))


def steps(
    inputs: Sequence[InputRecord],
    unused: Sequence[Unused],
    problems: Sequence[ProblemGroup],
    call: Call,
    *,
    usable: bool,
) -> tuple[Message, ...]:
    """List what to do, in the order to do it in."""
    rejected = sum(each.ledger.rejected for each in inputs)
    return (
        *_mapping(inputs, problems, call),
        *_names(problems),
        *_repair(rejected, call),
        *_suggest(inputs, unused, call),
        _judge(call) if usable else message("next_check", command=call.line("check")),
    )


def quoted(word: str) -> str:
    """Quote a word of a command line where a shell would part or expand it."""
    return f'"{word}"' if _UNSAFE.search(word) and word != "…" else word


def _judge(call: Call) -> Message:
    return message("next_score" if call.planned else "next_score_unplanned", command=call.line("score"))


def _repair(rejected: int, call: Call) -> Iterator[Message]:
    """Tell how to repair rejected rows and give them again."""
    file = call.rejects or _REJECTS
    key = "next_repair" if call.rejects or file in call.exports else "next_rejects"
    if rejected:
        more = () if file in call.exports else (file,)
        write = call.line("check", "--rejects", file)
        yield message(key, count=rejected, file=quoted(file), write=write, command=call.line("score", *more))


def _names(problems: Iterable[ProblemGroup]) -> Iterator[Message]:
    """Tell what to do with names the project register does not know."""
    unknown = [each for each in problems if each.rule == "unknown_project"]
    if unknown:
        yield message("next_names", count=sum(each.count for each in unknown))


def _suggest(inputs: Sequence[InputRecord], unused: Sequence[Unused], call: Call) -> Iterator[Message]:
    """Point to help with files that were not recognised at all."""
    known = {each.file for each in inputs}
    files = dict.fromkeys(each.file for each in unused if each.reason.key in _UNRECOGNISED and each.file not in known)
    for file in list(files)[:_NAMED]:
        yield message("next_suggest", file=file, command=f"opskpi sources suggest {quoted(_path(file, call))}")


def _path(label: str, call: Call) -> str:
    """Find the way to a file that is named relative to the folder it was found in."""
    ways = (f"{folder.rstrip('/')}/{label}" for folder in call.exports if Path(folder, label).is_file())
    return next(ways, label)


def _mapping(inputs: Sequence[InputRecord], problems: Sequence[ProblemGroup], call: Call) -> Iterator[Message]:
    """Tell what a mapping of one's own could settle, and write down how it begins."""
    words, conflicts = _unknown_words(inputs, problems), _conflicts(inputs, problems)
    if words:
        said = tuple(dict.fromkeys(word for columns in words.values() for each in columns.values() for word in each))
        yield message("next_words", words=said)
    if conflicts:
        yield message("next_conflicts")
    for source in sorted({source for source, _ in (*words, *conflicts)}):
        forms = {form: words.get((source, form), {}) for at, form in (*words, *conflicts) if at == source}
        text = ", ".join(_form(form, columns, latest=(source, form) in conflicts) for form, columns in forms.items())
        if source == PLAN:
            yield message("next_plan_tables", text=text)
        elif call.mappings or source not in SHIPPED:
            yield message("next_mapping_more", file=call.mappings or (source,), text=f"forms: [{text}]")
        else:
            name = f"my-{source}"
            text = f"{{source: {name}, extends: {source}, forms: [{text}]}}"
            yield message("next_mapping", file=f"{name}.yaml", text=text)


#: A form by its source and name.
_Form = tuple[str, str]


def _unknown_words(
    inputs: Sequence[InputRecord], problems: Sequence[ProblemGroup]
) -> dict[_Form, dict[str, list[str]]]:
    """Collect unknown words by form and column."""
    found: dict[_Form, dict[str, list[str]]] = {}
    for group in problems:
        if group.rule == "unknown_word":
            for form in _forms(group, inputs):
                found.setdefault(form, {}).setdefault(group.column, []).append(group.first[0].value)
    return found


def _conflicts(inputs: Sequence[InputRecord], problems: Sequence[ProblemGroup]) -> dict[_Form, None]:
    """Name the forms whose conflicting rows stand in several files: a later file may replace an earlier one."""
    groups = [group for group in problems if group.rule == "conflict"]
    return {
        form: None
        for group in groups
        if len({each.place.file for each in group.first}) > 1
        for form in _forms(group, inputs)
    }


def _forms(group: ProblemGroup, inputs: Sequence[InputRecord]) -> list[_Form]:
    """Name the forms by which the sheets of a problem's first places were read."""
    places = {(each.place.file, each.place.sheet) for each in group.first}
    found = ((each.source, each.form) for each in inputs if (each.file, each.sheet or "") in places)
    return list(dict.fromkeys(found))


def _form(name: str, columns: dict[str, list[str]], *, latest: bool) -> str:
    """Write what a mapping says of one form, its words still to be filled in."""
    parts = [f"name: {_yaml(name)}"] if name else []
    if columns:
        said = (f"{column}: {{{', '.join(f'{_yaml(w)}: …' for w in words)}}}" for column, words in columns.items())
        parts.append(f"words: {{{', '.join(said)}}}")
    if latest:
        parts.append("latest_by: file")
    return f"{{{', '.join(parts)}}}"


def _yaml(word: str) -> str:
    """Write a word so that YAML takes it for text."""
    return word if _PLAIN_WORD.fullmatch(word) else json.dumps(word, ensure_ascii=False)
