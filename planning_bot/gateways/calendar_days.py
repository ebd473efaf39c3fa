"""Occurrences → days off: a whole-day event counts its days, a timed one its hours, of which eight are a day."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from planning_bot.domain.absence import WHOLE, Absence
from planning_bot.domain.capacity import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    from planning_bot.domain.capacity import Window

WORKING_SECONDS = 8 * 60 * 60
_DAY = timedelta(days=1)


def absences(
    occurrences: Iterable[tuple[frozenset[str], date, date]], source: str, window: Window, zone: ZoneInfo
) -> Iterator[Absence]:
    """Give the days off in the window. Timed events of one day add up, to one day at most."""
    seconds: dict[tuple[str, date], Fraction] = defaultdict(lambda: NOTHING)
    for members, start, end in occurrences:
        if isinstance(start, datetime) and isinstance(end, datetime):
            for day, part in _by_day(_in_zone(start, zone), _in_zone(end, zone), window):
                for username in members:
                    seconds[username, day] += part
        else:
            last = max(start, end - _DAY)  # DTEND is the day after; some programs repeat the day
            if start <= window.due_on and last >= window.start_on:
                yield from (Absence(username, start, last, WHOLE, source) for username in sorted(members))
    for (username, day), part in sorted(seconds.items()):
        yield Absence(username, day, day, min(WHOLE, part / WORKING_SECONDS), source)


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """Give a moment in the team's time zone; one without a zone is everybody's local time, so the team's."""
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _by_day(start: datetime, end: datetime, window: Window) -> Iterator[tuple[date, Fraction]]:
    """Split at midnights; a day has the seconds that really pass in it, also when clocks are changed."""
    day = max(start.date(), window.start_on)
    while day <= min(end.date(), window.due_on):
        begin = max(start, datetime.combine(day, time(), start.tzinfo))
        stop = min(end, datetime.combine(day + _DAY, time(), start.tzinfo))
        passed = stop.astimezone(UTC) - begin.astimezone(UTC)
        if passed > timedelta():
            yield day, Fraction(passed // timedelta(microseconds=1), 10**6)
        day += _DAY
