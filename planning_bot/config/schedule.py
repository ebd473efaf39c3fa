"""When ``planning-bot run`` carries a command out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from planning_bot.config.complaints import described, did_you_mean, unknown, wrong
from planning_bot.config.scalars import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planning_bot.config.complaints import KeyPath

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


def senseless(schedule: Mapping[str, When], commit_day: int) -> Iterator[tuple[KeyPath, str]]:
    """Find days on which a command could never be carried out, however long a milestone is."""
    for name, moment in schedule.items():
        from_start = moment.anchor == "start"
        from_due = moment.anchor == "due"
        if name in ("say-do", "close") and (not from_due or moment.offset_days < 1):
            yield (name,), f"{name} is for a milestone that has ended: write due + 1 or later, not {moment}"
        if name in ("readiness", "capacity", "deliverables") and (
            (from_start and moment.offset_days > commit_day) or (from_due and moment.offset_days >= 0)
        ):
            yield (name,), f"{name} is of no use after the freeze (start + {commit_day}): write an earlier day"
        if name in ("create-issue", "boards", "status") and from_due and moment.offset_days > 0:
            yield (name,), f"{name} is of no use after a milestone's due date: write an earlier day"


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
