"""What past milestones came to: the weight that was completed, recorded or counted from the issues."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planning_bot.domain.capacity import NOTHING, Past, PastRow, Window
from planning_bot.domain.ledger import IssueHistory, Streams, end_of_day
from planning_bot.domain.record import read_records
from planning_bot.gathering import work_of
from planning_bot.gathering.planning_project import trusted_authors
from planning_bot.metrics.days import measure_days

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from fractions import Fraction

    from planning_bot.config import Team
    from planning_bot.domain.absence import Absence
    from planning_bot.domain.issue import Issue, Note
    from planning_bot.domain.milestone import DatedMilestone
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.gateways.gitlab_reader import GitLabReader

    CutOffs = dict[int | None, datetime]

_RECALLED = 3


def ended_before(snapshot: Snapshot, count: int) -> tuple[DatedMilestone, ...]:
    """Give the last delivery milestones that have ended before the snapshot's own, the oldest first."""
    own = snapshot.milestone
    ended = [m for m in snapshot.calendar.delivery if m.due_on < snapshot.today and m.start_on < own.start_on]
    return tuple(ended[-count:])


def recorded_weights(team: Team, reader: GitLabReader, snapshot: Snapshot) -> tuple[PastRow, ...]:
    """Read the weight completed in the last milestones from the records on their planning issues."""
    pages = [(m, issue) for m in ended_before(snapshot, _RECALLED) if (issue := snapshot.planning.planning_issue(m))]
    notes: list[tuple[Note, ...]] = reader.together(*(partial(reader.notes, i.project, i.iid) for _, i in pages))
    trusted = trusted_authors(team, snapshot.me.username)
    records = [(m.title, read_records(n, team.key, m.id, trusted)) for (m, _), n in zip(pages, notes, strict=True)]
    return tuple(PastRow(title, record.ended.weight[1]) for title, record in records if record.ended)


def look_at_velocity(
    team: Team,
    reader: GitLabReader,
    snapshot: Snapshot,
    absences: tuple[Absence, ...],
    holidays: Mapping[str, frozenset[date]],
) -> Past:
    """Count what the team completed in the last milestones by their cut-offs, and the days that it had for it."""
    ended = ended_before(snapshot, team.capacity.velocity_milestones)
    reader.together(*(partial(_closed_in, team, reader, milestone) for milestone in ended))
    closed = [issue for milestone in ended for issue in _closed_in(team, reader, milestone)]
    cut_offs: CutOffs = {milestone.id: end_of_day(milestone.due_on, team.zone) for milestone in ended}
    worked_on = {issue.id: issue for issue in (*work_of(team, snapshot.planning, tuple(closed)), *snapshot.open_issues)}
    weighted = [i for i in worked_on.values() if i.weight and i.milestone_id in cut_offs and not _is_cancelled(team, i)]
    done = _completed(reader, weighted, cut_offs)
    days: Fraction = NOTHING
    for milestone in ended:
        window = Window(milestone.start_on, milestone.due_on)
        measured = measure_days(team, window, absences, holidays).values()
        days += sum((member.available_days for member in measured), NOTHING)
    return Past(NOTHING + sum(issue.weight or 0 for issue in done), days)


def velocity_window(team: Team, snapshot: Snapshot) -> Window:
    """Give the days that `velocity` needs to know time off of: from the first of the past milestones on."""
    ended = ended_before(snapshot, team.capacity.velocity_milestones)
    start_on = ended[0].start_on if ended else snapshot.milestone.start_on
    return Window(min(start_on, snapshot.milestone.start_on), snapshot.milestone.due_on)


def _closed_in(team: Team, reader: GitLabReader, milestone: DatedMilestone) -> tuple[Issue, ...]:
    query = {"milestone": milestone.title, "labels": team.gitlab.label, "state": "closed"}
    return reader.group_issues(team.gitlab.group, **query)


def _is_cancelled(team: Team, issue: Issue) -> bool:
    """Whether it was closed without being done, or stands elsewhere: then its copy counts."""
    elsewhere = issue.is_duplicate or issue.is_promoted or issue.moved_to_id is not None
    return not issue.is_open and (elsewhere or not issue.labels.isdisjoint(team.say_do.cancelled_labels))


def _completed(reader: GitLabReader, issues: list[Issue], cut_offs: CutOffs) -> list[Issue]:
    """Give those that were closed at the cut-off of their milestone.

    When an issue was closed says so, unless it was opened again since: only then its events are read.
    """
    sure = [i for i in issues if not i.is_open and i.closed_at and i.closed_at <= cut_offs[i.milestone_id]]
    known = {issue.id for issue in sure}
    unsure = [i for i in issues if i.id not in known and i.created_at <= cut_offs[i.milestone_id]]
    events = reader.together(*(partial(reader.state_events, i.project, i.iid) for i in unsure))
    histories = [IssueHistory(i, streams=Streams(states=e)) for i, e in zip(unsure, events, strict=True)]
    return [*sure, *(h.issue for h in histories if h.state_at(cut_offs[h.issue.milestone_id]).is_closed)]
