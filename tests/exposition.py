"""A reader of metrics, written from the grammars of OpenMetrics 1.0 and of the older text format: what both allow."""

import re
from collections.abc import Iterator

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
_META = re.compile(rf"# (HELP|TYPE) ({_NAME}) (.*)")
_SAMPLE = re.compile(rf"({_NAME})\{{({_LABEL}(?:,{_LABEL})*)\}} (-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)")
_ESCAPED = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}

Series = tuple[str, frozenset[tuple[str, str]]]


def read(text: str) -> dict[Series, float]:
    """Read an exposition; raises AssertionError where one of the grammars, or the collector, would not take it."""
    lines = text.split("\n")
    assert lines[-2:] == ["# EOF", ""], "it ends with # EOF and a line end"
    found: dict[Series, float] = {}
    seen: list[str] = []
    told: set[str] = set()
    for line in lines[:-2]:
        if meta := _META.fullmatch(line):
            kind, name, rest = meta.groups()
            assert name not in seen or (seen[-1] == name and kind not in told), f"{name} is described twice, or late"
            told = told | {kind} if seen[-1:] == [name] else {kind}
            seen += [] if seen[-1:] == [name] else [name]
            assert kind != "TYPE" or rest == "gauge", "the older format knows neither info nor stateset"
            assert kind != "HELP" or not re.search(r"\\(?![\\n])", rest)
        else:
            sample = _SAMPLE.fullmatch(line)
            assert sample, f"no sample, or one with a timestamp: {line!r}"
            assert sample[1] == seen[-1], f"{sample[1]} stands outside its family"
            assert told == {"HELP", "TYPE"}
            labels = tuple(_labels(sample[2]))
            assert len(dict(labels)) == len(labels), "a label twice"
            series = sample[1], frozenset(labels)
            assert series not in found, f"a series twice: {line}"
            found[series] = float(sample[3])
    return found


def _labels(text: str) -> Iterator[tuple[str, str]]:
    for label in re.findall(_LABEL, text):
        name, _, quoted = label.partition("=")
        yield name, re.sub(r'\\["\\n]', lambda found: _ESCAPED[found[0]], quoted[1:-1])
