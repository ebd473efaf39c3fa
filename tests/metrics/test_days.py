"""What is taken from a member's days, in which order."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.absence import Absence
from planning_bot.domain.capacity import MemberDays, Window
from planning_bot.metrics.days import measure_days
from tests.builders import team

if TYPE_CHECKING:
    from random import Random

FIRST = date(2026, 2, 14)  # the Saturday on which 18.10 starts
MILESTONE = Window(FIRST, date(2026, 3, 13))
HALF = Fraction(1, 2)


def day(number: int) -> date:
    """Give a day of the milestone; 0 is its first Saturday, 2 its first Monday."""
    return FIRST + timedelta(days=number)


def away(first: int, last: int, share: Fraction = Fraction(1), username: str = "ana") -> Absence:
    return Absence(username, day(first), day(last), share)


def days_of_ana(*absences: Absence, holidays: frozenset[date] = frozenset(), **settings: object) -> MemberDays:
    return measure_days(team(**settings), MILESTONE, absences, {"ana": holidays})["ana"]


def support(first: int, last: int, share: float = 1.0, label: str = "Support") -> dict[str, object]:
    return {"label": label, "username": "Ana", "from": str(day(first)), "to": str(day(last)), "share": share}


def test_a_milestone_of_four_weeks_has_twenty_days() -> None:
    assert days_of_ana() == MemberDays(weekdays=20)


def test_the_last_day_of_an_absence_is_off_and_its_weekends_do_not_count() -> None:
    assert days_of_ana(away(2, 9)).pto_days == 6  # Monday to the Monday after


def test_time_off_on_a_holiday_is_a_holiday() -> None:
    days = days_of_ana(away(2, 6), holidays=frozenset({day(2), day(0)}), capacity={"days_off": [str(day(3))]})

    assert (days.holidays, days.pto_days, days.available_days) == (2, 3, 15)


def test_of_several_entries_for_a_day_the_largest_counts() -> None:
    assert days_of_ana(away(2, 2, HALF), away(2, 3, Fraction(1, 4)), away(2, 2, HALF)).pto_days == Fraction(3, 4)


def test_a_tenth_and_two_tenths_are_three_tenths() -> None:
    days = days_of_ana(away(2, 2, Fraction("0.1")), away(3, 3, Fraction("0.2")))

    assert days.pto_days == Fraction(3, 10)


def test_a_rotation_takes_its_share_of_what_is_left_of_each_day() -> None:
    days = days_of_ana(away(2, 2, HALF), capacity={"rotations": [support(2, 3, 0.5)]})

    assert (days.pto_days, days.rotation_days, days.available_days) == (HALF, Fraction(3, 4), Fraction(75, 4))


def test_rotations_of_one_day_add_up_to_the_whole_day_at_most() -> None:
    turns = [support(2, 2, 0.7), support(2, 2, 0.7, "On call")]

    assert days_of_ana(capacity={"rotations": turns}).rotation_days == 1


def test_somebody_who_joins_on_a_day_and_leaves_on_another_is_there_on_both() -> None:
    members = [{"username": "ana", "from": str(day(2)), "until": str(day(4)), "allocation": 0.1}]

    days = days_of_ana(members=members)

    assert (days.weekdays, days.available_days) == (3, Fraction(3, 10))


def test_somebody_who_was_not_there_yet_has_no_days() -> None:
    assert days_of_ana(away(2, 9), members=[{"username": "ana", "from": "2027-01-01"}]) == MemberDays()


def test_a_username_is_one_in_any_case() -> None:
    assert days_of_ana(away(2, 2, username="ANA")).pto_days == 1


def test_of_a_milestone_that_is_over_nothing_is_left() -> None:
    assert measure_days(team(), MILESTONE.starting(date(2026, 3, 14)), (), {})["ana"] == MemberDays()


SHARES = st.integers(0, 10).map(lambda tenths: Fraction(tenths, 10))
ABSENCES = st.builds(
    lambda first, length, share, username: away(first, first + length, share, username),
    st.integers(-10, 35),
    st.integers(0, 12),
    SHARES,
    st.sampled_from(["ana", "kenji"]),
)
MANY = st.lists(ABSENCES, max_size=12)
TEAM = team(
    members=[{"username": "ana", "allocation": 0.7}, {"username": "kenji"}],
    capacity={"days_off": ["2026-02-20"], "rotations": [support(5, 12, 0.3), support(9, 20, 0.4, "On call")]},
)


def measured(absences: list[Absence], window: Window = MILESTONE) -> dict[str, MemberDays]:
    return measure_days(TEAM, window, absences, {"kenji": frozenset({date(2026, 3, 9)})})


@given(MANY, ABSENCES)
def test_more_time_off_never_gives_more_days(some: list[Absence], one_more: Absence) -> None:
    before, after = measured(some), measured([*some, one_more])

    assert all(after[name].available_days <= before[name].available_days for name in before)


@given(MANY, st.randoms())
def test_the_order_of_entries_and_their_repetition_make_no_difference(some: list[Absence], random: Random) -> None:
    shuffled = random.sample(some, len(some)) + some[:3]

    assert measured(shuffled) == measured(some)


@given(MANY)
def test_nobody_has_less_than_no_days(some: list[Absence]) -> None:
    for days in measured(some).values():
        parts = (days.holidays, days.pto_days, days.rotation_days, days.available_days)
        assert min(parts) >= 0
        assert days.weekdays == days.holidays + days.pto_days + days.rotation_days + days.present_days


@given(MANY, st.integers(-2, 30))
def test_the_days_of_two_windows_side_by_side_add_up(some: list[Absence], cut: int) -> None:
    whole, rest = measured(some), measured(some, MILESTONE.starting(day(cut)))
    begun = measured(some, Window(FIRST, min(day(cut) - timedelta(days=1), MILESTONE.due_on)))

    for name, days in whole.items():
        for part in ("weekdays", "holidays", "pto_days", "rotation_days", "available_days"):
            assert getattr(begun[name], part) + getattr(rest[name], part) == getattr(days, part)
