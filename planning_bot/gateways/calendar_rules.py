"""An event's rule of recurrence → the dates on which it recurs in a window, which is all that is ever expanded."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from planning_bot.gateways.calendar_values import read_moment
from planning_bot.gateways.recurrence_parts import parse_rule, split_rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planning_bot.domain.capacity import Window
    from planning_bot.gateways.recurrence import Allowance

_DAY = timedelta(days=1)
_TIMES = (("BYHOUR", "hour"), ("BYMINUTE", "minute"), ("BYSECOND", "second"))


def expand(event: Any, rule_text: str, window: Window, allowance: Allowance) -> None:
    """Put dates in the place of an event's rule. Raises ValueError for a rule that cannot be followed."""
    if not rule_text:
        return
    from icalendar.prop import vDDDLists  # noqa: PLC0415 - only those who have a calendar wait for it

    parts = split_rule(rule_text)
    start = event["DTSTART"].dt
    _check_times(parts, start)
    first = window.start_on - _length(event, start) - 2 * _DAY
    begin = start.date() if isinstance(start, datetime) else start
    days = parse_rule(parts).days(begin, first, window.due_on + 2 * _DAY, allowance)
    dates = [_on(day, start) for day in days]
    dates = [moment for moment in dates if _is_in_time(moment, parts.get("UNTIL"))]
    allowance.take(len(dates) * 10)  # to follow an occurrence takes longer than to look at a day
    del event["RRULE"]
    if dates:
        event.add("RDATE", vDDDLists(dates))


def _check_times(parts: Mapping[str, str], start: date) -> None:
    """Refuse several times a day, which is finer than daily; the event's own time may be repeated in its rule."""
    for key, name in _TIMES:
        own = getattr(start, name, 0)
        if key in parts and not (parts[key].isdigit() and int(parts[key]) == own):
            raise ValueError(f"{key}={parts[key][:20]} is finer than daily, which no time off is")


def _length(event: Any, start: date) -> timedelta:
    if "DTEND" in event:
        end = event["DTEND"].dt
        between = _utc(end) - _utc(start) if isinstance(start, datetime) else end - start
        return timedelta(days=between.days + 1)
    length: timedelta = event["DURATION"].dt if "DURATION" in event else _DAY
    return timedelta(days=length.days + 1)


def _on(day: date, start: date) -> date:
    return datetime.combine(day, start.timetz()) if isinstance(start, datetime) else day


def _is_in_time(moment: date, until: str | None) -> bool:
    """Whether a rule still holds: UNTIL is the last moment, and where either of the two is a day, the last day."""
    if until is None:
        return True
    last = read_moment(until)
    if len(until) == len("20241202") or not isinstance(moment, datetime):
        return (moment.date() if isinstance(moment, datetime) else moment) <= last.date()
    return _utc(moment) <= (_utc(last) if last.tzinfo else _utc(last.replace(tzinfo=moment.tzinfo)))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
