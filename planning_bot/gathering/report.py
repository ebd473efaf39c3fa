"""Reads what a team's report tells: the milestones around today, in one look, each thing once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from planning_bot.domain.milestone import Calendar
from planning_bot.domain.record import Record
from planning_bot.domain.say_do import Span
from planning_bot.gathering import Looks, gather
from planning_bot.gathering.attendance import look_at_attendance
from planning_bot.gathering.promises import ended_before, read_ledger, read_records_of
from planning_bot.gathering.titles import titles_to_tell
from planning_bot.metrics.history import LookBack
from planning_bot.metrics.report_pages import Phase, Place, Seen, Shown
from planning_bot.metrics.status import deliverables_of
from planning_bot.planners.facts import missed_label
from planning_bot.planners.planning_sections import board_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from planning_bot.config import Config, Team
    from planning_bot.domain.milestone import DatedMilestone
    from planning_bot.domain.snapshot import Snapshot
    from planning_bot.domain.words import Words
    from planning_bot.gateways.doors import Doors
    from planning_bot.gateways.gitlab_reader import GitLabReader
    from planning_bot.metrics.team_capacity import Attendance

_ENDED = 3
_BOARDS = ("planning", "build")


def look_at_report(team: Team, config: Config, doors: Doors, words: Words, today: date, now: datetime) -> Seen | None:
    """Read everything that a team's pages tell; None where it has no delivery milestone.

    Raises UsageError for milestones that share a title, ConfigurationError for time off that cannot be read, and
    ServerError for what cannot be read completely.
    """
    reader = doors.gitlab
    calendar = Calendar(reader.milestones(team.gitlab.group), team.milestones.pattern)
    milestones = _around(calendar, today)
    if not milestones:
        return None
    for milestone in milestones:
        calendar.named(milestone.title)
    looks = Looks(labels=(team.deliverables.label,), planning_issues=True, record=True, open_issues=True, boards=True)
    snapshot = gather(team, reader, _in_front(milestones, today).title, today, looks)
    look, shown = _look_back(team, reader, snapshot, now, words, milestones)
    issues = [part.issue for trail in look.ledger.trails if trail.was_looked_into for part in trail.parts]
    issues += [issue for issue in snapshot.open_issues if issue.milestone_id == milestones[-1].id]
    titles = titles_to_tell(team, reader, issues)
    return Seen(
        snapshot=snapshot,
        look=look,
        shown=shown,
        now=now,
        attendance=_attendance(team, config, doors, snapshot, milestones),
        blockers=_blockers(team, reader, look, shown, today),
        titles=titles,
        addresses={issue.reference: issue.web_url for issue in issues if issue.reference in titles},
    )


def _around(calendar: Calendar, today: date) -> tuple[DatedMilestone, ...]:
    """Give the last milestones that have ended, what runs, and what comes next."""
    phases = [(milestone, Phase.of(milestone, today)) for milestone in calendar.delivery]
    ended = sorted((m for m, phase in phases if phase is Phase.ENDED), key=lambda m: (m.due_on, m.id))
    running = [m for m, phase in phases if phase is Phase.RUNNING]
    coming = [m for m, phase in phases if phase is Phase.NEXT]
    return (*ended[-_ENDED:], *running, *coming[:1])


def _in_front(milestones: tuple[DatedMilestone, ...], today: date) -> DatedMilestone:
    """Give what runs, else what comes, else what ended last: then all that has ended comes before it."""
    ranks = {Phase.RUNNING: 0, Phase.NEXT: 1, Phase.ENDED: 2}
    return min(reversed(milestones), key=lambda milestone: ranks[Phase.of(milestone, today)])


def _look_back(
    team: Team,
    reader: GitLabReader,
    snapshot: Snapshot,
    now: datetime,
    words: Words,
    milestones: tuple[DatedMilestone, ...],
) -> tuple[LookBack, tuple[Shown, ...]]:
    """Read what was promised in each milestone that is shown, and in those before that are not recorded."""
    missed = partial(missed_label, team, words)
    past = ended_before(snapshot, team, now)
    recorded = dict(zip(past, read_records_of(team, reader, snapshot, past), strict=True))
    records = {**recorded, snapshot.milestone: snapshot.record}
    unknown = [milestone for milestone in past if recorded[milestone].ended is None]
    counted = [(m, records.get(m, Record())) for m in dict.fromkeys([*unknown, *milestones])]
    ledger = read_ledger(team, reader, snapshot, counted, missed)

    def span(milestone: DatedMilestone) -> Span:
        return Span.of(milestone, team.say_do.commit_day, team.zone, now, missed(milestone))

    told = tuple((span(milestone), record) for milestone, record in recorded.items())
    look = LookBack(span(snapshot.milestone), snapshot.record, told, ledger, tuple(span for span, _ in told))
    shown = (Shown(m, span(m), records.get(m, Record()), tuple(_places(team, words, snapshot, m))) for m in milestones)
    return look, tuple(shown)


def _places(team: Team, words: Words, snapshot: Snapshot, milestone: DatedMilestone) -> Iterator[Place]:
    issue = snapshot.planning.planning_issue(milestone)
    if issue:
        yield Place("Planning issue", issue.web_url)
    names = board_names(team, words, milestone)
    urls = {board.name: board.web_url for board in reversed(snapshot.boards)}
    for key in _BOARDS:
        if url := urls.get(names.get(key, "")):
            yield Place(f"{key.capitalize()} board", url)


def _attendance(
    team: Team, config: Config, doors: Doors, snapshot: Snapshot, milestones: tuple[DatedMilestone, ...]
) -> Attendance | None:
    """Read who is away from the start of what runs to the end of what comes; None where neither is there."""
    coming = [m for m in milestones if Phase.of(m, snapshot.today) is not Phase.ENDED]
    if not coming:
        return None
    first, last = min(m.start_on for m in coming), max(m.due_on for m in coming)
    whole = replace(snapshot.milestone, start_on=first, due_on=last)
    return look_at_attendance(team, config, doors, replace(snapshot, milestone=whole))


def _blockers(
    team: Team, reader: GitLabReader, look: LookBack, shown: tuple[Shown, ...], today: date
) -> Mapping[str, tuple[str, ...]]:
    """Read what blocks the open deliverables of what runs."""
    running = [one for one in shown if Phase.of(one.milestone, today) is Phase.RUNNING]
    known = [one for r in running for one in deliverables_of(replace(look, span=r.span, record=r.record), team)]
    waiting = [one.issue for one in known if one.is_in_plan and not one.is_closed]
    found = reader.together(*(partial(reader.blockers, issue.project, issue.iid) for issue in waiting))
    return {issue.reference: blocking for issue, blocking in zip(waiting, found, strict=True)}
