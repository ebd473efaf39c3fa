"""What a team can carry in a milestone: days, load and weight of each member, from one look at all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import NOTHING, Window, exact
from planning_bot.metrics.capacity import measure_capacity
from planning_bot.metrics.days import measure_days, member_days
from planning_bot.metrics.gate import is_weighted
from planning_bot.metrics.load import measure_load, remaining_share
from planning_bot.metrics.presence import presence_warnings
from planning_bot.metrics.readiness import natural

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from planning_bot.config import Team
    from planning_bot.domain.absence import Absence
    from planning_bot.domain.capacity import MemberCapacity, Past, PastRow
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.milestone import Calendar, DatedMilestone


@dataclass(frozen=True)
class Attendance:
    """Who is away when: time off from all sources, public holidays by username, and what past milestones came to.

    `past` is what `velocity` divides, `completed` the weight of the last milestones where it is recorded. `notices`
    name places of the sources, and are for the run's own output alone; `warnings` are for everybody.
    """

    absences: tuple[Absence, ...] = ()
    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    past: Past | None = None
    completed: tuple[PastRow, ...] = ()


@dataclass(frozen=True)
class Stage:
    """Members' carried-over work at one stage: its issues, so many with a weight, and what is still to be done."""

    name: str
    issues: tuple[str, ...]
    weight: Fraction
    weighted: int


@dataclass(frozen=True)
class TeamCapacity:
    """What each member can take on, the work that they carry over by stage, and what one should know.

    `notices` are told to whoever runs the program, `warnings` to all who read the planning issue.
    """

    members: tuple[MemberCapacity, ...]
    carried_over: tuple[Stage, ...] = ()
    notices: tuple[str, ...] = ()
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
    warnings = (*attendance.warnings, *presence_warnings(team, presence))
    return TeamCapacity(members, _stages(team, earlier), attendance.notices, warnings, attendance.completed)


def earlier_issues(milestone: DatedMilestone, calendar: Calendar, open_issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """Give the open issues of earlier delivery milestones: what is carried over, once somebody is assigned."""
    before = {m.id for m in calendar.delivery if m.start_on < milestone.start_on}
    return tuple(issue for issue in open_issues if issue.milestone_id in before)


def _stages(team: Team, earlier: tuple[Issue, ...]) -> tuple[Stage, ...]:
    """Sort what members carry over by how far it is, the furthest first."""
    names = [*reversed(team.deliverables.in_progress_labels), ""]
    sorted_in: dict[str, list[Issue]] = {name: [] for name in names}
    for issue in earlier:
        if _members_part(team, issue):
            sorted_in[next((name for name in names if name in issue.labels), "")].append(issue)
    return tuple(_stage(team, name or "not started", issues) for name, issues in sorted_in.items() if issues)


def _stage(team: Team, name: str, issues: list[Issue]) -> Stage:
    shares = {label: exact(share) for label, share in team.capacity.carryover_shares.items()}
    left = ((i.weight or 0) * remaining_share(i, shares) * _members_part(team, i) for i in issues)
    references = tuple(i.reference for i in sorted(issues, key=natural))
    return Stage(name, references, sum(left, NOTHING), sum(is_weighted(i, team) for i in issues))


def _members_part(team: Team, issue: Issue) -> Fraction:
    """Give the part of an issue that members are assigned to: what others do of it is no load of the team."""
    members = {name.casefold() for name in team.usernames}
    ours = sum(person.username.casefold() in members for person in issue.assignees)
    return Fraction(ours, len(issue.assignees)) if issue.assignees else NOTHING
