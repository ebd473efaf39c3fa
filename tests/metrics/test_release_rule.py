"""GitLab's calendar, against the field guide's table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning_bot.domain.milestone import DatedMilestone
from planning_bot.metrics.release_rule import expected_dates, off_the_rule
from tests.builders import FIELD_GUIDE, dated

DAYS = st.dates(date(2023, 1, 1), date(2099, 12, 1))
ODD = DatedMilestone(7, "18.12", date(2026, 5, 16), date(2026, 6, 11))


@pytest.mark.parametrize("title", FIELD_GUIDE)
def test_the_field_guides_milestones_follow_the_rule(title: str) -> None:
    milestone = dated(title)

    assert expected_dates(milestone.due_on) == (milestone.start_on, milestone.due_on)


@given(DAYS)
def test_milestones_follow_one_another_without_a_gap_for_four_or_five_weeks(day: date) -> None:
    start_on, due_on = expected_dates(day)

    assert expected_dates(due_on) == (start_on, due_on)
    assert expected_dates(due_on + timedelta(days=31))[0] == due_on + timedelta(days=1)
    assert (due_on - start_on).days + 1 in {28, 35}
    assert (start_on.weekday(), due_on.weekday()) == (5, 4)


def test_the_one_that_differs_from_the_others_is_named() -> None:
    assert off_the_rule([dated("18.8"), dated("18.9"), dated("18.10"), ODD]) == (ODD,)


def test_where_few_follow_it_there_is_no_rule() -> None:
    assert off_the_rule([dated("18.8"), dated("18.9"), ODD]) == ()
    fortnights = [
        DatedMilestone(n, f"1.{n}", date(2026, 1, 5) + timedelta(14 * n), date(2026, 1, 18) + timedelta(14 * n))
        for n in range(8)
    ]
    assert off_the_rule([*fortnights, dated("18.8"), dated("18.9"), dated("18.10")]) == ()
    assert off_the_rule([]) == ()
