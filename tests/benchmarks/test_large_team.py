from __future__ import annotations

import pytest

from planning_bot.domain.capacity import Window
from planning_bot.metrics.holidays import public_holidays
from planning_bot.metrics.team_capacity import Attendance
from tests.benchmarks.large_team import (
    FIRST,
    a_year_of_time_off,
    arithmetic,
    five_hundred_issues,
    large_team,
    measure,
    milestones,
)


@pytest.mark.nightly  # a machine that does something else besides takes longer, and nothing is wrong
def test_the_arithmetic_of_a_large_team_takes_less_than_a_tenth_of_a_second() -> None:
    assert arithmetic() < 0.1


def test_what_is_measured_is_a_large_team() -> None:
    people, issues, away = large_team(), five_hundred_issues(), a_year_of_time_off()
    window = Window(FIRST, milestones().delivery[-1].due_on)
    measured = measure(people, issues, Attendance(away, public_holidays(people, window, "team.yml").days))
    assert (len(measured.members), len(issues), len(away)) == (30, 500, 1080)
    assert sum(member.days.pto_days for member in measured.members) > 50
    assert sum(member.load.carryover_weight for member in measured.members) > 300
