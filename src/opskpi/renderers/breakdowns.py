"""Breakdowns as people and machines read them: beside each figure, its rows by word."""

from collections.abc import Iterator, Mapping, Sequence

from opskpi.model.breakdowns import Breakdown, Slice
from opskpi.model.cards import CompanyLine, Result, Scorecard
from opskpi.model.goals import shown
from opskpi.renderers.lines import word
from opskpi.renderers.sections import Columns
from opskpi.wording import Message, message

#: How many words a line names; a workbook and JSON have them all.
_NAMED = 12
HEADINGS = (
    "head_project",
    "head_indicator",
    "head_period",
    "head_column",
    "head_word",
    "head_rows",
    "head_share",
    "bucket_met",
    "bucket_missed",
)


def lines(card: Scorecard, language: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Say each indicator's breakdown: its projects, then all of them, each for the whole period and its parts."""
    for indicator in card.indicators:
        found = [each for each in _broken(card) if each[0].indicator == indicator]
        if found:
            head, broken = found[0]
            title = message("breakdown_head", indicator=head.name, column=broken.column).text(language)
            yield title, tuple(_line(card, *each).text(language) for each in found)


def table_rows(card: Scorecard, language: str) -> Iterator[Sequence[object]]:
    """Lay every slice of every breakdown out for a workbook."""
    for of, broken in _broken(card):
        whose = of.project if isinstance(of, Result) else word("breakdown_company", language)
        for each in broken.slices:
            yield (
                whose,
                of.name,
                of.period,
                broken.column.text(language),
                each.said.text(language),
                each.rows,
                _percent(broken, each),
                each.rows - each.missed if broken.judged else "",
                each.missed if broken.judged else "",
            )


def columns(broken: Breakdown, language: str) -> Columns:
    """Lay all slices of one figure out under one another."""
    heads = ("head_rows", "head_share", *(("bucket_met", "bucket_missed") if broken.judged else ()))
    rows = [(broken.column.text(language), *(word(head, language) for head in heads))]
    for each in broken.slices:
        judged = (str(each.rows - each.missed), str(each.missed)) if broken.judged else ()
        rows.append((each.said.text(language), str(each.rows), _percent(broken, each), *judged))
    return Columns(tuple(rows), frozenset(range(1, len(heads) + 1)))


def fields(broken: Breakdown | None) -> Mapping[str, object]:
    """Lay a breakdown out for machines; nothing where there is none."""
    if broken is None:
        return {}
    return {
        "breakdown": [
            {
                "word": each.word,
                "rows": each.rows,
                "share": float(broken.share(each)),
                **({"met": each.rows - each.missed, "missed": each.missed} if broken.judged else {}),
            }
            for each in broken.slices
        ]
    }


def _broken(card: Scorecard) -> Iterator[tuple[Result | CompanyLine, Breakdown]]:
    """Go through what is broken down: by indicator each project's figures, then the company's."""
    results, company = card.every_result, card.every_company_line
    for indicator in card.indicators:
        mine = [each for each in results if each.indicator == indicator]
        ordered = [each for project in card.projects for each in mine if each.project == project]
        both: list[Result | CompanyLine] = [*ordered, *(each for each in company if each.indicator == indicator)]
        for of in both:
            if of.breakdown:
                yield of, of.breakdown


def _line(card: Scorecard, of: Result | CompanyLine, broken: Breakdown) -> Message:
    whose: object = of.project if isinstance(of, Result) else message("breakdown_company")
    if card.parts:
        whose = message("breakdown_part", whose=whose, period=of.period)
    parts = [_slice(broken, each) for each in broken.slices[:_NAMED]]
    if rest := broken.slices[_NAMED:]:
        parts.append(message("breakdown_rest", words=len(rest), rows=sum(each.rows for each in rest)))
    return message("breakdown_line", whose=whose, rows=broken.rows, parts=tuple(parts))


def _slice(broken: Breakdown, of: Slice) -> Message:
    key = "breakdown_slice_missed" if broken.judged and of.missed else "breakdown_slice"
    return message(key, word=of.said, rows=of.rows, share=_percent(broken, of), missed=of.missed)


def _percent(broken: Breakdown, of: Slice) -> str:
    return shown(broken.share(of), "ratio", None)
