"""What the cells of a register take: their number format, their drop-down or bounds, their examples."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from opskpi.documents import parse_scale
from opskpi.sources.forms import Form
from opskpi.starters.texts import Column, Texts
from opskpi.tables.kinds import Kind

#: Rows that have drop-downs and borders; below them a register is long enough for a ticket tool.
LAST_ROW = 20_000
#: Days further from the year would be rejected when the register is read.
_YEARS_AROUND = 5
_MOMENT, _DAY, _TEXT, _WHOLE = "yyyy-mm-dd hh:mm", "yyyy-mm-dd", "@", "0"


def number_format(column: Column, kind: Kind) -> str:
    """Choose how a column's cells are shown; ids and other texts stay what was typed."""
    if kind.is_instant:
        return _DAY if column.day or kind.name == "due_day" else _MOMENT
    if kind.name == "whole":
        return _WHOLE
    return _TEXT if kind.name in ("text", "id", "word") else "General"


def example(text: str, kind: Kind, year: int) -> datetime | float | str:
    """Turn an example's text into what its cell holds."""
    text = text.format(year=year)
    if kind.is_instant:
        return datetime.fromisoformat(text)
    if kind.is_number and text.isdigit():
        return int(text)
    return text


def validation(column: Column, form: Form, texts: Texts, year: int, *, chinese: bool) -> Mapping[str, object] | None:
    """Say what may be typed into a column, as XlsxWriter's data_validation takes it; None where anything may."""
    kind, said = form.model_table.kinds[column.name], texts.said
    if column.name == "project":
        if form.table == "projects":
            return None
        return _listed(_projects(texts), said["not_a_project"], "warning")
    if words := _choices(column, form, kind, chinese=chinese):
        return _listed(words, said["not_a_score" if kind.name == "score" else "not_in_list"], _strictness(kind))
    if column.suggested:
        return {"validate": "list", "source": list(column.suggested), "show_error": False}
    if kind.is_instant:
        return _dated(year, said["not_a_day" if number_format(column, kind) == _DAY else "not_a_moment"])
    if kind.name == "whole":
        return _refusing({"validate": "integer", "criteria": ">=", "value": int(kind.least or 0)}, said["not_whole"])
    return None


def _choices(column: Column, form: Form, kind: Kind, *, chinese: bool) -> Sequence[str]:
    if kind.name == "word":
        return [word if chinese else key for key, word in kind.words.items() if key not in column.without]
    if kind.name == "flag":
        return ["是", "否"] if chinese else ["yes", "no"]
    if kind.name == "score" and form.scale:
        return _scores(form.scale, form.words[column.name] if chinese else {})
    return ()


def _scores(scale: str, words: Mapping[str, str]) -> Sequence[str]:
    """List the scores of a scale from the best down, each by the first word that means it."""
    low, high = (int(bound) for bound in parse_scale(scale))
    scores = [str(score) for score in range(high, low - 1, -1)]
    return [next((word for word, means in words.items() if means == score), score) for score in scores]


def _projects(texts: Texts) -> str:
    """List the names that stand in the project register at the moment, without the blank rows below."""
    sheet = texts.registers[0].sheet.replace("'", "''")
    return f"=OFFSET('{sheet}'!$A$2,0,0,MAX(1,COUNTA('{sheet}'!$A$2:$A${LAST_ROW})),1)"


def _strictness(kind: Kind) -> str:
    """Ask where the list does not name all that is understood: a mean such as 4.6 is a score, too."""
    return "warning" if kind.name == "score" else "stop"


def _listed(source: Sequence[str] | str, sentence: str, strictness: str) -> Mapping[str, object]:
    return {"validate": "list", "source": source, "error_message": sentence, "error_type": strictness}


def _dated(year: int, sentence: str) -> Mapping[str, object]:
    first, last = date(year - _YEARS_AROUND, 1, 1), date(year + _YEARS_AROUND + 1, 1, 1)
    bounds = {"validate": "date", "criteria": "between", "minimum": first, "maximum": last}
    return _refusing(bounds, sentence.format(year=year, first=first.year, last=last.year - 1))


def _refusing(bounds: Mapping[str, object], sentence: str) -> Mapping[str, object]:
    return {**bounds, "error_message": sentence}
