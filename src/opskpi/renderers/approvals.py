"""What somebody signed, as people read it: waivers, changes of targets, the plan's header."""

from collections.abc import Iterator

from opskpi.model.approvals import Change, Header, Signature
from opskpi.model.cards import Result, Scorecard
from opskpi.model.goals import Target
from opskpi.renderers.lines import figure_text, target_text, value_text, word
from opskpi.wording import Message, message


def raw_word(result: Result) -> Message:
    """Say the verdict there would be without a waiver."""
    return message(f"verdict_{result.raw_verdict}")


def waiver_said(result: Result) -> Message | None:
    """Say why a result is waived, by whom and until when, and what it would be."""
    waiver = result.waiver
    if waiver is None:
        return None
    return message(
        "waived_because",
        raw=raw_word(result),
        reason=waiver.reason,
        approved_by=waiver.approved_by,
        until=waiver.until.isoformat(),
    )


def waived(card: Scorecard, language: str) -> Iterator[str]:
    """Say each result that is waived, with its figure."""
    for result in card.results:
        if said := waiver_said(result):
            yield message(
                "waived_line",
                project=result.project,
                indicator=result.name,
                value=value_text(result),
                figure=figure_text(result),
                target=target_text(result),
                waiver=said,
            ).text(language)


def changed(card: Scorecard, language: str) -> Iterator[str]:
    """Say each target that was changed inside the plan's period."""
    for change in card.plan.changes:
        yield message(
            "change_line",
            indicator=change_of(card, change, language),
            day=change.day.isoformat(),
            before=_goal(change.before),
            after=_goal(change.after),
            why=change.why,
            by=change.by,
            approved_by=change.approved_by,
        ).text(language)


def change_of(card: Scorecard, change: Change, language: str) -> str:
    """Name what a change is of: the indicator, and the project or group if it is not for all."""
    names = {result.indicator: result.name for result in card.results}
    name, one = names.get(change.indicator, change.indicator), change.project or change.group
    return message("change_for", indicator=name, whose=one).text(language) if one else name


def change_text(change: Change, language: str) -> str:
    """Write from what to what a target was changed."""
    return message("change_step", before=_goal(change.before), after=_goal(change.after)).text(language)


def head_line(header: Header | None, language: str) -> str:
    """Write the plan's number, version and signatures in one line; nothing where there is no header."""
    if header is None:
        return ""
    parts = [f"{word(key, language)} {text}" for key, text in _document(header) if text]
    signed = (
        ("head_prepared", header.prepared),
        ("head_reviewed", header.reviewed),
        ("head_approved", header.approved),
    )
    parts += [f"{word(key, language)} {_signed(each)}" for key, each in signed if _signed(each)]
    return "  ".join(parts)


def _document(header: Header) -> tuple[tuple[str, str | None], ...]:
    return ("head_number", header.number), ("head_version", header.version)


def _signed(signature: Signature) -> str:
    return " ".join(part for part in (signature.by, signature.on and signature.on.isoformat()) if part)


def _goal(target: Target | None) -> object:
    return target.text if target else message("no_target")
