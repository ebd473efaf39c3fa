"""When ``planning-bot run`` carries a command out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from planning_bot.config.complaints import described, did_you_mean, unknown, wrong
from planning_bot.config.scalars import text

COMMANDS = ("create-issue", "boards", "readiness", "capacity", "deliverables", "status", "say-do", "close")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_OFFSET = 366

_RELATIVE = re.compile(r"(start|due)(?:\s*([+-])\s*([0-9]{1,3}))?")
_WEEKLY = re.compile(r"weekly\s+(\S+)")


@dataclass(frozen=True)
class When:
    """A day relative to a milestone's start or due date, or the same day of every week while it runs."""

    anchor: Literal["start", "due", "weekly"]
    offset_days: int = 0
    """Calendar days after the anchor; negative before it."""
    weekday: int | None = None
    """0 for Monday to 6 for Sunday; None unless weekly."""

    def __str__(self) -> str:
        if self.weekday is not None:
            return f"weekly {WEEKDAYS[self.weekday]}"
        return (
            f"{self.anchor} {self.offset_days:+d}".replace("+", "+ ").replace("-", "- ")
            if self.offset_days
            else self.anchor
        )


def when(value: Any) -> When:
    """Read ``start - 14``, ``due + 1``, ``start``, ``weekly monday``."""
    if isinstance(value, When):
        return value
    words = text(value).lower()
    if match := _WEEKLY.fullmatch(words):
        return _weekly(match[1])
    if (match := _RELATIVE.fullmatch(words)) and (days := int(match[3] or 0)) <= LONGEST_OFFSET:
        anchor: Literal["start", "due"] = "start" if match[1] == "start" else "due"
        return When(anchor, -days if match[2] == "-" else days)
    raise wrong(f"write a day such as 'start - 14', 'due + 1' or 'weekly monday'; found {described(value)}")


def _weekly(day: str) -> When:
    if day not in WEEKDAYS:
        hint = did_you_mean(day, WEEKDAYS) or "; write one such as monday"
        raise wrong(f"unknown day of the week {described(day)}{hint}")
    return When("weekly", weekday=WEEKDAYS.index(day))


def command(value: Any) -> str:
    """Read the name of a command that has its time."""
    if value not in COMMANDS:
        raise wrong(unknown("command", str(value), COMMANDS))
    return str(value)


Moment = Annotated[
    When,
    PlainValidator(when),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^ *([Ss]tart|[Dd]ue)( *[+-] *[0-9]{1,3})? *$|^ *[Ww]eekly +[A-Za-z]+ *$",
            "examples": ["start - 14", "due + 1", "weekly monday"],
        }
    ),
]
Command = Annotated[str, PlainValidator(command), WithJsonSchema({"enum": list(COMMANDS)})]
