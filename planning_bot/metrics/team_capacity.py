"""What a team can carry in a milestone: days, load and weight of each member, from one look at all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import NOTHING, Window, exact
from planning_bot.metrics.capacity import measure_capacity
from planning_bot.metrics.days import measure_days, member_days
from planning_bot.metrics.load import measure_load, remaining_share
from planning_bot.metrics.presence import presence_warnings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from planning_bot.config import Team
    from planning_bot.domain.absence import Absence
    from planning_bot.domain.capacity import MemberCapacity, Past, PastRow
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.milestone import Calendar, DatedMilestone


@dataclass(frozen=True)
class Attendance:
    """Who is away when: time off from all sources, public holidays by username, and what past milestones came to.

    `past` is what `velocity` divides, `completed` the weight of the last milestones where it is recorded.
    """

    absences: tuple[Absence, ...] = ()
    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    past: Past | None = None
    completed: tuple[PastRow, ...] = ()


@dataclass(frozen=True)
class Stage:
    """Carried-over work at one stage: its issues, and the weight that is still to be done of it."""

    name: str
    issues: tuple[str, ...]
    weight: Fraction


@dataclass(frozen=True)
class TeamCapacity:
    """What each member can take on, the work that they carry over by stage, and what one should know."""

    members: tuple[MemberCapacity, ...]
    carried_over: tuple[Stage, ...] = ()
    warnings: tuple[str, ...] = ()
    past: tuple[PastRow, ...] = ()

    @property
    def pto_days(self) -> Fraction:
        """Days of time off of all members."""
        return sum((member.days.pto_days for member in self.members), NOTHING)


def measure_team(
    team: Team,
    milestone: DatedMilestone,
    calendar: Calendar,
    open_issues: tuple[Issue, ...],
    attendance: Attendance,
    since: date | None = None,
) -> TeamCapacity:
    """Measure a team's capacity in a milestone, or in what is left of it `since` a day.

    Raises UsageError where the team's formula has nothing to divide by.
    """
    whole = Window(milestone.start_on, milestone.due_on)
    window = whole.starting(since) if since else whole
    earlier = earlier_issues(milestone, calendar, open_issues)
    planned = [issue for issue in open_issues if issue.milestone_id == milestone.id]
    days = measure_days(team, window, attendance.absences, attendance.holidays)
    members = measure_capacity(team, whole, days, measure_load(team, earlier, planned), attendance.past)
    presence = member_days(team, window, attendance.absences, attendance.holidays)
    warnings = (*attendance.notices, *presence_warnings(team, presence))
    return TeamCapacity(members, _stages(team, earlier), warnings, attendance.completed)


def earlier_issues(milestone: DatedMilestone, calendar: Calendar, open_issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """Give the open issues of earlier delivery milestones: what is carried over, once somebody is assigned."""
    before = {m.id for m in calendar.delivery if m.start_on < milestone.start_on}
    return tuple(issue for issue in open_issues if issue.milestone_id in before)


def _stages(team: Team, earlier: tuple[Issue, ...]) -> tuple[Stage, ...]:
    """Sort what is carried over by how far it is, the furthest first; what members are not assigned to counts not."""
    members = {name.casefold() for name in team.usernames}
    carried = [
        i
        for i in earlier
        if i.weight is not None and any(person.username.casefold() in members for person in i.assignees)
    ]
    names = [*reversed(team.deliverables.in_progress_labels), ""]
    sorted_in: dict[str, list[Issue]] = {name: [] for name in names}
    for issue in carried:
        sorted_in[next((name for name in names if name in issue.labels), "")].append(issue)
    return tuple(
        Stage(name or "not started", tuple(sorted(i.reference for i in issues)), _still_to_be_done(team, issues))
        for name, issues in sorted_in.items()
        if issues
    )


def _still_to_be_done(team: Team, issues: list[Issue]) -> Fraction:
    shares = {label: exact(share) for label, share in team.capacity.carryover_shares.items()}
    return sum((issue.weight * remaining_share(issue, shares) for issue in issues if issue.weight), NOTHING)
