"""A clock worked out, line by line: the rule, the days, the sum, the due moment, the stop."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from opskpi.model.diaries import LeftOut, ServiceDay
from opskpi.model.explanations import Clock
from opskpi.renderers.sections import Columns, Line
from opskpi.wording import Message, message

#: So many unusual days of those left out are named.
_UNUSUAL = 6


def clock_lines(clock: Clock, language: str, level: int) -> Iterator[Line | Columns]:
    """Work a clock out for people."""

    def said(key: str, **values: object) -> Line:
        return Line(message(key, **values).text(language), level)

    yield said("clock_rule", rule=clock.rule, fits=clock.fits, calendar=clock.calendar, limit=clock.limit)
    yield _days(clock, language, level)
    for pause in clock.pauses:
        if pause.begin or pause.end:
            begin, end = ("…" if each is None else moment(each) for each in (pause.begin, pause.end))
            yield said("clock_pause", begin=begin, end=end, length=duration(pause.length))
    yield Line(_sum(clock).text(language), level)
    yield Line(_end(clock).text(language), level)
    if clock.estimated:
        yield said("clock_estimated")


def duration(length: timedelta) -> Message:
    """Say how long, in hours and minutes, and in seconds where there are some."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if seconds:
        return message("duration_seconds", hours=hours, minutes=minutes, seconds=seconds)
    return message("duration_minutes", hours=hours, minutes=minutes)


def moment(value: datetime) -> str:
    """Write a moment to the minute, or to the second where it has some."""
    return value.isoformat(" ", "seconds" if value.second or value.microsecond else "minutes")


def _days(clock: Clock, language: str, level: int) -> Columns:
    """List the days with their windows and service."""
    diary = clock.diary
    rows = [_day(each, language) for each in diary.first]
    if diary.left_out:
        rows.append(("…", *_left_out(diary.left_out, language)))
    rows += [_day(each, language) for each in diary.last]
    total = message("clock_sum").text(language), "", "", duration(diary.served).text(language)
    return Columns((*rows, total), frozenset({3}), level + 1)


def _day(day: ServiceDay, language: str) -> tuple[str, ...]:
    weekday = message(f"weekday_{day.day.weekday()}").text(language)
    windows = ", ".join(f"{_hour(opens, day)}–{_hour(closes, day)}" for opens, closes in day.windows)
    used = duration(day.served) if day.windows else message("duration_none")
    return f"{day.day.isoformat()} {weekday}", _kind(day).text(language), windows, used.text(language)


def _hour(value: datetime, day: ServiceDay) -> str:
    """Write a time of day; midnight at the end of the day is 24:00, later ones name how many days on."""
    later = (value.date() - day.day).days
    text = value.time().isoformat("seconds" if value.second else "minutes")
    if later == 1 and text == "00:00":
        return "24:00"
    return text if later == 0 else f"{text} ({later:+d})"


def _left_out(left: LeftOut, language: str) -> tuple[str, str, str]:
    count = message("clock_left_out", days=left.days, serving=left.serving).text(language)
    return count, _unusual(left.unusual, language), duration(left.served).text(language)


def _unusual(days: Sequence[ServiceDay], language: str) -> str:
    """Name the holidays and make-up days among those left out."""
    named = [f"{day.day.strftime('%m-%d')} {_kind(day).text(language)}" for day in days[:_UNUSUAL]]
    more = [message("more_days", count=len(days) - _UNUSUAL).text(language)] if len(days) > _UNUSUAL else []
    return ", ".join([*named, *more])


def _kind(day: ServiceDay) -> Message:
    return message(f"day_{day.kind}", name=day.name) if day.kind == "holiday" else message(f"day_{day.kind}")


def _sum(clock: Clock) -> Message:
    """Say what the service of the days comes to: the limit and the pauses, or less where it stopped before."""
    if clock.workdays is None and clock.stop is not None and clock.stop < clock.due:
        return message("clock_due_later", limit=clock.limit, due=moment(clock.due))
    key = "clock_due" if clock.workdays is None else "clock_due_workdays"
    values = {"limit": clock.limit, "due": moment(clock.due)}
    if clock.pauses:
        return message(f"{key}_paused", **values, paused=duration(clock.paused))
    return message(key, **values)


def _end(clock: Clock) -> Message:
    """Say when it stopped, or that it has not, and how much service that leaves or exceeds."""
    used, room, done = _used(clock), _room(clock), message(f"leg_{clock.leg}")
    if clock.stop is None:
        return message("clock_open", done=done, used=used, room=room)
    return message("clock_stopped", stop=moment(clock.stop), done=done, used=used, room=room)


def _room(clock: Clock) -> Message:
    if clock.over > timedelta():
        return message("clock_over", over=duration(clock.over))
    if clock.stop is not None and clock.stop > clock.due:
        return message("clock_over_at_rest")
    return message("clock_left", left=duration(clock.left))


def _used(clock: Clock) -> Message:
    """Say the service used, pauses taken off."""
    if not clock.pauses:
        return message("clock_used", used=duration(clock.used))
    net = max(clock.used - clock.paused, timedelta())
    return message("clock_used_paused", used=duration(clock.used), paused=duration(clock.paused), net=duration(net))
