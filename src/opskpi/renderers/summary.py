"""The scorecard in one line, for the mail of a cron job or the top of a log."""

from opskpi.model.cards import Scorecard
from opskpi.renderers import Style
from opskpi.renderers.lines import summary_line, title
from opskpi.wording import message

DETAILS = 0


def render(card: Scorecard, style: Style) -> bytes:
    """Say plan, period, moment and how many verdicts of each kind there are; and whether there is more to be read."""
    said = message(
        "summary_of",
        title=title(card, style.language),
        counts=summary_line(card, style.language),
        notes=message("summary_notes", count=_remarks(card)) if _remarks(card) else "",
    )
    return (said.text(style.language) + "\n").encode("utf-8", errors="replace")


def _remarks(card: Scorecard) -> int:
    """Count what the whole card says beside its figures: notes, files that were not read, rejected rows."""
    return len(card.notes) + len(card.unused) + sum(group.count for group in card.problems)
