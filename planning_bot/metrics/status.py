"""How far a milestone has come: the stage of each deliverable, what is at risk, what changed since the freeze."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import Window, exact
from planning_bot.domain.ledger import end_of_day
from planning_bot.domain.status import AtRisk, BurnUp, Progress, ScopeChange, StatusResult
from planning_bot.metrics.plan_membership import Membership, PlanRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from fractions import Fraction

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.ledger import Trail
    from planning_bot.domain.milestone import DatedMilestone
    from planning_bot.domain.say_do import Promise
    from planning_bot.metrics.history import LookBack

_SILENT = timedelta(days=7)


@dataclass(frozen=True)
class Around:
    """What is known besides the issues: the open issues that block each, and who is away until the end."""

    blockers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    away: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Deliverable:
    """A promise, the issue that stands for it now, and when it was in the plan."""

    promise: Promise
    issue: Issue
    labels: frozenset[str]
    is_closed: bool
    membership: Membership

    @property
    def is_in_plan(self) -> bool:
        """Whether it is in the plan now, or was at the cut-off."""
        return self.membership.counts_at(self.membership.span.cut_off)

    def blocked_by(self, team: Team, around: Around) -> tuple[str, ...]:
        """Name the labels and the open issues that block it."""
        labels = tuple(name for name in team.deliverables.blocked_labels if name in self.labels)
        return (*labels, *around.blockers.get(self.issue.reference, ()))

    def is_in_progress(self, team: Team) -> bool:
        """Whether somebody works on it."""
        return not self.labels.isdisjoint(team.deliverables.in_progress_labels)


def deliverables_of(look: LookBack, team: Team) -> tuple[Deliverable, ...]:
    """Give everything that was promised, with what it is now."""
    rules, span = PlanRules.of(team, look.ledger), look.span
    trails = {trail.at(span.cut_off).issue.reference: trail for trail in look.ledger.trails}
    return tuple(_deliverable(promise, trails[promise.reference], look, rules) for promise in look.promises(team))


def _deliverable(promise: Promise, trail: Trail, look: LookBack, rules: PlanRules) -> Deliverable:
    state = trail.state_at(look.span.cut_off)
    issue = trail.at(look.span.cut_off).issue
    return Deliverable(promise, issue, state.labels, state.is_closed, Membership(trail, rules, look.span))


def measure_status(
    deliverables: tuple[Deliverable, ...],
    milestone: DatedMilestone,
    team: Team,
    around: Around,
    today: date,
    now: datetime,
) -> StatusResult:
    """Count the deliverables by stage, and name what is at risk and what changed since the freeze."""
    planned = [one for one in deliverables if one.is_in_plan]
    stages = [_stage(one, team, around) for one in planned]
    done = [one for one in planned if one.is_closed]
    left = sum(1 for _ in Window(milestone.start_on, milestone.due_on).starting(today).weekdays)
    is_running = milestone.start_on <= today <= milestone.due_on
    risks = [(one, _risks(one, team, around, left, now)) for one in planned if not one.is_closed and is_running]
    return StatusResult(
        day=min(max((today - milestone.start_on).days + 1, 0), milestone.days),
        days=milestone.days,
        deliverables=len(planned),
        completed=stages.count("completed"),
        in_progress=stages.count("in progress"),
        not_started=stages.count("not started"),
        blocked=stages.count("blocked"),
        at_risk=tuple(AtRisk(one.issue.reference, "; ".join(found)) for one, found in risks if found),
        added=tuple(one.issue.reference for one in planned if not one.promise.is_committed),
        removed=tuple(one.issue.reference for one in deliverables if one.promise.is_committed and not one.is_in_plan),
        weight=Progress(
            committed=sum(one.promise.weight for one in deliverables if one.promise.is_committed),
            completed=sum(one.promise.weight for one in done),
        ),
        changes=_changes(deliverables),
        burn_up=tuple(_burn_up(deliverables, milestone, team, today)),
    )


def _stage(one: Deliverable, team: Team, around: Around) -> str:
    if one.is_closed:
        return "completed"
    if one.blocked_by(team, around):
        return "blocked"
    return "in progress" if one.is_in_progress(team) else "not started"


def _risks(one: Deliverable, team: Team, around: Around, left: int, now: datetime) -> list[str]:
    """Say why a deliverable may not be done in time; `left` weekdays remain, today included."""
    work = one.promise.weight * exact(team.weights.days_per_weight)
    blockers = one.blocked_by(team, around)
    silent_since = one.issue.updated_at
    people = [person.username for person in one.issue.assignees]
    away = {name.casefold() for name in around.away}
    found = []
    if not one.is_in_progress(team) and work > left:
        found.append(f"not started: {_shown(work)} days of work, {left} weekdays left")
    if blockers:
        found.append(f"blocked by {', '.join(blockers)}")
    if silent_since and now - silent_since > _SILENT:
        found.append(f"nothing has happened since {one.membership.span.day(silent_since)}")
    if people and all(name.casefold() in away for name in people):
        found.append(f"{', '.join(people)} away for the rest")
    return found


def _changes(deliverables: tuple[Deliverable, ...]) -> tuple[ScopeChange, ...]:
    """Tell what came and went since the freeze, in order, and who did it."""
    told: list[tuple[datetime, ScopeChange]] = []
    for one in deliverables:
        span = one.membership.span
        for change, instants in (("added", one.membership.entered), ("removed", one.membership.left)):
            told += [
                (at, ScopeChange(one.issue.reference, change, span.day(at), _who(one.membership.trail, at)))
                for at in instants
                if at > span.freeze
            ]
    return tuple(change for _, change in sorted(told, key=lambda entry: (entry[0], entry[1].reference)))


def _who(trail: Trail, at: datetime) -> tuple[str, ...]:
    """Name who changed labels or milestone in an instant."""
    part = trail.at(at)
    milestones = part.streams.milestones if part.streams else ()
    names = {event.by for event in part.labels if event.at == at} | {e.by for e in milestones if e.at == at}
    return tuple(sorted(name for name in names if name))


def _burn_up(
    deliverables: tuple[Deliverable, ...], milestone: DatedMilestone, team: Team, today: date
) -> Iterator[BurnUp]:
    """Count at the end of each week since the start, and today."""
    last = min(today, milestone.due_on)
    weeks = (last - milestone.start_on).days // 7
    days = {milestone.start_on + timedelta(days=6 + 7 * week) for week in range(weeks + 1)}
    for day in sorted({*(d for d in days if d < last), last} if last >= milestone.start_on else ()):
        instant = end_of_day(day, team.zone)
        there = [one for one in deliverables if one.membership.counts_at(instant)]
        yield BurnUp.at(day, len(there), sum(one.membership.trail.state_at(instant).is_closed for one in there))


def _shown(days: Fraction) -> str:
    return f"{float(days):.2f}".rstrip("0").rstrip(".")
