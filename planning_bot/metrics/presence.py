"""Presence: days on which a role is missing, and weeks in which much of the team is away."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from itertools import zip_longest
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planning_bot.config import Team
    from planning_bot.metrics.days import Day

AWAY = Fraction(1, 3)
"""A week in which more than this part of the team's days is time off is worth a warning."""


def presence_warnings(team: Team, days: Mapping[str, Sequence[Day]]) -> tuple[str, ...]:
    """Give the warnings for the days of every member (see `member_days`), roles first, in the order of the dates."""
    return (*_missing_roles(team, days), *_quiet_weeks(days))


def away_throughout(days: Mapping[str, Sequence[Day]]) -> frozenset[str]:
    """Name the members who are not there on any of the days; nobody where there is none."""
    is_asked = any(days.values())
    return frozenset(name for name, own in days.items() if is_asked and not any(day.is_present for day in own))


def _missing_roles(team: Team, days: Mapping[str, Sequence[Day]]) -> Iterator[str]:
    present: dict[date, set[str]] = defaultdict(set)
    working: set[date] = set()
    roles = {member.username: member.roles if member.allocation else () for member in team.members}
    for username, own in days.items():
        for day in own:
            working |= set() if day.holiday else {day.on}
            present[day.on] |= set(roles[username]) if day.is_present else set()
    for role in dict.fromkeys(role for own in roles.values() for role in own):
        missing = [day for day in sorted(working) if role not in present[day]]
        for first, last in _runs(missing):
            when = f"on {first}" if first == last else f"from {first} to {last}"
            yield f"nobody with the role {role} is there {when}"


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Join working days that follow one another, be there a weekend between them or not."""
    start = None
    for day, following in zip_longest(days, days[1:]):
        start = start or day
        if following is None or following > day + timedelta(days=3 if day.weekday() == 4 else 1):  # noqa: PLR2004
            yield start, day
            start = None


def _quiet_weeks(days: Mapping[str, Sequence[Day]]) -> Iterator[str]:
    working: dict[date, int] = defaultdict(int)
    off: dict[date, Fraction] = defaultdict(lambda: NOTHING)
    away: dict[date, dict[str, None]] = defaultdict(dict)
    for username, own in days.items():
        for day in own:
            monday = day.on - timedelta(days=day.on.weekday())
            working[monday] += not day.holiday
            off[monday] += day.pto
            if day.pto:
                away[monday][username] = None
    for monday in sorted(off):
        if off[monday] > AWAY * working[monday]:
            yield f"more than a third of the team is away in the week of {monday}: {', '.join(away[monday])}"
