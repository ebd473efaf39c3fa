"""Reads what Say/Do is counted from: the candidates, wherever they are now, and what happened to them.

In as few requests as will do: the lists, one stream of label events for each candidate, and three more only for
those that ever were deliverables, or had a label of which nobody knows any more what it was.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from planning_bot.domain.ledger import IssueHistory, Ledger, Streams
from planning_bot.domain.record import read_records
from planning_bot.domain.say_do import Span
from planning_bot.errors import ServerError
from planning_bot.gathering import work_of
from planning_bot.gathering.planning_project import trusted_authors
from planning_bot.metrics.history import LONGEST_HISTORY, LookBack

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from planning_bot.config import Team
    from planning_bot.domain.issue import Issue
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
    earlier = ended_before(snapshot, team, now)
    past = earlier if history else ()
    records = read_records_of(team, reader, snapshot, past)
    known = [(milestone, record) for milestone, record in zip(past, records, strict=True)]
    unknown = [(milestone, record) for milestone, record in known if record.ended is None]
    counted = [*unknown, (snapshot.milestone, snapshot.record)]

    def span(milestone: DatedMilestone) -> Span:
        return Span.of(milestone, team.say_do.commit_day, team.zone, now, missed(milestone))

    ledger = read_ledger(team, reader, snapshot, counted, missed)
    told = tuple((span(milestone), record) for milestone, record in known)
    return LookBack(span(snapshot.milestone), snapshot.record, told, ledger, tuple(span(m) for m in earlier))


def read_ledger(
    team: Team,
    reader: GitLabReader,
    snapshot: Snapshot,
    counted: Collection[tuple[DatedMilestone, Record]],
    missed: MissedLabel,
) -> Ledger:
    """Read the histories of all issues that may have been in the plan of any of these milestones."""
    milestones = [(milestone, missed(milestone)) for milestone, _ in counted]
    references = {reference for _, record in counted for reference in record.commitment or ()}
    candidates = _candidates(team, reader, snapshot, milestones, references)
    return Ledger(_histories(team, reader, candidates), snapshot.labels)


def ended_before(snapshot: Snapshot, team: Team, now: datetime) -> tuple[DatedMilestone, ...]:
    """Give the delivery milestones that have ended with or before the snapshot's, the oldest first, not its own."""
    own = snapshot.milestone
    earlier = [m for m in snapshot.calendar.delivery if m.due_on <= own.due_on and m.id != own.id]
    ended = [m for m in earlier if Span.of(m, team.say_do.commit_day, team.zone, now, None).is_ended]
    return tuple(sorted(ended, key=lambda m: (m.due_on, m.id)))[-(LONGEST_HISTORY - 1) :]


def read_records_of(
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
    known = {history.issue.id: history for history in _with_labels(reader, candidates.values())}
    wanted = {number for number, history in known.items() if _may_have_been_promised(history, team.deliverables.label)}
    times: dict[int, datetime] = {}
    fresh = wanted
    while moved := [known[number] for number in fresh if known[number].issue.moved_to_id is not None]:
        times |= _follow(reader, moved, known)
        copies = {number for history in moved if (number := history.issue.moved_to_id) in known}
        fresh, wanted = copies - wanted, wanted | copies
    streams = _streams(reader, [known[number].issue for number in sorted(wanted)])
    return tuple(
        replace(history, streams=streams.get(number), moved_at=times.get(number)) for number, history in known.items()
    )


def _with_labels(reader: GitLabReader, issues: Iterable[Issue]) -> list[IssueHistory]:
    known = list(issues)
    events = reader.together(*(partial(reader.label_events, issue.project, issue.iid) for issue in known))
    return [IssueHistory(issue, labels) for issue, labels in zip(known, events, strict=True)]


def _may_have_been_promised(history: IssueHistory, label: str) -> bool:
    """Whether it ever had the label, or one that was deleted since and may have been it."""
    return history.ever_had(label) or any(event.label_id is None for event in history.labels)


def _follow(reader: GitLabReader, moved: list[IssueHistory], known: dict[int, IssueHistory]) -> dict[int, datetime]:
    """Find the copies that no list held, put them beside the others, and give when each issue was moved.

    GitLab gives the id of a copy, by which only administrators can ask for it; its own note names it.
    """
    lost = [history.issue for history in moved if history.issue.moved_to_id not in known]
    moves = reader.together(*(partial(reader.last_move, issue.project, issue.iid) for issue in lost))
    places = {issue.id: move for issue, move in zip(lost, moves, strict=True) if move}
    copies = reader.together(*(partial(_one, reader, reference) for reference, _ in places.values()))
    for history in _with_labels(reader, [copy for copy in copies if copy]):
        known[history.issue.id] = history
    return {number: at for number, (_, at) in places.items()}


def _streams(reader: GitLabReader, issues: list[Issue]) -> dict[int, Streams]:
    reads = (reader.milestone_events, reader.state_events, reader.weight_events)
    found = reader.together(*(partial(read, issue.project, issue.iid) for issue in issues for read in reads))
    return {issue.id: Streams(*found[3 * row : 3 * row + 3]) for row, issue in enumerate(issues)}
