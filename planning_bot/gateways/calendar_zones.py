"""Time zones of a calendar: names of this world where they can be known, else what the file itself defines.

Programs write `Europe/Berlin`, `W. Europe Standard Time`, `/example.org/Europe/Berlin` or a name of their own beside a
VTIMEZONE. Each gets a name that no other calendar of the run uses for something else.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from planning_bot.gateways.calendar_outline import Block
from planning_bot.gateways.calendar_values import read_moment
from planning_bot.gateways.recurrence import Allowance
from planning_bot.gateways.recurrence_parts import parse_rule, split_rule

if TYPE_CHECKING:
    from collections.abc import Iterable

_TZID = re.compile(r';TZID=("[^"]*"|[^;:]*)', re.IGNORECASE)
_MOST_CHANGES = 60
_NEXT_CHANGE = timedelta(days=366 * 8)


class Zones:
    """The time zones that a calendar's events may name."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._defined = {block.value("TZID").strip('"'): block for block in blocks}
        self._used: dict[str, Block] = {}

    def known(self, line: str) -> str:
        """Write a property with the name by which its time zone is known. Raises ValueError for an unknown one."""
        head, colon, value = line.partition(":")
        found = _TZID.search(line)
        if found is None:
            return line
        name = self._name(found[1].strip('"').strip())
        return line[: found.start()] + f";TZID={name}" + line[found.end() :] if head and colon and value else line

    def text(self) -> str:
        """Write down the definitions that were used."""
        return "".join(block.text() for block in self._used.values())

    def _name(self, name: str) -> str:
        definition = self._defined.get(name)
        location = definition.value("X-LIC-LOCATION").strip() if definition else ""
        for candidate in (name.strip("/"), _windows().get(name, ""), location, *_ends(name)):
            if candidate in _world():
                return candidate
        if definition is None:
            raise ValueError(f"the time zone {name[:40]!r} is unknown, and the calendar does not define it")
        return self._own(definition)

    def _own(self, definition: Block) -> str:
        name = f"own-{hashlib.sha256(definition.text().encode()).hexdigest()[:16]}"
        if name not in self._used:
            _check(definition)
            lines = [(line, text) for line, text in definition.lines if not text.upper().startswith("TZID")]
            self._used[name] = Block(definition.name, definition.line, [(0, f"TZID:{name}"), *lines], definition.inside)
        return name


def _check(definition: Block) -> None:
    """Refuse definitions that take long to follow. Raises ValueError."""
    what = f"the time zone {definition.value('TZID')[:40]!r} in line {definition.line}"
    if not 0 < len(definition.inside) <= _MOST_CHANGES:
        raise ValueError(f"{what} has {len(definition.inside)} changes of time; it may have 1 to {_MOST_CHANGES}")
    for change in definition.inside:
        rules = change.values("RRULE")
        try:
            start = read_moment(change.value("DTSTART"))
            for rule in rules:
                parts = split_rule(rule)
                if parts.get("FREQ") != "YEARLY" or not parse_rule(parts).days(
                    start.date(), start.date(), start.date() + _NEXT_CHANGE, Allowance()
                ):
                    raise ValueError("its rule is not one of a time zone")  # noqa: TRY301 - told with the others
        except (ValueError, OverflowError) as error:
            raise ValueError(f"{what} cannot be read: {error}") from None


def _ends(name: str) -> list[str]:
    """Give what may be the place in `/example.org/2024/Europe/Berlin`."""
    parts = name.strip("/").split("/")
    return ["/".join(parts[n:]) for n in range(1, min(len(parts), 6))]


@cache
def _world() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _windows() -> dict[str, str]:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - only calendars need it

    return dict(WINDOWS_TO_OLSON)
