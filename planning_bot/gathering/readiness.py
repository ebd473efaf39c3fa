"""Looks closer at the candidates of a milestone: what blocks them, who works on what is not labelled, who waits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planning_bot.gathering import work_of
from planning_bot.metrics.readiness import Seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.gateways.gitlab_reader import GitLabReader


def look_at_candidates(team: Team, reader: GitLabReader, snapshot: Snapshot) -> Seen:
    """Read what blocks each candidate, and what members work on in the milestone without the team's label."""
    candidates = tuple(issue for issue in snapshot.open_issues if issue.milestone_id == snapshot.milestone.id)
    reads: list[Callable[[], object]] = [partial(_of_member, team, reader, snapshot, name) for name in team.usernames]
    reads += [partial(reader.blockers, issue.project, issue.iid) for issue in candidates]
    reader.together(*reads)  # from here on, what these read comes from memory
    assigned = [issue for name in team.usernames for issue in _of_member(team, reader, snapshot, name)]
    return Seen(
        candidates=candidates,
        homeless=tuple(issue for issue in snapshot.open_issues if issue.milestone_id is None),
        orphans=_orphans(team, snapshot, tuple({issue.id: issue for issue in assigned}.values())),
        blockers={i.reference: reader.blockers(i.project, i.iid) for i in candidates},
    )


def waiting_since(team: Team, reader: GitLabReader, issues: tuple[Issue, ...]) -> dict[str, datetime]:
    """Read since when each issue has the label with which the PM asks for a review, by reference.

    An imported issue lacks early events: then it waits since it was created.
    """
    label = team.deliverables.planning_breakdown_label or ""
    reader.together(*(partial(reader.label_added_at, issue.project, issue.iid, label) for issue in issues))
    return {i.reference: reader.label_added_at(i.project, i.iid, label) or i.created_at for i in issues}


def _of_member(team: Team, reader: GitLabReader, snapshot: Snapshot, username: str) -> tuple[Issue, ...]:
    query = {"milestone": snapshot.milestone.title, "assignee_username": username, "state": "opened"}
    return reader.group_issues(team.gitlab.group, **query)


def _orphans(team: Team, snapshot: Snapshot, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """Leave out what is the team's, and what is in another milestone of that title."""
    work = work_of(team, snapshot.planning, issues)
    return tuple(i for i in work if team.gitlab.label not in i.labels and i.milestone_id == snapshot.milestone.id)
