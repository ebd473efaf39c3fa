"""Finds what a milestone left unfinished, and who had a hand in it already."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planning_bot.planners.close import Left, Unfinished

if TYPE_CHECKING:
    from planning_bot.config import Team
    from planning_bot.domain.ledger import IssueHistory
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.gateways.gitlab_reader import GitLabReader
    from planning_bot.metrics.history import LookBack


def look_at_unfinished(team: Team, reader: GitLabReader, snapshot: Snapshot, look: LookBack) -> Left:
    """Give the team's open issues in the milestone, with the changes of milestone of those handled once before."""
    found = [history for history in look.ledger.histories if _is_unfinished(team, snapshot, history)]
    missed = look.span.missed_label
    handled = [history.issue for history in found if missed is None or history.ever_had(missed)]
    events = reader.together(*(partial(reader.milestone_events, issue.project, issue.iid) for issue in handled))
    known = {issue.id: moves for issue, moves in zip(handled, events, strict=True)}
    issues = tuple(
        Unfinished(history.issue, history.labels, known.get(history.issue.id, ()))
        for history in sorted(found, key=lambda one: (one.issue.project, one.issue.iid))
    )
    return Left(issues, missed is not None and reader.label(team.gitlab.group, missed) is not None)


def _is_unfinished(team: Team, snapshot: Snapshot, history: IssueHistory) -> bool:
    issue = history.issue
    return issue.is_open and issue.milestone_id == snapshot.milestone.id and team.gitlab.label in issue.labels
