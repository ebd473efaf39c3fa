"""Days: who is there on how many of them. The rules stand in the README under "How capacity is counted"."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planning_bot.domain.absence import WHOLE, shares_off
from planning_bot.domain.capacity import NOTHING, MemberDays, exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from fractions import Fraction

    from planning_bot.config import Member, Rotation, Team
    from planning_bot.domain.absence import Absence
    from planning_bot.domain.capacity import Window


@dataclass(frozen=True)
class Day:
    """One weekday of a member: what each reason takes of it, in the order in which they are asked."""

    on: date
    holiday: bool
    pto: Fraction
    rotation: Fraction

    @property
    def is_present(self) -> bool:
        """Whether the member is there at all, be it for other work."""
        return not self.holiday and self.pto < WHOLE


def measure_days(
    team: Team, window: Window, absences: Iterable[Absence], holidays: Mapping[str, frozenset[date]]
) -> dict[str, MemberDays]:
    """Count each member's days in a window, in the order of the configuration, by username.

    `holidays` are the public holidays by username (see `public_holidays`). Milestone or what is left of one makes no
    difference: the days of two windows side by side add up to those of both.
    """
    days = member_days(team, window, absences, holidays)
    return {member.username: _sum(member, days[member.username]) for member in team.members}


def member_days(
    team: Team, window: Window, absences: Iterable[Absence], holidays: Mapping[str, frozenset[date]]
) -> dict[str, tuple[Day, ...]]:
    """Give the weekdays on which each member is in the team, by username."""
    away: dict[str, list[Absence]] = defaultdict(list)
    for absence in absences:
        away[absence.username.casefold()].append(absence)
    off = frozenset(team.capacity.days_off)
    return {
        member.username: _days(
            member,
            window,
            away[member.username.casefold()],
            off | holidays.get(member.username, frozenset()),
            [turn for turn in team.capacity.rotations if turn.username.casefold() == member.username.casefold()],
        )
        for member in team.members
    }


def _days(
    member: Member, window: Window, away: Sequence[Absence], off: frozenset[date], turns: Sequence[Rotation]
) -> tuple[Day, ...]:
    shares = shares_off(away, window.start_on, window.due_on)
    return tuple(_day(day, shares, off, turns) for day in window.weekdays if _in_team(member, day))


def _in_team(member: Member, day: date) -> bool:
    return (member.from_on is None or member.from_on <= day) and (member.until_on is None or day <= member.until_on)


def _day(day: date, shares: Mapping[date, Fraction], off: frozenset[date], turns: Sequence[Rotation]) -> Day:
    if day in off:
        return Day(day, holiday=True, pto=NOTHING, rotation=NOTHING)
    pto = shares.get(day, NOTHING)
    other = sum((exact(turn.share) for turn in turns if turn.from_on <= day <= turn.to_on), NOTHING)
    return Day(day, holiday=False, pto=pto, rotation=(WHOLE - pto) * min(WHOLE, other))


def _sum(member: Member, days: Sequence[Day]) -> MemberDays:
    return MemberDays(
        weekdays=len(days),
        holidays=sum(day.holiday for day in days),
        pto_days=sum((day.pto for day in days), NOTHING),
        rotation_days=sum((day.rotation for day in days), NOTHING),
        allocation=exact(member.allocation),
    )
