"""The scorecard as a message of a 企业微信 group robot, ready to post: its subset of Markdown, within its size.

A robot takes at most 4096 bytes of `markdown.content` in UTF-8 (errcode 40058 beyond), without tables and lists. It
knows no way to say that a sign is meant, so signs that it would take for its own become their wide forms.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opskpi.model.cards import Scorecard, Verdict
from opskpi.model.safety import legible
from opskpi.renderers import Style
from opskpi.renderers.compared import nothing_turned
from opskpi.renderers.gist import Block, Item, blocks
from opskpi.renderers.lines import summary_line, title, word
from opskpi.wording import message

DETAILS = 3
#: Bytes that a message may have.
LIMIT = 4096
#: A line of more letters than this holds a text that belongs into no message.
_LONGEST = 200
#: `<` begins mentions and fonts, `[` links, `*` and a backtick faces; `@` calls people; `&` may spell the others.
_WIDE = str.maketrans(dict(zip("<>[]*`@&", "＜＞［］＊｀＠＆", strict=True)) | dict.fromkeys("\n\r\t", " "))
_COLOURS = {"section_failed": "warning", "section_provisional": "comment", "section_near": "comment"}


@dataclass(frozen=True, slots=True)
class _Entry:
    """Lines that stand or fall together; `counts` says whether they are an item, and no heading."""

    text: str
    counts: bool

    @property
    def size(self) -> int:
        """How many bytes it takes, with its line end."""
        return len(self.text.encode()) + 1


def render(card: Scorecard, style: Style) -> bytes:
    """Write the message: with the first missed rows where there is room, without them, or cut at whole lines."""
    language, found = style.language, tuple(blocks(card, style.language))
    head = _Entry("\n".join(_head(card, language)), counts=False)
    for most in range(DETAILS, -1, -1):
        entries = [head, *_entries(found, most, language)]
        if sum(each.size for each in entries) <= LIMIT:
            break
    kept = _kept(entries, language)
    return "".join(f"{each.text}\n" for each in kept).encode("utf-8", errors="replace")


def safe(text: str) -> str:
    """Let a text be nothing but text in a message, and no longer than a line may be."""
    plain = text.replace(">=", "≥").replace("<=", "≤").replace("://", "：//").translate(_WIDE)
    plain = legible(plain.replace("#", "＃", 1) if plain.startswith("#") else plain)
    plain = plain.encode("utf-8", errors="replace").decode()
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def _head(card: Scorecard, language: str) -> Iterator[str]:
    if card.turned is not None and not card.turned:
        yield safe(nothing_turned(card, language))
        return
    verdicts = {result.verdict for result in card.results}
    colour = "warning" if Verdict.FAIL in verdicts else "info" if Verdict.PASS in verdicts else "comment"
    yield f"### {safe(title(card, language))}"
    yield _coloured(safe(summary_line(card, language)), colour)


def _entries(found: Sequence[Block], most: int, language: str) -> Iterator[_Entry]:
    """Give headings and items; at the end it is said where rows are listed of no item."""
    for block in found:
        heading = f"**{word(block.key, language)}**"
        yield _Entry(f"\n{_coloured(heading, _COLOURS.get(block.key))}", counts=False)
        yield from (_Entry(_item(item, most, language), counts=True) for item in block.items)
    if not most and any(item.below for block in found for item in block.items):
        yield _Entry(f"\n{word('rows_unlisted', language)}", counts=False)


def _item(item: Item, most: int, language: str) -> str:
    """Write an item, its rows as a quotation, which an empty line ends."""
    rows = [f"> {safe(each)}" for each in item.first(most, language)]
    return "\n".join((safe(item.said), *rows, "") if rows else (safe(item.said),))


def _kept(entries: Sequence[_Entry], language: str) -> list[_Entry]:
    """Keep what fits, in order, and say at the end how many items do not."""
    if sum(each.size for each in entries) <= LIMIT:
        return list(entries)
    left = sum(each.counts for each in entries)
    kept: list[_Entry] = []
    held: list[_Entry] = []
    room = LIMIT - _ending(left, language).size
    for each in entries:
        held.append(each)
        size = sum(entry.size for entry in held)
        if kept and not each.counts:
            continue  # a heading stands only where an item of its own does
        if size > room:
            break
        kept += held
        held, room, left = [], room - size, left - each.counts
    return [*kept, _ending(left, language)]


def _ending(count: int, language: str) -> _Entry:
    return _Entry(message("more_items", count=count).text(language), counts=False)


def _coloured(text: str, colour: str | None) -> str:
    return f'<font color="{colour}">{text}</font>' if colour else text
