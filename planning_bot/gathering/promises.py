"""Reads what Say/Do is counted from: the candidates, wherever they are now, and what happened to them.

In as few requests as will do: the lists, one stream of label events for each candidate, and three more only for
those that ever were deliverables, or had a label of which nobody knows any more what it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from planning_bot.domain.ledger import IssueHistory, Ledger
from planning_bot.domain.record import read_records
from planning_bot.domain.say_do import Span
from planning_bot.errors import ServerError
from planning_bot.gathering import work_of
from planning_bot.gathering.planning_project import trusted_authors
from planning_bot.metrics.history import LONGEST_HISTORY, LookBack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue
    from planning_bot.domain.ledger import LabelEvent
    from planning_bot.domain.milestone import DatedMilestone
    from planning_bot.domain.record import Record
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.gateways.gitlab_reader import GitLabReader

    MissedLabel = Callable[[DatedMilestone], str | None]

_GONE = (403, 404)


def look_back(
    team: Team, reader: GitLabReader, snapshot: Snapshot, now: datetime, missed: MissedLabel, *, history: bool = True
) -> LookBack:
    """Read everything that the promises of the snapshot's milestone, and of those before it, are counted from.

    What is recorded of an ended milestone is not counted again. Raises ServerError for what cannot be read completely.
    """
    past = _ended_before(snapshot, team, now) if history else ()
    records = _records(team, reader, snapshot, past)
    known = [(milestone, record) for milestone, record in zip(past, records, strict=True)]
    unknown = [(milestone, record) for milestone, record in known if record.ended is None]
    counted = [*unknown, (snapshot.milestone, snapshot.record)]

    def span(milestone: DatedMilestone) -> Span:
        return Span.of(milestone, team.say_do.commit_day, team.zone, now, missed(milestone))

    references = {reference for _, record in counted for reference in record.commitment or ()}
    candidates = _candidates(team, reader, snapshot, [(m, missed(m)) for m, _ in counted], references)
    ledger = Ledger(_histories(team, reader, candidates), snapshot.labels)
    return LookBack(span(snapshot.milestone), snapshot.record, tuple((span(m), r) for m, r in known), ledger)


def _ended_before(snapshot: Snapshot, team: Team, now: datetime) -> tuple[DatedMilestone, ...]:
    own = snapshot.milestone
    earlier = [m for m in snapshot.calendar.delivery if m.due_on <= own.due_on and m.id != own.id]
    ended = [m for m in earlier if Span.of(m, team.say_do.commit_day, team.zone, now, None).is_ended]
    return tuple(sorted(ended, key=lambda m: (m.due_on, m.id)))[-(LONGEST_HISTORY - 1) :]


def _records(
    team: Team, reader: GitLabReader, snapshot: Snapshot, milestones: tuple[DatedMilestone, ...]
) -> list[Record]:
    """Read what is remembered of milestones on their planning issues."""
    pages = [snapshot.planning.planning_issue(milestone) for milestone in milestones]
    reader.together(*(partial(reader.notes, page.project, page.iid) for page in pages if page))
    trusted = trusted_authors(team, snapshot.me.username)
    return [
        read_records(reader.notes(page.project, page.iid) if page else (), team.key, milestone.id, trusted)
        for milestone, page in zip(milestones, pages, strict=True)
    ]


def _candidates(
    team: Team,
    reader: GitLabReader,
    snapshot: Snapshot,
    milestones: list[tuple[DatedMilestone, str | None]],
    references: Iterable[str],
) -> dict[int, Issue]:
    """Find the issues that may have been in the plan of any of these milestones, by id."""
    group = team.gitlab.group
    start_on = min(milestone.start_on for milestone, _ in milestones)
    since = datetime(start_on.year, start_on.month, start_on.day, tzinfo=team.zone).astimezone(UTC)
    reads = [
        partial(reader.group_issues, group, labels=team.gitlab.label, updated_after=since.isoformat(), state="all")
    ]
    for milestone, missed in milestones:
        reads.append(partial(reader.group_issues, group, milestone=milestone.title, state="all"))
        reads += [partial(reader.group_issues, group, labels=missed, state="all")] if missed else []
    listed = {issue.id: issue for found in reader.together(*reads) for issue in found}
    seen = {issue.reference for issue in listed.values()}
    single = [partial(_one, reader, reference) for reference in sorted(references) if reference not in seen]
    listed |= {issue.id: issue for issue in reader.together(*single) if issue}
    return {issue.id: issue for issue in work_of(team, snapshot.planning, tuple(listed.values()))}


def _one(reader: GitLabReader, reference: str) -> Issue | None:
    """Read an issue that was committed; None where it is gone or cannot be seen any more."""
    project, _, iid = reference.rpartition("#")
    try:
        return reader.issue(project, int(iid))
    except ServerError as error:
        if error.status in _GONE:
            return None
        raise


def _histories(team: Team, reader: GitLabReader, candidates: dict[int, Issue]) -> tuple[IssueHistory, ...]:
    issues = list(candidates.values())
    labels: list[tuple[LabelEvent, ...]] = _side_by_side(reader, reader.label_events, issues)
    histories = [IssueHistory(issue, events) for issue, events in zip(issues, labels, strict=True)]
    wanted = [history for history in histories if _may_have_been_promised(history, team.deliverables.label)]
    moves = _follow(team, reader, wanted, candidates)
    wanted += moves.copies
    found = dict(zip((history.issue.id for history in wanted), _streams(reader, wanted), strict=True))
    everything = [*histories, *moves.copies]
    return tuple(
        replace(history, streams=found.get(history.issue.id), moved_at=moves.times.get(history.issue.id))
        for history in everything
    )
