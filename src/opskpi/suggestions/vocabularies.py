"""The words of a column as lines of a mapping: translated where exact or well known, else a blank to fill in."""

from collections.abc import Iterator

from opskpi.sources.forms import Form
from opskpi.suggestions.candidates import Candidate
from opskpi.suggestions.fits import MOST_WORDS, kind_of, readings_of, understood
from opskpi.suggestions.fits import meaning as meaning_of
from opskpi.suggestions.proposals import Proposal
from opskpi.suggestions.yaml import MOST_OF_KEY, Line, sample, scalar, section
from opskpi.tables.numbers import read_number
from opskpi.tables.words import normal
from opskpi.wording import message

#: What a blank to fill in looks like.
BLANK = "…"
#: What a word that tells of a limit kept answers when lateness is asked.
_TURNED = {"yes": "no", "no": "yes"}


def words_of(proposal: Proposal, inherited: Form | None, language: str) -> list[str]:
    """Write the `words` of a form; those the extended source knows are inherited."""
    below: list[str] = []
    applied = False
    for column, some in proposal.columns.items():
        if (
            len(some) == 1
            and not some[0].contradicted
            and kind_of(proposal.table, column).name in ("word", "flag", "score")
        ):
            given = list(_lines(proposal, some[0], inherited, language))
            below += section(column, given, 6, _said(proposal, some[0], language))
            applied |= any(line.applied for line in given)
    head = f"    {'' if applied else '#'}words:"
    return [head, *below] if below else []


def _lines(proposal: Proposal, candidate: Candidate, inherited: Form | None, language: str) -> Iterator[Line]:
    table, column = proposal.table, candidate.column
    counts = candidate.values.texts
    words = sorted(counts, key=lambda word: (-counts[word], word))
    strange = [word for word in words if not _is_known(table, candidate, word, inherited) and len(word) <= MOST_OF_KEY]
    for word in strange[:MOST_WORDS]:
        readings = readings_of(table, column, word, proposal.form)
        found = meaning_of(table, column, word, proposal.form)
        if candidate.part == "opposite" and found:
            found = _TURNED[found]
        remark = message("suggest_rows", count=counts[word]).text(language)
        if len(readings) > 1:
            remark += message("suggest_readings", readings=readings).text(language)
        yield Line(scalar(word), scalar(found) if found else BLANK, applied=found is not None, remark=remark)


def _said(proposal: Proposal, candidate: Candidate, language: str) -> list[str]:
    """Say which words a blank takes, and how many words are not listed."""
    kind = kind_of(proposal.table, candidate.column)
    takes = {"word": tuple(kind.words), "flag": ("yes", "no")}.get(kind.name, ("1", "2", "3", "4", "5"))
    sentences = [message("suggest_blanks", words=takes, blank=BLANK).text(language)]
    if len(candidate.values.texts) > MOST_WORDS:
        more = len(candidate.values.texts) - MOST_WORDS
        sentences.append(message("suggest_more_words", count=more).text(language))
    return sentences


def _is_known(table: str, candidate: Candidate, word: str, inherited: Form | None) -> bool:
    """Tell words that need no translation: the table's own, numbers of a scale, the extended source's."""
    column = candidate.column
    if inherited is not None and normal(word) in inherited.null_words:
        return True
    if candidate.part == "remaining" or kind_of(table, column).name == "score":
        return read_number(word, "score") is not None or candidate.part == "remaining" or _inherits(inherited, word)
    return understood(table, column, word) or _inherits(inherited, word)


def _inherits(inherited: Form | None, word: str) -> bool:
    return inherited is not None and any(word in words for words in inherited.words.values())


def sampled(candidate: Candidate) -> str:
    """Show the first values of a column."""
    return " · ".join(sample(text) for text in candidate.values.samples)
