"""What a heading's own words say: a closed list, in English and Chinese, that counts only where the values agree.

`created_at` is said by "Created", "open_dt" or 工单创建时间, and proposed where the column holds dates. A heading
whose words are like others but not on the list says nothing here.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from opskpi.tables.words import normal

_CREATE = (
    r"creat\w*|open(?:ed|ing)?|submit\w*|reported|logged|raised|register\w*"
    r"|创建|建立|登记|建单|提单|报修|报障|申报|发起|开单"
)
_RESPOND = r"resp|respon\w*|acknowledg\w*|repl(?:y|ied)|accepted|响应|受理|接单|首次回复"
_RESOLVE = r"resol\w*|solved|solution|complet\w*|finish\w*|fixed|解决|完成|办结|修复"
_CLOSE = r"clos\w*|关闭|关单|结单|结案"
_UPDATE = r"updat\w*|modif\w*|更新|修改"
_DUE = r"due|target|deadline|expected|limit|planned|sla|时限|截止|期限|到期|应|要求|计划|预计|承诺|目标"
#: That a moment is meant: a word for one, or what was done by then (resolved, closed).
_MOMENT = r"time|date|dt|datetime|timestamp|at|on|when|moment|\w+ed|时间|日期|时刻"
_NUMBER = r"id|number|no|num|nr|key|编号|单号|号码|编码"
_TICKET = r"ticket|case|incident|request|issue|enquiry|inquiry|workorder|工单|事件|请求|投诉|服务单"
_PERSON = r"by|user|manager|name|agent|person|经理|人|员"
_KEPT = r"sla|on ?time|ontime|timely|met|in ?time|达标|及时|按时|准时"
_LATE = r"overdue|late|breach\w*|violat\w*|missed|超时|逾期|超期"
_SCORE = r"satisf\w*|csat|rating|scores?|survey|满意|评分|打分|评价"
_PROJECT = r"projects?|项目"
_NO_PROJECT = r"manager|owner|type|status|id|number|经理|负责|状态|类型|编号|时间|日期"
_CUSTOMER = (
    r"customer|client|account|company|organi[sz]ation|department|site|contract|product"
    r"|客户|单位|部门|甲方|合同|站点|公司"
)
_LENGTH = r"duration|elapsed|minutes|hours|mins|hrs|时长|用时|耗时|分钟|小时"


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a heading must say, each of it, or all of something else, and what it must not."""

    says: tuple[str, ...]
    never: str = ""
    instead: tuple[str, ...] = ()

    def fits(self, text: str) -> bool:
        """Tell whether a heading says so."""
        either = all(_said(each, text) for each in self.says)
        other = bool(self.instead) and all(_said(each, text) for each in self.instead)
        return (either or other) and not (self.never and _said(self.never, text))


_TICKETS = {
    "ticket_id": Phrase((_TICKET, _NUMBER), r"type|category|parent|product|user|类型|父"),
    "project": Phrase((_PROJECT,), _NO_PROJECT),
    "type": Phrase((r"types?|category|kind|class|类型|类别|分类",)),
    "priority": Phrase((r"priority|优先级|优先级别",)),
    "status": Phrase((r"status|state|stage|状态",)),
    "created_at": Phrase((_CREATE, _MOMENT), rf"{_DUE}|{_RESPOND}|{_RESOLVE}|{_CLOSE}|{_UPDATE}"),
    "responded_at": Phrase((_RESPOND, _MOMENT), rf"{_DUE}|{_LENGTH}"),
    "resolved_at": Phrase((_RESOLVE, _MOMENT), rf"{_DUE}|{_RESPOND}|{_CLOSE}|{_LENGTH}"),
    "closed_at": Phrase((_CLOSE, _MOMENT), rf"{_DUE}|{_RESPOND}|{_RESOLVE}|{_LENGTH}"),
    "response_due_at": Phrase((_DUE, _RESPOND)),
    "resolve_due_at": Phrase((_DUE, _RESOLVE), rf"{_RESPOND}|{_CREATE}|{_UPDATE}", (r"due|target|deadline",)),
    "response_minutes": Phrase((_RESPOND, rf"{_LENGTH}|time|时间"), _DUE),
    "resolve_minutes": Phrase((rf"{_RESOLVE}|处理", rf"{_LENGTH}|time|时间"), rf"{_DUE}|{_RESPOND}"),
    "response_flag": Phrase((_RESPOND, rf"{_KEPT}|{_LATE}")),
    "sla_flag": Phrase((rf"{_KEPT}|{_LATE}",), _RESPOND),
    "paused_minutes": Phrase((r"paus\w*|hold|suspend\w*|挂起|暂停", _LENGTH)),
    "reopened": Phrase((r"reopen\w*|重开|重新打开",)),
    "satisfaction": Phrase((_SCORE,)),
    "assignee": Phrase(
        (r"agent|assignee|assigned|technician|engineer|处理人|工程师|经办人|责任人",), r"group|team|组|部门"
    ),
    "group": Phrase((r"group|team|queue|处理组|支持组|运维组",)),
    "title": Phrase((r"title|subject|summary|标题|主题|摘要",)),
}
_SURVEYS = {
    "survey_id": Phrase((r"survey|response|respondent|questionnaire|answer|问卷|答卷", _NUMBER)),
    "project": Phrase((_PROJECT,), _NO_PROJECT),
    "submitted_at": Phrase(
        (r"submit\w*|timestamp|complet\w*|rated|提交|填写|评价|答卷|调查|回访",), rf"{_DUE}|start\w*|开始"
    ),
    "score": Phrase((_SCORE,), _NUMBER),
    "ticket_id": Phrase((_TICKET, _NUMBER), r"type|类型"),
    "responses": Phrase((r"responses|份数|人数",)),
}
_REPORTS = {
    "report_id": Phrase((r"reports?|报告", _NUMBER)),
    "project": Phrase((_PROJECT,), _NO_PROJECT),
    "report_type": Phrase((r"reports?|报告", r"types?|name|title|kind|类型|名称|种类")),
    "report_period": Phrase((r"period|month|quarter|周期|期间|月份|季度",)),
    "due_at": Phrase((_DUE,), r"实际|actual"),
    "delivered_at": Phrase((r"deliver\w*|submit\w*|actual|sent|交付|提交|发送",), _DUE),
}
_PAUSED, _RESUMED = r"paus\w*|hold|suspend\w*|挂起|暂停", r"resum\w*|恢复"
_PAUSES = {
    "pause_id": Phrase((_PAUSED, _NUMBER)),
    "project": Phrase((_PROJECT,), _NO_PROJECT),
    "ticket_id": Phrase((_TICKET, _NUMBER), r"type|类型"),
    "paused_at": Phrase((_PAUSED, rf"starts?|begins?|开始|{_MOMENT}"), rf"ends?|结束|{_RESUMED}|{_LENGTH}"),
    "resumed_at": Phrase((_PAUSED, r"ends?|结束"), _LENGTH, (_RESUMED,)),
    "reason": Phrase((_PAUSED, r"reason|原因")),
}
_PROJECTS = {
    "project": Phrase((_PROJECT,), _NO_PROJECT),
    "aliases": Phrase((r"alias\w*|别名|曾用名|简称",)),
    "customer": Phrase((r"customer|client|客户|甲方",), _PERSON),
    "starts_on": Phrase((r"starts?|begins?|effective|开始|起始|生效",)),
    "ends_on": Phrase((r"ends?|expir\w*|until|结束|终止|到期",)),
}
_SLA = {
    "project": _PROJECTS["project"],
    "type": _TICKETS["type"],
    "priority": _TICKETS["priority"],
    "calendar": Phrase((r"calendar|日历",)),
    "respond": Phrase((_RESPOND, _DUE)),
    "resolve": Phrase((rf"{_RESOLVE}|处理", _DUE), _RESPOND),
    "workdays": Phrase((r"workdays?|工作日",)),
    "start": Phrase((r"start|起点|起算",)),
}
_PHRASES = {
    "tickets": _TICKETS,
    "surveys": _SURVEYS,
    "reports": _REPORTS,
    "pauses": _PAUSES,
    "projects": _PROJECTS,
    "sla": _SLA,
}

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_LETTERS = re.compile(r"[^a-z0-9\u3400-\u9fff]+")
_UNITS = {
    "seconds": re.compile(r"(?<![a-z])(?:secs?|seconds?)(?![a-z])|秒"),
    "minutes": re.compile(r"(?<![a-z])(?:mins?|minutes?)(?![a-z])|分钟"),
    "hours": re.compile(r"(?<![a-z])(?:hrs?|hours?)(?![a-z])|小时"),
}


def said_by(heading: str, table: str) -> Iterator[str]:
    """Name the columns of a table that a heading's words speak of."""
    text = _tokens(heading)
    return (column for column, phrase in _PHRASES.get(table, {}).items() if phrase.fits(text))


def is_late(heading: str) -> bool | None:
    """Tell whether a flag's heading asks for lateness; None where it asks both or says a not."""
    text = _tokens(heading)
    late, kept = _said(_LATE, text), _said(_KEPT.removeprefix("sla|"), text)
    turned = _said(r"not|non|no|未|不", text.replace("是否", ""))
    return None if turned or (late and kept) else late


def unit_in(heading: str) -> str | None:
    """Find the unit of bare numbers in a heading."""
    text = _tokens(heading)
    return next((unit for unit, pattern in _UNITS.items() if pattern.search(text)), None)


def is_counter(heading: str) -> bool:
    """Tell a heading that only counts rows, and is no id."""
    return normal(heading).strip("*:.") in {"序号", "no", "index", "#", "row", "seq", "行号"}


def names_customers(heading: str) -> bool:
    """Tell a heading of what projects are often named after."""
    return _said(_CUSTOMER, _tokens(heading))


def orders_rows(heading: str) -> bool:
    """Tell a heading by which the rows of one key may be ordered."""
    return _said(rf"{_UPDATE}|version|revision|mod|版本", _tokens(heading))


def _tokens(heading: str) -> str:
    """Part a heading into words: open_dt, openDate and Open date alike."""
    plain = _CAMEL.sub(" ", unicodedata.normalize("NFKC", heading)).casefold()
    return _NO_LETTERS.sub(" ", plain).strip()


def _said(pattern: str, text: str) -> bool:
    return re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", text) is not None
