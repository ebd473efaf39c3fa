"""Short ways to write down calendars and CSV files, and to read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from planning_bot.domain.capacity import Window
from planning_bot.errors import ConfigurationError
from planning_bot.gateways.calendar_events import read_calendar
from planning_bot.gateways.tables import read_csv
from planning_bot.gateways.time_off_rows import Findings, People, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planning_bot.domain.absence import Absence

PEOPLE = People({"ana": "ana", "igor.drozdov": "igor.drozdov"}, frozenset({"ana", "igor.drozdov", "kenji"}))
WINDOW = Window(date(2025, 12, 13), date(2026, 1, 9))
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True)
class Off:
    """A day off as tests compare it: the part of it as people write it."""

    username: str
    days: str
    share: str = "1"


def shown(absences: tuple[Absence, ...]) -> list[Off]:
    """Give absences as tests compare them; a single day is that day."""
    return [
        Off(a.username, str(a.from_on) if a.from_on == a.to_on else f"{a.from_on}..{a.to_on}", str(a.share))
        for a in absences
    ]


def event(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in ("BEGIN:VEVENT", *lines, "END:VEVENT"))


def calendar(*events: str, head: str = "") -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{''.join(events)}END:VCALENDAR\r\n"


def read_ics(*events: str, head: str = "", zone: ZoneInfo = AMSTERDAM) -> Findings:
    return read_calendar(calendar(*events, head=head), "team.ics", PEOPLE, WINDOW, zone)


def off(*events: str, head: str = "", zone: ZoneInfo = AMSTERDAM) -> list[Off]:
    """Give the days off of a calendar of these events."""
    return shown(read_ics(*events, head=head, zone=zone).absences)


def rows(folder: Path, content: str | bytes) -> Findings:
    """Read a CSV file of this content."""
    path = folder / "team.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_rows(read_csv(path, "team.csv"), PEOPLE)


def complaints(read: Callable[[], object]) -> list[str]:
    """Give what is wrong, place by place."""
    with pytest.raises(ConfigurationError) as caught:
        read()
    return [str(problem) for problem in caught.value.problems]
