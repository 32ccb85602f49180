"""What stands beside a result in the workbook: a waiver, who reported it, why there is no figure, what may turn it."""

from opskpi.model.cards import Result, Verdict
from opskpi.renderers import approvals
from opskpi.renderers.lines import claim_fields
from opskpi.wording import message


def remark(result: Result, language: str) -> str:
    """Say what is waived, who reported the figure, why there is none, or how many rows could turn the verdict."""
    if result.claim and not result.waiver:
        return message("reported_note", **claim_fields(result.claim)).text(language)
    said = approvals.waiver_said(result) or result.why
    if said is None and result.provisional and result.deciding and result.verdict in (Verdict.PASS, Verdict.FAIL):
        said = message("book_deciding", count=result.deciding)
    return said.text(language) if said else ""
