"""What the names of a form's cells mean: a small set of English and Chinese words, and every indicator by its names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from opskpi.documents import nearest
from opskpi.model.cards import Scorecard
from opskpi.tables.words import normal
from opskpi.wording import Message, message

#: What is said of a result, or of a company's line.
FIELDS = {
    "value": "实际值",
    "shown": "显示值",
    "verdict": "状态",
    "target": "目标",
    "numerator": "分子",
    "denominator": "分母",
    "met": "达成数",
    "missed": "未达成数",
    "pending": "未到期数",
    "excluded": "剔除数",
    "headroom": "余量",
    "reason": "备注",
    "name": "名称",
    "owner": "统计部门",
    "points": "得分",
    "weight": "权重",
    "passed": "达标项目数",
    "failed": "未达标项目数",
    "projects": "项目数",
    "worst": "最差项目",
    **{f"m{month:02}": f"{month}月" for month in range(1, 13)},
    **{f"q{at}": f"{word}季度" for at, word in enumerate("一二三四", 1)},
    "h1": "上半年",
    "h2": "下半年",
}
#: What is said of the card as a whole.
GENERAL = {
    "plan": "计划",
    "period": "统计期",
    "period_start": "开始日期",
    "period_end": "结束日期",
    "as_of": "判定时点",
    "project": "项目",
    "projects": "项目数",
    "passed": "达标数",
    "failed": "未达标数",
    "waived": "豁免数",
    "without": "无结论数",
    "total": "总分",
    "grade": "等级",
    "number": "文件编号",
    "version": "版本",
    "prepared_by": "编制",
    "prepared_on": "编制日期",
    "reviewed_by": "审核",
    "reviewed_on": "审核日期",
    "approved_by": "批准",
    "approved_on": "批准日期",
}
#: Names that are filled downwards: a row for each project, or for each result.
LISTS = {"rows": "各项目", "results": "各指标"}
#: What a row of results says beside its fields.
_OF_RESULTS = {"project": "项目", "indicator": "指标"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name means: `listed` is whose rows, `indicator` whose figure (None: the card's, or the row's own)."""

    field: str
    listed: str | None = None
    indicator: str | None = None


class Vocabulary:
    """The names that a card can fill."""

    def __init__(self, card: Scorecard) -> None:
        """Learn the indicators' ids, names and short names."""
        called = [(text, each.indicator) for each in card.results for text in (each.name, each.short, each.indicator)]
        self._indicators = {_plain(text): indicator for text, indicator in called}
        self._known = dict.fromkeys(text for text, _ in called)
        self._fields, self._general, self._lists = (_words(each) for each in (FIELDS, GENERAL, LISTS))
        self._row_fields = {**self._fields, **_words(_OF_RESULTS)}

    def meaning(self, name: str) -> Meaning | None:
        """Read a name; None where it is not one of ours."""
        parts = [_plain(part) for part in name.split(".")]
        listed = self._lists.get(parts[0]) if len(parts) > 1 else None
        if listed:
            parts = parts[1:]
        if len(parts) == 1:
            known = {"rows": _words({"project": "项目"}), "results": self._row_fields}.get(listed or "", self._general)
            return Meaning(known[parts[0]], listed) if parts[0] in known else None
        indicator, field = self._indicators.get("".join(parts[:-1])), self._fields.get(parts[-1])
        return Meaning(field, listed, indicator) if indicator and field and listed != "results" else None

    def hint(self, name: str) -> Message | None:
        """Say what an unknown name may have meant; None where it is not meant for us at all."""
        before, dot, last = name.rpartition(".")
        if not dot:
            close = nearest(name, (*GENERAL, *GENERAL.values()))
            return message("did_you_mean", word=close) if close else None
        head, _, rest = before.partition(".")
        lead, own = (f"{head}.", rest) if _plain(head) in self._lists else ("", before)
        found = _plain(own) in self._indicators
        close = own if found or not own else nearest(own, tuple(self._known))
        fields = FIELDS if own else FIELDS | _OF_RESULTS
        field = last if _plain(last) in self._row_fields else nearest(last, (*fields, *fields.values()))
        if close is not None and field:
            return message("did_you_mean", word=lead + ".".join(part for part in (close, field) if part))
        return message("known_words", words=tuple(fields) if close is not None else tuple(self._known))


def _words(known: Mapping[str, str]) -> Mapping[str, str]:
    """Know each word by its English and its Chinese form."""
    return {_plain(word): name for name, other in known.items() for word in (name, other)}


def _plain(text: str) -> str:
    """Leave out what a name of a cell cannot hold, and what only dresses it."""
    return "".join(_letters(normal(text)))


def _letters(text: str) -> Iterable[str]:
    return (letter for letter in text if letter.isalnum())
