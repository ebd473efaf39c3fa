"""Milestones of four and five weeks in five countries, counted on paper: the days are written out here."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from planning_bot.domain.absence import Absence
from planning_bot.domain.capacity import Window
from planning_bot.metrics.capacity import measure_capacity
from planning_bot.metrics.days import measure_days
from planning_bot.metrics.holidays import public_holidays
from tests.builders import FIELD_GUIDE, team

PLACES = {
    "NL": {"country": "NL"},
    "PL": {"country": "PL"},
    "US": {"country": "US"},
    "DE-BY": {"country": "DE", "subdivision": "BY"},
    "GB-ENG": {"country": "GB", "subdivision": "ENG"},
}

CHRISTMAS = ("2025-12-25", "2025-12-26", "2026-01-01")
EXPECTED = [
    # milestone, place, the public holidays that fall on its weekdays, working days left
    ("18.8", "NL", CHRISTMAS, 17),
    ("18.8", "PL", ("2025-12-24", *CHRISTMAS, "2026-01-06"), 15),
    ("18.8", "US", ("2025-12-25", "2026-01-01"), 18),
    ("18.8", "DE-BY", (*CHRISTMAS, "2026-01-06"), 16),
    ("18.8", "GB-ENG", CHRISTMAS, 17),
    ("18.9", "NL", (), 25),
    ("18.9", "US", ("2026-01-19",), 24),
    ("18.11", "PL", ("2026-04-06",), 19),
    ("18.11", "DE-BY", ("2026-04-03", "2026-04-06"), 18),
    ("18.11", "GB-ENG", ("2026-04-03", "2026-04-06"), 18),
    ("19.0", "NL", ("2026-04-27", "2026-05-14"), 23),
    ("19.0", "PL", ("2026-05-01",), 24),  # 3 May is a Sunday
    ("19.0", "US", (), 25),
    ("19.0", "DE-BY", ("2026-05-01", "2026-05-14"), 23),
    ("19.2", "US", ("2026-06-19", "2026-07-03"), 18),  # 4 July is a Saturday: the Friday before is off
    ("19.2", "PL", (), 20),
    ("19.6", "US", ("2026-10-12", "2026-11-11"), 23),
    ("19.6", "PL", ("2026-11-11",), 24),  # 1 November is a Sunday
    ("19.6", "DE-BY", (), 25),
    ("19.7", "US", ("2026-11-26",), 19),
    ("19.8", "US", ("2026-12-25", "2027-01-01"), 23),
    ("19.8", "GB-ENG", ("2026-12-25", "2026-12-28", "2027-01-01"), 22),  # 26 December is a Saturday
    ("19.8", "PL", ("2026-12-24", "2026-12-25", "2027-01-01", "2027-01-06"), 21),
]


def window(title: str) -> Window:
    first, last, _ = FIELD_GUIDE[title]
    return Window(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(("title", "place", "off", "left"), EXPECTED, ids=lambda value: str(value)[:20])
def test_the_days_of_a_milestone_are_those_of_the_calendar_on_the_wall(
    title: str, place: str, off: tuple[str, ...], left: int
) -> None:
    people = team(members=[{"username": "ana", **PLACES[place]}])

    found = public_holidays(people, window(title), "team.yml")
    days = measure_days(people, window(title), (), found.days)["ana"]

    on_weekdays = {day.isoformat() for day in found.days["ana"] if day.weekday() < 5}
    assert on_weekdays == set(off)
    assert (days.weekdays, days.holidays, days.available_days) == (FIELD_GUIDE[title][2], len(off), left)
    assert found.warnings == ()


def test_a_person_of_each_kind_in_a_milestone_over_christmas() -> None:
    """18.8 has 20 weekdays, from Monday 2025-12-15 to Friday 2026-01-09."""
    people = team(
        members=[
            {"username": "ana", "country": "NL"},
            {"username": "ben", "country": "PL", "allocation": 0.5},
            {"username": "cleo", "country": "US", "from": "2025-12-22"},
            {"username": "dora", "country": "DE", "subdivision": "BY", "until": "2025-12-31"},
        ],
        capacity={
            "days_off": ["2025-12-24"],
            "rotations": [{"label": "Support", "username": "ana", "from": "2025-12-15", "to": "2025-12-19"}],
        },
    )
    away = (
        Absence("ana", date(2025, 12, 18), date(2025, 12, 23)),
        Absence("ben", date(2025, 12, 29), date(2025, 12, 31), Fraction(1, 2)),
        Absence("cleo", date(2026, 1, 2), date(2026, 1, 2)),
    )

    days = measure_days(people, window("18.8"), away, public_holidays(people, window("18.8"), "team.yml").days)
    found = {member.username: member for member in measure_capacity(people, window("18.8"), days, {})}

    # 24, 25, 26 December and 1 January; 18, 19, 22, 23 December; support on 15, 16 and 17 December
    assert found["ana"].working == "20 weekdays − 4 holidays − 4 PTO − 3 rotation = 9 days ÷ 2 = 4.5"
    # 24, 25, 26 December, 1 and 6 January; three half days
    assert found["ben"].working == "20 weekdays − 5 holidays − 1.5 PTO = 13.5 days × 0.5 allocation ÷ 2 = 3.38"
    # 22 December to 9 January are 15 weekdays; 24, 25 December and 1 January; Friday 2 January
    assert found["cleo"].working == "15 weekdays − 3 holidays − 1 PTO = 11 days ÷ 2 = 5.5"
    # 15 to 31 December are 13 weekdays; 24, 25 and 26 December
    assert found["dora"].working == "13 weekdays − 3 holidays = 10 days ÷ 2 = 5"
    assert found["ben"].capacity_weight == Fraction(27, 8)
