"""What stands beside a result in the workbook: a waiver, who reported it, why there is no figure, what may turn it."""

from collections.abc import Sequence

from opskpi.model.cards import Result
from opskpi.renderers import approvals, compared
from opskpi.renderers.lines import claim_fields, verdict_word
from opskpi.renderers.margins import sensitivity
from opskpi.wording import message


def remark(result: Result, language: str) -> str:
    """Say what stands beside a result by itself, then what it is held against, each on a line."""
    said = _own(result, language), *(each.text(language) for each in compared.sentences(result, language))
    return "\n".join(each for each in said if each)


def restated_parts(across: Sequence[Result | None], language: str) -> str:
    """Say which parts of a series were told otherwise before, and how."""
    return "\n".join(
        f"{result.period} {compared.restatement(result, other, language).text(language)}"
        for result in across
        if result
        for other in result.compared
        if other.restated
    )


def _own(result: Result, language: str) -> str:
    """Say what is waived, who reported the figure, why there is none, or which rows could turn the verdict."""
    if result.claim and not result.waiver:
        return message("reported_note", **claim_fields(result.claim)).text(language)
    said = approvals.waiver_said(result) or result.why or sensitivity(result)
    text = said.text(language) if said else ""
    return "" if text == verdict_word(result, language) else text
