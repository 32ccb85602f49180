"""Where the elements of an XML text stand, byte by byte, so that one can be replaced and the rest left alone."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

_HEAD = re.compile(rb"""<([^\s/>"']+)((?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(/?)>""")
_ATTRIBUTE = r"""\s+{name}\s*=\s*(?:"[^"]*"|'[^']*')"""
#: The first bytes of UTF-16, whose positions we could not edit.
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class StrangeXMLError(ValueError):
    """An XML text that cannot be edited: broken, in another encoding, or with declarations of its own."""


@dataclass(slots=True)
class Span:
    """An element: its local name, attributes, text, and where it stands.

    It begins at `start`, its content at `inside`, its end tag at `after`; `end` is behind it. The root's `depth` is 0.
    """

    name: str
    attributes: Mapping[str, str]
    start: int
    inside: int
    depth: int
    closed: bool
    above: "Span | None"
    after: int = 0
    end: int = 0
    text: str = ""


def spans(xml: bytes, wanted: Collection[str]) -> list[Span]:
    """List the elements of some local names in their order; raises StrangeXMLError."""
    if xml[:2] in _WIDE:
        raise StrangeXMLError
    try:
        return _Reader(xml, wanted).found
    except expat.ExpatError:
        raise StrangeXMLError from None


class _Reader:
    """Reads an XML text and notes where elements begin and end."""

    def __init__(self, xml: bytes, wanted: Collection[str]) -> None:
        self.found: list[Span] = []
        self._xml = xml
        self._wanted = wanted
        #: The elements that are open; None is one that nobody asked for.
        self._open: list[Span | None] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._declaration
        self._parser.Parse(xml, True)  # noqa: FBT003 - expat's own

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local, at = name.rpartition(" ")[2], self._parser.CurrentByteIndex
        span = None
        if local in self._wanted:
            head = _HEAD.match(self._xml, at)
            if head is None:
                raise StrangeXMLError
            above = next((each for each in reversed(self._open) if each), None)
            span = Span(local, attributes, at, head.end(), len(self._open), bool(head[3]), above)
            self.found.append(span)
        self._open.append(span)

    def _end(self, _: str) -> None:
        if span := self._open.pop():
            span.after = span.inside if span.closed else self._parser.CurrentByteIndex
            span.end = span.inside if span.closed else self._xml.index(b">", span.after) + 1

    def _text(self, said: str) -> None:
        if self._open and (span := self._open[-1]):
            span.text += said

    def _declaration(self, *_: object) -> None:
        raise StrangeXMLError


def prefix(xml: bytes, span: Span) -> bytes:
    """Get the prefix of an element's tag with its colon; most writers use none."""
    head = _HEAD.match(xml, span.start)
    before, colon, _ = (head[1] if head else b"").rpartition(b":")
    return before + colon


def head_with(xml: bytes, span: Span, changes: Mapping[str, str | None], *, opened: bool = False) -> bytes:
    """Write an element's start tag with attributes changed, or left out where None; `opened` lets content follow."""
    head = xml[span.start : span.inside]
    body = head[:-2].rstrip() if span.closed else head[:-1]
    for name, value in changes.items():
        body = re.sub(_ATTRIBUTE.format(name=re.escape(name)).encode(), b"", body)
        body += b"" if value is None else f' {name}="{escaped(value)}"'.encode()
    return body + (b"/>" if span.closed and not opened else b">")


def escaped(text: str) -> str:
    """Write a text as XML does, also within quotes."""
    for letter, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(letter, name)
    return text


def replaced(xml: bytes, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Put new bytes in place of stretches that do not overlap; those at one place keep their order."""
    parts, done = [], 0
    for start, end, new in sorted(edits, key=lambda edit: edit[0]):
        parts += [xml[done:start], new]
        done = max(done, end)
    return b"".join([*parts, xml[done:]])
