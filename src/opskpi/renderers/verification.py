"""What a verification found, for people: three questions, their answers, and what differs and how."""

from collections.abc import Iterator, Mapping, Sequence

from opskpi.model.safety import legible
from opskpi.model.verification import Change, FileCheck, State, Verification
from opskpi.renderers import Style
from opskpi.renderers.sections import Line, Section, as_markdown, as_text
from opskpi.wording import Message, message

#: Of each kind so many differences are told; JSON has all.
_MOST = 20
#: So much of a hash tells files apart for the eye.
_SHORT = 16


def render(found: Verification, style: Style, *, markdown: bool = False) -> str:
    """Draw a verification as text or Markdown."""
    card, language = found.card, style.language
    title = message(
        "verify_title", file=card.file, plan=card.plan, period=card.period, as_of=card.as_of.isoformat(" ", "minutes")
    ).text(language)
    sections = [
        Section(head.text(language), tuple(Line(each.text(language)) for each in lines))
        for head, lines in _sections(found)
    ]
    drawn = as_markdown(title, sections) if markdown else as_text(title, sections, style.width)
    return legible(drawn)


def _sections(found: Verification) -> Iterator[tuple[Message, Sequence[Message]]]:
    if found.members is not None:
        whole = all(each.state is State.SAME for each in found.members)
        yield _head("verify_members", "verify_whole" if whole else "verify_not_whole"), _files(found.members)
    if found.stopped:
        yield _head("verify_figures", "verify_unknown"), found.stopped
    else:
        yield _answered("verify_inputs", same=found.same_inputs), _files(found.inputs)
        yield (
            _answered("verify_plan", same=found.same_plan),
            [*_files(found.plan), *_changes(found.rules, found.titles)],
        )
        yield _answered("verify_figures", same=found.same_figures), list(_figures(found))
    if found.remade is not None:
        same = all(each.state is State.SAME for each in found.remade)
        yield _head("verify_remade", "verify_same" if same else "verify_different"), _files(found.remade)
    yield _verdict(found), list(_versions(found))


def _answered(question: str, *, same: bool) -> Message:
    return _head(question, "verify_same" if same else "verify_different")


def _head(question: str, answer: str) -> Message:
    return message(question, answer=message(answer))


def _files(files: Sequence[FileCheck]) -> list[Message]:
    """Tell how many are the same, and each that is not."""
    same = sum(each.state is State.SAME for each in files)
    told = [_file(each) for each in files if each.state is not State.SAME]
    return [*([message("verify_files_same", count=same)] if same else []), *_first(told)]


def _file(each: FileCheck) -> Message:
    was, now = (f"sha256 {(sha256 or '-')[:_SHORT]}" for sha256 in (each.was, each.now))
    return message(f"verify_{each.state}", file=each.file, other=each.other or "", was=was, now=now)


def _figures(found: Verification) -> Iterator[Message]:
    figures = found.figures
    yield message(
        "verify_compared",
        results=figures.results,
        company=figures.company,
        scores=figures.scores,
        sheets=figures.sheets,
    )
    yield from _changes(figures.changes, found.titles)


def _changes(changes: Sequence[Change], titles: Mapping[str, str]) -> list[Message]:
    return _first([_change(each, titles) for each in changes])


def _change(each: Change, titles: Mapping[str, str]) -> Message:
    where = " · ".join(titles.get(part, part) for part in each.where if part)
    absent = message("verify_absent")
    return message(
        "verify_change" if each.count == 1 else "verify_change_many",
        where=f"{where}  " if where else "",
        field=each.field,
        old=absent if each.old is None else each.old,
        new=absent if each.new is None else each.new,
        count=each.count,
    )


def _first(told: Sequence[Message]) -> list[Message]:
    more = len(told) - _MOST
    return [*told[:_MOST], *([message("verify_more", count=more)] if more > 0 else [])]


def _versions(found: Verification) -> Iterator[Message]:
    """Tell of another version."""
    written, now = found.card.versions, found.now
    if written != now:
        yield message(
            "verify_written",
            opskpi=written.opskpi,
            counting=written.counting,
            now=now.opskpi,
            now_counting=now.counting,
        )


def _verdict(found: Verification) -> Message:
    if found.same:
        return message("verify_all_same")
    if found.edited:
        return message("verify_edited")
    if found.same_inputs and found.same_plan:
        return message("verify_remade_differs" if found.same_figures else "verify_other_version")
    return message("verify_differs")
