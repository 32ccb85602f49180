"""What stands beside a result in the workbook: a waiver, who reported it, why there is no figure, what may turn it."""

from opskpi.model.cards import Result
from opskpi.renderers import approvals
from opskpi.renderers.lines import claim_fields, verdict_word
from opskpi.renderers.margins import sensitivity
from opskpi.wording import message


def remark(result: Result, language: str) -> str:
    """Say what is waived, who reported the figure, why there is none, or which rows could turn the verdict."""
    if result.claim and not result.waiver:
        return message("reported_note", **claim_fields(result.claim)).text(language)
    said = approvals.waiver_said(result) or result.why or sensitivity(result)
    text = said.text(language) if said else ""
    return "" if text == verdict_word(result, language) else text
