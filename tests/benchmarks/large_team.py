"""A team of thirty with a year of time off in three sources and five hundred issues, and what counting it takes."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from planning_bot.domain.absence import Absence
from planning_bot.domain.capacity import Window
from planning_bot.domain.issue import Issue, User
from planning_bot.domain.milestone import Calendar, Milestone
from planning_bot.metrics.holidays import public_holidays
from planning_bot.metrics.team_capacity import Attendance, TeamCapacity, measure_team
from planning_bot.planners.capacity import plan_capacity
from tests.builders import snapshot, team, words

if TYPE_CHECKING:
    from planning_bot.config import Team

SIZE = "capacity of 30 members, 12 months of time off in 3 sources, 500 issues"
COUNTRIES = ("NL", "PL", "US", "DE", "PT", "JP", "IN", "FR", "GB", "BR")
FIRST = date(2026, 1, 1)


def large_team() -> Team:
    """Give the team."""
    roles = ("backend", "frontend")
    members = [
        {"username": f"dev-{n:02}", "country": COUNTRIES[n % len(COUNTRIES)], "roles": [roles[n % 2]]}
        for n in range(30)
    ]
    rotations = [
        {"label": "Support", "username": f"dev-{n:02}", "from": "2026-02-16", "to": "2026-02-20", "share": 0.5}
        for n in range(0, 30, 5)
    ]
    return team(members=members, capacity={"rotations": rotations, "buffer": 0.1})


def a_year_of_time_off() -> tuple[Absence, ...]:
    """Give what three sources say: the first, the same once more, and half days now and then."""
    found = []
    for n in range(30):
        for month in range(12):
            start = FIRST + timedelta(days=30 * month + n)
            found += [
                Absence(f"dev-{n:02}", start, start + timedelta(days=3), source=name) for name in ("csv", "sheet")
            ]
            found.append(Absence(f"dev-{n:02}", start + timedelta(days=9), start + timedelta(days=9), Fraction(1, 2)))
    return tuple(found)


def milestones() -> Calendar:
    """Give a year of milestones."""
    start = date(2025, 12, 13)
    found = []
    for n in range(12):
        due = start + timedelta(days=27)
        found.append(Milestone(n + 1, f"18.{n}", start, due, ""))
        start = due + timedelta(days=1)
    return Calendar(tuple(found), r"\d+\.\d+")


def five_hundred_issues() -> tuple[Issue, ...]:
    """Give open issues of the team, spread over its milestones and members."""
    return tuple(
        Issue(
            id=n, iid=n, project_id=1, reference=f"acme/search/engine#{n}", web_url="", title=f"Issue {n}",
            description="", state="opened", author="mira", labels=frozenset({"group::search", "workflow::in dev"}),
            milestone_id=n % 4 or 3, milestone=f"18.{n % 4}", assignees=(User(n % 30, f"dev-{n % 30:02}"),),
            confidential=False, created_at=datetime(2025, 11, 1, tzinfo=UTC), weight=n % 6 or None,
        )
        for n in range(1, 501)
    )  # fmt: skip


def measure(people: Team, issues: tuple[Issue, ...], attendance: Attendance) -> TeamCapacity:
    """Count what the team can carry, and plan what is posted of it."""
    calendar = milestones()
    milestone = calendar.delivery[3]
    measured = measure_team(people, milestone, calendar, issues, attendance)
    plan_capacity(snapshot(milestone=milestone, calendar=calendar, open_issues=issues), people, words(), measured)
    return measured


def arithmetic() -> float:
    """Give the seconds that it takes, the best of five, once the countries' calendars are loaded."""
    people, issues = large_team(), five_hundred_issues()
    found = public_holidays(people, Window(FIRST, date(2026, 12, 31)), "team.yml")
    attendance = Attendance(a_year_of_time_off(), found.days)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        measure(people, issues, attendance)
        times.append(time.perf_counter() - started)
    return min(times)
