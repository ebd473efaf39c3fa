"""GitLab's calendar: the release is the third Thursday of a month (field guide, Milestones; since 16.6).

A milestone ends on the Friday before its release, and starts on the Saturday before the release before.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from dateutil.relativedelta import TH, relativedelta

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planning_bot.domain.milestone import DatedMilestone

_FOLLOWERS = 3


def expected_dates(due_on: date) -> tuple[date, date]:
    """Give the first and the last day of the milestone that ends in the month of a day, as the rule has them."""
    before = due_on.replace(day=1) - timedelta(days=1)
    return _release(before) - timedelta(days=5), _release(due_on) - timedelta(days=6)


def off_the_rule(milestones: Iterable[DatedMilestone]) -> tuple[DatedMilestone, ...]:
    """Name the milestones that differ from the rule; nobody's where most of them, or too few, follow it."""
    every = tuple(milestones)
    differ = tuple(m for m in every if (m.start_on, m.due_on) != expected_dates(m.due_on))
    followers = len(every) - len(differ)
    return differ if followers >= _FOLLOWERS and followers > len(differ) else ()


def _release(month: date) -> date:
    return month + relativedelta(day=1, weekday=TH(3))
