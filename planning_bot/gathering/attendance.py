"""Who is away when: time off from all sources, public holidays, and what past milestones came to."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import Window
from planning_bot.gateways.calendars import Calendars
from planning_bot.gateways.time_off import read_time_off
from planning_bot.gathering.past import look_at_velocity, recorded_weights, velocity_window
from planning_bot.metrics import presence
from planning_bot.metrics.days import member_days
from planning_bot.metrics.holidays import public_holidays
from planning_bot.metrics.team_capacity import Attendance

if TYPE_CHECKING:
    from datetime import date

    from planning_bot.config import Config, SheetTab, Team
    from planning_bot.domain.absence import Absence, Table
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.gateways.doors import Doors


def look_at_attendance(
    team: Team, config: Config, doors: Doors, snapshot: Snapshot, tried: tuple[Absence, ...] = ()
) -> Attendance:
    """Read who is away in the snapshot's milestone; `tried` are absences that are not written down anywhere.

    Raises ConfigurationError for time off that cannot be read, with every place; ServerError where servers failed.
    """
    is_velocity = team.capacity.formula == "velocity"
    milestone = Window(snapshot.milestone.start_on, snapshot.milestone.due_on)
    seen = _look(team, config, doors, velocity_window(team, snapshot) if is_velocity else milestone)
    absences = (*seen.absences, *tried)
    return Attendance(
        absences=absences,
        holidays=seen.holidays,
        notices=seen.notices,
        warnings=seen.warnings,
        past=look_at_velocity(team, doors.gitlab, snapshot, absences, seen.holidays) if is_velocity else None,
        completed=recorded_weights(team, doors.gitlab, snapshot),
    )


def away_in_week(team: Team, config: Config, doors: Doors, first: date, last: date) -> frozenset[str]:
    """Name the members who are not there on more than half of the weekdays from one day to another."""
    window = Window(first, last)
    weekdays = sum(1 for _ in window.weekdays)
    present = _days_present(team, config, doors, window)
    return frozenset(name for name, days in present.items() if 2 * days < weekdays)


def away_throughout(team: Team, config: Config, doors: Doors, first: date, last: date) -> frozenset[str]:
    """Name the members who are not there on any weekday from one day to another; nobody where there is none."""
    window = Window(first, last)
    seen = _look(team, config, doors, window)
    return presence.away_throughout(member_days(team, window, seen.absences, seen.holidays))


def _days_present(team: Team, config: Config, doors: Doors, window: Window) -> dict[str, Fraction]:
    seen = _look(team, config, doors, window)
    days = member_days(team, window, seen.absences, seen.holidays)
    return {name: sum((1 - day.pto for day in own if not day.holiday), Fraction(0)) for name, own in days.items()}


def _look(team: Team, config: Config, doors: Doors, window: Window) -> Attendance:
    def read_sheet(tab: SheetTab) -> Table:
        return doors.sheets.table(tab.key, tab.tab)

    calendars = Calendars(config.path.parent, os.environ)
    time_off = read_time_off(team, config, window, read_sheet=read_sheet, calendars=calendars)
    holidays = public_holidays(team, window, str(config.path))
    return Attendance(time_off.absences, holidays.days, time_off.notices, holidays.warnings)
