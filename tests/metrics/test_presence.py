"""Warnings of days on which a role is missing, and of weeks in which much of the team is away."""

from __future__ import annotations

from datetime import date
from typing import Any

from planning_bot.domain.absence import Absence
from planning_bot.domain.capacity import Window
from planning_bot.metrics.days import member_days
from planning_bot.metrics.presence import presence_warnings
from tests.builders import team

MILESTONE = Window(date(2026, 2, 14), date(2026, 3, 13))
BACK, FRONT = {"roles": ["backend"]}, {"roles": ["frontend"]}


def warnings(*absences: Absence, people: list[dict[str, Any]] | None = None, **capacity: Any) -> tuple[str, ...]:
    whole = team(members=people or [{"username": "ana", **BACK}, {"username": "ben", **BACK}], capacity=capacity)
    return presence_warnings(whole, member_days(whole, MILESTONE, absences, {}))


def away(username: str, first: str, last: str) -> Absence:
    return Absence(username, date.fromisoformat(first), date.fromisoformat(last))


def test_a_team_that_is_there_gives_no_warning() -> None:
    assert warnings() == ()


def test_days_on_which_nobody_of_a_role_is_there_are_joined_over_a_weekend() -> None:
    people = [{"username": "ana", **BACK}, {"username": "ben", **FRONT}]

    assert warnings(away("ana", "2026-02-19", "2026-02-23"), people=people)[0] == (
        "nobody with the role backend is there from 2026-02-19 to 2026-02-23"
    )


def test_one_of_a_role_is_enough() -> None:
    people = [{"username": name, **BACK} for name in ("ana", "ben", "cleo", "dora")]

    assert warnings(away("ana", "2026-02-19", "2026-02-19"), people=people) == ()


def test_a_day_off_of_everybody_is_no_news() -> None:
    assert warnings(days_off=["2026-02-18"]) == ()


def test_a_week_in_which_more_than_a_third_is_away_is_named_with_the_people() -> None:
    people = [{"username": name} for name in ("ana", "ben", "cleo")]
    monday_to_friday = ("2026-02-23", "2026-02-27")
    third = warnings(away("ana", *monday_to_friday), people=people)
    more = warnings(away("ana", *monday_to_friday), away("cleo", "2026-02-27", "2026-02-27"), people=people)

    assert third == ()
    assert more == ("more than a third of the team is away in the week of 2026-02-23: ana, cleo",)
