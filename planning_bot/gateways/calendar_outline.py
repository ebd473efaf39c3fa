"""The outline of an iCalendar file (RFC 5545): its events and time zones, line by line, before anything is parsed.

Only what decides about time off is kept of an event, so that odd alarms, attachments and timestamps of other programs
harm nobody; what is kept must be readable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from planning_bot.domain.absence import Unreadable
from planning_bot.errors import ConfigurationError

MOST_LINES, LONGEST_LINE, DEEPEST = 200_000, 20_000, 8
_WHEN = ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID")
_WHO = ("UID", "SEQUENCE", "STATUS", "TRANSP", "SUMMARY", "ATTENDEE", "ORGANIZER")
_KEPT = frozenset((*_WHEN, *_WHO))
_LINE = re.compile(r"""(?P<name>[A-Za-z0-9-]+)(?:;(?:[^":\x00-\x08]|"[^"]*")*)?:(?P<value>.*)""", re.DOTALL)


@dataclass
class Block:
    """A component of the file, from the line of its BEGIN on; `lines` are its own, unfolded, without their ends."""

    name: str
    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)
    inside: list[Block] = field(default_factory=list)

    def value(self, name: str) -> str:
        """Give the raw text of the first property of that name."""
        return next((found["value"] for found in self._properties(name)), "")

    def values(self, name: str) -> list[str]:
        """Give the raw text of all properties of that name."""
        return [found["value"] for found in self._properties(name)]

    def line_of(self, name: str) -> int:
        """Give the line of a property, or, where there is none, the component's."""
        return next((line for line, text in self.lines if _name(text) == name), self.line)

    def text(self) -> str:
        """Write the component down again."""
        own = [f"BEGIN:{self.name}", *(text for _, text in self.lines)]
        inside = "".join(block.text() for block in self.inside)
        return "".join(f"{line}\r\n" for line in own) + f"{inside}END:{self.name}\r\n"

    def _properties(self, name: str) -> list[re.Match[str]]:
        return [found for _, text in self.lines if _name(text) == name and (found := _LINE.fullmatch(text))]


@dataclass(frozen=True)
class Outline:
    """What a calendar consists of."""

    events: tuple[Block, ...]
    zones: tuple[Block, ...]


def outline(text: str, source: str) -> Outline:
    """Find the events and time zones. Raises ConfigurationError where the text is no whole calendar."""
    stack = [root := Block("", 1)]
    for line, content in _unfolded(text, source):
        found = _LINE.fullmatch(content)
        if found is None:
            raise _broken(source, line, "no line of a calendar: it has no name and value")
        _place(source, stack, line, content, (found["name"].upper(), found["value"].strip().upper()))
    if len(stack) > 1:
        raise _broken(source, stack[-1].line, f"{stack[-1].name} has no END: the calendar is cut off")
    calendars = root.inside
    if not calendars or root.lines or any(block.name != "VCALENDAR" for block in calendars):
        raise _broken(source, calendars[0].line if calendars else 1, "not a calendar: no BEGIN:VCALENDAR")
    parts = [block for calendar in calendars for block in calendar.inside]
    zones = tuple(block for block in parts if block.name == "VTIMEZONE")
    return Outline(tuple(_slim(block) for block in parts if block.name == "VEVENT"), zones)


def _unfolded(text: str, source: str) -> list[tuple[int, str]]:
    """Join lines that were folded: those that begin with a space or a tab go on with the line before."""
    lines = re.split(r"\r\n|\n|\r", text)
    if len(lines) > MOST_LINES:
        raise _broken(source, MOST_LINES, f"more than {MOST_LINES} lines")
    joined: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines, 1):
        if line[:1] in {" ", "\t"} and joined:
            joined[-1][1].append(line[1:])
        elif line.strip():
            joined.append((number, [line]))
    return [(number, "".join(parts)) for number, parts in joined]


def _place(source: str, stack: list[Block], line: int, content: str, found: tuple[str, str]) -> None:
    match found:
        case "BEGIN", name:
            if len(stack) > DEEPEST:
                raise _broken(source, line, "components are nested too deep")
            block = Block(name, line)
            stack[-1].inside.append(block)
            stack.append(block)
        case "END", name:
            if len(stack) == 1 or stack[-1].name != name:
                raise _broken(source, line, f"END of {name[:40]!r}, which was not begun or holds what was not ended")
            stack.pop()
        case _:
            if len(content) > LONGEST_LINE and _name(content) in _KEPT:
                raise _broken(source, line, f"longer than {LONGEST_LINE} characters")
            stack[-1].lines.append((line, content))


def _slim(event: Block) -> Block:
    return Block(event.name, event.line, [(line, text) for line, text in event.lines if _name(text) in _KEPT])


def _name(text: str) -> str:
    return text.partition(":")[0].partition(";")[0].upper()


def _broken(source: str, line: int, message: str) -> ConfigurationError:
    return ConfigurationError([Unreadable.at(source, f"{source}:{line}", "", message)])
