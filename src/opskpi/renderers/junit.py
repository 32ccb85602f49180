"""The scorecard as JUnit XML, for the dashboards of CI servers: a suite for each project, a case for each indicator.

A dashboard is red exactly where the exit code is not 0: a miss is a failure, data that lacks is an error, and what is
waived or has no verdict is skipped. It has the elements and attributes that Jenkins' schema allows (junit-10.xsd), so
figures of a case are properties of its suite.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from opskpi.model.cards import Result, Scorecard, Verdict
from opskpi.model.safety import legible
from opskpi.renderers import Style
from opskpi.renderers.approvals import waiver_said
from opskpi.renderers.arithmetic import sentences
from opskpi.renderers.fields import result_fields
from opskpi.renderers.lines import failed_line, misses, verdict_word
from opskpi.wording import Message, message

DETAILS = 20
#: What is neither failed nor passed, and what a dashboard calls it.
_OUTCOMES = {
    Verdict.FAIL: "failure",
    Verdict.NO_DATA: "error",
    Verdict.TOO_FEW: "error",
    Verdict.WAIVED: "skipped",
    Verdict.NOT_APPLICABLE: "skipped",
    Verdict.NOT_DUE: "skipped",
    Verdict.NO_TARGET: "skipped",
}
#: The fields of a result that are properties, as JSON names them.
_FIGURES = (
    "period",
    "verdict",
    "raw_verdict",
    "provisional",
    "value",
    "numerator",
    "denominator",
    "unit",
    "target",
    "headroom",
    "pending",
    "rejected",
    "deciding",
)
#: What XML 1.0 cannot hold even escaped, beside control characters.
_OUTSIDE = str.maketrans(dict.fromkeys((*range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "�"))


def render(card: Scorecard, style: Style) -> bytes:
    """Write the results of the run's own period as test suites."""
    root = ET.Element("testsuites", {"name": _text(card.plan.name), **_counts(card.results)})
    for project, results in groupby(card.results, key=lambda result: result.project):
        _suite(root, project, tuple(results), (card, style.language))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'.encode()


def _suite(root: ET.Element, project: str, results: Sequence[Result], about: tuple[Scorecard, str]) -> None:
    card, language = about
    skipped = sum(_OUTCOMES.get(result.verdict) == "skipped" for result in results)
    told = {"name": _text(project), **_counts(results), "skipped": str(skipped)}
    suite = ET.SubElement(root, "testsuite", told | {"time": "0", "timestamp": f"{card.as_of:%Y-%m-%dT%H:%M:%S}"})
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(card, results):
        ET.SubElement(properties, "property", {"name": _text(name), "value": _text(value)})
    for result in results:
        _case(suite, result, language)


def _case(suite: ET.Element, result: Result, language: str) -> None:
    told = {"name": _text(result.name), "classname": _text(result.project), "time": "0"}
    case = ET.SubElement(suite, "testcase", told)
    said = [each.text(language) for each in _said(result, language)]
    if outcome := _OUTCOMES.get(result.verdict):
        found = ET.SubElement(case, outcome, {"type": str(result.verdict), "message": _text(_reason(result, language))})
        found.text = _text("\n".join(misses(result, language))) or None
    ET.SubElement(case, "system-out").text = _text("\n".join(said))


def _said(result: Result, language: str) -> Iterator[Message]:
    """Say the arithmetic, the verdict, what is in hand and what could turn it, and what is waived."""
    yield from sentences(result, language)
    if waiver := waiver_said(result):
        yield waiver


def _reason(result: Result, language: str) -> str:
    """Say in one line why a case did not pass."""
    if result.verdict is Verdict.FAIL:
        return failed_line(result).text(language)
    why = waiver_said(result) or result.why
    said = verdict_word(result, language)
    return message("arithmetic_why", verdict=said, why=why).text(language) if why else said


def _properties(card: Scorecard, results: Sequence[Result]) -> Iterator[tuple[str, str]]:
    """Name the plan and the moment, then each indicator's figures as `indicator.field`, those that there are."""
    yield "plan", card.plan.name
    yield "plan_sha256", card.plan.sha256
    yield "period", card.period.label
    yield "as_of", card.as_of.isoformat()
    for result in results:
        fields = result_fields(result)
        waiver = fields["waiver"] if isinstance(fields["waiver"], dict) else {}
        told = {name: fields[name] for name in _FIGURES} | {f"waiver_{name}": said for name, said in waiver.items()}
        for name, value in told.items():
            if value is not None:
                said = str(value).lower() if isinstance(value, bool) else str(value)
                yield f"{result.indicator}.{name}", said


def _counts(results: Sequence[Result]) -> dict[str, str]:
    found = [_OUTCOMES.get(result.verdict) for result in results]
    failures, errors = found.count("failure"), found.count("error")
    return {"tests": str(len(found)), "failures": str(failures), "errors": str(errors)}


def _text(text: str) -> str:
    """Leave out of a text what XML cannot hold; ElementTree escapes the rest."""
    return legible(text).translate(_OUTSIDE)
