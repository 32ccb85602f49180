"""What happened in four projects in 2016: tickets, survey answers and reports, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

#: One line a ticket: project, kind, created, minutes allowed, minutes taken (or `open`), `x` where cancelled.
_TICKETS = """
0 incident  2016-01-04T08:30    240   200
0 incident  2016-01-19T22:10    240   240
0 incident  2016-02-13T10:00    480   481
0 incident  2016-03-05T09:05    240    45
0 incident  2016-04-28T23:50    120    15
0 incident  2016-05-16T14:00    480   300
0 incident  2016-07-01T00:00    240   239
0 incident  2016-08-30T11:20    240   100
0 incident  2016-10-12T16:33    480   460
0 incident  2016-12-30T09:00    240   200
0 request   2016-03-22T10:15   2880  1000
0 request   2016-09-07T15:45   2880  4000
0 complaint 2016-06-14T09:00   4320  4320
1 incident  2016-01-27T12:00    240   100
1 incident  2016-03-04T12:00    720  1320
1 incident  2016-05-23T08:00    240   230
1 incident  2016-08-18T17:40    480  open
1 incident  2016-11-11T11:11    240   241
1 incident  2016-12-02T13:30    240    60
1 request   2016-04-15T09:30   2880  2000
1 request   2016-10-26T10:00   2880  open
1 complaint 2016-02-29T16:20   4320  2000
1 complaint 2016-09-19T10:40   4320  5000
2 incident  2016-01-31T20:00    240   120
2 incident  2016-04-01T07:15    240   180
2 incident  2016-06-30T23:59    480   400
2 incident  2016-07-21T12:12    240    90
2 incident  2016-09-13T13:13    240   240
2 incident  2016-11-29T18:00    240   999 x
2 incident  2015-12-30T10:00    240   999
2 request   2016-02-24T09:00   2880  1440
2 request   2016-08-08T08:08   2880  2880
3 incident  2016-03-17T09:20    240   111
3 incident  2016-10-05T21:00    240   222
3 incident  2016-12-31T20:00    600  open
3 request   2016-05-06T10:30   2880  1500
3 request   2016-12-28T09:00  20160  open
3 complaint 2016-01-15T10:00   4320  1000
3 complaint 2016-03-28T11:00   4320  2000
3 complaint 2016-07-27T12:30   4320  3000
3 complaint 2016-09-30T14:00   4320  4000
3 complaint 2016-11-02T15:30   4320    30
"""
#: One line an answer: project, submitted, score.
_ANSWERS = """
0 2016-03-31T10:00 5
0 2016-06-29T16:05 5
0 2016-12-15T09:40 4
1 2016-03-30T11:30 5
1 2016-06-13T14:00 2
1 2016-09-08T15:15 1
2 2016-03-29T08:50 5
2 2016-06-30T10:10 5
2 2016-12-20T17:00 5
3 2016-04-07T13:25 5
3 2016-09-21T12:00 3
3 2016-12-31T18:30 5
"""
#: One line a report: project, due, delivered (or `open`).
_REPORTS = """
0 2016-04-15 2016-04-14
0 2016-10-20 2016-10-20
1 2016-04-15 2016-04-16
1 2016-10-20 2016-10-18
2 2016-04-15 2016-04-13
2 2016-10-20 2016-10-20
3 2016-04-15 2016-04-15
3 2016-10-20 open
"""
PROJECTS = ("某银行数据中心", "某省税务征管系统", "某轨道交通综合监控", "某医院信息平台")
#: The same projects as a desk in Taipei writes them, and four others with letters that need an encoding.
TRADITIONAL = ("某銀行資料中心", "某省稅務徵管系統", "某軌道交通綜合監控", "某醫院資訊平臺")
ACCENTED = ("Société générale – réseau", "Müller Straßenbahn", "Añadir señales", "Crédit à l’hôpital")
_WORDS = ("数据库告警", "网络中断", "账号开通", "报表打不开", "机房巡检发现异常")
_TRADITIONAL_WORDS = ("資料庫告警", "網路中斷", "帳號開通", "報表打不開", "機房巡檢發現異常")
_ACCENTED_WORDS = ("Réseau coupé", "Drucker läuft über", "Contraseña caducada", "Mot de passe oublié", "Naïve façade")
_LETTERS = {"incident": "SJ", "request": "FW", "complaint": "TS"}


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket; `kept` says how the tool's own flag has it, where it has one."""

    id: str
    project: str
    kind: str
    created: datetime
    due: datetime | None
    resolved: datetime | None
    cancelled: bool
    title: str
    kept: bool | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a satisfaction survey, from 1 to 5."""

    id: str
    project: str
    submitted: datetime
    score: int


@dataclass(frozen=True, slots=True)
class Report:
    """One report that was due on a day."""

    id: str
    project: str
    due: date
    delivered: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that happened."""

    tickets: tuple[Ticket, ...]
    answers: tuple[Answer, ...]
    reports: tuple[Report, ...]
    projects: tuple[str, ...] = PROJECTS

    def without(self, lost: frozenset[str]) -> "Facts":
        """Leave out what has one of these ids."""
        return replace(
            self,
            tickets=tuple(each for each in self.tickets if each.id not in lost),
            answers=tuple(each for each in self.answers if each.id not in lost),
            reports=tuple(each for each in self.reports if each.id not in lost),
        )

    def renamed(self, names: tuple[str, ...], words: tuple[str, ...]) -> "Facts":
        """Give projects and titles other names."""
        name = dict(zip(self.projects, names, strict=True))
        word = dict(zip(_WORDS, words, strict=True))
        return Facts(
            tuple(replace(each, project=name[each.project], title=word[each.title]) for each in self.tickets),
            tuple(replace(each, project=name[each.project]) for each in self.answers),
            tuple(replace(each, project=name[each.project]) for each in self.reports),
            names,
        )


def facts() -> Facts:
    """Give the facts in the order they were written down above."""
    return Facts(
        tuple(_ticket(number, line.split()) for number, line in enumerate(_lines(_TICKETS), 1)),
        tuple(
            Answer(f"DC2016{number:03}", PROJECTS[int(project)], datetime.fromisoformat(at), int(score))
            for number, (project, at, score) in enumerate(map(str.split, _lines(_ANSWERS)), 1)
        ),
        tuple(
            Report(f"BG2016{number:03}", PROJECTS[int(project)], date.fromisoformat(due), _delivered(delivered))
            for number, (project, due, delivered) in enumerate(map(str.split, _lines(_REPORTS)), 1)
        ),
    )


def traditional() -> Facts:
    """Give the facts with names in traditional characters."""
    return facts().renamed(TRADITIONAL, _TRADITIONAL_WORDS)


def accented() -> Facts:
    """Give the facts with names in accented Latin letters."""
    return facts().renamed(ACCENTED, _ACCENTED_WORDS)


def flagged() -> Facts:
    """Give the facts as a tool exports them that shows its flag, but no due times, where a level is agreed.

    A flag knows no pending, so what is still open inside its limit is left out.
    """
    kept = [each for each in facts().tickets if not _is_pending_incident(each)]
    return replace(facts(), tickets=tuple(_with_flag(each) for each in kept))


def _with_flag(ticket: Ticket) -> Ticket:
    if ticket.kind == "request" or ticket.due is None:
        return ticket
    return replace(ticket, due=None, kept=ticket.resolved is not None and ticket.resolved <= ticket.due)


def _is_pending_incident(ticket: Ticket) -> bool:
    late = ticket.due is not None and ticket.due >= datetime.fromisoformat("2017-01-01")
    return ticket.kind != "request" and ticket.resolved is None and late


def _ticket(number: int, words: list[str]) -> Ticket:
    project, kind, at, allowed, taken, *cancelled = words
    created = datetime.fromisoformat(at)
    return Ticket(
        id=f"{_LETTERS[kind]}2016{number:03}",
        project=PROJECTS[int(project)],
        kind=kind,
        created=created,
        due=created + timedelta(minutes=int(allowed)),
        resolved=None if taken == "open" else created + timedelta(minutes=int(taken)),
        cancelled=bool(cancelled),
        title=_WORDS[number % len(_WORDS)],
    )


def _delivered(text: str) -> date | None:
    return None if text == "open" else date.fromisoformat(text)


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


#: Names of facts for the cases that need others than the usual ones.
VARIANTS: Mapping[str, Facts] = {
    "usual": facts(),
    "traditional": traditional(),
    "accented": accented(),
    "flagged": flagged(),
}
