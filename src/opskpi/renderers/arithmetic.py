"""The arithmetic of a figure: parts, exact value, target, verdict, and what could turn it."""

from collections.abc import Iterator
from fractions import Fraction

from opskpi.model.cards import Result, Verdict
from opskpi.model.explanations import FigureExplanation
from opskpi.model.goals import half_up
from opskpi.renderers.lines import claim_fields, figure_text, target_text, value_text, verdict_word
from opskpi.renderers.margins import headroom, sensitivity
from opskpi.renderers.sections import Line
from opskpi.wording import Message, message

_DIGITS = 6


def arithmetic(explanation: FigureExplanation, language: str) -> Iterator[Line]:
    """Say how the figure comes of its rows and the verdict of the figure."""
    for said in sentences(explanation.result, language):
        yield Line(said.text(language))


def sentences(result: Result, language: str) -> Iterator[Message]:
    """Say the value, the verdict, what there is in hand, what judged, and what could turn it."""
    if result.why is not None:
        yield message("arithmetic_why", verdict=verdict_word(result, language), why=result.why)
    if result.value is not None:
        yield _value(result)
    if result.claim:
        yield message("reported_note", **claim_fields(result.claim))
    if result.why is None:
        yield message("arithmetic_verdict", target=target_text(result), verdict=verdict_word(result, language))
    if in_hand := headroom(result):
        yield in_hand
    if result.reading.judged_by:
        names = tuple(message(f"basis_{basis}") for basis in result.reading.judged_by.split("/"))
        yield message("arithmetic_judged_by", basis=names)
    if result.reading.estimated:
        yield message("arithmetic_estimated", count=result.reading.estimated)
    if result.provisional:
        yield from _provisional(result)


def _value(result: Result) -> Message:
    """Write the division out, with the exact value."""
    reading, shown = result.reading, value_text(result)
    exact = _exact(result.value or Fraction(0), result.unit)
    if reading.met is not None:
        return message("arithmetic_share", met=reading.met, missed=reading.missed, exact=exact, value=shown)
    if reading.denominator is not None:
        return message("arithmetic_quotient", figure=figure_text(result).replace("/", " ÷ "), exact=exact, value=shown)
    return message("arithmetic_plain", value=shown, count=reading.counted)


def _exact(value: Fraction, unit: str) -> str:
    """Write a figure without rounding it, as a fraction, and beside it its decimals."""
    percent = unit == "ratio"
    scaled = value * 100 if percent else value
    digits = half_up(scaled, _DIGITS)
    sign = "=" if Fraction(digits) == scaled else "≈"
    decimal = f"{digits.normalize():f}{'%' if percent else ''}"
    return decimal if value.denominator == 1 else f"{value.numerator}/{value.denominator} {sign} {decimal}"


def _provisional(result: Result) -> Iterator[Message]:
    """Say which rows decide a verdict that is not settled."""
    if said := sensitivity(result):
        yield message("arithmetic_turning", said=said)
    elif result.verdict in (Verdict.PASS, Verdict.FAIL) and not result.deciding:
        yield message("arithmetic_rest")
