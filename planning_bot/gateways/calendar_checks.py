"""What an event must say so that its days can be counted; everything that is wrong with it, at its line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from planning_bot.domain.absence import Unreadable
from planning_bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planning_bot.gateways.calendar_outline import Block

_ONCE = ("DTSTART", "DTEND", "DURATION", "RRULE", "RECURRENCE-ID", "UID", "STATUS", "TRANSP", "SEQUENCE")
_KINDS = {"DTSTART": date, "DTEND": date, "RECURRENCE-ID": date, "DURATION": timedelta, "RDATE": date, "EXDATE": date}
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True)
class Found:
    """An event of members, as it stands in the file."""

    block: Block
    members: frozenset[str]


def check(found: Sequence[Found], events: Sequence[Any], source: str) -> None:
    """Raise ConfigurationError with everything in the events of members that makes no sense."""
    problems = [
        problem(source, each, key, message)
        for each, event in zip(found, events, strict=True)
        for key, message in _mistakes(each.block, event)
    ]
    problems += [problem(source, each, "UID", message) for each, message in _contradictions(found)]
    if problems:
        raise ConfigurationError([*problems])


def _mistakes(block: Block, event: Any) -> Iterator[tuple[str, str]]:
    """Find what is wrong with an event, by property; what depends on values only where these can be read."""
    if unreadable := [*_unreadable(block, event)]:
        yield from unreadable
        return
    if "DTEND" in event and "DURATION" in event:
        yield "DURATION", "stands beside DTEND; one of them is right"
    if block.values("EXRULE"):
        yield "EXRULE", "is not understood; write the exceptions as EXDATE"
    start, end = event["DTSTART"].dt, _end(event)
    if end is None:
        yield "DURATION", "is too long"
    elif isinstance(start, datetime) != isinstance(end, datetime):
        yield "DTEND", "is a day where DTSTART is a time, or a time where DTSTART is a day"
    elif not (_FIRST_YEAR <= start.year <= _LAST_YEAR and _FIRST_YEAR <= end.year <= _LAST_YEAR):
        yield "DTSTART", f"is not in the years {_FIRST_YEAR} to {_LAST_YEAR}"
    elif _instant(end) < _instant(start):
        yield "DTEND", "is before DTSTART"


def _unreadable(block: Block, event: Any) -> Iterator[tuple[str, str]]:
    yield from ((name, "stands twice") for name in _ONCE if len(block.values(name)) > 1)
    yield from ((name or "", "cannot be read") for name, _ in event.errors)
    if event.errors:
        return  # the library's broken values give nothing to look at
    if "DTSTART" not in event:
        yield "DTSTART", "is missing: the event has no beginning"
    yield from ((name, "cannot be read") for name in _KINDS if name in event and not _is_of_its_kind(event[name], name))


def _contradictions(found: Sequence[Found]) -> Iterator[tuple[Found, str]]:
    """Find events that claim to be the same one, and are not: one of them would be lost."""
    seen: dict[tuple[str, str, str], Found] = {}
    for each in found:
        block = each.block
        key = (block.value("UID"), block.value("RECURRENCE-ID"), block.value("SEQUENCE"))
        first = seen.setdefault(key, each)
        if (
            key[0]
            and first is not each
            and [text for _, text in first.block.lines] != [text for _, text in block.lines]
        ):
            yield each, f"is that of the event in line {first.block.line}, which says something else"


def _end(event: Any) -> Any:
    start = event["DTSTART"].dt
    if "DTEND" in event:
        return event["DTEND"].dt
    if "DURATION" in event:
        length = event["DURATION"].dt
        try:
            # A day plus hours would be a day again, and the mistake would not be seen.
            return datetime.combine(start, time()) if _is_day(start) and length.seconds else start + length
        except OverflowError:
            return None
    return start


def _is_of_its_kind(found: Any, name: str) -> bool:
    """Whether a property is what its name says, whatever it says of itself with VALUE."""
    values = found if isinstance(found, list) else [found]
    if name in {"RDATE", "EXDATE"}:
        return all(hasattr(value, "dts") for value in values)
    return all(isinstance(getattr(value, "dt", None), _KINDS[name]) for value in values)


def _is_day(moment: Any) -> bool:
    return isinstance(moment, date) and not isinstance(moment, datetime)


def _instant(moment: date) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def problem(source: str, found: Found, key: str, message: str) -> Unreadable:
    """Say what is wrong with an event: whose it is and where it stands, but not what it is about."""
    who = " and ".join(sorted(found.members)) or "members"
    place = f"{source}:{found.block.line_of(key)}"
    return Unreadable.at(
        source, place, f"event of {who}, {found.block.value('DTSTART')[:16]}", f"{key} {message}".strip()
    )
