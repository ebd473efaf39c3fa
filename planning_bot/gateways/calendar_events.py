"""A calendar's text → the time off of members, inside a window. What cannot be read of their events is an error."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from planning_bot.domain.absence import Unreadable
from planning_bot.errors import ConfigurationError
from planning_bot.gateways.calendar_checks import Found, check, problem
from planning_bot.gateways.calendar_days import absences
from planning_bot.gateways.calendar_outline import Block, outline
from planning_bot.gateways.calendar_rules import expand
from planning_bot.gateways.calendar_values import Names, span_of
from planning_bot.gateways.calendar_zones import Zones
from planning_bot.gateways.recurrence import Allowance
from planning_bot.gateways.time_off_rows import Findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from planning_bot.domain.capacity import Window
    from planning_bot.gateways.time_off_rows import People

MOST_EVENTS, MOST_DATES = 2_000, 20_000
_MARK = "X-PLANNING-BOT-BLOCK"
_HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:planning-bot\r\n"
_EDGE = timedelta(days=2)


def read_calendar(text: str, source: str, people: People, window: Window, zone: ZoneInfo) -> Findings:
    """Read the events of members. `zone` is the team's: its midnights split what is timed.

    Raises ConfigurationError with everything in the calendar, or in events of members, that cannot be read.
    """
    parts = outline(text, source)
    found = _events_of_members(parts.events, Names(people.members.values()))
    if not found:
        notice = f"{source}: no event names a member, neither in its title nor among those invited"
        return Findings(notices=(notice,) if parts.events else ())
    found = _near(found, window)
    _check_size(found, source)
    events = _parsed(found, Zones(parts.zones), source)
    check(found, events, source)
    _expand_all(found, events, source, window)
    return Findings(tuple(absences(_occurrences(found, events, source, window), source, window, zone)))


def _events_of_members(blocks: Sequence[Block], names: Names) -> list[Found]:
    """Find their events, and with each all others of its series, which may be changes of it."""
    members = [names.of(block) for block in blocks]
    series = {block.value("UID") for block, who in zip(blocks, members, strict=True) if who and block.value("UID")}
    pairs = zip(blocks, members, strict=True)
    return [Found(block, who) for block, who in pairs if who or block.value("UID") in series]


def _near(found: Sequence[Found], window: Window) -> list[Found]:
    """Leave out what is over or far ahead: single events between two days that can be read. Most of a calendar is."""
    sizes = Counter(each.block.value("UID") for each in found)
    first, last = window.start_on - _EDGE, window.due_on + _EDGE
    return [
        each
        for each in found
        if (each.block.value("UID") and sizes[each.block.value("UID")] > 1)
        or (span := span_of(each.block)) is None
        or (span[0] <= last and span[1] >= first)
    ]


def _check_size(found: Sequence[Found], source: str) -> None:
    dates = sum(
        len(value.split(",")) for each in found for key in ("RDATE", "EXDATE") for value in each.block.values(key)
    )
    if len(found) > MOST_EVENTS or dates > MOST_DATES:
        message = f"{len(found)} events of members with {dates} dates; at most {MOST_EVENTS} and {MOST_DATES} are read"
        raise ConfigurationError([Unreadable.at(source, source, "", message)])


def _parsed(found: Sequence[Found], zones: Zones, source: str) -> list[Any]:
    """Parse the events, in their order. Raises ConfigurationError with all that cannot be parsed."""
    texts = [_written(each.block, number, zones) for number, each in enumerate(found)]
    problems = [problem(source, found[n], name, why) for n, text in enumerate(texts) for name, why in text.unknown]
    if problems:
        raise ConfigurationError([*problems])
    try:
        return _events(zones.text() + "".join(text.text for text in texts))
    except ValueError:
        culprits = [each for each, text in zip(found, texts, strict=True) if not _can_be_parsed(zones, text)]
        told = [problem(source, each, "", "cannot be read") for each in culprits]
        raise ConfigurationError(
            [*told] or [Unreadable.at(source, source, "", "a time zone of the calendar cannot be read")]
        ) from None


def _can_be_parsed(zones: Zones, text: _Written) -> bool:
    try:
        return bool(_events(zones.text() + text.text))
    except ValueError:
        return False


def _events(text: str) -> list[Any]:
    """Parse events. Raises ValueError for whatever the library raises."""
    from icalendar import Calendar  # noqa: PLC0415 - only those who have a calendar wait for it

    try:
        return list(Calendar.from_ical(f"{_HEAD}{text}END:VCALENDAR\r\n").walk("VEVENT"))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError(type(error).__name__) from None


@dataclass(frozen=True)
class _Written:
    """An event written down again, with time zones that are known; those that are not, by property."""

    text: str
    unknown: tuple[tuple[str, str], ...]


def _written(block: Block, number: int, zones: Zones) -> _Written:
    lines, unknown = [], []
    for line, text in block.lines:
        try:
            lines.append((line, zones.known(text)))
        except ValueError as error:
            unknown.append((re.split("[;:]", text, maxsplit=1)[0].upper(), str(error)))
    lines += [] if block.value("UID") else [(block.line, f"UID:line-{block.line}")]
    marked = Block(block.name, block.line, [*lines, (block.line, f"{_MARK}:{number}")])
    return _Written(marked.text(), tuple(unknown))


def _expand_all(found: Sequence[Found], events: Sequence[Any], source: str, window: Window) -> None:
    allowance, problems = Allowance(), []
    for each, event in zip(found, events, strict=True):
        try:
            expand(event, each.block.value("RRULE"), window, allowance)
        except (ValueError, OverflowError) as error:
            problems.append(problem(source, each, "RRULE", str(error)))
    if problems:
        raise ConfigurationError([*problems])


def _occurrences(
    found: Sequence[Found], events: Sequence[Any], source: str, window: Window
) -> Iterator[tuple[frozenset[str], date, date]]:
    """Give whose each occurrence is, and when; changed, cancelled and transparent ones are told apart here."""
    import recurring_ical_events  # type: ignore[import-untyped]  # noqa: PLC0415 - only those who have a calendar wait
    from icalendar import Calendar  # noqa: PLC0415

    calendar = Calendar()
    calendar.subcomponents = list(events)
    begin = datetime.combine(window.start_on, time(), UTC) - _EDGE
    end = datetime.combine(window.due_on, time(), UTC) + _EDGE
    try:
        occurrences = recurring_ical_events.CalendarQuery(calendar).between(begin, end)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        message = f"its events cannot be followed ({type(error).__name__})"
        raise ConfigurationError([Unreadable.at(source, source, "", message)]) from None
    for event in occurrences:
        is_off = (
            str(event.get("STATUS", "")).upper() != "CANCELLED"
            and str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
        )
        if is_off:
            yield found[int(event[_MARK])].members, event["DTSTART"].dt, event["DTEND"].dt
