"""Looks closer at the candidates of a milestone: what blocks them, where they slipped, what a person took off.

Few requests: links and label events of those that may be selected, and three more streams for those that ever were
deliverables. Whether a person moved one back is asked only of those that are to be moved.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planning_bot.domain.ledger import IssueHistory, Ledger, Streams, was_taken_out
from planning_bot.domain.say_do import Span
from planning_bot.metrics.candidates import Seen, kept_out
from planning_bot.metrics.plan_membership import PlanRules
from planning_bot.metrics.slippage import measure_slips

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue, User
    from planning_bot.domain.milestone import DatedMilestone
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.gateways.gitlab_reader import GitLabReader

    MissedLabel = Callable[[DatedMilestone], str | None]


def look_at_choice(team: Team, reader: GitLabReader, snapshot: Snapshot, now: datetime, missed: MissedLabel) -> Seen:
    """Read what the choice among the candidates rests on. Raises ServerError for what cannot be read completely."""
    issues = tuple(issue for issue in snapshot.open_issues if issue.milestone_id == snapshot.milestone.id)
    label = team.deliverables.label
    able = [issue for issue in issues if label in issue.labels or not any(kept_out(issue, team, Seen()))]
    reads: list[Callable[[], object]] = [partial(reader.label_events, i.project, i.iid) for i in able]
    reads += [partial(reader.blockers, issue.project, issue.iid) for issue in able]
    reads += [partial(_positions, team, reader, snapshot)] if "board" in team.deliverables.order else []
    reader.together(*reads)  # from here on, what these read comes from memory
    known = [IssueHistory(issue, reader.label_events(issue.project, issue.iid)) for issue in able]
    return Seen(
        issues=issues,
        blockers={issue.reference: reader.blockers(issue.project, issue.iid) for issue in able},
        taken_off={issue.reference: reader.labels_taken_off(issue.project, issue.iid) for issue in able},
        slips=_slips(team, reader, snapshot, known, [_span(m, team, now, missed) for m in _before(snapshot)]),
        positions=_positions(team, reader, snapshot) if "board" in team.deliverables.order else {},
    )


def once_moved(reader: GitLabReader, issues: Iterable[Issue], milestone_id: int) -> frozenset[str]:
    """Name the issues that were in a milestone before, and that somebody took out of it."""
    asked = list(issues)
    events = reader.together(*(partial(reader.milestone_events, issue.project, issue.iid) for issue in asked))
    return frozenset(
        issue.reference
        for issue, found in zip(asked, events, strict=True)
        if was_taken_out(found, milestone_id, reader.me().bot_name)
    )


def accounts(reader: GitLabReader, usernames: Iterable[str]) -> dict[str, User]:
    """Find the accounts of members, by the names that the configuration has."""
    asked = sorted(set(usernames))
    found = reader.together(*(partial(reader.person, name) for name in asked))
    return {name: person for name, person in zip(asked, found, strict=True) if person}


def _before(snapshot: Snapshot) -> list[DatedMilestone]:
    own = snapshot.milestone
    return [m for m in snapshot.calendar.delivery if m.start_on < own.start_on and m.id != own.id]


def _span(milestone: DatedMilestone, team: Team, now: datetime, missed: MissedLabel) -> Span:
    return Span.of(milestone, team.say_do.commit_day, team.zone, now, missed(milestone))


def _slips(
    team: Team, reader: GitLabReader, snapshot: Snapshot, known: list[IssueHistory], spans: list[Span]
) -> dict[str, tuple[str, ...]]:
    """Say where each slipped: only what was a deliverable before can have, unless a missed label says so."""
    label = team.deliverables.label
    wanted = [one for one in known if one.ever_had(label) or any(event.label_id is None for event in one.labels)]
    reads = (reader.milestone_events, reader.state_events, reader.weight_events)
    found = reader.together(*(partial(read, h.issue.project, h.issue.iid) for h in wanted for read in reads))
    streams = {one.issue.id: Streams(*found[3 * row : 3 * row + 3]) for row, one in enumerate(wanted)}
    histories = tuple(IssueHistory(one.issue, one.labels, streams.get(one.issue.id)) for one in known)
    ledger = Ledger(histories, snapshot.labels)
    return dict(measure_slips(ledger, spans, PlanRules.of(team, ledger)))


def _positions(team: Team, reader: GitLabReader, snapshot: Snapshot) -> dict[str, int]:
    query = {"labels": team.gitlab.label, "milestone": snapshot.milestone.title, "state": "opened"}
    issues = reader.board_order(team.gitlab.group, **query)
    return {issue.reference: place for place, issue in enumerate(issues)}
